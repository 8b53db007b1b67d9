"""What others had done to the files of a writer, as far as it could be put right: removed, replaced or cut them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from reportgen.rundir import descriptors, layout
from reportgen.rundir.appending import LineFile
from reportgen.rundir.hold import Hold
from reportgen.rundir.writer import RunWriter


class Mended(NamedTuple):
    """What `RunWriter.mend` found.

    Attributes:
        emptied: Whether the run directory was gone with all that lay in it, or at least its `run.json`.
        rewritten: Names of files under whose names nothing was, or another file. They are there again, whole.
        cut: Names of files that lack something of what they held.
    """

    emptied: bool
    rewritten: tuple[str, ...]
    cut: tuple[str, ...]


def put_right(writer: RunWriter, cut: Sequence[LineFile], hold: Hold | None) -> Mended | None:
    """Follow the run directory where it lies by now, or write what was removed anew. No row may be appended meanwhile.

    Args:
        writer: The writer.
        cut: Files of it that somebody has cut.
        hold: Its right to write the run.

    Returns:
        What was removed or cut; None where everything lies at another place only.

    Raises:
        OSError: It could not be written, or another process writes the run by now.
    """
    files = writer.history, writer.system
    if any(file.gone for file in files):
        writer.follow()
    gone = [file for file in files if file.gone]
    lacking = {file.name for file in cut}
    emptied = False
    if gone:
        same = descriptors.identity_at(writer.folder) == writer.place
        emptied = not (same and (writer.folder / layout.RUN).exists())
        writer.folder.mkdir(parents=True, exist_ok=True)
        writer.place = descriptors.identity_at(writer.folder)
        if hold is not None and hold.is_lost():
            hold.check()
        lacking |= {file.name for file in gone if not file.restore()}
    return Mended(emptied, tuple(file.name for file in gone), tuple(sorted(lacking))) if gone or lacking else None
