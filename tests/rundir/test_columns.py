from array import array

import pytest

from reportgen.rundir.columns import Columns
from reportgen.rundir.rows import Faults


def filled(*batches: list, numbered: bool = False) -> Columns:
    columns = Columns(Faults("f"), numbered)
    first = 1
    for rows in batches:
        columns.add(rows, range(first, first + len(rows)))
        first += len(rows)
    return columns


def row(step: int, **values: object) -> dict:
    return {"_step": step, "_runtime": step / 2, **values}


def test_alike_rows_share_one_range() -> None:
    columns = filled([row(0, a=1, b=2.5), row(1, a=3, b=True)], [row(2, a=5, b=6)])
    track = columns.tracks["a"]["scalar"]
    assert track.rows == [range(3)]
    assert track.numbers == array("d", [1, 3, 5])
    assert columns.tracks["b"]["scalar"].numbers == array("d", [2.5, 1, 6])
    assert columns.steps == array("q", [0, 1, 2])
    assert columns.runtimes == array("d", [0, 0.5, 1])
    assert columns.last == {"a": (2, 5), "b": (2, 6)}


def test_keys_in_another_order_are_still_alike() -> None:
    columns = filled([row(0, a=1, b=2), {"b": 4, "_runtime": 1, "a": 3, "_step": 1}])
    assert columns.tracks["a"]["scalar"].numbers == array("d", [1, 3])
    assert columns.tracks["b"]["scalar"].numbers == array("d", [2, 4])


def test_keys_that_appear_together_share_row_numbers() -> None:
    columns = filled([row(0, a=1, b=1), row(1, c=1), row(2, a=2, b=2)])
    assert columns.tracks["a"]["scalar"].rows[0] is columns.tracks["b"]["scalar"].rows[0]
    assert list(columns.tracks["a"]["scalar"].rows[0]) == [0, 2]
    assert list(columns.tracks["c"]["scalar"].rows[0]) == [1]


def test_many_sets_of_keys() -> None:
    rows = [row(i, **{f"k{i}": i, "all": i}) for i in range(100)]
    columns = filled(rows)
    assert columns.tracks["all"]["scalar"].rows == [range(100)]
    assert columns.tracks["k7"]["scalar"].numbers == array("d", [7])
    assert len(columns.tracks) == 101


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1, "scalar"),
        (False, "scalar"),
        (2**64, "scalar"),
        ({"_type": "float", "value": "NaN"}, "scalar"),
        ({"_type": "int", "value": "9" * 400}, "scalar"),
        ("1.5", "text"),
        ("", "text"),
        (None, ""),
        ([], "json"),
        ([1, 2], "json"),
        ([{"_type": "float", "value": "NaN"}], "json"),
        ({}, "json"),
        ({"a": 1}, "json"),
        ({"_type": "image"}, "image"),
        ({"_type": "gadget", "x": 1}, "gadget"),
        ([{"_type": "image"}, {"_type": "image"}], "image"),
        ([{"_type": "image"}, {"_type": "gadget"}], "json"),
        ([{"_type": "image"}, 3], "json"),
        ([{"_type": "object", "value": {"_type": "image"}}], "json"),
        ({"_type": "object", "value": {"_type": "image"}}, "json"),
        ({"_type": "scalar"}, "json"),
        ({"_type": "text", "text": "x"}, "json"),
        ({"_type": "json"}, "json"),
        ({"_type": "float", "value": "x"}, "json"),
        ({"_type": ""}, "json"),
        ({"_type": 3}, "json"),
        ({"_type": ["image"]}, "json"),
        ({"_type": "float", "value": []}, "json"),
    ],
)
def test_kinds(value: object, kind: str) -> None:
    columns = filled([row(0, a=value, b=1)])
    assert list(columns.tracks["a"]) == [kind]


def test_a_number_too_big_for_a_float() -> None:
    columns = filled([row(0, a={"_type": "int", "value": "-" + "9" * 400})])
    assert columns.tracks["a"]["scalar"].numbers[0] == float("-inf")
    assert columns.last["a"][1] == -int("9" * 400)


def test_kinds_mix_under_one_key() -> None:
    columns = filled([row(0, a=1), row(1, a="x"), row(2, a=None), row(3, a=2)])
    kinds = columns.tracks["a"]
    assert {kind: [list(rows) for rows in track.rows] for kind, track in kinds.items()} == {
        "scalar": [[0, 3]],
        "text": [[1]],
        "": [[2]],
    }


def test_rows_without_a_step_are_told() -> None:
    columns = filled([row(0, a=1), {"_runtime": 1, "a": 2}, row(-1, a=3), {"_step": "4", "_runtime": 1}, row(5, a=4)])
    assert columns.steps == array("q", [0, 5])
    assert [(p.code, p.where) for p in columns.faults.all()] == [("RG313", f"f, line {n}") for n in (2, 3, 4)]


def test_a_missing_runtime_is_that_of_the_row_before() -> None:
    columns = filled([row(0, a=1), row(2, a=1), {"_step": 3, "a": 1}, {"_step": 4, "_runtime": "x", "a": 1}])
    assert columns.runtimes == array("d", [0, 1, 1, 1])
    assert [p.code for p in columns.faults.all()] == ["RG314", "RG314"]


def test_big_steps_are_exact() -> None:
    columns = filled([row(2**53 + 1, a=1), row(2**63 - 1, a=2)])
    assert list(columns.steps) == [2**53 + 1, 2**63 - 1]


def test_values_nested_too_deep_are_left_out() -> None:
    deep: list = []
    for _ in range(500):
        deep = [deep]
    columns = filled([row(0, a=deep, b=1), {"_step": 0, "_runtime": 0, "_summary": {"s": deep, "t": 1}}])
    assert list(columns.tracks) == ["b"]
    assert columns.assigned == {"t": (1, 1)}
    assert [p.code for p in columns.faults.all()] == ["RG318", "RG318"]


def test_summary_rows_are_no_steps() -> None:
    columns = filled([row(0, a=1), row(1, _summary={"a": 7}, a=9), row(2, a=3), row(9, _summary=[1])])
    assert columns.steps == array("q", [0, 2])
    assert columns.assigned == {"a": (1, 7)}
    assert columns.moments == {"a": 0.5}
    assert columns.last == {"a": (1, 3)}
    assert [(p.code, p.where) for p in columns.faults.all()] == [("RG317", "f, line 4")]


def test_samples_are_counted() -> None:
    columns = filled(
        [{"_runtime": 0, "cpu": 1}, {"_runtime": 1, "cpu": 2}],
        [{"_runtime": 2}],
        [{"cpu": "x"}],
        [{"_step": 77, "_runtime": 3, "cpu": None}],
        numbered=True,
    )
    assert columns.steps == array("q", range(5))
    assert columns.runtimes == array("d", [0, 1, 2, 2, 3])


def test_what_was_logged_last() -> None:
    columns = filled([row(0, a=1, b={"_type": "image"}, c=[1]), row(1, a=None, b="x", c=None), row(2, d=True)])
    assert columns.last == {"a": (0, 1), "b": (1, "x"), "c": (0, [1]), "d": (2, True)}
    columns.add([row(5, a=1, b=1), row(4, a=2), row(3, a=3, b=3)], range(4, 7))
    assert columns.last["a"] == columns.last["b"] == (5, 3)


def test_where_sessions_begin() -> None:
    found = filled(
        [row(0, a=1), {**row(0), "_summary": {}, "_session": 2}, row(1, a=2), {**row(0), "_summary": {"b": 1}}]
    )
    assert found.sessions == [(1, 2)]
    assert list(found.assigned) == ["b"]
    assert found.steps.tolist() == [0, 1]
