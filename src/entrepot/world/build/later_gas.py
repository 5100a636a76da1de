"""Natural gas of 2023: the matrices of 2024 moved a year back, spread by the reports of 2021."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from entrepot.data import energy_trade
from entrepot.data.energy_balances import PLACE_TO_REGION
from entrepot.data.required import require_labels
from entrepot.world.build.arrays import INDEX, ROW_INDEX, Array, N
from entrepot.world.build.declared import Number, table
from entrepot.world.build.groups import EU27
from entrepot.world.layout import ROW

_CIS = ("ARM", "AZE", "KGZ", "UZB", "TKM", "TJK", ROW)

# Buyers behind the collective rows of the two matrices.
_BUYERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("lng", "Other EU"): ("NLD", "DEU", "POL", "GRC", "PRT", "LTU", "HRV", "FIN", "SWE", "MLT"),
    ("lng", "Rest of Europe"): (ROW,),
    ("lng", "Other S. & Cent. America"): ("COL", ROW),
    ("lng", "Other Middle East & Africa"): (ROW, "BHR", "ISR"),
    ("lng", "Other Asia Pacific"): ("BGD", "PHL", "VNM", "HKG", "IDN"),
    ("pipeline", "EU"): EU27,
    ("pipeline", "Non-EU"): ("TUR", "GBR", "CHE", "GEO", "UKR", ROW),
    ("pipeline", "Other CIS"): _CIS,
    ("pipeline", "Other Middle East"): ("IRQ", "OMN", "KWT", ROW),
    ("pipeline", "Other Africa"): ("EGY", ROW),
    ("pipeline", "Other S. & Cent. America"): (ROW,),
}  # fmt: skip
_SELLERS: dict[str, str] = {
    "Russian Federation": "RUS", "United Arab Emirates": "ARE", "Other Middle East": "ISR",
}  # fmt: skip
# Who gets a seller's gas inside a collective row where the reports of 2021 no longer hold or
# never did; shares assumed, range 0.7 to 1.4 of a share.
_SPLIT: dict[tuple[str, str, str], dict[str, float]] = {k: table(v, 0.7, 1.4) for k, v in {
    ("pipeline", "RUS", "EU"): {"AUT": 0.22, "HUN": 0.22, "SVK": 0.14, "ITA": 0.11, "GRC": 0.11,
                                "BGR": 0.08, "ROU": 0.05, "HRV": 0.04, "SVN": 0.02, "POL": 0.01},
    ("pipeline", "RUS", "Non-EU"): {"TUR": 0.87, ROW: 0.11, "GEO": 0.02},
    ("pipeline", "AZE", "Non-EU"): {"TUR": 0.80, "GEO": 0.20},
    ("pipeline", "AZE", "EU"): {"ITA": 0.80, "BGR": 0.10, "GRC": 0.10},
    ("pipeline", "NOR", "Non-EU"): {"GBR": 1.0},
    ("pipeline", "IRN", "Non-EU"): {"TUR": 1.0},
    ("pipeline", "IRN", "Other CIS"): {"ARM": 1.0},
    ("pipeline", "IRN", "Other Middle East"): {"IRQ": 1.0},
    ("pipeline", "QAT", "Other Middle East"): {"OMN": 1.0},
    ("pipeline", "RUS", "Other CIS"): {"UZB": 0.35, "ARM": 0.17, "AZE": 0.05, "KGZ": 0.03,
                                       "TJK": 0.01, ROW: 0.39},
    ("pipeline", "TKM", "Other CIS"): {"UZB": 0.60, "AZE": 0.40},
    ("pipeline", "DZA", "EU"): {"ITA": 0.75, "ESP": 0.22, "PRT": 0.03},
    ("pipeline", "LBY", "EU"): {"ITA": 1.0},
    ("pipeline", "ISR", "Other Africa"): {"EGY": 0.75, ROW: 0.25},
    ("lng", "RUS", "Other EU"): {"NLD": 0.75, "GRC": 0.10, "LTU": 0.05, "FIN": 0.10},
}.items()}  # fmt: skip
# Pipelines of 2023 over 2024: Europe without the Ukraine line from 2025 is not yet in either.
PIPELINE_2023_OVER_2024 = table({("RUS", "CHN"): 0.80, ("RUS", "Europe"): 0.885}, 0.85, 1.15)
# Weight of a new supplier in the purchases of a buyer, and the floor of LNG buyers, bcm.
NEW_SUPPLIER, LNG_FLOOR = Number(0.05, 0.02, 0.1), Number(0.1, 0.05, 0.3)
# Small flows inside areas, which the matrices leave out, are kept from 2021 with this factor.
INSIDE_EUROPE = Number(0.85, 0.6, 1.1)


def gas_later(root: Path, year: int, reported: Array) -> Array:
    """Gas by pair: (origin, dest) bcm.

    Parameters
    ----------
    root : folder of raw data
    year : 2023
    reported : (origin, dest) bcm that importers reported for 2021

    """
    frame = energy_trade.gas_movements(root).frame
    frame = frame[(frame["bcm"] > 0) & ~frame["dest"].isin(energy_trade.AREA_SUMS)]
    for mode, places in ROWS.items():
        require_labels(frame.loc[frame["mode"] == mode, "dest"], places, energy_trade.SOURCE,
                       "gas_movements", f"'dest' of {mode}")  # fmt: skip
    known = (*PLACE_TO_REGION, *(dest for _, dest in _BUYERS), *energy_trade.AREA_SUMS)
    require_labels(known, map(str, frame["dest"]), energy_trade.SOURCE, "gas_movements",
                   "the places that the reader knows")  # fmt: skip
    growth = _lng_growth(root, year)
    out = np.zeros((N, N))
    for mode, origin, dest, bcm in zip(
        frame["mode"], frame["origin"], frame["dest"], frame["bcm"], strict=True
    ):
        seller = seller_of(str(origin))
        shares = _buyer_shares(str(mode), seller, str(dest), reported)
        factor = growth.get(origin, 1.0) if mode == "lng" else 1.0
        if mode == "pipeline":
            place = "Europe" if dest in ("EU", "Non-EU") else PLACE_TO_REGION.get(dest, "")
            factor = PIPELINE_2023_OVER_2024.get((seller, place), 1.0)
        out[INDEX[seller]] += float(bcm) * factor * shares
    eu = [INDEX[c] for c in (*EU27, "GBR", "CHE", "UKR")]
    inside = np.zeros((N, N))
    inside[np.ix_(eu, eu)] = INSIDE_EUROPE * reported[np.ix_(eu, eu)]
    out = np.where(out > 0, out, inside)
    np.fill_diagonal(out, 0.0)
    return out


ROWS: dict[str, tuple[str, ...]] = {
    "lng": ("Brazil", "Belgium", "France", "Italy", "Spain", "Turkey", "United Kingdom",
            "Other EU", "Egypt", "Kuwait", "China", "India", "Japan", "Pakistan", "Singapore",
            "South Korea", "Taiwan", "Thailand", "Other Asia Pacific"),
    "pipeline": ("Canada", "Mexico", "US", "Argentina", "Brazil", "EU", "Non-EU", "Belarus",
                 "Kazakhstan", "Russian Federation", "Other CIS", "United Arab Emirates",
                 "Other Middle East", "South Africa", "Other Africa", "China",
                 "Singapore", "Thailand"),
}  # fmt: skip
"""Buyers that each matrix must name."""
_LNG_SELLERS = ("US", "Norway", "Russian Federation", "Oman", "Qatar", "United Arab Emirates",
                "Algeria", "Egypt", "Nigeria", "Australia", "Indonesia", "Malaysia")  # fmt: skip


def seller_of(place: str) -> str:
    """Economy behind a seller of the two matrices; ROW for those without a row of their own."""
    return _SELLERS.get(place, PLACE_TO_REGION.get(place, ROW))


def _lng_growth(root: Path, year: int) -> dict[str, float]:
    """LNG exports of `year` over those of 2024, by the Review's names."""
    frame = energy_trade.lng_exports(root).frame
    require_labels(frame.loc[frame["year"] == year, "place"], _LNG_SELLERS, energy_trade.SOURCE,
                   "lng_exports", f"'place' of {year}")  # fmt: skip
    wide = frame.pivot_table(index="place", columns="year", values="bcm")
    ratio = (wide[year] / wide[2024]).replace([np.inf], np.nan).dropna()
    return {str(place): float(value) for place, value in ratio.items()}


def _buyer_shares(mode: str, seller: str, dest: str, reported: Array) -> Array:
    """Shares of the economies behind one row of a matrix: (region,)."""
    out = np.zeros(N)
    chosen = _SPLIT.get((mode, seller, dest))
    if chosen is not None:
        for code, share in chosen.items():
            out[INDEX[code]] = share
        return np.asarray(out / out.sum())
    buyers = _BUYERS.get((mode, dest))
    if buyers is None:
        out[INDEX.get(PLACE_TO_REGION.get(dest, ROW), ROW_INDEX)] = 1.0
        return out
    where = [INDEX[c] for c in buyers]
    known = reported[INDEX[seller], where]
    total = reported[:, where].sum(axis=0)
    # A new supplier is spread as all purchases; LNG buyers without a past get a floor.
    out[where] = known + NEW_SUPPLIER * total + LNG_FLOOR
    return np.asarray(out / out.sum())
