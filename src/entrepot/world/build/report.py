"""What a build reports: targets against the model, re-exports, hidden oil, notes."""

from __future__ import annotations

from typing import Any

import numpy as np

from entrepot.world.build.assemble import Targets
from entrepot.world.build.balance import Book
from entrepot.world.build.split import CRUDE, GAS, REFINED
from entrepot.world.layout import REGIONS, SECTOR_CODES, SECTORS

Array = np.ndarray
GOODS = np.array([s.traded_good for s in SECTORS])
SMALLEST = 0.5
"""mn USD below which a line is left out of lists."""

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
    "unspecified partners differ most (rows exports_un and imports_un of the targets).",
    "Trade and transport margins are not separated: flows are valued as customs record them, and "
    "producer and user prices differ by tariffs only. Changes in stocks are part of final use.",
)


def target_rows(aim: Targets, books: list[Book], recorded: Array, tariff: Array, year: int,
                goods_source: str) -> list[dict[str, Any]]:  # fmt: skip
    """One row for each economy and quantity: source, target, model, deviation (mn USD)."""
    duty = (aim.flows * tariff).sum(axis=(0, 2))
    gdp = np.array([b.value_added.sum() for b in books]) + duty
    crude = np.array([b.output[CRUDE] for b in books])
    run = np.array([b.inputs[CRUDE, REFINED] for b in books])
    goods, after = recorded[:, :, GOODS], aim.flows[:, :, GOODS]
    services, sold = recorded[:, :, ~GOODS], aim.flows[:, :, ~GOODS]
    rows: list[dict[str, Any]] = []
    lines: list[tuple[str, Array, Array, Any]] = [
        ("gdp", aim.gdp.value, gdp, aim.gdp.source),
        ("goods_exports", goods.sum(axis=(1, 2)), after.sum(axis=(1, 2)), goods_source),
        ("goods_imports", goods.sum(axis=(0, 2)), after.sum(axis=(0, 2)), goods_source),
        ("services_exports", services.sum(axis=(1, 2)), sold.sum(axis=(1, 2)), "trade side"),
        ("services_imports", services.sum(axis=(0, 2)), sold.sum(axis=(0, 2)), "trade side"),
        (
            "crude_exports",
            recorded[:, :, CRUDE].sum(1),
            aim.flows[:, :, CRUDE].sum(1),
            "trade side",
        ),
        ("gas_exports", recorded[:, :, GAS].sum(1), aim.flows[:, :, GAS].sum(1), "trade side"),
        ("crude_output", aim.outputs.output[:, CRUDE], crude, "quantity times price"),
        ("crude_refined", np.array(aim.crude_run), run, "quantity times price"),
    ]
    if aim.gdp.structure_year == year:
        un = f"UN {year}"
        lines += [
            ("exports_un", aim.gdp.exports, aim.flows.sum(axis=(1, 2)), un),
            ("imports_un", aim.gdp.imports, aim.flows.sum(axis=(0, 2)), un),
        ]
    for quantity, wanted, found, source in lines:
        for i, region in enumerate(REGIONS):
            text = source if isinstance(source, str) else source[i]
            rows.append(_row(region, quantity, text, float(wanted[i]), float(found[i])))
    return rows


def _row(region: str, quantity: str, source: str, target: float, model: float) -> dict[str, Any]:
    deviation = model / target - 1 if target > SMALLEST else None
    return {
        "region": region,
        "quantity": quantity,
        "source": source,
        "target": round(target, 1),
        "model": round(model, 1),
        "deviation": None if deviation is None else round(deviation, 5),
    }


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
