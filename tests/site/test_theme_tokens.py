"""Colours, sizes and fonts: one place owns them, and they can be told apart and read."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT

THEMES = ROOT / "themes"
TOKENS = {name: (THEMES / name / "styles" / "tokens.css").read_text(encoding="utf-8") for name in ("default", "paper")}
ELSEWHERE = [
    path
    for path in sorted(THEMES.rglob("*"))
    if path.suffix in (".css", ".js", ".html") and "vendor" not in path.parts and path.name != "tokens.css"
]

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
)
TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
    ]
)


def declared(css):
    """Name to value of the variables in a piece of CSS; the last one counts."""
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", css))


def grounds():
    """The colours of each ground, by its name."""
    text = TOKENS["default"]
    light = declared(text.split("@media (min-width: 100rem)")[0])
    dark = light | declared(text.split(':root[data-theme="dark"]')[1].split("}")[0])
    return {"light": light, "dark": dark, "paper": declared(TOKENS["paper"].split("@media")[0])}


def linear(colour):
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def smallest_distance(colours, seen=None):
    """The smallest distance of any two colours in OKLab, as seen through a deficiency."""
    rgb = [np.clip((np.eye(3) if seen is None else seen) @ linear(c), 0, 1) for c in colours]
    lab = [TO_LAB @ np.cbrt(TO_LMS @ c) for c in rgb]
    return min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(lab, 2))


@pytest.mark.parametrize("ground", ["light", "dark", "paper"])
def test_series_can_be_told_apart_and_seen(ground):
    values = grounds()[ground]
    colours = [values[f"--series-{n}"] for n in range(1, 9)]
    assert smallest_distance(colours) >= 0.12
    assert smallest_distance(colours, PROTANOPIA) >= 0.09
    assert smallest_distance(colours, DEUTERANOPIA) >= 0.09
    assert min(contrast(c, values[under]) for c in colours for under in ("--bg", "--bg-sunk")) >= 3.3


@pytest.mark.parametrize("ground", ["light", "dark", "paper"])
@pytest.mark.parametrize(
    ("ink", "under", "least"),
    [
        *(
            (ink, under, 4.5)
            for ink in ("--ink", "--ink-2", "--ink-3")
            for under in ("--bg", "--bg-sunk", "--bg-raised")
        ),
        *((ink, under, 4.5) for ink in ("--danger", "--warn") for under in ("--bg", "--bg-sunk")),
        ("--danger", "--danger-bg", 4.5),
        ("--ink", "--danger-bg", 4.5),
        ("--edge", "--bg", 3),
        ("--edge", "--bg-sunk", 3),
        ("--focus", "--bg", 3),
        ("--focus", "--bg-sunk", 3),
    ],
)
def test_contrast(ground, ink, under, least):
    values = grounds()[ground]
    assert contrast(values[ink], values[under]) >= least


def test_both_dark_sets_are_the_same():
    by_system, by_choice = (
        TOKENS["default"].split("@media (prefers-color-scheme: dark)")[1].split(':root[data-theme="dark"]')
    )
    assert declared(by_system) == declared(by_choice.split("}")[0])


def test_print_is_as_light_as_paper_is():
    printed = declared(TOKENS["default"].split("@media print")[1])
    assert set(declared(TOKENS["default"].split('[data-theme="dark"]')[1].split("}")[0])) <= set(printed)
    assert printed["--bg"] == "#ffffff"


def test_paper_names_the_same_tokens_as_default():
    assert set(declared(TOKENS["paper"])) == set(declared(TOKENS["default"]))


SET_IN_PLACE = {"--at", "--ratio", "--w", "--c", "--d", "--h", "--gap", "--ticks", "--to", "--rows", "--low"}
SET_IN_PLACE |= {"--true", "--n", "--lines", "--border", "--gain"}  # galleries and the viewer
"""Variables that carry a value of one element: where a tick stands, how wide a picture is."""


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda p: str(Path(p).relative_to(THEMES)))
def test_every_variable_that_is_used_is_declared(path):
    used = set(re.findall(r"var\((--[\w-]+)", path.read_text(encoding="utf-8")))
    own = set(re.findall(r"(--[\w-]+)\s*:", path.read_text(encoding="utf-8")))
    assert used <= set(declared(TOKENS["default"])) | SET_IN_PLACE | own
