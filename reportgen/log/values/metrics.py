"""The metrics that a run has defined: axes put into rows that lack them, statistics kept for the summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from reportgen.errors import InputTypeError, InputValueError, ReportgenError
from reportgen.media import tensors
from reportgen.rundir.jsonl import Json
from reportgen.rundir.metrics import CHOICES, GLOB, GOALS, Definition, Definitions, Goal, Statistics, summarised

if TYPE_CHECKING:
    from reportgen.rundir.reader import Logged


def definition(
    name: str,
    step_metric: str | Definition | None = None,
    step_sync: bool | None = None,
    hidden: bool | None = None,
    summary: str | None = None,
    goal: str | None = None,
    *,
    runtime: float = 0.0,
) -> Definition:
    """A definition as `define_metric` was given it. See `Run.define_metric`.

    Args:
        name: A key, or the beginning of keys with `*` behind it. A backslash before a dot is dropped.
        step_metric: A key, or what `define_metric` returned for it.
        step_sync: Whether the last value of `step_metric` is put into rows without one.
        hidden: Whether no chart is drawn.
        summary: Words of `CHOICES`, joined by commas.
        goal: A word that begins with "min" or "max".
        runtime: Seconds since the run began.

    Raises:
        InputTypeError: (RG180) An argument has a wrong type.
        InputValueError: (RG180) An argument has an unknown value.
    """
    key = _name("name", name)
    if not key or GLOB in key[:-1]:
        why = "is empty" if not key else f"has a {GLOB} before its end"
        raise InputValueError(
            "RG180", f"define_metric: the name {name!r} {why}", remedy='Name a key, or end in a star: "train/*"'
        )
    axis = step_metric.name if isinstance(step_metric, Definition) else step_metric
    axis = None if axis is None else _name("step_metric", axis)
    if axis is not None and GLOB in axis:
        raise InputValueError("RG180", f"define_metric: step_metric {axis!r} is no single key", remedy="Name one key")
    return Definition(
        name=key,
        step_metric=axis or None,
        step_sync=True if step_sync is None and axis else _flag("step_sync", step_sync),
        hidden=_flag("hidden", hidden),
        summary=None if summary is None else _choices(summary),
        goal=None if goal is None else _goal(goal),
        runtime=runtime,
    )


def _text(what: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InputTypeError(
            "RG180", f"define_metric: {what} is {tensors.named(value)}, not text: {value!r}", remedy="Give text"
        )
    return str.__str__(value)


def _name(what: str, value: Any) -> str:
    return _text(what, value).replace("\\.", ".")


def _flag(what: str, value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise InputTypeError(
            "RG180",
            f"define_metric: {what} is {tensors.named(value)}: {value!r}",
            remedy="Give True or False",
        )
    return value


def _choices(summary: Any) -> tuple[str, ...]:
    """The words, in the order of `CHOICES`; "none" rules out all others, and "" stands for the plain last value."""
    words = {word.strip().lower() for word in _text("summary", summary).split(",")} - {""}
    unknown = sorted(words - set(CHOICES))
    if unknown:
        raise InputValueError(
            "RG180",
            f"define_metric: summary has {', '.join(map(repr, unknown))}",
            remedy=f"Join words of these with commas: {', '.join(CHOICES)}",
        )
    if "none" in words:
        return ("none",)
    return tuple(word for word in CHOICES if word in words) or ("copy",)


def _goal(goal: Any) -> Goal:
    for known in GOALS:
        if _text("goal", goal).strip().lower()[:3] == known[:3]:
            return known
    raise InputValueError(
        "RG180", f"define_metric: goal={goal!r} is unknown", remedy=f"Use {' or '.join(map(repr, GOALS))}"
    )


class Metrics:
    """What a run knows of its metrics. Calls must not overlap.

    Nothing is kept of metrics that nobody asked for. What was logged before a definition is read back from the file
    with the next row, while there is little of it; and where a row came late, once somebody looks at the summary.

    Args:
        definitions: Those of earlier sessions.
        latest: The last value of each key in these.
        assigned: What was put into the summary by hand, with the runtime of the call; it grows while the run goes on.
        newest: The last step of these; -1 when there are none.
        read_back: Reads what was logged; it gives None when that is nothing, or nowhere.
    """

    def __init__(
        self,
        definitions: Iterable[Definition],
        latest: Mapping[str, Json],
        assigned: dict[str, tuple[float, Json]],
        newest: int,
        read_back: Callable[[], Logged | None],
    ) -> None:
        self.definitions: Final = Definitions(definitions)
        self._read_back = read_back
        self._statistics: dict[str, Statistics] = {}
        self._assigned = assigned
        self._axes: dict[str, Json] = {}  # the last value of each step metric, None before there is one
        self._synced = _Known(self._axis_of)
        self._followed = _Known(lambda key: self.definitions.of(key).followed)
        self._stale = False  # whether the statistics lack something that is in the file
        self._newest = newest
        self._find_axes(latest)
        self._behind = self._lacks(latest)  # as `_stale`, because of a definition

    def define(self, given: Definition, latest: Mapping[str, Json], *, overwrite: bool) -> None:
        """Take up a definition.

        Args:
            given: What was said in the call.
            latest: The last value of each key, which may be the axis of this one from now on.
            overwrite: It replaces an earlier one of the same name.
        """
        before = {one._replace(runtime=0.0) for one in self.definitions}
        self.definitions.add(given, overwrite=overwrite)
        self._synced.clear()
        self._followed.clear()
        self._find_axes(latest)
        if {one._replace(runtime=0.0) for one in self.definitions} != before:
            self._behind = self._behind or self._lacks(latest)

    def _lacks(self, latest: Mapping[str, Json]) -> bool:
        """Whether there may be values in the file whose statistics are wanted."""
        return bool(latest) and any(one.summary for one in self.definitions)

    def lacks_goal(self, name: str) -> bool:
        """Whether the best of a metric is asked for, and nothing says which value is better."""
        known = next((one for one in self.definitions if one.name == name), None)
        return known is not None and "best" in (known.summary or ()) and self.definitions.of(name).goal is None

    def _axis_of(self, key: str) -> str | None:
        """The axis that is put into rows with a key."""
        one = self.definitions.of(key) if isinstance(key, str) else None  # what else there is, the row refuses
        return one.step_metric if one is not None and one.step_sync else None

    def _find_axes(self, latest: Mapping[str, Json]) -> None:
        for one in self.definitions:
            if one.step_metric and one.step_metric not in self._axes:
                known = latest.get(one.step_metric)
                self._axes[one.step_metric] = known if _is_number(known) else None

    def complete(self, values: dict[str, Json]) -> None:
        """Put the last value of their axis into a row for those metrics that have one, where it is missing."""
        for axis in {axis for key in values if (axis := self._synced[key]) is not None and axis not in values}:
            if (last := self._axes.get(axis)) is not None:
                values[axis] = last

    def is_complete(self, values: Mapping[Any, Any]) -> bool:
        """Whether `complete` would add nothing to a row."""
        for key in values:
            axis = self._synced[key]
            if axis is not None and axis not in values and self._axes.get(axis) is not None:
                return False
        return True

    def note(self, step: int, values: Mapping[str, Json]) -> None:
        """A row is about to be written, or was."""
        if self._behind:
            self._refresh()
        if step < self._newest:  # the first row of a resumed run may take the place of much that is in the file
            self._stale = True
        for key, value in values.items():
            if value is not None and not isinstance(value, (int, float, str)):
                continue  # media come late, lists count nowhere
            self._newest = -1
            if key in self._axes and _is_number(value):
                self._axes[key] = value
            if not self._stale and self._followed[key]:
                known = self._statistics.get(key)
                if known is None:
                    known = self._statistics[key] = Statistics()
                self._stale = not known.add(step, value)

    def summary(self, latest: Mapping[str, Json]) -> dict[str, Json]:
        """The summary as the definitions want it.

        Args:
            latest: What was last logged or assigned under each key.
        """
        if self._stale or self._behind:
            self._refresh()
        nothing = Statistics()
        return summarised(latest, self._assigned, self.definitions, lambda key: self._statistics.get(key, nothing))

    def _refresh(self) -> None:
        self._stale = self._behind = False
        try:
            logged = self._read_back()
        except (ReportgenError, OSError):  # the summary then holds what is known here; the rows are where they were
            return
        if logged is not None:
            for key, known in logged.assigned.items():
                self._assigned.setdefault(key, known)
            found = logged.histories.items()
            self._statistics = {key: Statistics.of(histories) for key, histories in found if self._followed[key]}


class _Known(dict[str, Any]):
    """What is known of each key, found out once."""

    def __init__(self, find_out: Callable[[str], Any]) -> None:
        self._find_out = find_out

    def __missing__(self, key: str) -> Any:
        self[key] = found = self._find_out(key)
        return found


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
