"""Every kind of page in both themes, light and dark, wide and narrow: axe finds nothing to report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Report
from tests.browser.test_deliveries import drawn_canvas, scroll_through

PAGES = ("overview", "mlp-64", "mlp-64-lr-30", "flower-8", "smoke-test", "nearest-neighbours")
"""A page of each sort: all runs, a finished run, a failed one, one of another project, a tiny one, one of all kinds."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", ["default", "paper"])
@pytest.mark.parametrize("name", PAGES)
def test_no_violation(
    built: Callable[..., Path],
    opened: Callable[[Path, str], Report],
    new_page: Callable[..., Page],
    name: str,
    theme: str,
    scheme: str,
) -> None:
    report = opened(built(theme=theme), "file")
    page = new_page(report, scheme=scheme)
    if name != "overview":
        page.goto(report.run_url(name))
    if theme == "default":  # paper has no canvas
        drawn_canvas(page)
    assert not violations(page)


@pytest.mark.parametrize("name", ["overview", "mlp-64"])
def test_no_violation_on_a_phone(
    opened: Callable[[Path, str], Report], single_site: Path, new_page: Callable[..., Page], name: str
) -> None:
    report = opened(single_site, "file")
    page = new_page(report, screen="phone")
    if name != "overview":
        page.goto(report.run_url(name))
    drawn_canvas(page)
    assert not violations(page)


def test_no_violation_without_script(folder_site: Path, new_page: Callable[..., Page]) -> None:
    """What a reader without script sees: the same document, its class `js` taken away again."""
    page = new_page(folder_site)
    page.evaluate("document.documentElement.classList.remove('js')")
    assert not violations(page)


@pytest.mark.parametrize("name", ["overview", "mlp-64"])
def test_every_stop_of_the_tab_key_has_a_name_and_is_visible(
    opened: Callable[[Path, str], Report], folder_site: Path, new_page: Callable[..., Page], name: str
) -> None:
    report = opened(folder_site, "file")
    page = new_page(report)
    if name != "overview":
        page.goto(report.run_url(name))
    scroll_through(page)
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.textContent.trim()")
    assert first == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"
    seen = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or stop["path"] in seen:
            break
        seen.add(stop["path"])
        assert stop["name"], f"a stop without a name: {stop}"
        assert stop["width"] > 0, f"an invisible stop: {stop}"
        assert stop["height"] > 0, f"an invisible stop: {stop}"
        assert stop["ring"], f"a stop without a focus ring: {stop}"
    assert len(seen) > 10


FOCUSED = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const label = element.labels?.[0] ?? element.closest('label');
    const described = (element.getAttribute('aria-labelledby') ?? '').split(/ +/)
        .map(id => document.getElementById(id)?.textContent ?? '').join(' ');
    const name = element.getAttribute('aria-label') || described.trim() || label?.textContent.trim() ||
        element.textContent.trim() || element.getAttribute('title') || element.getAttribute('placeholder') || '';
    const parts = [];
    for (let e = element; e && e !== document.body; e = e.parentElement)
        parts.unshift(e.tagName + [...e.parentElement.children].indexOf(e));
    const boxes = [element, label].filter(Boolean).map(e => e.getBoundingClientRect());
    const ring = [element, label, element.parentElement].filter(Boolean)
        .some(e => getComputedStyle(e).outlineStyle !== 'none' && parseFloat(getComputedStyle(e).outlineWidth) > 0);
    return {name, path: parts.join('/'), width: Math.max(...boxes.map(b => b.width)),
        height: Math.max(...boxes.map(b => b.height)), ring, html: element.outerHTML.slice(0, 200)};
}"""


def violations(page: Page) -> str:
    """What axe finds, in words."""
    # preload off: axe would fetch the style sheets, which the report's policy forbids
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
    lines = []
    for violation in found.response["violations"]:
        places = [" ".join(map(str, node["target"])) for node in violation["nodes"][:5]]
        detail = violation["nodes"][0].get("failureSummary", "").replace("\n", " ")
        lines.append(f"{violation['id']} ({violation['impact']}): {len(violation['nodes'])} x {places}: {detail}")
    return "\n".join(lines)
