"""A folder for the files of a script whose run stores nothing: it is there, can be written, and goes at the end."""

from __future__ import annotations

import atexit
import os
from pathlib import Path


def scratch() -> Path:
    """A new temporary folder, which goes with this process.

    Raises:
        OSError: There is no place where one could be made.
    """
    import tempfile  # both are rarely needed

    folder = tempfile.mkdtemp(prefix="reportgen-")
    atexit.register(_remove, folder, os.getpid())
    return Path(folder)


def _remove(folder: str, owner: int) -> None:
    """Remove it; a forked child leaves it to the parent."""
    if os.getpid() == owner:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
