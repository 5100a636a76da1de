"""``entrepot payments``: rails of a world, of pairs, and what a scenario does to them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entrepot.channels import compile_shock
from entrepot.channels.payments import Baseline, PaymentsOutcome, baseline, rail_titles
from entrepot.channels.payments.tables import few
from entrepot.cli.answers import finite_rows, publish
from entrepot.cli.pick import find_day, find_scenario, find_world
from entrepot.cli.terminal import print_text
from entrepot.core.errors import InputError
from entrepot.scenario.payment_measures import PAYMENT_KINDS
from entrepot.world.world import World

PAIR = re.compile(r"^([A-Z]{3})-([A-Z]{3})$")
SHOWN = 15


def payments_command(
    words: list[str],
    world: str | None,
    pick: str | None,
    date: str | None,
    years: float | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Print the rails of a world, of the pairs that are named, or before and after a scenario."""
    pairs = [m.groups() for w in words if (m := PAIR.match(w))]
    others = [w for w in words if not PAIR.match(w)]
    if len(others) > 1:
        raise InputError(
            f"'{others[0]}' and '{others[1]}' are two scenarios. Give one, and pairs as IRN-CHN."
        )
    if others:
        _scenario(others[0], pairs, world, pick, date, years, out, as_json)
        return
    for name, given in (("--scenario", pick), ("--date", date), ("--years", years)):
        if given is not None:
            raise InputError(f"{name} needs a scenario. Name one, or leave {name} out.")
    benchmark = find_world(world)
    found = baseline(benchmark)
    publish(*(_of_pairs(found, pairs) if pairs else _of_world(found, benchmark)), out, as_json)


def _moved(before: float, after: float) -> str:
    """Two shares in per cent."""
    return f"{100 * before:.3g} > {100 * after:.3g}"


def _dearer(hat: float) -> str:
    """A cost hat in per cent; a pair without a way says so."""
    return "no way" if np.isinf(hat) else f"{100 * (hat - 1):+.2f}"


def _short_rails(outcome: PaymentsOutcome) -> pd.DataFrame:
    """Rails for the terminal."""
    full = outcome.use_table()
    return pd.DataFrame(
        {
            "rail": full["rail"],
            "held by": [few(outcome.rails.controllers.get(r, ())) for r in full["rail"]],
            "use %": list(map(_moved, full["use_before"], full["use_after"])),
            "losing it costs %": [
                f"{_dearer(a)} > {_dearer(b)}"
                for a, b in zip(full["power_before"], full["power_after"], strict=True)
            ],
        }
    )


def _short_pairs(pairs: pd.DataFrame, rails: tuple[str, ...]) -> pd.DataFrame:
    """Pairs for the terminal."""
    columns = {
        "origin": pairs["origin"],
        "dest": pairs["dest"],
        "mn USD": [f"{x:,.0f}" for x in pairs["value"]],
        "cost %": list(map(_dearer, pairs["cost"])),
    }
    for rail in rails:
        columns[rail] = list(map(_moved, pairs[f"{rail}_before"], pairs[f"{rail}_after"]))
    return pd.DataFrame(columns)


Answer = tuple[dict[str, Any], dict[str, pd.DataFrame], pd.DataFrame]


def _of_world(found: Baseline, world: World) -> Answer:
    """Use of rails worldwide, and how much of it rests on what."""
    basis = found.basis_table()
    names = found.rails.rails
    use = pd.DataFrame({"rail": names, "title": [rail_titles()[r] for r in names],
                        "use": basis.sum().values})  # fmt: skip
    rests = basis.T.rename_axis("rail").reset_index()
    content = {
        "world": world.name,
        "year": found.year,
        "rails": finite_rows(use),
        "basis": finite_rows(rests),
    }
    title = f"Rails of the world {world.name}, statements of {found.year}, share of world trade"
    return content, {title: use, "What the shares rest on": rests}, use.merge(rests, on="rail")


def _of_pairs(found: Baseline, pairs: list[tuple[str, ...]]) -> Answer:
    """Shares of each pair with the source of each."""
    tables = {f"{a} to {b}": found.pair(a, b) for a, b in pairs}
    content = {"year": found.year, "pairs": {name: finite_rows(t) for name, t in tables.items()}}
    whole = pd.concat([t.assign(pair=name) for name, t in tables.items()], ignore_index=True)
    keep = ["sectors", "rail", "share", "low", "high", "basis", "source"]
    return content, {f"{n}, statements of {found.year}": t[keep] for n, t in tables.items()}, whole


def _scenario(name: str, pairs: list[tuple[str, ...]], world: str | None, pick: str | None,
              date: str | None, years: float | None, out: Path | None,
              as_json: bool) -> None:  # fmt: skip
    """Print what a scenario does to rails and pairs."""
    scenario, day = find_scenario(name, pick), find_day(date)
    compiled = compile_shock(find_world(world, scenario, day), scenario, day, years=years)
    outcome = compiled.details.get("payments")
    if not isinstance(outcome, PaymentsOutcome):
        raise InputError(
            f"Scenario '{scenario.name}' has no measure on payments in force on "
            f"{compiled.day or 'any day'}. Their kinds are {', '.join(PAYMENT_KINDS)}."
        )
    whole = outcome.pair_table()
    chosen = whole.head(SHOWN)
    if pairs:
        chosen = pd.concat([_one_pair(whole, *pair) for pair in pairs], ignore_index=True)
    content = {
        "scenario": scenario.name, "date": str(compiled.day or ""), "years": years,
        "rails": finite_rows(outcome.use_table()), "pairs": finite_rows(chosen),
        "no_way": [" to ".join(pair) for pair in outcome.no_way()],
        "certified": outcome.certificate.ok, "equilibria": len(outcome.equilibria),
        "message": outcome.message(), "notes": list(compiled.notes),
    }  # fmt: skip
    tables = {
        "Rails, before > after: share of world trade, and what losing the rail would cost":
            _short_rails(outcome),
        f"{'Pairs' if pairs else 'The most affected pairs'}: cost, and shares before > after, %":
            _short_pairs(chosen, outcome.rails.rails),
    }  # fmt: skip
    publish(content, tables, whole, out, as_json)
    if not as_json:
        print_text(outcome.message())
        for note in compiled.notes:
            print_text(f"note: {note}", 6)


def _one_pair(whole: pd.DataFrame, origin: str, dest: str) -> pd.DataFrame:
    found = whole[(whole["origin"] == origin) & (whole["dest"] == dest)]
    if found.empty:
        raise InputError(f"There is no trade from {origin} to {dest} in this world. Check both.")
    return found
