"""Presets and bounds side by side: the table, and the findings in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from entrepot.report.console import plain_rows
from entrepot.report.plain import PLAIN
from entrepot.report.summary import economy_name
from entrepot.report.words import percent
from entrepot.study.models import SMALLEST, Models

OTHERS, PARTIES = 5, 4
"""Most economies shown: of those that are no party, and of targets and senders each."""


UPSTREAM = 2
"""Most targets, and most senders, of which lost sales are told."""
WILD = 10.0
"""Change of welfare of a bystander, per cent, above which a preset is called a stress test."""
WHOLE = 100.5
"""Largest share, per cent of the way, that is still told in per cent."""


def when(name: str) -> str:
    """Name of a preset for people."""
    return name.replace("_", " ")


def size(models: Models) -> np.ndarray:
    """(N,) by how much an economy is moved: the most in any certified preset, else its bound."""
    values = models.welfare if models.certified else models.final
    return np.nan_to_num(np.abs(values.values)).max(axis=0)


def shown(models: Models) -> dict[str, str]:
    """Economies worth a row: code -> role, in the order of targets, senders and others."""
    regions = models.run.world.regions
    order = [regions[k] for k in np.argsort(-size(models), kind="stable")]
    targets = [r for r in order if r in models.run.targets]
    senders = [r for r in order if r in models.run.senders and r not in targets]
    others = [r for r in order if r not in targets and r not in senders]
    return {
        **dict.fromkeys(targets[:PARTIES], "target"),
        **dict.fromkeys(senders[:PARTIES], "sender"),
        **dict.fromkeys(others[:OTHERS], "other"),
    }


def role(models: Models, code: str) -> str:
    """Part that an economy plays in the scenario."""
    return (
        "target" if code in models.run.targets
        else "sender" if code in models.run.senders else "other"
    )  # fmt: skip


def chain_text(models: Models, code: str) -> str:
    """What becomes scarce if nothing can be replaced, and the way it takes to final demand."""
    if models.bounds is None:
        return ""
    if abs(float(models.final.isel(preset=0).sel(region=code))) < SMALLEST:
        return ""
    chain = models.bounds.chains[models.run.world.regions.index(code)]
    return " → ".join(link.replace("_", " ") for link in chain)


def moved_by(models: Models, code: str) -> list[tuple[str, float, float]]:
    """Parameters by size of their share: name, percentage points, per cent of the whole way.

    Empty if there are no shares, or if the whole way is too short to be split.
    """
    shares = models.shares.sel(region=code).to_series()
    whole = shares.sum(skipna=False)
    if not abs(whole) >= SMALLEST:
        return []
    order = shares.abs().sort_values(ascending=False).index
    return [(str(p), float(shares[p]), float(100 * shares[p] / whole)) for p in order]


def moved_text(models: Models, code: str, short: bool = False) -> str:
    """Return the assumption that moves the answer most, and its part of the whole way."""
    if not models.way:
        return "not split"
    found = moved_by(models, code)
    if not found:
        return "hardly moves"
    name, *amount = found[0]
    word = PLAIN[name].short if short else PLAIN[name].name
    return f"{word} {_amount(*amount, cancel=cancelling(found), short=short)}"


def cancelling(found: list[tuple[str, float, float]]) -> bool:
    """Whether shares of both signs are so large that per cent of their sum mean little."""
    return abs(found[0][2]) > WHOLE


def _amount(points: float, part: float, *, cancel: bool, short: bool = False) -> str:
    """Return a share in per cent of the way, or in percentage points where shares cancel."""
    if not cancel:
        return f"{part:.0f} %"
    return f"{points:+.2f}" if short else f"{points:+.2f} points"


def flagged(models: Models, code: str) -> list[str]:
    """Presets under which the economy loses more than any shortage at home could cost."""
    below = models.below().sel(region=code)
    return [str(p) for p in below["preset"].values if bool(below.sel(preset=p))]


def scarcity_text(models: Models, code: str) -> str:
    """What the bound says about an economy, in one sentence."""
    if models.bounds is None:
        return f"No bounds: {models.unbounded}"
    short = chain_text(models, code)
    text = f"Scarce: {short}." if short else "Nothing it needs becomes scarce."
    times = flagged(models, code)
    if times:
        said = ", ".join(when(name).removesuffix(" run") for name in times)
        often = "" if len(times) == len(models.certified) else f" ({said} run)"
        text += f" Loses by dearer imports or cheaper exports{often}."
    return text


def rerouted(models: Models) -> np.ndarray:
    """(N,) upper bound at old prices, per cent; NaN if there is none."""
    if models.bounds is None:
        return np.full(len(models.run.world.regions), np.nan)
    values: np.ndarray = 100 * (models.bounds.rerouted.values - 1)
    return values


def lost_sales(models: Models) -> np.ndarray:
    """(N,) value added that goes if no lost sale is replaced, per cent; NaN if there is none."""
    if models.bounds is None:
        return np.full(len(models.run.world.regions), np.nan)
    values: np.ndarray = -100 * models.bounds.upstream.values
    return values


def models_table(models: Models) -> pd.DataFrame:
    """One row per economy: bounds, presets with their verdicts, spread, what moves it."""
    world = models.run.world
    frame = pd.DataFrame({"code": world.regions, "name": world.region_titles})
    frame["role"] = [role(models, code) for code in world.regions]
    frame["final"] = models.final.isel(preset=0).values
    frame["upstream"] = lost_sales(models)
    for one in models.presets:
        frame[one.name] = models.welfare.sel(preset=one.name).values
        frame[f"{one.name}_verdict"] = models.verdict[one.name]
    frame["rerouted"] = rerouted(models)
    frame["spread"] = models.spread.values
    frame["moved_most_by"] = [moved_text(models, code) for code in world.regions]
    frame["scarce"] = [chain_text(models, code) for code in world.regions]
    frame["terms_of_trade"] = [", ".join(flagged(models, code)) for code in world.regions]
    order = np.argsort(-size(models), kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def shown_rows(models: Models) -> list[dict[str, Any]]:
    """Rows of `models_table` worth showing, in the order of `shown`."""
    rows = models_table(models).set_index("code", drop=False).loc[list(shown(models))]
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict(orient="records")]


def shares_table(models: Models) -> pd.DataFrame:
    """One row per economy and parameter: share of the way, percentage points and per cent."""
    rows = [
        {"code": code, "parameter": name, "words": PLAIN[name].name, "points": points, "part": part}
        for code in models.run.world.regions
        for name, points, part in moved_by(models, code)
    ]
    return pd.DataFrame(rows, columns=["code", "parameter", "words", "points", "part"])


def presets_table(models: Models) -> pd.DataFrame:
    """One row per preset and parameter: verdict, reason, value, range and source."""
    parts = []
    for one in models.presets:
        table = one.table().reset_index()
        table["preset"], table["months"] = one.name, one.months
        table["verdict"] = models.verdict[one.name]
        table["reason"] = models.reason.get(one.name, "")
        parts.append(table)
    table = pd.concat(parts, ignore_index=True)
    first = ["preset", "months", "verdict", "reason"]
    return table[[*first, *(c for c in table.columns if c not in first)]]


def models_answer(models: Models) -> list[str]:
    """Findings in sentences: targets, what moves them, what has no result, who loses by prices."""
    lines = [_finding(models, code) for code, part in shown(models).items() if part == "target"]
    lines += [
        f"No result for the {when(name)}: {models.verdict[name]} (the report says why)."
        for name in models.reason
    ]
    names = [economy_name(models.run.world, c) for c in shown(models) if flagged(models, c)]
    if names:
        lines.append(
            f"Lose by dearer imports or cheaper exports, not by shortage: {', '.join(names)} (more "
            "than any shortage at home could cost)."
        )
    lines += _upstream(models) + _wild(models)
    if models.bounds is None:
        lines.append(f"No bounds: {models.unbounded}")
    return [*lines, *models.notes]


def _upstream(models: Models) -> list[str]:
    """Who loses most value added if no lost sale is replaced: of the targets, of the senders."""
    table = models_table(models).set_index("code")
    told = []
    for part in ("target", "sender"):
        lost = table.loc[table["role"] == part, "upstream"].nsmallest(UPSTREAM)
        told += [
            f"{economy_name(models.run.world, str(code))} {percent(value)} ({part})"
            for code, value in lost[lost <= -SMALLEST].items()
        ]
    if not told:
        return []
    return [
        "Upstream, if no lost sale and none of its suppliers' is replaced, value added falls: "
        f"{', '.join(told)}."
    ]


def _wild(models: Models) -> list[str]:
    """Return a warning for each preset in which bystanders gain or lose very much."""
    party = {*models.run.targets, *models.run.senders}
    lines = []
    for name in models.certified:
        values = models.welfare.sel(preset=name).to_series().drop(list(party))
        moved = values[values.abs() > WILD]
        if len(moved):
            far = str(moved.abs().idxmax())
            lines.append(
                f"In the {when(name)} {len(moved)} economies that are no party gain or lose "
                f"more than {WILD:g} % (most: {economy_name(models.run.world, far)} "
                f"{percent(float(moved[far]))}). Read it as a stress test, not as a forecast."
            )
    return lines


def _finding(models: Models, code: str) -> str:
    """Range over time, bound and reasons for one economy."""
    name = economy_name(models.run.world, code)
    values = models.welfare.sel(region=code)
    told = [f"{percent(float(values.sel(preset=p)))} ({when(p)})" for p in models.certified]
    text = f"{name}: welfare {', '.join(told)}" if told else f"{name}: no preset has a result"
    if models.bounds is not None:
        bound = percent(float(models.final.isel(preset=0).sel(region=code)))
        text += f"; {bound} if nothing could be replaced"
    found = moved_by(models, code)[:2]
    if found:
        cancel = cancelling(found)
        said = ", then ".join(
            f"{PLAIN[n].name} ({_amount(*amount, cancel=cancel)})" for n, *amount in found
        )
        said += "; the others work against it" if cancel else ""
        start, end = (when(n) for n in models.way)
        text += f". What moves it most from the {start} to the {end}: {said}"
    return text + "."


def models_json(models: Models) -> dict[str, Any]:
    """Return the comparison as plain data; tables as lists of rows."""
    return {
        "presets": [
            {"name": p.name, "months": p.months, "verdict": models.verdict[p.name],
             "reason": models.reason.get(p.name)} for p in models.presets
        ],
        "economies": plain_rows(models_table(models)),
        "shown": shown(models),
        "way": list(models.way),
        "shares": plain_rows(shares_table(models)),
        "words": {name: words._asdict() for name, words in PLAIN.items()},
        "answer": models_answer(models),
        "unbounded": models.unbounded,
        "notes": list(models.notes),
        "solves": models.solves,
        "seconds": dict(models.seconds),
    }  # fmt: skip
