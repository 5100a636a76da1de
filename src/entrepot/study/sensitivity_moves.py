"""What can be moved: every cell of every instrument by itself, and groups of cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from entrepot.model.presets import Preset
from entrepot.solving.instruments import INSTRUMENT_DIMS
from entrepot.solving.solution import Solution
from entrepot.study.sensitivity_units import (
    ELASTICITIES,
    HATS,
    TAXES,
    Range,
    Unit,
    documented_ranges,
    elasticity_step,
    long_run_theta,
    theta_ratio,
)
from entrepot.world.world import World

Array = np.ndarray
BORDER = (*TAXES, "trade_cost")
SINGLE: Mapping[str, str] = {
    "tariff": "tariff of {dest} on {sector} from {origin}",
    "export_tax": "export tax of {origin} on {sector} to {dest}",
    "trade_cost": "trade cost of {sector} from {origin} to {dest}",
    "productivity": "productivity of {sector} in {region}",
    "transfer": "transfer to {region} from all others",
    "theta": "trade elasticity of {sector}",
    "epsilon": "substitution of value added and inputs in {sector}",
    "mu": "substitution among the inputs of {sector}",
    "sigma": "substitution in final demand of {region}",
    "kappa": "mobility of factors in {region}",
}
GROUPS: Mapping[str, Mapping[str, str]] = {
    "tariff": {"dest": "all tariffs of {dest}", "sector": "all tariffs on {sector}",
               "": "all tariffs"},
    "export_tax": {"origin": "all export taxes of {origin}",
                   "sector": "all export taxes on {sector}", "": "all export taxes"},
    "trade_cost": {"origin": "costs of all exports of {origin}",
                   "dest": "costs of all imports of {dest}",
                   "sector": "costs of all trade in {sector}", "": "costs of all trade"},
    "productivity": {"region": "productivity of all sectors in {region}",
                     "sector": "productivity of {sector} everywhere",
                     "": "productivity everywhere"},
    "theta": {"": "trade elasticities of all sectors"},
    "epsilon": {"": "substitution of value added and inputs, all sectors"},
    "mu": {"": "substitution among inputs, all sectors"},
    "sigma": {"": "substitution in final demand, all economies"},
    "kappa": {"": "mobility of factors, all economies"},
}  # fmt: skip
RATIO = "theta_ratio"


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A finite change of one instrument in one cell, or in a group of cells.

    Attributes
    ----------
    instrument : name as in `gradient`, or "theta_ratio"
    field : the instrument that is changed (theta for "theta_ratio")
    labels : dimension -> label that the move is about; empty for all cells
    what : the same in words
    change : size of the change in words
    step : change of every cell of the instrument
    now : least and largest value now in the cells that change
    first_order : change of the outcome by the derivatives, in the outcome's own unit

    """

    instrument: str
    field: str
    labels: Mapping[str, str]
    what: str
    change: str
    step: Array
    now: tuple[float, float]
    first_order: float


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """All cells of one instrument.

    Attributes
    ----------
    name : the instrument
    value : its cells now
    step : change of each cell when it is moved alone; together : when all are moved
    effect, effect_together : first-order change of the outcome by each cell of the two
    ranged : cells whose step follows from a documented range `known`
    unit : unit of change

    """

    name: str
    value: Array
    step: Array
    together: Array
    effect: Array
    effect_together: Array
    ranged: Array
    known: Range | None
    unit: Unit


def movable(solution: Solution, name: str) -> Array:
    """Cells of an instrument that can move anything: those with trade or output left.

    A cell without trade in the benchmark, or under a ban, stays without; sales at home are no
    border trade, and productivity stands for them.
    """
    world, shock = solution.world, solution.problem.shock
    if name in BORDER:
        abroad = ~np.eye(len(world.regions), dtype=bool)[:, :, None]
        return (world.trade_share > 0) & (shock.kept() > 0) & abroad
    if name == "productivity":
        return np.asarray(world.accounts().output > 0)
    shape = tuple(len(world.labels[d]) for d in INSTRUMENT_DIMS[name])
    return np.ones(shape, dtype=bool)


def fields(
    solution: Solution, slopes: xr.Dataset, units: Mapping[str, Unit], preset: Preset | None
) -> list[Field]:
    """Return every instrument with its changes and their first-order effects."""
    known = documented_ranges(solution, preset)
    found = []
    for name in slopes.data_vars:
        name, slope = str(name), slopes[name].values
        if name == "transfer":
            found.append(_transfers(solution, slope, units[name]))
            continue
        value = _value(solution, name)
        step, ranged = _steps(name, value, units[name], known.get(name))
        step = np.where(movable(solution, name), step, 0.0)
        together = _one_way(step) if name in ELASTICITIES else step
        found.append(Field(name, value, step, together, step * slope, together * slope, ranged,
                           known.get(name), units[name]))  # fmt: skip
    return found


def _value(solution: Solution, name: str) -> Array:
    source = solution.problem.elasticities if name in ELASTICITIES else solution.shock
    return np.asarray(getattr(source, name))


def _steps(name: str, value: Array, unit: Unit, known: Range | None) -> tuple[Array, Array]:
    if name in ELASTICITIES:
        return elasticity_step(value, unit, known)
    size = np.ones(value.shape) if name in TAXES else value
    return unit.amount / 100 * size, np.zeros(value.shape, dtype=bool)


def _one_way(step: Array) -> Array:
    """Let all cells of an elasticity move in the direction in which most of the change lies."""
    return np.abs(step) * (1.0 if step.sum() >= 0 else -1.0)


def payments(solution: Solution, region: int, unit: Unit) -> Array:
    """(N,) mn USD: what `region` receives, and what the others of its bloc pay for it."""
    income = solution.world.accounts().income
    amount = unit.amount if unit.kind == "mn" else unit.amount / 100 * income[region]
    blocs = solution.problem.standing.blocs
    payers = np.where(blocs == blocs[region], income, 0.0)
    payers[region] = 0.0
    if not payers.any():
        return np.zeros_like(income)
    paid = amount * payers / payers.sum()
    paid[region] = -amount
    return -paid


def _transfers(solution: Solution, slope: Array, unit: Unit) -> Field:
    n = len(slope)
    given = np.stack([payments(solution, i, unit) for i in range(n)])
    effect, none = given @ slope, np.zeros(n)
    return Field("transfer", solution.shock.transfer, np.diag(given).copy(), none, effect, none,
                 np.zeros(n, dtype=bool), None, unit)  # fmt: skip


def singles(solution: Solution, found: list[Field], top: int) -> list[Move]:
    """Return the `top` cells with the largest effect, over all instruments."""
    best = []
    for field in found:
        size = np.abs(field.effect).reshape(-1)
        for flat in np.argpartition(-size, min(top, size.size) - 1)[:top]:
            if size[flat] > 0:
                best.append((size[flat], field, np.unravel_index(int(flat), field.effect.shape)))
    best.sort(key=lambda item: -item[0])
    return [_single(solution, field, tuple(map(int, at))) for _, field, at in best[:top]]


def _single(solution: Solution, field: Field, at: tuple[int, ...]) -> Move:
    world, name = solution.world, field.name
    step = np.zeros(field.effect.shape)
    step[at] = field.step[at]
    if name == "transfer":
        step = payments(solution, at[0], field.unit)
    labels = {d: world.labels[d][i] for d, i in zip(INSTRUMENT_DIMS[name], at, strict=True)}
    mask = np.zeros(step.shape, dtype=bool)
    mask[at] = True
    return _move(world, field, labels, SINGLE[name], step, mask, float(field.effect[at]))


def groups(
    solution: Solution, found: list[Field], preset: Preset | None, slopes: xr.Dataset, top: int
) -> list[Move]:
    """Return the `top` groups of cells with the largest effect."""
    moves = [m for field in found for m in _groups(solution.world, field)]
    if preset is not None and "theta" in slopes:
        moves += _ratio(solution, preset, slopes["theta"].values)
    moves.sort(key=lambda m: -abs(m.first_order))
    return [m for m in moves[:top] if m.first_order != 0]


def _groups(world: World, field: Field) -> Iterator[Move]:
    dims = INSTRUMENT_DIMS[field.name]
    for dim, words in GROUPS.get(field.name, {}).items():
        for k, label in enumerate(world.labels[dim] if dim else ("",)):
            mask = np.ones(field.effect.shape, dtype=bool)
            if dim:
                mask[:] = False
                mask[tuple(k if d == dim else slice(None) for d in dims)] = True
            mask &= field.together != 0
            if mask.any():
                step = np.where(mask, field.together, 0.0)
                effect = float(field.effect_together[mask].sum())
                labels = {dim: label} if dim else {}
                yield _move(world, field, labels, words, step, mask, effect)


def _ratio(solution: Solution, preset: Preset, slope: Array) -> Iterator[Move]:
    """Yield the share of the long-run trade elasticities reached by now, by its range."""
    p, now = preset.parameters[RATIO], theta_ratio(solution)
    half = (p.high - p.low) / 2 * (1 if p.high - p.value >= p.value - p.low else -1)
    step = half * long_run_theta(solution)
    if half != 0:
        yield Move(RATIO, "theta", {}, "share of the long-run trade elasticities reached",
                   _of_range(half, p.low, p.high), step, (float(now.min()), float(now.max())),
                   float(step @ slope))  # fmt: skip


def _of_range(step: float, low: float, high: float) -> str:
    return f"{step:+.3g} (range {low:.3g} to {high:.3g})"


def _move(world: World, field: Field, labels: Mapping[str, str], words: str, step: Array,
          mask: Array, effect: float) -> Move:  # fmt: skip
    now = field.value[mask]
    return Move(field.name, field.name, dict(labels), words.format(**_titled(world, labels)),
                _change(field, step, mask), step, (float(now.min()), float(now.max())),
                effect)  # fmt: skip


def _titled(world: World, labels: Mapping[str, str]) -> dict[str, str]:
    out = {}
    for dim, code in labels.items():
        sector = dim == "sector"
        codes = world.sectors if sector else world.regions
        title = (world.sector_titles if sector else world.region_titles)[codes.index(code)]
        out[dim] = title if title == code else f"{title} ({code})"
    return out


def _change(field: Field, step: Array, mask: Array) -> str:
    """Return the size of the change in words."""
    if field.name == "transfer":
        amount = f"{float(step[mask][0]):+,.0f} mn USD"
        return (
            amount if field.unit.kind == "mn" else f"{amount} ({field.unit.amount:g} % of income)"
        )
    if field.name in (*TAXES, *HATS):
        return f"{field.unit.amount:+g} {field.unit.kind}"
    moved = step[mask]
    if not field.ranged[mask].all():
        return f"{float(moved[0]):+.3g}" if mask.sum() == 1 else "+10 % or half the range"
    assert field.known is not None
    low, high = field.known.low[mask], field.known.high[mask]
    if np.ptp(moved) == 0 and np.ptp(low) == 0:
        return _of_range(float(moved[0]), float(low[0]), float(high[0]))
    return f"half of each range, {'up' if moved[0] > 0 else 'down'}"
