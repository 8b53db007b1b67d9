"""Every file name of a run directory, and the number of its format. FORMAT.md tells what they hold."""

from __future__ import annotations

from typing import Final

FORMAT: Final = 1
"""The format that this version writes. A changed meaning raises it; a new optional field does not."""

RUN: Final = "run.json"
CONFIG: Final = "config.json"
SUMMARY: Final = "summary.json"
HISTORY: Final = "history.jsonl"
SYSTEM: Final = "system.jsonl"
MEDIA: Final = "media"
LOCK: Final = "run.lock"
PART: Final = ".part"
"""Suffix of a file that is still being written; it is renamed when it is whole."""

STEP: Final = "_step"
RUNTIME: Final = "_runtime"
TIMESTAMP: Final = "_timestamp"
SUMMARY_ROW: Final = "_summary"
"""A row that holds this key assigns summary values; it is not a step of its own."""

TYPE: Final = "_type"
"""The tag of a value that plain JSON cannot hold: a record, NaN, an infinity, a big integer."""

STATE_RUNNING: Final = "running"
STATE_FINISHED: Final = "finished"
STATE_FAILED: Final = "failed"
STATE_CRASHED: Final = "crashed"
"""Never written: what a reader calls a run that says "running" while nobody holds its lock."""


def media_name(digest: str, suffix: str) -> str:
    """The place of a media file, relative to the run directory: `media/3f/3fa1….png`.

    Args:
        digest: SHA-256 of the bytes, as lower-case hexadecimal digits.
        suffix: Extension with its dot, lower case.
    """
    return f"{MEDIA}/{digest[:2]}/{digest}{suffix}"
