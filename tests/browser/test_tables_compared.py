"""Tables of two steps with pictures: which of them changed, by what they show and what lies over them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged, overlaid, tabled
from tests.browser.tabled import column, menu, panel, rows, tool

Built = Callable[..., Path]
NewPage = Callable[..., Page]
DELIVERIES = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
COLUMNS = [("id", "text"), ("same", "image"), ("masked", "image"), ("moved", "image"), ("n", "number")]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a table at two steps: the mask of `moved` changes in one of its rows, other pictures stay."""
    runs = tmp_path_factory.mktemp("compared")
    write(runs, "m")
    return runs


def write(runs: Path, name: str, numbers: int = 10) -> None:
    """A run of that kind; `numbers` is added to a number at the second step."""
    folder = runs / name
    line, other = (overlaid.mask(folder, "truth", given, {1: "line"}) for given in (np.eye(8, 12), np.eye(8, 12)[::-1]))
    pictures = [np.full((8, 12, 3), 60 * i, np.uint8) for i in range(3)]

    def table(step: int) -> dict[str, object]:
        # another picture comes first, so that nothing stands at the same place in the lists of both steps
        order = [0, 1, 2] if step == 1 else [2, 1, 0]
        given = []
        for i in order:
            plain, masked = overlaid.image(folder, pictures[i]), overlaid.image(folder, pictures[i], masks=[line])
            moved = overlaid.image(folder, pictures[i], masks=[other if step == 2 and i == 1 else line])
            given.append([f"k{i}", plain, masked, moved, i + numbers * (step == 2 and i == 2)])
        return tabled.table(COLUMNS, given)

    logged.media_run(runs, name, [(1, {"t": table(1)}), (2, {"t": table(2)})])


def joined(page: Page) -> Locator:
    """The table, joined by its first column, with all of its rows."""
    shown = panel(page, "t")
    box = tool(shown, "Compare")
    box.get_by_label("Compare", exact=True).select_option("join")
    expect(shown.locator(".chip")).to_have_text("change not same ×")
    page.keyboard.press("Escape")
    return shown


@DELIVERIES
def test_a_picture_changed_when_it_or_what_lies_over_it_did(
    built: Built, new_page: NewPage, run: Path, single: bool
) -> None:
    page = logged.open_run(new_page, built(run, single_file=single), "m")
    shown = joined(page)
    expect(shown.locator("[data-about]")).to_contain_text(
        "Step 1 to Step 2, by id: 2 changed, 0 added, 0 removed, 1 same"
    )
    assert column(shown, "id") == ["k2", "k1"]
    expect(shown.locator("td.changed")).to_have_count(2)
    cell = rows(shown).nth(1).locator("td.changed")
    expect(cell.locator("del .thumb img")).to_have_js_property("naturalWidth", 12)
    expect(cell.locator("ins .thumb img")).to_have_js_property("naturalWidth", 12)
    expect(cell.locator("del .thumb canvas.overlay")).to_have_count(1)
    assert cell.locator(".thumb").first.bounding_box() != cell.locator(".thumb").last.bounding_box()
    for thumb in cell.locator(".thumb").all():
        place, around = thumb.bounding_box(), cell.bounding_box()
        assert place
        assert around
        assert around["x"] <= place["x"]
        assert place["x"] + place["width"] <= around["x"] + around["width"]
    expect(rows(shown).first.locator("td.changed")).to_have_text("2 12")
    expect(rows(shown).first.locator("td .thumb")).to_have_count(3)


@DELIVERIES
def test_equal_pictures_of_two_runs_are_the_same(built: Built, new_page: NewPage, tmp_path: Path, single: bool) -> None:
    for name, numbers in (("m", 10), ("n", 20)):
        write(tmp_path / "runs", name, numbers)
    page = new_page(built(tmp_path / "runs", single_file=single))
    shown = panel(page, "t", "overview")
    tool(shown, "Compare").get_by_label("Compare", exact=True).select_option("join")
    tool_box = shown.locator(".grid-tools details[open] > div")
    tool_box.get_by_label("By", exact=True).select_option("id")
    expect(shown.locator("[data-about]")).to_contain_text("m to n, by id: 1 changed, 0 added, 0 removed, 2 same")
    expect(shown.locator("td.changed")).to_have_text("12 22")


def test_a_row_over_the_page_and_the_viewer_have_both(built: Built, new_page: NewPage, run: Path) -> None:
    page = logged.open_run(new_page, built(run), "m")
    shown = joined(page)
    shown.get_by_role("button", name="Row 2: show all of it").click()
    row = page.get_by_role("dialog", name="One row of t")
    expect(row.locator("dd.changed")).to_have_count(1)
    expect(row.locator("dd.changed .note")).to_have_text(["before", "now"])
    expect(row.locator("dd.changed .thumb img")).to_have_count(2)
    row.get_by_role("button", name="Enlarge: before: moved").click()
    title = page.get_by_role("dialog", name="Larger picture").locator(".viewer-title")
    expect(title).to_contain_text("row 2, moved, before")
    page.keyboard.press("ArrowRight")
    expect(title).to_contain_text("row 2, moved")
    expect(title).not_to_contain_text("before")


def test_what_was_and_what_is_are_taken_along(built: Built, new_page: NewPage, run: Path, tmp_path: Path) -> None:
    page = logged.open_run(new_page, built(run), "m")
    line = tool(joined(page), "Copy or save").locator(".take", has_text="CSV")
    with page.expect_download() as download:
        line.get_by_role("button", name="Save").click()
    download.value.save_as(tmp_path / "t.csv")
    names, first, second = csv.reader((tmp_path / "t.csv").read_text("utf-8-sig").splitlines())
    assert names == ["change", "id", "same", "masked", "moved before", "moved", "n before", "n"]
    assert (first[-2:], second[-2:]) == (["2", "12"], ["1", "1"])
    assert (built(run).parent / first[2]).is_file()


def test_pictures_without_a_caption_have_no_list_of_values(built: Built, new_page: NewPage, run: Path) -> None:
    page = logged.open_run(new_page, built(run), "m")
    shown = panel(page, "t")
    box = menu(shown, "same")
    expect(box.get_by_role("checkbox")).to_have_count(0)
    box.get_by_label("Missing values").select_option("only")
    expect(shown.locator("[data-about]")).to_have_text("0 of 3 rows found")
