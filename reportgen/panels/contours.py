"""Outlines of the areas of a mask, as paths of an SVG."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

GRID: Final = 256
"""Cells of the longer side of a drawing: about what a picture has on the screen."""

CORNERS: Final = 4_000
"""Corners of one area in a drawing; an area that has more is drawn in coarser cells."""

_STEPS: Final = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""Right, down, left, up."""


def sampled(pixels: npt.NDArray[np.uint8], longest: int = GRID) -> npt.NDArray[np.uint8]:
    """The classes at the middles of the cells of a grid no finer than the mask.

    Args:
        pixels: (height, width) class numbers.
        longest: Cells of the longer side.
    """
    height, width = pixels.shape
    cells = min(longest, max(height, width))
    rows = max(1, round(height * cells / max(height, width)))
    columns = max(1, round(width * cells / max(height, width)))
    down = ((np.arange(rows) + 0.5) * height / rows).astype(np.intp)
    across = ((np.arange(columns) + 0.5) * width / columns).astype(np.intp)
    return np.ascontiguousarray(pixels[down[:, None], across[None, :]])


def outlines(area: npt.NDArray[np.bool_]) -> str:
    """The outlines of an area along the edges of its cells: one loop for each part of it and for each hole.

    Holes run the other way round, so they stay open under both rules by which an SVG fills. The text is empty for an
    empty area.

    Args:
        area: (height, width), whether a cell belongs to it.
    """
    shrink = 1
    while shrink < min(area.shape) and _corners(area[::shrink, ::shrink]) > CORNERS:
        shrink *= 2
    return _path(area[::shrink, ::shrink], shrink, area.shape)


def _corners(area: npt.NDArray[np.bool_]) -> int:
    padded = np.pad(area, 1)
    turns = padded[:-1, :-1] ^ padded[1:, :-1] ^ padded[:-1, 1:] ^ padded[1:, 1:]
    return int(turns.sum())


def _path(area: npt.NDArray[np.bool_], scale: int, limits: tuple[int, ...]) -> str:
    """Walk along all edges with the area on the right-hand side."""
    padded = np.pad(area, 1).astype(np.int8)
    across, down = np.diff(padded, axis=0)[:, 1:-1], np.diff(padded, axis=1)[1:-1, :]
    leaving: dict[tuple[int, int], list[int]] = {}
    for direction, (ys, xs), dx, dy in (
        (0, np.nonzero(across == 1), 0, 0),
        (2, np.nonzero(across == -1), 1, 0),
        (1, np.nonzero(down == -1), 0, 0),
        (3, np.nonzero(down == 1), 0, 1),
    ):
        for y, x in zip((ys + dy).tolist(), (xs + dx).tolist(), strict=True):
            leaving.setdefault((x, y), []).append(direction)
    parts: list[str] = []
    while leaving:
        start = next(iter(leaving))
        parts.append(_loop(leaving, start, scale, limits))
    return "".join(parts)


def _loop(leaving: dict[tuple[int, int], list[int]], start: tuple[int, int], scale: int, limits: Any) -> str:
    """One loop from a corner, taken out of `leaving`. Where two parts touch at a corner, it stays with its own."""
    height, width = limits
    points: list[tuple[int, int]] = []
    at, before = start, -1
    while True:
        ways = leaving[at]
        turn = (before + 1) % 4
        way = turn if turn in ways else ways[0]
        ways.remove(way)
        if not ways:
            del leaving[at]
        if way != before:
            points.append(at)
        before = way
        at = (at[0] + _STEPS[way][0], at[1] + _STEPS[way][1])
        if at == start:
            break
    placed = [(min(x * scale, width), min(y * scale, height)) for x, y in points]
    text = f"M{placed[0][0]} {placed[0][1]}"
    for (x0, y0), (x1, y1) in pairwise(placed):
        text += f"h{x1 - x0}" if y0 == y1 else f"v{y1 - y0}"
    return text + "z"
