"""Titles split a key at its last slash."""

import pytest

from reportgen.panels.view import View


@pytest.mark.parametrize(
    ("key", "prefix", "name"),
    [
        ("loss", "", "loss"),
        ("val/loss", "val/", "loss"),
        ("a/b/c", "a/b/", "c"),
        ("x/", "x/", ""),
        ("損失/值", "損失/", "值"),
    ],
)
def test_prefix_and_name(key, prefix, name):
    view = View(kind="scalar", id="x", key=key)
    assert (view.prefix, view.name) == (prefix, name)
