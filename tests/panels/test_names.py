"""What a reader sees of a name."""

import pytest

from reportgen.panels.names import visible


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("train/loss", "train/loss"),
        ("正解率 ü 👩\u200d🔬", "正解率 ü 👩\u200d🔬"),
        ("שלום", "שלום"),
        (" ", "“ ”"),
        ("", "“”"),
        ("\u3000", "“\u3000”"),
        ("a\u202egnp", "a\\u202egnp"),
        ("two\nlines\t", "two\\u000alines\\u0009"),
        ("\x00", "\\u0000"),
    ],
)
def test_names_are_seen(name, shown):
    assert visible(name) == shown
