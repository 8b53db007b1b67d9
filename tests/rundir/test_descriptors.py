"""Descriptors that belong to somebody else are left alone, and some are at hand when there are none left."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen.rundir import descriptors
from reportgen.rundir.descriptors import RESERVED, Reserve, close, identity, identity_at, opened, raised
from tests.conftest import ROOT


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def full(file: int) -> Iterator[list[int]]:
    """A process that may open no more files, once it has used up what there is with `use_up`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))) + 20, hard))  # noqa: PTH208
    held: list[int] = []
    yield held
    for descriptor in held:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def use_up(held: list[int]) -> None:
    with contextlib.suppress(OSError):
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))


def test_identity_tells_files_apart(file: int, tmp_path: Path) -> None:
    assert identity(file) == identity_at(tmp_path / "file") is not None
    assert identity_at(tmp_path / "other") is None
    assert identity_at(tmp_path / "file" / "below") is None
    assert identity(-1) is None
    spare = os.dup(file)
    assert identity(spare) == identity(file)
    os.close(spare)
    assert identity(spare) is None


def test_closes_only_what_is_ours(file: int, tmp_path: Path) -> None:
    other = os.open(tmp_path / "other", os.O_RDWR | os.O_CREAT)
    close(other, identity(file))
    close(other, None)
    assert identity(other) is not None
    close(other, identity(other))
    assert identity(other) is None


def test_raised_descriptors_have_numbers_that_nobody_gets_by_accident(file: int, tmp_path: Path) -> None:
    low = os.dup(file)
    high = raised(low)
    assert high >= descriptors.HIGH
    assert identity(high) == identity(file)
    assert identity(low) is None
    assert not os.get_inheritable(high)
    os.close(high)


def test_reserve_is_given_up_when_none_is_left(file: int, full: list[int], tmp_path: Path) -> None:
    reserve = Reserve()
    reserve.fill(file)
    use_up(full)
    assert not reserve.asked()
    os.close(opened(tmp_path / "new", os.O_RDWR | os.O_CREAT))
    assert (tmp_path / "new").exists()
    assert not reserve.asked()  # it is not what it should be yet
    reserve.drop()
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "missing", os.O_RDONLY)


def test_all_of_it_is_given_up_before_an_error_is_raised(file: int, full: list[int]) -> None:
    reserve = Reserve()
    reserve.fill(file)
    use_up(full)
    gained = [opened(os.devnull, os.O_RDONLY) for _ in range(RESERVED)]
    with pytest.raises(OSError, match="Too many open files"):
        opened(os.devnull, os.O_RDONLY)
    for descriptor in gained:
        os.close(descriptor)
    reserve.drop()


def test_it_is_taken_back_after_a_while(file: int, full: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    reserve = Reserve()
    reserve.fill(file)
    use_up(full)
    reserve.make_room()
    reserve.fill(file)
    os.close(os.open(os.devnull, os.O_RDONLY))  # not at once: whoever needs it has the time to use it
    monkeypatch.setattr(descriptors, "QUIET", 0.0)
    reserve.fill(file)
    assert reserve.asked()
    assert not reserve.asked()
    with pytest.raises(OSError, match="Too many open files"):
        os.open(os.devnull, os.O_RDONLY)
    reserve.drop()


def test_it_lets_go_of_descriptors_that_are_somebody_elses_now(file: int, tmp_path: Path) -> None:
    reserve = Reserve()
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    reserve.drop()
    reserve = Reserve()
    reserve.fill(file)
    taken = sorted(int(name) for name in set(os.listdir("/proc/self/fd")) - before)[:RESERVED]  # noqa: PTH208
    theirs = os.open(tmp_path / "theirs", os.O_RDWR | os.O_CREAT)
    os.dup2(theirs, taken[0])
    reserve.fill(file)
    assert identity(taken[0]) == identity(theirs)
    reserve.drop()
    assert identity(taken[0]) == identity(theirs)
    os.close(taken[0])
    os.close(theirs)


IMPORTS = """
import os, resource, sys
from reportgen.rundir.descriptors import Reserve
held = [os.open(os.devnull, os.O_RDONLY)]
reserve = Reserve()
reserve.fill(held[0])
resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
try:
    while True: held.append(os.open(os.devnull, os.O_RDONLY))
except OSError: pass
import tomllib, wave
reserve.drop()
print(len([finder for finder in sys.meta_path if type(finder).__module__.startswith("reportgen")]))
"""


def test_imports_find_room(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr
