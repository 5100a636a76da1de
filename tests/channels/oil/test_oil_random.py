"""Random markets: certified, barrels conserved, the same whatever the order of labels."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.channels.oil import Carrier, Lane, OilMarket, Refiner, Stream, certify, solve_month
from entrepot.channels.oil.base import base_of
from entrepot.channels.oil.restrictions import Ban, CapacityLoss, PriceCap, RiskDiscount, ServiceBan

GRADES = ("light", "medium", "heavy")


def market(seed, streams, refiners, reverse=False):
    rng = np.random.default_rng(seed)
    s = [
        Stream(f"S{k}", f"P{k % 3}", GRADES[int(rng.integers(3))], float(rng.uniform(60, 90)),
               0.0, (float(rng.uniform(5, 20)), float(rng.uniform(25, 50))),
               storage=float(rng.choice([0.0, 20.0])), storage_carrier="shadow")
        for k in range(streams)
    ]  # fmt: skip
    flow = rng.exponential(300.0, (streams, refiners)) * (rng.random((streams, refiners)) < 0.6)
    flow[np.arange(refiners) % streams, np.arange(refiners)] += 200.0
    flow[np.arange(streams), np.arange(streams) % refiners] += 100.0
    latent = np.where(flow > 0, 0.0, 5.0)
    made = (flow + latent).sum(axis=1)
    s = [
        Stream(x.name, x.producer, x.grade, x.fob, float(made[k]), x.cost, storage=x.storage,
               storage_carrier=x.storage_carrier if x.storage else "")
        for k, x in enumerate(s)
    ]  # fmt: skip
    lanes = [
        Lane(x.name, f"R{j}", fleet, float(cost) + extra, float(days) + 5 * extra)
        for x in s
        for j in range(refiners)
        for cost, days in [(rng.uniform(0.5, 4), rng.uniform(10, 60))]
        for fleet, extra in (("mainstream", 0.0), ("shadow", 2.0))
    ]
    need = sum(
        flow[int(x.stream[1:]), int(x.refiner[1:])] * x.days / 1000
        for x in lanes
        if x.carrier == "mainstream"
    )
    r = [Refiner(f"R{j}", float(rng.uniform(0.1, 0.4))) for j in range(refiners)]
    order = slice(None, None, -1 if reverse else 1)
    return OilMarket.of(
        "random", grades=GRADES, streams=s[order], refiners=r[order],
        carriers=[Carrier("mainstream", "fleet", 1.3 * need + 5),
                  Carrier("shadow", "fleet", 0.25 * need)],
        lanes=lanes, flow=flow[order, order], latent=latent[order, order], reference="S0",
    )  # fmt: skip


def restricted(seed, made):
    rng = np.random.default_rng(seed + 1)
    target = f"S{int(rng.integers(len(made.streams)))}"
    buyers = tuple(r.name for r in made.refiners if rng.random() < 0.4)
    fob = made.column("fob")[made.stream_names.index(target)]
    choices = [
        Ban((target,), buyers, share=float(rng.choice([0.5, 1.0]))) if buyers else None,
        PriceCap((target,), ("mainstream",), float(fob * rng.uniform(0.75, 1.0))),
        CapacityLoss((f"S{int(rng.integers(len(made.streams)))}",), float(rng.uniform(0, 0.3))),
        RiskDiscount((target,), buyers, 4.0) if buyers else None,
        ServiceBan((target,), ("mainstream",)) if rng.random() < 0.3 else None,
    ]
    return [c for c in choices if c is not None and rng.random() < 0.7]


SIZES = (st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 5))


@settings(max_examples=20, deadline=None)
@given(*SIZES)
def test_base_months_are_their_base(seed, streams, refiners):
    made = market(seed, streams, refiners)
    out = solve_month(made)
    np.testing.assert_allclose(out.pairs, made.flow + made.latent, rtol=2e-3, atol=0.05)
    np.testing.assert_allclose(out.fob, made.column("fob"), atol=0.05)


@settings(max_examples=25, deadline=None)
@given(*SIZES)
def test_restricted_months_are_certified_and_barrels_add_up(seed, streams, refiners):
    made = market(seed, streams, refiners)
    out = solve_month(made, restricted(seed, made))
    assert certify(base_of(made), out).ok
    np.testing.assert_allclose(out.output + out.out_of - out.into, out.pairs.sum(axis=1), atol=0.01)
    np.testing.assert_allclose(out.runs, out.pairs.sum(axis=0), atol=1e-9)


@settings(max_examples=8, deadline=None)
@given(*SIZES)
def test_order_of_labels_does_not_matter(seed, streams, refiners):
    one, two = market(seed, streams, refiners), market(seed, streams, refiners, reverse=True)
    first, second = (solve_month(m, restricted(seed, one)) for m in (one, two))
    np.testing.assert_allclose(first.fob, second.fob[::-1], rtol=5e-4, atol=0.02)
    np.testing.assert_allclose(first.pairs, second.pairs[::-1, ::-1], rtol=0.02, atol=0.2)


def test_certificate_notices_what_is_wrong(market):
    from dataclasses import replace

    base, out = base_of(market), solve_month(market)
    assert certify(base, out).ok
    wrong = {
        "volume": replace(out, output=out.output + 1.0),
        "output": replace(out, fob=out.fob + 1.0),
        "lanes": replace(out, transport=out.transport + 0.5),
        "arbitrage": replace(out, transport=np.where(out.flow > 1, out.transport, 0.0)),
        "signs": replace(out, wedge=out.wedge - 1.0),
        "slack": replace(out, rents=replace(out.rents, carrier=out.rents.carrier + 1.0)),
    }
    for name, bad in wrong.items():
        found = certify(base, bad)
        assert not found.ok, name
        assert getattr(found, name) > 3e-4, name
        assert "no equilibrium" in found.message()
    capped = solve_month(market, [PriceCap(("B",), ("mainstream",), 70.0)])
    assert certify(base, replace(capped, fob=capped.fob + np.array([0.0, 0.5]))).cap > 3e-4
    stored = solve_month(market, [Ban(("B",), ("X",), waivers={"X": 300.0})])
    assert certify(base, replace(stored, expected=stored.expected + 5.0)).storage > 3e-4
