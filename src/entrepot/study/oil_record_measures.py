"""The measures of three episodes as dated restrictions of the oil market.

Dates, buyers and volumes are those of the law or of announcements; the answers of sellers (new
tankers, cuts of output) are left to the market.  What no law states is a number with a range
(``oil_record.yaml``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from entrepot.channels.numbers import Number, numbers_of
from entrepot.channels.oil import OilMarket, Timed
from entrepot.channels.oil.restrictions import Ban, PriceCap, RiskDiscount
from entrepot.channels.oil.timing import months_from
from entrepot.core.own_yaml import read_own

Numbers = Mapping[str, float]
Measures = Callable[[OilMarket, Numbers], list[Timed]]
SEA: Final = ("mainstream", "shadow")
EU: Final = ("EU-NORTH", "EU-SOUTH", "EU-EAST")
CHINA: Final = ("CHN-STATE", "CHN-INDEPENDENT")
IRAN: Final = ("IRN-MEDIUM",)
RUSSIA: Final = ("RUS-URALS", "RUS-ESPO")
POLAND: Final = 0.55
"""Part of Poland in the Russian crude of its region in 2021 (300 of 545 kb/d; Reuters factbox,
fxempire.com/news/article/factbox-how-much-oil-does-the-european-union-import-from-russia-960820)."""
BULGARIA: Final = 100.0
"""kb/d by sea that the Union's ban leaves out (International Energy Agency, December 2022, in
topshineauto.no/faktaboks-hvordan-eus-forbud-mot-russisk-raolje-pavirker-oljestrommen-2)."""
WAIVED: Final = {"CHN-STATE": 360.0, "IND": 300.0, "KOR": 200.0, "TUR": 60.0}
"""kb/d, November 2018 to April 2019 (China, India: Reuters, 8 November 2018, business-standard.com
and thebaghdadpost.com/EN/Story/35050; Turkey: 1newsday.com; Korea: press of the time, assumed)."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Months that are replayed.

    Attributes
    ----------
    name, title : label, and what happened
    base : base year, before the first measure
    first, months : of the path
    seller : whose crude is under sanctions
    measures : dated restrictions, for a market and numbers
    misses : where model and record part, and why as far as known

    """

    name: str
    title: str
    base: int
    first: str
    months: int
    seller: str
    measures: Measures
    misses: str

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years of the path."""
        return tuple(sorted({int(m[:4]) for m in months_from(self.first, self.months)}))


@cache
def assumptions() -> Mapping[str, Number]:
    """Numbers of the replays that no law states."""
    text = files("entrepot.study").joinpath("oil_record.yaml").read_text("utf-8")
    return numbers_of(read_own(text))


def iran_2012(market: OilMarket, p: Numbers) -> list[Timed]:
    """Embargo of the Union, its ban on insurance, and the exceptions of the United States.

    Council Decision 2012/35/CFSP of 23 January 2012 and Regulation 267/2012 (contracts end, and
    insurance with them, on 1 July); section 1245 of the National Defense Authorization Act 2012
    (exceptions for significant reductions, every 180 days, first for Japan in March, then for
    others in June).  Japan and China stood in for the insurance of their tankers themselves
    (insurereinsure.com, 19 June 2012), others had those of the seller.
    """
    others = _others(market, (*EU, "GBR", "JPN", "IRN", "SYR", "USA", "CAN"))
    out = list(_ending(market, IRAN, (*EU, "GBR"), "2012-02", "2012-07", p))
    out.append(
        Timed(Ban(IRAN, _others(market, ("JPN", *CHINA, "IRN")), ("mainstream",)), "2012-07")
    )
    out += _reductions(IRAN, ("JPN",), ("2012-04", "2012-10", "2013-04", "2013-10"), p)
    out += _reductions(IRAN, others, ("2012-07", "2013-01", "2013-07"), p)
    risky = _others(market, ("IRN", "SYR"))
    return [*out, Timed(_risk(market, IRAN, risky, p["risk"]), "2012-02")]


def iran_2018(market: OilMarket, p: Numbers) -> list[Timed]:
    """Return of the United States: 180 days of wind-down, eight waivers, then none.

    Announced on 8 May 2018, in force from 5 November; waivers until 2 May 2019 (Executive Order
    13846 and statements of the State Department).  China did not accept it, Syria is no market of
    anybody's; state refiners of China complied in part.  Insurers left, but for Japan's own.
    """
    threatened = _others(market, (*CHINA, "IRN", "SYR"))
    out = list(_ending(market, IRAN, threatened, "2018-06", "2018-11", p, ends=False))
    known = WAIVED | {j: p["waived"] * _bought(market, IRAN, j) for j in ("JPN", "TWN", "EU-SOUTH")}
    waived = {j: kbd for j, kbd in known.items() if kbd > 0}
    both = (*threatened, "CHN-STATE")
    out.append(Timed(Ban(IRAN, both, waivers=waived), "2018-11", "2019-04"))
    out.append(Timed(Ban(IRAN, threatened), "2019-05"))
    out.append(Timed(Ban(IRAN, ("CHN-STATE",), share=p["compliance"]), "2019-05"))
    out.append(Timed(Ban(IRAN, _others(market, ("JPN", "IRN")), ("mainstream",)), "2018-11"))
    return [*out, Timed(_risk(market, IRAN, _others(market, ("IRN", "SYR")), p["risk"]), "2018-06")]


def russia_2022(market: OilMarket, p: Numbers) -> list[Timed]:
    """Bans, the cap and shunning from March 2022.

    United States, Canada, Australia: at once (Executive Order 14066 of 8 March 2022 and others);
    United Kingdom and Japan: by the end of the year (announcements of 8 March and 8 May); the
    Union: crude by sea from 5 December 2022, but for Bulgaria (Regulation 2022/879), and Germany
    and Poland by pipe from January 2023 (announced in May 2022); services only below 60 USD from
    5 December (Decision of the Council 2022/2477).  Small buyers elsewhere leave, as they left
    Iran in 2012 and 2013 (`aloof`).
    """
    friends = (*EU, "GBR", "JPN", "KOR", "TWN")
    neighbours = ("RUS", "BLR", "CAS")
    small = _others(market, (*friends, *neighbours, *CHINA, "IND", "TUR", "USA", "CAN", "AUS"))
    out = [Timed(Ban(RUSSIA, ("USA", "CAN", "AUS")), "2022-04")]
    out += _ending(market, RUSSIA, ("GBR", "JPN"), "2022-06", "2022-12", p)
    out += _ending(market, RUSSIA, EU, "2022-06", "2022-12", p, carriers=SEA, ends=False)
    out.append(Timed(Ban(RUSSIA, EU, SEA, waivers={"EU-SOUTH": BULGARIA}), "2022-12"))
    out.append(Timed(Ban(RUSSIA, ("EU-NORTH",)), "2023-01"))
    out.append(Timed(Ban(RUSSIA, ("EU-EAST",), share=POLAND), "2023-01"))
    out.append(Timed(Ban(RUSSIA, small, share=p["aloof"]), "2022-12"))
    out.append(Timed(_risk(market, RUSSIA, friends, p["shun"]), "2022-03"))
    risky = _others(market, (*friends, *neighbours))
    out.append(Timed(_risk(market, RUSSIA, risky, p["risk"]), "2022-03"))
    return [*out, Timed(PriceCap(RUSSIA, ("mainstream",), 60.0), "2022-12")]


EPISODES: Final = (
    Episode(
        "iran-2012", "Embargo of the Union on Iran, and the United States' exceptions", 2011,
        "2012-01", 24, "IRN", iran_2012,
        "Exports before are 2.0 mb/d by tracking and 2.5 by the EIA, so the fall is less or more "
        "than the model's. Brent rises in the model, which has none of the growth of supply "
        "elsewhere.",
    ),
    Episode(
        "iran-2018", "Return of the United States' measures on Iran", 2017,
        "2018-01", 36, "IRN", iran_2018,
        "In the wind-down China buys what others leave in the model; in the record it cut, Korea "
        "stopped early, and India bought ahead. Demand lost in 2020 is in the record only.",
    ),
    Episode(
        "russia-2022", "Embargo, price cap and shunning of Russian crude", 2021,
        "2022-01", 36, "RUS", russia_2022,
        "India's purchases are far too small, in 2022 above all: displaced crude goes to all who "
        "may buy by what they bought before, and went to two buyers. More elastic buyers do not "
        "change that, they lower the discount. Published work gives half of the discount to "
        "freight and most of the rest to India's bargaining power (Kilian, Rapson and Schipper "
        "2024, cepr.org/publications/dp18934); refiners here are price takers and freight is that "
        "of the base year. The model's Russian exports fall a little, those of the record rose.",
    ),
)  # fmt: skip


def _others(market: OilMarket, apart: Sequence[str]) -> tuple[str, ...]:
    return tuple(j for j in market.refiner_names if j not in apart)


def _bought(market: OilMarket, streams: Sequence[str], refiner: str) -> float:
    rows = [market.stream_names.index(s) for s in streams]
    return float(market.flow[rows, market.refiner_names.index(refiner)].sum())


def _risk(
    market: OilMarket, streams: Sequence[str], who: Sequence[str], part: float
) -> RiskDiscount:
    brent = market.column("fob")[market.stream_names.index(market.reference)]
    return RiskDiscount(tuple(streams), tuple(who), usd=part * float(brent))


def _ending(
    market: OilMarket, streams: Sequence[str], refiners: Sequence[str], first: str, full: str,
    p: Numbers, *, carriers: Sequence[str] = (), ends: bool = True,
) -> Iterator[Timed]:  # fmt: skip
    """Purchases that end: a part evenly over the months from `first`, the rest with `full`."""
    span = [m for m in months_from(first, 24) if m < full]
    for k, month in enumerate(span):
        share = p["wind_down"] * (k + 1) / (len(span) + 1)
        if share > 0:
            ban = Ban(tuple(streams), tuple(refiners), tuple(carriers), share=share)
            yield Timed(ban, month, month)
    if ends:
        yield Timed(Ban(tuple(streams), tuple(refiners), tuple(carriers)), full)


def _reductions(
    streams: Sequence[str], refiners: Sequence[str], months: Sequence[str], p: Numbers
) -> Iterator[Timed]:
    """A cut of what is left, each time."""
    for k, month in enumerate(months):
        left = float(np.power(1.0 - p["reduction"], k + 1))
        last = months_from(month, 6)[-1] if k + 1 < len(months) else ""
        yield Timed(Ban(tuple(streams), tuple(refiners), share=1.0 - left), month, last)
