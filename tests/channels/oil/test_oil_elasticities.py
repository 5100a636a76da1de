"""Feenstra's estimator: published German values, known elasticities, units, bad input."""

import numpy as np
import pandas as pd
import pytest

from entrepot.channels.oil import feenstra
from entrepot.core.errors import NotSolvedError, ValueRangeError

PUBLISHED = {
    "across countries": 18.80,
    "across types": 5.83,
    "light sweet": 30.77,
    "light sour": 61.28,
    "medium sweet": 17.80,
    "medium sour": 8.65,
}


def german(goldens, what):
    path = goldens / "oil_types_germany" / "oil_germany.csv"
    rows = pd.read_csv(path, keep_default_na=False)  # "NA NA" is a type of its own there
    column = {"across countries": "Country of Origin", "across types": "weight_sulfur"}.get(what)
    if column is None:
        rows, column = rows[rows["weight_sulfur"] == what], "Oil Field"
    years = rows["date"].str[:4].astype(int)
    return feenstra(rows[column], years, rows["Volume (1000 bbl)"], rows["Total Value ($ 1000)"])


@pytest.mark.parametrize("what", PUBLISHED)
def test_german_elasticities_are_the_published_ones(goldens, what):
    assert german(goldens, what).sigma == pytest.approx(PUBLISHED[what], abs=0.01)


def test_published_values_outside_the_theory_are_marked(goldens):
    assert not german(goldens, "across countries").admissible  # rho < 0
    assert german(goldens, "light sweet").admissible


def simulated(sigma, rho, varieties=12, years=4000, seed=1):
    """Demand and supply shocks that are independent, with variances that differ."""
    rng = np.random.default_rng(seed)
    demand = rng.normal(size=(years, varieties)) * rng.uniform(0.02, 0.10, varieties)
    supply = rng.normal(size=(years, varieties)) * rng.uniform(0.01, 0.05, varieties)
    slope = rho / ((sigma - 1) * (1 - rho))  # of d log p on d log share along supply
    # d log s = -(sigma - 1) d log p + demand; d log p = slope d log s + supply
    share = (demand - (sigma - 1) * supply) / (1 + (sigma - 1) * slope)
    price = slope * share + supply
    level, cost = np.exp(np.cumsum(share, 0) * 0.1), np.exp(np.cumsum(price, 0) * 0.1)
    level /= level.sum(1, keepdims=True)  # adding up is common to all: the reference takes it out
    frame = [
        (f"v{k}", t, level[t, k] / cost[t, k], level[t, k])
        for t in range(years)
        for k in range(varieties)
    ]
    return pd.DataFrame(frame, columns=["v", "t", "q", "x"])


@pytest.mark.parametrize(("sigma", "rho"), [(4.0, 0.3), (9.0, 0.6)])
def test_known_elasticity_is_found(sigma, rho):
    rows = simulated(sigma, rho)
    found = feenstra(rows["v"], rows["t"], rows["q"], rows["x"], keep_reference=False)
    assert found.sigma == pytest.approx(sigma, rel=0.06)
    assert found.rho == pytest.approx(rho, abs=0.05)
    assert found.admissible
    assert found.observations == 11 * 3999


def test_units_and_order_of_rows_do_not_matter():
    rows = simulated(4.0, 0.3, varieties=6, years=60)
    one = feenstra(rows["v"], rows["t"], rows["q"], rows["x"])
    mixed = rows.sample(frac=1, random_state=2)
    two = feenstra(mixed["v"], mixed["t"], 158.987 * mixed["q"], 0.9 * mixed["x"])
    assert two.sigma == pytest.approx(one.sigma, rel=1e-9)
    assert two.reference == one.reference == "v0"


def test_bad_input_is_named():
    rows = simulated(4.0, 0.3, varieties=4, years=8)
    columns = [rows[c].to_numpy() for c in "vtqx"]
    with pytest.raises(ValueRangeError, match=r"length"):
        feenstra(columns[0][:-1], *columns[1:])
    with pytest.raises(ValueRangeError, match=r"quantity has 32 values"):
        feenstra(columns[0], columns[1], -columns[2], columns[3])
    with pytest.raises(ValueRangeError, match=r"reference 'V0'.*Did you mean 'v0'"):
        feenstra(*columns, reference="V0")
    with pytest.raises(ValueRangeError, match=r"at least 3 are needed"):
        feenstra(*(rows[rows["v"].isin(["v0", "v1"])][c].to_numpy() for c in "vtqx"))
    with pytest.raises(ValueRangeError, match=r"no variety has two consecutive years"):
        feenstra(*(rows[rows["t"] == 0][c].to_numpy() for c in "vtqx"))


def test_coefficients_without_an_elasticity_are_refused():
    from entrepot.channels.oil.elasticities import structural

    sigma, rho = structural(0.3 / (9 * 0.7), -0.4 / (3 * 0.7))  # sigma 4, rho 0.3
    assert (sigma, rho) == (pytest.approx(4.0), pytest.approx(0.3))
    with pytest.raises(NotSolvedError, match=r"belong to no elasticity"):
        structural(-0.01, 0.1)
