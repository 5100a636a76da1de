"""The channel of payments: measures on rails become hats of trade cost.

The cost hat of payments is taken as the hat of the whole resource cost of the trade: a rail is
worth what it saves of the delivered cost, and `kappa` says how much (``data/parameters.yaml``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from entrepot.channels.channel import Channel
from entrepot.channels.draft import Draft
from entrepot.channels.payments.baseline import baseline_rails
from entrepot.channels.payments.changes import (
    Changes,
    open_rail,
    payment_cutoff,
    rail_cost,
    rail_membership,
)
from entrepot.channels.payments.outcome import PaymentsOutcome
from entrepot.channels.payments.parameters import Elasticities, numbers
from entrepot.channels.payments.rails import Rails
from entrepot.channels.payments.settle import settle
from entrepot.channels.payments.tables import pairs_in_percent, rails_in_percent
from entrepot.core.errors import ValueRangeError
from entrepot.scenario.book import Entry
from entrepot.scenario.labels import economies
from entrepot.scenario.payment_measures import NewRail

LAYER: Final = "payment_cost"

APPLY: Final[Mapping[str, Callable[[Changes, Entry, Any], None]]] = {
    "payment_cutoff": payment_cutoff,
    "swap_line": open_rail,
    "new_rail": open_rail,
    "rail_membership": rail_membership,
    "rail_cost": rail_cost,
}


def finish(draft: Draft, given: tuple[Entry, ...]) -> None:
    """Turn the measures on payments, all together, into one layer of trade costs."""
    values = {name: draft.number("payments", one) for name, one in numbers().items()}
    try:
        elasticities = _elasticities(values)
        rails = baseline_rails(draft.world, lean=values["dollar_lean"], informal=values["informal"])
    except ValueRangeError as error:
        draft.problems.extend(error.problems)
        return
    changes = Changes(draft, _with_new(draft, rails, given), values["speed"])
    if not set(draft.world.regions) & set(economies()):
        draft.note(STRANGERS)
    known = len(draft.problems)
    for entry in given:
        APPLY[str(getattr(entry.measure, "kind"))](changes, entry, entry.measure)  # noqa: B009 - the kinds share no base
    if len(draft.problems) > known:
        return
    outcome = settle(
        changes.rails,
        access=changes.access,
        cost=changes.cost,
        entering=changes.entering,
        elasticities=elasticities,
        years=changes.years,
    )
    draft.scale(LAYER, outcome.cost_array, given)
    _report(draft, outcome)


def _elasticities(values: Mapping[str, float]) -> Elasticities:
    """Long and short run from `values`; the short run is never the easier one."""
    return Elasticities(values["kappa"], min(values["kappa_short"], values["kappa"]),
                        values["network"], values["speed"])  # fmt: skip


def _with_new(draft: Draft, rails: Rails, given: tuple[Entry, ...]) -> Rails:
    """`rails` with those that the scenario adds."""
    added: dict[str, tuple[str, ...]] = {}
    for entry in given:
        if not isinstance(entry.measure, NewRail):
            continue
        name = entry.measure.rail
        held = draft.regions(entry.measure.controllers or (), entry, "controllers")
        who = tuple(r for r, x in zip(draft.world.regions, held, strict=True) if x)
        if name in rails.rails and name not in added:
            draft.problems.append(
                f"{entry.where}: {entry.name}.rail: there is a rail '{name}' already. Give the new "
                "one another name, or write 'kind: rail_membership'."
            )
        elif added.get(name, who) != who:
            draft.problems.append(
                f"{entry.where}: {entry.name}.controllers: another measure opens '{name}' with "
                f"other controllers ({', '.join(added[name]) or 'nobody'}). Make them agree."
            )
        elif name not in added:
            added[name], rails = who, rails.with_rail(name, who)
    return rails


def _report(draft: Draft, outcome: PaymentsOutcome) -> None:
    """Keep the outcome, its tables and what the reader should know."""
    draft.detail("payments", outcome)
    draft.table("payment_rails", "Payments: use of rails and the power of those who control them",
                rails_in_percent(outcome), RAILS_NOTE)  # fmt: skip
    draft.table("payment_pairs", "Payments: pairs whose cost changes most",
                pairs_in_percent(outcome), PAIRS_NOTE)  # fmt: skip
    if not (outcome.certificate.ok and outcome.unique):
        draft.note(f"payments: {' '.join(outcome.message().splitlines())}")


STRANGERS: Final = (
    "payments: no economy of this world has a code that the statements on payments know; every "
    "pair has the shares of the broadest statement. Give rails of your own to `payments.settle`."
)
RAILS_NOTE: Final = (
    "use: share of world trade that is settled over the rail. losing it costs: what one who uses "
    "the rail as the world does would pay more for all trade without it, fully adjusted; it is "
    "what the threat is worth to those who hold the rail, and falls with use."
)
PAIRS_NOTE: Final = (
    "cost: change of the delivered cost, weighted by value over sectors; no way: some trade has no "
    "rail left. before, after: share of the pair's trade over each rail."
)

CHANNEL: Final = Channel("payments", finish)
