"""`Run.log` and `Run.finish`: the rules of steps and rows, and that nothing is lost."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from reportgen.errors import InputTypeError, InputValueError, UsageError, WriteError
from tests.log.scripts import card, rows

Start = Callable[..., Run]


def values(run: Run) -> list[dict[str, object]]:
    return [{k: v for k, v in row.items() if k != "_runtime"} for row in rows(run.path)]


# ---- steps


def test_each_call_is_a_step(run: Run) -> None:
    assert run.step == 0
    run.log({"loss": 0.5})
    run.log({"loss": 0.25})
    assert run.step == 2
    assert values(run) == [{"_step": 0, "loss": 0.5}, {"_step": 1, "loss": 0.25}]


def test_a_given_step_stays_open(run: Run) -> None:
    run.log({"a": 1}, step=5)
    assert run.step == 5
    run.log({"b": 2}, step=5)
    run.log({"c": 3})  # goes into row 5, and closes it
    run.log({"d": 4})
    assert [(row["_step"], list(row)[1:]) for row in values(run)] == [(5, ["a"]), (5, ["b"]), (5, ["c"]), (6, ["d"])]


def test_commit_decides(run: Run) -> None:
    run.log({"a": 1}, commit=False)
    assert run.step == 0
    run.log({"b": 2})
    assert run.step == 1
    run.log({"c": 3}, step=7, commit=True)
    assert run.step == 8
    assert [row["_step"] for row in values(run)] == [0, 0, 7]


@pytest.mark.parametrize("nothing", [None, {}])
def test_no_data_closes_the_row(run: Run, nothing: None) -> None:
    run.log({"a": 1}, commit=False)
    run.log(nothing)
    run.log({"a": 2})
    assert [row["_step"] for row in values(run)] == [0, 0, 1]


def test_the_reader_merges_what_was_logged_in_pieces(run: Run) -> None:
    run.log({"a": 1, "b": 1}, commit=False)
    run.log({"b": 2, "c": "x"})
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert next(iter(stored.history.rows())).items() >= {"a": 1, "b": 2, "c": "x"}.items()
    assert stored.history["b"].values.tolist() == [2.0]


def test_a_lower_step_is_stored_and_said_once(run: Run) -> None:
    run.log({"a": 0}, step=10)
    with pytest.warns(ReportgenWarning, match="RG111: step 3 is lower than the current step 10") as said:  # noqa: PT031
        run.log({"a": 1}, step=3)
        run.log({"a": 2}, step=4)
    assert len(said) == 1
    assert said[0].filename == __file__
    assert run.step == 10
    run.log({"a": 3})
    run.finish()
    history = reportgen.read_run(run.path).history["a"]
    assert history.steps.tolist() == [3, 4, 10]
    assert history.values.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("step", [np.int64(4), np.array(4), np.uint8(4)])
def test_whole_numbers_of_numpy_are_steps(run: Run, step: int) -> None:
    run.log({"a": 1}, step=step)
    assert values(run) == [{"_step": 4, "a": 1}]


@pytest.mark.parametrize("step", [1.0, "3", True, None.__class__, [1], np.float32(2)])
def test_other_steps_are_refused(run: Run, step: object) -> None:
    with pytest.raises(InputTypeError, match=r"RG106: step is a .*\. Use int\(step\)"):
        run.log({"a": 1}, step=step)  # type: ignore[arg-type]
    assert values(run) == []


@pytest.mark.parametrize("step", [-1, 2**63])
def test_steps_out_of_range_are_refused(run: Run, step: int) -> None:
    with pytest.raises(InputValueError, match=r"RG107.*The highest is 9,223,372,036,854,775,807"):
        run.log({"a": 1}, step=2**70)
    with pytest.raises(InputValueError, match="RG107"):
        run.log({"a": 1}, step=step)


def test_the_largest_step(run: Run) -> None:
    run.log({"a": 1}, step=2**63 - 1)
    assert values(run) == [{"_step": 2**63 - 1, "a": 1}]


# ---- data


@pytest.mark.parametrize("data", [[1], 3, "loss", {1}, np.zeros(3)])
def test_data_is_a_mapping(run: Run, data: object) -> None:
    with pytest.raises(InputTypeError, match="RG103: log takes a mapping"):
        run.log(data)  # type: ignore[arg-type]


def test_any_mapping_will_do(run: Run) -> None:
    run.log(OrderedDict(a=1))
    run.log(MappingProxyType({"a": 2}))
    assert [row["a"] for row in values(run)] == [1, 2]


def test_the_input_is_neither_changed_nor_kept(run: Run) -> None:
    inner = [1, 2]
    array = np.arange(3)
    data = {"list": inner, "array": array, "nested": {"x": 1}}
    run.log(data)
    assert data == {"list": [1, 2], "array": array, "nested": {"x": 1}}
    inner.append(3)
    array[0] = 9
    assert run.summary["list"] == [1, 2]
    assert run.summary["array"] == [0, 1, 2]
    assert values(run)[0]["array"] == [0, 1, 2]


def test_a_bad_value_does_not_cost_the_others(run: Run) -> None:
    with pytest.raises(InputTypeError, match=r"RG108: a value of type object .*\(key 'bad'\)") as caught:
        run.log({"a": 1, "bad": object(), "worse": {"deep": iter(())}, "b": 2})
    assert any("'worse.deep'" in note for note in caught.value.__notes__)
    assert values(run) == [{"_step": 0, "a": 1, "b": 2}]
    assert run.step == 1


def test_reserved_keys_are_said_once(run: Run) -> None:
    with pytest.warns(ReportgenWarning, match="RG112: the key '_step' is reportgen's own") as said:  # noqa: PT031
        run.log({"a": 1, "_step": 99})
        run.log({"a": 2, "_step": 99})
    assert len(said) == 1
    assert values(run) == [{"_step": 0, "a": 1}, {"_step": 1, "a": 2}]
    assert dict(run.summary) == {"a": 2}


def test_the_mark_of_a_session_is_reserved(run: Run) -> None:
    with pytest.warns(ReportgenWarning, match="RG112: the key '_session'"):
        run.log({"a": 1, "_session": 9})
    assert values(run) == [{"_step": 0, "a": 1}]


def test_reserved_summary_row_cannot_be_forged(run: Run) -> None:
    run.summary["best"] = 1
    with pytest.warns(ReportgenWarning, match="'_summary'"):
        run.log({"_summary": 5})
    run.finish()
    assert dict(reportgen.read_run(run.path).summary) == {"best": 1}


def test_a_timestamp_is_kept_in_the_row_only(run: Run) -> None:
    run.log({"a": 1, "_timestamp": 1700000000.5})
    with pytest.warns(ReportgenWarning, match="'_timestamp' takes Unix seconds"):
        run.log({"a": 2, "_timestamp": "now"})
    assert values(run) == [{"_step": 0, "a": 1, "_timestamp": 1700000000.5}, {"_step": 1, "a": 2}]
    assert dict(run.summary) == {"a": 2}


HOSTILE = [
    "a/b/../c",
    "..",
    "</script><script>alert(1)</script>",
    "損失/訓練",
    "🦉" * 20,
    "k" * 300,
    "Loss",
    "loss",
    "new\nline",
    "nul\x00",
    "\u2028",
    '"quoted"\\',
    "_type",
    "half \ud83d pair",
    " ",
]


def test_hostile_keys(run: Run) -> None:
    run.log(dict.fromkeys(HOSTILE, 1))
    run.log(dict.fromkeys(HOSTILE, "text"))
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert set(stored.history) == {key.replace("\ud83d", "\ufffd") for key in HOSTILE}


def test_an_empty_key_is_refused(run: Run) -> None:
    with pytest.raises(InputValueError, match="RG105"):
        run.log({"": 1, "a": 2})
    assert values(run) == [{"_step": 0, "a": 2}]
    assert dict(run.summary) == {"a": 2}


def test_a_number_as_key_is_refused(run: Run) -> None:
    with pytest.raises(InputTypeError, match=r"RG104: the key 7 is an int; keys are strings\. Use '7'"):
        run.log({7: 1, "a": 2})  # type: ignore[dict-item]
    assert values(run) == [{"_step": 0, "a": 2}]


def test_not_a_number_and_infinities_are_kept(run: Run) -> None:
    run.log({"a": float("nan"), "b": float("inf"), "c": -float("inf"), "d": 10**30})
    run.finish()
    history = reportgen.read_run(run.path).history
    assert np.isnan(history["a"].values[0])
    assert history["b"].values.tolist() == [np.inf]
    assert history["c"].values.tolist() == [-np.inf]
    assert history["d"].values.tolist() == [1e30]


def test_none_is_stored_and_does_not_reach_the_summary(run: Run) -> None:
    run.log({"a": 1})
    run.log({"a": None, "b": None})
    assert values(run)[1] == {"_step": 1, "a": None, "b": None}
    assert dict(run.summary) == {"a": 1}


def test_a_value_too_long_for_a_line_costs_only_itself(run: Run) -> None:
    with pytest.raises(InputValueError, match=r"RG343.*\(key 'long'\)"):
        run.log({"a": 1, "long": "x" * (128 * 1024 * 1024), "b": "y"})
    assert values(run) == [{"_step": 0, "a": 1}, {"_step": 0, "b": "y"}]


def test_runtime_is_seconds_and_never_goes_back(run: Run) -> None:
    before = time.perf_counter()
    for _ in range(200):
        run.log({"a": 1})
    time.sleep(0.05)
    run.log({"a": "text"})
    passed = time.perf_counter() - before
    runtimes = [row["_runtime"] for row in rows(run.path)]
    assert runtimes == sorted(runtimes)
    assert 0.05 <= runtimes[-1] - runtimes[0] <= passed + 0.001
    assert all(len(f"{runtime:.9f}".rstrip("0").partition(".")[2]) <= 6 for runtime in runtimes)


def test_a_row_is_on_disk_when_log_returns(run: Run) -> None:
    for number in range(100):
        run.log({"a": number})
        assert rows(run.path)[-1]["a"] == number


# ---- threads


def test_every_row_of_every_thread_once(run: Run) -> None:
    each, threads = 2000, 8

    def work(number: int) -> None:
        for count in range(each):
            run.log({f"t{number}": count} if count % 7 else {f"t{number}": count, "text": "x"})

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert run.step == each * threads
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert stored.history.lines == each * threads
    assert sorted(row["_step"] for row in rows(run.path)) == list(range(each * threads))
    for number in range(threads):
        assert stored.history[f"t{number}"].values.tolist() == list(range(each))


def test_one_thread_may_finish_while_others_log(run: Run) -> None:
    refused = threading.Event()

    def work() -> None:
        try:
            while True:
                run.log({"a": 1})
        except UsageError:
            refused.set()

    worker = threading.Thread(target=work)
    worker.start()
    time.sleep(0.05)
    run.finish()
    worker.join(5)
    assert refused.is_set()
    assert reportgen.read_run(run.path).problems == ()


# ---- the end


def test_finish(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.log({"a": 1, "b": "text"})
    run.finish()
    assert run.state == "finished"
    said = capsys.readouterr()
    assert said.out == ""
    line = f"reportgen: run finished: runs/p/{run.id}  ·  report: reportgen build runs/p/{run.id} -o site\n"
    assert said.err == line
    values = card(run.path)
    assert (values["state"], values["exit_code"], values["error"]) == ("finished", 0, None)
    assert values["duration"] > 0
    assert json.loads((run.path / "summary.json").read_text()) == {"a": 1, "b": "text"}
    run.finish()
    assert capsys.readouterr().err == ""


def test_an_exit_code_is_a_whole_number(run: Run) -> None:
    with pytest.raises(InputTypeError, match=r"RG132: exit_code is 'x', not a whole number"):
        run.finish(exit_code="x")  # type: ignore[arg-type]
    assert run.state == "running"
    run.finish(quiet=True)
    assert run.state == "finished"


def test_an_exit_code_marks_the_run_failed(run: Run) -> None:
    run.finish(exit_code=3)
    assert run.state == "failed"
    assert card(run.path)["exit_code"] == 3


def test_nothing_goes_into_a_finished_run(run: Run) -> None:
    run.finish()
    for use in (
        lambda: run.log({"a": 1}),
        lambda: run.log({"a": "text"}),
        lambda: run.summary.update(a=1),
        lambda: setattr(run, "tags", ["x"]),
    ):
        with pytest.raises(UsageError, match="RG102: the run first is finished"):
            use()


def test_a_block_finishes_its_run(start: Start) -> None:
    with start(project="p") as run:
        run.log({"a": 1})
    assert run.state == "finished"
    assert reportgen.run is None


def test_an_exception_marks_the_run_failed(start: Start) -> None:
    with pytest.raises(ValueError, match="diverged"), start(project="p") as run:  # noqa: PT012
        run.log({"a": 1})
        run.log({"a": 2})
        raise ValueError(f"diverged in {Path.cwd()}/data with hf_{'a' * 30}")
    values = card(run.path)
    assert (values["state"], values["exit_code"]) == ("failed", 1)
    assert values["error"] == {"type": "ValueError", "message": "diverged in data with [redacted]", "step": 2}


def test_an_exception_that_was_survived_is_forgotten(run: Run) -> None:
    run.fail(ValueError("no"))
    run.log({"a": 1})
    run.finish()
    assert run.state == "finished"


def test_what_other_threads_log_is_no_survival(run: Run) -> None:
    run.fail(ValueError("no"))
    other = threading.Thread(target=run.log, args=({"a": 1},))
    other.start()
    other.join()
    run.finish()
    assert (run.state, card(run.path)["error"]["type"]) == ("failed", "ValueError")


def test_the_main_thread_survives_what_ended_another(run: Run) -> None:
    other = threading.Thread(target=run.fail, args=(ValueError("no"),))
    other.start()
    other.join()
    run.log({"a": 1})
    run.finish()
    assert run.state == "finished"


# ---- calls inside of calls


def test_calls_inside_of_a_call_keep_their_steps(run: Run) -> None:
    """Two rows that a signal handler logs while a row is being written: the next row is none of theirs."""
    real, inner = run._append, iter([True])

    def append(line: bytes) -> None:
        if next(inner, False):
            run.log({"inside": 1})
            run.log({"inside": 2})
        real(line)

    for values in ({"a": 1}, {"b": "text", "c": [1, 2]}):
        inner = iter([True])
        run._append = append
        before = run.step
        run.log(values)
        run._append = real
        assert run.step == before + 2
        run.log({"inside": 3})
    run.finish()
    assert reportgen.read_run(run.path).history["inside"].values.tolist() == [1, 2, 3, 1, 2, 3]


# ---- disk


def fill_disk(run: Run, monkeypatch: pytest.MonkeyPatch, room: list[int]) -> None:
    """Let writes of rows fail as on a full disk: `room` holds the bytes that are left, in place."""
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        if room[0] <= 0:
            raise OSError(28, "No space left on device")
        taken = real(descriptor, bytes(data)[: room[0]])
        room[0] -= taken
        return taken

    monkeypatch.setattr(os, "write", write)


def test_a_full_disk_does_not_end_training(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    time.sleep(0.3)  # the thread of the run is done with writing facts
    run.log({"a": 0})
    room = [len(b'{"_step":1,"_ru')]
    fill_disk(run, monkeypatch, room)
    with pytest.warns(ReportgenWarning, match="RG114: the run could not be written: No space left on device") as said:  # noqa: PT031
        for number in range(1, 5):
            run.log({"a": number, "text": "x"} if number == 3 else {"a": number})
    assert len(said) == 1
    room[0] = 10**9  # somebody made room
    run.log({"a": 5})
    run.log({"a": 6})
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.info.incomplete
    assert stored.info.state == "finished"
    assert stored.history["a"].values.tolist() == [0.0, 5.0, 6.0]
    assert [problem.code for problem in stored.problems] == ["RG311"]  # the torn line, and nothing else


def test_a_strict_run_raises(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    run = start(project="p", strict=True)
    time.sleep(0.3)
    room = [0]
    fill_disk(run, monkeypatch, room)
    with pytest.raises(WriteError, match="RG115: the run could not be written: No space left"):
        run.log({"a": 1})
    with pytest.raises(WriteError, match="RG115"):
        run.log({"a": "text"})
    room[0] = 10**9
    run.log({"a": 2})
    run.finish()
    assert reportgen.read_run(run.path).info.incomplete


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.filterwarnings("ignore:RG114")
def test_a_full_disk_costs_the_rows_alone(start: Start, monkeypatch: pytest.MonkeyPatch, *, strict: bool) -> None:
    """A strict run says it by an error, and stores no less than another one."""
    run = start(project="p", strict=strict)
    time.sleep(0.3)
    run.log({"a": 0})
    room = [0]
    fill_disk(run, monkeypatch, room)
    calls: list[dict[str, object]] = [{"a": 1}, {"b": np.float32(1), "picture": reportgen.Image(np.zeros((4, 4)))}]
    for number, values in enumerate(calls, 2):
        if len(values) == 2:  # the row of the picture is written in the middle of the call, once there is room again
            put = run._pool().put
            monkeypatch.setattr(run._pool(), "put", lambda row, put=put: (room.__setitem__(0, 10**9), put(row)))
        with pytest.raises(WriteError, match="RG115") if strict else contextlib.nullcontext():
            run.log(values)
        assert run.step == number
    run.log({"a": 3})
    run.finish()
    stored = reportgen.read_run(run.path)
    assert {history.key: history.steps.tolist() for history in stored.history.all} == {"a": [0, 3], "picture": [2]}
    assert stored.info.unwritten == 2


def test_a_picture_that_cannot_be_stored_costs_only_itself(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    time.sleep(0.3)
    (run.path / "media").write_text("a file where the folder should be")
    with pytest.warns(ReportgenWarning, match="RG114"):  # noqa: PT031
        run.log({"a": 1, "picture": reportgen.Image(np.zeros((2, 3)))})
        run.flush()
    assert values(run) == [{"_step": 0, "a": 1}]
    assert card(run.path)["incomplete"] is True


def test_a_call_that_is_refused_whole_uses_up_no_step(run: Run) -> None:
    run.log({"a": 1})
    for bad in ({"bad": object()}, {7: 1}, {"": 1}):
        with pytest.raises((InputTypeError, InputValueError)):
            run.log(bad)  # type: ignore[arg-type]
    with pytest.raises(InputValueError, match="RG343"):
        run.log({"long": "x" * (128 * 1024 * 1024)})
    assert run.step == 1
    run.log({"a": 2})
    assert values(run) == [{"_step": 0, "a": 1}, {"_step": 1, "a": 2}]


def test_a_disabled_run_can_be_read(start: Start, tmp_path: Path) -> None:
    run = start(mode="disabled")
    run.log({"a": 1, "_step": 7, "val": {"acc": np.float32(0.5)}, "bad": object()})
    run.log({"a": 2}, step=5)
    run.log({"a": 3}, step="x")  # type: ignore[arg-type]
    run.log({"b": 4})
    assert run.step == 6
    assert dict(run.summary) == {"a": 2, "val.acc": 0.5, "b": 4}
    assert list(tmp_path.iterdir()) == []


def test_a_finished_run_keeps_its_config(run: Run) -> None:
    run.config["x"] = 4
    run.finish()
    with pytest.raises(UsageError, match="RG102"):
        run.config["y"] = 5
    with pytest.raises(UsageError, match="RG102"):
        del run.config["x"]
    assert run.config.as_dict() == {"x": 4}


def test_secrets_do_not_reach_the_summary(run: Run) -> None:
    run.summary["api_key"] = "sk-1234"
    run.summary["val"] = {"password": "hunter2", "secret_accuracy": 0.5}
    run.summary["picture"] = reportgen.Image(np.zeros((2, 3)))
    run.finish()
    stored = reportgen.read_run(run.path).summary
    assert (stored["api_key"], stored["val.password"], stored["val.secret_accuracy"]) == ("[redacted]",) * 2 + (0.5,)
    assert type(stored["picture"]).__name__ == "Tagged"
    assert all(secret not in (run.path / "history.jsonl").read_text() for secret in ("sk-1234", "hunter2"))


def test_a_summary_that_readers_would_refuse_is_left_to_them(run: Run) -> None:
    run.log({"a": "x" * 70_000_000, "loss": 0.5})
    run.log({"b": "y" * 70_000_000})
    run.summary["best"] = 0.1
    run.finish()
    assert not (run.path / "summary.json").exists()
    stored = reportgen.read_run(run.path)
    assert (stored.info.state, stored.info.incomplete, stored.problems) == ("finished", False, ())
    assert {key: len(str(value)) for key, value in stored.summary.items()} == {
        "a": 70_000_000,
        "loss": 3,
        "b": 70_000_000,
        "best": 3,
    }


@pytest.mark.parametrize("defined", [False, True])
@pytest.mark.parametrize("media", [False, True])
def test_a_resumed_run_that_goes_back_forgets_what_it_takes_back(start: Start, defined: bool, media: bool) -> None:
    run = start(project="p", id="r")
    if defined:
        run.define_metric("loss", summary="min,last")
    for step in range(10):
        run.log({"loss": 10 - step, "val_acc": step / 10}, step=step)
    run.summary["note"] = "kept"
    run.finish()
    run = start(project="p", id="r", resume="must")
    run.log({"picture": reportgen.Image(np.zeros((2, 2)))} if media else {"loss": 50}, step=5)
    if not media:
        assert run.summary["val_acc"] == 0.4
    run.log({"loss": 40}, step=6)
    run.log({"new": 1}, step=7)
    run.finish()
    stored = reportgen.read_run(run.path)
    expected = {"val_acc": 0.4, "note": "kept", "new": 1}
    expected |= {"loss.min": 6, "loss.last": 40} if defined else {"loss": 40}
    found = {key: value for key, value in stored.summary.items() if key != "picture"}
    assert found == expected
    assert {key: run.summary[key] for key in expected} == expected
    (run.path / "summary.json").unlink()
    assert reportgen.read_run(run.path).summary == stored.summary
