import pytest

from reportgen.errors import RunDirError
from reportgen.rundir import layout
from reportgen.rundir.upgrade import CURRENT, STEPS, Step, Upgrades, chain


def test_every_older_format_has_a_step() -> None:
    assert sorted(STEPS) == list(range(1, layout.FORMAT))
    assert CURRENT.path(layout.FORMAT) == ()


def test_steps_follow_one_another() -> None:
    steps = {
        1: Step(row=lambda row: {**row, "seen": [1]}),
        2: Step(run=lambda run: {**run, "two": True}),
        3: Step(row=lambda row: {**row, "seen": [*row["seen"], 3]}),
    }
    path = Upgrades(4, steps).path(1)
    assert path == (steps[1], steps[2], steps[3])
    row = chain(path, "row")
    assert row is not None
    assert row({}) == {"seen": [1, 3]}
    assert chain(path, "sample") is None
    assert Upgrades(4, steps).path(3) == (steps[3],)


def test_a_newer_format_names_both_numbers() -> None:
    with pytest.raises(RunDirError, match=r"RG302.*format 99.*up to 1") as caught:
        CURRENT.path(99, "/somewhere")
    assert "pip install --upgrade" in caught.value.problem.remedy
    assert caught.value.problem.where == "/somewhere"


@pytest.mark.parametrize("number", [0, -1])
def test_a_format_that_never_was(number: int) -> None:
    with pytest.raises(RunDirError, match="RG302"):
        CURRENT.path(number)


def test_a_gap_between_formats() -> None:
    with pytest.raises(RunDirError, match="RG302"):
        Upgrades(3, {2: Step()}).path(1)
