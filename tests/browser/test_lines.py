"""Charts of a run with several processes, or that was resumed from an earlier step, as a reader meets them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import logged
from tests.browser.test_scalar import foot, hover, menu, panel
from tests.rundir.directories import write_run

Built = Callable[..., Path]
NewPage = Callable[..., Page]

SESSION = {"_step": 60, "_runtime": 50.0, "_summary": {}, "_session": 1}


@pytest.fixture(scope="session")
def shared_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three ranks, and one that went back from step 99 to step 60 after its loss had left all bounds."""
    folder = tmp_path_factory.mktemp("shared")
    rows = logged.rows({"loss": [3 - i / 100 for i in range(100)]})
    ranks = write_run(folder / "ranks", rows, run={"id": "ranks", "name": "ranks", "ranks": 3})
    for rank in (1, 2):
        lines = logged.rows({"loss": [3 - i / 100 + rank for i in range(100)]})
        (ranks / f"history.{rank}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    before = logged.rows({"loss": [3 - i / 100 if i < 90 else 10.0**i for i in range(100)]})
    again = logged.rows({"loss": [1.5] * 90})[60:]
    write_run(folder / "resumed", [*before, SESSION, *again], run={"id": "resumed", "name": "resumed"})
    return folder


@pytest.fixture(params=[False, True], ids=["folder", "single"])
def open_run(
    request: pytest.FixtureRequest, new_page: NewPage, built: Built, shared_runs: Path, opened: Callable[..., object]
) -> Callable[[str], Page]:
    path = built(shared_runs, single_file=request.param)
    report = opened(path, "file")

    def page_of(name: str) -> Page:
        page = new_page(report)
        if name:
            page.goto(report.run_url(name))  # type: ignore[attr-defined]
        return page

    return page_of


def test_lines_of_ranks_have_names(open_run: Callable[[str], Page]) -> None:
    page = open_run("ranks")
    loss = panel(page, "loss")
    expect(loss.locator(".lines li")).to_have_text(["rank 0", "rank 1", "rank 2"])
    assert hover(page, loss, 50 / 99) == ["step 50", "rank 2 4.5", "rank 1 3.5", "rank 0 2.5"]
    assert foot(loss)[0] == "300 points"


def test_the_overview_has_one_line_per_run(open_run: Callable[[str], Page]) -> None:
    page = open_run("")
    loss = panel(page, "loss")
    expect(loss.locator(".lines")).to_have_count(0)
    assert hover(page, loss, 30 / 99) == ["step 30", "ranks 2.7", "resumed 2.7"]
    assert "2 more lines of other processes not drawn here" in foot(loss)


def test_what_was_superseded_is_grey_and_sets_no_scale(open_run: Callable[[str], Page], tmp_path: Path) -> None:
    page = open_run("resumed")
    loss = panel(page, "loss")
    expect(loss.locator(".lines li")).to_have_text(["superseded"])
    expect(loss.locator(".lines .swatch.s0")).to_have_count(1)
    ticks = [float(text) for text in loss.locator(".plot-y span").all_text_contents()]
    assert max(ticks) <= 3.5
    assert hover(page, loss, 70 / 99) == ["step 70", "superseded 2.3", "resumed 1.5"]
    assert "40 of them superseded: the run went back to an earlier step" in foot(loss)
    with page.expect_download() as download:
        menu(loss, "csv")
    download.value.save_as(tmp_path / "loss.csv")
    with (tmp_path / "loss.csv").open(newline="") as file:
        names = [line[0] for line in list(csv.reader(file))[1:]]
    assert (names.count("resumed"), names.count("superseded")) == (90, 40)


def test_without_script(new_page: NewPage, built: Built, shared_runs: Path, opened: Callable[..., object]) -> None:
    report = opened(built(shared_runs), "file")
    page = new_page(report, script=False)
    page.goto(report.run_url("resumed"))  # type: ignore[attr-defined]
    chart = page.locator("figure[data-kind=scalar]").first
    expect(chart.locator("svg.still .line.s0")).to_have_count(1)
    expect(chart.locator(".lines li")).to_have_text(["superseded"])
