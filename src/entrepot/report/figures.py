"""Charts of a run."""

from __future__ import annotations

import numpy as np

from entrepot.report.summary import BILLION, Summary, economy_name
from entrepot.report.svg import Bar, Piece, bar_chart
from entrepot.report.words import money, percent
from entrepot.study import Run

LOSS, GAIN = "#b2432f", "#2f6f9f"
SECTOR_COLOURS = ("#2f6f9f", "#e0a030", "#6a9f58", "#8b5a9f", "#b2432f", "#a9b1b9")
ROWS = 10


def affected(summary: Summary) -> str:
    """Ten most affected economies: welfare change with the range over the variants."""
    bars = []
    for _, row in summary.most_affected.iterrows():
        value = float(row["percent"])
        colour = LOSS if value < 0 else GAIN
        label = f"{row['name']}: {percent(value)}"
        piece = Piece(0.0, value, colour, label)
        bars.append(Bar(row["name"], ((piece,),), (float(row["low"]), float(row["high"]))))
    unit = "change of welfare, per cent; thin line: range over elasticities and behaviour"
    return bar_chart("The ten most affected economies", bars, unit)


def _colours(top: int) -> tuple[str, ...]:
    """One colour for each of the `top` sectors, and grey for all others."""
    return SECTOR_COLOURS[:top] + SECTOR_COLOURS[-1:]


def _stack(values: np.ndarray, top: list[int], names: list[str], faint: bool,
           word: str) -> tuple[Piece, ...]:  # fmt: skip
    """Pieces of one bar: the `top` sectors, then all others."""
    rest = np.delete(values, top).sum()
    sizes, colours = [*values[top], rest], _colours(len(top))
    pieces, left = [], 0.0
    for size, colour, name in zip(sizes, colours, names, strict=True):
        if size > 0:
            label = f"{name}, {word}: {money(float(size))} bn USD"
            pieces.append(Piece(left, left + float(size), colour, label, faint))
            left += float(size)
    return tuple(pieces)


def partners(run: Run, target: str, direction: str) -> str:
    """Trade of the target by partner and sector: upper pale bar before, lower bar after."""
    world = run.world
    i = world.regions.index(target)
    own = i if direction == "exports" else (slice(None), i)
    before, after = (flow[own] / BILLION for flow in run.flows())
    abroad = np.array(world.regions) != target
    before, after = before * abroad[:, None], after * abroad[:, None]
    rows = np.argsort(-np.maximum(before.sum(1), after.sum(1)))[:ROWS]
    size = np.maximum(before.sum(0), after.sum(0))
    top = [int(k) for k in np.argsort(-size)[: len(SECTOR_COLOURS) - 1]]
    names = [*(world.sector_titles[k] for k in top), "other sectors"]
    bars = [Bar(world.region_titles[i],
                (_stack(before[i], top, names, True, "before"),
                 _stack(after[i], top, names, False, "after")))
            for i in rows]  # fmt: skip
    word = "Exports of" if direction == "exports" else "Imports of"
    return bar_chart(f"{word} {economy_name(world, target)} by partner and sector", bars,
                     "bn USD a year at world prices; upper pale bar: before, lower bar: after",
                     list(zip(names, _colours(len(top)), strict=True)))  # fmt: skip


def prices(run: Run, summary: Summary) -> str:
    """Largest changes of buyers' price indices in the most restricted sectors."""
    bars = []
    for sector in list(dict.fromkeys(summary.prices["sector"]))[:3]:
        title = run.world.sector_titles[run.world.sectors.index(sector)]
        frame = summary.prices[summary.prices["sector"] == sector].iloc[:6]
        for _, row in frame.sort_values("percent", ascending=False).iterrows():
            value, name = float(row["percent"]), economy_name(run.world, row["economy"])
            piece = Piece(0.0, value, LOSS if value > 0 else GAIN, f"{title}: {percent(value)}")
            bars.append(Bar(f"{name}, {sector}", ((piece,),)))
    unit = "change of the price index, per cent, against world factor income"
    return bar_chart("Prices that buyers pay", bars, unit)
