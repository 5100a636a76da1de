"""Pictures: well-formed, the same twice, complete, with round axes."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import entrepot as ep
from entrepot.report import summarise
from entrepot.report.figures import affected
from entrepot.report.folder import charts
from entrepot.report.svg import Bar, Piece, bar_chart, ticks
from entrepot.report.words import percent
from entrepot.report.worldmap import STEPS, colour, geometry, scale, world_map
from entrepot.world.layout import ROW

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("oil-2018", "cut", "rest", "pact", "same", "duty", "loss")
number = st.floats(-1e9, 1e9, allow_nan=False)


def pictures(run) -> dict[str, str]:
    summary = summarise(run)
    return {**charts(run, summary), "map": world_map(summary)}


@pytest.mark.parametrize("name", NAMES)
def test_pictures_parse_and_hold_no_nan(solved, name):
    for text in pictures(solved(name)).values():
        root = ET.fromstring(text)
        for element in root.iter():
            for value in element.attrib.values():
                assert "nan" not in value.lower()
                assert "inf" not in value.lower()
            assert float(element.get("width", 0)) >= 0


@pytest.mark.parametrize("name", ["oil-2018", "duty"])
def test_pictures_are_the_same_twice(solved, name):
    assert pictures(solved(name)) == pictures(solved(name))


def test_which_pictures_there_are(solved):
    assert set(pictures(solved("oil-2018"))) == {
        "affected",
        "exports_IRN",
        "imports_IRN",
        "prices",
        "map",
    }
    assert set(pictures(solved("pact"))) == {"affected", "prices", "map"}
    assert len(pictures(solved("duty"))) == 3 + 2 * 2


def test_bars_say_what_the_summary_says(summary):
    titles = [t.text for t in ET.fromstring(affected(summary)).iter(f"{SVG}title")]
    rows = summary.most_affected
    assert titles == [f"{r['name']}: {percent(r['percent'])}" for _, r in rows.iterrows()]


def test_bars_of_exports_are_as_long_as_trade(run):
    """Widths of the lower bars add up to exports after the measures, on the scale of the axis."""
    root = ET.fromstring(pictures(run)["exports_IRN"])
    marks = [(float(t.get("x")), float(t.text)) for t in root.iter(f"{SVG}text")
             if t.text.replace(".", "").isdigit()]  # fmt: skip
    (x0, v0), (x1, v1) = marks[0], marks[-1]
    bars = [r for r in root.iter(f"{SVG}rect") if r.find(f"{SVG}title") is not None]
    after = [r for r in bars if r.get("fill-opacity") is None]
    total = sum(float(r.get("width")) for r in after) * (v1 - v0) / (x1 - x0)
    flows = run.results.trade_flows["counterfactual"].sel(origin="IRN").sum("sector") / 1000
    assert total == pytest.approx(float(flows.sum() - flows.sel(dest="IRN")), rel=0.02)


@pytest.mark.parametrize("name", ["2017", "2023"])
def test_the_map_covers_every_economy(name):
    drawing = geometry()
    drawn = set(drawing["shapes"]) | set(drawing["dots"])
    assert set(ep.load_world(name).regions) - drawn == {ROW}


def test_the_map_says_each_change(summary):
    titles = {t.text for t in ET.fromstring(world_map(summary)).iter(f"{SVG}title")}
    for _, row in summary.welfare.iterrows():
        text = percent(row["percent"])
        expected = f"{row['name']}: {text}"
        if row["code"] == ROW:
            expected = f"FRA (in the rest of the world): {text}"
        assert expected in titles


def test_colours_of_the_map():
    assert colour(0.0, 1.0) == STEPS[4]
    assert colour(-9.0, 1.0) == STEPS[0]
    assert colour(9.0, 1.0) == STEPS[-1]
    assert scale(np.zeros(5)) == scale(np.full(5, 1e-9)) == 0.01


@given(number, number)
def test_scale_is_round_and_positive(a, b):
    top = scale(np.array([a, b]))
    assert float(f"{top:.0e}") == pytest.approx(top)
    assert top > 0


@given(number, number, st.integers(2, 12))
def test_ticks_cover_are_even_and_few(a, b, count):
    low, high = min(a, b), max(a, b)
    if high - low <= 1e-6 * max(1.0, abs(low), abs(high)):
        return
    marks = ticks(low, high, count)
    step = marks[1] - marks[0]
    slack = 1e-6 * step
    assert marks[0] <= low + slack
    assert marks[-1] >= high - slack
    assert 2 <= len(marks) <= count + 3
    assert np.allclose(np.diff(marks), step, rtol=1e-6)
    assert min(abs(step / 10.0 ** np.floor(np.log10(step) + 1e-9) - m)
               for m in (1, 2, 2.5, 5, 10)) < 1e-3  # fmt: skip


@pytest.mark.parametrize("ends", [(0.0, 0.0), (1.0, 0.0), (0.0, np.nan), (-np.inf, 0.0)])
def test_ticks_refuse_an_axis_that_is_none(ends):
    with pytest.raises(ValueError, match="No axis from"):
        ticks(*ends)


@given(st.lists(st.tuples(number, number), max_size=4))
def test_any_bars_make_a_picture(values):
    bars = [Bar("a & <b>", ((Piece(0.0, v, "#000", '"<x>'),),), (v, w)) for v, w in values]
    text = bar_chart("t & <u>", bars, "unit", [("k <l>", "#fff")])
    assert "nan" not in text
    ET.fromstring(text)
