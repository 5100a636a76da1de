"""Measure batches on whatever device is there: ``python benchmarks/many.py``.

Rows: solves a second for three kinds of draws on a bundled world, the processor time of one solve,
the bytes that the equations of one solve read, and how far that is from what the device's memory
allows (a triad ``b = b + s c``, on arrays larger than any cache and on arrays of one draw's size).
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from table import Row, best, row, show
from worlds import banned

import entrepot as ep
from entrepot.model.closure import Closure
from entrepot.model.longrun import SWEEPS
from entrepot.numerics import Anderson
from entrepot.solving.frame import frame
from entrepot.solving.many import Arrangement, cores, solve_many, usual_arrangement
from entrepot.solving.many_beside import BESIDE, MOST_OWN
from entrepot.solving.many_rung import ready

LEAST = 100
"""Solves a second, sustained, on two cores."""
MOST_MEMORY = 2048
"""MiB at the peak, however many draws."""
LARGE = 2**24
"""Entries of an array that no cache holds."""
Draws = Callable[[ep.World, int, np.random.Generator], tuple[Any, Any]]


class Lazy:
    """Draws made when they are asked for, so that the inputs take no memory."""

    def __init__(self, count: int, make: Callable[[int], Any]) -> None:
        self.count, self.make = count, make

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, at: int) -> Any:
        return self.make(at)


def embargoes(world: ep.World, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Nobody buys one good of one economy: another one each time."""

    def make(_: int) -> ep.Shock:
        i, s = rng.integers(len(world.regions)), rng.integers(len(world.sectors))
        return banned(world, i, slice(None), s)

    return None, Lazy(count, make)


def elasticities(world: ep.World, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """One embargo under many trade elasticities."""
    _, shocks = embargoes(world, 1, np.random.default_rng(0))
    theta = world.theta
    assert theta is not None

    def make(_: int) -> ep.Economy:
        return ep.Economy.long_run(theta=theta * rng.lognormal(0, 0.2, theta.shape))

    return Lazy(count, make), shocks[0].bind(world)


def tariffs(world: ep.World, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Another tariff in every cell that has one."""
    return None, Lazy(
        count,
        lambda _: ep.Shock(tariff=world.tariff * rng.uniform(0.5, 1.5, world.tariff.shape)),
    )


KINDS: dict[str, Draws] = {
    "embargoes": embargoes,
    "trade elasticities": elasticities,
    "all tariffs": tariffs,
}


TURNS = 10


def triad(entries: int) -> float:
    """Bytes a second of ``b = b + s c``, `TURNS` times over, on arrays of `entries` numbers."""

    @jax.jit
    def turn(b: Any, c: Any) -> Any:
        return jax.lax.fori_loop(0, TURNS, lambda _, b: b + 1e-9 * c, b)

    with jax.enable_x64(True):
        b, c = jnp.ones(entries), jnp.ones(entries)
        taken = 1e-3 * best(lambda: turn(b, c).block_until_ready(), 10)
    return TURNS * 3 * 8 * entries / taken


def bytes_read(
    world: ep.World, economy: ep.Economy, shock: ep.Shock, arrangement: str
) -> tuple[float, int]:
    """Bytes that one evaluation reads for one draw, and the size of the trade arrays of one draw.

    Each sweep reads the trade and input shares once, the shares of producers are read once more
    for tariff revenue, and the acceleration reads its memory of residuals twice and of iterates
    once.  Draws side by side read what they share once for all of them.
    """
    m = ready(world, economy, shock, Closure.FIXED).args
    size = {name: np.asarray(getattr(m, name)).nbytes for name in m._fields
            if getattr(m, name) is not None}  # fmt: skip
    trade = sum(size.get(k, 0) for k in ("k", "k_producer", "k_export"))
    own = np.count_nonzero((m.k != frame(world).k[0]).any(axis=(1, 2)))
    beside = arrangement == Arrangement.THREADS and own <= MOST_OWN
    part = own / len(m.k) + 1 / BESIDE if beside else 1.0
    inputs = sum(size[k] for k in ("gamma", "gamma_use")) / (BESIDE if beside else 1)
    chains = (size["price_chain"] + size["goods_chain"]) / (BESIDE if beside else 1)
    unknowns = 2 * m.expenditure.size + len(m.value_added)
    memory = 3 * Anderson().memory * 8 * unknowns
    sweep = part * trade + inputs
    return SWEEPS * sweep + part * size["k_producer"] + chains + memory, trade


@dataclass(frozen=True, slots=True)
class Measured:
    """What one kind of draws took.

    Attributes
    ----------
    name, note : for the table
    rate : solves a second; used : processor seconds of one solve
    moved : bytes that the equations of one solve read; trade : bytes of its trade arrays

    """

    name: str
    note: str
    rate: float
    used: float
    moved: float
    trade: int


def measure(world: ep.World, kind: str, count: int, arrangement: str) -> Measured:
    """Time `count` draws of one kind."""
    rng = np.random.default_rng(1)

    def run(n: int) -> ep.solving.Batch:
        economy, shocks = KINDS[kind](world, n, rng)
        return solve_many(world, economy, shocks, keep="results", arrangement=arrangement)

    run(min(count, 64))
    start, used = time.perf_counter(), time.process_time()
    batch = run(count)
    taken, used = time.perf_counter() - start, time.process_time() - used
    economy, shocks = KINDS[kind](world, 1, rng)
    economy = ep.Economy.long_run() if economy is None else economy[0]
    shock = shocks[0] if isinstance(shocks, Lazy) else shocks
    each, trade = bytes_read(world, economy, shock, arrangement)
    said = ", ".join(f"{n} {verdict}" for verdict, n in batch.counts.items())
    note = (
        f"{said}; {batch.evaluations.mean():.1f} evaluations each; "
        f"{used / taken:.2f} of {cores()} cores received"
    )
    moved = each * float(batch.evaluations.mean())
    return Measured(f"{kind}, {arrangement}", note, count / taken, used / count, moved, trade)


def compare(m: Measured) -> list[Row]:
    """Rows of one kind of draws, beside what the memory allows."""
    large, small = triad(LARGE), triad(m.trade // 24)
    return [
        row(f"{m.name}: solves a second", m.rate, "1/s", LEAST, m.note, least=True),
        row(f"{m.name}: processor time of one solve", 1e3 * m.used, "ms", None,
            f"{cores()} idle cores would give {cores() / m.used:.0f}/s"),
        row(f"{m.name}: read by the equations of one solve", m.moved / 2**20, "MiB", None,
            f"{m.trade / 2**20:.1f} MiB of trade arrays"),
        row(f"{m.name}: part of the bound by main memory", 100 * m.rate * m.moved / large, "%",
            None, f"triad {large / 1e9:.1f} GB/s, bound {large / m.moved:.0f}/s"),
        row(f"{m.name}: part of the bound by memory of a draw's size",
            100 * m.rate * m.moved / small, "%", None,
            f"triad {small / 1e9:.1f} GB/s, bound {small / m.moved:.0f}/s"),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=300, help="draws of each kind")
    parser.add_argument("--world", default="2017")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--arrangement", choices=[str(a) for a in Arrangement])
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args()
    world = ep.load_world(chosen.world)
    arrangement = chosen.arrangement or str(usual_arrangement())
    found = [measure(world, kind, chosen.draws, arrangement) for kind in chosen.kinds]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # the triads come later
    rows = [r for one in found for r in compare(one)]
    device = f"{jax.devices()[0].device_kind}, {cores()} cores, world {world.name}"
    rows.append(row("batches: peak memory", peak, "MiB", MOST_MEMORY, device))
    show(rows, chosen.json)


if __name__ == "__main__":
    main()
