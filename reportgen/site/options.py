"""What a build can be told: defaults, then `reportgen.yaml`, then the command line."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import yaml

from reportgen.errors import OptionError
from reportgen.panels.numerals import size

FILE = "reportgen.yaml"
"""The options file that is read when it lies in the working directory."""


def _option(default: Any, text: str, *, least: int | None = None) -> Any:
    return field(default=default, metadata={"help": text, "least": least})


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a report is built; one frozen object, passed down."""

    runs: tuple[str, ...] = _option((), "Paths searched for runs: run directories, or folders that hold them.")
    output: str = _option("", "Where the report goes: a folder, or an .html file with --single-file.")
    single_file: bool = _option(False, "Write one .html file with everything in it.")
    title: str = _option("", "Title of the report; the project's name when empty.")
    description: str = _option("", "The report's opening paragraph, in Markdown.")
    theme: str = _option("default", "Name of a theme that ships (default, paper) or path of a theme folder.")
    jobs: int = _option(1, "Processes that work on panels side by side; 0 means one per core.", least=0)
    max_points: int = _option(2_000, "Points per line that a page carries at first; zooming fetches the rest.", least=4)
    max_rows: int = _option(10_000, "Rows per table that a page carries.", least=1)
    max_bytes: int = _option(100_000_000, "Size above which the build warns and names the largest items.", least=1)
    max_file: int = _option(10_000_000, "Size above which a saved file is listed, but not carried.", least=0)
    max_values: int = _option(
        64_000_000,
        "Bytes of pictures that a folder carries twice, so that the viewer tells their pixels' values.",
        least=0,
    )
    open: bool = _option(False, "Open the report in a browser when it is built.")

    def with_values(self, values: Mapping[str, Any], where: str) -> BuildOptions:
        """These options with some replaced.

        Args:
            values: Option name (with `_` or `-`) to value; numbers may be text, as `max_bytes: 50 MB`.
            where: Where they come from, for messages.

        Raises:
            OptionError: (RG510) An unknown name; the nearest is offered. (RG511) A value of a wrong type or range.
        """
        known = {f.name: f for f in fields(self)}
        changed: dict[str, Any] = {}
        for given, value in values.items():
            name = str(given).replace("-", "_")
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
                raise OptionError(
                    "RG510", f"unknown option {given!r}", where=where, remedy=f"Did you mean {near[0]!r}?"
                )
            changed[name] = _checked(known[name].metadata, name, getattr(BuildOptions(), name), value, where)
        return replace(self, **changed)


def _checked(metadata: Mapping[str, Any], name: str, default: Any, value: Any, where: str) -> Any:
    if isinstance(default, tuple):
        items = [value] if isinstance(value, str | os.PathLike) else value
        if isinstance(items, list | tuple) and all(isinstance(i, str | os.PathLike) for i in items):
            return tuple(os.fspath(i) for i in items)
        raise OptionError("RG511", f"{name} is {value!r}", where=where, remedy="Give a path or a list of paths")
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        raise OptionError("RG511", f"{name} is {value!r}", where=where, remedy="Give true or false")
    if isinstance(default, int):
        return _count(name, value, int(metadata["least"]), where)
    if isinstance(value, str | os.PathLike):
        return os.fspath(value)
    raise OptionError("RG511", f"{name} is {value!r}", where=where, remedy="Give text")


_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}


def _count(name: str, value: Any, least: int, where: str) -> int:
    """A whole number: `5000`, `"5,000"`, `"20 MB"`."""
    number = value
    if isinstance(value, str):
        text = value.replace(",", "").replace("_", "").strip().lower()
        digits = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
        unit = _UNITS.get(text[len(digits) :].strip())
        number = int(float(digits) * unit) if unit and _is_number(digits) else None
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        size = ", or a size such as '50 MB'" if name in ("max_bytes", "max_file", "max_values") else ""
        remedy = f"Give a whole number from {least:,}{size}"
        raise OptionError("RG511", f"{name} is {value!r}", where=where, remedy=remedy)
    return number


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def read_file(path: Path) -> Mapping[str, Any]:
    """The options in a YAML file.

    Paths in it are relative to the file.

    Raises:
        OptionError: (RG512) It cannot be read, is no YAML, or does not hold names with values.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            values = yaml.safe_load(lines)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        reason = " ".join(str(fault).split())
        raise OptionError("RG512", f"the options file cannot be read: {reason}", where=str(path)) from fault
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise OptionError(
            "RG512",
            "the options file holds no names with values",
            where=str(path),
            remedy="Write lines like 'title: My report'",
        )
    based = dict(values)
    for name in ("runs", "output"):
        if name in based:
            based[name] = _beside(path.parent, based[name])
    if isinstance(based.get("theme"), str) and (path.parent / based["theme"]).is_dir():
        based["theme"] = str(path.parent / based["theme"])
    return based


def _beside(folder: Path, value: Any) -> Any:
    if isinstance(value, str):
        return str(folder / value)
    if isinstance(value, list):
        return [_beside(folder, item) for item in value]
    return value


def over_budget(total: int, limit: int) -> str:
    """The sentence that a report above its budget gets."""
    return f"the report has {size(total)}, the budget is {size(limit)}"
