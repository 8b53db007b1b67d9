"""Which lines a run has in a chart: one per process that logged the metric, and in grey what a resume took back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.panels.view import Source
from reportgen.rundir.layout import MAIN, rank_of
from reportgen.rundir.reader import History, KeyHistory

MOST = 16
"""Lines of one run in one chart; the chart says how many more there are."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The run that lines belong to.

    Attributes:
        run: Its number in the report.
        name: Its name.
        folder: The run directory.
        shown: Whether it is in the charts when the report opens.
    """

    run: int
    name: str
    folder: Path
    shown: bool

    def source(self, history: KeyHistory, axis: KeyHistory | None = None, **given: Any) -> Source:
        """One line, or the history of another kind.

        Args:
            history: What was logged.
            axis: Where it stands on an axis of its own.
            **given: Further attributes of `Source`.
        """
        return Source(self.run, self.name, self.folder, history, self.shown, axis, **given)


def scalars(history: History) -> dict[str, list[KeyHistory]]:
    """The numbers of a run by key, each with the histories of all processes that logged it."""
    found: dict[str, list[KeyHistory]] = {}
    for one in history.all:
        if one.kind == "scalar":
            found.setdefault(one.key, []).append(one)
    return found


def first(owner: Owner, histories: Sequence[KeyHistory], axes: Sequence[KeyHistory] = ()) -> Source | None:
    """The one line that stands for a run beside others: that of its first process; None when nothing of it counts.

    Args:
        owner: The run.
        histories: From `scalars`, of one key.
        axes: From `scalars`, of the metric that this one has as its horizontal axis.
    """
    current = [one for one in histories if len(one)]
    if not current:
        return None
    return owner.source(current[0], _axis(current[0], axes), more=len(current) - 1)


def all_of(owner: Owner, histories: Sequence[KeyHistory], axes: Sequence[KeyHistory] = ()) -> tuple[Source, ...]:
    """All lines of a run, the first process first, `MOST` of them.

    Args:
        owner: The run.
        histories: From `scalars`, of one key.
        axes: From `scalars`, of the metric that this one has as its horizontal axis.
    """
    current = [one for one in histories if len(one)]
    names = {one.writer: name_of(one.writer, [h.writer for h in histories]) for one in histories}
    sources = [
        owner.source(one, _axis(one, axes), label=names[one.writer], line=number) for number, one in enumerate(current)
    ]
    for one in histories:
        sources += [
            owner.source(branch, _axis(branch, axes), label=label, old=True)
            for branch, label in old_of(one, names[one.writer])
        ]
    kept = sources[:MOST]
    if len(sources) > len(kept):
        kept[0] = replace(kept[0], more=len(sources) - len(kept))
    return tuple(kept)


def old_of(history: KeyHistory, name: str) -> Iterator[tuple[KeyHistory, str]]:
    """What a resume took the place of, each session's with its label.

    Args:
        history: It may have any kind.
        name: What its process is called, from `name_of`.
    """
    for branch in history.superseded:
        words = [name, "superseded", f"session {(branch.session or 0) + 1}" if len(history.superseded) > 1 else ""]
        yield branch, ", ".join(filter(None, words))


def name_of(writer: str, writers: Sequence[str]) -> str:
    """What a process of a run is called; "" when there is only the one that began it.

    Args:
        writer: See `KeyHistory.writer`.
        writers: All that stand beside it, itself among them.
    """
    rank = rank_of(writer)
    if rank is None:
        return f"worker {writer[1:]}"
    if writer == MAIN and not any(other != MAIN for other in writers):
        return ""
    ranks = any(rank_of(other) for other in writers)
    return f"rank {rank}" if ranks or writer != MAIN else "main process"


def _axis(history: KeyHistory, axes: Sequence[KeyHistory]) -> KeyHistory | None:
    """The places of a line on the axis of its metric: by the same process and session, else by the first process."""
    own = [one for one in axes if one.writer == history.writer] or list(axes[:1])
    branches = [branch for one in own for branch in one.superseded if branch.session == history.session]
    return next(iter(branches or own), None)
