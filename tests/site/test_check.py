"""`check` finds what a build or a reader would trip over."""

import shutil

import pytest

from reportgen.site.build import build
from reportgen.site.check import check
from reportgen.site.options import BuildOptions


@pytest.fixture
def run_dir(log_run, pictures):
    return log_run(extra=[{"img": pictures}])


@pytest.fixture
def site(tmp_path, run_dir):
    return build([run_dir], BuildOptions().with_values({"output": str(tmp_path / "out")}, "test")).path.parent


def codes(path):
    return [problem.code for problem in check(path)[1]]


def test_a_sound_run_and_a_sound_site_have_nothing_wrong(run_dir, site):
    assert check(run_dir) == ("1 run", [])
    looked_at, problems = check(site)
    assert problems == []
    assert looked_at.startswith("site of ")


def test_a_missing_picture_and_a_bad_line_are_found(run_dir):
    next((run_dir / "media").rglob("*.png")).unlink()
    with (run_dir / "history.jsonl").open("ab") as lines:
        lines.write(b'oops\n{"_step":99,"_runtime":9}\n')
    found = codes(run_dir)
    assert len(found) == 2
    assert all(code.startswith("RG3") for code in found)


def test_a_changed_picture_is_found(run_dir, site):
    next((run_dir / "media").rglob("*.png")).write_bytes(b"garbage")
    assert codes(run_dir) == ["RG324"]
    next((site / "media").rglob("*.png")).write_bytes(b"garbage")
    assert codes(site) == ["RG446"]


def test_a_missing_or_foreign_file_of_a_site_is_found(site):
    next(site.glob("data/*.js")).unlink()
    index = site / "index.html"
    index.write_text(index.read_text().replace("</body>", '<img src="https://example.org/x.png"></body>'))
    assert set(codes(site)) == {"RG441", "RG444"}


def test_a_damaged_single_file_is_found(tmp_path, run_dir):
    path = build([run_dir], BuildOptions(output=str(tmp_path / "r.html"), single_file=True)).path
    text = path.read_text()
    path.write_text(text.replace('<script type="text/plain" id="b0">', '<script type="text/plain" id="b0">%%%'))
    assert codes(path) == ["RG445"]
    path.write_text(text.replace('id="b0"', 'id="gone"'))
    assert codes(path) == ["RG445"]
    path.write_text("<p>no report</p>")
    assert codes(path) == ["RG442"]


def test_a_site_without_its_policy_is_found(site):
    index = site / "index.html"
    index.write_text(index.read_text().replace("Content-Security-Policy", "X"))
    assert "RG443" in codes(site)


def test_a_changed_script_and_twin_runs_are_found(site, run_dir):
    next(site.glob("assets/*.js")).write_text("alert(1)")
    assert codes(site) == ["RG446"]
    shutil.copytree(run_dir, run_dir.with_name("copy"))
    assert codes(run_dir.parent) == ["RG411"]


def test_problems_of_several_runs_name_theirs(run_dir, log_run):
    with (log_run(name="other") / "history.jsonl").open("ab") as lines:
        lines.write(b'oops\n{"_step":99,"_runtime":9}\n')
    (problem,) = check(run_dir.parent)[1]
    assert "other" in problem.where


def test_an_incomplete_run_is_told(run_dir):
    card = run_dir / "run.json"
    card.write_text(card.read_text().replace('"incomplete": false', '"incomplete": true,\n  "unwritten": 200'))
    _, (problem,) = check(run_dir)
    assert (problem.code, problem.what) == ("RG319", "the run is incomplete: 200 rows or media could not be written")
