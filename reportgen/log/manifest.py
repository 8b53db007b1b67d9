"""`run.json` while a run is open: what the run says of itself. Any thread may change it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from reportgen.errors import InputValueError
from reportgen.rundir import layout
from reportgen.rundir.writer import RunWriter


class Manifest:
    """The content of `run.json`, and the file.

    Args:
        values: The content, as FORMAT.md specifies it.
        writer: Takes the file; None keeps everything in memory.
    """

    def __init__(self, values: Mapping[str, Any], writer: RunWriter | None) -> None:
        self._values = dict(values)
        self._writer = writer
        self._lock = threading.RLock()

    def __getitem__(self, field: str) -> Any:
        return self._values[field]

    def get(self, field: str, default: Any = None) -> Any:
        """A field that may be missing."""
        return self._values.get(field, default)

    def fields(self) -> list[str]:
        """The names of its fields."""
        return list(self._values)

    def change(self, **fields: Any) -> None:
        """Change fields, and replace the file.

        Raises:
            OSError: The file could not be written; the fields are changed in memory.
            InputValueError: (RG344) The file would be too large; nothing is changed.
        """
        with self._lock:
            before = dict(self._values)
            self._values.update(fields)
            try:
                self.save()
            except InputValueError:
                self._values = before
                raise

    def learn(self, environment: Mapping[str, Any], private: Mapping[str, Any]) -> None:
        """Add facts to the two parts of the file that describe where the run takes place.

        Raises:
            OSError: As for `change`.
        """
        with self._lock:
            self._values["environment"] = {**self._values["environment"], **environment}
            self._values["private"] = {**self._values["private"], **private}
            self.save()

    def save(self, *, durable: bool = False) -> None:
        """Replace the file.

        Args:
            durable: Wait until it is on the device.

        Raises:
            OSError: It could not be written.
        """
        with self._lock:
            if self._writer is not None:
                self._writer.write_document(layout.RUN, self._values, durable=durable)

    def forget_file(self) -> None:
        """Keep everything in memory from now on. Another thread of a forked process may have held the lock."""
        self._writer = None
        self._lock = threading.RLock()
