"""Line panels as a reader meets them: what is drawn, read, zoomed, smoothed, saved."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged
from tests.rundir.directories import write_run

Built = Callable[..., Path]
NewPage = Callable[..., Page]

MILLION = 1_000_000
SPIKE = 765_432


@pytest.fixture(scope="session")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A million calm points, and one that is not."""
    folder = tmp_path_factory.mktemp("long")
    lines = [b'{"_step":%d,"_runtime":%.3f,"wave":%.4f}\n' % (i, i / 1000, math.sin(i / 5e4)) for i in range(MILLION)]
    lines[SPIKE] = b'{"_step":%d,"_runtime":%.3f,"wave":9.5}\n' % (SPIKE, SPIKE / 1000)
    write_run(folder / "long", b"".join(lines), run={"id": "long", "name": "long"})
    return folder


@pytest.fixture(scope="session")
def odd_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs whose values no chart likes."""
    folder = tmp_path_factory.mktemp("odd")
    values: list[float | None] = [math.sin(i / 9) for i in range(300)]
    values[100] = values[101] = math.nan
    values[200], values[250] = math.inf, -math.inf
    keys: dict[str, list[float | None]] = {
        "odd/values": values,
        "odd/constant": [3.5] * 300,
        "odd/huge": [1e300 * (-1) ** i for i in range(300)],
        "odd/largest": [1.7e308 * (-1) ** i for i in range(300)],
        "odd/denormal": [5e-324 * (i % 7) for i in range(300)],
        "odd/once": [None] * 5 + [0.7],
        "odd/nothing": [math.nan] * 300,
        "odd/loss": [1 / (i + 1) if i % 50 else -1.0 for i in range(300)],
        "smooth/noise": [1 + (-1) ** i * 0.5 for i in range(300)],
        "x/epoch": [i / 30 if i >= 10 else None for i in range(300)],
    }
    logged.run(folder, "a", keys, called=logged.HOSTILE)
    logged.run(folder, "b", {k: [v and v * 0.5 for v in vs] for k, vs in keys.items()})
    return folder


def ready(page: Page) -> None:
    """Wait for the page's scripts: those of a single file are unpacked first."""
    page.wait_for_function("() => window.reportgen?.manifest.pages[window.reportgen.state.page]")


def panel(page: Page, key: str) -> Locator:
    """The live panel of a metric on the current page."""
    ready(page)
    entry = page.evaluate(
        "key => reportgen.manifest.pages[reportgen.state.page].panels.find(p => p.key === key).id", key
    )
    found = page.locator(f"[id='{entry}']")
    found.scroll_into_view_if_needed()
    expect(found.locator(".plot.drawn")).to_be_visible()
    page.wait_for_timeout(60)  # uPlot draws in the next frame
    return found


def foot(of: Locator) -> list[str]:
    return of.locator(".panel-foot span").all_text_contents()


def menu(of: Locator, action: str) -> None:
    of.locator(".menu summary").click()
    of.locator(f"[data-action='{action}']").click()


def drag(page: Page, of: Locator, start: float, end: float, *, shift: bool = False) -> None:
    """Draw a zoom box between two places along the width."""
    box = of.locator(".plot-area").bounding_box()
    assert box
    if shift:
        page.keyboard.down("Shift")
    page.mouse.move(box["x"] + box["width"] * start, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + box["height"] * 0.8, steps=3)
    page.mouse.up()
    if shift:
        page.keyboard.up("Shift")
    page.wait_for_timeout(80)


def hover(page: Page, of: Locator, at: float, height: float = 0.5) -> list[str]:
    """Point at a place along the width; the lines of the tooltip."""
    box = of.locator(".plot-area").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * at, box["y"] + box["height"] * height)
    tip = page.locator(".tip")
    expect(tip).to_be_visible()
    return [
        tip.locator("caption").inner_text(),
        *(t.replace("\t", " ").strip() for t in tip.locator("tr").all_inner_texts()),
    ]


INK = """(canvas, [left, right, top, bottom, index]) => {
    const series = getComputedStyle(document.documentElement).getPropertyValue(`--series-${index}`).trim();
    const wanted = [1, 3, 5].map(i => parseInt(series.slice(i, i + 2), 16));
    const { width, height } = canvas, x0 = Math.floor(left * width), w = Math.max(1, Math.ceil((right - left) * width));
    const y0 = Math.floor(top * height), h = Math.max(1, Math.ceil((bottom - top) * height));
    const data = canvas.getContext('2d').getImageData(x0, y0, w, h).data;
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 100 && wanted.every((c, k) => Math.abs(c - data[i + k]) < 40)) count++;
    }
    return count;
}"""


def ink(of: Locator, left: float, right: float, top: float, bottom: float, series: int = 1) -> int:
    """Pixels of a series' colour in a part of the canvas; all four are 0 to 1 from the left and the top."""
    count: int = of.locator("canvas").evaluate(INK, [left, right, top, bottom, series])
    return count


# ---- a spike is never hidden, and zooming brings every point back


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_a_spike_among_a_million_points_is_seen_at_every_zoom(
    built: Built, new_page: NewPage, long_run: Path, single: bool
) -> None:
    page = new_page(built(long_run, single_file=single))
    wave = panel(page, "wave")
    at = SPIKE / MILLION
    assert ink(wave, at - 0.01, at + 0.01, 0.15, 0.6) > 20
    assert ink(wave, at - 0.2, at - 0.05, 0.15, 0.6) == 0
    assert re.fullmatch(r"2,00\d of 1,000,000 points", foot(wave)[0])
    for start, end, points in ((0.7, 0.83, 130_000), (0.25, 0.75, 65_000)):
        drag(page, wave, start, end)
        expect(wave.locator(".panel-foot")).to_contain_text("points in view, of 1,000,000")
        expect(wave.locator(".panel-foot")).not_to_contain_text("lowest and highest")
        shown = int(foot(wave)[0].split()[0].replace(",", ""))
        assert shown == pytest.approx(points, rel=0.02)
        assert ink(wave, 0.4, 0.6, 0.15, 0.6) > 20
    menu(wave, "reset")
    expect(wave.locator(".panel-foot")).to_contain_text("of 1,000,000 points")


def test_a_part_that_is_missing_is_said_in_its_panel(built: Built, new_page: NewPage, long_run: Path) -> None:
    page = new_page(built(long_run, single_file=True))
    wave = panel(page, "wave")
    page.evaluate(
        """() => { const { series } = reportgen.manifest.pages.overview.panels[0].data;
                   for (const part of series[0].parts) document.getElementById(part.columns.slice(1)).remove(); }"""
    )
    drag(page, wave, 0.7, 0.8)
    expect(wave.locator(".panel-foot")).to_contain_text("not all points could be loaded")
    assert ink(wave, 0, 1, 0, 1) > 50


# ---- values that no chart likes


def test_what_is_no_finite_number_is_marked_and_counted(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    values = panel(page, "odd/values")
    for sign, place in (("nan", 100), ("high", 200), ("low", 250)):
        marks = values.locator(f".odd.{sign}")
        assert marks.count() == 2, sign
        for i in range(2):
            at = float(marks.nth(i).evaluate("e => e.style.getPropertyValue('--at')"))
            assert at == pytest.approx(place / 299, abs=0.01)
    assert foot(values) == ["600 points", "4 × NaN", "2 × ∞", "2 × −∞"]
    assert hover(page, values, 100 / 299)[1:] == [f"{logged.HOSTILE} NaN", "b NaN"]
    assert hover(page, values, 200 / 299)[1:] == [f"{logged.HOSTILE} ∞", "b ∞"]
    page.locator("[data-runs] tr[data-run='1'] input").uncheck()
    expect(values.locator(".odd.nan")).to_have_count(1)
    assert foot(values) == ["300 points", "2 × NaN", "1 × ∞", "1 × −∞"]


@pytest.mark.parametrize("key", ["odd/constant", "odd/huge", "odd/largest", "odd/denormal", "odd/once"])
def test_extreme_values_are_drawn(built: Built, new_page: NewPage, odd_runs: Path, key: str) -> None:
    found = panel(new_page(built(odd_runs)), key)
    assert ink(found, 0, 1, 0, 1, 1) > 5
    assert ink(found, 0, 1, 0, 1, 2) > 5
    labels = found.locator(".plot-y span").all_text_contents()
    assert labels
    assert not any("NaN" in text for text in labels)


def test_a_metric_of_nothing_but_nan_says_so(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    found = panel(new_page(built(odd_runs)), "odd/nothing")
    assert "600 × NaN" in foot(found)
    ends = found.locator(".odd.nan").evaluate_all(
        "marks => marks.map(m => [m.style.getPropertyValue('--at'), m.style.getPropertyValue('--to')].map(Number))"
    )
    assert ends == [[0, 1], [0, 1]]  # one mark per run, from the first to the last


def test_a_log_scale_says_what_it_cannot_draw(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    loss = panel(page, "odd/loss")
    assert "log scale" not in foot(loss)
    before = loss.locator(".plot-y span").all_text_contents()
    menu(loss, "scale")
    assert "log scale" in foot(loss)
    assert "12 values ≤ 0 not drawn on a log scale" in foot(loss)
    ticks = loss.locator(".plot-y span").all_text_contents()
    assert ticks != before
    assert set(ticks) & {"0.01", "0.1"}
    assert loss.locator("[data-action='scale']").text_content() == "Linear scale"
    menu(loss, "scale")
    assert loss.locator(".plot-y span").all_text_contents() == before


# ---- reading


def test_a_tooltip_has_one_row_per_run_in_the_order_of_the_lines(
    built: Built, new_page: NewPage, odd_runs: Path
) -> None:
    page = new_page(built(odd_runs))
    values = panel(page, "odd/values")
    assert hover(page, values, 14 / 299) == ["step 14", f"{logged.HOSTILE} 0.9999", "b 0.4999"]
    assert hover(page, values, 42 / 299)[1][0] == "b"  # below zero, the half is above
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()


def test_keys_read_values_aloud(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    values = panel(page, "odd/values")
    values.locator(".plot-area").focus()
    live = values.locator("[aria-live]")
    for key, step in (
        ("Home", 0),
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("PageUp", 12),
        ("ArrowLeft", 11),
        ("End", 299),
    ):
        page.keyboard.press(key)
        expect(live).to_contain_text(f"step {step}:")
    assert logged.HOSTILE in (live.text_content() or "")
    page.keyboard.press("+")
    expect(values.locator(".panel-foot")).to_contain_text("in view")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(values.locator(".panel-foot")).not_to_contain_text("in view")


def test_drag_zooms_and_three_ways_lead_back(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    loss = panel(page, "odd/loss")
    before = (loss.locator(".plot-x").inner_text(), loss.locator(".plot-y").inner_text())
    box = loss.locator(".plot-area").bounding_box()
    assert box
    ways: list[Callable[[], Any]] = [
        lambda: page.mouse.dblclick(box["x"] + 40, box["y"] + 40),
        lambda: menu(loss, "reset"),
        lambda: (loss.locator(".plot-area").focus(), page.keyboard.press("Escape")),
    ]
    for i, back in enumerate(ways):
        drag(page, loss, 0.3, 0.6, shift=i == 1)
        assert loss.locator(".plot-x").inner_text() != before[0]
        assert " in view, of 600" in foot(loss)[0]
        page.mouse.move(2, 2)
        back()
        page.wait_for_timeout(80)
        assert (loss.locator(".plot-x").inner_text(), loss.locator(".plot-y").inner_text()) == before


def test_escape_gives_a_zoom_box_up(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    loss = panel(page, "odd/loss")
    box = loss.locator(".plot-area").bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 50, steps=3)
    expect(loss.locator(".zoom-box")).to_be_visible()
    page.keyboard.press("Escape")
    expect(loss.locator(".zoom-box")).to_be_hidden()
    page.mouse.up()
    assert foot(loss)[0] == "600 points"


# ---- what is chosen for the whole page


def test_the_range_follows_the_chosen_runs(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    constant = panel(page, "odd/constant")
    assert ink(constant, 0, 1, 0, 1, 2) > 50
    page.locator("[data-runs] tr[data-run='1'] input").uncheck()
    expect(constant.locator(".plot-y")).to_contain_text("3.4")
    page.wait_for_timeout(60)
    assert ink(constant, 0, 1, 0, 1, 2) == 0
    assert ink(constant, 0, 1, 0, 1, 1) > 50


def test_a_highlighted_run_dims_the_others(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    constant = panel(page, "odd/constant")
    full = ink(constant, 0, 1, 0, 1, 2)
    page.evaluate("reportgen.emit('highlight', 0)")
    page.wait_for_timeout(60)
    assert ink(constant, 0, 1, 0, 1, 2) < full / 4
    page.evaluate("reportgen.emit('highlight', null)")
    page.wait_for_timeout(60)
    assert ink(constant, 0, 1, 0, 1, 2) == full


def test_smoothing_keeps_the_logged_values_faint_and_in_the_tooltip(
    built: Built, new_page: NewPage, odd_runs: Path
) -> None:
    page = new_page(built(odd_runs))
    page.locator("[data-runs] tr[data-run='1'] input").uncheck()
    noise = panel(page, "smooth/noise")
    outside = (0.3, 0.9, 0.0, 0.25)  # near the top, where only logged values reach
    solid = ink(noise, *outside)
    assert solid > 100
    page.locator(".page.current [data-smoothing]").first.evaluate(
        "slider => { slider.value = 0.95; slider.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(noise.locator(".panel-foot")).to_contain_text("smoothed 0.95, logged values faint")
    page.wait_for_timeout(60)
    assert ink(noise, *outside) < solid / 5
    assert (
        noise.locator("canvas").evaluate(
            """canvas => { const { width, height } = canvas;
           const data = canvas.getContext('2d').getImageData(width * .3, 0, width * .6, height * .25).data;
           let faint = 0; for (let i = 3; i < data.length; i += 4) if (data[i] > 10 && data[i] < 130) faint++;
           return faint; }"""
        )
        > 100
    )
    assert ink(noise, 0.3, 0.9, 0.4, 0.6) > 50  # the average
    assert hover(page, noise, 100 / 299)[1] == f"{logged.HOSTILE} 1.5"


def test_smoothing_is_the_debiased_average(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    values = [3.0, 1.0, math.nan, 2.0, 5.0]
    average, weight, expected = 0.0, 0.0, []
    for v in values:
        if math.isfinite(v):
            average, weight = 0.6 * average + 0.4 * v, 0.6 * weight + 0.4
            expected.append(average / weight)
    found = page.evaluate("[...reportgen.curve.smooth(Float64Array.of(3, 1, NaN, 2, 5), 0.6)].filter(Number.isFinite)")
    assert found == pytest.approx(expected)
    huge = page.evaluate(
        "[...reportgen.curve.smooth(Float64Array.of(1.7e308, -1.7e308, 1.7e308), 0.9)].map(Number.isFinite)"
    )
    assert all(huge)


@pytest.mark.parametrize(
    ("axis", "last", "caption"),
    [
        ("relative", "2\u202fmin", "50\u202fs, step 100"),
        ("wall", "", "step 100"),
        ("metric:x/epoch", "7.5", "x/epoch 3.333, step 100"),
    ],
)
def test_other_axes(built: Built, new_page: NewPage, odd_runs: Path, axis: str, last: str, caption: str) -> None:
    page = new_page(built(odd_runs))
    page.locator("[data-runs] tr[data-run='1'] input").uncheck()
    noise = panel(page, "smooth/noise")
    page.locator(".page.current [data-axis]").first.select_option(axis)
    expect(noise.locator(".panel-foot")).to_contain_text("by ")
    if last:
        expect(noise.locator(".plot-x")).to_contain_text(last)
    low = 10 / 30 if axis.startswith("metric") else 0
    high = 299 / 30 if axis.startswith("metric") else 299 * 0.5
    middle = 100 / 30 if axis.startswith("metric") else 50
    assert hover(page, noise, (middle - low) / (high - low))[0].endswith(caption)
    if axis.startswith("metric"):
        assert "10 points without a place on this axis" in foot(noise)


def test_colours_follow_the_theme(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    constant = panel(page, "odd/constant")
    assert ink(constant, 0, 1, 0, 1) > 50
    page.locator(".page.current [data-theme-choice][value='dark']").check(force=True)
    page.wait_for_timeout(80)
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--series-1').trim()") != ""
    assert ink(constant, 0, 1, 0, 1) > 50


# ---- the step cursor of a run's page


def test_a_click_sets_the_page_s_step(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs, single_file=True))
    page.evaluate("location.hash = '#run/0'")
    values = panel(page, "odd/values")
    box = values.locator(".plot-area").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 14 / 299, box["y"] + 60)
    expect(values.locator(".value")).to_have_text("step 14 0.9999")
    for key, text in (("odd/constant", "step 14 3.5"), ("odd/once", "step 5 0.7")):
        other = panel(page, key)
        expect(other.locator(".cursor.step")).to_be_attached()
        assert float(values.locator(".cursor.step").evaluate("e => e.style.getPropertyValue('--at')")) == pytest.approx(
            14 / 299
        )
        if other.locator(".value").count():
            expect(other.locator(".value")).to_have_text(text)
    expect(page.locator(".page.current [data-step-bar] [data-step-now]")).to_have_text("14")


# ---- the menu


def test_values_as_a_table(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    found = panel(new_page(built(odd_runs)), "odd/once")
    menu(found, "table")
    table = found.locator(".numbers table")
    expect(table).to_be_visible()
    assert table.locator("th").all_text_contents() == ["Step", logged.HOSTILE, "b", "5"]
    assert table.locator("td").all_text_contents() == ["0.7", "0.35"]


def test_saved_numbers_are_all_numbers(built: Built, new_page: NewPage, long_run: Path, tmp_path: Path) -> None:
    page = new_page(built(long_run, single_file=True))
    wave = panel(page, "wave")
    with page.expect_download() as download:
        menu(wave, "csv")
    download.value.save_as(tmp_path / "wave.csv")
    assert download.value.suggested_filename == "wave.csv"
    with (tmp_path / "wave.csv").open(newline="") as file:
        head, *lines = list(csv.reader(file))
    assert head == ["run", "step", "seconds", "wave"]
    assert len(lines) == MILLION
    assert lines[SPIKE] == ["long", str(SPIKE), "765.432", "9.5"]


def test_saved_numbers_are_safe_in_a_spreadsheet(tmp_path: Path, built: Built, new_page: NewPage) -> None:
    logged.run(tmp_path / "runs", "a", {"loss": [0.5, math.nan, -math.inf]}, called='=1+1,"x"')
    page = new_page(built(tmp_path / "runs"))
    loss = panel(page, "loss")
    with page.expect_download() as download:
        menu(loss, "csv")
    with Path(download.value.path()).open(newline="") as file:
        assert list(csv.reader(file))[1:] == [
            ['\'=1+1,"x"', "0", "0", "0.5"],
            ['\'=1+1,"x"', "1", "0.5", "NaN"],
            ['\'=1+1,"x"', "2", "1", "-Infinity"],
        ]


def test_a_saved_drawing_stands_alone(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    values = panel(page, "odd/values")
    with page.expect_download() as download:
        menu(values, "svg")
    assert download.value.suggested_filename == "odd-values.svg"
    text = Path(download.value.path()).read_text(encoding="utf-8")
    tree = ElementTree.fromstring(text)
    words = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert {"odd/values", logged.HOSTILE, "b"} <= set(words)
    assert "var(" not in text


def test_enlarged_a_panel_goes_on_working(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    values = panel(page, "odd/values")
    width = values.locator("canvas").evaluate("c => c.clientWidth")
    menu(values, "enlarge")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.wait_for_timeout(150)
    assert values.locator("canvas").evaluate("c => c.clientWidth") > 2 * width
    assert hover(page, values, 14 / 299)[0] == "step 14"
    assert page.locator("dialog .tip").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.wait_for_timeout(150)
    assert values.locator("canvas").evaluate("c => c.clientWidth") == width


# ---- print, and panels far away


def test_print_is_vector_and_shows_what_is_chosen(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs))
    live = panel(page, "odd/constant")
    page.locator("[data-runs] tr[data-run='1'] input").uncheck()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function(
        """() => [...document.querySelectorAll('[data-kind=scalar] svg.still')].every(svg =>
            [...svg.querySelectorAll('.line')].every(line => line.dataset.run === '0' || line.style.display === 'none')
            || svg.closest('.drawn'))"""
    )
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    svg = live.locator("svg.still")
    assert svg.evaluate("e => getComputedStyle(e).visibility") == "visible"
    assert live.locator(".live").evaluate("e => getComputedStyle(e).display") == "none"
    for still in page.locator("svg.still").all():
        runs = still.locator(".line").evaluate_all(
            "ls => ls.filter(l => l.style.display !== 'none').map(l => l.dataset.run)"
        )
        assert set(runs) <= {"0"}


@pytest.fixture(scope="session")
def many_metrics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough panels that the last is far from the first."""
    folder = tmp_path_factory.mktemp("many")
    logged.run(folder, "a", {f"m/{i:03}": [math.sin(s / 9 + i) for s in range(200)] for i in range(120)})
    return folder


@pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])
def test_panels_far_away_give_their_canvas_back(
    built: Built, new_page: NewPage, many_metrics: Path, single: bool
) -> None:
    page = new_page(built(many_metrics, single_file=single))
    panel(page, "m/000")
    most = 0
    for place in range(0, page.evaluate("document.body.scrollHeight"), 800):
        page.evaluate("y => scrollTo(0, y)", place)
        page.wait_for_timeout(60)
        most = max(most, page.locator("canvas").count())
    page.wait_for_timeout(200)
    assert most < 80
    first = page.locator("[id='m-m-000']")
    assert first.locator("canvas").count() == 0
    assert first.locator("svg.still .line path").count() > 0
    again = panel(page, "m/000")
    assert ink(again, 0, 1, 0, 1) > 50


def test_a_broken_panel_spares_the_others(built: Built, new_page: NewPage, odd_runs: Path) -> None:
    page = new_page(built(odd_runs, single_file=True))
    ready(page)
    page.evaluate(
        """() => { const panels = reportgen.manifest.pages.overview.panels;
                   const one = panels.find(p => p.key === 'x/epoch');
                   document.getElementById(one.data.columns.slice(1)).textContent = 'AAAA'; }"""
    )
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    broken = page.locator(".panel.failed")
    expect(broken).to_have_count(1)
    expect(broken.locator(".panel-error")).to_contain_text("This panel does not respond")
    assert ink(panel(page, "smooth/noise"), 0, 1, 0, 1) > 50
