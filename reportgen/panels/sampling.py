"""Fewer points, same picture, always the same choice.

A line of a million points drawn on a thousand pixel columns shows, in each column, a stroke from the lowest to the
highest value there. Keeping just those two points per column (and the first and last of all) draws the same picture:
the min-max decimation of Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014. A
spike of one point is an extreme of its column, so it always survives.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def envelope(x: npt.NDArray[Any], y: Floats, points: int) -> Indices:
    """Choose at most about `points` points that draw the same line.

    The range of `x` is cut into `points // 2` equal columns; each keeps its lowest and its highest finite value (the
    first of equals), and the first NaN, +infinity and -infinity in it, so that nothing odd disappears either.

    Args:
        x: (n,) ascending positions.
        y: (n,) values; NaN and infinities allowed.
        points: How many finite points to keep, at least 4.

    Returns:
        (m,) ascending indices into `x`; all of them when n <= points.
    """
    n = len(x)
    if n <= points:
        return np.arange(n)
    edges = _edges(x, max(2, points // 2))
    finite = np.isfinite(y)
    kept = [np.array([0, n - 1])]
    if finite.all():
        kept.append(_extremes(x, y, edges))
    else:
        (places,) = np.nonzero(finite)
        kept.append(places[_extremes(x[places], y[places], edges)])
        kept += [_first_per_column(x, odd, edges) for odd in (np.isnan(y), np.isposinf(y), np.isneginf(y))]
    return np.unique(np.concatenate(kept))


def columns(x: npt.NDArray[Any], count: int) -> Indices:
    """The pixel column, 0 to `count` - 1, of each position in ascending `x`."""
    return np.searchsorted(_edges(x, count), x.astype(np.float64), side="right")


def _edges(x: npt.NDArray[Any], count: int) -> Floats:
    """Where each of `count` columns but the first begins."""
    first, last = float(x[0]), float(x[-1])
    return first + (last - first) * (np.arange(1, count) / count)


def _extremes(x: npt.NDArray[Any], y: Floats, edges: Floats) -> Indices:
    """Places of the lowest and of the highest value of each column; `y` is finite."""
    # a search per edge instead of arithmetic per point: this is most of what sampling a long line costs
    bounds = [0, *np.searchsorted(x, edges).tolist(), len(x)]
    found = [
        a + int(place)
        for a, b in pairwise(bounds)
        if a < b
        for piece in (y[a:b],)
        for place in (piece.argmin(), piece.argmax())
    ]
    return np.array(found, dtype=np.int64)


def _first_per_column(x: npt.NDArray[Any], chosen: npt.NDArray[np.bool_], edges: Floats) -> Indices:
    """The first chosen point of every column that has one."""
    (hits,) = np.nonzero(chosen)
    column = np.searchsorted(edges, x[hits].astype(np.float64), side="right")
    return hits[np.flatnonzero(np.diff(column, prepend=-1))]
