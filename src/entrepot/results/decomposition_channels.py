"""The channels of a change of welfare, at one point of the path.

With Z_ijs trade at world prices q_ijs = (1 + e_ijs) c_is, X_js spending, Y_is output at cost,
every member of the family has at every point of a path (envelope theorem: all shares are those of
cost-minimising users, whatever the elasticities)

    dF_j = sum_s Y_js (d ln c_js + d ln A_js) - sum_r M_jr d ln P_jr
    I_j d ln P^C_j = sum_s C_js d ln P_js,          X = C + M
    X_js d ln P_js = sum_i Z_ijs (1 + t_ijs) [d ln q_ijs + d ln d_ijs + d ln(1 + t_ijs)
                                              - d ln a_ijs / theta_s]

for factor income F, final and intermediate spending C and M, resource costs d and varieties kept
a.  With I = F + R + E + T, R = sum_is t Z, E = sum_ns e Z / (1 + e), and quantities shipped
V = Z / q and delivered N = V / d, adding up gives

    I_j d ln W_j =   sum_{n != j, s} Z_jns (d ln q_jns - rho)            export prices
                   - sum_{i != j, s} Z^C_ijs (d ln q_ijs - rho)          prices of final imports
                   - sum_{i != j, s} Z^M_ijs (d ln q_ijs - rho)          prices of imported inputs
                   + sum_is t_ijs Z_ijs d ln N_ijs                       tariff revenue
                   + sum_ns e_jns Z_jns / (1 + e_jns) d ln V_jns         export-tax revenue
                   + sum_is Z_ijs (1 + t_ijs) d ln a_ijs / theta_s       variety
                   - sum_is Z_ijs d ln d_ijs                             trade cost
                   + sum_s Y_js d ln A_js                                productivity
                   + dT_j - T_j rho                                      transfer

Sales at home cancel: what producers gain by a higher price their buyers lose.  rho is the change
of the world price of traded goods, sum Z d ln q / sum Z over all trade between economies; since
exports minus imports are -T, it cancels too, and makes every channel independent of the numeraire.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from entrepot.model.shock import BoundShock
from entrepot.results.decomposition_path import Node, Path, partial_shock
from entrepot.solving.feasible import usual_standing
from entrepot.world.uses import by_use

Array = np.ndarray

CHANNELS: dict[str, str] = {
    "export_price": "Prices of its exports",
    "import_price": "Prices of its imports for final use",
    "input_cost": "Prices of its imported inputs",
    "tariff_revenue": "Tariff revenue lost or won by quantities",
    "export_tax_revenue": "Export-tax revenue lost or won by quantities",
    "variety": "Varieties or sources lost",
    "trade_cost": "Resource costs of its imports",
    "productivity": "Productivity at home",
    "transfer": "Net transfer received",
}
OWN_SALES = "own_price_and_income"
"""Gained by producers and lost by buyers at home: in no channel, reported beside them."""


class Slopes(NamedTuple):
    """Derivatives along the path at a node.

    Attributes
    ----------
    ln_cost : (N, S); tariff_revenue, export_tax_revenue : (N,) mn USD

    """

    ln_cost: Array
    tariff_revenue: Array
    export_tax_revenue: Array


def final_trade(path: Path, node: Node, shock: BoundShock, cells: Array) -> Array:
    """(N, N, S) trade for final use at world prices in `cells`, 0 elsewhere.

    Whatever a cell's tax, cost and permission, all uses meet the same: with pi^C the benchmark's
    share in what final users buy, ``pi'^C = pi^C a (c d (1+t')/(1+t) (1+e')/(1+e) / P^C)^-theta``.
    """
    world = path.solution.world
    bought = by_use(world)
    share = bought.trade_share[..., bought.final]
    wedge = (1 + shock.tariff) / (1 + world.tariff) * shock.trade_cost
    wedge = wedge * (1 + shock.export_tax) / (1 + world.export_tax)
    dearer = np.log(wedge) + np.log(node.cost)[:, None, :] - np.log(node.price)
    exponent = np.where(cells & (share > 0), -path.solution.problem.theta * dearer, -np.inf)
    after = share * shock.access * np.exp(exponent)
    return after * node.final / (1 + shock.tariff)


def _kept_slope(path: Path, left: float) -> Array:
    """(N, N, S) d ln a along the path."""
    lost = path.kept <= 0
    return np.where(lost, -1 / left, np.log(np.where(lost, 1.0, path.kept)))


def _world_price(path: Path, traded: Array, change: Array) -> Array:
    """(N,) rho, one value for each group of economies that trade with each other."""
    blocs = usual_standing(path.solution.world).blocs
    moved = np.bincount(blocs, np.einsum("ijs,ijs->i", traded, change))
    total = np.bincount(blocs, traded.sum(axis=(1, 2)))
    return np.divide(moved, total, out=np.zeros_like(total), where=total > 0)[blocs]


def at_node(path: Path, node: Node, slopes: Slopes) -> dict[str, Array]:
    """d ln W by channel (N,) at `node`, and `OWN_SALES`."""
    world, shock = path.solution.world, partial_shock(path, node.left)
    whole, theta = path.solution.shock, path.solution.problem.theta
    here = np.arange(len(world.regions))
    trade, tariff, export_tax = node.trade, shock.tariff, shock.export_tax
    tariff_slope, tax_slope = whole.tariff - world.tariff, whole.export_tax - world.export_tax
    dearer = np.log(whole.trade_cost)
    price = slopes.ln_cost[:, None, :] + tax_slope / (1 + export_tax)
    producer = trade / (1 + export_tax)
    foreign = trade.copy()
    foreign[here, here] = 0.0
    rho = _world_price(path, foreign, price)
    relative = price - rho[:, None, None]
    final = final_trade(path, node, shock, foreign > 0)
    kept = _kept_slope(path, node.left) / theta
    earned = {
        "export_price": np.einsum("ijs,ijs->i", foreign, relative),
        "import_price": -np.einsum("ijs,ijs->j", final, relative),
        "input_cost": -np.einsum("ijs,ijs->j", foreign - final, relative),
        "tariff_revenue": slopes.tariff_revenue
        - np.einsum("ijs,ijs->j", trade, tariff_slope + tariff * (price + dearer)),
        "export_tax_revenue": slopes.export_tax_revenue
        - np.einsum("ijs,ijs->i", producer, tax_slope + export_tax * slopes.ln_cost[:, None, :]),
        "variety": np.einsum("ijs,ijs->j", trade * (1 + tariff), kept),
        "trade_cost": -np.einsum("ijs,ijs->j", trade, dearer),
        "productivity": np.einsum("is,is->i", node.output, np.log(whole.productivity)),
        "transfer": path.stop - path.start - node.transfer * rho,
        OWN_SALES: np.einsum("is,is->i", trade[here, here], relative[here, here]),
    }
    return {name: value / node.income for name, value in earned.items()}
