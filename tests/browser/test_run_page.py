"""A run's page as a reader uses it: contents, folds, addresses, going from page to page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import logged
from tests.browser.conftest import Report
from tests.rundir.directories import write_run

Built = Callable[..., Path]
NewPage = Callable[..., Page]
Opened = Callable[[Path, str], Report]


@pytest.fixture(scope="session")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs with numbers, pictures, text, many settings; one of them has problems."""
    folder = tmp_path_factory.mktemp("two")
    for i, name in enumerate(("first", "second")):
        place = folder / name
        rows = logged.rows({"train/loss": [1 / (s + 1) for s in range(60)], "train/acc": [s / 60 for s in range(60)]})
        for step in (10, 59):
            rows[step] |= {
                "val/picture": logged.picture(place, 40, 20, step),
                "sample": f"text of step {step} {logged.HOSTILE}",
            }
        write_run(
            place,
            rows,
            run={"id": name, "name": name, "created": f"2026-11-21T09:1{i}:00Z", "notes": "A **good** run.\n\n- one"},
            config=json.dumps({"model": {"width": 64}, "lr": 0.1, "many": {f"k{j}": j for j in range(40)}}).encode(),
            summary=json.dumps({f"value_{j}": j / 3 for j in range(30)}).encode(),
            system=b"".join(b'{"_runtime":%d,"cpu/percent":%d}\n' % (s, s) for s in range(9)),
        )  # fmt: skip
    with (folder / "second" / "history.jsonl").open("ab") as file:
        file.write(b'{"_step":60,"_runt')  # what a killed process leaves
    return folder


@pytest.fixture(params=["folder", "single"])
def two(request: pytest.FixtureRequest, built: Built, opened: Opened, two_runs: Path) -> Report:
    return opened(built(two_runs, single_file=request.param == "single"), "file")


def current(page: Page, selector: str) -> str:
    return f".page.current {selector}"


def test_contents_lead_to_their_sections_and_follow(two: Report, new_page: NewPage) -> None:
    page = new_page(two)
    page.get_by_role("link", name="first", exact=True).first.click()
    links = page.locator(current(page, "[data-rail] a"))
    assert [text.split("\n")[0] for text in links.all_inner_texts()] == ["About", "Charts", "Images", "Text", "System"]
    links.filter(has_text="Images").click()
    expect(page.locator(current(page, '[data-kind="image"]'))).to_be_in_viewport()
    expect(page.locator(current(page, "h1"))).to_have_text("first")
    page.mouse.wheel(0, -9000)
    expect(links.first).to_have_attribute("aria-current", "true")


def test_title_address_and_focus_follow_the_page(two: Report, new_page: NewPage) -> None:
    page = new_page(two)
    home = page.title()
    page.get_by_role("link", name="second", exact=True).first.click()
    expect(page.locator(current(page, "h1"))).to_have_text("second")
    assert page.title() == f"second: {home}"
    assert page.evaluate("scrollY") == 0
    if two.single:
        assert page.evaluate("document.activeElement.localName") == "main"
    page.go_back()
    expect(page.locator('.page.current[data-page="overview"]')).to_be_visible()
    assert page.title() == home


def test_a_single_file_returns_to_where_it_was_read(built: Built, new_page: NewPage, two_runs: Path) -> None:
    page = new_page(built(two_runs, single_file=True))
    page.wait_for_function("() => window.reportgen?.state.page")
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => scrollY > 0")
    page.wait_for_timeout(200)
    before = page.evaluate("scrollY")
    page.evaluate("location.hash = '#run/1'")
    expect(page.locator(".page.current h1")).to_have_text("second")
    page.go_back()
    expect(page.locator('.page.current[data-page="overview"]')).to_be_visible()
    page.wait_for_function("before => Math.abs(scrollY - before) < 2", arg=before)


def test_the_address_of_a_panel_opens_it(two: Report, new_page: NewPage) -> None:
    page = new_page(two)
    page.goto(two.run_url("second"))
    expect(page.locator(current(page, "h1"))).to_have_text("second")
    panel = page.locator(current(page, '[data-panel$="train-loss"]'))
    address = panel.evaluate("panel => reportgen.addressOf(panel)")
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator(current(page, "h1"))).to_have_text("second")
    expect(panel).to_be_in_viewport()


def test_skipping_to_the_content(two: Report, new_page: NewPage) -> None:
    page = new_page(replace(two, url=two.run_url("first")))
    page.keyboard.press("Tab")
    expect(page.locator(current(page, ".skip"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(current(page, "main"))).to_be_focused()
    expect(page.locator(current(page, "h1"))).to_have_text("first")


def test_about(two: Report, new_page: NewPage) -> None:
    page = new_page(two)
    page.goto(two.run_url("first"))
    about = page.locator(current(page, ".about"))
    expect(about.locator("strong")).to_have_text("good")
    expect(about.locator(".pairs").first.locator("tr")).to_have_count(24)
    expect(about.get_by_text("value_29")).to_be_hidden()
    about.get_by_text("6 more").click()
    expect(about.get_by_text("value_29")).to_be_visible()
    expect(about.get_by_text("width")).to_be_visible()  # small branches are open
    expect(about.get_by_text("k39")).to_be_hidden()


def test_a_run_with_problems_lists_them_and_its_neighbour_does_not(two: Report, new_page: NewPage) -> None:
    page = new_page(two)
    page.goto(two.run_url("second"))
    expect(page.locator(current(page, ".problems .message"))).to_have_count(1)
    expect(page.locator(current(page, "[data-rail]"))).to_contain_text("Problems")
    page.goto(two.run_url("first"))
    expect(page.locator(current(page, ".problems"))).to_have_count(0)


def test_menus_close_by_escape_and_by_a_click_elsewhere(two: Report, new_page: NewPage) -> None:
    page = new_page(two)
    page.goto(two.run_url("first"))
    expect(page.locator(current(page, "h1"))).to_have_text("first")
    menu = page.locator(current(page, '[data-kind="scalar"] .menu')).first
    menu.locator("summary").click()
    expect(menu.locator("div")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.locator("div")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.locator(current(page, "h2")).first.click()
    expect(menu.locator("div")).to_be_hidden()


def test_without_script_all_of_a_run_is_there(two: Report, new_page: NewPage) -> None:
    page = new_page(two, script=False)
    page.goto(two.run_url("first"))
    scope = page.locator('[id="page-run-0"]')
    expect(scope.locator('[data-kind="scalar"] svg .line').first).to_be_visible()
    expect(scope.locator(".text-body")).to_contain_text(f"text of step 59 {logged.HOSTILE}")
    expect(scope.locator(".step-bar")).to_be_hidden()
    if not two.single:
        assert scope.locator(".shot img").evaluate("i => i.getAttribute('src')").startswith("../media/")


def test_paper_has_no_controls_and_numbers_its_figures(built: Built, new_page: NewPage, two_runs: Path) -> None:
    page = new_page(built(two_runs, theme="paper"))
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("radio")).to_have_count(0)
    assert page.locator("button:visible").count() == 0
    content = "e => getComputedStyle(e, '::before').content"
    assert "Figure" in page.locator(".number.figure").first.evaluate(content)
    assert "Table" in page.locator(".number.table").first.evaluate(content)
    page.get_by_role("link", name="first", exact=True).click()
    expect(page.locator(".step-bar")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("first")
