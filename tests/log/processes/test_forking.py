"""Forks wait for the threads of this package, and no child is left with a lock that nobody gives back."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

import reportgen
from reportgen.log.processes import forking
from reportgen.log.processes.forking import Gate
from tests.log import scripts
from tests.log.scripts import START


def test_a_fork_waits_until_all_are_out() -> None:
    gate, inside, leave = Gate(), threading.Event(), threading.Event()
    order: list[str] = []

    def work() -> None:
        with gate, gate:
            inside.set()
            leave.wait(10)
            order.append("out")

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    threading.Timer(0.2, leave.set).start()
    gate.close()
    order.append("fork")
    gate.open()
    thread.join()
    assert order == ["out", "fork"]


def test_nobody_comes_in_during_a_fork() -> None:
    gate = Gate()
    came = threading.Event()

    def work() -> None:
        with gate:
            came.set()

    gate.close()
    gate.close()  # two forks at a time
    thread = threading.Thread(target=work)
    thread.start()
    gate.open()
    assert not came.wait(0.2)
    gate.open()
    assert came.wait(10)
    thread.join()


def test_a_thread_inside_may_fork_itself() -> None:
    gate = Gate()
    with gate:
        gate.close()
        with gate:
            pass
        gate.open()


def test_a_fork_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forking, "PATIENCE", 0.1)
    gate, inside, leave = Gate(), threading.Event(), threading.Event()

    def work() -> None:
        with gate:
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    begun = time.monotonic()
    gate.close()
    assert time.monotonic() - begun < 5
    gate.open()
    leave.set()
    thread.join()
    with gate:
        pass


def test_a_child_begins_with_an_open_gate() -> None:
    gate = Gate()
    with gate:
        gate.close()
        gate.reset()
    with gate:
        pass


def test_children_import_what_a_thread_was_importing(tmp_path: Path) -> None:
    """The first picture brings Pillow along, in a thread; a data loader that is forked just then needs it too."""
    code = (
        START
        + """
import faulthandler, os
import numpy
for i in range(5):
    run.log({'picture': rg.Image(numpy.eye(8) * i / 5)})
    if (child := os.fork()) == 0:
        faulthandler.dump_traceback_later(30, exit=True)
        import PIL.PngImagePlugin, psutil, subprocess, logging
        logging.getLogger('x').info('x')
        run.log({'picture': rg.Image(numpy.eye(8))})
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""
    )
    done = scripts.finish(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    run = reportgen.read_run(tmp_path / "runs/p/r")
    assert [len(history["picture"]) for history in run.history.writers.values()] == [5, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    "value",
    [
        "rg.Image(__import__('numpy').eye(8))",
        "rg.Table(columns=['a'], data=[[1], [2]])",
        "rg.Histogram([1.0, 2.0, 3.0])",
    ],
)
def test_children_use_what_a_thread_of_the_user_was_importing(value: str, tmp_path: Path) -> None:
    """The first value of a kind loads what it needs: in the thread that makes it, while another one forks."""
    code = (
        START
        + f"""
import faulthandler, os, threading
def first(): run.log({{'value': {value}}})
thread = threading.Thread(target=first)
thread.start()
for i in range(6):
    if (child := os.fork()) == 0:
        faulthandler.dump_traceback_later(30, exit=True)
        first()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
thread.join()
"""
    )
    done = scripts.finish(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    run = reportgen.read_run(tmp_path / "runs/p/r")
    assert [len(history["value"]) for history in run.history.writers.values()] == [1] * 7


@pytest.mark.parametrize("when", ["before", "during"])
def test_what_logging_locks_for_a_fork_keeps_no_import_waiting(when: str, tmp_path: Path) -> None:
    """Pillow brings `logging` along, whose lock is taken for each fork, and asks it for a logger."""
    code = START + (
        "import os, threading, time\n"
        f"if {when == 'before'}: import logging\n"
        "thread = threading.Thread(target=__import__, args=['PIL.Image'])\n"
        "thread.start()\n"
        "begun = time.monotonic()\n"
        "if (child := os.fork()) == 0:\n"
        "    import PIL.Image, logging\n"
        "    logging.getLogger('child').info('x')\n"
        "    os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "thread.join()\n"
        "logging = __import__('logging')\n"
        "with logging._lock: print('free')\n"
        "thread = threading.Thread(target=logging.getLogger, args=['thread'])\n"
        "thread.start()\n"
        "thread.join(20)\n"
        "print(thread.is_alive())\n"
    )
    done = scripts.finish(code, tmp_path)
    assert done.stdout.split() == ["ready", "free", "False"], done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_a_fork_right_after_init(tmp_path: Path) -> None:
    """While facts are gathered: processor, packages, graphics cards, git."""
    code = START.replace("system_metrics=False", "system_metrics=0.01") + (
        "import faulthandler, os\n"
        "for i in range(30):\n"
        "    if (child := os.fork()) == 0:\n"
        "        faulthandler.dump_traceback_later(30, exit=True)\n"
        "        import platform, psutil, subprocess; psutil.cpu_percent(); os._exit(0)\n"
        "    assert os.waitpid(child, 0)[1] == 0\n"
    )
    done = scripts.finish(code, tmp_path)
    assert done.returncode == 0, done.stderr
