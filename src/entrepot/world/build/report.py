"""What a build reports: targets against the model, re-exports, hidden oil, notes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from entrepot.world.build import raw
from entrepot.world.build.assemble import Targets
from entrepot.world.build.assumptions import BARREL_DAYS
from entrepot.world.build.balance import Book
from entrepot.world.build.fuel_check import export_value
from entrepot.world.build.lines import Line
from entrepot.world.build.split import CRUDE, GAS, REFINED
from entrepot.world.build.targets import TradeTargets
from entrepot.world.layout import REGIONS, SECTOR_CODES, SECTORS

Array = np.ndarray
GOODS = np.array([s.traded_good for s in SECTORS])
CUSTOMS = np.array([s.traded_good or s.code == "utilities" for s in SECTORS])
"""Sectors that customs record; electricity is a good to them."""
OECD_LAST_YEAR = 2019
FAR = 0.10
"""Part of GDP by which an external balance may differ from the accounts without a note."""
SMALLEST = 0.5
"""mn USD below which a line is left out of lists."""

KNOWN_GAPS: dict[tuple[int, str], str] = {
    (2023, "IRN"): "BACI lacks Iran's crude and most of its sales to Iraq, Afghanistan and other "
    "economies that do not report.",
    (2023, "RUS"): "BACI lacks trade with economies that do not report, Belarus among them.",
    (2023, "BLR"): "BACI lacks trade between Belarus and Russia: 2019 grown.",
    (2023, "VEN"): "BACI lacks crude that is sold under other names.",
    (2023, "SAU"): "BACI is far below crude exports by quantity.",
    (2023, "VNM"): "The surplus is BACI's own: it reports 408 bn of exports and 262 of imports.",
    (2023, "THA"): "The surplus is BACI's own: it reports 315 bn of exports and 262 of imports.",
    (2023, "MYS"): "The surplus is BACI's own; the layer of hidden oil takes out what China books "
    "as Malaysian.",
    (2023, "HKG"): "BACI counts trade that only passes through.",
    (2023, "SYR"): "BACI lacks trade with economies that do not report.",
}
"""Gaps to the customs totals whose cause lies in the source."""

METHOD = (
    "Trade flows are kept as they are; outputs, inputs, value added and final use of each economy "
    "are moved to the nearest accounts (minimum cross-entropy) that agree with them and with GDP.",
    "Input-output technology is that of the 2014 tables of WIOD; economies without one take the "
    "plain mean of proxies (IRN: RUS, TUR, MEX, IDN; Gulf: MEX, IDN, NOR; VEN: MEX, BRA; see "
    "world/build/concordance.py).",
    "Outputs and value added are those of the ADB tables (2017; for 2023 the structure of 2022), "
    "scaled to GDP; elsewhere UN value added by branch, split by the proxies' mix and divided by "
    "their value-added ratios (for 2023 the branch structure of 2021).",
    "Crude, gas and mining are split out of c2 with quantities of the Statistical Review (small "
    "producers: Factbook) times benchmark prices; crude run in refineries likewise. Home prices "
    "of crude and gas in states that keep them low are assumptions.",
    "Liquids of gas count with gas and go to refineries and chemicals. Where oil leads exports, "
    "mining is bounded at 8 % of c2; in 2023 the c2 and refined output of the older table is "
    "taken at the crude price of today. Home prices and these bounds are assumed.",
    "Grain is an assumed 20 % of the use of c1 in every economy; its output follows from trade.",
    "What hubs export beyond a part of their output counts as re-exports: it is taken out of "
    "their imports, by origin, and put on the direct flow. Goods that really stopped in a hub are "
    "therefore direct trade in this world. Elsewhere output was raised until it holds exports, to "
    "at most twice the ADB table; the rest of the excess is netted too.",
    "HKG and KGZ import far more than they use while the onward trade is not recorded as theirs. "
    "Their imports of goods are cut until their balance is that of the national accounts; what is "
    "cut from HKG is dropped (its buyers record the true origin) and its trading margin is raised "
    "to that of the ADB table; what is cut from KGZ is assumed to go on to RUS, KAZ and UZB.",
    "Exports and imports do not meet the national accounts: hubs and economies with hidden or "
    "unspecified partners differ most (rows exports_un and imports_un of the targets; for 2023 the "
    "accounts are those of 2021). External balances are those of the trade flows (row "
    "trade_balance).",
    "Trade and transport margins are not separated: flows are valued as customs record them, and "
    "producer and user prices differ by tariffs only. Changes in stocks are part of final use.",
)


def target_lines(
    root: Path, aim: Targets, books: list[Book], trade: TradeTargets, tariff: Array
) -> list[Line]:
    """Raw totals of the sources beside the world; mn USD."""
    year, flows = trade.year, aim.flows
    sold, bought = flows.sum(axis=1), flows.sum(axis=0)
    gdp = np.array([b.value_added.sum() for b in books]) + (flows * tariff).sum(axis=(0, 2))
    exports, imports, customs = raw.customs(root, year)
    why = customs_notes(aim, trade)
    lines = [
        Line("gdp", aim.gdp.value, gdp, aim.gdp.source),
        Line("goods_exports", exports, sold[:, CUSTOMS].sum(1), customs, why),
        Line("goods_imports", imports, bought[:, CUSTOMS].sum(1), customs, why),
    ]
    if year <= OECD_LAST_YEAR:
        out, into = raw.services(root, year)
        lines += [
            Line("services_exports", out, sold[:, ~CUSTOMS].sum(1), f"OECD {year}"),
            Line("services_imports", into, bought[:, ~CUSTOMS].sum(1), f"OECD {year}"),
        ]
    return [
        *lines,
        *_fuels(root, aim, books, trade),
        *_all_trade(root, aim, books),
        *_steps(aim, trade),
    ]


def _fuels(root: Path, aim: Targets, books: list[Book], trade: TradeTargets) -> list[Line]:
    """Fuels: raw quantities times the price that the build uses."""
    fuel, flows = aim.fuel, aim.flows
    crude, told = raw.crude_sold(root, trade.year, fuel)
    gas, gas_told = raw.gas_sold(root, trade.year)
    listed = fuel.gas > 0
    runs = np.where(fuel.throughput > 0, fuel.crude_run, np.nan)
    made = np.where(fuel.reviewed, fuel.crude_value, np.nan)
    return [
        Line(
            "crude_exports",
            crude * fuel.crude_price * BARREL_DAYS,
            flows[:, :, CRUDE].sum(1),
            told,
            "Transit, stocks and condensate; hidden oil is in the source too.",
        ),
        Line(
            "gas_exports",
            np.where(listed, gas, np.nan) * export_value(trade),
            flows[:, :, GAS].sum(1),
            gas_told,
            "Transit is netted; contracts and heating values differ between sources.",
        ),
        Line(
            "crude_output",
            made,
            np.array([b.output[CRUDE] for b in books]),
            "Statistical Review: production times export price",
            "What is sold at home is valued at a lower price where the state keeps it low.",
        ),
        Line(
            "crude_refined",
            runs,
            np.array([b.inputs[CRUDE, REFINED] for b in books]),
            "Statistical Review: refinery runs times export price",
            "Crude sold at home is valued at a lower price where the state keeps it low.",
        ),
    ]


def _all_trade(root: Path, aim: Targets, books: list[Book]) -> list[Line]:
    """Exports, imports and their difference in the national accounts; a check only."""
    gdp, flows = aim.gdp, aim.flows
    sold, bought, source = raw.all_trade(root, gdp.exports, gdp.imports, gdp.structure_year)
    text = tuple("Factbook 2023" if r == "TWN" else source for r in REGIONS)
    out, into = flows.sum(axis=(1, 2)), flows.sum(axis=(0, 2))
    value_added = np.array([b.value_added.sum() for b in books])
    then = np.where(gdp.structure_gdp > 0, gdp.structure_gdp, gdp.value)
    wanted = (sold - bought) / then * gdp.value
    goods = (flows.sum(axis=1) - flows.sum(axis=0))[:, CUSTOMS].sum(axis=1)
    notes = tuple(
        f"{100 * (out[i] - into[i]) / value_added[i]:+.1f} % of value added here (goods "
        f"{100 * goods[i] / value_added[i]:+.1f}), {100 * wanted[i] / gdp.value[i]:+.1f} % of GDP "
        "in the source."
        for i in range(len(REGIONS))
    )
    scaled = tuple(f"{s}, part of GDP times GDP of the world's year" for s in text)
    return [
        Line("exports_un", sold, out, text),
        Line("imports_un", bought, into, text),
        Line("trade_balance", wanted, out - into, scaled, notes, signed=True),
    ]


def balance_note(rows: list[dict[str, Any]], gdp: Array) -> str:
    """Which external balances lie far from those of the national accounts."""
    found = [
        f"{row['region']} ({row['note'].rstrip('.')})"
        for row in rows
        if row["quantity"] == "trade_balance"
        and abs(row["model"] - row["target"]) > FAR * gdp[REGIONS.index(row["region"])]
    ]
    return (
        f"External balances further than {100 * FAR:.0f} points of GDP from the national accounts, "
        "which the build does not aim at (hubs keep no trading margin; in 2023 customs data of the "
        f"partners make the surpluses of VNM, THA and MYS): {'; '.join(found) or 'none'}."
    )


def _steps(aim: Targets, trade: TradeTargets) -> list[Line]:
    """What the netting of re-exports and transit moved: no source, only a step of the build."""
    before, after = trade.flows, aim.flows
    text = "this build, before re-exports and transit are taken out"
    lines = []
    for name, where in (("goods", GOODS), ("services", ~GOODS), ("crude", CRUDE), ("gas", GAS)):
        for side, axis in (("exports", 1), ("imports", 0)):
            was, now = (a.sum(axis=axis)[:, where].reshape(len(REGIONS), -1).sum(1)
                        for a in (before, after))  # fmt: skip
            lines.append(Line(f"step_{name}_{side}", was, now, text))
    return lines


def customs_notes(aim: Targets, trade: TradeTargets) -> tuple[str, ...]:
    """Why goods trade differs from the raw customs totals, by economy, bn USD."""
    parts = [
        ("hidden crude", trade.hidden.sum(axis=1)),
        ("re-exports netted", -aim.netted[:, GOODS].sum(axis=1)),
        ("transit cut", -np.array([_cut(aim, r) for r in REGIONS])),
    ]
    if trade.year <= OECD_LAST_YEAR:
        parts += [
            ("exports to unspecified partners left out", -trade.dropped),
            ("imports of unspecified origin left out", -trade.unknown_origin),
        ]
    notes = []
    for i, region in enumerate(REGIONS):
        told = [f"{name} {a[i] / 1e3:+.1f}" for name, a in parts if abs(a[i]) > 100.0]
        known = KNOWN_GAPS.get((trade.year, region), "")
        text = f"bn USD: {', '.join(told)}." if told else ""
        notes.append(" ".join(part for part in (known, text) if part))
    return tuple(notes)


def _cut(aim: Targets, region: str) -> float:
    return sum(t.cut for t in aim.transit if t.region == region)


def moved_outputs(aim: Targets, books: list[Book]) -> dict[str, float]:
    """How far the balance moved outputs: weighted mean of |model - target| over target."""
    out = {}
    for i, region in enumerate(REGIONS):
        gap = np.abs(books[i].output - aim.outputs.output[i]).sum()
        out[region] = round(float(gap / aim.outputs.output[i].sum()), 5)
    return out


def reexport_rows(netted: Array) -> list[dict[str, Any]]:
    """Re-exports taken out, by hub and sector, mn USD, largest first."""
    places = [(float(netted[i, s]), i, s) for i, s in zip(*np.nonzero(netted), strict=True)]
    return [
        {"region": REGIONS[i], "sector": SECTOR_CODES[s], "mn_usd": round(value, 1)}
        for value, i, s in sorted(places, key=lambda row: (-row[0], row[1], row[2]))
        if value > SMALLEST
    ]


def transit_rows(aim: Targets) -> list[dict[str, Any]]:
    """Unrecorded transit that was cut, mn USD."""
    return [
        {"region": t.region, "cut": round(t.cut, 1), "passed_on": round(t.passed_on, 1),
         "margin": round(t.margin, 1)}
        for t in aim.transit
    ]  # fmt: skip


def hidden_rows(hidden: Array) -> list[dict[str, Any]]:
    """Crude of the hidden layer by pair, mn USD; `hidden` (origin, dest)."""
    return [
        {
            "origin": REGIONS[i],
            "dest": REGIONS[j],
            "mn_usd": round(float(hidden[i, j]), 1),
        }
        for i, j in zip(*np.nonzero(hidden > SMALLEST), strict=True)
    ]
