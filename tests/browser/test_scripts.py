"""Scripts and Python say and place the same: numbers, ticks, columns; and scripts survive being squeezed."""

from __future__ import annotations

import base64
import gzip
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from reportgen.panels.axis import Axis, apart, tight_axis, value_axis
from reportgen.panels.numerals import exact, number
from reportgen.site import payload
from tests.browser import logged
from tests.conftest import ROOT

NUMBERS = [0.0, 1.0, -3.0, 0.5, 0.02476123, 5048.0, 1234.56, 99999.5, 123456789.0, 0.000999, 1.2345e-7, -2.5e-4]
NUMBERS += [1e15, 1.5e300, 5e-324, 0.001, 0.1 + 0.2, 2**53, -0.75, 12.345678]
RANGES = [
    (-3e-4, 1e-3),
    (0, 1.6e6),
    (0.001, 0.001),
    (0.0, 1.0),
    (0.0, 5000.0),
    (-3.2, 7.9),
    (1e-9, 3e-9),
    (-1e300, 1e300),
    (0.03, 2.4),
    (1e-7, 1e6),
    (5.0, 5.0),
]
RANGES += [(0.02476, 0.02476), (1e6, 1e6 + 1), (-0.1, -0.1), (5e-324, 3e-323), (5e-324, 1.79e308), (3e-4, 4e-4)]
RANGES += [(-1.79e308, 1.79e308), (99.99, 100.0), (1e15, 1e15 + 8), (1e300, 1.0000001e300)]
COUNTED = [
    (0, 0),
    (4, 4),
    (3, 4),
    (0, 1),
    (0, 3),
    (0, 8),
    (0, 10),
    (7, 90),
    (0, 100),
    (-5, 12),
    (1, 30),
    (1, 4000),
    (1, 1),
]
COUNTED += [(0, 599), (0, 999_999), (0, 12_345_678), (2**40, 2**40 + 3), (1_000_000, 1_000_000)]
SECONDS = [
    (0.0, 3.0),
    (0.0, 61.0),
    (0.0, 125.0),
    (100.0, 102.5),
    (0.5, 86_000.0),
    (0.0, 1e6),
    (1e6, 1e6 + 2),
    (7.0, 7.0),
]


@pytest.fixture(scope="module")
def scripts(browser_page: Page) -> Page:
    return browser_page


@pytest.fixture(scope="module")
def browser_page(browser, folder_site: Path):  # type: ignore[no-untyped-def]
    page = browser.new_page()
    page.goto(folder_site.as_uri())
    yield page
    page.close()


def test_numbers_are_written_alike(scripts: Page) -> None:
    written = scripts.evaluate("numbers => numbers.map(reportgen.format.number)", NUMBERS)
    assert written == [number(n) for n in NUMBERS]
    assert scripts.evaluate("numbers => numbers.map(reportgen.format.exact)", NUMBERS) == [exact(n) for n in NUMBERS]
    odd = scripts.evaluate("[NaN, Infinity, -Infinity].map(reportgen.format.number)")
    assert odd == [number(n) for n in (math.nan, math.inf, -math.inf)]


AXES = """([kind, low, high, log, whole]) => {
    const { axis } = reportgen;
    const a = kind === 'value' ? axis.valueAxis(low, high, log, whole) : axis.tightAxis(low, high, whole);
    const ticks = kind === 'time' ? axis.durationTicks(a) : axis.numberTicks(a);
    return { low: a.low, high: a.high, ticks: ticks.map(t => [t.at, t.text]) };
}"""


def assert_alike(ours: Axis, ticks: list[tuple[float, str]], theirs: dict[str, Any]) -> None:
    assert theirs["low"] == pytest.approx(ours.low, rel=1e-9, abs=0)
    assert theirs["high"] == pytest.approx(ours.high, rel=1e-9, abs=0)
    assert [text for _, text in theirs["ticks"]] == [text for _, text in ticks]
    assert [at for at, _ in theirs["ticks"]] == pytest.approx([at for at, _ in ticks], abs=1e-3)
    assert len({text for _, text in ticks}) == len(ticks)


@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("whole", [False, True], ids=["any", "whole"])
@pytest.mark.parametrize(("low", "high"), RANGES + COUNTED)
def test_axes_stand_alike(scripts: Page, low: float, high: float, whole: bool, log: bool) -> None:
    if whole and not (float(low).is_integer() and float(high).is_integer()):
        whole = False
    if log and low <= 0:
        low = max(high, 1) / 1000
        high = max(high, low)
        whole = False
    ours = value_axis(low, high, log=log, whole=whole)
    theirs = scripts.evaluate(AXES, ["value", low, high, log, whole])
    assert_alike(ours, ours.ticks(), theirs)
    assert not whole or not any("." in text and "e" not in text for _, text in ours.ticks())


@pytest.mark.parametrize(("low", "high"), COUNTED)
def test_axes_of_steps_stand_alike(scripts: Page, low: int, high: int) -> None:
    ours = tight_axis(low, high, whole=True)
    assert_alike(ours, ours.ticks(), scripts.evaluate(AXES, ["step", low, high, False, True]))
    assert not any("." in text and "e" not in text for _, text in ours.ticks())


@pytest.mark.parametrize(("low", "high"), SECONDS)
def test_axes_of_time_stand_alike(scripts: Page, low: float, high: float) -> None:
    ours = tight_axis(low, high)
    assert_alike(ours, ours.durations(), scripts.evaluate(AXES, ["time", low, high, False, False]))


@pytest.mark.parametrize("texts", [["0", "50", "100"], ["4,611,686,018,427,387,904"] * 4, ["1,000,000,000"] * 5, []])
def test_labels_leave_each_other_room_alike(scripts: Page, texts: list[str]) -> None:
    ticks = [(i / 4, text) for i, text in enumerate(texts)]
    theirs = scripts.evaluate("ticks => reportgen.axis.apart(ticks.map(([at, text]) => ({ at, text })))", ticks)
    assert [(tick["at"], tick["text"]) for tick in theirs] == apart(ticks)


def test_steps_of_a_long_run_are_told_apart(scripts: Page) -> None:
    texts = scripts.evaluate(
        "reportgen.axis.numberTicks(reportgen.axis.tightAxis(2 ** 53 - 100, 2 ** 53)).map(t => t.text)"
    )
    assert len(set(texts)) == len(texts) > 2
    assert Axis(0, 1).ticks()[0][1] == "0"


COLUMNS = {
    "range": np.arange(3, 5000, 7),
    "delta8": np.cumsum(np.arange(300) % 100),
    "delta32": np.array([0, 5, 70_000, 69_000, 2**30]),
    "wide": np.array([0, 2**53 - 1, 5]),
    "one": np.array([42]),
    "none": np.array([], dtype=np.int64),
    "f32": np.array([0.5, -0.25, np.nan, np.inf, -np.inf, 0.0]),
    "f64": np.array([0.1, 1e300, 5e-324, np.nan, -np.inf, -0.0]),
    "times": np.array([0.0, 0.001, 1.234567, 99_999.9994]),
}


def test_columns_arrive_bit_by_bit(scripts: Page) -> None:
    packed = base64.b64encode(payload.encode(COLUMNS)).decode()
    found = scripts.evaluate(
        """async packed => {
            const block = document.createElement('script');
            Object.assign(block, { type: 'text/plain', id: 'b999', textContent: packed });
            document.body.append(block, document.createElement('i'));
            const columns = await reportgen.columns('#b999');
            const again = await reportgen.columns('#b999');
            const word = x => Object.is(x, -0) ? '-0' : String(x);
            const text = c => Object.fromEntries(Object.entries(c).map(([k, v]) => [k, [...v].map(word)]));
            if (JSON.stringify(text(columns)) !== JSON.stringify(text(again))) throw new Error('twice is not the same');
            return { columns: text(columns), gone: document.getElementById('b999') === null };
        }""",
        packed,
    )
    assert found["gone"], "the text stays in the page beside its bytes"
    for name, array in COLUMNS.items():
        expected = np.round(array * 1000) / 1000 if name == "times" else array.astype(np.float64)
        arrived = np.array([float(x.replace("Infinity", "inf")) for x in found["columns"][name]])
        assert arrived.tobytes() == expected.tobytes() or np.array_equal(arrived, expected, equal_nan=True), name


def test_base64_without_the_new_function(scripts: Page) -> None:
    """Browsers before 2025 have no `Uint8Array.fromBase64`."""
    data = bytes(range(256))
    found = scripts.evaluate(
        """text => { const kept = Uint8Array.fromBase64; Uint8Array.fromBase64 = undefined;
                     try { return [...reportgen.fromBase64(text)]; } finally { Uint8Array.fromBase64 = kept; } }""",
        base64.b64encode(data).decode(),
    )
    assert bytes(found) == data


def test_a_chunk_that_is_missing_is_an_error_with_its_name(scripts: Page) -> None:
    message = scripts.evaluate("reportgen.columns('data/none.js').catch(fault => fault.message)")
    assert "data/none.js could not be loaded" in message


SCRIPTS = sorted(p for p in (ROOT / "themes").rglob("*.js") if "vendor" not in p.parts)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_no_template_inside_a_template(path: Path) -> None:
    """The build takes blanks out of scripts, and cannot see where a nested template literal ends."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"`[^`]*\$\{[^}`]*`", text)


def test_scripts_of_a_page_of_charts_are_small(built: Callable[..., Path], tmp_path: Path) -> None:
    logged.run(tmp_path, "a", {f"m/{i}": [1.0, 2.0, 3.0] for i in range(30)})
    site = built(tmp_path)
    text = site.read_text(encoding="utf-8")
    names = re.findall(r'<script src="([^"]+)"', text) + re.findall(r'"uplot":"([^"]+)"', text)
    data = [(site.parent / name).read_bytes() for name in names]
    assert len(data) == 2
    assert sum(map(len, data)) <= 150_000
    assert sum(len(gzip.compress(d)) for d in data) <= 60_000
