"""Versions, aliases and lineage follow from what runs tell, in the order of their times."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reportgen.errors import RunDirError
from reportgen.rundir.artifacts import (
    Catalogue,
    Entry,
    Told,
    Version,
    catalogue_below,
    digest_of,
    is_inside,
    manifest_bytes,
    read_manifest,
)
from reportgen.rundir.events import ArtifactEvent


def event(action: str, digest: str, time: float, name: str = "digits", **more: object) -> ArtifactEvent:
    return ArtifactEvent(action, name, more.pop("version", 0), digest, time=time, **more)  # type: ignore[arg-type]


def told(run: str, *events: ArtifactEvent, project: str = "p") -> Told:
    return Told(Path("/runs", project, run), project, run, events)


def test_content_makes_versions() -> None:
    found = Catalogue(
        [
            told("second", event("logged", "bb", 2, version=1)),
            told("first", event("logged", "aa", 1)),
            told("third", event("logged", "aa", 3, aliases=("best",))),
        ]
    )
    first, second = found.versions
    assert (first.label, first.digest, first.aliases) == ("digits:v0", "aa", ["latest", "best"])
    assert (second.label, second.digest, second.aliases) == ("digits:v1", "bb", [])
    assert first.makers == [("p", "first"), ("p", "third")]
    assert first.folder == Path("/runs/p/first")
    assert found.number_for("p", "digits", "aa") == 0
    assert found.number_for("p", "digits", "cc") == 2
    assert found.number_for("p", "other", "cc") == 0
    assert found.names() == ["p/digits"]


def test_two_runs_that_took_the_same_number() -> None:
    found = Catalogue([told("a", event("logged", "aa", 1)), told("b", event("logged", "bb", 2))])
    assert [(version.number, version.digest) for version in found.versions] == [(0, "aa"), (1, "bb")]


def test_an_alias_belongs_to_one_version() -> None:
    found = Catalogue(
        [
            told("a", event("logged", "aa", 1, aliases=("best",)), event("changed", "aa", 4, aliases=("best", "old"))),
            told("b", event("logged", "bb", 2, version=1, aliases=("best",))),
        ]
    )
    assert [version.aliases for version in found.versions] == [["best", "old"], ["latest"]]


def test_changes_of_what_is_said() -> None:
    change = event("changed", "aa", 2, description="new", metadata={"a": 2})
    found = Catalogue([told("a", event("logged", "aa", 1, description="old", metadata={"a": 1}), change)])
    (version,) = found.versions
    assert (version.description, version.metadata, version.aliases) == ("new", {"a": 2}, ["latest"])


def find(found: Catalogue, wanted: str, project: str = "p") -> str | None:
    version = found.find(wanted, project)
    return None if version is None else f"{version.project}/{version.label}"


def test_names_that_mean_a_version() -> None:
    found = Catalogue(
        [
            told("a", event("logged", "aa", 1, aliases=("best",)), event("logged", "bb", 2, version=1)),
            told("x", event("logged", "cc", 3), event("logged", "dd", 4, name="model"), project="q"),
            told("y", event("linked", "aa", 5, target="registry/champion"), event("linked", "bb", 6, target="lone")),
        ]
    )
    assert find(found, "digits") == "p/digits:v1"
    assert find(found, "digits:latest") == "p/digits:v1"
    assert find(found, "digits:v0") == "p/digits:v0"
    assert find(found, "digits:best") == "p/digits:v0"
    assert find(found, "q/digits:v0") == "q/digits:v0"
    assert find(found, "me/q/digits") == "q/digits:v0"
    assert find(found, "model") == "q/model:v0"  # of another project, as this one has none
    assert find(found, "registry/champion:latest") == "p/digits:v0"
    assert find(found, "org/registry/champion") == "p/digits:v0"
    assert find(found, "lone") == "p/digits:v1"
    for nothing in ("digits:v7", "digits:worst", "p/model", "nothing", "digits:v", ""):
        assert find(found, nothing) is None


def test_who_used_what() -> None:
    used = event("used", "aa", 2, project="p", run="a")
    found = Catalogue([told("a", event("logged", "aa", 1)), told("b", used, used), told("c", used, project="q")])
    (version,) = found.versions
    assert version.users == [("p", "b"), ("q", "c")]


def test_events_about_what_nobody_logged() -> None:
    assert Catalogue([told("a", event("used", "aa", 1), event("linked", "aa", 1, target="x"))]).versions == []


# ---- files


def test_the_same_files_have_the_same_digest() -> None:
    one, two = Entry("a", 1, "x", "media/aa"), Entry("b/c", 0, "", "", "/somewhere")
    assert manifest_bytes([one, two]) == manifest_bytes([two, one])
    assert digest_of(manifest_bytes([one])) != digest_of(manifest_bytes([one, two]))


def test_a_manifest_comes_back(tmp_path: Path) -> None:
    entries = (Entry("a", 1, "x", "media/aa"), Entry("b/c", 0, "", "", "/somewhere"))
    (tmp_path / "m.json").write_bytes(manifest_bytes(entries))
    assert read_manifest(tmp_path, "m.json") == entries


@pytest.mark.parametrize(
    "files",
    [3, [3], [{"path": 3}], [{}], [{"path": "../x"}], [{"path": "/etc/passwd"}], [{"path": "a", "size": "b"}]],
)
def test_a_damaged_manifest(files: object, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps({"files": files}))
    with pytest.raises(RunDirError, match="RG326: the list of an artifact's files is damaged"):
        read_manifest(tmp_path, "m.json")


def test_names_that_stay_inside() -> None:
    for good in ("a", "a/b.c", "…/ü", "a b", ".hidden"):
        assert is_inside(good)
    for bad in ("", "/a", "a//b", "a/", "..", "a/../b", "./a", "C:/a", "C:a", "a\\b", "\\\\host\\a", "a\0b"):
        assert not is_inside(bad)


def test_a_folder_of_runs(tmp_path: Path) -> None:
    for name, digest, time in (("one", "aa", 1.0), ("two", "bb", 2.0)):
        run = tmp_path / "p" / name
        run.mkdir(parents=True)
        (run / "run.json").write_text(json.dumps({"project": "shapes", "id": name}))
        (run / "events.jsonl").write_text(json.dumps(event("logged", digest, time).to_row()) + "\nbroken\n")
    (tmp_path / "p" / "three").mkdir()
    (tmp_path / "p" / "three" / "run.json").write_text("{}")
    found = catalogue_below(tmp_path)
    assert [(v.project, v.number, v.folder.name) for v in found.versions] == [
        ("shapes", 0, "one"),
        ("shapes", 1, "two"),
    ]
    assert all(isinstance(version, Version) for version in found.versions)
