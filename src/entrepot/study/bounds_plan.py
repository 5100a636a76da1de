"""What a region can still do when nothing may be substituted: one linear programme per region.

Recipes are fixed (Leontief), factors stay in their sector, nobody sells or buys more of anything
than before.  Within these limits each region makes as many of its old final bundles as it can;
Pichler and Farmer (2022, *Economic Systems Research* 34:273) optimise market allocations under
supply and demand constraints in the same way.

    maximise  lambda
    goods     lambda F_s + sum_k g_sk z_k <= H_s A_s z_s + M_s m_s + W_s b_s
    together  b_s <= A_s z_s,  b_s <= m_s       0 <= z, m, lambda <= 1
    balance   sum_s bill_s m_s <= sum_s sales_s min(A_s, 1) z_s + D + T (+ unpaid)

with ``z`` the use of capacity, ``m`` the part of kept imports that is bought.  ``H`` and ``M``
are the old bundles of origins that come of home sales alone and of kept imports alone, ``W`` is
what they give together beyond their sum.  A CES bundle with elasticity above one is concave and
of degree one, so ``F(x + y) >= F(x) + F(y)``: to split purchases into a part ``b`` in the old
proportions and a rest never counts more than the bundle gives, and W = 0 at theta = inf.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.core.errors import NotSolvedError

Array = np.ndarray

TIE = 1e-4
"""Weight of output and imports against final bundles: picks among plans with equal bundles."""
UNPAID = 1e3
"""Cost, in final bundles, of not paying one unit of old final expenditure of the transfer owed."""


@dataclass(frozen=True, slots=True)
class Facing:
    """What the regions face; money is in units of a region's old final expenditure.

    Attributes
    ----------
    final : (N, S) part of its old purchases of each good that final demand takes
    inputs : (N, S, S) part g_sk of good s that sector k takes (0 where it is not essential)
    home, abroad, together : (N, S) old bundles that home sales and kept imports give alone, and
        what they give together beyond the sum
    capacity : (N, S) hat of output at full use
    bill, sales : (N, S) cost of all kept imports, revenue of all kept exports
    transfer : (N,) net transfer received
    weight : (N, S) share of each sector in value added

    """

    final: Array
    inputs: Array
    home: Array
    abroad: Array
    together: Array
    capacity: Array
    bill: Array
    sales: Array
    transfer: Array
    weight: Array


@dataclass(frozen=True, slots=True)
class Plans:
    """The best plan of every region without substitution.

    Attributes
    ----------
    final : (N,) final bundles, 1 = as before
    used : (N, S) part of capacity in use
    bought : (N, S) part of kept imports that is bought
    unpaid : (N,) part of the transfer owed that cannot be paid, in old final expenditure
    shadow : (N, S) final bundles that one more old bundle of each good would give
    shadow_money : (N,) final bundles that one more unit of old final expenditure gives, abroad

    """

    final: Array
    used: Array
    bought: Array
    unpaid: Array
    shadow: Array
    shadow_money: Array


def _rows(face: Facing, j: int) -> tuple[Array, Array]:
    """Matrix and right side of the constraints of region j on (z, m, b, lambda, unpaid)."""
    s, pairs = face.final.shape[1], np.flatnonzero(face.together[j] > 0)
    one, p = np.eye(s)[:, pairs], pairs.size
    goods = np.zeros((s, 2 * s + p + 2))
    goods[:, :s] = face.inputs[j] - np.diag(face.home[j] * face.capacity[j])
    goods[:, s : 2 * s] = np.diag(-face.abroad[j])
    goods[:, 2 * s : -2] = -one * face.together[j][:, None]
    goods[:, -2] = face.final[j]
    joint = np.zeros((2 * p, goods.shape[1]))
    joint[:p, :s] = -one.T * face.capacity[j]
    joint[p:, s : 2 * s] = -one.T
    joint[:, 2 * s : -2] = np.tile(np.eye(p), (2, 1))
    sold = face.sales[j] * np.minimum(face.capacity[j], 1.0)
    balance = np.concatenate([-sold, face.bill[j], np.zeros(p), [0.0, -1.0]])
    limits = np.concatenate([np.zeros(s + 2 * p), [face.transfer[j]]])
    return np.vstack([goods, joint, balance]), limits


def _objective(face: Facing, j: int, size: int) -> tuple[Array, Array]:
    """Gain and upper limit of each of the `size` variables of region j."""
    s = face.final.shape[1]
    bill = face.bill[j] / max(face.bill[j].sum(), np.finfo(float).tiny)
    gain, upper = np.zeros(size), np.ones(size)
    gain[: 2 * s] = TIE * np.concatenate([face.weight[j], bill])
    gain[-2:], upper[-1] = (1.0, -UNPAID), np.inf
    return gain, upper


def _blocks(matrices: list[Array]) -> Any:
    """Sparse matrix with `matrices` on its diagonal."""
    # SciPy is imported where it is used: it costs a quarter of a second of every start.
    from scipy.sparse import csr_array

    rows, columns, values, down, right = [], [], [], 0, 0
    for matrix in matrices:
        i, k = np.nonzero(matrix)
        rows.append(i + down)
        columns.append(k + right)
        values.append(matrix[i, k])
        down, right = down + matrix.shape[0], right + matrix.shape[1]
    at = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.concatenate(values), at), shape=(down, right))


def best_plans(face: Facing, touched: Array) -> Plans:
    """Solve the programme of the module for the regions `touched` (N,); the others stay at 1.

    The programmes share nothing; they are handed to the solver as one because that is faster.

    Raises
    ------
    NotSolvedError : the linear programme was not solved to its optimum

    """
    from scipy.optimize import linprog  # see `_blocks`

    n, s = face.final.shape
    plans = Plans(np.ones(n), np.ones((n, s)), np.ones((n, s)), np.zeros(n), np.zeros((n, s)),
                  np.zeros(n))  # fmt: skip
    who = np.flatnonzero(touched).tolist()
    if not who:
        return plans
    rows = [_rows(face, j) for j in who]
    goal = [_objective(face, j, matrix.shape[1]) for j, (matrix, _) in zip(who, rows, strict=True)]
    gain, upper = (np.concatenate(parts) for parts in zip(*goal, strict=True))
    done = linprog(
        -gain,
        _blocks([matrix for matrix, _ in rows]),
        np.concatenate([right for _, right in rows]),
        bounds=np.column_stack([np.zeros(upper.size), upper]),
        method="highs-ds",
        options={"presolve": False},
    )
    if done.status != 0:
        raise NotSolvedError(
            f"The linear programme without substitution was not solved: {done.message} "
            "Check the shock for numbers of very different size."
        )
    right, down = 0, 0
    for j, (matrix, _) in zip(who, rows, strict=True):
        x = done.x[right : right + matrix.shape[1]]
        prices = -done.ineqlin.marginals[down : down + matrix.shape[0]]
        plans.used[j], plans.bought[j] = x[:s], x[s : 2 * s]
        plans.final[j], plans.unpaid[j] = x[-2:]
        plans.shadow[j], plans.shadow_money[j] = prices[:s], prices[-1]
        right, down = right + matrix.shape[1], down + matrix.shape[0]
    return plans
