"""Printed to PDF: all of it is on paper, nothing is cut at the edge, and the paper is white."""

from __future__ import annotations

import io
import json
import statistics
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PageObject, PdfReader

from tests.browser import logged
from tests.browser.conftest import Report
from tests.browser.test_deliveries import scroll_through
from tests.rundir.directories import write_run

MARGIN = 14 / 25.4 * 72
"""The sheet's margin in points, as `print.css` sets it."""


def printed(page: Page) -> PdfReader:
    return PdfReader(io.BytesIO(page.pdf(format="A4", print_background=False)))


def words(pdf: PdfReader) -> str:
    """All words of a document without space between them; ligatures, which some fonts have, are taken apart."""
    return unicodedata.normalize("NFKC", "".join("".join(page.extract_text() for page in pdf.pages).split()))


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_overview_is_on_paper(
    built: Callable[..., Path], opened: Callable[[Path, str], Report], new_page: Callable[..., Page], theme: str
) -> None:
    report = opened(built(theme=theme), "file")
    text = words(printed(new_page(report)))
    names = [run["name"] for run in report.manifest["runs"]]
    keys = [panel["key"] for panel in report.manifest["pages"]["overview"]["panels"]]
    missing = [word for word in names + keys if "".join(word.split()) not in text]
    assert not missing


@pytest.mark.parametrize("theme", ["default", "paper"])
@pytest.mark.parametrize("name", ["overview", "mlp-64", "flower-8"])
def test_nothing_is_cut_at_the_edge(
    built: Callable[..., Path],
    opened: Callable[[Path, str], Report],
    new_page: Callable[..., Page],
    name: str,
    theme: str,
) -> None:
    report = opened(built(theme=theme), "file")
    page = new_page(report)
    if name != "overview":
        page.goto(report.run_url(name))
    pdf = printed(page)
    begins = [where for sheet in pdf.pages for where in beginnings(sheet)]
    width = float(pdf.pages[0].mediabox.width)
    assert len(begins) > 50
    assert min(x for x, _ in begins) >= MARGIN - 1
    assert max(x for x, _ in begins) <= width - MARGIN
    assert statistics.median(size for _, size in begins) >= 5, "the browser shrank the page to make it fit"


def beginnings(sheet: PageObject) -> list[tuple[float, float]]:
    """Where each piece of text begins, from the left edge, and its size; both in points."""
    found = []

    def note(text: str, matrix: list[float], line: list[float], font: object, size: float) -> None:
        if text.strip():
            found.append((line[4] * matrix[0] + line[5] * matrix[2] + matrix[4], size * abs(line[0] * matrix[0])))

    sheet.extract_text(visitor_text=note)
    return found


def test_run_page_is_on_paper(
    opened: Callable[[Path, str], Report], folder_site: Path, new_page: Callable[..., Page]
) -> None:
    report = opened(folder_site, "file")
    page = new_page(report, scheme="dark")
    page.goto(report.run_url("mlp-64"))
    scroll_through(page)  # Chromium's own print dialogue waits for pictures that are out of sight; `page.pdf` does not
    pdf = printed(page)
    text = words(pdf)
    assert "mlp-64" in text
    assert "Result:" in text
    assert any(sheet.images for sheet in pdf.pages), "no picture came on paper"


def test_single_file_prints_the_page_that_is_open(
    opened: Callable[[Path, str], Report], single_site: Path, new_page: Callable[..., Page]
) -> None:
    report = opened(single_site, "file")
    page = new_page(report)
    page.goto(report.run_url("smoke-test"))
    text = words(printed(page))
    assert "Doesthescriptrunatall?" in text
    assert "Iteration" not in text.title() or "k-means" not in text


def test_paper_is_white_even_in_the_dark(folder_site: Path, new_page: Callable[..., Page]) -> None:
    page = new_page(folder_site, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert brightness(ground) > 240
    assert brightness(ink) < 80


def brightness(colour: str) -> float:
    """Mean of red, green and blue of a CSS colour; clear counts as the paper's white."""
    numbers = [float(n) for n in colour[colour.index("(") + 1 : -1].replace(",", " ").replace("/", " ").split()]
    return 255.0 if len(numbers) == 4 and numbers[3] == 0 else sum(numbers[:3]) / 3


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_sheets_begin_and_end_sensibly(
    built: Callable[..., Path], new_page: Callable[..., Page], tmp_path: Path, theme: str
) -> None:
    for i in range(40):
        logged.run(tmp_path, f"run-{i:02}", {f"group/metric-{j}": [1.0, 0.5, 0.25 + i] for j in range(3)})
    sheets = [text(sheet) for sheet in printed(new_page(built(tmp_path, theme=theme))).pages]
    rows = [sheet for sheet in sheets if "run-39" in sheet or "run-20" in sheet][:2]
    assert all("State" in sheet and "Duration" in sheet for sheet in rows)  # the head stands on each sheet
    (heading,) = [sheet for sheet in sheets if "Charts" in sheet]
    assert "group/metric-0" in heading.partition("Charts")[2]  # no heading alone at the foot
    assert all(len(sheet) > 20 for sheet in sheets)  # no sheet is empty


def text(sheet: PageObject) -> str:
    """The words of a sheet without space between them."""
    return unicodedata.normalize("NFKC", "".join(sheet.extract_text().split()))


def test_what_only_works_on_a_screen_is_not_printed(
    built: Callable[..., Path], new_page: Callable[..., Page], tmp_path: Path
) -> None:
    logged.media_run(tmp_path, "m", [(step, {"said": f"at {step}"}) for step in (3, 7)])
    page = logged.open_run(new_page, built(tmp_path), "m")
    scroll_through(page)
    arrow = page.locator(".frame-go").first
    expect(arrow).to_be_visible()
    page.emulate_media(media="print")
    for place in (arrow, page.locator("[data-step-bar]"), page.locator(".menu").first):
        expect(place).to_be_hidden()


def test_sheets_of_charts_are_full(built: Callable[..., Path], new_page: Callable[..., Page], tmp_path: Path) -> None:
    """Groups break between their rows of charts, and the footer never has a sheet of its own."""
    keys = {f"a{i // 9}/m-{i:02}x": [1.0, 0.5, 0.25 + i] for i in range(36)}
    logged.run(tmp_path, "r", keys)
    sheets = [text(sheet) for sheet in printed(new_page(built(tmp_path))).pages]
    charts = [sum(f"m-{i:02}x" in sheet for i in range(36)) for sheet in sheets]
    (first,) = [i for i, sheet in enumerate(sheets) if "Charts" in sheet]
    assert sum(charts[first:]) >= 36
    assert all(count >= 6 for count in charts[first + 1 : -1])
    assert charts[-1] > 0
    for i, sheet in enumerate(sheets[:-1]):  # no name of a group ends a sheet
        assert not any(sheet.endswith(f"a{j}/9metrics") for j in range(4)), i


def test_the_settings_in_which_runs_differ_are_on_paper(
    built: Callable[..., Path], new_page: Callable[..., Page], tmp_path: Path
) -> None:
    for name, rate in (("a", 0.125), ("b", 0.375)):
        about = {"id": name, "name": name, "tags": [f"tag-{name}"]}
        settings = json.dumps({"rate": rate, "same": 1}).encode()
        write_run(tmp_path / name, logged.rows({"loss": [1.0]}), run=about, config=settings)
    page = new_page(built(tmp_path))
    expect(page.locator(".settings")).to_be_hidden()
    found = words(printed(page))
    assert "Settingsinwhichtherunsdiffer" in found
    assert all(word in found for word in ("0.125", "0.375", "tag-a", "tag-b"))


def test_heads_of_charts_have_the_same_number_on_paper(
    built: Callable[..., Path], new_page: Callable[..., Page], tmp_path: Path
) -> None:
    logged.run(tmp_path, "r", {f"m{i}/loss": [3.0, 1.0, 2.0] for i in range(30)})
    page = logged.open_run(new_page, built(tmp_path), "r")
    heads = page.locator("[data-kind=scalar] .panel-head .value")
    expect(heads.first).to_have_text("step 2 2")
    page.emulate_media(media="print")
    expect(heads.first).to_have_text("lowest 1")
    assert set(heads.all_inner_texts()) == {"lowest 1"}
    page.emulate_media(media="screen")
    expect(heads.first).to_have_text("step 2 2")
