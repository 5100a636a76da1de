"""What must hold for an oil market before anything is solved: every problem, each a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Final, get_args

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.domains import AMOUNT, POSITIVE, outside
from entrepot.channels.oil.parts import Carrier, CarrierKind, Lane, Refiner, Storing, Stream
from entrepot.channels.oil.restrictions import Restriction
from entrepot.core.errors import did_you_mean

Array = npt.NDArray[np.float64]
PARTS: Final[Mapping[str, Any]] = {
    "grades": str, "streams": Stream, "refiners": Refiner, "carriers": Carrier, "lanes": Lane,
    "standing": Restriction,
}  # fmt: skip
"""What each list of a market holds."""


def type_problems(given: Mapping[str, Any]) -> list[str]:
    """One sentence for each argument of a market that is of the wrong type."""
    out = []
    for name, kind in PARTS.items():
        value = given[name]
        if isinstance(value, str) or not isinstance(value, Sequence):
            out.append(f"{name} is {value!r}; it must be a list of {_word(kind)}.")
            continue
        for k, one in enumerate(value):
            if not isinstance(one, kind):
                out.append(f"{name}[{k}] is {one!r}; it must be a {_word(kind)}.")
            elif is_dataclass(one) and name != "standing":
                out += [f"{name}[{k}]: {p}" for p in _odd_fields(one)]
    for name in ("across", "habit", "latent", "within"):
        value = given[name]
        bare = name in ("across", "habit") or np.ndim(value) == 0
        if bare and (isinstance(value, bool) or not isinstance(value, int | float | np.number)):
            out.append(f"{name} is {value!r}; it must be a number.")
    if not isinstance(given["reference"], str | None):
        out.append(f"reference is {given['reference']!r}; it must be the name of a stream.")
    if not isinstance(given["storing"], Storing | None):
        out.append(f"storing is {given['storing']!r}; it must be a Storing.")
    return out


def _word(kind: Any) -> str:
    return "text" if kind is str else str(getattr(kind, "__name__", "Restriction"))


def _odd_fields(part: Any) -> Iterator[str]:
    """One clause for each field of a part that is no text, or no pair, where it must be one."""
    for f in fields(part):
        value = getattr(part, f.name)
        if f.type in ("str", "CarrierKind") and not isinstance(value, str):
            yield f"{f.name} is {value!r}; it must be text."
        if f.name == "cost" and isinstance(part, Stream) and not _pairs([value]):
            yield f"cost is {value!r}; it must be (first barrel, last barrel)."
        if f.name == "slate_limit" and not _pairs(value):
            yield f"slate_limit is {value!r}; it must hold pairs (grade, share)."


def _pairs(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(x, list | tuple) and len(x) == 2 for x in value
    )


def part_problems(
    grades: Sequence[str],
    streams: Sequence[Stream],
    refiners: Sequence[Refiner],
    carriers: Sequence[Carrier],
    lanes: Sequence[Lane],
) -> list[str]:
    """One sentence for each thing about the parts that cannot be."""
    fleets = [c.name for c in carriers if c.kind == "fleet"]
    known = {
        "stream": [s.name for s in streams],
        "refiner": [r.name for r in refiners],
        "carrier": [c.name for c in carriers],
    }
    out = [p for s in streams for p in (*_stream(s, grades), *_storage(s, fleets))]
    out += [p for r in refiners for p in _refiner(r, grades)]
    out += [p for lane in lanes for p in _lane(lane, known, fleets)]
    out += [p for c in carriers for p in _carrier(c)]
    seen = [(x.stream, x.refiner, x.carrier) for x in lanes]
    out += [f"lane {' / '.join(x)} is there twice." for x in sorted(set(seen)) if seen.count(x) > 1]
    others = {s.producer for s in streams if s.name != s.producer}
    return out + [
        f"stream '{s.name}' has the name of a producer of other streams. Rename one of them."
        for s in streams
        if s.name in others
    ]


def _stream(s: Stream, grades: Sequence[str]) -> Iterator[str]:
    at = f"stream '{s.name}'"
    if s.grade not in grades:
        yield (
            f"{at}: grade '{s.grade}' is unknown; grades are {', '.join(grades)}."
            + did_you_mean(s.grade, grades)
        )
    bad = [f"{at}: {p}" for p in outside(s)]
    yield from bad
    if not (all(map(AMOUNT.holds, s.cost)) and s.cost[0] <= s.cost[1]):
        yield f"{at}: cost is {s.cost}; it must be (first barrel, last barrel), rising from 0 up."
    if not bad and s.least > s.ceiling:
        yield (
            f"{at}: least is {s.least:g} kb/d, above what may be produced ({s.ceiling:g}). Lower "
            "it, or raise capacity or quota."
        )


def _carrier(c: Carrier) -> Iterator[str]:
    at, kinds = f"carrier '{c.name}'", get_args(CarrierKind)
    if c.kind not in kinds:
        yield f"{at}: kind '{c.kind}' is unknown; it is one of {', '.join(kinds)}." + did_you_mean(
            c.kind, kinds
        )
    yield from (f"{at}: {p}" for p in outside(c))


def _storage(s: Stream, fleets: Sequence[str]) -> Iterator[str]:
    at = f"stream '{s.name}'"
    if AMOUNT.holds(s.stock) and AMOUNT.holds(s.storage) and s.stock > s.storage:
        yield f"{at}: stock is {s.stock:g} mb, above its storage ({s.storage:g}). Raise 'storage'."
    if AMOUNT.holds(s.storage) and s.storage > 0 and s.storage_carrier not in fleets:
        yield (
            f"{at}: storage_carrier '{s.storage_carrier}' is no fleet; there are "
            f"{', '.join(fleets) or 'none'}." + did_you_mean(s.storage_carrier, fleets)
        )


def _refiner(r: Refiner, grades: Sequence[str]) -> Iterator[str]:
    at = f"refiner '{r.name}'"
    yield from (f"{at}: {p}" for p in outside(r))
    for grade, limit in r.slate_limit:
        if grade not in grades:
            yield (
                f"{at}: slate_limit has the unknown grade '{grade}'; grades are "
                f"{', '.join(grades)}." + did_you_mean(grade, grades)
            )
        if not AMOUNT.holds(limit):
            yield f"{at}: slate_limit of {grade} is {limit!r}; it must be {AMOUNT.text}."


def _lane(lane: Lane, known: dict[str, list[str]], fleets: Sequence[str]) -> Iterator[str]:
    at = f"lane {lane.stream} to {lane.refiner} by {lane.carrier}"
    for what, labels in known.items():
        name = getattr(lane, what)
        if name not in labels:
            yield f"{at}: {what} '{name}' is unknown." + did_you_mean(name, labels)
    yield from (f"{at}: {p}" for p in outside(lane))
    if lane.carrier in known["carrier"] and lane.carrier not in fleets and lane.days:
        yield f"{at}: days is {lane.days}; it must be 0 where there is no vessel."


def number_problems(
    across: float, within: Array, reference: str, streams: Sequence[str], storing: Storing
) -> list[str]:
    """One sentence for each elasticity, reference or term of storage that cannot be."""
    out = [f"storing: {p}" for p in outside(storing)]
    if not POSITIVE.holds(across):
        out.append(f"across is {across}; it must be {POSITIVE.text}.")
    if not (within > 0).all():
        out.append(f"within is {within.tolist()}; every elasticity must be above 0.")
    if reference not in streams:
        out.append(f"reference '{reference}' is no stream." + did_you_mean(reference, streams))
    return out


def array_problems(
    streams: Sequence[Stream],
    refiners: Sequence[Refiner],
    lanes: Sequence[Lane],
    flow: Array,
    latent: Array,
) -> list[str]:
    """Every refiner has some way in, every flow of the base a lane, and nothing is negative."""
    sold, bought = [s.name for s in streams], [r.name for r in refiners]
    out = [
        f"{name} of {sold[v]} to {bought[j]} is {array[v, j]:g}; it must be 0 or more."
        for name, array in (("flow", flow), ("latent", latent))
        for v, j in np.argwhere(array < 0)
    ]
    at = {s.name: k for k, s in enumerate(streams)}
    to = {r.name: k for k, r in enumerate(refiners)}
    joined = np.zeros(flow.shape, dtype=bool)
    for lane in lanes:
        joined[at[lane.stream], to[lane.refiner]] = True
    out += [
        f"{sold[v]} sold {flow[v, j]:g} kb/d to {bought[j]} in the base month, but no lane joins "
        "them. Add one."
        for v, j in np.argwhere((flow > 0) & ~joined)
    ]
    weight = (flow + latent) * joined
    return out + [
        f"refiner '{bought[j]}' has no port and no pipeline: no lane with trade reaches it. Add "
        "a lane with a base flow or a latent weight, or drop the refiner."
        for j in np.flatnonzero(weight.sum(axis=0) <= 0)
    ]
