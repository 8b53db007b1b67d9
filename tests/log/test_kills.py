"""Processes that end while pictures wait: rows name whole files only, plain values are kept, and nothing hangs."""

from __future__ import annotations

import hashlib
import random
import signal
import time
from pathlib import Path

import PIL.Image
import pytest

from reportgen.rundir.reader import StoredRun
from tests.log import scripts
from tests.log.scripts import START, card, left_behind, rows

PICTURES = (
    "import os, random, signal, sys, threading, time\nimport numpy as np\n"
    + START
    + """
noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
def picture(number):
    noise[0, 0, 0], noise[0, 0, 1] = number % 256, number // 256
    return rg.Image(noise, caption=str(number))
class Slow(rg.Image):
    seconds = 0.4
    def encode(self, store):
        time.sleep(self.seconds)
        return super().encode(store)
"""
)


def whole_pictures(folder: Path, key: str = "picture") -> list[int]:
    """Steps of the rows that name pictures; each file must be there and whole."""
    steps = []
    for row in rows(folder):
        if key in row:
            file = folder / row[key]["file"]
            assert hashlib.sha256(file.read_bytes()).hexdigest() == file.stem
            with PIL.Image.open(file) as opened:
                opened.load()
            steps.append(row["_step"])
    return steps


# ---- kill -9


@pytest.mark.parametrize("trial", range(6))
def test_killed_at_any_moment(trial: int, tmp_path: Path) -> None:
    endless = "n = 0\nwhile True:\n    run.log({'picture': picture(n), 'n': n}); n += 1; print(n, flush=True)\n"
    process = scripts.start(PICTURES + endless, tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(random.Random(trial).uniform(0.2, 0.8))
    process.kill()
    acknowledged = len(process.communicate()[0].splitlines())
    stored = left_behind(tmp_path / "runs/p/r")
    assert stored.info.state == "crashed"
    assert [problem for problem in stored.problems if problem.code not in ("RG310", "RG329")] == []
    numbers = stored.history["n"].steps.tolist() if acknowledged else []
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= acknowledged  # rows of numbers: none lost
    steps = whole_pictures(tmp_path / "runs/p/r")
    assert steps == list(range(len(steps)))
    assert lost(stored) >= acknowledged - len(steps)  # and those that are missing are counted
    assert stored.info.incomplete is (lost(stored) > 0)


def lost(stored: StoredRun) -> int:
    """How many values the run says it lost."""
    return sum(int(p.what.split()[0].replace(",", "")) for p in stored.problems if p.code == "RG329")


STEP_BY_STEP = (
    PICTURES
    + """
class Nowhere:
    put = lambda self, data, suffix: f"media/ab/{'ab' * 32}{suffix}"
picture(0).encode(Nowhere())  # what is imported for it is no call of ours
calls = []
def watched(name):
    real = getattr(os, name)
    def call(*given, **named):
        if threading.current_thread().name == "reportgen media":
            if len(calls) == DIE:
                os.kill(os.getpid(), signal.SIGKILL)
            calls.append(name)
        return real(*given, **named)
    setattr(os, name, call)
for name in ("open", "write", "close", "mkdir", "replace", "stat"):
    watched(name)
run.log({"picture": picture(7), "n": 1})
end = time.monotonic() + 60
while '"picture":' not in open("runs/p/r/history.jsonl").read() and time.monotonic() < end: time.sleep(0.01)
print(*calls, flush=True)
"""
)


def test_killed_between_any_two_calls_of_the_system(tmp_path: Path) -> None:
    """From the first touch of the disk to the row: before the row, the picture is as good as not logged."""
    seen = []
    for place in range(30):
        folder = tmp_path / str(place)
        folder.mkdir()
        done = scripts.finish(STEP_BY_STEP.replace("DIE", str(place)), folder)
        steps = whole_pictures(folder / "runs/p/r")
        stored = left_behind(folder / "runs/p/r")
        assert lost(stored) == 1 - len(steps)
        assert stored.history["n"].steps.tolist() == [0]
        if done.returncode == 0:
            calls = done.stdout.split()[1:]
            assert steps == [0]
            break
        assert done.returncode == -signal.SIGKILL
        assert steps == []
        files = [path for path in (folder / "runs/p/r/media").rglob("*") if path.is_file()]
        assert len(files) <= 1
        seen.append(files[0].suffix if files else "")
    assert {"", ".part", ".png"} <= set(seen)  # nothing, half a file, a whole one that no row names
    assert calls.index("replace") < len(calls) - 1 - calls[::-1].index("write")  # the file, then the row


# ---- other ends

SLOW = PICTURES + "for n in range(4):\n    run.log({'picture': Slow(noise), 'n': n})\n"

ENDS = {
    "runs to its end": ("", 0, "finished", 4),
    "sys.exit": ("sys.exit(3)", 3, "failed", 4),
    "exception": ("raise ValueError('x')", 1, "failed", 4),
    "finish": ("run.finish()", 0, "finished", 4),
    "flush, then os._exit": ("run.flush(); os._exit(0)", 0, "crashed", 4),
    "os._exit": ("os._exit(0)", 0, "crashed", 0),
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(5)", -signal.SIGTERM, "crashed", 4),
    "SIGHUP": ("os.kill(os.getpid(), signal.SIGHUP); time.sleep(5)", -signal.SIGHUP, "crashed", 4),
    "SIGINT": ("os.kill(os.getpid(), signal.SIGINT); time.sleep(5)", 1, "failed", 4),
    "SIGTERM twice": (
        "threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()\n"
        "Slow.seconds = 9\nrun.log({'other': Slow(noise)})\nos.kill(os.getpid(), signal.SIGTERM); time.sleep(5)",
        -signal.SIGTERM,
        "crashed",
        None,
    ),
    "SIGTERM, handled": (
        "signal.signal(signal.SIGTERM, lambda *_: (rg.finish(), os._exit(5)))\n"
        "os.kill(os.getpid(), signal.SIGTERM); time.sleep(5)",
        5,
        "finished",
        4,
    ),
    "abort": ("os.abort()", -signal.SIGABRT, "crashed", 0),
}


@pytest.mark.parametrize("how", ENDS)
def test_ends(how: str, tmp_path: Path) -> None:
    code, status, state, pictures = ENDS[how]
    done = scripts.finish(SLOW + code, tmp_path)
    assert done.returncode == status, done.stderr
    stored = left_behind(tmp_path / "runs/p/r")
    assert stored.info.state == state
    assert stored.history["n"].steps.tolist() == [0, 1, 2, 3]
    if pictures is not None:
        assert whole_pictures(tmp_path / "runs/p/r") == list(range(pictures))
        assert lost(stored) == 4 - pictures
    assert stored.info.incomplete is (lost(stored) > 0)
    assert "Traceback" not in done.stderr or how in ("exception", "SIGINT")


def test_interrupted_while_it_waits_at_the_end(tmp_path: Path) -> None:
    """The second Ctrl-C: whoever presses it wants out, and gets a run that ended and says that it is incomplete."""
    code = (
        "Slow.seconds = 1.5\nfor n in range(8):\n    run.log({'picture': Slow(noise), 'n': n})\n"
        "threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
        "try:\n    run.finish()\nfinally:\n    print(run.state, flush=True)\n"
    )
    began = time.monotonic()
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.stdout.split()[-1] == "finished"
    assert done.returncode == -signal.SIGINT
    assert time.monotonic() - began < 10
    values = card(tmp_path / "runs/p/r")
    assert (values["state"], values["incomplete"]) == ("finished", True)
    stored = left_behind(tmp_path / "runs/p/r")
    assert [problem.code for problem in stored.problems] == ["RG329"]
    assert stored.info.unwritten == lost(stored) > 0


@pytest.mark.parametrize("trial", range(5))
def test_a_handler_that_finishes_the_run_in_the_middle_of_a_call(trial: int, tmp_path: Path) -> None:
    code = f"""
def end(*_):
    run.finish()
    os._exit(5)
signal.signal(signal.SIGALRM, end)
n = 0
while True:
    if n == 3:
        signal.setitimer(signal.ITIMER_REAL, {0.001 + 0.0137 * trial})
    run.log({{'picture': picture(n), 'n': n}})
    n += 1
    run.log({{'m': n}})
"""
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.returncode == 5, done.stderr
    stored = left_behind(tmp_path / "runs/p/r")
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", False, ())
    steps = whole_pictures(tmp_path / "runs/p/r")
    assert len(steps) >= len(stored.history["m"].steps) >= 3


# ---- forks


def test_forks_while_pictures_wait(tmp_path: Path) -> None:
    code = """
children = []
for n in range(60):
    run.log({'picture': picture(n), 'n': n})
    if n % 10 == 5:
        child = os.fork()
        if child == 0:
            run.flush()
            run.finish()
            os._exit(0)
        children.append(child)
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
run.flush()
"""
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str([0] * 6)
    assert whole_pictures(tmp_path / "runs/p/r") == list(range(60))
    assert card(tmp_path / "runs/p/r")["state"] == "finished"


def test_workers_of_multiprocessing(tmp_path: Path) -> None:
    code = """
import multiprocessing
def work(number):
    return number + 1
with multiprocessing.get_context('fork').Pool(3) as workers:
    for n in range(30):
        run.log({'picture': picture(n), 'n': n})
        assert workers.map(work, [n]) == [n + 1]
"""
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert whole_pictures(tmp_path / "runs/p/r") == list(range(30))


# ---- memory


def test_memory_stays_small_however_fast_a_script_logs(tmp_path: Path) -> None:
    """Pictures of 400 MB, encoded more slowly than they come."""
    code = """
import resource
from reportgen.log import storing
storing.MAX_BYTES = 30_000_000
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
Slow.seconds = 0.01
run.log({'picture': Slow(np.full((1000, 1000), 1, np.uint8))})
run.flush()
before = peak()
for n in range(100):
    run.log({'picture': Slow(np.full((1000, 1000), n, np.float32))})
run.finish()
print(peak() - before)
"""
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.splitlines()[-1]) < 100e6
    assert len(whole_pictures(tmp_path / "runs/p/r")) == 101


def test_the_last_line_of_a_run_is_its_only_one(tmp_path: Path) -> None:
    """Without a terminal there is no bar, however long the end takes."""
    code = "Slow.seconds = 0.8\nfor n in range(4):\n    run.log({'picture': Slow(noise)})\n"
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("reportgen: run finished: runs/p/r")
