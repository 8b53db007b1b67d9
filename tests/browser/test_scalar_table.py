"""“Show as table”: the numbers of a chart are those that were logged, all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged
from tests.browser.test_scalar import drag, menu, panel

Built = Callable[..., Path]
NewPage = Callable[..., Page]

STEPS = 3000


@pytest.fixture(scope="session")
def two_long_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs with more points than a chart draws at first; the second one logged every other step."""
    folder = tmp_path_factory.mktemp("two")
    logged.run(folder, "a", {"loss": [step + 0.5 for step in range(STEPS)]})
    logged.run(folder, "b", {"loss": [step / 2 if step % 2 == 0 else None for step in range(STEPS)]})
    return folder


def cells(table: Locator, first: int, last: int) -> list[list[str]]:
    """The cells of some rows of the table's body."""
    rows: list[list[str]] = table.locator("tbody").evaluate(
        "(body, [from, to]) => [...body.rows].slice(from, to).map(r => [...r.cells].map(c => c.textContent))",
        [first, last],
    )
    return rows


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_values_that_the_chart_did_not_draw_are_in_its_table(
    built: Built, new_page: NewPage, two_long_runs: Path, single: bool
) -> None:
    loss = panel(new_page(built(two_long_runs, single_file=single, max_points=200)), "loss")
    menu(loss, "table")
    title = loss.locator(".numbers > summary")
    expect(title).to_have_text("Values: the first 500 of 3,000 steps; “Save data as CSV” has all")
    assert cells(loss, 0, 4) == [["0", "0.5", "0"], ["1", "1.5", ""], ["2", "2.5", "1"], ["3", "3.5", ""]]
    assert cells(loss, 498, 501) == [["498", "498.5", "249"], ["499", "499.5", ""]]


def test_zoomed_the_table_has_what_is_in_view(built: Built, new_page: NewPage, two_long_runs: Path) -> None:
    page = new_page(built(two_long_runs, max_points=200))
    loss = panel(page, "loss")
    menu(loss, "table")
    drag(page, loss, 0.5, 0.52)
    title = loss.locator(".numbers > summary")
    expect(title).to_contain_text("steps in view")
    assert int((title.text_content() or "").split()[1]) == pytest.approx(0.02 * STEPS, abs=3)
    rows = cells(loss, 0, 100)
    assert all(row[1] for row in rows)
    assert [row[2] == "" for row in rows] == [int(row[0].replace(",", "")) % 2 == 1 for row in rows]
