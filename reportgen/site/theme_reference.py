"""What templates receive, written out for people: the section of `themes/README.md` that code makes.

`python -m reportgen.site.theme_reference` rewrites the section; a test compares it with the code.
"""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from reportgen import kinds
from reportgen.errors import Problem
from reportgen.panels.view import View
from reportgen.site import context
from reportgen.site.draw import ProblemView
from reportgen.site.theme import SHIPPED

BEGIN, END = "<!-- from code: begin -->", "<!-- from code: end -->"

PAGES = (context.Site, context.OverviewPage, context.RunPage)


def reference() -> str:
    """All fields that templates can use, as Markdown: the pages first, then the views of panels."""
    views: list[type[Any]] = [View, *(_view_of(row) for row in kinds.table().values()), _unknown_view(), ProblemView]
    parts = ["### Pages\n", *_sections(PAGES, set()), "### Panels\n", *_sections(views, {Problem})]
    return "\n".join(parts).strip() + "\n"


def rewrite(readme: Path) -> bool:
    """Put the reference between the two marks of a README.

    Args:
        readme: The file; it holds both marks.

    Returns:
        Whether the file changed.
    """
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    new = f"{before}{BEGIN}\n{reference()}{END}{after}"
    if new == text:
        return False
    readme.write_text(new, encoding="utf-8", newline="\n")
    return True


def _view_of(row: kinds.Kind) -> type[View]:
    """The class that a kind's panel function returns."""
    found: type[View] = typing.get_type_hints(kinds.load(row.panel))["return"]
    assert issubclass(found, View)  # noqa: S101 - every panel function returns a view
    return found


def _unknown_view() -> type[View]:
    from reportgen.panels.unknown import UnknownView

    return UnknownView


def _sections(classes: typing.Sequence[type[Any]], known: set[type[Any]]) -> Iterator[str]:
    """One section per class, and per class that its fields hold, each once."""
    waiting = list(classes)
    while waiting:
        cls = waiting.pop(0)
        if cls in known:
            continue
        known.add(cls)
        yield _section(cls)
        waiting[:0] = [inner for inner in _held_by(cls) if inner not in known]


def _held_by(cls: type[Any]) -> list[type[Any]]:
    """The dataclasses of ours that the fields of a class hold."""
    found: list[type[Any]] = []

    def search(hint: Any) -> None:
        if isinstance(hint, type) and is_dataclass(hint) and hint.__module__.startswith("reportgen."):
            found.append(hint)
        for inner in typing.get_args(hint):
            search(inner)

    for hint in typing.get_type_hints(cls).values():
        search(hint)
    return list(dict.fromkeys(found))


def _section(cls: type[Any]) -> str:
    words = inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    helps = _attributes(cls)
    own = [f for f in fields(cls) if not _inherited(cls, f.name)]
    rows = [_row(f.name, str(f.type), f.metadata.get("help") or helps.get(f.name, "")) for f in own]
    rows += [_row(name, "str", inspect.cleandoc(value.__doc__ or "")) for name, value in _properties(cls)]
    parent = next((base.__name__ for base in cls.__bases__ if is_dataclass(base)), "")
    also = f" Has the fields of `{parent}` too." if parent else ""
    table = ["| field | type | what it is |", "|---|---|---|", *rows] if rows else []
    return "\n".join([f"#### {cls.__name__}", "", f"{words}{also}", "", *table, ""])


def _inherited(cls: type[Any], name: str) -> bool:
    return any(is_dataclass(base) and name in {f.name for f in fields(base)} for base in cls.__bases__)


def _attributes(cls: type[Any]) -> dict[str, str]:
    """The texts of a docstring's `Attributes:` by name."""
    _, _, part = inspect.cleandoc(cls.__doc__ or "").partition("Attributes:\n")
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {6,}.*)*)", part, flags=re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text) for name, text in found}


def _properties(cls: type[Any]) -> list[tuple[str, property]]:
    return [(name, value) for name, value in vars(cls).items() if isinstance(value, property)]


def _row(name: str, kind: str, text: str) -> str:
    """A row of a Markdown table."""
    return "| `{}` | `{}` | {} |".format(name, *(part.replace("|", "\\|") for part in (kind, text)))


if __name__ == "__main__":
    found = next(path for root in SHIPPED if (path := root / "README.md").is_file())
    sys.stdout.write(f"{found}: {'rewritten' if rewrite(found) else 'up to date'}\n")
