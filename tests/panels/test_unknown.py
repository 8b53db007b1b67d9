"""Data that this version has no panel for is shown as it is."""

from reportgen.panels.unknown import SHOWN_CHARACTERS, view
from tests.panels.conftest import history


def test_an_unknown_kind_is_named_and_its_data_shown(task):
    shown = view(task(history("g", records=[{"_type": "gauge", "value": 0.7}], kind="gauge")))
    assert shown.kind == "unknown"
    assert '"value": 0.7' in shown.text
    assert "“gauge”" in shown.notes[1]


def test_plain_lists_need_no_excuse(task):
    shown = view(task(history("g", records=[[1, 2], [3]], kind="json", steps=[0, 4])))
    assert (shown.step, shown.notes) == (4, ["2 values, the last is shown"])


def test_a_long_value_is_cut_and_says_so(task):
    shown = view(task(history("g", records=["x" * 50_000], kind="json")))
    assert len(shown.text) == SHOWN_CHARACTERS
    assert "first 20,000 of 50,002 characters" in shown.notes
