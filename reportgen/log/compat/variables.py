"""Arguments of `init` that the environment gives: `REPORTGEN_…`, else `WANDB_…`.

One rule: an argument of the call wins over `REPORTGEN_<NAME>`, and that over `WANDB_<NAME>`. Empty variables count as
not set. Values of W&B's variables that mean nothing here are passed over; of our own they are errors.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from reportgen.rundir.writer import unwritable

ROOT: Final = "runs"
"""The folder of all projects, unless `dir` or a variable names another."""

MODES: Final = ("online", "offline", "disabled", "dryrun")
RESUMES: Final = ("allow", "must", "never", "auto")

_TRUE: Final = ("1", "true", "yes", "on")


def variable(name: str) -> str | None:
    """What the environment says, or None.

    Args:
        name: What follows `REPORTGEN_` and `WANDB_`: "PROJECT", "NAME", "RUN_ID", "RUN_GROUP", "JOB_TYPE", "TAGS",
            "NOTES".
    """
    return os.environ.get(f"REPORTGEN_{name}") or os.environ.get(f"WANDB_{name}") or None


def mode() -> str | None:
    """`REPORTGEN_MODE`; else what `WANDB_MODE` and `WANDB_DISABLED` ask for."""
    own = os.environ.get("REPORTGEN_MODE")
    if own:
        return own
    if os.environ.get("WANDB_DISABLED", "").lower() in _TRUE:
        return "disabled"
    theirs = os.environ.get("WANDB_MODE", "").lower()
    return theirs if theirs in MODES else None


def resume() -> str | None:
    """`REPORTGEN_RESUME`, else `WANDB_RESUME`."""
    theirs = os.environ.get("WANDB_RESUME", "").lower()
    return os.environ.get("REPORTGEN_RESUME") or (theirs if theirs in RESUMES else None)


def tags() -> list[str] | None:
    """`REPORTGEN_TAGS` or `WANDB_TAGS`, words between commas."""
    given = variable("TAGS")
    return None if given is None else [word.strip() for word in given.split(",") if word.strip()]


def root(given: str | os.PathLike[str] | None) -> Path:
    """The folder of all projects, absolute: `dir`, `REPORTGEN_DIR`, the folder `runs` in `WANDB_DIR`, or `runs`.

    Args:
        given: The argument `dir`.

    Raises:
        WriteError: (RG362) It is relative, and the working directory is gone.
    """
    theirs = os.environ.get("WANDB_DIR")
    found = given or os.environ.get("REPORTGEN_DIR") or (Path(theirs, ROOT) if theirs else ROOT)
    try:
        return Path(found).expanduser().absolute()
    except FileNotFoundError as fault:
        raise unwritable(Path(found), OSError("the working directory was removed")) from fault
