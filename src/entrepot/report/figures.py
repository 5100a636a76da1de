"""Charts of a run, as matplotlib figures that can be written as SVG or PNG."""

from __future__ import annotations

import io

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from entrepot.report.summary import BILLION, Summary, economy_name
from entrepot.study import Run

LOSS, GAIN, QUIET, INK = "#b2432f", "#2f6f9f", "#b9c2cb", "#25303b"
SECTOR_COLOURS = ("#2f6f9f", "#e0a030", "#6a9f58", "#8b5a9f", "#b2432f", "#c9ced4")
STYLE = {
    "font.family": "sans-serif", "font.size": 9, "axes.edgecolor": "#8a949e",
    "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10,
    "axes.titleweight": "bold", "axes.titlelocation": "left", "svg.fonttype": "none",
    "svg.hashsalt": "entrepot", "text.color": INK, "axes.labelcolor": INK,
}  # fmt: skip


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def affected(run: Run, summary: Summary) -> Figure:
    """Ten most affected economies: welfare change with the range over the variants."""
    frame = summary.most_affected.iloc[::-1]
    with rc_context(STYLE):
        figure = _figure(7.2, 3.6)
        axes = figure.subplots()
        at = np.arange(len(frame))
        value = frame["percent"].to_numpy()
        spread = np.abs(np.stack([value - frame["low"], frame["high"] - value]))
        axes.barh(at, value, color=np.where(value < 0, LOSS, GAIN), height=0.62)
        axes.errorbar(value, at, xerr=spread, fmt="none", ecolor=INK, elinewidth=1, capsize=3)
        axes.set_yticks(at, frame["name"])
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_xlabel("Change of welfare, per cent; line: range over elasticities and behaviour")
        axes.set_title("The ten most affected economies")
        axes.margins(y=0.02)
    return figure


def _top_sectors(before: np.ndarray, after: np.ndarray, count: int) -> list[int]:
    return [int(k) for k in np.argsort(-np.maximum(before.sum(0), after.sum(0)))[:count]]


def partners(run: Run, target: str, direction: str) -> Figure:
    """Before (upper, pale) and after (lower) of the target's trade by partner and sector."""
    world = run.world
    own, other = ("origin", "dest") if direction == "exports" else ("dest", "origin")
    flows = run.results.trade_flows[["baseline", "counterfactual"]].sel({own: target})
    before, after = (flows[k].transpose(other, "sector").values / BILLION
                     for k in ("baseline", "counterfactual"))  # fmt: skip
    i = world.regions.index(target)
    before, after = before.copy(), after.copy()
    before[i], after[i] = 0, 0
    rows = np.argsort(-np.maximum(before.sum(1), after.sum(1)))[:10][::-1]
    top = _top_sectors(before, after, len(SECTOR_COLOURS) - 1)
    with rc_context(STYLE):
        figure = _figure(7.2, 4.4)
        axes = figure.subplots()
        for data, shift, alpha in ((before, 0.2, 0.45), (after, -0.2, 1.0)):
            left = np.zeros(len(rows))
            for k, colour in zip([*top, None], SECTOR_COLOURS, strict=False):
                rest = np.delete(data, top, axis=1).sum(1)
                width = (rest if k is None else data[:, k])[rows]
                label = "other sectors" if k is None else world.sector_titles[k]
                axes.barh(np.arange(len(rows)) + shift, width, left=left, height=0.36, alpha=alpha,
                          color=colour, label=label if alpha == 1.0 else None)  # fmt: skip
                left += width
        axes.set_yticks(np.arange(len(rows)), [world.region_titles[j] for j in rows])
        axes.set_xlabel("bn USD a year at world prices; upper pale bar: before, lower bar: after")
        word = "Exports of" if direction == "exports" else "Imports of"
        axes.set_title(f"{word} {economy_name(world, target)} by partner and sector")
        axes.legend(fontsize=8, frameon=False, loc="lower right")
        axes.margins(y=0.02)
    return figure


def prices(run: Run, summary: Summary) -> Figure:
    """Largest changes of buyers' price indices in the restricted sectors."""
    sectors = list(dict.fromkeys(summary.prices["sector"]))[:3]
    with rc_context(STYLE):
        figure = _figure(7.2, 3.2)
        panels = figure.subplots(1, max(len(sectors), 1), squeeze=False)[0]
        for axes, sector in zip(panels, sectors, strict=False):
            frame = summary.prices[summary.prices["sector"] == sector].iloc[:8].iloc[::-1]
            value = frame["percent"].to_numpy()
            at = np.arange(len(frame))
            axes.barh(at, value, color=np.where(value > 0, LOSS, GAIN), height=0.62)
            axes.set_yticks(at, frame["economy"])
            axes.axvline(0, color=INK, linewidth=0.8)
            axes.set_title(run.world.sector_titles[run.world.sectors.index(sector)])
            axes.set_xlabel("per cent")
        if not sectors:
            panels[0].text(0.5, 0.5, "No sector is restricted", ha="center")
            panels[0].set_axis_off()
    return figure


def to_svg(figure: Figure) -> str:
    """SVG text of a figure, the same for the same figure."""
    buffer = io.StringIO()
    with rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
