"""Galleries: many pictures in a window that scrolls, sizes, columns, keys, groups, paper, a page without script."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Page, expect

from reportgen.site.build import build
from reportgen.site.options import BuildOptions
from tests.browser import logged
from tests.browser.logged import panel

Built = Callable[..., Path]
NewPage = Callable[..., Page]
MANY = 400


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with 400 pictures at two steps under one key, twelve in groups, five of odd shapes, and some lost ones."""
    folder = tmp_path_factory.mktemp("many")
    run = folder / "m"
    shades = [logged.picture(run, 100 + i % 3 * 40, 100, i % 250) for i in range(MANY)]
    captions = [{**shade, "caption": f"number {i}"} for i, shade in enumerate(shades)]
    grouped = [logged.picture(run, 120, 90, 100 + i, caption=f"view {i}", grouping=i // 3) for i in range(12)]
    shapes = [logged.picture(run, *size, 90) for size in ((1, 1), (2000, 20), (20, 2000), (8, 8), (300, 200))]
    lost: list[dict[str, Any]] = [logged.picture(run, 64, 48, 5), logged.picture(run, 64, 48, 6, caption="damaged")]
    (run / lost[1]["file"]).write_bytes(b"no picture")
    lost.append({**lost[0], "file": f"media/ab/{'ab' * 32}.png"})
    last = {"val/all": captions, "grouped": grouped, "shapes": shapes, "lost": lost}
    logged.media_run(folder, "m", [(10, {"val/all": captions[::-1]}), (90, last)])
    return folder


@pytest.fixture
def page(built: Callable[..., Path], new_page: NewPage, lenient: Path) -> Page:
    return logged.open_run(new_page, lenient, "m")


@pytest.fixture(scope="session")
def lenient(many: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run with lost pictures, which are errors of the build."""
    return build([many], BuildOptions(output=str(tmp_path_factory.mktemp("site") / "site"))).path


def test_of_many_pictures_only_those_in_sight_are_in_the_page_and_all_can_be_reached(page: Page) -> None:
    gallery = panel(page, "val/all").locator(".gallery.windowed")
    expect(gallery.locator("figcaption b").first).to_have_text("number 0")
    assert gallery.locator("img").count() < MANY / 2
    seen: set[str] = set()
    height, tall = gallery.evaluate("g => [g.scrollHeight, g.clientHeight]")
    for top in range(0, height, tall // 2):
        gallery.evaluate("(g, top) => { g.scrollTop = top; }", top)
        page.wait_for_timeout(60)
        seen.update(gallery.locator("figcaption b").all_inner_texts())
        assert gallery.locator("img").count() < MANY / 2
    assert seen == {f"number {i}" for i in range(MANY)}


def test_rows_have_one_height_and_pictures_keep_their_shape(page: Page) -> None:
    gallery = panel(page, "val/all").locator(".gallery.windowed")
    expect(gallery.locator("img").first).to_be_visible()
    boxes = gallery.locator(".stage").evaluate_all("s => s.map(e => [e.clientWidth, e.clientHeight])")
    assert {height for _, height in boxes} == {176}
    assert {round(width / height, 1) for width, height in boxes} == {1.0, 1.4, 1.8}


def test_white_and_black_pictures_have_an_edge_that_covers_nothing(
    built: Callable[..., Path], new_page: NewPage, tmp_path: Path
) -> None:
    shots = [logged.picture(tmp_path / "m", 640, 480, shade) for shade in (255, 0, 255)]
    logged.media_run(tmp_path, "m", [(5, {"a": shots})])
    for scheme in ("light", "dark"):
        page = logged.open_run(partial(new_page, scheme=scheme), built(tmp_path), "m")
        stages = page.locator(".stage[role=button]")
        expect(stages).to_have_count(3)
        sizes = [stage.bounding_box() for stage in stages.all()]
        assert len({round(size["width"]) for size in sizes if size}) == 1, "three equal pictures are equally large"
        stages.first.scroll_into_view_if_needed()
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        edge = stages.first.evaluate("stage => getComputedStyle(stage).boxShadow")
        assert edge.endswith("0px 0px 0px 1px")
        assert edge.rpartition(")")[0] + ")" not in (ground, "rgb(255, 255, 255)", "rgb(0, 0, 0)")
        assert stages.first.evaluate("s => s.clientWidth - s.querySelector('img').clientWidth") == 0
        stages.first.click()
        img = page.locator("dialog.viewer .pane img").first
        assert img.evaluate("i => getComputedStyle(i).outlineStyle") == "solid"


def test_the_cursor_brings_other_pictures(page: Page) -> None:
    shown = panel(page, "val/all")
    expect(shown.locator("figcaption b").first).to_have_text("number 0")
    shown.get_by_label("Previous frame").click()
    expect(shown.locator("figcaption b").first).to_have_text(f"number {MANY - 1}")


def test_size_and_columns_are_the_readers(page: Page) -> None:
    shown = panel(page, "val/all")
    gallery = shown.locator(".gallery.windowed")
    expect(gallery.locator("img").first).to_be_visible()
    slider = shown.get_by_role("slider", name="Height")
    slider.evaluate("s => { s.value = 80; s.dispatchEvent(new Event('input')); }")
    expect(gallery.locator(".stage").first).to_have_js_property("clientHeight", 80)
    shown.get_by_label("Columns").select_option("4")
    rows = gallery.locator(".gallery-row")
    expect(rows.first.locator(".shot")).to_have_count(4)
    widths = rows.first.locator(".shot").evaluate_all("s => s.map(e => Math.round(e.clientWidth))")
    assert max(widths) - min(widths) <= 1
    shapes = panel(page, "shapes")
    shapes.get_by_label("Columns").select_option("2")
    assert shapes.locator(".gallery").evaluate("g => getComputedStyle(g).gridTemplateColumns.split(' ').length") == 2


def test_arrows_go_from_picture_to_picture_over_the_edge_of_the_window(page: Page) -> None:
    gallery = panel(page, "val/all").locator(".gallery.windowed")
    expect(gallery.locator(".stage[tabindex='0']")).to_have_count(1)
    gallery.locator(".stage[tabindex='0']").focus()
    words = "() => document.activeElement.getAttribute('aria-label')"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(words) == "Enlarge number 1"
    page.keyboard.press("End")
    assert page.evaluate(words) == f"Enlarge number {MANY - 1}"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    below = int(page.evaluate(words).split()[-1])
    assert below > 1
    page.keyboard.press("ArrowUp")
    assert page.evaluate(words) == "Enlarge number 0"


def test_pictures_of_a_group_stand_under_its_name(page: Page) -> None:
    shown = panel(page, "grouped")
    expect(shown.locator(".shot-group")).to_have_text([f"Group {i}" for i in range(4)])


def test_odd_shapes_fit_their_cells(page: Page) -> None:
    shown = panel(page, "shapes")
    for stage, ratio in zip(shown.locator(".stage").all(), (1, 100, 0.01, 1, 1.5), strict=True):
        box = stage.bounding_box()
        assert box is not None
        assert box["width"] <= 176 * 4 + 1
        assert box["height"] <= 177
        if 0.1 < ratio < 10:
            assert box["width"] / box["height"] == pytest.approx(ratio, rel=0.02)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pixels = shown.locator("img").nth(3).evaluate("i => getComputedStyle(i).imageRendering")
    assert pixels == "pixelated"


def test_a_lost_picture_says_why_in_its_place(page: Page) -> None:
    shown = panel(page, "lost")
    expect(shown.locator(".shot")).to_have_count(3)
    expect(shown.locator(".shot.lost")).to_have_text([re.compile("damaged"), re.compile("missing")])
    expect(shown.locator(".panel-foot")).to_contain_text("1 file could not be read: see Problems")
    shown.locator(".shot.lost .stage").first.click()
    expect(page.locator("dialog.viewer")).to_have_count(0)


def test_without_script_the_first_pictures_are_there_and_the_page_says_so(lenient: Path, new_page: NewPage) -> None:
    page = new_page(lenient, script=False)
    page.goto((lenient.parent / "runs" / "m.html").as_uri())
    shown = page.locator("figure.panel", has=page.locator("h4", has_text="all"))
    expect(shown.locator("img")).to_have_count(24)
    assert shown.locator(".first-of").inner_text() == "24 of 400 images of this step are shown without script"


def test_paper_holds_the_first_pictures_and_says_how_many_there_are(page: Page) -> None:
    gallery = panel(page, "val/all").locator(".gallery")
    expect(gallery.locator(".gallery-row").first).to_be_visible()
    expect(page.locator(".first-of").first).to_be_hidden()
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.pdf())).pages)
    assert "24 of 400 images of this step" in " ".join(text.split())
    assert "number 23" in text
    assert "number 24" not in text
    expect(gallery.locator(".gallery-row").first).to_be_visible()  # and the page goes on afterwards


def test_pictures_are_those_of_the_chosen_runs(built: Built, new_page: NewPage, tmp_path: Path) -> None:
    for name, shade in (("a", 60), ("b", 120), ("c", 180)):
        picture = logged.picture(tmp_path / name, 160, 120, shade, caption=f"of {name}")
        logged.media_run(tmp_path, name, [(0, {"loss": 1.0, "seen": picture})])
    page = new_page(built(tmp_path))
    shots = page.locator("[data-kind=image] .shot")
    expect(shots).to_have_count(3)
    page.locator("[data-show-runs='none']").click()
    page.locator("[data-kind=image]").scroll_into_view_if_needed()
    expect(shots).to_have_count(0)
    expect(page.locator("[data-kind=image]")).to_contain_text("None of the runs that logged this is chosen")
    page.locator(".runs tbody input").nth(1).check()
    expect(shots).to_have_count(1)
    expect(shots).to_contain_text("of b")
