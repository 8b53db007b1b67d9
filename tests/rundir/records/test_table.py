import pytest

from reportgen.errors import InputValueError, RunDirError
from reportgen.rundir.jsonl import Tagged
from reportgen.rundir.records.table import TableColumn, TableRecord
from tests.rundir.directories import IMAGE, PIXEL

COLUMNS = (TableColumn("id", "number"), TableColumn("picture", "image"))
WRITTEN = {
    "_type": "table",
    "columns": [{"name": "id", "type": "number"}, {"name": "picture", "type": "image"}],
    "rows": 2,
}
FILE = {**WRITTEN, "file": PIXEL}
INLINE = {**WRITTEN, "values": [[1, None], [IMAGE, None]]}


def test_there_and_back() -> None:
    in_file = TableRecord(COLUMNS, 2, file=PIXEL, rows_given=9, increment=3, start=12)
    assert in_file.to_json() == {**FILE, "rows_given": 9, "increment": 3, "start": 12}
    assert TableRecord.from_json(in_file.to_json()) == in_file
    inline = TableRecord(COLUMNS, 2, values=([1, None], [Tagged(IMAGE), None]))
    assert inline.to_json() == INLINE
    assert isinstance(inline.to_json()["values"][1][0], Tagged), "a picture in a cell stays a picture"
    assert TableRecord.from_json(INLINE).values == ([1, None], [IMAGE, None])


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (WRITTEN, "neither 'file' nor 'values'"),
        ({**INLINE, "file": PIXEL}, "or both"),
        ({**INLINE, "rows": 3}, "2 lists of 3"),
        ({**INLINE, "values": [[1, 2]]}, "2 lists of 2"),
        ({**INLINE, "values": [1, 2]}, "2 lists of 2"),
        ({**FILE, "rows": -1}, "at least 0"),
        ({**FILE, "columns": [{"name": "a", "type": "number"}] * 2}, "share a name"),
        ({**FILE, "columns": [{"name": "a", "type": "NUMBER"}]}, "does not match"),
        ({**FILE, "columns": [{"name": 1, "type": "number"}]}, "TableColumn.name"),
        ({**FILE, "file": "../x"}, "does not match"),
    ],
)
def test_what_makes_no_sense(written: dict[str, object], words: str) -> None:
    with pytest.raises(RunDirError, match=f"RG330.*{words}"):
        TableRecord.from_json(written)


def test_making_one_checks_as_well() -> None:
    with pytest.raises(InputValueError, match="RG332"):
        TableRecord(COLUMNS, 0)
