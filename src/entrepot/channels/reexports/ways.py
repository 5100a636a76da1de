"""Ways round a banned leg through hubs, and what they cost: hats by the closed form.

A *cell* c is one banned (origin i, dest j, sector s).  Its goods can be had directly or on a way
through hubs h.  A leg of cost ``t`` has the weight ``t^-nu``; a pass through hub h costs ``M_h``
(hat, 1 before the measures).  The weight of a way is the product of the weights of its legs and
of ``M^-nu`` of its hubs, and the expected cost is the sum over all ways to the power ``-1/nu``
(Allen and Arkolakis 2022, with ``B = (I - A)^-1`` for ways through several hubs).
Against the cost before, with the direct leg closed,

    m = [ sum_h r_h M_h^-nu ]^(-1/nu),      r_h = baseline share of the way through h,

where the shares of all ways, the direct one among them, add up to one.  No way left: m = inf.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.core.errors import ValueRangeError

Array = np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Weights of the legs of C cells through H hubs.

    Attributes
    ----------
    direct : (C,) weight of the direct leg
    first : (C, H) weights of the legs from the origin into the hubs
    last : (C, H) weights of the legs from the hubs to the destination
    between : (C, H, H) weights of the legs between hubs, or None for ways through one hub only

    """

    direct: Array
    first: Array
    last: Array
    between: Array | None = None

    def __post_init__(self) -> None:
        """Check shapes and signs, all at once."""
        problems = list(_problems(self))
        if problems:
            raise ValueRangeError.collect("The ways cannot be used", problems)

    def narrowed(self, first: Array, last: Array, between: Array | float = 1.0) -> Ways:
        """Return the ways when only a share (C, H) or (C, H, H) of the legs is open."""
        onward = None if self.between is None else self.between * between
        return Ways(self.direct, self.first * first, self.last * last, onward)


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """Where the goods of each cell go: shares of what evades the ban.

    Attributes
    ----------
    first : (C, H) share that enters the hubs from the origin; each row adds up to one
    last : (C, H) share that leaves the hubs for the destination; each row adds up to one
    between : (C, H, H) share that goes from hub to hub, or None
    through : (C, H) share that passes each hub; rows add up to more than one where goods pass
        several

    """

    first: Array
    last: Array
    between: Array | None
    through: Array


def _problems(ways: Ways) -> list[str]:
    out = []
    cells, hubs = ways.first.shape
    shapes = {"direct": (cells,), "last": (cells, hubs), "between": (cells, hubs, hubs)}
    for name, shape in shapes.items():
        array = getattr(ways, name)
        if array is not None and array.shape != shape:
            out.append(f"{name} has the shape {array.shape}; beside first {ways.first.shape} it "
                       f"must be {shape}.")  # fmt: skip
    for name in ("direct", "first", "last", "between"):
        array = getattr(ways, name)
        if array is not None and not ((array >= 0) & np.isfinite(array)).all():
            out.append(f"{name} has a weight that is negative, infinite or NaN; a weight is a "
                       "cost to the power -nu, and 0 where there is no leg.")  # fmt: skip
    return out


def _check(nu: float, passage: Array | None) -> None:
    problems = []
    if not (np.isfinite(nu) and nu > 0):
        problems.append(f"nu is {nu:g}; the elasticity between ways is a number above 0.")
    if passage is not None and not (passage >= 1.0).all():
        worst = float(np.nanmin(passage))
        problems.append(
            f"a passage costs {worst:g} times the price of the goods (or is NaN); a hub's mark-up "
            "is not negative, so that the lowest is 1. Infinite closes the hub."
        )
    if problems:
        raise ValueRangeError.collect("The ways cannot be costed", problems)


def _sums(ways: Ways, nu: float, passage: Array | None) -> tuple[Array, Array, Array | None]:
    """(C, H) weight of arriving in and passing each hub, of what follows, and N (C, H, H)."""
    _check(nu, passage)
    cost = np.ones_like(ways.first) if passage is None else np.broadcast_to(
        passage, ways.first.shape)  # fmt: skip
    passed = cost**-nu
    entered = ways.first * passed
    if ways.between is None:
        return entered, ways.last, None
    onward = ways.between * passed[:, None, :]
    radius = _radius(onward)
    if radius >= 1.0:
        raise ValueRangeError(
            f"The legs between hubs are so cheap that going in circles adds weight for ever (the "
            f"spectral radius is {radius:.3g}, it must be below 1). Raise the cost between hubs."
        )
    paths = np.linalg.inv(np.eye(onward.shape[1]) - onward)
    arrived = np.einsum("ch,chl->cl", entered, paths)
    follows = np.einsum("chl,cl->ch", paths, ways.last)
    return arrived, follows, onward


def _radius(onward: Array) -> float:
    """Spectral radius, or a bound below 1 where sums of rows or columns give one."""
    bound = min(float(onward.sum(axis=k).max(initial=0.0)) for k in (1, 2))
    if bound < 1.0:
        return bound
    return float(np.abs(np.linalg.eigvals(onward)).max(initial=0.0))


def weight_through_hubs(ways: Ways, nu: float, passage: Array | None = None) -> Array:
    """(C,) sum of the weights of all ways through hubs.

    Parameters
    ----------
    ways : weights of the legs
    nu : elasticity between ways
    passage : (C, H) or (H,) cost hats M of passing each hub, 1 or more; all 1 if left out

    """
    arrived, _, _ = _sums(ways, nu, passage)
    return np.asarray((arrived * ways.last).sum(axis=1))


def hub_shares(ways: Ways, nu: float) -> Array:
    """(C, H) baseline share of goods that pass each hub; the rest of the goods goes directly."""
    arrived, follows, _ = _sums(ways, nu, None)
    total = ways.direct + (arrived * ways.last).sum(axis=1)
    return np.divide(arrived * follows, total[:, None], out=np.zeros_like(arrived),
                     where=total[:, None] > 0)  # fmt: skip


def evasion_cost(before: Ways, now: Ways, nu: float, passage: Array | None = None) -> Array:
    """(C,) cost hat m of goods whose direct leg is closed; infinite where no way is left.

    Parameters
    ----------
    before : ways before the measures, the direct ones among them
    now : ways through hubs that are still open (`Ways.narrowed`); its direct legs are not used
    nu : elasticity between ways
    passage : (C, H) or (H,) cost hats M of passing each hub

    """
    had = baseline_weight(before, nu)
    return cost_of_weights(had, weight_through_hubs(now, nu, passage), nu)


def baseline_weight(before: Ways, nu: float) -> Array:
    """(C,) sum of the weights of all ways before the measures, the direct ones among them."""
    return np.asarray(before.direct + weight_through_hubs(before, nu))


def cost_of_weights(had: Array, left: Array, nu: float) -> Array:
    """(C,) cost hat (left / had)^(-1/nu) of what is left of the weights; infinite for nothing."""
    open_ = (left > 0) & (had > 0)
    ratio = np.divide(left, had, out=np.ones_like(left), where=open_)
    with np.errstate(over="ignore"):  # dearer than any number is no way
        return np.where(open_, ratio ** (-1.0 / nu), np.inf)


def use_of_legs(ways: Ways, nu: float, passage: Array | None = None) -> Use:
    """Shares of each leg in what evades the ban (Allen and Arkolakis 2022).

    What enters a hub, from the origin and from other hubs, leaves it again.  Cells without a way
    have zeros.
    """
    return weight_and_use(ways, nu, passage)[1]


def weight_and_use(ways: Ways, nu: float, passage: Array | None = None) -> tuple[Array, Use]:
    """`weight_through_hubs` and `use_of_legs` at once."""
    arrived, follows, onward = _sums(ways, nu, passage)
    entered = arrived if onward is None else arrived - np.einsum("ch,chl->cl", arrived, onward)
    weight = (arrived * ways.last).sum(axis=1)
    total = weight[:, None]
    least = np.finfo(float).tiny
    scale = np.divide(1.0, total, out=np.zeros_like(total), where=total > least)
    between = None
    if onward is not None:
        between = arrived[:, :, None] * onward * follows[:, None, :] * scale[:, :, None]
    use = Use(
        first=entered * follows * scale,
        last=arrived * ways.last * scale,
        between=between,
        through=arrived * follows * scale,
    )
    return weight, use
