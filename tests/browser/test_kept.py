"""Alerts, saved files and artifacts in browsers: seen, read aloud, downloaded; and the report in a notebook's frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import reportgen as rg
from reportgen.log.hooks import notebook
from tests.browser import logged
from tests.browser.chromium import wait_until
from tests.browser.logged import HOSTILE
from tests.browser.test_accessibility import violations

Built = Callable[..., Path]
NewPage = Callable[..., Page]
DELIVERIES = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that keeps one of each, with hostile names, and one that uses its artifact."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "weights.bin").write_bytes(bytes(range(256)))
    (folder / "page.html").write_text("<script>alert(1)</script>")
    with rg.init(project="p", id="maker", dir=folder / "runs", system_metrics=False) as run:
        run.log({"loss": 1})
        for number in range(4):
            run.alert(f"{HOSTILE} {number}", HOSTILE, "ERROR" if number == 2 else "WARN")
        run.save(folder / "*.*", base_path=folder)
        artifact = rg.Artifact("net", "model", f"*One* {HOSTILE}", {"note": HOSTILE})
        artifact.add_file(folder / "weights.bin")
        run.log_artifact(artifact, aliases=["best"])
    with rg.init(project="p", id="user", dir=folder / "runs", system_metrics=False) as run:
        run.log({"loss": 1})
        run.use_artifact("net:best")
    return folder / "runs"


def saved(page: Page, name: str, target: Path, called: str) -> bytes:
    """What a click on a file gives."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).click()
    assert waiting.value.suggested_filename == called
    waiting.value.save_as(target)
    return target.read_bytes()


@DELIVERIES
def test_files_are_saved_under_their_own_names(
    kept: Path, built: Built, new_page: NewPage, tmp_path: Path, single: bool
) -> None:
    page = logged.open_run(new_page, built(kept, single_file=single), "maker")
    assert saved(page, "weights.bin", tmp_path / "a", "weights.bin") == bytes(range(256))
    # from disk, a file goes by the name that it has there: one that no browser runs
    called = "page.html" if single else "page.html.bin"
    assert saved(page, "page.html", tmp_path / "b", called) == b"<script>alert(1)</script>"


@DELIVERIES
def test_alerts_and_artifacts_are_text(kept: Path, built: Built, new_page: NewPage, single: bool) -> None:
    page = logged.open_run(new_page, built(kept, single_file=single), "maker")
    main = page.locator("main:visible")
    alerts = main.get_by_role("group", name="Alerts")
    expect(alerts.locator(".notice").first).to_contain_text(f"{HOSTILE} 2")
    expect(alerts.get_by_text("1 more alert")).to_be_visible()
    artifact = main.locator("details.artifact")
    artifact.locator("summary").click()
    expect(artifact).to_contain_text(HOSTILE)
    expect(artifact.locator("em")).to_have_text("One")
    artifact.get_by_role("link", name="user").click()
    wait_until(page, "document.title.includes('user')" if not single else "location.hash.startsWith('#run/')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("theme", ["default", "paper"])
def test_axe_finds_nothing(kept: Path, built: Built, new_page: NewPage, theme: str, screen: str, scheme: str) -> None:
    report = built(kept, theme=theme)
    page = new_page(report, screen=screen, scheme=scheme)
    for path in (report, report.parent / "runs" / "maker.html"):
        page.goto(path.as_uri())
        expect(page.get_by_role("group", name="Alerts")).to_be_visible()
        for fold in page.locator("details.artifact > summary").all():
            fold.click()
        assert not violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_everything_is_there(kept: Path, built: Built, new_page: NewPage) -> None:
    page = new_page(built(kept), script=False)
    expect(page.get_by_role("group", name="Alerts").locator(".notice").first).to_be_visible()
    expect(page.locator("details.artifact").first).to_be_visible()


def test_the_report_works_in_the_frame_of_a_notebook(kept: Path, new_page: Any, tmp_path: Path) -> None:
    host = tmp_path / "notebook.html"
    host.write_text(f"<!DOCTYPE html><title>notebook</title>{notebook.frame(kept / 'p' / 'maker', 500)}")
    page = new_page(host)
    frame = page.frame_locator("iframe")
    expect(frame.locator("svg.chart, .chart svg, .plot svg").first).to_be_attached()
    expect(frame.get_by_role("group", name="Alerts").first).to_be_visible()
    inner = page.frames[1]
    assert inner.evaluate("() => document.documentElement.classList.contains('js')")
    assert inner.evaluate("() => { try { return parent.document.title; } catch { return ''; } }") == ""
