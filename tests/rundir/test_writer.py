"""The writer: whole lines, whole files, one writer, and media by content, whatever the disk does."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reportgen.errors import UsageError, WriteError
from reportgen.rundir import layout
from reportgen.rundir.appending import LineFile
from reportgen.rundir.writer import SMALL, RunWriter, SideWriter
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
    assert sorted(path.name for path in writer.folder.iterdir()) == sorted(
        [layout.LOCK, layout.OWNER, layout.HISTORY, layout.SYSTEM]
    )
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
    other = writer.folder / layout.CONFIG
    writer.write_document(layout.CONFIG, {"a": 2})
    faulty(monkeypatch, lambda count, data: 3 if count == 1 else 0)
    with pytest.raises(OSError, match="no more bytes"):
        writer.write_document(layout.CONFIG, {"a": 3})
    assert json.loads(other.read_text()) == {"a": 2}
    assert not list(writer.folder.glob("config*.part"))


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


@pytest.mark.parametrize("size", [0, 100, SMALL, SMALL + 1])
def test_a_file_that_is_kept_is_stored_as_it_was(writer: RunWriter, tmp_path: Path, size: int) -> None:
    source = tmp_path / "source.bin"
    source.write_bytes(b"a" * size)
    kept = writer.keep(source)
    with source.open("r+b") as file:  # the same file: a link to it would see this
        file.write(b"b" * size)
    assert isinstance(kept, bytes) == (size <= SMALL)
    name = writer.put(kept, ".bin") if isinstance(kept, bytes) else writer.adopt(kept, ".bin")
    assert (writer.folder / name).read_bytes() == b"a" * size
    assert name == writer.put(b"a" * size, ".bin")
    assert not list(writer.folder.rglob("*.part"))


def test_a_file_that_cannot_be_kept_leaves_nothing(
    writer: RunWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source.bin"
    source.write_bytes(b"a" * (SMALL + 1))

    def full(*given: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "sendfile", full)
    with pytest.raises(OSError, match="No space left"):
        writer.keep(source)
    assert not [path for path in (writer.folder / "media").rglob("*") if path.is_file()]


def test_files_are_on_the_device_before_the_rows_that_name_them(
    writer: RunWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [writer.put(b"one", ".bin"), writer.put(b"two", ".bin")]
    (writer.folder / writer.put(b"three", ".bin")).unlink()  # somebody has tidied up
    writer.history.append(b"{}\n")
    writer.system.append(b"{}\n")
    synced: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink().relative_to(writer.folder)))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    writer.sync()
    assert synced[:2] == names
    assert {os.path.dirname(name) for name in names} <= set(synced[2:-2])  # noqa: PTH120
    assert synced[-2:] == [layout.HISTORY, layout.SYSTEM]
    synced.clear()
    writer.sync()
    assert synced == []  # the device has all of it
    writer.history.append(b"{}\n")
    writer.sync()
    assert synced == [layout.HISTORY]


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
    with pytest.raises(UsageError, match="RG361"):
        RunWriter(tmp_path / "run", new=False)
    writer.close()
    RunWriter(tmp_path / "run", new=False).close()
    assert not (tmp_path / "run" / layout.OWNER).exists()


def test_a_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    writer = RunWriter(tmp_path / "run", new=True)
    with pytest.raises(UsageError, match="RG361"):
        RunWriter(tmp_path / "run", new=False)
    writer.close()


def test_a_run_that_cannot_be_opened_is_given_back(tmp_path: Path) -> None:
    (tmp_path / "run" / layout.HISTORY).mkdir(parents=True)
    with pytest.raises(WriteError, match="RG362"):
        RunWriter(tmp_path / "run", new=False)
    (tmp_path / "run" / layout.HISTORY).rmdir()
    RunWriter(tmp_path / "run", new=False).close()


# ---- further writers


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_rank_has_files_of_its_own(writer: RunWriter) -> None:
    side = SideWriter(writer.folder, 3, 0)
    assert (side.main, side.writer, writer.main) == (False, "3", True)
    side.history.append(b"{}\n")
    side.write_document(layout.RUN, {"a": 1})
    with pytest.raises(UsageError, match="RG361"):
        SideWriter(writer.folder, 3, 0)
    side.beat()
    side.sync()
    side.close()
    side.close()
    assert names(writer.folder) == sorted(
        [layout.LOCK, layout.OWNER, layout.HISTORY, layout.SYSTEM, "history.3.jsonl", "system.3.jsonl"]
    )
    assert (writer.folder / "history.3.jsonl").read_bytes() == b"{}\n"
    SideWriter(writer.folder, 3, 0).close()


def test_worker_processes_count_up(writer: RunWriter) -> None:
    many = [SideWriter(writer.folder, None, 0) for _ in range(3)]
    assert [one.writer for one in many] == ["w1", "w2", "w3"]
    many[0].close()
    (writer.folder / "history.w2.jsonl").unlink()
    assert SideWriter(writer.folder, None, 0).writer == "w4"
    with pytest.raises(OSError, match="Bad file descriptor"):
        many[1].system.append(b"{}\n")
    many[1].beat()
    many[1].let_go()


def test_a_later_session_begins_with_a_line(writer: RunWriter) -> None:
    SideWriter(writer.folder, 1, 2, step=7, runtime=1.5).close()
    assert json.loads((writer.folder / "history.1.jsonl").read_text()) == {
        "_step": 7,
        "_runtime": 1.5,
        "_summary": {},
        "_session": 2,
    }


def test_processes_may_store_the_same_file(writer: RunWriter) -> None:
    """Each in a name of its own until it is whole; a forked child has the thread numbers of its parent."""
    data = os.urandom(300_000)
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                for _ in range(20):
                    writer.put(data, ".bin")
                    for path in (writer.folder / "media").rglob("*.bin"):
                        path.unlink(missing_ok=True)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    name = writer.put(data, ".bin")
    assert (writer.folder / name).read_bytes() == data
    assert not list(writer.folder.rglob("*.part"))


def test_a_file_that_must_be_new(tmp_path: Path) -> None:
    LineFile(tmp_path / "lines", new=True).close()
    with pytest.raises(FileExistsError):
        LineFile(tmp_path / "lines", new=True)
    nowhere = LineFile.nowhere()
    nowhere.sync()
    nowhere.close()
    assert nowhere.size == 0


# ---- what others do to the files, and disks without any room


def test_a_folder_that_was_removed_is_written_again(writer: RunWriter) -> None:
    writer.write_document(layout.RUN, {"a": 1})
    writer.history.append(b"one\n")
    assert not writer.mend()
    shutil.rmtree(writer.folder)
    assert writer.mend()
    writer.history.append(b"two\n")
    writer.write_document(layout.RUN, {"a": 2})
    assert not writer.mend()
    assert (writer.folder / layout.HISTORY).read_bytes() == b"one\ntwo\n"
    with pytest.raises(UsageError, match="RG361"):
        RunWriter(writer.folder, new=False)


def test_a_rank_that_was_removed_writes_again(writer: RunWriter) -> None:
    rank = SideWriter(writer.folder, 3, 0)
    rank.history.append(b"one\n")
    shutil.rmtree(writer.folder)
    assert rank.mend()
    rank.history.append(b"two\n")
    assert (writer.folder / "history.3.jsonl").read_bytes() == b"one\ntwo\n"
    with pytest.raises(UsageError, match="RG361"):
        SideWriter(writer.folder, 3, 0)
    rank.close()


def test_the_run_is_described_on_a_full_disk(writer: RunWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.write_document(layout.RUN, {"a": 1})
    writer.write_document(layout.SUMMARY, {"a": 1})
    faulty(monkeypatch, lambda count, data: 0)
    writer.write_document(layout.RUN, {"a": 2}, durable=True)
    with pytest.raises(OSError, match="no more bytes"):
        writer.write_document(layout.SUMMARY, {"a": 2})
    writer.make_room()
    writer.remove_document(layout.SUMMARY)
    writer.remove_document(layout.SUMMARY)
    assert json.loads((writer.folder / layout.RUN).read_text()) == {"a": 2}
    assert not (writer.folder / layout.SUMMARY).exists()
    assert not list(writer.folder.glob("*.part"))


def test_a_further_writer_says_what_it_lacks(writer: RunWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.mark_incomplete(3)
    assert not list(writer.folder.glob("lost*"))
    worker = SideWriter(writer.folder, None, 0)
    worker.mark_incomplete(3)
    assert json.loads((writer.folder / "lost.w1.json").read_text()) == {"unwritten": 3}
    faulty(monkeypatch, lambda count, data: 0)
    worker.mark_incomplete(4)
    assert json.loads((writer.folder / "lost.w1.json").read_text()) == {"unwritten": 3}
    (writer.folder / "lost.w1.json").unlink()
    worker.mark_incomplete(5)
    assert (writer.folder / "lost.w1.json").read_text() == ""  # its name says that there is something
    worker.close()


def test_two_threads_sync_at_once(writer: RunWriter) -> None:
    """The thread of the run and whoever finishes it: each file is taken by one of them."""
    faults: list[BaseException] = []
    interval = sys.getswitchinterval()

    def work() -> None:
        try:
            for _ in range(100):
                writer._sync_media()
        except IndexError as fault:
            faults.append(fault)

    sys.setswitchinterval(1e-6)
    try:
        for number in range(20):
            writer._unsynced.extend([writer.folder / f"gone{number}"] * 2000)
            threads = [threading.Thread(target=work) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert faults == []
