"""`Summary`: the numbers that the console, the page and the JSON twin show, computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from entrepot.channels import Assumption, ChannelTable
from entrepot.scenario.table import measure_rows
from entrepot.study import Run
from entrepot.study.variants import elasticity_table
from entrepot.world.world import PROVENANCE, World

MOST = 10
PARTNERS = 12
BILLION = 1000.0
NEGLIGIBLE = 0.005
"""Changes below this many per cent read 0.00 and count as no change."""


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """What a run says, as small tables.

    Attributes
    ----------
    name, title, description : of the scenario
    world, year, day, closure : base of the run
    horizon, months : preset of the elasticities (or the time between two); months since the shock
    elasticities : those used, with range, source, and whether the range of the run moves them
    senders, targets : economies (codes)
    measures : those in force on the day: kind, title, who, whom, sectors, from, until, act, url,
        where
    welfare : per economy, worst first: ``code``, ``name``, ``percent`` (exact change of real final
        expenditure), ``low`` and ``high`` over the variants, ``bn_usd`` (equivalent variation)
    exports : per target and sector (and ``all``): ``before``, ``after`` in bn USD, ``percent``
        (missing where nothing was sold before)
    export_range : per target: ``before``, ``after``, ``low``, ``high`` in bn USD
    partners : per target and direction: trade in bn USD with its largest partners, before, after
    market : per restricted sector: exporters by change of sales abroad in bn USD
    prices : per restricted sector: largest changes of the buyers' price index, per cent
    revenue : per economy: tariff revenue before and after, bn USD, where it moved most
    provenance : per target: part of its trade cells (by value) that is observed, mirrored ...
    variants, failed : number of variants solved, and reasons of those without a result
    certificate : identity -> gap in units of world income; `worst` the largest
    assumptions, notes : given numbers and remarks
    channels : what payments, corridors, assets and hubs report, by name

    """

    name: str
    title: str
    description: str
    world: str
    year: int | None
    day: str
    closure: str
    horizon: str
    months: float
    elasticities: pd.DataFrame
    senders: tuple[str, ...]
    targets: tuple[str, ...]
    measures: tuple[dict[str, str], ...]
    welfare: pd.DataFrame
    exports: pd.DataFrame
    export_range: pd.DataFrame
    partners: pd.DataFrame
    market: pd.DataFrame
    prices: pd.DataFrame
    revenue: pd.DataFrame
    provenance: pd.DataFrame
    variants: int
    failed: tuple[str, ...]
    certificate: dict[str, float]
    worst: float
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]
    channels: Mapping[str, ChannelTable]

    @property
    def losers(self) -> pd.DataFrame:
        """Economies that lose most, in per cent."""
        frame = self.welfare[self.welfare["percent"] <= -NEGLIGIBLE]
        return frame.head(MOST)

    @property
    def gainers(self) -> pd.DataFrame:
        """Economies that gain most, in per cent."""
        frame = self.welfare[self.welfare["percent"] >= NEGLIGIBLE]
        return frame.iloc[::-1].head(MOST)

    @property
    def hit(self) -> tuple[str, ...]:
        """Targets, the one that loses most first."""
        order = self.welfare["code"]
        return tuple(str(c) for c in order[order.isin(self.targets)])

    @property
    def most_affected(self) -> pd.DataFrame:
        """Ten economies with the largest change of either sign."""
        order = self.welfare["percent"].abs().sort_values(ascending=False).index
        return self.welfare.loc[order[:MOST]].sort_values("percent", ignore_index=True)


def summarise(run: Run) -> Summary:
    """Compute every table of a run; tables of single targets cover those with own trade."""
    solution, scenario, world = run.solution, run.scenario, run.world
    certificate = solution.certificate
    assert certificate is not None
    gaps = {k: v for k, v in certificate.to_dict().items() if k not in ("ok", "tolerance")}
    sectors = restricted_sectors(run)
    return Summary(
        name=scenario.name,
        title=scenario.title,
        description=scenario.description,
        world=world.name,
        year=world.year,
        day=str(run.day or "undated"),
        closure=solution.closure,
        horizon=run.horizon.name,
        months=run.horizon.months,
        elasticities=elasticity_table(world, run.horizon),
        senders=run.senders,
        targets=run.targets,
        measures=_in_force(run),
        welfare=_welfare(run),
        exports=_exports(run),
        export_range=_export_range(run),
        partners=_partners(run),
        market=_market(run, sectors),
        prices=_prices(run, sectors),
        revenue=_revenue(run),
        provenance=_provenance(run),
        variants=run.variants.sizes["variant"],
        failed=run.failed,
        certificate=gaps,
        worst=certificate.worst[1],
        assumptions=run.compiled.assumptions,
        notes=(*run.notes, *solution.notes),
        channels=run.compiled.tables,
    )


def _in_force(run: Run) -> tuple[dict[str, str], ...]:
    active = {entry.name for entry in run.scenario.active(run.day)}
    return tuple(row for row in measure_rows(run.scenario) if row["measure"] in active)


def economy_name(world: World, code: str) -> str:
    """Title of an economy."""
    return world.region_titles[world.regions.index(code)]


def restricted_sectors(run: Run) -> tuple[str, ...]:
    """Sectors whose cells the scenario changes, by the trade it touches, at most six."""
    cells = run.compiled.cells
    touched = cells[cells["sector"].isin(run.world.sectors)].groupby("sector")["trade"].sum()
    ordered = touched.sort_values(ascending=False)
    return tuple(str(s) for s in ordered[ordered > 0].index[:6])


def _welfare(run: Run) -> pd.DataFrame:
    world, hats = run.world, run.variants["welfare"].values
    income = run.results.income["baseline"].values / BILLION
    frame = pd.DataFrame({
        "code": world.regions,
        "name": world.region_titles,
        "percent": 100 * (hats[0] - 1),
        "low": 100 * (hats.min(axis=0) - 1),
        "high": 100 * (hats.max(axis=0) - 1),
        "bn_usd": (hats[0] - 1) * income,
    })  # fmt: skip
    return frame.sort_values("percent", ignore_index=True)


def _exports(run: Run) -> pd.DataFrame:
    data = run.results.exports
    parts = []
    for target in run.targets:
        frame = data.sel(region=target).to_dataframe()[["baseline", "counterfactual"]] / BILLION
        frame.loc["all"] = frame.sum()
        frame = frame.rename(columns={"baseline": "before", "counterfactual": "after"})
        sold = frame["before"].where(frame["before"] > 0)
        frame["percent"] = 100 * (frame["after"] / sold - 1)
        parts.append(frame.rename_axis("sector").reset_index().assign(target=target))
    columns = ["target", "sector", "before", "after", "percent"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _export_range(run: Run) -> pd.DataFrame:
    rows = []
    for target in run.targets:
        after = run.variants["export_revenue"].sel(region=target).values / BILLION
        before = float(run.results.exports["baseline"].sel(region=target).sum()) / BILLION
        rows.append({"target": target, "before": before, "after": float(after[0]),
                     "low": float(after.min()), "high": float(after.max())})  # fmt: skip
    return pd.DataFrame(rows, columns=["target", "before", "after", "low", "high"])


def _partners(run: Run) -> pd.DataFrame:
    """Exports to and imports from each partner; the largest by trade before or after."""
    world = run.world
    by_pair = [flow.sum(axis=2) / BILLION for flow in run.flows()]
    parts = []
    for target in run.targets:
        i = world.regions.index(target)
        for direction in ("exports", "imports"):
            both = [pair[i] if direction == "exports" else pair[:, i] for pair in by_pair]
            frame = pd.DataFrame({"partner": world.regions, "before": both[0], "after": both[1]})
            frame = frame[frame["partner"] != target]
            size = frame[["before", "after"]].max(axis=1)
            frame = frame.loc[size.sort_values(ascending=False).index[:PARTNERS]]
            parts.append(frame.assign(target=target, direction=direction))
    columns = ["target", "direction", "partner", "before", "after"]
    if not parts:
        return pd.DataFrame(columns=[*columns, "change"])
    table = pd.concat(parts, ignore_index=True)[columns]
    table["change"] = table["after"] - table["before"]
    return table


def _market(run: Run, sectors: tuple[str, ...]) -> pd.DataFrame:
    """Change of each exporter's sales abroad in the restricted sectors."""
    data = run.results.exports
    parts = []
    for sector in sectors:
        frame = data.sel(sector=sector).to_dataframe()[["baseline", "counterfactual"]] / BILLION
        frame.columns = pd.Index(["before", "after"])
        frame["change"] = frame["after"] - frame["before"]
        keep = frame["change"].abs().sort_values(ascending=False).index[:MOST]
        part = frame.loc[keep].rename_axis("exporter").reset_index()
        parts.append(part.sort_values("change").assign(sector=sector))
    columns = ["sector", "exporter", "before", "after", "change"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _prices(run: Run, sectors: tuple[str, ...]) -> pd.DataFrame:
    world, rows = run.world, []
    for sector in sectors:
        k = world.sectors.index(sector)
        change = 100 * (run.results.sector_price.sel(sector=sector).values - 1)
        used = world.expenditure[:, k] > 0
        order = np.argsort(-np.abs(np.where(used, change, 0.0)))[:MOST]
        rows += [{"sector": sector, "economy": world.regions[i], "percent": float(change[i])}
                 for i in order if used[i]]  # fmt: skip
    return pd.DataFrame(rows, columns=["sector", "economy", "percent"])


def _revenue(run: Run) -> pd.DataFrame:
    frame = run.results.tariff_revenue.to_dataframe()[["baseline", "counterfactual"]] / BILLION
    frame.columns = pd.Index(["before", "after"])
    frame["change"] = frame["after"] - frame["before"]
    keep = frame["change"].abs().sort_values(ascending=False).index[:5]
    return frame.loc[keep].rename_axis("economy").reset_index()


def _provenance(run: Run) -> pd.DataFrame:
    """Part of each target's foreign trade, by value, that rests on which kind of cell."""
    world = run.world
    columns = ["target", *PROVENANCE.values()]
    if "trade_share" not in world.provenance:
        return pd.DataFrame(columns=columns)
    flows, flags = world.trade_flows(), world.provenance["trade_share"]
    rows = []
    for target in run.targets:
        i = world.regions.index(target)
        value = np.concatenate([np.delete(flows[i], i, 0), np.delete(flows[:, i], i, 0)])
        flag = np.concatenate([np.delete(flags[i], i, 0), np.delete(flags[:, i], i, 0)])
        total = value.sum() or 1.0
        parts = {name: float(value[flag == code].sum() / total) for code, name in
                 PROVENANCE.items()}  # fmt: skip
        rows.append({"target": target, **parts})
    return pd.DataFrame(rows, columns=columns)
