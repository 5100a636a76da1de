"""The picture of payments: complete, well-formed, and in the folder of a run."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from entrepot.channels.payments import Elasticities, Rails, settle
from entrepot.report.rails import rails_chart

SVG = "{http://www.w3.org/2000/svg}"
NAMES = tuple(f"E{k}" for k in range(12))


@pytest.fixture
def rails() -> Rails:
    rng = np.random.default_rng(3)
    n = len(NAMES)
    share = rng.dirichlet([4, 2, 1], (n, n))
    return Rails.from_arrays(share, rng.uniform(1, 9, (n, n)), economies=NAMES,
                             rails=["dollar", "euro", "<local>"])  # fmt: skip


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(svg).iter(f"{SVG}text")]


def test_the_world_and_those_who_change_most_have_a_bar(rails: Rails) -> None:
    outcome = settle(rails, access=rails.without(["dollar"], ["E5"]),
                     elasticities=Elasticities.of(network=0.0))  # fmt: skip
    svg = rails_chart(outcome, {"E5": "Land & Sea"})
    names = texts(svg)
    assert names.index("World") < names.index("Land & Sea")
    assert "<local>" in names
    shown = [e.text or "" for e in ET.fromstring(svg).iter(f"{SVG}title")]
    assert not any(t.startswith("dollar, after: 0") for t in shown)
    share = outcome.dependence().sel(when="before", economy="E5", rail="dollar").item()
    assert f"dollar, before: {100 * share:.3g} %" in shown


def test_no_change_leaves_the_world_alone(rails: Rails) -> None:
    names = texts(rails_chart(settle(rails), {}))
    assert "World" in names
    assert not set(names) & set(NAMES)


def test_trade_without_a_rail_has_a_short_bar(rails: Rails) -> None:
    outcome = settle(rails, access=rails.without(rails.rails, ["E1"]))
    root = ET.fromstring(rails_chart(outcome, {}))
    for rect in root.iter(f"{SVG}rect"):
        assert 0 <= float(rect.get("width", "nan")) < 760
    assert "E1" in texts(rails_chart(outcome, {}))
