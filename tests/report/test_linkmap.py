"""Maps of links: well-formed SVG, lines where the links are, labels that do not overlap."""

import re
import xml.etree.ElementTree as ET
from datetime import date

import numpy as np
import pandas as pd
import pytest

from entrepot.channels.routes import Network, atlas
from entrepot.core.errors import ValueRangeError
from entrepot.report.lanes import follow, load_lanes
from entrepot.report.linkmap import CLOSING, LANE, TRAFFIC, classes, closing_map, traffic_map
from entrepot.report.linkmap_draw import short, title_of
from entrepot.report.linkmap_labels import Wish, place
from entrepot.report.linkmap_strokes import great_circle, parts, strokes
from entrepot.report.linkmap_view import around, view_of
from entrepot.report.projection import WIDTH, to_drawing

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def net() -> Network:
    """Two ways from Genoa to Mumbai: by Suez, as four legs at sea, and by land over Tehran."""
    nodes = pd.DataFrame(
        [("Genoa", 8.9, 44.4, "port"), ("Mumbai", 72.8, 18.9, "port"),
         ("Tehran", 51.4, 35.7, "city"), ("north", 32.1, 31.7, "passage"),
         ("south", 34.5, 27.0, "passage"),
         ("gate", 43.3, 12.7, "passage"), ("gulf", 45.0, 12.0, "passage")],
        columns=["name", "lon", "lat", "kind"],
    )  # fmt: skip
    links = pd.DataFrame(
        [("Genoa - north", "Genoa", "north", "sea"), ("suez", "north", "south", "sea"),
         ("south - gate", "south", "gate", "sea"), ("bab-el-mandeb", "gate", "gulf", "sea"),
         ("gulf - Mumbai", "gulf", "Mumbai", "sea"), ("rail-west", "Genoa", "Tehran", "rail"),
         ("road-east", "Tehran", "Mumbai", "road"), ("rail-east", "Tehran", "Mumbai", "rail")],
        columns=["name", "tail", "head", "mode"],
    )  # fmt: skip
    return Network.from_tables(nodes, links)


def titles(svg: str) -> dict[str, str]:
    """Texts that show when the pointer rests on a line, by name of the link."""
    told = [t.text or "" for t in ET.fromstring(svg).iter(f"{SVG}title")]
    return dict(t.split(": ", 1) for t in told)


def colours(svg: str) -> dict[str, str]:
    paths = ET.fromstring(svg).iter(f"{SVG}path")
    return {
        (p.find(f"{SVG}title").text or "").split(":")[0]: p.attrib["stroke"]  # type: ignore[union-attr]  # asked for above
        for p in paths
        if p.find(f"{SVG}title") is not None
    }


def test_both_directions_make_one_line(net: Network) -> None:
    flow = np.arange(1.0, len(net.links) + 1)
    svg = traffic_map(net, flow, "Mt a year")
    suez = flow[net.select(["suez"])].sum()
    assert titles(svg)["Suez"] == f"{short(suez)} Mt a year"
    assert {"Rail West", "Road East", "Rail East", "Bab el Mandeb"} <= titles(svg).keys()
    assert "Suez 7" in svg
    assert "Genoa - north" not in svg


def test_colours_follow_what_they_show(net: Network) -> None:
    flow = np.full(len(net.links), 10.0)
    flow[net.select(["rail-west"])] = 0.01
    by_traffic = colours(traffic_map(net, flow, "Mt a year"))
    assert by_traffic["Suez"] == TRAFFIC[-1]
    assert by_traffic["Rail West"] == TRAFFIC[0]
    cost = {"suez": 100.0, "rail-west": 0.1, "rail-east": np.inf}
    svg = closing_map(net, flow, cost, "Mt a year", "bn USD a year")
    by_cost = colours(svg)
    assert by_cost["Suez"] == by_cost["Rail East"] == CLOSING[-1]
    assert by_cost["Rail West"] == CLOSING[0]
    assert by_cost["Road East"] == LANE
    assert "Rail East cuts trade off" in svg


def test_closed_links_are_dotted_and_links_without_traffic_left_out(net: Network) -> None:
    flow = np.full(len(net.links), 10.0)
    for name in ("suez", "road-east"):
        flow[net.select([name])] = 0.0
    told = titles(traffic_map(net, flow, "Mt", closed=net.select(["suez"])))
    assert told["Suez"] == "closed"
    assert "Road East" not in told
    assert "closed</text>" in traffic_map(net, flow, "Mt", closed=net.select(["suez"]))
    assert "closed</text>" not in traffic_map(net, flow, "Mt")


def test_sea_legs_follow_lanes_and_only_a_passage_runs_through_itself(net: Network) -> None:
    lanes = load_lanes()
    found = follow(net, np.arange(len(net.links)))
    assert all(net.mode[k] == "sea" for k in found)
    for k, pieces in found.items():
        passages = {lanes.passage[p] for p in pieces} - {""}
        assert passages <= {net.links[k]}
    (suez, *_) = np.flatnonzero(net.select(["suez"]))
    assert "suez" in {lanes.passage[p] for p in found[int(suez)]}
    # from Genoa eastwards: the lanes stay in the Mediterranean
    (leg, *_) = np.flatnonzero(net.select(["Genoa - north"]))
    points = np.vstack([lanes.lines[p] for p in found[int(leg)]])
    assert (points[:, 0] > 5).all()
    assert (points[:, 0] < 36).all()


def test_every_sea_leg_of_the_bundled_network_has_its_lane() -> None:
    net = atlas(date(2023, 7, 1), "container")
    sea = np.flatnonzero(np.array(net.mode) == "sea")
    drawn = follow(net, sea)
    left = {net.links[k] for k in sea if int(k) not in drawn and net.km[k] > 500}
    assert left <= {"northern-sea-route"}  # ice: no lanes there


def test_lanes_hang_together() -> None:
    lanes = load_lanes()
    assert "searoute" in lanes.source
    assert {"suez", "panama", "malacca", "hormuz"} <= set(lanes.passage)
    for (a, b), line in zip(lanes.ends, lanes.lines, strict=True):
        np.testing.assert_array_equal(line[0], lanes.nodes[a])
        np.testing.assert_array_equal(line[-1], lanes.nodes[b])
    assert (lanes.km >= 0).all()


def test_traffic_of_legs_adds_up_on_common_lanes(net: Network) -> None:
    flow = np.zeros(len(net.links))
    flow[net.select(["Genoa - north"])] = 2.0
    pieces = [s for s in strokes(net, flow, flow * np.nan, flow < 0) if not s.name]
    assert {s.flow for s in pieces} == {4.0}


def test_a_part_of_the_world_shows_places_and_less_land(net: Network) -> None:
    flow = np.full(len(net.links), 10.0)
    whole = traffic_map(net, flow, "Mt")
    part = traffic_map(net, flow, "Mt", part=(25.0, 10.0, 80.0, 45.0))
    assert len(part) < len(whole)
    assert "Tehran</text>" in part
    assert "Tehran</text>" not in whole
    assert "Genoa</text>" not in part
    west, south, east, north = around(net, net.select(["rail-east"]))
    assert west < 51.4 < 72.8 < east
    assert south < 18.9 < 35.7 < north
    view = view_of((west, south, east, north))
    inside = view.to(to_drawing(np.array([[51.4, 35.7], [72.8, 18.9], [-100.0, 40.0]])))
    np.testing.assert_array_equal(view.shows(inside), [True, True, False])


def test_a_line_over_the_date_line_is_cut() -> None:
    one, two = parts(np.array([[170.0, 10.0], [-170.0, 30.0]]))
    assert np.ptp(one[:, 0]) < 60
    assert np.ptp(two[:, 0]) < 60
    edge = to_drawing(np.array([[180.0, 20.0], [-180.0, 20.0]]))
    np.testing.assert_allclose(one[-1], edge[0])
    np.testing.assert_allclose(two[0], edge[1])
    assert one[:, 0].max() <= WIDTH


def test_long_links_follow_the_great_circle() -> None:
    a, b = np.array([0.0, 60.0]), np.array([90.0, 60.0])
    way = great_circle(a, b)
    np.testing.assert_allclose(way[[0, -1]], [a, b], atol=1e-9)
    top = np.degrees(np.arctan(np.tan(np.radians(60)) / np.cos(np.radians(45))))
    assert way[:, 1].max() == pytest.approx(top, abs=1e-9)
    np.testing.assert_array_equal(great_circle(a, np.array([1.0, 60.0])), [a, [1.0, 60.0]])


def test_labels_never_overlap_and_stay_inside() -> None:
    rng = np.random.default_rng(0)
    area = (0.0, 0.0, 400.0, 200.0)
    wishes = [
        Wish(f"label {k}", (x, y), 12.0) for k, (x, y) in enumerate(rng.uniform(0, 200, (40, 2)))
    ]
    labels = place(wishes, area, np.zeros((0, 3)))
    assert 10 < len(labels) < 40
    for k, one in enumerate(labels):
        left, top, right, bottom = one.box
        assert 0 <= left < right <= 400
        assert 0 <= top < bottom <= 200
        for other in labels[:k]:
            a, b, c, d = other.box
            assert right < a or c < left or bottom < b or d < top


def test_labels_avoid_busy_lines() -> None:
    wall = np.column_stack([np.full(200, 60.0), np.linspace(0, 200, 200), np.full(200, 1.0)])
    (label,) = place([Wish("word", (50.0, 100.0), 12.0)], (0.0, 0.0, 300.0, 200.0), wall)
    assert label.box[2] < 60


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        ([4465.0, 1.0, 30.0], [20.0, 100.0, 500.0, 2000.0]),
        ([1.45, 0.001], [0.005, 0.02, 0.1, 0.5]),
        ([7.0], []),
        ([0.0, np.nan], []),
        ([np.inf, 3.0, 0.5], [1.0, 2.0]),
    ],
)
def test_classes_are_round(values: list[float], bounds: list[float]) -> None:
    found = classes(np.array(values), 5)
    if values[0] == np.inf:
        assert found
        assert max(found) <= 3.0
    else:
        assert found == bounds


def test_numbers_and_names_are_for_people() -> None:
    assert [short(x) for x in (1234.5, 87.3, 9.96, 0.0012345)] == ["1,234", "87", "10", "0.0012"]
    assert title_of("bab-el-mandeb") == "Bab el Mandeb"
    assert title_of("Genoa - Milan") == "Genoa - Milan"


def test_text_of_users_is_escaped(net: Network) -> None:
    flow = np.full(len(net.links), 10.0)
    svg = traffic_map(net, flow, "Mt", titles={"suez": "<b>&"}, title="<script>")
    assert "<b>" not in svg
    assert "<script>" not in svg
    ET.fromstring(svg)
    assert re.search(r"&lt;b&gt;&amp; 20", svg)


def test_odd_input_is_refused(net: Network) -> None:
    flow = np.full(len(net.links), 10.0)
    with pytest.raises(ValueRangeError, match="one number of at least 0") as found:
        traffic_map(net, -flow, "Mt", closed=np.zeros(2, dtype=bool))
    assert len(found.value.problems) == 2
    with pytest.raises(ValueRangeError, match="west < east"):
        traffic_map(net, flow, "Mt", part=(80.0, 10.0, 25.0, 45.0))


def test_an_empty_network_of_traffic_still_draws_the_land(net: Network) -> None:
    svg = traffic_map(net, np.zeros(len(net.links)), "Mt")
    ET.fromstring(svg)
    assert "all</text>" in svg
