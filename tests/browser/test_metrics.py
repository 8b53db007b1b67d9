"""What runs define of their metrics, as readers meet it: axes of their own, and none for what is hidden."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import logged

Built = Callable[..., Path]
NewPage = Callable[..., Page]

METRICS = [
    {"name": "epoch", "hidden": True},
    {"name": "val/*", "step_metric": "epoch", "step_sync": True},
]


@pytest.fixture(scope="session")
def defined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs whose scores are drawn by epoch, of 50 steps each; one begins to count epochs late."""
    folder = tmp_path_factory.mktemp("defined")
    for name, late in (("a", 0), ("b", 3)):
        keys: dict[str, list[float | None]] = {
            "loss": [1 / (step + 1) for step in range(200)],
            "epoch": [None if step < late else step // 50 + 1 for step in range(200)],
            "val/acc": [1 - 1 / (step + 2) for step in range(200)],
        }
        logged.run(folder, name, keys, metrics=METRICS)
    return folder


def x_labels(page: Page, key: str) -> list[str]:
    panel = page.locator(".page.current figure.panel", has=page.locator("h4", has_text=key))
    panel.scroll_into_view_if_needed()
    expect(panel.locator(".plot.drawn")).to_be_visible()
    return panel.locator(".plot-x span").all_inner_texts()


def test_charts_begin_with_the_axes_that_runs_define(built: Built, new_page: NewPage, defined: Path) -> None:
    page = new_page(built(defined))
    assert [name.strip() for name in page.locator("figure.panel h4").all_inner_texts()] == ["val/acc", "loss"]
    assert x_labels(page, "acc") == ["1", "2", "3", "4"]
    assert x_labels(page, "loss")[:2] == ["0", "50"]
    note = page.locator("[data-axis-note]")
    expect(note).to_have_text("By the axes that the runs define")
    foot = page.locator("figure.panel", has=page.locator("h4", has_text="acc")).locator(".panel-foot span")
    assert foot.all_inner_texts() == ["397 of 400 points", "by epoch", "3 points without a place on this axis"]


def test_another_axis_can_be_chosen_and_left_again(built: Built, new_page: NewPage, defined: Path) -> None:
    page = new_page(built(defined, single_file=True))
    assert x_labels(page, "acc") == ["1", "2", "3", "4"]
    axis = page.locator(".page.current [data-axis]")
    axis.select_option("step")
    expect(page.locator("[data-axis-note]").first).to_have_text("By step")
    assert x_labels(page, "acc")[:2] == ["0", "50"]
    axis.select_option("own")
    assert x_labels(page, "acc") == ["1", "2", "3", "4"]


def test_the_first_frame_has_the_same_axis(built: Built, new_page: NewPage, defined: Path) -> None:
    page = new_page(built(defined), script=False)
    panel = page.locator("figure.panel").first
    panel.scroll_into_view_if_needed()
    assert panel.locator(".plot-x span").all_inner_texts() == ["1", "2", "3", "4"]
    foot = panel.locator(".panel-foot span").all_inner_texts()
    assert foot == ["397 of 400 points", "by epoch", "3 points without a place on this axis"]


def test_pages_without_definitions_offer_no_such_axis(built: Built, new_page: NewPage, tmp_path: Path) -> None:
    page = new_page(built(logged.run(tmp_path, "plain", {"loss": [3.0, 2.0, 1.0]})))
    assert page.locator("[data-axis] option[value=own]").count() == 0
