"""A writer finds its files again, or writes them anew, and says what is missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen.rundir import layout
from reportgen.rundir.mended import Mended
from reportgen.rundir.writer import RunWriter, SideWriter


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[RunWriter]:
    made = RunWriter(tmp_path / "p" / "run", new=True)
    made.write_document(layout.RUN, {"a": 1})
    made.history.append(b'{"a":1}\n')
    made.system.append(b'{"b":1}\n')
    yield made
    made.close()


def test_what_nobody_has_touched(writer: RunWriter) -> None:
    assert writer.mend() is None
    writer.history.append(b'{"a":2}\n')
    assert writer.mend() is None


def test_a_run_directory_that_is_moved(writer: RunWriter, tmp_path: Path) -> None:
    (tmp_path / "p/run").rename(tmp_path / "there")
    file = writer.put(b"picture", ".png")  # it is noticed by whatever comes first
    assert writer.folder == tmp_path / "there"
    assert (tmp_path / "there" / file).read_bytes() == b"picture"
    assert writer.mend() is None
    writer.history.append(b'{"a":2}\n')
    writer.write_document(layout.RUN, {"a": 2})
    writer.beat()
    writer.sync()
    writer.close()
    assert (tmp_path / "there" / layout.HISTORY).read_text() == '{"a":1}\n{"a":2}\n'
    assert json.loads((tmp_path / "there" / layout.RUN).read_text()) == {"a": 2}
    assert not (tmp_path / "there" / layout.OWNER).exists()
    assert list((tmp_path / "p").iterdir()) == []


def test_a_document_does_not_get_into_the_run_that_lies_there_now(writer: RunWriter, tmp_path: Path) -> None:
    (tmp_path / "p/run").rename(tmp_path / "there")
    other = RunWriter(tmp_path / "p" / "run", new=True)
    other.write_document(layout.RUN, {"a": "other"})
    writer.write_document(layout.RUN, {"a": 2})
    assert writer.mend() is None
    assert json.loads((tmp_path / "p/run" / layout.RUN).read_text()) == {"a": "other"}
    assert json.loads((tmp_path / "there" / layout.RUN).read_text()) == {"a": 2}
    other.close()


def test_a_further_writer_moves_along(writer: RunWriter, tmp_path: Path) -> None:
    side = SideWriter(writer.folder, None, 0)
    side.history.append(b'{"a":1}\n')
    (tmp_path / "p/run").rename(tmp_path / "there")
    assert side.mend() is None
    assert side.folder == tmp_path / "there"
    side.mark_incomplete(3)
    side.close()
    assert (tmp_path / "there" / layout.losses_of("w1")).is_file()


def test_a_run_directory_that_is_removed(writer: RunWriter) -> None:
    shutil.rmtree(writer.folder)
    assert writer.mend() == Mended(True, (layout.HISTORY, layout.SYSTEM), ())
    assert (writer.folder / layout.HISTORY).read_text() == '{"a":1}\n'
    writer.write_document(layout.RUN, {"a": 1})
    assert writer.mend() is None


def test_a_run_directory_that_was_removed_and_made_again(writer: RunWriter) -> None:
    """By storing a file before it was noticed: what lay in it is gone nevertheless."""
    shutil.rmtree(writer.folder)
    writer.put(b"picture", ".png")
    writer.write_document(layout.RUN, {"a": 1})
    found = writer.mend()
    assert found is not None
    assert found.emptied


@pytest.mark.parametrize("by", [None, "an editor"])
def test_a_file_that_is_removed_or_replaced(by: str | None, writer: RunWriter) -> None:
    history = writer.folder / layout.HISTORY
    history.unlink()
    if by:
        history.write_text(by)
    assert writer.mend() == Mended(False, (layout.HISTORY,), ())
    writer.history.append(b'{"a":2}\n')
    assert history.read_text() == '{"a":1}\n{"a":2}\n'
    assert writer.mend() is None


@pytest.mark.parametrize("left", ["", '{"a":', '{"a":1}'])
def test_a_file_that_is_cut(left: str, writer: RunWriter) -> None:
    assert writer.mend() is None
    (writer.folder / layout.HISTORY).write_text(left)
    assert writer.mend() == Mended(False, (), (layout.HISTORY,))
    writer.history.append(b'{"a":2}\n')
    assert (writer.folder / layout.HISTORY).read_text().splitlines() == [*filter(None, [left]), '{"a":2}']
    assert writer.mend() is None


def test_a_file_that_has_grown_again(writer: RunWriter) -> None:
    assert writer.mend() is None
    (writer.folder / layout.HISTORY).write_text("")
    writer.history.append(b'{"a":2}\n' * 100)
    assert writer.mend() == Mended(False, (), (layout.HISTORY,))
