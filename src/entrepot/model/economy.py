"""`Economy`: which member of the family, with its elasticities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from entrepot.core.errors import ValueRangeError
from entrepot.core.hashing import hash_arrays
from entrepot.core.labels import align, is_single, place
from entrepot.model.economy_checks import USUAL_SHAPE, do_not_fit
from entrepot.model.presets import Preset, Source, at, preset
from entrepot.world.world import World


class Elasticities(NamedTuple):
    """Parameters of an economy as plain arrays over the labels of a world.

    Attributes
    ----------
    theta, epsilon, mu : (S,)
    sigma, kappa : (N,); kappa may be infinite
    profit_share, scale, entry_shape : (S,)
    labour_supply, rebate, entry_cost_share : (N,)

    """

    theta: np.ndarray
    epsilon: np.ndarray
    mu: np.ndarray
    sigma: np.ndarray
    kappa: np.ndarray
    profit_share: np.ndarray
    labour_supply: np.ndarray
    rebate: np.ndarray
    scale: np.ndarray
    entry_cost_share: np.ndarray
    entry_shape: np.ndarray

    @property
    def cobb_douglas(self) -> bool:
        """Whether epsilon, mu and sigma are all exactly 1."""
        return all(bool((e == 1).all()) for e in (self.epsilon, self.mu, self.sigma))

    @property
    def mobile(self) -> bool:
        """Whether one factor price rules in each country (kappa infinite everywhere)."""
        return bool(np.isinf(self.kappa).all())

    @property
    def profits(self) -> bool:
        """Whether any sector earns profits."""
        return bool(self.profit_share.any())

    @property
    def elastic_labour(self) -> bool:
        """Whether the supply of factors answers their real price anywhere."""
        return bool(self.labour_supply.any())

    @property
    def entry_costs(self) -> bool:
        """Whether sellers pay for entry with the factors of any destination."""
        return bool(self.entry_cost_share.any())

    @property
    def plain(self) -> bool:
        """Whether this is the long run of Caliendo and Parro, without any further option."""
        options = self.profits or self.elastic_labour or self.entry_costs
        return self.cobb_douglas and self.mobile and not options


DIMS: dict[str, tuple[str, ...]] = {
    "theta": ("sector",),
    "epsilon": ("sector",),
    "mu": ("sector",),
    "sigma": ("region",),
    "kappa": ("region",),
    "theta_ratio": ("sector",),
    "profit_share": ("sector",),
    "labour_supply": ("region",),
    "rebate": ("region",),
    "scale": ("sector",),
    "entry_cost_share": ("region",),
    "entry_shape": ("sector",),
}
RANGES: dict[str, tuple[float, float, str]] = {
    "theta": (0.02, 200.0, "It is the positive exponent on trade costs, not its inverse and not a "
              "negative elasticity"),
    "epsilon": (0.0, 50.0, "It is the elasticity of substitution between value added and inputs"),
    "mu": (0.0, 50.0, "It is the elasticity of substitution among inputs"),
    "sigma": (0.0, 50.0, "It is the elasticity of substitution among sectors in final demand"),
    "kappa": (0.0, np.inf, "It is the mobility of factors between sectors: 0 for specific factors, "
              "infinity for one wage"),
    "theta_ratio": (0.001, 10.0, "It is the share of the long-run trade elasticities that is "
                    "reached at the time since the shock"),
    "profit_share": (0.0, 0.99, "It is the share of sales that is profit (1 / sigma for a fixed "
                     "number of firms that compete monopolistically)"),
    "labour_supply": (0.0, 10.0, "It is the elasticity of the supply of factors to their real "
                      "price"),
    "rebate": (0.0, 1.0, "It is the share of tax revenue that lowers the tax on factor income; "
               "the rest is handed out lump-sum"),
    "scale": (0.0, 1.0, "It is the elasticity of productivity to a country's employment"),
    "entry_cost_share": (0.0, 0.9, "It is the share of every sale that pays for entry in the "
                         "destination"),
    "entry_shape": (1.0, 1000.0, "It is the Pareto shape of firms' productivity"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Economy:
    """A member of the family of economies: nested CES with its elasticities (docs/model.md).

    The defaults are the long run, Caliendo and Parro (2015): Cobb-Douglas in production, among
    inputs and in final demand; one factor bundle per country moves freely between sectors.
    Each elasticity is a number, a bare array, or has the world's labels: an xarray array, a pandas
    Series, or a mapping such as ``{"IRN": 0.5, ...}`` that names every label.

    Attributes
    ----------
    theta : (sector,) trade elasticity theta_s > 0, the exponent on trade costs; None for the
        elasticities of the world
    epsilon : (sector,) substitution between value added and the input bundle of the sector
    mu : (sector,) substitution among the inputs of the sector
    sigma : (region,) substitution among sectors in final demand
    kappa : (region,) mobility of factors between sectors (Roy-Frechet); 0: specific factors,
        infinity: one factor price
    theta_ratio : (sector,) share rho of `theta` that is reached at the time since the shock
    profit_share : (sector,) share of sales that is profit of households at home: monopolistic
        competition with a fixed number of firms has 1 / (elasticity among varieties) and
        theta = that elasticity - 1 (Ossa 2014).  The world's value added includes it
    labour_supply : (region,) elasticity of the supply of factors to their price, after tax, over
        the price of final goods (Ignatenko and others 2025)
    rebate : (region,) share of the change of tax revenue that lowers the tax on factor income; the
        rest is lump-sum.  It matters only where supply is elastic
    scale : (sector,) elasticity of productivity to the country's employment
    entry_cost_share : (region,) share of the value of every sale in the region, home sales
        included, that pays for entry with the region's own factors (Ignatenko and others 2025);
        only in worlds without inputs
    entry_shape : (sector,) Pareto shape of firms' productivity, for `entry_cost_share`

    """

    theta: Any = None
    epsilon: Any = 1.0
    mu: Any = 1.0
    sigma: Any = 1.0
    kappa: Any = np.inf
    theta_ratio: Any = 1.0
    profit_share: Any = 0.0
    labour_supply: Any = 0.0
    rebate: Any = 0.0
    scale: Any = 0.0
    entry_cost_share: Any = 0.0
    entry_shape: Any = USUAL_SHAPE

    def __repr__(self) -> str:
        """Every elasticity in short."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        usual: dict[str, Any] = {f.name: f.default for f in fields(self)[5:]}
        shown = {k: v for k, v in values.items() if not _is_usual(v, usual.get(k))}
        said = ", ".join(f"{k} {_short(v)}" for k, v in shown.items())
        return f"<Economy {said}>"

    @classmethod
    def long_run(cls, theta: Any = None, source: Source = None) -> Economy:
        """Caliendo-Parro; `theta` as in the class (None: the world's own elasticities).

        `source` is a file or mapping with other values (see `entrepot.model.presets`).
        """
        if source is None:
            return cls(theta=theta)
        return cls.from_preset(preset("long_run", source), theta)

    @classmethod
    def very_short_run(cls, theta: Any = None, source: Source = None) -> Economy:
        """First month after a shock; `theta` is that of the long run, arguments as there."""
        return cls.from_preset(preset("very_short_run", source), theta)

    @classmethod
    def short_run(cls, theta: Any = None, source: Source = None) -> Economy:
        """About one year after a shock; `theta` is that of the long run, arguments as there."""
        return cls.from_preset(preset("short_run", source), theta)

    @classmethod
    def medium_run(cls, theta: Any = None, source: Source = None) -> Economy:
        """About five years after a shock; `theta` is that of the long run, arguments as there."""
        return cls.from_preset(preset("medium_run", source), theta)

    @classmethod
    def at(cls, months: float, theta: Any = None, source: Source = None) -> Economy:
        """`months` after a shock, between the presets in log time (`entrepot.model.presets.at`)."""
        return cls.from_preset(at(months, source), theta)

    @classmethod
    def from_preset(cls, preset: Preset, theta: Any = None) -> Economy:
        """Take the values of `preset`; `theta` is that of the long run (None: the world's)."""
        values = {name: p.value for name, p in preset.parameters.items()}
        return cls(theta=theta, **values)

    def theta_for(self, world: World) -> np.ndarray:
        """(sector,) trade elasticities to use in `world`; raises as `elasticities_for`."""
        return self.elasticities_for(world).theta

    def elasticities_for(self, world: World) -> Elasticities:
        """All elasticities as plain arrays in the order of `world`.

        Raises
        ------
        ValueRangeError : theta is neither given nor in the world, or a value is out of range
        LabelError : an array does not fit the world

        """
        if self.theta is None and world.theta is None:
            raise ValueRangeError(
                "The world carries no trade elasticities and none were given. Pass them: "
                "ep.Economy.long_run(theta=...), one per sector, positive."
            )
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        given["theta"] = world.theta if self.theta is None else self.theta
        problems: list[str] = []
        plain = {name: _checked(name, value, world, problems) for name, value in given.items()}
        problems += do_not_fit(plain, world) if not problems else []
        if problems:
            raise ValueRangeError.collect("The parameters of the economy cannot be used", problems)
        plain["theta"] = plain["theta"] * plain.pop("theta_ratio")
        return Elasticities(**plain)

    def hash(self, world: World) -> str:
        """Content hash of the parameters as used in `world`."""
        values = self.elasticities_for(world)
        if values.plain:
            return hash_arrays({"theta": values.theta}, "long_run")
        return hash_arrays(values._asdict(), "family")


def _is_usual(value: Any, usual: float | None) -> bool:
    return usual is not None and isinstance(value, int | float) and value == usual


def _short(value: Any) -> str:
    if value is None:
        return "of the world"
    kind = type(value).__name__
    value = list(value.values()) if isinstance(value, Mapping) else value
    try:
        low, high = float(np.min(value)), float(np.max(value))
    except (TypeError, ValueError, OverflowError):
        return f"not a number ({kind})"
    return f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"


def _checked(name: str, given: Any, world: World, problems: list[str]) -> np.ndarray:
    """Return `given` as a plain array in the order of `world`; note what is out of range."""
    dims = DIMS[name]
    if is_single(given, name):
        given = np.full(len(world.labels[dims[0]]), given)
    values = align(given, name, dims, world.labels, infinite=name == "kappa")
    low, high, meaning = RANGES[name]
    bad = ~((values >= low) & (values <= high))
    if bad.any():
        problems.append(
            f"{name} is {float(values[bad][0]):g} at {place(bad, dims, world.labels)}; allowed "
            f"{low:g} to {high:g}. {meaning}."
        )
    return values
