"""One panel that fails costs one panel."""

import gzip

from reportgen import kinds
from reportgen.panels.view import Limits, PanelTask, Source
from reportgen.site.draw import Chunk, ProblemView, draw
from tests.panels.conftest import history


def task_of(tmp_path, *histories, kind=None):
    sources = tuple(Source(i, f"run-{i}", tmp_path, h) for i, h in enumerate(histories))
    return PanelTask(kind or histories[0].kind, "p", histories[0].key, sources, Limits())


def test_numbers_come_back_encoded(tmp_path):
    view = draw(task_of(tmp_path, history("loss", [1.0, 2.0])))
    assert isinstance(view.data["columns"], Chunk)
    assert view.data["columns"].data[:2] == b"\x1f\x8b"


def test_values_come_back_encoded(tmp_path):
    table = {"_type": "table", "columns": [{"name": "a", "type": "text"}], "rows": 1, "values": [["x"]]}
    view = draw(task_of(tmp_path, history("t", records=[table], kind="table")))
    (part,) = view.data["parts"]
    assert b'"words":["x"]' in gzip.decompress(part["values"].data)


def test_a_kind_that_nobody_knows_is_shown_plainly(tmp_path):
    view = draw(task_of(tmp_path, history("g", records=[{"_type": "gauge"}], kind="gauge")))
    assert view.kind == "unknown"


def test_a_panel_that_breaks_becomes_a_card_that_says_where(tmp_path):
    one = task_of(tmp_path, history("x", records=["a"], kind="text"), kind="histogram")
    broken = PanelTask("histogram", "p", "x", one.sources * 2, Limits())  # a histogram takes one run
    view = draw(broken)
    assert isinstance(view, ProblemView)
    assert view.kind == "problem"
    assert view.problem.code == "RG410"
    assert "run-0, run-0, x" in view.problem.where


def test_every_kind_of_the_table_names_a_panel_function_that_exists():
    assert all(callable(kinds.load(row.panel)) for row in kinds.table().values())
