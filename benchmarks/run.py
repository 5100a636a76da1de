"""Measure speed and accuracy against bounds, and print one table: ``python benchmarks/run.py``."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
if CORES:  # before JAX is imported: it makes as many threads as there are cores
    os.sched_setaffinity(0, {max(CORES)})

import jax
import numpy as np
from presets import presets
from table import Row, best, row, show
from worlds import caliendo_parro, embargo, random_world

import entrepot as ep
from entrepot.channels import oil
from entrepot.channels.routes import Setting, rates
from entrepot.channels.routes.criticality import groups_of
from entrepot.channels.routes.criticality_trade import named_links
from entrepot.channels.routes.transport import flow
from entrepot.data.tntp import read_tntp
from entrepot.model.closure import Closure
from entrepot.model.longrun import BLOCKS, longrun_step
from entrepot.model.shock import Shock
from entrepot.numerics import Anderson, anderson
from entrepot.solving.bind import bind
from entrepot.solving.coefficients import coefficients
from entrepot.study.oil_record import DRAWS, OilRecord, oil_record

HERE = Path(__file__).parent
GOLDENS = HERE.parents[1] / "shared/goldens/caliendo_parro_2015"


def published(folder: Path) -> list[Row]:
    """Time the counterfactual of Caliendo and Parro, warm."""
    options = ep.SolveOptions(tolerance=1e-8)
    if folder.is_dir():
        world, shock = caliendo_parro(folder)
        note = "authors' data"
    else:
        world, note = random_world(31, 40), "random world of that size: archive absent"
        shock = ep.Shock(tariff=world.tariff * 0.5)
    solution = ep.solve(world, shock=shock, options=options).raise_if_failed()
    value = best(lambda: ep.solve(world, shock=shock, options=options))
    note += f"; {sum(solution.evaluations.values())} evaluations"
    return [
        row("NAFTA counterfactual 31 x 40, residual 1e-8, with certificate", value, "ms", 6, note)
    ]


def bundled() -> list[Row]:
    """Time one scenario on each bundled world, warm."""
    rows = []
    for name in ep.list_worlds():
        start = time.perf_counter()
        world = ep.load_world(name)
        loaded = 1e3 * (time.perf_counter() - start)
        rows.append(row(f"load world {name}", loaded, "ms", 200))
        shock = embargo(world, "IRN", "crude")
        value = best(lambda w=world, s=shock: ep.solve(w, shock=s), times=20)
        rows.append(row(f"Iranian crude banned, world {name}", value, "ms", 100))
    return rows


def derivatives() -> list[Row]:
    """Count how many solves one gradient of welfare by everything costs, warm."""
    world = ep.load_world("2017")
    rows = []
    for name, economy in (("long", ep.Economy.long_run()), ("short", ep.Economy.short_run())):
        ban = embargo(world, "IRN", "crude")
        solution = ep.solve(world, economy, ban).raise_if_failed()
        solved = best(lambda e=economy, b=ban: ep.solve(world, e, b), times=10)
        taken = best(lambda s=solution: s.gradient("welfare:IRN"), times=10)
        note = f"{taken:.0f} ms beside {solved:.0f}; by every tariff, cost, tax and elasticity"
        rows.append(row(f"gradient in the {name} run, in solves", taken / solved, "", 5, note))
    return rows


def step_time(n: int, s: int) -> float:
    """Return microseconds per evaluation of the equations on a world of that size."""
    world = random_world(n, s)
    values = ep.Economy.long_run().elasticities_for(world)
    problem = bind(world, values, Shock().bind(world), Closure.FIXED)
    options = Anderson(tolerance=0.0, max_evaluations=50, blocks=BLOCKS)
    start = np.concatenate([np.zeros(n * s), np.ones(n * s), np.zeros(n)])
    with jax.enable_x64(True):
        m = jax.tree.map(jax.numpy.asarray, coefficients(problem))
        return (
            best(lambda: anderson(longrun_step, start, m, options).y.block_until_ready(), 10) * 20
        )


def growth() -> list[Row]:
    """Fit the exponent of cost in the number of trade cells."""
    sizes = [(20, 10), (30, 20), (40, 20), (60, 20), (80, 24), (40, 40), (60, 40)]
    times = [step_time(*size) for size in sizes]
    cells = [n * n * s for n, s in sizes]
    slope = float(np.polyfit(np.log(cells), np.log(times), 1)[0])
    note = ", ".join(f"{n}x{s}: {t:.0f} us" for (n, s), t in zip(sizes, times, strict=True))
    return [row("exponent of cost in N^2 S (1 = proportional)", slope, "", 1.1, note)]


def routes() -> list[Row]:
    """Time the algebra of all ways on the bundled network, and a published road network."""
    setting = Setting.central(date(2023, 7, 1))
    world, goods = ep.load_world("2023"), rates.goods()["machinery"]
    base = flow(goods, setting, None, world.regions)
    ways, net = base.ways, base.ways.network
    value = world.trade_share[:, :, 0] * world.expenditure[None, :, 0]
    trips = base.part.T @ value @ base.part
    size = f"{len(net.nodes)} places, {len(net.links)} links, machinery"
    groups = groups_of(net, named_links(net))
    rows = [
        row(
            "all ways of the bundled network",
            best(lambda: ep.routes.all_ways(net, ways.cost, ways.nu), 20),
            "ms",
            None,
            size,
        ),
        row("traffic on all its links", best(lambda: ep.routes.traffic(ways, trips), 20), "ms"),
        row(
            f"closing each of its {len(groups)} named links",
            best(lambda: ep.routes.criticality(ways, trips, groups), 5),
            "ms",
            None,
            "low-rank updates",
        ),
    ]
    folder = GOLDENS.parent / "transport_networks" / "Anaheim"
    if folder.is_dir():
        t = read_tntp(folder / "Anaheim_net.tntp", folder / "Anaheim_trips.tntp")
        roads = ep.routes.Roads(t.nodes, t.tail, t.head, t.no_through)
        delay = ep.routes.Bpr(t.free, t.capacity, t.b, t.power)
        value = best(lambda: ep.routes.user_equilibrium(roads, delay, t.trips), 3)
        rows.append(
            row(
                "user equilibrium of Anaheim, gap 1e-10, with certificate",
                value,
                "ms",
                None,
                "416 nodes, 914 links, 1406 pairs",
            )
        )
    return rows


def all_cores() -> None:
    """Give a started process the cores that this one gave up."""
    if CORES:
        os.sched_setaffinity(0, CORES)


def started(words: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Wall and processor seconds of a Python process with every core."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *words], env=env, check=True, stdout=subprocess.DEVNULL,
                   preexec_fn=all_cores)  # fmt: skip
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cold() -> list[Row]:
    """Time the command from the shell: first start compiles, later ones do not.

    The scenario is an embargo on crude in the long run, without the oil market: three solves
    (centre and ends of the trade elasticities), the summary, and the folder with its report.
    """
    rows = []
    env = {**os.environ, "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its bytecode
    with tempfile.TemporaryDirectory() as folder:
        env["JAX_COMPILATION_CACHE_DIR"] = f"{folder}/cache"
        run = ["-m", "entrepot", "run", "zero-by-november", "--out", f"{folder}/run"]
        for what, words, times, bound in (
            ("entrepot run zero-by-november, first start (compiles)", run, 1, None),
            ("entrepot run zero-by-november, cold start", run, 3, 3.0),
            ("import of every public name", ["-c", "import entrepot.api"], 3, None),
            ("entrepot --help", ["-m", "entrepot", "--help"], 3, 0.5),
        ):
            wall, processor = min(started(words, env) for _ in range(times))
            rows.append(row(what, wall, "s", bound, f"{processor:.1f} s of processors"))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    rows.append(row("peak memory of the command", peak, "MiB", None))
    return rows


def batches() -> list[Row]:
    """Measure batches in a process of their own, with every core."""
    command = [sys.executable, str(HERE / "many.py"), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, preexec_fn=all_cores)
    rows: list[Row] = json.loads(done.stdout)
    return rows


def oil_months() -> list[Row]:
    """Three years of the oil market, and modelled Brent beside the record."""
    russia, west = ("RUS-URALS", "RUS-ESPO"), ("EU-NORTH", "EU-SOUTH", "EU-EAST", "GBR")
    sea, r = ("mainstream", "shadow"), oil.restrictions
    timed = [
        oil.Timed(r.Ban(russia, west, sea), "2022-12"),
        oil.Timed(r.PriceCap(russia, sea[:1], 60.0), "2022-12"),
        oil.Timed(r.Designation("shadow", 60.0), "2024-06"),
    ]
    given = (oil.load_market(2021), "2022-01", 36, timed)
    start = time.process_time()
    oil.run_path(*given, agreement=oil.load_agreement(2021))
    taken = time.process_time() - start
    background = oil.history(2016, "2016-01", "2024-12")
    found = oil.brent_score(oil.run_path(oil.load_market(2016), "2016-01", 108, background))
    note = (f"of years {100 * found.years_error:.0f} %, bias {100 * found.bias:+.0f} %, direction "
            f"{found.direction:.2f}; output and runs of each year are known")  # fmt: skip
    return [
        row("36 months of oil, embargo, cap and agreement, processor time", taken, "s", 10),
        row("Brent by month 2016-2024, mean error", 100 * found.error, "%", None, note),
    ]


def replays(found: OilRecord) -> list[Row]:
    """Rows of the scores of replayed episodes."""
    rows = []
    for r in found.scores.itertuples():
        note = f"rank of buyers {r.rank_of_buyers:.2f}, direction {r.direction:.2f}"
        rows.append(row(f"skill of the replay {r.episode} (0: no change)", r.skill, "", 0.0, note,
                        least=True))  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out cold starts and presets")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--draws", type=int, default=DRAWS, help="of the replays of oil")
    parser.add_argument("--goldens", type=Path, default=GOLDENS)
    chosen = parser.parse_args()
    rows = [] if chosen.quick else cold() + presets()
    rows += published(chosen.goldens) + bundled() + derivatives() + growth() + routes()
    rows += batches() + oil_months()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append(row("peak memory of the measurements", peak, "MiB", None))
    replayed = oil_record(draws=chosen.draws)
    rows += replays(replayed)
    show(rows, chosen.json)
    if not chosen.json:
        print(f"\n{replayed.text()}")


if __name__ == "__main__":
    main()
