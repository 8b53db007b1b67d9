"""Runs with tables for the browser tests, whose values are known, and what readers do with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from reportgen.rundir.records.table import TableColumn
from reportgen.rundir.tables import column_line, pack_table
from tests.browser import logged

LONG = "many words " * 60
CLASSES = ("cat", "dog", "bird")


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], **more: Any) -> dict[str, Any]:
    """The record of a small table."""
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
    heads = [{"name": name, "type": kind} for name, kind in columns]
    return {"_type": "table", "columns": heads, "rows": len(rows), "values": values, **more}


def stored(folder: Path, rows: int) -> dict[str, Any]:
    """A table with a file of its own: a number, a text, a class and a score per row; every tenth has no score."""
    columns = [TableColumn(name, kind) for name, kind in (("n", "number"), ("text", "text"), ("class", "text"))]
    columns.append(TableColumn("score", "number"))
    name = f"media/ab/{'ab' * 32}.table.jsonl.gz"
    lines = [
        column_line("number", list(range(rows))),
        column_line("text", [f"row {i}" for i in range(rows)]),
        column_line("text", [CLASSES[i % 3] for i in range(rows)]),
        column_line("number", [None if i % 10 == 9 else (i * 7919 % 1000) / 1000 for i in range(rows)]),
    ]
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(pack_table(columns, lines, rows))
    heads = [column.to_json() for column in columns]
    return {"_type": "table", "columns": heads, "rows": rows, "file": name, "rows_given": rows + 1}


def write(folder: Path, name: str = "m") -> Path:
    """A run with tables of several shapes."""
    two = [("id", "number"), ("what", "text")]
    picture = logged.picture(folder / name, 40, 20, 90, caption=logged.HOSTILE)
    file = folder / name / "media" / "cd" / f"{'cd' * 32}.tape"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"noise")
    tape = {"_type": "tape", "file": file.relative_to(folder / name).as_posix(), "caption": "noise"}
    bins = {"_type": "histogram", "counts": [1, 2], "start": 0, "stop": 1}
    media = table(
        [("picture", "image"), ("tape", "tape"), ("bins", "histogram")], [[picture, tape, bins], [None, None, None]]
    )
    hostile = table(
        [("=a", "text"), (logged.HOSTILE, "mixed"), ("big", "number")],
        [["=1+1", 2.5, 2**60 + 1], ['say "a,b"', [1, "x"], 7], ["line\nbreak", None, None], ["| & $ %", True, -1]],
    )
    wide = table([(f"c{i}", "number") for i in range(120)], [[i * j for i in range(120)] for j in range(40)])
    first = table(two, [[1, "a"], [2, "b"], [3, "c"]])
    mask = logged.picture(folder / name, 40, 20, 1)["file"]
    layers = [{"name": "truth", "file": mask, "classes": [1], "labels": {"1": "ground"}}]
    masked = table([("photo", "image")], [[picture | {"masks": layers, "caption": f"photo {i}"}] for i in range(3)])
    frames: list[tuple[int, dict[str, Any]]] = [
        (
            10,
            {"t": table(two, [[1, logged.HOSTILE], [2, LONG]]), "grown": table(two, [[1, "a"]], increment=0, start=0)},
        ),
        (20, {"versions": first}),
        (40, {"t": table([("x", "text")], [["other"]]), "grown": table(two, [[2, "b"]], increment=1, start=1)}),
        (60, {"versions": table(two, [[2, "b"], [3, "changed"], [4, "d"]])}),
        (90, {"t": stored(folder / name, 1250), "media": media, "both": [table(two, [[1, "a"]]), table(two, [])]}),
        (95, {"hostile": hostile, "wide": wide, "masked": masked}),
    ]
    return logged.media_run(folder, name, frames)


def panel(page: Page, key: str, place: str = "run/0") -> Locator:
    """A panel, once its script shows all rows."""
    found = page.locator(f"[id='{panel_id(page, key, place)}']")
    found.scroll_into_view_if_needed()
    found.locator(".table[data-grid='live']").first.wait_for()
    return found


def panel_id(page: Page, key: str, place: str) -> str:
    """The anchor of a panel."""
    given: str = page.evaluate(
        "([place, key]) => reportgen.manifest.pages[place].panels.find(p => p.key === key && p.kind === 'table').id",
        [place, key],
    )
    return given


def rows(panel: Locator) -> Locator:
    """The rows in the document."""
    return panel.locator("tbody tr:not(.gap)")


def column(panel: Locator, name: str) -> list[str]:
    """What a column shows in the rows in the document, from above."""
    texts: list[str] = panel.evaluate(
        """(panel, name) => {
             const at = [...panel.querySelectorAll('thead th')].findIndex(th => th.dataset.col === name);
             return [...panel.querySelectorAll('tbody tr:not(.gap)')].map(tr => tr.children[at].textContent);
           }""",
        name,
    )
    return texts


def head(panel: Locator, name: str) -> Locator:
    """The head of a column."""
    return panel.locator(f"thead th[data-col='{name}']")


def menu(panel: Locator, name: str) -> Locator:
    """The menu of a column, opened."""
    head(panel, name).locator(".head-menu").click()
    return panel.get_by_role("dialog", name=f"Column {name}")


def tool(panel: Locator, words: str) -> Locator:
    """A menu over the table, opened."""
    panel.locator(".grid-tools summary", has_text=words).click()
    return panel.locator(".grid-tools details[open] > div")
