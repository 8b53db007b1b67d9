"""Whether the media of a run are what was stored: each file is named by the hash of its content."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reportgen.errors import ReportgenError
from reportgen.rundir.layout import MEDIA
from reportgen.rundir.opening import open_inside

PIECE: Final = 1 << 20
"""Bytes that are read at a time."""

_NAME: Final = re.compile(r"([0-9a-f]{64})\.[0-9a-z.]+")


def changed_media(folder: str | os.PathLike[str]) -> Iterator[str]:
    """The media files whose content is not what their name says, in the order of their names.

    Files that cannot be read are left out: whoever shows them says so. Reads all media of the run.

    Args:
        folder: The run directory.

    Yields:
        Names relative to the run directory, such as `media/3f/3fa1….png`.
    """
    root = Path(folder)
    for path in sorted((root / MEDIA).glob("*/*")):
        named = _NAME.fullmatch(path.name)
        if named is None:
            continue
        name = path.relative_to(root).as_posix()
        try:
            with open_inside(root, name) as file:
                digest = hashlib.sha256()
                while piece := file.read(PIECE):
                    digest.update(piece)
        except (ReportgenError, OSError):
            continue
        if digest.hexdigest() != named[1]:
            yield name
