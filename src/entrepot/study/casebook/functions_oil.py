"""Functions of a run that is solved month by month in the oil market.

Sellers are streams of crude or producers (all streams called after them), buyers refiners or
economies (all refiners called after them), periods years (``2019``), months (``201911``) or
``base``, the month of the base year.  Several periods are averaged; prices are averaged over the
barrels that they were paid for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil import MonthOutcome
from entrepot.channels.oil.data_files import yaml_of
from entrepot.core.errors import CaseError
from entrepot.study.casebook.expression import check_known
from entrepot.study.casebook.oil_calendar import period_problem

if TYPE_CHECKING:
    from entrepot.study.casebook.functions import Sheet

ALL: Final = "all"
DAYS_A_YEAR: Final = 365.0
THOUSAND: Final = 1e-3
CARRIERS: Final = ("mainstream", "shadow", "home", "pipes")

Rest = list[tuple[str, ...]]
Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Month = Callable[[MonthOutcome, Rest], float]
Compute = Callable[["Sheet", str, Rest], float]


def named(labels: tuple[str, ...], names: tuple[str, ...]) -> Mask:
    """Which of `names` are meant: by name, or all that are called after an economy."""
    if ALL in labels:
        return np.ones(len(names), dtype=bool)
    return np.array([any(n == x or n.startswith(f"{x}-") for x in labels) for n in names])


def check_named(label: str, kind: str) -> None:
    """Raise `ValueError` if `label` is no seller, buyer, carrier or period of any oil market."""
    if kind == "periods":
        if problem := period_problem(label):
            raise ValueError(problem)
        return
    if kind == "carriers":
        check_known(label, CARRIERS, "carrier")
        return
    parts = yaml_of("streams.yaml" if kind == "sellers" else "refiners.yaml")
    after = [n.split("-")[0] for n, x in parts.items() if n.split("-")[0] in x["economies"]]
    check_known(label, list(dict.fromkeys([ALL, *parts, *after])), kind[:-1])


def _lanes(out: MonthOutcome, sellers: tuple[str, ...], buyers: tuple[str, ...]) -> Mask:
    """Lanes from the sellers to the buyers; to ``all`` are those that do not stay at home."""
    m, month = out.market, out.month
    mine = named(sellers, m.stream_names)[month.stream]
    if ALL in buyers:
        return np.asarray(mine & ~_by(out, ("home",)))
    return np.asarray(mine & named(buyers, m.refiner_names)[month.refiner])


def _by(out: MonthOutcome, carriers: tuple[str, ...]) -> Mask:
    """Lanes of these carriers."""
    kinds = {"pipeline": "pipes", "home": "home"}
    words = [kinds.get(c.kind, c.name) for c in out.market.carriers]
    return np.array([w in carriers for w in words])[out.month.carrier]


def _output(out: MonthOutcome, rest: Rest) -> float:
    return float(out.output[named(rest[0], out.market.stream_names)].sum())


def _exports(out: MonthOutcome, rest: Rest) -> float:
    return float(out.flow[_lanes(out, rest[0], (ALL,))].sum())


def _sales(out: MonthOutcome, rest: Rest) -> float:
    return float(out.flow[_lanes(out, rest[0], rest[1])].sum())


def _carried(out: MonthOutcome, rest: Rest) -> float:
    return float(out.flow[_lanes(out, rest[0], (ALL,)) & _by(out, rest[1])].sum())


def _runs(out: MonthOutcome, rest: Rest) -> float:
    return float(out.runs[named(rest[0], out.market.refiner_names)].sum())


def _imports(out: MonthOutcome, rest: Rest) -> float:
    here = named(rest[0], out.market.refiner_names)[out.month.refiner]
    return float(out.flow[here & ~_by(out, ("home",))].sum())


def _brent(out: MonthOutcome, rest: Rest) -> float:
    return out.brent


def _stored(out: MonthOutcome, rest: Rest) -> float:
    return float(out.stock[named(rest[0], out.market.stream_names)].sum())


def _moving(out: MonthOutcome, rest: Rest) -> float:
    return float(out.on_water[_lanes(out, rest[0], (ALL,))].sum())


def _worth(out: MonthOutcome, rest: Rest) -> float:
    """Exports at the border, mn USD a year."""
    lanes = _lanes(out, rest[0], (ALL,))
    usd = out.fob[out.month.stream[lanes]] * out.flow[lanes]
    return float(usd.sum()) * DAYS_A_YEAR * THOUSAND


def _bill(out: MonthOutcome, rest: Rest) -> float:
    """Imports as delivered, risk and rents left out, mn USD a year."""
    here = named(rest[0], out.market.refiner_names)[out.month.refiner] & ~_by(out, ("home",))
    usd = (out.fob[out.month.stream] + out.transport)[here] * out.flow[here]
    return float(usd.sum()) * DAYS_A_YEAR * THOUSAND


def _months(sheet: Sheet, run: str, periods: tuple[str, ...]) -> list[MonthOutcome]:
    """Months of the run that `periods` name."""
    if run not in sheet.oil:
        raise CaseError(
            f"Run '{run}' is not solved in the oil market, and a function of oil asks for it. "
            "Give the run 'oil', or ask for another."
        )
    return [month for period in periods for month in sheet.oil[run].months(period)]


def _mean(month: Month, kinds: int) -> Compute:
    """Mean over the periods, the last of the arguments after `kinds` others."""

    def compute(sheet: Sheet, run: str, rest: Rest) -> float:
        found = _months(sheet, run, rest[kinds])
        return float(np.mean([month(out, rest) for out in found]))

    return compute


def _ratio(above: Month, below: Month, kinds: int) -> Compute:
    """Ratio of two sums over the periods."""

    def compute(sheet: Sheet, run: str, rest: Rest) -> float:
        found = _months(sheet, run, rest[kinds])
        return sum(above(o, rest) for o in found) / sum(below(o, rest) for o in found)

    return compute


def _year_of_barrels(out: MonthOutcome, rest: Rest) -> float:
    """Exports, mn barrels a year."""
    return _exports(out, rest) * DAYS_A_YEAR * THOUSAND


def _short_of_brent(out: MonthOutcome, rest: Rest) -> float:
    """What exports fetch below Brent, mn USD a year."""
    return out.brent * _year_of_barrels(out, rest) - _worth(out, rest)


KIND = tuple[tuple[str, ...], str, str, Compute]

OIL_FUNCTIONS: Final[dict[str, KIND]] = {
    "crude_output": (("sellers", "periods"), "kb/d", "output", _mean(_output, 1)),
    "crude_exports": (
        ("sellers", "periods"), "kb/d", "sales by sea and pipe", _mean(_exports, 1)
    ),
    "crude_sales": (
        ("sellers", "buyers", "periods"), "kb/d", "sales to buyers, own refiners too if named",
        _mean(_sales, 2),
    ),
    "crude_carried": (
        ("sellers", "carriers", "periods"), "share", "share of exports that carriers take",
        _ratio(_carried, _exports, 2),
    ),
    "crude_price": (
        ("sellers", "periods"), "USD a barrel", "price of exports at the border",
        _ratio(_worth, _year_of_barrels, 1),
    ),
    "crude_discount": (
        ("sellers", "periods"), "USD a barrel", "how far that price is below Brent",
        _ratio(_short_of_brent, _year_of_barrels, 1),
    ),
    "crude_revenue": (
        ("sellers", "periods"), "mn USD a year", "exports at the border", _mean(_worth, 1)
    ),
    "crude_runs": (("buyers", "periods"), "kb/d", "crude refined", _mean(_runs, 1)),
    "crude_imports": (("buyers", "periods"), "kb/d", "crude bought abroad", _mean(_imports, 1)),
    "crude_bill": (
        ("buyers", "periods"), "mn USD a year", "crude bought abroad, with freight",
        _mean(_bill, 1),
    ),
    "floating_storage": (
        ("sellers", "periods"), "mb", "crude held on tankers at the end of the month",
        _mean(_stored, 1),
    ),
    "crude_on_the_way": (
        ("sellers", "periods"), "mb", "crude on its way by sea", _mean(_moving, 1)
    ),
    "brent": (("periods",), "USD a barrel", "price of Brent", _mean(_brent, 0)),
}  # fmt: skip
"""What each takes after the run, its unit, its meaning, how it is computed."""
