"""Tables to take along and to compare: CSV, JSON, LaTeX, Markdown; other steps and other runs."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import logged, tabled
from tests.browser.tabled import column, head, menu, panel, rows, table, tool

Built = Callable[..., Path]
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with tables of several shapes."""
    return tabled.write(tmp_path_factory.mktemp("tabled")).parent


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs that logged a table under the same key."""
    folder = tmp_path_factory.mktemp("pair")
    columns = [("id", "text"), ("label", "text"), ("score", "number")]
    first = table(columns, [["a", "cat", 0.25], ["b", "dog", 0.5], ["c", "cat", None]])
    logged.media_run(folder, "one", [(5, {"pred": first}), (9, {"alone": first})])
    other = table(
        [*columns, ("extra", "bool")], [["b", "dog", 0.75, True], ["c", "cat", None, False], ["d", "cow", 1, None]]
    )
    logged.media_run(folder, "two", [(5, {"pred": table(columns, [])}), (7, {"pred": other})])
    return folder


@pytest.fixture
def page(new_page: NewPage, built: Built, run: Path) -> Page:
    """The run's page."""
    return logged.open_run(new_page, built(run), "m")


def saved(page: Page, key: str, form: str, tmp_path: Path) -> str:
    shown = panel(page, key)
    line = tool(shown, "Copy or save").locator(".take", has_text=form)
    with page.expect_download() as download:
        line.get_by_role("button", name="Save").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    page.keyboard.press("Escape")
    return path.read_bytes().decode()


def test_csv_has_the_rows_that_are_found_with_all_digits(page: Page, tmp_path: Path) -> None:
    shown = panel(page, "t")
    head(shown, "n").locator(".sort").click()
    head(shown, "n").locator(".sort").click()
    menu(shown, "n").get_by_label("to", exact=True).fill("10")
    page.keyboard.press("Escape")
    menu(shown, "class").get_by_role("button", name="Hide").click()
    text = saved(page, "t", "CSV", tmp_path)
    lines = list(csv.reader(text.removeprefix("\ufeff").splitlines()))
    assert lines[0] == ["n", "text", "score"]
    assert lines[1:3] == [["10", "row 10", "0.19"], ["9", "row 9", ""]]
    assert len(lines) == 12


def test_hostile_texts_are_safe_in_every_form(page: Page, tmp_path: Path) -> None:
    text = saved(page, "hostile", "CSV", tmp_path).removeprefix("\ufeff")
    assert text.startswith("'=a,")
    assert "\r\n'=1+1,2.5,1152921504606846977\r\n" in text
    assert '"say ""a,b""","[1, ""x""]",7' in text
    found = json.loads(saved(page, "hostile", "JSON", tmp_path))
    assert found[0] == {"=a": "=1+1", logged.HOSTILE: 2.5, "big": 1152921504606846977}
    assert [row[logged.HOSTILE] for row in found] == [2.5, [1, "x"], None, True]
    latex = saved(page, "hostile", "LaTeX", tmp_path)
    assert r"\begin{tabular}{llr}" in latex
    assert r"| \& \$ \% & true & $-1$ \\" in latex
    assert r"line break & -- & -- \\" in latex
    assert r"\textless{}b\textgreater{}\&" in latex
    markdown = saved(page, "hostile", "Markdown", tmp_path)
    assert r"| \| \& \$ % | true | −1 |" in markdown
    assert "| line<br>break | – | – |" in markdown
    assert "|  ---  |" not in markdown
    assert len(markdown.strip().splitlines()) == 6


def test_values_of_every_sort_are_taken_exactly(built: Built, new_page: NewPage, tmp_path: Path) -> None:
    lost = {"_type": "float", "value": "-Infinity"}
    values = [[-1.5, -1.5, 2**53 + 1], [lost, lost, 5], [1e-9, "-1.5", None], ["", None, 7]]
    given = [[row[0] if isinstance(row[0], float | dict) else None, row[1], row[2], row[0]] for row in values]
    columns = [("x", "number"), ("any", "mixed"), ("big", "number"), ("text", "mixed")]
    logged.media_run(tmp_path / "runs", "m", [(1, {"t": table(columns, given)})])
    page = logged.open_run(new_page, built(tmp_path / "runs"), "m")
    lines = saved(page, "t", "CSV", tmp_path).removeprefix("\ufeff").splitlines()
    assert lines == [
        "x,any,big,text",
        "-1.5,-1.5,9007199254740993,-1.5",
        "-Infinity,-Infinity,5,-Infinity",
        "1e-9,'-1.5,,1e-9",
        ',,7,""',
    ]
    text = saved(page, "t", "JSON", tmp_path)
    assert [row["big"] for row in json.loads(text)] == [2**53 + 1, 5, None, 7]
    assert [row["any"] for row in json.loads(text)] == [-1.5, "-Infinity", "-1.5", None]
    latex = saved(page, "t", "LaTeX", tmp_path)
    assert r"$-1.5$ & $-1.5$ & 9007199254740993" in latex
    assert r"$-\infty$ & $-\infty$ & 5" in latex
    assert r"$1 \times 10^{-9}$" in latex


def test_a_table_is_copied(built: Built, new_page: NewPage, run: Path) -> None:
    page = logged.open_run(
        lambda path: new_page(path, permissions=["clipboard-read", "clipboard-write"]), built(run), "m"
    )
    shown = panel(page, "versions")
    tool(shown, "Copy or save").locator(".take", has_text="Markdown").get_by_role("button", name="Copy").click()
    expect(page.locator("#reportgen-status")).to_have_text("Copied as Markdown")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.splitlines()[0] == "| id | what |"


def compare(page: Page, key: str, place: str = "run/0", **choices: str):  # type: ignore[no-untyped-def]
    shown = panel(page, key, place)
    box = tool(shown, "Compare")
    for label, value in choices.items():
        box.get_by_label(label.capitalize(), exact=True).select_option(value)
        page.wait_for_timeout(150)
    page.keyboard.press("Escape")
    return shown


def test_two_steps_are_joined_by_a_column(page: Page) -> None:
    shown = compare(page, "versions", compare="join", by="id")
    expect(shown.locator("[data-about]")).to_have_text(
        "3 of 4 rows found; Step 20 to Step 60, by id: 1 changed, 1 added, 1 removed, 1 same"
    )
    assert column(shown, "change") == ["changed", "added", "removed"]
    assert column(shown, "id") == ["3", "4", "1"]
    expect(shown.locator("td.changed")).to_have_count(1)
    expect(shown.locator("td.changed del")).to_have_text("c")
    expect(shown.locator("td.changed ins")).to_have_text("changed")


def test_two_steps_stand_side_by_side(page: Page) -> None:
    shown = compare(page, "versions", compare="beside")
    expect(shown.locator(".pane-name")).to_have_text(["Step 20", "Step 60"])
    expect(shown.locator(".pane").first.locator("tbody tr:not(.gap)")).to_have_count(3)
    shown.locator(".pane").first.locator("th[data-col=id] .sort").click()
    shown.locator(".pane").first.locator("th[data-col=id] .sort").click()
    for pane, first in (("nth=0", "3"), ("nth=1", "4")):
        expect(shown.locator(".pane").locator(pane).locator("tbody tr:not(.gap) td").first).to_have_text(first)
    compare(page, "versions", compare="")
    expect(shown.locator(".pane")).to_have_count(1)


def test_all_steps_stand_in_one_table(page: Page) -> None:
    shown = compare(page, "versions", compare="stack", **{"with": "all"})
    expect(rows(shown)).to_have_count(6)
    assert column(shown, "step") == ["20"] * 3 + ["60"] * 3
    expect(shown.locator("[data-about]")).to_have_text("6 rows of 2 steps")


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_the_overview_has_the_tables_of_several_runs(built: Built, new_page: NewPage, pair: Path, single: bool) -> None:
    page = new_page(built(pair, single_file=single))
    shown = panel(page, "pred", "overview")
    assert column(shown, "run") == ["one"] * 3 + ["two"] * 3
    assert column(shown, "extra") == ["–", "–", "–", "true", "false", "–"]
    expect(shown.locator("[data-about]")).to_have_text("6 rows of 2 runs")
    assert page.locator("[data-kind=table]").filter(has_text="alone").locator("visible=true").count() == 0
    compare(page, "pred", "overview", compare="join", by="id")
    expect(shown.locator("td.changed")).to_have_count(1)
    assert sorted(column(shown, "change")) == ["added", "changed", "removed"]


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_the_tables_of_runs_follow_the_choice_of_runs(
    built: Built, new_page: NewPage, pair: Path, single: bool
) -> None:
    page = new_page(built(pair, single_file=single))
    shown = panel(page, "pred", "overview")
    assert column(shown, "run") == ["one"] * 3 + ["two"] * 3
    choose = page.locator("[data-runs] tbody tr").filter(has_text="two").get_by_role("checkbox")
    choose.uncheck()
    expect(rows(shown)).to_have_count(3)
    assert column(shown, "run") == ["one"] * 3
    expect(shown.locator("[data-about]")).to_have_text("3 rows of 1 run")
    page.locator("[data-runs] tbody tr").filter(has_text="one").get_by_role("checkbox").uncheck()
    expect(shown.get_by_text("None of the runs that logged this is chosen")).to_be_visible()
    expect(shown.locator("table")).to_be_hidden()
    choose.check()
    expect(rows(shown).first).to_be_visible()
    assert column(shown, "run") == ["two"] * 3


def test_runs_are_joined_from_the_first_to_the_second(built: Built, new_page: NewPage, pair: Path) -> None:
    page = new_page(built(pair))
    shown = compare(page, "pred", "overview", compare="join", first="0", **{"with": "1"})
    expect(shown.locator("[data-about]")).to_have_text(
        re.compile("one to two, by id: 1 changed, 1 added, 1 removed, 1 same; only two has extra: not compared")
    )
    assert column(shown, "id") == ["b", "d", "a"]
    assert column(shown, "change") == ["changed", "added", "removed"]
    shown = compare(page, "pred", "overview", first="1")
    expect(shown.locator("[data-about]")).to_contain_text("two to one, by id")


def test_runs_are_there_without_script(built: Built, new_page: NewPage, pair: Path) -> None:
    page = new_page(built(pair), script=False)
    shown = page.locator("[data-kind=table]")
    expect(shown.locator("thead .sort")).to_have_text(["run", "id", "label", "score", "extra"])
    expect(shown.locator("tbody tr")).to_have_count(6)
