"""JSON lines packed with gzip: how tables and figures lie in `media/`."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable
from typing import Final

from reportgen.errors import RunDirError
from reportgen.rundir.opening import open_inside

MAX_BYTES: Final = 2 * 1024**3
"""Bytes that a file may unpack to: some hundred bytes of a hostile one could fill the memory."""

LEVEL: Final = 1
"""Five times as fast as the usual level, for a seventh more bytes."""


def pack(lines: Iterable[bytes]) -> bytes:
    """Lines as one file. The same lines give the same bytes.

    Args:
        lines: JSON values, each without a newline.
    """
    return gzip.compress(b"\n".join(lines) + b"\n", LEVEL, mtime=0)


def unpack(folder: str | os.PathLike[str], name: str) -> list[bytes]:
    """The lines of a packed file of a run.

    Args:
        folder: The run directory.
        name: What the record says: `"media/3f/3fa1….table.jsonl.gz"`.

    Raises:
        RunDirError: (RG320, RG321, RG322, RG303) The file cannot be opened. (RG325) It is damaged, or unpacks to
            more than `MAX_BYTES`.
    """
    with open_inside(folder, name) as file:
        try:
            packed = file.read()
        except OSError as fault:
            raise RunDirError("RG303", f"the file cannot be read: {fault.strerror}", where=name) from fault
    packer = zlib.decompressobj(31)
    try:
        plain = packer.decompress(packed, MAX_BYTES)
    except zlib.error as fault:
        raise _damaged(name, str(fault)) from fault
    if not packer.eof:
        raise _damaged(name, "it unpacks to too much" if packer.unconsumed_tail else "its end is missing")
    return plain.splitlines()


def _damaged(name: str, why: str) -> RunDirError:
    return RunDirError("RG325", f"the file is damaged: {why}", where=name, remedy="Copy the run directory again")
