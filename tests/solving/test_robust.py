"""Large shocks on generated worlds: every success is checked by itself, every failure is named.

Six kinds of shocks, each on 52 worlds drawn with zeros, missing sectors, giants and dwarfs, taxes,
uses, all presets and elasticities from 0.02 to 5.  The identities are written here once more, from
the definitions, and share nothing with the solver or its certificate.
"""

from __future__ import annotations

import collections
from typing import Any

import numpy as np
import pytest
import worlds

import entrepot as ep

WORLDS = 52
TOLERANCE = 1e-8
PRESETS = ("very_short_run", "short_run", "medium_run", "long_run")


def drawn_world(seed: int, rng: np.random.Generator) -> ep.World:
    """World number `seed`; export taxes always, so that few programs are compiled."""
    return worlds.world(
        seed,
        zeros=float(rng.choice([0.0, 0.3, 0.7])),
        spread=float(rng.choice([0.0, 1.0, 3.0])),
        missing=bool(rng.integers(2)),
        deficits=float(rng.choice([0.0, 0.5, 1.0])),
        home=float(rng.choice([0.5, 8.0])),
        inputs=float(rng.choice([0.0, 0.6, 0.9])),
        uses={5: 2, 6: 5}.get(seed % 13, 0),
    )


def drawn_economy(seed: int, rng: np.random.Generator) -> ep.Economy:
    """A preset, or elasticities between 0.02 and 5 and any mobility of factors."""
    if seed % 3 == 0:
        return getattr(ep.Economy, PRESETS[seed // 3 % 4])()
    epsilon, mu, sigma = np.exp(rng.uniform(np.log(0.02), np.log(5), 3))
    kappa = float(rng.choice([0.0, 0.1, 1.0, 5.0, 50.0]))
    ratio = float(rng.choice([0.1, 0.3, 1.0]))
    if seed % 13 == 2:
        kappa = np.inf
    return ep.Economy(epsilon=epsilon, mu=mu, sigma=sigma, kappa=kappa, theta_ratio=ratio)


def embargo_by_all(world: ep.World, rng: np.random.Generator) -> dict[str, Any]:
    """Nobody trades with one country, in either direction."""
    ban, i = np.zeros(world.trade_share.shape, dtype=bool), rng.integers(5)
    ban[i], ban[:, i] = True, True
    ban[i, i] = False
    return {"ban": ban}


def imports_banned(world: ep.World, rng: np.random.Generator) -> dict[str, Any]:
    """One country buys from nobody else but one neighbour."""
    ban, i = np.zeros(world.trade_share.shape, dtype=bool), rng.integers(5)
    ban[:, i] = True
    ban[[i, (i + 1) % 5], i] = False
    return {"ban": ban}


def two_blocs(world: ep.World, rng: np.random.Generator) -> dict[str, Any]:
    """Two blocs that do not trade with each other."""
    side = rng.permutation(5) < 2
    apart = side[:, None] != side[None, :]
    return {"ban": np.broadcast_to(apart[:, :, None], world.trade_share.shape).copy()}


def closed_sector(world: ep.World, rng: np.random.Generator) -> dict[str, Any]:
    """No sector of one kind sells abroad, anywhere."""
    ban = np.zeros(world.trade_share.shape, dtype=bool)
    ban[:, :, rng.integers(4)] = ~np.eye(5, dtype=bool)
    return {"ban": ban}


def lost_capacity(world: ep.World, rng: np.random.Generator) -> dict[str, Any]:
    """99 % of the productivity of one sector of one country is lost."""
    productivity = np.ones((5, 4))
    productivity[rng.integers(5), rng.integers(4)] = 0.01
    return {"productivity": productivity}


def mixture(world: ep.World, rng: np.random.Generator) -> dict[str, Any]:
    """One to three instruments at random."""
    shock = worlds.shock(int(rng.integers(2**31)), world)
    names = ("trade_cost", "tariff", "export_tax", "access", "ban", "productivity", "transfer")
    return {k: getattr(shock, k) for k in names if getattr(shock, k) is not None}


KINDS = {f.__name__: f for f in (embargo_by_all, imports_banned, two_blocs, closed_sector,
                                 lost_capacity, mixture)}  # fmt: skip
FLOOR = {"embargo_by_all": 0.95, "imports_banned": 0.95, "two_blocs": 0.95, "closed_sector": 0.93,
         "lost_capacity": 0.94, "mixture": 0.9}  # fmt: skip
"""Least share of certified solves among those that are not impossible; measured: 44 of 45,
49 of 50, 46 of 46, 42 of 44, 50 of 52 and 44 of 47."""


def draw(kind: str, number: int) -> tuple[ep.World, ep.Economy, ep.Shock, str]:
    """Case `number` of a kind."""
    seed = 1000 * list(KINDS).index(kind) + number
    rng = np.random.default_rng(seed)
    world = drawn_world(seed, rng)
    economy = drawn_economy(seed, rng)
    shock = ep.Shock(**KINDS[kind](world, rng))
    plain = not world.uses and np.ndim(economy.kappa) == 0 and np.isfinite(economy.kappa)
    closure = ("fixed", "zero", "share_of_income")[seed % 3 if plain else seed % 2]
    return world, economy, shock, closure


def ces(price: np.ndarray, share: np.ndarray, elasticity: Any, axis: int) -> Any:
    """Price index and the shares that follow, from the definition."""
    if np.all(np.asarray(elasticity) == 1):
        return np.exp((share * np.log(price)).sum(axis=axis)), share
    power = 1 - np.asarray(elasticity)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(share > 0, np.log(share) + power * np.log(price), -np.inf)
    top = terms.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    total = np.exp(terms - top).sum(axis=axis, keepdims=True)
    with np.errstate(divide="ignore"):
        index = np.exp((top + np.log(total)) / power)
    after = np.exp(terms - top) / np.where(total > 0, total, 1.0)
    return np.squeeze(index, axis), after


def identity_gaps(solution: ep.Solution) -> dict[str, float]:
    """Largest gap of each identity in units of world income (prices: relative)."""
    world, shock, s = solution.world, solution.shock, solution.state
    values = solution.economy.elasticities_for(world)
    size = float(world.value_added.sum())
    sold = s.trade / (1 + shock.export_tax)
    output = sold.sum(axis=1)
    gaps = {"output": output - s.output, "bans": s.trade * (shock.kept() == 0)}
    revenue = (s.trade * shock.tariff).sum(axis=(0, 2)) + (sold * shock.export_tax).sum(axis=(1, 2))
    earned = world.value_added * s.factor_price
    income = earned + revenue + s.transfer
    gaps["income"] = income - s.income
    gaps["transfers"] = np.array(s.transfer.sum() - shock.transfer.sum())
    gaps["external"] = s.trade.sum(axis=(0, 2)) - s.trade.sum(axis=(1, 2)) - s.transfer
    gaps["spending"] = (s.trade * (1 + shock.tariff)).sum(axis=0) - s.expenditure
    beta, needs = world.value_added_share, world.input_share
    if not world.uses:
        price = s.price
        rest = np.where(beta < 1, 1 - beta, 1.0)
        mix = needs / rest[:, None, :]
        demand = np.zeros_like(output)
        paid = np.zeros_like(output)
        for i in range(5):
            for k in np.flatnonzero(output[i] > 0):
                bundle, within = ces(price[i], mix[i, :, k], values.mu[k], 0)
                factor = s.factor_price[i] if values.mobile else s.sector_factor_price[i, k]
                both = np.array([factor, bundle if beta[i, k] < 1 else 1.0])
                _, outer = ces(both, np.array([beta[i, k], 1 - beta[i, k]]), values.epsilon[k], 0)
                demand[i] += output[i, k] * outer[1] * within
                paid[i, k] = output[i, k] * outer[0]
            demand[i] += ces(price[i], world.final_share[i], values.sigma[i], 0)[1] * income[i]
        gaps["goods"] = demand - s.expenditure
        gaps["factors"] = paid.sum(axis=1) - earned
    return {name: float(np.max(np.abs(gap))) / size for name, gap in gaps.items()}


def judge(solution: ep.Solution) -> str:
    """Verdict; a success must keep the identities, a failure must say why and what to do."""
    if not solution.ok:
        assert solution.state is None
        assert solution.reasons, "a failure must say what went wrong"
        assert "Remedy: " in solution.message()
        return str(solution.verdict)
    gaps = identity_gaps(solution)
    name = max(gaps, key=lambda k: gaps[k])
    assert gaps[name] <= TOLERANCE, (name, gaps[name])
    assert solution.certificate.worst[1] <= TOLERANCE
    return "certified"


@pytest.mark.parametrize("kind", list(KINDS))
def test_large_shocks(kind, capsys):
    count: collections.Counter = collections.Counter()
    methods: collections.Counter = collections.Counter()
    options = ep.SolveOptions(max_seconds=60.0)
    for number in range(WORLDS):
        world, economy, shock, closure = draw(kind, number)
        solution = ep.solve(world, economy, shock, closure, options)
        count[judge(solution)] += 1
        methods[solution.method] += 1
    possible = WORLDS - count["impossible"]
    with capsys.disabled():
        print(f"\n{kind}: {dict(count)} by {dict(methods)}")
    assert count["certified"] >= FLOOR[kind] * possible, count
    assert count["not finite"] + count["not certified"] == 0, count
