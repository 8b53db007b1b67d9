"""Adding a kind of data is one row and same-named files. This walks the table and lists what is missing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

import reportgen as rg
from reportgen import kinds
from reportgen.errors import UsageError
from reportgen.kinds import Kind
from reportgen.rundir.reader import find_runs
from tests.conftest import ROOT

each_kind = pytest.mark.parametrize("row", kinds.ROWS, ids=lambda row: row.name)
FORMAT = ROOT / "reportgen" / "rundir" / "FORMAT.md"
PANELS = ROOT / "themes" / "default" / "panels"


@pytest.fixture(scope="module")
def logged() -> set[str]:
    """The kinds that the sample runs hold."""
    paths, _ = find_runs([ROOT / "sample_runs"])
    return {history.kind for path in paths for history in rg.read_run(path).history.all}


@each_kind
def test_files_have_the_kind_s_name(row: Kind) -> None:
    wanted = [
        f"reportgen/rundir/records/{row.name}.py",
        f"reportgen/panels/{row.name}.py",
        f"tests/rundir/records/test_{row.name}.py",
        f"tests/panels/test_{row.name}.py",
        f"themes/default/panels/{row.name}.html",
    ]
    if row.media:
        wanted += [f"reportgen/media/{row.name}.py", f"tests/media/test_{row.name}.py"]
    missing = [name for name in wanted if not (ROOT / name).is_file()]
    assert not missing, f"kind {row.name!r} lacks {missing}"


@each_kind
def test_row_leads_to_what_it_names(row: Kind) -> None:
    record = kinds.load(row.record)
    assert dataclasses.is_dataclass(record)
    assert record.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert callable(kinds.load(row.panel))
    if row.media:
        media = kinds.load(row.media)
        assert getattr(rg, media.__name__) is media, f"reportgen.{media.__name__} is not public"


@each_kind
def test_sample_runs_log_it(row: Kind, logged: set[str]) -> None:
    assert row.name in logged, f"no run in sample_runs logs a {row.name}"


@each_kind
def test_it_is_documented(row: Kind) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    what = f"rg.{kinds.load(row.media).__name__}(" if row.media else row.name
    assert what in readme, f"README.md does not show {what}"
    headings = [line for line in FORMAT.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert any(row.name in heading.lower() for heading in headings), f"FORMAT.md has no section on {row.name}"


@pytest.mark.parametrize("folder", ["rundir/records", "media"])
def test_no_file_lacks_a_row(folder: str) -> None:
    files = {path.stem for path in (ROOT / "reportgen" / folder).glob("*.py")} - {"__init__"}
    named = {
        Path(str(getattr(row, "media" if folder == "media" else "record")).partition(":")[0]).suffix[1:]
        for row in kinds.ROWS
    }
    assert files <= named | NOT_KINDS[folder]


NOT_KINDS: dict[str, set[str]] = {
    "rundir/records": {"__main__", "overlay", "record", "specification"},
    "media": {
        *("artists", "boxes", "cells", "classes", "columns", "frames", "given", "masks", "modes", "pixels", "sources"),
        *("tensors", "versions"),
    },
}
"""Modules of these rooms that are no kind of their own."""


def test_every_template_belongs_to_a_kind() -> None:
    ours = {row.name for row in kinds.ROWS} | {"unknown", "problem"}
    assert {path.stem for path in PANELS.glob("*.html")} == ours


class Entry:
    """What `importlib.metadata` gives for one entry point of an installed package."""

    def __init__(self, row: Kind) -> None:
        self.name, self.value, self._row = row.name, f"plugin:{row.name}", row

    def load(self) -> Kind:
        return self._row


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Entry]]:
    """Entry points of plugins that a test pretends are installed."""
    entries: list[Entry] = []
    monkeypatch.setattr(kinds, "entry_points", lambda *, group: entries if group == "reportgen.kinds" else [])
    kinds.table.cache_clear()
    yield entries
    kinds.table.cache_clear()


def test_a_plugin_adds_a_row(installed: list[Entry]) -> None:
    gauge = Kind("gauge", "plugin.gauge:GaugeRecord", "plugin.gauge:view", theme="plugin")
    installed.append(Entry(gauge))
    assert kinds.table()["gauge"] == gauge
    assert set(kinds.table()) == {"gauge", *(row.name for row in kinds.ROWS)}


def test_a_name_used_twice_is_an_error(installed: list[Entry]) -> None:
    installed.append(Entry(Kind("image", "plugin.image:Record", "plugin.image:view")))
    with pytest.raises(UsageError, match="RG120"):
        kinds.table()
