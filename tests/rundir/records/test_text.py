import pytest

from reportgen.errors import InputTypeError, RunDirError
from reportgen.rundir.records.text import TextRecord


def test_a_text_is_written_alone() -> None:
    text = "<b>&\"'</script>\n\u2028"
    assert TextRecord(text).to_json() == text
    assert TextRecord.from_json(text) == TextRecord(text)


@pytest.mark.parametrize("value", [1, None, ["x"]])
def test_other_values(value: object) -> None:
    with pytest.raises(InputTypeError, match="RG331"):
        TextRecord(value)  # type: ignore[arg-type]
    with pytest.raises(RunDirError, match="RG330"):
        TextRecord.from_json(value)
