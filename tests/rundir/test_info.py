import fcntl
import os
from pathlib import Path

import pytest

from reportgen.errors import Problem
from reportgen.rundir.info import RunInfo, parse_document, read_document, read_info, restored
from tests.rundir.directories import RUN, write_run


def info(folder: Path, **values: object) -> tuple[RunInfo, list[Problem]]:
    problems: list[Problem] = []
    return read_info(values, folder, problems), problems


def test_what_a_run_says_of_itself(tmp_path: Path) -> None:
    found, problems = info(tmp_path, **RUN, tags=["a"], environment={"memory": {"_type": "int", "value": "1" * 30}})
    assert problems == []
    assert (found.id, found.name, found.project, found.state, found.duration) == ("r1", "first", "p", "finished", 12.5)
    assert found.sessions == ((1795252260.5, 0.0),)
    assert found.tags == ("a",)
    assert found.environment == {"memory": int("1" * 30)}


def test_what_is_missing_has_a_default(tmp_path: Path) -> None:
    found, problems = info(tmp_path / "folder", state="finished")
    assert problems == []
    assert (found.id, found.name, found.project, found.format) == ("folder", "folder", "", 1)
    assert (found.tags, found.sessions, found.error, found.duration) == ((), (), None, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("writer", 3),
        ("id", None),
        ("name", ["x"]),
        ("project", {}),
        ("group", 1.5),
        ("job_type", True),
        ("tags", "ab"),
        ("tags", ["a", 3]),
        ("notes", []),
        ("created", 1795252260),
        ("state", "crashed"),
        ("state", []),
        ("exit_code", "1"),
        ("exit_code", True),
        ("error", "ValueError"),
        ("duration", "12 s"),
        ("duration", True),
        ("incomplete", 1),
        ("sessions", {}),
        ("sessions", [3]),
        ("sessions", [{"started": 1}]),
        ("metrics", {}),
        ("metrics", [{"name": ""}]),
        ("environment", []),
        ("private", "x" * 500),
        ("format", "1"),
        ("ranks", 0),
        ("ranks", "4"),
        ("ranks", True),
    ],
)
def test_a_field_of_a_wrong_type_costs_that_field(tmp_path: Path, name: str, value: object) -> None:
    found, problems = info(tmp_path, **{**RUN, name: value})
    assert [(p.code, p.where, p.severity) for p in problems] == [("RG305", "run.json", "warning")]
    assert repr(name) in problems[0].what
    assert len(problems[0].what) < 200
    expected, _ = info(tmp_path, **{key: item for key, item in RUN.items() if key != name})
    assert found == expected


def test_a_run_that_holds_its_lock_is_running(tmp_path: Path) -> None:
    with (tmp_path / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert info(tmp_path, state="running")[0].state == "running"
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert info(tmp_path, state="running")[0].state == "crashed"
        # Looking must not keep the lock from the next writer.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_run_without_a_lock_has_crashed(tmp_path: Path) -> None:
    assert info(tmp_path, state="running")[0].state == "crashed"
    assert info(tmp_path)[0].state == "crashed"


def test_a_lock_that_is_no_file_says_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "run.lock")
    assert info(tmp_path, state="running")[0].state == "running"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"3", b'{"a":NaN}', b"\xff\xfe", b"[" * 5000, b"\xef\xbb\xbf{}"])
def test_a_damaged_document(data: bytes) -> None:
    problems: list[Problem] = []
    assert parse_document(data, "config.json", problems) is None
    assert [(p.code, p.where) for p in problems] == [("RG306", "config.json")]


def test_documents(tmp_path: Path) -> None:
    problems: list[Problem] = []
    write_run(tmp_path, config=b'{"a": {"_type": "float", "value": "NaN"}}')
    assert read_document(tmp_path, "config.json", problems) == {"a": {"_type": "float", "value": "NaN"}}
    assert read_document(tmp_path, "summary.json", problems) is None
    assert problems == []
    (tmp_path / "summary.json").symlink_to("config.json")
    assert read_document(tmp_path, "summary.json", problems) is None
    assert [p.code for p in problems] == ["RG322"]


def test_a_value_nested_too_deep_costs_that_value() -> None:
    deep: list = []
    for _ in range(300):
        deep = [deep]
    problems: list[Problem] = []
    assert restored({"deep": deep, "lr": 1}, "config.json", problems) == {"lr": 1}
    assert [p.code for p in problems] == ["RG318"]
    assert restored(None, "config.json", problems) == {}
