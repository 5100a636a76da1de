"""Coefficients, unknowns and shares of the family in logs (see `entrepot.model.family_wide`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from entrepot.model.family_terms import Family

Array = np.ndarray
NONE = -1e30
"""The log of nothing."""
SOME = NONE / 2
FAR = 300.0
"""A nest whose terms differ from their mean by more than e^300 is added up from its largest."""


def ln(a: Array) -> Array:
    """Log of what is positive, `NONE` elsewhere."""
    there = np.asarray(a) > 0
    out: Array = np.where(there, np.log(np.where(there, a, 1.0)), NONE)
    return out


def added(a: Array, axis: int = -1) -> Array:
    """Log of the sum of exponentials; about `NONE` where there is nothing to add."""
    top = a.max(axis=axis, keepdims=True)
    out: Array = np.squeeze(top, axis) + np.log(np.exp(a - top).sum(axis=axis))
    return out


def bundle(p: Array, share: Array, power: Array) -> tuple[Array, Array]:
    """Ln of a CES price index over the last axis, and the cost shares (..., n) at these prices.

    ``P = (sum_n s_n P_n^k)^(1/k)`` and ``s'_n = s_n (P_n / P)^k`` (docs/model.md).  Relative to the
    mean of log prices the sum of the terms is at least 1, so that nothing cancels.

    Parameters
    ----------
    p, share : (..., n) log prices, and shares that add to 1, or to 0 where nothing is bought
    power : (..., 1) k, one minus the elasticity; 0 is the Cobb-Douglas limit

    """
    there = share > 0
    price = np.where(there, p, 0.0)
    mean = np.sum(price * share, axis=-1, keepdims=True)
    away = np.where(there, power * (price - mean), 0.0)
    far = np.abs(away).max(axis=-1, keepdims=True) > FAR
    grown = np.sum(share * np.expm1(np.where(far, 0.0, away)), axis=-1, keepdims=True)
    safe = np.where(power == 0, 1.0, power)
    index = mean + np.where(power == 0, 0.0, np.log1p(grown)) / safe
    if far.any():
        terms = np.where(there, ln(share) + away, NONE)
        index = np.where(far, mean + added(terms)[..., None] / safe, index)
    after = share * np.exp(np.where(there, power * (price - index), 0.0))
    return index[..., 0], after


class Logs(NamedTuple):
    """Coefficients in logs, and the family they come from.

    Attributes
    ----------
    family : the coefficients
    k : (U, S, dest, origin); k_producer : (U, S, origin, dest)
    k_tariff, k_export : the same, signs taken off; None without tariffs or export taxes
    expenditure : (U, S, N); beta, rest, alpha, factor_share : (S, N)
    rate : (S, N, S) share of inputs in the bundle of each user
    member : (U, 1, S, 1) which sector buys in which use; final_use : (U, 1, 1)
    value_added : (N,); owed : (N,) of the balance, signs taken off
    use : (S,) use that each sector buys in; last : that of final demand
    tied : (S, N) bool, factors that are tied to their sector; mobility : (N,) kappa + 1

    """

    family: Family
    k: Array
    k_producer: Array
    k_tariff: Array | None
    k_export: Array | None
    expenditure: Array
    beta: Array
    rest: Array
    alpha: Array
    factor_share: Array
    rate: Array
    member: Array
    final_use: Array
    value_added: Array
    owed: Array
    use: Array
    last: int
    tied: Array
    mobility: Array

    @property
    def used(self) -> Array:
        """(U, S, N) bool, what is bought at all."""
        used: Array = self.expenditure > SOME
        return used


def in_logs(m: Family) -> Logs:
    """Take the logs of the coefficients; elastic supply of factors and entry are not covered."""
    base, none = m.base, m.kappa is None
    taxed = base.k_export is not None and bool(np.any(base.k_export))
    return Logs(
        family=m,
        k=ln(base.k),
        k_producer=ln(base.k_producer),
        k_tariff=ln(np.abs(base.k_tariff)) if np.any(base.k_tariff) else None,
        k_export=ln(np.abs(base.k_export)) if taxed else None,
        expenditure=ln(base.expenditure),
        beta=ln(base.beta),
        rest=ln(1 - base.beta),
        alpha=ln(base.alpha),
        factor_share=ln(m.factor_share),
        rate=ln(m.mix).transpose(2, 0, 1),
        member=ln(m.member)[:, None, :, None],
        final_use=ln(m.final_use)[:, None, None],
        value_added=np.log(base.value_added),
        owed=ln(np.abs(base.balance)),
        use=np.argmax(m.member, axis=0),
        last=int(np.argmax(m.final_use)),
        tied=np.zeros_like(m.factor_share, dtype=bool) if none else m.factor_share > 0,
        mobility=np.ones(len(base.value_added)) if none else m.kappa + 1,
    )


class Point(NamedTuple):
    """The unknowns: ln p and ln x (U, S, N), ln W (N,), u (S, N)."""

    p: Array
    x: Array
    w: Array
    u: Array


def point(z: Array, m: Logs) -> Point:
    """Unstack the unknowns."""
    shape, cells = m.expenditure.shape, m.expenditure.size
    p, x = z[:cells].reshape(shape), z[cells : 2 * cells].reshape(shape)
    w, u = z[2 * cells : 2 * cells + shape[-1]], z[2 * cells + shape[-1] :]
    return Point(p, x, w, u.reshape(shape[1:]) if u.size else np.zeros(shape[1:]))


def stacked(at: Point, m: Logs) -> Array:
    """Inverse of `point`."""
    parts = [at.p.reshape(-1), at.x.reshape(-1), at.w]
    return np.concatenate(parts if m.family.kappa is None else [*parts, at.u.reshape(-1)])


class Shares(NamedTuple):
    """Shares at a point, each the derivative of the log of a sum.

    Attributes
    ----------
    origin : (U, S, dest, origin) of what a use buys; sale : (U, S, origin, dest) of what is sold
    factor : (S, N) of factors in cost; mix : (user, N, S) of inputs in their bundle
    by_user : (U, S, user, N), by_final : (U, S, N) of the demand for a good
    final : (N, S) of goods in final expenditure
    earned : (N,), profit : (S, N), tariff : (U, S, dest, origin), export : (U, S, origin, dest) of
        income before transfers; the last two None without such taxes
    carried : (N, N) change of ln income by that of ln income before transfers
    tied : (S, N) of tied sectors in the factor price index; pay : (S, N) of sectors in factor pay
    level : (N, N) of countries in the income of the bloc

    """

    origin: Array
    sale: Array
    factor: Array
    mix: Array
    by_user: Array
    by_final: Array
    final: Array
    earned: Array
    profit: Array
    tariff: Array | None
    export: Array | None
    carried: Array
    tied: Array
    pay: Array
    level: Array


class Result(NamedTuple):
    """Residuals at a point, in logs, and what else is asked about it.

    Attributes
    ----------
    at : the point
    gaps : residuals of the equations, in the order of the unknowns
    blocks : (4,) largest gap of prices, spending, factor markets and numeraire
    shares : derivatives of the sums
    income, before : (N,) ln final expenditure, ln income before transfers
    final : (N,) ln price of final expenditure, relative to ln W

    """

    at: Point
    gaps: Array
    blocks: Array
    shares: Shares
    income: Array
    before: Array
    final: Array
