"""Detection: find coins in a photograph with a sliding window. Boxes with scores, at several epochs.

The photograph comes with scikit-image; its 24 boxes were drawn by hand. A linear classifier of windows learns from the
left half and is judged by the right one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from publish import forget_who
from skimage import data, feature, transform
from sklearn.linear_model import SGDClassifier

import reportgen as rg

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

PROJECT: Final = "coins"
COINS: Final = (
    *((22, 33, 66, 74), (81, 38, 120, 74), (132, 28, 179, 73), (192, 29, 240, 73), (255, 33, 297, 72)),
    *((305, 15, 365, 72), (25, 103, 67, 144), (84, 107, 122, 145), (134, 109, 174, 145), (185, 104, 226, 145)),
    *((245, 94, 297, 144), (317, 105, 356, 145), (25, 177, 62, 217), (80, 174, 124, 217), (135, 178, 174, 217)),
    *((189, 169, 237, 216), (251, 172, 297, 216), (315, 155, 380, 218), (18, 232, 75, 288), (93, 244, 135, 288)),
    *((143, 236, 201, 288), (219, 239, 269, 288), (275, 238, 327, 288), (335, 247, 381, 289)),
)
"""Drawn by hand: left, top, right, bottom in pixels."""
MIDDLE: Final = 204
"""Where the half that is learned from ends."""
SIZES: Final = (36, 42, 48, 54, 62)
"""Sides of the windows."""
STRIDE: Final = 4
PATCH: Final = 24
"""Pixels to which each window is reduced."""
RIGHT: Final = 0.7
"""Windows that overlap a coin so far are examples of one."""
WRONG: Final = 0.5
"""Windows that overlap less are examples of none; those between are neither."""
LEAST: Final = 0.2
"""The lowest score that is told."""
EPOCHS: Final = 20
BATCH: Final = 64
CLASSES: Final = {1: "coin"}


def brightness(patch: Floats) -> Floats:
    """A patch as it is, with its mean taken off."""
    return np.asarray(patch - patch.mean(), np.float64).ravel()


def gradients(patch: Floats) -> Floats:
    """A histogram of oriented gradients (Dalal and Triggs, 2005)."""
    return np.asarray(feature.hog(patch, orientations=8, pixels_per_cell=(6, 6), cells_per_block=(2, 2)), np.float64)


@dataclass(frozen=True)
class Recipe:
    """One training run.

    Attributes:
        name: Its name, and its id.
        question: Why it was run.
        seen: What the classifier sees of a window.
    """

    name: str
    question: str
    seen: Callable[[Floats], Floats]


RECIPES: Final = (
    Recipe("brightness", "How far do bare pixels get?", brightness),
    Recipe("gradients", "Are coins found by the direction of their edges?", gradients),
)


@dataclass(frozen=True)
class Windows:
    """All windows of the photograph.

    Attributes:
        boxes: (n, 4): left, top, right, bottom.
        seen: (n, features).
        overlap: (n,), with the coin that lies nearest: intersection over union.
    """

    boxes: Floats
    seen: Floats
    overlap: Floats


def windows(photo: Floats, seen: Callable[[Floats], Floats]) -> Windows:
    """Cut the photograph into windows of all sizes."""
    boxes, patches = [], []
    for size in SIZES:
        for top in range(0, photo.shape[0] - size + 1, STRIDE):
            for left in range(0, photo.shape[1] - size + 1, STRIDE):
                boxes.append((left, top, left + size, top + size))
                patch = photo[top : top + size, left : left + size]
                patches.append(seen(transform.resize(patch, (PATCH, PATCH), order=1, anti_aliasing=False)))
    found = np.array(boxes, float)
    return Windows(found, np.array(patches), overlaps(found, np.array(COINS, float)).max(1))


def overlaps(a: Floats, b: Floats) -> Floats:
    """Intersection over union of each box of one list with each of another, shape (len(a), len(b))."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = np.clip(high - low, 0, None).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (a, b)]
    return np.asarray(both / (areas[0][:, None] + areas[1][None] - both))


def thinned(boxes: Floats, scores: Floats, most: float = 0.25) -> list[int]:
    """The best of boxes that lie over each other, best first (non-maximum suppression)."""
    left = list(np.argsort(-scores, kind="stable"))
    kept: list[int] = []
    while left:
        best = int(left.pop(0))
        kept.append(best)
        if left:
            near = overlaps(boxes[best : best + 1], boxes[left])[0]
            left = [number for number, overlap in zip(left, near, strict=True) if overlap <= most]
    return kept


def precision_of(found: Floats, truth: Floats, least: float) -> float:
    """Average precision.

    Args:
        found: (n, 4) boxes, best first.
        truth: (m, 4) boxes.
        least: The overlap from which a box counts as found.
    """
    matched: set[int] = set()
    hits: list[bool] = []
    for box in found:
        near = overlaps(box[None], truth)[0]
        best = int(near.argmax())
        hits.append(bool(near[best] >= least) and best not in matched)
        if hits[-1]:
            matched.add(best)
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best_after = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best_after[np.array(hits, bool)].sum() / len(truth))


def detect(out: Path, recipe: Recipe) -> None:
    """Train one detector and log it.

    Args:
        out: Folder of all projects.
        recipe: What to train.
    """
    photo = data.coins()
    found = windows(photo / 255, recipe.seen)
    with rg.init(
        dir=out,
        project=PROJECT,
        name=recipe.name,
        id=recipe.name,
        tags=["detection"],
        notes=f"{recipe.question}\n",
        seeds={"all": 0},
        system_metrics=1.0,
        config={"seen": recipe.name, "sizes": SIZES, "stride": STRIDE, "epochs": EPOCHS, "windows": len(found.boxes)},
    ) as run:
        train(run, photo, found)
    forget_who(run.path)


def train(run: rg.Run, photo: Bytes, found: Windows) -> None:
    """The training loop."""
    rng = np.random.default_rng(0)
    run.define_metric("*", step_metric="epoch")
    learned = found.boxes[:, 2] <= MIDDLE
    clear = (found.overlap > RIGHT) | (found.overlap < WRONG)
    rows = np.flatnonzero(learned & clear)
    y = (found.overlap > RIGHT).astype(int)
    x = (found.seen - found.seen[rows].mean(0)) / (found.seen[rows].std(0) + 1e-3)
    model = SGDClassifier(loss="log_loss", alpha=1e-2, learning_rate="invscaling", eta0=0.01, random_state=0)
    for epoch in range(1, EPOCHS + 1):
        for batch in np.array_split(rng.permutation(rows), len(rows) // BATCH):
            model.partial_fit(x[batch], y[batch], classes=[0, 1])
        chance = np.asarray(model.predict_proba(x))[:, 1]
        loss = -np.log(np.clip(np.where(y == 1, chance, 1 - chance), 1e-9, None))
        row: dict[str, Any] = {"epoch": epoch, "train/loss": float(loss[rows].mean())}
        row["val/loss"] = float(loss[~learned & clear].mean())
        row |= judged(photo, found, chance, last=epoch == EPOCHS, pictures=epoch in (1, 5, 10, EPOCHS))
        run.log(row)
    run.notes += findings(row, len(found.boxes))


def findings(row: dict[str, Any], count: int) -> str:
    """What came out, in Markdown, from the run's own numbers."""
    return f"""
**Result:** an average precision of {row["val/ap_50"]:.3f} at an overlap of 0.5 on the half that was not learned \
from, and of {row["val/ap_70"]:.3f} at 0.7. With a score of at least 0.5, {100 * row["val/recall"]:.0f} % of its coins \
are found, and {100 * row["val/precision"]:.0f} % of what is found is a coin.

- {count:,} windows of {len(SIZES)} sizes, every {STRIDE} pixels, are scored; of those that overlap, the best stays.
- The boxes of all {len(COINS)} coins were drawn by hand; the {sum(coin[2] <= MIDDLE for coin in COINS)} on the left \
are learned from.
"""


def judged(photo: Bytes, found: Windows, chance: Floats, *, last: bool, pictures: bool) -> dict[str, Any]:
    """Metrics of the half that was not learned from, and what was found in all of the photograph."""
    likely = np.flatnonzero(chance > LEAST)
    kept = [int(likely[i]) for i in thinned(found.boxes[likely], chance[likely])]
    boxes, scores = found.boxes[kept], chance[kept]
    truth = np.array(COINS, float)
    right = (boxes[:, 0] + boxes[:, 2]) / 2 > MIDDLE
    judge = truth[(truth[:, 0] + truth[:, 2]) / 2 > MIDDLE]
    sure = boxes[right & (scores >= 0.5)]
    hits = (overlaps(sure, judge).max(1) >= 0.5).sum() if len(sure) else 0
    seen = (overlaps(judge, sure).max(1) >= 0.5).sum() if len(sure) else 0
    row: dict[str, Any] = {f"val/ap_{least}": precision_of(boxes[right], judge, least / 100) for least in (50, 70)}
    row |= {"val/precision": float(hits / max(1, len(sure))), "val/recall": float(seen / len(judge))}
    if pictures:
        row["val/coins"] = picture(photo, boxes, scores)
    if last:
        row["val/found"] = table(photo, boxes, scores)
    return row


def picture(photo: Bytes, boxes: Floats, scores: Floats) -> rg.Image:
    """The photograph with what was found, and what is there."""
    near = overlaps(boxes, np.array(COINS, float)).max(1)
    found = [
        {
            "position": {"minX": int(box[0]), "minY": int(box[1]), "maxX": int(box[2]), "maxY": int(box[3])},
            "domain": "pixel",
            "class_id": 1,
            "scores": {"confidence": round(float(score), 4), "iou": round(float(overlap), 4)},
        }
        for box, score, overlap in zip(boxes, scores, near, strict=True)
    ]
    truth = [
        {"position": {"minX": a, "minY": b, "maxX": c, "maxY": d}, "domain": "pixel", "class_id": 1}
        for a, b, c, d in COINS
    ]
    layers = {
        "found": {"box_data": found, "class_labels": CLASSES},
        "truth": {"box_data": truth, "class_labels": CLASSES},
    }
    return rg.Image(photo, caption=f"{(scores >= 0.5).sum()} found with a score of at least 0.5", boxes=layers)


def table(photo: Bytes, boxes: Floats, scores: Floats) -> rg.Table:
    """What was found, box by box."""
    near = overlaps(boxes, np.array(COINS, float)).max(1)
    rows = rg.Table(columns=["crop", "score", "iou", "is_coin", "half", "left", "top", "side"])
    for (left, top, right, bottom), score, overlap in zip(boxes.astype(int), scores, near, strict=True):
        half = "learned" if right <= MIDDLE else "validated"
        crop = rg.Image(photo[top:bottom, left:right])
        row = (round(float(score), 4), round(float(overlap), 4), bool(overlap >= 0.5))
        rows.add_data(crop, *row, half, int(left), int(top), int(right - left))
    return rows


def write(out: Path, names: list[str]) -> None:
    """Write the runs of this file.

    Args:
        out: Folder of all projects.
        names: Which; all of them if empty.
    """
    for recipe in RECIPES:
        if not names or recipe.name in names:
            shutil.rmtree(out / PROJECT / recipe.name, ignore_errors=True)
            detect(out, recipe)
