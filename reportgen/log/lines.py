"""A row before it is written: its step, checked; what of it must wait; and its lines in the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reportgen.errors import InputTypeError, InputValueError, ReportgenError
from reportgen.log.values import encode
from reportgen.media import tensors
from reportgen.rundir import jsonl
from reportgen.rundir.jsonl import Json
from reportgen.rundir.layout import RUNTIME, STEP

MAX_STEP: Final = 2**63 - 1


def lines_of(
    at: int, runtime: float, values: Mapping[str, Json]
) -> tuple[list[bytes], Mapping[str, Json], list[Exception]]:
    """A row as lines of the history.

    Args:
        at: The step.
        runtime: Seconds since the run's first start.
        values: Plain values by key.

    Returns:
        The lines: one, if it can be, else one for each value; what they hold; and the errors of values that no line
        can hold.
    """
    head: dict[str, Json] = {STEP: at, RUNTIME: runtime}
    try:
        return [jsonl.encode({**head, **values})], values, []
    except ReportgenError:
        lines: list[bytes] = []
        good: dict[str, Json] = {}
        faults: list[Exception] = []
    for key, item in values.items():  # one line each: the whole was too long, or one of them is at fault
        try:
            lines.append(jsonl.encode({**head, key: item}))
            good[key] = item
        except ReportgenError as fault:
            faults.append(encode.at_key(fault, key))
    return lines, good, faults


def checked_step(step: Any) -> int:
    """A step as a whole number.

    Raises:
        InputTypeError: (RG106) It is something else.
        InputValueError: (RG107) It is out of range.
    """
    try:
        whole = tensors.whole(step)
    except TypeError:
        raise InputTypeError(
            "RG106", f"step is {tensors.named(step)}, not a whole number: {step!r}", remedy="Use int(step)"
        ) from None
    if not 0 <= whole <= MAX_STEP:
        where = "Begin at 0" if whole < 0 else f"The highest is {MAX_STEP:,}"
        raise InputValueError("RG107", f"step is {whole}; steps count from 0", remedy=where)
    return whole


def waits(item: Json) -> bool:
    """Whether a value holds a media value that is not stored yet."""
    from reportgen.log.storing import Part

    if isinstance(item, Part):
        return True
    if isinstance(item, list):
        return any(map(waits, item))
    return isinstance(item, dict) and any(map(waits, item.values()))
