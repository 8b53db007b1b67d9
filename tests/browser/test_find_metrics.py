"""Many charts: they are found by their keys, their groups fold, and lists lead to the groups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged
from tests.browser.conftest import Report

Built = Callable[..., Path]
NewPage = Callable[..., Page]
Opened = Callable[[Path, str], Report]


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of 62 metrics in twelve groups and without one."""
    folder = tmp_path_factory.mktemp("many")
    keys = {f"layer{i}/{name}": [0.1 * i, 0.2, 0.3] for i in range(12) for name in ("w", "b", "grad.W", "grad.B", "x")}
    for name in ("a", "b"):
        logged.run(folder, name, {**keys, "loss": [3.0, 2.0, 1.0], "lr": [0.1, 0.01, 0.001]})
    return folder


@pytest.fixture(params=["overview", "run"])
def charts(
    request: pytest.FixtureRequest, built: Built, opened: Opened, new_page: NewPage, many: Path
) -> tuple[Page, Locator]:
    """The page and its section of charts, of the overview and of a run."""
    report = opened(built(many), "file")
    page = new_page(report)
    if request.param == "run":
        page.goto(report.run_url("a"))
        page.wait_for_function("() => window.reportgen?.manifest.pages[window.reportgen.state.page]")
    return page, page.locator(".section:has([data-find-metric])")


def shown(charts: Locator) -> list[str]:
    """Keys of the charts that are not hidden."""
    keys: list[str] = charts.locator(".panel:not([hidden])").evaluate_all(
        "panels => panels.map(p => p.querySelector('h4').textContent)"
    )
    return keys


def test_words_and_expressions_find_charts(charts: tuple[Page, Locator]) -> None:
    page, section = charts
    field, found = section.locator("[data-find-metric]"), section.locator("[data-found-metrics]")
    for words, keys in (
        ("layer3 grad", ["layer3/grad.B", "layer3/grad.W"]),
        ("LOSS", ["loss"]),
        ("/^l(oss|r)$/", ["loss", "lr"]),
        ("/GRAD\\.w/i", [f"layer{i}/grad.W" for i in range(12)]),
    ):
        field.fill(words)
        assert shown(section) == keys
        expect(found).to_have_text(f"{len(keys)} of 62 metrics found")
        expect(page.locator("#reportgen-status")).to_have_text(f"{len(keys)} of 62 metrics found")
    field.fill("layer3 grad")
    expect(section.locator(".group:visible")).to_have_count(1)
    expect(section.locator(".group-head:visible .note")).to_have_text("2 of 5 metrics")
    field.fill("")
    assert len(shown(section)) == 62
    expect(found).to_have_text("")
    expect(section.locator(".group-head .note")).to_have_text(["2 metrics", *["5 metrics"] * 12])


def test_nothing_found_says_so_and_a_wrong_expression_hides_nothing(charts: tuple[Page, Locator]) -> None:
    _, section = charts
    field = section.locator("[data-find-metric]")
    field.fill("/[/")
    expect(section.locator("[data-found-metrics]")).to_have_text("not a regular expression yet")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert len(shown(section)) == 62
    field.fill("<b>zzzz")
    expect(section.locator(".empty:visible")).to_contain_text("No metric has “<b>zzzz” in its key.")
    expect(section.locator(".panel:visible")).to_have_count(0)
    section.get_by_role("button", name="Clear the filter").click()
    assert len(shown(section)) == 62
    expect(field).to_be_focused()


def test_groups_fold_and_open_for_what_is_found_or_linked(charts: tuple[Page, Locator]) -> None:
    page, section = charts
    third = section.locator("details.group", has_text="layer2/")
    third.locator(".group-head").click()
    expect(third.locator(".panel").first).to_be_hidden()
    section.locator("[data-find-metric]").fill("layer2/")
    expect(third.locator(".panel").first).to_be_visible()
    section.locator("[data-find-metric]").fill("")
    expect(third.locator(".panel").first).to_be_hidden()
    section.locator("[data-find-metric]").fill("layer5/")
    page.evaluate("id => { location.hash = `#${id}`; }", third.locator(".panel").first.get_attribute("id"))
    expect(third.locator(".panel").first).to_be_in_viewport()
    expect(section.locator("[data-find-metric]")).to_have_value("")


def test_lists_lead_to_the_groups(charts: tuple[Page, Locator]) -> None:
    page, section = charts
    menu = section.locator(".jump")
    menu.locator("summary").click()
    links = menu.locator("a")
    assert [" ".join(text.split()) for text in links.all_inner_texts()] == [
        "without a prefix 2",  # the main metric is among them
        *[f"layer{i}/ 5" for i in range(12)],
    ]
    links.nth(9).click()
    expect(menu.locator("a").first).to_be_hidden()
    expect(section.locator(".group").nth(9).locator("h3")).to_be_in_viewport()
    rail = page.locator(".rail")
    if rail.count():
        assert rail.locator("ul a").all_text_contents() == links.all_text_contents()
        expect(rail.locator("ul a").nth(9)).to_have_attribute("aria-current", "true")


def test_a_long_choice_of_axes_has_the_groups(charts: tuple[Page, Locator]) -> None:
    _, section = charts
    select = section.locator("[data-axis]")
    assert select.locator("optgroup").count() == 13
    assert select.locator("optgroup[label='layer11/'] option").count() == 5


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_without_script_all_is_there(built: Built, new_page: NewPage, many: Path, screen: str) -> None:
    page = new_page(built(many), script=False, screen=screen)
    expect(page.locator("[data-find-metric]")).to_be_hidden()
    expect(page.locator(".panel:visible")).to_have_count(62)
    page.locator(".jump summary").click()
    page.locator(".jump a").nth(11).click()
    expect(page.locator(".group").nth(11).locator("h3")).to_be_in_viewport()


def test_few_charts_need_none_of_it(built: Built, new_page: NewPage, tmp_path: Path) -> None:
    logged.run(tmp_path, "a", {"t/loss": [1.0, 2.0], "t/acc": [1.0, 2.0]})
    page = new_page(built(tmp_path))
    expect(page.locator("[data-find-metric], .jump")).to_have_count(0)
