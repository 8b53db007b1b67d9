"""What others do to the files of a run that is being written: they move, cut, remove or replace them."""

from __future__ import annotations

from pathlib import Path

import pytest

import reportgen
from tests.log import scripts
from tests.log.test_faults import BEGIN, WAIT, done, values

MOVES = {
    "the folder": ("os.rename('runs/p/r', 'elsewhere')", "elsewhere"),
    "the folder of all runs": ("os.rename('runs', 'old')", "old/p/r"),
    "another run is there": (
        "os.rename('runs/p/r', 'elsewhere'); rg.init(project='p', id='r', reinit='create_new')",
        "",
    ),
}


@pytest.mark.parametrize("soon", [True, False], ids=["noticed at the end", "noticed meanwhile"])
@pytest.mark.parametrize("how", MOVES)
def test_a_run_directory_that_is_moved(how: str, soon: bool, tmp_path: Path) -> None:
    """The run goes on at its new place, and leaves nothing at the old one."""
    move, place = MOVES[how]
    script = f"""
import numpy as np, pathlib
open('mine.txt', 'w').write('one')
run.save('mine.txt')
run.alert('one')
def row(n): return {{'a': n}} if n % 50 else {{'a': n, 'picture': rg.Image(np.full((8, 8), n, np.uint8))}}
for n in range(100): run.log(row(n))
{move}
end = time.monotonic() + 20
while {not soon} and run.path == pathlib.Path('runs/p/r').resolve() and time.monotonic() < end: time.sleep(0.01)
for n in range(100, 200): run.log(row(n))
run.alert('two')
run.config['rate'] = 0.1
open('mine.txt', 'w').write('two')
run.finish()
print(run.path)
"""
    ended = scripts.finish(BEGIN + ("" if soon else WAIT) + script, tmp_path)
    assert ended.returncode == 0, ended.stderr
    folder = tmp_path / (place or "elsewhere")
    assert ended.stdout.strip() == str(folder)
    assert ended.stderr.count("RG139") == 1
    assert ended.stderr.count("RG1") == 1
    assert f"run finished: {place or 'elsewhere'} " in ended.stderr
    stored = reportgen.read_run(folder)
    assert values(stored) == list(range(200))
    assert len(stored.history["picture"]) == 4
    assert all((folder / row["picture"]["file"]).is_file() for row in scripts.rows(folder) if "picture" in row)
    assert [alert.title for alert in stored.events.alerts] == ["one", "two"]
    assert (folder / "files/mine.txt").read_text() == "two"
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", False, ())
    assert stored.config == {"rate": 0.1}
    assert list(folder.rglob("*.part")) == []
    assert not (folder / "run.owner").exists()
    assert (tmp_path / "runs/p/r").exists() == (not place)
    if not place:
        assert reportgen.read_run(tmp_path / "runs/p/r").history.lines == 0


def test_a_child_of_a_run_that_is_moved(tmp_path: Path) -> None:
    script = """
child = os.fork()
if child == 0:
    for n in range(10): run.log({'b': n})
    open('logged', 'w').close()
    while not os.path.exists('moved'): time.sleep(0.01)
    for n in range(10, 20): run.log({'b': n})
    run.finish()
    os._exit(0)
while not os.path.exists('logged'): time.sleep(0.01)
os.rename('runs/p/r', 'elsewhere')
open('moved', 'w').close()
os.waitpid(child, 0)
run.finish()
"""
    ended = scripts.finish(BEGIN + script, tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert not (tmp_path / "runs/p/r").exists()
    stored = reportgen.read_run(tmp_path / "elsewhere")
    assert values(stored, "b") == list(range(20))
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", False, ())


CUTS = {
    "emptied": ("open(name, 'w').close()", list(range(100, 200))),
    "cut in a line": ("os.truncate(name, os.path.getsize(name) - 5)", [*range(99), *range(101, 200)]),
    "overwritten": (
        "text = open(name).read(); open(name, 'w').write(text.replace(chr(34), '~'))",
        list(range(100, 200)),
    ),
}


@pytest.mark.parametrize(
    ("file", "when", "how"),
    [
        *((file, "meanwhile", how) for how in CUTS for file in ("history.jsonl", "system.jsonl", "events.jsonl")),
        *(("events.jsonl", "at the end", how) for how in CUTS),
        ("history.jsonl", "at the end", "emptied"),
        ("history.jsonl", "at the end", "overwritten"),
    ],
)
def test_a_file_that_somebody_cuts(file: str, when: str, how: str, tmp_path: Path) -> None:
    cut, left = CUTS[how]
    script = f"""
import json
from reportgen.log import background
run.finish()
background.SECONDS, background.FIRST_SAMPLE = (0.05, 0.01) if {when == "meanwhile"} else (30, 0.01)
run = rg.init(project='p', id='s', system_metrics=0.02 if {file == "system.jsonl"} else False)
name = 'runs/p/s/{file}'
for n in range(100): run.log({{'a': n}})
for n in range(3): run.alert(f'alert {{n}}')
while not os.path.exists(name) or not os.path.getsize(name): time.sleep(0.01)
time.sleep(0.3)  # so that it is looked at
{cut}
end = time.monotonic() + 20
while {when == "meanwhile"} and not json.load(open('runs/p/s/run.json'))['incomplete'] and time.monotonic() < end:
    time.sleep(0.01)
for n in range(100, 200): run.log({{'a': n}})
run.alert('last')
run.finish()
"""
    ended = scripts.finish(BEGIN + script, tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("RG140") == 1
    assert ended.stderr.count("RG1") == 1
    stored = reportgen.read_run(tmp_path / "runs/p/s")
    assert (stored.info.state, stored.info.incomplete) == ("finished", True)
    if file != "history.jsonl":
        left = list(range(200))
    elif how == "cut in a line" and when == "meanwhile":
        left = [*range(99), *range(100, 200)]  # what was left of a line ate no other
    assert values(stored) == left
    assert stored.summary["a"] == 199
    assert stored.events.alerts[-1].title == "last"


@pytest.mark.parametrize("soon", [True, False], ids=["noticed at the end", "noticed meanwhile"])
@pytest.mark.parametrize("how", ["os.remove(name)", "open('new', 'w').write('mine'); os.replace('new', name)"])
def test_a_file_that_is_removed_or_replaced(how: str, soon: bool, tmp_path: Path) -> None:
    """As editors do. All of it is known, so nothing is lost."""
    script = f"""
name = 'runs/p/r/history.jsonl'
for n in range(100): run.log({{'a': n}})
{how}
end = time.monotonic() + 20
while {not soon} and time.monotonic() < end and (not os.path.exists(name) or os.path.getsize(name) < 10):
    time.sleep(0.01)
for n in range(100, 200): run.log({{'a': n}})
run.finish()
"""
    ended, stored = done(BEGIN + ("" if soon else WAIT) + script, tmp_path)
    assert ended.stderr.count("RG138: history.jsonl: removed, or replaced by another file") == 1
    assert values(stored) == list(range(200))
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", False, ())
