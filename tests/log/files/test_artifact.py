"""What goes into an artifact, under which names, and when it is taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import reportgen
from reportgen import Artifact, Image, Run
from reportgen.errors import InputFileError, InputTypeError, InputValueError, UsageError

Start = Callable[..., Run]


def put(name: str, text: str = "x") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_files_folders_and_what_is_written(run: Run) -> None:
    put("a.csv", "1,2")
    put("data/b/c.txt", "c")
    artifact = Artifact("digits", "dataset", "About *it*", {"rows": np.int64(3)})
    artifact.add_file("a.csv")
    artifact.add_file(Path("a.csv"), name="copies/other.csv")
    artifact.add_dir("data")
    artifact.add_dir("data", name="more")
    with artifact.new_file("made/notes.txt") as text:
        text.write("ü")
    with artifact.new_file("made/raw.npz", mode="wb") as raw:
        np.savez(raw, x=np.arange(3))
        assert raw.name.endswith("raw.npz")
    assert [file.path for file in artifact.files()] == [
        *("a.csv", "b/c.txt", "copies/other.csv", "made/notes.txt", "made/raw.npz", "more/b/c.txt"),
    ]
    assert (artifact.file_count, artifact.is_draft(), artifact.state, artifact.name) == (6, True, "PENDING", "digits")
    assert artifact.size == sum(file.size for file in artifact.files())
    assert artifact.metadata == {"rows": 3}
    assert "a.csv" in artifact
    run.log_artifact(artifact)
    folder = Path(artifact.download())
    assert folder == Path.cwd() / "artifacts" / "digits:v0"
    assert (folder / "made/notes.txt").read_text(encoding="utf-8") == "ü"
    assert np.load(folder / "made/raw.npz")["x"].tolist() == [0, 1, 2]
    assert (folder / "more/b/c.txt").read_text() == "c"


def test_a_file_is_taken_when_it_is_added(run: Run) -> None:
    path = put("model.pt", "first")
    artifact = Artifact("model", "model")
    artifact.add_file(path)
    path.unlink()
    with artifact.new_file("x") as file:
        file.write("temporary")
    assert not Path(file.name).exists()
    run.log_artifact(artifact)
    assert Path(artifact.get_path("model.pt").download()).read_text() == "first"


def test_before_init_it_is_taken_when_it_is_logged(start: Start) -> None:
    put("model.pt", "first")
    artifact = Artifact("model", "model")
    artifact.add_file("model.pt")
    with artifact.new_file("x") as file:
        file.write("kept")
    artifact.add(Image(np.zeros((3, 4))), "picture")
    before = artifact.digest
    start(project="p").log_artifact(artifact)
    assert Path(artifact.get_path("model.pt").download()).read_text() == "first"
    assert Path(artifact.get_path("x").download()).read_text() == "kept"
    assert before != artifact.digest  # the picture has joined


def test_a_file_that_changes_before_there_is_a_run(start: Start) -> None:
    changed, gone = Artifact("a"), Artifact("b")
    changed.add_file(put("changed.pt", "first"))
    gone.add_file(put("gone.pt"))
    put("changed.pt", "something else")
    Path("gone.pt").unlink()
    run = start(project="p")
    with pytest.raises(UsageError, match="RG156: the file was changed after it was added"):
        run.log_artifact(changed)
    with pytest.raises(InputFileError, match=r"RG155: the file has gone since it was added"):
        run.log_artifact(gone)


def test_the_same_name_twice(run: Run) -> None:
    artifact = Artifact("digits")
    artifact.add_file(put("a", "1"))
    artifact.add_file("a")  # the same content
    put("a", "2")
    with pytest.raises(InputValueError, match=r"RG158: the artifact holds a already"):
        artifact.add_file("a")
    artifact.add_file("a", overwrite=True)
    with pytest.raises(InputValueError, match=r"RG158"), artifact.new_file("a"):
        pass
    artifact.add_dir(put("d/a", "3").parent, merge=True)
    artifact.remove("a")
    assert artifact.files() == []
    with pytest.raises(InputFileError, match=r"RG155: the artifact holds no a. It is empty"):
        artifact.remove("a")


def test_references(run: Run) -> None:
    put("far/a.txt", "aa")
    put("far/b/c.txt", "b")
    artifact = Artifact("sets")
    artifact.add_reference("far/a.txt")
    artifact.add_reference((Path.cwd() / "far").as_uri(), name="all")
    artifact.add_reference("far", name="quick", checksum=False)
    artifact.add_reference("s3://bucket/huge.bin", name="huge")
    names = {file.path: file for file in artifact.files()}
    assert set(names) == {"a.txt", "all/a.txt", "all/b/c.txt", "huge", "quick/a.txt", "quick/b/c.txt"}
    assert names["huge"].ref == "s3://bucket/huge.bin"
    assert names["all/b/c.txt"].size == 1
    assert names["quick/b/c.txt"].digest == ""
    run.log_artifact(artifact)
    assert not list(run.path.rglob("*.txt"))
    assert Path(artifact.get_path("all/a.txt").download()).read_text() == "aa"
    with pytest.raises(
        UsageError, match=r"RG157: huge is a reference to s3://bucket/huge.bin; reportgen opens no connec"
    ):
        artifact.download()
    folder = Path(artifact.download("here", allow_missing_references=True))
    assert sorted(path.name for path in folder.rglob("*.txt")) == ["a.txt", "a.txt", "a.txt", "c.txt", "c.txt"]
    put("far/a.txt", "changed")
    with pytest.raises(UsageError, match=r"RG157: the file that all/a.txt refers to was changed since"):
        artifact.get_path("all/a.txt").download("there")
    with pytest.raises(InputFileError, match=r"RG155: there is no such file or folder"):
        Artifact("x").add_reference("nowhere")


def test_what_cannot_be_added(run: Run) -> None:
    artifact = Artifact("digits")
    for name in ("nothing", "runs"):
        with pytest.raises(InputFileError, match=r"RG155: there is no such file"):
            artifact.add_file(name)
    with pytest.raises(InputFileError, match=r"RG155: there is no such folder"):
        artifact.add_dir("nothing")
    for name in ("../out", "/", "a/../../b", "a\\b"):
        with pytest.raises(InputValueError, match=r"RG158: .* is no name of a file in an artifact"):
            artifact.add_file(put("a"), name=name)
    with pytest.raises(InputTypeError, match=r"RG158: add takes a media value, not a dict"):
        artifact.add({}, "x")
    with pytest.raises(InputValueError, match=r"RG158: mode='r'"), artifact.new_file("x", mode="r"):
        pass


def test_a_block_that_fails_adds_nothing(run: Run) -> None:
    artifact = Artifact("digits")
    with pytest.raises(TypeError, match="str"), artifact.new_file("x") as file:
        file.write(3)
    assert artifact.files() == []


@pytest.mark.parametrize("name", ["", "a b", "a/b", "ü:v0", 3, None, "x" * 129])
def test_names_of_artifacts(name: object) -> None:
    with pytest.raises(InputValueError, match=r"RG158: no artifact can be named"):
        Artifact(name)  # type: ignore[arg-type]


def test_types_of_arguments() -> None:
    with pytest.raises(InputTypeError, match=r"RG158: the type of an artifact is a word"):
        Artifact("a", 3)  # type: ignore[arg-type]
    with pytest.raises(InputTypeError, match=r"RG158: metadata is a list"):
        Artifact("a", metadata=[1])  # type: ignore[arg-type]
    assert Artifact("a").type == "unspecified"
    assert repr(Artifact("a", "model")) == "<reportgen.Artifact a model>"


# ---- after it was logged


def test_files_of_a_logged_artifact_are_final(run: Run) -> None:
    artifact = Artifact("digits")
    artifact.add_file(put("a"))
    run.log_artifact(artifact)
    artifact.finalize()
    assert artifact.wait() is artifact
    for change in (lambda: artifact.add_file("a", "b"), lambda: artifact.remove("a"), lambda: artifact.add_dir("runs")):
        with pytest.raises(UsageError, match="RG160: digits:v0 is logged; its files do not change any more"):
            change()
    with pytest.raises(UsageError, match="RG147: reportgen deletes no artifact"):
        artifact.delete()


def test_what_is_added_to_a_used_one_makes_the_next_version(run: Run) -> None:
    artifact = Artifact("digits")
    artifact.add_file(put("a", "1"))
    run.log_artifact(artifact, aliases=["best"])
    used = run.use_artifact("digits:best")
    used.add_file(put("b", "2"))
    assert (used.name, used.aliases, used.is_draft()) == ("digits", [], True)
    used.save()
    assert (used.name, used.aliases) == ("digits:v1", ["latest"])
    assert sorted(path.name for path in Path(used.download()).iterdir()) == ["a", "b"]
    draft = used.new_draft()
    draft.remove("a")
    run.log_artifact(draft)
    assert (draft.name, draft.file_count) == ("digits:v2", 1)


def test_what_is_said_of_it_may_change(run: Run) -> None:
    artifact = Artifact("digits", metadata={"rows": 1})
    artifact.add_file(put("a"))
    artifact.save()
    artifact.aliases.append("champion")
    artifact.metadata["rows"] = 2
    artifact.description = "new"
    artifact.save()
    run.finish()
    found = reportgen.init(project="q", system_metrics=False).use_artifact("p/digits:champion")
    assert (found.metadata, found.description) == ({"rows": 2}, "new")
    assert set(found.aliases) == {"champion", "latest"}


def test_without_a_run_nothing_can_be_saved() -> None:
    with pytest.raises(UsageError, match=r"RG101: reportgen\.Artifact\.save was used before init"):
        Artifact("a").save()
