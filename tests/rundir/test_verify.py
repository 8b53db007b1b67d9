"""Media that were changed after they were stored are found by their names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import reportgen as rg
from reportgen.rundir.verify import changed_media


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run with three pictures."""
    with rg.init(dir=tmp_path / "runs", system_metrics=False) as run:
        run.log({"img": [rg.Image(np.full((4, 5), value, np.uint8)) for value in (10, 20, 30)]})
    return run.path


def test_what_was_stored_is_as_it_was(folder: Path, tmp_path: Path) -> None:
    assert len(list((folder / "media").rglob("*.png"))) == 3
    assert list(changed_media(folder)) == []
    assert list(changed_media(tmp_path)) == []


def test_a_changed_and_an_emptied_file_are_found_and_others_are_left_alone(folder: Path) -> None:
    first, second = sorted((folder / "media").rglob("*.png"))[:2]
    first.write_bytes(b"garbage")
    second.write_bytes(b"")
    (folder / "media" / "notes.txt").write_text("somebody's")
    (folder / "media" / "00").mkdir(exist_ok=True)
    (folder / "media" / "00" / "own.png").write_bytes(b"somebody's")
    names = sorted(path.relative_to(folder).as_posix() for path in (first, second))
    assert list(changed_media(folder)) == names


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    picture = next((folder / "media").rglob("*.png"))
    picture.unlink()
    (tmp_path / "other").write_bytes(b"other")
    picture.symlink_to(tmp_path / "other")
    assert list(changed_media(folder)) == []
