"""Text panels follow the cursor, and show text as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import logged


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_a_panel_shows_the_text_of_its_step(
    tmp_path: Path, built: Callable[..., Path], new_page: Callable[..., Page], single: bool
) -> None:
    frames = [(step, {"said": f"{logged.HOSTILE}\n  at {step}"}) for step in (0, 50)]
    logged.media_run(tmp_path, "t", frames)
    page = logged.open_run(new_page, built(tmp_path, single_file=single), "t")
    said = page.locator("[data-kind='text']")
    said.scroll_into_view_if_needed()
    expect(said.locator("[data-text]")).to_have_text(f"{logged.HOSTILE}\n  at 50")
    page.keyboard.press("[")
    expect(said.locator(".value")).to_have_text("step 50")  # the page opens at its last step, 99
    page.keyboard.press("[")
    expect(said.locator(".value")).to_have_text("step 0")
    assert said.locator("[data-text]").evaluate("e => e.textContent") == f"{logged.HOSTILE}\n  at 0"
    assert said.locator("[data-text] b").count() == 0


def test_columns_stand_under_each_other(
    tmp_path: Path, built: Callable[..., Path], new_page: Callable[..., Page]
) -> None:
    logged.media_run(tmp_path, "t", [(3, {"table": "name   value\nloss   0.5\n" + "i" * 200})])
    page = logged.open_run(new_page, built(tmp_path), "t")
    text = page.locator("[data-text]")
    text.scroll_into_view_if_needed()
    places = text.evaluate(
        """e => { const node = e.firstChild, words = node.data, range = document.createRange();
                  return ['value', '0.5'].map(word => { const at = words.indexOf(word);
                      range.setStart(node, at); range.setEnd(node, at + 1);
                      const { left, top } = range.getBoundingClientRect(); return [left, top]; }); }"""
    )
    (left, top), (under, below) = places
    assert left == pytest.approx(under, abs=0.5)
    assert below > top
    assert text.evaluate("e => e.scrollWidth > e.clientWidth")  # a long line scrolls, the page does not
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
