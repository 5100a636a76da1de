"""Gravity behind latent links: a known elasticity is found again; levels, table of distances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from entrepot.core.errors import LabelError
from entrepot.world.layout import REGIONS, ROW
from entrepot.world.links_balance import scaled
from entrepot.world.links_distance import known_distance
from entrepot.world.links_distance_build import built_distance
from entrepot.world.links_gravity import (
    TYPICAL,
    fit_distance,
    fit_sector,
    predicted_share,
)

KNOWN = np.array([0.5, 1.1, 1.7, 2.4])


def far_apart(n: int, rng: np.random.Generator) -> np.ndarray:
    """Symmetric log distances between random points of a plane."""
    point = rng.uniform(0, 8000, (n, 2))
    km = np.hypot(*(point[:, None] - point[None]).transpose(2, 0, 1)) + 100
    return np.log(km)


def gravity_shares(n: int, far: np.ndarray, seed: int, grain: float | None = None) -> np.ndarray:
    """Import shares whose mean is a gravity equation with random origins; exact without `grain`.

    With it each dest draws from a Dirichlet distribution, so small `grain` makes coarse shares.
    """
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(0, 1.0, (n, len(KNOWN))))
    share = size[:, None, :] * np.exp(-far[:, :, None] * KNOWN)
    share[np.arange(n), np.arange(n)] = 0
    share /= share.sum(axis=0)
    if grain is None:
        return share
    drawn = rng.gamma(grain * share)
    drawn[drawn < 1e-4] = 0.0
    return drawn / drawn.sum(axis=0)


def test_exact_gravity_gives_the_elasticity_back() -> None:
    rng = np.random.default_rng(0)
    far = far_apart(30, rng)
    share = gravity_shares(30, far, seed=1)
    fit = fit_distance(share, far)
    np.testing.assert_allclose(fit.own, KNOWN, atol=1e-7)
    np.testing.assert_allclose(fit.used, KNOWN, atol=1e-6)


def test_errors_cover_the_truth() -> None:
    """With coarse shares, many of them zero, estimates lie around the truth as errors say."""
    far = far_apart(40, np.random.default_rng(0))
    misses, zeros = [], []
    for seed in range(25):
        share = gravity_shares(40, far, seed, grain=30.0)
        zeros.append((share == 0).mean())
        for k, truth in enumerate(KNOWN):
            own, error = fit_sector(share[:, :, k], far)
            misses.append((own - truth) / error)
    assert 0.1 < np.mean(zeros) < 0.6
    assert abs(np.mean(misses)) < 0.4
    assert 0.8 < np.std(misses) < 1.4


def test_a_sector_without_enough_links_takes_the_mean_of_the_others() -> None:
    rng = np.random.default_rng(0)
    far = far_apart(30, rng)
    share = gravity_shares(30, far, seed=2, grain=50.0)
    share[:, :, 3] = 0
    share[0, 1, 3] = share[2, 3, 3] = 0.2
    fit = fit_distance(share, far)
    assert np.isnan(fit.own[3])
    assert fit.used[3] == pytest.approx(fit.mean)
    assert fit.used_error[3] == pytest.approx(np.hypot(fit.spread, fit.mean_error))
    assert 0 < fit.mean_error < fit.spread
    assert fit.links[3] == 2


def test_a_world_without_links_takes_the_literature() -> None:
    far = far_apart(4, np.random.default_rng(0))
    share = np.zeros((4, 4, 2))
    share[np.arange(4), np.arange(4)] = 1
    fit = fit_distance(share, far)
    assert (fit.used == TYPICAL).all()
    made = predicted_share(share, np.ones((4, 2)), far, fit.used)
    off = ~np.eye(4, dtype=bool)
    assert (made[off] > 0).all()
    assert (made[~off] == 0).all()


def test_the_error_of_a_noisy_sector_draws_it_to_the_mean() -> None:
    rng = np.random.default_rng(0)
    far = far_apart(30, rng)
    share = gravity_shares(30, far, seed=4, grain=5.0)
    fit = fit_distance(share, far)
    assert (np.abs(fit.used - fit.mean) <= np.abs(fit.own - fit.mean) + 1e-12).all()
    assert (fit.used_error <= np.hypot(fit.error, fit.mean_error)).all()


def test_predictions_add_up_to_what_is_seen() -> None:
    """Origins with many links and dests with many links: nearly no shrinkage is left."""
    rng = np.random.default_rng(0)
    n = 60
    far = far_apart(n, rng)
    share = gravity_shares(n, far, seed=5)
    output = share.sum(axis=1) * 10
    made = predicted_share(share, output, far, KNOWN)
    off = ~np.eye(n, dtype=bool)
    ratio = made[off] / share[off]
    assert np.median(ratio) == pytest.approx(1, abs=0.05)
    assert np.corrcoef(np.log(made[off]).ravel(), np.log(share[off]).ravel())[0, 1] > 0.999


def test_nearer_and_larger_origins_get_more() -> None:
    far = np.log(np.array([[1.0, 500, 500, 500], [500, 1, 500, 500], [500, 500, 1, 4000],
                           [500, 500, 4000, 1]]))  # fmt: skip
    share = np.zeros((4, 4, 1))
    share[np.arange(4), np.arange(4), 0] = 1
    made = predicted_share(share, np.array([[4.0], [1.0], [1.0], [1.0]]), far, np.array([1.0]))
    assert made[0, 2, 0] == pytest.approx(4 * made[1, 2, 0])
    assert made[1, 2, 0] == pytest.approx(8 * made[3, 2, 0])


@pytest.mark.parametrize("taxed", [True, False])
def test_scaling_meets_rows_and_columns(taxed: bool) -> None:
    """Weakly joined blocs, where scaling in turn would crawl."""
    rng = np.random.default_rng(1)
    n = 12
    old = rng.uniform(1, 2, (n, n)) * np.kron(np.eye(2), np.ones((6, 6)))
    kept = 1 / (1 + (rng.uniform(0, 0.3, (n, n)) if taxed else np.zeros((n, n))))
    sold, spent = (kept * old).sum(axis=1), old.sum(axis=0)
    new = old + 1e-7 * rng.uniform(size=(n, n)) * (old == 0)
    made, gap = scaled(new, kept, sold, spent)
    assert gap < 1e-11
    np.testing.assert_allclose((kept * made).sum(axis=1), sold, rtol=1e-11)
    np.testing.assert_allclose(made.sum(axis=0), spent, rtol=1e-13)
    assert (made[new > 0] > 0).all()
    np.testing.assert_allclose(made, old, atol=1e-4)


def test_the_table_holds_every_economy_of_the_bundled_worlds() -> None:
    km = known_distance(REGIONS)
    assert (km == km.T).all()
    off = km[~np.eye(len(REGIONS), dtype=bool)]
    assert 20 < off.min() < off.max() < 20100
    row = km[REGIONS.index(ROW), : len(REGIONS) - 1]
    assert row[row > 0].min() > 1000
    with pytest.raises(LabelError, match="EU27"):
        known_distance(("USA", "EU27"))


def test_the_table_is_what_the_source_gives(raw_root: Path) -> None:
    np.testing.assert_array_equal(known_distance(REGIONS), built_distance(raw_root))
