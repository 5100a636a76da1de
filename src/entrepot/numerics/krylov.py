"""GMRES in two halves: the Krylov basis where the product is compiled, least squares outside.

(Saad and Schultz 1986.)  The product is compiled once, in the body of one loop; a library routine
that takes it as an argument compiles it several times, which takes longer than it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

Array = Any


class Krylov(NamedTuple):
    """Orthonormal basis and projection of a linear map.

    Attributes
    ----------
    basis : (m + 1, n) orthonormal rows, zeros where not reached yet
    hessenberg : (m, m + 1) ``product(basis[k]) = hessenberg[k] @ basis``
    size : scalar, rows of the projection that are filled

    """

    basis: Array
    hessenberg: Array
    size: Array


def empty(start: np.ndarray, length: float, most: int) -> Krylov:
    """Space that begins with ``start / length``, with room for `most` products."""
    basis = np.zeros((most + 1, len(start)))
    basis[0] = start / length
    return Krylov(basis, np.zeros((most, most + 1)), np.array(0))


def enlarged(space: Krylov, most: int) -> Krylov:
    """Return the same space with room for `most` products; each product touches all the room."""
    basis, hessenberg = map(np.asarray, (space.basis, space.hessenberg))
    size, length = basis.shape
    wide = np.zeros((most + 1, length))
    wide[:size] = basis
    square = np.zeros((most, most + 1))
    square[: size - 1, :size] = hessenberg
    return Krylov(wide, square, np.asarray(space.size))


def extend(product: Callable[[Array], Array], space: Krylov, size: Array) -> Krylov:
    """Extend the space to `size` products (Arnoldi, orthogonalised twice); to be compiled."""

    def body(space: Krylov) -> Krylov:
        basis, hessenberg, k = space
        new = product(basis[k])
        once = basis @ new
        new = new - once @ basis
        again = basis @ new
        new = new - again @ basis
        length = jnp.linalg.norm(new)
        row = (once + again).at[k + 1].set(length)
        basis = basis.at[k + 1].set(
            jnp.where(length > 0, new / jnp.where(length > 0, length, 1), 0)
        )
        return Krylov(basis, hessenberg.at[k].set(row), k + 1)

    return jax.lax.while_loop(lambda space: space.size < size, body, space)


def least_squares(space: Krylov, length: float) -> tuple[np.ndarray, float]:
    """Best solution (n,) in the space for a right-hand side of this `length`, and what is left.

    What is left is relative to the right-hand side.
    """
    size = int(space.size)
    matrix = np.asarray(space.hessenberg)[:size, : size + 1].T
    right = np.zeros(size + 1)
    right[0] = length
    weights = np.linalg.lstsq(matrix, right, rcond=None)[0]
    gap = float(np.linalg.norm(matrix @ weights - right)) / length
    solution: np.ndarray = weights @ np.asarray(space.basis)[:size]
    return solution, gap
