"""Numbers and findings in words; the console, the page and the JSON twin use the same ones."""

from __future__ import annotations

from math import isinf
from typing import Final

import pandas as pd

from entrepot.report.plain import PLAIN
from entrepot.report.summary import NEGLIGIBLE, Summary

NAMED = 2
LONG_RUN = "long_run"


def percent(value: float) -> str:
    """Return a change in per cent, with as many digits as it deserves."""
    if abs(value) < NEGLIGIBLE:
        return "0.00 %"
    return f"{value:+.2f} %" if abs(value) < 10 else f"{value:+.0f} %"


def bounds(low: float, high: float) -> str:
    """Return a range of changes in per cent."""
    if percent(low) == percent(high):
        return "no range"
    return f"{percent(low).removesuffix(' %')} to {percent(high)}"


def money(value: float, signed: bool = False) -> str:
    """Return an amount in bn USD."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 2
    text = f"{value:{'+' if signed else ''},.{digits}f}"
    return "0" if float(text.replace(",", "")) == 0 else text


def horizon_text(summary: Summary) -> str:
    """Return the time since the shock to which the numbers belong."""
    if summary.horizon == LONG_RUN:
        return "the long run"
    if summary.horizon.startswith("at "):
        return f"{summary.months:g} months after the shock"
    return f"the {summary.horizon.replace('_', ' ')} (about {_months(summary.months)})"


def elasticities_text(summary: Summary) -> str:
    """Return the elasticities that do not differ by sector, in one line."""
    table = summary.elasticities[summary.elasticities["where"] == "all"]
    rows = {row["parameter"]: row for row in table.to_dict(orient="records")}
    of = {"theta_ratio": " of that of the long run"}
    said = ", ".join(
        f"{words.name} {number(rows[name]['value'])}{of.get(name, '')} ({rows[name]['symbol']})"
        for name, words in PLAIN.items()
    )
    return f"Elasticities: {said} (ranges and sources in the report)."


def number(value: float) -> str:
    """Return an elasticity."""
    return "infinite" if isinf(value) else f"{value:.3g}"


def _months(months: float) -> str:
    if months == 1:
        return "one month"
    return f"{months / 12:g} years" if months % 12 == 0 and months > 12 else f"{months:g} months"


TOWARDS: Final = {"transfer": "to", "aid": "for", "loan": "to", "trade_agreement": "with",
                  "swap_line": "with"}  # fmt: skip
"""How a kind of measure is aimed at somebody, where it is not against them."""


def measure_text(row: dict[str, str]) -> str:
    """Return one measure as a sentence."""
    kind = row["kind"].replace("_", " ")
    dates = "".join(f", {word} {row[key]}" for word, key in (("from", "from"), ("until", "until"))
                    if row[key])  # fmt: skip
    towards = TOWARDS.get(row["kind"], "against")
    against = f" {towards} {row['whom']}" if row["whom"] else ""
    by = f" by {row['who']}" if row["who"] else ""
    sectors = row["sectors"].replace("_", " ")
    sectors = "; all sectors" if sectors == "all" else f"; {sectors}" if sectors else ""
    return f"{row['title']}: {kind}{by}{against}{sectors}{dates}"


def answer(summary: Summary) -> list[str]:
    """Return the answer in at most six lines; of many targets, the two that lose most."""
    lines, certain = [], summary.variants == 1
    for target in summary.hit[:NAMED]:
        row = summary.welfare[summary.welfare["code"] == target].iloc[0]
        exports = summary.export_range[summary.export_range["target"] == target].iloc[0]
        spread = "" if certain else f" ({bounds(row['low'], row['high'])})"
        ends = f" ({money(exports['low'])} to {money(exports['high'])})"
        lines.append(
            f"{row['name']}: welfare {percent(row['percent'])}{spread}, "
            f"{money(row['bn_usd'], signed=True)} bn USD a year; exports from "
            f"{money(exports['before'])} to {money(exports['after'])} bn USD"
            f"{'' if certain else ends}."
        )
    if len(summary.targets) > NAMED:
        total = _together(summary, summary.targets)
        lines.append(f"The {len(summary.targets)} targets: {total} bn USD together.")
    others = summary.welfare[~summary.welfare["code"].isin(summary.targets)]
    if len(others):
        who = "Among the others" if summary.targets else "Of all economies"
        lines.append(f"{who} {_ends(others, certain)}.")
    if 0 < len(summary.senders) < len(summary.welfare):
        total = _together(summary, summary.senders)
        lines.append(f"Those who take the measures: {total} bn USD together.")
    lines.append(sureness(summary))
    return lines


def _together(summary: Summary, codes: tuple[str, ...]) -> str:
    chosen = summary.welfare["code"].isin(codes)
    return money(float(summary.welfare.loc[chosen, "bn_usd"].sum()), signed=True)


def _ends(frame: pd.DataFrame, certain: bool) -> str:
    """Name who loses and who gains most, if anybody does; `frame` has the worst first."""
    worst, best = frame.iloc[0], frame.iloc[-1]
    parts = [
        f"{row['name']} {verb} most ({percent(row['percent'])}"
        + ("" if certain else f"; {bounds(row['low'], row['high'])}")
        + ")"
        if (verb == "loses" and row["percent"] <= -NEGLIGIBLE)
        or (verb == "gains" and row["percent"] >= NEGLIGIBLE)
        else f"nobody {verb}"
        for row, verb in ((worst, "loses"), (best, "gains"))
    ]
    return " and ".join(parts)


def sureness(summary: Summary) -> str:
    """Return how sure the numbers are, in one sentence."""
    failed = f"; {len(summary.failed)} more gave no result" if summary.failed else ""
    base = (
        "Central case only, no ranges"
        if summary.variants == 1
        else f"Ranges over {summary.variants} variants of elasticities and behaviour"
    )
    return f"{base}{failed}; largest gap of any identity {summary.worst:.0e}."
