"""Scores of modelled against recorded volumes and prices, and their text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

KEYS: Final = ["series", "buyer", "year"]
VOLUME: Final = "kb/d"
UNSCORED: Final = ("brent",)
"""What holds much else than the measures: shown, not scored."""
SMALL: Final = 1.0
"""Points below which a recorded change has no direction."""


def comparison(
    record: pd.DataFrame, central: pd.DataFrame, draws: Sequence[pd.DataFrame], base: int
) -> pd.DataFrame:
    """Put what was recorded beside what was modelled.

    Returns
    -------
    table : for each series, buyer and year after the base year: ``base_recorded``, ``recorded``,
        ``base_modelled``, ``modelled`` with ``low`` and ``high`` over the draws, in `unit`;
        ``change_recorded``, ``change_modelled`` since the base year and ``error``, their
        difference, in points: exports of exports in the base year (of the record, or of the
        model, whose levels differ), flows of recorded exports, discounts of Brent; ``direction``
        whether the changes have one sign (None for a small recorded one);
        ``inside`` whether the recorded change is within the range of the draws (None without)

    """
    wide = record.set_index(KEYS)["value"]
    made = [frame.set_index(KEYS)["value"] for frame in (central, *draws)]
    rows = []
    for r in record.to_dict("records"):
        series, buyer, year, unit, value = (r[k] for k in (*KEYS, "unit", "value"))
        key = ("exports" if series.startswith("exports") else series, buyer, year)
        if year == base or key not in made[0].index:
            continue
        scale = _scales(wide, made, series, unit, base)
        first = float(wide[series, buyer, base])
        before = [float(m[key[0], buyer, base]) for m in made]
        after = [float(m[key]) for m in made]
        changes = [100.0 * (b - a) / s for a, b, s in zip(before, after, scale[1:], strict=True)]
        change = 100.0 * (float(value) - first) / scale[0]
        rows.append({
            "episode": r["episode"], "series": series, "buyer": buyer, "year": year,
            "unit": unit, "base_recorded": first, "recorded": float(value),
            "base_modelled": before[0], "modelled": after[0],
            "low": min(after), "high": max(after),
            "change_recorded": change, "change_modelled": changes[0],
            "error": changes[0] - change, "direction": _direction(changes[0], change),
            "inside": min(changes) <= change <= max(changes) if draws else None,
            "scored": series not in UNSCORED,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _scales(
    wide: pd.Series, made: Sequence[pd.Series], series: str, unit: str, base: int
) -> list[float]:
    """What 100 points are: in the record, then in each replay."""
    if unit != VOLUME:
        return [100.0 if unit.startswith("%") else 1.0] * (len(made) + 1)
    if not series.startswith("exports"):
        return [float(wide["exports", "all", base])] * (len(made) + 1)
    own = [float(m["exports", "all", base]) for m in made]
    return [float(wide[series, "all", base]), *own]


def _direction(modelled: float, recorded: float) -> bool | None:
    return None if abs(recorded) < SMALL else bool(modelled * recorded > 0)


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """Scores of each episode.

    Returns
    -------
    scores : ``volumes`` how many; ``error`` mean absolute error, points of base exports;
        ``no_change`` the same of a forecast that nothing changes; ``skill`` 1 - error / no_change
        (1 is perfect, 0 as good as that forecast); ``direction`` share of changes with the right
        sign; ``rank_of_buyers``, ``rank_of_changes`` mean over the years of Spearman's rank
        correlation of buyers' levels and changes; ``inside`` share of recorded changes within the
        range of the draws (NaN without); ``discount_error`` mean absolute error, points of Brent
        (NaN without a record)

    """
    rows = []
    for episode, part in table.groupby("episode", sort=False):
        volumes = part[part["scored"] & (part["unit"] == VOLUME)]
        prices = part[part["scored"] & (part["unit"] != VOLUME)]
        both = pd.concat([volumes, prices])
        error, none = volumes["error"].abs().mean(), volumes["change_recorded"].abs().mean()
        known = both["direction"].dropna()
        rows.append({
            "episode": episode,
            "volumes": len(volumes),
            "error": float(error),
            "no_change": float(none),
            "skill": float(1.0 - error / none),
            "direction": float(known.astype(float).mean()),
            "rank_of_buyers": _rank(volumes, "modelled", "recorded"),
            "rank_of_changes": _rank(volumes, "change_modelled", "change_recorded"),
            "inside": float(both["inside"].dropna().astype(float).mean()),
            "discount_error": float(prices["error"].abs().mean()) if len(prices) else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _rank(volumes: pd.DataFrame, one: str, two: str) -> float:
    """Mean rank correlation of buyers over years in which three or more are known and differ."""
    flows = volumes[volumes["series"] == "flow"]
    ranks = [part[[one, two]].rank() for _, part in flows.groupby("year") if len(part) > 2]
    found = [float(r[one].corr(r[two])) for r in ranks if (r.std() > 0).all()]
    return float(np.mean(found)) if found else float("nan")


def table_text(table: pd.DataFrame) -> str:
    """Return the comparison as lines of text."""
    lines = [f"{'episode':<12} {'series':<21} {'buyer':<5} {'year':>4} {'base rec.':>9} "
             f"{'recorded':>9} {'base mod.':>9} {'modelled':>9} {'low':>7} {'high':>7} "
             f"{'error':>7}  {'direction':<9} unit"]  # fmt: skip
    for r in table.itertuples():
        said = "small" if r.direction is None else ("right" if r.direction else "WRONG")
        error = f"{r.error:>7.1f}" if r.scored else f"{'':>7}"
        lines.append(
            f"{r.episode:<12} {r.series:<21} {r.buyer:<5} {r.year:>4} {r.base_recorded:>9.1f} "
            f"{r.recorded:>9.1f} {r.base_modelled:>9.1f} {r.modelled:>9.1f} {r.low:>7.1f} "
            f"{r.high:>7.1f} {error}  {said if r.scored else 'unscored':<9} {r.unit}"
        )
    return "\n".join(lines)


def scores_text(found: pd.DataFrame) -> str:
    """Return the scores as lines of text."""
    lines = [f"{'episode':<12} {'volumes':>7} {'error':>6} {'no change':>9} {'skill':>6} "
             f"{'direction':>9} {'rank':>6} {'rank of changes':>15} {'inside':>7} "
             f"{'discount':>9}"]  # fmt: skip
    lines += [
        f"{r.episode:<12} {r.volumes:>7} {r.error:>6.1f} {r.no_change:>9.1f} {r.skill:>6.2f} "
        f"{r.direction:>9.2f} {r.rank_of_buyers:>6.2f} {r.rank_of_changes:>15.2f} "
        f"{r.inside:>7.2f} {r.discount_error:>9.1f}"
        for r in found.itertuples()
    ]
    return "\n".join(lines)
