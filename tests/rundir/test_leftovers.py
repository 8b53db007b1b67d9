"""Half-written files of a killed process go away when its run goes on, and nobody else's do."""

from __future__ import annotations

import os
import time
from pathlib import Path

from reportgen.rundir.leftovers import LONG, clear, is_beginning, is_ours, withdraw
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


def made(folder: Path, *names: str) -> Path:
    """A folder with empty files."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


BEGUN = (
    "run.lock",
    "run.owner",
    "history.jsonl",
    "system.jsonl",
    "run.json.0123456789ab.part",
    "media/x.0123456789ab.part",
)


def test_a_run_is_told_from_other_folders(tmp_path: Path) -> None:
    assert is_ours(tmp_path)  # empty
    assert is_ours(made(tmp_path / "run", *BEGUN, "config.json", "history.w12.jsonl", "lost.3.json", "files/any.txt"))
    assert is_ours(made(tmp_path / "rows", "history.jsonl", "config.json"))
    assert not is_ours(made(tmp_path / "model", "config.json"))
    assert not is_ours(made(tmp_path / "pictures", "media/a.png"))
    assert not is_ours(made(tmp_path / "more", *BEGUN, "notes.txt"))
    assert not is_ours(tmp_path / "nowhere")
    assert not is_ours(made(tmp_path, "file") / "file")


def test_a_beginning_holds_nothing_that_was_logged(tmp_path: Path) -> None:
    assert is_beginning(made(tmp_path / "a", *BEGUN, "run.json", "config.json"))
    for name in ("media/ab/1.png", "files/notes.txt", "summary.json", "lost.1.json", "run.json.damaged"):
        assert not is_beginning(made(tmp_path / name.replace("/", "_"), *BEGUN, name))
    for name in ("history.jsonl", "history.2.jsonl", "system.jsonl", "events.jsonl"):
        folder = made(tmp_path / f"rows of {name}", *BEGUN)
        (folder / name).write_text("{")
        assert not is_beginning(folder)


def test_a_folder_is_withdrawn_only_while_nothing_is_in_it(tmp_path: Path) -> None:
    withdraw(made(tmp_path / "begun", *BEGUN, "config.json"))
    assert not (tmp_path / "begun").exists()
    for name in ("notes.txt", "files/notes.txt"):
        withdraw(made(tmp_path / "kept", *BEGUN, name))
        assert (tmp_path / "kept" / name).exists()
    writer = RunWriter(tmp_path / "live", new=True)
    withdraw(writer.folder)
    assert (writer.folder / "run.lock").exists()
    writer.close()
    withdraw(writer.folder)
    assert not writer.folder.exists()
    withdraw(writer.folder)
