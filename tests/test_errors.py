"""Errors carry a code and a remedy, fit `except` clauses that people write, and survive the way between processes."""

from __future__ import annotations

import inspect
import pickle

import pytest

from reportgen import errors
from reportgen.errors import Problem, ReportgenError

CLASSES = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, ReportgenError) and found is not ReportgenError
]


def test_problem_in_words() -> None:
    assert str(Problem("RG311", "a line is torn", "history.jsonl, line 7", "Nothing to do")) == (
        "RG311: a line is torn (history.jsonl, line 7). Nothing to do"
    )
    assert str(Problem("RG311", "a line is torn")) == "RG311: a line is torn"


@pytest.mark.parametrize("kind", CLASSES)
def test_message_is_the_whole_letter(kind: type[ReportgenError]) -> None:
    fault = kind("RG204", "the mask has shape (64, 32)", where="masks['pred']", remedy="Transpose it")
    assert fault.code == "RG204"
    assert str(fault) == "RG204: the mask has shape (64, 32) (masks['pred']). Transpose it"


@pytest.mark.parametrize("kind", CLASSES)
def test_survives_pickling(kind: type[ReportgenError]) -> None:
    fault = pickle.loads(pickle.dumps(kind("RG204", "what", where="where", remedy="remedy")))  # noqa: S301 (our own)
    assert type(fault) is kind
    assert fault.problem == Problem("RG204", "what", "where", "remedy")


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.InputTypeError, TypeError),
        (errors.InputValueError, ValueError),
        (errors.InputFileError, FileNotFoundError),
        (errors.InputKeyError, KeyError),
        (errors.InputAttributeError, AttributeError),
        (errors.UsageError, RuntimeError),
        (errors.WriteError, OSError),
        (errors.OptionError, ValueError),
        (errors.MissingPackage, ImportError),
    ],
)
def test_is_caught_as_the_built_in_that_fits(kind: type[ReportgenError], builtin: type[Exception]) -> None:
    with pytest.raises(builtin, match="RG999"):
        raise kind("RG999", "what")


@pytest.mark.parametrize("kind", CLASSES)
def test_class_says_what_it_is_for(kind: type[ReportgenError]) -> None:
    assert kind.__doc__
    assert kind.__doc__ != ReportgenError.__doc__
