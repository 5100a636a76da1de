"""``entrepot payments``: worlds, pairs, scenarios, and what is refused."""

from __future__ import annotations

import json

import pandas as pd
import pytest

FILE = """
format: entrepot/1
measures:
  cut:
    kind: payment_cutoff
    senders: [USA]
    targets: [RUS]
    rails: [dollar]
    banks: {low: 0.5, central: 0.8, high: 1.0}
    from: 2022-03-12
  all_rails:
    kind: payment_cutoff
    senders: [CHN]
    targets: [RUS]
    rails: [dollar, euro, renminbi, local, barter]
scenarios:
  x: [cut]
  closed: [all_rails]
"""


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "pay.yaml"
    path.write_text(FILE, "utf-8")
    return str(path)


def parsed(call, *words):
    status, out, err = call(*words, "--json")
    assert status == 0, err
    return json.loads(out, parse_constant=pytest.fail)


def test_rails_of_a_world(call, world_file):
    status, out, err = call("payments", "--world", "2017")
    assert status == 0, err
    assert "Rails of the world 2017" in out
    found = parsed(call, "payments", "--world", str(world_file))
    assert [r["rail"] for r in found["rails"]][:2] == ["dollar", "euro"]
    assert sum(r["use"] for r in found["rails"]) == pytest.approx(1)


def test_pairs_with_their_sources(call, tmp_path):
    status, out, _ = call("payments", "RUS-CHN", "IRN-CHN", "--world", "2017", "--out",
                          str(tmp_path / "pairs.csv"))  # fmt: skip
    assert status == 0
    assert "RUS to CHN, statements of 2017" in out
    table = pd.read_csv(tmp_path / "pairs.csv")
    assert set(table["pair"]) == {"RUS to CHN", "IRN to CHN"}
    found = parsed(call, "payments", "RUS-CHN", "--world", "2017")
    assert set(found["pairs"]) == {"RUS to CHN"}


def test_a_scenario_before_and_after(call, mine, world_file, tmp_path):
    words = ("payments", mine, "--scenario", "x", "--world", str(world_file))
    status, out, err = call(*words, "--out", str(tmp_path / "all.csv"))
    assert status == 0, err
    assert "losing it costs %" in out
    assert "Payments are in equilibrium" in " ".join(out.split())
    assert len(pd.read_csv(tmp_path / "all.csv")) == 30
    found = parsed(call, *words, "USA-RUS", "--years", "0", "--date", "2023-01-01")
    assert found["certified"]
    assert found["years"] == 0
    assert [(p["origin"], p["dest"]) for p in found["pairs"]] == [("USA", "RUS")]
    later = parsed(call, *words, "USA-RUS")
    assert later["pairs"][0]["cost"] < found["pairs"][0]["cost"]


def test_a_pair_without_a_way_is_null_and_named(call, mine, world_file):
    words = ("payments", mine, "--scenario", "closed", "--world", str(world_file))
    found = parsed(call, *words)
    assert "CHN to RUS" in found["no_way"]
    assert None in [p["cost"] for p in found["pairs"]]
    status, out, _ = call(*words)
    assert status == 0
    assert "no way" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("zero-by-november",), "has no measure on payments"),
        (("nothing-here",), "There is no scenario 'nothing-here'"),
        (("a.yaml", "b.yaml"), "are two scenarios"),
        (("IRN-XXX",), "'XXX' is not an economy"),
        (("IRN-CHN", "--years", "1"), "--years needs a scenario"),
        (("IRN-CHN", "--scenario", "x"), "--scenario needs a scenario"),
        (("--date", "2020-01-01"), "--date needs a scenario"),
    ],
)
def test_what_is_refused(call, words, said):
    status, _, err = call("payments", *words)
    assert status == 2
    assert said in err


def test_a_pair_without_trade_is_refused(call, mine, world_file):
    status, _, err = call("payments", mine, "DEU-KAZ", "--scenario", "x", "--world",
                          str(world_file))  # fmt: skip
    assert status == 2
    assert "no trade from DEU to KAZ" in err
