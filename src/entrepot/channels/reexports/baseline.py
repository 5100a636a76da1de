"""Ways of goods before the measures, from a table of trade and the proportions of re-exports.

What hub h sells to j of sector s is partly re-exported; the re-exports have the origins of the
hub's imports (the proportions of every table of re-exports: Lankhuizen and Thissen 2019).  With
rho_hs the re-exported share of the hub's exports and M_hs its imports,

    w_ihj = (X_ih / M_h) rho_h X_hj,        r_ihj = w_ihj / (X_ij + sum_h w_ihj),

so that the legs have the weights ``first = X_ih / M_h`` and ``last = rho_h X_hj``.  Goods that
pass two hubs are the part of the second hub's imports that the first one re-exports:
``between = rho_h X_hl / M_l``.
"""

from __future__ import annotations

import numpy as np

from entrepot.channels.reexports.ways import Ways
from entrepot.core.errors import ValueRangeError

Array = np.ndarray


def reexported_share(trade: Array, usual: float, netted: Array | None = None) -> Array:
    """(N, S) share rho of exports that are re-exports.

    Parameters
    ----------
    trade : (N, N, S) flows from origin to dest, mn USD
    usual : share in every economy
    netted : (N, S) re-exports that were taken out of `trade`, mn USD, on top of the usual share

    """
    if not 0.0 <= usual <= 1.0:
        raise ValueRangeError(f"The re-exported share of exports is {usual:g}; it is a share "
                              "between 0 and 1.")  # fmt: skip
    share = np.full(trade.shape[1:], usual)
    if netted is not None:
        exports = _abroad(trade).sum(axis=1)
        share = share + np.divide(netted, exports, out=np.zeros_like(exports), where=exports > 0)
    return np.minimum(share, 1.0)


def baseline_ways(trade: Array, cells: Array, hubs: Array, reexported: Array, *,
                  may: Array | None = None, several: bool = False) -> Ways:  # fmt: skip
    """Ways of every cell through every hub before the measures.

    Parameters
    ----------
    trade : (N, N, S) flows from origin to dest, mn USD
    cells : (C, 3) positions of origin, dest and sector
    hubs : (H,) positions of the hubs
    reexported : (N, S) rho
    may : (C, H) bool, hubs that may serve a cell; never those at one of its ends
    several : whether goods may pass several hubs

    """
    i, j, s = (cells[:, k] for k in range(3))
    h, sector = hubs[None, :], s[:, None]
    imports = _abroad(trade).sum(axis=0)
    into = np.divide(1.0, imports, out=np.zeros_like(imports), where=imports > 0)
    serves = (h != i[:, None]) & (h != j[:, None])
    if may is not None:
        serves &= may
    first = trade[i[:, None], h, sector] * into[h, sector] * serves
    last = reexported[h, sector] * trade[h, j[:, None], sector] * serves
    between = None
    if several:
        among = trade[np.ix_(hubs, hubs)] * reexported[hubs][:, None, :] * into[hubs][None, :, :]
        among[np.arange(len(hubs)), np.arange(len(hubs))] = 0.0
        between = among.transpose(2, 0, 1)[s] * serves[:, :, None] * serves[:, None, :]
    return Ways(trade[i, j, s], first, last, between)


def _abroad(trade: Array) -> Array:
    """Trade without sales at home."""
    return trade * ~np.eye(len(trade), dtype=bool)[:, :, None]
