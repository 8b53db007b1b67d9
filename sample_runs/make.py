"""Write the sample runs: real training on data that comes with installed packages, logged through the public API only.

    python sample_runs/make.py                       writes every run here, in place of the old one
    python sample_runs/make.py --out DIR linear      writes one run elsewhere

Everything is seeded: a second run gives the same numbers, up to the rounding of another processor's arithmetic; only
times differ. The runs are committed, so facts about the machine that made them are left out of them.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import coins
import numpy as np
import numpy.typing as npt
import photos
from PIL import Image as Pillow
from publish import SAMPLING, forget_who
from sklearn.datasets import load_digits, load_sample_image

import reportgen as rg

HERE = Path(__file__).resolve().parent
Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]


def main() -> None:
    """Write the runs."""
    parser = argparse.ArgumentParser(description="Write the sample runs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="runs to write (default: all)")
    parser.add_argument("--out", type=Path, default=HERE, help="folder that receives them (default: sample_runs)")
    given = parser.parse_args()
    data = Digits.load()
    for recipe in RECIPES:
        if not given.names or recipe.name in given.names:
            shutil.rmtree(given.out / "digits" / recipe.name, ignore_errors=True)
            classify(given.out, recipe, data)
    if not given.names or NEIGHBOURS in given.names:
        shutil.rmtree(given.out / "digits" / NEIGHBOURS, ignore_errors=True)
        ask_neighbours(given.out, data)
    for picture, colours in PICTURES:
        name = f"{picture}-{colours}"
        if not given.names or name in given.names:
            shutil.rmtree(given.out / "palette" / name, ignore_errors=True)
            reduce_colours(given.out, picture, colours)
    photos.write(given.out, given.names)
    coins.write(given.out, given.names)


# ---- digits: classify 8 x 8 pictures of handwritten digits


@dataclass(frozen=True)
class Recipe:
    """One training run on the digits.

    Attributes:
        name: Its name, and its id.
        question: Why it was run: the first paragraph of its notes.
        hidden: Units of each hidden layer; none makes a linear classifier.
        optimizer: "sgd" with momentum 0.9, or "adam".
        lr: Peak learning rate, reached after a linear warm-up, then lowered along a cosine.
        steps: Batches of 64.
        weight_decay: Added to the gradient, times the weight.
        wrong_labels: Share of the training labels that are replaced at random, 0 to 1.
        group: Group of the run.
        job_type: What kind of job it is.
        seed: Of weights, batches and wrong labels.
    """

    name: str
    question: str
    hidden: tuple[int, ...]
    optimizer: Literal["sgd", "adam"]
    lr: float
    steps: int = 600
    weight_decay: float = 0.0
    wrong_labels: float = 0.0
    group: str = "networks"
    job_type: str = "train"
    seed: int = 1


RECIPES = (
    Recipe("linear", "How far does a linear classifier get?", (), "sgd", 0.3, group="baseline"),
    Recipe("mlp-32", "Is one small hidden layer better than none?", (32,), "sgd", 0.1),
    Recipe("mlp-64", "Does a wider layer help?", (64,), "sgd", 0.1),
    Recipe("mlp-128-64-adam", "Do a second layer, Adam and five times the steps help?", (128, 64), "adam", 0.003, 3000),
    Recipe(
        "mlp-64-wrong-labels",
        "What do wrong labels do? 30 % of the *training* labels are replaced at random; those that validate are right.",
        (64,),
        "adam",
        0.005,
        1200,
        wrong_labels=0.3,
        group="robustness",
    ),
    Recipe(
        "mlp-64-lr-30",
        "A learning rate typed without its decimal point: 30 in place of 0.30.",
        (64,),
        "sgd",
        30.0,
        weight_decay=0.01,
        group="robustness",
    ),
    Recipe("smoke-test", "Does the script run at all?", (8,), "sgd", 0.1, 3, group="", job_type="test"),
)


@dataclass(frozen=True)
class Digits:
    """The data: 1,797 pictures, 1,197 to train on and 600 to validate with.

    Attributes:
        x: (1197, 64) training pictures, 0 to 1.
        y: (1197,) their digits.
        val_x: (600, 64) validation pictures.
        val_y: (600,) their digits.
    """

    x: Floats
    y: Labels
    val_x: Floats
    val_y: Labels

    @classmethod
    def load(cls) -> Digits:
        """The data, shuffled the same way each time."""
        pictures, digits = load_digits(return_X_y=True)
        order = np.random.default_rng(0).permutation(len(digits))
        x, y = (pictures[order] / 16).astype(np.float32), digits[order].astype(np.int64)
        return cls(x[:1197], y[:1197], x[1197:], y[1197:])

    def with_wrong_labels(self, share: float, rng: np.random.Generator) -> Digits:
        """The same with a share of the training labels replaced at random."""
        y = self.y.copy()
        chosen = rng.random(len(y)) < share
        y[chosen] = rng.integers(0, 10, int(chosen.sum()))
        return Digits(self.x, y, self.val_x, self.val_y)


class Network:
    """A network with ReLU between its layers, in float32.

    Args:
        sizes: Units per layer, input and output included.
        rng: Where the first weights come from.
    """

    def __init__(self, sizes: Sequence[int], rng: np.random.Generator) -> None:
        self.weights: list[Floats] = []
        for inputs, outputs in pairwise(sizes):
            scale = np.sqrt(2 / inputs)
            self.weights += [
                rng.normal(0, scale, (inputs, outputs)).astype(np.float32),
                np.zeros(outputs, np.float32),
            ]

    def layers(self, x: Floats) -> list[Floats]:
        """What each layer gives: the input first, the scores of the classes last."""
        given = [x]
        for i in range(0, len(self.weights), 2):
            z = given[-1] @ self.weights[i] + self.weights[i + 1]
            given.append(np.maximum(z, 0) if i + 2 < len(self.weights) else z)
        return given

    def gradients(self, x: Floats, y: Labels) -> tuple[float, float, list[Floats]]:
        """Loss, accuracy, and the gradient of each weight."""
        given = self.layers(x)
        loss, chances = cross_entropy(given[-1], y)
        slope = chances.copy()
        slope[np.arange(len(y)), y] -= 1
        slope /= len(y)
        gradients: list[Floats] = []
        for i in reversed(range(0, len(self.weights), 2)):
            gradients = [given[i // 2].T @ slope, slope.sum(0), *gradients]
            slope = (slope @ self.weights[i].T) * (given[i // 2] > 0)
        return loss, accuracy(given[-1], y), gradients


def cross_entropy(scores: Floats, y: Labels) -> tuple[float, Floats]:
    """Mean loss, and the chance of each class."""
    top = scores.max(1, keepdims=True)
    powers = np.exp(scores - top)
    total = powers.sum(1, keepdims=True)
    return float(np.mean(np.log(total[:, 0]) + top[:, 0] - scores[np.arange(len(y)), y])), powers / total


def accuracy(scores: Floats, y: Labels) -> float:
    """Share of the rows whose highest score is the right one."""
    return float((scores.argmax(1) == y).mean())


class Optimizer:
    """SGD with momentum 0.9, or Adam.

    Args:
        network: Whose weights it changes, in place.
        recipe: Names the rule and its strength.
    """

    def __init__(self, network: Network, recipe: Recipe) -> None:
        self.network, self.recipe, self.taken = network, recipe, 0
        self.first = [np.zeros_like(w) for w in network.weights]
        self.second = [np.zeros_like(w) for w in network.weights]

    def step(self, gradients: Sequence[Floats]) -> float:
        """Change the weights, and give the learning rate that was used."""
        self.taken += 1
        warm = min(1.0, self.taken / 30)
        rate = self.recipe.lr * warm * (0.5 + 0.5 * np.cos(np.pi * (self.taken - 1) / self.recipe.steps))
        for weight, gradient, m, v in zip(self.network.weights, gradients, self.first, self.second, strict=True):
            slope = gradient + np.float32(self.recipe.weight_decay) * weight
            if self.recipe.optimizer == "sgd":
                m[:] = 0.9 * m + slope
                weight -= rate * m
            else:
                m[:] = 0.9 * m + 0.1 * slope
                v[:] = 0.999 * v + 0.001 * slope**2
                unbiased = m / (1 - 0.9**self.taken), v / (1 - 0.999**self.taken)
                weight -= rate * unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8)
        return float(rate)


def classify(out: Path, recipe: Recipe, data: Digits) -> None:
    """Train one network and log it. A diverged run ends failed, as it would for anybody."""
    config = asdict(recipe)
    for name in ("name", "question", "group", "job_type"):
        del config[name]
    tags = ["digits", "linear" if not recipe.hidden else "mlp"]
    try:
        with rg.init(
            dir=out,
            project="digits",
            name=recipe.name,
            id=recipe.name,
            group=recipe.group,
            job_type=recipe.job_type,
            tags=[*tags, "noisy"] if recipe.wrong_labels else tags,
            notes=f"{recipe.question}\n",
            seeds={"all": recipe.seed},
            system_metrics=SAMPLING,
            config=config | {"data": {"name": "digits", "train": len(data.y), "validate": len(data.val_y)}},
        ) as run:
            train(run, recipe, data)
    except FloatingPointError:
        print(f"{recipe.name}: failed, as it is meant to")
    forget_who(run.path)


def train(run: rg.Run, recipe: Recipe, clean: Digits) -> None:
    """The training loop.

    Raises:
        FloatingPointError: The loss has been no number for 20 steps.
    """
    rng = np.random.default_rng(recipe.seed)
    data = clean.with_wrong_labels(recipe.wrong_labels, rng) if recipe.wrong_labels else clean
    network = Network([64, *recipe.hidden, 10], rng)
    optimizer = Optimizer(network, recipe)
    run.summary["parameters"] = sum(w.size for w in network.weights)
    best, lost = (0.0, 0), 0
    for step in range(recipe.steps):
        batch = rng.integers(0, len(data.y), 64)
        with np.errstate(all="ignore"):  # one of the recipes diverges on purpose
            loss, score, gradients = network.gradients(data.x[batch], data.y[batch])
            norm = float(np.sqrt(sum(np.sum(g.astype(np.float64) ** 2) for g in gradients)))
            rate = optimizer.step(gradients)
        row: dict[str, Any] = {"train/loss": loss, "train/acc": score, "train/grad_norm": norm, "lr": rate}
        last = step == recipe.steps - 1
        if step % 10 == 9 or last:
            found = validate(network, data)
            row |= found
            best = max(best, (found["val/acc"], -step))
        if step % (recipe.steps // 4 or 1) == recipe.steps // 4 - 1 or last:
            row |= media(network, data)
        run.log(row, step=step)
        lost = 0 if np.isfinite(loss) else lost + 1
        if lost == 20:
            run.notes += f"\nThe loss was last finite at step {step - 20}. The run stays as an example of a failure.\n"
            raise FloatingPointError(f"the loss has not been a number for {lost} steps")
    run.summary["best_val_acc"], run.summary["best_step"] = best[0], -best[1]
    run.notes += findings(recipe, best[0], network, data)


def validate(network: Network, data: Digits) -> dict[str, float]:
    """Loss and accuracy on the validation pictures."""
    with np.errstate(all="ignore"):
        scores = network.layers(data.val_x)[-1]
        return {"val/loss": cross_entropy(scores, data.val_y)[0], "val/acc": accuracy(scores, data.val_y)}


def findings(recipe: Recipe, best: float, network: Network, data: Digits) -> str:
    """What came out, in Markdown, from the run's own numbers."""
    scores = network.layers(data.val_x)[-1]
    final = accuracy(scores, data.val_y)
    wrong = round((1 - final) * len(data.val_y))
    error = 100 * np.sqrt(final * (1 - final) / len(data.val_y))
    text = f"""
**Result:** {100 * final:.1f} % of {len(data.val_y)} validation pictures are right at the end ({wrong} are wrong); \
the best step had {100 * best:.1f} %.

The standard error of such a share is {error:.1f} points, so differences of less than about {2 * error:.1f} points \
between runs say little. The best step was chosen on the same pictures and flatters the run.
"""
    if recipe.wrong_labels:
        seen = accuracy(network.layers(data.x)[-1], data.y)
        text += f"""
On its own training labels, wrong ones included, the network reaches {100 * seen:.1f} %; it cannot know which are \
wrong, and pays with a much higher `val/loss` than the runs with clean labels.
"""
    return text


# ---- what the digits runs log besides numbers


def media(network: Network, data: Digits) -> dict[str, Any]:
    """Mistakes, the first layer's weights, and the commonest confusions."""
    scores = network.layers(data.val_x)[-1]
    _, chances = cross_entropy(scores, data.val_y)
    given = scores.argmax(1)
    wrong = np.flatnonzero(given != data.val_y)
    worst = wrong[np.argsort(-chances[wrong, given[wrong]])][:8]
    mistakes = [
        rg.Image(
            enlarged(255 - 255 * data.val_x[i].reshape(8, 8), 8),
            caption=f"{data.val_y[i]} read as {given[i]}, {100 * chances[i, given[i]]:.0f} % sure",
        )
        for i in worst
    ]
    logged: dict[str, Any] = {
        "val/confusions": confusions(given, data.val_y),
        "weights/first_layer": rg.Image(weight_sheet(network.weights[0]), caption="Blue: for, red: against"),
    }
    return logged | ({"val/mistakes": mistakes} if mistakes else {})


def confusions(given: Labels, right: Labels) -> str:
    """The commonest confusions in words."""
    wrong = given != right
    pairs, counts = np.unique(np.stack([right[wrong], given[wrong]], 1), axis=0, return_counts=True)
    lines = [f"{wrong.sum()} of {len(right)} wrong"]
    for i in np.argsort(-counts, kind="stable")[:6]:
        times = "once" if counts[i] == 1 else f"{counts[i]} times"
        lines.append(f"{pairs[i, 0]} read as {pairs[i, 1]}: {times}")
    return "\n".join(lines)


def enlarged(picture: npt.NDArray[Any], factor: int) -> Bytes:
    """A small picture with each pixel repeated."""
    return np.kron(np.round(picture), np.ones((factor, factor))).clip(0, 255).astype(np.uint8)


def weight_sheet(weights: Floats) -> Bytes:
    """The first 32 units' weights as 8 x 8 tiles, eight in a row: (rows * 36, 288, 3), blue above zero, red below."""
    units = weights.T[:32].reshape(-1, 8, 8)
    rows = -(-len(units) // 8)
    sheet = np.full((rows * 36, 288, 3), 255, np.uint8)
    for i, unit in enumerate(units):
        share = unit / max(1e-12, float(np.abs(unit).max()))
        paper = np.stack([1 - share.clip(0, 1), 1 - np.abs(share), 1 + share.clip(-1, 0)], -1)
        tile = np.kron(np.round(255 * paper), np.ones((4, 4, 1)))
        y, x = i // 8 * 36 + 2, i % 8 * 36 + 2
        sheet[y : y + 32, x : x + 32] = tile.astype(np.uint8)
    return sheet


# ---- nearest neighbours: no training, but much to look at

NEIGHBOURS = "nearest-neighbours"
COUNTS = (1, 2, 3, 5, 8, 13, 21, 34)
"""How many neighbours have a say, step by step."""


def ask_neighbours(out: Path, data: Digits) -> None:
    """Let the most similar training pictures vote on each validation picture, and log who votes wrongly."""
    with rg.init(
        dir=out,
        project="digits",
        name=NEIGHBOURS,
        id=NEIGHBOURS,
        group="baseline",
        job_type="vote",
        tags=["digits", "no training"],
        notes="How far does one get without any training, by the votes of the most similar pictures?\n",
        system_metrics=False,
        config={
            "counts": list(COUNTS),
            "distance": "euclidean",
            "data": {"name": "digits", "validate": len(data.val_y)},
        },
    ) as run:
        distances = np.stack([np.sqrt(((data.x - picture) ** 2).sum(1)) for picture in data.val_x])
        order = np.argsort(distances, axis=1, kind="stable")
        scores: list[float] = []
        for step, count in enumerate(COUNTS):
            votes = np.stack([np.bincount(data.y[near], minlength=10) for near in order[:, :count]])
            read = votes.argmax(1)
            scores.append(float((read == data.val_y).mean()))
            run.log(
                {
                    "neighbours": count,
                    "val/acc": scores[-1],
                    "distance/farthest_voter": rg.Histogram(
                        np.take_along_axis(distances, order[:, count - 1 : count], 1)
                    ),
                    "val/misread": misread(data, distances, order[:, :count], votes),
                    "val/by_digit": by_digit(data, read, count),
                },
                step=step,
            )
        run.log({"val/acc_by_neighbours": rg.Figure(drawn_scores(scores))}, step=len(COUNTS) - 1)
        best = COUNTS[int(np.argmax(scores))]
        run.summary.update({"best_neighbours": best, "distance/all": rg.Histogram(distances)})
        voters = "the nearest one decides" if best == 1 else f"the {best} nearest vote"
        run.notes += f"\n**Result:** {100 * max(scores):.1f} % of the validation pictures are right where {voters}.\n"
    forget_who(run.path)


def misread(data: Digits, distances: Floats, near: Labels, votes: Labels) -> rg.Table:
    """The pictures that were read wrongly, with the votes that did it."""
    table = rg.Table(columns=["picture", "digit", "read as", "share of votes", "nearest", "distance", "voters"])
    read = votes.argmax(1)
    for i in np.flatnonzero(read != data.val_y)[:30]:
        nearest = near[i, 0]
        table.add_data(
            digit(data.val_x[i]),
            data.val_y[i],
            read[i],
            votes[i].max() / votes[i].sum(),
            digit(data.x[nearest]),
            distances[i, nearest],
            data.y[near[i]].tolist(),
        )
    return table


def digit(pixels: Floats) -> rg.Image:
    """One picture of a digit, black on white."""
    return rg.Image(enlarged(255 - 255 * pixels.reshape(8, 8), 5))


def by_digit(data: Digits, read: Labels, count: int) -> Any:
    """How many pictures of each digit are read rightly, as a figure of plotly."""
    import plotly.graph_objects as go

    digits = [str(digit) for digit in range(10)]
    right = [int(((read == data.val_y) & (data.val_y == digit)).sum()) for digit in range(10)]
    wrong = [int(((read != data.val_y) & (data.val_y == digit)).sum()) for digit in range(10)]
    bars = [go.Bar(x=digits, y=right, name="right"), go.Bar(x=digits, y=wrong, name="wrong")]
    layout = {"title": f"Validation pictures, votes of {count}", "barmode": "stack", "xaxis": {"title": "digit"}}
    return go.Figure(bars, layout=layout | {"yaxis": {"title": "pictures"}})


def drawn_scores(scores: Sequence[float]) -> Any:
    """Accuracy by the number of voters, as a figure of matplotlib."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.6))
    axes = figure.add_subplot()
    axes.plot(COUNTS, scores, "o-", label="validation")
    axes.set_xscale("log")
    axes.set_xlabel("neighbours with a vote")
    axes.set_ylabel("share read rightly")
    axes.legend()
    return figure


# ---- palette: redraw a photograph with few colours, by k-means

PICTURES = (("flower", 8), ("china", 16))
"""Photographs that come with scikit-learn, and how many colours each is given."""


def reduce_colours(out: Path, picture: str, colours: int) -> None:
    """Find the colours that redraw a photograph best, and log each iteration."""
    photo = np.asarray(Pillow.fromarray(load_sample_image(f"{picture}.jpg")).resize((320, 213)))
    with rg.init(
        dir=out,
        project="palette",
        name=f"{picture}-{colours}",
        id=f"{picture}-{colours}",
        group=picture,
        job_type="k-means",
        tags=["palette", f"{colours} colours"],
        notes=f"Redraw `{picture}.jpg` (320 × 213) with {colours} colours, by k-means in RGB.\n",
        seeds={"start": 3},
        system_metrics=SAMPLING,
        config={"picture": picture, "colours": colours, "seed": 3, "tolerance": 0.02, "size": [320, 213]},
    ) as run:
        with tempfile.TemporaryDirectory() as scratch:  # as one would log a picture that lies on disk
            Pillow.fromarray(photo).save(f"{scratch}/original.jpg", quality=85)
            run.log({"original": rg.Image(f"{scratch}/original.jpg", caption="Original")}, step=0)
        for step, (palette, labels, row) in enumerate(k_means(photo.reshape(-1, 3), colours, 3)):
            done = row["moved"] < 0.02
            if step in (0, 1, 2, 4, 8, 16, 32, 64) or done:
                redrawn = np.round(palette[labels]).astype(np.uint8).reshape(photo.shape)
                row |= {"redrawn": rg.Image(redrawn, caption=f"{colours} colours, iteration {step}")}
                row |= {"palette": shares(palette, labels)}
            run.log(row, step=step)
        run.summary["iterations"] = step
        run.notes += (
            f"\n**Result:** the colours stop moving after {step} iterations, at {row['psnr']:.1f} dB. "
            "k-means finds a local optimum; another seed may end elsewhere.\n"
        )
    forget_who(run.path)


def k_means(pixels: Bytes, colours: int, seed: int) -> Iterator[tuple[npt.NDArray[np.float64], Labels, dict[str, Any]]]:
    """Lloyd's iterations until no colour moves by 0.02: the palette, each pixel's colour, and the metrics."""
    points = pixels.astype(np.float64)
    rng = np.random.default_rng(seed)
    palette = points[rng.choice(len(points), colours, replace=False)]
    moved = np.inf
    while moved >= 0.02:
        distances = (points**2).sum(1)[:, None] - 2 * points @ palette.T + (palette**2).sum(1)
        labels = distances.argmin(1)
        error = float(np.mean((points - palette[labels]) ** 2))
        counts = np.bincount(labels, minlength=colours)
        sums = np.stack([np.bincount(labels, points[:, c], colours) for c in range(3)], 1)
        better = np.where(counts[:, None] > 0, sums / np.maximum(1, counts)[:, None], palette)
        moved = float(np.abs(better - palette).max())
        yield (
            palette,
            labels,
            {
                "rmse": error**0.5,
                "psnr": 10 * float(np.log10(255**2 / error)),
                "moved": moved,
                "share/largest": float(counts.max() / len(points)),
                "share/smallest": float(counts.min() / len(points)),
            },
        )
        palette = better


def shares(palette: npt.NDArray[np.float64], labels: Labels) -> str:
    """The colours with their shares of the pixels, commonest first."""
    counts = np.bincount(labels, minlength=len(palette))
    return "\n".join(
        "#{:02x}{:02x}{:02x} {:5.1f} %".format(*np.round(palette[i]).astype(int), 100 * counts[i] / len(labels))
        for i in np.argsort(-counts, kind="stable")
    )


if __name__ == "__main__":
    main()
