"""THE TABLE: one row per kind of data. Rows hold names, so importing the table imports nothing.

Every kind has the same file name in every room: `rundir/records/image.py` is its shape on disk,
`media/image.py` the class that users construct, `panels/image.py` what a panel shows, and
`themes/default/panels/image.html` (with `.js` and `.css`) how it looks. `tests/test_kinds.py` walks this table and
lists what is missing.

Other packages add a kind through the entry-point group `reportgen.kinds`, whose entries name a `Kind`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from reportgen.errors import UsageError


class Kind(NamedTuple):
    """One kind of data.

    Attributes:
        name: The word in records (`"_type"`), file names and themes.
        record: `"module:Class"` of its shape on disk.
        panel: `"module:function"` that turns histories into a view.
        media: `"module:Class"` that users construct; "" when plain Python values are enough.
        theme: Import name of the package that holds its theme files; "" for the themes that ship here.
        compares: Whether its panel takes several runs side by side: then the overview has one for each key that two or
            more runs logged, with a `Source` per run.
    """

    name: str
    record: str
    panel: str
    media: str = ""
    theme: str = ""
    compares: bool = False


ROWS = (
    Kind("scalar", "reportgen.rundir.records.scalar:ScalarRecord", "reportgen.panels.scalar:view"),
    Kind("text", "reportgen.rundir.records.text:TextRecord", "reportgen.panels.text:view"),
    Kind(
        "image",
        "reportgen.rundir.records.image:ImageRecord",
        "reportgen.panels.image:view",
        media="reportgen.media.image:Image",
        compares=True,
    ),
    Kind(
        "histogram",
        "reportgen.rundir.records.histogram:HistogramRecord",
        "reportgen.panels.histogram:view",
        media="reportgen.media.histogram:Histogram",
    ),
    Kind(
        "table",
        "reportgen.rundir.records.table:TableRecord",
        "reportgen.panels.table:view",
        media="reportgen.media.table:Table",
        compares=True,
    ),
    Kind(
        "figure",
        "reportgen.rundir.records.figure:FigureRecord",
        "reportgen.panels.figure:view",
        media="reportgen.media.figure:Figure",
    ),
)


def entry_points(*, group: str) -> Iterable[Any]:
    """What installed packages offer under a name. Asking loads 20 ms of code that logging numbers need not pay."""
    from importlib import metadata

    return metadata.entry_points(group=group)


@cache
def table() -> Mapping[str, Kind]:
    """All kinds by name, those of installed plugins included.

    Raises:
        UsageError: (RG120) Two rows share a name.
    """
    kinds = {row.name: row for row in ROWS}
    for entry in sorted(entry_points(group="reportgen.kinds"), key=lambda e: e.name):
        row: Kind = entry.load()
        if row.name in kinds:
            raise UsageError(
                "RG120",
                f"two kinds are named {row.name!r}",
                where=entry.value,
                remedy="Rename the plugin's kind",
            )
        kinds[row.name] = row
    return kinds


def load(reference: str) -> Any:
    """Import what `"module:Name"` names."""
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)
