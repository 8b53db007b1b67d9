"""What `define_metric` says of a metric, and what the summary shows of it.

The logger keeps statistics row by row, a reader works them out from whole histories. Both end in `Statistics` and
`summarised`, so a run that was killed has the summary that it would have had. This file runs inside training: it
imports nothing heavy, and takes the arrays of a `KeyHistory` as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from reportgen.rundir.jsonl import DELETED, Json

if TYPE_CHECKING:
    from reportgen.rundir.history import KeyHistory

Goal = Literal["minimize", "maximize"]

GOALS: Final[tuple[Goal, ...]] = ("minimize", "maximize")
STATISTICS: Final = ("min", "max", "mean", "best", "first", "last")
"""What is worked out from the values of a metric, in the order of the summary."""
CHOICES: Final = (*STATISTICS, "copy", "none")
"""All that a definition may ask of the summary. "copy" keeps the plain last value, "none" keeps nothing."""
NAN: Final = "nan"
"""Beside the statistics: how many values were not a number, when there were any. They are in no statistic."""

GLOB: Final = "*"
_COUNTING: Final = frozenset({"min", "max", "mean", "best"})
"""Statistics that leave NaN out."""
_EXACT: Final = 2.0**53
"""Whole numbers below it are exact as floats."""


class Definition(NamedTuple):
    """What was said of one metric, or of all whose names begin alike. None: nothing was said.

    Attributes:
        name: The key, or the beginning of keys with `*` behind it.
        step_metric: The metric that its charts have as their horizontal axis.
        step_sync: Whether rows with the metric but without its `step_metric` are given the last value of that one.
        hidden: Whether reports draw no chart of it.
        summary: What the summary holds of it: words of `CHOICES`.
        goal: Which of its values is the best.
        runtime: When `summary` was said, in seconds since the run first began: what was assigned to the summary
            earlier does not end the statistics.
    """

    name: str
    step_metric: str | None = None
    step_sync: bool | None = None
    hidden: bool | None = None
    summary: tuple[str, ...] | None = None
    goal: Goal | None = None
    runtime: float = 0.0

    @property
    def statistics(self) -> tuple[str, ...]:
        """What is worked out for the summary; "best" only with a goal."""
        if self.summary is None or "none" in self.summary:
            return ()
        return tuple(word for word in STATISTICS if word in self.summary and (word != "best" or self.goal))

    @property
    def silent(self) -> bool:
        """Whether its values stay out of the summary."""
        return self.summary is not None and "none" in self.summary

    @property
    def followed(self) -> bool:
        """Whether the summary depends on more of its values than the last."""
        return bool(self.statistics) or self.silent

    def over(self, other: Definition) -> Definition:
        """This definition, with what `other` says where this one says nothing."""
        kept = {name: getattr(other, name) if value is None else value for name, value in self._asdict().items()}
        return Definition(**{**kept, "runtime": self.runtime if self.summary is not None else other.runtime})

    def then(self, later: Definition) -> Definition:
        """This definition after another call with the same name: statistics add up, the rest is replaced."""
        merged = later.over(self)
        if self.summary is None or later.summary is None or later.summary == ("none",):
            return merged
        words = {*self.summary, *later.summary} - {"none"}
        return merged._replace(summary=tuple(word for word in CHOICES if word in words))

    def to_json(self) -> dict[str, Json]:
        """As an entry of `metrics` in `run.json`; what was not said is left out."""
        return {name: list(v) if name == "summary" else v for name, v in self._asdict().items() if v is not None}

    @classmethod
    def from_json(cls, value: object) -> Definition:
        """From an entry of `metrics` in `run.json`.

        Raises:
            TypeError: It is none; the argument says what it should be.
        """
        if not isinstance(value, dict):
            raise TypeError(_EXPECTED)
        checks: Mapping[str, Callable[[Any], bool]] = {
            "name": lambda v: isinstance(v, str) and bool(v),
            "step_metric": lambda v: isinstance(v, str),
            "step_sync": lambda v: isinstance(v, bool),
            "hidden": lambda v: isinstance(v, bool),
            "summary": lambda v: isinstance(v, list) and all(isinstance(word, str) for word in v),
            "goal": lambda v: v in GOALS,
            "runtime": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
        }
        given = {name: value[name] for name in checks if value.get(name) is not None}
        if "name" not in given or not all(checks[name](item) for name, item in given.items()):
            raise TypeError(_EXPECTED)
        if "summary" in given:
            given["summary"] = tuple(given["summary"])
        return cls(**given)


_EXPECTED: Final = 'a list of mappings with a "name"'


class Definitions:
    """All definitions of a run, in the order of the calls.

    A key takes each property from its own definition, else from the most specific glob that says something of it.
    Keys that begin with `_` are matched by no glob.

    Args:
        items: One definition per name.
    """

    def __init__(self, items: Iterable[Definition] = ()) -> None:
        self._named = {item.name: item for item in items}
        self._of: dict[str, Definition] = {}

    def __bool__(self) -> bool:
        return bool(self._named)

    def __iter__(self) -> Iterator[Definition]:
        return iter(self._named.values())

    def add(self, definition: Definition, *, overwrite: bool = False) -> None:
        """Add one, merged with an earlier one of the same name unless it is to `overwrite` it."""
        known = self._named.get(definition.name)
        self._named[definition.name] = definition if known is None or overwrite else known.then(definition)
        self._of = {}

    def of(self, key: str) -> Definition:
        """All that is said of a key."""
        known = self._of.get(key)
        if known is None:
            known = self._named.get(key) or Definition(key)
            for glob in [] if key.startswith("_") else self._matching(key):
                known = known.over(glob)
            axis = None if known.step_metric == key else known.step_metric
            self._of[key] = known = known._replace(name=key, step_metric=axis)
        return known

    def _matching(self, key: str) -> list[Definition]:
        globs = [d for d in self._named.values() if d.name.endswith(GLOB) and key.startswith(d.name[:-1])]
        return sorted(globs, key=lambda glob: -len(glob.name))


class Statistics:
    """What the values of one key come to.

    The value that counts at a step is the last one logged there, so the newest is held back until a later step comes.
    Numbers that are NaN are counted and enter no statistic but "first" and "last"; of other values, only texts count,
    in these two.
    """

    __slots__ = (
        *("_count", "_nans", "_total", "_least", "_greatest"),
        *("_first", "_last", "_latest", "_step", "_newest", "_read"),
    )

    def __init__(self) -> None:
        self._count, self._nans, self._total = 0, 0, 0.0
        self._least = self._greatest = 0.0
        self._first: Json = None
        self._last: Json = None
        self._latest: Json = None  # what was logged last, where that is not the newest step
        self._step = -1
        self._newest: Json = None
        self._read = False  # whether the newest value was read, so that it is not known what it would replace

    @classmethod
    def of(cls, histories: Iterable[KeyHistory]) -> Statistics:
        """The statistics of a key that was logged as one or several kinds."""
        made = cls()
        found = [history for history in histories if len(history)]
        if not found:
            return made
        made._read = True
        made._step = max(int(history.steps[-1]) for history in found)
        for history in found:
            newest = int(history.steps[-1]) == made._step
            if newest and history.kind in ("scalar", "text"):
                made._newest = _plain(history, len(history) - 1)
            if history.values is not None:
                made._gather(history.values[:-1] if newest else history.values)
        told = [history for history in found if history.kind in ("scalar", "text")]
        if told:
            made._first, made._last = _at_time(told, first=True), _at_time(told, first=False)
            made._latest = made._last
        return made

    def _gather(self, values: Any) -> None:
        """Take in an array of numbers at once. The sum is made one by one, as `add` makes it: to the last bit."""
        numbers = values[values == values]
        self._nans = len(values) - len(numbers)
        self._count = len(numbers)
        if self._count:
            self._total = float(numbers.cumsum()[-1])
            self._least, self._greatest = float(numbers.min()), float(numbers.max())

    def add(self, step: int, value: Json) -> bool:
        """Take in one value.

        Args:
            step: Its step.
            value: As a line holds it. None stands for no value, and takes the place of one at the same step.

        Returns:
            False when the step lies before the newest, or is the newest of what was read: then whole histories have to
            be looked at.
        """
        if step < self._step or (step == self._step and self._read):
            return False
        if step > self._step:
            self._close()
            self._step, self._read = step, False
        self._newest = _number(value) if isinstance(value, (int, float)) else value if isinstance(value, str) else None
        if self._newest is not None:
            self._latest = None
        return True

    @property
    def seen(self) -> bool:
        """Whether there was any number or text."""
        return self._newest is not None or self._last is not None

    def _close(self) -> None:
        """The newest value has become one that counts."""
        value = self._newest
        if value is None:
            return
        if self._first is None:
            self._first = value
        self._last = value
        if not isinstance(value, float):
            return
        if value != value:
            self._nans += 1
            return
        self._least = min(self._least, value) if self._count else value
        self._greatest = max(self._greatest, value) if self._count else value
        self._total += value
        self._count += 1

    def entries(self, definition: Definition) -> dict[str, Json]:
        """What the definition asks for, by statistic; only what there is a value for."""
        wanted = definition.statistics
        whole = self._closed()
        numbers: dict[str, Json] = {}
        if whole._count:
            numbers = {"min": whole._least, "max": whole._greatest, "mean": whole._total / whole._count}
            numbers["best"] = numbers["min" if definition.goal == "minimize" else "max"]
        found = {**numbers, "first": whole._first, "last": whole._last if self._latest is None else self._latest}
        entries = {word: _shortest(found[word]) for word in wanted if found.get(word) is not None}
        if whole._nans and not _COUNTING.isdisjoint(wanted):
            entries[NAN] = whole._nans
        return entries

    def _closed(self) -> Statistics:
        """A copy in which the newest value counts."""
        copy = Statistics()
        for name in Statistics.__slots__:
            setattr(copy, name, getattr(self, name))
        copy._close()
        return copy


def _number(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number beyond 1.8e308
        return float("inf") if value > 0 else float("-inf")


def _shortest(value: Json) -> Json:
    """A whole number without a fraction: what was logged as 3 comes back as 3."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT else value


def _plain(history: KeyHistory, at: int) -> Json:
    return history.records[at] if history.values is None else float(history.values[at])


def _at_time(histories: Iterable[KeyHistory], *, first: bool) -> Json:
    """The value that was logged first, or last, whatever its step."""
    ends = []
    for history in histories:
        times = history.runtimes
        at = int(times.argmin()) if first else len(times) - 1 - int(times[::-1].argmax())
        ends.append((float(times[at]), history, at))
    _, history, at = (min if first else max)(ends, key=lambda end: end[0])
    return _plain(history, at)


Assigned = Mapping[str, tuple[float, Json]]
"""The last explicit assignment to each key of a summary: the runtime of the call, and the value or `DELETED`."""


def summarised(
    plain: Mapping[str, Json],
    assigned: Assigned,
    definitions: Definitions,
    statistics: Callable[[str], Statistics],
) -> dict[str, Json]:
    """A summary in which defined metrics are shown as their definitions say.

    What is assigned or deleted by hand after a definition ends it: for the key, or for one of its statistics. A metric
    of "none" shows what was assigned, and nothing that was logged. Where there is nothing to work out, as for the
    lowest of some texts, the last value stays.

    Args:
        plain: What was last logged or assigned under each key.
        assigned: What was last assigned by hand.
        definitions: What is known of the metrics.
        statistics: Gives the statistics of a key.
    """
    summary = dict(plain)
    worked_out: dict[str, Json] = {}
    for key in plain:
        definition = definitions.of(key)
        found = statistics(key) if definition.followed else None
        if found is None or not found.seen:
            continue  # nothing is said of it, or it was never logged
        ended = _by_hand(key, assigned, definition)
        if definition.silent:
            del summary[key]
            if ended and assigned[key][1] != DELETED:
                summary[key] = assigned[key][1]
        elif not ended and (entries := found.entries(definition)):
            if "copy" not in (definition.summary or ()):
                del summary[key]
            named = {f"{key}.{word}": entry for word, entry in entries.items()}
            worked_out |= {name: e for name, e in named.items() if not _by_hand(name, assigned, definition)}
    return summary | worked_out


def _by_hand(name: str, assigned: Assigned, definition: Definition) -> bool:
    """Whether a summary value was assigned or deleted after its metric was defined."""
    return name in assigned and assigned[name][0] >= definition.runtime
