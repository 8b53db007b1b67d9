"""The file of events is made at the first of them, and holds whole lines."""

from __future__ import annotations

import json
import signal
import threading
import time
from pathlib import Path

import pytest

from reportgen.errors import InputTypeError
from reportgen.log.events import EventFile


def test_no_event_makes_no_file(tmp_path: Path) -> None:
    EventFile(tmp_path / "events.jsonl").close()
    assert list(tmp_path.iterdir()) == []


def test_events_of_many_threads(tmp_path: Path) -> None:
    file = EventFile(tmp_path / "events.jsonl")
    threads = [
        threading.Thread(target=lambda n=n: [file.append({"n": n, "i": i}) for i in range(200)]) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    file.close()
    file.close()
    rows = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert all([row["i"] for row in rows if row["n"] == n] == list(range(200)) for n in range(4))


def test_it_goes_on_after_half_a_line(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text('{"half')
    file = EventFile(tmp_path / "events.jsonl")
    file.append({"a": float("nan")})
    file.close(durable=False)
    assert (tmp_path / "events.jsonl").read_text().splitlines() == ['{"half', '{"a":{"_type":"float","value":"NaN"}}']


def test_what_no_line_can_hold(tmp_path: Path) -> None:
    with pytest.raises(InputTypeError, match="RG341"):
        EventFile(tmp_path / "events.jsonl").append({"a": object()})


def test_an_event_in_the_middle_of_another(tmp_path: Path) -> None:
    """From a signal handler."""
    file = EventFile(tmp_path / "events.jsonl")
    wanted, before = 300, signal.signal(signal.SIGALRM, lambda *_: file.append({"handler": 1}))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
        for n in range(wanted):
            file.append({"n": n, "text": "x" * 5000})
            time.sleep(0.0002)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    file.close()
    rows = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [row["n"] for row in rows if "n" in row] == list(range(wanted))
    assert any("handler" in row for row in rows)
