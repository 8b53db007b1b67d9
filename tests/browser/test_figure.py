"""Figure panels: pictures, plain drawings, and files to take along, of the step under the cursor."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from reportgen.rundir.packed import pack
from tests.browser import logged
from tests.browser.logged import go_to, panel

Built = Callable[..., Path]
NewPage = Callable[..., Page]
DELIVERIES = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])


def described(folder: Path, spec: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A figure as plotly describes it, in a run's media folder, and the record that names it."""
    data = pack([json.dumps(spec).encode()])
    digest = hashlib.sha256(data).hexdigest()
    path = folder / "media" / digest[:2] / f"{digest}.plotly.json.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    name = path.relative_to(folder).as_posix()
    return {"_type": "figure", "library": "plotly", "spec": name, "spec_format": "plotly", **more}


def drawn(folder: Path, shade: int, **more: Any) -> dict[str, Any]:
    """A figure with a picture."""
    file = logged.picture(folder, 80, 60, shade)["file"]
    return {"_type": "figure", "library": "matplotlib", "picture": file, "width": 40, "height": 30, **more}


@pytest.fixture(scope="session")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with figures of all sorts at steps 10 and 90."""
    folder = tmp_path_factory.mktemp("figures")
    run = folder / "m"
    lines = {"data": [{"y": [1, 2, 3], "name": logged.HOSTILE}, {"type": "bar", "y": [1, 2]}]}
    pie = {"data": [{"type": "pie", "values": [1, 2], "name": "cake"}]}
    frames = [
        (10, {"f": described(run, pie, title="at 10"), "pictures": drawn(run, 50, title="first")}),
        (90, {"f": described(run, lines, title="at 90"), "pictures": [drawn(run, 60), drawn(run, 70, title="third")]}),
    ]
    logged.media_run(folder, "m", frames)
    return folder


@DELIVERIES
def test_pictures_of_the_step(built: Built, new_page: NewPage, figures: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(figures, single_file=single), "m")
    pictures = panel(page, "pictures")
    shown = pictures.locator("img")
    expect(shown).to_have_count(2)
    assert shown.evaluate_all("images => images.map(i => i.alt)") == ["Figure: pictures", "Figure: third"]
    go_to(page, 10)
    expect(shown).to_have_count(1)
    expect(shown).to_have_js_property("naturalWidth", 80)
    assert shown.evaluate("i => [i.clientWidth, i.clientHeight, i.alt]") == [40, 30, "Figure: first"]
    go_to(page, 99)
    expect(shown).to_have_count(2)


@DELIVERIES
def test_plain_drawings_of_the_step(built: Built, new_page: NewPage, figures: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(figures, single_file=single), "m")
    shown = panel(page, "f")
    expect(shown.locator(".figure-title")).to_have_text("at 90")
    expect(shown.locator(".trace")).to_have_count(3)
    expect(shown.locator(".legend")).to_have_text(logged.HOSTILE)
    expect(shown.locator(".figure-note")).to_contain_text("2 of 2 traces drawn, plainly")
    before = words(shown)
    go_to(page, 10)
    expect(shown.locator(".figure-title")).to_have_text("at 10")
    expect(shown.locator(".trace")).to_have_count(0)
    expect(shown.locator("tbody td")).to_have_text(["cake", "pie", "2"])
    assert shown.locator("details.traces").evaluate("e => e.open")
    go_to(page, 99)
    expect(shown.locator(".trace")).to_have_count(3)
    assert words(shown) == before


def words(of: Locator) -> list[str]:
    """The texts and drawings of a panel."""
    found: list[str] = of.locator(".logged-figure").evaluate(
        """e => [...e.querySelectorAll('*')].flatMap(one => one.tagName === 'path'
            ? [`${one.getAttribute('class')} ${one.getAttribute('d')}`]
            : one.childElementCount ? [] : [one.textContent.trim()]).filter(Boolean)"""
    )
    return found


@DELIVERIES
def test_the_whole_figure_can_be_taken_along(built: Built, new_page: NewPage, figures: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(figures, single_file=single), "m")
    link = panel(page, "f").get_by_role("link", name="Figure as plotly JSON")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "f.plotly.json.gz"
    assert json.loads(gzip.decompress(Path(download.value.path()).read_bytes()))["data"][1]["type"] == "bar"


def test_without_script_the_last_figures_are_there(built: Built, new_page: NewPage, figures: Path) -> None:
    page = new_page(built(figures), script=False)
    page.goto((built(figures).parent / "runs" / "m.html").as_uri())
    expect(page.locator("[data-kind='figure'] img")).to_have_count(2)
    expect(page.locator("[data-kind='figure'] .trace")).to_have_count(3)
