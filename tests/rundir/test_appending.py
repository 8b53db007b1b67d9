"""Files that only grow stay what they are, whatever others do to their names and descriptors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen.rundir import appending
from reportgen.rundir.appending import LineFile


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[LineFile]:
    made = LineFile(tmp_path / "lines")
    made.append(b"one\n")
    yield made
    made.close()


def test_a_file_that_somebody_has_closed_is_opened_again(lines: LineFile, tmp_path: Path) -> None:
    os.close(lines.descriptor())
    assert lines.size == 0
    lines.append(b"two\n")
    assert (tmp_path / "lines").read_bytes() == b"one\ntwo\n"
    assert lines.size == 8


def test_nothing_gets_into_the_file_that_has_its_number_now(lines: LineFile, tmp_path: Path) -> None:
    number = lines.descriptor()
    theirs = os.open(tmp_path / "theirs", os.O_RDWR | os.O_CREAT)
    os.dup2(theirs, number)
    assert lines.mend()
    assert not lines.mend()
    lines.append(b"two\n")
    assert (tmp_path / "lines").read_bytes() == b"one\ntwo\n"
    assert os.fstat(theirs).st_size == 0
    lines.close()
    os.fstat(number)  # it is still open
    os.close(number)
    os.close(theirs)


def test_one_that_was_closed_and_removed_is_gone_for_good(lines: LineFile, tmp_path: Path) -> None:
    number = lines.descriptor()
    (tmp_path / "lines").unlink()
    theirs = os.open(tmp_path / "theirs", os.O_RDWR | os.O_CREAT)
    os.close(number)
    for _ in range(2):
        with pytest.raises(OSError, match="Bad file descriptor"):
            lines.append(b"two\n")
    lines.restore()  # but it may begin again
    lines.append(b"three\n")
    assert (tmp_path / "lines").read_bytes() == b"three\n"
    assert os.fstat(theirs).st_size == 0
    os.close(theirs)


def test_a_removed_file_is_written_again(lines: LineFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "CHUNK", 5)
    assert not lines.gone
    lines.append(b"two\nthree\n")
    (tmp_path / "lines").unlink()
    assert lines.gone
    lines.restore()
    assert not lines.gone
    lines.append(b"four\n")
    assert (tmp_path / "lines").read_bytes() == b"one\ntwo\nthree\nfour\n"
    assert [path.name for path in tmp_path.iterdir()] == ["lines"]


def test_another_file_in_its_place(lines: LineFile, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other")
    (tmp_path / "other").replace(tmp_path / "lines")
    assert lines.gone
    lines.restore()
    lines.append(b"two\n")
    assert (tmp_path / "lines").read_bytes() == b"one\ntwo\n"


def test_where_it_cannot_be_written_again(lines: LineFile, tmp_path: Path) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    inner = LineFile(folder / "lines")
    inner.append(b"one\n")
    (folder / "lines").unlink()
    folder.rmdir()
    assert inner.gone
    with pytest.raises(FileNotFoundError):
        inner.restore()
    inner.append(b"two\n")  # it is held open
    folder.mkdir()
    inner.restore()
    assert (folder / "lines").read_bytes() == b"one\ntwo\n"
    inner.close()


def test_a_closed_file_is_not_missed(lines: LineFile, tmp_path: Path) -> None:
    lines.close()
    (tmp_path / "lines").unlink()
    assert (lines.gone, lines.mend(), lines.size) == (False, False, 0)
    nowhere = LineFile.nowhere()
    assert (nowhere.gone, nowhere.mend()) == (False, False)
