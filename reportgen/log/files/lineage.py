"""What a run does with artifacts: logs them, uses them, names them."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from reportgen.errors import InputTypeError, InputValueError
from reportgen.log.files import contents
from reportgen.log.files.artifact import Artifact
from reportgen.log.notice import warn_safely
from reportgen.log.rows import Rows
from reportgen.log.values import config as configs
from reportgen.media import tensors
from reportgen.rundir import events
from reportgen.rundir.artifacts import LATEST, Entry, Version, catalogue_below, digest_of, manifest_bytes
from reportgen.rundir.events import ArtifactEvent

PATIENCE: Final = 10.0
"""Seconds to wait for another run that is just giving an artifact its number."""


class Lineage:
    """Artifacts as one run sees them.

    Args:
        run: The run.
    """

    def __init__(self, run: Any) -> None:
        self._run = run

    @property
    def root(self) -> Path:
        """The folder of all projects."""
        folder: Path = self._run.path.parent.parent
        return folder

    def log(self, artifact: Artifact, aliases: Sequence[str]) -> Artifact:
        """Make an artifact a version. See `Run.log_artifact`."""
        if artifact._version is not None:  # it is stored already: only its names may be new
            artifact.aliases = list(dict.fromkeys([*artifact.aliases, *aliases]))
            self.change(artifact)
            return artifact
        run, writer = self._run, self._run._writer
        if writer is None:
            entries = [contents.digested(content, name) for name, content in artifact._contents.items()]
        else:
            for name, media in list(artifact._media.items()):
                artifact._take_media(name, media, writer)
            entries = [contents.settle(content, name, writer) for name, content in artifact._contents.items()]
        manifest = manifest_bytes(entries)
        event = ArtifactEvent(
            events.LOGGED,
            artifact._name,
            0,
            digest_of(manifest),
            type=artifact.type,
            files=len(entries),
            size=sum(entry.size for entry in entries),
            aliases=tuple(dict.fromkeys([*artifact.aliases, *aliases])),
            description=artifact.description or "",
            metadata=configs.plain(artifact.metadata),
        )
        if writer is not None:
            event = replace(event, manifest=writer.put(manifest, ".json"))
            with _alone(run.path.parent):
                version = catalogue_below(self.root).number_for(run.project, event.name, event.digest)
                event = replace(event, version=version, time=time.time())
                self._note(event)
        self._logged(artifact, event, entries)
        return artifact

    def _logged(self, artifact: Artifact, event: ArtifactEvent, entries: Sequence[Entry]) -> None:
        run = self._run
        version = Version(run.project, event.name, event.version, run.path, event)
        version.aliases = list(dict.fromkeys([LATEST, *event.aliases]))
        version.description, version.metadata = event.description, event.metadata
        version.makers.append((run.project, run.id))
        artifact._is_logged(version, entries)
        artifact._made_here = True

    def use(self, wanted: str | Artifact, type: str | None) -> Artifact:
        """The artifact of a name, and a note that this run used it. See `Run.use_artifact`."""
        if isinstance(wanted, Artifact):
            artifact = wanted if wanted._version is not None else self.log(wanted, ())
            version = artifact._logged("use_artifact")
        elif isinstance(wanted, str):
            catalogue = catalogue_below(self.root)
            found = catalogue.find(wanted, self._run.project)
            if found is None:
                names = catalogue.names()
                known = (
                    f"There are {', '.join(names[:6])}{' …' if len(names) > 6 else ''}" if names else "There is none"
                )
                raise InputValueError(
                    "RG162",
                    f"no run below {self.root} has logged the artifact {wanted!r}",
                    remedy=f"Log it in a run of this folder first: there is no server to ask. {known}",
                )
            version, artifact = found, Artifact.of_version(found)
        else:
            raise InputTypeError(
                "RG162", f"use_artifact takes a name, not {tensors.named(wanted)}", remedy='Write "digits:latest"'
            )
        if type is not None and artifact.type != type:
            raise InputValueError(
                "RG162", f"{artifact.name} is of type {artifact.type!r}, not {type!r}", remedy="Leave out type"
            )
        self._note(self._about(version, events.USED))
        return artifact

    def link(self, artifact: Artifact, target: str, aliases: Sequence[str]) -> Artifact:
        """Give an artifact a second name. See `Run.link_artifact`."""
        if not isinstance(target, str) or not target.strip("/"):
            raise InputValueError("RG162", f"{target!r} is no name to link to", remedy='Write "models/best"')
        logged = self.log(artifact, aliases)
        self._note(replace(self._about(logged._logged("link"), events.LINKED), target=target.strip("/")))
        if "registry" not in self._run._told:
            self._run._told.add("registry")
            warn_safely(
                "RG166",
                f"link_artifact: {logged.name} is also called {target} among the runs of this folder",
                remedy="reportgen has no registry: nothing is published; this is said once",
            )
        return logged

    def change(self, artifact: Artifact) -> None:
        """Store the aliases, description and metadata of a version as they are now."""
        version = artifact._logged("save")
        values = configs.plain(artifact.metadata)
        version.aliases = list(dict.fromkeys(artifact.aliases))
        named = tuple(alias for alias in version.aliases if alias != LATEST)
        event = self._about(version, events.CHANGED)
        self._note(replace(event, aliases=named, description=artifact.description or "", metadata=values))

    def _about(self, version: Version, action: str) -> ArtifactEvent:
        """An event on a version that a run holds."""
        _, maker = version.makers[0] if version.makers else ("", "")
        return ArtifactEvent(
            action,
            version.name,
            version.number,
            version.digest,
            type=version.first.type,
            files=version.first.files,
            size=version.first.size,
            project=version.project,
            run=maker,
            time=time.time(),
        )

    def _note(self, event: ArtifactEvent) -> None:
        self._run._note_event(event.to_row())


def given_artifact(run: Rows, given: Any, name: str | None, type: str | None) -> Artifact:
    """An artifact, or one made of the path of a file or folder.

    Raises:
        InputTypeError: (RG158) It is neither.
        InputFileError: (RG155) The path is not there.
    """
    if isinstance(given, Artifact):
        return given
    if not isinstance(given, (str, os.PathLike)):
        raise InputTypeError(
            "RG158", f"log_artifact takes an Artifact or a path, not {tensors.named(given)}", remedy="Wrap it first"
        )
    text = os.fspath(given)
    plain = Path(text.removeprefix("file://"))
    artifact = Artifact(name or f"run-{run.id}-{plain.name}"[:128], type or "unspecified")
    if text.startswith("file://") or contents.REMOTE.match(text):
        artifact.add_reference(text)
    elif plain.is_dir():
        artifact.add_dir(plain)
    else:
        artifact.add_file(plain)
    return artifact


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other runs of a project from numbering at the same time, where the file system has locks."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = -1
    try:
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    time.sleep(0.01)
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)
