"""`init` and the functions with no run in hand; and how a run notices that its process ends, or is forked."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from reportgen.errors import InputTypeError, InputValueError, UsageError, WriteError
from tests.log import scripts
from tests.log.scripts import START, card, rows

Start = Callable[..., Run]


# ---- module-level names


def test_before_init() -> None:
    assert reportgen.run is None
    with pytest.raises(UsageError, match=r"RG101: reportgen.log was used before init\(\)\. Call reportgen.init"):
        reportgen.log({"a": 1})
    for use in (
        lambda: reportgen.config["lr"],
        lambda: reportgen.config.lr,
        lambda: reportgen.config.update(lr=1),
        lambda: setattr(reportgen.config, "lr", 1),
        lambda: "lr" in reportgen.config,
    ):
        with pytest.raises(UsageError, match=r"RG101: reportgen\.config was used before init"):
            use()
    with pytest.raises(UsageError, match=r"RG101: reportgen\.summary was used"):
        reportgen.summary["best"] = 1
    reportgen.finish()


def test_module_level_names_mean_the_current_run(start: Start) -> None:
    early = reportgen.config
    run = start(project="p", config={"lr": 0.1})
    assert reportgen.run is run
    assert reportgen.config is run.config
    assert early.lr == 0.1
    assert list(early) == ["lr"]
    reportgen.log({"a": 1})
    reportgen.log({"a": 2}, step=4)
    reportgen.summary["best"] = 3
    reportgen.config.batch = 64
    reportgen.finish()
    assert reportgen.run is None
    stored = reportgen.read_run(run.path)
    assert stored.history["a"].steps.tolist() == [0, 4]
    assert stored.summary == {"a": 2, "best": 3}
    assert stored.config == {"lr": 0.1, "batch": 64}


def test_import_as_wandb() -> None:
    done = scripts.finish(
        "import reportgen as wandb\n"
        "from reportgen import init, log, Image, config\n"
        "with wandb.init(project='p', system_metrics=False, config={'lr': 1}) as run:\n"
        "    wandb.log({'a': 1}); log({'a': 2}); assert config.lr == 1 and wandb.run is run\n",
        Path.cwd(),
    )
    assert done.returncode == 0, done.stderr


# ---- folders, names, facts


def test_where_a_run_lies(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = start(project="digits", name="MLP 64 (wide)/ü")
    assert run.path.parent == tmp_path / "runs" / "digits"
    assert run.path.name.startswith("MLP-64-wide-ü-")
    assert run.url == run.path.as_uri()
    assert run.id == run.path.name
    assert len(run.id) == len("MLP-64-wide-ü-") + 6
    run.finish()
    monkeypatch.setenv("REPORTGEN_DIR", str(tmp_path / "elsewhere"))
    run = start()
    assert run.path.parent == tmp_path / "elsewhere" / "uncategorized"
    assert run.name == run.id
    run.finish()
    run = start(dir=tmp_path / "third", id="mine")
    assert run.path == tmp_path / "third" / "uncategorized" / "mine"
    assert run.name == "mine"


def test_ids_do_not_touch_the_users_seeds(start: Start) -> None:
    import random

    random.seed(1)
    ids = set()
    for _ in range(3):
        run = start(project="p", name="same")
        ids.add(run.id)
        run.finish()
    assert len(ids) == 3
    assert random.random() == Random(1).random()


@pytest.mark.parametrize(
    "name",
    ["a/b", "..", ".hidden", "a\\b", "what?", "50%", "a:b", "x\n", "trailing ", "dot.", "", " ", "n" * 181, "a#b"],
)
def test_names_that_no_folder_can_have(start: Start, name: str) -> None:
    with pytest.raises(UsageError, match="RG118: the id"):
        start(id=name)
    if name:
        with pytest.raises(UsageError, match="RG118: the project"):
            start(project=name)
    assert not Path("runs").exists()


def test_what_a_run_says_of_itself(start: Start) -> None:
    run = start(project="p", group="g", job_type="train", tags=("a", "b"), notes="**bold**", seeds={"numpy": 3})
    assert (run.group, run.job_type, run.tags, run.notes) == ("g", "train", ("a", "b"), "**bold**")
    values = card(run.path)
    assert values["state"] == "running"
    assert values["environment"]["seeds"] == {"numpy": 3}
    assert set(values["sessions"][0]) == {"started", "runtime"}
    assert abs(values["sessions"][0]["started"] - time.time()) < 60
    run.finish()
    info = reportgen.read_run(run.path).info
    assert (info.group, info.job_type, info.tags, info.notes, info.format) == ("g", "train", ("a", "b"), "**bold**", 1)


def test_one_tag_and_one_seed(start: Start) -> None:
    run = start(tags="only", seeds=7)
    assert run.tags == ("only",)
    assert card(run.path)["environment"]["seeds"] == {"seed": 7}


# ---- arguments


@pytest.mark.parametrize("argument", ["mode", "resume", "reinit"])
def test_unknown_choices(start: Start, argument: str) -> None:
    with pytest.raises(InputValueError, match=f"RG130: {argument}='maybe' is unknown. Use"):
        start(**{argument: "maybe"})


@pytest.mark.parametrize("value", ["often", -1, float("nan"), float("inf")])
def test_unknown_sampling(value: object) -> None:
    with pytest.raises(InputValueError, match="RG130: system_metrics"):
        reportgen.init(system_metrics=value)  # type: ignore[arg-type]


def test_keywords_without_effect_are_named_once(start: Start) -> None:
    with pytest.warns(ReportgenWarning) as said:
        start(magic=True, fork_from="x?_step=1", resume_from="x?_step=1", entity="team", save_code=False)
    assert [str(item.message) for item in said] == [
        "RG113: init: no effect in a local run: magic, fork_from, resume_from"
    ]
    assert said[0].filename == __file__ or "conftest" in said[0].filename


def test_a_keyword_that_is_mistyped(start: Start) -> None:
    with pytest.warns(ReportgenWarning, match=r"no effect in a local run: projct \(did you mean project\?\)"):
        start(projct="p")


def test_keywords_that_ask_for_nothing_are_not_mentioned(start: Start) -> None:
    start(entity=None, save_code=False, sync_tensorboard=False, magic=None)


def test_config_keys_may_be_chosen(start: Start) -> None:
    given = argparse.Namespace(lr=0.1, verbose=True, path="x")
    assert start(config=given, config_include_keys=["lr"]).config.as_dict() == {"lr": 0.1}
    assert start(reinit=True, config=given, config_exclude_keys=["path"]).config.as_dict() == {
        "lr": 0.1,
        "verbose": True,
    }
    with pytest.raises(UsageError, match="RG130"):
        start(config=given, config_include_keys=["lr"], config_exclude_keys=["path"])
    with pytest.raises(InputTypeError, match="RG126"):
        start(config=[1])


# ---- disabled


def test_disabled_stores_nothing(start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with start(project="p", mode="disabled", config={"lr": 0.1}) as run:
        assert run.state == "disabled"
        assert run.disabled
        run.log({"a": 1})
        run.log({"a": object()})
        reportgen.log([1])  # type: ignore[arg-type]
        run.summary["best"] = 1
        run.config.batch = 2
        run.tags = ["x"]
        assert (run.summary.best, run.config.lr, run.config["batch"], run.tags) == (1, 0.1, 2, ("x",))
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr() == ("", "")
    assert reportgen.run is None


def test_disabled_by_the_environment(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORTGEN_MODE", "disabled")
    assert start().disabled
    assert not start(reinit=True, mode="offline").disabled


# ---- several runs


def test_a_second_init_returns_the_open_run(start: Start) -> None:
    first = start(project="p", config={"lr": 0.1})
    assert start(config={"lr": 0.2, "batch": 1}) is first
    assert first.config.as_dict() == {"lr": 0.2, "batch": 1}
    assert start(project="p") is first
    with pytest.warns(ReportgenWarning, match=r"RG131.*project='q', name='n' had no effect.*reinit=True"):
        assert start(project="q", name="n") is first


@pytest.mark.parametrize("reinit", [True, "finish_previous"])
def test_reinit_finishes_the_open_run(start: Start, reinit: bool) -> None:
    first = start(project="p")
    second = start(project="p", reinit=reinit)
    assert second is not first
    assert (first.state, second.state) == ("finished", "running")
    assert reportgen.run is second


def test_another_id_is_another_run(start: Start) -> None:
    first, second = start(id="a"), start(id="b")
    assert reportgen.run is second
    first.log({"x": 1})
    second.log({"x": 2})
    assert (rows(first.path)[0]["x"], rows(second.path)[0]["x"]) == (1, 2)
    assert start(id="b") is second


def test_create_new_leaves_the_current_run_alone(start: Start) -> None:
    first = start(project="p")
    second = start(project="p", reinit="create_new")
    assert second is not first
    assert reportgen.run is first
    second.finish()
    assert reportgen.run is first


def test_a_run_that_is_open_elsewhere(start: Start, tmp_path: Path) -> None:
    other = scripts.start(START + "import time; time.sleep(60)", tmp_path)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(UsageError, match=r"RG361: this run is already being written .*\. Wait until"):
            start(project="p", id="r", resume="allow")
    finally:
        other.kill()
        other.communicate()
    start(project="p", id="r", resume="allow").log({"a": 1})


# ---- the end of the process

ENDINGS = {
    "end": ("", 0, "finished", 0, None),
    "sys.exit()": ("sys.exit()", 0, "finished", 0, None),
    "sys.exit(0)": ("sys.exit(0)", 0, "finished", 0, None),
    "sys.exit(3)": ("sys.exit(3)", 3, "failed", 3, "SystemExit"),
    "sys.exit(text)": ("sys.exit('no data')", 1, "failed", 1, "SystemExit"),
    "exception": ("raise ValueError('diverged')", 1, "failed", 1, "ValueError"),
    "interrupt": (
        "import time; time.sleep(0.6); raise KeyboardInterrupt",
        -signal.SIGINT,
        "failed",
        130,
        "KeyboardInterrupt",
    ),
    "os._exit": ("os._exit(5)", 5, "crashed", None, None),
    "abort": ("os.abort()", -signal.SIGABRT, "crashed", None, None),
    "caught exit": (
        "try: sys.exit(3)\nexcept SystemExit: run.log({'a': 9})",
        0,
        "finished",
        0,
        None,
    ),
    "exit in a block": ("with run: sys.exit(4)", 4, "failed", 4, "SystemExit"),
    "clean exit in a block": ("with run: sys.exit(0)", 0, "finished", 0, None),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_how_a_process_ends(how: str, tmp_path: Path) -> None:
    code, status, state, exit_code, error = ENDINGS[how]
    done = scripts.finish(START + "import os, sys\nfor i in range(50): run.log({'a': i})\n" + code, tmp_path)
    assert done.returncode == status, done.stderr
    stored = scripts.left_behind(tmp_path / "runs/p/r")
    assert stored.info.state == state
    assert stored.info.exit_code == exit_code
    assert (stored.info.error["type"] if stored.info.error else None) == error
    assert stored.history["a"].values.tolist()[:50] == list(range(50))
    assert stored.problems == ()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_signals(number: signal.Signals, tmp_path: Path) -> None:
    # a program started by nohup ignores SIGHUP, and its children do
    default = "import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
    code = default + START + "n = 0\nwhile True:\n    run.log({'a': n}); n += 1\n    if n == 100: print(n, flush=True)"
    process = scripts.start(code, tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdout.readline()
    process.send_signal(number)
    try:
        process.communicate(timeout=60)
    finally:
        process.kill()
    stored = scripts.left_behind(tmp_path / "runs/p/r")
    assert stored.info.state == ("failed" if number == signal.SIGINT else "crashed")
    values = stored.history["a"].values
    assert values.tolist() == list(range(len(values)))
    assert len(values) >= 100


KILLED = """
import os, sys
import reportgen as rg
run = rg.init(project='p', id='r', resume='allow', system_metrics=False)
n = 0
while True:
    run.log({'a': n, 'b': 0.5, 'c': 'text'} if n % 5 == 0 else {'a': n, 'b': 0.5})
    n += 1
    os.write(1, b'%d\\n' % n)
"""


def test_kill_loses_no_row_that_log_returned_for(tmp_path: Path) -> None:
    random = Random(3)
    for trial in range(20):
        folder = tmp_path / str(trial)
        folder.mkdir()
        with (folder / "out").open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", KILLED],
                cwd=folder,
                env=scripts.environment(),
                stdout=out,
                stderr=subprocess.PIPE,
            )
            while not (folder / "out").stat().st_size:
                time.sleep(0.005)
                assert process.poll() is None, process.communicate()
            time.sleep(random.uniform(0, 0.15))
            process.kill()
            process.communicate()
        acknowledged = (folder / "out").read_text().count("\n")
        stored = scripts.left_behind(folder / "runs/p/r")
        assert stored.info.state == "crashed"
        assert stored.problems == ()
        found = stored.history["a"].values.tolist()
        assert found == list(range(len(found)))
        assert len(found) >= acknowledged > 0


# ---- fork


def test_a_forked_child_may_have_a_run_of_its_own(tmp_path: Path) -> None:
    code = (
        START
        + """
import os
child = os.fork()
if child == 0:
    own = rg.init(project='p', id='own', system_metrics=False)
    assert own is not run and rg.run is own
    own.log({'a': 1}); own.finish(); os._exit(0)
os.waitpid(child, 0)
run.log({'b': 1})
"""
    )
    done = scripts.finish(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(reportgen.read_run(tmp_path / "runs/p/own").history) == {"a"}
    assert set(reportgen.read_run(tmp_path / "runs/p/r").history) == {"b"}


def test_a_surviving_child_does_not_keep_the_run_locked(tmp_path: Path) -> None:
    code = START + "import os, time\nif os.fork() == 0: time.sleep(30)\nelse: print(os.getpid()); os._exit(0)\n"
    process = scripts.start(code, tmp_path)
    process.wait(30)
    try:
        assert scripts.left_behind(tmp_path / "runs/p/r").info.state == "crashed"
    finally:
        _end_children_of(process)


def _end_children_of(process: subprocess.Popen[str]) -> None:
    """The child still holds the pipe; it is found by its folder, and ended by its number."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"os.fork() == 0: time.sleep(30)" in command and (entry / "cwd").readlink() == Path.cwd():
                os.kill(int(entry.name), signal.SIGKILL)
    process.communicate(timeout=30)


# ---- full disk, for real


def test_a_file_size_limit_does_not_end_training(tmp_path: Path) -> None:
    code = (
        START
        + """
import resource, time, warnings
time.sleep(0.5)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter('always')
    for n in range(1000): run.log({'a': n})
assert len(said) == 1 and 'RG114' in str(said[0].message), [str(s.message) for s in said]
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
run.log({'a': -1})
"""
    )
    done = scripts.finish(code, tmp_path)
    assert done.returncode == 0, done.stderr
    stored = reportgen.read_run(tmp_path / "runs/p/r")
    found = stored.history["a"].values.tolist()
    assert found[:-1] == list(range(len(found) - 1))
    assert found[-1] == -1
    assert 300 < len(found) < 1000
    assert stored.info.incomplete
    assert stored.info.state == "finished"


def test_a_resumed_run_may_be_given_another_config(start: Start) -> None:
    start(project="p", id="r", config={"lr": 0.1, "epochs": 3}).finish()
    run = start(project="p", id="r", resume="allow", config={"lr": 0.2})
    assert run.config.as_dict() == {"lr": 0.2, "epochs": 3}
    run.config.update({"epochs": 5})
    run.finish()
    assert reportgen.read_run(run.path).config == {"lr": 0.2, "epochs": 5}
    with pytest.raises(UsageError, match="RG125"):
        start(project="p", id="r", resume="allow", allow_val_change=False, config={"lr": 0.3})


def test_a_run_that_cannot_say_what_it_is_does_not_begin(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*names: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with (
        pytest.warns(ReportgenWarning, match="RG114"),
        pytest.raises(WriteError, match="RG362: the run directory cannot be written: No space left on device"),
    ):
        start(id="x")
    monkeypatch.undo()
    assert reportgen.run is None
