"""What a run came to: the last value of every key, unless the user assigned another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, Protocol

from reportgen.errors import InputAttributeError, InputKeyError
from reportgen.rundir.jsonl import DELETED, Json


class Assign(Protocol):
    """How a summary writes: the run stores the changes as a row, then puts them into `latest`."""

    def __call__(self, given: Mapping[str, Any], /, *, replace: bool, gone: tuple[str, ...] = ()) -> None:
        """Assign summary values.

        Args:
            given: New values by full key; mappings are flattened with dots.
            replace: A key's former entries that are not among the new ones are removed.
            gone: Full keys to remove.
        """


class Summary(MutableMapping[str, Any]):
    """The summary of a run, by key or by attribute: `run.summary["best"] = 0.9`, `run.summary.best`.

    Every logged key holds its last value, unless `define_metric` asks for something else. A value that is assigned here
    stays until the key is logged again, and ends what `define_metric` asked for that key. An array of more than 32
    numbers is kept in a file; the summary holds its lowest and highest number, mean, variance and percentiles.
    Nested mappings are kept flat, with dots in the keys: after `summary["val"] = {"acc": 0.9}` both
    `summary["val.acc"]` and `summary["val"]["acc"]` are 0.9. Iterating gives the flat keys. None that was logged
    does not count as a value; None that is assigned does.
    """

    _values: Callable[[], Mapping[str, Json]]
    _assign: Assign
    _prefix: str
    _facts: Callable[[], Mapping[str, Json]]

    def __init__(
        self,
        values: Callable[[], Mapping[str, Json]],
        assign: Assign,
        prefix: str = "",
        facts: Callable[[], Mapping[str, Json]] = dict,
    ) -> None:
        """Show the summary of a run, or a part of it.

        Args:
            values: Gives all values by full key, as they are now.
            assign: Writes.
            prefix: What the full keys of this part begin with.
            facts: Gives what can be asked for by key, but is no entry: `_step`, `_runtime`, `_timestamp`.
        """
        object.__setattr__(self, "_facts", facts)
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_assign", assign)
        object.__setattr__(self, "_prefix", prefix)

    def __getitem__(self, key: str) -> Any:
        """A value, or the part of the summary below a key.

        Raises:
            InputKeyError: (RG129) There is none.
        """
        full = f"{self._prefix}{key}"
        values = self._values()
        if full in values:
            return values[full]
        if _below(values, full):
            return Summary(self._values, self._assign, f"{full}.")
        if full.startswith("_") and full in (facts := self._facts()):
            return facts[full]
        raise InputKeyError("RG129", f"the summary has no key {full!r}", remedy=self._known())

    def __setitem__(self, key: str, value: Any) -> None:
        """Assign a value; it stays until the key is logged again.

        Raises:
            InputTypeError: (RG104, RG108, RG109, RG117) A key or value that cannot be stored.
            UsageError: (RG102) The run is finished.
        """
        self._assign(self._full({key: value}), replace=True)

    def __delitem__(self, key: str) -> None:
        full = f"{self._prefix}{key}"
        values = self._values()
        below = _below(values, full)
        if full not in values and not below:
            raise InputKeyError("RG129", f"the summary has no key {full!r}", remedy=self._known())
        self._assign({}, replace=False, gone=(full, *below))

    def __iter__(self) -> Iterator[str]:
        return iter([key[len(self._prefix) :] for key in list(self._values()) if key.startswith(self._prefix)])

    def __len__(self) -> int:
        return sum(key.startswith(self._prefix) for key in list(self._values()))

    def __contains__(self, key: object) -> bool:
        full = f"{self._prefix}{key}"
        values = self._values()
        return full in values or bool(_below(values, full))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except InputKeyError as fault:
            raise InputAttributeError("RG129", fault.problem.what, remedy=fault.problem.remedy) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]

    def __repr__(self) -> str:
        return repr(dict(self))

    def update(self, *others: Any, **values: Any) -> None:
        """Assign several values in one row. Nested mappings are merged with what is there.

        Args:
            *others: One mapping, or one iterable of pairs.
            **values: More values by name.
        """
        given = dict(*others, **values)
        if given:
            self._assign(self._full(given), replace=False)

    def _full(self, values: Mapping[Any, Any]) -> Mapping[Any, Any]:
        if not self._prefix:
            return values
        return {f"{self._prefix}{key}": value for key, value in values.items()}

    def _known(self) -> str:
        keys = list(self)
        return f"Its keys: {', '.join(keys[:8])}{' …' if len(keys) > 8 else ''}" if keys else "It is empty"


def _below(values: Mapping[str, Json], full: str) -> tuple[str, ...]:
    return tuple(key for key in list(values) if key.startswith(f"{full}."))


def changes(
    latest: Mapping[str, Json],
    given: Mapping[str, Any],
    values: Mapping[str, Json],
    *,
    replace: bool,
    gone: tuple[str, ...] = (),
) -> dict[str, Json]:
    """What a `_summary` row says: new values, and `DELETED` for keys that go.

    Args:
        latest: The summary as it is.
        given: What the user assigned, before flattening.
        values: The same, flattened and encoded.
        replace: Entries that were below the given keys, or at them, and are not among `values`, go.
        gone: Keys to remove.
    """
    removed = set(gone)
    if replace:
        for key in given:
            removed |= {old for old in latest if old == key or old.startswith(f"{key}.")}
    return {**{key: DELETED for key in latest if key in removed and key not in values}, **values}


def apply(latest: dict[str, Json], changed: Mapping[str, Json]) -> None:
    """Carry out the changes of a `_summary` row."""
    for key, value in changed.items():
        if value is DELETED:
            latest.pop(key, None)
        else:
            latest[key] = value
