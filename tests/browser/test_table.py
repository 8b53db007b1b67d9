"""Table panels: the rows of the step under the cursor, pictures and links in cells, what stands without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium, logged, tabled
from tests.browser.logged import go_to
from tests.browser.tabled import column, panel, rows

Built = Callable[..., Path]
NewPage = Callable[..., Page]
DELIVERIES = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with tables of several shapes."""
    return tabled.write(tmp_path_factory.mktemp("tabled")).parent


@DELIVERIES
def test_a_panel_shows_the_rows_of_its_step(built: Built, new_page: NewPage, run: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(run, single_file=single), "m")
    shown = panel(page, "t")
    expect(shown.locator("[data-about]")).to_have_text("1,250 rows; 1,250 of 1,251 were logged")
    go_to(page, 50)
    expect(shown.locator("thead th[data-col]")).to_have_count(1)
    assert column(shown, "x") == ["other"]
    expect(shown.locator("[data-about]")).to_have_text("1 row")
    go_to(page, 10)
    expect(rows(shown)).to_have_count(2)
    assert column(shown, "what")[0] == logged.HOSTILE
    go_to(page, 99)
    expect(shown.locator("[data-about]")).to_have_text("1,250 rows; 1,250 of 1,251 were logged")


@DELIVERIES
def test_all_rows_can_be_scrolled_to_and_few_are_in_the_document(
    built: Built, new_page: NewPage, run: Path, single: bool
) -> None:
    page = logged.open_run(new_page, built(run, single_file=single), "m")
    shown = panel(page, "t")
    shown.locator(".rows").evaluate("e => { e.scrollTop = e.scrollHeight; }")
    last = rows(shown).last
    expect(last.locator("td").first).to_have_text("1249")
    assert last.get_attribute("aria-rowindex") == "1251"
    assert rows(shown).count() < 60
    gap = page.evaluate(
        """() => { const e = document.querySelector('[data-kind=table] .rows'), b = e.getBoundingClientRect();
                   const last = [...e.querySelectorAll('tbody tr:not(.gap)')].at(-1);
                   return last.getBoundingClientRect().bottom - b.bottom; }"""
    )
    assert abs(gap) <= 2


def test_a_page_that_carries_less_says_so(built: Built, new_page: NewPage, run: Path) -> None:
    page = logged.open_run(new_page, built(run, max_rows=120), "m")
    shown = panel(page, "t")
    words = "1,250 rows; 1,250 of 1,251 were logged; this page carries 120"
    expect(shown.locator("[data-about]")).to_have_text(words)
    assert shown.locator("table").get_attribute("aria-rowcount") == "121"


@DELIVERIES
def test_rows_that_were_added_stand_below_those_before(
    built: Built, new_page: NewPage, run: Path, single: bool
) -> None:
    page = logged.open_run(new_page, built(run, single_file=single), "m")
    grown = panel(page, "grown")
    assert column(grown, "what") == ["a", "b"]
    go_to(page, 10)
    expect(rows(grown)).to_have_count(1)
    assert column(grown, "what") == ["a"]
    go_to(page, 99)
    expect(rows(grown)).to_have_count(2)


@DELIVERIES
def test_pictures_and_files_in_cells(built: Built, new_page: NewPage, run: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(run, single_file=single), "m")
    media = panel(page, "media")
    image = media.locator(".thumbs img")
    expect(image).to_have_js_property("naturalWidth", 40)
    assert image.get_attribute("alt") == logged.HOSTILE
    assert media.locator("tbody .cell-bars path").last.get_attribute("d")
    link = media.get_by_role("link", name="tape: noise")
    with page.expect_download() as download:
        link.focus()
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_bytes() == b"noise"


@DELIVERIES
def test_a_row_opens_with_all_that_is_in_it(built: Built, new_page: NewPage, run: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(run, single_file=single), "m")
    media = panel(page, "media")
    media.get_by_role("button", name="Row 1: show all of it").click()
    dialog = page.get_by_role("dialog", name="One row of media")
    expect(dialog.locator("dt")).to_have_text(["picture", "tape", "bins"])
    expect(dialog.locator("img")).to_have_js_property("naturalWidth", 40)
    assert dialog.locator("img").evaluate("i => i.getBoundingClientRect().width") > 250
    dialog.get_by_role("button", name="Next row").click()
    expect(dialog.get_by_role("heading")).to_have_text("Row 2 of media")
    expect(dialog.locator("dd").first).to_have_text("–")
    page.keyboard.press("ArrowLeft")
    expect(dialog.get_by_role("heading")).to_have_text("Row 1 of media")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@DELIVERIES
def test_masks_lie_over_pictures_and_have_their_tools_once(
    built: Built, new_page: NewPage, run: Path, single: bool
) -> None:
    page = logged.open_run(new_page, built(run, single_file=single), "m")
    shown = panel(page, "masked")
    expect(shown.locator("td canvas.overlay")).to_have_count(3)
    expect(shown.locator("[data-grid-overlays] .note").first).to_have_text("Over the pictures of photo")
    drawn = """canvas => { const d = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                           return d.some(value => value > 0); }"""
    canvas = shown.locator("td canvas.overlay").first
    expect(canvas).not_to_have_js_property("width", 0)
    assert canvas.evaluate(drawn)
    shown.locator("[data-grid-overlays]").get_by_label("truth").first.uncheck()
    page.wait_for_timeout(200)
    assert not canvas.evaluate(drawn)


def test_the_whole_of_a_long_text_is_in_its_row(built: Built, new_page: NewPage, run: Path) -> None:
    page = logged.open_run(new_page, built(run), "m")
    shown = panel(page, "t")
    go_to(page, 10)
    expect(rows(shown)).to_have_count(2)
    rows(shown).nth(1).locator("td").last.dblclick()
    text = page.get_by_role("dialog", name="One row of t").locator("dd").last.inner_text()
    assert text.strip() == tabled.LONG.strip()


def test_several_tables_of_a_step(built: Built, new_page: NewPage, run: Path) -> None:
    page = logged.open_run(new_page, built(run), "m")
    both = panel(page, "both")
    expect(both.locator("[data-about]")).to_have_text(["1 row", "0 rows"])


def test_heads_stay_while_rows_scroll(built: Built, new_page: NewPage, run: Path) -> None:
    page = logged.open_run(new_page, built(run), "m")
    shown = panel(page, "t")
    scrolled = shown.locator(".rows").evaluate(
        """e => { e.scrollTop = 500;
                  const head = e.querySelector('th').getBoundingClientRect();
                  return [e.scrollTop, Math.round(head.top - e.getBoundingClientRect().top)]; }"""
    )
    assert scrolled == [500, 0]


def test_without_script_the_first_rows_are_there(built: Built, new_page: NewPage, run: Path) -> None:
    page = new_page(built(run), script=False)
    page.goto((built(run).parent / "runs" / "m.html").as_uri())
    shown = page.locator("[data-kind='table']").filter(has_text="1,250")
    expect(shown.locator("tbody tr")).to_have_count(100)
    expect(shown.get_by_role("searchbox")).to_be_hidden()
    expect(shown.locator(".rows-note")).to_contain_text("100 of 1,250 rows")
    expect(shown.locator(".head-note")).to_have_text(
        ["0 to 1249", "1,250 values", "3 values", "0 to 0.999; 125 missing"]
    )


def test_paper_has_the_first_twenty_rows_as_they_are_sorted(built: Built, new_page: NewPage, run: Path) -> None:
    page = logged.open_run(new_page, built(run), "m")
    shown = panel(page, "t")
    tabled.head(shown, "n").locator(".sort").click()
    tabled.head(shown, "n").locator(".sort").click()
    shown.locator(".rows").evaluate("e => { e.scrollTop = 9000; }")
    page.wait_for_timeout(100)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert column(shown, "n") == [str(1249 - i) for i in range(20)]
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(rows(shown).first).not_to_contain_text("1249")


@pytest.mark.parametrize("script", [True, False])
def test_paper_tells_that_there_are_more_rows(built: Built, new_page: NewPage, run: Path, script: bool) -> None:
    page = new_page(built(run), script=script)
    page.goto((built(run).parent / "runs" / "m.html").as_uri())
    if script:
        chromium.wait_until(page, "'reportgen' in window")
        for key in ("t", "versions"):
            panel(page, key)
        page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    notes = {
        note.inner_text(): note.evaluate("n => getComputedStyle(n, '::after').content")
        for note in page.locator("[data-kind=table] .rows-note").all()
    }
    told = {text: content for text, content in notes.items() if "1,250 rows" in text or text.startswith("3 rows")}
    assert sorted(told.values()) == ['"The first 20 are printed."', "none"]


@DELIVERIES
def test_a_table_without_columns_says_so(built: Built, new_page: NewPage, tmp_path: Path, single: bool) -> None:
    logged.media_run(tmp_path / "runs", "m", [(1, {"none": tabled.table([], [])})])
    page = logged.open_run(new_page, built(tmp_path / "runs", single_file=single), "m")
    shown = panel(page, "none")
    expect(shown.locator("[data-about]")).to_have_text("A table without columns")
    expect(shown.locator(".grid-tools")).to_be_hidden()
    expect(shown.locator("table")).to_be_hidden()


def test_a_table_is_the_same_with_and_without_its_script(built: Built, new_page: NewPage, run: Path) -> None:
    """Nothing moves as the script takes over: the same texts stand in the same places."""
    look = """ids => ids.map(id => document.getElementById(id)).map(panel => [
        [...panel.querySelectorAll('thead .sort')].map(e => e.textContent),
        [...panel.querySelectorAll('thead .head-note')].map(e => e.textContent),
        [...panel.querySelectorAll('tbody tr:not(.gap)')].slice(0, 12).map(
          tr => [...tr.querySelectorAll('td')].map(td => td.textContent.trim())),
        Math.round(panel.querySelector('.rows').getBoundingClientRect().height),
    ])"""
    page = logged.open_run(new_page, built(run), "m")
    raw = new_page(built(run))
    raw.add_init_script("Object.defineProperty(window, 'IntersectionObserver', { value: class { observe() {} } })")
    raw.goto((built(run).parent / "runs" / "m.html").as_uri())
    keys = ("t", "grown", "media")
    for key in keys:
        panel(page, key)
    ids = [tabled.panel_id(page, key, "run/0") for key in keys]
    live, still = page.evaluate(look, ids), raw.evaluate(look, ids)
    assert [found[:3] for found in live] == [found[:3] for found in still]
    assert [found[3] for found in live] == pytest.approx([found[3] for found in still], abs=3)
