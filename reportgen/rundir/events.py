"""`events.jsonl`: what happened in a run besides rows: alerts, and artifacts that were logged, used or linked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from reportgen.errors import InputValueError, Problem, RunDirError
from reportgen.rundir import layout
from reportgen.rundir.jsonl import decode_row
from reportgen.rundir.lines import batches
from reportgen.rundir.opening import open_inside
from reportgen.rundir.rows import Faults, Row, parser, step_of

ALERT: Final = "alert"
ARTIFACT: Final = "artifact"
LEVELS: Final = ("INFO", "WARN", "ERROR")
LOGGED: Final = "logged"
USED: Final = "used"
LINKED: Final = "linked"
CHANGED: Final = "changed"
ACTIONS: Final = (LOGGED, USED, LINKED, CHANGED)


@dataclass(frozen=True, slots=True)
class Alert:
    """A notice that the training gave.

    Attributes:
        title: What it is about, in a few words.
        text: The whole of it; "" for nothing more.
        level: "INFO", "WARN" or "ERROR".
        step: The step that was under way; None if the event does not say.
        runtime: Seconds since the run first began.
    """

    title: str
    text: str = ""
    level: str = "INFO"
    step: int | None = None
    runtime: float = 0.0


@dataclass(frozen=True, slots=True)
class ArtifactEvent:
    """Something that a run did with one version of an artifact.

    Attributes:
        action: "logged" (the run made it), "used", "linked" (given a second name) or "changed" (its aliases,
            description or metadata).
        name: Name of the artifact.
        version: Number of the version, from 0.
        digest: SHA-256 of the manifest: versions of the same content have the same.
        type: The kind of thing: "dataset", "model".
        manifest: The manifest's place in the run that logged it; "" in other events.
        files: Number of files.
        size: Their bytes.
        aliases: Names of this version, such as "best". Of "logged": those that were asked for; "latest" goes without
            saying.
        description: What it is, in Markdown.
        metadata: Free values by name.
        project: Project of the run that made it.
        run: Id of the run that made it.
        target: Of "linked": the second name.
        time: Unix time, in seconds: orders the events of several runs.
    """

    action: str
    name: str
    version: int
    digest: str
    type: str = ""
    manifest: str = ""
    files: int = 0
    size: int = 0
    aliases: tuple[str, ...] = ()
    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    project: str = ""
    run: str = ""
    target: str = ""
    time: float = 0.0

    def to_row(self) -> dict[str, Any]:
        """The event as a line holds it; what is empty is left out."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["aliases"] = list(self.aliases)
        kept = {
            n: v for n, v in values.items() if v not in ("", [], {}) or n in ("action", "name", "version", "digest")
        }
        return {layout.EVENT: ARTIFACT, **kept}


@dataclass(frozen=True, slots=True)
class Events:
    """All events of a run, in the order in which they happened.

    Attributes:
        alerts: The alerts.
        artifacts: What was done with artifacts.
    """

    alerts: tuple[Alert, ...] = ()
    artifacts: tuple[ArtifactEvent, ...] = ()


def read_events(folder: Path, problems: list[Problem], writers: Iterable[str] = (layout.MAIN,)) -> Events:
    """The events of a run.

    Args:
        folder: The run directory.
        problems: Takes what is wrong with the files; each damaged line costs itself only.
        writers: The processes that wrote the run, as `layout.writers` names them.
    """
    found = [_read(folder, layout.events_of(writer), problems) for writer in writers]
    return Events(
        tuple(sorted((alert for one in found for alert in one.alerts), key=lambda alert: alert.runtime)),
        tuple(sorted((event for one in found for event in one.artifacts), key=lambda event: event.time)),
    )


def _read(folder: Path, name: str, problems: list[Problem]) -> Events:
    """The events in one file."""
    alerts: list[Alert] = []
    artifacts: list[ArtifactEvent] = []
    faults = Faults(name)
    for number, row in _rows(folder, faults, problems):
        try:
            values = decode_row(row)
            if values.get(layout.EVENT) == ALERT:
                alerts.append(_alert(values))
            elif values.get(layout.EVENT) == ARTIFACT:
                artifacts.append(_artifact(values))
        except (InputValueError, TypeError, ValueError) as fault:
            what = fault.problem.what if isinstance(fault, InputValueError) else str(fault)
            faults.line("RG328", f"the event cannot be read: {what}", number)
    problems.extend(faults.all())
    return Events(tuple(alerts), tuple(artifacts))


def _rows(folder: Path, faults: Faults, problems: list[Problem]) -> list[tuple[int, Row]]:
    """The lines of the file with their numbers; none when there is no such file."""
    parse = parser(None, faults)
    rows: list[tuple[int, Row]] = []
    try:
        with open_inside(folder, faults.name) as file:
            for lines in batches(file):
                found, numbers = parse(lines)
                rows += zip(numbers, found, strict=True)
    except RunDirError as fault:
        if fault.code != "RG321":
            problems.append(fault.problem)
    return rows


def _alert(values: Mapping[str, Any]) -> Alert:
    level = _text(values, "level") or "INFO"
    if level not in LEVELS:
        raise ValueError(f"its level is {level!r}, not one of {', '.join(LEVELS)}")
    runtime = _number(values, layout.RUNTIME)
    return Alert(_text(values, "title"), _text(values, "text"), level, step_of(dict(values)), runtime)


def _artifact(values: Mapping[str, Any]) -> ArtifactEvent:
    action, version = _text(values, "action"), values.get("version")
    if action not in ACTIONS:
        raise ValueError(f"its action is {action!r}, not one of {', '.join(ACTIONS)}")
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise ValueError(f"its version is {version!r}, not a whole number from 0")
    aliases, metadata = values.get("aliases", []), values.get("metadata", {})
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise TypeError("its aliases are no list of strings")
    if not isinstance(metadata, dict):
        raise TypeError("its metadata is no mapping")
    texts = ("name", "digest", "type", "manifest", "description", "project", "run", "target")
    return ArtifactEvent(
        action=action,
        version=version,
        files=int(_number(values, "files")),
        size=int(_number(values, "size")),
        aliases=tuple(aliases),
        metadata=metadata,
        time=_number(values, "time"),
        **{name: _text(values, name) for name in texts},
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str):
        raise TypeError(f"its {name} is no string")
    return value


def _number(values: Mapping[str, Any], name: str) -> float:
    value = values.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        raise TypeError(f"its {name} is no number from 0")
    return value
