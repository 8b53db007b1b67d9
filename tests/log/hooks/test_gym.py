"""Videos of gymnasium's recorders: classes of the same shape, in modules of the same names."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from reportgen.log.hooks.gym import monitor

Start = Callable[..., Run]


class RecordVideo:
    """As gymnasium's wrapper since 1.0."""

    def __init__(self, folder: str) -> None:
        self.video_folder, self._video_name = folder, None

    def record(self, name: str, content: bytes) -> None:
        self._video_name = name  # type: ignore[assignment]
        self._content = content
        self.stop_recording()

    def stop_recording(self) -> None:
        Path(self.video_folder).mkdir(exist_ok=True)
        Path(self.video_folder, f"{self._video_name}.mp4").write_bytes(self._content)
        self._video_name = None


class VideoRecorder:
    """As gym's before."""

    def __init__(self, path: str) -> None:
        self.path = path

    def close(self) -> None:
        Path(self.path).write_bytes(b"old")


MODULES = {
    "gymnasium.wrappers.rendering": RecordVideo,
    "gym.wrappers.monitoring.video_recorder": VideoRecorder,
}


@pytest.fixture
def recorders(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The two classes, where gymnasium and gym have them, fresh for each test."""
    classes: dict[str, Any] = {}
    for name, kind in MODULES.items():
        module = ModuleType(name)
        fresh = type(kind.__name__, (kind,), dict(vars(kind)))
        setattr(module, kind.__name__, fresh)
        classes[kind.__name__] = fresh
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(monitor, "_hooked", False)
    monkeypatch.setattr(monitor, "_told", False)
    return classes


def videos(run: Run) -> list[tuple[int, Any]]:
    run.finish()
    read = reportgen.read_run(run.path)
    assert read.problems == ()
    if "videos" not in read.history:
        return []
    column = read.history["videos"]
    return list(zip((int(step) for step in column.steps), column.records, strict=True))


def test_videos_are_logged_at_the_step_of_now(start: Start, recorders: dict[str, Any]) -> None:
    run = start(project="p", monitor_gym=True)
    recorder = recorders["RecordVideo"]("videos")
    recorder.record("episode-0", b"first")
    run.log({"return": 1})
    recorder.record("episode-1", b"second")
    recorders["VideoRecorder"]("old.mp4").close()  # two at one step: both are kept
    run.log({"return": 2})
    (first, one), (second, two) = videos(run)
    assert (first, second) == (0, 1)
    assert {(record["_type"], record["format"]) for record in (one, *two)} == {("video", "mp4")}
    assert [(run.path / record["file"]).read_bytes() for record in (one, *two)] == [b"first", b"second", b"old"]
    assert Path("videos/episode-0.mp4").read_bytes() == b"first"  # where the recorder wrote it


def test_nothing_without_a_run_that_asks(start: Start, recorders: dict[str, Any]) -> None:
    run = start(project="p", monitor_gym=True)
    run.finish()
    plain = start(project="p")
    recorders["RecordVideo"]("videos").record("episode-0", b"x")
    assert videos(plain) == []
    assert videos(run) == []


def test_empty_or_missing_videos_are_passed_over(start: Start, recorders: dict[str, Any]) -> None:
    run = start(project="p", monitor_gym=True)
    recorders["RecordVideo"]("videos").record("episode-0", b"")
    monitor.take(Path("nowhere.mp4"))
    monitor.take(None)
    assert videos(run) == []


def test_trouble_is_said_once_and_the_training_goes_on(
    start: Start, recorders: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(project="p", monitor_gym=True)

    def refuse(*given: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr(run, "_log_file", refuse)
    recorder = recorders["RecordVideo"]("videos")
    with pytest.warns(ReportgenWarning, match="RG169: monitor_gym: a video could not be taken: ValueError: no"):
        recorder.record("episode-0", b"x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recorder.record("episode-1", b"x")
    run.finish()
