"""The pool: rows in the order of the calls, bounded memory, and nothing that anybody has to wait for in vain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reportgen.errors import InputValueError
from reportgen.log import storing
from reportgen.log.storing import Part, Row, Storing, settled, taken


class Record:
    def __init__(self, name: str) -> None:
        self.name = name

    def to_json(self) -> dict[str, str]:
        return {"_type": "thing", "name": self.name}


class Thing:
    """A media value that is stored when it is told to."""

    def __init__(self, name: str, *, ready: threading.Event | None = None, fault: BaseException | None = None) -> None:
        self.name, self.ready, self.fault = name, ready, fault
        self.begun = threading.Event()
        self.thread = ""

    def encode(self, store: object) -> Record:
        self.begun.set()
        self.thread = threading.current_thread().name
        if self.ready is not None:
            assert self.ready.wait(20)
        if self.fault is not None:
            raise self.fault
        return Record(self.name)


class Pool:
    """A pool, and the rows that it wrote."""

    def __init__(self, threads: int = 2) -> None:
        self.lock = threading.RLock()
        self.storing = Storing(None, self.lock, threads)
        self.rows: list[Any] = []

    def put(self, *things: Thing, size: int = 10, name: str = "") -> list[Part]:
        parts = [Part(thing, size) for thing in things]
        with self.storing.room(parts), self.lock:
            self.storing.put(Row(parts, lambda: self._write(parts, name)))
        return parts

    def _write(self, parts: list[Part], name: str) -> None:
        names = [part.media for part in parts if part.media is not None]
        assert names == []  # nothing is held in memory any more
        self.rows.append([name or (part.record or {}).get("name", "lost") for part in parts] or name)


@pytest.fixture
def pool() -> Any:
    made = Pool()
    yield made
    made.storing.close()


def threads_of_pools() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "reportgen media"]


def until(reached: Callable[[], bool]) -> None:
    """Wait for what other threads are about to do, however busy the machine is."""
    end = time.monotonic() + 30
    while not reached() and time.monotonic() < end:
        time.sleep(0.01)
    assert reached()


# ---- order


def test_rows_keep_the_order_of_the_calls(pool: Pool) -> None:
    slow = threading.Event()
    pool.put(Thing("first", ready=slow))
    second = Thing("second")
    pool.put(second)
    pool.put(Thing("third"), Thing("fourth"))
    assert second.begun.wait(10)
    time.sleep(0.1)
    assert pool.rows == []
    slow.set()
    pool.storing.drain()
    assert pool.rows == [["first"], ["second"], ["third", "fourth"]]


def test_a_row_without_media_waits_for_those_before_it_only(pool: Pool) -> None:
    first, last = threading.Event(), threading.Event()
    pool.put(Thing("first", ready=first))
    pool.put(name="plain")
    pool.put(Thing("last", ready=last))
    assert pool.rows == []
    first.set()
    until(lambda: len(pool.rows) == 2)
    assert pool.rows == [["first"], "plain"]
    last.set()
    pool.storing.drain()
    pool.put(name="behind nothing")
    assert pool.rows == [["first"], "plain", ["last"], "behind nothing"]


def test_many_threads_put_and_each_row_is_written_once(pool: Pool) -> None:
    def work(number: int) -> None:
        for count in range(100):
            pool.put(Thing(f"{number}.{count}"))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    pool.storing.drain()
    for number in range(6):
        mine = [row[0] for row in pool.rows if row[0].startswith(f"{number}.")]
        assert mine == [f"{number}.{count}" for count in range(100)]
    assert len(pool.rows) == 600


# ---- values


def test_settled_values_hold_records() -> None:
    one, two, bad = Part(None, 0), Part(None, 0), Part(None, 0)
    one.record, two.record = {"_type": "a"}, {"_type": "b"}
    bad.fault = InputValueError("RG207", "no")
    assert settled([one, two, 3]) == [{"_type": "a"}, {"_type": "b"}, 3]
    assert settled([{"inner": [one]}]) == [{"inner": [{"_type": "a"}]}]
    assert settled("text") == "text"
    with pytest.raises(InputValueError, match="RG207"):
        settled([one, bad])


def test_a_value_is_taken_as_it_is_now() -> None:
    class Changing:
        nbytes = 5000

        def __init__(self, words: list[str], owner: str = "user") -> None:
            self.words, self.owner = words, owner

        def snapshot(self) -> Changing:
            return Changing(list(self.words), self.owner)

        def keep(self, store: str) -> Changing:
            return Changing(self.words, store)

    given = Changing(["a"])
    part = taken(given, "run")  # type: ignore[arg-type]
    given.words.append("b")
    assert (part.media.words, part.media.owner, part.size) == (["a"], "run", 5000)
    assert (given.owner, given.words) == ("user", ["a", "b"])
    plain = Thing("x")
    part = taken(plain, "run")  # type: ignore[arg-type]
    assert (part.media, part.size) == (plain, storing.UNSIZED)


@pytest.mark.parametrize(
    "fault", [ValueError("no"), OSError(28, "full"), MemoryError(), KeyboardInterrupt(), SystemExit(3)]
)
def test_what_goes_wrong_costs_only_itself(pool: Pool, fault: BaseException) -> None:
    (bad,) = pool.put(Thing("bad", fault=fault))
    pool.put(Thing("good"))
    pool.storing.drain()
    assert bad.fault is fault
    assert pool.rows == [["lost"], ["good"]]
    assert pool.storing.waiting == (0, 0)


# ---- bounds


def test_a_caller_waits_for_room(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "MAX_BYTES", 100)
    go = threading.Event()
    most = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            most.append(pool.storing.waiting)
            time.sleep(0.001)

    def fill() -> None:
        for number in range(50):
            pool.put(Thing(str(number), ready=go), size=30)

    watcher, filler = threading.Thread(target=watch), threading.Thread(target=fill)
    watcher.start()
    filler.start()
    until(lambda: pool.storing.waiting == (90, 3))
    time.sleep(0.1)
    assert pool.storing.waiting == (90, 3)  # it waits
    assert filler.is_alive()
    go.set()
    filler.join(10)
    pool.storing.drain()
    stop.set()
    watcher.join()
    assert max(most) <= (100, 3)
    assert [row[0] for row in pool.rows] == [str(number) for number in range(50)]
    assert pool.storing.waiting == (0, 0)


def test_the_number_is_bounded_too(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "MAX_VALUES", 4)
    go = threading.Event()
    filler = threading.Thread(target=lambda: [pool.put(Thing(str(number), ready=go)) for number in range(9)])
    filler.start()
    until(lambda: pool.storing.waiting[1] == 4)
    time.sleep(0.1)
    assert pool.storing.waiting[1] == 4
    go.set()
    filler.join(10)
    pool.storing.drain()
    assert len(pool.rows) == 9


def test_what_is_larger_than_the_bound_goes_alone(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "MAX_BYTES", 100)
    go = threading.Event()
    pool.put(Thing("small", ready=go))
    giant = threading.Thread(target=lambda: pool.put(Thing("giant"), size=1000))
    giant.start()
    until(lambda: len(pool.storing._line) == 1)
    # Who comes later waits behind it, so that it gets its turn.
    later = threading.Thread(target=lambda: pool.put(Thing("later")))
    later.start()
    until(lambda: len(pool.storing._line) == 2)
    assert pool.storing.waiting == (10, 1)
    go.set()
    giant.join(10)
    later.join(10)
    pool.storing.drain()
    assert pool.rows == [["small"], ["giant"], ["later"]]


def test_room_that_was_not_used_is_given_back(pool: Pool) -> None:
    parts = [Part(Thing("x"), 10)]
    with pool.storing.room(parts):
        assert pool.storing.waiting == (10, 1)
    assert pool.storing.waiting == (0, 0)


# ---- threads


def test_threads_come_with_work_and_go_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing.Storing._work, "__defaults__", (0.05,))
    before = len(threads_of_pools())
    pool = Pool(threads=3)
    assert len(threads_of_pools()) == before
    go = threading.Event()
    pool.put(*(Thing(str(number), ready=go) for number in range(5)))
    assert len(threads_of_pools()) == before + 3
    assert all(thread.daemon for thread in threads_of_pools())
    go.set()
    pool.storing.drain()
    until(lambda: len(threads_of_pools()) == before)
    pool.put(Thing("again"))
    pool.storing.drain()
    assert pool.rows[-1] == ["again"]


def test_closing_ends_the_threads_at_once(pool: Pool) -> None:
    before = len(threads_of_pools())
    pool.put(Thing("a"), Thing("b"))
    pool.storing.drain()
    assert pool.storing.close() == 0
    until(lambda: len(threads_of_pools()) <= before)
    pool.put(Thing("late"))  # such as a call that a signal handler has interrupted with `finish`
    assert pool.rows == [["a", "b"]]
    assert pool.storing.waiting == (0, 0)


def test_closing_early_says_what_is_missing(pool: Pool) -> None:
    go = threading.Event()
    held = [Thing(str(number), ready=go) for number in range(3)]
    for thing in held:
        pool.put(thing)
    assert held[0].begun.wait(10)
    assert pool.storing.close() == 3
    go.set()
    time.sleep(0.1)
    assert pool.rows == []


def test_without_threads_the_caller_does_the_work(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    thing = Thing("a")
    pool.put(thing, Thing("b"))
    pool.put(Thing("c"))
    assert pool.rows == [["a", "b"], ["c"]]
    assert thing.thread == threading.current_thread().name
    pool.storing.drain()


# ---- waiting


def test_threads_that_a_lack_of_memory_ends_are_replaced() -> None:
    pool = Pool(threads=1)

    called = threading.Event()

    def write() -> None:
        called.set()
        raise MemoryError

    for number in range(5):
        parts = [Part(Thing(str(number)), 10)]
        called.clear()
        with pool.storing.room(parts), pool.lock:
            pool.storing.put(Row(parts, write))
        assert called.wait(20)
    pool.put(Thing("last"))
    assert pool.storing.drain(20)
    assert pool.rows == [["last"]]
    assert pool.storing.close() == 0


def test_waiting_under_the_lock_of_the_rows(pool: Pool) -> None:
    """As `finish` does in a signal handler that has interrupted `log` in the middle of a row."""
    for number in range(20):
        pool.put(Thing(str(number)))
    with pool.lock:
        pool.storing.drain()
    assert len(pool.rows) == 20


def test_values_that_come_while_all_threads_want_to_write(pool: Pool) -> None:
    """The holder of the lock puts more, and waits for it, while the threads wait for the lock."""
    for _ in range(3):
        with pool.lock:
            pool.put(Thing("first"), Thing("second"))
            until(lambda: pool.storing.waiting[1] == 0)
            time.sleep(0.02)  # nothing is left to encode: both threads turn to the rows
            pool.put(Thing("third"))
            pool.storing.drain()
    assert len(pool.rows) == 6


def test_waiting_for_what_was_put_so_far_only(pool: Pool) -> None:
    stop = threading.Event()

    def fill() -> None:
        while not stop.is_set():
            pool.put(Thing("x"))

    filler = threading.Thread(target=fill)
    filler.start()
    try:
        for _ in range(5):
            pool.storing.drain()
    finally:
        stop.set()
        filler.join(10)


def test_a_wait_can_be_broken_off_inside_of_a_row(pool: Pool) -> None:
    """A row is being written when a handler interrupts its thread and waits for the pool."""
    seen: list[int] = []

    def write() -> None:
        pool.storing.drain()
        seen.append(len(pool.rows))

    pool.put(Thing("before"))
    pool.storing.drain()
    with pool.lock:
        pool.put(Thing("behind"))
        pool.storing._write_rows()
        with pool.storing.room([]):
            pool.storing.put(Row([], write))
        pool.storing.drain()
    assert seen == [2]


def test_a_file_that_is_kept(tmp_path: Path) -> None:
    """What the protocol of files is for: the user may change the file as soon as it was taken."""
    from reportgen.rundir import writer

    path = tmp_path / "clip.bin"
    for size in (100, writer.SMALL + 1):
        run = writer.RunWriter(tmp_path / f"run{size}", new=True)
        path.write_bytes(b"a" * size)
        kept = run.keep(path)
        path.write_bytes(b"b" * size)
        name = run.put(kept, ".bin") if isinstance(kept, bytes) else run.adopt(kept, ".bin")
        assert (run.folder / name).read_bytes() == b"a" * size
        assert list(run.folder.rglob("*.part")) == []
        run.close()
