import pytest

from reportgen.errors import InputTypeError, InputValueError, RunDirError
from reportgen.rundir.layout import media_name
from reportgen.rundir.records.image import ImageRecord
from tests.rundir.directories import IMAGE, PIXEL


def test_fields_that_are_not_given_are_left_out() -> None:
    record = ImageRecord(PIXEL, 3, 2, "png")
    assert record.to_json() == IMAGE
    assert ImageRecord.from_json(IMAGE) == record


def test_all_fields() -> None:
    record = ImageRecord(PIXEL, 3, 2, "jpg", mode="RGB", caption="</script>", grouping=1, scaled_from="-1..1")
    assert list(record.to_json()) == [
        "_type",
        "file",
        "width",
        "height",
        "format",
        "mode",
        "caption",
        "grouping",
        "scaled_from",
    ]
    assert ImageRecord.from_json(record.to_json()) == record


def test_the_names_that_the_writer_makes() -> None:
    for suffix in (".png", ".tar.gz", ""):
        ImageRecord(media_name("a1" * 32, suffix), 1, 1, "png")


@pytest.mark.parametrize(
    ("field", "value"),
    [("width", "3"), ("width", 3.0), ("height", None), ("height", True), ("file", None), ("format", 1), ("caption", 3)],
)
def test_wrong_types(field: str, value: object) -> None:
    with pytest.raises(InputTypeError, match=f"RG331.*{field}"):
        ImageRecord(**{**{k: v for k, v in IMAGE.items() if k != "_type"}, field: value})  # type: ignore[arg-type]
    with pytest.raises(RunDirError, match=f"RG330.*{field}"):
        ImageRecord.from_json({**IMAGE, field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("width", 0),
        ("height", -5),
        ("file", "../x.png"),
        ("file", "/etc/passwd"),
        ("file", "media/../../x"),
        ("file", PIXEL + "\n"),
        ("format", "PNG"),
        ("format", ""),
        ("format", "png\n"),
    ],
)
def test_values_out_of_range(field: str, value: object) -> None:
    with pytest.raises(InputValueError, match=f"RG332.*{field}"):
        ImageRecord(**{**{k: v for k, v in IMAGE.items() if k != "_type"}, field: value})  # type: ignore[arg-type]
    with pytest.raises(RunDirError, match="RG330"):
        ImageRecord.from_json({**IMAGE, field: value})
