"""What a run can do besides rows: alerts, files, code, artifacts, and watching a model.

Everything here is loaded when it is first used: most runs log numbers only.
"""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from reportgen.errors import InputTypeError, ReportgenError
from reportgen.log.loading import going_on
from reportgen.log.notice import warn_safely
from reportgen.log.opening import Opened
from reportgen.log.processes.attached import Attached
from reportgen.media import tensors
from reportgen.rundir import layout
from reportgen.rundir.layout import RUNTIME, STEP

if TYPE_CHECKING:
    from reportgen.log.alerts import AlertLevel, Alerts
    from reportgen.log.events import EventFile
    from reportgen.log.files.artifact import Artifact
    from reportgen.log.files.lineage import Lineage
    from reportgen.log.files.saved import Saved
    from reportgen.log.hooks.watch import Watch
    from reportgen.rundir.jsonl import Tagged
    from reportgen.rundir.writer import RunWriter

SHORT: Final = 1000
"""Characters of an alert's title that are kept."""
LONG: Final = 20_000
"""Characters of its text."""


class Calls(Attached):
    """The calls of a run that come seldom."""

    def __init__(self, place: Opened, *, strict: bool) -> None:
        """Take up a run directory.

        Args:
            place: The run directory. Without a writer, the run is disabled.
            strict: Raise when the disk fails, instead of warning once.
        """
        super().__init__(place, strict=strict)
        self._started = time.time()
        self._events: tuple[RunWriter, EventFile] | None = None
        self._alerts: Alerts | None = None
        self._saved: Saved | None = None
        self._watch: Watch | None = None
        self._at_end: list[Callable[[], None]] = []
        self._scratch: Path | None = None
        self._files: dict[str, tuple[int, list[Tagged]]] = {}

    # ----------------------------------------------------------------- alerts

    @going_on(type(None))
    def alert(
        self,
        title: str,
        text: str = "",
        level: str | AlertLevel | None = None,
        wait_duration: float | datetime.timedelta | None = None,
    ) -> None:
        """Give a notice that the report shows on top of the run's page, and on the overview.

        Args:
            title: What it is about, in a few words.
            text: The whole of it.
            level: "INFO" (default), "WARN" or "ERROR", or an `AlertLevel`.
            wait_duration: Seconds, or a timedelta, in which an alert of the same title is not repeated. Default: 60.

        Raises:
            InputValueError: (RG150) Another level.
            InputTypeError: (RG150) A title, text or time of a wrong type.
        """
        from reportgen.log.alerts import Alerts, checked_level, checked_wait

        for name, value in (("title", title), ("text", text)):
            if not isinstance(value, str):
                raise InputTypeError("RG150", f"{name} is {tensors.named(value)}, not text", remedy=f"Use str({name})")
        checked, seconds = checked_level("INFO" if level is None else level), checked_wait(wait_duration)
        if self._unwritten():
            return
        self._alerts = self._alerts or Alerts()
        if self._alerts.is_due(title, seconds):
            row = {layout.EVENT: "alert", STEP: self._step, RUNTIME: self._runtime(), "level": checked}
            self._note_event({**row, "title": title[:SHORT], "text": text[:LONG]})

    # ------------------------------------------------------------------ files

    @property
    def dir(self) -> str:
        """A folder for files of your own, which is there and can be written.

        What lies in it when a report is built can be downloaded from there. Of a run that stores nothing, such as that
        of a rank other than 0, it is a temporary folder that is removed when the process ends.
        """
        if self._scratch is None and self._closed != "disabled":
            self._look_for_folder()
            folder = self.path / layout.FILES
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as fault:
                self._stopped_by(fault)
            else:
                return str(folder)
        if self._scratch is None or not self._scratch.is_dir():
            from reportgen.log.files.scratch import scratch

            self._scratch = scratch()
        return str(self._scratch)

    @going_on(list)
    def save(
        self,
        glob_str: str | os.PathLike[str] | None = None,
        base_path: str | os.PathLike[str] | None = None,
        policy: str = "live",
    ) -> bool | list[str]:
        """Copy files into the run. The report offers them for download.

        Args:
            glob_str: A path, or a pattern such as `"checkpoints/*.pt"`. Of a folder, all files are copied. Hidden files
                are copied when they are named. None does nothing.
            base_path: The files keep their names relative to this folder. By default the working directory, and for
                files outside of it the folder that they lie in.
            policy: "live" (default): now, and again at the end if they have changed; "now"; "end".

        Returns:
            Paths of the copies; True without `glob_str`.

        Raises:
            InputTypeError: (RG151) No path.
            InputValueError: (RG151) Another policy, or a file that is not below `base_path`.
            WriteError: (RG115) The disk failed, and the run is strict.
        """
        from reportgen.log.files.saved import Saved

        if glob_str is None:
            return True
        if self._unwritten():
            return []
        with self._lock:
            self._saved = self._saved or Saved(self.path)
        try:
            return self._saved.save(glob_str, base_path, policy)
        except OSError as fault:
            self._stopped_by(fault)
            return []

    def restore(
        self, name: str, run_path: str | None = None, replace: bool = False, root: str | os.PathLike[str] | None = None
    ) -> IO[str]:
        """A copy of a file that a run has saved, open for reading as text; `.name` is its path.

        Args:
            name: Its name in the run.
            run_path: The run: `id` or `project/id`, perhaps with an entity in front; this run by default.
            replace: Take the file anew where a copy is there already.
            root: Folder for the copy. Default: the working directory; for this run the file itself is opened.

        Raises:
            InputFileError: (RG155) No run of this folder has saved such a file.
        """
        from reportgen.log.files.saved import restored

        return restored(self.path, name, run_path, replace=replace, root=root)

    @going_on(list)
    def log_code(
        self,
        root: str | os.PathLike[str] | None = ".",
        name: str | None = None,
        include_fn: Callable[..., bool] | None = None,
        exclude_fn: Callable[..., bool] | None = None,
    ) -> list[str]:
        """Copy code into the run. The report offers it for download.

        Files that hold secrets by their names, such as `.env`, are never copied, and secrets in literals are hidden.

        Args:
            root: The folder to search.
            name: Accepted for scripts written for W&B, and ignored.
            include_fn: Says of a path, and perhaps of `root`, whether it is code. Default: `*.py`.
            exclude_fn: Says in the same way what is left out.

        Returns:
            Names of the copies, relative to the run directory.

        Raises:
            InputTypeError: (RG153) An argument of a wrong type.
            InputValueError: (RG153) There is no such folder.
            WriteError: (RG115) The disk failed, and the run is strict.
        """
        from reportgen.log.files import code

        if self._unwritten():
            return []
        include, exclude = include_fn or code.is_python, exclude_fn or code.is_nothing
        try:
            return code.copy_code(self.path, root or ".", include, exclude, project_root=self.path.parent.parent)
        except OSError as fault:
            self._stopped_by(fault)
            return []

    def _save_script(self) -> None:
        """Copy the script that runs. What keeps it from being copied keeps no training from starting."""
        from reportgen.log.files import code

        if not self._closed:
            try:
                code.copy_script(self.path)
            except OSError as fault:
                warn_safely("RG154", f"the script was not copied: {fault.strerror or fault}")

    # ------------------------------------------------------------------ watch

    @going_on(type(None))
    def watch(
        self,
        models: Any,
        criterion: Any = None,
        log: str | None = "gradients",
        log_freq: int = 1000,
        idx: int | None = None,
        log_graph: bool = False,
    ) -> None:
        """Log histograms of the gradients and parameters of a torch model while it trains.

        They are logged as `gradients/<name>` and `parameters/<name>`, in 64 bins, and join the row that the training
        logs next.

        Args:
            models: A `torch.nn.Module`, or several.
            criterion: Accepted for scripts written for W&B, and ignored.
            log: "gradients" (default), "parameters", "all", or None for neither.
            log_freq: Every how many backward passes, or forward passes for parameters.
            idx: Number of the first model in the names of keys, where it is not 0.
            log_graph: Log the model's layers as text, too.

        Raises:
            InputTypeError: (RG164) Something else than a `torch.nn.Module`.
            InputValueError: (RG164) Another `log` or `log_freq`, or a model that is watched already.
        """
        from reportgen.log.hooks.watch import Watch

        if self._unwritten():
            return
        self._watch = self._watch or Watch(lambda values: self.log(values, commit=False))
        self._watch.add(models, log, log_freq, idx, graph=log_graph)

    def unwatch(self, models: Any = None) -> None:
        """Stop watching models.

        Args:
            models: One or several; all of them by default.
        """
        if self._watch is not None:
            self._watch.remove(models)

    # -------------------------------------------------------------- artifacts

    def log_artifact(
        self,
        artifact_or_path: Artifact | str | os.PathLike[str],
        name: str | None = None,
        type: str | None = None,
        aliases: Sequence[str] | str | None = None,
        tags: Sequence[str] | None = None,
    ) -> Artifact:
        """Keep an artifact as an output of this run. If its content is new, it becomes the next version of its name.

        Args:
            artifact_or_path: The artifact, or the path of a file or folder to make one of.
            name: For a path: the artifact's name. Default: `run-<id>-<name of the file>`.
            type: For a path: its type.
            aliases: Further names of this version, such as "best"; other versions lose them. "latest" is always given.
            tags: Accepted for scripts written for W&B, and ignored.

        Returns:
            The artifact, with its version.

        Raises:
            InputTypeError: (RG158) Something else.
            InputFileError: (RG155) The path, or a file of the artifact, is not there.
            UsageError: (RG102) The run is finished. (RG156) A file was changed since it was added.
            OSError: A file could not be copied.
        """
        from reportgen.log.files.lineage import given_artifact

        artifact = given_artifact(self, artifact_or_path, name, type)
        if self._unwritten() and not self.disabled:
            return artifact
        return self._lineage().log(artifact, _words(aliases))

    def use_artifact(
        self,
        artifact_or_name: Artifact | str,
        type: str | None = None,
        aliases: Sequence[str] | None = None,
        use_as: str | None = None,
    ) -> Artifact:
        """An artifact that a run of this folder has logged, noted as an input of this run.

        Args:
            artifact_or_name: `name`, `name:latest`, `name:best` or `name:v3`; `project/` may stand in front. Or an
                artifact.
            type: The type that it must be of.
            aliases: Accepted for scripts written for W&B, and ignored.
            use_as: As `aliases`.

        Raises:
            InputValueError: (RG162) There is no such artifact, or it is of another type.
            UsageError: (RG102) The run is finished.
        """
        return self._lineage().use(artifact_or_name, type)

    def link_artifact(
        self, artifact: Artifact, target_path: str, aliases: Sequence[str] | str | None = None
    ) -> Artifact:
        """Give an artifact a second name among the runs of this folder. Nothing is published: there is no registry.

        Args:
            artifact: The artifact; it is logged if it was not yet.
            target_path: The second name, such as `"models/best"`.
            aliases: Further names of this version.

        Raises:
            InputValueError: (RG162) No such name.
        """
        return self._lineage().link(artifact, target_path, _words(aliases))

    def log_model(
        self, path: str | os.PathLike[str], name: str | None = None, aliases: Sequence[str] | None = None
    ) -> Artifact:
        """Log a file or folder as an artifact of the type "model". See `log_artifact`."""
        return self.log_artifact(path, name=name, type="model", aliases=aliases)

    def use_model(self, name: str) -> str:
        """The path of a copy of a model that a run of this folder has logged: its file, or the folder of its files."""
        artifact = self.use_artifact(name)
        return artifact.file() if artifact.file_count == 1 else artifact.download()

    def link_model(
        self,
        path: str | os.PathLike[str],
        registered_model_name: str,
        name: str | None = None,
        aliases: Sequence[str] | None = None,
    ) -> Artifact:
        """Log a model, and give it a second name. See `link_artifact`."""
        return self.link_artifact(self.log_model(path, name), registered_model_name, aliases)

    upsert_artifact = finish_artifact = log_artifact

    def _change_artifact(self, artifact: Artifact) -> None:
        self._lineage().change(artifact)

    def _lineage(self) -> Lineage:
        from reportgen.log.files.lineage import Lineage

        if self._closed == "finished":
            self._refuse()
        return Lineage(self)

    # ---------------------------------------------------------------- storing

    def _unwritten(self) -> bool:
        """Whether nothing can be stored: silently in a disabled run, else as `log` says it."""
        if self._closed and self._closed != "disabled":
            self._refuse()
        self._look_for_folder()
        return bool(self._closed)

    def _look_for_folder(self) -> None:
        """Notice before something is written that somebody has moved or removed the run directory."""
        if not self._closed and not self._folder.is_dir():
            self._look_after()

    def _stopped_by(self, fault: OSError) -> None:
        if isinstance(fault, ReportgenError):
            raise fault
        self._disk_failed(fault, raising=self._strict)

    def leave_to_parent(self) -> None:
        """See `Attached.leave_to_parent`. The parent's events are left to it, too."""
        super().leave_to_parent()
        events, self._events = self._events, None
        if events is not None:
            events[1].let_go()

    def _moved(self, folder: Path) -> None:
        """Somebody has moved the run directory: go on where it lies now."""
        self._folder = folder
        if self._saved is not None:
            self._saved.folder = folder / layout.FILES
        if self._events is not None:
            self._events[1].moved(folder)

    def _note_event(self, row: dict[str, Any]) -> None:
        from reportgen.log.events import EventFile

        writer = self._writer
        if writer is None or self._closed:
            return
        with self._lock:
            if self._events is None or self._events[0] is not writer:  # a forked child has a writer of its own
                self._events = writer, EventFile(self.path / layout.events_of(getattr(writer, "writer", layout.MAIN)))
        try:
            self._events[1].append(row)
        except OSError as fault:
            self._stopped_by(fault)

    def _save_bytes(self, name: str, data: bytes) -> None:
        """Store a file among those that the report offers for download.

        Args:
            name: Its name, with slashes.
            data: What it holds.
        """
        if not self._closed:
            target = self.path / layout.FILES / name
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(target.name + layout.PART)
            part.write_bytes(data)
            part.replace(target)

    def _log_file(self, key: str, path: Path, kind: str) -> None:
        """Log a media file under a key, in the current row: beside those that the row has under it already."""
        from reportgen.log.hooks.gym import file_record

        if self._writer is not None and not self._closed:
            suffix = path.suffix.lower()
            at, before = self._files.get(key, (-1, []))
            files = [
                *(before if at == self._step else []),
                file_record(kind, self._writer.put_file(path, suffix), suffix[1:]),
            ]
            self._files[key] = self._step, files
            self.log({key: files if len(files) > 1 else files[0]}, commit=False)

    def _before_end(self) -> None:
        """What `finish` does while rows can still be written."""
        self.unwatch()
        for leave in self._at_end:
            leave()
        self._at_end.clear()

    def _after_rows(self) -> None:
        """What `finish` does when all rows are written: saved files once more, and the file of events."""
        for done in (self._saved and self._saved.finish, self._events and self._events[1].close):
            try:
                if done:
                    done()
            except OSError as fault:
                self._disk_failed(fault)


def _words(aliases: Sequence[str] | str | None) -> tuple[str, ...]:
    if aliases is None:
        return ()
    return (aliases,) if isinstance(aliases, str) else tuple(str(alias) for alias in aliases)
