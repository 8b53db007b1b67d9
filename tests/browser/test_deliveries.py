"""Both deliveries, from disk with the network off and from a server under a sub-path: no error, no request out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import wait_until
from tests.browser.conftest import Report
from tests.browser.server import Server

DRAWN = """canvas => canvas && canvas.width > 0 && canvas.height > 0 &&
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((v, i) => i % 4 === 3 && v > 0)"""


PICTURE = """[...document.querySelectorAll('.page.current [data-kind="image"] img')]
    .some(image => image.complete && image.naturalWidth > 0)"""


def drawn_canvas(page: Page) -> None:
    """Go to the page's first chart, and wait until its canvas holds something."""
    page.locator('.page.current [data-kind="scalar"]').first.scroll_into_view_if_needed()
    wait_until(page, f"({DRAWN})(document.querySelector('.page.current [data-kind=scalar] canvas'))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_overview(report: Report, new_page: Callable[..., Page], screen: str, scheme: str) -> None:
    page = new_page(report, screen=screen, scheme=scheme)
    names = [run["name"] for run in report.manifest["runs"]]
    for name in names:
        expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()
    drawn_canvas(page)
    scroll_through(page)
    assert not sideways(page)


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_run_page(report: Report, new_page: Callable[..., Page], screen: str) -> None:
    page = new_page(report, screen=screen)
    page.get_by_role("link", name="mlp-64", exact=True).first.click()
    expect(page.locator(".page.current h1")).to_have_text("mlp-64")
    drawn_canvas(page)
    scroll_through(page)
    picture = page.locator('.page.current [data-kind="image"] img').first
    picture.scroll_into_view_if_needed()
    wait_until(page, PICTURE)
    assert not sideways(page)


def test_every_page_opens_by_its_address_and_leads_back(report: Report, new_page: Callable[..., Page]) -> None:
    page = new_page(report)
    for run in report.manifest["runs"]:
        page.goto(report.run_url(run["index"]))
        expect(page.locator(".page.current h1")).to_have_text(run["name"])
    page.locator(".page.current .crumbs a").first.click()
    expect(page.locator('.page.current[data-page="overview"]')).to_be_visible()


def test_reload_and_history_keep_the_place(report: Report, new_page: Callable[..., Page]) -> None:
    page = new_page(report)
    page.get_by_role("link", name="mlp-32", exact=True).first.click()
    page.reload()
    expect(page.locator(".page.current h1")).to_have_text("mlp-32")
    page.go_back()
    expect(page.locator('.page.current[data-page="overview"]')).to_be_visible()


def test_without_script_everything_is_there(report: Report, new_page: Callable[..., Page]) -> None:
    page = new_page(report, script=False)
    expect(page.locator("svg path").first).to_be_attached()
    for run in report.manifest["runs"]:
        expect(page.get_by_text(run["name"], exact=True).first).to_be_visible()
    assert page.locator(".needs-script:visible").count() == 0


def test_every_document_has_the_policy_first(folder_site: Path, single_site: Path) -> None:
    for path in [single_site, *folder_site.parent.rglob("*.html")]:
        text = path.read_text(encoding="utf-8")
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
        assert policy, path
        assert text.index("http-equiv") < min(
            text.find(word) for word in ("<script", "<style", "<link") if word in text
        )
        assert "default-src &#39;none&#39;" in policy[1] or "default-src 'none'" in policy[1]
        assert "unsafe-eval" not in policy[1]
        script_rule = policy[1].split("script-src", 1)[1].split(";", 1)[0]
        assert "unsafe-inline" not in script_rule


def test_server_was_asked_for_nothing_it_does_not_have(
    folder_site: Path,
    single_site: Path,
    opened: Callable[[Path, str], Report],
    new_page: Callable[..., Page],
    server: Server,
) -> None:
    for path in (folder_site, single_site):
        report = opened(path, "http")
        page = new_page(report)
        scroll_through(page)
        page.goto(report.run_url(0))
        scroll_through(page)
    assert server.refused == []


def test_folder_moves_as_a_whole(
    folder_site: Path, tmp_path: Path, opened: Callable[[Path, str], Report], new_page: Callable[..., Page]
) -> None:
    moved = tmp_path / "über uns" / "100 % #1"
    shutil.copytree(folder_site.parent, moved)
    page = new_page(opened(moved / "index.html", "file"))
    drawn_canvas(page)


def scroll_through(page: Page) -> None:
    """Pass every panel slowly enough that each one near the viewport starts."""
    page.evaluate("""async () => {
        for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
            scrollTo(0, y);
            await new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)));
        }
    }""")


def sideways(page: Page) -> bool:
    """Whether the page as a whole can be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
