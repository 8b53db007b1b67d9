"""What the charts of a page share: the zoom, the cursor, the axis; and how they stand on the page."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged
from tests.browser.test_scalar import drag, foot, hover, menu, panel

Built = Callable[..., Path]
NewPage = Callable[..., Page]

STEPS = 300
LONG = "deep/" + "module_number_" * 20 + "/"
FIRST, SECOND = LONG + "gradient_norm", LONG + "weight_norm"
SINGLE_WORD = "w" * 299 + "Z"


@pytest.fixture(scope="session")
def shared_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs with groups of one, two, three and four metrics, long keys, and a rate that goes up and down."""
    folder = tmp_path_factory.mktemp("shared")
    keys: dict[str, list[float | None]] = {f"four/{c}": [i + k for i in range(STEPS)] for k, c in enumerate("abcd")}
    keys |= {"train/loss": [1 / (i + 1) for i in range(STEPS)], "train/acc": [i / 300 for i in range(STEPS)]}
    keys |= {f"three/{c}": [math.sin(i / 9 + k) for i in range(STEPS)] for k, c in enumerate("abc")}
    keys |= {"rare/val": [i / 10 if i % 100 == 0 else None for i in range(STEPS)], "rare/none": [math.nan] * STEPS}
    keys |= {
        "sched/rate": [abs(i % 100 - 50) / 50 for i in range(STEPS)],
        "threads": [3 + (i > 150) for i in range(STEPS)],
    }
    keys |= {FIRST: [1.0] * STEPS, SECOND: [2.0] * STEPS, SINGLE_WORD + "/only": [0.0] * STEPS}
    for name in ("a", "b"):
        logged.run(folder, name, keys)
    return folder


@pytest.fixture
def charts(built: Built, new_page: NewPage, shared_runs: Path) -> Page:
    return new_page(built(shared_runs))


def ticks(of: Locator, axis: str) -> list[str]:
    return of.locator(f".plot-{axis} span").all_text_contents()


def runs(page: Page, which: str) -> None:
    page.locator(f"[data-show-runs='{which}']").click()


# ---- one zoom and one cursor for all charts of a page


def test_a_zoom_along_x_is_shared_and_each_chart_keeps_its_own_y(charts: Page) -> None:
    first, second = panel(charts, "four/a"), panel(charts, "four/d")
    before = [(ticks(one, "x"), ticks(one, "y")) for one in (first, second)]
    drag(charts, first, 0.5, 0.75)
    expect(second.locator(".panel-foot")).to_contain_text("in view, of 600")
    assert ticks(first, "x") == ticks(second, "x") == ["160", "180", "200", "220"]
    assert ticks(first, "y") == ticks(second, "y") != before[0][1]
    far = panel(charts, "three/a")  # it wakes later, and follows too
    assert ticks(far, "x") == ticks(first, "x")
    assert set(ticks(far, "y")) == {"−1", "0", "1"}
    menu(far, "reset")
    for one, (x, y) in zip((first, second), before, strict=True):
        expect(one.locator(".panel-foot")).not_to_contain_text("in view")
        assert (ticks(one, "x"), ticks(one, "y")) == (x, y)


def test_every_way_back_resets_all_charts(charts: Page) -> None:
    first, second = panel(charts, "four/a"), panel(charts, "four/b")
    button = charts.get_by_role("button", name="Reset zoom").first
    box = second.locator(".plot-area").bounding_box()
    assert box
    ways = (
        lambda: charts.mouse.dblclick(box["x"] + 40, box["y"] + 40),
        lambda: menu(second, "reset"),
        lambda: (second.locator(".plot-area").focus(), charts.keyboard.press("Escape")),
        lambda: button.click(),
    )
    expect(button).to_be_hidden()
    before = [ticks(one, "y") for one in (first, second)]
    for i, back in enumerate(ways):
        drag(charts, first, 0.2, 0.6, shift=i % 2 == 1)  # with shift: also along y, in this chart only
        expect(second.locator(".panel-foot")).to_contain_text("in view")
        expect(button).to_be_visible()
        charts.mouse.move(2, 2)
        back()
        for one in (first, second):
            expect(one.locator(".panel-foot")).not_to_contain_text("in view")
        assert [ticks(one, "y") for one in (first, second)] == before
        expect(button).to_be_hidden()


def test_a_box_along_y_stays_with_its_chart(charts: Page) -> None:
    first, second = panel(charts, "four/a"), panel(charts, "four/b")
    drag(charts, first, 0.2, 0.6, shift=True)
    own = ticks(first, "y")
    assert own != ticks(second, "y")
    drag(charts, second, 0.25, 0.5)
    expect(first.locator(".plot-x")).to_have_text("".join(ticks(second, "x")))
    assert ticks(first, "y") == own


def test_pages_keep_their_own_zoom(built: Built, new_page: NewPage, shared_runs: Path) -> None:
    page = new_page(built(shared_runs, single_file=True))
    drag(page, panel(page, "four/a"), 0.2, 0.6)
    page.evaluate("location.hash = '#run/0'")
    there = panel(page, "four/a")
    assert "in view" not in foot(there)[0]
    page.go_back()
    expect(panel(page, "four/a").locator(".panel-foot")).to_contain_text("in view")


def test_another_axis_begins_with_all_of_it(charts: Page) -> None:
    first = panel(charts, "four/a")
    drag(charts, first, 0.2, 0.6)
    charts.locator("[data-axis]").first.select_option("relative")
    expect(first.locator(".panel-foot")).to_have_text("600 pointsby relative time")
    charts.locator("[data-axis]").first.select_option("step")
    expect(first.locator(".panel-foot")).to_have_text("600 points")
    expect(charts.get_by_role("button", name="Reset zoom").first).to_be_hidden()


def test_a_cursor_marks_the_same_place_in_all_charts(charts: Page) -> None:
    first, second = panel(charts, "four/a"), panel(charts, "four/b")
    hover(charts, first, 0.5)
    mark = second.locator(".cursor.hover")
    expect(mark).to_be_visible()
    places = [
        float(one.locator(".cursor.hover").evaluate("e => e.style.getPropertyValue('--at')")) for one in (first, second)
    ]
    assert places[0] == pytest.approx(0.5, abs=0.01)
    assert places[1] == pytest.approx(places[0])
    charts.mouse.move(2, 2)
    expect(mark).to_be_hidden()


def test_a_zoom_between_two_points_shows_the_line_that_passes(charts: Page) -> None:
    rare = panel(charts, "rare/val")
    drag(charts, rare, 0.6, 0.9)
    assert foot(rare)[0] == "0 points in view, of 6"
    expect(rare.locator(".nothing")).to_be_hidden()
    assert ticks(rare, "y")
    menu(rare, "reset")
    drag(charts, panel(charts, "four/a"), 0.9, 1)  # behind the last of them
    expect(rare.locator(".nothing")).to_have_text("No point in this range")
    assert ticks(rare, "y") == []


def test_steps_are_whole_however_far_one_zooms(charts: Page) -> None:
    threads = panel(charts, "threads")
    assert ticks(threads, "y") == ["3", "4"]
    threads.locator(".plot-area").focus()
    charts.keyboard.press("Home")
    for _ in range(14):
        charts.keyboard.press("+")
    charts.wait_for_timeout(150)
    shown = ticks(threads, "x")
    assert len(shown) >= 2
    assert not any("." in text for text in shown)


# ---- where there is nothing to draw, nothing is made up


@pytest.mark.parametrize("script", [False, True], ids=["still", "live"])
def test_nothing_finite_is_said_without_an_axis(
    built: Built, new_page: NewPage, shared_runs: Path, script: bool
) -> None:
    page = new_page(built(shared_runs), script=script)
    none = panel(page, "rare/none") if script else page.locator("#m-rare-none")
    expect(none.locator(".nothing")).to_have_text("No finite value: 600 NaN")
    assert ticks(none, "y") == []
    assert ticks(none, "x") == ["0", "100", "200"]
    assert none.locator(".odd.nan.many").count() == 2


def test_without_a_chosen_run_there_is_no_axis(charts: Page) -> None:
    first = panel(charts, "four/a")
    runs(charts, "none")
    expect(first.locator(".nothing")).to_have_text("No run is chosen")
    assert ticks(first, "x") == ticks(first, "y") == []
    runs(charts, "all")
    expect(first.locator(".nothing")).to_be_hidden()
    assert ticks(first, "x")


# ---- a metric as the axis


def test_a_line_along_a_metric_that_turns_back_is_sorted_and_says_so(charts: Page) -> None:
    chart = panel(charts, "four/a")
    charts.locator("[data-axis]").first.select_option("metric:sched/rate")
    expect(chart.locator(".panel-foot")).to_contain_text("sorted by sched/rate, not by step")
    rising = """async () => {
        const page = reportgen.manifest.pages.overview, entry = page.panels.find(p => p.key === 'four/a');
        const numbers = reportgen.numbers(entry, page);
        await numbers.load();
        return numbers.picture().lines.every(({ xs }) => xs.every((x, i) => !i || x >= xs[i - 1]));
    }"""
    assert charts.evaluate(rising)
    caption, *rows = hover(charts, chart, 0.998)
    assert caption.startswith("sched/rate 1, step ")
    assert len(rows) == 2
    charts.locator("[data-axis]").first.select_option("metric:four/b")
    expect(chart.locator(".panel-foot")).to_contain_text("by four/b")
    expect(chart.locator(".panel-foot")).not_to_contain_text("sorted")


def test_the_step_cursor_finds_its_step_on_a_sorted_line(built: Built, new_page: NewPage, shared_runs: Path) -> None:
    page = new_page(built(shared_runs, single_file=True))
    page.evaluate("location.hash = '#run/0'")
    chart = panel(page, "four/a")
    page.locator(".page.current [data-axis]").first.select_option("metric:sched/rate")
    page.evaluate("reportgen.emit('step', 120)")
    expect(chart.locator(".value")).to_have_text("step 120 120")
    expect(chart.locator(".dot")).to_be_visible()


# ---- how charts stand on the page


@pytest.mark.parametrize(
    ("key", "share"), [("train/loss", 1 / 2), ("four/a", 1 / 2), ("three/a", 1 / 3), ("threads", 1 / 2)]
)
def test_panels_of_a_group_share_its_row(charts: Page, key: str, share: float) -> None:
    one = charts.locator(f"[data-panel='m-{key.replace('/', '-')}']")
    width, whole = one.evaluate("e => [e.offsetWidth, e.closest('.grid').offsetWidth]")
    assert width == pytest.approx(whole * share, rel=0.06)


def test_on_a_phone_panels_take_the_whole_width(built: Built, new_page: NewPage, shared_runs: Path) -> None:
    page = new_page(built(shared_runs), screen="phone")
    for one in page.locator("[data-kind=scalar]").all():
        assert one.evaluate("e => e.closest('.grid').offsetWidth - e.offsetWidth") == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_a_long_key_takes_two_lines_that_tell_it_from_others(
    built: Built, new_page: NewPage, shared_runs: Path, screen: str
) -> None:
    page = new_page(built(shared_runs), screen=screen)
    heads = [panel(page, key).locator("h4") for key in (FIRST, SECOND)]
    line = float(heads[0].evaluate("e => parseFloat(getComputedStyle(e).lineHeight)"))
    for head, key in zip(heads, (FIRST, SECOND), strict=True):
        assert head.evaluate("e => e.clientHeight") <= 2 * line + 12
        assert head.text_content() == key
        assert head.get_attribute("title") == key
        end = head.locator("span").last
        assert end.evaluate("e => e.scrollWidth <= e.clientWidth"), "the end is what tells keys apart"
        assert key.endswith(end.text_content() or "?")
    copied = heads[0].evaluate(
        "e => { getSelection().selectAllChildren(e); return getSelection().toString().replaceAll('\\n', ''); }"
    )
    assert copied == FIRST
    heads[0].focus()
    assert heads[0].evaluate("e => e.clientHeight") > 2 * line + 12
    assert heads[0].evaluate("e => e.scrollWidth <= e.clientWidth")


def test_a_long_group_takes_two_lines_and_is_whole_when_enlarged(charts: Page) -> None:
    head = charts.locator(".group-head h3").filter(has_text=SINGLE_WORD)
    line = float(head.evaluate("e => parseFloat(getComputedStyle(e).lineHeight)"))
    assert head.evaluate("e => e.clientHeight") <= 2 * line + 12
    assert head.get_attribute("title") == SINGLE_WORD + "/"
    found = panel(charts, FIRST)
    menu(found, "enlarge")
    expect(charts.locator("dialog h4")).to_be_visible()
    assert charts.locator("dialog h4").evaluate(
        "e => [...e.children].every(c => getComputedStyle(c).display === 'inline')"
    )


@pytest.mark.parametrize(("screen", "width"), [("desktop", 1440), ("desktop", 760), ("phone", 390)])
def test_a_table_scrolls_inside_its_panel(
    built: Built, new_page: NewPage, odd_names: Path, screen: str, width: int
) -> None:
    page = new_page(built(odd_names), screen=screen)
    page.set_viewport_size({"width": width, "height": 844})
    chart = panel(page, "train/loss")
    menu(chart, "table")
    scroll = chart.locator(".numbers .scroll")
    tall, high, wide, across = scroll.evaluate("e => [e.scrollHeight, e.clientHeight, e.scrollWidth, e.clientWidth]")
    assert tall > high
    assert high <= 300
    assert wide >= across
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert scroll.locator("thead th").evaluate_all("all => all.every(e => e.scrollWidth <= e.clientWidth)")
    scroll.evaluate("e => { e.scrollTop = 2000; e.scrollLeft = 2000; }")
    place = scroll.bounding_box()
    corner, last = scroll.locator("thead th").first, scroll.locator("tbody tr").nth(40).locator("td").last
    assert place
    for of, side in ((corner, "x"), (corner, "y")):
        box = of.bounding_box()
        assert box
        assert box[side] == pytest.approx(place[side], abs=2)
    box = last.bounding_box()
    assert box
    assert box["x"] + box["width"] <= place["x"] + place["width"] + 1


@pytest.fixture(scope="session")
def odd_names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight runs with long names: their table is wider than any panel."""
    folder = tmp_path_factory.mktemp("names")
    for i in range(8):
        logged.run(
            folder, f"r{i}", {"train/loss": [1e6 / (s + i + 1) for s in range(200)]}, called=f"run_with_a_long_name_{i}"
        )
    return folder
