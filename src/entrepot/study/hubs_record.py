"""What customs recorded of hubs after the measures of 2022, beside what the model says.

The model starts from a world before the measures (2017) and gets no number of the record.  Its
change is that of the measures alone; the record also holds everything else that happened, so that
the growth of the Union's exports to all other partners is taken off it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import pandas as pd

from entrepot.core.errors import ScenarioError
from entrepot.results.recorded import Recorded
from entrepot.scenario.labels import builtin_groups

TABLE: Final = "hubs_record.csv"
SERIES: Final = {
    "eu_exports": "exports of the Union to the hub (Eurostat), mn euro",
    "imports_from_eu": "imports of the hub from the Union (its own customs), mn euro",
    "exports_to_russia": "exports of the hub to Russia (its own customs), mn USD",
}
BEFORE: Final = (2019, 2020, 2021)
AFTER: Final = (2023, 2022)
"""The first of these years that a series has."""
RUSSIA: Final = "RUS"
NEIGHBOURS: Final = ("ARM", "KAZ", "KGZ", "UZB")
LEVELS: Final = ((0.2, "far too low"), (0.67, "too low"), (1.5, "about right"), (5.0, "too high"))
"""Words for a ratio of predicted to recorded excess up to each bound; above, far too high."""


@cache
def hub_record() -> pd.DataFrame:
    """Return the table: ``series`` (see `SERIES`), ``hub``, ``year``, ``value``."""
    text = files("entrepot.study").joinpath(TABLE)
    with text.open("r", encoding="utf-8") as handle:
        return pd.read_csv(handle)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HubComparison:
    """Predicted and recorded changes, hub by hub.

    Attributes
    ----------
    table : one row for each series and hub: ``series``, ``hub``; ``predicted`` change in per
        cent, ``through`` the part of it that goods on their way make (the rest is what the
        measures do to the hub's own trade); ``recorded`` change; ``excess`` recorded change less
        that of the Union's exports to other partners; ``predicted_mn``, ``through_mn``,
        ``excess_mn`` the same in millions (USD of the world's year; units of the series);
        ``ratio`` of predicted to excess change; ``direction`` whether both have the same sign;
        ``after`` year of the record
    scores : one row for each series: ``hubs``, ``same_direction`` share, ``rank`` correlation of
        Spearman of predicted and excess changes, ``rank_through`` the same of the part on its
        way, ``ratio`` median
    replaced : what the neighbours in the record gained from the Union, over what Russia lost:
        ``predicted``, ``recorded_by_union`` and ``recorded_by_neighbours`` (excess changes)

    """

    table: pd.DataFrame
    scores: pd.DataFrame
    replaced: dict[str, float]

    def __repr__(self) -> str:
        """Scores in one line."""
        parts = [f"{r.series}: rank {r.rank:.2f}, ratio {r.ratio:.2f}"
                 for r in self.scores.itertuples()]  # fmt: skip
        return f"<HubComparison {'; '.join(parts)}>"

    def replaced_text(self) -> str:
        """`replaced` in words."""
        names = ", ".join(NEIGHBOURS)
        return (
            f"Of each 100 that Russia lost from the Union, {names} gained "
            f"{100 * self.replaced['predicted']:.1f} in the model; on record "
            f"{100 * self.replaced['recorded_by_union']:.1f} by the Union's customs and "
            f"{100 * self.replaced['recorded_by_neighbours']:.1f} by their own."
        )

    def level_text(self, series: str) -> str:
        """How far the levels of one series are from the record, in a plain sentence."""
        found = self.scores.loc[self.scores["series"] == series, "ratio"]
        ratio = float(found.to_numpy(dtype=float)[0])
        word = next((w for bound, w in LEVELS if ratio <= bound), "far too high")
        if not np.isfinite(ratio):
            return "Levels cannot be compared: the median hub trades nothing in this world."
        if ratio < 0:
            return "Levels are wrong: the median hub moves away from its recorded excess."
        return f"Levels are {word}: the median hub has {ratio:.0%} of its recorded excess."


def compare_hubs(found: Recorded) -> HubComparison:
    """Hold recorded trade of a solution with ways to Russia against the record.

    Raises
    ------
    ScenarioError : nothing passes hubs, or nothing that it bans goes to Russia

    """
    plan = found.plan
    if plan is None or RUSSIA not in {plan.regions[k] for k in np.unique(plan.cells[:, 1])}:
        raise ScenarioError(
            "The record is of goods for Russia through its neighbours, and the scenario lets no "
            "banned goods for RUS pass hubs. Add a measure of the kind 'evasion' with targets "
            "[RUS]."
        )
    union = [i for i, r in enumerate(plan.regions) if r in _members()]
    flows = found.solution.world.trade_flows(), found.trade, found.on_the_way()
    before, after, way = (t.sum(axis=2) for t in flows)
    russia = plan.regions.index(RUSSIA)
    rows = []
    for series in SERIES:
        record = _recorded(series)
        for hub in record.index:
            if hub not in plan.regions:
                continue
            k = plan.regions.index(hub)
            at = (k, russia) if series == "exports_to_russia" else (union, k)
            old, new, on_way = (float(t[at].sum()) for t in (before, after, way))
            rows.append(_row(series, hub, old, new, on_way, record.loc[hub]))
    table = pd.DataFrame(rows)
    return HubComparison(table, _scores(table[table["hub"] != RUSSIA]), _replaced(table))


def _members() -> tuple[str, ...]:
    return builtin_groups()["EU27"].at(None)


def _replaced(table: pd.DataFrame) -> dict[str, float]:
    """What neighbours gained over what Russia lost; neighbours that a world lacks count as 0."""
    near, union = table["hub"].isin(NEIGHBOURS), table["series"] == "eu_exports"
    lost = table[union & (table["hub"] == RUSSIA)].iloc[0]
    own = near & (table["series"] == "imports_from_eu")
    gained = {
        "predicted": ("predicted_mn", near & union),
        "recorded_by_union": ("excess_mn", near & union),
        "recorded_by_neighbours": ("excess_mn", own),
    }
    return {k: -float(table[column][rows].sum()) / float(lost[column])
            for k, (column, rows) in gained.items()}  # fmt: skip


def _recorded(series: str) -> pd.DataFrame:
    """Per hub: mean before, value after, the year, and growth of exports to others."""
    rows = hub_record().query("series == @series and hub != 'OTHERS'")
    wide = rows.pivot_table(index="hub", columns="year", values="value")
    others = hub_record().query("hub == 'OTHERS'").set_index("year")["value"]
    out = pd.DataFrame({"before": wide[[y for y in BEFORE if y in wide]].mean(axis=1)})
    years = [next(y for y in AFTER if y in wide and wide.loc[h, y] == wide.loc[h, y])
             for h in wide.index]  # fmt: skip
    out["year"] = years
    out["after"] = [float(wide.loc[h, y]) for h, y in zip(wide.index, years, strict=True)]
    out["trend"] = [float(others[y] / others[list(BEFORE)].mean()) for y in years]
    return out


def _row(series: str, hub: str, old: float, new: float, way: float,
         record: pd.Series) -> dict[str, object]:  # fmt: skip
    predicted = 100.0 * (new / old - 1.0)
    change = record["after"] / record["before"]
    excess = 100.0 * (change - record["trend"])
    return {
        "series": series,
        "hub": hub,
        "predicted": predicted,
        "through": 100.0 * way / old,
        "recorded": 100.0 * (change - 1.0),
        "excess": excess,
        "predicted_mn": new - old,
        "through_mn": way,
        "excess_mn": record["after"] - record["trend"] * record["before"],
        "ratio": predicted / excess,
        "direction": bool(predicted * excess > 0),
        "after": int(record["year"]),
    }


def _scores(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for series, part in table.groupby("series", sort=False):
        excess = part["excess"].rank()
        rows.append({
            "series": series,
            "hubs": len(part),
            "same_direction": float(part["direction"].mean()),
            "rank": float(part["predicted"].rank().corr(excess)),
            "rank_through": float(part["through"].rank().corr(excess)),
            "ratio": float(part["ratio"].median()),
        })  # fmt: skip
    return pd.DataFrame(rows)
