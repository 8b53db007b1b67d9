"""A run that stores nothing: `mode="disabled"`, and the ranks that leave logging to rank 0.

Every call works and costs next to nothing: nothing is encoded, no picture copied, no tensor waited for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reportgen.errors import ReportgenError
from reportgen.log.lines import checked_step
from reportgen.log.opening import Opened
from reportgen.log.rows import UNCOUNTED
from reportgen.log.run import Run
from reportgen.log.values.encode import PLAIN
from reportgen.rundir.jsonl import Json

_SIMPLE: Final = PLAIN - {type(None)}
_TEXT: Final = frozenset({str})

FEW: Final = 32
"""Elements of a list that is remembered."""


class DisabledRun(Run):
    """A run whose rows go nowhere. Plain values, numbers of other libraries and the step can be read back."""

    def __init__(self, place: Opened, config: Mapping[str, Json], **given: Any) -> None:
        """Begin to store nothing. See `Run`."""
        super().__init__(place, config, **given)
        self._latest = Latest(self._latest)

    def log(self, data: Mapping[str, Any] | None = None, step: int | None = None, commit: bool | None = None) -> None:
        """Remember the last value of each key for the summary. Never raises.

        Args:
            data: As for `Run.log`; media and arrays are passed over.
            step: As for `Run.log`.
            commit: As for `Run.log`.
        """
        try:
            at = self._step if step is None else checked_step(step)
        except ReportgenError:
            return
        if type(data) is dict or isinstance(data, Mapping):
            self._remember(data, "")
        if self._metrics and isinstance(data, Mapping):
            self._metrics.note(at, {key: self._latest[key] for key in data if key in self._latest})
        if at >= self._step:
            self._step = at + 1 if commit or (step is None and commit is None) else at

    def _summarised(self) -> Mapping[str, Json]:
        if not self._metrics:
            return self._latest
        return self._metrics.summary({key: self._latest[key] for key in list(self._latest)})

    def _remember(self, data: Mapping[Any, Any], prefix: str) -> None:
        latest = self._latest
        # Nearly every row is like this, and goes in at once.
        if not prefix and _SIMPLE.issuperset(map(type, data.values())) and _TEXT.issuperset(map(type, data)):
            latest.update(data)
            for key in UNCOUNTED & data.keys():
                del latest[key]
            return
        for key, value in data.items():
            if type(value) in PLAIN:
                if value is not None and key not in UNCOUNTED:
                    latest[f"{prefix}{key}"] = value
            elif isinstance(value, Mapping):
                if prefix.count(".") < FEW:
                    self._remember(value, f"{prefix}{key}.")
            elif isinstance(value, (list, tuple)):
                if len(value) <= FEW and all(type(item) in PLAIN for item in value):
                    latest[f"{prefix}{key}"] = list(value)
            elif not getattr(value, "shape", True):  # a number of another library: () is the shape of one
                latest[f"{prefix}{key}"] = _Later(value)


class Latest(dict[str, Json]):
    """The summary of such a run: a number on a graphics card is fetched when somebody asks for it."""

    def __getitem__(self, key: str) -> Json:
        value = super().__getitem__(key)
        if type(value) is _Later:
            value = self[key] = value.number()
        return value


class _Later:
    """A number of another library, without what it was computed from."""

    __slots__ = ("_given",)

    def __init__(self, given: Any) -> None:
        detach = getattr(given, "detach", None)
        self._given = detach() if callable(detach) else given

    def number(self) -> Json:
        try:
            return self._given.item() if hasattr(self._given, "item") else float(self._given)
        except Exception:  # whatever it is, nobody is to fail here
            return None
