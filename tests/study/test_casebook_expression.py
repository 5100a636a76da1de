"""The closed language of expressions, and the search for thresholds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from entrepot.model.shock import Shock
from entrepot.scenario.labels import Vocabulary
from entrepot.solving import solve
from entrepot.study.casebook.expression import Call, Lookup, parse_expression
from entrepot.study.casebook.functions import Sheet, check_call
from entrepot.study.casebook.thresholds import Found, mark, search
from entrepot.study.casebook.verdict import Target
from entrepot.world.bundle import load_world


def test_arithmetic_and_records() -> None:
    expression = parse_expression("100 * (exports[2019] / exports[2017] - 1) + -min(1, 2)")
    record = {"2019": 200.0, "2017": 730.0}

    def leaf(node: Call | Lookup) -> float:
        assert isinstance(node, Lookup)
        return record[node.period]

    value = expression.value(leaf)
    assert value == pytest.approx(100 * (200 / 730 - 1) - 1)
    assert expression.lookups() == (Lookup("exports", "2019"), Lookup("exports", "2017"))


def test_calls_keep_lists_and_print_as_written() -> None:
    (call,) = parse_expression("imports(run, QAT, goods, [TUR, IRN])").calls()
    assert call == Call("imports", (("run",), ("QAT",), ("goods",), ("TUR", "IRN")))
    assert str(call) == "imports(run, QAT, goods, [TUR, IRN])"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "a.b",
        "1 ** 2",
        "1 if 2 else 3",
        "[1, 2]",
        "'text'",
        "True",
        "name",
        "f(x=1)",
        "f(1)",
        "f([])",
        "r[1:2]",
        "r[a.b]",
        "min(1, key=2)",
        "1 +",
        "",
        "lambda: 1",
        "min()",
        "min(1)",
        "max(min(1, 2))",
        "1 / 0",
        "exports[2019] / (1 - 1)",
        "1e999",
        "1e308 * 10",
        "-1e999",
        "1" + "0" * 400,
        "1" * 3999,
        "(" * 300 + "1" + ")" * 300,
        "-" * 300 + "1",
        "1" + " + 1" * 20_000,
        "1" + " + 1" * 150,
        "x" * 5000,
        "\0",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        parse_expression(text)
    assert len(str(caught.value)) < 300


def test_constants_and_line_breaks() -> None:
    text = "1 / min(2, 4) +\n  1.5 - exports[2019] * 0"
    assert parse_expression(text).value(lambda _: 7.0) == 2.0
    assert parse_expression(text).text == "1 / min(2, 4) + 1.5 - exports[2019] * 0"
    assert parse_expression("1" + " + 1" * 90).value(lambda _: 0.0) == 91.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("welfar(run, IRN)", "Did you mean 'welfare'"),
        ("welfare(rum, IRN)", "Did you mean 'run'"),
        ("welfare(run, irn)", "Did you mean 'IRN'"),
        ("welfare(run, EAEU)", "unknown economy 'EAEU'"),
        ("welfare(run, [IRN, RUS])", "one region, not a list"),
        ("welfare(run)", "takes (run, region)"),
        ("exports(run, IRN, crudes)", "Did you mean 'crude'"),
        ("price(run, CHN, goods)", "is a group of sectors"),
        ("exports(run, IRN, crude, CHN, USA)", "has 5 arguments"),
    ],
)
def test_wrong_calls_say_what_is_wrong(text: str, says: str) -> None:
    (call,) = parse_expression(text).calls()
    with pytest.raises(ValueError) as caught:
        check_call(call, ("run",), Vocabulary.standard())
    assert says in str(caught.value)


def leaf(sheet: Sheet, text: str) -> float:
    return parse_expression(text).value(sheet.leaf)


def test_functions_against_the_results() -> None:
    world = load_world("2017")
    hats = np.ones_like(world.trade_share)
    i, c = world.regions.index("IRN"), world.sectors.index("crude")
    hats[i, :, c] = 1.2
    hats[i, i, c] = 1.0
    results = solve(world, shock=Shock(trade_cost=hats)).results()
    sheet = Sheet(world, {"run": results}, {})
    flows = results.trade_flows.sel(origin="IRN", sector="crude").drop_sel(dest="IRN")
    for name, run in (("baseline", "before"), ("counterfactual", "run")):
        assert leaf(sheet, f"exports({run}, IRN, crude)") == pytest.approx(float(flows[name].sum()))
        assert leaf(sheet, f"exports({run}, IRN, crude, CHN)") == pytest.approx(
            float(flows[name].sel(dest="CHN"))
        )
        assert leaf(sheet, f"imports({run}, CHN, crude, IRN)") == pytest.approx(
            float(flows[name].sel(dest="CHN"))
        )
    cost = results.solution.certified().cost[i, c]
    assert leaf(sheet, "export_volume(run, IRN, crude)") == pytest.approx(
        float(flows["counterfactual"].sum()) / cost
    )
    assert leaf(sheet, "import_volume(run, CHN, crude, IRN)") == pytest.approx(
        leaf(sheet, "export_volume(run, IRN, crude, CHN)")
    )
    for name in ("welfare", "real_income", "real_wage", "price_index", "terms_of_trade"):
        expected = float(getattr(results, name).sel(region="IRN"))
        assert leaf(sheet, f"{name}(run, IRN)") == pytest.approx(expected)
        assert leaf(sheet, f"{name}(before, IRN)") == 1.0
    expected = float(results.sector_price.sel(region="CHN", sector="crude"))
    assert leaf(sheet, "price(run, CHN, crude)") == pytest.approx(expected)
    assert leaf(sheet, "price(before, CHN, crude)") == 1.0


def test_trade_inside_an_economy_is_no_trade() -> None:
    world = load_world("2017")
    sheet = Sheet(world, {}, {})
    assert leaf(sheet, "exports(before, IRN, all, IRN)") == 0.0
    assert leaf(sheet, "exports(before, EAEU, all)") == pytest.approx(
        sum(leaf(sheet, f"exports(before, {r}, all)") for r in ("ARM", "BLR", "KAZ", "KGZ", "RUS"))
    )


@pytest.mark.parametrize("turn", [0.0, 0.1, 0.33, 0.5, 0.75, 0.999])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_search_finds_a_crossing(turn: float, sign: float) -> None:
    found = search(lambda x: sign * (x - turn - 1e-9), 0.0, 1.0)
    assert isinstance(found, Found)
    assert found.value == pytest.approx(turn, abs=2e-3)
    assert found.upward == (sign < 0)


def test_search_from_high_to_low_knows_its_side() -> None:
    found = search(lambda x: x + 20.0, 0.0, -60.0)
    assert isinstance(found, Found)
    assert found.value == pytest.approx(-20, abs=0.1)
    assert not found.upward


def test_search_without_a_crossing() -> None:
    assert search(lambda x: 1.0, 0.0, 1.0) == "never"
    assert search(lambda x: -1.0, 0.0, 1.0) == "always"
    assert search(lambda x: 0.0, 0.0, 1.0) == "always"


def test_mark_takes_the_end_that_is_missed() -> None:
    assert mark(Target(at_most=-99), -50.0) == (-99, 1.0)
    assert mark(Target(at_least=50), 10.0) == (50, -1.0)
    assert mark(Target(at_least=1, at_most=2), 3.0) == (2, 1.0)
    assert mark(Target(at_least=1, at_most=2), 0.0) == (1, -1.0)
    assert math.isfinite(mark(Target(at_least=1, at_most=2), 1.5)[0])
