"""Pieces of an artifact on their way into a run, and out of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen.errors import InputFileError, InputValueError, RunDirError
from reportgen.log.files import contents
from reportgen.log.files.contents import Elsewhere, Held, Kept, Waiting
from reportgen.rundir.artifacts import Entry
from reportgen.rundir.writer import RunWriter


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[RunWriter]:
    made = RunWriter(tmp_path / "run", new=True)
    yield made
    made.close()


def test_a_file_with_and_without_a_run(writer: RunWriter) -> None:
    Path("a.TXT").write_text("abc")
    waiting, kept = contents.of_file(Path("a.TXT").absolute(), None), contents.of_file(Path("a.TXT"), writer)
    assert isinstance(waiting, Waiting)
    assert isinstance(kept, Kept)
    assert contents.size_of(waiting) == contents.size_of(kept) == 3
    assert contents.settle(waiting, "a.TXT", writer) == contents.settle(kept, "a.TXT", writer)
    assert contents.digested(waiting, "a.TXT") == contents.digested(kept, "a.TXT")
    assert kept.file.endswith(".txt")


def test_bytes(writer: RunWriter) -> None:
    held, kept = contents.of_bytes(b"abc", "x.bin", None), contents.of_bytes(b"abc", "x.bin", writer)
    assert held == Held(b"abc")
    assert contents.settle(held, "x.bin", writer) == contents.settle(kept, "x.bin", writer)
    assert contents.digested(held, "x.bin") == contents.digested(kept, "x.bin")


def test_a_file_that_lies_in_another_run(writer: RunWriter, tmp_path: Path) -> None:
    kept = contents.of_bytes(b"abc", "x.bin", writer)
    other = RunWriter(tmp_path / "other", new=True)
    entry = contents.settle(kept, "x.bin", other)
    assert (other.folder / entry.file).read_bytes() == b"abc"
    other.close()


@pytest.mark.parametrize(
    ("name", "suffix"), [("a.PT", ".pt"), ("a", ""), (".env", ""), ("a.tar.gz", ".gz"), ("a.b c", ""), ("a.ü", "")]
)
def test_extensions(name: str, suffix: str) -> None:
    assert contents.suffix_of(name) == suffix


def test_names_in_an_artifact() -> None:
    assert contents.checked_name("./a/b.txt") == "a/b.txt"
    assert contents.checked_name(Path("a") / "b") == "a/b"
    assert contents.checked_name("/a/") == "a"
    for bad in ("", "..", "a/../../b", "C:/x", 3, None):
        with pytest.raises(InputValueError, match="RG158"):
            contents.checked_name(bad)


def test_media_files_of_a_record() -> None:
    name = f"media/ab/{'ab' * 32}.png"
    record = {"file": name, "cells": [{"file": name.replace("png", "jpg")}, "media/x", 3], "text": f"see {name}"}
    assert list(contents.media_files(record)) == [name, name.replace("png", "jpg")]


def test_fetching(tmp_path: Path, writer: RunWriter) -> None:
    entry = contents.settle(Held(b"abc"), "x", writer)
    target = tmp_path / "out" / "deep" / "x"
    contents.fetch(entry, writer.folder, target)
    assert target.read_bytes() == b"abc"
    before = target.stat().st_mtime_ns
    contents.fetch(entry, writer.folder, target)
    assert target.stat().st_mtime_ns == before  # it was there already
    (writer.folder / entry.file).unlink()
    with pytest.raises(RunDirError, match="RG321"):
        contents.fetch(entry, writer.folder, tmp_path / "again")
    with pytest.raises(InputFileError, match="RG155: the file that x refers to has gone"):
        contents.fetch(Entry("x", 0, "", "", "/nowhere/x"), writer.folder, target)
    assert contents.settle(Elsewhere("s3://b/x"), "x", writer) == Entry("x", 0, "", "", "s3://b/x")
