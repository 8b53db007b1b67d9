"""Which rows of a table are shown: sorted, filtered, found, put into groups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium, logged, tabled
from tests.browser.logged import go_to
from tests.browser.tabled import column, head, menu, panel, rows, tool

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


def test_rows_are_sorted_by_numbers_and_by_words(page: Page) -> None:
    shown = panel(page, "t")
    head(shown, "score").locator(".sort").click()
    found = column(shown, "score")
    assert found == sorted(found)
    assert head(shown, "score").get_attribute("aria-sort") == "ascending"
    head(shown, "score").locator(".sort").click()
    assert column(shown, "score")[0] == "0.999"
    assert page.locator("#reportgen-status").inner_text() == "Sorted by score, descending"
    shown.locator(".rows").evaluate("e => { e.scrollTop = e.scrollHeight; }")
    expect(rows(shown).last.locator("td").last).to_have_text("–")  # what is missing comes last, whichever way
    head(shown, "text").locator(".sort").click()
    shown.locator(".rows").evaluate("e => { e.scrollTop = 0; }")
    expect(rows(shown).nth(3).locator("td").nth(1)).to_have_text("row 3")
    assert column(shown, "text")[:12] == [f"row {i}" for i in range(12)]


def test_several_columns_sort_together(page: Page) -> None:
    shown = panel(page, "t")
    head(shown, "class").locator(".sort").click()
    head(shown, "n").locator(".sort").click(modifiers=["Shift"])
    head(shown, "n").locator(".sort").click(modifiers=["Shift"])
    assert column(shown, "class")[:3] == ["bird"] * 3
    assert column(shown, "n")[:3] == ["1247", "1244", "1241"]
    assert head(shown, "n").locator("sup").inner_text() == "2"
    assert page.locator("#reportgen-status").inner_text() == "Sorted by class, ascending, then n, descending"


def test_a_third_press_brings_the_logged_order_back(page: Page) -> None:
    shown = panel(page, "t")
    for _ in range(3):
        head(shown, "score").locator(".sort").click()
    assert column(shown, "n")[:3] == ["0", "1", "2"]
    assert head(shown, "score").get_attribute("aria-sort") is None


def test_a_range_is_written_or_drawn(page: Page) -> None:
    shown = panel(page, "t")
    box = menu(shown, "n")
    box.get_by_label("From").fill("100")
    box.get_by_label("to", exact=True).fill("104")
    assert column(shown, "n") == ["100", "101", "102", "103", "104"]
    expect(shown.locator("[data-about]")).to_have_text("5 of 1,250 rows found; 1,250 of 1,251 were logged")
    place = box.locator(".brush").bounding_box()
    assert place
    page.mouse.move(place["x"], place["y"] + 20)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + 20, steps=4)
    page.mouse.up()
    assert abs(int(box.get_by_label("to", exact=True).input_value()) - 624) <= 3
    page.keyboard.press("Escape")
    expect(shown.locator(".chip")).to_contain_text("n 0 to 62")
    shown.locator(".chip").click()
    expect(shown.locator("[data-about]")).to_have_text("1,250 rows; 1,250 of 1,251 were logged")


def test_words_are_chosen_from_a_list(page: Page) -> None:
    shown = panel(page, "t")
    box = menu(shown, "class")
    expect(box.locator(".word-list label")).to_have_text(["cat417", "dog417", "bird416"])
    box.get_by_label("cat").uncheck()
    assert set(column(shown, "class")) == {"dog", "bird"}
    box.get_by_role("button", name="None").click()
    expect(rows(shown)).to_have_count(0)
    box.get_by_label("bird").check()
    assert set(column(shown, "class")) == {"bird"}
    page.keyboard.press("Escape")
    expect(shown.locator(".chip")).to_have_text("class bird ×")


def test_texts_are_found_by_a_part_and_missing_values_by_their_absence(page: Page) -> None:
    shown = panel(page, "t")
    menu(shown, "text").get_by_label("Contains").fill("ROW 77")
    page.keyboard.press("Escape")
    assert column(shown, "text") == ["row 77", *(f"row {i}" for i in range(770, 780))]
    menu(shown, "score").get_by_role("combobox").select_option("only")
    page.keyboard.press("Escape")
    assert column(shown, "text") == ["row 779"]


def test_one_field_finds_rows_in_all_columns(page: Page) -> None:
    shown = panel(page, "t")
    field = shown.get_by_role("searchbox", name="Find in rows of t")
    field.fill("124 bird")
    expect(shown.locator("[data-about]")).to_contain_text("of 1,250 rows found")
    assert column(shown, "class")[0] == "bird"
    field.fill("no such row")
    expect(shown.get_by_text("No row passes.")).to_be_visible()
    shown.get_by_role("button", name="Show all rows").click()
    expect(shown.locator("[data-about]")).to_have_text("1,250 rows; 1,250 of 1,251 were logged")
    assert field.input_value() == ""


def test_heads_tell_of_the_rows_that_are_found(page: Page) -> None:
    shown = panel(page, "t")
    menu(shown, "n").get_by_label("to", exact=True).fill("9")
    page.keyboard.press("Escape")
    expect(head(shown, "score").locator(".head-note")).to_contain_text("1 missing")
    expect(head(shown, "class").locator(".head-note")).to_have_text("3 values")
    expect(head(shown, "text").locator(".head-note")).to_have_text("10 values")


def test_rows_become_groups(page: Page) -> None:
    shown = panel(page, "t")
    box = tool(shown, "Group")
    box.get_by_label("class").check()
    box.get_by_label("Highest").check()
    expect(rows(shown)).to_have_count(3)
    assert column(shown, "class") == ["bird", "cat", "dog"]
    assert column(shown, "rows") == ["416", "417", "417"]
    assert column(shown, "share") == ["33.3\u202f%", "33.4\u202f%", "33.4\u202f%"]
    assert column(shown, "mean of n") == ["624.5", "624.0", "625.0"]
    assert column(shown, "max of n") == ["1247", "1248", "1249"]
    page.keyboard.press("Escape")
    rows(shown).first.locator("td").first.dblclick()
    page.get_by_role("button", name="Only these rows").click()
    expect(shown.locator(".chip")).to_have_text("class bird ×")
    assert set(column(shown, "class")) == {"bird"}


def test_what_was_chosen_stays_from_step_to_step(page: Page) -> None:
    shown = panel(page, "versions")
    head(shown, "id").locator(".sort").click()
    head(shown, "id").locator(".sort").click()
    menu(shown, "id").get_by_label("From").fill("2")
    page.keyboard.press("Escape")
    assert column(shown, "id") == ["4", "3", "2"]
    go_to(page, 20)
    expect(rows(shown)).to_have_count(2)
    assert column(shown, "id") == ["3", "2"]


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_a_link_shows_what_was_chosen(built: Built, new_page: NewPage, run: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(run, single_file=single), "m")
    shown = panel(page, "t")
    head(shown, "score").locator(".sort").click()
    menu(shown, "class").get_by_label("cat").uncheck()
    page.keyboard.press("Escape")
    page.wait_for_timeout(400)
    address = page.url
    assert "table/t=" in unquote(address)
    again = new_page(built(run, single_file=single))
    again.goto(address)
    again.reload()
    chromium.wait_until(again, "'reportgen' in window")
    found = panel(again, "t")
    assert column(found, "class") == column(shown, "class")
    assert head(found, "score").get_attribute("aria-sort") == "ascending"
