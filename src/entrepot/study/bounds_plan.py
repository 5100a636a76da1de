"""What one region can still do when nothing may be substituted: a linear programme.

Recipes are fixed (Leontief), factors stay in their sector, nobody sells or buys more of anything
than before.  Within these limits the region makes as many of its old final bundles as it can:
Pichler and Farmer (2022, *Economic Systems Research* 34) call it the best feasible allocation.

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

import numpy as np
from scipy.optimize import linprog

from entrepot.core.errors import NotSolvedError

Array = np.ndarray

TIE = 1e-4
"""Weight of output and imports against final bundles: picks among plans with equal bundles."""
UNPAID = 1e3
"""Cost, in final bundles, of not paying one unit of old final expenditure of the transfer owed."""


@dataclass(frozen=True, slots=True)
class Facing:
    """What one region faces; shares are of its old purchases `X_s` where nothing else is said.

    Attributes
    ----------
    final : (S,) part of each good that final demand takes
    inputs : (S, S) part g_sk of good s that sector k takes (0 where it is not essential)
    home, abroad, together : (S,) old bundles that home sales and kept imports give alone, and
        what they give together beyond the sum
    capacity : (S,) hat of output at full use
    bill : (S,) cost of all kept imports, in old final expenditure
    sales : (S,) revenue of all kept exports, in old final expenditure
    transfer : net transfer received, in old final expenditure
    weight : (S,) share of each sector in value added

    """

    final: Array
    inputs: Array
    home: Array
    abroad: Array
    together: Array
    capacity: Array
    bill: Array
    sales: Array
    transfer: float
    weight: Array


@dataclass(frozen=True, slots=True)
class Plan:
    """The best plan without substitution.

    Attributes
    ----------
    final : final bundles, 1 = as before
    output : (S,) hat of output
    imports : (S,) part of kept imports that is bought
    unpaid : part of the transfer owed that cannot be paid, in old final expenditure
    shadow : (S,) final bundles that one more old bundle `X_s` of each good would give
    shadow_money : final bundles that one more unit of old final expenditure gives, paid abroad

    """

    final: float
    output: Array
    imports: Array
    unpaid: float
    shadow: Array
    shadow_money: float


def _rows(face: Facing) -> tuple[Array, Array]:
    """Matrix and right side of the constraints on (z, m, b, lambda, unpaid)."""
    s, pairs = face.final.size, np.flatnonzero(face.together > 0)
    one, p = np.eye(s)[:, pairs], pairs.size
    goods = np.zeros((s, 2 * s + p + 2))
    goods[:, :s] = face.inputs - np.diag(face.home * face.capacity)
    goods[:, s : 2 * s] = np.diag(-face.abroad)
    goods[:, 2 * s : -2] = -one * face.together[:, None]
    goods[:, -2] = face.final
    joint = np.zeros((2 * p, goods.shape[1]))
    joint[:p, :s] = -one.T * face.capacity
    joint[p:, s : 2 * s] = -one.T
    joint[:, 2 * s : -2] = np.tile(np.eye(p), (2, 1))
    sold = face.sales * np.minimum(face.capacity, 1.0)
    balance = np.concatenate([-sold, face.bill, np.zeros(p), [0.0, -1.0]])
    limits = np.concatenate([np.zeros(s + 2 * p), [face.transfer]])
    return np.vstack([goods, joint, balance]), limits


def best_plan(face: Facing) -> Plan:
    """Solve the programme of the module for one region.

    Raises
    ------
    NotSolvedError : the linear programme was not solved to its optimum

    """
    s = face.final.size
    rows, limits = _rows(face)
    bill = face.bill / max(face.bill.sum(), np.finfo(float).tiny)
    gain, upper = np.zeros(rows.shape[1]), np.ones(rows.shape[1])
    gain[: 2 * s] = TIE * np.concatenate([face.weight, bill])
    gain[-2:], upper[-1] = (1.0, -UNPAID), np.inf
    limit = np.column_stack([np.zeros(upper.size), upper])
    done = linprog(-gain, rows, limits, bounds=limit, method="highs-ds")
    if done.status != 0:
        raise NotSolvedError(
            f"The linear programme without substitution was not solved: {done.message} "
            "Check the shock for numbers of very different size."
        )
    return Plan(
        final=float(done.x[-2]),
        output=done.x[:s] * face.capacity,
        imports=done.x[s : 2 * s],
        unpaid=float(done.x[-1]),
        shadow=-done.ineqlin.marginals[:s],
        shadow_money=-float(done.ineqlin.marginals[-1]),
    )
