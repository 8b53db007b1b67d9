"""The columns of a table: which are in sight, in which place and width; the keyboard; phones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import chromium, logged, tabled
from tests.browser.tabled import head, menu, panel, rows, tool

Built = Callable[..., Path]
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with tables of several shapes."""
    return tabled.write(tmp_path_factory.mktemp("tabled")).parent


@pytest.fixture
def page(new_page: NewPage, built: Built, run: Path) -> Page:
    """The run's page."""
    return logged.open_run(new_page, built(run), "m")


def names(shown: Locator) -> list[str]:
    found: list[str] = shown.evaluate("p => [...p.querySelectorAll('thead th[data-col]')].map(th => th.dataset.col)")
    return found


def test_columns_are_hidden_and_shown(page: Page) -> None:
    shown = panel(page, "t")
    box = tool(shown, "Columns")
    box.get_by_label("text").uncheck()
    assert names(shown) == ["n", "class", "score"]
    expect(shown.locator(".chip")).to_have_text("hidden: 1 column ×")
    box.get_by_role("button", name="None").click()
    assert names(shown) == []
    box.get_by_role("button", name="As logged").click()
    assert names(shown) == ["n", "text", "class", "score"]


def test_columns_move_by_menu_and_by_pointer(page: Page) -> None:
    shown = panel(page, "t")
    menu(shown, "class").get_by_role("button", name="Move left").click()
    assert names(shown) == ["n", "class", "text", "score"]
    start, end = (head(shown, name).locator(".sort").bounding_box() for name in ("score", "n"))
    assert start
    assert end
    page.mouse.move(start["x"] + 6, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 4, end["y"] + 8, steps=6)
    page.mouse.up()
    assert names(shown) == ["score", "n", "class", "text"]
    assert head(shown, "score").get_attribute("aria-sort") is None


def test_columns_get_wider_by_pointer_and_by_menu(page: Page) -> None:
    shown = panel(page, "t")
    before = head(shown, "n").bounding_box()
    grip = head(shown, "n").locator(".grip").bounding_box()
    assert before
    assert grip
    page.mouse.move(grip["x"] + 3, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 103, grip["y"] + 10, steps=5)
    page.mouse.up()
    after = head(shown, "n").bounding_box()
    assert after
    assert after["width"] > before["width"] + 60
    menu(shown, "n").get_by_role("button", name="Narrower").click()
    narrower = head(shown, "n").bounding_box()
    assert narrower
    assert narrower["width"] < after["width"]


def test_a_pinned_column_stays_while_others_scroll(page: Page) -> None:
    shown = panel(page, "wide")
    menu(shown, "c2").get_by_role("button", name="Pin").click()
    assert names(shown)[0] == "c2"
    shown.locator(".rows").evaluate("e => { e.scrollLeft = e.scrollWidth / 2; }")
    expect(head(shown, "c60")).to_be_attached()
    left = head(shown, "c2").evaluate(
        "th => th.getBoundingClientRect().left - th.closest('.rows').getBoundingClientRect().left"
    )
    assert 0 <= left < 80
    assert len(names(shown)) < 60
    assert shown.locator("table").get_attribute("aria-colcount") == "121"
    cells = rows(shown).nth(1).locator("td:not(.gap)")
    texts, heads = cells.all_inner_texts(), names(shown)
    assert texts == [name[1:] for name in heads]


def test_rows_get_higher(page: Page) -> None:
    shown = panel(page, "media")
    before = rows(shown).first.bounding_box()
    slider = shown.get_by_role("slider", name="Row height")
    slider.evaluate("s => { s.value = 160; s.dispatchEvent(new Event('input', { bubbles: true })); }")
    after = rows(shown).first.bounding_box()
    picture = shown.locator(".thumb").bounding_box()
    assert before
    assert after
    assert picture
    assert (round(before["height"]), round(after["height"])) == (56, 160)
    assert picture["height"] > 120


def test_higher_rows_have_wider_pictures_and_none_is_cut(page: Page) -> None:
    shown = panel(page, "media")
    shown.get_by_role("slider", name="Row height").evaluate(
        "s => { s.value = 240; s.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    thumb = shown.locator(".thumb")
    fits = """t => { const a = t.getBoundingClientRect(), b = t.closest('td').getBoundingClientRect();
                     return [a.right <= b.right && a.bottom <= b.bottom, Math.round(10 * a.width / a.height) / 10]; }"""
    assert thumb.evaluate(fits) == [True, 2]
    assert thumb.evaluate("t => t.getBoundingClientRect().width") > 400
    box = menu(shown, "picture")
    for _ in range(12):
        box.get_by_role("button", name="Narrower").click()
    page.keyboard.press("Escape")
    assert thumb.evaluate(fits) == [True, 2]
    assert thumb.evaluate("t => t.getBoundingClientRect().width") < 200


def test_a_column_is_drawn_by_any_part_of_its_head(page: Page) -> None:
    shown = panel(page, "t")
    start, end = (head(shown, name).locator(".head-note").bounding_box() for name in ("score", "n"))
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + 4)
    page.mouse.down()
    page.mouse.move(end["x"] + 4, end["y"] + 4, steps=6)
    page.mouse.up()
    assert names(shown) == ["score", "n", "text", "class"]
    assert page.evaluate("() => String(getSelection())") == ""
    head(shown, "n").locator(".sort").click()
    expect(head(shown, "n")).to_have_attribute("aria-sort", "ascending")


def test_widths_and_the_height_of_rows_stand_in_the_address(
    page: Page, built: Built, new_page: NewPage, run: Path
) -> None:
    shown = panel(page, "media")
    shown.get_by_role("slider", name="Row height").evaluate(
        "s => { s.value = 160; s.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    for _ in range(3):
        menu(shown, "tape").get_by_role("button", name="Wider").click()
        page.keyboard.press("Escape")
    wide = head(shown, "tape").bounding_box()
    page.wait_for_timeout(400)
    again = logged.open_run(new_page, built(run), "m")
    again.goto(page.url)
    again.reload()
    chromium.wait_until(again, "'reportgen' in window")
    found = panel(again, "media")
    expect(found.get_by_role("slider", name="Row height")).to_have_value("160")
    same, row = head(found, "tape").bounding_box(), rows(found).first.bounding_box()
    assert wide
    assert same
    assert row
    assert (same["width"], round(row["height"])) == (wide["width"], 160)


def test_menus_stay_on_a_phone(built: Built, new_page: NewPage, run: Path) -> None:
    page = new_page(built(run), screen="phone")
    page.goto((built(run).parent / "runs" / "m.html").as_uri())
    shown = panel(page, "versions")
    for words in ("Columns", "Group", "Compare", "Copy or save"):
        place = tool(shown, words).bounding_box()
        assert place
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= page.viewport_size["width"]  # type: ignore[index]
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        shown.locator(".grid-tools summary", has_text=words).click()


def test_a_grid_is_read_with_the_keyboard(page: Page) -> None:
    shown = panel(page, "t")
    assert shown.locator("table").get_attribute("role") == "grid"
    assert shown.locator("table [tabindex='0']").count() == 1
    shown.locator("table [tabindex='0']").focus()
    focused = "() => [document.activeElement.textContent.trim(), document.activeElement.closest('tr').ariaRowIndex]"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == ["row 0", "2"]
    page.keyboard.press("Control+End")
    assert page.evaluate(focused)[1] == "1251"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == ["1249", "1251"]
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="One row of t")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(head(shown, "n")).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("dialog", name="Column n")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Column n")).to_have_count(0)
    assert page.evaluate("() => document.activeElement.dataset.col") == "n"


def test_a_phone_keeps_the_first_column(built: Built, new_page: NewPage, run: Path) -> None:
    page = new_page(built(run), screen="phone")
    page.goto((built(run).parent / "runs" / "m.html").as_uri())
    shown = panel(page, "wide")
    shown.locator(".rows").evaluate("e => { e.scrollLeft = e.scrollWidth / 2; }")
    expect(head(shown, "c60")).to_be_attached()
    left = head(shown, "c0").evaluate("th => th.getBoundingClientRect().left")
    assert 0 <= left < 90
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_enlarged_table_keeps_its_place(page: Page) -> None:
    shown = panel(page, "t")
    shown.locator(".rows").evaluate("e => { e.scrollTop = 9000; }")
    page.wait_for_timeout(150)
    page.evaluate("() => reportgen.enlarge(document.querySelector('[data-kind=table]'))")
    expect(page.locator("dialog.enlarged")).to_be_visible()
    page.wait_for_timeout(150)
    assert shown.locator(".rows").evaluate("e => e.scrollTop") > 8000
    assert "row 3" in "".join(tabled.column(shown, "text"))
    page.keyboard.press("Escape")
