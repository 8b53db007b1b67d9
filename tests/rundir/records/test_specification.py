import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest

from reportgen import kinds
from reportgen.rundir import info, jsonl, layout
from reportgen.rundir.records import specification
from tests.conftest import ROOT
from tests.rundir.directories import IMAGE
from tests.rundir.records.test_record import GAUGE, Gauge

FORMAT = specification.FORMAT_FILE.read_text(encoding="utf-8")
SCHEMA = json.loads(specification.SCHEMA_FILE.read_text(encoding="utf-8"))


def test_the_documents_say_what_the_records_say() -> None:
    hint = "run: python -m reportgen.rundir.records"
    assert specification.format_text(FORMAT) == FORMAT, hint
    assert specification.schema_text(json.dumps(SCHEMA)) == specification.SCHEMA_FILE.read_text(encoding="utf-8"), hint


def test_rewriting_changes_nothing_that_is_up_to_date() -> None:
    before = (FORMAT, specification.SCHEMA_FILE.read_bytes())
    subprocess.run([sys.executable, "-m", "reportgen.rundir.records"], cwd=ROOT, check=True)
    assert (specification.FORMAT_FILE.read_text(encoding="utf-8"), specification.SCHEMA_FILE.read_bytes()) == before


def test_every_kind_has_its_section() -> None:
    for row in kinds.ROWS:
        assert f"### {row.name}\n" in FORMAT
        assert row.name in SCHEMA["$defs"]


def test_the_specification_names_all_that_there_is() -> None:
    for name in ("RUN", "CONFIG", "SUMMARY", "HISTORY", "SYSTEM", "MEDIA", "LOCK"):
        assert getattr(layout, name) in FORMAT
    for key in (layout.STEP, layout.RUNTIME, layout.TIMESTAMP, layout.SUMMARY_ROW, layout.PART):
        assert key in FORMAT
    for tag in jsonl.OWN_TAGS:
        assert f'{{"_type":"{tag}"' in FORMAT
        assert tag in SCHEMA["$defs"]
    assert f"# The run directory, format {layout.FORMAT}" in FORMAT
    assert SCHEMA["$defs"]["run"]["properties"]["format"] == {"const": layout.FORMAT}
    assert f"at most {jsonl.MAX_DEPTH} levels" in FORMAT
    assert f"at most {jsonl.MAX_LINE // 2**20} MiB" in FORMAT


def test_run_json_is_the_same_everywhere() -> None:
    table = FORMAT.partition("## run.json")[2].partition("`environment` holds")[0]
    documented = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
    assert documented == [field.name for field in fields(info.RunInfo)]
    assert documented == list(SCHEMA["$defs"]["run"]["properties"])


def test_a_new_kind_documents_itself() -> None:
    assert specification.section(Gauge).splitlines() == [
        "### gauge",
        "",
        "A dial.",
        "",
        "| field | type | values | meaning |",
        "|---|---|---|---|",
        '| `_type` | string | `"gauge"` | The kind. |',
        "| `needles` | list of mapping (Needle) |  | Its needles. |",
        "| `marks` | list of integer | at least 0 | Its marks. |",
        "| `lit` | true or false |  | Whether it is lit. |",
        "| `names` | mapping of string to string, optional |  | What marks are called. |",
        "| `more` | any, optional |  | Anything else. |",
        "| `main` | mapping (Needle), optional |  | The long one. |",
        "",
        "Needle: A part: written without a kind.",
        "",
        "| field | type | values | meaning |",
        "|---|---|---|---|",
        "| `at` | number | 0 to 100 | Where it points, in percent. |",
        "| `colour` | string, optional |  | Its colour. |",
    ]
    checker = jsonschema.Draft202012Validator(specification.schema(Gauge))
    checker.validate(GAUGE.to_json())
    for wrong in ({"marks": [-1]}, {"lit": 1}, {"needles": [{"at": 101}]}, {"names": {"0": 1}}, {"_type": "x"}):
        assert not checker.is_valid({**GAUGE.to_json(), **wrong})


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{name}"})


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "value",
    [1, "x", None, True, [1, ["x"]], IMAGE, [IMAGE], {"_type": "unknown", "x": {}}, {"_type": "float", "value": "NaN"}],
)
def test_values_that_the_schema_takes(value: object) -> None:
    validator("history_row").validate({"_step": 0, "_runtime": 0.5, "key": value})


@pytest.mark.parametrize(
    "row",
    [
        {"_runtime": 0},
        {"_step": -1, "_runtime": 0},
        {"_step": 0, "_runtime": -1},
        {"_step": 0, "_runtime": 0, "key": {"_type": 3}},
        {"_step": 0, "_runtime": 0, "key": {"_type": "float", "value": "nan"}},
        {"_step": 0, "_runtime": 0, "key": {"_type": "image"}},
        {"_step": 0, "_runtime": 0, "key": [{**IMAGE, "width": 0}]},
        {"_step": 0, "_runtime": 0, "_summary": 3},
    ],
)
def test_rows_that_it_refuses(row: dict) -> None:
    assert not validator("history_row").is_valid(row)


def test_the_frozen_run_keeps_to_the_schema() -> None:
    folder = Path(ROOT / "tests/formats/v1")
    for name in ("run", "config", "summary"):
        validator(name).validate(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))
    rows = validator("history_row")
    lines = (folder / "history.jsonl").read_text(encoding="utf-8").split("\n")
    for line in [line for line in lines if line.startswith("{") and line.endswith("}")]:
        rows.validate(json.loads(line))
    for line in (folder / "system.jsonl").read_text(encoding="utf-8").splitlines():
        validator("system_row").validate(json.loads(line))
