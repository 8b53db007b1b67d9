"""Increments of a table: rows that were added since it was logged before. Those of one step follow each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from reportgen.errors import ReportgenError
from reportgen.rundir.jsonl import Json
from reportgen.rundir.layout import TYPE
from reportgen.rundir.records.table import TableRecord

KIND = TableRecord.KIND


class Before(NamedTuple):
    """What was logged of an incremental table.

    Attributes:
        columns: The names of its columns.
        increments: How often it was logged.
        rows: How many rows were stored.
    """

    columns: tuple[str, ...]
    increments: int
    rows: int


def logged(summary: Mapping[str, Json]) -> dict[str, Before]:
    """What was logged of incremental tables, by key.

    Args:
        summary: What was logged last under each key.
    """
    found: dict[str, Before] = {}
    for key, value in summary.items():
        number = _number(value)
        if number is not None:
            try:
                record = TableRecord.from_json(value)
            except ReportgenError:  # a table that begins anew does less harm than a run that does not
                continue
            names = tuple(column.name for column in record.columns)
            found[key] = Before(names, number + 1, (record.start or 0) + record.rows)
    return found


def follow(before: Json, after: Json) -> list[Json] | None:
    """The value of a step at which two values were logged under a key, where both count; None where the second does.

    Args:
        before: What was logged first: a record, or a list that this function gave.
        after: What was logged then.
    """
    earlier = before if isinstance(before, list) else [before]
    number = _number(after)
    if not number or not earlier or _number(earlier[-1]) != number - 1:
        return None
    return [*earlier, after]


def chained(records: Sequence[Json], steps: Sequence[int], kept: Sequence[int]) -> list[Json]:
    """The values of a key by step: the last of each, or the list of the increments that follow each other up to it.

    Args:
        records: All values that were logged under the key, in their order.
        steps: The step of each.
        kept: Places of those that are the last of their step.
    """
    before: dict[int, int] = {}
    last: dict[int, int] = {}
    for place, step in enumerate(steps):
        if step in last:
            before[place] = last[step]
        last[step] = place
    return [_chain(records, before, place) for place in kept]


def is_chain(value: Any) -> bool:
    """Whether a value is a list of increments of one table, which are one table together."""
    return isinstance(value, (list, tuple)) and len(value) > 1 and all(_number(item) is not None for item in value)


def _chain(records: Sequence[Json], before: Mapping[int, int], place: int) -> Json:
    found = [records[place]]
    number = _number(found[0])
    while number and place in before:
        place, number = before[place], number - 1
        if _number(records[place]) != number:
            break
        found.append(records[place])
    return found[0] if len(found) == 1 else found[::-1]


def _number(record: Json) -> int | None:
    """The number of an increment; None for what is none."""
    if not isinstance(record, Mapping) or record.get(TYPE) != KIND:
        return None
    number = record.get("increment")
    return number if isinstance(number, int) and not isinstance(number, bool) else None
