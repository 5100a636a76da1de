"""The command line: verbs, options and exit status; everything is done by the rooms below.

Heavy rooms are imported inside the verbs, so that ``entrepot --help`` answers at once.

Exit status: 0 certified; 1 no certified result, or the output cannot be written; 2 the input
cannot be used; 130 interrupted.
"""
# No `from __future__ import annotations`: typer would evaluate the text of each of them at each
# start, three times the time to make the verbs (52 ms, not 17).

from pathlib import Path
from typing import Annotated, Optional

import typer

from entrepot.cli.session import guarded

app = typer.Typer(
    name="entrepot",
    help="Economic sanctions: who restricts what of whom, which way trade then takes, and what it "
    "costs everybody.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
world_app = typer.Typer(help="Benchmark worlds: list, show, build.", no_args_is_help=True)
scenario_app = typer.Typer(help="Scenarios: list them, show their cells.", no_args_is_help=True)
case_app = typer.Typer(help="The casebook: contested claims, held against models and the record.",
                       no_args_is_help=True)  # fmt: skip
app.add_typer(world_app, name="world")
app.add_typer(scenario_app, name="scenario")
app.add_typer(case_app, name="case")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Folder = Annotated[Optional[Path], typer.Option("--out", "-o", help="Folder to write; by default "  # noqa: UP045 - typer on 3.11
                   "one of that name under entrepot-out.")]  # fmt: skip
Csv = Annotated[Optional[Path], typer.Option("--out", "-o", help="CSV file for the whole table.")]  # noqa: UP045 - typer on 3.11
JsonFile = Annotated[Optional[Path], typer.Option("--out", "-o", help="JSON file for the same.")]  # noqa: UP045 - typer on 3.11
Bundle = Annotated[Optional[Path], typer.Option("--out", "-o", help="File to write; by default "  # noqa: UP045 - typer on 3.11
                   "NAME.npz.")]  # fmt: skip
WorldName = Annotated[Optional[str], typer.Option("--world", "-w", help="Bundled world (2017, "  # noqa: UP045 - typer on 3.11
                      "2023 ...) or a .npz file; default: the last before the date.")]  # fmt: skip
Day = Annotated[Optional[str], typer.Option("--date", help="Day on which measures are in force, "  # noqa: UP045 - typer on 3.11
                "YYYY-MM-DD; by default the scenario's own.")]  # fmt: skip
Pick = Annotated[Optional[str], typer.Option("--scenario", "-s", help="Scenario or measure in the "  # noqa: UP045 - typer on 3.11
                 "file, if it holds several.")]  # fmt: skip

Horizon = Annotated[Optional[str], typer.Option(help="Time since the shock: very_short_run, "  # noqa: UP045 - typer on 3.11
                    "short_run, medium_run or long_run; by default the long run.")]  # fmt: skip
Months = Annotated[Optional[float], typer.Option(help="Time since the shock in months, in place "  # noqa: UP045 - typer on 3.11
                   "of --horizon: elasticities between the nearest two.")]  # fmt: skip


def _version(asked: bool) -> None:
    if asked:
        from entrepot import __version__

        typer.echo(f"entrepot {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Economic sanctions, from a scenario file to a certified answer."""


@app.command()
@guarded
def run(
    scenario: Annotated[str, typer.Argument(help="Name in the library (see `entrepot scenario "
                                            "list`) or a YAML file.")],
    world: WorldName = None,
    pick: Pick = None,
    date: Day = None,
    closure: Annotated[Optional[str], typer.Option(help="External balance: fixed, "  # noqa: UP045 - typer on 3.11
                       "share_of_income, zero or frozen.")] = None,
    ranges: Annotated[bool, typer.Option(help="Also solve the ends of every range.")] = True,
    openness: Annotated[float, typer.Option(help="New links: part of what gravity expects where "
                        "nothing is traded, 0 (off) to 1; try 0.1.")] = 0.0,
    horizon: Horizon = None,
    months: Months = None,
    models: Annotated[str, typer.Option(help="one: the chosen economy. all: also every time since "
                      "the shock beside bounds, and which assumption moves the answer.")] = "one",
    max_seconds: Annotated[float, typer.Option(help="Most seconds for one solve; at "
                           "the ends of ranges at most 20. What takes longer has no result and is "
                           "named.")] = 60.0,
    out: Folder = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Solve a scenario, print who loses and who gains, and write tables and a report."""
    from entrepot.cli.horizon import preset_from
    from entrepot.cli.run import run_command

    time = preset_from(horizon, months)
    run_command(scenario, world, pick, date, closure, ranges, openness, time, models, max_seconds,
                out, as_json)  # fmt: skip


@app.command("path")
@guarded
def path_verb(
    scenario: Annotated[str, typer.Argument(help="Name in the library or a YAML file.")],
    first: Annotated[int, typer.Option("--from", help="First year.")] = 2018,
    last: Annotated[int, typer.Option("--to", help="Last year, included.")] = 2028,
    world: Annotated[Optional[str], typer.Option("--world", "-w", help="Bundled world (2017, "  # noqa: UP045 - typer on 3.11
                     "2023 ...) or a .npz file, benchmark of every year; default: the last before "
                     "the first measure.")] = None,
    pick: Pick = None,
    day: Annotated[str, typer.Option(help="Day of each year on which measures are in force, "
                   "MM-DD.")] = "07-01",
    closure: Annotated[Optional[str], typer.Option(help="External balance in years with a "  # noqa: UP045 - typer on 3.11
                       "measure: fixed, share_of_income, zero or frozen.")] = None,
    adaptation: Annotated[bool, typer.Option(help="Solve the path with adaptation beside the one "
                          "without.")] = True,
    ranges: Annotated[bool, typer.Option(help="Also solve the ends of every range.")] = True,
    max_seconds: Annotated[float, typer.Option(help="Most seconds for one solve; at the ends of "
                           "ranges at most 20. What takes longer has no result and is "
                           "named.")] = 60.0,
    out: Folder = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Solve a scenario year by year, with adaptation and without; a stopped run goes on."""
    from entrepot.cli.path import path_command

    path_command(scenario, first, last, world, pick, day, closure, adaptation, ranges, max_seconds,
                 out, as_json)  # fmt: skip


@app.command()
@guarded
def oil(
    scenario: Annotated[Optional[str], typer.Argument(help="Name in the library or a YAML file, "  # noqa: UP045 - typer on 3.11
                        "with measures of oil; or nothing: a base year as it was.")] = None,
    base: Annotated[Optional[int], typer.Option("--base", help="Base year of the market; by "  # noqa: UP045 - typer on 3.11
                    "default the scenario's own, or the last before its first measure.")] = None,
    first: Annotated[Optional[str], typer.Option("--from", help="First month, YYYY-MM; by default "  # noqa: UP045 - typer on 3.11
                     "three before the first measure.")] = None,
    months: Annotated[Optional[int], typer.Option(help="How many months; by default until twelve "  # noqa: UP045 - typer on 3.11
                      "after the last change of any measure.")] = None,
    pick: Pick = None,
    agreement: Annotated[bool, typer.Option(help="Let OPEC and its partners answer to the price "
                         "where the scenario gives no rule of its own.")] = False,
    background: Annotated[bool, typer.Option(help="Move everybody else's output, refining and "
                          "demand as recorded in these years, with the measures and "
                          "without.")] = False,
    ranges: Annotated[bool, typer.Option(help="Also solve the ends of every range.")] = True,
    record: Annotated[bool, typer.Option("--record", help="Replay the embargoes on Iran (2012, "
                      "2018) and Russia (2022) from data before each, beside what was "
                      "recorded.")] = False,
    out: Folder = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """The world oil market month by month, with measures and without; a stopped run goes on."""
    from entrepot.cli.oil import oil_command

    oil_command(scenario, pick, base, first, months, agreement, background, ranges, record, out,
                as_json)  # fmt: skip


@app.command()
@guarded
def payments(
    words: Annotated[Optional[list[str]], typer.Argument(help="A scenario (name in the library or "  # noqa: UP045 - typer on 3.11
                     "YAML file), pairs such as IRN-CHN, both, or nothing.")] = None,
    world: WorldName = None,
    pick: Pick = None,
    date: Day = None,
    years: Annotated[Optional[float], typer.Option(help="Years of adjustment; by default all that "  # noqa: UP045 - typer on 3.11
                     "payments need.")] = None,
    out: Csv = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Rails of payment: their use in a world, between pairs, and before and after a scenario."""
    from entrepot.cli.payments import payments_command

    payments_command(words or [], world, pick, date, years, out, as_json)


@app.command()
@guarded
def hubs(
    scenario: Annotated[str, typer.Argument(help="Name in the library or a YAML file, with a "
                                            "measure of the kind evasion.")] = "russia-2022-hubs",
    world: Annotated[str, typer.Option("--world", "-w", help="Bundled world (2017, 2023 ...) or a "
                     ".npz file, from before the measures.")] = "2017",
    pick: Pick = None,
    date: Day = None,
    record: Annotated[bool, typer.Option(help="For Russia: print what customs recorded "
                      "beside it.")] = True,
    out: Csv = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Goods that come back through hubs after a ban, and what customs recorded of them."""
    from entrepot.cli.hubs import hubs_command

    hubs_command(scenario, world, pick, date, record, out, as_json)


@app.command()
@guarded
def routes(
    scenario: Annotated[Optional[str], typer.Argument(help="Name in the library or a YAML file, "  # noqa: UP045 - typer on 3.11
                        "with a measure of corridors; or nothing.")] = None,
    between: Annotated[Optional[tuple[str, str]], typer.Option(help="Two economies: what it costs "  # noqa: UP045 - typer on 3.11
                       "to get from one to the other, and over which links.")] = None,
    close: Annotated[Optional[list[str]], typer.Option(help="Link, corridor or passage to close; "  # noqa: UP045 - typer on 3.11
                     "may be given several times.")] = None,
    chart: Annotated[Optional[Path], typer.Option("--map", help="Map of what closing each link "  # noqa: UP045 - typer on 3.11
                     "would cost (.svg), or a page with traffic and a table (.html).")] = None,
    world: WorldName = None,
    pick: Pick = None,
    date: Day = None,
    out: Csv = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Corridors: named links, ways between two economies, and what closing does."""
    from entrepot.cli.routes import routes_command

    routes_command(scenario, between, close or [], world, pick, date, chart, out, as_json)


@app.command()
@guarded
def sensitivity(
    scenario: Annotated[str, typer.Argument(help="Name in the library or a YAML file.")],
    outcome: Annotated[str, typer.Option(help="What is to be moved: welfare:IRN, welfare:EU27, "
                       "export_revenue:IRN, export_revenue:IRN:crude or price:CHN:crude.")],
    world: WorldName = None,
    pick: Pick = None,
    date: Day = None,
    closure: Annotated[Optional[str], typer.Option(help="External balance: fixed, "  # noqa: UP045 - typer on 3.11
                       "share_of_income, zero or frozen.")] = None,
    horizon: Horizon = None,
    months: Months = None,
    unit: Annotated[Optional[list[str]], typer.Option(help="Unit of change of one instrument: "  # noqa: UP045 - typer on 3.11
                    "tariff=5pp, trade_cost=2%, transfer=100mn, theta=10%; may be repeated. "
                    "By default 1 point for taxes, 1 % for costs and productivity, 0.1 % of income "
                    "for transfers, half the documented range for elasticities.")] = None,
    top: Annotated[int, typer.Option(help="How many to list in each block.")] = 10,
    out: JsonFile = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """List the instruments and parameters that move an outcome most, and check the first three."""
    from entrepot.cli.sensitivity import sensitivity_command

    sensitivity_command(scenario, outcome, world, pick, date, closure, horizon, months, unit or [],
                        top, out, as_json)  # fmt: skip


@app.command()
@guarded
def validate(
    file: Annotated[Path, typer.Argument(help="Scenario file (YAML).")],
    world: WorldName = None,
    out: JsonFile = None,
    as_json: Json = False,
) -> None:
    """Check a scenario file, every problem at once, and that it fits a world."""
    from entrepot.cli.scenario import validate_command

    validate_command(file, world, as_json, out)


@world_app.command("list")
@guarded
def world_list(out: JsonFile = None, as_json: Json = False) -> None:
    """Bundled worlds with their size."""
    from entrepot.cli.world import list_command

    list_command(as_json, out)


@world_app.command("show")
@guarded
def world_show(
    name: Annotated[str, typer.Argument(help="Bundled world or .npz file.")] = "2017",
    as_json: Json = False,
    out: Csv = None,
) -> None:
    """Identities of a world, and how far each economy lies from its sources."""
    from entrepot.cli.world import show_command

    show_command(name, as_json, out)


@world_app.command("build")
@guarded
def world_build(
    name: Annotated[str, typer.Argument(help="World to build: 2017, 2017-recorded, 2023 ...")],
    sources: Annotated[Path, typer.Option("--sources", help="Folder with the raw sources.")],
    out: Bundle = None,
    as_json: Json = False,
) -> None:
    """Build a world from the raw sources; stops if a source fails one of its assertions."""
    from entrepot.cli.world import build_command

    build_command(name, sources, out, as_json)


@scenario_app.command("list")
@guarded
def scenario_list(out: JsonFile = None, as_json: Json = False) -> None:
    """Scenarios that come with the package."""
    from entrepot.cli.scenario import list_command

    list_command(as_json, out)


@scenario_app.command("show")
@guarded
def scenario_show(
    scenario: Annotated[str, typer.Argument(help="Name in the library or a YAML file.")],
    world: WorldName = None,
    pick: Pick = None,
    date: Day = None,
    out: Csv = None,
    as_json: Json = False,
) -> None:
    """Cells that a scenario changes, before and after, with the legal act of each."""
    from entrepot.cli.scenario import show_command

    show_command(scenario, world, pick, date, out, as_json)


@case_app.command("list")
@guarded
def case_list(out: JsonFile = None, as_json: Json = False) -> None:
    """Cases of the casebook."""
    from entrepot.cli.case import list_command

    list_command(as_json, out)


@case_app.command("show")
@guarded
def case_show(
    case: Annotated[str, typer.Argument(help="Name of the case.")],
    out: JsonFile = None,
    as_json: Json = False,
) -> None:
    """The claim, its source, the record and the rule of the verdict; nothing is solved."""
    from entrepot.cli.case import show_command

    show_command(case, as_json, out)


@case_app.command("run")
@guarded
def case_run(
    case: Annotated[str, typer.Argument(help="Name of the case.")],
    out: Folder = None,
    as_json: Json = False,
) -> None:
    """Solve a case, hold it against the record, and compute the verdict."""
    from entrepot.cli.case import run_command

    run_command(case, out, as_json)
