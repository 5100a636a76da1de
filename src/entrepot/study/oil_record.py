"""Three episodes of sanctions on oil, replayed from the year before each, against the record.

The market of the base year gets the measures and nothing else that happened after: no demand, no
output of others, no price.  So the record also holds what the replay leaves out (the pandemic of
2020, growth of demand, other producers), and the level of Brent is shown but not scored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import pandas as pd

from entrepot.channels import oil
from entrepot.channels.oil import MonthOutcome, OilMarket
from entrepot.core.errors import NotSolvedError, ValueRangeError, did_you_mean
from entrepot.study.oil_record_measures import CHINA, EPISODES, EU, Episode, assumptions
from entrepot.study.oil_record_scores import comparison, scores, scores_text, table_text

TABLE: Final = "oil_record.csv"
BUYERS: Final[Mapping[str, tuple[str, ...]]] = {
    "EU": (*EU, "GBR"), "CHN": CHINA, "IND": ("IND",), "TUR": ("TUR",), "JPN": ("JPN",),
    "KOR": ("KOR",),
}  # fmt: skip
"""Buyers of the record and their refiners; the Union's are with the United Kingdom's."""
DRAWS: Final = 8
NOTES: Final = (
    "Errors are in points: of the seller's exports of the base year, or of Brent. Skill is 1 less "
    "the error over that of a forecast that nothing changes. Brent is not scored: the record holds "
    "everything else that happened, and no record says what Brent would have been. Gas is not "
    "replayed: the room has crude only."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OilRecord:
    """Modelled beside recorded, and what came of it.

    Attributes
    ----------
    table : one row for each episode, series, buyer and year (`oil_record_scores.comparison`)
    scores : one row for each episode (`oil_record_scores.scores`)
    draws : how many sets of parameters the ranges come from, for each episode
    failed : sets for which some month was not solved, for each episode

    """

    table: pd.DataFrame
    scores: pd.DataFrame
    draws: int
    failed: Mapping[str, int]

    def __repr__(self) -> str:
        """Scores in one line."""
        parts = [f"{r.episode}: skill {r.skill:.2f}, rank {r.rank_of_changes:.2f}"
                 for r in self.scores.itertuples()]  # fmt: skip
        return f"<OilRecord {'; '.join(parts)}>"

    def text(self) -> str:
        """Return the comparison, the scores and what they leave out."""
        names = self.scores["episode"]
        misses = "\n".join(f"{name}: {episode_of(name).misses}" for name in names)
        parts = [table_text(self.table), scores_text(self.scores), misses, NOTES]
        lost = sum(self.failed.values())
        ranges = f"Ranges are over {self.draws} sets of parameters for each episode"
        parts.append(ranges + (f", of which {lost} were not solved." if lost else "."))
        return "\n\n".join(parts)


@cache
def record() -> pd.DataFrame:
    """Return the record: episode, series, buyer, year, value, unit, source."""
    with files("entrepot.study").joinpath(TABLE).open("r", encoding="utf-8") as handle:
        return pd.read_csv(handle)


def oil_record(
    episodes: Sequence[str] = (),
    *,
    draws: int = DRAWS,
    seed: int = 0,
    months: int | None = None,
    report: Callable[[str, int, int], None] | None = None,
) -> OilRecord:
    """Replay episodes and score them.

    Parameters
    ----------
    episodes : names of `EPISODES`; all if left out
    draws : sets of parameters over their ranges, beside the central one
    seed : of the draws (Latin hypercube)
    months : only so many months of each
    report : told (what, done, total)

    Raises
    ------
    ValueRangeError : an unknown episode, or a number of draws or months that cannot be
    NotSolvedError : some month of a central replay was not solved

    """
    found = [episode_of(name) for name in episodes or [e.name for e in EPISODES]]
    if draws < 0 or (months is not None and months < 1):
        raise ValueRangeError(
            f"oil record: draws is {draws} and months is {months}; draws must be 0 or more, months "
            "1 or more."
        )
    tell = report or (lambda *_: None)
    tables: list[pd.DataFrame] = []
    failed: dict[str, int] = {}
    total = len(found) * (draws + 1)
    for at, episode in enumerate(found):
        tell(episode.name, at * (draws + 1), total)
        central = replay(episode, months=months)
        drawn = []
        for k, given in enumerate(parameter_sets(draws, seed)):
            tell(episode.name, at * (draws + 1) + k + 1, total)
            try:
                drawn.append(replay(episode, given, months=months))
            except NotSolvedError:
                failed[episode.name] = failed.get(episode.name, 0) + 1
        rows = record().query("episode == @episode.name")
        tables.append(comparison(rows, central, drawn, episode.base))
    table = pd.concat(tables, ignore_index=True)
    return OilRecord(table, scores(table), draws, failed)


def episode_of(name: str) -> Episode:
    """Return the episode of a name."""
    names = [e.name for e in EPISODES]
    if name not in names:
        raise ValueRangeError(
            f"oil record: '{name}' is no episode; there are {', '.join(names)}."
            + did_you_mean(name, names)
        )
    return EPISODES[names.index(name)]


def replay(
    episode: Episode, given: Mapping[str, float] | None = None, *, months: int | None = None
) -> pd.DataFrame:
    """Yearly means of the base month and of the path: series, buyer, year, value.

    `given` are values for names of ``oil.numbers()`` and of `assumptions`; central if left out.
    """
    values = dict(given or {})
    own = {name: values.pop(name, n.central) for name, n in assumptions().items()}
    market = oil.load_market(episode.base, **values)
    path = oil.run_path(
        market,
        episode.first,
        min(months or episode.months, episode.months),
        episode.measures(market, own),
        agreement=oil.load_agreement(episode.base, **values),
    )
    rows = _rows(episode.base, oil.solve_month(market), episode.seller)
    for label, out in zip(path.months, path.outcomes, strict=True):
        rows += _rows(int(label[:4]), out, episode.seller)
    table = pd.DataFrame(rows, columns=["series", "buyer", "year", "value"])
    return table.groupby(["series", "buyer", "year"], as_index=False, sort=False).mean()


def parameter_sets(count: int, seed: int) -> list[dict[str, float]]:
    """Sets of all numbers over their ranges, as a Latin hypercube."""
    numbers = {**oil.numbers(), **assumptions()}
    if not count:
        return []
    from scipy.stats import qmc  # takes 1 s to import; only draws need it

    unit = qmc.LatinHypercube(len(numbers), rng=np.random.default_rng(seed)).random(count)
    low = np.array([n.low for n in numbers.values()])
    high = np.array([n.high for n in numbers.values()])
    return [dict(zip(numbers, map(float, low + row * (high - low)), strict=True)) for row in unit]


def _rows(year: int, out: MonthOutcome, seller: str) -> list[tuple[str, str, int, float]]:
    market = out.market
    own = [v for v, s in enumerate(market.streams) if s.producer == seller]
    flows = out.pairs[own].sum(axis=0)
    at = market.refiner_names.index
    exports = float(flows.sum() - flows[at(seller)])
    rows = [("flow", name, year, float(flows[[at(r) for r in group]].sum()))
            for name, group in BUYERS.items()]  # fmt: skip
    rows.append(("exports", "all", year, exports))
    rows.append(("brent", "all", year, out.brent))
    return [*rows, ("discount", "all", year, _discount(market, out, own[0]))]


def _discount(market: OilMarket, out: MonthOutcome, stream: int) -> float:
    """Price at the border below Brent, per cent of Brent."""
    return float(100.0 * (1.0 - out.fob[stream] / out.brent))
