"""``entrepot hubs``: what passes hubs after a ban, beside what customs recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from entrepot.channels import compile_shock
from entrepot.cli.answers import finite_rows
from entrepot.cli.pick import find_day, find_scenario, find_world
from entrepot.cli.session import use_compilation_cache
from entrepot.cli.terminal import print_json, print_table, print_text
from entrepot.core.files import atomic_file
from entrepot.scenario.reexport_measures import REEXPORT_KINDS
from entrepot.study.hubs import HubEquilibrium, hub_ranges, settle_hubs
from entrepot.study.hubs_record import RUSSIA, SERIES, HubComparison, compare_hubs

KINDS: Final = tuple(REEXPORT_KINDS.values())
LISTED: Final = 8
FALL: Final = (
    "Sold to targets counts a hub's own exports too: they fall with the targets' demand, so that "
    "the sum can fall while goods pass through."
)
SHOWN: Final = {
    "hub": "hub",
    "through": "through it",
    "from_senders_before": "bought from senders",
    "surge_in": "change %",
    "to_targets_before": "sold to targets",
    "surge_out": "change % ",
}


def hubs_command(
    scenario: str,
    world: str,
    pick: str | None,
    date: str | None,
    record: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Solve `scenario` with its hubs and print their trade."""
    found, day = find_scenario(scenario, pick), find_day(date)
    benchmark = find_world(world)
    use_compilation_cache()
    compiled = compile_shock(benchmark, found, day)
    settled = settle_hubs(benchmark, compiled)
    table = settled.recorded().hubs()
    compared = _compared(settled) if record else None
    moved = hub_ranges(benchmark, found, day)
    if out is not None:
        with atomic_file(out) as temporary:
            table.to_csv(temporary, index=False)
    if as_json:
        content = _plain(found.name, settled, table, compared, compiled.notes)
        print_json({**content, "ranges": finite_rows(moved)})
        return
    _print(found.title or found.name, settled, table, compared)
    print()
    print_table(_range_rows(moved), "What moves it most: mn USD that come back, first round")
    makers = [e.name for e in found.entries if isinstance(e.measure, KINDS)]
    for note in compiled.notes:
        if set(note.split(":")[0].split(", ")) & set(makers):
            print_text(f"Note: {note}")


def _compared(settled: HubEquilibrium) -> HubComparison | None:
    """Record of Russia's neighbours, where goods come back to Russia."""
    plan = settled.plan
    if RUSSIA not in {plan.regions[k] for k in np.unique(plan.cells[:, 1])}:
        return None
    return compare_hubs(settled.recorded())


def _print(title: str, settled: HubEquilibrium, table: pd.DataFrame,
           compared: HubComparison | None) -> None:  # fmt: skip
    rows = [{SHOWN[c]: _short(r[c]) for c in SHOWN} for r in table.to_dict("records")]
    print_table(rows, f"{title}: trade of hubs as customs would record it, mn USD")
    if ((table["through"] > 0) & (table["to_targets_after"] < table["to_targets_before"])).any():
        print_text(FALL)
    word = "agree" if settled.converged else "do NOT agree"
    print_text(
        f"{settled.rounds['evaded'].iloc[-1]:,.0f} of {settled.plan.lost():,.0f} mn USD of banned "
        f"trade come back. Flows, mark-ups and economy {word} to {settled.gap:.1e} after "
        f"{len(settled.rounds)} solves."
    )
    if compared is None:
        return
    for series, words in SERIES.items():
        part = compared.table[compared.table["series"] == series]
        print()
        print_table(_record_rows(part), f"Record: {words}; before is the mean of 2019 to 2021")
        score = next(s for s in compared.scores.to_dict("records") if s["series"] == series)
        print_text(
            f"{score['hubs']} hubs: same direction {score['same_direction']:.0%}, rank correlation "
            f"{score['rank']:+.2f} (of what passes through {score['rank_through']:+.2f}), median "
            f"of predicted over recorded excess {score['ratio']:.2f}. {compared.level_text(series)}"
        )
    print()
    print_text(compared.replaced_text())
    print_text(
        "through: part of the model's change that is goods on their way. excess: recorded change "
        "less the growth of the Union's exports to all other partners. ratio: model over excess."
    )


def _record_rows(part: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "hub": r["hub"],
            "model %": f"{r['predicted']:+.1f}",
            "through %": f"{r['through']:+.1f}",
            "record %": f"{r['recorded']:+.1f}",
            "excess %": f"{r['excess']:+.1f}",
            "model mn": f"{r['predicted_mn']:+,.0f}",
            "excess mn": f"{r['excess_mn']:+,.0f}",
            "ratio": f"{r['ratio']:.2f}",
            "until": r["after"],
        }
        for r in part.sort_values("excess", ascending=False).to_dict("records")
    ]


def _range_rows(moved: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "number": r["name"],
            "low": f"{r['low']:g}",
            "high": f"{r['high']:g}",
            "at low": f"{r['evaded_low']:,.0f}",
            "central": f"{r['evaded']:,.0f}",
            "at high": f"{r['evaded_high']:,.0f}",
        }
        for r in moved.head(LISTED).to_dict("records")
    ]


def _short(value: Any) -> Any:
    return f"{value:,.1f}" if isinstance(value, float) else value


def _plain(name: str, settled: HubEquilibrium, table: pd.DataFrame,
           compared: HubComparison | None, notes: tuple[str, ...]) -> dict[str, Any]:  # fmt: skip
    return {
        "scenario": name,
        "world": settled.solution.world.name,
        "converged": settled.converged,
        "gap": settled.gap,
        "rounds": finite_rows(settled.rounds),
        "banned_mn_usd": settled.plan.lost(),
        "hubs": finite_rows(table),
        "record": finite_rows(compared.table) if compared else None,
        "scores": finite_rows(compared.scores) if compared else None,
        "replaced": compared.replaced if compared else None,
        "notes": list(notes),
    }
