"""What a batch is asked for: one economy or many, one shock or many, brought to one length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from entrepot.core.errors import InputError
from entrepot.model.economy import Economy
from entrepot.model.shock import BoundShock, Shock
from entrepot.world.world import World

Given = Any
"""One object for all draws, or a sequence with one per draw."""


@dataclass(frozen=True, slots=True)
class Draws:
    """The draws of a batch, in order; objects are fetched when they are needed.

    Attributes
    ----------
    economy, shock : one object for all draws, or a sequence of one per draw
    names : one name per draw, no two alike
    many_economies, many_shocks : which of the two is a sequence

    """

    economy: Given
    shock: Given
    names: tuple[Any, ...]
    many_economies: bool
    many_shocks: bool

    def __len__(self) -> int:
        """Count the draws."""
        return len(self.names)

    def __getitem__(self, at: int) -> tuple[Economy, Shock | BoundShock | None]:
        """Economy and shock of one draw; `InputError` if one is of another kind."""
        economy = self.economy[at] if self.many_economies else self.economy
        shock = self.shock[at] if self.many_shocks else self.shock
        problems = []
        if not isinstance(economy, Economy):
            problems.append(f"its economy is a {type(economy).__name__}; make one with "
                            "ep.Economy.long_run(theta=...)")  # fmt: skip
        if not isinstance(shock, Shock | BoundShock | None):
            problems.append(f"its shock is a {type(shock).__name__}; make one with ep.Shock(...)")
        if problems:
            raise InputError(f"Draw {self.names[at]!r} cannot be used: {'; '.join(problems)}.")
        return economy, shock


def _is_many(given: object) -> bool:
    """Whether `given` can be counted and indexed by position; a lazy sequence will do."""
    listed = hasattr(given, "__len__") and hasattr(given, "__getitem__")
    return listed and not isinstance(given, str | bytes | dict)


def _single(given: object, name: str, kinds: Any, problems: list[str]) -> None:
    if not isinstance(given, kinds):
        problems.append(
            f"{name} is a {type(given).__name__}; pass one, or a sequence (list, tuple) with one "
            "per draw."
        )


def _names(names: Sequence[Any] | None, count: int, problems: list[str]) -> tuple[Any, ...]:
    if names is None:
        return tuple(range(count))
    if isinstance(names, str) or not isinstance(names, Iterable):
        problems.append(f"names is a {type(names).__name__}; pass a list with one per draw.")
        return tuple(range(count))
    found = tuple(names)
    if len(found) != count:
        problems.append(f"names has {len(found)} entries for {count} draws; give one per draw.")
    if twice := sorted({str(n) for n in found if found.count(n) > 1}):
        problems.append(f"names holds {', '.join(twice[:5])} more than once; no two draws may "
                        "share a name.")  # fmt: skip
    return found


def lengths(economy: Given, shocks: Given, problems: list[str]) -> int:
    """Return how many draws there are: as many as the sequences are long, 1 without any."""
    found = {name: len(given) for name, given in (("economy", economy), ("shocks", shocks))
             if _is_many(given)}  # fmt: skip
    for name, count in found.items():
        if count == 0:
            problems.append(f"{name} is an empty sequence; give at least one.")
    if len(set(found.values())) > 1:
        problems.append(
            f"economy has {found['economy']} entries and shocks {found['shocks']}; two sequences "
            "go together entry by entry and must be equally long. To combine each with each, "
            "repeat them: itertools.product."
        )
    return max(found.values(), default=1)


def gather(world: World, economy: Given, shocks: Given, names: Sequence[Any] | None) -> Draws:
    """Bring economies and shocks to one length.

    A single object holds for every draw; two sequences go together entry by entry.

    Raises
    ------
    InputError : a sequence is empty, lengths differ, something is of the wrong kind, names repeat

    """
    problems: list[str] = []
    if not isinstance(world, World):
        problems.append(f"world is a {type(world).__name__}; load one with ep.load_world('2017') "
                        "or make one with ep.World.from_arrays.")  # fmt: skip
    economy = Economy.long_run() if economy is None else economy
    if not _is_many(economy):
        _single(economy, "economy", Economy, problems)
    if not _is_many(shocks):
        _single(shocks, "shocks", Shock | BoundShock | None, problems)
    count = lengths(economy, shocks, problems)
    labels = _names(names, count, problems)
    if problems:
        raise InputError.collect("solve_many cannot use its arguments", problems)
    return Draws(economy, shocks, labels, _is_many(economy), _is_many(shocks))
