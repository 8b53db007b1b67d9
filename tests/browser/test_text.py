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
