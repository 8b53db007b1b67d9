"""Every field that templates receive is explained: theme authors have nothing else to go by."""

from dataclasses import fields, is_dataclass

import pytest

from reportgen.site import context

CLASSES = [c for c in vars(context).values() if is_dataclass(c) and c.__module__ == context.__name__]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_every_field_has_a_help_text_and_every_value_is_frozen(cls):
    assert cls.__dataclass_params__.frozen
    assert all(f.metadata.get("help", "").endswith((".", '."')) for f in fields(cls))
