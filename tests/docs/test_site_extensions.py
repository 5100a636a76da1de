"""Formulas as MathML and docstrings as reStructuredText, on their own."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from docutils.utils.math import MathError

FOLDER = Path(__file__).parents[2] / "docs" / "extensions"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shape(formula: str) -> str:
    """Tags and letters of a formula without its namespace, as in ``msub(mi:X mi:s)``."""

    def said(item: ElementTree.Element) -> str:
        tag = item.tag.split("}")[1]
        return f"{tag}({' '.join(map(said, item))})" if len(item) else f"{tag}:{item.text}"

    return " ".join(map(said, ElementTree.fromstring(load("mathml").mathml(formula))))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"\hat{P}_s", "msub(mover(mi:P mo:ˆ) mi:s)"),
        (r"\hat{P}_s^\theta", "msubsup(mover(mi:P mo:ˆ) mi:s mi:θ)"),
        (r"\hat{P}^\theta", "msup(mover(mi:P mo:ˆ) mi:θ)"),
        (r"X'_{js}", "msubsup(mi:X mrow(mi:j mi:s) mi:′)"),
        (r"\sum_i^n x", "munderover(mo:∑ mi:i mi:n) mi:x"),
    ],
)
def test_letters_have_their_indices_beside_them(formula: str, expected: str) -> None:
    assert shape(formula) == expected


def test_what_cannot_be_drawn_stops_the_build() -> None:
    with pytest.raises(MathError, match="nosuchthing"):
        shape(r"\nosuchthing")


def test_a_docstring_becomes_lists_of_definitions() -> None:
    text = """Do it.

Parameters
----------
a, b,
c : (N*S,) numbers in
    *any* order
uses : ("two", *sectors)

Returns
-------
World, certified"""
    assert load("docstrings").translated(text) == [
        "Do it.", "", "", ".. rubric:: Parameters", "",
        "", "`a`, `b`, `c`", "    (N*S,) numbers in", "    *any* order",
        "", "`uses`", r'    ("two", \*sectors)', "",
        "", ".. rubric:: Returns", "", "World, certified",
    ]  # fmt: skip
