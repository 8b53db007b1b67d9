"""Names of classes by their number: for masks and boxes, and as `Classes` of a picture."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import tensors

MOST = 2**63
"""Class numbers lie between minus this and this."""

SMALLER = "Class numbers are whole numbers of 64 bits: number the classes anew"


class Classes:
    """Names of classes: `Image(picture, masks=masks, classes=Classes([{"id": 1, "name": "cat"}]))`.

    A list of such mappings does as well.
    """

    def __init__(self, class_set: Sequence[Mapping[str, Any]]) -> None:
        """Take names of classes.

        Args:
            class_set: Mappings with `id`, a whole number, and `name`, a text. No number stands twice.

        Raises:
            InputTypeError: (RG215) Something else.
            InputValueError: (RG215) An `id` or a `name` is missing, or a number stands twice.
        """
        self._names = _of_list(class_set)

    @property
    def names(self) -> dict[int, str]:
        """The names by number."""
        return dict(self._names)

    @property
    def class_set(self) -> list[dict[str, Any]]:
        """The names as they were given: a list of mappings with `id` and `name`."""
        return [{"id": number, "name": name} for number, name in self._names.items()]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Classes) and self._names == other._names

    def __hash__(self) -> int:
        return hash(frozenset(self._names.items()))

    def __repr__(self) -> str:
        return f"<reportgen.Classes {self._names}>"


def names_of(classes: Any) -> dict[int, str] | None:
    """The names that a picture's `classes` gives; None where there are none.

    Args:
        classes: None, `Classes`, or a list of mappings with `id` and `name`.

    Raises:
        InputTypeError, InputValueError: (RG215) As for `Classes`.
    """
    if classes is None:
        return None
    return classes.names if isinstance(classes, Classes) else _of_list(classes)


def labels_of(labels: Any, where: str) -> dict[int, str]:
    """The names that `class_labels` of a layer gives.

    Args:
        labels: A mapping of whole numbers to text; None or an empty one for no names.
        where: The layer, for messages.

    Raises:
        InputTypeError: (RG215) Something else.
        InputValueError: (RG215) A number stands twice.
    """
    if labels is None:
        return {}
    if not isinstance(labels, Mapping):
        raise InputTypeError(
            "RG215",
            f"class_labels is {tensors.named(labels)}, not a mapping",
            where=where,
            remedy="Use dict(enumerate(names))" if isinstance(labels, (list, tuple)) else 'Give {1: "cat", 2: "dog"}',
        )
    return _checked(list(labels.items()), where)


def whole(value: Any) -> int | None:
    """A class number as an int, from an int, a number of numpy or torch, or a float without a fraction; else None."""
    if type(value) is int:
        found = value
    else:
        try:
            found = operator.index(value)
        except (TypeError, ValueError):
            number = value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value
            if not isinstance(number, float) or number != number or not number.is_integer():
                return None
            found = int(number)
    return found if -MOST <= found < MOST else None


def _of_list(classes: Any) -> dict[int, str]:
    if isinstance(classes, (str, bytes, Mapping)) or not hasattr(classes, "__iter__"):
        raise InputTypeError(
            "RG215",
            f"classes is {tensors.named(classes)}, not a list of mappings",
            remedy='Give [{"id": 1, "name": "cat"}]',
        )
    pairs = []
    for place, entry in enumerate(classes):
        if not isinstance(entry, Mapping):
            raise InputTypeError(
                "RG215", f"entry {place} of classes is {tensors.named(entry)}", remedy='Give {"id": 1, "name": "cat"}'
            )
        missing = next((key for key in ("id", "name") if key not in entry), None)
        if missing is not None:
            raise InputValueError(
                "RG215", f"entry {place} of classes has no {missing!r}", remedy='Give {"id": 1, "name": "cat"}'
            )
        pairs.append((entry["id"], entry["name"]))
    return _checked(pairs, "classes")


def _checked(pairs: list[tuple[Any, Any]], where: str) -> dict[int, str]:
    names: dict[int, str] = {}
    for key, name in pairs:
        number = whole(key)
        if number is None:
            raise InputTypeError(
                "RG215",
                f"the class {_short(key)} is {tensors.named(key)}, not a whole number",
                where=where,
                remedy="Use int(...)",
            )
        if not isinstance(name, str):
            raise InputTypeError(
                "RG215", f"the name of class {number} is {tensors.named(name)}", where=where, remedy="Use str(...)"
            )
        if number in names and names[number] != name:
            raise InputValueError("RG215", f"class {number} has two names", where=where, remedy="Give each class one")
        names[number] = str.__str__(name)
    return names


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
