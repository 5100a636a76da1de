"""Random consistent worlds for tests: zeros, missing sectors, giants and dwarfs, taxes, deficits.

All worlds of one shape share compiled code, so tests use few shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from entrepot.model import Shock
from entrepot.world.world import World

REGIONS = ("AAA", "BBB", "CCC", "DDD", "EEE")
SECTORS = ("grain", "crude", "tools", "finance")


def arrays(
    seed: int,
    *,
    n: int = 5,
    s: int = 4,
    zeros: float = 0.25,
    spread: float = 2.0,
    missing: bool = True,
    taxes: bool = True,
    deficits: float = 0.5,
    home: float = 8.0,
    inputs: float = 0.6,
    uses: int = 0,
) -> dict[str, Any]:
    """Arrays for `World.from_arrays` with ``balance="adjust"``.

    Parameters
    ----------
    zeros : share of foreign trade cells at zero
    spread : log standard deviation of sizes (2: factors of 1e4 between economies)
    missing : some regions make nothing of a sector, one sector is bought by nobody at all
    taxes : tariffs up to 40 %, a few import subsidies, export taxes in a third of the cells
    deficits : largest deficit relative to what trade can carry
    home : weight of purchases at home
    inputs : largest share of inputs in cost
    uses : 2 (intermediate, final) or s + 1 mixes of origins that differ widely; 0 for one mix

    """
    rng = np.random.default_rng(seed)
    size = np.exp(spread * rng.normal(size=n))
    trade = rng.uniform(0.02, 1, (n, n, s)) * (rng.uniform(size=(n, n, s)) > zeros)
    trade *= (size / size.sum())[:, None, None]
    here = np.arange(n)
    trade[here, here] = home * (0.2 + size / size.sum())[:, None] * rng.uniform(0.5, 1, (n, s))
    if missing and n > 2:
        i, k = rng.integers(n), rng.integers(1, s)
        trade[i, :, k] = 0.0
    ring = np.roll(here, 1)
    trade[here, ring, 0] = np.maximum(trade[here, ring, 0], 0.01)
    share = np.array(trade)
    used = np.ones((n, s), dtype=bool)
    if missing and s > 2:
        used[:, s - 1] = rng.uniform() > 0.3
        used[rng.integers(n), s - 2] = False
    used &= share.sum(axis=0) > 0
    share *= used[None]
    share /= np.where(used, share.sum(axis=0), 1.0)
    makes = share.sum(axis=1) > 0
    beta = rng.uniform(1 - inputs, 1, (n, s)) * makes
    needs = rng.uniform(0, 1, (n, s, s)) * (rng.uniform(size=(n, s, s)) > 0.3) * used[:, :, None]
    total = needs.sum(axis=1)
    beta = np.where(makes & (total == 0), 1.0, beta)
    needs *= np.where(total > 0, (1 - beta) * makes / np.where(total > 0, total, 1), 0)[:, None, :]
    final = rng.uniform(0.05, 1, (n, s)) * used
    final /= final.sum(axis=1, keepdims=True)
    tariff = np.zeros((n, n, s))
    export_tax = np.zeros((n, n, s))
    if taxes:
        tariff = rng.uniform(-0.02, 0.4, (n, n, s))
        export_tax = rng.uniform(0, 0.3, (n, n, s)) * (rng.uniform(size=(n, n, s)) > 0.67)
        tariff[here, here] = export_tax[here, here] = 0.0
    balance = rng.normal(size=n) * deficits * size * 0.05
    small = balance - balance.mean() * (size / size.mean())
    return {
        "regions": tuple(REGIONS[:n]) if n <= 5 else tuple(f"R{i:02d}" for i in range(n)),
        "sectors": tuple(SECTORS[:s]) if s <= 4 else tuple(f"s{i:02d}" for i in range(s)),
        "trade_share": by_use(share, seed, uses) if uses else share,
        "input_share": needs,
        "value_added_share": beta,
        "final_share": final,
        "value_added": 1e5 * size / size.mean(),
        "trade_balance": 1e5 * small / size.mean(),
        "tariff": tariff,
        "export_tax": export_tax,
        "theta": rng.uniform(1.0, 8.0, s),
        "balance": "adjust",
        "name": f"random {seed}",
    }


def by_use(share: np.ndarray, seed: int, uses: int) -> np.ndarray:
    """Shares (origin, dest, sector, use) around `share`, with more zeros; home is never one."""
    rng = np.random.default_rng([seed, uses])
    mix = share[..., None] * np.exp(rng.normal(0, 1.5, (*share.shape, uses)))
    lost = rng.uniform(size=mix.shape) < 0.2
    lost[np.arange(len(share)), np.arange(len(share))] = False
    total = np.where(lost, 0.0, mix).sum(axis=0)
    mix = np.where(lost & (total > 0), 0.0, mix)
    return mix / np.where(mix.sum(axis=0) > 0, mix.sum(axis=0), 1.0)


def world(seed: int, **options: Any) -> World:
    """Random world; deficits are halved until the shares can carry them."""
    given = arrays(seed, **options)
    for _ in range(12):
        try:
            return World.from_arrays(**given)
        except ValueError:
            given["trade_balance"] = given["trade_balance"] / 4
    given["trade_balance"] = given["trade_balance"] * 0
    return World.from_arrays(**given)


def abroad(world: World) -> np.ndarray:
    """(origin, dest, sector) True where origin and dest differ."""
    n, s = len(world.regions), len(world.sectors)
    return np.broadcast_to(~np.eye(n, dtype=bool)[:, :, None], (n, n, s)).copy()


def shock(seed: int, world: World, kinds: Sequence[str] | None = None) -> Shock:
    """Random shock of one to three kinds."""
    rng = np.random.default_rng(seed)
    n, s = len(world.regions), len(world.sectors)
    names = ("trade_cost", "tariff", "export_tax", "access", "ban", "productivity", "transfer")
    kinds = kinds or rng.choice(names, size=rng.integers(1, 4), replace=False)
    foreign = abroad(world)
    made: dict[str, Any] = {
        "trade_cost": np.where(foreign, np.exp(rng.normal(0, 0.7, (n, n, s))), 1.0),
        "tariff": np.where(foreign, rng.uniform(0, 1.5, (n, n, s)), 0.0),
        "export_tax": np.where(foreign, rng.uniform(0, 0.8, (n, n, s)), 0.0),
        "access": np.where(foreign, rng.uniform(0, 1, (n, n, s)) ** 3, 1.0),
        "ban": foreign & (rng.uniform(size=(n, n, s)) < rng.choice([0.1, 0.5, 1.0])),
        "productivity": np.exp(rng.normal(0, 0.8, (n, s))),
    }
    given = 0.02 * world.value_added * rng.uniform(-1, 1, n)
    given -= given.sum() * world.value_added / world.value_added.sum()
    made["transfer"] = given
    return Shock(**{k: made[k] for k in kinds})


seeds = st.integers(min_value=0, max_value=2**31 - 1)


@st.composite
def random_worlds(draw: st.DrawFn) -> World:
    """World of one fixed shape with drawn features."""
    return world(
        draw(seeds),
        zeros=draw(st.sampled_from((0.0, 0.3, 0.7))),
        spread=draw(st.sampled_from((0.0, 1.0, 3.0))),
        missing=draw(st.booleans()),
        taxes=draw(st.booleans()),
        deficits=draw(st.sampled_from((0.0, 0.5, 3.0))),
        home=draw(st.sampled_from((0.5, 8.0))),
        inputs=draw(st.sampled_from((0.0, 0.6, 0.9))),
    )
