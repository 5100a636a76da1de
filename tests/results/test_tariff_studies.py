"""Two tariff studies with the options that they need: Ossa (2014), Ignatenko and others (2025)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat
from scipy.optimize import root

import entrepot as ep


def ossa_world(folder: Path) -> tuple[ep.World, np.ndarray]:
    """World of Ossa (2014) after his deficits are removed, and his elasticities sigma."""
    data = loadmat(folder / "DATA.mat")
    sigma = data["SIGMA"][:, 0]
    count = len(sigma)
    flows, tariff = (
        data[name].reshape(count, 7, 7).transpose(1, 2, 0) for name in ("TRADE", "TARIFF")
    )
    spent = flows * (1 + tariff)
    total = spent.sum(axis=0)
    balance = flows.sum(axis=(0, 2)) - flows.sum(axis=(1, 2))
    world = ep.World.from_arrays(
        regions=["BRA", "CHN", "EUN", "IND", "JPN", "ROW", "USA"],
        sectors=[f"s{k}" for k in range(count)],
        trade_share=spent / total,
        input_share=np.zeros((7, count, count)),
        value_added_share=np.ones((7, count)),
        final_share=total / total.sum(axis=1, keepdims=True),
        value_added=flows.sum(axis=(1, 2)),
        trade_balance=balance - balance.mean(),
        tariff=tariff,
        theta=sigma - 1,
    )
    return world, sigma


@pytest.mark.parametrize(
    ("region", "own", "others", "median"),
    [("USA", 2.31816, -0.85362, 60.2624), ("CHN", 1.79039, -0.60479, 59.2635)],
)
def test_optimal_tariffs_of_ossa(
    goldens: Path, region: str, own: float, others: float, median: float
) -> None:
    """His Table gives 2.3, -0.9, 60.3 and 1.8, -0.6, 59.3: monopolistic competition, firms fixed.

    More digits are from a solution of his equations line by line to 1e-12.
    """
    world, sigma = ossa_world(goldens / "ossa_2014")
    found = ep.optimal_tariff(world, ep.Economy(profit_share=1 / sigma), region)
    welfare = 100 * (found.solution.results().welfare - 1)
    assert float(welfare.sel(region=region)) == pytest.approx(own, abs=1e-4)
    assert float(welfare.drop_sel(region=region).mean()) == pytest.approx(others, abs=1e-4)
    assert 100 * float(found.tariff.median()) == pytest.approx(median, abs=1e-2)
    assert found.slope < 1e-4


def test_perfect_competition_on_the_table_of_ossa(goldens: Path) -> None:
    world, _ = ossa_world(goldens / "ossa_2014")
    found = ep.optimal_tariff(world, ep.Economy(), "USA")
    own = 100 * (float(found.solution.results().welfare.sel(region="USA")) - 1)
    assert own == pytest.approx(2.21673, abs=1e-4)
    assert 100 * float(found.tariff.median()) == pytest.approx(63.7725, abs=1e-2)


class LiberationDay:
    """Data of Ignatenko and others (2025) as a world, and the statistics that they print."""

    def __init__(self, folder: Path) -> None:
        flows = np.nan_to_num(
            np.genfromtxt(folder / "trade_cepii.csv", delimiter=",", skip_header=1)
        )
        gdp = np.genfromtxt(folder / "gdp.csv", skip_header=1) / 1e3
        with (folder / "country_labels.csv").open(newline="") as file:
            names = [row[0] for row in csv.reader(file)][1:]
        self.us = names.index("USA")
        announced = np.genfromtxt(folder / "tariffs.csv", skip_header=1)
        self.entry = self._entry_costs(flows, gdp)
        keep = 1 - self.entry
        transfer = keep * (flows.sum(axis=0) - flows @ keep)
        np.fill_diagonal(flows, np.maximum(gdp + transfer - flows.sum(axis=0), 0.0))
        self.flows = flows / 1e3
        self.spent = self.flows.sum(axis=0)
        n = len(names)
        self.world = ep.World.from_arrays(
            regions=names,
            sectors=["goods"],
            trade_share=(self.flows / self.spent)[:, :, None],
            input_share=np.zeros((n, 1, 1)),
            value_added_share=np.ones((n, 1)),
            final_share=np.ones((n, 1)),
            value_added=self.flows.sum(axis=1),
            trade_balance=self.spent - self.flows.sum(axis=1),
            theta=4.0,
        )
        rates = np.zeros((n, n, 1))
        rates[:, self.us, 0] = np.maximum(0.1, announced)
        rates[self.us, self.us] = 0
        self.shock = ep.Shock(tariff=rates)

    def _entry_costs(self, flows: np.ndarray, gdp: np.ndarray) -> np.ndarray:
        """Return nu: entry costs are 12 % of the sales of all others and 26 % of those of the USA.

        As in the study, from two aggregates: the share of an origin's sales that pays for entry.
        """
        member = np.ones((2, len(gdp)))
        member[0, self.us], member[1] = 0, 0
        member[1, self.us] = 1
        trade, made = member @ flows @ member.T, member @ gdp
        abroad = np.array([trade[0, 1], trade[1, 0]])

        def gap(nu: np.ndarray) -> np.ndarray:
            spent = made + (1 - nu) * (trade.sum(axis=0) - trade @ (1 - nu))
            at_home = spent - abroad[::-1]
            share = at_home / (at_home + abroad)
            return share * nu + (1 - share) * nu[::-1] - np.array([0.12, 0.26])

        found = root(gap, [0.1, 0.25], tol=1e-14)
        assert found.success
        nu = np.full(len(gdp), found.x[0])
        nu[self.us] = found.x[1]
        return nu

    def printed(self, economy: ep.Economy) -> dict[str, float]:
        """Per cent changes of the USA, as the study defines them."""
        solution = ep.solve(self.world, economy, self.shock)
        results, state, us = solution.results(), solution.certified(), self.us
        price = state.price_index
        level = (price * self.spent).sum() / self.spent.sum()
        before, after = self.flows, state.trade[:, :, 0] / level
        income = state.factor_income / level / solution.problem.factor_income

        def deficit(flows: np.ndarray) -> float:
            return float(flows[:, us].sum() - flows[us].sum())

        def abroad(flows: np.ndarray, axis: int) -> float:
            return float((flows - np.diag(np.diag(flows))).sum(axis=axis)[us] / before.sum())

        welfare = results.welfare_with_leisure(published=True)
        return {
            "welfare": 100 * (float(welfare[us]) - 1),
            "deficit": 100 * (deficit(after) - deficit(before)) / abs(deficit(before)),
            "exports": 100 * (abroad(after, 1) / abroad(before, 1) / income[us] - 1),
            "imports": 100 * (abroad(after, 0) / abroad(before, 0) / income[us] - 1),
            "employment": 100 * (float(results.employment[us]) - 1),
            "prices": 100 * (price[us] / level - 1),
        }


OPTIONS: dict[str, Any] = {"labour_supply": 0.5, "rebate": 1.0, "scale": 0.67 / 4}


@pytest.fixture(scope="module")
def liberation_day(goldens: Path) -> LiberationDay:
    return LiberationDay(goldens / "liberation_day_2025")


def test_liberation_day_as_printed(liberation_day: LiberationDay) -> None:
    """Printed: 1.13, -18.1, -52.7, -43.6, 0.32, 12.8; more digits from their equations."""
    economy = ep.Economy(theta=4, entry_cost_share=liberation_day.entry, entry_shape=4 / 0.67,
                         **OPTIONS)  # fmt: skip
    assert liberation_day.printed(economy) == pytest.approx(
        {"welfare": 1.1307124, "deficit": -18.0618776, "exports": -52.7123095,
         "imports": -43.5762821, "employment": 0.3178548, "prices": 12.8100599},
        abs=1e-6,
    )  # fmt: skip


def test_liberation_day_without_entry_costs(liberation_day: LiberationDay) -> None:
    """Their Eaton-Kortum variant: 1.24."""
    found = liberation_day.printed(ep.Economy(theta=4, **OPTIONS))
    assert found["welfare"] == pytest.approx(1.242574, abs=1e-5)


def test_liberation_day_with_a_trade_elasticity_of_eight(liberation_day: LiberationDay) -> None:
    """0.33, and their other options as they were."""
    economy = ep.Economy(theta=8, entry_cost_share=liberation_day.entry, entry_shape=4 / 0.67,
                         **OPTIONS)  # fmt: skip
    assert liberation_day.printed(economy)["welfare"] == pytest.approx(0.325653, abs=1e-5)


def test_the_utility_of_their_own_preferences_is_lower(liberation_day: LiberationDay) -> None:
    """The printed formula leaves a tax in the cost of effort that nobody pays any more."""
    economy = ep.Economy(theta=4, entry_cost_share=liberation_day.entry, entry_shape=4 / 0.67,
                         **OPTIONS)  # fmt: skip
    results = ep.solve(liberation_day.world, economy, liberation_day.shock).results()
    found = 100 * (float(results.welfare_with_leisure()[liberation_day.us]) - 1)
    assert found == pytest.approx(0.63316, abs=1e-4)
    lump_sum = ep.Economy(theta=4, entry_cost_share=liberation_day.entry, entry_shape=4 / 0.67,
                          **(OPTIONS | {"rebate": 0.0}))  # fmt: skip
    results = ep.solve(liberation_day.world, lump_sum, liberation_day.shock).results()
    same = results.welfare_with_leisure() / results.welfare_with_leisure(published=True)
    assert float(abs(same - 1).max()) < 1e-12
    assert 100 * (float(results.welfare_with_leisure()[liberation_day.us]) - 1) == pytest.approx(
        -0.00572, abs=1e-4
    )
