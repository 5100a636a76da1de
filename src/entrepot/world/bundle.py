"""Worlds as single files: save, load, and the ones that ship with the package."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from entrepot.core.errors import BundleError, LabelError, did_you_mean
from entrepot.core.files import atomic_file
from entrepot.world.world import FIELD_DIMS, USE_DIMS, World

FORMAT = "entrepot-world/1"
ABOUT = ("name", "year", "region_titles", "sector_titles", "sources", "meta")
UNREADABLE = (
    OSError, TypeError, AttributeError, ValueError, KeyError, EOFError, RuntimeError, MemoryError,
    SyntaxError, zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
OPTIONAL = ("theta_range", *USE_DIMS)
HEAD = ("regions", "sectors", "hash", *ABOUT)
BUNDLED = files("entrepot.world") / "bundled"


def save_bundle(world: World, path: Path | str) -> Path:
    """Write `world` to one compressed file; the same world gives the same bytes."""
    head = {"format": FORMAT, "regions": world.regions, "sectors": world.sectors,
            "hash": world.hash} | {k: getattr(world, k) for k in ABOUT} | (
        {"uses": world.uses} if world.uses else {})  # fmt: skip
    text = json.dumps(head, sort_keys=True, ensure_ascii=False)
    arrays: dict[str, np.ndarray] = {"head": np.frombuffer(text.encode(), dtype=np.uint8)}
    for name in (*FIELD_DIMS, *OPTIONAL):
        array = getattr(world, name)
        if array is not None:
            arrays[name] = array
    for name, flags in world.provenance.items():
        arrays[f"provenance.{name}"] = flags.astype(np.uint8)
    path = Path(path)
    with atomic_file(path) as temporary, open(temporary, "wb") as stream:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]  # stub of NumPy: no mapping
    return path


def load_bundle(path: Path | str) -> World:
    """Read a world written by `save_bundle`; its hash is checked.

    Raises
    ------
    BundleError : the file is absent, truncated, altered, or of another format

    """
    where = f"World file '{path}'"
    remedy = "Write it again with `entrepot world build`, or reinstall the package."
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        head: dict[str, Any] = json.loads(arrays.pop("head").tobytes())
    except FileNotFoundError as error:
        raise BundleError(f"{where} does not exist. Check the path.") from error
    except UNREADABLE as error:
        raise BundleError(f"{where} is corrupt or no world ({error}). {remedy}") from error
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        found = repr(head.get("format")) if isinstance(head, dict) else "none"
        raise BundleError(f"{where} has format {found}; this version reads {FORMAT!r}. {remedy}")
    fields = {k: v for k, v in arrays.items() if not k.startswith("provenance.")}
    known = {*FIELD_DIMS, *OPTIONAL}
    missing = sorted((known - {"theta", *OPTIONAL} - set(fields)) | (set(HEAD) - set(head)))
    if missing:
        raise BundleError(f"{where} lacks {', '.join(missing)}. {remedy}")
    if set(fields) - known:
        extra = ", ".join(sorted(set(fields) - known))
        raise BundleError(f"{where} holds unknown arrays: {extra}. {remedy}")
    flags = {k.partition(".")[2]: v for k, v in arrays.items() if k.startswith("provenance.")}
    for name in ("meta", "sources"):
        if not isinstance(head[name], dict):
            raise BundleError(f"{where} has a damaged head ('{name}' is no mapping). {remedy}")
    try:
        about: dict[str, Any] = {
            k: tuple(head[k]) if k.endswith("_titles") else head[k] for k in ABOUT
        }
        world = World(regions=tuple(head["regions"]), sectors=tuple(head["sectors"]), **fields,
                      uses=tuple(head.get("uses", ())), provenance=flags, **about)  # fmt: skip
    except (TypeError, AttributeError, ValueError) as error:
        raise BundleError(f"{where} has a damaged head ({error}). {remedy}") from error
    if world.hash != head["hash"]:
        raise BundleError(
            f"{where} does not hash to what it says ({world.hash} against {head['hash']}): its "
            f"content was altered. {remedy}"
        )
    return world


def list_worlds() -> list[str]:
    """Names of the worlds that ship with the package."""
    return sorted(p.name[:-4] for p in BUNDLED.iterdir() if p.name.endswith(".npz"))


def load_world(name: str | Path) -> World:
    """Load a bundled world by name ("2017"), or a saved one by the path of its ``.npz`` file."""
    text = str(name)
    if text.endswith(".npz"):
        return load_bundle(text)
    known = list_worlds()
    if text not in known:
        raise LabelError(
            f"There is no bundled world '{text}'; there are {', '.join(known)}."
            f"{did_you_mean(text, known)} A world of your own is loaded by the path of its .npz "
            "file."
        )
    return load_bundle(str(BUNDLED / f"{text}.npz"))
