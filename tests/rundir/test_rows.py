import numpy as np
import pytest

from reportgen.errors import Problem
from reportgen.rundir.lines import Lines
from reportgen.rundir.rows import LISTED, Faults, one_by_one, parser, session_of, step_of, together


def lines(data: bytes, first: int = 1) -> Lines:
    return Lines(first, 0, data, np.flatnonzero(np.frombuffer(data, np.uint8) == 10))


def test_sound_lines_are_parsed_together() -> None:
    assert together(lines(b'{"a":1}\n{"b":[{"c":2}]}\n')) == [{"a": 1}, {"b": [{"c": 2}]}]


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1}\n{"b":2}',  # no newline at the end
        b'{"a":1},{"b":2}\n',  # two on a line
        b'{"a":[1\n,2]}\n',  # one on two lines
        b'{"a":[{"x":1}\n{"y":2}]}\n{"b":1},{"c":2}\n{"d":1},{"e":2}\n',
        b'{"a":1}\n\n{"b":2}\n',
        b"[1]\n",
        b'{"a":1}\n{"b":}\n',
        b'{"a":1}\r\n{"b":2}\r\n',
        b"\n",
        b"",
    ],
)
def test_others_get_a_closer_look(data: bytes) -> None:
    assert together(lines(data)) is None


def test_a_damaged_line_costs_that_line_only() -> None:
    faults = Faults("history.jsonl")
    data = b'{"a":1}\n{"a":\n3\n[]\n\n  \n\xff\xfe\n{"b":2}\r\n{"torn'
    rows, numbers = one_by_one(lines(data, first=11), faults)
    assert rows == [{"a": 1}, {"b": 2}]
    assert numbers == [11, 18]
    assert [(p.code, p.where, p.severity) for p in faults.all()] == [
        ("RG311", "history.jsonl, line 12", "error"),
        ("RG312", "history.jsonl, line 13", "error"),
        ("RG312", "history.jsonl, line 14", "error"),
        ("RG311", "history.jsonl, line 17", "error"),
        ("RG310", "history.jsonl, line 19", "warning"),
    ]


def test_a_last_line_that_lacks_its_newline_only_counts() -> None:
    faults = Faults("f")
    assert one_by_one(lines(b'{"a":1}'), faults) == ([{"a": 1}], [1])
    assert faults.all() == []


def test_zero_bytes_and_long_lines_are_told() -> None:
    faults = Faults("f")
    one_by_one(lines(b'{"a":1}\n' + b"\0" * 50), faults)
    one_by_one(Lines(3, 0, b"", skipped=2000, blank=True), faults)
    one_by_one(Lines(4, 0, b"", skipped=2000), faults)
    assert [p.code for p in faults.all()] == ["RG316", "RG316", "RG315"]
    assert "2,000 bytes" in faults.all()[-1].what


def test_deep_nesting_is_one_damaged_line() -> None:
    faults = Faults("f")
    data = b'{"a":1}\n{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}\n"
    rows, _ = one_by_one(lines(data), faults)
    assert rows == [{"a": 1}]
    assert [p.code for p in faults.all()] == ["RG311"]


def test_many_faults_are_counted() -> None:
    faults = Faults("f")
    one_by_one(lines(b"x\n" * 1000 + b"3\n"), faults)
    found = faults.all()
    assert len(found) == LISTED + 2
    assert found[-1] == Problem("RG311", f"{1000 - LISTED:,} more lines like it", "f")


@pytest.mark.parametrize(
    ("step", "expected"),
    [(0, 0), (3.0, 3), (2**63 - 1, 2**63 - 1), (2**63, None), (-1, None), (1.5, None), ("3", None), (None, None)],
)
def test_steps(step: object, expected: int | None) -> None:
    assert step_of({"_step": step}) == expected


def test_no_step() -> None:
    assert step_of({}) is None


def test_rows_of_an_older_format_are_changed() -> None:
    parse = parser(lambda row: {"new": row["old"]}, Faults("f"))
    assert parse(lines(b'{"old":1}\n{"old":2}\n')) == ([{"new": 1}, {"new": 2}], range(1, 3))
    assert parse(lines(b'{"old":1}\n\n{"old":2}\n')) == ([{"new": 1}, {"new": 2}], [1, 3])


@pytest.mark.parametrize(
    ("session", "expected"), [(1, 1), (2**31 - 1, 2**31 - 1), (0, None), (2**31, None), (True, None), ("1", None)]
)
def test_sessions(session: object, expected: int | None) -> None:
    assert session_of({"_summary": {}, "_session": session}) == expected
    assert session_of({"_summary": {}}) is None
