"""Worlds to measure on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.io import loadmat

import entrepot as ep

SIZE = (31, 40)


def random_world(n: int, s: int, seed: int = 0) -> ep.World:
    """Return a dense world of n regions and s sectors with consistent accounts."""
    rng = np.random.default_rng(seed)
    trade = rng.gamma(0.3, size=(n, n, s)) + 20 * np.eye(n)[:, :, None]
    beta = rng.uniform(0.3, 0.7, size=(n, s))
    inputs = rng.gamma(0.5, size=(n, s, s))
    return ep.World.from_arrays(
        regions=[f"R{i:03d}" for i in range(n)],
        sectors=[f"s{i:02d}" for i in range(s)],
        trade_share=trade / trade.sum(0),
        input_share=inputs / inputs.sum(1, keepdims=True) * (1 - beta)[:, None, :],
        value_added_share=beta,
        final_share=rng.dirichlet(np.ones(s), size=n),
        value_added=rng.lognormal(10, 1.5, size=n),
        tariff=rng.uniform(0, 0.1, size=(n, n, s)) * ~np.eye(n, dtype=bool)[:, :, None],
        theta=rng.uniform(2, 8, size=s),
        balance="adjust",
    )


def banned(world: ep.World, *cells: int | slice) -> ep.Shock:
    """Close trade abroad in `cells`, an index of (origin, dest, sector)."""
    ban = np.zeros(world.tariff.shape, dtype=bool)
    ban[cells] = True
    ban[np.arange(len(ban)), np.arange(len(ban))] = False
    return ep.Shock(ban=ban)


def embargo(world: ep.World, origin: str, sector: str) -> ep.Shock:
    """Nobody abroad buys one good of one region."""
    return banned(world, world.regions.index(origin), slice(None), world.sectors.index(sector))


def _tariffs(path: Path) -> np.ndarray:
    n, s = SIZE
    rates = np.zeros((n, n, s))
    rates[:, :, :20] = np.loadtxt(path).reshape(20, n, n).transpose(2, 1, 0) / 100
    return rates


def caliendo_parro(folder: Path) -> tuple[ep.World, ep.Shock]:
    """Return the world of 1993 and the NAFTA tariff changes (Caliendo and Parro 2015)."""
    n, s = SIZE
    data = loadmat(folder / "initial_condition_1993_noS.mat")
    before, later = _tariffs(folder / "tariffs1993.txt"), _tariffs(folder / "tariffs2005.txt")
    beta = data["B"].T
    world = ep.World.from_arrays(
        regions=[f"R{i:02d}" for i in range(n)],
        sectors=[f"s{i:02d}" for i in range(s)],
        trade_share=data["Din"].reshape(s, n, n).transpose(2, 1, 0),
        input_share=data["G"].reshape(n, s, s) * (1 - beta)[:, None, :],
        value_added_share=beta,
        final_share=data["alphas"].T,
        value_added=data["VAn"].ravel(),
        trade_balance=data["Sn"].ravel(),
        tariff=before,
        theta=1 / data["T"].ravel(),
        balance="adjust",
    )
    nafta = np.ix_([4, 19, 29], [4, 19, 29])
    tariff = before.copy()
    tariff[nafta] = later[nafta]
    return world, ep.Shock(tariff=tariff)
