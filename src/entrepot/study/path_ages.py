"""How old the measures of a scenario are on a day: the economy's time since the shock.

Elasticities belong to one time since the shock, and the measures of a scenario began on different
days.  The economy is given one time, the mean of the logarithms of the ages, each measure weighted
with its *stake* (`path_stakes`): the trade that it touches times how much it changes there.
Presets move in the logarithm of time, so this is the mean of what each measure alone would ask for.
The rule is assumed; the ages of the newest and of the oldest measure give its range.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

import numpy as np

from entrepot.model.preset_file import PRESET_NAMES
from entrepot.model.presets import preset
from entrepot.scenario.book import Entry, Scenario

Rule = Literal["mean", "newest", "oldest"]
RULES: Final[tuple[Rule, ...]] = ("mean", "newest", "oldest")
DAYS_A_MONTH: Final = 365.2425 / 12


@dataclass(frozen=True, slots=True)
class Ages:
    """Measures in force on one day.

    Attributes
    ----------
    months : measure -> months since its first day
    stake : measure -> mn USD of trade that it touches times the size of its change; 0 for one that
        changes no cell by itself

    """

    months: Mapping[str, float]
    stake: Mapping[str, float]

    def at(self, rule: Rule) -> float:
        """Months since the shock under `rule`; infinity if no measure is in force.

        Ages count within the times of the presets, outside of which elasticities do not move.
        Measures count alike where none has a stake.
        """
        if not self.months:
            return math.inf
        weights = self.weights()
        weight = np.array([w for w in weights.values() if w > 0])
        first, last = (preset(name).months for name in (PRESET_NAMES[0], PRESET_NAMES[-1]))
        ages = np.clip([self.months[n] for n, w in weights.items() if w > 0], first, last)
        if rule != "mean" or ages.min() == ages.max():
            return float(ages.max() if rule == "oldest" else ages.min())
        return float(np.exp(np.sum(weight * np.log(ages))))

    def weights(self) -> dict[str, float]:
        """Measure -> weight in the mean; they add to one, and are equal where none has a stake."""
        total = sum(self.stake.get(n, 0.0) for n in self.months)
        if total > 0:
            return {n: self.stake.get(n, 0.0) / total for n in self.months}
        return dict.fromkeys(self.months, 1 / max(len(self.months), 1))


def months_since(start: date, day: date) -> float:
    """Months from `start` to `day`, 0 or more."""
    return max((day - start).days, 0) / DAYS_A_MONTH


def months_in_force(entries: Iterable[Entry], day: date) -> dict[str, float]:
    """Age of each of `entries` on `day`; all of them have a first day (see `dated`)."""
    return {e.name: months_since(e.measure.start or day, day) for e in entries}


def dated(scenario: Scenario, first: date) -> Scenario:
    """`scenario`, with `first` as the first day of every measure that gives none."""
    entries = tuple(
        e if e.measure.start else replace(e, measure=e.measure.model_copy(update={"start": first}))
        for e in scenario.entries
    )
    return replace(scenario, entries=entries)
