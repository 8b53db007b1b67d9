from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.rundir.lines import Lines, batches
from reportgen.rundir.opening import open_inside


def read(folder: Path, data: bytes, **options: int) -> list[Lines]:
    (folder / "f").write_bytes(data)
    with open_inside(folder, "f") as file:
        return list(batches(file, **options))


@given(
    st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=20),
    st.binary(max_size=5).map(lambda line: line.replace(b"\n", b"")),
    st.integers(1, 40),
)
def test_nothing_is_lost_or_cut(tmp_path_factory: pytest.TempPathFactory, lines: list, tail: bytes, batch: int) -> None:
    data = b"".join(line + b"\n" for line in lines) + tail
    found = read(tmp_path_factory.getbasetemp(), data, batch=batch)
    assert b"".join(part.data for part in found) == data
    number, at = 1, 0
    for part in found:
        assert (part.first, part.at) == (number, at)
        assert [i for i, byte in enumerate(part.data) if byte == 10] == part.ends.tolist()
        assert part.data.endswith(b"\n") or part is found[-1]
        number, at = part.last + 1, part.end
    assert number - 1 == len(lines) + bool(tail)


def test_lines_longer_than_the_limit_are_passed_over(tmp_path: Path) -> None:
    data = b"short\n" + b"x" * 100 + b"\n" + b"short\n" + b"\0" * 90 + b"\nend"
    found = read(tmp_path, data, batch=8, limit=32)
    assert [(p.first, p.last, p.data, p.skipped, p.blank) for p in found] == [
        (1, 1, b"short\n", 0, False),
        (2, 2, b"", 101, False),
        (3, 3, b"short\n", 0, False),
        (4, 4, b"", 91, True),
        (5, 5, b"end", 0, False),
    ]
    assert found[-1].end == len(data)


def test_a_long_last_line(tmp_path: Path) -> None:
    (found,) = read(tmp_path, b"\0" * 1000, batch=16, limit=64)
    assert (found.skipped, found.blank, found.last) == (1000, True, 1)


def test_a_long_line_within_the_limit(tmp_path: Path) -> None:
    data = b"a\n" + b"x" * 1000 + b"\nb\n"
    found = read(tmp_path, data, batch=4)
    assert b"".join(part.data for part in found) == data
    assert found[-1].last == 3


def test_what_is_appended_while_reading_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"one\ntwo\n")
    with open_inside(tmp_path, "f") as file:
        reading = batches(file, batch=4)
        first = next(reading)
        with path.open("ab") as more:
            more.write(b"three\n")
        assert first.data + b"".join(part.data for part in reading) == b"one\ntwo\n"


def test_a_file_that_becomes_shorter(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"one\ntwo\nthree")
    with open_inside(tmp_path, "f") as file:
        reading = batches(file, batch=4)
        next(reading)
        path.write_bytes(b"one\ntw")
        assert [part.data for part in reading] == [b"tw"]
        assert list(batches(file, end=100, batch=4)) != []


def test_an_empty_file(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == []
