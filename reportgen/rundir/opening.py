"""Opening files of a run directory: regular files inside it only, whatever the names and links in it say.

A run directory may come from a stranger, and its records name files. Each part of a name is opened relative to
the folder before it and is never followed when it is a link, so that nothing outside of the run can be read,
even when it is swapped in between; a pipe or device neither blocks nor passes.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from reportgen.errors import RunDirError
from reportgen.rundir import layout

_FILE: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_FOLDER: Final = _FILE | getattr(os, "O_DIRECTORY", 0)


def open_inside(folder: str | os.PathLike[str], name: str) -> BinaryIO:
    """Open a file of a run directory for reading, unbuffered.

    Args:
        folder: The run directory.
        name: The file's name relative to it, with slashes: `"history.jsonl"`, `"media/3f/3fa1….png"`.

    Raises:
        RunDirError: (RG320) The name leads out of the directory. (RG321) There is no such file. (RG322) It is
            no regular file, or behind a link. (RG303) It cannot be read.
    """
    parts = _parts(name)
    try:
        descriptor = _open(os.fspath(folder), parts)
    except OSError as fault:
        raise _refusal(fault, folder, name) from fault
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _irregular(name)
    return os.fdopen(descriptor, "rb", buffering=0)


def media_path(folder: str | os.PathLike[str], name: str) -> Path:
    """The path of a media file that a record names, once it is known to be a regular file in `media/`.

    Args:
        folder: The run directory.
        name: What the record says: `"media/3f/3fa1….png"`.

    Raises:
        RunDirError: (RG320) The name leads elsewhere. (RG321) There is no such file. (RG322) It is no regular
            file, or behind a link. (RG303) It cannot be read.
    """
    if _parts(name)[0] != layout.MEDIA or "/" not in name:
        raise RunDirError("RG320", f"the file name {name!r} lies outside of {layout.MEDIA}/")
    open_inside(folder, name).close()
    return Path(folder, name)


def _parts(name: str) -> list[str]:
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or any(c in name for c in "\\:\0"):
        raise RunDirError(
            "RG320",
            f"the file name {name!r} leads out of the run directory",
            remedy="The run was damaged or made by something else than reportgen",
        )
    return parts


def _open(folder: str, parts: list[str]) -> int:
    if os.open not in os.supports_dir_fd:
        return _open_by_path(folder, parts)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER, dir_fd=held)
            os.close(held)
            held = inner
        return os.open(parts[-1], _FILE, dir_fd=held)
    finally:
        os.close(held)


def _open_by_path(folder: str, parts: list[str]) -> int:
    """The same where the system cannot open relative to a folder: looks first, then opens."""
    path = folder
    for part in parts:
        path = os.path.join(path, part)  # noqa: PTH118  # a str all along, as os.open wants it
        if stat.S_ISLNK(os.lstat(path).st_mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
    return os.open(path, _FILE)


def _refusal(fault: OSError, folder: str | os.PathLike[str], name: str) -> RunDirError:
    if fault.errno in (errno.ENOENT, errno.ENAMETOOLONG):
        return RunDirError("RG321", f"the file {name} is missing", remedy="Copy the whole run directory")
    if fault.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EISDIR, errno.EMLINK):
        return _irregular(name)
    reason = fault.strerror or type(fault).__name__
    return RunDirError(
        "RG303",
        f"{name} cannot be read: {reason}",
        where=os.fspath(folder),
        remedy="Check its permissions",
    )


def _irregular(name: str) -> RunDirError:
    return RunDirError(
        "RG322",
        f"{name} is no regular file, or behind a link",
        remedy="Files of a run are read only where they lie; replace the link by what it points to",
    )
