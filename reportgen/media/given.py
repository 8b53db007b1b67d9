"""What `Image` was given besides pixels, and what to say about what it cannot take."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Final

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import tensors

OVERLAYS: Final = ("boxes", "masks", "classes")
"""Keywords of W&B's `Image` that this version does not store."""


def checked_overlays(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the overlays that were given. The logger says that they are not stored.

    Args:
        given: Keywords that `Image` has no use for.

    Raises:
        InputTypeError: (RG201) One that is not W&B's either.
    """
    unknown = [name for name in given if name not in OVERLAYS]
    if unknown:
        raise InputTypeError(
            "RG201",
            f"Image takes no argument {unknown[0]!r}",
            remedy="It takes mode, caption, grouping, file_type and normalize",
        )
    return tuple(name for name, value in given.items() if value is not None)


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
    if tensors.root(data) == "matplotlib" or hasattr(data, "savefig"):
        return "Save the figure: buffer = io.BytesIO(); figure.savefig(buffer); Image(buffer)"
    return "Give an array, a tensor, a PIL image, a path or an open file"
