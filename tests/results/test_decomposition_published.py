"""The first-order formula along a path, and NAFTA as Caliendo and Parro (2015) computed it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import scipy.io
import worlds

import entrepot as ep
from entrepot.results.decomposition import decompose, ln_welfare

MEX, CAN, USA = 19, 4, 29


def rates(path):
    """(origin, dest, sector) tariffs; the file has per cent, rows sector and importer."""
    table = np.zeros((31, 31, 40))
    table[:, :, :20] = np.loadtxt(path).reshape(20, 31, 31).transpose(2, 1, 0) / 100
    return table


@pytest.fixture(scope="module")
def nafta(goldens):
    """World of 1993 without surplus, and its tariffs with those of 2005 inside NAFTA."""
    folder = goldens / "caliendo_parro_2015"
    data = scipy.io.loadmat(folder / "initial_condition_1993_noS.mat")
    beta = data["B"].T
    world = ep.World.from_arrays(
        regions=[f"C{i:02d}" for i in range(31)],
        sectors=[f"s{k:02d}" for k in range(40)],
        trade_share=data["Din"].reshape(40, 31, 31).transpose(2, 1, 0),
        input_share=data["G"].reshape(31, 40, 40) * (1 - beta)[:, None, :],
        value_added_share=beta,
        final_share=data["alphas"].T,
        value_added=data["VAn"].ravel(),
        trade_balance=data["Sn"].ravel(),
        tariff=rates(folder / "tariffs1993.txt"),
        theta=1 / data["T"].ravel(),
        balance="adjust",
    )
    tariff = world.tariff.copy()
    members = np.ix_([MEX, CAN, USA], [MEX, CAN, USA])
    tariff[members] = rates(folder / "tariffs2005.txt")[members]
    return world, tariff


@pytest.fixture(scope="module")
def generated():
    """World with tariffs and deficits, without export taxes, and much higher tariffs."""
    given = worlds.arrays(3, missing=False, zeros=0.1, spread=1.0)
    world = ep.World.from_arrays(**{**given, "export_tax": np.zeros_like(given["tariff"])})
    return world, np.where(worlds.abroad(world), world.tariff + 0.3, 0.0)


def chained(world, tariff, steps):
    """Log welfare by the formula, `steps` times, each from the equilibrium before it."""
    total = np.zeros(len(world.regions))
    for part in np.linspace(0, 1, steps + 1)[1:]:
        rest = 1 / (steps * (1 - part) + 1)
        now = world.tariff + rest * (tariff - world.tariff)
        solution = ep.solve(world, shock=ep.Shock(tariff=now))
        total += np.log(solution.results().first_order_welfare().values)
        state = solution.certified()
        world = ep.World.from_arrays(
            regions=world.regions,
            sectors=world.sectors,
            trade_share=state.trade_share,
            input_share=world.input_share,
            value_added_share=world.value_added_share,
            final_share=world.final_share,
            value_added=state.factor_income,
            trade_balance=state.transfer,
            tariff=now,
            theta=world.theta,
            balance="adjust",
        )
    return total


def check_rate(world, tariff, counts):
    """Each doubling of the steps halves the error, and the limit is exact."""
    exact = ln_welfare(ep.solve(world, shock=ep.Shock(tariff=tariff)))
    found = [chained(world, tariff, n) for n in counts]
    errors = [float(np.max(np.abs(f - exact))) for f in found]
    for coarse, fine in pairwise(errors):
        assert 1.8 < coarse / fine < 2.2
    extrapolated = 2 * found[-1] - found[-2]
    assert float(np.max(np.abs(extrapolated - exact))) < errors[-1] / 10


def test_the_formula_along_a_path_converges_to_the_exact_change(generated):
    check_rate(*generated, (8, 16, 32))


def test_the_formula_along_the_path_of_nafta_converges_to_the_exact_change(nafta):
    check_rate(*nafta, (4, 8))


def test_mexico_under_nafta(nafta, capsys):
    """Its first-order gain of 1.31 % is what lower tariffs would give if nothing else moved."""
    world, tariff = nafta
    solution = ep.solve(world, shock=ep.Shock(tariff=tariff))
    found = decompose(solution)
    mexico = found.percent.isel(region=MEX).to_series()
    with capsys.disabled():
        print("\nMexico under NAFTA, per cent of welfare\n" + mexico.round(4).to_string())
    assert float(mexico.sum()) == pytest.approx(
        100 * (solution.results().welfare.values[MEX] - 1), abs=1e-12
    )
    assert (mexico[["variety", "trade_cost", "productivity", "export_tax_revenue"]] == 0).all()
    assert mexico["tariff_revenue"] > 0 > mexico["export_price"]
