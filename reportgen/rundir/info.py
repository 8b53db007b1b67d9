"""`run.json`: what a run says of itself, field by field, with a default for each that is missing or damaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import orjson

from reportgen.errors import InputValueError, Problem, RunDirError
from reportgen.rundir import jsonl, layout
from reportgen.rundir.hold import abandoned
from reportgen.rundir.jsonl import decode_row
from reportgen.rundir.metrics import Definition
from reportgen.rundir.opening import open_inside

T = TypeVar("T")

MAX_DOCUMENT: Final = jsonl.MAX_DOCUMENT
"""Bytes that a JSON file of a run may have."""

_NOTHING: Final[Mapping[str, Any]] = {}
_STATES: Final = (layout.STATE_RUNNING, layout.STATE_FINISHED, layout.STATE_FAILED)


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a run says of itself.

    Attributes:
        format: Number of the format that it was written in.
        writer: What wrote it: `"reportgen 0.1.0"`.
        id: Its id; the folder's name if it does not say.
        name: Its name as readers know it; the id if it does not say.
        project: The project; "" if it does not say.
        group: The group, or "".
        job_type: The type of work, or "".
        tags: Its tags.
        notes: Its notes, in Markdown.
        created: When it first began, ISO 8601 in UTC; "" if it does not say.
        state: `"running"`, `"finished"`, `"failed"`, or `"crashed"`: it says that it runs, but no process holds
            its lock.
        exit_code: What its process ended with; None while unknown.
        error: What made it fail: `type`, `message`, `step`; None when nothing did.
        duration: Seconds of work; for a run that did not finish, until the last row; None when there is none.
        incomplete: Whether something could not be written, or was still being stored when its process was killed.
        unwritten: How many rows and media values could not be written, as far as the run could count them.
        ranks: How many processes of a distributed training write the run.
        sessions: Each time that it was started: Unix time in seconds, and the runtime that it began with.
        metrics: What was said of metrics with `define_metric`, one entry per name.
        environment: Command, Python, platform, packages, git, hardware, seeds.
        private: User, host, paths and the like, which a build leaves out.
    """

    format: int
    writer: str
    id: str
    name: str
    project: str
    group: str
    job_type: str
    tags: tuple[str, ...]
    notes: str
    created: str
    state: str
    exit_code: int | None
    error: Mapping[str, Any] | None
    duration: float | None
    incomplete: bool
    unwritten: int
    ranks: int
    sessions: tuple[tuple[float, float], ...]
    metrics: tuple[Definition, ...]
    environment: Mapping[str, Any]
    private: Mapping[str, Any]


def read_document(folder: Path, name: str, problems: list[Problem]) -> dict[str, Any] | None:
    """A JSON file of a run as a mapping, without its tagged values restored.

    Returns:
        None when there is no such file, or it cannot be read: then `problems` says so.
    """
    try:
        with open_inside(folder, name) as file:
            data = file.read(MAX_DOCUMENT + 1) or b""
    except RunDirError as fault:
        if fault.code != "RG321":
            problems.append(fault.problem)
        return None
    return parse_document(data, name, problems)


def parse_document(data: bytes, name: str, problems: list[Problem]) -> dict[str, Any] | None:
    """What a JSON file of a run holds; None, and a problem, when that is no mapping."""
    if len(data) > MAX_DOCUMENT:
        problems.append(Problem("RG306", f"the file is larger than {MAX_DOCUMENT:,} bytes", name))
        return None
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as fault:
        problems.append(Problem("RG306", f"the file is not valid JSON ({fault})", name, "Its values are not shown"))
        return None
    if not isinstance(value, dict):
        problems.append(Problem("RG306", "the file holds no mapping", name, "Its values are not shown"))
        return None
    return value


def restored(value: Mapping[str, Any] | None, name: str, problems: list[Problem]) -> dict[str, Any]:
    """A mapping with its tagged values restored, each key for itself."""
    result: dict[str, Any] = {}
    for key, item in (value or {}).items():
        try:
            result.update(decode_row({key: item}))
        except InputValueError as fault:
            problems.append(Problem("RG318", f"{key[:80]!r} was left out: {fault.problem.what}", name))
    return result


def read_info(values: Mapping[str, Any], folder: Path, problems: list[Problem]) -> RunInfo:
    """What `run.json` says, in the newest format; fields of a wrong type become problems and their defaults.

    Args:
        values: The parsed file.
        folder: The run directory, which lends its name where the file has none.
        problems: Takes what is wrong.
    """
    fields = _Fields(values, problems)
    id = fields.take("id", _text, "") or folder.name
    state = fields.take("state", _state, layout.STATE_RUNNING)
    return RunInfo(
        format=fields.take("format", _whole, layout.FORMAT),
        writer=fields.take("writer", _text, ""),
        id=id,
        name=fields.take("name", _text, "") or id,
        project=fields.take("project", _text, ""),
        group=fields.take("group", _text, ""),
        job_type=fields.take("job_type", _text, ""),
        tags=fields.take("tags", _texts, ()),
        notes=fields.take("notes", _text, ""),
        created=fields.take("created", _text, ""),
        state=layout.STATE_CRASHED if state == layout.STATE_RUNNING and abandoned(folder) else state,
        exit_code=fields.take("exit_code", _maybe_whole, None),
        error=fields.take("error", _maybe_mapping, None),
        duration=fields.take("duration", _maybe_seconds, None),
        incomplete=fields.take("incomplete", _flag, False),
        unwritten=fields.take(layout.UNWRITTEN, _number, 0),
        ranks=fields.take("ranks", _count, 1),
        sessions=fields.take("sessions", _sessions, ()),
        metrics=fields.take("metrics", _metrics, ()),
        environment=restored(fields.take("environment", _mapping, _NOTHING), layout.RUN, problems),
        private=restored(fields.take("private", _mapping, _NOTHING), layout.RUN, problems),
    )


class _Fields:
    """The fields of `run.json`, each checked as it is taken."""

    def __init__(self, values: Mapping[str, Any], problems: list[Problem]) -> None:
        self._values = values
        self._problems = problems

    def take(self, name: str, check: Callable[[Any], T], default: T) -> T:
        if name not in self._values:
            return default
        try:
            return check(self._values[name])
        except (TypeError, ValueError, KeyError) as fault:
            self._problems.append(
                Problem(
                    "RG305",
                    f"{name!r} is {_short(self._values[name])}, not {fault.args[0]}; it is taken as {default!r}",
                    layout.RUN,
                    severity="warning",
                )
            )
            return default


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a string")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("a list of strings")
    return tuple(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a whole number")
    return value


def _count(value: object) -> int:
    if _whole(value) < 1:
        raise ValueError("a number from 1")
    return _whole(value)


def _number(value: object) -> int:
    if _whole(value) < 0:
        raise ValueError("a number from 0")
    return _whole(value)


def _maybe_whole(value: object) -> int | None:
    return None if value is None else _whole(value)


def _seconds(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError("a number of seconds")
    return float(value)


def _maybe_seconds(value: object) -> float | None:
    return None if value is None else _seconds(value)


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("a mapping")
    return value


def _maybe_mapping(value: object) -> Mapping[str, Any] | None:
    return None if value is None else _mapping(value)


def _state(value: object) -> str:
    if value not in _STATES:
        raise ValueError(f"one of {', '.join(_STATES)}")
    return str(value)


def _sessions(value: object) -> tuple[tuple[float, float], ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise TypeError('a list of mappings with "started" and "runtime"')
    return tuple((_seconds(item.get("started")), _seconds(item.get("runtime"))) for item in value)


def _metrics(value: object) -> tuple[Definition, ...]:
    if not isinstance(value, list):
        raise TypeError('a list of mappings with a "name"')
    return tuple(Definition.from_json(item) for item in value)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
