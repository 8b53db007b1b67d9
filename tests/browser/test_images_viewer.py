"""The viewer: zoom and pan, values of pixels, keys, and two pictures held against each other."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged

Built = Callable[..., Path]
NewPage = Callable[..., Page]
DELIVERIES = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs with three pictures at two steps: grey that says run, step and place; and another key."""
    folder = tmp_path_factory.mktemp("two")
    for number, name in enumerate(("one", "two")):
        run = folder / name
        frames = []
        for step in (10, 90):
            pictures = [
                logged.picture(run, 16, 12, 100 * number + step + i, caption=f"{name} {i} at {step}", mode="L")
                for i in range(3)
            ]
            frames.append((step, {"val/a": pictures, "val/b": logged.picture(run, 16, 12, 7, mode="L")}))
        logged.media_run(folder, name, frames)
    return folder


@pytest.fixture
def viewer(built: Built, new_page: NewPage, two: Path) -> Locator:
    """The viewer, open on the first picture of the first run at step 90."""
    return opened(logged.open_run(new_page, built(two), "one"), "val/a")


def opened(page: Page, key: str, at: int = 0) -> Locator:
    pages = "reportgen.manifest.pages[reportgen.state.page].panels"
    entry = page.evaluate(f"key => {pages}.find(p => p.key === key && p.kind === 'image').id", key)
    panel = page.locator(f"[id='{entry}']")
    panel.scroll_into_view_if_needed()
    panel.locator(".stage[role=button]").nth(at).click()
    viewer = page.locator("dialog.viewer")
    expect(viewer).to_be_visible()
    expect(viewer.locator("img").first).to_have_js_property("naturalWidth", 16)
    return viewer


def middle(viewer: Locator) -> tuple[float, float]:
    box = viewer.locator(".viewer-stage").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def place(viewer: Locator) -> dict[str, float]:
    found: dict[str, float] = viewer.locator(".pane img").first.evaluate(
        "i => { const { left, top, width, height } = i.getBoundingClientRect(); return { left, top, width, height }; }"
    )
    return found


@DELIVERIES
def test_values_of_pixels(built: Built, new_page: NewPage, two: Path, single: bool) -> None:
    viewer = opened(logged.open_run(new_page, built(two, single_file=single), "one"), "val/a")
    x, y = middle(viewer)
    expect(viewer.locator(".viewer-words")).to_contain_text("16 × 12 pixels")
    for _ in range(20):  # the bytes are on their way
        viewer.page.mouse.move(x + 5, y + 5)
        viewer.page.mouse.move(x + 6, y + 6)
        if viewer.locator(".viewer-values").inner_text() == "x 8, y 6 · 90":
            break
        viewer.page.wait_for_timeout(100)
    expect(viewer.locator(".viewer-values")).to_have_text("x 8, y 6 · 90")


def value_at_the_middle(page: Page) -> str:
    """What the viewer says of the pixel under the middle of its window, once it has read the picture."""
    viewer = page.locator("dialog.viewer")
    x, y = middle(viewer)
    page.mouse.move(x, y)
    page.mouse.move(x + 1, y + 1)
    words = viewer.locator(".viewer-values")
    expect(words).to_contain_text(" · ")
    expect(words).not_to_contain_text("reading")
    return words.inner_text()


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a picture of 300 kB whose value is its column modulo 256, and one of 16 bits: its row times 300."""
    folder = tmp_path_factory.mktemp("large")
    shade, deep = logged.picture(folder / "m", 640, 480, 3), logged.picture(folder / "m", 160, 120, 5)
    columns = np.tile(np.arange(640, dtype=np.uint8), (480, 1))
    Image.fromarray(columns).save(folder / "m" / shade["file"], compress_level=0)
    rows = np.repeat(300 * np.arange(120, dtype=np.uint16), 160).reshape(120, 160)
    Image.fromarray(rows).save(folder / "m" / deep["file"])
    logged.media_run(folder, "m", [(5, {"deep": {**deep, "mode": "I;16"}, "shade": shade})])
    return folder


@DELIVERIES
def test_values_of_a_large_picture_and_of_one_with_16_bits(
    built: Built, new_page: NewPage, large: Path, single: bool
) -> None:
    page = logged.open_run(new_page, built(large, single_file=single), "m")
    stages = page.locator(".page.current .stage[role=button]")
    stages.nth(1).click()
    place, value = value_at_the_middle(page).split(" · ")
    assert value in {f"R {n}  G {n}  B {n}" for n in [int(re.findall(r"\d+", place)[0]) % 256]}
    page.keyboard.press("Escape")
    stages.nth(0).click()
    place, value = value_at_the_middle(page).split(" · ")
    assert int(value) == 300 * int(re.findall(r"\d+", place)[1])


def test_a_picture_without_room_says_where_its_values_are(built: Built, new_page: NewPage, large: Path) -> None:
    page = logged.open_run(new_page, built(large, max_values=0), "m")
    page.locator(".stage[role=button]").nth(1).click()
    assert "no room in the report (--max-values)" in value_at_the_middle(page)


def test_the_wheel_zooms_at_the_pointer_and_dragging_moves(viewer: Locator) -> None:
    page, (x, y) = viewer.page, middle(viewer)
    before = place(viewer)
    page.mouse.move(x + 100, y + 50)
    fraction = (x + 100 - before["left"]) / before["width"]
    page.mouse.wheel(0, -500)
    after = place(viewer)
    assert after["width"] > 1.5 * before["width"]
    assert (x + 100 - after["left"]) / after["width"] == pytest.approx(fraction, abs=0.005)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=4)
    page.mouse.up()
    assert place(viewer)["left"] == pytest.approx(after["left"] - 40, abs=6)
    page.keyboard.press("0")
    assert place(viewer) == pytest.approx(before, abs=0.5)


def test_buttons_keys_and_double_clicks_zoom(viewer: Locator) -> None:
    page, whole = viewer.page, place(viewer)["width"]
    page.keyboard.press("+")
    assert place(viewer)["width"] == pytest.approx(1.5 * whole)
    viewer.get_by_label("Zoom out").click()
    assert place(viewer)["width"] == pytest.approx(whole)
    page.mouse.dblclick(*middle(viewer))
    assert place(viewer)["width"] > whole
    page.mouse.dblclick(*middle(viewer))
    assert place(viewer)["width"] == pytest.approx(whole)
    page.keyboard.press("1")
    assert place(viewer)["width"] == pytest.approx(16)
    expect(viewer.locator(".viewer-zoom")).to_have_text("100%")
    viewer.locator(".viewer-zoom").click()
    assert place(viewer)["width"] == pytest.approx(whole)


def test_two_fingers_zoom(built: Built, new_page: NewPage, two: Path) -> None:
    page = new_page(built(two), screen="phone")
    page.goto((built(two).parent / "runs" / "one.html").as_uri())
    page.wait_for_timeout(300)
    viewer = opened(page, "val/a")
    before, (x, y) = place(viewer)["width"], middle(viewer)
    session = page.context.new_cdp_session(page)
    for kind, gap in (("touchStart", 40), ("touchMove", 60), ("touchMove", 120)):
        points = [{"x": x - gap, "y": y, "id": 0}, {"x": x + gap, "y": y, "id": 1}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert place(viewer)["width"] > 1.5 * before


def test_keys_go_to_pictures_and_steps_and_the_focus_comes_back(viewer: Locator) -> None:
    page, title = viewer.page, viewer.locator(".viewer-title")
    expect(title).to_have_text("val/a, step 90, picture 1 of 3")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("val/a, step 90, picture 2 of 3")
    page.keyboard.press("[")
    expect(title).to_have_text("val/a, step 10, picture 2 of 3")
    expect(viewer.get_by_label("Previous step")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("ArrowDown")
    expect(title).to_have_text("val/a, step 90, picture 2 of 3")
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Enlarge one 1 at 90"


def test_the_original_can_be_saved(built: Built, new_page: NewPage, two: Path) -> None:
    viewer = opened(logged.open_run(new_page, built(two, single_file=True), "one"), "val/a")
    with viewer.page.expect_download() as started:
        viewer.get_by_text("Download").click()
    assert re.match(r"val-a-90-1(\.png)?", started.value.suggested_filename)
    assert started.value.path().read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("step:10", ["step 90", "step 10"]),
        ("at:2", ["one 0 at 90", "one 2 at 90"]),
        ("key:r0-val-b", ["val/a", "val/b"]),
    ],
)
def test_another_picture_beside_the_first(viewer: Locator, choice: str, names: list[str]) -> None:
    viewer.get_by_label("Compare with", exact=True).select_option(choice)
    expect(viewer.locator(".pane")).to_have_count(2)
    expect(viewer.locator(".pane-label")).to_have_text(names)
    expect(viewer.locator(".pane img").nth(1)).to_have_js_property("naturalWidth", 16)


def shot(viewer: Locator, x: float, y: float) -> tuple[int, ...]:
    """The colour that is on the screen at a point of the window."""
    picture = Image.open(io.BytesIO(viewer.page.screenshot())).convert("RGB")
    found: tuple[int, ...] = picture.getpixel((int(x), int(y)))  # type: ignore[assignment]
    return found


def test_slider_side_by_side_blink_and_difference(viewer: Locator) -> None:
    page, (x, y) = viewer.page, middle(viewer)
    viewer.get_by_label("Compare with", exact=True).select_option("step:10")
    expect(viewer.locator(".pane img").nth(1)).to_have_js_property("naturalWidth", 16)
    page.wait_for_timeout(200)
    assert (shot(viewer, x - 60, y - 60), shot(viewer, x + 60, y - 60)) == ((90,) * 3, (10,) * 3)
    handle = viewer.get_by_role("slider", name="Border between the two pictures")
    handle.focus()
    page.keyboard.press("Home")
    assert shot(viewer, x - 60, y - 60) == (10,) * 3
    viewer.get_by_label("Side by side").check(force=True)
    boxes = [pane.bounding_box() for pane in viewer.locator(".pane").all()]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] + 1
    viewer.get_by_label("Difference").check(force=True)
    page.wait_for_timeout(100)
    assert shot(viewer, x + 40, y - 60) == (80,) * 3
    viewer.get_by_role("slider", name="Amplify").evaluate("s => { s.value = 1; s.dispatchEvent(new Event('input')); }")
    page.wait_for_timeout(100)
    assert shot(viewer, x + 40, y - 60) == (160,) * 3
    viewer.get_by_label("Blink").check(force=True)
    stage = viewer.locator(".viewer-stage")
    expect(stage).to_have_class(re.compile("turned"))
    expect(stage).not_to_have_class(re.compile("turned"))


def test_of_a_long_list_to_compare_with_the_nearest_are_offered_and_the_rest_is_counted(
    built: Built, new_page: NewPage, tmp_path: Path
) -> None:
    one = logged.picture(tmp_path / "m", 16, 12, 90, mode="L")
    logged.media_run(tmp_path, "m", [(5, {"val/a": [one] * 1200})])
    viewer = opened(logged.open_run(new_page, built(tmp_path), "m"), "val/a", 7)
    offered = viewer.get_by_label("Compare with", exact=True).locator("option")
    expect(offered).to_have_count(1 + 500 + 1)
    expect(offered.nth(1)).to_have_text("picture 1")
    expect(offered.last).to_have_text("699 more: only those nearest to this one are listed")
    expect(offered.last).to_be_disabled()


def test_keys_work_while_a_switch_has_the_focus(viewer: Locator) -> None:
    viewer.get_by_label("Compare with", exact=True).select_option("step:10")
    viewer.get_by_label("Side by side").check(force=True)
    expect(viewer.get_by_label("Side by side")).to_be_focused()
    whole, page = place(viewer)["width"], viewer.page
    page.keyboard.press("+")
    assert place(viewer)["width"] == pytest.approx(1.5 * whole)
    page.keyboard.press("0")
    assert place(viewer)["width"] == pytest.approx(whole)
    page.keyboard.press("ArrowRight")  # the next switch, not the next picture
    expect(viewer.get_by_label("Blink")).to_be_checked()
    expect(viewer.locator(".viewer-title")).to_contain_text("picture 1 of 3")


def test_both_pictures_share_zoom_and_place(viewer: Locator) -> None:
    viewer.get_by_label("Compare with", exact=True).select_option("step:10")
    viewer.get_by_label("Side by side").check(force=True)
    expect(viewer.locator(".pane img").nth(1)).to_have_js_property("naturalWidth", 16)
    x, y = middle(viewer)
    viewer.page.mouse.move(x + 200, y + 20)
    viewer.page.mouse.wheel(0, -600)
    seen = viewer.locator(".pane").evaluate_all(
        """panes => panes.map(pane => {
            const a = pane.getBoundingClientRect(), b = pane.querySelector('img').getBoundingClientRect();
            return [b.left - a.left, b.top - a.top, b.width];
        })"""
    )
    assert seen[0] == pytest.approx(seen[1], abs=0.5)


def test_runs_are_compared_on_the_overview(built: Built, new_page: NewPage, two: Path) -> None:
    page = new_page(built(two))
    expect(page.locator("#images .of-run").first).to_have_text("one")
    viewer = opened(page, "val/a")
    expect(viewer.locator(".viewer-title")).to_have_text("val/a, one, step 90, picture 1 of 3")
    viewer.get_by_label("Compare with", exact=True).select_option("run:1")
    expect(viewer.locator(".pane-label")).to_have_text(["one", "two"])
    expect(viewer.locator(".pane img").nth(1)).to_have_js_property("naturalWidth", 16)
    viewer.page.keyboard.press("[")
    expect(viewer.locator(".viewer-title")).to_have_text("val/a, one, step 10, picture 1 of 3")
    expect(viewer.locator(".pane-label")).to_have_text(["one", "two"])


def test_a_run_that_is_not_chosen_has_no_pictures(built: Built, new_page: NewPage, two: Path) -> None:
    page = new_page(built(two))
    gallery = page.locator("#images figure.panel", has=page.locator("h4", has_text="a")).first
    gallery.scroll_into_view_if_needed()
    expect(gallery.locator(".shot")).to_have_count(6)
    page.locator(".runs input[type=checkbox]").nth(1).uncheck(force=True)
    expect(gallery.locator(".shot")).to_have_count(3)
