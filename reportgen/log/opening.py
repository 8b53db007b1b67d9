"""Where a run begins: the folder that it gets, or the run on disk that it continues."""

from __future__ import annotations

import datetime
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from reportgen import __version__
from reportgen.errors import InputTypeError, InputValueError, ReportgenError, RunDirError, UsageError, WriteError
from reportgen.log import remains
from reportgen.log.machine import environment
from reportgen.log.manifest import Manifest
from reportgen.media import tensors
from reportgen.rundir import layout, leftovers
from reportgen.rundir.hold import abandoned
from reportgen.rundir.jsonl import Json
from reportgen.rundir.writer import RunWriter, session_row, unwritable

if TYPE_CHECKING:
    from reportgen.rundir.metrics import Definition

PROJECT: Final = "uncategorized"
"""The project of runs that name none."""

_FORBIDDEN: Final = frozenset("/\\:;,#?%'\"<>|*\x7f") | {chr(code) for code in range(32)}
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""Letters of random ids: none that is easily taken for another."""
MAX_STEP: Final = 2**63 - 1
_SLUG: Final = 60
_MAX_NAME: Final = 180
"""Bytes of a folder's name. File systems take 255; reports derive longer names from it."""


class Wanted(NamedTuple):
    """What a caller of `init` asked for, checked.

    Attributes:
        root: Folder of all projects, absolute.
        project: The project.
        id: The id, or "" for a new one.
        name: The name, or None.
        described: `group`, `job_type`, `tags`, `notes`; None for what was not given.
        seeds: Random seeds by name.
        resume: One of "never", "allow", "must", "auto".
        launch: What the ranks of this launch have in common, "" when nothing is known of that kind.
        ranks: How many processes write the run.
    """

    root: Path
    project: str
    id: str
    name: str | None
    described: Mapping[str, Any]
    seeds: Mapping[str, Json]
    resume: str
    launch: str = ""
    ranks: int = 1

    @property
    def folder(self) -> Path:
        """The run directory that the id stands for."""
        return self.root / self.project / self.id


class Start(NamedTuple):
    """Where the rows of a run begin: at zero, or where an earlier session of it ended.

    Attributes:
        step: Step of the first row.
        runtime: Seconds that the run took before.
        summary: Its summary so far.
        resumed: Whether there was an earlier session.
        metrics: What it has defined.
    """

    step: int = 0
    runtime: float = 0.0
    summary: Mapping[str, Json] = MappingProxyType({})
    resumed: bool = False
    metrics: tuple[Definition, ...] = ()


class Opened(NamedTuple):
    """A run directory that is open for writing.

    Attributes:
        folder: The run directory, absolute.
        writer: Writes it; None when nothing is stored.
        manifest: Its `run.json`, not saved yet.
        config: Its configuration so far.
        start: Where its rows begin.
        made: Whether the folder was made for it just now.
    """

    folder: Path
    writer: RunWriter | None
    manifest: Manifest
    config: Mapping[str, Json]
    start: Start
    made: bool = False


def checked_name(what: str, name: str) -> str:
    """A project or id, as it can be the name of a folder on every system.

    Raises:
        InputTypeError: (RG132) It is no text.
        UsageError: (RG118) It cannot.
    """
    if not isinstance(name, str):
        raise InputTypeError(
            "RG132", f"{what} is {tensors.named(name)}, not text: {name!r}", remedy=f"Give text, such as {str(name)!r}"
        )
    forbidden = sorted(_FORBIDDEN.intersection(name))
    trouble = ""
    if not name.strip():
        trouble = "is empty"
    elif forbidden:
        trouble = f"holds {' '.join(repr(letter)[1:-1] for letter in forbidden)}"
    elif name.startswith(".") or name.endswith((".", " ")):
        trouble = "begins with a dot, or ends with a dot or blank"
    elif len(os.fsencode(name)) > _MAX_NAME:
        trouble = f"is longer than {_MAX_NAME} bytes"
    if trouble:
        raise UsageError(
            "RG118",
            f"{what} {name!r} {trouble}; it becomes the name of a folder",
            remedy="Use letters, digits, blanks, '-', '_' and '.'; put the rest into name= or notes=",
        )
    return name


def disabled(wanted: Wanted) -> Opened:
    """A run that stores nothing."""
    id = wanted.id or _new_id(wanted.name)
    values = _new_values(wanted, id, {}, {})
    return Opened(wanted.root / wanted.project / id, None, Manifest(values, None), {}, Start())


def opened(wanted: Wanted) -> Opened:
    """A new run directory, or one to continue.

    Raises:
        UsageError: (RG121) The run is there, and is not to be continued. (RG122) It is to be continued, and is not
            there. (RG361) Another process writes it.
        RunDirError: It is to be continued, and cannot be read.
        WriteError: (RG362) The folder cannot be written.
    """
    if wanted.resume == "auto" and not wanted.id:
        found = _unfinished(wanted)
        return _created(wanted) if found is None else found
    folder = wanted.folder
    if not wanted.id:
        if wanted.resume == "must":
            raise _no_run(wanted)
    elif _is_sound(folder):
        if wanted.resume == "never":
            raise _is_there(wanted)
        return _continued(wanted, folder, RunWriter(folder, new=False))
    elif leftovers.is_ours(folder):
        return _taken_over(wanted, folder)
    elif wanted.resume == "must" and not (folder / layout.RUN).exists():
        raise _no_run(wanted)
    elif wanted.resume != "never" and (folder / layout.RUN).exists():
        _card(folder / layout.RUN)
    return _created(wanted)


def _is_there(wanted: Wanted) -> UsageError:
    return UsageError(
        "RG121",
        f"the run {wanted.id!r} is there already",
        where=str(wanted.folder),
        remedy='Continue it with resume="allow", or give another id',
    )


def _no_run(wanted: Wanted) -> UsageError:
    strangers = bool(wanted.id) and wanted.folder.exists() and not leftovers.is_ours(wanted.folder)
    return UsageError(
        "RG122",
        f"there is no run {wanted.id!r} to continue" if wanted.id else 'resume="must" needs an id',
        where=str(wanted.folder) if wanted.id else "",
        remedy="Check project, id and dir; "
        + ("the folder of that name holds other files" if strangers else 'resume="allow" begins a new run instead'),
    )


def _created(wanted: Wanted) -> Opened:
    while True:
        id = wanted.id or _new_id(wanted.name)
        folder = wanted.root / wanted.project / id
        try:
            writer = RunWriter(folder, new=True)
        except FileExistsError:
            if not wanted.id:
                continue  # one chance in a billion
            if leftovers.is_ours(folder):  # another process was faster
                return _taken_over(wanted, folder)
            raise UsageError(
                "RG121",
                f"there is a folder with the name of the run {id!r} already",
                where=str(folder),
                remedy="Give another id, or move the folder away",
            ) from None
        except WriteError:
            leftovers.withdraw(folder)
            raise
        return _begun(wanted, id, folder, writer, made=True)


def _begun(wanted: Wanted, id: str, folder: Path, writer: RunWriter, *, made: bool) -> Opened:
    """A new run in a folder that this process holds."""
    try:
        public, private = environment.public(wanted.seeds), environment.private()
    except BaseException:
        writer.close()
        if made:
            leftovers.withdraw(folder)
        raise
    manifest = Manifest(_new_values(wanted, id, public, private), writer)
    return Opened(folder, writer, manifest, {}, Start(), made)


def _taken_over(wanted: Wanted, folder: Path) -> Opened:
    """A run whose `run.json` is missing or damaged: it begins anew if it never had a row, else it goes on."""
    if abandoned(folder):
        _refuse_remains(wanted, folder)  # nothing is touched then
    writer = RunWriter(folder, new=False)
    try:
        if not _is_sound(folder):
            _refuse_remains(wanted, folder)
            fresh = leftovers.is_beginning(folder)
            aside = remains.put_aside(folder)
            if not fresh:
                values = _new_values(wanted, folder.name, {}, {})
                writer.write_document(layout.RUN, {**values, **remains.known(folder)})
            remains.tell(folder, aside, fresh=fresh)
            if fresh:
                return _begun(wanted, folder.name, folder, writer, made=False)
        elif wanted.resume == "never":
            raise _is_there(wanted)
    except BaseException as fault:
        writer.close()
        if isinstance(fault, OSError) and not isinstance(fault, ReportgenError):
            raise unwritable(folder, fault) from fault
        raise
    return _continued(wanted, folder, writer)


def _refuse_remains(wanted: Wanted, folder: Path) -> None:
    fresh = leftovers.is_beginning(folder)
    if fresh and wanted.resume == "must":
        raise _no_run(wanted)
    if not fresh and wanted.resume == "never":
        raise _is_there(wanted)


def _is_sound(folder: Path) -> bool:
    """Whether there is a `run.json`, and it is no damaged one."""
    try:
        return isinstance(orjson.loads((folder / layout.RUN).read_bytes()), dict)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:  # who reads the run says why
        return True


def _new_values(wanted: Wanted, id: str, public: Mapping[str, Any], private: Mapping[str, Any]) -> dict[str, Any]:
    now = time.time()
    created = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return {
        "format": layout.FORMAT,
        "writer": f"reportgen {__version__}",
        "id": id,
        "name": wanted.name or id,
        "project": wanted.project,
        "group": wanted.described["group"] or "",
        "job_type": wanted.described["job_type"] or "",
        "tags": wanted.described["tags"] or [],
        "notes": wanted.described["notes"] or "",
        "created": created.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "state": layout.STATE_RUNNING,
        "exit_code": None,
        "error": None,
        "duration": None,
        "incomplete": False,
        **({"ranks": wanted.ranks} if wanted.ranks > 1 else {}),
        "sessions": [_session(now, 0.0, wanted)],
        "environment": public,
        "private": private,
    }


def _continued(wanted: Wanted, folder: Path, writer: RunWriter) -> Opened:
    """Take up a run on disk: its steps, its runtime and its summary go on."""
    try:
        # It brings numpy along, which only a run that is continued needs.
        from reportgen.rundir.reader import read_run

        stored = read_run(folder)
        values = _card(folder / layout.RUN)
    except BaseException:
        writer.close()
        raise
    steps = stored.history.writers[layout.MAIN].steps
    runtime = stored.info.duration or 0.0
    if stored.history.lines and (last := _last_runtime(stored)) > runtime:
        runtime = last
    given = {field: value for field, value in wanted.described.items() if value is not None}
    if wanted.name:
        given["name"] = wanted.name
    sessions = [*_sessions(values, stored), _session(time.time(), runtime, wanted)]
    values |= {
        **given,
        "state": layout.STATE_RUNNING,
        "exit_code": None,
        "error": None,
        "duration": None,
        **({"ranks": wanted.ranks} if wanted.ranks > stored.info.ranks else {}),
        "sessions": sessions,
        "environment": environment.public({**stored.info.environment.get("seeds", {}), **wanted.seeds}),
        "private": environment.private(),
    }
    start = Start(
        step=min(int(steps[-1]) + 1, MAX_STEP) if len(steps) else 0,
        runtime=runtime,
        summary={key: value for key, value in stored.summary.items() if key not in stored.borrowed},
        resumed=True,
        metrics=stored.info.metrics,
    )
    try:
        writer.history.append(session_row(max(1, len(sessions) - 1), start.step, runtime))
    except OSError as fault:
        writer.close()
        raise unwritable(folder, fault) from fault
    return Opened(folder, writer, Manifest(values, writer), dict(stored.config), start)


def _session(started: float, runtime: float, wanted: Wanted) -> dict[str, Any]:
    return {"started": started, "runtime": runtime} | ({"launch": wanted.launch} if wanted.launch else {})


def _sessions(values: Mapping[str, Any], stored: Any) -> list[Any]:
    """The sessions so far, as they stand in the file unless something is wrong with them."""
    found = values.get("sessions")
    if isinstance(found, list) and len(found) == len(stored.info.sessions):
        return found
    return [{"started": started, "runtime": runtime} for started, runtime in stored.info.sessions]


def _last_runtime(stored: Any) -> float:
    """The greatest runtime of all rows: a finished run may have been killed while it was continued."""
    histories = [*stored.history.all, *stored.system.all]
    histories += [branch for history in stored.history.all for branch in history.superseded]
    return max((float(history.runtimes.max()) for history in histories if len(history.runtimes)), default=0.0)


def _card(path: Path) -> dict[str, Any]:
    """What `run.json` holds.

    Raises:
        RunDirError: (RG306) It is damaged.
    """
    try:
        values = orjson.loads(path.read_bytes())
    except ValueError as fault:
        values = fault
    if isinstance(values, dict):
        return values
    why = f"it is not valid JSON ({values})" if isinstance(values, ValueError) else "it holds no mapping"
    remedy = "Restore it from a copy, or begin a run with another id"
    raise RunDirError("RG306", f"the run cannot be continued: {why}", where=str(path), remedy=remedy)


def _unfinished(wanted: Wanted) -> Opened | None:
    """The newest run of the project that did not finish well, open; None when there is none."""
    found: list[tuple[str, Path]] = []
    for card in (wanted.root / wanted.project).glob(f"*/{layout.RUN}"):
        try:
            values = orjson.loads(card.read_bytes())
            state, created, name = values["state"], str(values["created"]), values["name"]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # no run that could be continued
        if state != layout.STATE_FINISHED and wanted.name in (None, name):
            found.append((created, card.parent))
    for _, folder in sorted(found, reverse=True):
        try:
            return _continued(wanted, folder, RunWriter(folder, new=False))
        except UsageError as fault:
            if fault.code != "RG361":
                raise
    return None


def _new_id(name: str | None) -> str:
    """The name, or the time, and random letters. The user's random seeds are not touched."""
    slug = re.sub(r"[^\w.-]+", "-", name).strip("-._")[:_SLUG].strip("-._") if name else ""
    while len(os.fsencode(slug)) > _MAX_NAME // 2:
        slug = slug[:-1]
    if not slug:
        slug = time.strftime("%Y%m%d-%H%M%S")
    return f"{slug}-{''.join(_LETTERS[byte % 32] for byte in os.urandom(6))}"


def checked_resume(resume: object, id: str) -> str:
    """One of "never", "allow", "must", "auto".

    Raises:
        InputValueError: (RG130) It is something else.
    """
    if resume is None or resume is False:
        return "never"
    if resume is True:
        return "allow" if id else "auto"
    if resume == "auto":
        return "allow" if id else "auto"
    if isinstance(resume, str) and resume in ("never", "allow", "must"):
        return resume
    raise InputValueError(
        "RG130", f"resume={resume!r} is unknown", remedy='Use "allow", "must", "never", "auto" or True'
    )
