"""Random valid scenarios: a usable shock or a reasoned refusal, whatever the order."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.channels import CASES, compile_shock
from entrepot.core.errors import ScenarioError

parties = st.lists(
    st.sampled_from(["USA", "CHN", "DEU", "IRN", "RUS", "ROW", "G7", "BRICS", "all"]),
    min_size=1,
    max_size=3,
    unique=True,
)
sectors = st.lists(
    st.sampled_from(["grain", "crude", "electronics", "finance", "goods", "services", "all"]),
    min_size=1,
    max_size=2,
    unique=True,
)
share = st.floats(0, 1).map(lambda x: round(x, 2))
days = st.sampled_from(["2017-06-05", "2018-11-05", "2019-05-02"])
exempt = st.lists(
    st.fixed_dictionaries(
        {}, optional={"who": parties, "sectors": sectors, "share": share, "until": days}
    ),
    max_size=2,
)
compliance = st.dictionaries(st.sampled_from(["default", "USA", "CHN", "G7", "BRICS"]), share)
secondary = st.fixed_dictionaries(
    {"enforcement": share}, optional={"who": parties, "except": parties}
)


def measure(kind, required, **optional):
    fixed = {"kind": st.just(kind), **required}
    return st.fixed_dictionaries(fixed, optional={"from": days, **optional})


pair = {"senders": parties, "targets": parties}
restriction = {
    "sectors": sectors,
    "exempt": exempt,
    "compliance": compliance,
    "secondary": secondary,
}
flow = st.sampled_from(["exports", "imports", "both"])
measures = st.one_of(
    measure("embargo", pair, flow=flow, **restriction),
    measure("export_control", pair, coverage=share, **restriction),
    measure("tariff", {**pair, "rate": share}, sectors=sectors, exempt=exempt, coverage=share),
    measure("export_tax", {**pair, "add": share}, sectors=sectors, exempt=exempt),
    measure("trade_cost", {**pair, "percent": st.integers(-50, 300)}, sectors=sectors, flow=flow),
    measure("transfer", {**pair, "amount": st.integers(0, 10**6)}),
    measure("capacity_loss", {"targets": parties, "sectors": sectors, "share": st.just(0.3)}),
    measure("trade_agreement", {"members": parties, "cut": share}, partners=parties),
)  # fmt: skip
books = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), measures, min_size=1, max_size=3)


def outcome(world, make, book, day, case):
    """Return the compiled scenario, or the problems without their order."""
    try:
        return compile_shock(world, make(book), day, case=case)
    except ScenarioError as error:
        return sorted(error.problems)


@settings(max_examples=150, deadline=None)
@given(books, st.sampled_from([None, date(2018, 1, 1), date(2020, 1, 1)]), st.sampled_from(CASES))
def test_a_shock_or_a_reason_whatever_the_order(world, scenario, book, day, case):
    first = outcome(world, scenario, book, day, case)
    again = outcome(world, scenario, dict(reversed(book.items())), day, case)
    if isinstance(first, list):
        assert first == again
        assert all(p.endswith((".", "?")) for p in first)
        return
    bound = first.shock.bind(world)
    assert bound.hash() == again.shock.bind(world).hash()
    own = np.arange(len(world.regions))
    assert (bound.kept()[own, own] == 1).all()
    assert (bound.trade_cost[own, own] == 1).all()
    assert (bound.tariff[own, own] == world.tariff[own, own]).all()
    changed = {
        "access": bound.access != 1,
        "tariff": bound.tariff != world.tariff,
        "export_tax": bound.export_tax != world.export_tax,
        "trade_cost": bound.trade_cost != 1,
        "productivity": bound.productivity != 1,
    }
    rows = first.cells["instrument"].value_counts()
    for name, mask in changed.items():
        assert rows.get(name, 0) >= mask.sum()
