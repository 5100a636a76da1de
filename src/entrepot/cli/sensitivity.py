"""``entrepot sensitivity``: what moves an outcome of a scenario most."""

from __future__ import annotations

from pathlib import Path

from entrepot.channels import compile_shock
from entrepot.cli.horizon import preset_from
from entrepot.cli.pick import find_day, find_scenario, find_world
from entrepot.cli.session import use_compilation_cache
from entrepot.cli.terminal import print_table, print_text, published
from entrepot.core.errors import InputError
from entrepot.core.files import check_place
from entrepot.model.economy import Economy
from entrepot.report.sensitivity import heading, remarks, rows, to_json
from entrepot.results.outcome import Outcome
from entrepot.solving import solve
from entrepot.study.oil_answer import refuse_oil
from entrepot.study.sensitivity import sensitivity
from entrepot.study.sensitivity_units import read_units


def sensitivity_command(
    scenario: str,
    outcome: str,
    world: str | None,
    pick: str | None,
    date: str | None,
    closure: str | None,
    horizon: str | None,
    months: float | None,
    units: list[str],
    top: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Solve `scenario` and print the instruments and parameters that move `outcome` most."""
    if out is not None:
        check_place(out)
    found, day = find_scenario(scenario, pick), find_day(date)
    asked, preset = read_pairs(units), preset_from(horizon, months)
    read_units(asked)
    benchmark = find_world(world, found, day)
    compiled = compile_shock(benchmark, found, day)
    refuse_oil(compiled, "the search for what moves an outcome")
    chosen = Outcome.of(outcome, benchmark, found.vocabulary.groups, compiled.day)
    use_compilation_cache()
    solution = solve(benchmark, Economy.from_preset(preset), compiled.bind(benchmark),
                     closure or compiled.closure or "fixed").raise_if_failed()  # fmt: skip
    answer = sensitivity(solution, chosen, top, units=asked, ranges=preset, text=outcome)
    base = {"scenario": found.name, "world": benchmark.name, "day": compiled.day,
            "closure": solution.closure, "horizon": preset.name}  # fmt: skip
    if published({**base, **to_json(answer)}, as_json, out):
        return
    print(found.title)
    print_text(f"world {benchmark.name}, {compiled.day or 'undated'}, balances {solution.closure}, "
               f"{preset.name.replace('_', ' ')}")  # fmt: skip
    print()
    print_text(heading(answer))
    print()
    print_table(rows(answer.single), "Single instruments and parameters")
    print()
    print_table(rows(answer.groups), "Groups, moved together")
    print()
    for note in (*remarks(answer), *compiled.notes):
        print_text(f"note: {note}", 6)


def read_pairs(given: list[str]) -> dict[str, str]:
    """Read ``tariff=5pp`` and the like; every problem at once."""
    pairs = [text.partition("=") for text in given]
    bad = [f"'{''.join(p)}' is no pair" for p in pairs if not (p[0].strip() and p[2].strip())]
    if bad:
        problem = f"{', '.join(bad)}; write instrument=unit, such as --unit tariff=5pp."
        raise InputError(f"--unit cannot be read: {problem}")
    return {name.strip(): unit.strip() for name, _, unit in pairs}
