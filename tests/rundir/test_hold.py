"""One writer at a time, on local disks and on file systems whose locks do not work or do not reach other machines."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reportgen.errors import UsageError
from reportgen.rundir import hold, layout
from reportgen.rundir.hold import Hold, abandoned
from tests.conftest import ROOT

Flock = Callable[[object, int], None]


def refusing(code: int) -> Flock:
    def flock(file: object, how: int) -> None:
        raise OSError(code, os.strerror(code))

    return flock


def doing_nothing(file: object, how: int) -> None:
    """What some network file systems do."""


BROKEN = {
    "ENOLCK": refusing(errno.ENOLCK),
    "ENOSYS": refusing(errno.ENOSYS),
    "EOPNOTSUPP": refusing(errno.EOPNOTSUPP),
    "nothing": doing_nothing,
}

HOLDER = """
import fcntl, os, sys, time, pathlib
sys.path.insert(0, {root!r})
from reportgen.rundir import hold
{shim}
held = hold.Hold(pathlib.Path('run.lock'), pathlib.Path('run.owner'))
print('held', flush=True)
{then}
"""
NO_LOCKS = "def flock(file, how): raise OSError(37, 'No locks available')\nfcntl.flock = flock"
ELSEWHERE = "hold._machine = lambda: 'another machine'"
BEATING = "while True:\n    held.beat(); time.sleep(0.1)"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def held() -> Hold:
    return Hold(Path("run.lock"), Path("run.owner"))


@pytest.fixture
def holder(here: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Another process that holds the run."""
    started: list[subprocess.Popen[str]] = []

    def start(shim: str = "", then: str = "time.sleep(60)") -> subprocess.Popen[str]:
        code = HOLDER.format(root=str(ROOT), shim=shim, then=then)
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=here)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        end(process)
        assert process.stdout is not None
        process.stdout.close()


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def refused() -> None:
    with pytest.raises(UsageError, match=r"RG361: this run is already being written .*Wait until the other process"):
        held()


# ---- one process at a time


def test_held_and_given_back(here: Path) -> None:
    first = held()
    refused()
    assert not abandoned(here)
    first.release()
    first.release()
    assert not Path("run.owner").exists()
    assert abandoned(here)
    held().release()


def test_by_another_process(here: Path, holder: Callable[..., subprocess.Popen[str]]) -> None:
    process = holder()
    refused()
    assert not abandoned(here)
    end(process)
    assert abandoned(here)
    held().release()  # at once: the lock went with the process


@pytest.mark.parametrize("flock", BROKEN.values(), ids=BROKEN)
def test_where_locks_do_not_work(
    here: Path, holder: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch, flock: Flock
) -> None:
    process = holder(NO_LOCKS)
    monkeypatch.setattr(fcntl, "flock", flock)
    refused()
    assert not abandoned(here)
    end(process)
    assert abandoned(here)
    mine = held()  # at once: its process is known to be gone
    refused()
    mine.release()
    assert abandoned(here) is False or not Path("run.owner").exists()


def test_without_locks_in_the_system(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    mine = held()
    refused()
    assert not abandoned(here)
    mine.release()
    held().release()


def test_a_process_with_the_number_of_a_dead_one(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", BROKEN["ENOLCK"])
    held()
    values = json.loads(Path("run.owner").read_text())
    Path("run.owner").write_text(json.dumps({**values, "started": values["started"] - 1}))
    assert abandoned(here)
    held().release()


# ---- other machines


def test_another_machine_that_lives(here: Path, holder: Callable[..., subprocess.Popen[str]]) -> None:
    """Its lock is not seen from here; its signs of life are."""
    holder(NO_LOCKS + "\n" + ELSEWHERE, BEATING)
    assert not abandoned(here)
    refused()


def test_another_machine_that_died(
    here: Path, holder: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    process = holder(ELSEWHERE)
    end(process)
    monkeypatch.setattr(hold, "STALE", 0.6)
    monkeypatch.setattr(hold, "BEAT", 0.2)
    begun = time.monotonic()
    mine = held()
    assert time.monotonic() - begun >= 0.5  # it had died just now, so its silence had to be listened to
    mine.release()


@pytest.mark.parametrize("age", [hold.OLD + 5, -3600.0])
def test_an_old_owner_of_another_machine(
    here: Path, holder: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch, age: float
) -> None:
    """One that is long gone is not waited for; a time in the future is no sign of life, if it does not change."""
    process = holder(ELSEWHERE)
    end(process)
    os.utime("run.owner", (time.time() - age, time.time() - age))
    if age < 0:
        monkeypatch.setattr(hold, "STALE", 0.4)
        monkeypatch.setattr(hold, "BEAT", 0.1)
    assert abandoned(here)
    held().release()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"machine": 1}', '{"machine":"x","space":0,"process":-1,"started":0,"token":"t"}', "\0" * 50],
)
def test_an_owner_file_that_says_nothing(here: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    Path("run.owner").write_text(content)
    os.utime("run.owner", (1, 1))
    held().release()
    monkeypatch.setattr(hold, "STALE", 0.3)
    monkeypatch.setattr(hold, "BEAT", 0.1)
    Path("run.owner").write_text(content)
    held().release()


def test_who_was_taken_over_learns_of_it(here: Path) -> None:
    first = held()
    first.beat()
    before = Path("run.owner").stat().st_mtime_ns
    time.sleep(0.02)
    first.beat()
    assert Path("run.owner").stat().st_mtime_ns > before
    Path("run.owner").unlink()
    first.beat()  # somebody cleaned up
    assert Path("run.owner").exists()
    values = json.loads(Path("run.owner").read_text())
    Path("run.owner").write_text(json.dumps({**values, "token": "another"}))
    with pytest.raises(OSError, match="another process has taken over"):
        first.beat()
    first.release()
    assert Path("run.owner").exists()  # it is not ours any more


def test_of_many_that_want_it_one_gets_it(here: Path) -> None:
    """Also where locks do not work, and after a process that died."""
    code = HOLDER.format(root=str(ROOT), shim=NO_LOCKS, then="import os; os._exit(0)")
    subprocess.run([sys.executable, "-c", code], cwd=here, stdout=subprocess.DEVNULL, check=True)
    assert Path("run.owner").exists()
    code = (
        HOLDER.format(root=str(ROOT), shim=NO_LOCKS, then="time.sleep(2)")
        .replace("held = ", "time.sleep(max(0, float(sys.argv[1]) - time.time()))\ntry: held = ")
        .replace("print('held'", "except Exception: print('refused'); sys.exit()\nprint('held'")
    )
    begin = str(time.time() + 1.5)
    many = [
        subprocess.Popen([sys.executable, "-c", code, begin], cwd=here, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    answers = [process.communicate(timeout=60)[0].strip() for process in many]
    assert sorted(answers) == ["held", *["refused"] * 5]


# ---- what it tells, and what it touches


def test_it_tells_nothing_about_anybody(here: Path) -> None:
    import getpass
    import platform

    mine = held()
    text = Path("run.owner").read_text()
    assert set(json.loads(text)) == {"machine", "space", "process", "started", "token"}
    for fact in (platform.node(), getpass.getuser() + "@", str(Path.home()), "boot"):
        assert fact not in text
    mine.release()


def test_reading_changes_nothing(here: Path) -> None:
    mine = held()
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in here.iterdir()}
    assert not abandoned(here)
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in here.iterdir()} == before
    mine.release()


def test_a_forked_child_leaves_it_to_its_parent(here: Path) -> None:
    mine = held()
    child = os.fork()
    if child == 0:
        mine.let_go()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    refused()
    mine.release()


def test_a_run_that_was_copied_without_its_lock(here: Path) -> None:
    assert abandoned(here)


def test_links_are_not_followed(here: Path, tmp_path: Path) -> None:
    (here / "elsewhere").write_text("{}")
    (here / layout.OWNER).symlink_to(here / "elsewhere")
    (here / layout.LOCK).symlink_to(here / "elsewhere")
    assert not abandoned(here)


# ---- what others do to the files


def test_a_lock_that_somebody_has_closed_is_taken_again(here: Path) -> None:
    mine = held()
    assert not mine.is_lost()
    os.close(mine._descriptor)
    theirs = os.open("theirs", os.O_RDWR | os.O_CREAT)
    assert mine.is_lost()
    mine.mend()
    assert not mine.is_lost()
    refused()
    mine.release()
    os.fstat(theirs)  # it had the number, and is still open
    os.close(theirs)
    held().release()


def test_files_that_somebody_has_removed_are_made_again(here: Path) -> None:
    mine = held()
    Path("run.lock").unlink()
    Path("run.owner").unlink()
    assert mine.is_lost()
    mine.mend()
    refused()
    assert not abandoned(here)
    mine.release()
    assert not Path("run.owner").exists()


def test_what_another_process_has_taken_meanwhile_is_its_own(
    here: Path, holder: Callable[..., subprocess.Popen[str]]
) -> None:
    mine = held()
    Path("run.lock").unlink()
    Path("run.owner").unlink()
    holder()
    with pytest.raises(OSError, match="another process has taken over"):
        mine.mend()
    mine.release()
    assert Path("run.owner").exists()


def test_what_was_given_back_is_not_missed(here: Path) -> None:
    mine = held()
    mine.release()
    Path("run.lock").unlink()
    assert not mine.is_lost()
    mine.mend()
    assert not Path("run.lock").exists()
