"""A smoke test in Firefox: both deliveries, from disk and from a server under a sub-path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import WAYS, Report
from tests.browser.firefox import Firefox, start

DRAWN = """(() => {
    const chart = document.querySelector('.page.current [data-kind="scalar"]');
    chart.scrollIntoView();
    const canvas = chart.querySelector('canvas');
    return canvas && canvas.width > 0 && canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        .data.some((value, i) => i % 4 === 3 && value > 0);
})()"""
"""Go to the first chart; whether its canvas holds a pixel that is not clear."""

SHOWN_IMAGE = """(() => {
    const panel = document.querySelector('.page.current [data-kind="image"]');
    panel.scrollIntoView();
    return [...panel.querySelectorAll('img')].some(image => image.complete && image.naturalWidth > 0);
})()"""


@pytest.fixture(scope="module")
def firefox() -> Iterator[Firefox]:
    with start() as running:
        yield running


@pytest.fixture(params=WAYS)
def report(request: pytest.FixtureRequest, built: Callable[..., Path], opened: Callable[[Path, str], Report]) -> Report:
    form, way = request.param.split("-")
    return opened(built(single_file=form == "single"), way)


def test_overview_draws_its_charts(firefox: Firefox, report: Report) -> None:
    firefox.open(report.url)
    firefox.wait_for(DRAWN)
    assert firefox.evaluate("document.title")
    _nothing_wrong(firefox, report)


def test_run_page_draws_charts_and_pictures(firefox: Firefox, report: Report) -> None:
    firefox.open(report.run_url("mlp-64"))
    firefox.wait_for(DRAWN)
    firefox.wait_for(SHOWN_IMAGE)
    _nothing_wrong(firefox, report)


def test_phone_width_never_scrolls_sideways(firefox: Firefox, report: Report) -> None:
    firefox.resize(390, 844)
    try:
        firefox.open(report.run_url("mlp-64"))
        firefox.wait_for(DRAWN)
        assert firefox.evaluate("document.documentElement.scrollWidth <= innerWidth")
        _nothing_wrong(firefox, report)
    finally:
        firefox.resize(1440, 900)


def _nothing_wrong(firefox: Firefox, report: Report) -> None:
    assert firefox.errors == []
    leaving = [url for url in firefox.requests if not url.startswith((report.scope, "blob:", "data:", "file:"))]
    assert leaving == []
