"""Tables of what passes the hubs, for reports."""

from __future__ import annotations

import numpy as np
import pandas as pd

from entrepot.channels.reexports.markup import crowding
from entrepot.channels.reexports.plan import EvasionPlan
from entrepot.channels.reexports.ways import hub_shares


def hub_table(plan: EvasionPlan) -> pd.DataFrame:
    """One row for each hub.

    Columns: ``hub``; ``before`` share of the banned trade that passed it (weighted); ``flow`` that
    passes it now, mn USD a year; ``share`` of all that comes back; ``capacity`` mn USD a year;
    ``load`` flow over capacity; ``passage`` mean cost hat; of it ``markup``, ``seized``, ``fines``
    and ``crowding`` (parts of passage - 1). A hub where all is seized has an infinite passage.
    """
    settled, costs = plan.settled, plan.costs
    through = settled.evaded[:, None] * settled.use.through
    finite = np.isfinite(settled.passage)
    weight = through + 1e-300 * (finite | ~finite.any(axis=0))
    mean = {k: _mean(v, weight) for k, v in _parts(plan).items()}
    shares = hub_shares(plan.before, plan.nu)
    evaded = max(float(settled.evaded.sum()), 1e-300)
    frame = pd.DataFrame({
        "hub": plan.names,
        "before": (shares * plan.stopped[:, None]).sum(axis=0) / max(plan.lost(), 1e-300),
        "flow": settled.flow,
        "share": settled.flow / evaded,
        "capacity": np.broadcast_to(costs.capacity, settled.flow.shape),
        "load": settled.flow / costs.capacity,
        "passage": _mean(settled.passage, weight),
        **mean,
    })  # fmt: skip
    return frame.sort_values("flow", ascending=False, ignore_index=True)


def _mean(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    counted = np.where(weight > 0, values, 0.0) * weight
    return np.asarray(counted.sum(axis=0) / weight.sum(axis=0))


def _parts(plan: EvasionPlan) -> dict[str, np.ndarray]:
    """(C, H) parts of passage - 1, which they add up to: mark-up, seized, fines, crowding."""
    costs, shape = plan.costs, plan.settled.passage.shape
    markup = np.broadcast_to(costs.markup, shape)
    detection = np.broadcast_to(costs.detection, shape)
    fines = costs.fine * detection
    with np.errstate(divide="ignore", invalid="ignore"):
        base = (1.0 + markup + fines) / (1.0 - detection)
        extra = base * (crowding(costs, plan.settled.flow) - 1.0)
        crowded = np.where(np.isfinite(base), extra, 0.0)
    return {
        "markup": markup,
        "seized": base - (1.0 + markup + fines),
        "fines": fines,
        "crowding": crowded,
    }
