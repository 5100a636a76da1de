"""Numbers of a case itself: each with its range and source, read as ``numbers[barrels]``.

They move as the numbers of scenarios do: to the ends of their ranges with the behaviour of a
variant, at random in a draw, with a lever in a search.  A run may set numbers of its scenario by
expressions over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from entrepot.channels import Assumption
from entrepot.channels import Case as End
from entrepot.study.casebook.expression import Call, Lookup, parse_expression

if TYPE_CHECKING:
    from entrepot.study.casebook.schema import Case

NUMBERS: Final = "numbers"


def name_of(number: str) -> str:
    """How a number of the case is called among the assumptions of a page."""
    return f"{NUMBERS}[{number}]"


def assumptions_of(case: Case) -> tuple[Assumption, ...]:
    """The numbers of a case as assumptions."""
    return tuple(
        Assumption(name_of(n), x.central, *x.bounds, x.source or "assumed", f"{x.title}, {x.unit}")
        for n, x in case.numbers.items()
    )


def values_at(case: Case, end: End) -> dict[str, float]:
    """Value of every number of the case at one end of its range."""
    return {name: number.at(end) for name, number in case.numbers.items()}


def settings(case: Case, run: str, values: Mapping[str, float]) -> dict[str, float]:
    """Numbers of the scenario of `run` that the case sets, with `values` for its own numbers."""
    known = {**case.record_values(), NUMBERS: values}
    return {
        name: parse_expression(text).value(partial(_looked_up, known))
        for name, text in case.runs[run].sets.items()
    }


def _looked_up(known: Mapping[str, Mapping[str, float]], node: Call | Lookup) -> float:
    assert isinstance(node, Lookup)  # calls are refused when the file is read
    return known[node.record][node.period]
