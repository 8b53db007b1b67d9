"""The files that users saved: listed by name, and nothing outside of the run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reportgen.errors import Problem, RunDirError
from reportgen.rundir import files
from reportgen.rundir.files import SavedFile, saved_files, saved_path


def put(folder: Path, name: str, data: bytes = b"abc") -> None:
    path = folder / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_no_files(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert saved_files(tmp_path, problems) == ()
    assert problems == []


def test_files_are_listed_by_name(tmp_path: Path) -> None:
    for name in ("z.txt", "code/train.py", "a.bin", "code/deep/x", "half.pt.123.part"):
        put(tmp_path, name, name.encode())
    assert saved_files(tmp_path, []) == (
        SavedFile("a.bin", 5),
        SavedFile("code/deep/x", 11),
        SavedFile("code/train.py", 13),
        SavedFile("z.txt", 5),
    )


def test_links_and_pipes_are_no_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("x")
    put(tmp_path, "good")
    (tmp_path / "files" / "link").symlink_to(secret / "key")
    (tmp_path / "files" / "folder").symlink_to(secret)
    os.mkfifo(tmp_path / "files" / "pipe")
    assert saved_files(tmp_path, []) == (SavedFile("good", 3),)
    run = tmp_path / "run"
    run.mkdir()
    (run / "files").symlink_to(secret)
    assert saved_files(run, []) == ()
    for name in ("link", "folder/key", "pipe", "../secret/key", "/etc/passwd", "", "missing"):
        with pytest.raises(RunDirError, match=r"RG32[012]"):
            saved_path(tmp_path, name)
    assert saved_path(tmp_path, "good").read_bytes() == b"abc"


def test_very_many_files_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST", 3)
    for number in range(5):
        put(tmp_path, f"{number}")
    problems: list[Problem] = []
    assert [file.name for file in saved_files(tmp_path, problems)] == ["0", "1", "2"]
    assert [problem.code for problem in problems] == ["RG327"]
