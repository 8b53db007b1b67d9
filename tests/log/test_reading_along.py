"""Who reads or builds a run while it is being written meets what was there up to the last whole row, and no error."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import reportgen
from reportgen.site.build import build
from reportgen.site.check import check
from reportgen.site.options import BuildOptions
from tests.log import scripts
from tests.log.scripts import START

WRITER = (
    START
    + """
import os, time
import numpy as np
child = os.fork()
n = 0
end = time.monotonic() + 300
while time.monotonic() < end and not os.path.exists('stop'):
    if child == 0:
        run.log({'worker': n})
    else:
        run.log({'a': n, 'b': -n}) if n % 50 else run.log({'a': n, 'b': -n, 'note': 'text ' * 200})
        if n % 500 == 0:
            run.log({'picture': rg.Image(np.full((8, 8), n % 256, np.uint8))}, commit=False)
            run.config.update({'n': n}, allow_val_change=True)
            run.summary['assigned'] = n
            run.notes = f'at {n} ' + 'x' * (n % 5000)
    n += 1
    if n > 20_000: time.sleep(0.002)
if child == 0: os._exit(0)
os.waitpid(child, 0)
"""
)


def test_reading_a_run_that_is_being_written(tmp_path: Path) -> None:
    process = scripts.start(WRITER, tmp_path)
    folder = tmp_path / "runs/p/r"
    assert process.stdout is not None
    process.stdout.readline()
    counts = []
    try:
        while len(counts) < 15 or counts[-1] < 5_000:
            run = reportgen.read_run(folder)
            assert run.info.state == "running"
            assert [problem for problem in run.problems if problem.code != "RG310"] == []
            a, b = run.history.get("a"), run.history.get("b")
            if a is None or b is None or a.values is None or b.values is None:
                continue
            counts.append(len(a))
            assert np.array_equal(a.values, np.arange(len(a)))
            assert np.array_equal(b.values, -a.values)  # a row is there whole, or not at all
            assert run.summary["a"] == a.values[-1]
            for record in run.history["picture"].records if "picture" in run.history else ():
                assert run.media_path(record["file"]).stat().st_size > 50
            assert sum(1 for row in run.history.rows() if "a" in row) == len(a)
    finally:
        (tmp_path / "stop").touch()
        process.communicate(timeout=120)
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]
    assert process.returncode == 0
    done = reportgen.read_run(folder)
    assert done.problems == ()
    assert np.array_equal(done.history["a"].values, np.arange(len(done.history["a"])))
    assert np.array_equal(done.history["worker"].values, np.arange(len(done.history["worker"])))


def test_building_a_report_of_a_run_that_is_being_written(tmp_path: Path) -> None:
    process = scripts.start(WRITER, tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        for number in range(3):
            result = build([tmp_path / "runs"], BuildOptions(output=str(tmp_path / f"site{number}")))
            assert [problem for problem in result.problems if problem.code != "RG310"] == []
            _, problems = check(tmp_path / f"site{number}")
            assert problems == []
            _, problems = check(tmp_path / "runs")
            assert [problem for problem in problems if problem.code != "RG310"] == []
    finally:
        (tmp_path / "stop").touch()
        process.communicate(timeout=120)
    assert process.returncode == 0
