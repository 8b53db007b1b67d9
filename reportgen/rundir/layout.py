"""Every file name of a run directory, and the number of its format. FORMAT.md tells what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

FORMAT: Final = 1
"""The format that this version writes. A changed meaning raises it; a new optional field does not."""

RUN: Final = "run.json"
CONFIG: Final = "config.json"
SUMMARY: Final = "summary.json"
HISTORY: Final = "history.jsonl"
SYSTEM: Final = "system.jsonl"
EVENTS: Final = "events.jsonl"
FILES: Final = "files"
"""The folder of files that the user saved, under the names that the user knows."""
MEDIA: Final = "media"
LOCK: Final = "run.lock"
OWNER: Final = "run.owner"
"""There while the run is being written, for file systems whose locks do not reach other machines."""
PART: Final = ".part"
"""Suffix of a file that is still being written; it is renamed when it is whole."""

STEP: Final = "_step"
RUNTIME: Final = "_runtime"
TIMESTAMP: Final = "_timestamp"
SUMMARY_ROW: Final = "_summary"
"""A row that holds this key assigns summary values; it is not a step of its own."""

SESSION: Final = "_session"
"""In a `_summary` row: with it begins the part of the file that a later session wrote; its number, from 0."""

WRITER: Final = "_writer"
"""In rows that were read: which process of the run logged them, when it is not the main one. Never written."""

PENDING: Final = "_pending"
"""In a row: the keys of its call whose values were not stored yet when it was written; they follow in later lines."""

UNWRITTEN: Final = "unwritten"
"""How many rows and media values could not be written, in `run.json` and in the files that `losses_of` names."""

EVENT: Final = "_event"
"""Says what an event is: an alert, or something that was done with an artifact."""

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


MAIN: Final = ""
"""The writer of `history.jsonl`: the process that called `init`, rank 0 when there are several."""

_WRITER: Final = r"history\.([1-9][0-9]{0,8}|w[1-9][0-9]{0,8})\.jsonl"


def history_of(writer: str) -> str:
    """The file with the rows of a writer: `MAIN`, `"3"` for rank 3, `"w3"` for the third worker process."""
    return f"history.{writer}.jsonl" if writer else HISTORY


def system_of(writer: str) -> str:
    """The file with a writer's samples of its machine."""
    return f"system.{writer}.jsonl" if writer else SYSTEM


def events_of(writer: str) -> str:
    """The file with a writer's alerts, and what it did with artifacts."""
    return f"events.{writer}.jsonl" if writer else EVENTS


def losses_of(writer: str) -> str:
    """The file in which a writer other than `MAIN` says that it could not write something."""
    return f"lost.{writer}.json"


def owner_of(writer: str) -> str:
    """The file that says which process writes as this writer."""
    return f"run.{writer}.owner" if writer else OWNER


def writer_of(name: str) -> str | None:
    """The writer whose rows a file of this name holds, other than `MAIN`; None when it is no such file."""
    found = re.fullmatch(_WRITER, name) if name.startswith("history.") else None
    return found[1] if found else None


def rank_of(writer: str) -> int | None:
    """The rank of a writer: 0 for `MAIN`, None for a worker process."""
    return None if writer.startswith("w") else int(writer or 0)


def writers(names: Iterable[str]) -> list[str]:
    """The writers other than `MAIN` that files of these names belong to: ranks first, then worker processes."""
    found = [writer for name in names if (writer := writer_of(name)) is not None]
    return sorted(found, key=lambda writer: (writer.startswith("w"), int(writer.removeprefix("w"))))
