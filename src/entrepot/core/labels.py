"""Exact labels: the same set, the same spelling, or an error that shows both.

Labels live at the edges of the program.  `align` is the only door from a labelled or bare array
to the plain array that the inside uses; absence is never read as zero, and NaN is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from entrepot.core.errors import LabelError, ValueRangeError, did_you_mean

SHOWN = 8


def listing(labels: Sequence[str]) -> str:
    """First few labels, quoted, and how many more there are."""
    shown = ", ".join(f"'{x}'" for x in labels[:SHOWN])
    return shown + (f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else "")


def indefinite(noun: str) -> str:
    """`noun` with its article: a sector, an economy."""
    return f"{'an' if noun[:1].lower() in 'aeio' else 'a'} {noun}"


def check_unique(labels: Sequence[str], dim: str) -> tuple[str, ...]:
    """Return `labels` as a tuple; refuse an empty list, a repeated or a non-string label."""
    if not isinstance(labels, Iterable) or isinstance(labels, str | set | frozenset):
        raise LabelError(
            f"Labels of '{dim}' must be a list or tuple of strings, in order; found "
            f"{type(labels).__name__}. Pass a list."
        )
    found = tuple(labels)
    if not found:
        raise LabelError(f"Dimension '{dim}' has no labels. Give at least one.")
    odd = [x for x in found if not isinstance(x, str) or not x.strip()]
    if odd:
        raise LabelError(f"Labels of '{dim}' must be non-empty strings; found {odd[:SHOWN]!r}.")
    repeated = sorted({x for x in found if found.count(x) > 1})
    if repeated:
        raise LabelError(f"Labels of '{dim}' must be unique; repeated: {listing(repeated)}.")
    return found


def check_known(names: Sequence[str], allowed: Sequence[str], dim: str, where: str) -> None:
    """Refuse names that are not labels of `dim`, with the nearest ones."""
    pool = set(allowed)
    unknown = [
        f"'{name}' is not {indefinite(dim)} of {where}.{did_you_mean(str(name), allowed)}"
        for name in names
        if name not in pool
    ]
    if unknown:
        raise LabelError.collect(f"Unknown {dim}", unknown)


def _order(have: Sequence[str], want: Sequence[str], name: str, dim: str) -> list[int]:
    """Positions of `want` in `have`, which must be the same set, without repetition."""
    repeated = sorted({x for x in have if have.count(x) > 1})
    if repeated:
        raise LabelError(
            f"Labels of '{name}' on '{dim}' must be unique; repeated: {listing(repeated)}. "
            "Drop or sum what is there twice."
        )
    at = {x: k for k, x in enumerate(have)}
    missing = [x for x in want if x not in at]
    extra = [x for x in have if x not in set(want)]
    if missing or extra:
        raise LabelError(
            f"Labels of '{name}' on '{dim}' do not match the world: missing "
            f"{listing(missing) or 'none'}; extra {listing(extra) or 'none'}. "
            "Select or rename labels so that both sets are the same."
        )
    return [at[x] for x in want]


def _from_xarray(
    array: Any, name: str, dims: Sequence[str], labels: Mapping[str, Sequence[str]]
) -> Any:
    """Put an xarray array into the order of `labels`, or say what does not fit."""
    if set(array.dims) != set(dims):
        raise LabelError(
            f"'{name}' has dimensions {tuple(array.dims)}; it needs {tuple(dims)}. Rename them."
        )
    array = array.transpose(*dims)
    for dim in dims:
        if dim not in array.coords:
            raise LabelError(f"'{name}' has no labels on dimension '{dim}'. Add a coordinate.")
        have, want = [str(x) for x in array.coords[dim].values], list(labels[dim])
        if have != want:
            array = array.isel({dim: _order(have, want, name, dim)})
    return array.values


def _from_pandas(
    table: Any, name: str, dims: Sequence[str], labels: Mapping[str, Sequence[str]]
) -> Any:
    """Put a pandas Series (one dimension) or DataFrame (two) into the order of `labels`."""
    axes = [[str(x) for x in axis] for axis in table.axes]
    if len(axes) != len(dims):
        raise LabelError(
            f"'{name}' is a table with {len(axes)} axes; it needs {len(dims)} ({', '.join(dims)}). "
            "Pass an xarray or NumPy array of that shape."
        )
    values = table.to_numpy()
    for k, (have, dim) in enumerate(zip(axes, dims, strict=True)):
        values = np.take(values, _order(have, list(labels[dim]), name, dim), axis=k)
    return values


def _from_mapping(
    given: Mapping[str, Any], name: str, dims: Sequence[str], labels: Mapping[str, Sequence[str]]
) -> list[Any]:
    """Put a mapping label -> number (one dimension) into the order of `labels`."""
    if len(dims) != 1:
        raise LabelError(
            f"'{name}' is a mapping of labels; it needs {len(dims)} dimensions "
            f"({', '.join(dims)}). Pass an xarray or NumPy array of that shape."
        )
    have = [str(x) for x in given]
    values = list(given.values())
    return [values[k] for k in _order(have, list(labels[dims[0]]), name, dims[0])]


NOT_NUMBERS = {
    "c": "complex numbers", "M": "dates", "m": "durations", "U": "text", "S": "text",
}  # fmt: skip

HIDDEN = (str, bytes, bool, np.bool_)
"""What Python would read as a number inside an array of objects, and no user means as one."""


def _check_kind(plain: np.ndarray, name: str, dtype: type) -> None:
    """Refuse what is no array of numbers (or of booleans, when those are asked for)."""
    if dtype is bool and plain.dtype != bool:
        raise ValueRangeError(
            f"'{name}' must be boolean (True where it applies); found dtype {plain.dtype}. "
            "Compare it with something to make it boolean."
        )
    if dtype is float and plain.dtype == bool:
        raise ValueRangeError(f"'{name}' holds booleans. Pass numbers.")
    if plain.dtype.kind in NOT_NUMBERS:
        what = NOT_NUMBERS[plain.dtype.kind]
        raise ValueRangeError(f"'{name}' holds {what}. Pass real numbers.")
    odd = [x for x in plain.flat if isinstance(x, HIDDEN)] if plain.dtype == object else []
    if odd:
        raise ValueRangeError(
            f"'{name}' holds {len(odd)} entries that are no numbers, first {odd[0]!r} "
            f"({type(odd[0]).__name__}). Pass real numbers."
        )


def align(
    array: Any,
    name: str,
    dims: Sequence[str],
    labels: Mapping[str, Sequence[str]],
    *,
    dtype: type = float,
    infinite: bool = False,
) -> np.ndarray:
    """Return `array` as a plain array in the order of `labels`.

    Parameters
    ----------
    array : array, xarray.DataArray, pandas.Series, pandas.DataFrame or mapping of one dimension
        A labelled array is matched by label (exactly); a bare array by shape.
    name : what the array is called in messages
    dims : its dimensions, in order
    labels : labels of each dimension
    dtype : float or bool
    infinite : whether an entry may be infinite

    Raises
    ------
    LabelError : labels or shape do not match
    ValueRangeError : an entry is NaN or infinite, or not of the type asked for

    """
    if hasattr(array, "dims") and hasattr(array, "coords"):
        array = _from_xarray(array, name, dims, labels)
    elif hasattr(array, "axes") and hasattr(array, "to_numpy"):
        array = _from_pandas(array, name, dims, labels)
    elif isinstance(array, Mapping):
        array = _from_mapping(array, name, dims, labels)
    if isinstance(array, np.ma.MaskedArray) and np.ma.getmaskarray(array).any():
        raise ValueRangeError(
            f"'{name}' has masked entries. Missing is not zero: fill or drop them on purpose."
        )
    shape = tuple(len(labels[d]) for d in dims)
    try:
        plain = np.asarray(array)
        _check_kind(plain, name, dtype)
        plain = np.array(plain, dtype=dtype, order="C")
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, ValueRangeError):
            raise
        raise ValueRangeError(f"'{name}' is not an array of numbers: {error}.") from error
    if plain.shape != shape:
        want = ", ".join(f"{d}: {n}" for d, n in zip(dims, shape, strict=True))
        raise LabelError(
            f"'{name}' has shape {plain.shape}; it needs {shape} ({want}). Transpose or subset it."
        )
    bad = np.isnan(plain) if infinite else ~np.isfinite(plain)
    if dtype is float and bad.any():
        what = "NaN" if infinite else "NaN or infinite"
        raise ValueRangeError(
            f"'{name}' holds {int(bad.sum())} entries that are {what}, first at "
            f"{place(bad, dims, labels)}. Missing is not zero: fill or drop them on purpose."
        )
    return plain


def is_single(given: Any, name: str) -> bool:
    """Whether `given` is one value for every label; what is no array is left to `align`."""
    if isinstance(given, Mapping):
        return False
    try:
        single = np.ndim(given) == 0
    except (TypeError, ValueError):
        return False
    if single and np.ma.is_masked(given):
        raise ValueRangeError(
            f"'{name}' is masked. Missing is not zero: give a number, or leave it out."
        )
    return single


def place(mask: np.ndarray, dims: Sequence[str], labels: Mapping[str, Sequence[str]]) -> str:
    """Labels of the first True entry of `mask`, as ``(origin IRN, dest CHN, sector crude)``."""
    index = np.argwhere(mask)[0]
    parts = [f"{d} {labels[d][int(i)]}" for d, i in zip(dims, index, strict=True)]
    return "(" + ", ".join(parts) + ")"
