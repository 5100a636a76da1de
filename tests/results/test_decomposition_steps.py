"""Each channel against a slow way that knows no derivatives: many small steps, trapezoid rule."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import worlds

import entrepot as ep
from entrepot.results.decomposition import decompose

NAMES = ("import_price", "export_price", "input_cost", "tariff_revenue", "variety", "trade_cost",
         "transfer")  # fmt: skip


def stepped(world, shock, steps):
    """Channels by the trapezoid rule over `steps` small changes: slow, and without derivatives."""
    bound = shock.bind(world)
    rows = []
    for part in np.linspace(0, 1, steps + 1):
        now = ep.Shock(
            tariff=world.tariff + part * (bound.tariff - world.tariff),
            export_tax=world.export_tax + part * (bound.export_tax - world.export_tax),
            trade_cost=bound.trade_cost**part,
            access=bound.access**part,
            productivity=bound.productivity**part,
            transfer=part * bound.transfer,
        )
        rows.append((now.bind(world), ep.solve(world, shock=now).certified()))
    total = dict.fromkeys(NAMES, 0.0)
    for before, after in pairwise(rows):
        for name, value in step_of(world, before, after).items():
            total[name] = total[name] + value
    return total


def step_of(world, before, after):
    """Channels of one small step, with the mean of both ends as weights."""
    (one, a), (two, b) = before, after

    def mean(value):
        return (value(one, a) + value(two, b)) / 2

    abroad, theta = worlds.abroad(world), world.theta
    log_q = np.log(b.cost / a.cost)[:, None] + np.log((1 + two.export_tax) / (1 + one.export_tax))
    weight = mean(lambda s, x: x.trade * abroad)
    rho = (weight * log_q).sum() / weight.sum()
    log_d, log_a = np.log(two.trade_cost / one.trade_cost), np.log(two.access / one.access)
    shipped = np.divide(b.trade, a.trade, out=np.ones_like(a.trade), where=a.trade > 0)
    log_n = np.log(shipped) - log_q - log_d

    def final(s, x):
        return x.trade * abroad * (x.final / np.where(x.expenditure > 0, x.expenditure, 1))

    def at(weights, change, axis=(0, 2)):
        income = (a.income + b.income) / 2
        return (mean(weights) * change).sum(axis=axis) / income

    return {
        "export_price": at(lambda s, x: x.trade * abroad, log_q - rho, (1, 2)),
        "import_price": -at(final, log_q - rho),
        "input_cost": -at(lambda s, x: x.trade * abroad - final(s, x), log_q - rho),
        "tariff_revenue": at(lambda s, x: s.tariff * x.trade, log_n),
        "variety": at(lambda s, x: x.trade * (1 + s.tariff), log_a / theta),
        "trade_cost": -at(lambda s, x: x.trade, log_d),
        "transfer": (b.transfer - a.transfer - (a.transfer + b.transfer) / 2 * rho)
        / ((a.income + b.income) / 2),
    }


def test_each_channel_is_that_of_many_small_steps():
    world = worlds.world(2)
    names = ("tariff", "export_tax", "trade_cost", "access", "productivity", "transfer")
    given = {n: worlds.shock(k, world, (n,)) for k, n in enumerate(names)}
    shock = ep.Shock(**{n: getattr(s, n) for n, s in given.items()})
    found = decompose(ep.solve(world, shock=shock))
    coarse, fine = stepped(world, shock, 20), stepped(world, shock, 40)
    for name, value in fine.items():
        limit = value + (value - coarse[name]) / 3
        assert np.allclose(found.log_points.sel(channel=name) / 100, limit, atol=2e-4), name
        assert np.abs(value).max() > 1e-3
