"""What a `SummaryWriter` of this process writes, of torch or tensorboardX, is logged too: under its own tags and steps.

TensorBoard's own files are written as before.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from types import ModuleType
from typing import Any, Final

from reportgen import optional
from reportgen.log.hooks.imports import when_imported
from reportgen.log.notice import warn_safely

WRITERS: Final = ("torch.utils.tensorboard.writer", "tensorboardX.writer")
"""Modules whose `FileWriter.add_event` every summary passes through."""

MOST_BINS: Final = 512
"""Bins of a histogram; TensorBoard's may have three times as many, of which neighbours are joined."""

_SETS: Final = frozenset({"train", "training", "validation", "val", "eval", "test"})
"""Folders of a writer that tell what its numbers are about."""


class Tap:
    """Passes summaries on to runs.

    Attributes:
        runs: The runs that asked for them: the latest that is open gets them.
        waiting: Whether the next run is to get them that nobody has opened yet.
    """

    def __init__(self) -> None:
        self.runs: list[Any] = []
        self.waiting = False
        self._folders: dict[str, str] = {}
        self._told: set[str] = set()
        self._hooked = False

    def open(self, run: Any) -> None:
        """Pass summaries on to a run until it ends."""
        self.runs.append(run)
        self._hook()

    def close(self, run: Any) -> None:
        """Let go of a run that ends."""
        if run in self.runs:
            self.runs.remove(run)
        if not self.runs:
            self._folders.clear()

    def patch(self) -> None:
        """Pass summaries on to the run that is opened next."""
        self.waiting = True
        self._hook()

    def _hook(self) -> None:
        if not self._hooked:
            self._hooked = True
            for name in WRITERS:
                when_imported(name, self._wrap)

    def _wrap(self, module: ModuleType) -> None:
        writer = getattr(module, "FileWriter", None)
        add = getattr(writer, "add_event", None)
        if writer is None or add is None:
            return

        def add_event(given: Any, event: Any, step: Any = None, walltime: Any = None) -> None:
            add(given, event, step, walltime)
            self.take(given, event)

        writer.add_event = add_event

    def take(self, writer: Any, event: Any) -> None:
        """Log an event. Whatever goes wrong, the training goes on.

        Args:
            writer: The `FileWriter` that it went to.
            event: A TensorBoard event.
        """
        if not self.runs:
            return
        run = self.runs[-1]
        try:
            prefix = self._prefix(str(writer.get_logdir()))
            values = {f"{prefix}{tag}": value for tag, value in self._values(run, event.summary, event.step)}
            if values:
                run.log(values, step=max(0, int(event.step)))
        except Exception as fault:
            if "failed" not in self._told:
                self._told.add("failed")
                what = f"sync_tensorboard: a summary could not be taken: {type(fault).__name__}: {fault}"
                warn_safely("RG167", what, remedy="It is in TensorBoard's own files; this is said once")

    def log(self, summary: Any, step: int | None) -> None:
        """Log one summary to the current run, whoever made it.

        Args:
            summary: A `Summary` message, or its bytes.
            step: The step; None for the current one.

        Raises:
            UsageError: (RG101) There is no run yet.
            MissingPackage: (RG501) It is bytes, and TensorBoard is not installed.
        """
        from reportgen.log import current

        run = current.open_run("tensorboard.log")
        if isinstance(summary, bytes):
            messages = optional.load("tensorboard.compat.proto.summary_pb2", needed_by="tensorboard.log")
            summary = messages.Summary.FromString(summary)
        run.log(dict(self._values(run, summary, run.step if step is None else step)), step=step)

    def _prefix(self, folder: str) -> str:
        """What tags of a writer begin with: nothing for the first writer, for others where they lie seen from it."""
        if folder not in self._folders:
            first = next(iter(self._folders), None)
            name = PurePath(folder).name
            if first is None:
                inside = name if name in _SETS else ""
            elif PurePath(first) in PurePath(folder).parents:
                parts = PurePath(folder).relative_to(first).parts
                inside = "/".join(part for part in parts if not _TIME.fullmatch(part))
            else:
                inside = name
            self._folders[folder] = f"{inside}/" if inside else ""
        return self._folders[folder]

    def _values(self, run: Any, summary: Any, step: int) -> Iterator[tuple[str, Any]]:
        """Tags and what is logged under them."""
        for value in summary.value:
            plugin = value.metadata.plugin_data.plugin_name
            kind = value.WhichOneof("value")
            if kind == "simple_value":
                yield value.tag, value.simple_value
            elif kind == "image":
                from reportgen.media.image import Image

                yield value.tag, Image(io.BytesIO(value.image.encoded_image_string))
            elif kind == "histo":
                yield value.tag, histogram_of(value.histo)
            elif kind == "tensor" and plugin == "text":
                yield value.tag.removesuffix("/text_summary"), _text(value.tensor)
            elif kind == "tensor" and plugin == "scalars" and len(value.tensor.float_val):
                yield value.tag, float(value.tensor.float_val[0])
            elif kind == "audio":
                name = f"tensorboard/{file_name(value.tag)}_{step}.wav"
                run._save_bytes(name, value.audio.encoded_audio_string)
            elif plugin == "hparams":
                run.config.update(dict(_hyperparameters(value.metadata.plugin_data.content)), allow_val_change=True)
            else:
                self._tell(plugin or str(kind or "empty"))

    def _tell(self, kind: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            remedy = "They are in TensorBoard's own files; this is said once"
            warn_safely("RG168", f"sync_tensorboard takes no summaries of the kind {kind!r}", remedy=remedy)


def histogram_of(histo: Any) -> Any:
    """TensorBoard's histogram as one of ours: its counts, neighbours joined where there are too many.

    Args:
        histo: A `HistogramProto`: `bucket_limit` are right edges, `min` is the left edge of the first.
    """
    from reportgen.media.histogram import Histogram

    counts, edges = _occupied(histo)
    size = -(-len(counts) // MOST_BINS)
    if size > 1:
        counts = [sum(counts[i : i + size]) for i in range(0, len(counts), size)]
        edges = [*edges[:-1:size], edges[-1]]
    if len(edges) < 2 or not all(a < b for a, b in itertools.pairwise(edges)):
        edges = [histo.min - 0.5, histo.max + 0.5]
        counts = [float(histo.num)]
    return Histogram(np_histogram=(counts, edges))


def _occupied(histo: Any) -> tuple[list[float], list[float]]:
    """Counts and edges from the first bin that holds something to the last, cut to the values' own range.

    Writers put an empty bin before the first one, and let the outermost reach beyond the values.
    """
    held = [i for i, count in enumerate(histo.bucket) if count]
    if not held:
        return [], []
    first, last = held[0], held[-1]
    limits = [float(edge) for edge in histo.bucket_limit]
    left = max(limits[first - 1], histo.min) if first else histo.min
    edges = [left, *limits[first:last], min(limits[last], histo.max)]
    return [float(count) for count in histo.bucket[first : last + 1]], edges


def _text(tensor: Any) -> str:
    return "\n".join(bytes(part).decode("utf-8", "replace") for part in tensor.string_val)


def _hyperparameters(content: bytes) -> Iterator[tuple[str, Any]]:
    """What `add_hparams` was given, by the classes of whichever package wrote it."""
    names = ("tensorboard.plugins.hparams.plugin_data_pb2", "tensorboardX.proto.plugin_hparams_pb2")
    module: Any = next((sys.modules[name] for name in names if name in sys.modules), None)
    if module is None:
        return
    hparams: Mapping[str, Any] = module.HParamsPluginData.FromString(content).session_start_info.hparams
    for name, value in hparams.items():
        kind = value.WhichOneof("kind")
        if kind is not None:
            yield name, getattr(value, kind)


_TIME: Final = re.compile(r"\d{9,}\.\d+")
"""What `add_hparams` calls the folder of its metrics: the time, which tells nobody anything."""

tap: Final = Tap()
"""The one of this process: a `SummaryWriter` does not say which run it belongs to."""


def file_name(name: str) -> str:
    """A tag as the name of a file: `..` and the like lead nowhere."""
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return Path(*[part.replace(os.sep, "_") for part in parts]).as_posix()
