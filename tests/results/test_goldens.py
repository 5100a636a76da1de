"""Published tables, reproduced through the public door to every printed digit."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.io

import entrepot as ep

REGIONS = [f"C{i:02d}" for i in range(31)]
MEX, CAN, USA = 19, 4, 29


@pytest.fixture(scope="module")
def folder(goldens):
    return goldens / "caliendo_parro_2015"


def matlab(path):
    assert path.is_file(), f"the folder of published inputs is there, '{path}' is not"
    return scipy.io.loadmat(path)


def rates(path):
    """(origin, dest, sector) tariffs; the file has per cent, rows sector and importer."""
    table = np.zeros((31, 31, 40))
    table[:, :, :20] = np.loadtxt(path).reshape(20, 31, 31).transpose(2, 1, 0) / 100
    return table


@pytest.fixture(scope="module")
def nafta(folder):
    """World of 1993 without surplus, and tariffs of 2005 (31 economies, 40 sectors)."""
    data = matlab(folder / "initial_condition_1993_noS.mat")
    beta = data["B"].T
    world = ep.World.from_arrays(
        regions=REGIONS,
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
    return world, rates(folder / "tariffs2005.txt")


@pytest.fixture(scope="module")
def results(nafta):
    """NAFTA tariffs go to 2005, all others stay."""
    world, after = nafta
    tariff = world.tariff.copy()
    members = np.ix_([MEX, CAN, USA], [MEX, CAN, USA])
    tariff[members] = after[members]
    return ep.solve(world, shock=ep.Shock(tariff=tariff)).results()


def percent(hats):
    return [round(100 * (float(hats[i]) - 1), 2) + 0.0 for i in (MEX, CAN, USA)]


def test_caliendo_parro_table_2(results):
    total = results.first_order_welfare()
    assert percent(total.values) == [1.31, -0.06, 0.08]
    assert percent(total.coords["terms_of_trade"].values) == [-0.41, -0.11, 0.04]
    assert percent(total.coords["volume_of_trade"].values) == [1.72, 0.04, 0.04]
    assert percent(results.real_wage.values) == [1.72, 0.32, 0.11]


def test_the_exact_welfare_of_mexico_is_far_below_the_formula(results):
    exact = 100 * (results.welfare.values[MEX] - 1)
    assert exact < 0.2
    assert results.tariff_revenue.hat.values[MEX] < 0.6


def test_caliendo_parro_table_5(results):
    flows = results.trade_flows.sum("sector")
    growth = 100 * (flows.counterfactual / flows.baseline - 1)
    cells = [(CAN, MEX), (USA, MEX), (MEX, CAN), (USA, CAN), (MEX, USA), (CAN, USA)]
    found = [round(float(growth.values[i, j]), 1) for i, j in cells]
    assert found == [116.6, 118.3, 58.6, 9.5, 109.5, 6.6]


def test_caliendo_parro_all_tariff_changes(nafta):
    world, after = nafta
    wage = ep.solve(world, shock=ep.Shock(tariff=after)).results().real_wage.values
    found = [round(100 * (float(wage[i]) - 1), 4) for i in range(5)]
    assert found == [0.6886, 0.7286, 4.0040, 0.4114, 0.6476]


@pytest.fixture(scope="module")
def wiod(goldens):
    return matlab(goldens / "gains_from_trade_2008" / "WIOD_Data_CR2014.mat")


def gains(flows, final, theta, names):
    """Return per cent lost by going to autarky, by country: 100 (1 - welfare)."""
    n, _, s = flows.shape
    world = ep.World.from_arrays(
        regions=names,
        sectors=[f"s{k:02d}" for k in range(s)],
        trade_share=flows / flows.sum(axis=0),
        input_share=np.zeros((n, s, s)),
        value_added_share=np.ones((n, s)),
        final_share=final,
        value_added=flows.sum(axis=(1, 2)),
        theta=theta,
        balance="adjust",
    )
    foreign = np.broadcast_to(~np.eye(n, dtype=bool)[:, :, None], flows.shape)
    welfare = ep.solve(world, shock=ep.Shock(ban=foreign)).results().welfare
    return {str(name): round(100 * (1 - float(welfare.sel(region=name))), 2) for name in names}


def names_of(wiod):
    return [str(cell[0][0]) for cell in wiod["countries"]]


def test_gains_from_trade_one_sector(wiod):
    """Costinot and Rodriguez-Clare (2014), Table 4.1, column 1: trade elasticity 5."""
    flows = wiod["X_nis"].sum(axis=2, keepdims=True)
    found = gains(flows, np.ones((34, 1)), 5.0, names_of(wiod))
    expected = {"USA": 1.77, "CHN": 2.65, "RUS": 2.41, "AUS": 2.32, "AUT": 5.65}
    assert {k: found[k] for k in expected} == expected


def test_gains_from_trade_many_sectors(wiod):
    """Column 2: sectoral elasticities, perfect competition, final consumption shares."""
    found = gains(wiod["X_nis"], wiod["beta3d"][0], wiod["epsilon_cl"][0, 0], names_of(wiod))
    expected = {"USA": 4.43, "RUS": 17.98, "AUS": 8.61, "AUT": 30.30}
    assert {k: found[k] for k in expected} == expected
