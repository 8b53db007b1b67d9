"""Writes `events.jsonl`, which most runs do not have: it is made at the first alert or artifact."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reportgen.rundir import jsonl
from reportgen.rundir.appending import LineFile


class EventFile:
    """The events of a run. Any thread may append.

    Args:
        path: The file; it is made when the first event comes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: LineFile | None = None
        self._lock = threading.RLock()  # a signal handler may give an alert in the middle of another
        self._cut = False

    def append(self, row: Mapping[str, Any]) -> None:
        """Hand an event to the system; when this returns, it survives the process.

        Args:
            row: Plain values by key.

        Raises:
            InputTypeError: (RG341) A value that no line can hold. (RG342, RG343) One that is too deep or too long.
            OSError: The file could not be written.
        """
        line = jsonl.encode(row)
        with self._lock:
            if self._file is None:
                self._file = LineFile(self._path)
            self._cut = self._file.was_cut() or self._cut
            self._file.append(line)
            self._file.remember()

    def moved(self, folder: Path) -> None:
        """Its folder has another name by now."""
        with self._lock:
            self._path = folder / self._path.name
            if self._file is not None:
                self._file.moved(folder)

    def mend(self) -> bool:
        """Open the file again if somebody has closed it, and write it anew if it was removed.

        Returns:
            Whether events were taken out of it.

        Raises:
            OSError: That was not possible.
        """
        with self._lock:
            if self._file is None:
                return False
            self._file.mend()
            cut, self._cut = self._file.was_cut() or self._cut, False
            return (self._file.gone and not self._file.restore()) or cut

    def let_go(self) -> None:
        """In a forked child: leave the file to the parent, one of whose threads may hold the lock."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def close(self, *, durable: bool = True) -> None:
        """Close the file.

        Args:
            durable: Wait until it is on the device.

        Raises:
            OSError: The device failed.
        """
        file, self._file = self._file, None
        if file is not None:
            try:
                if durable:
                    file.sync()
            finally:
                file.close()
