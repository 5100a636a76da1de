"""Gravity on a world's own links: how trade falls with distance, and what an absent link would be.

Two steps, sector by sector, both on the positive flows between different economies:

1. the distance elasticity, by multinomial pseudo maximum likelihood on import shares with an effect
   of each origin and each dest (Eaton, Kortum and Sotelo 2013), then drawn towards the mean over
   sectors in proportion to its variance (DerSimonian and Laird 1986);
2. the levels: an origin sells in proportion to its output, a dest buys as the typical dest of the
   sector, and each is corrected by what its own links show, with one link's worth of doubt.

Arrays are plain: ``share`` (N, N, S) of each origin in what a dest spends, ``far`` (N, N) log km.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

TYPICAL, TYPICAL_SPREAD = 1.1, 0.41
"""Distance elasticity and its standard deviation over 328 estimates of structural gravity (Head and
Mayer 2014, Table 4); used where a world has too few links to say anything itself."""
SURE = 1e-6
"""Least standard error: flows made by a gravity equation leave none."""
STEPS, TOLERANCE = 60, 1e-10
ROUNDS = 40


@dataclass(frozen=True, slots=True, eq=False)
class DistanceFit:
    """How trade falls with distance.

    Attributes
    ----------
    own : (S,) elasticity of each sector by itself, NaN where its links do not identify it
    error : (S,) its standard error, clustered by pair of economies; NaN likewise
    mean, mean_error, spread : mean over sectors, its standard error, and the standard deviation of
        the true values around it
    used : (S,) elasticity used, `own` drawn towards the mean; never below zero
    used_error : (S,) its standard error
    links : (S,) positive flows behind each

    """

    own: Array
    error: Array
    mean: float
    mean_error: float
    spread: float
    used: Array
    used_error: Array
    links: Array


def _demeaned(values: Array, weight: Array) -> Array:
    """(N, N) `values` less effects of row and column, by weighted least squares.

    The row effects solve a system of N equations; a ridge of 1e-12 of its diagonal fixes the level
    that rows and columns share in each connected set of links.
    """
    rows, columns = weight.sum(axis=1), weight.sum(axis=0)
    rows, columns = np.where(rows > 0, rows, 1.0), np.where(columns > 0, columns, 1.0)
    inner = (weight * values).sum(axis=0) / columns
    between = np.einsum(
        "ij,kj->ik", weight / columns, weight
    )  # no BLAS: its threads cost more here
    matrix = np.diag(rows * (1 + 1e-12)) - between
    scale = np.sqrt(rows)
    right = (weight * (values - inner)).sum(axis=1)
    effect = np.linalg.solve(matrix / np.outer(scale, scale), right / scale) / scale
    other = (weight * (values - effect[:, None])).sum(axis=0) / columns
    left: Array = values - effect[:, None] - other
    return left


def _start(flows: Array, on: Array, far: Array) -> Array:
    """(N, N) flows fitted by effects alone at the typical elasticity: rows and columns in turn."""
    ease = np.where(on, np.exp(-TYPICAL * far), 0.0)
    made = ease
    for _ in range(ROUNDS):
        for axis in (1, 0):
            now = made.sum(axis=axis, keepdims=True)
            made = made * (flows.sum(axis=axis, keepdims=True) / np.where(now > 0, now, 1.0))
    return made


def fit_sector(flows: Array, far: Array) -> tuple[float, float]:
    """Distance elasticity of one sector and its standard error; both NaN if its links give none.

    Parameters
    ----------
    flows : (N, N) import shares of each dest, zero where there is no link
    far : (N, N) log distance

    Poisson likelihood with an effect of each row and column, by iterated weighted least squares.
    With shares that add to 1 for each dest this is the multinomial one (Sotelo 2019).

    """
    sells, buys = (flows > 0).any(axis=1), (flows > 0).any(axis=0)
    on = np.outer(sells, buys) & ~np.eye(len(far), dtype=bool)
    if (flows > 0).sum() <= sells.sum() + buys.sum():
        return np.nan, np.nan
    made, slope = _start(flows, on, far), np.inf
    for _ in range(STEPS):
        clean = _demeaned(far, made)
        power = float((made * clean**2).sum())
        if power <= 1e-9 * float((made * far**2).sum()):
            return np.nan, np.nan
        logs = np.log(np.where(on, made, 1.0))
        target = np.where(on, logs + flows / np.where(on, made, 1.0) - 1, 0.0)
        before, slope = slope, float((made * clean * target).sum()) / power
        rest = target - slope * far
        index = rest - _demeaned(rest, made) + slope * far
        made = np.where(on, np.exp(np.clip(index, logs - 5, logs + 5)), 0.0)
        if abs(slope - before) < TOLERANCE:
            break
    else:
        return np.nan, np.nan
    clean = _demeaned(far, made)
    score = (flows - made) * clean
    both = np.triu(score + score.T, 1)
    error = float(np.sqrt((both**2).sum()) / (made * clean**2).sum())
    return -slope, max(error, SURE)


def fit_distance(share: Array, far: Array) -> DistanceFit:
    """Distance elasticities of all sectors of a world (see the module)."""
    n, _, s = share.shape
    abroad = np.where(np.eye(n, dtype=bool)[:, :, None], 0.0, share)
    total = abroad.sum(axis=0)
    imports = abroad / np.where(total > 0, total, 1.0)[None]
    own, error = np.array([fit_sector(imports[:, :, k], far) for k in range(s)]).T
    mean, mean_error, spread = _over_sectors(own, error)
    known = np.isfinite(own)
    trust = np.where(known, spread**2 / (spread**2 + np.where(known, error, 1.0) ** 2), 0.0)
    used = np.maximum(mean + trust * np.where(known, own - mean, 0.0), 0.0)
    within = np.where(known, trust * np.where(known, error, 1.0) ** 2, spread**2)
    used_error = np.sqrt(within + ((1 - trust) * mean_error) ** 2)
    links = (abroad > 0).sum(axis=(0, 1))
    return DistanceFit(own, error, mean, mean_error, spread, used, used_error, links)


def _over_sectors(own: Array, error: Array) -> tuple[float, float, float]:
    """Mean over sectors, its error, and spread of true values (DerSimonian and Laird 1986)."""
    known = np.isfinite(own)
    if not known.any():
        return TYPICAL, 0.0, TYPICAL_SPREAD
    value, weight = own[known], error[known] ** -2.0
    if len(value) == 1:
        return float(value[0]), float(error[known][0]), TYPICAL_SPREAD
    fixed = float((weight * value).sum() / weight.sum())
    q = float((weight * (value - fixed) ** 2).sum())
    free = float(weight.sum() - (weight**2).sum() / weight.sum())
    spread2 = max(0.0, (q - (len(value) - 1)) / free)
    weight = 1 / (error[known] ** 2 + spread2)
    mean = float((weight * value).sum() / weight.sum())
    return mean, float(weight.sum() ** -0.5), float(np.sqrt(spread2))


def predicted_share(share: Array, output: Array, far: Array, elasticity: Array) -> Array:
    """(N, N, S) share that gravity expects of each foreign origin in what dest spends.

    Parameters
    ----------
    share : (N, N, S) shares of a world
    output : (N, S) output of each origin, mn USD
    far : (N, N) log km
    elasticity : (S,) distance elasticity, positive

    ``share = output u_i d_j km^-elasticity`` with u and d such that origins sell abroad, and dests
    buy abroad, what they do in the world, all possible links counted, the absent ones too.  Both
    are drawn towards the typical origin (1) and the typical dest of the sector by one link of
    expected size, so an origin without exports, or a dest without imports, still gets something.

    """
    n = share.shape[0]
    foreign = ~np.eye(n, dtype=bool)[:, :, None]
    seen = np.where(foreign, share, 0.0)
    can = (output > 0)[:, None, :] & (share.sum(axis=0) > 0)[None] & foreign
    size = output / np.where(output.sum(axis=0) > 0, output.sum(axis=0), 1.0)
    base = np.where(can, size[:, None, :] * np.exp(-far[:, :, None] * elasticity), 0.0)
    u, d = np.ones_like(size), np.ones_like(size)
    for _ in range(ROUNDS):
        mixed, level = _corrected(seen, base, u, can, 0)
        d = mixed * level
        u, _ = _corrected(seen, base, d, can, 1)
    made: Array = base * u[:, None, :] * d[None]
    return made


def _corrected(
    seen: Array, base: Array, other: Array, can: Array, axis: int
) -> tuple[Array, Array]:
    """Correct `base` times `other` along `axis`: (N, S) factors around 1, (S,) their typical level.

    A factor is what is seen over what is expected, against the geometric mean of the sector, and
    mixed with 1 as if one more link of expected size had shown exactly that.
    """
    side = "ijs,js->is" if axis == 1 else "ijs,is->js"
    sold, due = seen.sum(axis=axis), np.einsum(side, base, other)
    linked = (sold > 0) & (due > 0)
    raw = np.where(linked, sold, 0.0) / np.where(due > 0, due, 1.0)
    logs = np.log(np.where(linked, raw, 1.0))
    level = np.exp(logs.sum(axis=0) / np.maximum(linked.sum(axis=0), 1))
    links = can.sum(axis=axis)
    weight = links / (links + 1.0)
    return weight * raw / level + (1 - weight), level
