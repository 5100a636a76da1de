"""Balance of one economy's accounts by minimum cross-entropy, trade given.

Unknowns: intermediate use Z (r, s), value added V (s), final use F (s), domestic sales H (s) and
output Y (s).  Constraints, with exports E (s) and imports with duties M (s) given::

    sum_s Z_rs + F_r - H_r = M_r        what is used of r is what is supplied
    Y_s - H_s = E_s                     what is made is sold at home or abroad
    sum_r Z_rs + V_s - Y_s = 0          what is paid is what is earned
    sum_s V_s = VA                      factor income

The objective is sum_k (x_k log(x_k / x0_k) - x_k + x0_k) / tau_k: cells stay positive, zeros
stay zero, and tau says how freely a cell moves.  The dual has 3 S + 1 unknowns and is solved by a
damped Newton method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.core.errors import IdentityError

Array = np.ndarray
ITERATIONS = 500
TOLERANCE = 1e-11


@dataclass(frozen=True, slots=True)
class Book:
    """Accounts of one economy, mn USD.

    Attributes
    ----------
    inputs : (input, sector) intermediate use Z
    value_added, final, domestic, output : (sector,)

    """

    inputs: Array
    value_added: Array
    final: Array
    domestic: Array
    output: Array

    def stacked(self) -> Array:
        """All cells in one vector, inputs first."""
        parts = (self.inputs.reshape(-1), self.value_added, self.final, self.domestic, self.output)
        return np.concatenate(parts)

    @classmethod
    def unstacked(cls, cells: Array, sectors: int) -> Book:
        """Inverse of `stacked`."""
        square, rest = cells[: sectors**2], cells[sectors**2 :].reshape(4, sectors)
        return cls(square.reshape(sectors, sectors), *rest)


def constraints(sectors: int) -> Array:
    """(3 S + 1, S^2 + 4 S) matrix of the constraints above."""
    s = sectors
    eye, none = np.eye(s), np.zeros((s, s))
    rows = np.hstack([np.kron(eye, np.ones((1, s))), none, eye, -eye, none])
    sold = np.hstack([np.zeros((s, s * s)), none, none, -eye, eye])
    paid = np.hstack([np.kron(np.ones((1, s)), eye), eye, none, none, -eye])
    income = np.concatenate([np.zeros(s * s), np.ones(s), np.zeros(3 * s)])[None, :]
    return np.vstack([rows, sold, paid, income])


def balance(start: Book, freedom: Book, exports: Array, imports: Array, value_added: float,
            name: str) -> Book:  # fmt: skip
    """Nearest book to `start` that satisfies the constraints.

    Parameters
    ----------
    start : targets; cells at zero stay zero
    freedom : tau of every cell, positive
    exports, imports : (sector,) mn USD, imports with duties
    value_added : factor income, mn USD
    name : economy, for messages

    Raises
    ------
    IdentityError : no positive accounts satisfy the constraints

    """
    s = len(exports)
    matrix = constraints(s)
    target = np.concatenate([imports, exports, np.zeros(s), [value_added]]) / value_added
    cells, tau = start.stacked() / value_added, freedom.stacked()
    live = cells > 0
    matrix = matrix[:, live]
    rows = matrix.any(axis=1)
    stuck = ~rows & (np.abs(target) > 0)
    if stuck.any():
        raise IdentityError(
            f"{name}: trade in sectors {np.flatnonzero(stuck) % s} meets no output and no use; "
            "give the targets of these sectors a positive start."
        )
    found = _dual_newton(matrix[rows], target[rows], cells[live], tau[live], name)
    out = np.zeros_like(cells)
    out[live] = found
    return Book.unstacked(out * value_added, s)


def _dual_newton(matrix: Array, target: Array, start: Array, tau: Array, name: str) -> Array:
    """Maximise the dual  b'l - sum_k x_k(l) / tau_k  over the multipliers l."""
    multipliers = np.zeros(len(target))
    cells, value = start, -np.inf
    ridge = 1e-14
    for _ in range(ITERATIONS):
        gap = target - matrix @ cells
        if np.max(np.abs(gap)) < TOLERANCE:
            return cells
        hessian = (matrix * (tau * cells)) @ matrix.T
        hessian[np.diag_indices_from(hessian)] += ridge + 1e-12 * np.diag(hessian)
        step = np.linalg.solve(hessian, gap)
        value = float(target @ multipliers - np.sum(cells / tau))
        size = min(1.0, 5.0 / max(float(np.max(np.abs(tau * (matrix.T @ step)))), 1e-300))
        for _ in range(60):
            trial = multipliers + size * step
            moved = start * np.exp(np.clip(tau * (matrix.T @ trial), -300, 300))
            if float(target @ trial - np.sum(moved / tau)) >= value + 1e-4 * size * float(
                gap @ step
            ) - 1e-14 * abs(value):
                break
            size *= 0.5
        multipliers, cells = trial, moved
    raise IdentityError(
        f"{name}: the accounts could not be balanced; largest gap "
        f"{float(np.max(np.abs(gap))):.1e} of factor income. The exports, imports and value added "
        "of this economy contradict each other."
    )
