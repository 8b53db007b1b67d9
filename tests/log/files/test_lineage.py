"""Artifacts between runs: versions, aliases, who made and who used them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import reportgen
from reportgen import Artifact, ReportgenWarning, Run
from reportgen.errors import InputFileError, InputTypeError, InputValueError, UsageError
from reportgen.rundir.artifacts import catalogue_below
from tests.log import scripts

Start = Callable[..., Run]


def made(text: str, name: str = "digits") -> Artifact:
    artifact = Artifact(name, "dataset")
    with artifact.new_file("data.txt") as file:
        file.write(text)
    return artifact


def data(artifact: Artifact) -> str:
    return Path(artifact.get_path("data.txt").download("got")).read_text()


def test_each_content_is_a_version(start: Start) -> None:
    run = start(project="p", name="one")
    assert run.log_artifact(made("a")).name == "digits:v0"
    assert run.log_artifact(made("b")).name == "digits:v1"
    run.finish()
    other = start(project="p", name="two")
    again = other.log_artifact(made("a"), aliases="best")
    assert (again.name, set(again.aliases)) == ("digits:v0", {"latest", "best"})
    assert other.log_artifact(made("c")).version == "v2"
    assert {name: data(other.use_artifact(name)) for name in ("digits", "digits:v1", "digits:best")} == {
        **{"digits": "c", "digits:v1": "b", "digits:best": "a"},
    }
    other.finish()
    found = catalogue_below(Path("runs"))
    assert [(v.label, len(v.makers), len(v.users)) for v in found.versions] == [
        *(("digits:v0", 2, 1), ("digits:v1", 1, 1), ("digits:v2", 1, 1)),
    ]


def test_projects_have_artifacts_of_their_own(start: Start) -> None:
    run = start(project="p")
    run.log_artifact(made("of p"))
    run.finish()
    run = start(project="q")
    assert data(run.use_artifact("digits")) == "of p"
    run.log_artifact(made("of q"))
    assert data(run.use_artifact("digits:latest")) == "of q"
    assert data(run.use_artifact("p/digits:latest")) == "of p"
    assert data(run.use_artifact("me/p/digits:v0", type="dataset")) == "of p"


def test_what_is_not_there(start: Start) -> None:
    run = start(project="p")
    with pytest.raises(
        InputValueError, match=r"RG162: no run below .*runs has logged the artifact 'digits:v3'.*There is none"
    ):
        run.use_artifact("digits:v3")
    run.log_artifact(made("a"))
    with pytest.raises(InputValueError, match=r"There are p/digits"):
        run.use_artifact("digits:v3")
    with pytest.raises(InputValueError, match="RG162: digits:v0 is of type 'dataset', not 'model'"):
        run.use_artifact("digits", type="model")
    with pytest.raises(InputTypeError, match="RG162: use_artifact takes a name, not an int"):
        run.use_artifact(3)  # type: ignore[arg-type]


def test_an_artifact_of_a_path(run: Run) -> None:
    Path("a.txt").write_text("a")
    Path("folder").mkdir()
    Path("folder/b.txt").write_text("b")
    file = run.log_artifact("a.txt", name="single", type="dataset", aliases=["x"])
    assert (file.name, file.type, [one.path for one in file.files()]) == ("single:v0", "dataset", ["a.txt"])
    assert run.log_artifact(Path("folder")).name == f"run-{run.id}-folder:v0"
    assert run.log_artifact("s3://bucket/x", name="far").files()[0].ref == "s3://bucket/x"
    with pytest.raises(InputFileError, match="RG155"):
        run.log_artifact("nothing.txt")
    with pytest.raises(InputTypeError, match="RG158: log_artifact takes an Artifact or a path, not an int"):
        run.log_artifact(3)  # type: ignore[arg-type]


def test_models(run: Run) -> None:
    Path("m.pt").write_text("weights")
    Path("both").mkdir()
    for name in ("a", "b"):
        Path("both", name).write_text(name)
    assert run.log_model("m.pt", "net", aliases=["epoch-1"]).type == "model"
    run.log_model(Path("both"), name="pair")
    assert Path(run.use_model("net:epoch-1")).read_text() == "weights"
    assert sorted(path.name for path in Path(run.use_model("pair")).iterdir()) == ["a", "b"]


def test_second_names(run: Run) -> None:
    with pytest.warns(ReportgenWarning, match="RG166: link_artifact: digits:v0 is also called me/registry/best"):
        linked = run.link_artifact(made("a"), "me/registry/best", aliases=["prod"])
    assert data(run.use_artifact("registry/best")) == "a"
    assert data(run.use_artifact("registry/best:prod")) == "a"
    linked.link("registry/other")  # said once
    Path("m.pt").write_text("w")
    assert run.link_model("m.pt", "registry/net").version == "v0"
    with pytest.raises(InputValueError, match="RG162"):
        run.link_artifact(linked, "")


def test_an_artifact_that_is_used_before_it_is_logged(run: Run) -> None:
    artifact = made("a")
    assert run.use_artifact(artifact) is artifact
    assert artifact.version == "v0"
    events = reportgen.read_run(run.path).events.artifacts
    assert [event.action for event in events] == ["logged", "used"]


def test_logging_one_again_only_names_it(run: Run) -> None:
    artifact = run.log_artifact(made("a"))
    assert run.log_artifact(artifact, aliases=["best"]) is artifact
    assert set(artifact.aliases) == {"latest", "best"}
    assert run.use_artifact("digits:best").version == "v0"


def test_after_the_end(run: Run) -> None:
    artifact = run.log_artifact(made("a"))
    run.finish()
    for call in (
        lambda: run.log_artifact(made("b")),
        lambda: run.use_artifact("digits"),
        lambda: run.link_artifact(artifact, "x"),
    ):
        with pytest.raises(UsageError, match="RG102"):
            call()
    assert data(artifact) == "a"  # what was logged is there


def test_a_disabled_run_keeps_nothing(start: Start) -> None:
    run = start(project="p")
    run.log_artifact(made("a"))
    run.finish()
    run = start(project="p", mode="disabled")
    artifact = run.log_artifact(made("b"), aliases=["best"])
    assert (artifact.name, artifact.file_count, "best" in artifact.aliases) == ("digits:v0", 1, True)
    assert data(run.use_artifact("digits")) == "a"
    assert len(catalogue_below(Path("runs")).versions) == 1


def test_files_that_cannot_be_stored_are_no_version(run: Run) -> None:
    artifact = Artifact("digits")
    artifact._contents["x"] = reportgen.log.files.contents.Waiting(Path("gone"), (0, 0))  # type: ignore[attr-defined]
    with pytest.raises(InputFileError):
        run.log_artifact(artifact)
    assert not (run.path / "events.jsonl").exists()


def test_several_processes_at_the_same_time(tmp_path: Path) -> None:
    code = """
import reportgen as rg, sys
run = rg.init(project="p", system_metrics=False)
for i in range(10):
    a = rg.Artifact("shared")
    with a.new_file("x") as f: f.write(f"{sys.argv[1]} {i}")
    run.log_artifact(a)
"""
    running = [scripts.start(f"import sys; sys.argv = ['', '{n}']\n{code}", tmp_path) for n in range(3)]
    for process in running:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    versions = catalogue_below(tmp_path / "runs").versions
    assert [version.number for version in versions] == list(range(30))
    told = [
        event.version
        for folder in (tmp_path / "runs" / "p").iterdir()
        for event in reportgen.read_run(folder).events.artifacts
    ]
    assert sorted(told) == list(range(30))  # each got a number of its own at once
