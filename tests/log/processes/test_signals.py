"""A process that is told to end stores what it has taken, and dies of the signal; nobody's own handler is touched."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.log import scripts
from tests.log.scripts import left_behind
from tests.log.test_kills import PICTURES, lost, whole_pictures

TAKEN = "for n in range(4):\n    run.log({'picture': Slow(noise), 'n': n})\n"


def steps(folder: Path) -> list[int]:
    return whole_pictures(folder / "runs/p/r")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_what_was_taken_is_stored(number: signal.Signals, tmp_path: Path) -> None:
    begin = "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
    process = scripts.start(PICTURES + begin + TAKEN + "print('logged', flush=True)\ntime.sleep(60)", tmp_path)
    assert process.stdout is not None
    while process.stdout.readline() != "logged\n":
        pass
    process.send_signal(number)
    assert process.wait(60) == -number
    process.communicate()
    assert steps(tmp_path) == [0, 1, 2, 3]
    stored = left_behind(tmp_path / "runs/p/r")
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("crashed", False, ())


def test_what_other_threads_log_meanwhile(tmp_path: Path) -> None:
    """They never stop. What `log` has returned for is stored, and from then on it does not return any more."""
    code = """
import numpy as np
def train(k):
    with open(f'returned{k}', 'w', buffering=1) as returned:
        for n in range(100_000):
            run.log({f'picture{k}': rg.Image(np.full((8, 8), n % 256, np.uint8)), f'n{k}': n})
            print(n, file=returned)
for k in range(4): threading.Thread(target=train, args=(k,), daemon=True).start()
time.sleep(0.5)
run.log({'last': rg.Image(np.zeros((8, 8), np.uint8))})
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(60)
"""
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.returncode == -signal.SIGTERM, done.stderr
    stored = left_behind(tmp_path / "runs/p/r")
    for k in range(4):
        returned = len((tmp_path / f"returned{k}").read_text().splitlines())
        assert len(stored.history[f"picture{k}"]) >= returned > 0
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("crashed", False, ())


@pytest.mark.parametrize("seconds", ["0.5", "0"])
def test_for_so_long_at_most(seconds: str, tmp_path: Path) -> None:
    code = "Slow.seconds = 3\n" + TAKEN + "os.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(60)"
    began = time.monotonic()
    done = scripts.finish(PICTURES + code, tmp_path, REPORTGEN_SIGNAL_SECONDS=seconds)
    assert done.returncode == -signal.SIGTERM
    assert time.monotonic() - began < 30
    stored = left_behind(tmp_path / "runs/p/r")
    assert lost(stored) == 4 - len(steps(tmp_path)) > 0
    assert stored.info.incomplete


OWN = {
    "a handler from before": ("signal.signal(signal.SIGTERM, lambda *_: os._exit(7))\n" + TAKEN, 7),
    "a handler from after": (TAKEN + "signal.signal(signal.SIGTERM, lambda *_: os._exit(7))\n", 7),
    "one that calls the one before": (
        TAKEN
        + "before = signal.getsignal(signal.SIGTERM)\n"
        + "signal.signal(signal.SIGTERM, lambda *given: before(*given))\n",
        -signal.SIGTERM,
    ),
    "ignored": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + TAKEN + "threading.Timer(0.2, os._exit, [8]).start()\n",
        8,
    ),
}


@pytest.mark.parametrize("how", OWN)
def test_handlers_of_others_keep_their_meaning(how: str, tmp_path: Path) -> None:
    code, status = OWN[how]
    done = scripts.finish(PICTURES + code + "os.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(60)", tmp_path)
    assert done.returncode == status, done.stderr
    assert (len(steps(tmp_path)) == 4) is (status == -signal.SIGTERM)


def test_handlers_come_with_media_and_go_with_them(tmp_path: Path) -> None:
    code = """
handlers = lambda: [signal.getsignal(n) is signal.SIG_DFL for n in (signal.SIGTERM, signal.SIGHUP)]
seen = [handlers()]
run.log({'n': 1, 'text': 'x'})
seen.append(handlers())
run.log({'picture': picture(1)})
seen.append(handlers())
run.finish()
seen.append(handlers())
print(seen)
"""
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.stdout.splitlines()[-1] == str([[True] * 2, [True] * 2, [False] * 2, [True] * 2])


def test_a_run_that_another_thread_uses_first(tmp_path: Path) -> None:
    """Python lets the main thread set handlers alone: it does at its own first picture."""
    code = """
other = threading.Thread(target=lambda: run.log({'picture': picture(1)}))
other.start()
other.join()
before = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
run.log({'picture': picture(2)})
print(before, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
"""
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.stdout.splitlines()[-1] == "True False", done.stderr


def test_a_forked_child_dies_at_once(tmp_path: Path) -> None:
    code = (
        TAKEN
        + """
child = os.fork()
if child == 0:
    print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, flush=True)
    time.sleep(60)
time.sleep(0.3)
os.kill(child, signal.SIGTERM)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(60)
"""
    )
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.returncode == -signal.SIGTERM
    assert "True" in done.stdout.split()
    assert steps(tmp_path) == [0, 1, 2, 3]


@pytest.mark.parametrize("trial", range(4))
def test_in_the_middle_of_any_call(trial: int, tmp_path: Path) -> None:
    code = f"""
def end(): os.kill(os.getpid(), signal.SIGTERM)
threading.Timer({0.1 + 0.05 * trial}, end).start()
n = 0
while True:
    run.log({{'picture': picture(n), 'n': n}})
    n += 1
    print(n, flush=True)
"""
    done = scripts.finish(PICTURES + code, tmp_path)
    assert done.returncode == -signal.SIGTERM, done.stderr
    acknowledged = len(done.stdout.splitlines()) - 1
    found = steps(tmp_path)
    assert found == list(range(len(found)))
    assert len(found) >= acknowledged
