"""The part of `FORMAT.md` and of the JSON Schema that says what records look like, made from the records.

`python -m reportgen.rundir.records` rewrites both, after a record has changed.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Union, get_args

from reportgen import kinds
from reportgen.rundir.layout import TYPE
from reportgen.rundir.records.record import Hint, Record, Rule, facts, parts, range_text, type_name

FORMAT_FILE: Final = Path(__file__).parent.parent / "FORMAT.md"
SCHEMA_FILE: Final = Path(__file__).parent.parent / "format.schema.json"

BEGIN: Final = "<!-- made by: python -m reportgen.rundir.records -->"
END: Final = "<!-- end of what was made -->"

_SIMPLE: Final[Mapping[Hint, dict[str, Any]]] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}


def built_in() -> list[type[Record]]:
    """The records of the kinds that ship here, in the order of the table of kinds."""
    return [kinds.load(row.record) for row in kinds.ROWS]


def section(record: type[Record]) -> str:
    """What `FORMAT.md` says of one kind."""
    lines = [f"### {record.KIND}", "", " ".join((record.__doc__ or "").split()), ""]
    if record.BARE:
        _, hint, rule = facts(record)[0]
        lines += [f"Written alone, without `{TYPE}`: {type_name(hint)}. {rule.help}", ""]
        return "\n".join(lines)
    lines += _fields(record)
    for part in _parts_of(record):
        lines += ["", f"{part.__name__}: {' '.join((part.__doc__ or '').split())}", "", *_fields(part)]
    return "\n".join([*lines, ""])


def _fields(record: type[Record]) -> list[str]:
    """A table of the fields of a record, or of a part of one."""
    lines = ["| field | type | values | meaning |", "|---|---|---|---|"]
    if record.KIND:
        lines.append(f'| `{TYPE}` | string | `"{record.KIND}"` | The kind. |')
    for name, hint, rule in facts(record):
        plain = type_name(_without_none(hint)) + (", optional" if _optional(hint) else "")
        lines.append(f"| `{name}` | {plain} | {_values(rule)} | {rule.help} |")
    return lines


def _parts_of(record: type[Record]) -> list[type[Record]]:
    """The parts that the fields of a record hold, each once."""
    found: dict[type[Record], None] = {}
    waiting = [hint for _, hint, _ in facts(record)]
    while waiting:
        hint = waiting.pop(0)
        waiting += [argument for argument in get_args(hint) if argument is not Ellipsis]
        if isinstance(hint, type) and issubclass(hint, Record):
            found[hint] = None
    return list(found)


def schema(record: type[Record]) -> dict[str, Any]:
    """The JSON Schema of one kind. Fields that a reader does not know are allowed."""
    table = facts(record)
    if record.BARE:
        return {"description": (record.__doc__ or "").strip(), **_schema(table[0][1], table[0][2])}
    properties: dict[str, Any] = {TYPE: {"const": record.KIND}} if record.KIND else {}
    for name, hint, rule in table:
        properties[name] = {"description": rule.help, **_schema(_without_none(hint), rule)}
    required = [name for name, hint, _ in table if not _optional(hint)]
    return {
        "description": (record.__doc__ or "").strip(),
        "type": "object",
        "required": [TYPE, *required] if record.KIND else required,
        "properties": properties,
    }


def format_text(text: str) -> str:
    """`FORMAT.md` with the sections of all kinds as the records are now.

    Args:
        text: What it says so far; what stands between its two marks is replaced.
    """
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return head + BEGIN + "\n\n" + "\n".join(map(section, built_in())) + "\n" + END + tail


def schema_text(text: str) -> str:
    """The JSON Schema with the definitions of all kinds as the records are now.

    Args:
        text: What it says so far; definitions that are not of kinds stay as they are.
    """
    whole = json.loads(text)
    definitions = whole["$defs"]
    tagged = definitions["tagged"]["allOf"]
    for record in built_in():
        definitions[record.KIND] = schema(record)
        rule = {
            "if": {"properties": {TYPE: {"const": record.KIND}}},
            "then": {"$ref": f"#/$defs/{record.KIND}"},
        }
        if not record.BARE and rule not in tagged:
            tagged.append(rule)
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def rewrite() -> None:
    """Bring both files up to date."""
    FORMAT_FILE.write_text(format_text(FORMAT_FILE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    SCHEMA_FILE.write_text(schema_text(SCHEMA_FILE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def _optional(hint: Hint) -> bool:
    return hint is Any or type(None) in get_args(hint)


def _without_none(hint: Hint) -> Hint:
    inner = [argument for argument in get_args(hint) if argument is not type(None)]
    return inner[0] if len(inner) == 1 and type(None) in get_args(hint) else hint


def _values(rule: Rule) -> str:
    # A bar would end the cell of the table.
    return range_text(rule) or (f"`{rule.pattern}`".replace("|", "\\|") if rule.pattern else "")


def _schema(hint: Hint, rule: Rule) -> dict[str, Any]:
    if hint in _SIMPLE:
        found = dict(_SIMPLE[hint])
        bounds = {"minimum": rule.low, "maximum": rule.high, "pattern": rule.pattern or None}
        return found | {name: bound for name, bound in bounds.items() if bound is not None}
    origin, arguments = parts(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(argument, rule) for argument in arguments]}
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0], rule)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(arguments[1], rule)}
    return schema(hint)
