"""What an artifact says of itself, and how its files and values are had back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import reportgen
from reportgen import Artifact, Histogram, Image, Run, Table
from reportgen.errors import InputKeyError, InputValueError, UsageError


@pytest.fixture
def artifact(run: Run) -> Artifact:
    """A logged artifact of two files."""
    made = Artifact("digits", "dataset")
    for name, text in (("a.txt", "1"), ("deep/b.txt", "22")):
        with made.new_file(name) as file:
            file.write(text)
    return run.log_artifact(made)


def test_what_it_says_of_itself(artifact: Artifact, run: Run) -> None:
    assert (artifact.name, artifact.source_name, artifact.version, artifact.source_version) == (
        "digits:v0",
        "digits:v0",
        "v0",
        "v0",
    )
    assert (artifact.qualified_name, artifact.project, artifact.entity) == ("p/digits:v0", "p", "")
    assert artifact.id == artifact.digest == artifact.commit_hash
    assert len(artifact.digest) == 64
    assert (artifact.size, artifact.file_count, artifact.state) == (3, 2, "COMMITTED")
    assert artifact.created_at.startswith("20")
    assert artifact.logged_by().info.id == run.id
    assert artifact.used_by() == []
    other = reportgen.init(project="p", reinit=True, system_metrics=False)
    used = other.use_artifact("digits:v0")
    other.finish()
    again = reportgen.init(project="p", system_metrics=False).use_artifact("digits")
    assert [stored.info.id for stored in again.used_by()] == [other.id]
    assert used.digest == artifact.digest


def test_one_file(artifact: Artifact) -> None:
    file = artifact.get_entry("deep/b.txt")
    assert (file.path, file.name, file.size, file.ref) == ("deep/b.txt", "deep/b.txt", 2, None)
    assert file.parent_artifact() is artifact
    assert Path(file.ref_target()).read_text() == Path(file.ref_url()).read_text() == "22"
    assert Path(file.download("here")) == Path.cwd() / "here/deep/b.txt"
    assert artifact.manifest.entries["a.txt"].size == 1
    assert [one.path for one in artifact.files(["a.txt"])] == ["a.txt"]
    with pytest.raises(InputKeyError, match=r"RG155: the artifact holds no c\.txt. It holds a\.txt, deep/b\.txt"):
        artifact.get_path("c.txt")
    with pytest.raises(InputValueError, match="RG161: digits:v0 holds 2 files"):
        artifact.file()


def test_downloads(artifact: Artifact, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(artifact.download("out"))
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.txt")} == {"a.txt", "deep/b.txt"}
    (folder / "mine.txt").write_text("m")
    (folder / "a.txt").write_text("changed")
    with pytest.raises(InputValueError, match=r"RG161: a\.txt is not what was logged"):
        artifact.verify("out")
    artifact.download("out")
    artifact.verify("out")
    assert (folder / "mine.txt").exists()
    artifact.checkout("out")
    assert not (folder / "mine.txt").exists()
    assert sorted(p.name for p in Path(artifact.download("part", path_prefix="deep/")).rglob("*.txt")) == ["b.txt"]
    monkeypatch.setenv("WANDB_ARTIFACT_DIR", "elsewhere")
    assert Path(artifact.download()) == Path.cwd() / "elsewhere" / "digits:v0"


def test_before_it_is_logged(run: Run) -> None:
    draft = Artifact("a")
    for use in (
        draft.download,
        draft.file,
        draft.verify,
        draft.new_draft,
        lambda: draft.version,
        lambda: draft.get("x"),
    ):
        with pytest.raises(UsageError, match=r"RG159: \w+ was used before the artifact a was logged"):
            use()
    assert (draft.logged_by(), draft.used_by(), draft.created_at, draft.project) == (None, [], "", "")


def test_media_come_back(run: Run) -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    table = Table(columns=["n", "text", "picture"], data=[[1, "a", Image(pixels)], [None, "b", None]])
    made = Artifact("values")
    made.add(Image(pixels, caption="seven", grouping=3), "picture")
    made["numbers"] = Histogram(np.arange(10))
    made.add(table, "tables/all")
    run.log_artifact(made)
    found = run.use_artifact("values")
    picture = found.get("picture")
    assert isinstance(picture, Image)
    assert (picture.caption, picture.grouping) == ("seven", 3)
    assert np.array_equal(np.asarray(picture.image), pixels)
    assert sum(found["numbers"].histogram) == 10
    again = found.get("tables/all")
    assert isinstance(again, Table)
    assert again.columns == ["n", "text", "picture"]
    assert again.get_column("n") == [1, None]
    assert np.array_equal(np.asarray(again.data[0][2].image), pixels)
    assert again.data[1][2] is None
    assert found.get("nothing") is None
    assert Path(found.download("all"), "picture.image.json").is_file()


def test_arrays_come_back_as_numbers(run: Run) -> None:
    digits = np.linspace(0, 1, 2 * 28 * 28).reshape(2, 28, 28, 1)
    table = Table(columns=[])
    table.add_column("x", digits)
    made = Artifact("digits", "dataset")
    made.add(table, "train")
    run.log_artifact(made)
    found = run.use_artifact("digits:latest").get("train").get_column("x", convert_to="numpy")
    assert np.allclose(found, digits, atol=1 / 254)
