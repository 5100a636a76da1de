"""The recorded background of later years: others' output, refining, demand, and Brent beside it.

`history` gives restrictions that move a base year's market to what the Statistical Review has for
each year since.  Nothing else uses it: a replay that asks for it knows the years it replays, and
must say so.  `brent_score` sets modelled months of Brent beside those on record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from entrepot.channels.oil.bundled import base_years
from entrepot.channels.oil.data_files import table_of, yaml_of
from entrepot.channels.oil.lanes import pipe_capacity
from entrepot.channels.oil.parameters import chosen
from entrepot.channels.oil.path import OilPath
from entrepot.channels.oil.restrictions import (
    CapacityGain,
    DemandShift,
    ProductionCut,
    RefiningCapacity,
    Restriction,
    VesselGain,
)
from entrepot.channels.oil.timing import Timed, is_month
from entrepot.core.errors import ValueRangeError, did_you_mean

Array = npt.NDArray[np.float64]
SAME: Final = 5e-4
"""Distance of a hat from 1 below which nothing changes."""


def history(
    base: int,
    first: str,
    last: str,
    *,
    apart: Collection[str] = (),
    at_prices: bool = False,
    **parameters: float,
) -> tuple[Timed, ...]:
    """What moved around a base year, as restrictions with their months, by calendar year.

    Streams produce what they did, refiners have the capacity they had, pipes theirs, and demand
    moves with runs on record.  Runs answered to prices themselves: with `at_prices` they are
    brought to the price of the base year with the recorded Brent of the year and the elasticity of
    demand.  Brent then follows the record by construction (but for stocks) and tests nothing.

    Parameters
    ----------
    base : base year of the market
    first, last : months, ``2016-01``, of years with a record
    apart : streams or producers that stay as they are: those that a study is about
    at_prices : whether demand is freed from the price of its year
    parameters : as in `load_market`

    """
    _check(base, first, last, apart)
    elasticity = chosen(parameters)["demand"] if at_prices else 0.0
    out = []
    for year in range(int(first[:4]), int(last[:4]) + 1):
        ends = max(first, f"{year}-01"), min(last, f"{year}-12")
        out += [Timed(r, *ends) for r in _moved(base, year, apart, elasticity)]
    return tuple(out)


def _moved(
    base: int, year: int, apart: Collection[str], elasticity: float
) -> Iterator[Restriction]:
    producer = {s: x["economies"][0] for s, x in yaml_of("streams.yaml").items()}
    for stream, hat in _hats("output", base, year).items():
        if stream in apart or producer[stream] in apart:
            continue
        if hat > 1.0 + SAME:
            yield CapacityGain((stream,), hat - 1.0)
        elif hat < 1.0 - SAME:
            yield ProductionCut((stream,), hat)
    for refiner, hat in _hats("refining", base, year).items():
        yield RefiningCapacity((refiner,), hat)
    price = _price_hat(base, year) ** elasticity
    for refiner, hat in _hats("runs", base, year).items():
        yield DemandShift((refiner,), hat * price)
    for pipe in yaml_of("ways.yaml")["pipelines"]:
        more = pipe_capacity(pipe, year) - pipe_capacity(pipe, base)
        if more > 0:
            yield VesselGain(pipe, more)


def _hats(what: str, base: int, year: int) -> dict[str, float]:
    rows = table_of("history.csv")
    rows = rows[rows["what"] == what].set_index("name")
    hats = rows[str(year)] / rows[str(base)]
    return {str(name): float(hat) for name, hat in hats.items() if np.isfinite(hat)}


def _price_hat(base: int, year: int) -> float:
    usd = recorded_brent()
    then, now = (usd[usd.index.str.startswith(str(y))].mean() for y in (base, year))
    return float(now / then)


def recorded_brent() -> pd.Series:
    """Brent by month as recorded, USD a barrel."""
    return table_of("brent.csv").set_index("month")["usd"].astype(float)


@dataclass(frozen=True, slots=True, eq=False)
class BrentScore:
    """Modelled Brent beside the record.

    Attributes
    ----------
    months : month, modelled, recorded, USD a barrel
    error : mean absolute error of months, part of the recorded price
    years_error : the same of means of years
    bias : mean error, part of the recorded price
    correlation : of changes of the logs of months over twelve months; NaN for less than 24 months
    direction : share of years in which the mean moved to the side on record; NaN for one year

    """

    months: pd.DataFrame
    error: float
    years_error: float
    bias: float
    correlation: float
    direction: float


def brent_score(path: OilPath) -> BrentScore:
    """Compare a path with the record of its months; months without a record are left out."""
    usd = recorded_brent()
    rows = [(m, o.brent, float(usd[m])) for m, o in zip(path.months, path.outcomes, strict=True)
            if m in usd.index]  # fmt: skip
    if not rows:
        raise ValueRangeError(
            f"oil history: no month from {path.months[0]} to {path.months[-1]} is on record; the "
            f"record has {usd.index[0]} to {usd.index[-1]}. Run a path of those months."
        )
    months = pd.DataFrame(rows, columns=["month", "modelled", "recorded"])
    gap = months["modelled"] / months["recorded"] - 1.0
    years = months.drop(columns="month").groupby(months["month"].str[:4]).mean()
    logs = np.log(months[["modelled", "recorded"]].to_numpy(dtype=np.float64))
    turn = logs[12:] - logs[:-12]
    steps = np.sign(years.diff().dropna())
    return BrentScore(
        months=months,
        error=float(gap.abs().mean()),
        years_error=float((years["modelled"] / years["recorded"] - 1.0).abs().mean()),
        bias=float(gap.mean()),
        correlation=float(np.corrcoef(turn.T)[0, 1]) if len(turn) >= 12 else np.nan,
        direction=float((steps["modelled"] == steps["recorded"]).mean()) if len(steps) else np.nan,
    )


def _check(base: int, first: str, last: str, apart: Collection[str]) -> None:
    years = [int(c) for c in table_of("history.csv").columns if c.isdigit()]
    found = []
    if base not in base_years():
        found.append(
            f"{base} is no bundled base year; there are {', '.join(map(str, base_years()))}."
        )
    for name, month in (("first", first), ("last", last)):
        if not is_month(month):
            found.append(f"{name} is {month!r}; a month is written like 2022-03.")
        elif int(month[:4]) not in years:
            found.append(f"{name} is {month}; the record has {years[0]} to {years[-1]}.")
    if not found and last < first:
        found.append(f"months out of order: {last} is before {first}.")
    streams = yaml_of("streams.yaml")
    known = (*streams, *dict.fromkeys(x["economies"][0] for x in streams.values()))
    if isinstance(apart, str):
        found.append(f"apart is the text '{apart}'; write ('{apart}',).")
    else:
        found += [f"'{n}' is no stream and no producer." + did_you_mean(n, known)
                  for n in apart if n not in known]  # fmt: skip
    if found:
        raise ValueRangeError.collect("oil history", found)
