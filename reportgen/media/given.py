"""What `Image` was given besides pixels, and what to say about what it cannot take."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import tensors

NEAR: Final = 0.65
"""How alike two names are of which one is taken to be the other, misspelt: of 1 where they are the same."""


def layers(given: Any, argument: str, example: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and content of each layer that lies over a picture.

    Args:
        given: A mapping of names to mappings; None or something empty for no layers.
        argument: What it was given as: "masks", "boxes".
        example: A remedy that shows the right form.

    Raises:
        InputTypeError: (RG210) Something else.
    """
    if given is None or (isinstance(given, (Mapping, list, tuple)) and not given):
        return
    if not isinstance(given, Mapping):
        raise InputTypeError("RG210", f"{argument} is {tensors.named(given)}, not a mapping of layers", remedy=example)
    for name, layer in given.items():
        if not isinstance(name, (str, int)) or isinstance(name, bool):
            raise InputTypeError(
                "RG210", f"the name of a layer in {argument} is {tensors.named(name)}", remedy="Use text"
            )
        if not isinstance(layer, Mapping):
            raise InputTypeError(
                "RG210",
                f"a layer is {tensors.named(layer)}, not a mapping",
                where=f"{argument}[{name!r}]",
                remedy=example,
            )
        yield str(name), layer


def check_names(given: Mapping[Any, Any], known: Sequence[str], what: str, where: str) -> None:
    """Refuse a name that is misspelt. Others are left alone, as W&B leaves them.

    Args:
        given: A layer or a box.
        known: The names that it may have.
        what: What it is, for messages.
        where: Where it stands, for messages.

    Raises:
        InputValueError: (RG210) A name is nearly one of those that are known, and that one is missing.
    """
    for name in given.keys() - set(known):
        near = difflib.get_close_matches(str(name), known, n=1, cutoff=NEAR)
        if near and near[0] not in given:
            raise InputValueError(
                "RG210", f"{what} has no {str(name)[:40]!r}", where=where, remedy=f"Did you mean {near[0]!r}?"
            )


def checked_address(path: str | bytes) -> str:
    """A path, as text.

    Raises:
        InputValueError: (RG208) It is an address.
    """
    text = os.fsdecode(path)
    if re.match(r"(?i)(https?|ftp|s3|gs|az|hdfs)://", text):
        raise InputValueError(
            "RG208",
            "a picture at an address cannot be logged: reportgen opens no connection",
            where=text[:200],
            remedy="Download it, and give the file's path",
        )
    return text


def remedy(data: object) -> str:
    """What to do about a value that no picture can be made of."""
    if isinstance(data, (bytes, bytearray, memoryview)):
        return "Wrap the bytes of a file: io.BytesIO(data)"
    if isinstance(data, (list, tuple)):
        return "Use numpy.array(...) for one picture, or [Image(x) for x in ...] for several"
    if hasattr(data, "savefig"):
        return "Save the figure: buffer = io.BytesIO(); figure.savefig(buffer); Image(buffer)"
    if tensors.root(data) in ("plotly", "bokeh"):
        return 'Log the figure itself: run.log({"curve": figure})'
    return "Give an array, a tensor, a PIL image, a path or an open file"
