"""Tidy tables of a month: flows, prices, producers, barrels on the water, and who gains."""

from __future__ import annotations

import numpy as np
import pandas as pd

from entrepot.channels.oil.certificate import asking
from entrepot.channels.oil.outcome import MonthOutcome
from entrepot.channels.oil.parts import DAYS

LEAST = 0.05
"""kb/d below which a flow is left out of the table."""


def flows(out: MonthOutcome) -> pd.DataFrame:
    """Trade by stream, refiner and carrier.

    Columns: stream, producer, grade, refiner, carrier, kbd; fob, transport, risk, premium (the
    wedge of a price cap), rent (of quotas) and delivered, USD a barrel; on_water, mb.
    """
    m, month = out.market, out.month
    capped = np.where(month.capped, out.wedge[month.stream], 0.0)
    delivered = asking(out)
    parts = out.fob[month.stream] + out.transport + month.risk + capped
    rows = pd.DataFrame(
        {
            "stream": [x.stream for x in m.lanes],
            "producer": [m.streams[v].producer for v in month.stream],
            "grade": [m.streams[v].grade for v in month.stream],
            "refiner": [x.refiner for x in m.lanes],
            "carrier": [x.carrier for x in m.lanes],
            "kbd": out.flow,
            "fob": out.fob[month.stream],
            "transport": out.transport,
            "risk": month.risk,
            "premium": capped,
            "rent": delivered - parts,
            "delivered": delivered,
            "on_water": out.on_water,
        }
    )
    return rows[rows["kbd"] > LEAST].reset_index(drop=True)


def prices(out: MonthOutcome) -> pd.DataFrame:
    """Price of each stream: stream, producer, grade, fob, discount (to Brent), discount_percent."""
    m = out.market
    rows = pd.DataFrame(
        {
            "stream": m.stream_names,
            "producer": [s.producer for s in m.streams],
            "grade": [s.grade for s in m.streams],
            "fob": out.fob,
            "discount": out.brent - out.fob,
        }
    )
    rows["discount_percent"] = 100.0 * rows["discount"] / out.brent
    return rows


def producers(out: MonthOutcome) -> pd.DataFrame:
    """Output, exports (kb/d), netback (USD a barrel), revenue (mn USD a month), stock (mb).

    Exports are sales that take a fleet or a pipe, not the way home; the netback is the mean price
    at the border.
    """
    m, month = out.market, out.month
    home = np.array([c.kind == "home" for c in m.carriers])[month.carrier]
    abroad = np.bincount(month.stream, out.flow * ~home, minlength=len(m.streams))
    rows = pd.DataFrame(
        {
            "producer": [s.producer for s in m.streams],
            "output": out.output,
            "exports": abroad,
            "revenue": out.fob * abroad * DAYS / 1000.0,
            "stock": out.stock,
        }
    )
    rows = rows.groupby("producer", as_index=False, sort=False).sum()
    sold = rows["exports"].to_numpy() * DAYS / 1000.0
    revenue = rows["revenue"].to_numpy()
    rows.insert(3, "netback", np.divide(revenue, sold, out=np.full_like(sold, np.nan),
                                        where=sold > 0))  # fmt: skip
    return rows


def buyers(out: MonthOutcome) -> pd.DataFrame:
    """Runs (kb/d), price of the last barrel and mean price paid (USD a barrel) by refiner."""
    paid = np.bincount(
        out.month.refiner, out.flow * asking(out), minlength=len(out.market.refiners)
    )
    return pd.DataFrame(
        {
            "refiner": out.market.refiner_names,
            "runs": out.runs,
            "price": out.price,
            "paid": paid / out.runs,
        }
    )


def on_water(out: MonthOutcome) -> pd.DataFrame:
    """Crude at sea, mb: stream, moving (on the way), stored (floating storage)."""
    m = out.market
    moving = np.bincount(out.month.stream, out.on_water, minlength=len(m.streams))
    return pd.DataFrame({"stream": m.stream_names, "moving": moving, "stored": out.stock})
