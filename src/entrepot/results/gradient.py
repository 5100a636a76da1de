"""`Solution.gradient`: what moves an outcome, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np
import xarray as xr

from entrepot.core.errors import InputError, LabelError, did_you_mean
from entrepot.core.labels import check_known
from entrepot.results.labelled import labelled
from entrepot.solving.adjoint import INSTRUMENT_DIMS, Levels, derivatives
from entrepot.solving.solution import Solution
from entrepot.world.world import World

Kind = Literal["welfare", "export_revenue", "price"]
KINDS: tuple[Kind, ...] = ("welfare", "export_revenue", "price")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A number of a solution that can be differentiated.

    Attributes
    ----------
    kind : "welfare": hat of real final expenditure, a weighted sum of it over `regions`;
        "export_revenue": exports of `regions` in `sectors` (all if empty) in mn USD at world
        prices, without sales at home; "price": hat of the price index of the one sector in
        `sectors` in the one region in `regions`
    regions : region -> weight
    sectors : sector codes

    """

    kind: Kind
    regions: Mapping[str, float]
    sectors: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Outcome:
        """Read ``"welfare:IRN"``, ``"export_revenue:IRN"``, ``"price:CHN:crude"``."""
        kind, _, rest = text.partition(":")
        region, _, sectors = rest.partition(":")
        if kind not in KINDS or not region:
            raise InputError(
                f"There is no outcome '{text}'.{did_you_mean(kind, KINDS)} Write kind:REGION or "
                f"kind:REGION:sector, with kind one of {', '.join(KINDS)}."
            )
        return cls(kind, {region: 1.0}, tuple(s for s in sectors.split(",") if s))

    def check(self, world: World) -> None:
        """Refuse regions and sectors that `world` does not have."""
        check_known(tuple(self.regions), world.regions, "region", f"world '{world.name}'")
        check_known(self.sectors, world.sectors, "sector", f"world '{world.name}'")
        if self.kind == "price" and (len(self.regions) != 1 or len(self.sectors) != 1):
            raise InputError(
                "A price is that of one sector in one region, such as 'price:CHN:crude'; found "
                f"{len(self.regions)} regions and {len(self.sectors)} sectors."
            )

    def weights(self, world: World) -> tuple[np.ndarray, np.ndarray]:
        """Weights of regions (N,) and sectors (S,) in the order of `world`."""
        regions = np.array([self.regions.get(r, 0.0) for r in world.regions])
        sectors = np.array([float(not self.sectors or s in self.sectors) for s in world.sectors])
        return regions, sectors


def _welfare(levels: Levels, data: Any) -> Any:
    regions, _, income = data
    return jnp.sum(regions * levels.income / income * jnp.exp(-levels.ln_price_index))


def _export_revenue(levels: Levels, data: Any) -> Any:
    regions, sectors, _ = data
    abroad = 1 - jnp.eye(levels.trade.shape[0])
    return jnp.einsum("ijs,i,ij,s->", levels.trade, regions, abroad, sectors)


def _price(levels: Levels, data: Any) -> Any:
    regions, sectors, _ = data
    return jnp.exp(jnp.einsum("js,j,s->", levels.ln_price, regions, sectors))


FORMULAS = {"welfare": _welfare, "export_revenue": _export_revenue, "price": _price}


def gradient(
    solution: Solution, outcome: Outcome | str, wrt: str | Sequence[str] | None = None
) -> xr.Dataset:
    """Derivatives of `outcome` by every cell of every instrument, at the solution.

    Parameters
    ----------
    solution : a certified solution
    outcome : an `Outcome`, or text such as ``"welfare:IRN"`` (see `Outcome.parse`)
    wrt : "tariff", "export_tax", "trade_cost", "productivity", "transfer", "theta", "epsilon",
        "mu", "sigma", "kappa" (where finite), several of them, or None for all; one adjoint solve
        serves them all

    Returns
    -------
    Dataset with one variable per instrument, in units of the outcome per unit of the instrument
    (tariffs per 1 = 100 points, cost and productivity per unit of the hat, transfers per mn USD:
    only differences between two regions have a meaning, since transfers add to zero); attribute
    ``value`` is the outcome itself

    Raises
    ------
    NotSolvedError : the solution is not certified, or the adjoint system cannot be solved

    """
    solution.certified()
    world = solution.world
    chosen = Outcome.parse(outcome) if isinstance(outcome, str) else outcome
    chosen.check(world)
    names = [wrt] if isinstance(wrt, str) else list(wrt or INSTRUMENT_DIMS)
    unknown = [n for n in names if n not in INSTRUMENT_DIMS]
    if unknown:
        raise LabelError(
            f"Nothing to differentiate by is called '{unknown[0]}'."
            f"{did_you_mean(unknown[0], INSTRUMENT_DIMS)} There are {', '.join(INSTRUMENT_DIMS)}."
        )
    if "kappa" in names and solution.problem.elasticities.mobile:
        if wrt is not None:
            raise InputError(
                "There is no derivative by kappa where it is infinite: one factor price rules in "
                "every country. Solve with a finite kappa, such as ep.Economy(kappa=100)."
            )
        names.remove("kappa")
    assert solution.unknowns is not None
    data = (*chosen.weights(world), world.accounts().income)
    value, arrays = derivatives(solution.problem, solution.unknowns, FORMULAS[chosen.kind], data)
    units = f"{chosen.kind} per unit of the instrument"
    parts = {
        n: labelled(world, arrays[n], INSTRUMENT_DIMS[n], n, f"d {chosen.kind} / d {n}", units)
        for n in names
    }
    return xr.Dataset(parts, attrs={"title": f"Derivatives of {chosen.kind}", "value": value})
