"""What a run says of a process that ended in one of the ways of `SystemExit`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.log.processes.process import _main_frame, _returned_from
from tests.log import scripts
from tests.log.scripts import START, card

CAUGHT = "try: sys.exit(2)\nexcept SystemExit: pass\n"

EXITS = {
    "raised with a code": ("raise SystemExit(5)", 5, "finished", None),
    "raised without a code": ("def main(): return 0\nraise SystemExit(main())", 0, "finished", None),
    "sys.exit with a code of main": ("def main(): return 4\nsys.exit(main())", 4, "failed", 4),
    "caught": (CAUGHT, 0, "finished", 0),
    "caught, then finished": (CAUGHT + "rg.finish()", 0, "finished", 0),
    "caught, then an error": (CAUGHT + "raise ValueError", 1, "failed", 1),
    "in a thread": (
        "import threading\nt = threading.Thread(target=sys.exit, args=(3,)); t.start(); t.join()",
        0,
        "finished",
        0,
    ),
    "logged on the way out": ("try: sys.exit(3)\nfinally: run.log({'a': 1})", 3, "failed", 3),
    "finished on the way out": ("try: sys.exit(3)\nfinally: rg.finish()", 3, "failed", 3),
    "another excepthook": ("sys.excepthook = lambda *fault: None\nraise ValueError", 1, "failed", 1),
}


@pytest.mark.parametrize("how", EXITS)
def test_exits(how: str, tmp_path: Path) -> None:
    code, status, state, exit_code = EXITS[how]
    done = scripts.finish("import sys\n" + START + code, tmp_path)
    assert done.returncode == status, done.stderr
    values = card(tmp_path / "runs/p/r")
    assert (values["state"], values["exit_code"]) == (state, exit_code)


def test_a_script_that_is_run_as_a_module(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("import sys\n" + START + "sys.exit(6)\n")
    done = scripts.finish("import runpy; runpy.run_path('train.py', run_name='__main__')", tmp_path)
    assert done.returncode == 6, done.stderr
    assert card(tmp_path / "runs/p/r")["exit_code"] == 6


def test_how_a_frame_ended() -> None:
    assert _main_frame() is not None

    def leave(fails: bool) -> object:
        frames.append(sys._getframe())
        if fails:
            raise SystemExit(1)
        return None

    frames: list[object] = []
    leave(False)
    with pytest.raises(SystemExit):
        leave(True)
    assert [_returned_from(frame) for frame in frames] == [True, False]  # type: ignore[arg-type]


def test_what_the_script_holds_is_freed_as_without_a_run(tmp_path: Path) -> None:
    """A run looks at how the script ended, and keeps nothing of it: destructors find a standard output."""
    code = "class Held:\n    def __del__(self): print('freed')\nheld = Held()\n"
    done = scripts.finish(START + code, tmp_path)
    assert done.stdout == "ready\nfreed\n", done.stderr


THREAD = (
    "import threading, time\ndef work():\n    {}\nthreading.Thread(target=work, daemon={}).start()\ntime.sleep(0.1)\n"
)
LONGER = "for _ in range(10): run.log({'gpu': 60}); time.sleep(0.05)"
EVER = "while True: run.log({'gpu': 60}); time.sleep(0.001)"
DIES = "run.log({'loss': 1})\nraise RuntimeError('out of memory')"
OVER = {
    "a thread that is waited for": (THREAD.format(LONGER, False) + DIES, "RuntimeError"),
    "a thread that is not": (THREAD.format(EVER, True) + DIES, "RuntimeError"),
    "a thread, with Ctrl-C": (
        THREAD.format(EVER, True) + "import signal\nsignal.raise_signal(signal.SIGINT)",
        "KeyboardInterrupt",
    ),
    "a thread, in a block": (
        THREAD.format(LONGER, False) + "with run:\n    run.log({'loss': 1})\n    raise RuntimeError",
        "RuntimeError",
    ),
    "a thread, with a code": (THREAD.format(EVER, True) + "import sys\nsys.exit(4)", "SystemExit"),
    "the last function": ("import atexit\natexit.register(run.log, {'last': 1})\n" + DIES, "RuntimeError"),
    "a hook around ours": (
        THREAD.format(LONGER, False)
        + "import sys\nours = sys.excepthook\nsys.excepthook = lambda *fault: ours(*fault)\n"
        + DIES,
        "RuntimeError",
    ),
}


@pytest.mark.parametrize("who", OVER)
def test_what_is_logged_after_the_end_of_the_script_is_no_survival(who: str, tmp_path: Path) -> None:
    code, error = OVER[who]
    scripts.finish(START + code, tmp_path)
    values = card(tmp_path / "runs/p/r")
    assert (values["state"], (values["error"] or {}).get("type")) == ("failed", error)
    assert values["exit_code"] in (1, 4, 130)


SHOWN = "try: raise ValueError\nexcept ValueError: sys.excepthook(*sys.exc_info())\n"
SURVIVED = {
    "shown by hand": SHOWN + "run.log({'a': 1})",
    "shown by hand, then an exit": SHOWN + "run.log({'a': 1})\nsys.exit()",
    "of a thread, shown by its hook": "import threading\n"
    "threading.excepthook = lambda told: sys.excepthook(*told[:3])\n"
    "thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join()\nrun.log({'a': 1})",
}


@pytest.mark.parametrize("how", SURVIVED)
def test_a_failure_that_the_script_has_survived(how: str, tmp_path: Path) -> None:
    done = scripts.finish("import sys\n" + START + SURVIVED[how], tmp_path)
    assert done.returncode == 0, done.stderr
    values = card(tmp_path / "runs/p/r")
    assert (values["state"], values["error"]) == ("finished", None)


@pytest.mark.parametrize(("after", "state"), [("", "failed"), ("run.log({'a': 1})\n", "finished")])
def test_a_failure_of_a_statement_that_was_typed_in(after: str, state: str, tmp_path: Path) -> None:
    """In a shell the session goes on, and the run with it: what other threads log says nothing of that."""
    typed = START + "import threading, time\nraise ValueError\n"
    typed += "thread = threading.Thread(target=run.log, args=({'b': 1},)); thread.start(); thread.join()\n" + after
    subprocess.run(
        [sys.executable, "-i"],
        cwd=tmp_path,
        env=scripts.environment(),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert card(tmp_path / "runs/p/r")["state"] == state
