"""A package that is absent costs the feature that needs it, and the message says what to install."""

from __future__ import annotations

import json

import pytest

from reportgen import optional
from reportgen.errors import MissingPackage


def test_a_package_that_is_there_is_given() -> None:
    assert optional.load("json", needed_by="Something") is json


def test_a_missing_package_of_an_extra_names_the_extra() -> None:
    with pytest.raises(MissingPackage) as caught:
        optional.load("no_such_package.part", needed_by="Video from an array", extra="media")
    assert str(caught.value) == (
        'RG501: Video from an array needs the package no_such_package.part. pip install "reportgen-ml[media]"'
    )
    assert isinstance(caught.value.__cause__, ImportError)


def test_a_missing_package_of_no_extra_is_named_itself() -> None:
    with pytest.raises(ImportError, match=r"pip install no_such_package$"):
        optional.load("no_such_package.part", needed_by="Something")
