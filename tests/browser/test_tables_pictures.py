"""Pictures in the cells of tables: the viewer goes through all of them, with what lies over them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from reportgen.site import theme
from tests.browser import logged, overlaid, tabled
from tests.browser.tabled import head, panel, rows, tool

Built = Callable[..., Path]
NewPage = Callable[..., Page]
DELIVERIES = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])


@pytest.fixture(scope="session")
def pictured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a table of two columns of pictures, 60 rows: grey ones, and ones with a mask."""
    runs = tmp_path_factory.mktemp("pictured")
    folder = runs / "m"
    layer = overlaid.mask(folder, "truth", np.eye(8, dtype=np.uint8), {1: "line"})
    given = []
    for number in range(60):
        grey = overlaid.image(folder, np.full((8, 8), 100 + number), mode="L")
        over = overlaid.image(folder, np.full((8, 8, 3), 200), masks=[layer], caption=f"over {number}")
        given.append([number, grey, over])
    columns = [("id", "number"), ("grey", "image"), ("over", "image")]
    plain = tabled.table([("a", "number")], [[1], [2]])
    logged.media_run(runs, "m", [(1, {"t": tabled.table(columns, given)}), (2, {"plain": plain})])
    logged.media_run(runs, "n", [(1, {"plain": plain})])
    return runs


def viewer(page: Page) -> Locator:
    """The viewer, open."""
    found = page.get_by_role("dialog", name="Larger picture")
    expect(found).to_be_visible()
    return found


@DELIVERIES
def test_a_picture_opens_in_the_viewer_and_arrows_go_through_the_rows_as_shown(
    built: Built, new_page: NewPage, pictured: Path, single: bool
) -> None:
    page = logged.open_run(new_page, built(pictured, single_file=single), "m")
    shown = panel(page, "t")
    for _ in range(2):
        head(shown, "id").locator(".sort").click()
    expect(rows(shown).first.locator("td").first).to_have_text("59")
    rows(shown).first.locator("td").nth(1).locator(".thumb").click()
    box = viewer(page)
    title = box.locator(".viewer-title")
    expect(title).to_have_text("t, picture 1 of 120, row 60, grey")
    stage = box.locator(".viewer-stage")
    expect(stage.locator("img").first).to_have_js_property("naturalWidth", 8)
    stage.hover()
    page.mouse.move(700, 460)
    expect(box.locator(".viewer-values")).to_have_text(re.compile("159"))
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("t, picture 2 of 120, row 60, over")
    expect(box.locator(".viewer-words")).to_contain_text("over 59")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("t, picture 3 of 120, row 59, grey")
    page.keyboard.press("+")
    expect(box.locator(".viewer-zoom")).not_to_have_text("")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    held = page.evaluate("[document.activeElement.closest('tr').position, document.activeElement.at]")
    assert held == [1, 1]


@DELIVERIES
def test_the_tools_of_a_column_go_with_its_pictures(
    built: Built, new_page: NewPage, pictured: Path, single: bool
) -> None:
    page = logged.open_run(new_page, built(pictured, single_file=single), "m")
    shown = panel(page, "t")
    rows(shown).first.locator("td").first.click()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    box = viewer(page)
    expect(box.locator(".viewer-title")).to_have_text("t, picture 4 of 120, row 2, over")
    expect(box.locator(".viewer-overlays").get_by_label("truth").first).to_be_visible()
    expect(box.locator(".pane canvas.overlay")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(box.locator(".pane canvas.overlay")).to_have_count(0)
    expect(box.locator(".viewer-overlays").get_by_label("truth")).to_have_count(0)
    expect(shown.locator("[data-grid-overlays]").get_by_label("truth").first).to_be_attached()
    page.keyboard.press("ArrowRight")
    box.locator(".viewer-overlays").get_by_label("truth").first.uncheck()
    page.keyboard.press("Escape")
    expect(shown.locator("[data-grid-overlays]").get_by_label("truth").first).not_to_be_checked()
    page.keyboard.press("Enter")
    viewer(page)


def test_boxes_are_counted_in_all_rows_that_are_found(built: Built, new_page: NewPage, tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "m"
    given = []
    for number in range(40):
        edges = [[1, 1, 4, 4], [2, 2, 6, 6]] if number % 2 else [[1, 1, 4, 4]]
        layer = overlaid.boxes("found", edges, [1] * len(edges), {1: "cat"}, confidence=[number / 40] * len(edges))
        given.append([number, overlaid.image(folder, np.full((8, 8, 3), number), boxes=[layer])])
    columns = [("id", "number"), ("photo", "image")]
    logged.media_run(tmp_path / "runs", "m", [(1, {"t": tabled.table(columns, given)})])
    page = logged.open_run(new_page, built(tmp_path / "runs"), "m")
    shown = panel(page, "t")
    status, legend = shown.locator(".overlay-count"), shown.locator(".overlay-classes .n")
    expect(status).to_have_text("60 of 60 boxes shown")
    expect(legend).to_have_text("60")
    tabled.menu(shown, "id").get_by_label("From").fill("20")
    page.keyboard.press("Escape")
    expect(status).to_have_text("30 of 30 boxes shown")
    expect(legend).to_have_text("30")
    shown.locator("[data-grid-overlays]").get_by_role("slider", name="confidence").evaluate(
        "s => { s.value = 0.75; s.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(status).to_have_text("15 of 30 boxes shown")
    shown.locator("[data-grid-overlays]").get_by_label("cat").uncheck()
    expect(status).to_have_text("0 of 30 boxes shown")


def test_two_columns_of_a_row_are_compared(built: Built, new_page: NewPage, pictured: Path) -> None:
    page = logged.open_run(new_page, built(pictured), "m")
    rows(panel(page, "t")).first.locator(".thumb").first.click()
    box = viewer(page)
    box.get_by_label("Compare with").select_option(label="row 1, over")
    expect(box.locator(".pane-label")).to_have_text(["row 1, grey", "row 1, over"])
    expect(box.locator(".pane canvas.overlay")).to_have_count(1)


def test_a_picture_in_the_row_over_the_page_opens_too(built: Built, new_page: NewPage, pictured: Path) -> None:
    page = logged.open_run(new_page, built(pictured), "m")
    shown = panel(page, "t")
    shown.get_by_role("button", name="Row 1: show all of it").click()
    row = page.get_by_role("dialog", name="One row of t")
    row.get_by_role("button", name="Enlarge: over 0").press("Enter")
    box = viewer(page)
    expect(box.locator(".viewer-title")).to_have_text("t, picture 2 of 120, row 1, over")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(row.get_by_role("heading")).to_have_text("Row 2 of t")
    expect(row.get_by_role("button", name="Enlarge: grey, row 2")).to_be_focused()


def test_the_place_of_other_tools_stays(built: Built, new_page: NewPage, pictured: Path) -> None:
    page = logged.open_run(new_page, built(pictured), "m")
    shown = panel(page, "t")
    rows(shown).first.locator(".thumb").nth(1).click()
    viewer(page)
    page.keyboard.press("Escape")
    tool(shown, "Columns").get_by_label("grey").uncheck()
    rows(shown).first.locator(".thumb").first.click()
    expect(viewer(page).locator(".viewer-title")).to_have_text("t, picture 1 of 60, row 1, over")


def test_a_page_carries_the_viewer_only_with_pictures(built: Built, pictured: Path) -> None:
    site = built(pictured).parent
    sizes = {}
    for name in ("m", "n"):
        (script,) = re.findall(r'<script src="\.\./([^"]+)"', (site / "runs" / f"{name}.html").read_text("utf-8"))
        sizes[name] = (site / script).read_text("utf-8")
    assert "reportgen.viewer" in sizes["m"]
    assert "reportgen.viewer" not in sizes["n"]
    assert "overlay-controls" not in sizes["n"]


def test_scripts_of_a_table_are_small(built: Built, pictured: Path) -> None:
    default = theme.load("default")
    own, later = len(default.script(["table"])) - len(default.script([])), len(default.later("table"))
    assert own <= 57_000
    assert later <= 40_000
    site = built(pictured).parent
    assert len(list((site / "assets").glob("*-table.js"))) == 1
