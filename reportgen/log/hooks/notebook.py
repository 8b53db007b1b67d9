"""A run in a notebook shows itself: its report, as one file in a frame."""

from __future__ import annotations

import html
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, Final

from reportgen import kinds

HEIGHT: Final = 600
"""Pixels of the frame."""

LARGEST: Final = 30_000_000
"""Bytes of a report that a notebook takes in; of larger ones, the command that builds them is shown."""


def frame(folder: Path, height: int, *, hidden: bool = False) -> str:
    """HTML that shows the report of a run as it is at this moment.

    Args:
        folder: The run directory.
        height: Pixels of the frame.
        hidden: Show a button that opens the frame.
    """
    try:
        page = _report(folder)
    except Exception as fault:  # a notebook shows what it can; the run itself is not affected
        return f"<p>{html.escape(f'The report cannot be shown: {fault}')}</p>"
    if len(page) > LARGEST:
        words = f"The report has {len(page) / 1e6:,.0f} MB: reportgen build {folder} -o site"
        return f"<p><code>{html.escape(words)}</code></p>"
    # Without allow-same-origin, nothing in the report reaches the notebook.
    shown = (
        f'<iframe srcdoc="{html.escape(page)}" sandbox="allow-scripts allow-downloads allow-popups" '
        f'title="{html.escape(folder.name)}" '
        f'style="width:100%;height:{int(height)}px;border:1px solid currentColor;border-radius:4px"></iframe>'
    )
    return f"<details><summary>{html.escape(folder.name)}</summary>{shown}</details>" if hidden else shown


def _report(folder: Path) -> str:
    build, options = kinds.load("reportgen.site.build:build"), kinds.load("reportgen.site.options:BuildOptions")
    with tempfile.TemporaryDirectory(prefix="reportgen-") as place:
        target = Path(place, "report.html")
        build([folder], options(output=str(target), single_file=True))
        return target.read_text(encoding="utf-8")


def is_here() -> bool:
    """Whether this process belongs to a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


def display(page: str) -> bool:
    """Show HTML in the notebook that this process belongs to.

    Args:
        page: The HTML.

    Returns:
        True.
    """
    shown: Any = sys.modules["IPython"].display
    with warnings.catch_warnings():  # its advice is a frame that loads from an address: this one holds its page
        warnings.filterwarnings("ignore", "Consider using IPython.display.IFrame")
        shown.display(shown.HTML(page))
    return True
