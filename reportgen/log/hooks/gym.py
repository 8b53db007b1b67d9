"""Videos that gymnasium's recorders, or gym's, write while a run is open are logged."""

from __future__ import annotations

import functools
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from reportgen.log.hooks.imports import when_imported
from reportgen.log.notice import warn_safely
from reportgen.rundir.jsonl import Tagged
from reportgen.rundir.layout import TYPE

KEY: Final = "videos"
"""What the videos are logged under."""

RECORDERS: Final = {
    "gymnasium.wrappers.rendering": ("RecordVideo", "stop_recording"),
    "gymnasium.wrappers.vector.rendering": ("RecordVideo", "stop_recording"),
    "gymnasium.wrappers.monitoring.video_recorder": ("VideoRecorder", "close"),
    "gym.wrappers.monitoring.video_recorder": ("VideoRecorder", "close"),
}
"""Modules that write videos: the class, and the method after which the file is whole."""


class Monitor:
    """Passes videos on to runs.

    Attributes:
        runs: The runs that asked for them: the latest that is open gets them.
    """

    def __init__(self) -> None:
        self.runs: list[Any] = []
        self._hooked = False
        self._told = False

    def open(self, run: Any) -> None:
        """Log the videos that are written from now on to a run, until it ends."""
        self.runs.append(run)
        if not self._hooked:
            self._hooked = True
            for name, (recorder, method) in RECORDERS.items():
                when_imported(name, functools.partial(self._wrap, recorder, method))

    def close(self, run: Any) -> None:
        """Let go of a run that ends."""
        if run in self.runs:
            self.runs.remove(run)

    def _wrap(self, recorder: str, method: str, module: ModuleType) -> None:
        kind = getattr(module, recorder, None)
        stop = getattr(kind, method, None)
        if kind is None or stop is None:
            return

        @functools.wraps(stop)
        def stopped(given: Any, *arguments: Any, **options: Any) -> Any:
            path = _written_by(given)
            result = stop(given, *arguments, **options)
            self.take(path)
            return result

        setattr(kind, method, stopped)

    def take(self, path: Path | None) -> None:
        """Log a video. Whatever goes wrong, the training goes on.

        Args:
            path: The file; one that is not there, or empty, is passed over.
        """
        if not self.runs:
            return
        try:
            if path is not None and path.is_file() and path.stat().st_size:
                self.runs[-1]._log_file(KEY, path, "video")
        except Exception as fault:
            if not self._told:
                self._told = True
                warn_safely("RG169", f"monitor_gym: a video could not be taken: {type(fault).__name__}: {fault}")


def _written_by(recorder: Any) -> Path | None:
    """The file that a recorder is about to finish."""
    path = getattr(recorder, "path", None)
    folder, name = getattr(recorder, "video_folder", None), getattr(recorder, "_video_name", None)
    if folder and name:
        return Path(folder, f"{name}.mp4")
    return Path(path) if isinstance(path, str) else None


def file_record(kind: str, file: str, suffix: str) -> Tagged:
    """What a run keeps of a media file that is logged as it is.

    Args:
        kind: The word of its kind, such as "video".
        file: Its place relative to the run directory.
        suffix: Its extension, without the dot.
    """
    return Tagged({TYPE: kind, "file": file, "format": suffix})


monitor: Final = Monitor()
"""The one of this process: a recorder does not say which run it belongs to."""
