"""Filters of tables by dates, by numbers of many digits and by words, and what is said of input that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged, tabled
from tests.browser.tabled import column, head, menu, panel, tool

Built = Callable[..., Path]
NewPage = Callable[..., Page]
BIG = 2**53


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a table of dates, moments, numbers and words, and one whose columns could be mixed."""
    folder = tmp_path_factory.mktemp("filtered")
    moments = ["2024-01-05T23:59:59", "2024-01-06T00:00:00", "2024-01-06T12:30:00", "2024-01-07T00:00:00", None]
    days = ["2024-01-05", "2024-01-06", "2024-01-07", "2024-02-01", None]
    columns = [("when", "time"), ("day", "time"), ("x", "number"), ("big", "number"), ("word", "text")]
    numbers = [0.5, 1.5, 2.5, 3.5, None]
    whole = [BIG - 1, BIG, BIG + 1, BIG + 2, -1]
    rows = list(zip(moments, days, numbers, whole, ["zoo", "éclair", "", "apple", "Ärger"], strict=True))
    mixed = [("x", "mixed"), ("when", "mixed"), ("any", "mixed")]
    infinite = {"_type": "float", "value": "Infinity"}
    values = [[0.25, moments[0], True], [infinite, None, "two"], [0.5, moments[2], 3.5], [None, moments[1], 1]]
    grouped = [["a", 1.0], ["a", None], ["b", infinite], ["c", None]]
    tables = {
        "t": tabled.table(columns, [list(row) for row in rows]),
        "mixed": tabled.table(mixed, values),
        "groups": tabled.table([("c", "text"), ("v", "number")], grouped),
    }
    logged.media_run(folder, "m", [(1, tables)])
    return folder


@pytest.fixture
def page(new_page: NewPage, built: Built, runs: Path) -> Page:
    """The run's page."""
    return logged.open_run(new_page, built(runs), "m")


def bounded(page: Page, name: str, low: str, high: str) -> Locator:
    """The table with a column filtered from one bound to another."""
    shown = panel(page, "t")
    box = menu(shown, name)
    box.get_by_label("From").fill(low)
    box.get_by_label("to", exact=True).fill(high)
    page.keyboard.press("Escape")
    return shown


@pytest.mark.parametrize(
    ("high", "found", "words"),
    [
        (
            "2024-01-06",
            ["2024-01-05 23:59:59", "2024-01-06 00:00:00", "2024-01-06 12:30:00"],
            "when at most 2024-01-06 ×",
        ),
        ("2024-01-06 12:30", ["2024-01-05 23:59:59", "2024-01-06 00:00:00", "2024-01-06 12:30:00"], None),
        ("2024-01-06 12:29", ["2024-01-05 23:59:59", "2024-01-06 00:00:00"], None),
        ("2024-01-06T00:00:00Z", ["2024-01-05 23:59:59", "2024-01-06 00:00:00"], None),
        ("2024-01", [f"2024-01-0{day}" for day in ("5 23:59:59", "6 00:00:00", "6 12:30:00", "7 00:00:00")], None),
        ("2023", [], "when at most 2023-12-31 ×"),
    ],
)
def test_an_upper_bound_lasts_as_long_as_it_is_written(
    page: Page, high: str, found: list[str], words: str | None
) -> None:
    shown = bounded(page, "when", "", high)
    assert column(shown, "when") == found
    if words:
        expect(shown.locator(".chip")).to_have_text(words)


def test_days_have_no_time_of_day(page: Page) -> None:
    shown = bounded(page, "day", "2024-01-06", "2024-01-07")
    assert column(shown, "day") == ["2024-01-06", "2024-01-07"]
    expect(shown.locator(".chip")).to_have_text("day 2024-01-06 to 2024-01-07 ×")
    box = menu(shown, "day")
    expect(box.get_by_label("to", exact=True)).to_have_value("2024-01-07")


@pytest.mark.parametrize(("name", "text"), [("x", "abc"), ("x", "1,5"), ("when", "yesterday"), ("day", "6")])
def test_what_cannot_be_read_is_told_and_filters_nothing(page: Page, name: str, text: str) -> None:
    shown = panel(page, "t")
    box = menu(shown, name)
    field = box.get_by_label("From")
    field.fill(text)
    expect(box.get_by_role("status")).to_contain_text(f"“{text}” is no ")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert len(column(shown, "x")) == 5
    field.fill("")
    expect(box.get_by_role("status")).to_have_text("")


def test_whole_numbers_are_filtered_digit_by_digit(page: Page) -> None:
    shown = bounded(page, "big", str(BIG + 1), str(BIG + 1))
    assert column(shown, "big") == [str(BIG + 1)]
    expect(shown.locator(".chip")).to_have_text(f"big {BIG + 1} ×")
    shown = bounded(page, "big", "-5", str(BIG - 1))
    assert column(shown, "big") == [str(BIG - 1), "−1"]
    expect(shown.locator(".chip")).to_have_text(f"big −5 to {BIG - 1} ×")


def test_texts_are_in_the_order_of_a_dictionary_and_an_empty_one_has_a_name(page: Page) -> None:
    shown = panel(page, "t")
    head(shown, "word").locator(".sort").click()
    assert column(shown, "word") == ["", "apple", "Ärger", "éclair", "zoo"]
    box = menu(shown, "word")
    box.get_by_label("(empty)").uncheck()
    page.keyboard.press("Escape")
    expect(shown.locator(".chip")).to_have_text("word not (empty) ×")


def test_a_mixed_column_of_one_type_is_of_that_type(page: Page) -> None:
    shown = panel(page, "mixed")
    expect(head(shown, "x").locator(".head-note")).to_have_text("0.25 to 0.5; 1 infinite; 1 missing")
    assert column(shown, "when")[0] == "2024-01-05 23:59:59"
    box = menu(shown, "x")
    box.get_by_label("From").fill("0.3")
    page.keyboard.press("Escape")
    assert column(shown, "x") == ["∞", "0.50"]
    shown.locator(".chip").click()
    head(shown, "any").locator(".sort").click()
    assert column(shown, "any") == ["1", "3.5", "true", "two"]


def test_groups_tell_of_how_many_values_and_have_no_share_of_infinity(page: Page) -> None:
    shown = panel(page, "groups")
    box = tool(shown, "Group")
    box.get_by_label("c", exact=True).check()
    box.get_by_label("Share of the sum").check()
    assert column(shown, "n of v") == ["1", "1", "0"]
    assert [text.partition(".")[0] for text in column(shown, "mean of v")] == ["1", "∞", "–"]
    assert column(shown, "share of v") == ["–", "–", "–"]
