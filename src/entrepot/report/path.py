"""A path in words and tables; the console, the page, the folder and JSON use the same ones."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from entrepot.report.summary import BILLION, NEGLIGIBLE
from entrepot.report.words import bounds, money, percent
from entrepot.study.path import CENTRAL, YearPath
from entrepot.study.path_points import OFF, ON
from entrepot.world.world import World

MOST_TARGETS: Final = 3
MOST_SENDERS: Final = 3
MOST_OTHERS: Final = 5
TOGETHER: Final = "senders together"
CUT: Final = "\u00a0*"
"""Mark of a range of which an end has no certified result."""
Array = np.ndarray
ADAPTATION: Final = {ON: "with adaptation", OFF: "without adaptation"}


class Line(NamedTuple):
    """One economy, or the senders together, over the years of one adaptation.

    The arrays are (year,): the range over the cases and the central case, NaN without a certified
    result, and whether an end of the range has none (`cut`).
    """

    adaptation: str
    years: tuple[int, ...]
    low: Array
    central: Array
    high: Array
    cut: Array

    def known(self) -> list[int]:
        """Positions of the years with a result."""
        return [int(k) for k in np.flatnonzero(np.isfinite(self.central))]

    def lowest(self) -> int:
        """Position of the year with the lowest central value."""
        return min(self.known(), key=lambda k: float(self.central[k]))


def takers(path: YearPath) -> tuple[str, ...]:
    """Economies that take measures and are no target themselves; all of them if there is none."""
    return tuple(s for s in path.senders if s not in path.targets) or path.senders


def title_of(world: World, code: str) -> str:
    """Title of an economy; `TOGETHER` stays as it is."""
    return code if code == TOGETHER else world.region_titles[world.regions.index(code)]


def welfare_percent(path: YearPath, who: str, adaptation: str) -> Array:
    """(case, year) change of welfare in per cent; of the senders together as one household."""
    hats = path.data["welfare"].sel(adaptation=adaptation)
    if who != TOGETHER:
        return 100 * (hats.sel(region=who).transpose("case", "year").values - 1)
    chosen = np.isin(path.world.regions, takers(path))
    income = np.where(chosen, path.world.accounts().income, 0.0)
    return 100 * (hats.transpose("case", "year", "region").values @ income / income.sum() - 1)


def line(path: YearPath, adaptation: str, values: Array) -> Line:
    """Range of `values` (case, year) over the cases that have a result."""
    known, central = np.isfinite(values), values[0]
    solved = np.isfinite(central)
    low, high = np.full_like(central, np.nan), np.full_like(central, np.nan)
    low[solved] = np.where(known, values, np.inf).min(axis=0)[solved]
    high[solved] = np.where(known, values, -np.inf).max(axis=0)[solved]
    return Line(adaptation, path.years, low, central, high, ~known.all(axis=0))


def welfare_lines(path: YearPath, who: str) -> list[Line]:
    """Welfare of `who` in per cent, with adaptation first."""
    return [line(path, a, welfare_percent(path, who, a)) for a in path.adaptations]


def together_lines(path: YearPath) -> list[Line]:
    """Welfare of the senders together in bn USD a year, with adaptation first."""
    chosen = np.isin(path.world.regions, takers(path))
    income = float(path.world.accounts().income[chosen].sum()) / BILLION
    return [line(path, a, welfare_percent(path, TOGETHER, a) / 100 * income)
            for a in path.adaptations]  # fmt: skip


def export_lines(path: YearPath, who: str) -> list[Line]:
    """Export revenue of `who` in bn USD, with adaptation first."""
    values = path.data["export_revenue"].sel(region=who).transpose("adaptation", "case", "year")
    return [line(path, a, values.sel(adaptation=a).values / BILLION) for a in path.adaptations]


def headline(path: YearPath) -> list[str]:
    """Whom a table of the path shows: the targets that lose most, the senders, some of them."""
    targets = worst(path, path.targets, MOST_TARGETS)
    senders = takers(path)
    single = len(senders) == 1
    together = [TOGETHER] if senders and not single else []
    shown = [*targets, *together, *worst(path, senders, 1 if single else MOST_SENDERS)]
    return list(dict.fromkeys(shown))


def others(path: YearPath) -> list[str]:
    """Third economies that the path moves most, either way."""
    known = {*path.targets, *path.senders}
    size = _largest(path).abs().sort_values(ascending=False)
    return [str(c) for c in size.index if c not in known and size[c] >= NEGLIGIBLE][:MOST_OTHERS]


def subjects(path: YearPath, count: int) -> list[str]:
    """The targets that lose most; where no measure names a target, whom it moves most."""
    return worst(path, path.targets, count) or others(path)[:count]


def worst(path: YearPath, codes: tuple[str, ...], count: int) -> list[str]:
    """The `count` of `codes` that lose most in some year of the central case."""
    return [str(c) for c in _largest(path)[list(codes)].sort_values().index[:count]]


def _largest(path: YearPath) -> pd.Series:
    """Change of welfare furthest from zero over the years, per cent, with adaptation if solved."""
    hats = path.data["welfare"].sel(adaptation=path.adaptations[0], case=CENTRAL)
    change = 100 * (hats.transpose("year", "region").values - 1)
    change = np.nan_to_num(change)
    at = np.abs(change).argmax(axis=0)
    found = change[at, np.arange(change.shape[1])]
    return pd.Series(found, index=pd.Index(path.world.regions))


def span_text(found: Line, k: int) -> str:
    """Central value in per cent of the year at `k`, with the range if there is one."""
    if not np.isfinite(found.central[k]):
        return "no result"
    spread = range_text(found, k)
    return percent(float(found.central[k])) + (f" ({spread})" if spread else "")


def money_text(found: Line, k: int) -> tuple[str, str]:
    """Central value in bn USD of the year at `k`, and its range if there is one."""
    if not np.isfinite(found.central[k]):
        return "no result", ""
    low, high = (money(float(x[k]), signed=True) for x in (found.low, found.high))
    spread = "" if low == high else f"{low} to {high}"
    return money(float(found.central[k]), signed=True), f"{spread}{CUT if found.cut[k] else ''}"


def range_text(found: Line, k: int) -> str:
    """Range of the year at `k`, or nothing; a cut one is marked, for an end has no result."""
    if not np.isfinite(found.central[k]):
        return ""
    spread = bounds(float(found.low[k]), float(found.high[k]))
    spread = "" if spread == "no range" else spread
    return f"{spread}{CUT}" if found.cut[k] else spread


def answer(path: YearPath) -> list[str]:
    """Return the answer in a few lines."""
    lines = [_economy_line(path, who) for who in subjects(path, 2)]
    lines = lines or ["Hardly any change of welfare in any economy and year."]
    if path.senders:
        lines.append(_senders_line(path))
    base = f"the world {path.world.name}"
    lines.append(f"Every year is compared with {base}; the baseline does not grow.")
    count = len(path.years) * len(path.adaptations)
    got = int((path.verdict.sel(case=CENTRAL) == "certified").sum())
    lines.append(f"{got} of {count} central points certified; largest gap of any identity "
                 f"{path.worst:.0e}.")  # fmt: skip
    return lines


def _economy_line(path: YearPath, who: str) -> str:
    main, *kept = welfare_lines(path, who)
    known, worst_at = main.known(), main.lowest()
    last, name = known[-1], title_of(path.world, who)
    if np.abs(main.central[known]).max() < NEGLIGIBLE:
        return f"{name}: hardly any change of welfare in any year."
    years = path.years
    text = f"{name}: welfare {span_text(main, last)} in {years[last]}"
    if last != worst_at and np.abs(main.central[worst_at]) >= NEGLIGIBLE:
        worst_year = f"{span_text(main, worst_at)} in {years[worst_at]}, its worst year"
        text = f"{name}: welfare {worst_year}, and {span_text(main, last)} in {years[last]}"
    if kept and np.isfinite(kept[0].central[last]):
        without = float(kept[0].central[last])
        text += (
            f"; without adaptation {percent(without)} in {years[last]}: adaptation is worth "
            f"{main.central[last] - without:+.2f} points"
        )
    return text + "."


def _senders_line(path: YearPath) -> str:
    main = together_lines(path)[0]
    parts = [
        f"{money_text(main, k)[0]} bn USD in {path.years[k]}"
        for k in dict.fromkeys((main.lowest(), main.known()[-1]))
    ]
    return f"Those who take the measures: {' and '.join(parts)}."


def year_rows(path: YearPath) -> list[dict[str, Any]]:
    """One row for each year: measures in force, time since the shocks, and the headline."""
    rows = []
    lines = {who: welfare_lines(path, who) for who in headline(path)}
    for k, year in enumerate(path.years):
        names = path.measures.loc[path.measures["year"] == year, "measure"].tolist()
        row: dict[str, Any] = {"year": year, "date": path.days[k].isoformat(), "measures": names}
        for a in path.adaptations:
            months = float(path.months.sel(adaptation=a, case=CENTRAL, year=year))
            row[f"months, {ADAPTATION[a]}"] = months if np.isfinite(months) else None
        row["welfare"] = {
            who: {ADAPTATION[f.adaptation]: _numbers(f, k) for f in found}
            for who, found in lines.items()
        }
        rows.append(row)
    return rows


def _numbers(found: Line, k: int) -> dict[str, float | None]:
    ends = {"low": found.low[k], "central": found.central[k], "high": found.high[k]}
    return {name: _number(value) for name, value in ends.items()}


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def path_json(path: YearPath) -> dict[str, Any]:
    """The numbers of a path as plain data; changes of welfare in per cent."""
    return {
        "name": path.scenario.name,
        "title": path.scenario.title,
        "world": path.world.name,
        "senders": list(path.senders),
        "targets": list(path.targets),
        "answer": answer(path),
        "years": year_rows(path),
        "failed": list(path.failed),
        "notes": list(path.notes),
        "assumptions": [asdict(a) for a in path.assumptions],
        "solved": path.solved,
        "reused": path.reused,
        "options": path.options,
    }


def path_table(path: YearPath) -> pd.DataFrame:
    """Every number of every point, one row for each adaptation, case, year and economy."""
    frame = path.data.to_dataframe().reset_index()
    for name, values in (("months", path.months), ("verdict", path.verdict)):
        more = values.to_dataframe(name).reset_index()
        frame = frame.merge(more, on=["adaptation", "case", "year"])
    return frame
