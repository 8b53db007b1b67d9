"""Zooming a chart by touch, by buttons and by keys."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.browser import logged
from tests.browser.test_scalar import foot, panel

Built = Callable[..., Path]
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def waves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("waves")
    keys = {f"wave/{i}": [math.sin(s / 50 + i) for s in range(1001)] for i in range(8)}
    logged.run(folder, "a", dict(keys))
    return folder


def shown(of: Locator) -> tuple[float, float]:
    """First and last step in view."""
    low, high = of.evaluate(
        "e => { const r = [...e.querySelectorAll('.plot-x span')].map(s => [Number(s.style.getPropertyValue('--at')), "
        "Number(s.textContent.replaceAll(',', ''))]); const [a, b] = [r[0], r.at(-1)];"
        "const scale = (b[1] - a[1]) / (b[0] - a[0]); return [a[1] - a[0] * scale, a[1] + (1 - a[0]) * scale]; }"
    )
    return low, high


def touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    """Fingers on the screen: all that are down."""
    fingers = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def spread(page: Page, of: Locator, before: tuple[float, float], after: tuple[float, float]) -> None:
    """Two fingers from places along the width to others."""
    box = of.locator(".plot-area").bounding_box()
    assert box
    session, y = page.context.new_cdp_session(page), box["y"] + box["height"] / 2
    for step in range(6):
        places = [a + (b - a) * step / 5 for a, b in zip(before, after, strict=True)]
        touch(session, "touchMove" if step else "touchStart", *((box["x"] + box["width"] * at, y) for at in places))
        page.wait_for_timeout(30)
    touch(session, "touchEnd")
    session.detach()
    page.wait_for_timeout(80)


def test_two_fingers_zoom_and_move_all_charts(built: Built, new_page: NewPage, waves: Path) -> None:
    page = new_page(built(waves), screen="phone")
    wave = panel(page, "wave/0")
    before = page.evaluate("scrollY")
    spread(page, wave, (0.4, 0.6), (0.3, 0.7))
    assert shown(wave) == (pytest.approx(250, abs=12), pytest.approx(750, abs=12))
    assert page.evaluate("scrollY") == before
    assert page.evaluate("visualViewport.scale") == 1
    spread(page, wave, (0.3, 0.5), (0.5, 0.7))  # both to the right: earlier steps come into view
    assert shown(wave) == (pytest.approx(150, abs=15), pytest.approx(650, abs=15))
    expect(page.locator(".tip")).to_be_hidden()
    other = panel(page, "wave/1")
    assert shown(other) == pytest.approx(shown(wave), abs=5)
    spread(page, other, (0.2, 0.8), (0.45, 0.55))
    assert foot(other)[0] == "1,001 points"  # all of it, and no further


def test_one_finger_scrolls_and_a_tap_reads(built: Built, new_page: NewPage, waves: Path) -> None:
    page = new_page(built(waves), screen="phone")
    wave = panel(page, "wave/0")
    assert wave.locator(".plot-area").evaluate("e => getComputedStyle(e).touchAction") == "pan-y"
    box = wave.locator(".plot-area").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 40)
    expect(page.locator(".tip")).to_be_visible()
    assert foot(wave)[0] == "1,001 points"


@pytest.mark.parametrize("enlarged", [False, True], ids=["menu", "enlarged"])
def test_buttons_zoom_without_a_gesture(built: Built, new_page: NewPage, waves: Path, enlarged: bool) -> None:
    page = new_page(built(waves), screen="phone")
    wave = panel(page, "wave/0")
    wave.locator(".menu summary").click()
    if enlarged:
        wave.locator("[data-action='enlarge']").click()
        page.wait_for_timeout(150)
    row = page.locator("dialog .panel > .zoom-go") if enlarged else wave.locator(".menu .zoom-go")
    expect(row).to_be_visible()
    box = row.locator("button").first.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 40
    row.get_by_role("button", name="Zoom in").click()
    row.get_by_role("button", name="Zoom in").click()  # the menu stays
    assert shown(wave) == (pytest.approx(375, abs=5), pytest.approx(625, abs=5))
    row.get_by_role("button", name="Later").click()
    assert shown(wave) == (pytest.approx(500, abs=5), pytest.approx(750, abs=5))
    row.get_by_role("button", name="Zoom out").click()
    assert shown(wave) == (pytest.approx(375, abs=5), pytest.approx(875, abs=5))
    for _ in range(3):
        row.get_by_role("button", name="Later").click()
    assert shown(wave) == (pytest.approx(500, abs=5), pytest.approx(1000, abs=5))
    row.get_by_role("button", name="Reset zoom").click()
    expect(wave.locator(".panel-foot")).to_contain_text("1,001 points")
    expect(wave.locator(".panel-foot")).not_to_contain_text("in view")


def test_keys_zoom_no_further_than_all(built: Built, new_page: NewPage, waves: Path) -> None:
    page = new_page(built(waves))
    wave = panel(page, "wave/0")
    wave.locator(".plot-area").focus()
    page.keyboard.press("+")
    assert shown(wave)[1] - shown(wave)[0] == pytest.approx(500, abs=5)
    for _ in range(3):
        page.keyboard.press("-")
    page.wait_for_timeout(80)
    assert foot(wave)[0] == "1,001 points"
