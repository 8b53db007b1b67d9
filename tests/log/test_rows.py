"""Rows with media: plain values do not wait, media follow in the order of the calls, and nothing changes under them."""

from __future__ import annotations

import contextlib
import dis
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reportgen
from reportgen import Image, ReportgenWarning, Run
from reportgen.errors import InputFileError, InputValueError, UsageError, WriteError
from reportgen.log import storing
from reportgen.rundir import writer
from reportgen.rundir.records.image import ImageRecord
from tests.log.scripts import card, rows

Start = Callable[..., Run]
NOISE = np.random.default_rng(0).integers(0, 256, (8, 9, 3), np.uint8)


class Slow(Image):
    """A picture whose encoding can be held up, and made to fail."""

    def __init__(self, gate: Gate, fault: BaseException | None = None) -> None:
        super().__init__(NOISE)
        self.gate, self.fault = gate, fault

    def encode(self, store: Any) -> ImageRecord:
        assert self.gate.event.wait(20)
        if self.fault is not None:
            raise self.fault
        return super().encode(store)


class Gate:
    """Opens the way for slow pictures."""

    def __init__(self) -> None:
        self.event = threading.Event()

    def picture(self, fault: BaseException | None = None) -> Slow:
        return Slow(self, fault)

    def open(self) -> None:
        self.event.set()


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open()


def kinds(run: Run) -> list[tuple[int, dict[str, object]]]:
    """Step and values of each line; of a picture its kind, of a list its length."""

    def short(item: object) -> object:
        return item["_type"] if isinstance(item, dict) else len(item) if isinstance(item, list) else item

    return [(row["_step"], {k: short(v) for k, v in row.items() if k[0] != "_"}) for row in rows(run.path)]


# ---- plain values do not wait


def test_numbers_of_the_same_call_are_there_at_once(run: Run, gate: Gate) -> None:
    run.log({"picture": gate.picture(), "loss": 0.5})
    run.log({"loss": 0.25})
    assert kinds(run) == [(0, {"loss": 0.5}), (1, {"loss": 0.25})]
    assert "picture" not in run.summary
    gate.open()
    run.flush()
    assert kinds(run) == [(0, {"loss": 0.5}), (1, {"loss": 0.25}), (0, {"picture": "image"})]
    assert run.summary["picture"]["_type"] == "image"
    assert run.step == 2


def test_a_late_row_has_the_time_of_its_call(run: Run, gate: Gate) -> None:
    run.log({"picture": gate.picture(), "loss": 0.5})
    time.sleep(0.05)
    gate.open()
    run.flush()
    first, last = rows(run.path)
    assert first["_runtime"] == last["_runtime"]
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert next(iter(stored.history.rows())).keys() >= {"loss", "picture"}


def test_a_call_with_media_only_is_a_step_too(run: Run, gate: Gate) -> None:
    run.log({"picture": gate.picture()})
    run.log({"pictures": [gate.picture(), gate.picture()], "nested": {"one": gate.picture()}})
    run.log({"loss": 1})
    assert kinds(run) == [(2, {"loss": 1})]
    gate.open()
    run.flush()
    assert kinds(run)[1:] == [(0, {"picture": "image"}), (1, {"pictures": 2, "nested.one": "image"})]


def test_rows_keep_the_order_of_the_calls(run: Run, gate: Gate) -> None:
    run.log({"picture": gate.picture()})
    for _ in range(20):
        run.log({"picture": Image(NOISE), "other": Image(NOISE)})
    time.sleep(0.1)
    assert rows(run.path) == []
    gate.open()
    run.flush()
    assert [step for step, _ in kinds(run)] == list(range(21))


# ---- the later value wins


@pytest.mark.parametrize("later", [7, "text", [1, 2], float("inf"), 10**30, None])
def test_a_later_plain_value_wins(run: Run, gate: Gate, later: object) -> None:
    run.log({"key": gate.picture()}, step=3)
    run.log({"key": later, "loss": 1.0}, step=3)
    assert kinds(run) == [(3, {"loss": 1.0})]
    gate.open()
    run.flush()
    assert [("key" in line, "loss" in line) for line in rows(run.path)] == [(False, True), (True, False), (True, False)]
    run.finish()
    stored = reportgen.read_run(run.path)
    (row,) = stored.history.rows()
    assert row["key"] == later
    if later is None:  # it stands in rows, and is no value of the summary
        assert stored.summary["key"]["_type"] == "image"
    else:
        assert stored.summary["key"] == later


def test_a_later_picture_wins(run: Run, gate: Gate) -> None:
    run.log({"key": gate.picture()}, step=3)
    run.log({"key": 5}, step=3)
    run.log({"key": Image(NOISE[:2], caption="last")}, step=3)
    gate.open()
    run.finish()
    (row,) = reportgen.read_run(run.path).history.rows()
    assert row["key"]["caption"] == "last"
    assert json.loads((run.path / "summary.json").read_text())["key"]["caption"] == "last"


def test_other_keys_go_the_short_way_meanwhile(run: Run, gate: Gate) -> None:
    run.log({"key": gate.picture()})
    for number in range(50):
        run.log({"loss": number})
    assert len(rows(run.path)) == 50
    gate.open()
    run.flush()
    run.log({"key": 1})
    assert kinds(run)[-1] == (51, {"key": 1})


def test_what_no_line_can_hold_is_refused_at_once(run: Run, gate: Gate) -> None:
    run.log({"key": gate.picture()})
    with pytest.raises(InputValueError, match=r"RG343.*\(key 'key'\)"):
        run.log({"key": "x" * (128 * 1024 * 1024)})
    gate.open()
    run.flush()
    assert kinds(run) == [(0, {"key": "image"})]


def test_assigning_to_the_summary_comes_after_what_was_logged(run: Run, gate: Gate) -> None:
    run.log({"key": gate.picture(), "nested": {"key": gate.picture()}})
    run.summary["other"] = 1  # does not wait
    threading.Timer(0.1, gate.open).start()
    run.summary["key"] = "assigned"
    run.summary["nested"] = {"x": 1}
    assert dict(run.summary) == {"other": 1, "key": "assigned", "nested.x": 1}
    run.finish()
    assert dict(reportgen.read_run(run.path).summary) == {"other": 1, "key": "assigned", "nested.x": 1}


def test_a_picture_in_the_summary_is_there_at_once(run: Run) -> None:
    run.summary["best"] = Image(NOISE, caption="best")
    assert (run.path / run.summary["best"]["file"]).is_file()


# ---- what is logged does not change any more


def test_changes_after_the_call_change_nothing(run: Run, gate: Gate, tmp_path: Path) -> None:
    array = NOISE.copy()
    picture = Image(array, caption="before")
    run.log({"gate": gate.picture(), "picture": picture})
    array[:] = 0
    picture.caption = "after"
    gate.open()
    run.flush()
    record = run.summary["picture"]
    assert record["caption"] == "before"
    again = Image(run.path / record["file"])
    assert np.asarray(again.image).tolist() == NOISE.tolist()


@pytest.mark.parametrize("small", [writer.SMALL, 10])
@pytest.mark.parametrize("change", ["write", "append", "truncate", "replace", "remove"])
def test_a_file_is_stored_as_it_was(
    run: Run, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int, change: str
) -> None:
    monkeypatch.setattr(writer, "SMALL", small)
    path = tmp_path / "picture.png"
    Image(NOISE).image.save(path)
    before = path.read_bytes()
    run.log({"gate": gate.picture(), "picture": Image(path)})
    if change == "write":
        with path.open("r+b") as file:  # into the same file: a link to it would see this
            file.write(b"changed")
    elif change == "append":
        with path.open("ab") as file:
            file.write(b"more")
    elif change == "truncate":
        path.write_bytes(b"")
    elif change == "replace":
        Image(NOISE[:1]).image.save(tmp_path / "new.png")
        (tmp_path / "new.png").replace(path)
    else:
        path.unlink()
    gate.open()
    run.flush()
    assert (run.path / run.summary["picture"]["file"]).read_bytes() == before
    assert list((run.path / "media").rglob("*.part")) == []


def test_a_file_that_is_gone_is_told_in_the_call(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image(NOISE).image.save(path)
    picture = Image(path)
    path.unlink()
    with pytest.raises(InputFileError, match="RG204"):
        run.log({"picture": picture, "loss": 1})
    assert kinds(run) == [(0, {"loss": 1})]
    assert not card(run.path)["incomplete"]


# ---- bounds


def test_memory_is_bounded(run: Run, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "MAX_BYTES", 100_000)
    worker = threading.Thread(target=lambda: [run.log({"picture": gate.picture(), "n": n}) for n in range(2000)])
    worker.start()
    most = 100_000 // NOISE.nbytes
    end = time.monotonic() + 20
    while run._pool().waiting[1] < most and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.1)
    assert worker.is_alive()  # it waits
    assert run._pool().waiting == (most * NOISE.nbytes, most)
    gate.open()
    worker.join(60)
    run.flush()
    assert run._pool().waiting == (0, 0)
    lines = rows(run.path)
    assert [row["n"] for row in lines if "n" in row] == list(range(2000))
    assert [row["_step"] for row in lines if "picture" in row] == list(range(2000))


def test_a_run_of_numbers_has_no_pool(run: Run) -> None:
    before = threading.active_count()
    for number in range(100):
        run.log({"loss": number, "text": "x", "list": [1, 2]})
    assert run._storing is None
    assert threading.active_count() == before
    run.flush()
    assert run._storing is None


def test_the_pool_ends_with_the_run(start: Start) -> None:
    before = threading.active_count()
    run = start(project="p")
    run.log({"picture": [Image(NOISE)] * 10})
    run.finish()
    assert threading.active_count() == before
    run.flush()


def test_every_picture_of_every_thread_once(run: Run) -> None:
    each, threads = 60, 6

    def work(number: int) -> None:
        for count in range(each):
            run.log({f"t{number}": Image(np.full((2, 3), count % 256, np.uint8)), f"n{number}": count})

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert stored.history.lines == 2 * each * threads
    for number in range(threads):
        assert len(stored.history[f"t{number}"].records) == each
        assert stored.history[f"t{number}"].steps.tolist() == stored.history[f"n{number}"].steps.tolist()


# ---- trouble


def lost(message: str, fault: BaseException) -> tuple[str, BaseException]:
    return message, fault


LOST = [
    lost("RG119: a value could not be stored: ValueError: broken", ValueError("broken")),
    lost("RG119: a value could not be stored: MemoryError: ", MemoryError()),
    lost("RG119: a value could not be stored: RG207: no such mode", InputValueError("RG207", "no such mode")),
    lost("RG114: the run could not be written: No space left", OSError(28, "No space left on device")),
]


@pytest.mark.parametrize(("message", "fault"), LOST)
def test_what_cannot_be_stored_is_said_once(run: Run, gate: Gate, message: str, fault: BaseException) -> None:
    gate.open()
    with pytest.warns(ReportgenWarning) as said:  # noqa: PT031
        for _ in range(3):
            run.log({"bad": gate.picture(fault), "good": Image(NOISE), "list": [Image(NOISE), gate.picture(fault)]})
        run.flush()
    assert str(said[0].message).startswith(message)
    assert len({str(one.message).partition("step")[0] for one in said}) == len(said) <= 2  # once per key
    assert card(run.path)["incomplete"] is True
    assert kinds(run) == [(step, {"good": "image"}) for step in range(3)]
    run.log({"bad": 1})
    assert kinds(run)[-1] == (3, {"bad": 1})
    run.finish()
    assert run.state == "finished"


@pytest.mark.parametrize("where", ["log", "flush", "finish", "log of a picture"])
@pytest.mark.parametrize(("message", "fault"), LOST)
def test_a_strict_run_raises_at_the_next_call(
    start: Start, gate: Gate, where: str, message: str, fault: BaseException
) -> None:
    run = start(project="p", strict=True)
    gate.open()
    run.log({"bad": gate.picture(fault)})
    run._pool().drain()
    code = message[:5].replace("RG114", "RG115")
    call = {
        "log": lambda: run.log({"loss": 1}),
        "log of a picture": lambda: run.log({"picture": Image(NOISE), "loss": 1}),
        "flush": run.flush,
        "finish": run.finish,
    }[where]
    with pytest.raises(WriteError, match=code):
        call()
    if where == "finish":
        assert run.state == "finished"
        assert card(run.path)["state"] == "finished"
        return
    run.flush()  # said once
    run.log({"loss": 2})
    assert [values["loss"] for _, values in kinds(run) if "loss" in values] == ([1, 2] if "log" in where else [2])
    run.finish()


def test_a_failure_is_not_forgotten_because_a_picture_was_stored_after_it(start: Start, gate: Gate) -> None:
    with pytest.raises(ValueError, match="diverged"), start(project="p") as run:  # noqa: PT012
        run.log({"picture": gate.picture(), "loss": 1})
        threading.Timer(0.1, gate.open).start()
        raise ValueError("diverged")
    assert (run.state, card(run.path)["error"]["type"]) == ("failed", "ValueError")
    assert kinds(run)[-1] == (0, {"picture": "image"})


def test_a_picture_after_a_failure_says_that_it_was_survived(run: Run, gate: Gate) -> None:
    run.fail(ValueError("no"))
    run.log({"picture": gate.picture()})
    gate.open()
    run.finish()
    assert run.state == "finished"


class Interrupted(Exception):
    """What a signal handler raises: Ctrl-C in a notebook, a limit of time."""


CHECKS = {dis.opmap[name] for name in ("CALL", "CALL_FUNCTION_EX", "JUMP_BACKWARD") if name in dis.opmap}
"""After these the interpreter runs signal handlers, and where a function begins."""


def interrupted(call: Callable[[], object], point: int) -> bool:
    """Make a call, and raise where a signal handler may at that many places in `rows.py` and `storing.py`.

    Returns:
        Whether there were as many places.
    """
    left = [point]
    before: dict[int, int] = {}

    def trace(frame: Any, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.endswith(("log/rows.py", "log/storing.py")):
            return None
        frame.f_trace_opcodes = True
        code = frame.f_code.co_code
        if event == "call" or (event == "opcode" and code[before.get(id(frame), frame.f_lasti)] in CHECKS):
            left[0] -= 1
            if not left[0]:
                sys.settrace(None)
                raise Interrupted
        if event == "opcode":
            before[id(frame)] = frame.f_lasti
        elif event in ("call", "return"):
            before.pop(id(frame), None)
        return trace

    sys.settrace(trace)
    try:
        call()
    except Interrupted:
        pass
    finally:
        sys.settrace(None)
    return left[0] <= 0


@pytest.mark.parametrize("what", ["picture", "plain", "flush"])
@pytest.mark.filterwarnings("ignore:RG119")  # the row that is being written
def test_an_exception_out_of_a_signal_handler_costs_that_call_alone(start: Start, what: str) -> None:
    """Wherever it comes up: room, locks and rows are given back, and nothing waits in vain."""
    point, there = 0, True
    run = start(project="p")
    run.log({"picture": Image(NOISE)})
    run.flush()
    pool = run._pool()
    while there:
        point += 1
        call = {
            "picture": lambda: run.log({"picture": Image(NOISE)}),
            "plain": lambda: run.log({"picture": 1, "text": "x"}),
            "flush": run.flush,
        }[what]
        with run._lock if what != "picture" else contextlib.nullcontext():
            if what != "picture":  # a picture is stored, and no thread of the pool can write its row
                run.log({"picture": Image(NOISE)})
                until = time.monotonic() + 20
                while pool.waiting != (0, 0) and time.monotonic() < until:
                    time.sleep(0.001)
            there = interrupted(call, point)
        owned = [lock._is_owned() for lock in (run._lock, pool._lock)]
        assert (point, owned, pool.drain(20)) == (point, [False, False], True)
        assert (point, pool.waiting, len(pool._line), len(pool._inside)) == (point, (0, 0), 0, 0)
        assert (point, run._held, run._special) == (point, {}, False)
        lines = kinds(run)
        if what == "flush":  # `log` returned for it, so it is there, if not twice
            assert lines[-1][1] == {"picture": "image"}
            assert {step for step, values in lines if values} >= set(range(point + 1))
    assert point > 20
    run.finish()


def test_nothing_is_written_into_a_run_that_was_finished_meanwhile(run: Run, gate: Gate) -> None:
    refused: list[BaseException] = []

    def work() -> None:
        try:
            while True:
                run.log({"picture": Image(NOISE), "n": 1})
        except UsageError as fault:
            refused.append(fault)

    worker = threading.Thread(target=work)
    worker.start()
    time.sleep(0.1)
    run.finish()
    worker.join(10)
    assert len(refused) == 1
    assert run._pool().waiting == (0, 0)
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert len(stored.history["n"].steps) == len(stored.history["picture"].steps)


def test_a_disabled_run_encodes_nothing(start: Start, gate: Gate, tmp_path: Path) -> None:
    run = start(mode="disabled")
    run.log({"picture": gate.picture(), "list": [gate.picture()], "loss": 1})
    assert (dict(run.summary), run.step) == ({"loss": 1}, 1)
    run.flush()
    run.finish()
    assert list(tmp_path.iterdir()) == []
