"""What a world with latent links says about them, and which cells they are."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from typing import Any

import numpy as np

from entrepot.core.errors import ValueRangeError
from entrepot.core.hashing import hash_arrays
from entrepot.world.links_gravity import DistanceFit
from entrepot.world.world import World

Array = np.ndarray

KEY = "links"
"""Where in `World.meta` it is said."""
NOTE = "New links:"
"""How the note begins; merging keeps notes and drops the rest."""


def latent_cells(world: World) -> Array:
    """(origin, dest, sector) True where the trade of `world` is latent; all False without links.

    Raises
    ------
    ValueRangeError : the world was merged or reordered after its links were opened

    """
    said, shape = world.meta.get(KEY), world.trade_share.shape
    noted = any(str(note).startswith(NOTE) for note in world.meta.get("notes", ()))
    if said is None and not noted:
        return np.zeros(shape, dtype=bool)
    if said is None or said["labels"] != _label_hash(world):
        raise ValueRangeError(
            f"The latent links of world '{world.name}' were opened before its economies or sectors "
            "were merged; a merged cell mixes old trade and new. Merge first, then open the links."
        )
    bits = np.frombuffer(zlib.decompress(base64.b64decode(said["cells"])), dtype=np.uint8)
    return np.unpackbits(bits, count=int(np.prod(shape))).astype(bool).reshape(shape)


def openness_of(world: World) -> float:
    """Openness that the latent links of `world` were made with; 0 without links."""
    return float(world.meta[KEY]["openness"]) if KEY in world.meta else 0.0


def described(
    made: World, old: World, cells: Array, about: dict[str, Any], fit: DistanceFit, used: Array
) -> World:
    """`made` with ``meta["links"]`` and a note; `old` is the world without latent links.

    ``trade_share`` is the part of international trade (at world prices) on latent links;
    ``largest_value_added_move`` (relative) and ``largest_balance_move`` (over the region's value
    added) say how far the benchmark moved.
    """
    abroad = ~np.eye(len(made.regions), dtype=bool)[:, :, None]
    flows = made.trade_flows() * abroad
    on_links = np.where(cells, flows, 0.0).sum(axis=(0, 1))
    total = flows.sum(axis=(0, 1))
    part = float(on_links.sum() / total.sum())
    move = np.abs(made.value_added / old.value_added - 1)
    shift = np.abs(made.trade_balance - old.trade_balance) / old.value_added
    said = {
        **about,
        "number": int(cells.sum()),
        "trade": float(on_links.sum()),
        "trade_share": part,
        "trade_share_by_sector": _named(old, on_links / np.where(total > 0, total, 1.0)),
        "elasticity": _elasticities(old, fit, used, given=about["elasticity_given"]),
        "largest_value_added_move": float(move.max()),
        "largest_balance_move": float(shift.max()),
        "largest_balance_move_region": old.regions[int(shift.argmax())],
        "of": {"name": old.name, "hash": old.hash},
        "labels": _label_hash(old),
        "cells": base64.b64encode(zlib.compress(np.packbits(cells).tobytes(), 9)).decode(),
    }
    note = (
        f"{NOTE} {int(cells.sum())} flows that are zero in '{old.name}' carry "
        f"{100 * part:.2g} % of international trade here (gravity, openness {about['openness']:g}, "
        "assumed)."
    )
    notes = [*old.meta.get("notes", ()), note]
    return replace(made, meta={**made.meta, "notes": notes, KEY: said})


def _named(world: World, values: Array) -> dict[str, float]:
    return dict(zip(world.sectors, values.tolist(), strict=True))


def _elasticities(world: World, fit: DistanceFit, used: Array, *, given: bool) -> dict[str, Any]:
    """Distance elasticities as plain data; null where the links of a sector do not give one.

    ``used`` is in force (with `used_error`, if it was estimated), ``own`` what the sector says.
    """
    rows = zip(world.sectors, used, fit.used_error, fit.own, fit.error, fit.links, strict=True)
    sectors = {
        s: {
            "used": float(value),
            "used_error": None if given else float(doubt),
            "own": float(own) if np.isfinite(own) else None,
            "error": float(error) if np.isfinite(error) else None,
            "links": int(links),
        }
        for s, value, doubt, own, error, links in rows
    }
    over = {"mean": fit.mean, "mean_error": fit.mean_error, "spread": fit.spread}
    return {**over, "sectors": sectors}


def _label_hash(world: World) -> str:
    return hash_arrays({}, [world.regions, world.sectors])
