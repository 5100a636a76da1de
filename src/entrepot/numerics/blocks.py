"""Direct solution of two large blocks with a border, by elimination.

    A_aa a + diag(link) b + A_aw w = r_a
    A_ba a + A_bb b       + A_bw w = r_b
    A_wa a + A_wb b       + A_ww w = r_w

with a and b (n,) and a short border w (k,).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray
Factors = tuple[Array, Array]


class Bordered(NamedTuple):
    """The blocks; `link` (n,) is the diagonal by which b enters the first rows."""

    aa: Array
    link: Array
    aw: Array
    ba: Array
    bb: Array
    bw: Array
    wa: Array
    wb: Array
    ww: Array


class Eliminated(NamedTuple):
    """What `solve` needs: the blocks, triangular factors, and what elimination leaves."""

    blocks: Bordered
    aa: Factors
    bb: Factors
    ww: Factors
    ahead: Array
    wb: Array


def _factor(matrix: Array) -> Factors:
    """Triangular factors; those of a singular matrix divide to infinity, without a warning."""
    # Imported here because few solves get this far, and the import costs a quarter of a second.
    from scipy.linalg.lapack import get_lapack_funcs

    (factor,) = get_lapack_funcs(("getrf",), (matrix,))
    lu, pivots, _ = factor(matrix)
    return lu, pivots


def _divide(factors: Factors, right: Array) -> Array:
    from scipy.linalg.lapack import get_lapack_funcs

    (divide,) = get_lapack_funcs(("getrs",), factors[:1])
    out: Array = divide(*factors, right)[0]
    return out


def eliminate(blocks: Bordered, dtype: Any = np.float64) -> Eliminated:
    """Factor the blocks: a first, then b, then the border; in single precision if asked to."""
    blocks = Bordered(*(np.asarray(block, dtype=dtype) for block in blocks))
    first, bb, wb = _factor(blocks.aa), blocks.bb.copy(), blocks.wb.copy()
    tied = np.flatnonzero(blocks.link)
    if tied.size:
        right = np.zeros((len(blocks.link), tied.size), dtype, order="F")
        right[tied, np.arange(tied.size)] = blocks.link[tied]
        right = _divide(first, right)
        bb[:, tied] -= blocks.ba @ right
        wb[:, tied] -= blocks.wa @ right
    right = _divide(first, blocks.aw)
    bw, ww = blocks.bw - blocks.ba @ right, blocks.ww - blocks.wa @ right
    second = _factor(bb)
    ahead = _divide(second, bw)
    return Eliminated(blocks, first, second, _factor(ww - wb @ ahead), ahead, wb)


def solve(e: Eliminated, a: Array, b: Array, w: Array) -> tuple[Array, Array, Array]:
    """Return the unknowns (a, b, w) for right-hand sides, in the precision of the factors."""
    blocks = e.blocks
    a, b, w = (np.asarray(v, dtype=blocks.aa.dtype) for v in (a, b, w))
    start = _divide(e.aa, a)
    b = _divide(e.bb, b - blocks.ba @ start)
    w = _divide(e.ww, w - blocks.wa @ start - e.wb @ b)
    b = b - e.ahead @ w
    a = _divide(e.aa, a - blocks.link * b - blocks.aw @ w)
    return a.astype(float), b.astype(float), w.astype(float)
