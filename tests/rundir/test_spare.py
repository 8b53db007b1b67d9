"""The last word of a run is written where there is no room for it, and is whole whenever the process is killed."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen.rundir import spare as spares
from reportgen.rundir.spare import COUNT, SLACK, Spare
from tests.log import scripts


@pytest.fixture
def spare(tmp_path: Path) -> Iterator[Spare]:
    (tmp_path / "run.json").write_text('{"n": 0}')
    made = Spare(tmp_path / "run.json")
    made.keep(100)
    yield made
    made.free()


def content(folder: Path) -> object:
    return json.loads((folder / "run.json").read_text())


def others(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name != "run.json"]


def test_replaces_the_document_as_often_as_needed(
    spare: Spare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object, **named: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "write", refuse)
    for number in range(1, 8):
        assert spare.write(json.dumps({"n": number, "pad": "x" * 500 * number}).encode(), durable=number % 2 == 0)
        assert content(tmp_path) == {"n": number, "pad": "x" * 500 * number}
    assert len(others(tmp_path)) == 1
    spare.free()
    assert others(tmp_path) == []


def test_each_file_has_a_name_that_is_tidied_up_after_a_kill(spare: Spare, tmp_path: Path) -> None:
    from reportgen.rundir import leftovers

    assert len(others(tmp_path)) == COUNT
    assert leftovers.clear(tmp_path) == COUNT


def test_grows_with_the_document(spare: Spare, tmp_path: Path) -> None:
    large = b'"' + b"x" * 3 * SLACK + b'"'
    assert not spare.write(large, durable=False)
    assert content(tmp_path) == {"n": 0}
    spare.keep(len(large))
    assert len(others(tmp_path)) == COUNT
    assert spare.write(large, durable=False)
    assert content(tmp_path) == "x" * 3 * SLACK


def test_a_disk_that_had_no_room_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run.json").write_text('{"n": 0}')
    monkeypatch.setattr(os, "pwrite", lambda *given: 0)
    made = Spare(tmp_path / "run.json")
    made.keep(100)
    assert not made.write(b"{}", durable=False)
    assert others(tmp_path) == []
    assert content(tmp_path) == {"n": 0}


def test_a_device_that_refuses_nevertheless(spare: Spare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as one that never writes over what is there. The files that were tried are given up, for the room."""
    monkeypatch.setattr(os, "pwrite", lambda *given: 0)
    assert [spare.write(b"{}", durable=False) for _ in range(3)] == [False] * 3
    assert content(tmp_path) == {"n": 0}
    assert others(tmp_path) == []


def test_without_second_names(spare: Spare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert [spare.write(b'{"n": 1}', durable=False) for _ in range(COUNT + 1)] == [True] * COUNT + [False]
    assert content(tmp_path) == {"n": 1}


def test_what_others_close_or_remove_is_made_anew(spare: Spare, tmp_path: Path) -> None:
    for path in others(tmp_path):
        path.unlink()
    spare.mend()
    assert len(others(tmp_path)) == COUNT
    descriptor = spare._files[-1].descriptor
    theirs = os.open(tmp_path / "theirs", os.O_RDWR | os.O_CREAT)
    os.dup2(theirs, descriptor)
    assert not spare.write(b'{"n": 1}', durable=False)
    assert os.fstat(theirs).st_size == 0
    os.close(descriptor)
    os.close(theirs)


def test_a_child_leaves_them_to_its_parent(spare: Spare, tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        spare.let_go()
        os._exit(0 if not spare.write(b"{}", durable=False) and not spare._files else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert spare.write(b'{"n": 5}', durable=False)
    assert content(tmp_path) == {"n": 5}


def test_readers_beside_it_meet_whole_documents(spare: Spare, tmp_path: Path) -> None:
    stop = threading.Event()
    met: set[int] = set()
    faults: list[Exception] = []

    def read() -> None:
        while not stop.is_set():
            try:
                met.add(json.loads((tmp_path / "run.json").read_text())["n"])
            except Exception as fault:
                faults.append(fault)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(300):
        assert spare.write(b'{"n": %d}' % number, durable=False)
    stop.set()
    reader.join()
    assert faults == []
    assert met


KILLED = """
import os, signal
from pathlib import Path
from reportgen.rundir.spare import Spare
Path("run.json").write_text('{"n": 0}')
spare = Spare(Path("run.json").absolute())
spare.keep(100)
calls = []
def watched(name):
    real = getattr(os, name)
    def call(*given, **named):
        if name == "pwrite" and len(calls) == DIE:
            real(given[0], given[1][:9], 0)
        if len(calls) == DIE:
            os.kill(os.getpid(), signal.SIGKILL)
        calls.append(name)
        return real(*given, **named)
    setattr(os, name, call)
for name in ("pwrite", "link", "replace", "fsync", "unlink", "close"):
    watched(name)
for number in range(1, 4):
    spare.write(b'{"n": %d}' % number, durable=True)
print(*calls)
"""


def test_killed_between_any_two_calls_of_the_system(tmp_path: Path) -> None:
    found = []
    for place in range(40):
        folder = tmp_path / str(place)
        folder.mkdir()
        done = scripts.finish(KILLED.replace("DIE", str(place)), folder)
        values = content(folder)
        assert isinstance(values, dict)
        found.append(values["n"])
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    assert found == sorted(found)
    assert set(found) == {0, 1, 2, 3}
    assert spares.COUNT == 2
