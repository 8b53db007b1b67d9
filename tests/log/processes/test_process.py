"""What a run says of a process that ended in one of the ways of `SystemExit`."""

from __future__ import annotations

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
