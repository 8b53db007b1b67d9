"""What a run can do besides rows: what of it is stored, shown to nobody but the report, and refused when it is over."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import reportgen
from reportgen import AlertLevel, ReportgenWarning, Run
from reportgen.errors import InputTypeError, InputValueError, UsageError, WriteError
from tests.log import scripts

Start = Callable[..., Run]


def files(run: Run) -> set[str]:
    return {file.name for file in reportgen.read_run(run.path).files}


def test_alerts(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.log({"a": 1})
    run.alert("Low accuracy", "It is 0.2.", AlertLevel.WARN)
    run.alert("Low accuracy", "It is 0.1.")  # within a minute: not again
    run.alert(title="Low accuracy", text="now", wait_duration=0)
    reportgen.alert("Done", level="error")
    run.alert("x" * 5000, "y" * 50_000)
    assert capsys.readouterr().err == ""
    found = reportgen.read_run(run.path).events.alerts
    assert [(one.title[:12], one.text[:10], one.level, one.step) for one in found] == [
        ("Low accuracy", "It is 0.2.", "WARN", 1),
        ("Low accuracy", "now", "INFO", 1),
        ("Done", "", "ERROR", 1),
        ("x" * 12, "y" * 10, "INFO", 1),
    ]
    assert (len(found[3].title), len(found[3].text)) == (1000, 20_000)
    with pytest.raises(InputValueError, match="RG150: level='LOUD'"):
        run.alert("a", level="LOUD")
    with pytest.raises(InputTypeError, match="RG150: title is an int, not text"):
        run.alert(3)  # type: ignore[arg-type]


def test_an_alert_survives_the_death_of_the_process(tmp_path: Path) -> None:
    scripts.finish(scripts.START + "run.alert('Low', 'text'); import os; os.kill(os.getpid(), 9)", tmp_path)
    assert [one.title for one in scripts.left_behind(tmp_path / "runs/p/r").events.alerts] == ["Low"]


def test_files_of_ones_own(run: Run) -> None:
    Path("a.txt").write_text("a")
    assert run.save("a.txt") == [str(run.path / "files" / "a.txt")]
    assert run.save() is True
    reportgen.save("*.txt", policy="now")
    Path(run.dir, "model.h5").write_text("written there")
    assert Path(run.dir).is_relative_to(run.path)
    assert run.save(os.path.join(run.dir, "model.h5")) == [str(run.path / "files" / "model.h5")]  # noqa: PTH118
    Path("a.txt").write_text("changed")
    with run.restore("a.txt") as restored:
        assert restored.read() == "a"
    run.finish()
    assert files(run) == {"a.txt", "model.h5"}
    assert (run.path / "files/a.txt").read_text() == "changed"


def test_code(run: Run) -> None:
    Path("train.py").write_text("x = 1")
    Path("notes.md").write_text("x")
    assert run.log_code() == ["files/code/train.py"]
    assert run.log_code(".", include_fn=lambda path: path.endswith(".md")) == ["files/code/notes.md"]
    run.finish()
    assert files(run) == {"code/train.py", "code/notes.md"}


def test_a_full_disk_does_not_end_the_training(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    from reportgen.log.files import saved

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    Path("a.txt").write_text("a")
    monkeypatch.setattr(saved, "copy_whole", full)
    run = start(project="p")
    with pytest.warns(ReportgenWarning, match="RG114: the run could not be written: No space left on device"):
        assert run.save("a.txt") == []
    run.finish()
    assert reportgen.read_run(run.path).info.incomplete
    strict = start(project="p", strict=True)
    with pytest.raises(WriteError, match="RG115"):
        strict.save("a.txt")


def test_a_finished_run_refuses(run: Run) -> None:
    Path("a.txt").write_text("a")
    run.finish()
    for call in (lambda: run.alert("x"), lambda: run.save("a.txt"), lambda: run.log_code(), lambda: run.watch(None)):
        with pytest.raises(UsageError, match="RG102"):
            call()
    assert not (run.path / "files").exists()
    assert run.dir == str(run.path / "files")
    assert (run.path / "files").is_dir()  # scripts write into it after `finish`, too
    run.unwatch()


def test_before_init() -> None:
    for name in ("alert", "save", "watch", "log_artifact", "use_artifact", "log_code"):
        with pytest.raises(UsageError, match=rf"RG101: reportgen\.{name} was used before init"):
            getattr(reportgen, name)("x")


def test_a_disabled_run_stores_nothing(start: Start) -> None:
    run = start(project="p", mode="disabled")
    Path("a.txt").write_text("a")
    run.alert("x")
    assert (run.save("a.txt"), run.log_code()) == ([], [])
    assert run.dir
    run.finish()
    assert not Path("runs").exists()


def test_a_forked_child_leaves_its_parents_events_alone(tmp_path: Path) -> None:
    code = (
        scripts.START + "run.alert('parent')\n"
        "import os\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    run.log({'a': 1}); run.alert('child'); os._exit(0)\n"
        "os.waitpid(child, 0)\n"
        "run.alert('parent again')\n"
    )
    done = scripts.finish(code, tmp_path)
    assert done.returncode == 0, done.stderr
    stored = reportgen.read_run(tmp_path / "runs/p/r")
    assert [one.title for one in stored.events.alerts] == ["parent", "child", "parent again"]
    assert stored.problems == ()
