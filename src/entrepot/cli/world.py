"""``entrepot world``: list, show, build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from entrepot.cli.terminal import print_json, print_table, print_text, published
from entrepot.core.files import atomic_file, check_place
from entrepot.world.build.build import build_world
from entrepot.world.bundle import list_worlds, load_world, save_bundle
from entrepot.world.show import identity_report, provenance_report, target_report
from entrepot.world.world import World

SHOWN = {
    "gdp": "GDP",
    "goods_exports": "goods exp.",
    "goods_imports": "goods imp.",
    "exports_un": "all exp.",
    "imports_un": "all imp.",
    "crude_exports": "crude exp.",
    "crude_net_exports": "crude net",
    "gas_exports": "gas exp.",
}
LEGEND = """bn USD: GDP. exp., imp.: exports and imports of goods (customs) and of
everything (national accounts). crude net: net exports of crude oil in the
energy balance."""


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.reset_index().to_dict(orient="records")
    return [{str(k): None if v != v else v for k, v in row.items()} for row in rows]


def list_command(as_json: bool, out: Path | None) -> None:
    """Print one row per bundled world."""
    rows = []
    for name in list_worlds():
        world = load_world(name)
        rows.append({"name": name, "year": world.year, "regions": len(world.regions),
                     "sectors": len(world.sectors), "hash": world.hash,
                     "what": world.meta.get("title") or _hidden(world)})  # fmt: skip
    if not published(rows, as_json, out):
        print_table(rows, "Bundled worlds")


def _hidden(world: World) -> str:
    """Say whether the layer of hidden oil is in, the difference between worlds of one year."""
    layer = world.meta.get("hidden_oil")
    if layer is None:
        return ""
    return "with hidden oil trade" if layer else "recorded trade only"


def _signed(value: float) -> str:
    """One digit with its sign; what rounds to zero has none."""
    return "0.0" if abs(value) < 0.05 else f"{value:+.1f}"


def _by_economy(targets: pd.DataFrame) -> list[dict[str, Any]]:
    """One row per economy: GDP in bn USD, then per cent deviation of each main quantity."""
    main = targets[targets["quantity"].isin(SHOWN)]
    size = targets[targets["quantity"] == "gdp"].set_index("region")["model"] / 1000
    wide = 100 * main.pivot_table(index="region", columns="quantity", values="deviation")
    rows = []
    for region in size.sort_values(ascending=False).index:
        row: dict[str, Any] = {"economy": region, "bn USD": f"{size[region]:,.0f}"}
        for quantity, title in SHOWN.items():
            value = wide[quantity].get(region) if quantity in wide else None
            row[title] = "" if value is None or value != value else _signed(value)
        rows.append(row)
    return rows


def show_command(name: str, as_json: bool, out: Path | None) -> None:
    """Print identities, distances to the sources, sources and notes of one world."""
    world = load_world(name)
    identities, cells = identity_report(world), provenance_report(world)
    targets = target_report(world) if "targets" in world.meta else pd.DataFrame()
    notes = list(world.meta.get("notes", []))
    if out is not None:
        with atomic_file(out) as temporary:
            targets.to_csv(temporary, index=False)
    if as_json:
        print_json({
            "name": world.name, "year": world.year, "hash": world.hash,
            "regions": dict(zip(world.regions, world.region_titles, strict=True)),
            "sectors": dict(zip(world.sectors, world.sector_titles, strict=True)),
            "identities": _records(identities), "provenance": _records(cells),
            "targets": _records(targets), "sources": world.sources, "notes": notes,
        })  # fmt: skip
        return
    print(repr(world))
    print_table(_records(identities), "\nIdentities (largest residual, in units of world income)")
    if len(targets):
        print_table(_by_economy(targets), "\nModel against source, deviation in per cent")
        print(LEGEND)
        print("Blank: no source. All quantities, sources and levels: --json or --out FILE.csv")
    if len(cells):
        shares = (100 * cells).round(1).reset_index()
        print_table(_records(shares.set_index("field")), "\nWhere cells come from, per cent")
    for note in notes:
        print_text(f"note: {note}", 6)


def build_command(name: str, sources: Path, out: Path | None, as_json: bool) -> None:
    """Build one world and write it."""
    target = out or Path(f"{name}.npz")
    check_place(target)
    world = build_world(sources, name, progress=None if as_json else print)
    path = save_bundle(world, target)
    report = {"written": str(path), "hash": world.hash,
              "identities": _records(identity_report(world))}  # fmt: skip
    if as_json:
        print_json(report)
    else:
        print_table(report["identities"], f"\n{path} ({world.hash})")  # type: ignore[arg-type]  # keys are text
