"""Text over time: prose, transcripts, generated samples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from reportgen.panels.language import language
from reportgen.panels.numerals import plural
from reportgen.panels.view import PanelTask, View

COLUMNS = re.compile(r"[^\s.!?:](?: {2,}|\t+)\S")
"""A gap within a line; the two blanks that some put behind a sentence are none."""

LINE = 100
"""Characters up to which a line was broken by hand; a longer one is a paragraph, which the page breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView(View):
    """What a text panel shows before any script runs.

    Attributes:
        step: The step whose text is shown first: the last one.
        text: That text, as logged.
        lang: Its language if it is "ja", "ko" or "zh"; else "".
        steps: How many steps hold text.
        fixed: Whether its characters stand in columns or lines of their own, which a face of even width keeps.
    """

    step: int = 0
    text: str = ""
    lang: str = ""
    steps: int = 0
    fixed: bool = False


def view(task: PanelTask) -> TextView:
    """A text panel from the history of one key of one run.

    Args:
        task: Its one source holds strings.
    """
    history = task.sources[0].history
    texts = [str(text) for text in history.records]
    steps: list[int] = history.steps.tolist()
    frames: list[dict[str, Any]] = [
        {"step": step, "t": runtime, "text": text}
        for step, runtime, text in zip(steps, history.runtimes.tolist(), texts, strict=True)
    ]
    if frames:
        del frames[-1]["text"]  # it stands in the page itself, where the script finds it
    return TextView(
        kind=task.kind,
        id=task.id,
        key=task.key,
        notes=[f"text at {plural(len(frames), 'step')}"],
        data={"frames": frames},
        step=steps[-1] if steps else 0,
        text=texts[-1] if texts else "",
        lang=language(texts[-1]) if texts else "",
        steps=len(frames),
        fixed=any(map(_laid_out, texts)),  # for all steps alike: the panel keeps its face as the cursor moves
    )


def _laid_out(text: str) -> bool:
    """Whether somebody gave a text its lines: it has columns, or breaks before any line is long."""
    lines = text.splitlines()
    if len(lines) < 2:
        return False
    return any(map(COLUMNS.search, lines)) or max(map(len, lines)) <= LINE
