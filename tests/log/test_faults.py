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
    """The run says nevertheless that it has ended, and how much it lacks: over bytes that it has, it can write."""
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
    assert (stored.info.state, stored.info.incomplete, stored.info.unwritten) == ("finished", True, 10)
    assert "run finished, incomplete (10 rows or media could not be written)" in ended.stderr
    (torn,) = stored.problems
    assert torn.code == "RG310"
    assert "could not be written are lost" in torn.remedy
    assert stored.summary["a"] == 9


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
    assert (stored.info.state, stored.info.incomplete, stored.info.unwritten) == ("finished", True, 10)
    (problem,) = stored.problems
    assert (problem.code, problem.what) == ("RG329", "10 values of 'picture', at steps 10 to 19, could not be stored")


# ---- a disk, or a table of descriptors, that stays full

NO_DESCRIPTORS = """
import numpy as np
held = []
def use_up():
    try:
        while True: held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError: pass
resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
"""


def test_the_end_with_no_descriptor_left(tmp_path: Path) -> None:
    ended, stored = done(
        BEGIN + NO_DESCRIPTORS + "for n in range(50): run.log({'a': n})\nuse_up()\nrun.finish()", tmp_path
    )
    assert "RG" not in ended.stderr
    assert values(stored) == list(range(50))
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", False, ())
    assert (tmp_path / "runs/p/r/summary.json").exists()
    assert not (tmp_path / "runs/p/r/run.owner").exists()


@pytest.mark.parametrize(
    "call",
    [
        "run.log({'b': rg.Image(np.zeros((8, 8), np.uint8))})",
        "run.log({'b': np.arange(1000)})",
        "run.log({'b': rg.Table(columns=['x'], data=[[1]])})",
        "run.alert('title', 'text')",
        "run.log_artifact('f.txt', name='a', type='t')",
        "run.save('f.txt')",
        "run.log_code('.')",
        "run.define_metric('a', summary='max')",
        "run.summary['b'] = np.arange(1000)",
        "run.history.add({'b': 1})",
    ],
)
def test_what_is_first_used_with_no_descriptor_left(call: str, tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_text("x")
    code = (
        BEGIN
        + NO_DESCRIPTORS
        + f"run.log({{'a': 1}})\nuse_up()\n{call}\nrun.log({{'a': 2}})\nrun.finish()\nprint('trained')"
    )
    ended, stored = done(code, tmp_path)
    assert ended.stdout == "trained\n"
    assert "RG" not in ended.stderr
    assert sorted(values(stored)) == [1, 2]
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", False, ())


def test_a_later_call_that_finds_no_descriptor(tmp_path: Path) -> None:
    """Soon after the first shortage, all that calls need is loaded, and descriptors are in reserve again."""
    code = """
from reportgen.log import background
from reportgen.rundir import descriptors
background.SECONDS, descriptors.QUIET = 0.05, 0.1
run.finish()
run = rg.init(project='p', id='q', system_metrics=False)
use_up()
run.define_metric('a', summary='max')
end = time.monotonic() + 20
held.pop(); os.close(held.pop())
while "reportgen.log.files.lineage" not in sys.modules and time.monotonic() < end:
    for descriptor in held[-12:]: os.close(descriptor)
    del held[-12:]
    time.sleep(0.05)
use_up()
run.alert('title', 'text')
use_up()
run.save('f.txt')
use_up()
run.finish()
print('trained')
"""
    (tmp_path / "f.txt").write_text("x")
    ended = scripts.finish(BEGIN + NO_DESCRIPTORS + code, tmp_path)
    assert (ended.returncode, ended.stdout) == (0, "trained\n"), ended.stderr
    assert reportgen.read_run(tmp_path / "runs/p/q").info.state == "finished"


def test_a_writer_of_its_own_says_what_it_could_not_write(tmp_path: Path) -> None:
    script = f"""
child = os.fork()
if child == 0:
    for n in range(10): run.log({{'b': n}})
    Disk.fails = full({errno.ENOSPC}, 7)
    for n in range(10, 15): run.log({{'b': n}})
    run.finish()
    os._exit(0)
os.waitpid(child, 0)
run.log({{'a': 1}})
run.finish()
"""
    ended, stored = done(BEGIN + script, tmp_path)
    assert ended.stderr.count("RG114") == 1
    assert values(stored, "b") == list(range(10))
    assert (stored.info.state, stored.info.incomplete) == ("finished", True)
    assert stored.summary == {"a": 1, "b": 9}
    assert "could not be written are lost" in next(p.remedy for p in stored.problems if p.code == "RG310")


def test_a_rank_says_what_it_could_not_write(tmp_path: Path) -> None:
    begin = BEGIN.replace("strict=False", "strict=False, ranks='all'")
    code = f"""
if os.environ['RANK'] == '1':
    run.log({{'b': 0}})
    Disk.fails = full({errno.ENOSPC})
    for n in range(5): run.log({{'b': n}})
    Disk.fails = well
    run.log({{'b': 9}})
else:
    run.log({{'a': 1}})
    time.sleep(2)
run.finish()
"""
    launch = {"WORLD_SIZE": "2", "LOCAL_RANK": "0", "MASTER_ADDR": "localhost", "MASTER_PORT": "1"}
    ranks = [scripts.start(begin + code, tmp_path, RANK=str(rank), **launch) for rank in range(2)]
    said = [rank.communicate(timeout=120)[1] for rank in ranks]
    assert [rank.returncode for rank in ranks] == [0, 0], said
    assert [text.count("RG114") for text in said] == [0, 1]
    stored = reportgen.read_run(tmp_path / "runs/p/r")
    assert (stored.info.state, stored.info.incomplete, stored.info.unwritten) == ("finished", True, 5)
    assert stored.summary == {"a": 1, "b": 9}


# ---- what others do to the files of a run


REMOVALS = {
    "the folder": "os.rename('runs/p/r', 'old'); shutil.rmtree('old')",
    "the folder of all runs": "os.rename('runs', 'old'); shutil.rmtree('old')",
    "its files": "[os.remove(entry.path) for entry in os.scandir('runs/p/r')]",
}
WAIT = """
import shutil
from reportgen.log import background
run.finish()
shutil.rmtree('runs')
background.SECONDS = 0.05
run = rg.init(project='p', id='r', system_metrics=False)
time.sleep(0.3)
"""


@pytest.mark.parametrize("soon", [True, False], ids=["noticed at the end", "noticed meanwhile"])
@pytest.mark.parametrize("how", REMOVALS)
def test_a_run_directory_that_is_removed(how: str, soon: bool, tmp_path: Path) -> None:
    script = f"""
import shutil
for n in range(100): run.log({{'a': n}})
{REMOVALS[how]}
end = time.monotonic() + 20
while {not soon} and not os.path.exists('runs/p/r/run.json') and time.monotonic() < end: time.sleep(0.01)
for n in range(100, 200): run.log({{'a': n}})
run.config['rate'] = 0.1
run.finish()
"""
    ended, stored = done(BEGIN + ("" if soon else WAIT) + script, tmp_path)
    assert ended.stderr.count("RG138") == 1
    assert "Traceback" not in ended.stderr
    assert values(stored) == list(range(200))
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", True, ())
    assert stored.config == {"rate": 0.1}


@pytest.mark.parametrize("soon", [True, False], ids=["at the next call", "meanwhile"])
def test_descriptors_that_somebody_else_closes(soon: bool, tmp_path: Path) -> None:
    """As programs do that detach themselves from a terminal; then they open files of their own."""
    script = f"""
import numpy as np
run.alert('one')
run.log({{'a': 0, 'picture': rg.Image(np.zeros((8, 8), np.uint8))}})
run.flush()  # a file that another thread has open at this moment could not be saved by anybody
os.closerange(3, 4096)
mine = [os.open(f'mine{{n}}', os.O_RDWR | os.O_CREAT) for n in range(40)]
if not {soon}: time.sleep(0.5)
for n in range(1, 100): run.log({{'a': n}})
run.log({{'picture': rg.Image(np.ones((8, 8), np.uint8))}})
run.alert('two')
run.flush()
try:
    {soon} or rg.init(project='p', id='r', reinit='create_new', resume='must')
except Exception as fault:
    print(fault.code)  # the lock is held again
run.finish()
print([os.fstat(descriptor).st_size for descriptor in mine] == [0] * 40)
"""
    ended, stored = done(BEGIN + ("" if soon else WAIT) + script, tmp_path)
    assert ended.stdout.splitlines() == [*["RG361"] * (not soon), "True"]
    assert "RG1" not in ended.stderr
    assert "Traceback" not in ended.stderr
    assert values(stored) == list(range(100))
    assert [alert.title for alert in stored.events.alerts] == ["one", "two"]
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", False, ())
