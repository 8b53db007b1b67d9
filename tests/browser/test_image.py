"""Image panels: the frame under the cursor, the larger view, and files that are read when they come near."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged
from tests.browser.logged import panel

Built = Callable[..., Path]
NewPage = Callable[..., Page]
DELIVERIES = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with two pictures at steps 10, 40 and 90, and many more keys below, far from the first."""
    folder = tmp_path_factory.mktemp("media")

    def shot(step: int, number: int, width: int = 20, height: int = 10) -> dict[str, object]:
        return logged.picture(
            folder / "m", width, height, step + number, caption=f"{logged.HOSTILE} {number} at {step}"
        )

    frames: list[tuple[int, dict[str, object]]] = [
        (step, {"a/pair": [shot(step, 1), shot(step, 2, 640, 480)]}) for step in (10, 40, 90)
    ]
    frames[1][1]["a/single"] = logged.picture(folder / "m", 33, 21, 200)
    frames[2][1].update({f"z/{i:02}": logged.picture(folder / "m", 300 + i, 300, 100 + i) for i in range(24)})
    logged.media_run(folder, "m", frames)
    return folder


def run_page(built: Built, new_page: NewPage, media: Path, single: bool) -> Page:
    return logged.open_run(new_page, built(media, single_file=single), "m")


def shades(of: Locator) -> list[int]:
    """The grey of each picture of a panel, once it is decoded."""
    found: list[int] = of.locator(".gallery img").evaluate_all(
        """images => Promise.all(images.map(async image => {
            while (!image.complete || !image.naturalWidth) await new Promise(done => setTimeout(done, 10));
            // a picture from disk taints the canvas: its size tells enough there
            const canvas = document.createElement('canvas'), context = canvas.getContext('2d');
            context.drawImage(image, 0, 0);
            try { return context.getImageData(1, 1, 1, 1).data[0]; } catch { return image.naturalWidth; }
        }))"""
    )
    return found


@DELIVERIES
def test_a_panel_shows_the_last_frame_at_or_before_the_cursor(
    built: Built, new_page: NewPage, media: Path, single: bool
) -> None:
    page = run_page(built, new_page, media, single)
    pair = panel(page, "a/pair")
    track = page.locator(".page.current [data-step-range]")
    for step, frame in ((99, 90), (89, 40), (40, 40), (39, 10), (3, 10)):
        track.evaluate("(t, v) => { t.value = v; t.dispatchEvent(new Event('input', { bubbles: true })); }", step)
        expect(pair.locator(".value")).to_have_text(f"step {frame}")
        expect(pair.locator("figcaption b")).to_have_text([f"{logged.HOSTILE} {n} at {frame}" for n in (1, 2)])
        assert shades(pair) == ([frame + 1, frame + 2] if single else [20, 640])


def test_a_panel_s_own_buttons_move_the_cursor_of_the_page(built: Built, new_page: NewPage, media: Path) -> None:
    page = run_page(built, new_page, media, True)
    pair = panel(page, "a/pair")
    expect(pair.get_by_label("Next frame")).to_be_disabled()
    pair.get_by_label("Previous frame").click()
    expect(pair.locator(".value")).to_have_text("step 40")
    expect(page.locator(".page.current [data-step-bar] [data-step-now]")).to_have_text("40")
    pair.get_by_label("Previous frame").click()
    expect(pair.get_by_label("Previous frame")).to_be_disabled()
    assert panel(page, "a/single").get_by_label("Previous frame").count() == 0


@DELIVERIES
def test_the_larger_view(built: Built, new_page: NewPage, media: Path, single: bool) -> None:
    page = run_page(built, new_page, media, single)
    pair = panel(page, "a/pair")
    pair.locator(".stage").first.focus()
    page.keyboard.press("Enter")
    viewer = page.locator("dialog.viewer")
    expect(viewer).to_contain_text("a/pair, step 90, picture 1 of 2")
    expect(viewer).to_contain_text("20 × 10 pixels")
    image = viewer.locator("img").first
    page.wait_for_function("() => document.querySelector('dialog.viewer img').naturalWidth === 20")
    assert image.evaluate("i => getComputedStyle(i).imageRendering") == "pixelated"
    assert image.evaluate("i => i.clientWidth") > 600
    assert image.evaluate("i => i.clientWidth / i.clientHeight") == pytest.approx(2, rel=0.01)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('dialog.viewer img').naturalWidth === 640")
    assert image.evaluate("i => getComputedStyle(i).imageRendering") == "auto"
    expect(viewer).to_contain_text(f"{logged.HOSTILE} 2 at 90")
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    assert pair.locator(".stage").nth(1).evaluate("e => document.activeElement === e")  # the one looked at last


def test_a_picture_is_made_once_when_it_comes_near_and_its_text_goes(
    built: Built, new_page: NewPage, media: Path
) -> None:
    page = new_page(built(media, single_file=True))
    page.evaluate(
        """() => { window.made = 0; const { createObjectURL } = URL;
                   URL.createObjectURL = blob => {
                       if (blob.type.startsWith('image')) made++;
                       return createObjectURL(blob);
                   }; }"""
    )
    blocks = "document.querySelectorAll('script[data-mime^=image]').length"
    all_blocks = page.evaluate(blocks)
    page.evaluate("location.hash = '#run/0'")
    expect(panel(page, "z/00").locator("img")).to_have_js_property("naturalWidth", 300)
    early = page.evaluate("made")
    assert 0 < early < 20  # those far below the window cost nothing yet
    for _ in range(2):
        for place in [*range(0, page.evaluate("document.body.scrollHeight"), 400), 0]:
            page.evaluate("y => scrollTo(0, y)", place)
            page.wait_for_timeout(40)
    expect(panel(page, "z/23").locator("img")).to_have_js_property("naturalWidth", 323)
    assert page.evaluate("made") == all_blocks - page.evaluate(blocks)  # once each, however often they were passed
    page.evaluate("location.hash = ''")
    page.evaluate("location.hash = '#run/0'")
    expect(panel(page, "z/23").locator("img")).to_have_js_property("naturalWidth", 323)


def test_a_picture_that_is_missing_costs_itself_only(built: Built, new_page: NewPage, media: Path) -> None:
    page = new_page(built(media, single_file=True))
    page.evaluate(
        """() => { const { panels } = reportgen.manifest.pages['run/0'], one = panels.find(p => p.key === 'a/pair');
                   document.getElementById(one.data.parts[0].images[2][0].show.file.slice(1)).remove(); }"""
    )
    page.evaluate("location.hash = '#run/0'")
    pair = panel(page, "a/pair")
    words = re.compile(re.escape(f"{logged.HOSTILE} 1 at 90") + r" \(the block #b\d+ is missing from this file\)")
    expect(pair.locator("img").first).to_have_attribute("alt", words)
    expect(pair.locator("img").nth(1)).to_have_js_property("naturalWidth", 640)
