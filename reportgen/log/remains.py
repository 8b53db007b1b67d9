"""What is known of a run whose `run.json` is missing or damaged: its rows go on under one that is made anew.

A process that is killed inside of `init` leaves no `run.json`, a machine that loses power may leave an empty one. The
rows are in files of their own, and are all there.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from reportgen.errors import RunDirError
from reportgen.log.notice import warn_safely
from reportgen.rundir import layout, leftovers


def put_aside(folder: Path) -> str:
    """Give a damaged `run.json` another name. It may hold what somebody can still make use of.

    Args:
        folder: The run directory, which this process holds.

    Returns:
        The name; "" when there is no such file.

    Raises:
        OSError: It could not be renamed.
    """
    number, name = 1, leftovers.DAMAGED
    while (folder / name).exists():
        number += 1
        name = f"{leftovers.DAMAGED}.{number}"
    try:
        (folder / layout.RUN).rename(folder / name)
    except FileNotFoundError:
        return ""
    return name


def known(folder: Path) -> dict[str, Any]:
    """The fields of `run.json` that the other files of a run tell: `created`, `sessions`, `ranks`.

    A time is as good as the modification times of the files are: it is reckoned back from when the last row was
    written.

    Args:
        folder: The run directory.
    """
    # They bring numpy along, which only a run that is continued needs.
    from reportgen.rundir.history import read_history
    from reportgen.rundir.rows import Faults

    begins, last = {0: 0.0}, 0.0
    try:
        _, columns, _ = read_history(folder, layout.HISTORY, Faults(""))
    except RunDirError:
        pass
    else:
        last = max(columns.runtimes, default=0.0)
        for row, number in columns.sessions:
            begins.setdefault(number, columns.runtimes[row] if row < len(columns.runtimes) else last)
    ended = _modified(folder / layout.HISTORY)
    sessions: list[dict[str, float]] = []
    for number in range(max(begins) + 1):
        runtime = begins.get(number, sessions[-1]["runtime"] if sessions else 0.0)
        sessions.append({"started": ended - last + runtime, "runtime": runtime})
    first = sessions[0]["started"] = min(sessions[0]["started"], _modified(folder / layout.LOCK))
    ranks = [layout.rank_of(writer) or 0 for writer in layout.writers(path.name for path in folder.iterdir())]
    created = datetime.datetime.fromtimestamp(first, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"created": created, "sessions": sessions, **({"ranks": max(ranks) + 1} if any(ranks) else {})}


def tell(folder: Path, aside: str, *, fresh: bool) -> None:
    """Warn that `run.json` was made anew. A beginning that was left without one is nothing to speak of.

    Args:
        folder: The run directory.
        aside: What the damaged file is called now; "" when there was none.
        fresh: Whether the run holds nothing yet.
    """
    if fresh and not aside:
        return
    kept = "" if fresh else "; rows, config and media are kept, but its name, tags, notes and metrics are not known"
    warn_safely(
        "RG136",
        f"run.json is {'damaged' if aside else 'missing'} and is made anew{kept}",
        where=str(folder),
        remedy=(f"The damaged one lies beside it as {aside}; g" if aside else "G")
        + "ive name, tags and notes to init again",
    )


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return datetime.datetime.now(datetime.UTC).timestamp()
