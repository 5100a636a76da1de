"""The public door: what ``import entrepot as ep`` offers."""

from entrepot.channels import (
    ChannelTable,
    Compiled,
    assets,
    compile_shock,
    oil,
    payments,
    reexports,
    routes,
)
from entrepot.core.errors import (
    BundleError,
    CaseError,
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
from entrepot.model.presets import Preset, preset
from entrepot.model.shock import Shock
from entrepot.results import Outcome, Results
from entrepot.results.decomposition import decompose
from entrepot.results.links import new_link_trade, new_links
from entrepot.results.recorded import Recorded, recorded
from entrepot.scenario import Scenario, ScenarioBook, library, load_scenarios
from entrepot.solving import (
    Batch,
    Certificate,
    Solution,
    SolveOptions,
    Verdict,
    solve,
    solve_many,
)
from entrepot.study import Run, run_scenario
from entrepot.study.attribution import by_instrument, by_measure
from entrepot.study.bounds import Bounds, bounds
from entrepot.study.casebook import CasePage, list_cases, load_case, run_case
from entrepot.study.hubs import HubEquilibrium, hub_ranges, settle_hubs
from entrepot.study.hubs_record import HubComparison, compare_hubs, hub_record
from entrepot.study.lifeline import Lifeline, lifeline
from entrepot.study.models import Models, compare_models
from entrepot.study.oil_cases import oil_cases, run_oil_scenario
from entrepot.study.oil_coupling import Coupled, couple
from entrepot.study.oil_record import OilRecord, oil_record
from entrepot.study.oil_run import OilCase, OilRun, run_oil
from entrepot.study.optimal_tariff import OptimalTariff, optimal_tariff
from entrepot.study.path import YearPath, run_path
from entrepot.study.sensitivity import Sensitivity, sensitivity
from entrepot.world import aggregate
from entrepot.world.bundle import list_worlds, load_world, save_bundle
from entrepot.world.links import with_latent_links
from entrepot.world.links_about import latent_cells
from entrepot.world.readers import (
    from_iot,
    from_pymrio,
    read_icio,
    read_kite,
    read_wiod,
    to_kite,
    to_pymrio,
)
from entrepot.world.world import World

__all__ = [
    "Batch",
    "Bounds",
    "BundleError",
    "CaseError",
    "CasePage",
    "Certificate",
    "ChannelTable",
    "Compiled",
    "Coupled",
    "Economy",
    "EntrepotError",
    "HubComparison",
    "HubEquilibrium",
    "IdentityError",
    "InputError",
    "LabelError",
    "Lifeline",
    "Models",
    "NotSolvedError",
    "OilCase",
    "OilRecord",
    "OilRun",
    "OptimalTariff",
    "Outcome",
    "OutputError",
    "Preset",
    "Recorded",
    "Results",
    "Run",
    "Scenario",
    "ScenarioBook",
    "ScenarioError",
    "Sensitivity",
    "Shock",
    "Solution",
    "SolveOptions",
    "SourceError",
    "ValueRangeError",
    "Verdict",
    "World",
    "YearPath",
    "aggregate",
    "assets",
    "bounds",
    "by_instrument",
    "by_measure",
    "compare_hubs",
    "compare_models",
    "compile_shock",
    "couple",
    "decompose",
    "from_iot",
    "from_pymrio",
    "hub_ranges",
    "hub_record",
    "latent_cells",
    "library",
    "lifeline",
    "list_cases",
    "list_worlds",
    "load_case",
    "load_scenarios",
    "load_world",
    "new_link_trade",
    "new_links",
    "oil",
    "oil_cases",
    "oil_record",
    "optimal_tariff",
    "payments",
    "preset",
    "read_icio",
    "read_kite",
    "read_wiod",
    "recorded",
    "reexports",
    "routes",
    "run_case",
    "run_oil",
    "run_oil_scenario",
    "run_path",
    "run_scenario",
    "save_bundle",
    "sensitivity",
    "settle_hubs",
    "solve",
    "solve_many",
    "to_kite",
    "to_pymrio",
    "with_latent_links",
]
