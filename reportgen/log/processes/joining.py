"""How rank 1 and higher join the run that rank 0 begins: through the file system that they share, without a socket.

They look for a run that is being written and was begun by their own launch (`ranks.launch`), or for the run with the
id that they were given, and wait for it if it is not there yet.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from reportgen.errors import RunDirError, UsageError
from reportgen.log.manifest import Manifest
from reportgen.log.opening import Opened, Start, Wanted
from reportgen.log.processes.ranks import Rank
from reportgen.rundir import layout
from reportgen.rundir.hold import abandoned
from reportgen.rundir.opening import open_inside
from reportgen.rundir.writer import SideWriter, unwritable

PATIENCE: Final = 300.0
"""Seconds that a rank waits for rank 0 to begin the run."""

EARLIER: Final = 60.0
"""Seconds that rank 0 may have begun the run before this process was started."""

LOOK: Final = 0.1


def joined(wanted: Wanted, rank: Rank) -> Opened:
    """The run that rank 0 has begun, opened for the rows of another rank.

    Args:
        wanted: What the caller of `init` asked for. Rank 0 decides about `resume`.
        rank: This rank, from 1.

    Raises:
        UsageError: (RG134) Rank 0 begins no such run. (RG135) There is no id, and nothing that the ranks share. (RG361)
            Another process writes as this rank.
        WriteError: (RG362) The folder cannot be written.
    """
    if not wanted.id and not rank.launch:
        raise UsageError(
            "RG135",
            f"rank {rank.rank} cannot know which run rank 0 begins: {rank.launcher} names nothing that all ranks share",
            remedy="Give init an id, the same in all ranks",
        )
    folder, values = _awaited(wanted, rank)
    sessions = values["sessions"]
    last = sessions[-1]
    runtime = float(last["runtime"]) + max(0.0, time.time() - float(last["started"]))
    step = _next_step(folder, rank)
    try:
        writer = SideWriter(folder, rank.rank, len(sessions) - 1, step=step, runtime=runtime)
    except OSError as fault:
        raise unwritable(folder, fault) from fault
    start = Start(step=step, runtime=runtime, resumed=len(sessions) > 1)
    return Opened(folder, writer, Manifest(values, None), {}, start)


def _awaited(wanted: Wanted, rank: Rank) -> tuple[Path, dict[str, Any]]:
    """The run directory that rank 0 writes, and its `run.json`."""
    end = time.monotonic() + PATIENCE
    begun = _process_started()
    pause = LOOK / 4
    while True:
        found = [
            (folder, values)
            for folder in _candidates(wanted, begun - EARLIER)
            if (values := _values(folder)) is not None and _is_it(folder, values, wanted, rank, begun)
        ]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise UsageError(
                "RG135",
                f"rank {rank.rank} cannot know which run is meant: several of this launch are being written",
                where=str(wanted.root / wanted.project),
                remedy="Give init an id, the same in all ranks",
            )
        if time.monotonic() >= end:
            raise UsageError(
                "RG134",
                f"rank {rank.rank} waited {PATIENCE:.0f} seconds for the run that rank 0 begins",
                where=str(wanted.folder if wanted.id else wanted.root / wanted.project),
                remedy="Call init alike in all ranks, with a dir on a file system that all of them share",
            )
        time.sleep(pause)
        pause = min(2 * pause, 10 * LOOK)


def _candidates(wanted: Wanted, earliest: float) -> Iterator[Path]:
    """Folders to look at: the one of the id, or those of the project whose `run.json` was written since."""
    if wanted.id:
        yield wanted.folder
        return
    for card in (wanted.root / wanted.project).glob(f"*/{layout.RUN}"):
        try:
            if card.stat().st_mtime >= earliest:
                yield card.parent
        except OSError:
            continue


def _values(folder: Path) -> dict[str, Any] | None:
    """The `run.json` of a folder, if it is whole and holds what is needed here."""
    try:
        with open_inside(folder, layout.RUN) as file:
            values: dict[str, Any] = orjson.loads(file.read() or b"")
        last = values["sessions"][-1]
        float(last["started"]), float(last["runtime"]), values["state"]
    except (RunDirError, OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    return values


def _is_it(folder: Path, values: dict[str, Any], wanted: Wanted, rank: Rank, begun: float) -> bool:
    """Whether a run is the one that rank 0 of this launch writes, and not one that an earlier launch left behind.

    A short run may have ended before this rank comes to look for it, but not before this process was started.
    """
    last = values["sessions"][-1]
    known = last.get("launch", "")
    if known != rank.launch and not (wanted.id and (not known or not rank.launch)):
        return False
    if values["state"] == layout.STATE_RUNNING:
        return float(last["started"]) >= begun - EARLIER and not abandoned(folder)
    took = values.get("duration")
    return isinstance(took, (int, float)) and last["started"] + took - last["runtime"] >= begun


def _next_step(folder: Path, rank: Rank) -> int:
    """The step after the last that this rank has logged in earlier sessions."""
    writer = str(rank.rank)
    try:
        if not (folder / layout.history_of(writer)).stat().st_size:
            return 0
    except OSError:
        return 0
    # They bring numpy along, which only a run that is continued needs.
    from reportgen.rundir.history import read_history
    from reportgen.rundir.rows import Faults

    try:
        steps = read_history(folder, layout.history_of(writer), Faults(""))[0].steps
    except RunDirError:
        return 0
    return int(steps[-1]) + 1 if len(steps) else 0


def _process_started() -> float:
    """When this process was started: Unix time, to a hundredth of a second."""
    try:
        ticks = float(
            Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
        )
        return time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError, AttributeError):  # another system than Linux
        import psutil

        return float(psutil.Process().create_time())
