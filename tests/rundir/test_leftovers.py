"""Half-written files of a killed process go away when its run goes on, and nobody else's do."""

from __future__ import annotations

import os
import time
from pathlib import Path

from reportgen.rundir.leftovers import LONG, clear
from reportgen.rundir.writer import RunWriter

PARTS = (
    "run.json.0123456789ab.part",
    "media/kept.0123456789ab.part",
    "media/.png.ba9876543210.part",
    f"media/ab/{'ab' * 32}.png.0123456789ab.part",
)
OTHERS = ("media/ab/whole.png", "media/ab/x.part", "files/download.0123456789ab.part", "notes.part")


def killed(folder: Path) -> Path:
    """A run whose process was killed while it wrote."""
    RunWriter(folder, new=True).close()
    for name in (*PARTS, *OTHERS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"half")
    return folder


def left(folder: Path) -> set[str]:
    return {name for name in (*PARTS, *OTHERS) if (folder / name).exists()}


def test_they_are_cleared_when_the_run_is_opened_again(tmp_path: Path) -> None:
    folder = killed(tmp_path / "run")
    writer = RunWriter(folder, new=False)
    assert left(folder) == set(OTHERS)
    writer.put(b"new", ".png")
    writer.close()
    assert clear(folder) == 0


def test_what_another_process_may_be_writing_stays(tmp_path: Path) -> None:
    folder = killed(tmp_path / "run")
    (folder / "history.1.jsonl").touch()
    old = folder / PARTS[1]
    os.utime(old, (time.time(), time.time() - LONG - 60))
    assert clear(folder) == 1
    assert left(folder) == {*PARTS, *OTHERS} - {PARTS[1]}


def test_folders_elsewhere_are_not_entered(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x.0123456789ab.part").touch()
    folder = tmp_path / "run"
    RunWriter(folder, new=True).close()
    (folder / "media").mkdir()
    (folder / "media" / "ab").symlink_to(elsewhere, target_is_directory=True)
    assert clear(folder) == 0
    assert (elsewhere / "x.0123456789ab.part").exists()
    assert clear(tmp_path / "none") == 0
