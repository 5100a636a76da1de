"""Goods that no price can bring about, with a proof that can be checked.

With elasticities below 1 a lost variety is made up for by more of the others, and an input that is
dear by more of it.  If making a set of goods takes, through inputs, more of the same goods than
comes out, no finite price pays for them (the condition of Hawkins and Simon 1949, for unit costs
that are concave in prices).

The proof is a vector of prices.  Let F(p) be the prices that follow from prices p with factors and
all other goods for nothing.  If F(p) > p for every good of the set, no prices P with factors that
cost something satisfy P = F(P, factors): scale p until it touches P from below at one good g; then
P_g = F_g(P, factors) >= F_g(p) > p_g = P_g, a contradiction, because F rises with every price and
in proportion to all of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from entrepot.solving.bind import Problem
from entrepot.solving.log_identities import FREE, kept, prices_from
from entrepot.world.uses import by_use

Array = np.ndarray
LOOKED, FIRST, MARGIN, STILL = 3000, 20, 1e-6, 1e-9
"""Passes at most; after how many a proof is first tried, then after twice as many; by how much each
price must rise; and the change at which prices have settled."""
LOST = 5e-4
"""Part of purchases below which nothing is said to be closed."""


class Proof(NamedTuple):
    """Log prices (N, S, U) of the goods that cannot be had, `FREE` elsewhere."""

    ln_price: Array

    @property
    def goods(self) -> Array:
        """(N, S, U) bool, the goods."""
        return self.ln_price > FREE


def _rising(problem: Problem, proof: Proof) -> Array:
    """(N, S, U) bool, the goods of the set that cost more than the prices they are made at."""
    after = prices_from(problem, proof.ln_price, np.array(FREE)).price
    rising: Array = proof.goods & (after > proof.ln_price + MARGIN)
    return rising


def proven(problem: Problem, proof: Proof) -> bool:
    """Whether the proof holds: there is a set, and every good of it rises."""
    return bool(proof.goods.any() and _rising(problem, proof)[proof.goods].all())


def unproducible(problem: Problem, passes: int = LOOKED) -> Proof | None:
    """Look for goods that no price can bring about; None if prices settle or no proof is found.

    Prices that follow from each other, with factors at 1, settle or rise without end; half of each
    rise is taken, so that goods made of each other do not rise in turns.
    """
    values = problem.elasticities
    if min(values.epsilon.min(), values.mu.min()) >= 1:
        return None
    wanted, attempt = problem.standing.used, FIRST
    ln_price = np.zeros(by_use(problem.world).expenditure.shape)
    for count in range(1, passes + 1):
        after = prices_from(problem, ln_price, np.array(0.0)).price
        rise = np.where(wanted, after - ln_price, 0.0)
        if np.abs(rise).max() < STILL:
            return None
        ln_price = ln_price + rise / 2
        if count == attempt:
            attempt *= 2
            proof = largest(problem, Proof(np.where(rise > MARGIN, ln_price, FREE)))
            if proven(problem, proof):
                return proof
    return None


def largest(problem: Problem, proof: Proof) -> Proof:
    """The largest part of the goods for which their prices are a proof; it may be none."""
    rising = _rising(problem, proof)
    while (proof.goods & ~rising).any():
        proof = Proof(np.where(rising, proof.ln_price, FREE))
        rising = _rising(problem, proof)
    return proof


def root(problem: Problem, proof: Proof) -> Proof:
    """The goods of a proof that fail within one region, with all that it can import for nothing.

    The whole proof where goods fail only together with those of other regions.
    """
    sells = kept(problem) > 0
    imported = (sells & ~np.eye(len(sells), dtype=bool)[:, :, None, None]).any(axis=0)
    at_home = largest(problem, Proof(np.where(imported, FREE, proof.ln_price)))
    return at_home if at_home.goods.any() else proof


def sentences(problem: Problem, proof: Proof) -> list[str]:
    """One sentence for each good at the root, first those that final demand cannot do without.

    Of them only those of which a part is closed, where there are any.
    """
    world, last = problem.world, by_use(problem.world).final
    every: Array = np.any(proof.goods, axis=2)
    goods: Array = np.any(root(problem, proof).goods, axis=2)
    lost = 1 - kept(problem).sum(axis=0)[:, :, last]
    hit = goods & (lost > LOST)
    named = hit if hit.any() else goods
    essential = (problem.elasticities.sigma < 1)[:, None] & (world.final_share > 0)
    order = sorted(np.argwhere(named), key=lambda at: (not essential[tuple(at)], -lost[tuple(at)]))
    said = [
        f"{world.sector_titles[s]} ({world.sectors[s]}) cannot be had in {world.regions[j]} at any "
        f"price: {_closed(lost[j, s])}at elasticities as low as these making it takes, through "
        "inputs, more of the same goods than comes out"
        for j, s in order
    ]
    more, where = int(every.sum() - named.sum()), int((every & ~named).any(axis=1).sum())
    return [*said, f"nor can {more} other goods in {where} regions"] if more else said


def _closed(lost: float) -> str:
    return f"{100 * lost:.3g} % of what it bought is closed, and " if lost > LOST else ""
