"""`baseline_rails`: the rails of a bundled world, from the statements of this room's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Final

import numpy as np
import pandas as pd

from entrepot.channels.payments.data_files import rows_of, yaml_of
from entrepot.channels.payments.parameters import numbers
from entrepot.channels.payments.rails import Rails
from entrepot.channels.payments.statements import Statement, in_year, overlay, statements
from entrepot.core.errors import SourceError, ValueRangeError, did_you_mean
from entrepot.core.labels import check_known
from entrepot.scenario.labels import ALL, SECTOR_GROUPS, Group, Member, builtin_groups, economies
from entrepot.world.world import World

SWAP: Final = "swap:"
EUROSYSTEM: Final = "EA"
EURO: Final = "EURO"
INFORMAL: Final = "barter"


def rail_titles() -> Mapping[str, str]:
    """Name of each rail to its title, in the order of tables."""
    return {name: x["title"] for name, x in yaml_of("rails.yaml").items()}


@cache
def payment_groups() -> Mapping[str, Group]:
    """Groups of this room's ``groups.yaml`` and of the scenario room."""
    own = {}
    for name, g in yaml_of("groups.yaml").items():
        members = tuple(
            Member(m) if isinstance(m, str) else Member(m["code"], m.get("from"), m.get("until"))
            for m in g["members"]
        )
        own[name] = Group(name, g["title"], members, g["source"])
    return {**builtin_groups(), **own}


def swap_partners(lender: str, day: date) -> tuple[str, ...]:
    """Economies with a swap line with `lender`, in either one's currency, on `day`."""
    held = [
        (row["lender"], row["partner"])
        for row in rows_of("swap_lines.csv")
        if row["from"] <= day.isoformat() <= (row["until"] or date.max.isoformat())
    ]
    found = {b if a == lender else a for a, b in held if lender in (a, b)}
    if EUROSYSTEM in found:
        found |= set(payment_groups()[EURO].at(day))
    return tuple(sorted(found - {EUROSYSTEM}))


@dataclass(frozen=True, slots=True)
class Selectors:
    """What the selectors of statements mean in one world on one day."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    day: date

    def places(self, name: str) -> tuple[np.ndarray, int]:
        """(region,) bool, and 2 for one economy, 1 for a group, 0 for all."""
        if name == ALL:
            return np.ones(len(self.regions), dtype=bool), 0
        if name.startswith(SWAP):
            return self._among(swap_partners(name.removeprefix(SWAP), self.day)), 1
        groups = payment_groups()
        if name in groups:
            return self._among(groups[name].at(self.day)), 1
        if name not in economies():
            pool = [*economies(), *groups]
            raise SourceError(f"facts.csv: no economy or group '{name}'.{did_you_mean(name, pool)}")
        return self._among((name,)), 2

    def _among(self, codes: tuple[str, ...]) -> np.ndarray:
        return np.isin(np.array(self.regions), codes)

    def trades(self, name: str) -> tuple[np.ndarray, int]:
        """(sector,) bool, and 2 for one sector, 1 for a group, 0 for all."""
        if name == ALL:
            return np.ones(len(self.sectors), dtype=bool), 0
        if name in SECTOR_GROUPS:
            return np.isin(np.array(self.sectors), SECTOR_GROUPS[name]), 1
        return np.array([s == name for s in self.sectors]), 2


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Baseline:
    """Rails of a world with where each share comes from.

    Attributes
    ----------
    rails : the benchmark
    year : year whose statements count
    statement : (origin, dest, sector) number of the most specific statement; -1 inside an economy
    statements : in that order

    """

    rails: Rails
    year: int
    statement: np.ndarray
    statements: tuple[Statement, ...]

    def __repr__(self) -> str:
        """Year and rails."""
        return f"<Baseline {self.year}: {self.rails!r}>"

    def pair(self, origin: str, dest: str) -> pd.DataFrame:
        """Shares from `origin` to `dest`, one row per rail and group of sectors with one statement.

        Columns: sectors, rail, share (weighted by value), low, high, basis, source, statement.
        Rails that the statement does not name have the basis ``left over``.
        """
        check_known([origin, dest], self.rails.economies, "economy", "these rails")
        i, j = self.rails.economies.index(origin), self.rails.economies.index(dest)
        rows = []
        for k in (int(x) for x in np.unique(self.statement[i, j]) if x >= 0):
            cells = self.statement[i, j] == k
            rows += self._rows(self.statements[k], self.rails.share[i, j][cells][0], cells)
        columns = ["sectors", "rail", "share", "low", "high", "basis", "source", "statement"]
        return pd.DataFrame(rows, columns=columns)

    def _rows(self, one: Statement, share: np.ndarray, cells: np.ndarray) -> list[list[object]]:
        covered = [s for s, x in zip(self.rails.sectors, cells, strict=True) if x]
        text = "all" if cells.all() else ", ".join(covered)
        names = list(one.shares)
        rows: list[list[object]] = []
        for rail, value in zip(self.rails.rails, share, strict=True):
            low, _, high = one.shares.get(rail, (np.nan, np.nan, np.nan))
            at = names.index(rail) if rail in names else None
            basis = "left over" if at is None else one.basis[at]
            source = "" if at is None else one.sources[at]
            rows.append([text, rail, float(value), low, high, basis, source, one.name])
        return rows

    def basis_table(self) -> pd.DataFrame:
        """Share of world trade by rail and by basis of the statement; adds to 1."""
        names = ("observed", "derived", "assumed", "left over")
        total = np.zeros((len(names), len(self.rails.rails)))
        value = self.rails.value / self.rails.value.sum()
        for k, one in enumerate(self.statements):
            cells = self.statement == k
            over = value[cells] @ self.rails.share[cells]
            said = dict(zip(one.shares, one.basis, strict=True))
            for r, rail in enumerate(self.rails.rails):
                total[names.index(said.get(rail, "left over")), r] += over[r]
        return pd.DataFrame(total, index=pd.Index(names, name="basis"),
                            columns=list(self.rails.rails))  # fmt: skip


def baseline(
    world: World,
    *,
    lean: float = 0.0,
    informal: float | None = None,
    year: int | None = None,
) -> Baseline:
    """Return the rails of `world` and where each share comes from.

    Parameters
    ----------
    world : a world whose economies have ISO codes; its trade at user prices weighs the pairs
    lean : where the dollar's share lies in the range of each statement: -1 low, 0 central, 1 high
    informal : least share of every flow over the rail ``barter``; the central value of the
        parameter if left out
    year : year of the statements; that of the world if left out, the last of all if it has none

    """
    if not -1 <= lean <= 1:
        raise ValueRangeError(f"'lean' must lie in [-1, 1]; found {lean!r}.")
    least = numbers()["informal"].central if informal is None else informal
    if not 0 <= least < 1:
        raise ValueRangeError(f"'informal' must be at least 0 and below 1; found {least!r}.")
    return _baseline(world, lean, least, year)


@lru_cache(maxsize=4)
def _baseline(world: World, lean: float, informal: float, year: int | None) -> Baseline:
    given = statements()
    when = year or world.year or max(s.year for s in given)
    select = Selectors(world.regions, world.sectors, date(when, 12, 31))
    rails = yaml_of("rails.yaml")
    names = tuple(rails)
    current = in_year(given, when)
    share, owner, ranked = overlay(current, names, select.places, select.trades, lean)
    share = _with_informal(share, names.index(INFORMAL), informal)
    here = np.arange(len(world.regions))
    share[here, here] = 0.0
    value = world.trade_share * world.expenditure[None]
    value[here, here] = 0.0
    controllers = {
        rail: tuple(
            r
            for r in world.regions
            if any(select.places(c)[0][world.regions.index(r)] for c in x["controllers"])
        )
        for rail, x in rails.items()
    }
    made = Rails(world.regions, world.sectors, names, share, value, controllers)
    return Baseline(made, when, owner, ranked)


def _with_informal(share: np.ndarray, rail: int, least: float) -> np.ndarray:
    """Shares with at least `least` over `rail`; the other rails shrink in proportion."""
    old = share[..., rail]
    new = np.maximum(old, least)
    rest = np.where(old < 1, (1.0 - new) / np.where(old < 1, 1.0 - old, 1.0), 0.0)
    out = share * rest[..., None]
    out[..., rail] = new
    return out


def baseline_rails(world: World, *, lean: float = 0.0, informal: float | None = None,
                   year: int | None = None) -> Rails:  # fmt: skip
    """Return the benchmark rails of `world`; `baseline` also says where each share comes from."""
    return baseline(world, lean=lean, informal=informal, year=year).rails
