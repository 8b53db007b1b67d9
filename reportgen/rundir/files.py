"""The files that a user saved in a run: those below `files/`, under the names that he knows them by."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reportgen.errors import Problem, RunDirError
from reportgen.rundir import layout
from reportgen.rundir.opening import open_inside

MOST: Final = 10_000
"""Files that are listed."""


@dataclass(frozen=True, slots=True)
class SavedFile:
    """One file.

    Attributes:
        name: Its name below `files/`, with slashes: "checkpoints/best.pt".
        size: Its bytes.
    """

    name: str
    size: int


def saved_files(folder: Path, problems: list[Problem]) -> tuple[SavedFile, ...]:
    """The saved files of a run, by name. Links, pipes and devices are no files.

    Args:
        folder: The run directory.
        problems: Told when there are more than `MOST`, or a folder cannot be read.
    """
    found: list[SavedFile] = []
    try:
        for name, size in _walk(str(folder / layout.FILES), ""):
            if len(found) == MOST:
                what = f"more than {MOST:,} files were saved; the others are not listed"
                problems.append(Problem("RG327", what, layout.FILES, "They are in the run directory", "warning"))
                break
            found.append(SavedFile(name, size))
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        problems.append(Problem("RG303", f"the saved files cannot be listed: {reason}", layout.FILES))
    return tuple(found)


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, int]]:
    if not prefix and (os.path.islink(folder) or not os.path.isdir(folder)):  # noqa: PTH112, PTH114  # a str all along
        return
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file(follow_symlinks=False) and not entry.name.endswith(layout.PART):
                yield f"{prefix}{entry.name}", entry.stat(follow_symlinks=False).st_size


def saved_path(folder: Path, name: str) -> Path:
    """The path of a saved file, once it is known to be a regular file inside of the run.

    Args:
        folder: The run directory.
        name: Its name below `files/`.

    Raises:
        RunDirError: (RG320) The name leads elsewhere. (RG321) There is no such file. (RG322) It is no regular file, or
            behind a link. (RG303) It cannot be read.
    """
    if not name:
        raise RunDirError("RG320", "a saved file has a name")
    open_inside(folder, f"{layout.FILES}/{name}").close()
    return folder / layout.FILES / name
