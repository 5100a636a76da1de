"""``entrepot routes``: links of the network, ways between two economies, effect of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from entrepot.channels import compile_shock
from entrepot.channels.routes import RoutesOutcome, Setting, atlas, link_sources
from entrepot.channels.routes.outcome import Change
from entrepot.channels.routes.places import load_places
from entrepot.channels.routes.rates import goods, numbers
from entrepot.channels.routes.settle import settle
from entrepot.cli.answers import finite_rows, publish
from entrepot.cli.pick import find_day, find_scenario, find_world
from entrepot.cli.terminal import print_table, print_text
from entrepot.core.errors import InputError, ScenarioError, did_you_mean
from entrepot.report.routespage import check_ending, top_costs, write_route_map
from entrepot.scenario.route_measures import ROUTE_KINDS
from entrepot.world.world import World

SHOWN: Final = 12
MOST: Final = 30
USED: Final = 0.05


def routes_command(
    scenario: str | None,
    between: tuple[str, str] | None,
    close: Sequence[str],
    world: str | None,
    pick: str | None,
    date_text: str | None,
    chart: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Print the named links, the ways of a pair, or what a scenario or a closure does."""
    benchmark = find_world(world or "2017")
    for name, given in (("--scenario", pick), ("--date", date_text)):
        if given is not None and scenario is None:
            raise InputError(f"{name} needs a scenario. Name one, or leave {name} out.")
    if scenario is not None and close:
        raise InputError("A scenario and --close say the same in two ways. Give one of them.")
    if chart is not None:
        check_ending(chart)
    if scenario is None and not close and between is None and chart is None:
        publish(*_links(benchmark), out, as_json)
        return
    outcome, notes = _outcome(benchmark, scenario, close, pick, date_text)
    if between is not None:
        publish(*_ways(outcome, _pair(benchmark, between)), out, as_json)
    elif outcome.changes or chart is None:
        publish(*_effect(outcome), out, as_json)
    if chart is not None:
        write_route_map(outcome, chart)
        if not as_json:
            print_table(top_costs(outcome, SHOWN), "What closing each link would cost")
            print_text(f"Map: {chart}")
    if not as_json:
        for note in notes:
            print_text(f"Note: {note}")


def _outcome(world: World, scenario: str | None, close: Sequence[str], pick: str | None,
             date_text: str | None) -> tuple[RoutesOutcome, tuple[str, ...]]:  # fmt: skip
    """The network of `world` before and after the scenario, or with some links closed."""
    if scenario is not None:
        compiled = compile_shock(world, find_scenario(scenario, pick), find_day(date_text))
        found = compiled.details.get("routes")
        if not isinstance(found, RoutesOutcome):
            raise ScenarioError(
                f"'{scenario}' has no measure of corridors in force ({', '.join(ROUTE_KINDS)}). "
                "Choose one that has, or another date."
            )
        return found, compiled.notes
    setting = Setting.central(_middle(world))
    network = setting.network("container")
    none = np.zeros(len(network.links))
    changes = [
        Change(
            name="closed", links=network.select(close),
            trade=np.ones((len(world.regions),) * 2, dtype=bool), sectors=frozenset(goods()),
            open=False, freight=1.0, days=none, toll=none, capacity=none * np.nan,
        )
    ]  # fmt: skip
    elasticity = numbers()["volume_elasticity"].central
    found = settle(world, setting, changes if close else [], elasticity)
    tanker = setting.network("tanker")
    shut = [x for x in close if not (network.open | tanker.open)[network.select([x])].any()]
    already = [f"{x} is closed already in the middle of {_middle(world).year}." for x in shut]
    return found, (*already, *found.remarks())


def _middle(world: World) -> date:
    return date(world.year or 2023, 7, 1)


def _pair(world: World, between: tuple[str, str]) -> tuple[str, str]:
    known = [r for r in world.regions if r in load_places().centres]
    unknown = [f"'{x}' has no place in it.{did_you_mean(x, known)}" for x in between
               if x not in known]  # fmt: skip
    if unknown or between[0] == between[1]:
        problems = unknown or [f"'{between[0]}' stands on both sides. Give two economies."]
        raise InputError.collect("The network of this world", problems)
    return between


Answer = tuple[dict[str, Any], dict[str, pd.DataFrame], pd.DataFrame]


def _links(world: World) -> Answer:
    """Named links as they were in the middle of the world's year."""
    net, sources = atlas(_middle(world), "container"), link_sources()
    table = net.link_table()
    tanker = atlas(_middle(world), "tanker")
    table["open"] = net.open | tanker.open
    table = table[table["name"].isin(list(sources))].drop_duplicates("name")
    table["total"] = table["days"] + table["border_days"]
    whole = table[["name", "tail", "head", "mode", "km", "days", "border_days", "capacity", "open",
                   "corridors"]].assign(source=table["name"].map(sources))  # fmt: skip
    short = pd.DataFrame(
        {
            "link": table["name"],
            "mode": table["mode"],
            "km": table["km"].round(0).astype(int),
            "days": table["total"].round(1),
            "Mt": [f"{x:g}" if np.isfinite(x) else "" for x in table["capacity"]],
            "open": np.where(table["open"], "yes", "no"),
            "part of": table["corridors"],
        }
    )
    year = world.year or 2023
    content = {"year": year, "links": finite_rows(whole)}
    return content, {f"Links with a name, as of the middle of {year}": short}, whole


def _ways(outcome: RoutesOutcome, pair: tuple[str, str]) -> Answer:
    """What it costs to get from one economy to another, and over which links goods go."""
    i, j = (outcome.world.regions.index(x) for x in pair)
    before, after = outcome.rates()
    rows = [
        {"sector": s, "before": 100 * before[i, j, k], "after": 100 * after[i, j, k],
         "hat": outcome.hats[i, j, k], "trade": outcome.value[i, j, k]}
        for k, s in enumerate(outcome.world.sectors)
        if s in outcome.sectors
    ]  # fmt: skip
    cost = pd.DataFrame(rows)
    net = outcome.network
    use = outcome.use(*pair)
    most = np.maximum(*use)
    links = pd.DataFrame(
        [
            (net.links[k], _place(net.nodes[net.head[k]]), use[0][k], use[1][k])
            for k in np.argsort(-most, kind="stable")
            if most[k] >= USED
        ],
        columns=["link", "towards", "before", "after"],
    )
    changed = bool(outcome.changes)
    tables = {
        f"From {pair[0]} to {pair[1]}: transport and its time, per cent of the value": _percent(
            cost, changed
        ),
        "Links that its trade passes, per cent by value": _shares(links, changed),
    }
    content = {
        "from": pair[0],
        "to": pair[1],
        "cost": finite_rows(cost),
        "links": finite_rows(links),
    }
    return content, tables, links


def _place(name: str) -> str:
    """A gate of a passage without the direction in which it is used."""
    return name.removesuffix(" in").removesuffix(" out")


def _percent(cost: pd.DataFrame, changed: bool) -> pd.DataFrame:
    out = pd.DataFrame({"sector": cost["sector"], "cost %": cost["before"].map(_number)})
    if changed:
        out["after %"] = cost["after"].map(_number)
    return out


def _number(value: float) -> str:
    return f"{value:.1f}" if np.isfinite(value) else "no way"


def _shares(links: pd.DataFrame, changed: bool) -> pd.DataFrame:
    out = links[["link", "towards"]].head(2 * SHOWN).copy()
    links = links.head(2 * SHOWN)
    out["use %"] = (100 * links["before"]).round(0).astype(int)
    if changed:
        out["after %"] = (100 * links["after"]).round(0).astype(int)
    return out


def _effect(outcome: RoutesOutcome) -> Answer:
    """Pairs hit hardest, links whose traffic changes, pairs without a way."""
    pairs, links, none = outcome.pair_table(), outcome.link_table(), outcome.no_way()
    shown = pairs.head(SHOWN)
    short = pd.DataFrame(
        {
            "from": shown["origin"], "to": shown["dest"],
            "mn USD": [f"{x:,.0f}" for x in shown["trade"]],
            "cost %": [f"{100 * (x - 1):+.2f}" if np.isfinite(x) else "no way"
                       for x in shown["hat"]],
            "stopped %": [f"{x:.0f}" if x else "" for x in shown["stopped"]],
        }
    )  # fmt: skip
    named = links[~links["link"].str.contains(" - ")].head(SHOWN)
    traffic = pd.DataFrame(
        {
            "link": named["link"], "towards": named["to"].map(_place),
            "Mt": [f"{a:.1f} > {b:.1f}" for a, b in zip(named["before"], named["after"],
                                                       strict=True)],
            "queue USD/t": [f"{x:.0f}" if x else "" for x in named["queue"]],
        }
    )  # fmt: skip
    tables = {"Pairs whose cost changes most": short, "Links with a name: traffic": traffic}
    if none:
        tables[f"Pairs with goods that have no way left ({len(none)} in all)"] = pd.DataFrame(
            none[:MOST], columns=["from", "to"]
        )
    content = {
        "pairs": finite_rows(pairs),
        "links": finite_rows(links),
        "no_way": [list(p) for p in none],
    }
    return content, tables, pairs
