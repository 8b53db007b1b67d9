"""Masks and boxes over pictures: exact to the pixel, toggled, kept in the address, and there without script."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import chromium, logged, overlaid
from tests.browser.conftest import Report
from tests.browser.firefox import Firefox, start
from tests.browser.test_accessibility import violations

Built = Callable[..., Path]
NewPage = Callable[..., Page]
DELIVERIES = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])

HEIGHT, WIDTH = 37, 53
LABELS = {0: "sky", 1: "cat", 2: "<b>dog</b>"}
NAMES = {number: f"thing {number}" for number in range(1, 81)}


def speckled() -> npt.NDArray[np.int64]:
    """Every class once at least, many of them on a single pixel."""
    dice = np.random.default_rng(3)
    classes = np.where(dice.random((HEIGHT, WIDTH)) < 0.5, 1, dice.integers(0, 256, (HEIGHT, WIDTH)))
    classes[5:20, 10:30] = 2
    classes[9, 13] = 77
    return classes


TRUTH = np.zeros((HEIGHT, WIDTH), dtype=np.int64)
TRUTH[5:25, 10:40] = 1
FOUND = np.zeros((HEIGHT, WIDTH), dtype=np.int64)
FOUND[10:30, 10:40] = 1
FOUND[10:15, 10:20] = 2


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs with the same keys; in each, step 10 has only the first layer of `m/pair`, step 60 has all."""
    root = tmp_path_factory.mktemp("overlaid")
    for name in ("first", "second"):
        folder = root / name
        plain = np.full((HEIGHT, WIDTH), 128)
        pair = [overlaid.mask(folder, "found", FOUND, LABELS | {0: "background"})]
        both = [*pair, overlaid.mask(folder, "truth", TRUTH, LABELS | {0: "background"})]
        edges = [[5, 5, 25, 20], [10, 8, 50, 30], [-10, 20, 12, 60], [30, 2, 45, 12]]
        found = overlaid.boxes(
            "found", edges, [1, 1, 2, None], LABELS, [None, None, None, "mine"], score=[0.9, 0.4, 0.6, None]
        )
        crowd = np.random.default_rng(1).uniform(0, 200, (1000, 2))
        many = overlaid.boxes("many", np.hstack([crowd, crowd + 15]).round(1).tolist(), [1] * 1000, {1: "dot"})
        grid = (1 + np.arange(80)).reshape(8, 10).repeat(4, 0).repeat(4, 1)
        image = {
            "m/classes": overlaid.image(folder, plain, masks=[overlaid.mask(folder, "mask", speckled(), LABELS)]),
            "m/pair": overlaid.image(folder, plain, masks=both, boxes=[found], caption="pair"),
            "n/crowd": overlaid.image(folder, np.zeros((220, 220)), boxes=[many]),
            "n/eighty": overlaid.image(folder, grid, masks=[overlaid.mask(folder, "grid", grid, NAMES)]),
            "n/plain": overlaid.image(folder, plain),
        }
        early = {"m/pair": overlaid.image(folder, plain, masks=pair)}
        logged.media_run(root, name, [(10, early), (60, image)])
    return root


def run_of(built: Built, new_page: NewPage, runs: Path, single: bool = False, **more: Any) -> Page:
    if not more:
        return logged.open_run(new_page, built(runs, single_file=single), "first")
    return logged.open_run(lambda report: new_page(report, **more), built(runs, single_file=single), "first")


def panel(page: Page, key: str) -> Locator:
    """A panel with its tools, once its pictures are drawn."""
    found = page.locator(".page.current [data-kind=image]", has=page.locator(f".panel-head :text-is('{key}')"))
    if not found.count():
        found = page.locator(".page.current [data-kind=image]").filter(has_text=key)
    found.first.scroll_into_view_if_needed()
    if found.first.locator("[data-overlay-controls]").count():
        expect(found.first.locator(".overlay-tools")).to_be_visible()
    return found.first


PAINTED = """canvas => {
    const { width, height } = canvas, { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    return { width, height, alpha: [...data.filter((_, i) => i % 4 === 3)] };
}"""


def alpha(canvas: Locator) -> npt.NDArray[np.int64]:
    """How opaque each pixel of an overlay is, once a drawing that was asked for is done."""
    frames = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    canvas.page.evaluate(frames)
    found = canvas.evaluate(PAINTED)
    return np.array(found["alpha"]).reshape(found["height"], found["width"])


def drawn(shown: Locator) -> Locator:
    """The canvas over the first picture of a panel, drawn."""
    canvas = shown.locator("canvas.overlay").first
    canvas.wait_for(state="attached")
    for _ in range(200):
        if canvas.evaluate("c => c.width > 0"):
            return canvas
        shown.page.wait_for_timeout(25)
    raise AssertionError("the overlay was never drawn")


def seen(classes: npt.NDArray[Any], height: int, width: int) -> npt.NDArray[Any]:
    """The classes under the middles of a screen's pixels."""
    rows = np.floor((np.arange(height) + 0.5) * classes.shape[0] / height).astype(int)
    columns = np.floor((np.arange(width) + 0.5) * classes.shape[1] / width).astype(int)
    found: npt.NDArray[Any] = classes[rows[:, None], columns[None, :]]
    return found


def only(page: Page, key: str, name: str) -> None:
    """Switches all classes of a key off but one."""
    page.evaluate(
        "([key, id]) => reportgen.overlays.change(key, { base: 'none', flipped: new Set([id]) })", [key, name]
    )


ZOOMED = """() => {
    const find = value => {
        if (!value || typeof value !== 'object') return null;
        if (value.masks) return value;
        for (const one of Object.values(value)) { const found = find(one); if (found) return found; }
        return null;
    };
    const [shown] = Object.values(reportgen.manifest.pages);
    const { layers, ...rest } = shown.panels.find(one => one.key === 'm/classes').data;
    const stage = document.createElement('div');
    stage.id = 'zoomed';
    stage.className = 'stage';
    stage.style.cssText = 'position: fixed; inset: 0 auto auto 0; z-index: 9; width: 300px; height: 200px';
    document.body.append(stage);
    window.zoom = { scale: 1, x: 0, y: 0 };
    const options = { key: 'm/classes', layers, eager: true, view: () => window.zoom };
    window.zoomed = reportgen.overlays.attach(stage, find(rest), options);
    return reportgen.overlays.ready(window.zoomed).then(() => true);
}"""
"""Lays the overlay of a picture over a stage of 300 x 200, in which the picture is zoomed and moved."""


# ---- masks


SIDES = """canvas => {
    const over = canvas.getBoundingClientRect(), under = canvas.parentElement.getBoundingClientRect();
    const at = (places, scrolled) => places.map(place => Math.round(place + scrolled));
    return [
        [canvas.width, ...at([over.left, under.left, under.right], scrollX)],
        [canvas.height, ...at([over.top, under.top, under.bottom], scrollY)],
    ];
}"""
"""Of each side: how many pixels an overlay has, where it begins, and from where to where its picture goes."""


def axis(side: Sequence[int], ratio: float) -> npt.NDArray[np.float64]:
    """Where the middles of an overlay's pixels lie on its picture, from 0 to 1. An emulated screen paints a picture at
    whole CSS pixels."""
    pixels, start, low, high = side
    found: npt.NDArray[np.float64] = (start + (np.arange(pixels) + 0.5) / ratio - low) / (high - low)
    return found


@pytest.mark.parametrize(("ratio", "single"), [(1, False), (1, True), (1.5, False), (2, False)])
def test_each_pixel_of_the_screen_has_the_class_under_it(
    built: Built, new_page: NewPage, runs: Path, ratio: float, single: bool
) -> None:
    page = run_of(built, new_page, runs, single, device_scale_factor=ratio)
    canvas = drawn(panel(page, "m/classes"))
    across, down = (axis(side, ratio) for side in canvas.evaluate(SIDES))
    for number, name in [(0, "sky"), (1, "cat"), (2, "<b>dog</b>"), (77, "class_77"), (255, "class_255")]:
        only(page, "m/classes", f"{number}:{name}")
        painted = alpha(canvas)
        rows, columns = (np.floor(axis).astype(int) for axis in (down * HEIGHT, across * WIDTH))
        assert painted.shape == (len(rows), len(columns))
        inside = ((rows >= 0) & (rows < HEIGHT))[:, None] & ((columns >= 0) & (columns < WIDTH))[None, :]
        classes = speckled()[rows.clip(0, HEIGHT - 1)[:, None], columns.clip(0, WIDTH - 1)[None, :]]
        # between two pixels of the picture either is right
        sure = ~tied(down * HEIGHT)[:, None] & ~tied(across * WIDTH)[None, :]
        assert (((painted > 0) == (inside & (classes == number))) | ~sure).all(), name
        assert sure.mean() > 0.9


def inside_of(element: Locator) -> npt.NDArray[np.uint8]:
    """The pixels of the screen within an element, without those at its edges."""
    page, ratio = element.page, element.page.evaluate("devicePixelRatio")
    box = element.evaluate("e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; }")
    left, top, right, bottom = (round(ratio * edge) for edge in box)
    shot = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    return shot[max(0, top + 3) : bottom - 3, max(0, left + 3) : right - 3]


def tied(places: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which places lie between two pixels."""
    found: npt.NDArray[np.bool_] = np.abs(places - np.rint(places)) < 1e-6
    return found


@pytest.fixture(scope="session")
def checkers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with grey pictures of 16 x 16, one alone and two, under a mask whose neighbours all differ."""
    root = tmp_path_factory.mktemp("checkers")
    squares = np.indices((16, 16)).sum(0) % 2
    shots = [
        overlaid.image(
            root / "m", np.full((16, 16), 60 + i), masks=[overlaid.mask(root / "m", "c", squares, {1: "one"})]
        )
        for i in range(2)
    ]
    logged.media_run(root, "m", [(5, {"two": shots, "alone": shots[0]})])
    return root


EMULATED, REAL = (1.25, 1.5), (1, 1.25, 1.75, 2.5)


@pytest.mark.parametrize(("ratio", "emulated"), [*((r, True) for r in EMULATED), *((r, False) for r in REAL)])
def test_no_pixel_of_a_mask_is_mixed_with_its_neighbour(
    built: Built, browser: Browser, checkers: Path, ratio: float, emulated: bool
) -> None:
    arguments = [] if emulated else [f"--force-device-scale-factor={ratio}", "--window-size=1201,803"]
    screen: dict[str, Any] = {"viewport": {"width": 1201, "height": 803}, "device_scale_factor": ratio}
    started = chromium.start(browser.browser_type, *arguments)
    try:
        page = started.new_context(**(screen if emulated else {"no_viewport": True})).new_page()
        page.goto(next((built(checkers).parent / "runs").glob("*.html")).as_uri())
        for i in range(3):  # the last stands at a part of a pixel beside the one before
            stage = page.locator(".stage[role=button]").nth(i)
            stage.scroll_into_view_if_needed()
            drawn(page.locator(".shot").nth(i))
            page.wait_for_timeout(200)
            assert colours(stage) == 3, "the ground, a square, and its edge"
        page.locator(".stage[role=button]").first.click()
        shown = page.locator("dialog.viewer .pane img").first
        expect(shown).to_have_js_property("naturalWidth", 16)
        for key in ("", "+", "-", "-"):
            if key:
                page.keyboard.press(key)
            page.wait_for_timeout(150)
            assert colours(shown) == 3, key
    finally:
        started.close()


def colours(element: Locator) -> int:
    """How many colours there are on the screen within what is seen of an element, but for its edges."""
    ratio = element.page.evaluate("devicePixelRatio")
    edges = element.evaluate("""e => {
        const a = e.getBoundingClientRect(), b = (e.closest('.pane') ?? e).getBoundingClientRect();
        const [left, top] = [Math.max(a.left, b.left), Math.max(a.top, b.top)];
        return [left, top, Math.min(a.right, b.right), Math.min(a.bottom, b.bottom)];
    }""")
    left, top, right, bottom = (round(ratio * edge) for edge in edges)
    shot = np.asarray(Image.open(io.BytesIO(element.page.screenshot())).convert("RGB"))
    inside = shot[max(0, top) + 3 : bottom - 3, left + 3 : right - 3]
    return len(np.unique(inside.reshape(-1, 3), axis=0))


def test_a_zoomed_picture_is_as_exact_and_nothing_is_painted_beside_it(
    built: Built, new_page: NewPage, runs: Path
) -> None:
    page = run_of(built, new_page, runs, device_scale_factor=1.5)
    drawn(panel(page, "m/classes"))
    page.evaluate(ZOOMED)
    canvas = page.locator("#zoomed canvas.overlay")
    for scale, left, top in [(7.3, -31, 12), (1, 40.4, 60.3), (0.4, 3.1, 4.1), (23, -600, -300)]:
        page.evaluate("view => { window.zoom = view; window.zoomed.draw(); }", {"scale": scale, "x": left, "y": top})
        for number, name in [(0, "sky"), (1, "cat")]:
            only(page, "m/classes", f"{number}:{name}")
            painted = alpha(canvas)
            assert painted.shape == (300, 450)
            columns = np.floor(((np.arange(450) + 0.5) / 1.5 - left) / scale).astype(int)
            rows = np.floor(((np.arange(300) + 0.5) / 1.5 - top) / scale).astype(int)
            inside = ((rows >= 0) & (rows < HEIGHT))[:, None] & ((columns >= 0) & (columns < WIDTH))[None, :]
            classes = speckled()[rows.clip(0, HEIGHT - 1)[:, None], columns.clip(0, WIDTH - 1)[None, :]]
            wanted = inside & (classes == number)
            assert ((painted > 0) == wanted).mean() > 0.9999, (scale, name)


def test_toggles_opacity_and_outline(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    pair = panel(page, "m/pair")
    canvas = drawn(pair)
    pair.get_by_label("found", exact=True).last.uncheck()  # the boxes
    pair.get_by_label("truth", exact=True).uncheck()
    painted = alpha(canvas)
    wanted = seen(FOUND, *painted.shape)
    assert ((painted > 0) == (wanted > 0)).all(), "background is off at first"
    assert set(np.unique(painted[wanted > 0])) == {round(255 * 0.65 * 0.6), round(255 * 0.6)}
    pair.get_by_label(re.compile("^cat")).uncheck()
    assert ((alpha(canvas) > 0) == (wanted == 2)).all()
    pair.get_by_label("Outline only").check()
    painted = alpha(canvas)
    assert set(np.unique(painted)) == {0, 255}
    assert 0 < (painted > 0).sum() < (wanted == 2).sum()
    pair.get_by_label("Outline only").uncheck()
    pair.get_by_label("Opacity").fill("100")
    assert alpha(canvas).max() == 255
    pair.get_by_label(re.compile("^background")).check()
    assert ((alpha(canvas) > 0) == (wanted != 1)).all()
    pair.get_by_label("found", exact=True).first.uncheck()
    assert not alpha(canvas).any()
    pair.get_by_role("button", name="Reset").click()
    expect(pair.get_by_label("truth", exact=True)).to_be_checked()
    expect(pair.get_by_role("button", name="Reset")).to_be_hidden()


def test_where_two_layers_agree_and_where_they_differ(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    pair = panel(page, "m/pair")
    canvas = drawn(pair)
    pair.get_by_label("found", exact=True).last.uncheck()
    pair.get_by_text("Agreement").click()
    painted = alpha(canvas)
    truth, found = seen(TRUTH, *painted.shape), seen(FOUND, *painted.shape)
    assert ((painted > 0) == ((truth == found) & (truth > 0))).all()
    share = 100 * ((TRUTH == FOUND) & (TRUTH > 0)).mean()
    expect(pair.locator(".overlay-outcome")).to_contain_text(f"the same class in truth and found {share:.1f}%")
    pair.get_by_text("Difference").click()
    assert ((alpha(canvas) > 0) == (truth != found)).all()
    missed = 100 * ((TRUTH > 0) & (FOUND == 0)).mean()
    wrong = 100 * ((TRUTH > 0) & (FOUND > 0) & (TRUTH != FOUND)).mean()
    expect(pair.locator(".overlay-outcome")).to_contain_text(f"only in truth {missed:.1f}%")
    expect(pair.locator(".overlay-outcome")).to_contain_text(f"another class {wrong:.1f}%")


def test_a_layer_is_shown_only_where_its_step_has_it(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    pair = panel(page, "m/pair")
    drawn(pair)
    pair.get_by_label("found", exact=True).first.uncheck()
    pair.get_by_label("found", exact=True).last.uncheck()
    assert alpha(drawn(pair)).any()
    pair.get_by_label("Previous frame").click()
    expect(pair.locator(".value")).to_have_text("step 10")
    assert not alpha(drawn(pair)).any()
    expect(pair.get_by_label("found", exact=True).first).not_to_be_checked()
    pair.get_by_label("found", exact=True).first.check()
    assert ((lambda a: (a > 0) == (seen(FOUND, *a.shape) > 0))(alpha(drawn(pair)))).all()


def test_the_tooltip_names_layer_class_and_box(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    pair = panel(page, "m/pair")
    box = drawn(pair).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 12.5 / WIDTH, box["y"] + box["height"] * 12.5 / HEIGHT)
    tip = page.locator(".tip")
    expect(tip).to_contain_text("x 12, y 12")
    expect(tip.locator("tr")).to_have_text(
        ["found<b>dog</b>", "truthcat", "foundcat  score 0.9", "foundcat  score 0.4"]
    )


RUN_PAGE = "(number => Object.values(reportgen.manifest.pages).find(page => page.run === number))"
"""The page of a run in the manifest of a single file."""

# ---- what was chosen stays


def test_what_was_chosen_is_in_the_address_and_comes_back(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    pair = panel(page, "m/pair")
    drawn(pair)
    pair.get_by_label(re.compile("^cat")).uncheck()
    pair.get_by_label("truth", exact=True).uncheck()
    pair.get_by_label("Opacity").fill("85")
    expect(page).to_have_url(re.compile(r"#\?overlays/m/pair=.+"))
    page.evaluate("location.hash = 'images'")  # a plain link within the page
    expect(page).to_have_url(re.compile(r"#images\?overlays/m/pair=.+"))
    address = page.url
    page.reload()
    again = panel(page, "m/pair")
    drawn(again)
    expect(again.get_by_label(re.compile("^cat"))).not_to_be_checked()
    expect(again.get_by_label("truth", exact=True)).not_to_be_checked()
    expect(again.get_by_label("Opacity")).to_have_value("85")
    page.evaluate("location.hash = '?overlays/m/pair=outline'")  # somebody else's address
    expect(again.get_by_label("Outline only")).to_be_checked()
    expect(again.get_by_label("truth", exact=True)).to_be_checked()
    again.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("overlays"))
    assert address != page.url


def test_runs_with_one_key_share_what_was_chosen(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs, True)
    pair = panel(page, "m/pair")
    drawn(pair)
    pair.get_by_label("truth", exact=True).uncheck()
    page.evaluate(f"location.hash = {RUN_PAGE}(1).id")
    other = panel(page, "m/pair")
    drawn(other)
    expect(other.get_by_label("truth", exact=True)).not_to_be_checked()
    expect(page).to_have_url(re.compile(r"#run/[^?/]+\?overlays"))


def test_layers_and_classes_that_no_picture_of_the_step_has_say_so(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    pair = panel(page, "m/pair")
    drawn(pair)
    expect(pair.locator(".overlay-tools .absent")).to_have_count(0)
    pair.get_by_label("Previous frame").click()  # it has the masks of "found" alone
    absent = pair.locator(".overlay-tools .absent")
    expect(absent).to_have_text(["truth–", "found–"])
    expect(absent.first.locator(".n")).to_have_attribute("title", "in none of the pictures that are shown")
    pair.get_by_label("Next frame").click()
    expect(absent).to_have_count(0)


# ---- boxes


DASHES = """stage => {
    const canvas = stage.querySelector('canvas'), { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const opaque = y => Array.from({ length: width }, (_, x) => data[4 * (y * width + x) + 3]).filter(a => a > 250);
    return Array.from({ length: height }, (_, y) => opaque(y).length);
}"""
"""Of each row of an overlay, how many pixels are opaque."""


def test_each_layer_of_boxes_has_its_own_line_on_the_page_and_without_script(
    built: Built, new_page: NewPage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("lines")
    layers = [
        overlaid.boxes(name, [[20, y, 180, y + 20]], [1], {1: "cat"}) for name, y in (("truth", 10), ("found", 60))
    ]
    shot = overlaid.image(root / "m", np.full((100, 200), 200), boxes=layers)
    logged.media_run(root, "m", [(5, {"a": shot})])
    page = logged.open_run(new_page, built(root), "m")
    shown = panel(page, "a")
    drawn(shown)
    page.evaluate("reportgen.overlays.change('a', { labels: false })")
    alpha(shown.locator("canvas.overlay").first)
    rows = shown.locator(".stage").first.evaluate(DASHES)
    half = len(rows) // 2
    solid, dashed = max(rows[:half]), max(rows[half:])
    assert 0.3 * solid < dashed < 0.7 * solid
    switches = shown.locator(".overlay-layers, .overlay-tools").first
    assert [mark.get_attribute("class") for mark in switches.locator(".swatch").all()] == ["swatch d1", "swatch d6"]
    page.emulate_media(media="print")
    expect(shown.locator(".overlay-lines")).to_be_visible()
    bare = new_page(built(root), script=False)
    bare.goto(page.url.split("#")[0])
    expect(bare.locator(".overlay-lines li")).to_have_text(["truth", "found"])
    lines = bare.locator(".overlay-still .lines path:not(.under)")
    styles = lines.evaluate_all("all => all.map(one => getComputedStyle(one).strokeDasharray)")
    assert styles == ["none", "4px, 4px"]


def test_a_threshold_per_score_hides_boxes_and_leaves_those_without_it(
    built: Built, new_page: NewPage, runs: Path
) -> None:
    page = run_of(built, new_page, runs)
    pair = panel(page, "m/pair")
    drawn(pair)
    count = pair.locator(".overlay-count")
    expect(count).to_have_text("4 of 4 boxes shown")
    pair.get_by_label("Threshold of score").fill("0.5")
    expect(count).to_have_text("3 of 4 boxes shown")
    pair.get_by_label("Which boxes by score").select_option("most")
    expect(count).to_have_text("2 of 4 boxes shown")
    pair.get_by_label(re.compile("^no class")).uncheck()
    expect(count).to_have_text("1 of 4 boxes shown")


def test_a_box_is_drawn_at_its_edges_with_a_dark_line_below(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs, device_scale_factor=2)
    pair = panel(page, "m/pair")
    canvas = drawn(pair)
    for name in ("found", "truth"):
        pair.get_by_label(name, exact=True).first.uncheck()
    pair.get_by_label("Labels").uncheck()
    pair.get_by_label(re.compile("^cat")).uncheck()
    pair.get_by_label(re.compile("dog")).uncheck()
    painted = alpha(canvas)
    scale = painted.shape[1] / WIDTH
    left, top, right, bottom = (round(edge * scale) for edge in (30, 2, 45, 12))
    assert painted[(top + bottom) // 2, left] == 255
    assert painted[(top + bottom) // 2, right] == 255
    assert painted[top, (left + right) // 2] == 255
    assert painted[(top + bottom) // 2, (left + right) // 2] == 0
    line = painted[(top + bottom) // 2, left - 12 : left + 12]
    assert 2 < (line == 255).sum() <= 4 < (line > 0).sum() <= 8 or (line == 255).sum() == 2


def test_boxes_are_read_out_and_found_by_search(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    pair = panel(page, "m/pair")
    drawn(pair)
    items = pair.locator(".shot ul.hidden-text li")
    expect(items).to_have_text(
        [
            "found: cat 0.90, 20 × 15 at 5, 5",
            "found: <b>dog</b> 0.60, 22 × 40 at −10, 20",
            "found: cat 0.40, 40 × 22 at 10, 8",
            "found: mine, 15 × 10 at 30, 2",
        ]
    )
    crowd = panel(page, "n/crowd")
    drawn(crowd)
    expect(crowd.locator(".shot ul.hidden-text li").last).to_have_text("and 940 more")
    expect(crowd.locator(".overlay-count")).to_have_text("1,000 of 1,000 boxes shown")


def test_labels_leave_most_of_a_crowded_picture_free(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    crowd = panel(page, "n/crowd")
    canvas = drawn(crowd)
    with_labels = alpha(canvas)
    crowd.get_by_label("Labels").uncheck()
    without = alpha(canvas)
    assert (with_labels != without).any()
    assert (with_labels != without).mean() < 0.4


# ---- tools


def test_a_long_list_of_classes_is_folded_and_searched(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    eighty = panel(page, "n/eighty")
    canvas = drawn(eighty)
    summary = eighty.locator("summary", has_text="80 classes")
    expect(eighty.get_by_label(re.compile("^thing 33"))).to_be_hidden()
    summary.click()
    eighty.get_by_label("Find a class").fill("ing 33")
    expect(eighty.locator(".classes li:visible")).to_have_count(1)
    eighty.get_by_role("button", name="None").click()
    expect(eighty.locator("summary", has_text="0 of 80 classes shown")).to_be_visible()
    assert not alpha(canvas).any()
    eighty.get_by_label(re.compile("^thing 33")).check()
    expect(eighty.locator("summary", has_text="1 of 80 classes shown")).to_be_visible()
    assert (alpha(canvas) > 0).mean() == pytest.approx(1 / 80, rel=0.05)
    eighty.get_by_role("button", name="All", exact=True).click()
    assert (alpha(canvas) > 0).all()


def test_each_class_states_its_share_and_its_boxes(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    pair = panel(page, "m/pair")
    drawn(pair)
    found, truth = 100 * (FOUND == 1).mean(), 100 * (TRUTH == 1).mean()
    cat = pair.locator(".classes li", has_text="cat")
    expect(cat).to_have_text(f"cat{found:.1f}% / {truth:.1f}%, 2 boxes")


def test_a_panel_without_overlays_has_no_tools(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    plain = panel(page, "n/plain")
    page.wait_for_timeout(300)
    expect(plain.locator(".overlay-controls, canvas.overlay")).to_have_count(0)


def test_a_mask_that_is_missing_costs_that_mask(built: Built, new_page: NewPage, runs: Path) -> None:
    page = new_page(built(runs, single_file=True))
    page.evaluate(
        """() => {
            const walk = value => {
                if (!value || typeof value !== 'object') return;
                const bad = (value.masks ?? []).filter(mask => mask.layer === 0);
                for (const { data } of bad) document.getElementById(data.slice(1))?.remove();
                Object.values(value).forEach(walk);
            };
            const shown = Object.values(reportgen.manifest.pages).find(page => page.run === 0);
            walk(shown.panels.find(one => one.key === 'm/pair').data);
            location.hash = shown.id;
        }"""
    )
    pair = panel(page, "m/pair")
    canvas = drawn(pair)
    expect(pair.locator(".overlay-count")).to_contain_text("overlays of 1 picture could not be read")
    pair.get_by_label("found", exact=True).last.uncheck()
    painted = alpha(canvas)
    assert ((painted > 0) == (seen(TRUTH, *painted.shape) > 0)).all()


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_axe_finds_nothing(built: Built, new_page: NewPage, runs: Path, screen: str) -> None:
    page = run_of(built, new_page, runs, screen=screen)
    drawn(panel(page, "m/pair"))
    for one in page.locator("details.overlay-classes").all():
        one.evaluate("node => { node.open = true; }")
    assert not violations(page)


# ---- without script


@DELIVERIES
def test_the_page_shows_overlays_without_script(built: Built, new_page: NewPage, runs: Path, single: bool) -> None:
    report = built(runs, single_file=single)
    page = new_page(report, script=False)
    if not single:
        page.goto((report.parent / "runs" / "first.html").as_uri())
    pair = page.locator("[data-page^='run/'] [data-kind=image]").filter(has_text="pair").first
    pair.scroll_into_view_if_needed()
    masks = pair.locator(".overlay-still svg").first.locator("path")
    expect(masks).to_have_count(3)  # two classes of `found`, one of `truth`; the background is not drawn
    expect(masks.first).to_be_visible()
    assert pair.locator(".overlay-still .lines path").count() == 6
    expect(pair.locator(".box-label", has_text="dog")).to_have_text("<b>dog</b> 0.6")
    expect(pair.locator(".classes li")).to_have_text(["cat", "<b>dog</b>", "no class"])
    expect(pair.locator(".overlay-still")).to_contain_text(
        "Mask found: cat, <b>dog</b>; Mask truth: cat; found: 4 boxes"
    )


def test_the_drawing_takes_the_place_of_the_first_frame(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs)
    pair = panel(page, "m/pair")
    drawn(pair)
    expect(pair.locator(".overlay-still svg").first).to_be_hidden()


def test_paper_has_the_overlays(built: Built, new_page: NewPage, runs: Path) -> None:
    report = built(runs, theme="paper")
    page = new_page(report)
    page.goto((report.parent / "runs" / "first.html").as_uri())
    expect(page.locator(".overlay-still path.s1").first).to_be_visible()


def test_a_copied_link_to_a_panel_has_what_was_chosen(built: Built, new_page: NewPage, runs: Path) -> None:
    page = run_of(built, new_page, runs, True)
    pair = panel(page, "m/pair")
    drawn(pair)
    pair.get_by_label("Outline only").check()
    address = pair.evaluate("panel => reportgen.addressOf(panel)")
    assert re.search(r"#run/[^?/]+/[^?]+\?overlays/m/pair=outline$", address)
    other = new_page(built(runs, single_file=True))
    other.goto(address)
    other.reload()  # an address that differs in its end alone opens nothing anew
    expect(other.locator(".page.current[data-page^='run/']")).to_be_visible()
    linked = panel(other, "m/pair")
    drawn(linked)
    expect(linked.get_by_label("Outline only")).to_be_checked()
    expect(linked).to_be_in_viewport()


# ---- Firefox


@pytest.fixture(scope="module")
def firefox() -> Iterator[Firefox]:
    with start() as running:
        yield running


@DELIVERIES
def test_firefox_draws_the_same_classes(
    built: Built, opened: Callable[[Path, str], Report], firefox: Firefox, runs: Path, single: bool
) -> None:
    report = opened(built(runs, single_file=single), "file")
    firefox.open(report.run_url("first"))
    firefox.wait_for(FIREFOX_DRAWN)
    firefox.evaluate(
        "reportgen.overlays.change('m/classes', { base: 'none', flipped: new Set(['2:<b>dog</b>']) }), true"
    )
    firefox.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    found = firefox.evaluate(f"({PAINTED})(window.overlay)")
    painted = np.array(found["alpha"]).reshape(found["height"], found["width"])
    assert ((painted > 0) == (seen(speckled(), *painted.shape) == 2)).all()


FIREFOX_DRAWN = """(() => {
    const panels = [...document.querySelectorAll('.page.current [data-kind="image"]')];
    const panel = panels.find(one => one.querySelector('h4').textContent.includes('classes'));
    panel?.scrollIntoView();
    window.overlay = panel?.querySelector('canvas.overlay');
    return window.overlay?.width > 0;
})()"""
