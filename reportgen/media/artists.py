"""Reads lines, points and bars out of matplotlib's axes, as a description of the figure that plotly draws.

Only figures of which nothing is lost are read: everything in them has to be understood. That takes a few milliseconds,
where drawing takes many. (plotly's own converter draws the figure a second time, and leaves out what it does not know.)
"""

from __future__ import annotations

import base64
import contextlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy

PIXELS_PER_POINT: Final = 100 / 72

_STEPS: Final = {"steps": "vh", "steps-pre": "vh", "steps-post": "hv", "steps-mid": "hvh", "default": "linear"}
_SYMBOLS: Final = {
    "o": "circle",
    ".": "circle",
    ",": "circle",
    "s": "square",
    "D": "diamond",
    "d": "diamond-tall",
    "^": "triangle-up",
    "v": "triangle-down",
    "<": "triangle-left",
    ">": "triangle-right",
    "x": "x-thin-open",
    "X": "x",
    "+": "cross-thin-open",
    "P": "cross",
    "*": "star",
    "p": "pentagon",
    "h": "hexagon",
    "H": "hexagon2",
    "8": "octagon",
    "|": "line-ns-open",
    "_": "line-ew-open",
}


class _Unknown(Exception):
    """Something in the figure cannot be described."""


def description(figure: Any) -> dict[str, Any] | None:
    """A figure as a mapping of `data` and `layout`; None where some of it would be lost.

    Args:
        figure: A `matplotlib.figure.Figure` that has been drawn. It stays as it is, and shares nothing with the result.
    """
    axes = [part for part in figure.axes if part.get_visible()]
    try:
        _refuse_more(figure.get_children(), known=[figure.patch, getattr(figure, "_suptitle", None), *figure.axes])
        traces: list[dict[str, Any]] = []
        layout: dict[str, Any] = {"showlegend": any(part.get_legend() for part in axes), "annotations": []}
        for place, part in enumerate(axes):
            number = str(place + 1) if place else ""
            found = _traces(part)
            traces += [trace | {"xaxis": f"x{number}", "yaxis": f"y{number}"} for trace in found]
            layout |= _axes(part, number)
            _entitle(layout, part, alone=len(axes) == 1)
    except _Unknown:
        return None
    except Exception:  # a class of artists or a version of matplotlib that is made differently
        return None
    title = getattr(figure, "_suptitle", None)
    if title is not None and title.get_text():
        layout["title"] = {"text": title.get_text()}
    return {"data": traces, "layout": layout} if traces else None


def _refuse_more(children: Any, known: Any) -> None:
    """Raise unless all visible children are known, or empty texts."""
    for child in children:
        if any(child is one for one in known) or not child.get_visible():
            continue
        if type(child).__name__ == "Text" and not child.get_text().strip():
            continue
        raise _Unknown(type(child).__name__)


def _traces(axes: Any) -> list[dict[str, Any]]:
    """Everything that is drawn in one pair of axes."""
    overlaid = any(other is not axes and other.bbox.bounds == axes.bbox.bounds for other in axes.figure.axes)
    if axes.name != "rectilinear" or overlaid or hasattr(axes, "_colorbar"):
        raise _Unknown(axes.name)
    bars = [container for container in axes.containers if type(container).__name__ == "BarContainer"]
    patches = [patch for container in bars for patch in container.patches]
    known = [*axes.spines.values(), axes.xaxis, axes.yaxis, axes.patch, axes.title, axes._left_title]
    known += [axes._right_title, axes.get_legend(), *patches, *axes.lines, *axes.collections]
    _refuse_more(axes.get_children(), known)
    drawn = [(part, _line) for part in axes.lines] + [(part, _points) for part in axes.collections]
    drawn = sorted(drawn, key=lambda pair: pair[0].get_zorder())
    found = [describe(part, axes) for part, describe in drawn if part.get_visible()]
    return [_bar(container) for container in bars if container.patches] + found


def _line(line: Any, axes: Any) -> dict[str, Any]:
    if line.get_transform() != axes.transData or line.get_path_effects():
        raise _Unknown("a line across the axes")
    styled, marker = line.get_linestyle() not in ("None", " ", ""), line.get_marker() not in ("None", None, " ", "")
    trace = {
        "type": "scatter",
        "mode": "+".join(["lines"] * styled + ["markers"] * marker) or "none",
        "x": _coordinates(line.get_xdata(orig=False), axes.xaxis),
        "y": _coordinates(line.get_ydata(orig=False), axes.yaxis),
        **_name(line),
    }
    if styled:
        dash = "solid" if line.get_linestyle() == "-" else _dash(line)
        shape = _STEPS.get(line.get_drawstyle())
        if shape is None:
            raise _Unknown("a line style")
        width = line.get_linewidth() * PIXELS_PER_POINT
        trace["line"] = {"color": _colour(line.get_color()), "width": width, "dash": dash, "shape": shape}
    if marker:
        trace["marker"] = _marker(line)
    return trace if line.get_alpha() is None else trace | {"opacity": line.get_alpha()}


def _dash(line: Any) -> str:
    """The dashes of a line and the gaps between them, in pixels; the style that it names may be but the nearest."""
    _, lengths = line._dash_pattern
    if not lengths:
        raise _Unknown("a line style")
    return ",".join(f"{length * PIXELS_PER_POINT:.3g}px" for length in lengths)


def _marker(line: Any) -> dict[str, Any]:
    """The marker of a line's points. What is not filled has the colour of its edge."""
    symbol = _SYMBOLS.get(line.get_marker()) if isinstance(line.get_marker(), str) else None
    if symbol is None or line.get_markevery() is not None:
        raise _Unknown("a marker")
    size = line.get_markersize() * PIXELS_PER_POINT * (0.5 if line.get_marker() == "." else 1)
    colour = _colour(line.get_markerfacecolor())
    if colour.endswith("00") and len(colour) == 9:
        symbol = f"{symbol.removesuffix('-open')}-open"
    if symbol.endswith("-open"):
        colour = _colour(line.get_markeredgecolor())
    return {"color": colour, "size": size, "symbol": symbol}


def _points(points: Any, axes: Any) -> dict[str, Any]:
    import numpy

    if type(points).__name__ != "PathCollection" or points.get_offset_transform() != axes.transData:
        raise _Unknown(type(points).__name__)
    offsets = numpy.ma.filled(points.get_offsets().astype(float), numpy.nan)
    colours = [_colour(colour) for colour in points.get_facecolor()]
    sizes = numpy.sqrt(points.get_sizes()) * PIXELS_PER_POINT
    if len(colours) not in (1, len(offsets)) or len(sizes) not in (1, len(offsets)) or len(points.get_paths()) != 1:
        raise _Unknown("markers of several shapes")
    one = len(colours) == 1
    marker: dict[str, Any] = {"color": colours[0] if one else colours}
    marker["size"] = float(sizes[0]) if len(sizes) == 1 else sizes.tolist()
    x, y = (_coordinates(offsets[:, place], part) for place, part in enumerate((axes.xaxis, axes.yaxis)))
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marker, **_name(points)}


def _bar(container: Any) -> dict[str, Any]:
    import numpy

    if container.errorbar is not None or any(patch.get_angle() or patch.get_hatch() for patch in container.patches):
        raise _Unknown("bars with more to them")
    boxes = numpy.array([(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in container.patches], float)
    flat = container.orientation == "horizontal"
    start, thick, base, length = (boxes[:, place] for place in ((1, 3, 0, 2) if flat else (0, 2, 1, 3)))
    colours = [_colour(patch.get_facecolor()) for patch in container.patches]
    along, across = ("x", "y") if flat else ("y", "x")
    return {
        "type": "bar",
        "orientation": "h" if flat else "v",
        across: _array(start + thick / 2),
        along: _array(length),
        "base": _array(base),
        "width": _array(thick),
        "marker": {"color": colours[0] if len(set(colours)) == 1 else colours},
        **_name(container),
    }


def _name(artist: Any) -> dict[str, Any]:
    label = str(artist.get_label() or "")
    return {"name": "" if label.startswith("_") else label, "showlegend": bool(label) and not label.startswith("_")}


def _axes(axes: Any, number: str) -> dict[str, Any]:
    """Where one pair of axes stands, what is beside it, and from where to where it goes."""
    left, bottom, right, top = axes.get_position().extents.tolist()
    found = {}
    for word, part, domain, anchor in (
        ("x", axes.xaxis, [left, right], f"y{number}"),
        ("y", axes.yaxis, [bottom, top], f"x{number}"),
    ):
        scale = part.get_scale()
        if scale not in ("linear", "log"):
            raise _Unknown(f"a {scale} scale")
        grid = part.get_gridlines()
        low, high = (float(end) for end in (axes.get_xlim() if word == "x" else axes.get_ylim()))
        found[f"{word}axis{number}"] = {
            "domain": [max(0.0, min(1.0, end)) for end in domain],
            "anchor": anchor,
            "type": "date" if _is_date(part) else scale,
            "range": _range(low, high, part),
            "title": {"text": part.get_label().get_text()},
            "showgrid": bool(grid and grid[0].get_visible()),
            "visible": bool(axes.axison),
            **_ticks(part),
        }
    return found


def _range(low: float, high: float, axis: Any) -> list[Any]:
    import math

    if axis.get_scale() == "log":
        return [math.log10(low), math.log10(high)]
    return _dates([low, high]) if _is_date(axis) else [low, high]


def _ticks(axis: Any) -> dict[str, Any]:
    """The texts of the ticks, where they are no numbers or dates."""
    if type(axis.get_major_formatter()).__name__ not in ("StrCategoryFormatter", "FixedFormatter", "FuncFormatter"):
        return {}
    labels = [label.get_text() for label in axis.get_ticklabels()]
    return {"tickvals": [float(place) for place in axis.get_ticklocs()], "ticktext": labels}


def _entitle(layout: dict[str, Any], axes: Any, *, alone: bool) -> None:
    """The title over a pair of axes: of the figure, if it is the only one, else a text above them."""
    text = axes.get_title()
    if text and alone:
        layout["title"] = {"text": text}
    elif text:
        box = axes.get_position()
        place = {"x": (box.x0 + box.x1) / 2, "y": min(1.0, box.y1), "xref": "paper", "yref": "paper"}
        layout["annotations"].append({**place, "text": text, "showarrow": False, "yanchor": "bottom"})
    for side in ("left", "right"):
        if axes.get_title(loc=side):
            raise _Unknown("a title at the side")


def _is_date(axis: Any) -> bool:
    """Whether an axis counts days."""
    converter = axis.get_converter() if hasattr(axis, "get_converter") else axis.converter
    return "Date" in type(converter).__name__


def _coordinates(values: Any, axis: Any) -> Any:
    """Places along an axis, as plotly knows them: numbers, or dates as text."""
    import numpy

    numbers: Any = numpy.ma.filled(numpy.ma.asarray(values, float), numpy.nan)
    return _dates(numbers.tolist()) if _is_date(axis) else _array(numbers)


def _dates(days: list[float]) -> list[str | None]:
    """Days since 1970 as dates in ISO 8601."""
    import numpy

    microseconds = [None if day != day else round(day * 86_400_000_000) for day in days]
    return [None if one is None else str(numpy.datetime64(one, "us")) for one in microseconds]


def _array(values: numpy.ndarray[Any, Any]) -> dict[str, str]:
    """Numbers as plotly keeps arrays: their bytes, little-endian, in base64."""
    return {"dtype": "f8", "bdata": base64.b64encode(values.astype("<f8").tobytes()).decode()}


def _colour(colour: Any) -> str:
    """A colour of matplotlib as CSS has it."""
    from reportgen import optional

    colours = optional.load("matplotlib.colors", needed_by="a matplotlib figure")
    with contextlib.suppress(ValueError):
        return str(colours.to_hex(colour, keep_alpha=True))
    raise _Unknown("a colour")
