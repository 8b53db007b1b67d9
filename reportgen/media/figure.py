"""A figure: of matplotlib, plotly or bokeh, as it is when it is logged."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

import orjson

from reportgen import optional
from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import artists, tensors
from reportgen.rundir.packed import pack
from reportgen.rundir.records.figure import FigureRecord

if TYPE_CHECKING:
    from PIL import Image as Pillow

DPI: Final = 200
"""Pixels per inch of the picture of a matplotlib figure."""

SHOWN_DPI: Final = 100
"""Pixels per inch at which it is shown: half of them, so that it is sharp on fine screens and in print."""

MOST_PIXELS: Final = 8192
"""Pixels that the picture is wide or high at most."""

PYPLOT: Final = "matplotlib.pyplot"


class Store(Protocol):
    """Where files go; `RunWriter` is one."""

    def put(self, data: bytes, suffix: str) -> str:
        """Store bytes; their place relative to the run directory."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A figure as it was: nothing of it changes any more.

    Attributes:
        library: What made it.
        version: The version of that.
        title: Its title; "" for none.
        pixels: (height, width, 4) bytes of its picture; None when there is none.
        size: Pixels at which the picture is shown, width and height.
        spec: What describes it; None when nothing does.
        spec_format: Whose description that is.
    """

    library: str
    version: str
    title: str = ""
    pixels: bytes | None = None
    pixel_size: tuple[int, int] = (0, 0)
    size: tuple[int, int] = (0, 0)
    spec: Mapping[str, Any] | None = None
    spec_format: str = ""


class Figure:
    """A figure to log: `run.log({"curve": Figure(fig)})`; `run.log({"curve": fig})` does the same.

    What the figure shows is taken here: drawing more into it, or closing it, changes nothing.
    A figure of matplotlib is drawn as a picture; its lines, points and bars are kept as numbers too when it shows
    nothing else. Figures of plotly and bokeh are kept as these packages describe them.

    Attributes:
        library: "matplotlib", "plotly" or "bokeh".
        title: Its title; "" for none.
    """

    KIND: ClassVar[str] = "figure"
    LIBRARIES: ClassVar[tuple[str, ...]] = ("matplotlib", "plotly", "bokeh")
    """Packages whose figures this class takes."""

    def __init__(self, data_or_figure: Any) -> None:
        """Take a figure.

        Args:
            data_or_figure: A figure of plotly; a figure, axes or other artist of matplotlib, or the module
                `matplotlib.pyplot` for its current figure; a model or document of bokeh.

        Raises:
            InputTypeError: (RG250) Something else.
            InputValueError: (RG251) A figure that cannot be drawn, or none where pyplot has no current one.
        """
        library = library_of(data_or_figure)
        if library not in self.LIBRARIES:
            raise InputTypeError(
                "RG250",
                f"{tensors.named(data_or_figure)} is no figure of {' or '.join(self.LIBRARIES)}",
                remedy="Give the figure itself, or Image(...) for a picture",
            )
        self._taken = _TAKEN[library](data_or_figure)

    @property
    def library(self) -> str:
        """What made it: "matplotlib", "plotly", "bokeh"."""
        return self._taken.library

    @property
    def title(self) -> str:
        """Its title; "" for none."""
        return self._taken.title

    @property
    def nbytes(self) -> int:
        """About how many bytes of memory it takes."""
        return len(self._taken.pixels or b"") + _size(self._taken.spec)

    def encode(self, store: Store) -> FigureRecord:
        """Store the files, and say what a run keeps of the figure.

        Args:
            store: Takes the files.

        Raises:
            OSError: They could not be stored.
        """
        taken = self._taken
        picture = None if taken.pixels is None else store.put(_png(taken.pixels, taken.pixel_size), ".png")
        spec = None if taken.spec is None else store.put(pack([_json(taken)]), f".{taken.spec_format}.json.gz")
        return FigureRecord(
            library=taken.library,
            version=taken.version or None,
            title=taken.title or None,
            picture=picture,
            width=taken.size[0] if picture else None,
            height=taken.size[1] if picture else None,
            spec=spec,
            spec_format=taken.spec_format if spec else None,
        )

    def __repr__(self) -> str:
        return f"<reportgen.{type(self).__name__} of {self.library}{f', {self.title!r}' if self.title else ''}>"


class Plotly(Figure):
    """A figure of plotly, or one of matplotlib; what `Figure` does, by the name that W&B gives it."""

    LIBRARIES: ClassVar[tuple[str, ...]] = ("plotly", "matplotlib")


class Bokeh(Figure):
    """A figure of bokeh; what `Figure` does, by the name that W&B gives it."""

    LIBRARIES: ClassVar[tuple[str, ...]] = ("bokeh",)


def library_of(value: object) -> str:
    """The package of a figure: "matplotlib", "plotly", "bokeh"; "" for what is none. None of them is imported."""
    if isinstance(value, ModuleType):
        return "matplotlib" if value.__name__ == PYPLOT else ""
    for base in type(value).__mro__:
        library = _CLASSES.get((base.__module__, base.__name__))
        if library:
            return library
    return ""


def is_figure(value: object) -> bool:
    """Whether `Figure` takes a value."""
    return bool(library_of(value))


_CLASSES: Final = {
    ("plotly.basedatatypes", "BaseFigure"): "plotly",
    ("matplotlib.artist", "Artist"): "matplotlib",
    ("bokeh.model.model", "Model"): "bokeh",
    ("bokeh.document.document", "Document"): "bokeh",
}


def _of_plotly(figure: Any) -> _Taken:
    spec = figure.to_dict()  # a deep copy
    title = spec.get("layout", {}).get("title", {})
    text = title.get("text") if isinstance(title, dict) else title
    return _Taken("plotly", _version("plotly"), str(text or ""), spec=spec, spec_format="plotly")


def _of_bokeh(model: Any) -> _Taken:
    if type(model).__name__ == "Document":
        if len(model.roots) != 1:
            raise InputValueError(
                "RG251", f"a document of bokeh with {len(model.roots)} roots is no figure", remedy="Log its roots"
            )
        model = model.roots[0]
    embed = optional.load("bokeh.embed", needed_by="a bokeh figure")
    try:
        spec = embed.json_item(model)
    except Exception as fault:
        raise InputValueError("RG251", f"bokeh cannot write the figure: {fault}") from fault
    title = getattr(getattr(model, "title", None), "text", "")
    return _Taken("bokeh", _version("bokeh"), str(title or ""), spec=spec, spec_format="bokeh")


def _of_matplotlib(value: Any) -> _Taken:
    figure = _figure_of(value)
    width, height = (float(side) for side in figure.get_size_inches())
    dpi = min(DPI, MOST_PIXELS / max(width, height))
    drawn = io.BytesIO()
    try:
        # its size is part of the result, so nothing may be cut off
        with optional.load("matplotlib", needed_by="a matplotlib figure").rc_context({"savefig.bbox": None}):
            figure.savefig(drawn, format="rgba", dpi=dpi)
    except Exception as fault:  # whatever an artist, a font or a formula raises
        raise InputValueError(
            "RG251",
            f"matplotlib cannot draw the figure: {type(fault).__name__}: {fault}",
            remedy="Try fig.savefig(...)",
        ) from fault
    pixels = drawn.getvalue()
    # as matplotlib rounds it
    columns = int(figure.bbox.width / figure.dpi * dpi)
    rows = len(pixels) // (4 * columns) if columns else 0
    if not rows or 4 * columns * rows != len(pixels):
        raise InputValueError("RG251", f"a figure of {width:g} by {height:g} inches has no pixels")
    spec = artists.description(figure)
    title = "" if spec is None else spec["layout"].get("title", {}).get("text", "")
    return _Taken(
        "matplotlib",
        _version("matplotlib"),
        title or _title_of(figure),
        pixels,
        (columns, rows),
        (max(1, round(width * SHOWN_DPI)), max(1, round(height * SHOWN_DPI))),
        spec,
        "plotly" if spec is not None else "",
    )


def _figure_of(value: Any) -> Any:
    """The figure of pyplot, of axes or of another artist."""
    if isinstance(value, ModuleType):
        if not value.get_fignums() or not value.gcf().get_children()[1:]:
            raise InputValueError(
                "RG251", "pyplot has no figure, or an empty one", remedy="Draw first; plt.show() and plt.close() end it"
            )
        return value.gcf()
    if hasattr(value, "savefig"):
        return value
    figure = getattr(value, "figure", None)
    figure = figure.figure if figure is not None and not hasattr(figure, "savefig") else figure
    if figure is None:
        raise InputValueError(
            "RG251", f"{tensors.named(value)} of matplotlib belongs to no figure", remedy="Log the figure"
        )
    return figure


def _title_of(figure: Any) -> str:
    above = getattr(figure, "_suptitle", None)
    if above is not None and above.get_text():
        return str(above.get_text())
    return str(figure.axes[0].get_title()) if len(figure.axes) == 1 else ""


_TAKEN: Final = {"matplotlib": _of_matplotlib, "plotly": _of_plotly, "bokeh": _of_bokeh}


def _version(package: str) -> str:
    return str(getattr(sys.modules.get(package), "__version__", ""))


def drawn(value: Any) -> Pillow.Image:
    """The picture of a figure of matplotlib, as it is now.

    Args:
        value: What `Figure` takes of matplotlib.

    Raises:
        InputValueError: (RG251) As for `Figure`.
    """
    taken = _of_matplotlib(value)
    return _picture(taken.pixels or b"", taken.pixel_size)


def _picture(pixels: bytes, size: tuple[int, int]) -> Pillow.Image:
    from PIL import Image as Pillow

    drawn = Pillow.frombytes("RGBA", size, pixels)
    return drawn.convert("RGB") if drawn.getchannel("A").getextrema() == (255, 255) else drawn


def _png(pixels: bytes, size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    _picture(pixels, size).save(
        file, "PNG", compress_type=3
    )  # runs of equal bytes: a third of the time, and no larger for figures
    return file.getvalue()


def _json(taken: _Taken) -> bytes:
    if taken.library == "plotly":
        text: str = optional.load("plotly.io", needed_by="a plotly figure").json.to_json_plotly(taken.spec)
        return text.encode()
    return orjson.dumps(taken.spec, _plain, orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    """Buffers of bytes, as bokeh has them, in base64."""
    data = getattr(value, "data", value)
    return base64.b64encode(bytes(data)).decode()


def _size(value: Any) -> int:
    """About how many bytes of memory a description takes."""
    if isinstance(value, Mapping):
        return 64 + sum(map(_size, value.values()))
    if isinstance(value, (list, tuple)):
        return 64 + sum(map(_size, value))
    return int(getattr(value, "nbytes", 0)) or (len(value) if isinstance(value, (str, bytes)) else 8)
