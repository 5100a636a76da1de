"""`settle`: what a change of access, cost or entry does to every pair and to every rail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from entrepot.channels.payments.algebra import (
    adjusted,
    cost_hat,
    entry_weight,
    shares_after,
    use_of,
    weights,
)
from entrepot.channels.payments.certificate import certify
from entrepot.channels.payments.network import (
    UNIQUE_BELOW,
    Equilibrium,
    Flows,
    along,
    distinct,
    gain,
    others,
)
from entrepot.channels.payments.outcome import PaymentsOutcome
from entrepot.channels.payments.parameters import Elasticities
from entrepot.channels.payments.rails import DIMS, Rails
from entrepot.core.errors import ValueRangeError
from entrepot.core.labels import align, is_single


def settle(
    rails: Rails,
    *,
    access: Any = None,
    cost: Any = None,
    entering: Any = None,
    elasticities: Elasticities | None = None,
    years: Any = np.inf,
) -> PaymentsOutcome:
    """Return what the change does, in equilibrium of the use of rails.

    Parameters
    ----------
    rails : the benchmark
    access : (origin, dest, sector, rail) share of the old access that is left, 0 to 1 (0: lost), or
        above 1 where a rail becomes easier to use; see `Rails.without`
    cost : the same shape, hat of the rail's cost, above 0; infinite is a lost rail
    entering : the same shape, share from 0, below 1 that a rail would win of the flow if the old
        ones stayed as they are and everybody had adjusted; see `Rails.entering`
    elasticities : how payments move between rails; the central values if left out
    years : time to adjust, a number or (origin, dest, sector); 0: with the short-run elasticity,
        without network effects, and nobody has entered; infinite: when everybody has adjusted

    Raises
    ------
    LabelError, ValueRangeError : arrays that do not fit, impossible numbers

    """
    given = elasticities or Elasticities.of()
    changes = {
        "access": _array(rails, access, "access", 1.0),
        "cost": _array(rails, cost, "cost", 1.0, infinite=True),
        "entering": _array(rails, entering, "entering", 0.0),
        "years": _array(rails, years, "years", np.inf, infinite=True, dims=DIMS[:-1]),
    }
    _check(changes)
    return _settled(rails, given, changes)


def _settled(
    rails: Rails, given: Elasticities, changes: Mapping[str, np.ndarray]
) -> PaymentsOutcome:
    """Solve for sectors that are not alike, certify, and spread the answer over all sectors."""
    first, at = _alike([rails.share, *changes.values()])
    few = _merged(rails, first, at)
    part = {name: array[:, :, first] for name, array in changes.items()}
    kappa, eta = given.kappa_at(part["years"]), given.network_at(part["years"])
    entry = entry_weight(part["entering"] * adjusted(part["years"], given.speed)[..., None])
    weight = weights(few.share, part["access"], part["cost"], entry, kappa)
    found, flows, verdicts = _equilibria(few, weight, eta)
    hat = flows.hat(found[0].use)
    full = weight * hat ** eta[..., None]
    base = few.share.sum(axis=-1)
    full_cost = cost_hat(full, kappa, np.where(base > 0, base, 1.0))
    share, here = shares_after(full), np.arange(len(rails.economies))
    full_cost[here, here], share[here, here] = 1.0, 0.0
    return PaymentsOutcome(
        rails=rails,
        elasticities=given,
        years=changes["years"],
        cost_array=full_cost[:, :, at],
        share_array=share[:, :, at],
        use_before=use_of(few.value, few.share),
        use_after=use_of(few.value, share),
        network_hat=hat,
        equilibria=found,
        unique=verdicts[0],
        steady=verdicts[1],
        certificate=certify(few, weight, kappa, eta, flows.reference, full_cost, share),
    )


def _alike(arrays: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """First sector of each set of sectors that all `arrays` treat alike, and the set of each."""
    seen: dict[bytes, int] = {}
    at = [
        seen.setdefault(b"".join(a[:, :, k].tobytes() for a in arrays), len(seen))
        for k in range(arrays[0].shape[2])
    ]
    return np.unique(at, return_index=True)[1], np.array(at)


def _merged(rails: Rails, first: np.ndarray, at: np.ndarray) -> Rails:
    """`rails` with one sector for each set of equal ones."""
    value = np.zeros((*rails.value.shape[:2], len(first)))
    for sector, k in enumerate(at):
        value[:, :, k] += rails.value[:, :, sector]
    names = tuple(rails.sectors[k] for k in first)
    return replace(rails, sectors=names, share=rails.share[:, :, first].copy(), value=value)


def _array(rails: Rails, given: Any, name: str, default: float, *, infinite: bool = False,
           dims: tuple[str, ...] = DIMS) -> np.ndarray:  # fmt: skip
    """`given` in the shape of the rails: one number, or an array with or without the sectors."""
    shape = rails.shape[: len(dims)]
    if given is None or is_single(given, name):
        value = default if given is None else float(given)
        if np.isnan(value):
            raise ValueRangeError(f"'{name}' is NaN. Give a number.")
        return np.full(shape, value)
    if np.ndim(given) == len(dims) - 1:
        short = tuple(d for d in dims if d != "sector")
        plain = align(given, name, short, rails.labels, infinite=infinite)
        return np.array(np.broadcast_to(np.expand_dims(plain, 2), shape))
    return align(given, name, dims, rails.labels, infinite=infinite)


def _check(changes: Mapping[str, np.ndarray]) -> None:
    """Refuse impossible numbers, all at once."""
    bad = {
        "access": (changes["access"] < 0, "at least 0"),
        "cost": (changes["cost"] <= 0, "above 0"),
        "entering": (
            (changes["entering"] < 0) | (changes["entering"] >= 1),
            "at least 0 and below 1",
        ),
        "years": (changes["years"] < 0, "at least 0"),
    }
    problems = [
        f"'{name}' must be {allowed}; found {float(changes[name][wrong][0]):g} in "
        f"{int(wrong.sum())} cells."
        for name, (wrong, allowed) in bad.items()
        if wrong.any()
    ]
    if problems:
        raise ValueRangeError.collect("Change of payments", problems)


def _equilibria(
    rails: Rails, weight: np.ndarray, eta: np.ndarray
) -> tuple[tuple[Equilibrium, ...], Flows, tuple[bool, bool]]:
    """Equilibria, the flows with trade, and whether there is one only and the benchmark stable."""
    used, n = rails.value > 0, len(rails.rails)
    rows = np.concatenate([weight[used], rails.share[used], eta[used][:, None]], axis=1)
    rows, value = _grouped(rows, rails.value[used] / rails.value.sum())
    new, old = rows[:, :n], rows[:, n : 2 * n]
    reference = value @ old
    reference = np.where(reference > 0, reference, value @ shares_after(new))
    flows = Flows(value, new, rows[:, -1], reference)
    chosen = along(flows, old)
    if float(eta.max()) < UNIQUE_BELOW:
        return (chosen,), flows, (True, True)
    found = distinct([chosen, *others(flows, rails.rails)])
    return found, flows, (False, gain(flows, old) < UNIQUE_BELOW)


def _grouped(rows: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different rows, and the value of all that are equal to each; most pairs share a statement.

    Rows are found equal by their product with a vector of odd numbers; if that ever takes two
    different rows for one, all rows are kept.
    """
    key = rows @ np.sqrt(np.arange(2, 2 + rows.shape[1]))
    _, first, at = np.unique(key, return_index=True, return_inverse=True)
    if not np.array_equal(rows[first][at], rows):
        return rows, value
    return rows[first], np.bincount(at, weights=value)
