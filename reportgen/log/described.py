"""What a run says of itself: name, project, tags, notes, state, where it lies; and how it reports trouble."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reportgen.errors import UsageError, WriteError
from reportgen.log.notice import warn_safely
from reportgen.log.opening import Opened
from reportgen.rundir import layout


class Described:
    """The properties of a run that `run.json` holds. `Run` is one, with rows, summary and config."""

    def __init__(self, place: Opened, *, strict: bool) -> None:
        """Describe a run directory.

        Args:
            place: The run directory. Without a writer, the run is disabled.
            strict: Raise when the disk fails, instead of warning once.
        """
        self._folder = place.folder
        self._manifest = place.manifest
        self._resumed = place.start.resumed
        self._strict = strict
        self._told: set[str] = set()
        known = place.manifest.get(layout.UNWRITTEN)
        owner = place.writer is not None and place.writer.main and isinstance(known, int)
        # Rows and media values, as far as known; of a run that goes on, those of earlier sessions, too.
        self._lacking: int = known if owner else 0
        self._marked: int | None = None  # how many of them the run says that it lacks; None: it says nothing
        self._closed = "disabled" if place.writer is None else ""

    @property
    def id(self) -> str:
        """The id: the name of the run directory."""
        return str(self._manifest["id"])

    @property
    def name(self) -> str:
        """The name that reports show."""
        return str(self._manifest["name"])

    @name.setter
    def name(self, name: str) -> None:
        self._describe(name=str(name))

    @property
    def project(self) -> str:
        """The project."""
        return str(self._manifest["project"])

    @property
    def path(self) -> Path:
        """The run directory, absolute; of a disabled run, where it would be."""
        return self._folder

    @property
    def url(self) -> str:
        """Address of the run directory, for a browser or file manager: `file:///…`."""
        return self.path.as_uri()

    @property
    def group(self) -> str:
        """The group, or ""."""
        return str(self._manifest["group"])

    @property
    def job_type(self) -> str:
        """The type of work, or ""."""
        return str(self._manifest["job_type"])

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags; assign a sequence to replace them."""
        return tuple(self._manifest["tags"])

    @tags.setter
    def tags(self, tags: Iterable[str]) -> None:
        self._describe(tags=[tags] if isinstance(tags, str) else [str(tag) for tag in tags])

    @property
    def notes(self) -> str:
        """The notes, in Markdown; assign text to replace them."""
        return str(self._manifest["notes"])

    @notes.setter
    def notes(self, notes: str | None) -> None:
        self._describe(notes="" if notes is None else str(notes))

    @property
    def state(self) -> str:
        """`"running"`, `"finished"`, `"failed"`, or `"disabled"`."""
        return self._closed if self._closed == "disabled" else str(self._manifest["state"])

    @property
    def resumed(self) -> bool:
        """Whether the run continues an earlier session."""
        return self._resumed

    @property
    def seeds(self) -> Mapping[str, Any]:
        """Random seeds by name, as `init` was told them."""
        found: Mapping[str, Any] = self._manifest["environment"].get("seeds", {})
        return found

    @property
    def strict(self) -> bool:
        """Whether a failing disk raises."""
        return self._strict

    @property
    def disabled(self) -> bool:
        """Whether the run ignores what it is given."""
        return self._closed == "disabled"

    def __repr__(self) -> str:
        return f"<reportgen.Run {self.project}/{self.id} {self.state}>"

    def _describe(self, **fields: Any) -> None:
        self._refuse()
        try:
            self._manifest.change(**fields)
        except OSError as fault:
            self._disk_failed(fault, raising=self._strict)

    def _refuse(self) -> None:
        """What happens to a change: nothing while the run is open, and an error when it is finished."""
        if self._closed == "finished":
            raise UsageError(
                "RG102",
                f"the run {self.name} is finished",
                remedy='Log before finish(), or continue it with init(id=..., resume="must")',
            )

    def _disk_failed(self, fault: OSError, *, raising: bool = False, lost: int = 0) -> None:
        """Training goes on: one warning, and the run says that it is incomplete.

        Args:
            fault: What the system said.
            raising: Raise it.
            lost: How many rows or media values that has cost.

        Raises:
            WriteError: (RG115) `raising`.
        """
        self._lacking += lost
        if self._put_right(fault):
            return
        first = "disk" not in self._told
        self._told.add("disk")
        why = fault.strerror or str(fault)
        marked = self._mark_incomplete() if first else True
        if raising:
            raise WriteError(
                "RG115",
                f"the run could not be written: {why}",
                where=str(self.path),
                remedy="Make room, or name another folder",
            ) from fault
        if first:
            known = "and the run is marked incomplete" if marked else "and the run cannot be marked incomplete so far"
            warn_safely(
                "RG114",
                f"the run could not be written: {why}",
                where=str(self.path),
                remedy=f"Training goes on; what cannot be stored is lost, {known}",
            )

    def _put_right(self, fault: OSError) -> bool:
        """Whether the cause of an error could be removed, and what was to be written is there."""
        return False

    def _mark_incomplete(self) -> bool:
        """Let the run say that something of it is missing, and how much; whether it says so now."""
        if self._marked == self._lacking:
            return True
        number = self._lacking
        try:
            self._manifest.change(incomplete=True, **({layout.UNWRITTEN: number} if number else {}))
            self._mark_own(number)
        except OSError:  # it stays in memory, for the next time that the file is replaced
            return False
        self._marked = number
        return True

    def _mark_own(self, unwritten: int) -> None:
        """The same in a process that owns no `run.json`."""
