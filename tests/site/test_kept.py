"""Alerts, saved files and artifacts on the pages of a report."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

import reportgen as rg
from reportgen.site import kept
from reportgen.site.build import build
from reportgen.site.options import BuildOptions


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that makes a data set, and one that trains with it."""
    monkeypatch.chdir(tmp_path)
    Path("digits.csv").write_text("a,b\n1,2\n")
    Path("train <1>.py").write_text("print(1)")
    with rg.init(project="p", name="maker", id="maker", system_metrics=False) as run:
        made = rg.Artifact("digits", "dataset", "Digits of *two* people.", {"classes": 10})
        made.add_file("digits.csv")
        made.add_reference("https://example.org/more.csv")
        run.log_artifact(made, aliases=["clean"])
        run.alert("Few samples", "Only one row.", "WARN")
    with rg.init(project="p", name="trainer", id="trainer", system_metrics=False) as run:
        run.use_artifact("digits:latest")
        run.log({"loss": 1})
        run.save("train <1>.py")
        run.alert("Started")
        run.alert("Diverged <b>", "loss = nan", "ERROR")
        trained = rg.Artifact("net", "model")
        with trained.new_file("weights.bin", "wb") as file:
            file.write(b"w" * 100)
        run.log_artifact(trained)
    return tmp_path / "runs"


def text_of(page: str) -> str:
    """What a reader sees, without markup."""
    body = re.sub(r"(?s)<(script|style|template)\b.*?</\1>", "", page)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", body)))


def pages(runs: Path, out: Path, **options: Any) -> dict[str, str]:
    result = build([runs], BuildOptions(output=str(out), **options))
    assert not [problem for problem in result.problems if problem.severity == "error"]
    return {page.stem: page.read_text() for page in (out / "index.html", *(out / "runs").rglob("*.html"))}


def named(found: dict[str, str], name: str) -> str:
    return next(page for key, page in found.items() if key.startswith(name))


def test_alerts_stand_on_the_page_of_their_run_and_on_the_overview(runs: Path, tmp_path: Path) -> None:
    found = pages(runs, tmp_path / "site")
    trainer, overview = text_of(named(found, "trainer")), text_of(found["index"])
    assert trainer.index("Diverged <b>") < trainer.index("Started")  # the most serious first
    assert "loss = nan" in trainer
    assert "Few samples" not in trainer
    assert overview.index("Diverged <b>") < overview.index("Few samples")
    assert "<b>Diverged" not in named(found, "trainer")
    alert = re.search(r'<div class="message notice error">.*?</div>', found["index"], re.S)
    assert alert is not None
    assert re.search(r'<a href="runs/[^"]+">trainer</a>', alert[0])


def test_saved_files_are_downloads(runs: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    trainer = named(pages(runs, out), "trainer")
    (target,) = re.findall(r'<a href="(\.\./files/[^"]+)" download="train &lt;1&gt;\.py">', trainer)
    assert (out / "runs" / target).resolve().read_text() == "print(1)"
    assert Path(target).name == "train-1.py"


def test_a_single_file_carries_saved_files(runs: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    build([runs], BuildOptions(output=str(out), single_file=True))
    assert 'download="train &lt;1&gt;.py"' in out.read_text()


def test_large_files_are_listed_but_not_carried(runs: Path, tmp_path: Path) -> None:
    trainer = named(pages(runs, tmp_path / "site", max_file=3), "trainer")
    assert not re.search(r'href="[^"]*train', trainer)
    assert "above 3 B, so not carried: files/train <1>.py in the run" in text_of(trainer)
    assert not (tmp_path / "site/files").exists()


def test_artifacts_name_the_runs_that_made_and_used_them(runs: Path, tmp_path: Path) -> None:
    found = pages(runs, tmp_path / "site")
    for name in ("index", "maker", "trainer"):
        page = named(found, name)
        text = text_of(page)
        assert "digits:v0 latest clean dataset, 2 files" in text or "digits:v0 clean latest dataset, 2 files" in text
        assert "Made by maker" in text
        assert "Used by trainer" in text
    overview = found["index"]
    assert "<em>two</em>" in overview
    assert "https://example.org/more.csv" in text_of(overview)
    assert re.search(r'<a href="runs/[^"]*">maker</a>', overview)
    assert "made by this run" in text_of(named(found, "maker"))
    assert "used by this run" in text_of(named(found, "trainer"))
    assert "net:v0" not in text_of(named(found, "maker"))
    assert "Used by no run" in text_of(named(found, "trainer"))


def test_an_artifact_whose_maker_is_not_in_the_report(runs: Path, tmp_path: Path) -> None:
    (trainer,) = (path for path in (runs / "p").iterdir() if path.name.startswith("trainer"))
    text = text_of(named(pages(trainer, tmp_path / "site"), "trainer"))
    assert "digits:v0" in text
    assert "Made by maker" in text
    assert "Its run is not part of this report." in text


def test_folders_of_the_machine_are_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret place"
    secret.mkdir()
    (secret / "data.csv").write_text("1")
    with rg.init(project="p", name="first", system_metrics=False) as run:
        artifact = rg.Artifact("data", "dataset")
        artifact.add_reference(f"file://{secret}/data.csv")
        run.log_artifact(artifact)
    for page in pages(tmp_path / "runs", tmp_path / "site").values():
        assert "secret place" not in html.unescape(page)
        assert "elsewhere: …/data.csv" in text_of(page)


def test_a_manifest_that_is_gone_is_a_problem_and_no_end(runs: Path, tmp_path: Path) -> None:
    maker = runs / "p" / "maker"
    manifests = [json.loads(line).get("manifest") for line in (maker / "events.jsonl").read_text().splitlines()]
    for name in filter(None, manifests):
        (maker / name).unlink()
    result = build([runs], BuildOptions(output=str(tmp_path / "site")))
    (problem,) = [problem for problem in result.problems if problem.code.startswith("RG32")]
    assert "maker" in str(problem)
    assert "digits:v0" in text_of((tmp_path / "site/index.html").read_text())


def test_long_lists_are_cut_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(kept, "SHOWN_FILES", 3)
    with rg.init(project="p", name="first", system_metrics=False) as run:
        artifact = rg.Artifact("data", "dataset")
        for number in range(5):
            Path(f"{number}.txt").write_text(str(number))
            artifact.add_file(f"{number}.txt")
            run.alert(f"alert {number}")
        run.save("*.txt")
        run.log_artifact(artifact)
    text = text_of(named(pages(tmp_path / "runs", tmp_path / "site"), "first"))
    assert "2 more lie in the folder files of the run." in text
    assert "2 more alerts" in text
    assert "5 files" in text
    assert "4.txt" not in text


def test_runs_that_keep_nothing_have_no_such_sections(log_run: Any, tmp_path: Path) -> None:
    log_run()
    for page in pages(tmp_path / "runs", tmp_path / "site").values():
        assert 'class="notices"' not in page
        assert ">Files</h2>" not in page
        assert ">Artifacts</h2>" not in page
