"""Data of a kind that this version has no panel for: shown as it is, never dropped."""

from __future__ import annotations

import json
from dataclasses import dataclass

from reportgen.panels.numerals import plural
from reportgen.panels.view import PanelTask, View

SHOWN_CHARACTERS = 20_000
"""Longer values are cut on the page, and the cut is stated; the run directory keeps all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownView(View):
    """What a panel of unknown or plain data shows.

    Attributes:
        word: The kind as the run calls it; "json" for plain lists and values.
        step: The step shown: the last one.
        text: Its value as indented JSON.
        steps: How many steps hold data.
    """

    word: str = ""
    step: int = 0
    text: str = ""
    steps: int = 0


def view(task: PanelTask) -> UnknownView:
    """A panel that shows records as JSON.

    Args:
        task: Its one source holds values of any shape.
    """
    history = task.sources[0].history
    steps = history.steps.tolist()
    text = json.dumps(history.records[-1], indent=2, ensure_ascii=False) if history.records else ""
    notes = [f"{plural(len(steps), 'value')}, the last is shown"]
    if history.kind != "json":
        notes.append(f"this version has no panel for “{history.kind}”")
    if len(text) > SHOWN_CHARACTERS:
        notes.append(f"first {SHOWN_CHARACTERS:,} of {len(text):,} characters")
    return UnknownView(
        kind="unknown",
        id=task.id,
        key=task.key,
        notes=notes,
        word=history.kind,
        step=int(steps[-1]) if steps else 0,
        text=text[:SHOWN_CHARACTERS],
        steps=len(steps),
    )
