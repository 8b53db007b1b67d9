"""Which files are copied into a run, under which names, and when."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reportgen import ReportgenWarning
from reportgen.errors import InputFileError, InputTypeError, InputValueError
from reportgen.log.files.saved import Saved, restored


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    (tmp_path / "run").mkdir()
    return Saved(tmp_path / "run")


def put(name: str, text: str = "x") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def copies(saved: Saved) -> dict[str, str]:
    return {
        path.relative_to(saved.folder).as_posix(): path.read_text()
        for path in sorted(saved.folder.rglob("*"))
        if path.is_file()
    }


def test_names_are_relative_to_the_working_directory(saved: Saved, tmp_path: Path) -> None:
    put("models/best.h5", "b")
    put("last.h5", "l")
    assert saved.save("models/best.h5", None, "now") == [str(saved.folder / "models/best.h5")]
    saved.save(Path("last.h5"), None, "live")
    saved.save(b"./last.h5", None, "live")
    assert copies(saved) == {"models/best.h5": "b", "last.h5": "l"}


def test_files_elsewhere_keep_their_own_name(saved: Saved, tmp_path: Path) -> None:
    put("far/away/a.txt", "a")
    put("far/b/c/d.txt", "d")
    saved.save(tmp_path / "far" / "away" / "a.txt", None, "now")
    saved.save(str(tmp_path / "far" / "b" / "*" / "d.txt"), None, "now")
    put("work/x")
    os.chdir("work")
    saved.save("../far/away/*.txt", None, "now")
    assert copies(saved) == {"a.txt": "a", "c/d.txt": "d"}


def test_a_base_of_ones_own(saved: Saved, tmp_path: Path) -> None:
    put("out/models/a/best.pt")
    saved.save("out/models/a/best.pt", "out/models", "now")
    saved.save(tmp_path / "out/models/a/best.pt", tmp_path / "out", "now")
    assert set(copies(saved)) == {"a/best.pt", "models/a/best.pt"}
    with pytest.raises(InputValueError, match=r"RG151: out/models/a/best.pt does not lie below base_path='elsewhere'"):
        saved.save("out/models/a/best.pt", "elsewhere", "now")


def test_patterns_and_folders(saved: Saved) -> None:
    for name in ("a/1.pt", "a/2.pt", "a/deep/3.pt", "a/.env", "a/.git/config", "a/4.txt"):
        put(name)
    saved.save("a/*.pt", None, "now")
    assert set(copies(saved)) == {"a/1.pt", "a/2.pt"}
    saved.save("a/**/*.pt", None, "now")
    assert set(copies(saved)) == {"a/1.pt", "a/2.pt", "a/deep/3.pt"}
    saved.save("a", None, "now")
    assert set(copies(saved)) == {"a/1.pt", "a/2.pt", "a/deep/3.pt", "a/4.txt"}
    saved.save("a/*", None, "now")
    assert "a/.env" not in copies(saved)  # hidden files are copied when they are named, and only then
    saved.save("a/.env", None, "now")
    assert "a/.env" in copies(saved)


def test_a_file_named_like_a_pattern(saved: Saved) -> None:
    put("what[1].txt", "w")
    saved.save("what[1].txt", None, "now")
    assert copies(saved) == {"what[1].txt": "w"}


def test_live_files_are_copied_again_at_the_end(saved: Saved) -> None:
    path = put("log.txt", "begun")
    saved.save("*.txt", None, "live")
    put("once.md", "first")
    saved.save("once.md", None, "now")
    path.write_text("done")
    put("later.txt", "new")
    put("once.md", "second")
    saved.finish()
    assert copies(saved) == {"log.txt": "done", "later.txt": "new", "once.md": "first"}


def test_files_of_the_end(saved: Saved) -> None:
    assert saved.save("end.txt", None, "end") == []
    put("end.txt", "e")
    assert copies(saved) == {}
    saved.finish()
    assert copies(saved) == {"end.txt": "e"}


def test_a_file_that_lies_in_the_run_already(saved: Saved) -> None:
    put("run/files/model.h5", "m")
    path = str(saved.folder / "model.h5")
    assert saved.save(path, None, "live") == [path]
    saved.finish()
    assert copies(saved) == {"model.h5": "m"}


def test_links_are_followed_and_pipes_are_not(saved: Saved) -> None:
    put("real.txt", "r")
    Path("link.txt").symlink_to("real.txt")
    os.mkfifo("pipe.txt")
    saved.save("*.txt", None, "now")
    assert copies(saved) == {"link.txt": "r", "real.txt": "r"}
    assert not (saved.folder / "link.txt").is_symlink()


def test_what_is_not_there(saved: Saved) -> None:
    with pytest.warns(ReportgenWarning, match=r"RG152: no file to save matches nothing\.txt"):
        assert saved.save("nothing.txt", None, "now") == []
    assert saved.save("later.txt", None, "live") == []
    with pytest.warns(ReportgenWarning, match=r"RG152: no file to save matches later\.txt"):
        saved.finish()
    with pytest.warns(ReportgenWarning, match="RG152: s3://bucket/x: files at an address are not saved"):
        saved.save("s3://bucket/x", None, "now")


@pytest.mark.parametrize("path", [3, None, ["a"], "", "a\0b"])
def test_what_is_no_path(path: object, saved: Saved) -> None:
    with pytest.raises((InputTypeError, InputValueError), match=r"RG151: glob_str is"):
        saved.save(path, None, "now")


def test_unknown_policy(saved: Saved) -> None:
    with pytest.raises(InputValueError, match=r"RG151: policy='later' is unknown\. Use one of live, now, end"):
        saved.save("a", None, "later")


def test_an_unreadable_file_does_not_keep_the_others(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    from reportgen.log.files import saved as module

    put("a.txt"), put("b.txt")
    saved.save("a.txt", None, "end")
    saved.save("b.txt", None, "end")
    real = module.copy_whole

    def copy(source: Path, target: Path) -> None:
        if source.name == "a.txt":
            raise PermissionError(13, "denied")
        real(source, target)

    monkeypatch.setattr(module, "copy_whole", copy)
    with pytest.raises(PermissionError):
        saved.finish()
    assert set(copies(saved)) == {"b.txt"}


# ---- getting them back


def test_files_of_other_runs_come_back(tmp_path: Path) -> None:
    put("runs/p/one/files/a/model.txt", "weights")
    run = tmp_path / "runs" / "p" / "two"
    for name in ("one", "p/one", "me/p/one"):
        with restored(run, "a/model.txt", name, replace=False, root=f"got-{len(name)}") as file:
            assert file.read() == "weights"
            assert Path(file.name) == tmp_path / f"got-{len(name)}" / "a" / "model.txt"
    put("got/a/model.txt", "mine")
    with restored(run, "a/model.txt", "one", replace=False, root="got") as file:
        assert file.read() == "mine"
    with restored(run, "a/model.txt", "one", replace=True, root="got") as file:
        assert file.read() == "weights"


def test_own_files_are_opened_where_they_lie(tmp_path: Path) -> None:
    path = put("runs/p/one/files/m.txt", "weights")
    with restored(tmp_path / "runs/p/one", "m.txt", None, replace=False, root=None) as file:
        assert Path(file.name) == path.absolute()


@pytest.mark.parametrize(
    ("name", "run"), [("m.txt", "nothing"), ("other.txt", None), ("../secret", "one"), ("", "one")]
)
def test_files_that_nobody_saved(name: str, run: str | None, tmp_path: Path) -> None:
    put("runs/p/one/files/m.txt")
    put("runs/p/one/secret")
    with pytest.raises(InputFileError, match=r"RG155: no file .* was saved"):
        restored(tmp_path / "runs/p/one", name, run, replace=False, root=None)
