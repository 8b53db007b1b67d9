"""What a killed process left in a run directory: half-written files, or a mere beginning; and who may tidy it up."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reportgen.rundir import layout
from reportgen.rundir.hold import abandoned

LONG: Final = 3600.0
"""Seconds after which nobody is still writing a file."""

_NAME: Final = rf"(?s:.*)\.[0-9a-f]{{12}}{re.escape(layout.PART)}"
"""The names that writers give to files that are not whole yet."""

DAMAGED: Final = f"{layout.RUN}.damaged"
"""What a `run.json` that nobody can read is called from then on."""

_ROWS: Final = r"(history|system|events)(\.w?[1-9][0-9]{0,8})?\.jsonl"
_OWNER: Final = r"run(\.[1-9][0-9]{0,8})?\.owner(\.[0-9a-f]{16}\.part)?"
_OTHERS: Final = rf"lost\.w?[1-9][0-9]{{0,8}}\.json|{re.escape(DAMAGED)}(\.[0-9]+)?"
_FIRST: Final = frozenset({layout.RUN, layout.CONFIG, layout.LOCK})
_FOLDERS: Final = frozenset({layout.MEDIA, layout.FILES})


def clear(folder: Path) -> int:
    """Remove the files that a killed process did not finish. To be called by the process that holds the run.

    Other ranks and worker processes put files into the same folders. Where there are any, only files that are older
    than an hour are removed: these nobody is writing any more. What lies in `files/` is the user's.

    Args:
        folder: The run directory.

    Returns:
        How many were removed.
    """
    found = list(_parts(folder))
    # In this order: whoever writes such a file has made a history of his own before.
    with contextlib.suppress(OSError):
        alone = not layout.writers(os.listdir(folder))  # noqa: PTH208 - names alone
        removed = 0
        for part in found:
            with contextlib.suppress(OSError):
                if alone or time.time() - part.stat().st_mtime > LONG:
                    part.unlink()
                    removed += 1
        return removed
    return 0


def is_ours(folder: Path) -> bool:
    """Whether a folder is empty, or holds a run's files and nothing else: then a run may begin or go on in it.

    A `config.json` alone makes no run: others have files of that name.

    Args:
        folder: A folder that may hold a run, with `run.json` or without.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names alone
    except OSError:
        return False
    known = _FIRST | _FOLDERS | {layout.SUMMARY}
    if not all(name in known or re.fullmatch(rf"{_ROWS}|{_OWNER}|{_OTHERS}|{_NAME}", name) for name in names):
        return False
    return not names or layout.LOCK in names or any(re.fullmatch(rf"{_ROWS}|{_OWNER}", name) for name in names)


def is_beginning(folder: Path) -> bool:
    """Whether a run directory holds no more than what `init` makes before anything is logged.

    Args:
        folder: A folder that `is_ours`.
    """
    try:
        with os.scandir(folder) as entries:
            return all(_is_first(entry) for entry in entries)
    except OSError:
        return False


def withdraw(folder: Path) -> None:
    """Remove a run directory that its process has just made, where the run could not begin. It never raises.

    It stays if it holds anything of value by now, or another process has it.

    Args:
        folder: The run directory, closed.
    """
    with contextlib.suppress(OSError):
        if not (is_ours(folder) and is_beginning(folder) and abandoned(folder)):
            return
        for part in list(_parts(folder)):
            part.unlink(missing_ok=True)
        for place in reversed(list(_below(folder))):
            for name in sorted(os.listdir(place), key=lambda name: name == layout.LOCK):  # noqa: PTH208
                path = place / name
                path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        folder.rmdir()


def _is_first(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    if name in _FOLDERS and entry.is_dir(follow_symlinks=False):
        found = [file for _, _, files in os.walk(entry.path) for file in files]
        return all(re.fullmatch(_NAME, file) for file in found)
    if not entry.is_file(follow_symlinks=False):
        return False
    if re.fullmatch(_ROWS, name):
        return entry.stat(follow_symlinks=False).st_size == 0
    return name in _FIRST or bool(re.fullmatch(rf"{_OWNER}|{_NAME}", name))


def _parts(folder: Path) -> Iterator[Path]:
    for place in (folder, *_below(folder / layout.MEDIA)):
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                if entry.name.endswith(layout.PART) and re.fullmatch(_NAME, entry.name):
                    yield Path(entry.path)


def _below(folder: Path) -> Iterator[Path]:
    """A folder of the run and all folders in it; links are not followed."""
    if not folder.is_symlink():
        for place, _, _ in os.walk(folder):
            yield Path(place)
