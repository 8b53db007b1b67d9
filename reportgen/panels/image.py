"""Pictures: all images of a step, with a caption each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.errors import Problem, ReportgenError
from reportgen.panels.numerals import plural
from reportgen.panels.view import PanelTask, Shown, Source, View
from reportgen.rundir.reader import media_path
from reportgen.rundir.records.image import ImageRecord

MIMES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
}
"""The formats that browsers show, by extension. Others are stated with a link to the file."""

SCALED: Mapping[str, str] = {
    "0..1": "values scaled from 0..1",
    "-1..1": "values scaled from −1..1",
    "clipped": "values clipped to 0..255",
}
"""The words for each rule by which an array became pixels."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image as shown.

    Attributes:
        file: The picture.
        width: Width in pixels as displayed.
        height: Height in pixels as displayed.
        caption: The caption; "" for none.
        note: What a reader must know of the pixels: "values scaled from −1..1".
    """

    file: Shown
    width: int
    height: int
    caption: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageView(View):
    """What an image panel shows before any script runs.

    Attributes:
        step: The step whose pictures are shown first: the last one.
        pictures: Its pictures.
        steps: How many steps hold pictures.
    """

    step: int = 0
    pictures: Sequence[Picture] = ()
    steps: int = 0


def view(task: PanelTask) -> ImageView:
    """An image panel from the history of one key of one run.

    A record that cannot be shown costs its own picture: it becomes a problem, the others stay.

    Args:
        task: Its one source holds image records, or lists of them.
    """
    (source,) = task.sources
    problems: list[Problem] = []
    frames: list[dict[str, Any]] = []
    last: list[Picture] = []
    for step, runtime, value in zip(
        source.history.steps.tolist(), source.history.runtimes.tolist(), source.history.records, strict=True
    ):
        pictures = [
            p
            for item in (value if isinstance(value, list) else [value])
            if (p := _picture(source, step, item, problems))
        ]
        if pictures:
            last = pictures
            frames.append({"step": step, "t": runtime, "images": [_plain(p) for p in pictures]})
    count = sum(len(f["images"]) for f in frames)
    notes = [f"{plural(count, 'image')} at {plural(len(frames), 'step')}"] if frames else []
    if problems:
        notes.append(f"{len(problems)} could not be shown: see Problems")
    return ImageView(
        kind=task.kind,
        id=task.id,
        key=task.key,
        notes=notes,
        data={"frames": frames},
        problems=problems,
        step=frames[-1]["step"] if frames else 0,
        pictures=last,
        steps=len(frames),
    )


def _picture(source: Source, step: int, item: object, problems: list[Problem]) -> Picture | None:
    """The picture that a record names, or None and a problem."""
    where = f"{source.name}, {source.history.key}, step {step}"
    try:
        record = ImageRecord.from_json(item)
        path = media_path(source.folder, record.file)
    except ReportgenError as fault:
        found = fault.problem
        problems.append(Problem(found.code, found.what, where, found.remedy))
        return None
    mime = MIMES.get(record.format.lower())
    if mime is None:
        problems.append(
            Problem(
                "RG412",
                f"browsers cannot show a picture in the format {record.format!r}",
                where,
                "Log it as an array or a PIL image, which is stored as PNG",
            )
        )
        return None
    note = SCALED.get(record.scaled_from or "", record.scaled_from or "")
    return Picture(Shown(path, mime), record.width, record.height, record.caption or "", note)


def _plain(picture: Picture) -> dict[str, Any]:
    plain: dict[str, Any] = {"src": picture.file, "width": picture.width, "height": picture.height}
    if picture.caption:
        plain["caption"] = picture.caption
    if picture.note:
        plain["note"] = picture.note
    return plain
