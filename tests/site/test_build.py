"""Whole builds: both deliveries, the same bytes every time, and a site from whatever could be read."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import reportgen as rg
from reportgen.errors import BuildError
from reportgen.site.build import build
from reportgen.site.check import check
from reportgen.site.options import BuildOptions
from tests.site.conftest import manifest


def options(tmp_path, name="out", **values):
    return BuildOptions().with_values({"output": str(tmp_path / name), **values}, "test")


def tree(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def three_runs(log_run, pictures, runs_root):
    log_run(name="a", rows=3000, extra=[{"img": pictures, "note": "text"}], config={"lr": 0.1})
    log_run(name="b", rows=40, extra=[{"train/loss": float("nan")}, {"train/loss": float("inf")}], config={"lr": 0.2})
    log_run(name="c", rows=0)
    return runs_root


def test_a_folder_has_an_overview_and_a_page_per_run(tmp_path, three_runs):
    result = build([three_runs], options(tmp_path))
    assert (result.pages, result.path.name) == (4, "index.html")
    made = tree(tmp_path / "out")
    assert sum(name.startswith("runs/") for name in made) == 3
    assert result.files == len(made)
    assert result.bytes == sum(len(data) for data in made.values())
    assert check(tmp_path / "out")[1] == []


def test_a_single_file_holds_everything(tmp_path, three_runs):
    result = build([three_runs], options(tmp_path, "r.html", single_file=True))
    assert result.path.name == "r.html"
    assert result.bytes == result.path.stat().st_size
    pages = manifest(result.path.read_text())["pages"]
    assert list(pages) == ["overview", "run/0", "run/1", "run/2"]
    assert check(result.path)[1] == []


@pytest.mark.parametrize("single", [False, True])
def test_the_same_runs_give_the_same_bytes(tmp_path, three_runs, single):
    first = tmp_path / ("1.html" if single else "1")
    build([three_runs], options(tmp_path, first.name, single_file=single))
    moved = tmp_path / "elsewhere" / "copy"
    shutil.copytree(three_runs, moved)
    again = tmp_path / ("2.html" if single else "2")
    program = (
        "from reportgen.cli import main; import sys\n"
        "if __name__ == '__main__': sys.exit(main(sys.argv[1:]))"  # spawned workers import this again
    )
    script = tmp_path / "build.py"
    script.write_text(program)
    words = ["build", str(moved), "-o", str(again), "--jobs", "4", *(["--single-file"] if single else [])]
    environment = os.environ | {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run([sys.executable, str(script), *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (first.read_bytes() == again.read_bytes()) if single else (tree(first) == tree(again))


def test_nothing_private_reaches_the_report(tmp_path, three_runs, runs_root):
    for path in runs_root.glob("*/*/run.json"):
        about = json.loads(path.read_text())
        about["private"] = {"user": "PLANTED-user", "host": "PLANTED-host", "cwd": "/PLANTED/cwd"}
        path.write_text(json.dumps(about))
        places = {"data": "/home/PLANTED-user/sets", "out": ["/PLANTED/cwd/out"], "kept": "/PLANET/x"}
        (path.parent / "config.json").write_text(json.dumps(places))
        summary = json.loads((path.parent / "summary.json").read_text())
        (path.parent / "summary.json").write_text(json.dumps(summary | {"best": "/PLANTED/cwd/best.pt"}))
    with next(runs_root.glob("*/*/history.jsonl")).open("ab") as lines:
        lines.write(b"{torn")
    build([three_runs], options(tmp_path))
    for data in tree(tmp_path / "out").values():
        assert b"PLANTED" not in data
        assert str(tmp_path).encode() not in data
    page = next((tmp_path / "out" / "runs").glob("*.html")).read_text()
    assert "~/sets" in page
    assert "./out" in page
    assert "/PLANET/x" in page


def test_nothing_in_the_run_directories_is_touched(tmp_path, three_runs):
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in three_runs.rglob("*")}
    build([three_runs], options(tmp_path))
    assert {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in three_runs.rglob("*")} == before


def test_bad_runs_cost_themselves_only(tmp_path, three_runs, runs_root):
    newer = runs_root / "demo" / "newer"
    newer.mkdir()
    (newer / "run.json").write_text('{"format": 99, "id": "newer"}')
    torn = sorted(runs_root.glob("*/*/history.jsonl"))[0]
    with torn.open("ab") as lines:
        lines.write(b"garbage\n" + b'{"_step":9')
    result = build([three_runs], options(tmp_path))
    codes = {p.code for p in result.problems}
    assert result.pages == 4
    assert len(codes) >= 3
    assert "99" in " ".join(p.what for p in result.problems)
    overview = result.path.read_text()
    assert all(code in overview for code in codes)


def test_two_runs_with_one_id_are_both_shown(tmp_path, log_run, runs_root):
    path = log_run(name="a")
    shutil.copytree(path, path.with_name("copy"))
    result = build([runs_root], options(tmp_path))
    assert (result.pages, [p.code for p in result.problems]) == (3, ["RG411"])


def test_nothing_to_read_is_an_error_that_says_where(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BuildError, match=r"RG3.*empty"):
        build([tmp_path / "empty"], options(tmp_path))


def test_an_output_inside_a_run_is_refused(tmp_path, log_run):
    run = log_run()
    with pytest.raises(BuildError, match="RG407"):
        build([run], BuildOptions(output=str(run / "site")))
    assert not (run / "site").exists()


def test_runs_that_none_can_be_read_make_no_report(tmp_path, log_run, runs_root):
    (log_run() / "run.json").write_text('{"format": 99, "id": "newer"}')
    with pytest.raises(BuildError, match="RG302"):
        build([runs_root], options(tmp_path))
    assert not (tmp_path / "out").exists()


def test_problems_name_their_run_and_no_place_on_this_machine(tmp_path, log_run, runs_root, monkeypatch):
    run = log_run(name="torn")
    with (run / "history.jsonl").open("ab") as lines:
        lines.write(b"garbage\n")
    stray = runs_root / "demo" / "stray"
    stray.mkdir()
    (stray / "history.jsonl").write_text("{}\n")
    result = build([runs_root, tmp_path / "nowhere"], options(tmp_path))
    assert all(str(run) in p.where for p in result.problems if p.code == "RG311")
    text = result.path.read_text()
    assert run.name in text.split('id="problems"')[1]
    assert str(tmp_path) not in text


def test_problems_read_the_same_when_the_folder_is_named_by_a_dot(tmp_path, log_run, runs_root, monkeypatch):
    with (log_run(name="torn") / "history.jsonl").open("ab") as lines:
        lines.write(b"garbage\n")
    monkeypatch.chdir(runs_root)
    text = build(["."], options(tmp_path)).path.read_text()
    assert "history.jsonl, line 31" in text.split('id="problems"')[1]


def test_control_characters_do_not_reach_a_page(tmp_path, log_run, runs_root):
    log_run(name="a\x00b", extra=[{"k\x01": 1.0, "t": "x\x1b[0m"}])
    for data in tree(build([runs_root], options(tmp_path)).path.parent).values():
        assert not set(data) & {0, 1, 27} or b"<!DOCTYPE" not in data[:20]


def test_a_failed_run_says_why(tmp_path, runs_root):
    with pytest.raises(ValueError, match="boom"), rg.init(project="demo", dir=runs_root, system_metrics=False):
        raise ValueError("boom <b>")
    build([runs_root], options(tmp_path))
    assert "ValueError: boom &lt;b&gt;" in next((tmp_path / "out" / "runs").glob("*.html")).read_text()


def test_a_report_above_its_budget_names_the_largest_items(tmp_path, log_run, runs_root):
    noise = rg.Image(np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8))
    log_run(extra=[{"noise": noise}])
    result = build([runs_root], options(tmp_path, max_bytes=100_000))
    (problem,) = result.problems
    assert (problem.code, problem.severity) == ("RG430", "warning")
    assert "media/" in problem.where
    assert "--max-bytes" in problem.remedy


def test_hostile_keys_and_texts_stay_text(tmp_path, log_run, runs_root):
    evil = "<b>&\"'</script><script>alert(1)</script>"
    log_run(
        name=evil,
        notes=evil[3:],
        tags=[evil],
        config={evil: evil},
        extra=[{evil: 1.0, "t": evil}],
        summary={evil: evil},
    )
    for single in (False, True):
        result = build([runs_root], options(tmp_path, "r.html" if single else "out", single_file=single, title=evil))
        text = result.path.read_text()
        assert "alert(1)</script>" not in text
        assert "<b>&" not in text


def test_a_report_of_the_paper_theme_builds(tmp_path, three_runs):
    text = build([three_runs], options(tmp_path, theme="paper")).path.read_text()
    assert 'data-style="paper"' in text
