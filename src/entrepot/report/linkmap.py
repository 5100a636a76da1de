"""Maps of links as SVG: how much goes over each, and what closing each would cost.

Widths show traffic in both.  Pieces of open sea, which nobody closes, stay grey where colour shows
the cost of closing.  Colours run from light to dark, so that they can be told apart in print and
without colour vision.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from entrepot.channels.routes import Network
from entrepot.core.errors import ValueRangeError
from entrepot.report.linkmap_draw import Key, draw, short
from entrepot.report.linkmap_strokes import Stroke, strokes
from entrepot.report.linkmap_view import Frame, View, view_of

LANE = "#b4c3d1"
TRAFFIC = ("#9ecae1", "#5ba3cf", "#2f7ebc", "#14549b", "#08244f")
CLOSING = ("#f7c97c", "#ee9a3f", "#d3652b", "#9c3420", "#4f1212")


def classes(values: np.ndarray, count: int) -> list[float]:
    """Round bounds between at most `count` classes, downwards from the largest value.

    Each is a quarter or a fifth of the one above: 1000, 200, 50, 10.
    """
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return []
    round_numbers = [m * 10.0**k for k in range(-12, 16) for m in (1, 2, 5)]
    top = max(k for k, bound in enumerate(round_numbers) if bound <= values.max() / 1.5)
    bounds = [float(f"{round_numbers[top - 2 * k]:.0e}") for k in reversed(range(count - 1))]
    return [bound for bound in bounds if bound > values.min()]


def traffic_map(
    network: Network,
    traffic: np.ndarray,
    unit: str,
    *,
    closed: np.ndarray | None = None,
    part: Frame | None = None,
    top: int = 10,
    title: str = "Traffic on links",
    titles: Mapping[str, str] | None = None,
) -> str:
    """SVG map of links coloured by traffic.

    Parameters
    ----------
    network : places and links
    traffic : (link,) what goes over each link in its direction, >= 0
    unit : of `traffic`, for the legend
    closed : (link,) bool, links drawn as closed; None: no link
    part : west, south, east, north in degrees; None: the world
    top : how many of the busiest links that have a name of their own get a label
    title : of the map
    titles : name of a link -> name for people; else that of `title_of`

    """
    flow, shut = _checked(network, traffic, closed)
    view = view_of(part)
    drawn = _in_sight(strokes(network, flow, np.full(len(flow), np.nan), shut), view)
    bounds = classes(np.array([s.flow for s in drawn if not s.closed]), len(TRAFFIC))
    colours = [TRAFFIC[np.searchsorted(bounds, s.flow, "right")] for s in drawn]
    plain = {f"{network.nodes[a]} - {network.nodes[b]}"
             for a, b in zip(network.tail, network.head, strict=True)}  # fmt: skip
    named = [s for s in drawn if s.name and s.name not in plain and not s.closed]
    labels = [(s, short(s.flow)) for s in sorted(named, key=lambda s: -s.flow)]
    key = Key(f"traffic, both directions, {unit}", TRAFFIC, bounds)
    return draw(title, list(zip(drawn, colours, strict=True)), labels, top,
                key, unit, view, network, titles or {})  # fmt: skip


def closing_map(
    network: Network,
    traffic: np.ndarray,
    cost: Mapping[str, float],
    unit: str,
    cost_unit: str,
    *,
    closed: np.ndarray | None = None,
    part: Frame | None = None,
    top: int = 10,
    title: str = "What closing a link would cost",
    titles: Mapping[str, str] | None = None,
) -> str:
    """SVG map of links coloured by what closing each would cost; widths show traffic.

    Parameters
    ----------
    network, traffic, unit, closed, part, title, titles : as in `traffic_map`
    cost : name of a link -> cost of closing it; np.inf: trade is cut off; other links stay grey
    cost_unit : of `cost`, for the legend
    top : how many of the dearest get a label

    """
    flow, shut = _checked(network, traffic, closed)
    value = np.array([cost.get(name, np.nan) for name in network.links], dtype=float)
    view = view_of(part)
    drawn = _in_sight(strokes(network, flow, value, shut), view)
    bounds = classes(np.array([s.value for s in drawn if not s.closed]), len(CLOSING))
    colours = [
        LANE if np.isnan(s.value) else CLOSING[np.searchsorted(bounds, s.value, "right")]
        for s in drawn
    ]
    known = [s for s in drawn if s.name and not s.closed and s.value > 0]
    ranked = sorted(known, key=lambda s: (-s.value, -s.flow))
    labels = [(s, "cuts trade off" if np.isinf(s.value) else short(s.value)) for s in ranked]
    key = Key(f"if closed: {cost_unit}", CLOSING, bounds)
    return draw(title, list(zip(drawn, colours, strict=True)),
                labels, top, key, unit, view, network, titles or {})  # fmt: skip


def _in_sight(drawn: list[Stroke], view: View) -> list[Stroke]:
    """Strokes that the map shows; widths and classes go by these alone."""
    return [s for s in drawn if any(view.near(view.to(line)) for line in s.lines)]


def _checked(
    network: Network, traffic: np.ndarray, closed: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    flow, size = np.asarray(traffic, dtype=float), len(network.links)
    shut = np.zeros(size, dtype=bool) if closed is None else np.asarray(closed)
    problems = []
    if flow.shape != (size,) or not (np.isfinite(flow) & (flow >= 0)).all():
        problems.append(f"traffic is {flow.shape}, smallest {flow.min(initial=0):g}; give one "
                        f"number of at least 0 for each of the {size} links.")  # fmt: skip
    if shut.shape != (size,) or shut.dtype != bool:
        problems.append(f"closed is {shut.dtype} {shut.shape}; give one bool for each of the "
                        f"{size} links.")  # fmt: skip
    if problems:
        raise ValueRangeError.collect("map of links", problems)
    return flow, shut
