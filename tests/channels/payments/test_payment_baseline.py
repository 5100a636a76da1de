"""The data files of payments, and the rails of the bundled worlds."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import entrepot as ep
from entrepot.channels.payments import Baseline, baseline, baseline_rails, numbers, rail_titles
from entrepot.channels.payments.baseline import Selectors, payment_groups, swap_partners
from entrepot.channels.payments.data_files import rows_of, yaml_of
from entrepot.channels.payments.statements import (
    Statement,
    in_year,
    overlay,
    problems_of,
    statements,
)
from entrepot.core.errors import LabelError, SourceError, ValueRangeError
from entrepot.scenario.labels import SECTOR_GROUPS, economies
from entrepot.world import layout

PLACES = Selectors(layout.REGIONS, layout.SECTOR_CODES, date(2017, 12, 31))


@pytest.fixture(scope="module", params=["2017", "2023"])
def found(request: pytest.FixtureRequest) -> Baseline:
    return baseline(ep.load_world(request.param))


def test_the_data_files_hold_together() -> None:
    sources = yaml_of("sources.yaml")
    assert not problems_of(rows_of("facts.csv"), yaml_of("rails.yaml"), sources)
    assert len(statements()) > 10
    for name, one in sources.items():
        assert one["read"] in ("first-hand", "second-hand"), name
        assert {"publisher", "title", "year", "url"} <= set(one), name
    for rail in yaml_of("rails.yaml").values():
        for holder in rail["controllers"]:
            assert holder in economies() or holder in payment_groups()
    codes = set(economies()) | {"EA"}
    for line in rows_of("swap_lines.csv"):
        assert {line["lender"], line["partner"]} <= codes
        assert line["from"] < (line["until"] or "9999")
    known = set(layout.SECTOR_CODES)
    for part in yaml_of("carve_outs.yaml").values():
        assert set(part["sectors"]) <= known
    for group in yaml_of("groups.yaml").values():
        assert set(group["source"]) == {"publisher", "title", "url"}


def test_every_number_of_the_room_lies_in_its_range_and_says_its_source() -> None:
    for name, one in numbers().items():
        assert one.low < one.central < one.high, name
        assert one.at("central") == one.central
        assert {one.at("low"), one.at("high")} == {one.low, one.high}
        assert one.source
        assert one.what


def test_rows_add_to_one_in_every_world(found: Baseline) -> None:
    share = found.rails.share.sum(axis=-1)
    abroad = ~np.eye(len(found.rails.economies), dtype=bool)
    assert np.max(np.abs(share[abroad] - 1)) < 1e-12
    assert (share[~abroad] == 0).all()
    assert (found.rails.share >= 0).all()
    assert found.basis_table().to_numpy().sum() == pytest.approx(1.0)
    assert (found.statement[abroad] >= 0).all()


def test_the_leans_keep_rows_and_move_the_dollar(found: Baseline) -> None:
    world = ep.load_world(str(found.year))
    low, high = (baseline_rails(world, lean=x) for x in (-1.0, 1.0))
    at = low.rails.index("dollar")
    abroad = ~np.eye(len(low.economies), dtype=bool)
    for rails in (low, high):
        assert np.max(np.abs(rails.share.sum(-1)[abroad] - 1)) < 1e-12
    use = [(r.share[..., at] * r.value).sum() for r in (low, found.rails, high)]
    assert use[0] < use[1] < use[2]


def test_informal_ways_are_open_to_everybody(found: Baseline) -> None:
    abroad = ~np.eye(len(found.rails.economies), dtype=bool)
    least = numbers()["informal"].central
    assert found.rails.share[abroad][..., -1].min() == pytest.approx(least)
    none = baseline_rails(ep.load_world(str(found.year)), informal=0.0)
    assert none.share[abroad][..., -1].min() == 0


def test_the_euro_area_uses_the_euro_and_america_the_dollar(found: Baseline) -> None:
    share = found.rails.share
    at = {e: k for k, e in enumerate(found.rails.economies)}
    dollar, euro = (found.rails.rails.index(r) for r in ("dollar", "euro"))
    assert share[at["DEU"], at["FRA"], 0, euro] > 0.9
    assert share[at["USA"], at["MEX"], 0, dollar] > 0.8
    assert "USA" in found.rails.controllers["dollar"]
    assert "DEU" in found.rails.controllers["euro"]
    assert ("HRV" in found.rails.controllers["euro"]) == (found.year >= 2023)


def test_a_pair_says_where_its_shares_come_from(found: Baseline) -> None:
    table = found.pair("RUS", "CHN")
    assert table.groupby("sectors")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert set(table["basis"]) <= {"observed", "derived", "assumed", "left over"}
    known = {*yaml_of("sources.yaml"), "assumed", ""}
    assert set(table["source"]) <= known
    with pytest.raises(LabelError, match="'XXX'"):
        found.pair("XXX", "CHN")


def test_swap_lines_have_their_days() -> None:
    assert "RUS" in swap_partners("CHN", date(2015, 1, 1))
    assert "RUS" not in swap_partners("CHN", date(2013, 1, 1))
    assert {"DEU", "FRA"} <= set(swap_partners("CHN", date(2014, 1, 1)))
    assert "IRN" not in swap_partners("CHN", date(2023, 1, 1))
    assert "CHN" in swap_partners("RUS", date(2015, 1, 1))


def one(
    origin: str, dest: str, sectors: str = "all", year: int = 2000, **shares: float
) -> Statement:
    n = len(shares)
    return Statement(origin, dest, sectors, year, {k: (x, x, x) for k, x in shares.items()},
                     ("assumed",) * n, ("assumed",) * n)  # fmt: skip


def shares_of(*given: Statement, at: tuple[str, str] = ("CHN", "DEU"), sector: str = "crude",
              lean: float = 0.0) -> dict[str, float]:  # fmt: skip
    names = tuple(rail_titles())
    share, _, _ = overlay(list(given), names, PLACES.places, PLACES.trades, lean)
    i, j = (layout.REGIONS.index(x) for x in at)
    row = share[i, j, layout.SECTOR_CODES.index(sector)]
    return dict(zip(names, row.round(12), strict=True))


def test_the_more_specific_statement_counts() -> None:
    broad = one("all", "all", dollar=0.8, euro=0.2)
    assert shares_of(broad)["dollar"] == 0.8
    assert shares_of(broad, one("all", "EURO", dollar=0.4, euro=0.6))["euro"] == 0.6
    both = (one("CHN", "all", dollar=0.1, euro=0.9), one("all", "DEU", dollar=0.3, euro=0.7))
    assert shares_of(broad, *both)["dollar"] == 0.1
    assert shares_of(*both[::-1], broad)["dollar"] == 0.1
    energy = one("CHN", "all", "energy", dollar=1.0)
    assert shares_of(broad, *both, energy)["dollar"] == 1.0
    assert shares_of(broad, *both, energy, sector="grain")["dollar"] == 0.1
    pair = one("CHN", "DEU", dollar=0.5, euro=0.5)
    assert shares_of(broad, *both, energy, pair)["dollar"] == 0.5


def test_what_a_statement_leaves_over_goes_by_the_broader_one() -> None:
    broad = one("all", "all", dollar=0.6, euro=0.2, local=0.2)
    part = one("CHN", "all", renminbi=0.5)
    assert shares_of(broad, part) == pytest.approx(
        {"dollar": 0.3, "euro": 0.1, "renminbi": 0.5, "local": 0.1, "barter": 0.0}
    )
    assert shares_of(part)["local"] == 0.5
    named = one("CHN", "all", dollar=0.5)
    assert shares_of(one("all", "all", dollar=1.0), named)["local"] == 0.5


def test_leaning_moves_the_dollar_within_its_range() -> None:
    shares = {"dollar": (0.4, 0.6, 0.9), "euro": (0.2, 0.4, 0.5)}
    wide = Statement("all", "all", "all", 2000, shares, ("assumed",) * 2, ("assumed",) * 2)
    assert shares_of(wide, lean=1.0) == pytest.approx(
        {"dollar": 0.9, "euro": 0.1, "renminbi": 0, "local": 0, "barter": 0}
    )
    assert shares_of(wide, lean=-0.5)["dollar"] == pytest.approx(0.5)


def test_equally_specific_statements_are_an_error() -> None:
    with pytest.raises(SourceError, match="equally specific"):
        shares_of(one("EURO", "CHN", dollar=1.0), one("EURO", "CHN", "all", 2001, euro=1.0))


def test_statements_are_carried_forward_and_never_backward() -> None:
    given = (one("all", "all", year=2000, dollar=1.0), one("all", "all", year=2020, euro=1.0),
             one("CHN", "all", year=2022, renminbi=1.0))  # fmt: skip
    assert [s.year for s in in_year(given, 2019)] == [2000]
    assert [s.year for s in in_year(given, 2021)] == [2020]
    assert sorted(s.year for s in in_year(given, None)) == [2020, 2022]


def test_bad_lines_are_all_named() -> None:
    good = {"origin": "CHN", "dest": "all", "sectors": "all", "year": "2000", "rail": "dollar",
            "low": "0.1", "central": "0.2", "high": "0.3", "basis": "assumed", "source": "assumed",
            "note": ""}  # fmt: skip
    rails, sources = yaml_of("rails.yaml"), {"boz": {}}

    def said(*changes: dict[str, str]) -> str:
        return " ".join(problems_of([{**good, **c} for c in changes], rails, sources))

    assert not said({})
    assert "not in this order" in said({"low": "0.25"})
    assert "Did you mean 'dollar'?" in said({"rail": "dolar"})
    assert "basis 'guess' is none of" in said({"basis": "guess", "source": "boz"})
    assert "exactly where" in said({"source": "boz"})
    assert "no source 'bozz'" in said({"basis": "observed", "source": "bozz"})
    assert "Write numbers" in said({"central": "x"})
    assert "add to 1.1" in said({"high": "1", "central": "0.5"}, {"high": "1", "central": "0.6",
                                                                  "rail": "euro"})  # fmt: skip
    assert "given twice" in said({}, {})
    broken = problems_of([{**good, None: ["more"]}], rails, sources)  # type: ignore[dict-item]  # as csv gives it
    assert "has not 11 cells" in broken[0]


def test_selectors_know_codes_groups_and_lines() -> None:
    assert PLACES.places("all")[1] == 0
    assert PLACES.places("EURO")[1] == 1
    assert PLACES.places("swap:CHN")[1] == 1
    assert PLACES.places("DEU")[0].sum() == 1
    assert PLACES.trades("energy")[0].sum() == len(SECTOR_GROUPS["energy"])
    with pytest.raises(SourceError, match="Did you mean 'EURO'"):
        PLACES.places("EURP")


def test_odd_questions_about_a_world_are_refused() -> None:
    world = ep.load_world("2017")
    with pytest.raises(ValueRangeError, match="'lean' must lie in"):
        baseline(world, lean=2.0)
    with pytest.raises(ValueRangeError, match="'informal' must be"):
        baseline(world, informal=1.0)
    assert baseline(world, year=2023).year == 2023
