"""What a table held when it was logged is stored as it was then, for each key of each run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from reportgen import Image, Table
from reportgen.media.versions import Keyed, Snapshot
from reportgen.rundir.increments import Before
from reportgen.rundir.writer import RunWriter


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[RunWriter]:
    opened = RunWriter(tmp_path / "run", new=True)
    yield opened
    opened.close()


def test_a_key_is_told_apart_where_it_matters(writer: RunWriter) -> None:
    whole, added = Table(["a"], [[1]]), Table(["a"], [[1]], log_mode="INCREMENTAL")
    assert whole.at_key("t") is whole
    first, second = added.at_key("t"), added.at_key("u")
    assert isinstance(first, Keyed)
    assert isinstance(second, Keyed)
    assert first.encode(writer).increment == 0
    assert first.encode(writer).to_json()["rows"] == 0
    assert second.encode(writer).to_json()["rows"] == 1


def test_what_an_earlier_session_has_stored(writer: RunWriter) -> None:
    table = Table(["a"], [[1]], log_mode="INCREMENTAL")
    writer.increments = {"t": Before(("a",), 4, 20), "other": Before(("b",), 4, 20)}
    found = [Keyed(table, key).encode(writer) for key in ("t", "other", "new", "t")]
    assert [(record.increment, record.start, record.rows) for record in found] == [
        (4, 20, 1),
        (0, 0, 1),
        (0, 0, 1),
        (5, 21, 0),
    ]


def test_memory_that_a_snapshot_takes(writer: RunWriter) -> None:
    mask = {"m": {"mask_data": np.zeros((100, 100), int)}}
    table = Table(["a", "n"], [[Image(np.zeros((100, 100), np.uint8), masks=mask), 1]])
    snapshot = table.snapshot()
    assert isinstance(snapshot, Snapshot)
    assert snapshot.nbytes >= 20_000
    assert snapshot.keep(writer).encode(writer).rows == 1
