import os
import tempfile
from pathlib import Path

import pytest

from reportgen.rundir.discover import find_runs
from tests.rundir.directories import write_run


def names(root: Path, *paths: Path) -> list[str]:
    found, problems = find_runs(paths or [root])
    assert problems == []
    return [str(path.relative_to(root)) for path in found]


def test_a_run_a_project_a_tree(tmp_path: Path) -> None:
    for name in ("p/r2", "p/r1", "q/deep/er/r", "p/r10"):
        write_run(tmp_path / name)
    assert names(tmp_path) == ["p/r1", "p/r10", "p/r2", "q/deep/er/r"]
    assert names(tmp_path, tmp_path / "p") == ["p/r1", "p/r10", "p/r2"]
    assert names(tmp_path, tmp_path / "p/r1") == ["p/r1"]
    assert names(tmp_path, tmp_path / "q", tmp_path / "p/r1", tmp_path) == names(tmp_path)


def test_strings_and_relative_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path / "r")
    monkeypatch.chdir(tmp_path)
    assert find_runs(["r", "./r/../r"]) == ([tmp_path / "r"], [])


def test_inside_of_a_run_and_hidden_folders_are_left_out(tmp_path: Path) -> None:
    write_run(tmp_path / "r")
    write_run(tmp_path / "r/media/inner")
    write_run(tmp_path / ".hidden/r")
    assert names(tmp_path) == ["r"]
    assert names(tmp_path, tmp_path / ".hidden") == [".hidden/r"]


def test_links_are_followed_once(tmp_path: Path) -> None:
    write_run(tmp_path / "p/run-2")
    (tmp_path / "p/latest").symlink_to("run-2")
    (tmp_path / "p/loop").symlink_to("..")
    (tmp_path / "p/self").symlink_to("self")
    (tmp_path / "p/dangling").symlink_to("nowhere")
    assert names(tmp_path) == ["p/run-2"]
    assert names(tmp_path, tmp_path / "p/latest") == ["p/latest"]
    assert names(tmp_path, tmp_path / "p/latest", tmp_path) == ["p/run-2"]
    assert names(tmp_path, tmp_path, tmp_path / "p/latest") == ["p/run-2"]


def test_links_out_of_the_tree_are_followed(tmp_path: Path) -> None:
    write_run(tmp_path / "elsewhere/r")
    (tmp_path / "here").mkdir()
    (tmp_path / "here/there").symlink_to("../elsewhere")
    assert names(tmp_path, tmp_path / "here") == ["here/there/r"]
    assert names(tmp_path, tmp_path / "here", tmp_path / "elsewhere") == ["elsewhere/r"]


def test_paths_that_hold_no_run(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    write_run(tmp_path / "r")
    found, problems = find_runs([tmp_path / "empty", tmp_path / "file", tmp_path / "none", tmp_path / "r"])
    assert found == [tmp_path / "r"]
    assert [(p.code, Path(p.where).name) for p in problems] == [
        ("RG351", "file"),
        ("RG350", "none"),
        ("RG352", "empty"),
    ]
    assert all(p.remedy for p in problems)


def test_a_run_that_lost_its_run_json(tmp_path: Path) -> None:
    write_run(tmp_path / "p/r")
    write_run(tmp_path / "p/half")
    (tmp_path / "p/half/run.json").unlink()
    found, problems = find_runs([tmp_path])
    assert found == [tmp_path / "p/r"]
    assert [(p.code, p.where) for p in problems] == [("RG301", str(tmp_path / "p/half"))]


def test_a_folder_that_may_not_be_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        write_run(root / "r")
        (root / "shut").mkdir(mode=0)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            found, problems = find_runs([root])
        finally:
            os.seteuid(user)
        assert found == [root / "r"]
        assert [(p.code, p.where) for p in problems] == [("RG303", str(root / "shut"))]


def test_deep_trees(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(200):
        folder = folder / "d"
    write_run(folder / "r")
    assert len(names(tmp_path)) == 1
