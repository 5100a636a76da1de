"""Results of single solves, kept in a folder so that a run that was stopped goes on.

A result is filed under the hash of everything that determines it: version, world, elasticities,
shock, closure and numerical options without the limit of time.  What is found under that name is
therefore what would be solved again; a damaged file is solved again too.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from entrepot.channels import Compiled
from entrepot.core.files import atomic_file
from entrepot.core.hashing import hash_json
from entrepot.model.economy import Economy
from entrepot.model.shock import BoundShock
from entrepot.results import Results
from entrepot.solving import Solution, SolveOptions
from entrepot.study.oil_answer import answer_or_verdict, oil_mark
from entrepot.world.world import World

FORMAT: Final = "entrepot-solved/1"
HATS: Final = ("welfare", "real_income", "real_wage", "price_index", "terms_of_trade",
               "factor_price")  # fmt: skip
VALUES: Final = ("export_revenue", "import_value")
FIELDS: Final = (*HATS, *VALUES)


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What is kept of one solve.

    Attributes
    ----------
    verdict, message : how it ended
    gap_name, gap : largest gap of any identity; NaN without a certificate
    seconds : wall time of the solve
    fields : name of `FIELDS` -> (N,) hats, and values in mn USD; empty without a certificate
    exports : (N, S) exports, mn USD at world prices; None without a certificate

    """

    verdict: str
    message: str
    gap_name: str
    gap: float
    seconds: float
    fields: dict[str, np.ndarray]
    exports: np.ndarray | None

    @property
    def ok(self) -> bool:
        """Whether the solution was certified."""
        return self.exports is not None


def solved(solution: Solution) -> Solved:
    """Keep what a path needs of a solution."""
    name, gap = solution.certificate.worst if solution.certificate else ("none", float("nan"))
    about = (str(solution.verdict), solution.message(), name, float(gap), solution.seconds)
    if not solution.ok:
        return Solved(*about, {}, None)
    results: Results = solution.results()
    exports = results.exports["counterfactual"].values
    rows = {hat: getattr(results, hat).values for hat in HATS}
    rows["export_revenue"] = exports.sum(axis=1)
    rows["import_value"] = results.imports["counterfactual"].values.sum(axis=1)
    return Solved(*about, rows, exports)


@dataclass(slots=True)
class Store:
    """Solves, each thing once; with a folder also across runs.

    Attributes
    ----------
    folder : where certified results are kept; None keeps them for this run only
    options : numerical options
    made, found : how many were solved, and how many taken from the folder

    """

    folder: Path | None
    options: SolveOptions
    made: int = 0
    found: int = 0
    _known: dict[str, tuple[Solved, float]] = field(default_factory=dict)

    def solve(
        self,
        world: World,
        economy: Economy,
        compiled: Compiled,
        shock: BoundShock,
        closure: str,
        seconds: float,
    ) -> Solved:
        """Result of one solve of at most `seconds`, with the oil market where there is one."""
        numbers = (self.options.tolerance, self.options.max_evaluations)
        name = hash_json([FORMAT, version("entrepot"), world.hash, economy.hash(world),
                          shock.hash(), closure, numbers, oil_mark(compiled)])  # fmt: skip
        known, limit = self._known.get(name, (None, 0.0))
        if known and (known.ok or limit >= seconds):
            return known
        kept = self._read(name, world)
        if kept is None:
            options = SolveOptions(*numbers, seconds)
            found = answer_or_verdict(world, economy, compiled, shock, closure, options)
            kept = solved(found.solution)
            self.made += 1
            self._write(name, kept)
        else:
            self.found += 1
        self._known[name] = (kept, seconds)
        return kept

    def _place(self, name: str) -> Path | None:
        return self.folder / f"{name}.npz" if self.folder else None

    def _write(self, name: str, kept: Solved) -> None:
        """Keep a certified result; one that failed is tried again next time."""
        place = self._place(name)
        if place is None or kept.exports is None:
            return
        head = {"format": FORMAT, "name": name, "verdict": kept.verdict, "message": kept.message,
                "gap_name": kept.gap_name, "gap": kept.gap, "seconds": kept.seconds}  # fmt: skip
        with atomic_file(place) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, head=np.array(json.dumps(head)),
                     exports=kept.exports, **kept.fields)  # fmt: skip

    def _read(self, name: str, world: World) -> Solved | None:
        """Return what is kept under `name`; None if there is nothing, or it is damaged."""
        place = self._place(name)
        if place is None or not place.is_file():
            return None
        n, s = len(world.regions), len(world.sectors)
        try:
            with place.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                head = json.loads(str(file["head"]))
                rows = {key: file[key] for key in FIELDS}
                exports = file["exports"]
            if (head["format"], head["name"]) != (FORMAT, name):
                return None
            about = (head["verdict"], head["message"], head["gap_name"], float(head["gap"]),
                     float(head["seconds"]))  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            return None
        whole = exports.shape == (n, s) and all(row.shape == (n,) for row in rows.values())
        finite = all(np.isfinite(a).all() for a in (exports, *rows.values()))
        return Solved(*about, rows, exports) if whole and finite else None
