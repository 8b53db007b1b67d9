"""What pictures cost: the calling thread's share, and how long until all are on disk, as ratios of encoding them."""

from __future__ import annotations

import io
import statistics
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow

import reportgen
from reportgen.media.sources import SAVED

COUNT = 200
"""Pictures of one round."""

SIDE = 256


class Costs(NamedTuple):
    """Seconds.

    Attributes:
        encode: One PNG encode, on the calling thread; median.
        call: Making and logging one picture: what the calling thread spends; median.
        call_p99: The same, 99th percentile.
        one_by_one: Encoding all pictures of a round, one after the other; of the best round, because two threads
            suffer twice when somebody else uses a core.
        stored: From the first call until all of them are on disk; of the best round.
    """

    encode: float
    call: float
    call_p99: float
    one_by_one: float
    stored: float


def measured(folder: Path, kind: str, rounds: int = 7) -> Costs:
    """Log noise, whose files cannot be made smaller.

    Args:
        folder: Where the run goes.
        kind: "uint8", or "float32" for values from 0 to 1, which have to be scaled.
        rounds: How often encoding and logging take turns; the first does not count.
    """
    random = np.random.default_rng(0)
    encodes: list[float] = []
    calls: list[float] = []
    one_by_one: list[float] = []
    stored: list[float] = []
    clock = time.perf_counter
    with reportgen.init(project="media", dir=folder, system_metrics=False, reinit="create_new") as run:
        for turn in range(rounds):
            noise = random.integers(0, 256, (COUNT, SIDE, SIDE, 3), np.uint8)
            arrays = list(noise if kind == "uint8" else (noise / np.float32(255)))
            encoded, called = [], []
            for picture in noise:
                began = clock()
                Pillow.fromarray(picture).save(io.BytesIO(), "PNG", **SAVED["PNG"])
                encoded.append(clock() - began)
            first = clock()
            for array in arrays:
                began = clock()
                run.log({"picture": reportgen.Image(array)})
                called.append(clock() - began)
            run.flush()
            total = clock() - first
            if turn:
                encodes += encoded
                calls += called
                one_by_one.append(sum(encoded))
                stored.append(total)
    calls.sort()
    return Costs(
        statistics.median(encodes),
        statistics.median(calls),
        calls[len(calls) * 99 // 100],
        min(one_by_one),
        min(stored),
    )
