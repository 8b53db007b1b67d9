import math

import pytest

from reportgen.errors import InputTypeError, RunDirError
from reportgen.rundir.records.scalar import ScalarRecord


@pytest.mark.parametrize("value", [0, -1.5, math.nan, math.inf, 10**30, True])
def test_a_number_is_written_alone(value: float) -> None:
    assert ScalarRecord(value).to_json() is value
    assert ScalarRecord.from_json(value) == ScalarRecord(value)


@pytest.mark.parametrize("value", ["1", None, [], {}])
def test_other_values(value: object) -> None:
    with pytest.raises(InputTypeError, match="RG331"):
        ScalarRecord(value)  # type: ignore[arg-type]
    with pytest.raises(RunDirError, match="RG330"):
        ScalarRecord.from_json(value)
