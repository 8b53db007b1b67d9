import json
import math
import struct

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reportgen.errors import InputTypeError, InputValueError
from reportgen.rundir.jsonl import (
    DELETED,
    MAX_DEPTH,
    MAX_DOCUMENT,
    MAX_LINE,
    Tagged,
    decode,
    decode_row,
    encode,
    encode_document,
    encode_numbers,
)
from reportgen.rundir.records.image import ImageRecord
from reportgen.rundir.records.scalar import ScalarRecord
from tests.rundir.directories import IMAGE

CLEAN = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), CLEAN)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(CLEAN, st.just("_type"), st.just("value")), inner, max_size=4),
        st.builds(lambda d: Tagged({**d, "_type": "gadget"}), st.dictionaries(CLEAN, inner, max_size=3)),
    ),
    max_leaves=12,
)


def same(left: object, right: object) -> bool:
    """Equal, where NaN equals itself, 0.0 does not equal -0.0, and types count."""
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return (left != left and right != right) or struct.pack("d", left) == struct.pack("d", right)
    return type(left) is type(right) and left == right


def no_constant(word: str) -> None:
    raise AssertionError(f"{word} is not strict JSON")


@given(st.dictionaries(CLEAN, TREES, max_size=5))
@example({"a": math.nan, "b": math.inf, "c": -math.inf, "d": -0.0})
@example({"a": 2**63, "b": 2**63 - 1, "c": -(2**63), "d": -(2**63) - 1, "e": 2**64, "f": 10**400})
@example({"_type": "float", "value": "NaN"})
@example({"a": {"_type": "float", "value": "NaN"}, "b": [{"_type": 3}], "c": {"_type": {"_type": "object"}}})
@example({"a": "null", "b": None, "c": '"_type"', "d": "\u2028\u2029\n\r\x00\x7f\U0001f600"})
def test_what_is_written_is_read_again(row: dict) -> None:
    line = encode(row)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    json.loads(line, parse_constant=no_constant)
    assert same(decode_row(orjson.loads(line)), row)
    assert same(decode_row(orjson.loads(encode_document(row))), row)


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.lists(st.text()))))
def test_no_text_loses_a_row(row: dict) -> None:
    back = decode_row(orjson.loads(encode(row)))
    assert len(back) == len(row)


def test_half_characters_are_replaced_and_pairs_joined() -> None:
    row = {"a": "x\ud800y", "b": ["\ud83d\ude00"], **dict(zip(("k\udfff", "k\ud800"), (1, 2), strict=True))}
    back = orjson.loads(encode(row))
    assert back == {"a": "x\ufffdy", "b": ["\U0001f600"], "k\ufffd": 1, "k\ufffd\ufffd": 2}


def test_numbers_that_json_lacks_are_tagged() -> None:
    line = encode({"a": math.nan, "b": [math.inf], "c": {"d": -math.inf}, "e": 2**64})
    assert orjson.loads(line) == {
        "a": {"_type": "float", "value": "NaN"},
        "b": [{"_type": "float", "value": "Infinity"}],
        "c": {"d": {"_type": "float", "value": "-Infinity"}},
        "e": {"_type": "int", "value": "18446744073709551616"},
    }


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2**53 + 1, b"9007199254740993"),
        (2**63 - 1, b"9223372036854775807"),
        (-(2**63), b"-9223372036854775808"),
        (2**63, b'{"_type":"int","value":"9223372036854775808"}'),
        (-0.0, b"-0.0"),
        (True, b"true"),
    ],
)
def test_numbers_at_the_edges(value: float, written: bytes) -> None:
    assert encode({"a": value}) == b'{"a":' + written + b"}\n"
    assert same(decode(orjson.loads(written)), value)


def test_finite_numbers_whose_sum_overflows() -> None:
    row = {"a": 1.7e308, "b": 1.7e308}
    assert orjson.loads(encode(row)) == row


@pytest.mark.parametrize("sign", [1, -1])
def test_whole_numbers_too_long_for_decimal_parsing(sign: int) -> None:
    value = sign * 10**5000
    assert decode_row(orjson.loads(encode({"a": value})))["a"] == value


def test_a_users_own_type_key_is_wrapped_and_a_record_is_not() -> None:
    record = ImageRecord.from_json(IMAGE)
    line = encode({"own": [{"_type": "image"}], "record": record, "plain": record.to_json(), "n": ScalarRecord(3)})
    parsed = orjson.loads(line)
    assert parsed["own"] == [{"_type": "object", "value": {"_type": "image"}}]
    assert parsed["record"] == parsed["plain"] == IMAGE
    assert parsed["n"] == 3


@given(st.dictionaries(CLEAN, st.one_of(TREES, st.floats(), st.integers()), max_size=5))
def test_the_short_way_writes_the_same_or_nothing(row: dict) -> None:
    assert encode_numbers(row) in (None, encode(row))


def test_the_short_way_takes_numbers() -> None:
    row = {"_step": 3, "a": 2.5, "b": True, "c": -(2**53) + 1}
    assert encode_numbers(row) == encode(row)


@pytest.mark.parametrize("row", [{"a": "x"}, {"a": None}, {"a": math.nan}, {"a": 2**53}, {"a": [1]}, {"a": object()}])
def test_the_short_way_leaves_the_rest(row: dict) -> None:
    assert encode_numbers(row) is None


def test_what_was_decoded_can_be_encoded_again() -> None:
    line = encode({"image": Tagged(IMAGE), "own": {"_type": "x"}, "gone": DELETED})
    assert encode(decode_row(orjson.loads(line))) == line


@pytest.mark.parametrize(
    "value",
    [
        {"_type": "float", "value": "nan"},
        {"_type": "float", "value": []},
        {"_type": "float"},
        {"_type": "int", "value": "1.5"},
        {"_type": "int", "value": ""},
        {"_type": "int", "value": "0xzz"},
        {"_type": "int", "value": "١٢"},
        {"_type": "int", "value": "9" * 5000},
        {"_type": "object", "value": []},
        {"_type": 3},
        {"_type": None, "a": 1},
    ],
)
def test_malformed_tagged_values_stay_as_they_are(value: dict) -> None:
    assert decode(value) == value


def nested(levels: int) -> list:
    value: list = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_depth_has_a_limit() -> None:
    assert decode_row(orjson.loads(encode({"a": nested(MAX_DEPTH)}))) == {"a": nested(MAX_DEPTH)}
    for levels in (MAX_DEPTH + 1, 300, 50_000):
        with pytest.raises(InputValueError, match="RG342"):
            encode({"a": nested(levels)})
    with pytest.raises(InputValueError, match="RG342"):
        decode(nested(MAX_DEPTH + 1))


def test_a_value_that_holds_itself() -> None:
    circle: list = []
    circle += [circle, circle]
    with pytest.raises(InputValueError, match="RG342"):
        encode({"a": circle})


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", 1j, [object()], {3: 4}, [{None: 1}]])
def test_other_types_are_refused(value: object) -> None:
    with pytest.raises(InputTypeError, match="RG341"):
        encode({"a": value})


def test_a_line_has_a_limit() -> None:
    with pytest.raises(InputValueError, match="RG343"):
        encode({"a": "x" * MAX_LINE})


def test_a_document_has_a_limit() -> None:
    with pytest.raises(InputValueError, match=r"RG344: .*readers take at most 134,217,728 \(key 'large'\)"):
        encode_document({"small": 1, "large": "x" * MAX_DOCUMENT})
