"""Artifacts: sets of files with a name and numbered versions, which one run makes and others use.

Nothing keeps them but the runs: each tells in `events.jsonl` what it logged and used, and holds the files that it
logged. The events of all runs below a folder, in the order of their times, give versions and aliases.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final, NamedTuple

import orjson

from reportgen.errors import Problem, RunDirError
from reportgen.rundir import layout
from reportgen.rundir.discover import find_runs
from reportgen.rundir.events import CHANGED, LINKED, LOGGED, USED, ArtifactEvent, read_events
from reportgen.rundir.info import MAX_DOCUMENT, read_document
from reportgen.rundir.opening import open_inside

LATEST: Final = "latest"
"""The alias of the version that was logged last."""

NAME: Final = re.compile(r"[\w.-]{1,128}")
"""The names of artifacts: letters, digits, `_`, `-` and `.`."""

_NUMBER: Final = re.compile(r"v(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an artifact.

    Attributes:
        path: Its name in the artifact, with slashes.
        size: Its bytes; 0 when they are not known.
        sha256: SHA-256 of its bytes; "" when they are not known.
        file: Its place in the run that holds it, below `media/`; "" for a reference.
        reference: The address or path of a file that lies elsewhere; "" for a file that was stored.
    """

    path: str
    size: int = 0
    sha256: str = ""
    file: str = ""
    reference: str = ""


def manifest_bytes(entries: Iterable[Entry]) -> bytes:
    """The list of an artifact's files as it is stored: the same files give the same bytes, whatever their order."""
    files = [
        {name: value for name in Entry.__slots__ if (value := getattr(entry, name)) != ""}
        for entry in sorted(entries, key=lambda entry: entry.path)
    ]
    return orjson.dumps({"files": files}, None, orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def digest_of(manifest: bytes) -> str:
    """The digest of a version: the SHA-256 of its manifest."""
    return hashlib.sha256(manifest).hexdigest()


def read_manifest(folder: Path, name: str) -> tuple[Entry, ...]:
    """The files of an artifact.

    Args:
        folder: The run directory that holds it.
        name: The manifest's place in it, as the event says.

    Raises:
        RunDirError: (RG320, RG321, RG322, RG303) The manifest cannot be read. (RG326) It is no such list, or names a
            file outside of the artifact.
    """
    with open_inside(folder, name) as file:
        data = file.read(MAX_DOCUMENT) or b""
    try:
        return tuple(_entry(item) for item in json.loads(data)["files"])
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise RunDirError(
            "RG326", f"the list of an artifact's files is damaged: {fault}", where=f"{folder}/{name}"
        ) from fault


def _entry(item: Mapping[str, Any]) -> Entry:
    entry = Entry(**{name: item[name] for name in Entry.__slots__ if name in item})
    for name in ("path", "sha256", "file", "reference"):
        if not isinstance(getattr(entry, name), str):
            raise TypeError(f"{name!r} is no string")
    if not isinstance(entry.size, int) or not is_inside(entry.path):
        raise ValueError(f"{entry.path!r} is no name of a file in it")
    return entry


def is_inside(path: str) -> bool:
    """Whether a name stays inside of the folder that it is relative to, on every system."""
    windows = PureWindowsPath(path)
    parts = path.split("/")
    safe = not any(part in ("", ".", "..") for part in parts) and "\\" not in path and "\0" not in path
    return safe and not windows.drive and not windows.root and not PurePosixPath(path).is_absolute()


class Told(NamedTuple):
    """What one run tells about artifacts.

    Attributes:
        folder: The run directory.
        project: Its project.
        run: Its id.
        events: Its events.
    """

    folder: Path
    project: str
    run: str
    events: Sequence[ArtifactEvent]


@dataclass(slots=True)
class Version:
    """One version of an artifact, as all runs together tell of it.

    Attributes:
        project: The project of the run that made it first.
        name: Name of the artifact.
        number: Number of the version: 3 for "v3".
        folder: The run directory that holds its files.
        first: The event of the run that made it first.
        aliases: Its aliases now, "latest" included.
        description: What it is, in Markdown.
        metadata: Free values by name.
        makers: The runs that logged it, as (project, id).
        users: The runs that used it, as (project, id).
        links: Second names that it was linked to.
    """

    project: str
    name: str
    number: int
    folder: Path
    first: ArtifactEvent
    aliases: list[str] = field(default_factory=list)
    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    makers: list[tuple[str, str]] = field(default_factory=list)
    users: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Name and version: "mnist:v3"."""
        return f"{self.name}:v{self.number}"

    @property
    def digest(self) -> str:
        """SHA-256 of its manifest."""
        return self.first.digest


class Catalogue:
    """All artifacts of some runs.

    Attributes:
        versions: By project and name, then in the order of their numbers.
    """

    def __init__(self, told: Iterable[Told]) -> None:
        """Put together what runs tell.

        Args:
            told: One entry per run, in any order.
        """
        self._collections: dict[tuple[str, str], list[Version]] = {}
        self._linked: dict[tuple[str, str], list[Version]] = {}
        happened = [(event.time, one.project, one.run, i, one) for one in told for i, event in enumerate(one.events)]
        for _, _, _, index, one in sorted(happened, key=lambda item: item[:4]):
            self._take(one, one.events[index])

    @property
    def versions(self) -> list[Version]:
        """All versions."""
        found = [version for versions in self._collections.values() for version in versions]
        return sorted(found, key=lambda version: (version.project, version.name, version.number))

    def find(self, wanted: str, project: str) -> Version | None:
        """The version that a name means.

        Args:
            wanted: `name`, `name:alias` or `name:v3`, perhaps with `project/` or `entity/project/` in front.
            project: The project to look in first, where the name tells none.
        """
        path, _, alias = wanted.partition(":")
        *places, name = path.split("/")
        if places:
            keys = [(places[-1], name)]
        else:
            others = [key for key in (*self._collections, *self._linked) if key[1] == name and key[0] != project]
            keys = [(project, name), *others]
        for key in keys:
            for known in (self._collections, self._linked):
                if (found := _chosen(known.get(key, []), alias or LATEST, known is self._linked)) is not None:
                    return found
        return None

    def number_for(self, project: str, name: str, digest: str) -> int:
        """The number that a version of such a content has, or would get."""
        versions = self._collections.get((project, name), [])
        same = [version.number for version in versions if version.digest == digest]
        return same[0] if same else max((version.number for version in versions), default=-1) + 1

    def names(self) -> list[str]:
        """Names of all artifacts, for messages."""
        return sorted({f"{project}/{name}" for project, name in self._collections})

    def _take(self, one: Told, event: ArtifactEvent) -> None:
        if event.action == LOGGED:
            self._log(one, event)
            return
        version = self._meant(one, event)
        if version is None:
            return
        if event.action == USED and (one.project, one.run) not in version.users:
            version.users.append((one.project, one.run))
        elif event.action == CHANGED:
            self._name(version, event.aliases, keep=LATEST in version.aliases)
            version.description, version.metadata = event.description, event.metadata
        elif event.action == LINKED and event.target not in version.links:
            version.links.append(event.target)
            *places, name = event.target.split("/")
            self._linked.setdefault((places[-1] if places else one.project, name), []).append(version)

    def _log(self, one: Told, event: ArtifactEvent) -> None:
        versions = self._collections.setdefault((one.project, event.name), [])
        version = next((known for known in versions if known.digest == event.digest), None)
        if version is None:
            number = event.version
            if any(known.number == number for known in versions):  # two runs logged at the same moment
                number = max(known.number for known in versions) + 1
            version = Version(one.project, event.name, number, one.folder, event)
            versions.append(version)
        version.description = event.description or version.description
        version.metadata = event.metadata or version.metadata
        if (one.project, one.run) not in version.makers:
            version.makers.append((one.project, one.run))
        self._name(version, (*version.aliases, LATEST, *event.aliases))

    def _name(self, version: Version, aliases: Iterable[str], *, keep: bool = False) -> None:
        """Give a version its aliases; no other version of the artifact keeps one of them."""
        version.aliases = list(dict.fromkeys([*([LATEST] if keep else []), *aliases]))
        for other in self._collections[version.project, version.name]:
            if other is not version:
                other.aliases = [alias for alias in other.aliases if alias not in version.aliases]

    def _meant(self, one: Told, event: ArtifactEvent) -> Version | None:
        """The version that an event of a later run is about, by its content where numbers have changed."""
        versions = self._collections.get((event.project or one.project, event.name), [])
        return next((version for version in versions if version.digest == event.digest), None)


def _chosen(versions: Sequence[Version], alias: str, linked: bool) -> Version | None:
    if linked and alias == LATEST:
        return versions[-1] if versions else None
    number = _NUMBER.fullmatch(alias)
    for version in reversed(versions):
        if alias in version.aliases or (number and version.number == int(number[1])):
            return version
    return None


def catalogue_below(root: Path) -> Catalogue:
    """The artifacts of all runs below a folder. Runs that cannot be read have none."""
    problems: list[Problem] = []
    told = []
    for folder in find_runs([root])[0]:
        if any(folder.glob("events*.jsonl")):
            card = read_document(folder, layout.RUN, problems) or {}
            project = str(card.get("project") or folder.parent.name)
            writers = (layout.MAIN, *layout.writers(path.name for path in folder.iterdir()))
            events = read_events(folder, problems, writers).artifacts
            told.append(Told(folder, project, str(card.get("id") or folder.name), events))
    return Catalogue(told)
