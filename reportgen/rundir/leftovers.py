"""What a killed process left half-written in a run directory, and who may tidy it up."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reportgen.rundir import layout

LONG: Final = 3600.0
"""Seconds after which nobody is still writing a file."""

_NAME: Final = rf"(?s).*\.[0-9a-f]{{12}}{re.escape(layout.PART)}"
"""The names that writers give to files that are not whole yet."""


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
