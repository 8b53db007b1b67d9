import pytest

from reportgen.errors import InputValueError, RunDirError
from reportgen.rundir.records.figure import FigureRecord
from tests.rundir.directories import PIXEL

SPEC = f"media/cd/cd{'0' * 62}.plotly.json.gz"
PICTURE = {"_type": "figure", "library": "matplotlib", "picture": PIXEL, "width": 640, "height": 480}
DESCRIBED = {"_type": "figure", "library": "plotly", "spec": SPEC, "spec_format": "plotly"}


def test_there_and_back() -> None:
    assert FigureRecord.from_json(PICTURE).to_json() == PICTURE
    assert FigureRecord.from_json(DESCRIBED).to_json() == DESCRIBED
    both = {**PICTURE, **DESCRIBED, "version": "3.11.2", "title": "</script>"}
    assert FigureRecord.from_json(both).to_json() == both


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"_type": "figure", "library": "plotly"}, "neither 'picture' nor 'spec'"),
        ({**PICTURE, "width": None}, "no 'width'"),
        ({**PICTURE, "height": 0}, "at least 1"),
        ({**DESCRIBED, "spec_format": None}, "go together"),
        ({**PICTURE, "spec_format": "plotly"}, "go together"),
        ({**DESCRIBED, "spec": "/etc/passwd"}, "does not match"),
        ({**DESCRIBED, "library": "<b>"}, "does not match"),
    ],
)
def test_what_makes_no_sense(written: dict[str, object], words: str) -> None:
    with pytest.raises(RunDirError, match=f"RG330.*{words}"):
        FigureRecord.from_json(written)


def test_making_one_checks_as_well() -> None:
    with pytest.raises(InputValueError, match="RG332"):
        FigureRecord("plotly")
