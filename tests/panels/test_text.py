"""Text panels carry every step, the last one first."""

import pytest

from reportgen.panels.text import view
from tests.panels.conftest import history


def test_text_is_kept_as_logged(task):
    texts = ["first", "</script><b>&\"'\u2028損失 🚀", ""]
    shown = view(task(history("notes", records=texts, kind="text", steps=[0, 5, 7])))
    assert (shown.step, shown.text, shown.steps) == (7, "", 3)
    assert [frame.get("text", shown.text) for frame in shown.data["frames"]] == texts
    assert shown.notes == ["text at 3 steps"]


def test_the_text_that_the_page_shows_is_carried_once(task):
    shown = view(task(history("notes", records=["first", "last"], kind="text", steps=[0, 5])))
    assert "last" not in str(shown.data)
    assert "first" in str(shown.data)
    assert view(task(history("notes", records=[], kind="text", steps=[]))).data == {"frames": []}


@pytest.mark.parametrize(
    ("texts", "fixed"),
    [
        (["name   value\nloss   0.5"], True),
        (["a\tb\nc\td"], True),
        (["one\ntwo\nthree"], True),
        (["prose", "one\ntwo"], True),
        (["one line"], False),
        (["a  b"], False),
        (["A sentence.  Another one.\n" + "long prose " * 20], False),
        (["word " * 50 + "\n\n" + "word " * 50], False),
        ([], False),
    ],
)
def test_lines_and_columns_that_somebody_made_are_kept(task, texts, fixed):
    assert view(task(history("t", records=texts, kind="text", steps=list(range(len(texts)))))).fixed is fixed
