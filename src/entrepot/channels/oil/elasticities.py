"""Elasticity of substitution among varieties of one good, from imports alone (Feenstra 1994).

Log differences of prices and value shares, each against a reference variety, are squared and
crossed; their means by variety identify the elasticity if demand and supply shocks are
independent and the variances differ among varieties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from entrepot.core.errors import NotSolvedError, ValueRangeError, did_you_mean

Array = npt.NDArray[np.float64]
FEWEST = 3  # three coefficients need three variety means


@dataclass(frozen=True, slots=True)
class FeenstraEstimate:
    """What `feenstra` found.

    Attributes
    ----------
    sigma : elasticity of substitution among the varieties
    rho : supply parameter; 0 <= rho < 1 - 1/sigma in the theory
    theta : (constant, theta_1, theta_2), coefficients of y = c + theta_1 x_1 + theta_2 x_2
    admissible : whether sigma > 1 and rho lies where the theory has it
    reference : variety that the others are compared with
    varieties, observations : how many entered the regression

    """

    sigma: float
    rho: float
    theta: tuple[float, float, float]
    admissible: bool
    reference: str
    varieties: int
    observations: int


def feenstra(
    variety: Sequence[str],
    year: Sequence[int] | npt.NDArray[np.int64],
    quantity: Sequence[float] | Array,
    value: Sequence[float] | Array,
    *,
    reference: str | None = None,
    keep_reference: bool = True,
    weighted: bool = True,
) -> FeenstraEstimate:
    """Estimate the elasticity of substitution among varieties that one country imports.

    Rows of the same variety and year are added up first.  The estimator is Feenstra (1994,
    equation 11 and pages 164-165): instrumental variables with variety indicators, then again
    with weights 1/sqrt(mean squared residual of the variety).  A variety that skips a year loses
    the difference across the gap.

    Parameters
    ----------
    variety : (n,) label of each row
    year : (n,) period of each row
    quantity : (n,) volume, > 0
    value : (n,) expenditure, > 0; value / quantity is the price
    reference : variety to compare with; default the one seen in most years, the first by name
        (whatever the case of letters) among equals
    keep_reference : whether the zeros of the reference against itself count as observations, as in
        Güntner, Irlacher and Öhlinger (2024)
    weighted : whether to take the second, weighted step

    """
    rows = _tidy(variety, year, quantity, value)
    used, chosen = _against(_differences(rows), reference, keep_reference)
    names = used["variety"].to_numpy()
    if len(set(names)) < FEWEST:
        raise ValueRangeError(
            f"elasticity of substitution: {len(set(names))} varieties have consecutive years, at "
            f"least {FEWEST} are needed. Give more years or a coarser notion of variety."
        )
    y, one, two = (used[c].to_numpy(np.float64) for c in ("y", "x1", "x2"))
    means = np.stack([np.ones_like(y), _mean(one, names), _mean(two, names)], axis=1)
    theta = _fit(means, y, np.ones_like(y))
    if weighted:
        left = y - theta[0] - theta[1] * one - theta[2] * two
        theta = _fit(means, y, 1.0 / np.sqrt(_mean(left**2, names)))
    sigma, rho = structural(theta[1], theta[2])
    return FeenstraEstimate(
        sigma=sigma,
        rho=rho,
        theta=(float(theta[0]), float(theta[1]), float(theta[2])),
        admissible=sigma > 1.0 and 0.0 <= rho < 1.0 - 1.0 / sigma,
        reference=chosen,
        varieties=len(set(names)),
        observations=len(y),
    )


def structural(theta_1: float, theta_2: float) -> tuple[float, float]:
    """Return (sigma, rho) of the regression's coefficients (Feenstra 1994, proposition 2)."""
    inside = 0.25 - 1.0 / (4.0 + theta_2**2 / theta_1) if theta_1 != 0 else 0.25
    if not inside >= 0.0 or theta_2 == 0.0:
        raise NotSolvedError(
            f"elasticity of substitution: theta_1 = {theta_1:.6g} and theta_2 = {theta_2:.6g} "
            "belong to no elasticity (theta_1 is negative or theta_2 zero). Take another "
            "reference variety, more years, or fewer small varieties."
        )
    rho = 0.5 + np.sign(theta_2) * np.sqrt(inside)
    return float(1.0 + (2.0 * rho - 1.0) / ((1.0 - rho) * theta_2)), float(rho)


def _tidy(
    variety: Sequence[str],
    year: Sequence[int] | npt.NDArray[np.int64],
    quantity: Sequence[float] | Array,
    value: Sequence[float] | Array,
) -> pd.DataFrame:
    columns = {"variety": variety, "year": year, "quantity": quantity, "value": value}
    sizes = {name: len(column) for name, column in columns.items()}
    if len(set(sizes.values())) != 1:
        raise ValueRangeError(f"elasticity of substitution: columns differ in length, {sizes}.")
    rows = pd.DataFrame({name: np.asarray(column) for name, column in columns.items()})
    bad = [
        f"{name} has {count} values that are not positive numbers; drop those rows."
        for name in ("quantity", "value")
        if (count := int((~(rows[name].astype(float) > 0)).sum()))
    ]
    if bad:
        raise ValueRangeError.collect("elasticity of substitution", bad)
    return rows.groupby(["variety", "year"], as_index=False)[["quantity", "value"]].sum()


def _differences(rows: pd.DataFrame) -> pd.DataFrame:
    """Log differences of share and price between consecutive years."""
    rows = rows.sort_values(["variety", "year"]).reset_index(drop=True)
    total = rows.groupby("year")["value"].transform("sum")
    logs = pd.DataFrame(
        {
            "variety": rows["variety"],
            "share": np.log((rows["value"] / total).to_numpy()),
            "price": np.log((rows["value"] / rows["quantity"]).to_numpy()),
            "step": rows["year"],
        }
    )
    steps = logs.groupby("variety")[["share", "price", "step"]].diff()
    out = pd.concat([rows[["variety", "year"]], steps], axis=1)
    return out[out["step"] == 1]


def _against(rows: pd.DataFrame, reference: str | None, keep: bool) -> tuple[pd.DataFrame, str]:
    """Second moments of the differences against the reference variety, and that variety."""
    counts = rows["variety"].value_counts()
    if not len(counts):
        raise ValueRangeError(
            "elasticity of substitution: no variety has two consecutive years. Give more years."
        )
    if reference is not None and reference not in counts.index:
        raise ValueRangeError(
            f"elasticity of substitution: reference '{reference}' has no two consecutive years."
            + did_you_mean(reference, counts.index)
        )
    chosen = reference or min(counts.index, key=lambda name: (-counts[name], name.casefold()))
    base = rows[rows["variety"] == chosen].set_index("year")
    rows = rows[rows["year"].isin(base.index) & (keep | (rows["variety"] != chosen))]
    price = rows["price"].to_numpy() - base["price"].reindex(rows["year"]).to_numpy()
    share = rows["share"].to_numpy() - base["share"].reindex(rows["year"]).to_numpy()
    return rows.assign(y=price**2, x1=share**2, x2=share * price), str(chosen)


def _mean(values: Array, names: npt.NDArray[np.object_]) -> Array:
    """Mean of each row's variety."""
    _, place = np.unique(names, return_inverse=True)
    return (np.bincount(place, values) / np.bincount(place))[place]


def _fit(columns: Array, y: Array, weight: Array) -> Array:
    return np.asarray(
        np.linalg.lstsq(columns * weight[:, None], y * weight, rcond=None)[0], dtype=np.float64
    )
