"""What a panel function returns: data for the template, columns for the script, files to show.

A panel function is pure: histories and limits in, one frozen `View` out. It opens no file, knows no theme and no
delivery.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy.typing as npt

from reportgen.errors import Problem
from reportgen.panels.goal import Goal
from reportgen.rundir.reader import KeyHistory


@dataclass(frozen=True, slots=True)
class Shown:
    """A file that the page shows or offers for download, and that no script reads.

    Attributes:
        source: Where the file lies now.
        mime: Its media type, such as `"image/png"`.
        name: The name under which a reader saves it; "" for files that are only shown.
    """

    source: Path
    mime: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture that the page shows small, and large when a reader asks for it.

    The build makes its thumbnail where that saves bytes. Scripts receive `{"file": …, "thumb": …, "note": …}`, without
    `thumb` where the file itself is shown small, or `{"lost": reason}`. A preview that a template shows stands in
    `View.data` too.

    Attributes:
        source: Where the file lies now.
        mime: Its media type; "" for a format that browsers do not show: it is converted.
    """

    source: Path
    mime: str


@dataclass(frozen=True, slots=True)
class Originals:
    """The bytes of pictures, for scripts that read pixels: a page opened from disk may show a file, not read it.

    Scripts receive None where the report is a single file, whose pictures they may read; else `{"data": …, "at": […]}`:
    of each picture its place and its number of bytes in that chunk, or the chunk of its own, -1 where `max_values` left
    no room for it, and 0 where there is nothing to read. Without small pictures there is no `data`.

    Attributes:
        previews: The pictures, in the order of `at`; None for a place without one.
    """

    previews: Sequence[Preview | None]


@dataclass(frozen=True, slots=True)
class Listing:
    """A long list of media that a script reads when it needs it: packed once the files in it have their addresses.

    Attributes:
        value: A tree of plain values, with `Shown`, `Preview`, `Columns` and `Values` objects in it.
    """

    value: Any


@dataclass(frozen=True, slots=True)
class Columns:
    """Numbers that a script reads: named columns, each of its own length.

    Attributes:
        arrays: Name to one-dimensional array of numbers; floats may be NaN or infinite.
    """

    arrays: Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Values:
    """What a script reads when it needs it, and is no column of numbers: rows of a table, drawings of other steps.

    Attributes:
        data: JSON, packed with gzip; the same values give the same bytes.
    """

    data: bytes

    @classmethod
    def of(cls, value: Any) -> Values:
        """Values for a script.

        Args:
            value: A tree of plain values; floats are finite.
        """
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return cls(gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0))


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that a script unpacks itself, such as the class numbers of a mask.

    Attributes:
        data: The bytes, packed with gzip; the same content gives the same bytes.
    """

    data: bytes


@dataclass(frozen=True, slots=True)
class Source:
    """One run's share in a panel.

    Attributes:
        run: Index of the run in the report, the same on every page: it chooses the colour.
        name: The run's name as readers know it.
        folder: The run directory; media names are relative to it.
        history: What was logged under the panel's key.
        shown: Whether the run is in the charts when the report opens.
        axis: The history of the metric that this one has as its horizontal axis; None for the steps.
        label: What tells it from other lines of the same run: "rank 1", "superseded"; "" where it is the only one.
        line: Its number among the lines of the run, from 0.
        old: Whether a resume from an earlier step has taken its place: it is drawn in grey.
        more: Lines of the run that are not drawn beside it.
    """

    run: int
    name: str
    folder: Path
    history: KeyHistory
    shown: bool = True
    axis: KeyHistory | None = None
    label: str = ""
    line: int = 0
    old: bool = False
    more: int = 0


def by_step(history: KeyHistory) -> Iterator[tuple[int, float, list[Any]]]:
    """What was logged under a key of media, step by step: step, seconds since the run began, the items.

    Args:
        history: Its records are single ones or lists of them.
    """
    for step, runtime, value in zip(history.steps.tolist(), history.runtimes.tolist(), history.records, strict=True):
        yield step, runtime, value if isinstance(value, list) else [value]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a page carries. The rest is stated on the page, or fetched from the report when needed.

    Attributes:
        max_points: Points per line drawn at first; more arrive when a reader zooms in.
        max_rows: Rows per table.
        max_file: Bytes of a file for download; larger ones stay in the run.
    """

    max_points: int = 2_000
    max_rows: int = 10_000
    max_file: int = 10_000_000


@dataclass(frozen=True, slots=True)
class PanelTask:
    """Everything that one panel needs, picklable.

    Attributes:
        kind: Name of the kind; its row in `kinds.py` names the function that runs.
        id: The panel's anchor, unique in the whole report: `"train-loss"`, `"r3-train-loss"`.
        key: The key as logged.
        sources: The runs that logged it, in the order of the report.
        limits: How much to carry.
        section: "history" or "system", where the key comes from.
        whole: Whether the panel brings all points of long lines. A run's page does not: it names the parts that the
            overview's panel of the same key brought, so that they are carried once.
        goal: Which values of a metric are better, "min" or "max", where a run says so.
    """

    kind: str
    id: str
    key: str
    sources: tuple[Source, ...]
    limits: Limits
    section: str = "history"
    whole: bool = True
    goal: Goal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one panel shows. Each kind derives its own.

    Attributes:
        kind: Name of the kind: it chooses template, script and style.
        id: The panel's anchor.
        key: The key as logged.
        notes: Footer of the panel, counts first: "300,000 of 343,274 points".
        data: Plain values for the script, small: they stand in the page itself. Files, columns,
            values and bytes in it are `Shown`, `Columns`, `Values` and `Raw` objects; the delivery puts their addresses
            in their place.
        problems: What could not be shown, and why.
        label: What tells it from other panels of the same key: "rank 1", "superseded"; "" where it is the only one.
        needs: Scripts and styles that only some panels of its kind need, by their names under `with` in the kind's
            entry of `theme.yml`: "pictures", "overlays".
    """

    kind: str
    id: str
    key: str
    notes: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    label: str = ""
    needs: Sequence[str] = ()

    @property
    def prefix(self) -> str:
        """The key up to and with its last slash: muted in titles."""
        return self.key[: self.key.rfind("/") + 1]

    @property
    def name(self) -> str:
        """The last part of the key: strong in titles."""
        return self.key[self.key.rfind("/") + 1 :]
