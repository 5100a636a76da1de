"""What a user may say about a world besides its arrays: names, titles, ranges, provenance."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.core.errors import LabelError, ValueRangeError, did_you_mean
from entrepot.core.labels import align, listing

WORDS = ("name", "year", "region_titles", "sector_titles", "theta_range", "provenance", "sources",
         "meta")  # fmt: skip
CODES = (1, 2, 3, 4)

Labels = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class About:
    """Checked copies of everything said about a world; attributes as in `World`."""

    name: str
    year: int | None
    region_titles: tuple[str, ...]
    sector_titles: tuple[str, ...]
    theta_range: np.ndarray | None
    provenance: dict[str, np.ndarray]
    sources: dict[str, Any]
    meta: dict[str, Any]


def checked_about(given: dict[str, Any], labels: Labels, dims: Mapping[str, tuple[str, ...]],
                  arguments: Sequence[str]) -> About:  # fmt: skip
    """Check what is said about a world and copy it.

    Parameters
    ----------
    given : what the user passed beside the arrays
    labels : labels of every dimension
    dims : dimensions of every field that may have a provenance
    arguments : other arguments that the caller takes, for the nearest name

    Raises
    ------
    LabelError : a word is not known
    ValueRangeError : something does not have the form it needs; all problems together

    """
    _check_words(given, (*arguments, *WORDS))
    problems: list[str] = []
    made = About(
        name=_name(given.get("name", "custom"), problems),
        year=_year(given.get("year"), problems),
        region_titles=_titles(given, "region", labels, problems),
        sector_titles=_titles(given, "sector", labels, problems),
        theta_range=_theta_range(given.get("theta_range"), labels, problems),
        provenance=_provenance(given.get("provenance"), labels, dims, problems),
        sources=_plain(given.get("sources"), "sources", problems),
        meta=_plain(given.get("meta"), "meta", problems),
    )
    if problems:
        raise ValueRangeError.collect("What is said about the world", problems)
    return made


def _check_words(given: dict[str, Any], allowed: Sequence[str]) -> None:
    if "expenditure" in given:
        raise LabelError(
            "'expenditure' cannot be given: it follows from shares, value added, balances and "
            "taxes. Leave it out; the world solves it."
        )
    unknown = [
        f"'{word}' is no argument of World.from_arrays; besides the arrays there are "
        f"{', '.join(WORDS)}.{did_you_mean(word, allowed)}"
        for word in given
        if word not in WORDS
    ]
    if unknown:
        raise LabelError.collect("Unknown argument", unknown)


def _name(value: Any, problems: list[str]) -> str:
    if not isinstance(value, str) or not value.strip():
        problems.append(f"name is {value!r}; give a text that is not empty.")
    return str(value)


def _year(value: Any, problems: list[str]) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        problems.append(f"year is {value!r}; give a whole number, or None.")
        return None
    return int(value)


def _titles(
    given: dict[str, Any], dim: str, labels: Labels, problems: list[str]
) -> tuple[str, ...]:
    name, codes = f"{dim}_titles", labels[dim]
    value = given.get(name) or ()
    if isinstance(value, str) or not all(isinstance(v, str) and v.strip() for v in value):
        problems.append(f"{name} must be texts that are not empty, one for each {dim}.")
        return ()
    found = tuple(value)
    if found and len(found) != len(codes):
        problems.append(
            f"{name} are {len(found)}, but there are {len(codes)} {dim} labels; give one for each."
        )
    repeated = sorted({t for t in found if found.count(t) > 1})
    if repeated:
        problems.append(f"{name} must be unique; repeated: {listing(repeated)}. Tell them apart.")
    return found


def _theta_range(value: Any, labels: Labels, problems: list[str]) -> np.ndarray | None:
    if value is None:
        return None
    both = {"range": ("low", "high"), "sector": labels["sector"]}
    found = np.array(align(value, "theta_range", ("range", "sector"), both))
    if (found <= 0).any():
        problems.append("theta_range must be positive (exponents on trade costs).")
    if (found[0] > found[1]).any():
        worst = labels["sector"][int(np.argmax(found[0] > found[1]))]
        problems.append(f"theta_range has low above high at sector {worst}; low comes first.")
    return found


def _provenance(
    value: Any, labels: Labels, dims: Mapping[str, tuple[str, ...]], problems: list[str]
) -> dict[str, np.ndarray]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        problems.append("provenance must be a dict from field to an array of codes.")
        return {}
    out: dict[str, np.ndarray] = {}
    for field, flags in value.items():
        if field not in dims:
            problems.append(
                f"provenance names '{field}', which is no field of a world."
                + did_you_mean(str(field), dims)
            )
            continue
        found = np.asarray(flags)
        shape = tuple(len(labels[dim]) for dim in dims[field])
        if found.shape != shape:
            problems.append(
                f"provenance of {field} has shape {found.shape}; it needs {shape} ({dims[field]})."
            )
        elif not np.isin(found, CODES).all():
            problems.append(
                f"provenance of {field} holds other codes than 1 observed, 2 mirrored, 3 proxied, "
                "4 assumed."
            )
        else:
            out[field] = found.astype(np.uint8)
    return out


def _plain(value: Any, name: str, problems: list[str]) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(k, str) for k in value):
        problems.append(f"{name} must be a plain dict with text keys.")
        return {}
    try:
        json.dumps(value)
    except (TypeError, ValueError) as error:
        problems.append(
            f"{name} must hold plain data only (dicts, lists, texts, numbers, None): {error}."
        )
        return {}
    return copy.deepcopy(value)
