"""The public door: what ``import entrepot as ep`` offers."""

from entrepot.core.errors import (
    BundleError,
    EntrepotError,
    IdentityError,
    InputError,
    LabelError,
    NotSolvedError,
    OutputError,
    ScenarioError,
    SourceError,
    ValueRangeError,
)
from entrepot.model.economy import Economy
from entrepot.model.shock import Shock
from entrepot.results import Results
from entrepot.solving import Certificate, Solution, SolveOptions, Verdict, solve
from entrepot.world.bundle import list_worlds, load_world, save_bundle
from entrepot.world.world import World

__all__ = [
    "BundleError",
    "Certificate",
    "Economy",
    "EntrepotError",
    "IdentityError",
    "InputError",
    "LabelError",
    "NotSolvedError",
    "OutputError",
    "Results",
    "ScenarioError",
    "Shock",
    "Solution",
    "SolveOptions",
    "SourceError",
    "ValueRangeError",
    "Verdict",
    "World",
    "list_worlds",
    "load_world",
    "save_bundle",
    "solve",
]
