"""Fixtures of the browser tests: built reports, ways to open them, pages that are watched.

`page` is a watched desktop page; `new_page(...)` makes others (phone, dark, without script). When a test ends, a
watched page that logged an error or made a request which leaves its report fails it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from reportgen.site.build import build
from reportgen.site.options import BuildOptions
from tests.browser import chromium
from tests.browser.server import Server

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
SCREENS = {"desktop": DESKTOP, "phone": PHONE}
WAYS = ("folder-file", "folder-http", "single-file", "single-http")


@dataclass(frozen=True)
class Report:
    """A built report and one way to open it.

    Attributes:
        path: What to open: `index.html`, or the single file.
        url: Its address: `file://…`, or on a local server under a sub-path.
        scope: Every address of the report begins with this.
    """

    path: Path
    url: str
    scope: str

    @property
    def single(self) -> bool:
        """Whether it is a single file."""
        return self.path.name != "index.html"

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the first page: its runs, its panels."""
        text = self.path.read_text(encoding="utf-8")
        found = re.search(r'<script type="application/json" id="reportgen-page">(.*?)</script>', text, re.DOTALL)
        assert found, f"{self.path} holds no manifest"
        manifest: dict[str, Any] = json.loads(found[1])
        return manifest

    def run_url(self, run: str | int) -> str:
        """Address of a run's page, by the run's name or number."""
        runs = self.manifest["runs"]
        (href,) = (r["href"] for r in runs if run in (r["name"], r["index"]))
        return f"{self.url}{href}" if href.startswith("#") else f"{self.scope}{href}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        started = chromium.launch(playwright)
        yield started
        started.close()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, sample_runs: Path) -> Callable[..., Path]:
    """Build a report once per set of arguments: `built(single_file=True, theme="paper")` gives what to open."""
    known: dict[str, Path] = {}

    def make(*runs: Path, **options: Any) -> Path:
        paths = runs or (sample_runs,)
        name = repr((paths, sorted(options.items())))
        if name not in known:
            folder = tmp_path_factory.mktemp("report")
            out = folder / ("report one.html" if options.get("single_file") else "a site")  # names need quoting
            result = build(paths, BuildOptions(output=str(out), **options))
            errors = [problem for problem in result.problems if problem.severity == "error"]
            assert not errors, errors
            known[name] = result.path
        return known[name]

    return make


@pytest.fixture(scope="session")
def folder_site(built: Callable[..., Path]) -> Path:
    """The sample runs as a folder: its `index.html`."""
    return built()


@pytest.fixture(scope="session")
def single_site(built: Callable[..., Path]) -> Path:
    """The sample runs as one file."""
    return built(single_file=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A static server that knows its folders under deep sub-paths only."""
    with Server() as running:
        yield running


@pytest.fixture(scope="session")
def opened(server: Server) -> Callable[[Path, str], Report]:
    """A way to open a report: `opened(path, "file")` or `opened(path, "http")`."""

    def ways(path: Path, way: str) -> Report:
        if way == "file":
            return Report(path, path.as_uri(), path.parent.as_uri() + "/")
        scope = server.share(path.parent)
        name = "" if path.name == "index.html" else path.as_uri().rpartition("/")[2]
        return Report(path, scope + name, scope)

    return ways


@pytest.fixture(params=WAYS)
def report(request: pytest.FixtureRequest, built: Callable[..., Path], opened: Callable[[Path, str], Report]) -> Report:
    """The report of the sample runs: folder and single file, from disk and from a server."""
    form, way = request.param.split("-")
    return opened(built(single_file=form == "single"), way)


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Make watched pages.

    `new_page(report, screen="phone", scheme="dark", script=False, csp=False)`: `report` may be a path or an address
    too; only what lies below it counts as its own. A page of a file has no network.
    """
    watches = []
    contexts = []

    def make(
        report: Report | Path | str, *, screen: str = "desktop", scheme: str = "light", script: bool = True, **more: Any
    ) -> Page:
        url = report.url if isinstance(report, Report) else report.as_uri() if isinstance(report, Path) else report
        scope = report.scope if isinstance(report, Report) else url.rpartition("/")[0] + "/"
        context = browser.new_context(**SCREENS[screen], color_scheme=scheme, java_script_enabled=script, **more)
        contexts.append(context)
        watches.append(chromium.Watch(context, [scope]))
        if url.startswith("file:"):
            context.set_offline(True)
        page = context.new_page()
        page.goto(url)
        if script:  # those of a single file start after the first paint
            chromium.wait_until(page, "!document.documentElement.classList.contains('js') || 'reportgen' in window")
        return page

    yield make
    complaints = [complaint for watch in watches for complaint in watch.complaints]
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page: Callable[..., Page], folder_site: Path) -> Page:
    """The overview of the sample runs, from disk, on a desktop."""
    return new_page(folder_site)
