"""The lines of a file in batches: memory stays small however long the file is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from reportgen.rundir.jsonl import MAX_LINE

BATCH: Final = 256 * 1024
"""Bytes that are parsed at once. Parsed rows take several times that, and should stay in the processor's cache."""

NEWLINE: Final = 10

_NONE: Final = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of a file, one after the other.

    Attributes:
        first: Number of the first of them, from 1.
        at: Byte at which they start in the file.
        data: The lines, each with its newline; the last of a file may lack it.
        ends: Where the newlines stand in `data`.
        skipped: Bytes of one line that is too long to be read, in place of `data`; 0 for none.
        blank: Whether that line holds nothing but zero bytes.
    """

    first: int
    at: int
    data: bytes
    ends: npt.NDArray[np.int64] = field(default_factory=lambda: _NONE)
    skipped: int = 0
    blank: bool = False

    @property
    def last(self) -> int:
        """Number of the last of them."""
        whole = len(self.data) == 0 or (len(self.ends) > 0 and int(self.ends[-1]) == len(self.data) - 1)
        return self.first + len(self.ends) - (whole and not self.skipped)

    @property
    def end(self) -> int:
        """Byte at which they end in the file."""
        return self.at + len(self.data) + self.skipped


def batches(file: BinaryIO, *, end: int | None = None, batch: int = BATCH, limit: int = MAX_LINE) -> Iterator[Lines]:
    """Whole lines of a file, some hundred kilobytes at a time.

    What is appended while reading is left for the next reader: the file ends where it ended at first.

    Args:
        file: The open, unbuffered file.
        end: Bytes to read; None for as many as it has now.
        batch: Bytes to read at once.
        limit: Bytes that a line may have; a longer one is told by `Lines.skipped`, its bytes are not kept.
    """
    end = os.fstat(file.fileno()).st_size if end is None else end
    number, at, size = 1, 0, batch
    while at < end:
        wanted = min(size, end - at)
        file.seek(at)
        piece = file.read(wanted)
        ends = np.flatnonzero(np.frombuffer(piece, np.uint8) == NEWLINE) if piece else _NONE
        complete = at + len(piece) >= end or len(piece) < wanted
        if not len(ends) and len(piece) > limit:
            lines = _too_long(file, number, at, end)
        elif not len(ends) and not complete:
            size = min(size * 4, limit + 1)
            continue
        elif piece:
            lines = Lines(number, at, piece if complete else piece[: int(ends[-1]) + 1], ends)
        else:  # the file has become shorter
            return
        yield lines
        number, at, size = lines.last + 1, lines.end, batch


def _too_long(file: BinaryIO, number: int, at: int, end: int) -> Lines:
    """Pass over a line, keeping nothing of it but its length."""
    length, blank = 0, True
    file.seek(at)
    while at + length < end and (piece := file.read(min(BATCH, end - at - length))):
        cut = piece.find(b"\n") + 1
        blank = blank and not piece[: cut or None].strip(b"\0\n")
        length += cut or len(piece)
        if cut:
            break
    return Lines(number, at, b"", skipped=length, blank=blank)
