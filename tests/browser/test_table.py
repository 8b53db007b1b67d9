"""Table panels: rows of the step under the cursor, more of them on demand, pictures and links in cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from reportgen.rundir.records.table import TableColumn
from reportgen.rundir.tables import column_line, pack_table
from tests.browser import logged

Built = Callable[..., Path]
NewPage = Callable[..., Page]
DELIVERIES = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
LONG = "many words " * 60


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], **more: Any) -> dict[str, Any]:
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
    heads = [{"name": name, "type": kind} for name, kind in columns]
    return {"_type": "table", "columns": heads, "rows": len(rows), "values": values, **more}


def stored(folder: Path, rows: int) -> dict[str, Any]:
    """A table with a file of its own."""
    columns = [TableColumn("n", "number"), TableColumn("text", "text")]
    name = f"media/ab/{'ab' * 32}.table.jsonl.gz"
    lines = [column_line("number", list(range(rows))), column_line("text", [f"row {i}" for i in range(rows)])]
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(pack_table(columns, lines, rows))
    heads = [column.to_json() for column in columns]
    return {"_type": "table", "columns": heads, "rows": rows, "file": name, "rows_given": rows + 1}


@pytest.fixture(scope="session")
def tabled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with tables of several shapes."""
    folder = tmp_path_factory.mktemp("tabled")
    two = [("id", "number"), ("what", "text")]
    picture = logged.picture(folder / "m", 40, 20, 90, caption=logged.HOSTILE)
    file = folder / "m" / "media" / "cd" / f"{'cd' * 32}.tape"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"noise")
    tape = {"_type": "tape", "file": file.relative_to(folder / "m").as_posix(), "caption": "noise"}
    media = table([("picture", "image"), ("tape", "tape")], [[picture, tape], [None, None]])
    frames = [
        (
            10,
            {"t": table(two, [[1, logged.HOSTILE], [2, LONG]]), "grown": table(two, [[1, "a"]], increment=0, start=0)},
        ),
        (40, {"t": table([("x", "text")], [["other"]]), "grown": table(two, [[2, "b"]], increment=1, start=1)}),
        (90, {"t": stored(folder / "m", 1250), "media": media, "both": [table(two, [[1, "a"]]), table(two, [])]}),
    ]
    logged.media_run(folder, "m", frames)
    return folder


def panel(page: Page, key: str) -> Locator:
    entry = page.evaluate("key => reportgen.manifest.pages['run/0'].panels.find(p => p.key === key).id", key)
    found = page.locator(f"[id='{entry}']")
    found.scroll_into_view_if_needed()
    return found


def go_to(page: Page, step: int) -> None:
    track = page.locator(".page.current [data-step-range]")
    track.evaluate("(t, v) => { t.value = v; t.dispatchEvent(new Event('input', { bubbles: true })); }", step)


@DELIVERIES
def test_a_panel_shows_the_rows_of_its_step(built: Built, new_page: NewPage, tabled: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(tabled, single_file=single), "m")
    shown = panel(page, "t")
    expect(shown.locator("[data-about]")).to_have_text("100 of 1,250 rows; 1,250 of 1,251 were logged")
    go_to(page, 50)
    expect(shown.locator("thead th")).to_have_text(["x"])
    expect(shown.locator("tbody td")).to_have_text(["other"])
    expect(shown.locator("[data-about]")).to_have_text("1 row")
    go_to(page, 10)
    expect(shown.locator("thead th")).to_have_text(["id", "what"])
    cell = shown.locator("tbody td").nth(1)
    expect(cell).to_have_text(logged.HOSTILE)
    assert shown.locator("tbody b").count() == 0
    assert shown.locator("tbody td.num").all_text_contents() == ["1", "2"]
    folded = shown.locator("tbody details")
    assert folded.get_attribute("open") is None
    folded.locator("summary").click()
    expect(folded).to_contain_text(LONG.strip())
    go_to(page, 99)
    expect(shown.locator("tbody tr")).to_have_count(100)
    expect(shown.locator("tbody tr").last).to_have_text("99row 99")


@DELIVERIES
def test_more_rows_come_on_demand(built: Built, new_page: NewPage, tabled: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(tabled, single_file=single), "m")
    shown = panel(page, "t")
    button = shown.get_by_role("button", name="More rows")
    for count in (600, 1100):
        button.click()
        expect(shown.locator("tbody tr")).to_have_count(count)
        expect(shown.locator("[data-about]")).to_have_text(f"{count:,} of 1,250 rows; 1,250 of 1,251 were logged")
    button.click()
    expect(shown.locator("tbody tr")).to_have_count(1250)
    expect(shown.locator("[data-about]")).to_have_text("1,250 rows; 1,250 of 1,251 were logged")
    expect(button).to_be_hidden()
    assert shown.locator("tbody tr").evaluate_all("rows => rows.map(r => r.cells[0].textContent)") == [
        str(i) for i in range(1250)
    ]


def test_a_page_that_carries_less_says_so(built: Built, new_page: NewPage, tabled: Path) -> None:
    page = logged.open_run(new_page, built(tabled, max_rows=120), "m")
    shown = panel(page, "t")
    shown.get_by_role("button", name="More rows").click()
    expect(shown.locator("tbody tr")).to_have_count(120)
    words = "120 of 1,250 rows; 1,250 of 1,251 were logged; this page carries 120"
    expect(shown.locator("[data-about]")).to_have_text(words)


@DELIVERIES
def test_rows_that_were_added_stand_below_those_before(
    built: Built, new_page: NewPage, tabled: Path, single: bool
) -> None:
    page = logged.open_run(new_page, built(tabled, single_file=single), "m")
    grown = panel(page, "grown")
    expect(grown.locator("tbody tr")).to_have_text(["1a", "2b"])
    go_to(page, 10)
    expect(grown.locator("tbody tr")).to_have_text(["1a"])
    go_to(page, 99)
    expect(grown.locator("tbody tr")).to_have_text(["1a", "2b"])


@DELIVERIES
def test_pictures_and_files_in_cells(built: Built, new_page: NewPage, tabled: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(tabled, single_file=single), "m")
    media = panel(page, "media")
    image = media.locator(".thumbs img")
    expect(image).to_have_js_property("naturalWidth", 40)
    assert image.get_attribute("alt") == logged.HOSTILE
    link = media.get_by_role("link", name="tape: noise")
    with page.expect_download() as download:
        link.focus()
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_bytes() == b"noise"


def test_several_tables_of_a_step(built: Built, new_page: NewPage, tabled: Path) -> None:
    page = logged.open_run(new_page, built(tabled), "m")
    both = panel(page, "both")
    expect(both.locator("[data-about]")).to_have_text(["1 row", "0 rows"])


def test_heads_stay_while_rows_scroll(built: Built, new_page: NewPage, tabled: Path) -> None:
    page = logged.open_run(new_page, built(tabled), "m")
    shown = panel(page, "t")
    scrolled = shown.locator(".rows").evaluate(
        """e => { e.scrollTop = 500;
                  const head = e.querySelector('th').getBoundingClientRect();
                  return [e.scrollTop, Math.round(head.top - e.getBoundingClientRect().top)]; }"""
    )
    assert scrolled == [500, 0]


def test_without_script_the_first_rows_are_there(built: Built, new_page: NewPage, tabled: Path) -> None:
    page = new_page(built(tabled), script=False)
    page.goto((built(tabled).parent / "runs" / "m.html").as_uri())
    shown = page.locator("[data-kind='table']").filter(has_text="1,250")
    expect(shown.locator("tbody tr")).to_have_count(100)
    expect(shown.get_by_role("button", name="More rows")).to_be_hidden()
    expect(shown.locator(".rows-note")).to_contain_text("100 of 1,250 rows")
