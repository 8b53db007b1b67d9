"""What a run that is published must not tell."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Final

SAMPLING: Final = 0.2
"""Seconds between samples of processor and memory: often, since these runs are short."""

USED: Final = ("matplotlib", "numpy", "pillow", "plotly", "scikit-image", "scikit-learn")
"""The packages that have a say in the numbers."""


def forget_who(folder: Path) -> None:
    """Leave facts about person and machine out of a finished run: it is published as it lies.

    Args:
        folder: The run directory.
    """
    file = folder / "run.json"
    facts = json.loads(file.read_text(encoding="utf-8"))
    environment = facts["environment"]
    environment["command"] = "python sample_runs/make.py"
    environment["platform"] = platform.system()
    environment["git"] = None  # a run cannot know the commit that will hold it
    environment["packages"] = {name: environment["packages"][name] for name in USED if name in environment["packages"]}
    facts["private"] = {}
    file.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
