"""Functions of a run that expressions of a case file may call.

The run ``before`` is the benchmark: hats are 1 and flows are those of the world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from entrepot.channels import Compiled
from entrepot.results import Results
from entrepot.scenario.labels import ALL, Vocabulary
from entrepot.study.casebook.expression import Call, Lookup, check_known, short
from entrepot.study.casebook.functions_assets import claim, net_transfer, value_added
from entrepot.study.casebook.functions_oil import OIL_FUNCTIONS, check_named
from entrepot.study.casebook.functions_payments import (
    cost_function,
    rail_power,
    rail_share,
    rails_function,
)
from entrepot.study.casebook.functions_routes import corridor_traffic, corridor_use, known_links
from entrepot.study.casebook.functions_routes import cost_function as route_cost_function
from entrepot.study.casebook.oil_runs import OilResult
from entrepot.world.world import World

BEFORE: Final = "before"
OIL_KINDS: Final = ("sellers", "buyers", "carriers", "periods")
HATS: Final = ("welfare", "real_income", "real_wage", "price_index", "terms_of_trade")


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What an expression is computed from.

    Attributes
    ----------
    world : the benchmark
    results : certified results by the name of the run
    records : record -> period -> value
    compiled : shocks of the same runs, with what channels report
    oil : runs of the oil market, month by month

    """

    world: World
    results: Mapping[str, Results]
    records: Mapping[str, Mapping[str, float]]
    compiled: Mapping[str, Compiled] = field(default_factory=dict)
    oil: Mapping[str, OilResult] = field(default_factory=dict)

    def leaf(self, node: Call | Lookup) -> float:
        """Value of a call or a record."""
        if isinstance(node, Lookup):
            return self.records[node.record][node.period]
        function = FUNCTIONS[node.function]
        run, *rest = node.arguments
        return function.compute(self, run[0], rest)

    def hat(self, name: str, run: str, region: str) -> float:
        """One-index result of `run` for `region`."""
        if run == BEFORE:
            return 1.0
        return float(getattr(self.results[run], name).values[self.world.regions.index(region)])

    def flows(self, run: str, *, volume: bool) -> np.ndarray:
        """(origin, dest, sector) trade at world prices, or shipped volume at benchmark prices."""
        if run == BEFORE:
            flows, tax = self.world.trade_flows(), self.world.export_tax
            return flows / (1 + tax) if volume else flows
        solution = self.results[run].solution
        state = solution.certified()
        flows = state.trade
        if not volume:
            return flows
        at_gate: np.ndarray = flows / (1 + solution.shock.export_tax) / state.cost[:, None, :]
        return at_gate


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a run: what it takes after the run, what it gives, how it is computed."""

    takes: tuple[str, ...]
    optional: int
    unit: str
    meaning: str
    compute: Callable[[Sheet, str, list[tuple[str, ...]]], float]


def _regions(world: World, labels: tuple[str, ...]) -> np.ndarray:
    groups, out = Vocabulary.standard().groups, np.zeros(len(world.regions), dtype=bool)
    for label in labels:
        members = groups[label].at(None) if label in groups else (label,)
        out |= np.array([label == ALL or r in members for r in world.regions])
    return out


def _sectors(world: World, labels: tuple[str, ...]) -> np.ndarray:
    groups, out = Vocabulary.standard().sector_groups, np.zeros(len(world.sectors), dtype=bool)
    for label in labels:
        codes = groups.get(label, (label,))
        out |= np.array([label == ALL or s in codes for s in world.sectors])
    return out


def _both_ways(sheet: Sheet, rest: list[tuple[str, ...]]) -> np.ndarray:
    """(N, N, S) bool: trade in either direction, from regions, partners, sectors."""
    partners, sectors = (*rest[1:], (ALL,), (ALL,))[:2]
    here, there = _regions(sheet.world, rest[0]), _regions(sheet.world, partners)
    cells = (here[:, None] & there[None, :]) | (there[:, None] & here[None, :])
    np.fill_diagonal(cells, False)
    return np.asarray(cells[:, :, None] & _sectors(sheet.world, sectors))


def _one_way(out: bool) -> Callable[[Sheet, list[tuple[str, ...]]], np.ndarray]:
    """(N, N, S) bool: exports or imports, from regions, sectors, partners."""

    def cells(sheet: Sheet, rest: list[tuple[str, ...]]) -> np.ndarray:
        here = _regions(sheet.world, rest[0])
        there = _regions(sheet.world, rest[2] if len(rest) > 2 else (ALL,))
        origin, dest = (here, there) if out else (there, here)
        pairs = origin[:, None] & dest[None, :]
        np.fill_diagonal(pairs, False)
        return np.asarray(pairs[:, :, None] & _sectors(sheet.world, rest[1]))

    return cells


def _across(out: bool, volume: bool) -> Callable[[Sheet, str, list[tuple[str, ...]]], float]:
    choose = _one_way(out)

    def compute(sheet: Sheet, run: str, rest: list[tuple[str, ...]]) -> float:
        return float(sheet.flows(run, volume=volume)[choose(sheet, rest)].sum())

    return compute


def _hat(name: str) -> Function:
    def compute(sheet: Sheet, run: str, rest: list[tuple[str, ...]]) -> float:
        return sheet.hat(name, run, rest[0][0])

    meaning = f"{name.replace('_', ' ')} of an economy against the benchmark"
    return Function(("region",), 0, "hat", meaning, compute)


def _price(sheet: Sheet, run: str, rest: list[tuple[str, ...]]) -> float:
    if run == BEFORE:
        return 1.0
    i, s = sheet.world.regions.index(rest[0][0]), sheet.world.sectors.index(rest[1][0])
    return float(sheet.results[run].solution.certified().price[i, s])


def _trade(out: bool, volume: bool) -> Function:
    what = "exports" if out else "imports"
    how = "volume, at benchmark prices" if volume else "value at world prices"
    return Function(("regions", "sectors", "partners"), 1, "mn USD", f"{what}, {how}",
                    _across(out, volume))  # fmt: skip


def _payment_cost(out: bool) -> Function:
    what = "exports" if out else "imports"
    return Function(("regions", "sectors", "partners"), 1, "hat",
                    f"mean change of the cost of paying for {what} that still have a rail",
                    cost_function(_one_way(out)))  # fmt: skip


def _transport_cost(out: bool) -> Function:
    what = "exports" if out else "imports"
    return Function(("regions", "sectors", "partners"), 1, "hat",
                    f"mean change of the cost of {what} by transport, where a way is left",
                    route_cost_function(_one_way(out)))  # fmt: skip


FUNCTIONS: Final[Mapping[str, Function]] = {
    **{name: _hat(name) for name in HATS},
    "price": Function(("region", "sector"), 0, "hat", "price a buyer pays in a sector", _price),
    "exports": _trade(True, False),
    "imports": _trade(False, False),
    "export_volume": _trade(True, True),
    "import_volume": _trade(False, True),
    "value_added": Function(
        ("region",), 0, "mn USD", "value added of an economy, at the prices of the run", value_added
    ),
    "net_transfer": Function(
        ("region",), 0, "mn USD", "net transfer received, benchmark balance included", net_transfer
    ),
    "claim": Function(
        ("region",), 0, "mn USD", "claims on those who hold its assets or owe it", claim
    ),
    "rail_share": Function(
        ("regions", "rails", "partners", "sectors"),
        2,
        "share",
        "share of trade both ways that is settled over rails",
        rails_function(rail_share, _both_ways),
    ),
    "rail_power": Function(
        ("regions", "rails", "partners", "sectors"),
        2,
        "hat",
        "what losing rails would cost on trade both ways",
        rails_function(rail_power, _both_ways),
    ),
    "export_payment_cost": _payment_cost(True),
    "import_payment_cost": _payment_cost(False),
    "export_transport_cost": _transport_cost(True),
    "import_transport_cost": _transport_cost(False),
    "corridor_traffic": Function(
        ("corridors",), 0, "Mt a year", "traffic of a corridor, both directions", corridor_traffic
    ),
    "corridor_use": Function(
        ("corridors", "region", "region"),
        0,
        "share",
        "share of exports of the first economy to the second that a corridor carries",
        corridor_use,
    ),
    **{name: Function(takes, 0, unit, meaning, compute)
       for name, (takes, unit, meaning, compute) in OIL_FUNCTIONS.items()},
}  # fmt: skip


def check_call(
    call: Call, runs: tuple[str, ...], words: Vocabulary, rails: tuple[str, ...] = ()
) -> None:
    """Raise `ValueError` if `call` names what does not exist, or too much or too little."""
    check_known(call.function, FUNCTIONS, "function")
    function = FUNCTIONS[call.function]
    most, given = 1 + len(function.takes), len(call.arguments)
    if not most - function.optional <= given <= most:
        takes = ", ".join(("run", *function.takes))
        raise ValueError(
            f"'{short(str(call))}' has {given} arguments; {call.function} takes ({takes})."
        )
    check_known(call.arguments[0][0], (BEFORE, *runs), "run")
    for kind, labels in zip(function.takes, call.arguments[1:], strict=False):
        if kind in ("region", "sector") and len(labels) > 1:
            raise ValueError(f"'{short(str(call))}': {call.function} takes one {kind}, not a list.")
        for label in labels:
            if kind == "rails":
                check_known(label, rails, "rail")
            elif kind == "corridors":
                check_known(label, known_links(), "corridor")
            elif kind in OIL_KINDS:
                check_named(label, kind)
            else:
                _check_label(label, kind, words)


def _check_label(label: str, kind: str, words: Vocabulary) -> None:
    if kind.startswith("sector"):
        problem = words.sector_problem(label)
        if not problem and kind == "sector" and label not in words.sectors:
            problem = f"'{label}' is a group of sectors; one sector is asked for."
    else:
        problem = words.economy_problem(label, groups=kind != "region")
    if problem:
        raise ValueError(problem)
