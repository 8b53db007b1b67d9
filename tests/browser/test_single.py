"""A single file before its scripts have started: they are held back here as a slow machine would."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.chromium import wait_until
from tests.browser.conftest import Report

HOLD = """{
    const unpack = Response.prototype.blob, going = new Promise(resolve => { window.letThemStart = resolve; });
    Response.prototype.blob = async function () { await going; return unpack.call(this); };
}"""

NO_FRAME = """{
    const later = window.setTimeout;
    window.requestAnimationFrame = () => 0;
    window.setTimeout = (work, pause, ...rest) => pause > 300 ? 0 : later(work, pause, ...rest);
}"""
"""No frame is made, and nothing that would stand in for one."""

FIRST_FRAME = """if (location.protocol === 'file:') {
    localStorage.setItem('reportgen-theme', 'dark');
    const watch = new ResizeObserver(() => { window.firstFrame ??= document.documentElement.dataset.theme ?? ''; });
    requestAnimationFrame(() => watch.observe(document.documentElement));
}"""
"""What the first frame is drawn from: sizes are told after callbacks of the frame and before its paint."""

PAINTED = """{
    const make = URL.createObjectURL;
    URL.createObjectURL = blob => {
        window.painted ??= performance.getEntriesByName('first-contentful-paint').length;
        return make.call(URL, blob);
    };
}"""

STARTED = "!!window.reportgen?.state.page"


@pytest.fixture
def report(opened: Callable[[Path, str], Report], single_site: Path) -> Report:
    """The sample runs as one file, from disk."""
    return opened(single_site, "file")


@pytest.fixture
def prepared(new_page: Callable[..., Page], report: Report) -> Callable[[str, str], Page]:
    """Open an address of the report with a script of the test before all others."""

    def make(script: str, address: str) -> Page:
        page = new_page(report)
        page.add_init_script(script)
        page.goto("about:blank")
        page.goto(address)
        return page

    return make


def start(page: Page) -> None:
    """Let the scripts start."""
    page.evaluate("letThemStart()")
    wait_until(page, STARTED)


def test_the_page_that_the_address_names_comes_first(prepared: Callable[..., Page], report: Report) -> None:
    page = prepared(HOLD, report.run_url("mlp-64"))
    expect(page.get_by_role("heading", name="mlp-64", level=1)).to_be_visible()
    assert page.locator("h1:visible").count() == 1
    start(page)
    expect(page.locator(".page.current h1")).to_have_text("mlp-64")
    assert page.locator("h1:visible").count() == 1
    assert page.title().startswith("mlp-64")


@pytest.mark.parametrize("address", ["#run/0/x", "#run/99", "#charts", "#no/%zz", '#run/0"]{}/x'])
def test_any_address_shows_one_page(prepared: Callable[..., Page], report: Report, address: str) -> None:
    page = prepared("", report.url + address)
    wait_until(page, STARTED)
    expect(page.locator("h1:visible")).to_have_count(1)


def test_links_lead_to_their_pages_at_once(prepared: Callable[..., Page], report: Report) -> None:
    page = prepared(HOLD, report.url)
    page.get_by_role("link", name="mlp-64", exact=True).first.click()
    expect(page.get_by_role("heading", name="mlp-64", level=1)).to_be_visible()
    page.locator(".crumbs a:visible").click()
    expect(page.locator('.page[data-page="overview"]')).to_be_visible()
    assert page.locator("h1:visible").count() == 1
    page.go_back()
    start(page)
    expect(page.locator(".page.current h1")).to_have_text("mlp-64")


def test_what_a_reader_does_before_is_done_again(prepared: Callable[..., Page], report: Report) -> None:
    page = prepared(HOLD, report.url)
    counter = page.locator("[data-shown-count]")
    before = counter.inner_text()
    page.locator(".runs tbody input").first.uncheck()
    page.locator(".runs thead .sort").first.click()
    page.locator(".page.current").get_by_text("Dark", exact=True).click()
    start(page)
    expect(page.locator('.runs th[data-col="Run"]')).to_have_attribute("aria-sort", "ascending")
    expect(counter).not_to_have_text(before)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_menu_that_was_opened_before_is_filled(prepared: Callable[..., Page], report: Report) -> None:
    page = prepared(HOLD, report.url)
    page.locator("[data-runs-tools] .columns > summary").click()
    start(page)
    expect(page.locator("[data-columns] input").first).to_be_visible()


def test_pictures_print_before_the_scripts_start(prepared: Callable[..., Page], report: Report) -> None:
    page = prepared(HOLD, report.run_url("mlp-64"))
    assert any(sheet.images for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)


def test_the_whole_page_prints_before_the_first_frame(prepared: Callable[..., Page], report: Report) -> None:
    page = prepared(NO_FRAME, report.run_url("mlp-64"))
    assert page.locator("html.starting").count() == 1
    assert any(sheet.images for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)


def test_the_page_is_painted_before_its_scripts_start(prepared: Callable[..., Page], report: Report) -> None:
    page = prepared(PAINTED, report.url)
    wait_until(page, STARTED)
    assert page.evaluate("painted") == 1


def test_the_chosen_theme_is_in_the_first_frame(prepared: Callable[..., Page], report: Report) -> None:
    page = prepared(FIRST_FRAME, report.url)
    wait_until(page, f"{STARTED} && 'firstFrame' in window")
    assert page.evaluate("firstFrame") == "dark"
    expect(page.locator('.page.current [data-theme-choice][value="dark"]')).to_be_checked()


@pytest.mark.parametrize("text", [base64.b64encode(b"no gzip").decode(), "%%%", ""])
def test_with_damaged_scripts_it_reads_as_without(
    browser: Browser, single_site: Path, tmp_path: Path, text: str
) -> None:
    damaged = tmp_path / "damaged.html"
    content = single_site.read_text(encoding="utf-8")
    damaged.write_text(re.sub(r'(id="reportgen-scripts">)[^<]+', rf"\g<1>{text}", content), encoding="utf-8")
    page = browser.new_page()
    page.goto(damaged.as_uri() + "#run/0")
    expect(page.locator("h1:visible")).to_have_count(page.locator(".page").count())
    assert page.locator(".needs-script:visible").count() == 0
    page.close()


@pytest.mark.parametrize("single", [False, True])
def test_a_script_of_a_theme_is_told_that_the_page_is_ready(
    built: Callable[..., Path], new_page: Callable[..., Page], tmp_path: Path, single: bool
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "theme.yml").write_text("extends: default\nscripts: [own.js]\n")
    (tmp_path / "mine" / "own.js").write_text(
        "reportgen.on('ready', ({ runs }) => {\n"
        "  const { own = '' } = document.body.dataset; // '</script>' in a script is text\n"
        "  document.body.dataset.own = own + runs.length + typeof reportgen.url + document.readyState;\n"
        "});\n"
    )
    page = new_page(built(theme=str(tmp_path / "mine"), single_file=single))
    runs = page.locator('.page[data-page="overview"] .runs tbody tr').count()
    expect(page.locator("body")).to_have_attribute("data-own", re.compile(rf"^{runs}function(interactive|complete)$"))


def test_a_run_is_addressed_by_its_id_and_by_its_number(report: Report, prepared: Callable[..., Page]) -> None:
    run = next(run for run in report.manifest["runs"] if run["name"] == "mlp-64")
    assert re.fullmatch(r"#run/[a-z][a-z0-9-]+", run["href"])
    for address in (run["href"], f"#run/{run['index']}"):
        page = prepared("", report.url + address)
        wait_until(page, STARTED)
        expect(page.locator("h1:visible")).to_have_text("mlp-64")


def test_an_address_of_no_run_says_so_on_the_overview(report: Report, prepared: Callable[..., Page]) -> None:
    page = prepared("", report.url + "#run/gone<b>/x")
    wait_until(page, STARTED)
    message = page.locator("[data-lost-run]")
    expect(message).to_have_text("This report has no run “gone<b>”. All of its runs are listed here.")
    expect(page.locator('.page[data-page="overview"]')).to_be_visible()
    page.evaluate("href => { location.hash = href; }", report.manifest["runs"][0]["href"])
    page.evaluate("() => { location.hash = ''; }")
    expect(page.locator('.page[data-page="overview"]')).to_be_visible()
    expect(message).to_have_count(0)
