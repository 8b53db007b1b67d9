"""A disk that fails under a training: it goes on, one warning is given, and what could be written is readable.

The scripts run in processes of their own. What the disk does is decided in place of `os.write` and `os.fsync`, as a
library between the program and the system would do it; limits of the process are real ones.
"""

from __future__ import annotations

import errno
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import reportgen
from reportgen.rundir.reader import StoredRun
from tests.log import scripts

DISK = """
import errno, os, random, resource, signal, sys, threading, time
import reportgen as rg
from reportgen.errors import WriteError
class Disk:
    fails = lambda data: None  # bytes that it still takes, and the error that comes then; None: all is well
    broken = None              # the error of fsync
written, synced = os.write, os.fsync
def write(descriptor, data):
    told = Disk.fails(data)
    if told is None:
        return written(descriptor, data)
    taken, code = told
    if taken:
        return written(descriptor, bytes(data)[:taken])
    raise OSError(code, os.strerror(code))
def fsync(descriptor):
    if Disk.broken is not None:
        code, Disk.broken = Disk.broken, None
        raise OSError(code, os.strerror(code))
    synced(descriptor)
os.write, os.fsync = write, fsync
def full(code, room=0):
    '''A disk with some bytes left.'''
    left = [room]
    def fails(data):
        taken, left[0] = min(left[0], len(data)), max(0, left[0] - len(data))
        return taken, code
    return fails
well = Disk.fails
"""
OPEN = DISK + "run = rg.init(project='p', id='r', system_metrics=False, strict=STRICT)\ntime.sleep(0.3)\n"
BEGIN, STRICT = OPEN.replace("STRICT", "False"), OPEN.replace("STRICT", "True")


def done(code: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], StoredRun]:
    """A script that ran to its end, and its run."""
    ended = scripts.finish(code, folder)
    assert ended.returncode == 0, ended.stderr
    return ended, reportgen.read_run(folder / "runs/p/r")


def values(stored: StoredRun, key: str = "a") -> list[Any]:
    found = stored.history[key].values
    assert found is not None
    return [int(value) for value in found]


REFUSALS = [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS]


@pytest.mark.parametrize("room", [0, 7])
@pytest.mark.parametrize("code", REFUSALS, ids=[errno.errorcode[code] for code in REFUSALS])
def test_training_goes_on_and_so_does_logging(code: int, room: int, tmp_path: Path) -> None:
    script = f"""
for n in range(200):
    if n == 50: Disk.fails = full({code}, {room})
    if n == 100: Disk.fails = well
    run.log({{'a': n, 'text': 'x'}} if n % 3 else {{'a': n}})
"""
    ended, stored = done(BEGIN + script, tmp_path)
    assert ended.stderr.count("RG114") == 1
    assert "Traceback" not in ended.stderr
    assert (stored.info.state, stored.info.incomplete) == ("finished", True)
    assert values(stored) == [*range(50), *range(100, 200)]
    assert [problem.code for problem in stored.problems] == ["RG311"] * bool(room)  # the torn row, which ate no other
    assert stored.summary["a"] == 199


@pytest.mark.parametrize("seed", range(4))
def test_a_strict_run_says_which_rows_are_lost(seed: int, tmp_path: Path) -> None:
    """At random, a write is whole, short, refused, or short with a refused rest."""
    script = f"""
chance = random.Random({seed})
history = os.stat('runs/p/r/history.jsonl')
def fails(data):
    kind = chance.choice('wwwsre')
    size = chance.randrange(1, len(data)) if len(data) > 1 else 1
    return {{'w': None, 's': (size, 0), 'r': (0, errno.ENOSPC), 'e': (size, 0)}}[kind]
Disk.fails = fails
kept = []
for n in range(1000):
    try:
        run.log({{'a': n, 'long': 'x' * (n % 90)}} if n % 2 else {{'a': n}})
        kept.append(n)
    except WriteError as fault:
        assert fault.code == 'RG115', fault
Disk.fails = well
print(kept)
run.finish()
"""
    ended, stored = done(STRICT + script, tmp_path)
    acknowledged = json.loads(ended.stdout.splitlines()[-1])
    assert 300 < len(acknowledged) < 1000
    found = values(stored)
    assert found == sorted(set(found))
    assert set(acknowledged) <= set(found)  # a row that lacked nothing but its line end may be readable too
    assert len(found) - len(acknowledged) < 50
    assert (stored.info.state, stored.info.incomplete) == ("finished", True)


@pytest.mark.parametrize("nth", [1, 2, 3, 7])
def test_short_writes_lose_nothing(nth: int, tmp_path: Path) -> None:
    script = f"""
calls = [0]
def fails(data):
    calls[0] += 1
    return (len(data) // 2, 0) if calls[0] % {nth} == 0 and len(data) > 1 else None
Disk.fails = fails
for n in range(300): run.log({{'a': n}})
"""
    ended, stored = done(BEGIN + script, tmp_path)
    assert "RG" not in ended.stderr
    assert values(stored) == list(range(300))
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", False, ())


def test_signals_interrupt_nothing(tmp_path: Path) -> None:
    """The handler logs as well, in the middle of whatever call it comes into."""
    script = """
came = []
def handle(*_):
    came.append(1)
    run.log({'b': len(came)})
signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)
n = 0
while n < 5000 or len(came) < 20:
    run.log({'a': n})
    n += 1
signal.setitimer(signal.ITIMER_REAL, 0)
print(n, len(came))
"""
    ended, stored = done(BEGIN + script, tmp_path)
    count, came = map(int, ended.stdout.split())
    rows = scripts.rows(tmp_path / "runs/p/r")
    assert [row["a"] for row in rows if "a" in row] == list(range(count))
    assert sorted(row["b"] for row in rows if "b" in row) == list(range(1, came + 1))
    assert (stored.info.incomplete, stored.problems) == (False, ())


def test_what_was_changed_while_the_disk_was_full_is_stored_at_the_end(tmp_path: Path) -> None:
    script = f"""
run.log({{'a': 0}})
Disk.fails = full({errno.ENOSPC})
run.config['rate'] = 0.1
run.summary['best'] = 7
run.tags = ['late']
run.notes = 'words'
run.define_metric('a', summary='max')
run.log({{'a': 1}})
Disk.fails = well
run.finish()
"""
    ended, stored = done(BEGIN + script, tmp_path)
    assert ended.stderr.count("RG114") == 1
    assert stored.config["rate"] == 0.1
    assert stored.summary["best"] == 7
    assert (stored.info.tags, stored.info.notes) == (("late",), "words")
    assert (stored.info.state, stored.info.incomplete) == ("finished", True)


def test_a_disk_that_stays_full(tmp_path: Path) -> None:
    """The run cannot say any more that it has ended, but what was written is readable."""
    script = f"""
for n in range(20):
    if n == 10: Disk.fails = full({errno.ENOSPC}, 7)
    run.log({{'a': n}})
run.finish()
print('trained', flush=True)
"""
    ended, stored = done(BEGIN + script, tmp_path)
    assert ended.stdout == "trained\n"
    assert ended.stderr.count("RG114") == 1
    assert values(stored) == list(range(10))
    assert stored.info.state == "crashed"


@pytest.mark.parametrize("strict", [False, True])
def test_a_device_that_fails_once_at_the_end(strict: bool, tmp_path: Path) -> None:
    script = f"""
run.log({{'a': 1}})
Disk.broken = {errno.EIO}
try:
    run.finish()
except WriteError as fault:
    print(fault.code)
"""
    ended, stored = done((STRICT if strict else BEGIN) + script, tmp_path)
    assert ended.stdout == ("RG115\n" if strict else "")
    assert ended.stderr.count("RG114") == (0 if strict else 1)
    assert values(stored) == [1]
    assert stored.summary["a"] == 1
    assert (stored.info.state, stored.info.incomplete) == ("finished", True)
    assert (tmp_path / "runs/p/r/summary.json").exists()


def test_a_device_that_fails_once_in_the_middle(tmp_path: Path) -> None:
    script = f"""
from reportgen.log import background
background.SECONDS = 0.05
run.finish()
run = rg.init(project='p', id='r', resume='must', system_metrics=False)
run.log({{'a': 1}})
Disk.broken = {errno.EIO}
end = time.monotonic() + 20
while Disk.broken is not None and time.monotonic() < end: time.sleep(0.01)
run.log({{'a': 2}})
run.finish()
"""
    ended, stored = done(BEGIN + script, tmp_path)
    assert ended.stderr.count("RG114") == 1
    assert values(stored) == [1, 2]
    assert (stored.info.state, stored.info.incomplete) == ("finished", True)


LIMITS = {
    "no descriptor left": (
        "held = []\nsoft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))",
    ),
    "disk full": (
        f"Disk.fails = lambda data: (0, {errno.ENOSPC}) if threading.current_thread().name == 'reportgen media' "
        "and not bytes(data).startswith(b'{') else None",
        "Disk.fails = well",
    ),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_pictures_that_cannot_be_stored(limit: str, tmp_path: Path) -> None:
    begin, end = LIMITS[limit]
    script = f"""
import numpy as np
for n in range(30):
    if n == 10:
        run.flush()
        {begin.replace(chr(10), chr(10) + "        ")}
    if n == 20:
        run.flush()
        {end}
    run.log({{'picture': rg.Image(np.full((8, 8), n, np.uint8)), 'a': n}})
"""
    ended, stored = done(BEGIN + script, tmp_path)
    assert ended.stderr.count("RG114") == 1
    assert values(stored) == list(range(30))  # numbers of the same calls are all there
    folder = tmp_path / "runs/p/r"
    named = [(row["_step"], folder / row["picture"]["file"]) for row in scripts.rows(folder) if "picture" in row]
    assert [step for step, _ in named] == [*range(10), *range(20, 30)]
    for _, file in named:
        assert hashlib.sha256(file.read_bytes()).hexdigest() == file.stem
    assert list(folder.rglob("*.part")) == []
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", True, ())
