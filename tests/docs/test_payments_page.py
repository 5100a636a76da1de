"""The page on payments: its numbers are those of the room, its comments what is printed."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from entrepot.channels.payments import numbers
from entrepot.scenario.payment_measures import PAYMENT_KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "payments.md").read_text("utf-8")


def test_the_table_of_numbers_is_that_of_the_room() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\S+) \| (\S+) \|", PAGE, re.MULTILINE)
    told = {name: tuple(map(float, x)) for name, *x in rows}
    assert told == {n: (x.low, x.central, x.high) for n, x in numbers().items()}


def test_every_kind_stands_on_the_page() -> None:
    for kind in PAYMENT_KINDS:
        assert f"| `{kind}` |" in PAGE


def test_the_costs_told_beside_the_record_are_computed() -> None:
    for name, text in (("kappa_short", r"17 % \(8 to 38\)"), ("kappa", r"6\.6 % \(2\.7 to 17\)")):
        assert re.search(text, PAGE)
        told = [float(x) for x in re.findall(r"[\d.]+", text.replace("\\", ""))]
        one = numbers()[name]
        for said, kappa in zip(told, (one.central, one.high, one.low), strict=True):
            assert said == pytest.approx(100 * (0.2 ** (-1 / kappa) - 1), abs=0.5)


def test_the_comments_of_the_examples_hold() -> None:
    """The first two examples, which are cheap; every example runs with those of other pages."""
    scope: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[:2]:
            exec(block, scope)
    said = re.findall(r"# ([\d.]+)\.\.\.$|# (\d \w+ \w+)$", PAGE, re.MULTILINE)
    assert len(said) == 2
    for number, line in said:
        assert any(x.startswith(number or line) for x in printed.getvalue().splitlines())
