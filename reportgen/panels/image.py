"""Pictures: all images of a step, with a caption each; of one run, or of several side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from reportgen.errors import Problem, ReportgenError
from reportgen.panels.numerals import plural
from reportgen.panels.overlays import Overlays, OverlayStill
from reportgen.panels.series import colour, dash
from reportgen.panels.view import Listing, Originals, PanelTask, Preview, Source, View, by_step
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
"""The formats that browsers show, by extension. A build converts others."""

SCALED: Mapping[str, str] = {
    "0..1": "values scaled from 0..1",
    "-1..1": "values scaled from −1..1",
    "clipped": "values clipped to 0..255",
}
"""The words for each rule by which an array became pixels."""

GREY: Final = ("L", "1", "I", "F")
"""How the names of modes begin whose pixels have one value."""

FIRST: Final = 24
"""Pictures that the page itself holds: what is seen without script, and on paper. The gallery shows all."""

INLINE: Final = 48
"""Pictures of a panel that stand in the page's own data; more are packed into lists of their own."""

PART: Final = 1_000
"""Pictures in such a list, which scripts read when a reader comes to it; a step with more has one of its own."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image as shown.

    Attributes:
        show: The picture; None when its record cannot be used.
        width: Width in pixels as displayed; 0 when its record cannot be used.
        height: Height in pixels as displayed; 0 likewise.
        caption: The caption; "" for none.
        note: What a reader must know of the pixels: "values scaled from −1..1".
        lost: Why its record cannot be used; "" when it can.
        group: The number of its group; None for none.
        mode: The colour mode of the file where it is grey, such as "L"; "" else.
        run: The name of its run where several are side by side; "" else.
        colour: 1 to 8: the run's colour.
        dash: 1 to 8: the run's dash.
        still: What lies over it, for a page without script; None for nothing.
    """

    show: Preview | None
    width: int
    height: int
    caption: str = ""
    note: str = ""
    lost: str = ""
    group: int | None = None
    mode: str = ""
    run: str = ""
    colour: int = 1
    dash: int = 1
    still: OverlayStill | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageView(View):
    """What an image panel shows before any script runs.

    Attributes:
        step: The step whose pictures are shown first: the last one.
        pictures: Its pictures, the first 24; of several runs the first of each, then the second of each.
        count: How many pictures there are at that step.
        steps: How many steps hold pictures.
        runs: How many runs are side by side.
        layers: How many masks and layers of boxes lie over pictures.
    """

    step: int = 0
    pictures: Sequence[Picture] = ()
    count: int = 0
    steps: int = 0
    runs: int = 1
    layers: int = 0


@dataclass(slots=True)
class _Run:
    """What was read of one run: the frames, and their pictures as scripts receive them."""

    source: Source
    frames: list[tuple[int, float, list[dict[str, Any]]]] = field(default_factory=list)
    last: list[tuple[Picture, ImageRecord | None]] = field(default_factory=list)


def view(task: PanelTask) -> ImageView:
    """An image panel from the history of one key, of one run or of several.

    A record that cannot be shown costs its own picture: its place says why, and it becomes a problem.

    Args:
        task: Its sources hold image records, or lists of them.
    """
    problems: list[Problem] = []
    overlays = Overlays()
    runs = [_read(source, overlays, problems) for source in task.sources]
    runs = [run for run in runs if run.frames]
    steps = {step: seconds for run in runs for step, seconds, _ in run.frames}
    every = [entry for run in runs for _, _, images in run.frames for entry in images]
    shown = _first(runs, overlays, several=len(task.sources) > 1)
    found = [*problems, *overlays.problems]
    notes = [f"{plural(len(every), 'image')} at {plural(len(steps), 'step')}"] if runs else []
    if len(task.sources) > 1 and runs:
        notes.append(f"from {plural(len(runs), 'run')}")
    if found:
        notes.append(f"{plural(len(found), 'record')} could not be shown: see Problems")
    layers = overlays.data()
    return ImageView(
        kind=task.kind,
        id=task.id,
        key=task.key,
        notes=notes,
        data={"frames": [{"step": step, "t": steps[step]} for step in sorted(steps)], **_packed(runs, every), **layers},
        problems=found,
        step=max(steps, default=0),
        pictures=shown,
        count=sum(len(run.last) for run in runs),
        steps=len(steps),
        runs=len(task.sources),
        layers=len(layers.get("layers", ())),
        needs=("overlays",) if layers.get("layers") else (),
    )


def _read(source: Source, overlays: Overlays, problems: list[Problem]) -> _Run:
    run = _Run(source)
    for step, runtime, items in by_step(source.history):
        where = f"{source.name}, {source.history.key}, step {step}"
        pictures = _in_groups([_picture(source, item, where, problems) for item in items])
        if any(picture.show for picture, _ in pictures):
            entries = []
            for picture, record in pictures:
                over = overlays.add(source.folder, record, where) if record else None
                entries.append(_plain(picture) | (over or {}))
            run.frames.append((step, runtime, entries))
            run.last = pictures
    return run


def _picture(source: Source, item: object, where: str, problems: list[Problem]) -> tuple[Picture, ImageRecord | None]:
    """The picture that a record names, or its place with the reason why it is empty, and a problem."""
    try:
        record = ImageRecord.from_json(item)
        path = media_path(source.folder, record.file)
    except ReportgenError as fault:
        found = fault.problem
        problems.append(Problem(found.code, found.what, where, found.remedy))
        return Picture(None, 0, 0, lost=found.what), None
    note, mode = said_of(record.scaled_from, record.mode, record.frames)
    preview = Preview(path, MIMES.get(record.format.lower(), ""))
    caption = record.caption or ""
    return Picture(preview, record.width, record.height, caption, note, "", record.grouping, mode), record


def said_of(scaled_from: object, mode: object, frames: object = None) -> tuple[str, str]:
    """What a reader must know of the pixels, and the colour mode where it is grey; "" for nothing.

    Args:
        scaled_from: The rule by which an array became pixels, as `ImageRecord` has it; None for none.
        mode: The colour mode of the file, such as "L" or "RGB"; None where it is not known.
        frames: How many frames its file had of which it is one; None where it had no other.
    """
    rule, *more = (scaled_from if isinstance(scaled_from, str) else "").split(", ")
    parts = [*([f"one of {plural(frames, 'frame')}"] if isinstance(frames, int) else []), SCALED.get(rule, rule), *more]
    return ", ".join(filter(None, parts)), mode if isinstance(mode, str) and mode.startswith(GREY) else ""


def _in_groups(
    pictures: Sequence[tuple[Picture, ImageRecord | None]],
) -> list[tuple[Picture, ImageRecord | None]]:
    """The pictures in their order, but those of one group together, where the first of them stands."""
    place: dict[int, int] = {}
    for i, (picture, _) in enumerate(pictures):
        if picture.group is not None:
            place.setdefault(picture.group, i)
    if not place:
        return list(pictures)
    ranks = [i if p.group is None else place[p.group] for i, (p, _) in enumerate(pictures)]
    return [pictures[i] for i in sorted(range(len(pictures)), key=lambda i: ranks[i])]


def _first(runs: Sequence[_Run], overlays: Overlays, *, several: bool) -> list[Picture]:
    """The pictures that the page itself holds: of each run the last step's, the first of each run before the second."""
    chosen: list[Picture] = []
    most = max((len(run.last) for run in runs), default=0)
    for at in range(min(most, FIRST)):
        for run in runs:
            if at < len(run.last) and len(chosen) < FIRST:
                picture, record = run.last[at]
                number = run.source.run
                chosen.append(
                    replace(
                        picture,
                        run=run.source.name if several else "",
                        colour=colour(number),
                        dash=dash(number),
                        still=overlays.still(run.source.folder, record) if record else None,
                    )
                )
    return chosen


def _packed(runs: Sequence[_Run], every: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All pictures for the script: `runs` say in which of `parts` the pictures of each frame stand, and where in it."""
    parts: list[list[list[dict[str, Any]]]] = []
    told: list[dict[str, Any]] = []
    room = 0
    for run in runs:
        frames = []
        for step, seconds, images in run.frames:
            if not parts or room < len(images):
                parts.append([])
                room = PART
            frames.append([step, seconds, len(images), len(parts) - 1, len(parts[-1])])
            parts[-1].append(images)
            room -= len(images)
        told.append({"run": run.source.run, "frames": frames})
    inline = len(every) <= INLINE
    return {"runs": told, "parts": [_part(part, inline=inline) for part in parts]}


def _part(frames: list[list[dict[str, Any]]], *, inline: bool) -> dict[str, Any]:
    shown = (entry["show"] for images in frames for entry in images)
    previews = [show if isinstance(show, Preview) else None for show in shown]
    return {"images": frames if inline else Listing(frames), "pixels": Originals(previews)}


def _plain(picture: Picture) -> dict[str, Any]:
    if picture.show is None:
        return {"show": {"lost": picture.lost}, "width": 0, "height": 0}
    plain: dict[str, Any] = {"show": picture.show, "width": picture.width, "height": picture.height}
    if picture.caption:
        plain["caption"] = picture.caption
    if picture.note:
        plain["note"] = picture.note
    if picture.mode:
        plain["mode"] = picture.mode
    if picture.group is not None:
        plain["group"] = picture.group
    return plain
