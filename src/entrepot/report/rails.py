"""The picture of payments: over which rails trade is settled, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from entrepot.channels.payments import PaymentsOutcome
from entrepot.report.svg import PALETTE, Bar, Piece, bar_chart

ECONOMIES: Final = 8
WORTH_A_BAR: Final = 1e-3
WHEN: Final = ("before", "after")


def rails_chart(outcome: PaymentsOutcome, titles: Mapping[str, str]) -> str:
    """SVG of shares of rails in the trade of the world and of the economies that change most."""
    shares = outcome.dependence().values
    moved = np.abs(shares[1] - shares[0]).sum(axis=1)
    rows = [int(k) for k in np.argsort(-moved, kind="stable")[:ECONOMIES] if moved[k] > WORTH_A_BAR]
    world = np.stack([outcome.use_before, outcome.use_after])
    names = outcome.rails.rails
    bars = [Bar("World", _lines(world, names))]
    for k in rows:
        code = outcome.rails.economies[k]
        bars.append(Bar(titles.get(code, code), _lines(shares[:, k], names)))
    unit = "share of exports and imports, per cent; upper pale bar: before, lower bar: after"
    key = [(name, _colour(r)) for r, name in enumerate(names)]
    return bar_chart("Rails over which trade is paid", bars, unit, key)


def _colour(rail: int) -> str:
    return PALETTE[rail % len(PALETTE)]


def _lines(shares: np.ndarray, names: tuple[str, ...]) -> tuple[tuple[Piece, ...], ...]:
    """Stacked pieces, one line before and one after."""
    lines = []
    for when, row in zip(WHEN, 100 * shares, strict=True):
        ends = np.cumsum(row)
        lines.append(tuple(
            Piece(float(end - part), float(end), _colour(r), f"{names[r]}, {when}: {part:.3g} %",
                  when == "before")
            for r, (part, end) in enumerate(zip(row, ends, strict=True)) if part > 0
        ))  # fmt: skip
    return tuple(lines)
