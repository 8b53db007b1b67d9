"""Text panels carry every step, the last one first."""

from reportgen.panels.text import view
from tests.panels.conftest import history


def test_text_is_kept_as_logged(task):
    texts = ["first", "</script><b>&\"'\u2028損失 🚀", ""]
    shown = view(task(history("notes", records=texts, kind="text", steps=[0, 5, 7])))
    assert (shown.step, shown.text, shown.steps) == (7, "", 3)
    assert [frame["text"] for frame in shown.data["frames"]] == texts
    assert shown.notes == ["text at 3 steps"]
