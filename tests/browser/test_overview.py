"""The overview as a reader uses it: sort, find, choose runs and columns, save, follow a colour."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import logged
from tests.browser.chromium import wait_until
from tests.rundir.directories import write_run

Built = Callable[..., Path]
NewPage = Callable[..., Page]

FORMULA = "=1+1"
LONG = "section/" + "k" * 290
STATES = ("finished", "failed", "finished", "finished")
TAGS: tuple[list[str], ...] = ([], [], ["best"], [])


@pytest.fixture(scope="session")
def four_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four runs: losses 4, 3, 2, 1; one without an accuracy; a setting that differs, one that does not."""
    folder = tmp_path_factory.mktemp("four")
    for i in range(4):
        name = ("adam", "sgd wide", "sgd narrow", "linear")[i]
        summary = {"val/loss": 4.0 - i, "note": FORMULA if i == 3 else logged.HOSTILE, LONG: i}
        if i != 1:
            summary["val/acc"] = (0.9, 0, 0.95, 0.5)[i]
        write_run(
            folder / name,
            logged.rows({"val/loss": [5 - i / 2 - s / 40 for s in range(40)], "lr": [0.1] * 40, "train/a": range(40)}),
            run={
                "id": f"id{i}",
                "name": name,
                "state": STATES[i],
                "tags": TAGS[i],
                "created": f"2026-11-21T09:1{i}:00Z",
            },
            config=json.dumps({"width": 64 + i, "seed": 7} | {f"extra_{j}": i * j for j in range(12)}).encode(),
            summary=json.dumps(summary).encode(),
        )
    return folder


@pytest.fixture
def overview(built: Built, new_page: NewPage, four_runs: Path) -> Page:
    return new_page(built(four_runs))


def names(page: Page) -> list[str]:
    """The runs of the table, from top to bottom, as far as they are shown."""
    return page.locator(".runs tbody tr:visible th a").all_inner_texts()


def key(page: Page) -> list[str]:
    """The runs of the key bar."""
    return page.locator("[data-key-bar] li[data-key]").all_inner_texts()


def test_sorting_starts_at_the_better_end_and_says_so(overview: Page) -> None:
    head = overview.locator('th[data-col="val/loss"]')
    head.get_by_role("button").click()
    assert names(overview) == ["linear", "sgd narrow", "sgd wide", "adam"]
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(overview.locator("#reportgen-status")).to_have_text("Sorted by val/loss, ascending")
    head.get_by_role("button").click()
    assert names(overview) == ["adam", "sgd wide", "sgd narrow", "linear"]
    accuracy = overview.locator('th[data-col="val/acc"]')
    accuracy.get_by_role("button").click()
    assert names(overview) == ["sgd narrow", "adam", "linear", "sgd wide"]  # what has no value comes last
    expect(accuracy).to_have_attribute("aria-sort", "descending")
    assert head.get_attribute("aria-sort") is None
    accuracy.get_by_role("button").click()
    assert names(overview) == ["linear", "adam", "sgd narrow", "sgd wide"]


def test_finding_takes_words_in_any_order_and_looks_in_every_cell(overview: Page) -> None:
    field = overview.get_by_role("searchbox", name="Find a run, tag or value")
    field.fill("NARROW sgd")
    assert names(overview) == ["sgd narrow"]
    expect(overview.locator("[data-found]")).to_have_text("1 of 4 runs found")
    field.fill("best")
    assert names(overview) == ["sgd narrow"]
    field.fill("")
    assert len(names(overview)) == 4
    expect(overview.locator("[data-found]")).to_have_text("")


def test_the_charts_show_the_runs_that_are_found(overview: Page) -> None:
    counter, field = overview.locator("[data-shown-count]"), overview.get_by_role("searchbox", name="Find a run")
    overview.get_by_role("checkbox", name="Show sgd wide in the charts").uncheck()
    field.fill("sgd")
    assert names(overview) == ["sgd wide", "sgd narrow"]
    assert key(overview) == ["sgd narrow"]
    assert overview.evaluate("[...reportgen.state.runs]") == [2]
    expect(counter).to_have_text("1 of 4 runs in the charts")
    expect(overview.locator("[data-key-bar] .note")).to_have_text("2 of 4 runs found")
    overview.get_by_role("checkbox", name="Show sgd wide in the charts").check()
    assert key(overview) == ["sgd wide", "sgd narrow"]
    field.fill("")  # what was chosen before comes back, and what was chosen meanwhile stays
    assert key(overview) == ["adam", "sgd wide", "sgd narrow", "linear"]
    expect(overview.locator("[data-key-bar] .note")).to_have_count(0)


def test_a_filter_that_nothing_passes_says_so_and_can_be_cleared(overview: Page) -> None:
    field = overview.get_by_role("searchbox", name="Find a run")
    field.fill(f"nowhere {logged.HOSTILE}")
    assert names(overview) == []
    assert key(overview) == []
    row = overview.locator(".runs .none")
    expect(row).to_contain_text(f"No run has “nowhere {logged.HOSTILE}” in the columns that are shown.")
    row.get_by_role("button", name="Clear the filter").click()
    expect(row).to_have_count(0)
    expect(field).to_be_focused()
    assert len(names(overview)) == len(key(overview)) == 4
    with overview.expect_download() as download:
        field.fill("nowhere")
        overview.get_by_role("button", name="Save as CSV").click()
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == 1


def test_the_filter_says_at_the_charts_that_it_is_why_they_are_empty(overview: Page) -> None:
    overview.locator("[data-show-runs='none']").click()
    nothing, field = overview.locator(".plot .nothing").first, overview.get_by_role("searchbox", name="Find a run")
    overview.locator(".plot").first.scroll_into_view_if_needed()
    expect(nothing).to_have_text("No run is chosen")
    field.fill("adam")
    expect(overview.locator("[data-key-bar] .note")).to_have_text("1 of 4 runs found")
    expect(nothing).to_have_text("No run is found and chosen")
    field.fill("zzzz")
    expect(overview.locator("[data-key-bar] .note")).to_have_text("0 of 4 runs found")
    expect(nothing).to_have_text("No run is found: the filter over the table of runs hides all")
    field.fill("")
    expect(overview.locator("[data-key-bar] .note")).to_have_count(0)
    expect(nothing).to_have_text("No run is chosen")


def test_the_filter_finds_what_is_seen(overview: Page) -> None:
    field = overview.get_by_role("searchbox", name="Find a run")
    field.fill("charts")  # a word for screen readers only
    assert names(overview) == []
    field.fill("finished")
    assert len(names(overview)) == 3
    overview.locator(".columns > summary").click()
    overview.get_by_label("State", exact=True).uncheck()
    assert names(overview) == []
    overview.get_by_label("State", exact=True).check()
    assert len(names(overview)) == 3


def test_a_filter_is_there_with_its_words_when_a_reader_comes_back(overview: Page) -> None:
    overview.get_by_role("checkbox", name="Show adam in the charts").uncheck()
    overview.get_by_role("searchbox", name="Find a run").fill("a")
    before = names(overview), key(overview)
    overview.locator("[data-smoothing]").fill("0.5")
    overview.get_by_label("Horizontal axis").select_option("relative")
    overview.get_by_role("link", name="linear").first.click()
    overview.wait_for_url("**/runs/*.html")
    overview.go_back()
    wait_until(overview, "document.querySelector('[data-found]')?.textContent")
    assert (names(overview), key(overview)) == before
    assert overview.evaluate("[reportgen.state.smoothing, reportgen.state.axis]") == [0.5, "relative"]
    expect(overview.locator("[data-axis-note]")).to_have_text("By time since each run began")
    expect(overview.locator(".slider output")).to_have_text("0.50")
    overview.get_by_role("searchbox", name="Find a run").fill("")
    assert key(overview) == ["sgd wide", "sgd narrow", "linear"]


def test_check_boxes_choose_the_runs_of_the_charts(overview: Page) -> None:
    assert key(overview) == ["adam", "sgd wide", "sgd narrow", "linear"]
    box = overview.get_by_role("checkbox", name="Show sgd wide in the charts")
    box.uncheck()
    assert key(overview) == ["adam", "sgd narrow", "linear"]
    expect(overview.locator("[data-shown-count]")).to_have_text("3 of 4 runs in the charts")
    expect(overview.locator('.runs tr[data-run="1"]')).to_have_class("off")
    assert overview.evaluate("[...reportgen.state.runs].sort()") == [0, 2, 3]
    overview.get_by_role("button", name="Show none").click()
    assert key(overview) == []
    overview.get_by_role("searchbox", name="Find a run, tag or value").fill("sgd")
    overview.get_by_role("button", name="Show all").click()  # of those that were found
    assert key(overview) == ["sgd wide", "sgd narrow"]
    box.focus()
    overview.keyboard.press("Space")
    assert key(overview) == ["sgd narrow"]


def test_a_run_keeps_its_colour_whatever_is_shown(overview: Page) -> None:
    overview.get_by_role("checkbox", name="Show adam in the charts").uncheck()
    in_key = overview.locator('[data-key="2"] .swatch').get_attribute("class")
    assert in_key == overview.locator('tr[data-run="2"] .swatch').get_attribute("class")


def test_pointing_at_a_name_lets_its_line_stand_out(overview: Page) -> None:
    button = overview.locator('[data-key="1"] button')
    button.scroll_into_view_if_needed()
    button.hover()
    assert overview.evaluate("reportgen.state.highlight") == 1
    overview.mouse.move(2, 2)
    assert overview.evaluate("reportgen.state.highlight") is None
    button.click()  # held
    overview.mouse.move(2, 2)
    assert overview.evaluate("reportgen.state.highlight") == 1
    expect(button).to_have_attribute("aria-pressed", "true")
    overview.get_by_role("checkbox", name="Show sgd wide in the charts").uncheck()
    assert overview.evaluate("reportgen.state.highlight") is None


def test_columns_fold_away_and_come_back(overview: Page) -> None:
    last = overview.locator('th[data-col="extra_11"]')
    expect(last).to_be_hidden()
    expect(overview.locator('th[data-col="Started"]')).to_be_hidden()
    overview.locator(".columns summary").click()
    overview.locator(".columns").get_by_role("searchbox", name="Find a column").fill("extra_11")
    overview.locator(".columns").get_by_role("checkbox", name="extra_11").check()
    expect(last).to_be_visible()
    overview.keyboard.press("Escape")
    expect(overview.locator(".columns > div")).to_be_hidden()
    expect(overview.locator(".columns summary")).to_be_focused()
    shown = overview.locator('.runs thead tr:last-child th[data-of="config"]:visible').count()
    assert overview.locator('[data-band="config"]').get_attribute("colspan") == str(shown)


def test_saving_gives_what_the_table_shows(overview: Page, tmp_path: Path) -> None:
    overview.locator('th[data-col="val/loss"]').get_by_role("button").click()
    overview.get_by_role("searchbox", name="Find a run, tag or value").fill("n")
    with overview.expect_download() as download:
        overview.get_by_role("button", name="Save as CSV").click()
    path = tmp_path / "runs.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Run"] for row in rows] == names(overview)
    assert rows[0]["val/loss"] == "1.0"
    assert rows[0]["note"] == "'" + FORMULA  # no spreadsheet runs it
    assert rows[1]["note"] == logged.HOSTILE
    assert rows[1]["Tags"] == "best"
    assert "extra_11" not in rows[0]
    assert not any("by step" in name for name in rows[0])


def test_settings_that_are_the_same_stand_below(overview: Page) -> None:
    fold = overview.locator(".same")
    expect(fold).to_contain_text("Same in all runs: 2 settings")  # seed, and extra_0: 0 in every run
    fold.locator("summary").click()
    expect(fold.locator("dd").first).to_have_text("7")


def test_a_long_key_wraps_and_stays_whole(overview: Page) -> None:
    overview.locator(".columns summary").click()
    box = overview.locator(".columns").get_by_role("checkbox", name=LONG)
    if not box.is_checked():
        box.check()
    overview.keyboard.press("Escape")
    button = overview.locator(f'th[data-col="{LONG}"] button')
    assert button.get_attribute("title") == LONG
    assert button.bounding_box()["width"] < 300


def test_the_state_of_a_run_is_seen_on_a_phone(built: Built, new_page: NewPage, four_runs: Path) -> None:
    page = new_page(built(four_runs), screen="phone")
    state = page.locator('tr[data-run="1"] .narrow-only')
    expect(state).to_be_visible()
    box = state.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_smoothing_and_axis_are_told_to_the_charts(overview: Page) -> None:
    overview.locator("[data-smoothing]").evaluate(
        "slider => { slider.value = 0.6; slider.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(overview.locator(".slider output")).to_have_text("0.60")
    overview.get_by_label("Horizontal axis").select_option("metric:train/a")
    expect(overview.locator("[data-axis-note]")).to_have_text("By train/a")
    assert overview.evaluate("[reportgen.state.smoothing, reportgen.state.axis]") == [0.6, "metric:train/a"]


def test_light_and_dark_are_kept(built: Built, new_page: NewPage, four_runs: Path) -> None:
    page = new_page(built(four_runs))
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("radio", name="Dark").check(force=True)
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    page.get_by_role("radio", name="Auto").check(force=True)
    assert page.evaluate(ground) == light


def test_without_script_the_page_is_complete(built: Built, new_page: NewPage, four_runs: Path) -> None:
    page = new_page(built(four_runs), script=False)
    assert len(names(page)) == 4
    assert page.locator('.panel[data-kind="scalar"] svg .line').count() >= 12
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.locator(".key-bar .legend li")).to_have_count(4)
    page.locator(".numbers summary").first.click()
    expect(page.locator(".numbers table").first).to_be_visible()


def test_a_report_without_runs_explains_itself(built: Built, new_page: NewPage, tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    write_run(tmp_path / "r" / "bare", b"", run={"id": "bare", "name": "bare"})
    page = new_page(built(tmp_path / "r"))
    expect(page.locator("#charts .empty")).to_contain_text("No metrics")
    expect(page.locator("#charts .empty code")).to_contain_text("run.log(")
