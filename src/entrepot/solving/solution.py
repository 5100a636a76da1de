"""`Solution`: what a solve gives back, whether it worked or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from entrepot.core.errors import EntrepotError, NotSolvedError
from entrepot.model.economy import Economy
from entrepot.model.shock import BoundShock
from entrepot.solving.bind import Problem
from entrepot.solving.certificate import Certificate
from entrepot.solving.state import State
from entrepot.world.world import World

_MEANING: dict[str, Callable[..., Any]] = {}
"""The room `results` lies above this one and puts its doors here when it is imported."""


def register_results(**doors: Callable[..., Any]) -> None:
    """Let `Solution.results` and `Solution.gradient` call `doors`; the room `results` does it."""
    _MEANING.update(doors)


def _door(name: str) -> Callable[..., Any]:
    if name not in _MEANING:
        raise EntrepotError(
            "Results are not loaded. Use `import entrepot as ep` and `ep.solve`, or import "
            "entrepot.results first."
        )
    return _MEANING[name]


def _told(values: np.ndarray) -> Any:
    """Plain data of a parameter: one number where all are the same; infinity as text."""
    plain = [x if np.isfinite(x) else str(x) for x in values.reshape(-1).tolist()]
    return plain[0] if len(set(plain)) == 1 else plain


class Verdict(StrEnum):
    """How a solve ended; `cause` and `remedy` say why and what to do."""

    CERTIFIED = "certified"
    IMPOSSIBLE = "impossible"
    NOT_CONVERGED = "not converged"
    NOT_FINITE = "not finite"
    NOT_CERTIFIED = "not certified"
    NOT_PAYABLE = "not payable"
    OUT_OF_RANGE = "out of range"

    @property
    def cause(self) -> str:
        """Why the solve ended like this."""
        return {
            Verdict.CERTIFIED: "all equations are solved and all identities hold",
            Verdict.IMPOSSIBLE: "no equilibrium can exist after this shock",
            Verdict.NOT_CONVERGED: "no rung of the ladder brought the residual down far enough",
            Verdict.NOT_FINITE: "an iterate left the range of numbers",
            Verdict.NOT_CERTIFIED: "the solver reported success but an accounting identity "
            "does not hold",
            Verdict.NOT_PAYABLE: "a debtor has nothing left after the net transfer that is asked "
            "of it, in the solution that was found or where solutions end: a finding, not a proof",
            Verdict.OUT_OF_RANGE: "the solution that was found has prices beyond the range of "
            "numbers",
        }[self]

    @property
    def remedy(self) -> str:
        """What a user can do about it."""
        return {
            Verdict.CERTIFIED: "none needed",
            Verdict.IMPOSSIBLE: "leave a supplier open (an exemption, or access above 0), lift "
            "the transfer, choose another closure, or merge the sector or region with another one",
            Verdict.NOT_CONVERGED: "if a named balance is too large to be carried, choose another "
            "closure; if low elasticities are named, raise them or kappa; else raise max_seconds, "
            "or apply the shock in parts to find the part that is too large",
            Verdict.NOT_FINITE: "look for elasticities or cost changes of extreme size",
            Verdict.NOT_CERTIFIED: "lower the tolerance; if it stays, report the case",
            Verdict.NOT_PAYABLE: "choose another closure (share_of_income, zero), lower the "
            "transfer, or raise the elasticities (above those that are named, if any are)",
            Verdict.OUT_OF_RANGE: "raise the elasticities or kappa, or leave a part of what is "
            "closed open (an exemption, or access above 0)",
        }[self]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Solution:
    """Outcome of one solve; nothing in it is written back to its inputs.

    Attributes
    ----------
    world, economy, shock : the inputs (shock with all defaults filled in)
    closure : name of the closure
    verdict : how it ended
    reasons : what exactly went wrong, by name; empty when certified
    notes : conclusions that a reader must know
    state : levels and hats, or None without a certificate
    certificate : identities, or None when nothing was solved
    residual : undamped residuals by block (prices, expenditure, factors, numeraire)
    method : rung of the ladder; evaluations : by rung
    seconds : wall time
    problem : the bound problem
    unknowns : the solver's unknowns, or None without a certificate

    """

    world: World
    economy: Economy
    shock: BoundShock
    closure: str
    verdict: Verdict
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    state: State | None
    certificate: Certificate | None
    residual: np.ndarray
    method: str
    evaluations: dict[str, int]
    seconds: float
    problem: Problem
    unknowns: np.ndarray | None = None

    def __repr__(self) -> str:
        """World, closure and verdict."""
        gap = f", largest gap {self.certificate.worst[1]:.1e}" if self.certificate else ""
        return f"<Solution on world {self.world.name!r}, {self.closure}: {self.verdict}{gap}>"

    @property
    def ok(self) -> bool:
        """Whether the solution is certified."""
        return self.verdict is Verdict.CERTIFIED

    def message(self) -> str:
        """Status, cause, what went wrong by name, and the remedy."""
        detail = "; ".join(self.reasons[:8])
        more = f"; and {len(self.reasons) - 8} more" if len(self.reasons) > 8 else ""
        what = f" ({detail}{more})" if detail else ""
        return f"{self.verdict}: {self.verdict.cause}{what}. Remedy: {self.verdict.remedy}."

    def raise_if_failed(self) -> Solution:
        """Return the solution itself, or raise `NotSolvedError` with cause and remedy."""
        if not self.ok:
            raise NotSolvedError(f"No certified result: {self.message()}", self.reasons)
        return self

    def certified(self) -> State:
        """Levels and hats; raises `NotSolvedError` without a certificate."""
        self.raise_if_failed()
        assert self.state is not None
        return self.state

    def results(self) -> Any:
        """Labelled results (see `entrepot.results.Results`); raises without a certificate."""
        self.raise_if_failed()
        return _door("results")(self)

    def gradient(self, outcome: Any, wrt: Any = None) -> Any:
        """Derivatives of an outcome by every instrument (see `entrepot.results.gradient`)."""
        self.raise_if_failed()
        return _door("gradient")(self, outcome, wrt)

    def to_dict(self) -> dict[str, Any]:
        """Status, certificate, hashes and parameters as plain data, for manifests."""
        return {
            "verdict": str(self.verdict),
            "message": self.message(),
            "closure": self.closure,
            "world": {"name": self.world.name, "hash": self.world.hash},
            "economy": self.economy.hash(self.world),
            "parameters": {k: _told(v) for k, v in self.problem.elasticities._asdict().items()},
            "shock": self.shock.hash(),
            "method": self.method,
            "evaluations": dict(self.evaluations),
            "seconds": self.seconds,
            "residual": [float(x) for x in self.residual],
            "certificate": self.certificate.to_dict() if self.certificate else None,
            "notes": list(self.notes),
        }
