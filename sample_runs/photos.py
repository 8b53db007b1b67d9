"""Segmentation: name every pixel of three photographs. Masks, boxes and a table of regions, at several steps.

The photographs come with scikit-image. Their labels were drawn by hand, as rough outlines that a watershed then moves
to the nearest edges. A classifier of single pixels learns from half of the blocks of a chessboard laid over the
pictures, and is judged by the other half.
"""

from __future__ import annotations

import shutil
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from publish import forget_who
from skimage import color, data, draw, filters, measure, segmentation, transform
from sklearn.neural_network import MLPClassifier

import reportgen as rg

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

PROJECT: Final = "photo-parts"
CLASSES: Final = {
    0: "background",
    1: "cat",
    2: "eye",
    3: "cup",
    4: "saucer",
    5: "spoon",
    6: "astronaut",
    7: "shuttle",
    8: "helmet",
}
WIDTH: Final = 384
"""Pixels from left to right, to which the photographs are reduced."""
BLOCK: Final = 24
"""Pixels along the side of a block of the chessboard."""
BATCH: Final = 1024
SMALLEST: Final = 120
"""Pixels of the smallest region that is told as one."""


@dataclass(frozen=True)
class Round:
    """An ellipse: its centre, half its width and half its height, in pixels of the photograph."""

    x: int
    y: int
    across: int
    down: int


OUTLINES: Final[dict[str, tuple[tuple[int, str | Round], ...]]] = {
    "chelsea": (
        (
            1,
            "40,0 392,0 376,40 358,72 350,92 362,112 358,142 350,170 335,200 326,235 312,262 300,300 0,300 0,150 "
            "28,118 34,60",
        ),
        (2, Round(170, 116, 34, 31)),
        (2, Round(320, 137, 21, 27)),
    ),
    "coffee": (
        (4, Round(278, 225, 202, 164)),
        (
            3,
            "175,125 182,165 192,200 208,228 198,265 200,292 214,305 230,290 252,283 310,285 345,262 378,215 398,150 "
            "407,105",
        ),
        (3, Round(290, 113, 117, 95)),
        (5, Round(366, 283, 39, 41)),
        (5, "400,84 404,70 416,67 424,76 418,100 392,202 384,240 370,240 384,200"),
    ),
    "astronaut": (
        (
            6,
            "155,80 165,45 200,22 240,15 285,30 300,72 298,102 285,130 268,142 258,182 290,205 304,240 335,250 "
            "350,290 362,345 330,362 295,395 280,440 278,511 25,511 20,420 30,340 45,290 60,250 112,215 120,188 "
            "140,160 180,148 172,120 156,102",
        ),
        (8, Round(390, 448, 112, 106)),
        (
            7,
            "398,18 405,0 425,0 436,25 440,50 450,50 455,180 456,235 455,270 366,272 368,258 376,226 356,222 358,206 "
            "378,186 380,60 390,48",
        ),
    ),
}
"""What was drawn by hand: corners or ellipses, in pixels of the photographs as scikit-image has them. Later ones lie
over earlier ones."""


@dataclass(frozen=True)
class Recipe:
    """One training run.

    Attributes:
        name: Its name, and its id.
        hidden: Units of each hidden layer.
        solver: "sgd" with momentum 0.9, or "adam".
        lr: Learning rate.
        steps: Batches of `BATCH` pixels.
        seed: Of weights and batches.
    """

    name: str
    hidden: tuple[int, ...]
    solver: str
    lr: float
    steps: int = 600
    seed: int = 0


RECIPES: Final = (
    Recipe("one-layer-sgd", (48,), "sgd", 0.05),
    Recipe("two-layer-adam", (48, 32), "adam", 0.004),
)


@dataclass(frozen=True)
class Photo:
    """One photograph.

    Attributes:
        name: As scikit-image calls it.
        pixels: (height, width, 3), reduced.
        truth: (height, width), a class for each pixel.
        features: (height * width, n) of each pixel.
        learned: (height, width), whether a pixel is one to learn from.
    """

    name: str
    pixels: Bytes
    truth: Bytes
    features: Floats
    learned: Flags


def photographs() -> list[Photo]:
    """The data."""
    photos = []
    for number, (name, outlines) in enumerate(OUTLINES.items()):
        whole = getattr(data, name)()[..., :3]
        scale = WIDTH / whole.shape[1]
        small = transform.resize(whole, (round(whole.shape[0] * scale), WIDTH), anti_aliasing=True)
        truth = snapped(small, drawn(outlines, scale, small.shape[:2]))
        rows, columns = np.indices(truth.shape)
        learned = (rows // BLOCK + columns // BLOCK) % 2 == 0
        pixels = (small * 255).round().astype(np.uint8)
        photos.append(Photo(name, pixels, truth, features(small, number), learned))
    return photos


def drawn(outlines: tuple[tuple[int, str | Round], ...], scale: float, shape: tuple[int, int]) -> Bytes:
    """A class for each pixel, by the outlines alone."""
    classes = np.zeros(shape, np.uint8)
    for number, outline in outlines:
        if isinstance(outline, Round):
            centre, radii = (outline.y * scale, outline.x * scale), (outline.down * scale, outline.across * scale)
            rows, columns = draw.ellipse(*centre, *radii, shape=shape)
        else:
            x, y = np.array([corner.split(",") for corner in outline.split()], float).T * scale
            rows, columns = draw.polygon(y, x, shape=shape)
        classes[rows, columns] = number
    return classes


def snapped(photo: Floats, rough: Bytes) -> Bytes:
    """The outlines, moved to edges that are near: what lies close to one is divided again by a watershed."""
    near = segmentation.find_boundaries(rough, mode="thick")
    near = filters.gaussian(near.astype(float), 2) > 0.08
    seeds = np.where(near, 0, rough.astype(np.int32) + 1)
    edges = filters.sobel(filters.gaussian(color.rgb2gray(photo), 1))
    return np.asarray(segmentation.watershed(edges, seeds) - 1, np.uint8)


def features(photo: Floats, number: int) -> Floats:
    """What is known of each pixel: colours around it at five scales, edges at three, its place, which photo it is."""
    lab = color.rgb2lab(photo) / 100
    grey = color.rgb2gray(photo)
    layers = [filters.gaussian(lab, s, channel_axis=2) if s else lab for s in (0, 1, 2, 4, 8)]
    layers += [filters.sobel(filters.gaussian(grey, s))[..., None] * 10 for s in (1, 2, 4)]
    rows, columns = np.indices(grey.shape) / max(grey.shape)
    layers += [rows[..., None] * 2 - 1, columns[..., None] * 2 - 1]
    layers += [np.full((*grey.shape, 1), float(number == i)) for i in range(len(OUTLINES))]
    stacked = np.concatenate(layers, axis=2).reshape(grey.size, -1)
    return np.asarray(stacked, np.float32)


def segment(out: Path, recipe: Recipe, photos: list[Photo]) -> None:
    """Train one classifier and log it.

    Args:
        out: Folder of all projects.
        recipe: What to train.
        photos: The data.
    """
    config = {key: value for key, value in asdict(recipe).items() if key != "name"}
    pixels = {"train_pixels": sum(int(p.learned.sum()) for p in photos)}
    with rg.init(
        dir=out,
        project=PROJECT,
        name=recipe.name,
        id=recipe.name,
        tags=["segmentation", recipe.solver],
        notes="Name every pixel of three photographs, from the colours and edges around it and from its place.\n",
        seeds={"all": recipe.seed},
        system_metrics=1.0,
        config=config | {"data": {"photos": len(photos), "block_px": BLOCK, **pixels}, "batch": BATCH},
    ) as run:
        train(run, recipe, photos)
    forget_who(run.path)


def train(run: rg.Run, recipe: Recipe, photos: list[Photo]) -> None:
    """The training loop."""
    rng = np.random.default_rng(recipe.seed)
    x = np.concatenate([p.features[p.learned.ravel()] for p in photos])
    y = np.concatenate([p.truth.ravel()[p.learned.ravel()] for p in photos])
    model = MLPClassifier(
        recipe.hidden, solver=recipe.solver, learning_rate_init=recipe.lr, random_state=recipe.seed, batch_size=BATCH
    )
    run.define_metric("val/mean_iou", summary="max", goal="maximize")
    for step in range(1, recipe.steps + 1):
        batch = rng.integers(0, len(y), BATCH)
        model.partial_fit(x[batch], y[batch], classes=list(CLASSES))
        row: dict[str, Any] = {"train/loss": float(model.loss_)}
        if step % 20 == 0 or step == 1:
            chances = [np.asarray(model.predict_proba(p.features)) for p in photos]
            row |= judged(photos, chances)
            if step in (1, recipe.steps // 6, recipe.steps // 2, recipe.steps):
                row["val/photos"], regions = shown(photos, chances)
                if step >= recipe.steps // 2:
                    row["val/regions"] = regions
        run.log(row, step=step)
    run.notes += findings(photos, [np.asarray(model.predict_proba(p.features)) for p in photos])


def overlaps(photos: list[Photo], chances: list[npt.NDArray[np.float64]]) -> dict[int, float]:
    """Intersection over union of each class, over the pixels that were not learned from."""
    both, either = np.zeros(len(CLASSES)), np.zeros(len(CLASSES))
    for photo, chance in zip(photos, chances, strict=True):
        judge = ~photo.learned.ravel()
        found, truth = chance.argmax(1)[judge], photo.truth.ravel()[judge]
        for number in CLASSES:
            both[number] += np.sum((found == number) & (truth == number))
            either[number] += np.sum((found == number) | (truth == number))
    return {number: float(both[number] / either[number]) for number in CLASSES}


def judged(photos: list[Photo], chances: list[npt.NDArray[np.float64]]) -> dict[str, float]:
    """Metrics of the blocks that were not learned from."""
    ious = overlaps(photos, chances)
    right, loss = [], []
    for photo, chance in zip(photos, chances, strict=True):
        judge = ~photo.learned.ravel()
        truth, given = photo.truth.ravel()[judge], chance[judge]
        right.append(given.argmax(1) == truth)
        loss.append(-np.log(np.maximum(given[np.arange(len(given)), truth], 1e-9)))
    row = {"val/mean_iou": float(np.mean(list(ious.values()))), "val/loss": float(np.concatenate(loss).mean())}
    row["val/accuracy"] = float(np.concatenate(right).mean())
    return row | {f"val/iou/{CLASSES[number]}": iou for number, iou in ious.items() if number}


def shown(photos: list[Photo], chances: list[npt.NDArray[np.float64]]) -> tuple[list[rg.Image], rg.Table]:
    """Pictures with masks and boxes, and a table of all regions."""
    pictures, table = [], rg.Table(columns=["region", "photo", "class", "score", "iou", "pixels"])
    for photo, chance in zip(photos, chances, strict=True):
        found = chance.argmax(1).reshape(photo.truth.shape).astype(np.uint8)
        boxes = []
        for region in parts(found):
            top, left, bottom, right = region.bbox
            number, inside = int(region.label_class), region.inside
            score = float(chance.reshape(*found.shape, -1)[inside, number].mean())
            truth = photo.truth == number
            iou = float((inside & truth).sum() / (inside | (truth & touched(truth, inside))).sum())
            boxes.append(
                {
                    "position": {"minX": left, "maxX": right, "minY": top, "maxY": bottom},
                    "domain": "pixel",
                    "class_id": number,
                    "scores": {"confidence": round(score, 4), "iou": round(iou, 4)},
                }
            )
            crop = rg.Image(photo.pixels[top:bottom, left:right], file_type="jpg")
            table.add_data(crop, photo.name, CLASSES[number], round(score, 4), round(iou, 4), int(inside.sum()))
        masks = {
            "prediction": {"mask_data": found, "class_labels": CLASSES},
            "truth": {"mask_data": photo.truth, "class_labels": CLASSES},
        }
        right_share = float((found == photo.truth)[~photo.learned].mean())
        pictures.append(
            rg.Image(
                photo.pixels,
                caption=f"{photo.name}: {100 * right_share:.1f} % of pixels right",
                file_type="jpg",
                masks=masks,
                boxes={"regions": {"box_data": boxes, "class_labels": CLASSES}},
            )
        )
    return pictures, table


@dataclass(frozen=True)
class Region:
    """Pixels of one class that hang together.

    Attributes:
        label_class: The class.
        bbox: Top, left, bottom, right.
        inside: (height, width), which pixels.
    """

    label_class: int
    bbox: tuple[int, int, int, int]
    inside: Flags


def parts(classes: Bytes) -> list[Region]:
    """The regions of a picture that are not background and not tiny, by class."""
    labels = measure.label(classes, background=0)
    return [
        Region(int(classes[labels == part.label][0]), part.bbox, labels == part.label)
        for part in measure.regionprops(labels)
        if part.area >= SMALLEST
    ]


def touched(truth: Flags, inside: Flags) -> Flags:
    """The parts of the truth that a region lies on."""
    labels = measure.label(truth)
    return np.isin(labels, np.unique(labels[inside & truth])) & truth


def findings(photos: list[Photo], chances: list[npt.NDArray[np.float64]]) -> str:
    """What came out, in Markdown, from the run's own numbers."""
    ious = overlaps(photos, chances)
    hardest = min(ious, key=lambda number: ious[number])
    return f"""
**Result:** a mean IoU of {np.mean(list(ious.values())):.3f} on the blocks that were not learned from. The hardest \
class is *{CLASSES[hardest]}* ({ious[hardest]:.3f}).

- Half of the {BLOCK} × {BLOCK} pixel blocks of each photograph are learned from, in a chessboard; the others validate.
- The place of a pixel is one of its features, so the result does not carry over to other photographs.
- Labels were drawn by hand and moved to edges by a watershed.
"""


def write(out: Path, names: list[str]) -> None:
    """Write the runs of this file.

    Args:
        out: Folder of all projects.
        names: Which; all of them if empty.
    """
    chosen = [recipe for recipe in RECIPES if not names or recipe.name in names]
    if chosen:
        photos = photographs()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `partial_fit` does not converge: that is what the steps are for
            for recipe in chosen:
                shutil.rmtree(out / PROJECT / recipe.name, ignore_errors=True)
                segment(out, recipe, photos)
