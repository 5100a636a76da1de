"""Every error and verdict has a test and a line of documentation."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import entrepot as ep
from entrepot.core import errors
from entrepot.core.errors import EntrepotError, did_you_mean

ROOT = Path(__file__).parents[2]
CLASSES = [
    c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, EntrepotError)
]


def sources() -> str:
    here = Path(__file__)
    return "\n".join(p.read_text() for p in (ROOT / "tests").rglob("test_*.py") if p != here)


@pytest.mark.parametrize("error", CLASSES, ids=lambda c: c.__name__)
def test_every_error_is_tested_documented_and_public(error):
    name = error.__name__
    raised = rf"raises\(\s*\(?(ep\.|errors\.)?{name}|refuse\([^\n]*{name}"
    leaf = not error.__subclasses__()
    if leaf:
        assert re.search(raised, sources()), f"no test expects {name}"
    page = (ROOT / "docs" / "reference" / "errors.md").read_text()
    assert f"| `{name}` |" in page, f"{name} has no line in docs/reference/errors.md"
    assert f"── {name}" in errors.__doc__ or error is EntrepotError
    assert getattr(ep, name) is error
    assert error.__doc__.strip().endswith(".")


@pytest.mark.parametrize("verdict", list(ep.Verdict))
def test_every_verdict_is_documented(verdict):
    page = (ROOT / "docs" / "reference" / "errors.md").read_text()
    assert f"| `{verdict}` |" in page


def test_the_tree_of_the_docstring_is_the_tree():
    drawn = set(re.findall(r"── (\w+)", errors.__doc__))
    assert drawn | {"EntrepotError"} == {c.__name__ for c in CLASSES}


@pytest.mark.parametrize("error", CLASSES, ids=lambda c: c.__name__)
def test_problems_are_listed(error):
    one = error.collect("Heading", ["a is wrong."])
    assert type(one) is error
    assert str(one) == "Heading: a is wrong."
    two = error.collect("Heading", ["a is wrong.", "b is wrong."])
    assert two.problems == ("a is wrong.", "b is wrong.")
    assert str(two) == "Heading: 2 problems.\n  - a is wrong.\n  - b is wrong."
    assert error("alone.").problems == ("alone.",)


def test_standard_exceptions_catch_them_too():
    assert issubclass(ep.LabelError, ValueError)
    assert issubclass(ep.OutputError, OSError)


def test_nearest_word():
    assert did_you_mean("irn", ["IRN", "IRQ"]) == " Did you mean 'IRN'?"
    assert did_you_mean("fixd", ["fixed", "zero"]) == " Did you mean 'fixed'?"
    assert did_you_mean("xyz", ["fixed", "zero"]) == ""
