"""``entrepot world``: list, show, build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from entrepot.cli.session import print_json, print_table
from entrepot.core.files import atomic_file
from entrepot.world.build.build import build_world
from entrepot.world.bundle import list_worlds, load_world, save_bundle
from entrepot.world.show import identity_report, target_report


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.reset_index().to_dict(orient="records")
    return [{str(k): None if v != v else v for k, v in row.items()} for row in rows]


def list_command(as_json: bool) -> None:
    """Print one row per bundled world."""
    rows = []
    for name in list_worlds():
        world = load_world(name)
        rows.append({"name": name, "year": world.year, "regions": len(world.regions),
                     "sectors": len(world.sectors), "hash": world.hash,
                     "what": world.meta.get("title", "")})  # fmt: skip
    if as_json:
        print_json(rows)
    else:
        print_table(rows, "Bundled worlds")


def show_command(name: str, as_json: bool, out: Path | None) -> None:
    """Print identities, distances to the sources, sources and notes of one world."""
    world = load_world(name)
    identities, targets = identity_report(world), target_report(world)
    content = {
        "name": world.name, "year": world.year, "hash": world.hash,
        "regions": dict(zip(world.regions, world.region_titles, strict=True)),
        "sectors": dict(zip(world.sectors, world.sector_titles, strict=True)),
        "identities": _records(identities), "targets": _records(targets),
        "sources": world.sources, "notes": world.meta.get("notes", []),
    }  # fmt: skip
    if out is not None:
        with atomic_file(out) as temporary:
            targets.to_csv(temporary)
    if as_json:
        print_json(content)
        return
    print(repr(world))
    print_table(_records(identities), "\nIdentities (largest residual, in units of world income)")
    print_table(_records(targets), "\nDistance to the sources")
    print("\nNotes")
    for note in content["notes"]:
        print(f"  - {note}")


def build_command(name: str, sources: Path, out: Path | None, as_json: bool) -> None:
    """Build one world and write it."""
    world = build_world(sources, name, progress=None if as_json else print)
    path = save_bundle(world, out or Path(f"{name}.npz"))
    report = {"written": str(path), "hash": world.hash,
              "identities": _records(identity_report(world))}  # fmt: skip
    if as_json:
        print_json(report)
    else:
        print_table(report["identities"], f"\n{path} ({world.hash})")  # type: ignore[arg-type]
