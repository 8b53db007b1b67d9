"""The writer: whole lines, whole files, one writer, and media by content, whatever the disk does."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reportgen.errors import UsageError, WriteError
from reportgen.rundir import layout
from reportgen.rundir.writer import LineFile, RunWriter
from tests.conftest import ROOT


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[RunWriter]:
    made = RunWriter(tmp_path / "deep" / "run", new=True)
    yield made
    made.close()


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[LineFile]:
    made = LineFile(tmp_path / "lines")
    yield made
    made.close()


# ---- lines


def test_lines_are_appended_at_once(lines: LineFile, tmp_path: Path) -> None:
    lines.append(b"one\n")
    assert (tmp_path / "lines").read_bytes() == b"one\n"
    lines.append(b"two\n")
    assert (tmp_path / "lines").read_bytes() == b"one\ntwo\n"
    assert lines.size == 8


def test_each_line_is_one_write(lines: LineFile, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bytes] = []
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        calls.append(data)
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    lines.append(b"one\n")
    lines.append(b"two\n")
    assert calls == [b"one\n", b"two\n"]


def test_a_torn_tail_does_not_eat_the_next_line(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntor")
    lines = LineFile(path)
    lines.append(b"two\n")
    lines.append(b"three\n")
    lines.close()
    assert path.read_bytes() == b"one\ntor\ntwo\nthree\n"
    LineFile(path).close()
    assert path.read_bytes() == b"one\ntor\ntwo\nthree\n"


def faulty(monkeypatch: pytest.MonkeyPatch, answer: Callable[[int, bytes], int | None]) -> list[int]:
    """Let `os.write` answer for the disk: a number is the bytes that it takes, an exception is raised, None: all."""
    real, count = os.write, [0]

    def write(descriptor: int, data: bytes) -> int:
        count[0] += 1
        taken = answer(count[0], bytes(data))
        return real(descriptor, data if taken is None else bytes(data)[:taken]) if taken != 0 else 0

    monkeypatch.setattr(os, "write", write)
    return count


def test_a_short_write_is_completed(lines: LineFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty(monkeypatch, lambda count, data: 2 if len(data) > 2 else None)
    lines.append(b"a long line\n")
    lines.append(b"another\n")
    assert (tmp_path / "lines").read_bytes() == b"a long line\nanother\n"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("taken", [None, 0, 3])
def test_the_line_after_an_error_starts_afresh(
    lines: LineFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, taken: int | None
) -> None:
    lines.append(b"one\n")

    def answer(count: int, data: bytes) -> int | None:
        if count == 1 and taken is not None:
            return taken
        raise OSError(code, "the disk")

    faulty(monkeypatch, answer)
    with pytest.raises(OSError, match=r"the disk|no more bytes"):
        lines.append(b"two\n")
    monkeypatch.undo()
    lines.append(b"three\n")
    lines.append(b"four\n")
    left = (tmp_path / "lines").read_bytes().split(b"\n")
    torn = [b"two"] if taken == 3 else []
    assert [line for line in left if line] == [b"one", *torn, b"three", b"four"]


@pytest.mark.parametrize("nth", range(1, 8))
def test_every_nth_write_fails(lines: LineFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    """Lines that were acknowledged are there, whole and in order; what was torn never touches them."""

    def answer(count: int, data: bytes) -> int | None:
        if count % nth == 0:
            if count % (2 * nth) == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return max(len(data) // 2, 1)
        return None

    faulty(monkeypatch, answer)
    acknowledged = []
    for number in range(100):
        line = b'{"a":%d}' % number
        try:
            lines.append(line + b"\n")
        except OSError:
            continue
        acknowledged.append(line)
    found = (tmp_path / "lines").read_bytes().split(b"\n")
    assert [line for line in found if line in set(acknowledged)] == acknowledged
    assert nth == 1 or len(acknowledged) > 20


def test_a_closed_file(lines: LineFile) -> None:
    lines.close()
    lines.close()
    lines.sync()
    assert lines.size == 0
    with pytest.raises(OSError, match="Bad file descriptor"):
        lines.append(b"x\n")


# ---- the directory


def test_a_new_directory(writer: RunWriter) -> None:
    assert sorted(path.name for path in writer.folder.iterdir()) == sorted([layout.LOCK, layout.HISTORY, layout.SYSTEM])
    with pytest.raises(FileExistsError):
        RunWriter(writer.folder, new=True)


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match=r"RG362: .*\(.*file/run\)\. Name a writable folder"):
        RunWriter(tmp_path / "file" / "run", new=True)


def test_documents_are_replaced_whole(writer: RunWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.write_document(layout.RUN, {"a": 1})
    path = writer.folder / layout.RUN
    assert json.loads(path.read_text()) == {"a": 1}
    with path.open() as held:
        writer.write_document(layout.RUN, {"a": 2}, durable=True)
        assert json.load(held) == {"a": 1}  # who reads it meanwhile has the old one
    assert json.loads(path.read_text()) == {"a": 2}
    faulty(monkeypatch, lambda count, data: 3 if count == 1 else 0)
    with pytest.raises(OSError, match="no more bytes"):
        writer.write_document(layout.RUN, {"a": 3})
    assert json.loads(path.read_text()) == {"a": 2}
    assert not list(writer.folder.glob("*.part"))


def test_a_reader_beside_the_writer_always_meets_a_whole_file(writer: RunWriter) -> None:
    writer.write_document(layout.RUN, {"n": -1, "pad": ""})
    stop = threading.Event()
    path = writer.folder / layout.RUN
    faults: list[Exception] = []

    def read() -> None:
        while not stop.is_set():
            try:
                values = json.loads(path.read_text())
                assert values["n"] == -1 or len(values["pad"]) == values["n"] * 10
            except Exception as fault:
                faults.append(fault)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(300):
        writer.write_document(layout.RUN, {"n": number, "pad": "x" * number * 10})
    stop.set()
    reader.join()
    assert faults == []


# ---- media


def test_media_are_named_by_content(writer: RunWriter, tmp_path: Path) -> None:
    data = b"\x89PNG..."
    digest = hashlib.sha256(data).hexdigest()
    name = writer.put(data, ".png")
    assert name == f"media/{digest[:2]}/{digest}.png"
    assert (writer.folder / name).read_bytes() == data
    inode = (writer.folder / name).stat().st_ino
    assert writer.put(data, ".png") == name
    assert (writer.folder / name).stat().st_ino == inode
    source = tmp_path / "source.png"
    source.write_bytes(data)
    assert writer.put_file(source, ".png") == name
    assert source.read_bytes() == data
    assert writer.put(data + b"x", ".png") != name
    assert not list(writer.folder.rglob("*.part"))


def test_a_large_file_is_copied_whole(writer: RunWriter, tmp_path: Path) -> None:
    source = tmp_path / "large.bin"
    source.write_bytes(os.urandom(3 * 1024 * 1024 + 17))
    name = writer.put_file(source, ".bin")
    assert (writer.folder / name).read_bytes() == source.read_bytes()


def test_no_half_file_ever_has_its_name(writer: RunWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source.png"
    source.write_bytes(b"0123456789")
    for store in (lambda: writer.put(b"0123456789", ".png"), lambda: writer.put_file(source, ".png")):
        faulty(monkeypatch, lambda count, data: 4 if count == 1 else 0)
        with pytest.raises(OSError, match="no more bytes"):
            store()
        monkeypatch.undo()
        assert [path for path in (writer.folder / "media").rglob("*") if path.is_file()] == []


def test_threads_may_store_the_same_file(writer: RunWriter) -> None:
    data = os.urandom(200_000)
    names: set[str] = set()
    workers = [threading.Thread(target=lambda: names.add(writer.put(data, ".bin"))) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    (name,) = names
    assert (writer.folder / name).read_bytes() == data
    assert len(list((writer.folder / "media").rglob("*.*"))) == 1


# ---- the lock


def test_one_writer(writer: RunWriter) -> None:
    with pytest.raises(UsageError, match=r"RG361: this run is already being written"):
        RunWriter(writer.folder, new=False)
    writer.close()
    RunWriter(writer.folder, new=False).close()


def test_the_lock_goes_with_the_process(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time\nfrom reportgen.rundir.writer import RunWriter\n"
        "writer = RunWriter(pathlib.Path(sys.argv[1]), new=True)\nprint('ready', flush=True)\ntime.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "run")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(UsageError, match="RG361"):
            RunWriter(tmp_path / "run", new=False)
    finally:
        process.kill()
        process.communicate()
    RunWriter(tmp_path / "run", new=False).close()


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refuse(descriptor: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    writer = RunWriter(tmp_path / "run", new=True)
    writer.history.append(b"{}\n")
    writer.close()


def test_a_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    RunWriter(tmp_path / "run", new=True).close()
