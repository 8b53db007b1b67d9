"""A run of 1,000 pictures to its finished site, against making their thumbnails alone with Pillow.

    python -m benchmarks.thumbnails [--pictures 1000] [--side 512] [--rounds 5]

The site holds pages, thumbnails and the pictures themselves. All programs run in turn; medians and lowest values
count. Goals: the site takes at most 1.3 times as long as the thumbnails alone on the same cores, and two processes
build it at least 1.7 times as fast as one. Thumbnails alone: each file opened, `thumbnail((1280, 320))`, saved as JPEG.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.measure import Cost, child

ALONE = """
import sys, io
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from PIL import Image

def make(names):
    out = Path(sys.argv[2])
    for name in names:
        with Image.open(name) as picture:
            picture.thumbnail((1280, 320))
            picture.save(out / (Path(name).stem + ".jpg"), "JPEG", quality=82)

files = sorted(map(str, Path(sys.argv[1], "media").rglob("*.png")))
jobs = int(sys.argv[3])
Path(sys.argv[2]).mkdir(parents=True)
if jobs == 1:
    make(files)
else:
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        list(pool.map(make, [files[i:i + 20] for i in range(0, len(files), 20)]))
"""

SITE = """
import sys
from reportgen.site.build import build
from reportgen.site.options import BuildOptions

if __name__ == "__main__":
    build([sys.argv[1]], BuildOptions(output=sys.argv[2], jobs=int(sys.argv[3]), max_bytes=10**12))
"""


def write_run(folder: Path, count: int, side: int) -> None:
    """A run that logged `count` pictures of `side` by `side` pixels, ten a step; they pack about as photographs do."""
    dice = np.random.default_rng(0)
    x, y = np.meshgrid(np.linspace(0, 9, side), np.linspace(0, 9, side))
    noise = dice.normal(0, 6, (side, side, 1))
    rows = []
    for step in range(count // 10):
        records = []
        for _ in range(10):
            waves = [np.sin(x * a + b) + np.cos(y * c + b) for a, b, c in dice.uniform(0.2, 3, (3, 3))]
            pixels = (60 * np.stack(waves, -1) + 128 + noise).clip(0, 255).astype(np.uint8)
            data = io.BytesIO()
            Image.fromarray(pixels).save(data, "PNG", compress_level=1)
            digest = hashlib.sha256(data.getvalue()).hexdigest()
            name = f"media/{digest[:2]}/{digest}.png"
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data.getvalue())
            records.append({"_type": "image", "file": name, "width": side, "height": side, "format": "png"})
        rows.append(json.dumps({"_step": step, "_runtime": step / 2, "val/samples": records}) + "\n")
    about = {"format": 1, "id": "many", "name": "many", "project": "bench", "state": "finished", "duration": 1.0}
    (folder / "run.json").write_text(json.dumps(about | {"created": "2026-01-01T00:00:00Z"}))
    (folder / "history.jsonl").write_text("".join(rows))


def measured(folder: Path, program: str, jobs: int) -> Cost:
    """One program over the run, into a fresh folder."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    script = folder / "program.py"
    script.write_text(program)
    # spawned processes read the program again, so it stands in a file
    launcher = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    return child(launcher, str(script), str(folder / "run"), str(out), str(jobs))


def told(name: str, costs: Sequence[Cost]) -> tuple[float, float]:
    """Print what a program took; gives its median and its lowest time."""
    seconds = [cost.seconds for cost in costs]
    middle, low = statistics.median(seconds), min(seconds)
    print(f"  {name:22} {middle:6.2f} s, at least {low:.2f} s, {max(c.peak for c in costs) / 1e6:.0f} MB")
    return middle, low


def main() -> None:
    """Write the run, alternate between the programs, print ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_run(folder / "run", given.pictures, given.side)
        size = sum(file.stat().st_size for file in (folder / "run").rglob("*.png"))
        print(
            f"{given.pictures:,} pictures of {given.side} x {given.side}, {size / 1e6:.0f} MB, {os.cpu_count()} cores"
        )
        programs = [("Pillow alone, 1 job", ALONE, 1), ("site, 1 job", SITE, 1)]
        programs += [("Pillow alone, 2 jobs", ALONE, 2), ("site, 2 jobs", SITE, 2)]
        costs: dict[str, list[Cost]] = {name: [] for name, _, _ in programs}
        for number in range(given.rounds + 1):
            for name, program, jobs in programs[:: 1 if number % 2 else -1]:
                cost = measured(folder, program, jobs)
                if number:  # the first round warms the caches of the disk
                    costs[name].append(cost)
        (a1, la1), (s1, ls1), (a2, la2), (s2, ls2) = (told(name, taken) for name, taken in costs.items())
        print(f"  1 job:  {s1 / a1:.2f} x, of the lowest {ls1 / la1:.2f} x (goal 1.3)")
        print(f"  2 jobs: {s2 / a2:.2f} x, of the lowest {ls2 / la2:.2f} x (goal 1.3)")
        print(f"  2 jobs are {s1 / s2:.2f} times as fast as 1, of the lowest {ls1 / ls2:.2f} (goal 1.7)")


if __name__ == "__main__":
    main()
