"""What a run says of what others did to its files while it is being written."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reportgen.log.notice import warn_safely
from reportgen.rundir.mended import Mended

AFTERWARDS: Final = "Move, edit or remove a run when it has finished"


def tell(told: set[str], folder: Path, found: Mended | None, *, moved: bool, events_cut: bool) -> None:
    """Warn: of each move, and once of anything else.

    Args:
        told: What was told already; takes what is told now.
        folder: The run directory, where it lies now.
        found: What was found in it.
        moved: Whether it lay elsewhere before.
        events_cut: Whether the file of events lacks something of what it held.
    """
    if moved:
        warn_safely(
            "RG139",
            "the run directory was moved while the run is being written",
            where=str(folder),
            remedy="Nothing is lost: the run goes on at its new place",
        )
    if found is not None and found.emptied and _first(told, "removed"):
        warn_safely(
            "RG138",
            "the run directory was removed while the run is being written, or moved to another disk",
            where=str(folder),
            remedy="Its rows were written there again, and the run is marked incomplete: media and files are gone",
        )
    elif found is not None and found.rewritten and not found.emptied and _first(told, "replaced"):
        files = " and ".join(found.rewritten)
        warn_safely(
            "RG138",
            f"{files}: removed, or replaced by another file, while the run is being written",
            where=str(folder),
            remedy=f"All that was logged was written there again. {AFTERWARDS}",
        )
    cut = [*(found.cut if found is not None else ()), *(["the file of events"] if events_cut else [])]
    if cut and _first(told, "cut"):
        warn_safely(
            "RG140",
            f"{' and '.join(cut)}: emptied, cut or overwritten while the run is being written",
            where=str(folder),
            remedy=f"What is logged from now on is stored, and the run is marked incomplete. {AFTERWARDS}",
        )


def _first(told: set[str], what: str) -> bool:
    first = what not in told
    told.add(what)
    return first
