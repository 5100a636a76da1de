"""Scenarios with measures on crude are answered with the oil market, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

import entrepot as ep
from entrepot.channels import compile_shock
from entrepot.core.errors import InputError, NotSolvedError
from entrepot.scenario import ScenarioBook, load_scenarios
from entrepot.solving import Verdict
from entrepot.study.attribution import by_measure
from entrepot.study.hubs import settle_hubs
from entrepot.study.lifeline import lifeline
from entrepot.study.models import compare_models
from entrepot.study.oil_answer import answer_or_verdict, oil_mark, refuse_oil
from entrepot.study.run import Run, run_scenario

FILE = {
    "format": "entrepot/1",
    "measures": {
        "look": {"kind": "oil_market"},
        "fear": {"kind": "risk_discount", "senders": ["USA"], "targets": ["IRN"],
                 "who": ["JPN", "KOR"], "usd": {"low": 2, "central": 6, "high": 10}},
        "duty": {"kind": "tariff", "senders": ["USA"], "targets": ["CHN"],
                 "sectors": ["electronics"], "add": 0.1},
    },
    "scenarios": {"quiet": ["look"], "afraid": ["fear"], "taxed": ["duty"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def book() -> ScenarioBook:
    return load_scenarios(FILE)


@pytest.fixture(scope="module")
def world() -> ep.World:
    return ep.load_world("2017")


@pytest.fixture(scope="module")
def quiet(book: ScenarioBook, world: ep.World) -> Run:
    return run_scenario(book["quiet"], world, ranges=False)


def test_a_market_without_measures_changes_nothing(quiet: Run) -> None:
    assert quiet.oil is not None
    np.testing.assert_allclose(quiet.results.welfare, 1.0, atol=1e-6)
    assert len(quiet.oil.rounds) == 1
    assert quiet.oil.hats.left_out < 0.005 * quiet.oil.after.volume.sum()


def test_a_run_shows_rounds_and_agreement(quiet: Run) -> None:
    tables = quiet.compiled.tables
    assert {"oil_rounds", "oil_exporters", "oil_importers", "oil_base"} <= set(tables)
    assert any("agree after 1 rounds" in note for note in quiet.notes)
    assert any("oil market of 2017" in note for note in quiet.notes), "the run names its base year"
    sold = tables["oil_exporters"].frame.set_index("economy")
    assert sold.loc["RUS", "kbd_before"] > 9000
    gap = tables["oil_base"].frame.set_index("economy")
    ratio = gap["exports_world"] / gap["exports_market"]
    assert ratio[gap["exports_market"] > 20_000].between(0.9, 1.1).all()


def test_verbs_of_the_equilibrium_alone_refuse(
    quiet: Run, book: ScenarioBook, world: ep.World
) -> None:
    with pytest.raises(InputError, match="comparison of models solves the equilibrium alone"):
        compare_models(quiet)
    with pytest.raises(InputError, match="split by measure"):
        by_measure(quiet)
    with pytest.raises(InputError, match="loop of hubs"):
        settle_hubs(world, quiet.compiled)
    with pytest.raises(InputError, match="search for a lifeline"):
        lifeline(book["quiet"], world, "IRN", ["CHN"], ranges=False)
    refuse_oil(compile_shock(world, book["taxed"]), "nothing")


def test_what_is_done_to_the_market_has_a_mark(book: ScenarioBook, world: ep.World) -> None:
    marks = [oil_mark(compile_shock(world, book["afraid"], case=c)) for c in ("central", "high")]
    assert marks[0] != marks[1]
    assert oil_mark(compile_shock(world, book["taxed"])) == ""


def test_no_agreement_is_a_verdict_where_one_is_asked_for(
    book: ScenarioBook, world: ep.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def apart(*given, **more):
        raise NotSolvedError("they do not agree")

    monkeypatch.setattr("entrepot.study.oil_coupling.couple", apart)
    economy = ep.Economy.long_run()
    for name, verdict in (("afraid", Verdict.NOT_CONVERGED), ("taxed", Verdict.CERTIFIED)):
        compiled = compile_shock(world, book[name])
        bound = compiled.bind(world)
        found = answer_or_verdict(world, economy, compiled, bound, "fixed").solution
        assert found.verdict == verdict
    with pytest.raises(NotSolvedError, match="they do not agree"):
        run_scenario(book["afraid"], world, ranges=False)
