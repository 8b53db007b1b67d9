"""`run.history`: the row that is being filled, as a mapping that can be changed, and `add`, which closes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, Protocol

from reportgen.errors import InputKeyError


class Log(Protocol):
    """`Run.log`."""

    def __call__(
        self, data: Mapping[str, Any] | None = None, step: int | None = None, commit: bool | None = None
    ) -> None:
        """Store values."""


class Row(MutableMapping[str, Any]):
    """The current row: `run.history.row["loss"] = 0.5`. The next `log` or `history.add` closes it.

    Each assignment is on disk at once, as by `log(..., commit=False)`, so that nothing waits to be lost. It holds what
    was put into it since the last row was closed, as it was given; changing a value in place changes nothing.
    """

    def __init__(self, log: Log, step: Callable[[], int]) -> None:
        self._log = log
        self._step = step
        self._at = -1
        self._values: dict[str, Any] = {}

    def _current(self) -> dict[str, Any]:
        """What the row holds; empty again once the row has been closed."""
        step = self._step()
        if step != self._at:
            self._at, self._values = step, {}
        return self._values

    def __getitem__(self, key: str) -> Any:
        """A value that was put into this row.

        Raises:
            InputKeyError: (RG182) There is none.
        """
        try:
            return self._current()[key]
        except KeyError:
            raise InputKeyError(
                "RG182", f"the row of step {self._at} has no key {key!r}", remedy="A row is empty once it was closed"
            ) from None

    def __setitem__(self, key: str, value: Any) -> None:
        """Put a value into the row. Raises what `log` raises."""
        self._log({key: value}, commit=False)
        self._current()[key] = value

    def __delitem__(self, key: str) -> None:
        """Take a value out of the row: None takes its place on disk."""
        self[key]
        self._log({key: None}, commit=False)
        del self._current()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._current()))

    def __len__(self) -> int:
        return len(self._current())

    def __repr__(self) -> str:
        return repr(self._current())

    def update(self, *others: Any, **values: Any) -> None:
        """Put several values into the row.

        Args:
            *others: One mapping, or one iterable of pairs.
            **values: More values by name.
        """
        given = dict(*others, **values)
        if given:
            self._log(given, commit=False)
            self._current().update(given)


class History:
    """The rows of a run as they are made. What is stored can be read with `reportgen.read_run`.

    Attributes:
        row: The current row.
    """

    def __init__(self, log: Log, step: Callable[[], int]) -> None:
        """Give access to a run's rows.

        Args:
            log: `Run.log`.
            step: Tells the step of the next row.
        """
        self._log = log
        self.row = Row(log, step)

    def add(self, data: Mapping[str, Any] | None = None, step: int | None = None) -> None:
        """Store values together with what `row` holds, and close the row. See `Run.log`.

        Args:
            data: Values by key; None or {} only closes the row.
            step: Step of the row; by default the current one.
        """
        self._log(data, step=step, commit=True)
