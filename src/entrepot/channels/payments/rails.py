"""`Rails`: who settles how much of which trade over which rail, before anything changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from entrepot.core.errors import LabelError, ValueRangeError
from entrepot.core.labels import align, check_known, check_unique, place

DIMS: Final = ("origin", "dest", "sector", "rail")
ALL_TRADE: Final = ("all",)
ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rails:
    """Benchmark shares of rails in the settlement of trade.

    Attributes
    ----------
    economies, sectors, rails : labels; a user without sectors has the one sector "all"
    share : (origin, dest, sector, rail) s, share of the value that is settled over the rail; adds
        to 1 over rails, except from an economy to itself, where it is 0
    value : (origin, dest, sector) value of the trade, any unit; 0 from an economy to itself
    controllers : rail -> economies that can each shut others out of it; none if left out

    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    rails: tuple[str, ...]
    share: np.ndarray
    value: np.ndarray
    controllers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.share.flags.writeable = False
        self.value.flags.writeable = False

    def __repr__(self) -> str:
        """Names of the rails and sizes."""
        return (
            f"<Rails {', '.join(self.rails)}: {len(self.economies)} economies, "
            f"{len(self.sectors)} sectors>"
        )

    @classmethod
    def from_arrays(
        cls,
        share: Any,
        value: Any,
        *,
        economies: Sequence[str],
        rails: Sequence[str],
        sectors: Sequence[str] | None = None,
        controllers: Mapping[str, Sequence[str]] | None = None,
    ) -> Rails:
        """Make rails from a user's own arrays.

        Parameters
        ----------
        share : (origin, dest, rail), or (origin, dest, sector, rail) with `sectors`; bare arrays
            are matched by shape, xarray by label; rows of two different economies add to 1
        value : (origin, dest), or (origin, dest, sector) with `sectors`; not negative
        economies, rails, sectors : labels
        controllers : rail -> economies that can shut others out of it

        Raises
        ------
        LabelError, ValueRangeError : labels, shapes or numbers that cannot be; every problem of
            the numbers at once

        """
        places, names = check_unique(economies, "economy"), check_unique(rails, "rail")
        kinds = ALL_TRADE if sectors is None else check_unique(sectors, "sector")
        labels = {"origin": places, "dest": places, "sector": kinds, "rail": names}
        dims = tuple(d for d in DIMS if sectors is not None or d != "sector")
        s, v = align(share, "share", dims, labels), align(value, "value", dims[:-1], labels)
        if sectors is None:
            s, v = s[:, :, None, :], v[:, :, None]
        known = dict(controllers or {})
        check_known(list(known), names, "rail", "these rails")
        for held in known.values():
            check_known(list(held), places, "economy", "these rails")
        _check_numbers(s, v, labels)
        here = np.arange(len(places))
        s[here, here], v[here, here] = 0.0, 0.0
        return cls(places, kinds, names, s, v, {k: tuple(x) for k, x in known.items()})

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """Labels of each dimension."""
        return {"origin": self.economies, "dest": self.economies, "sector": self.sectors,
                "rail": self.rails}  # fmt: skip

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of origin, dest, sector, rail."""
        return self.share.shape

    def rail_at(self, names: Iterable[str]) -> np.ndarray:
        """(rail,) bool: where `names` are; `LabelError` with the nearest name for others."""
        wanted = list(names)
        check_known(wanted, self.rails, "rail", f"these rails ({', '.join(self.rails)})")
        return np.array([r in wanted for r in self.rails])

    def economy_at(self, names: Iterable[str]) -> np.ndarray:
        """(economy,) bool: where `names` are; `LabelError` with the nearest name for others."""
        wanted = list(names)
        check_known(wanted, self.economies, "economy", "these rails")
        return np.array([e in wanted for e in self.economies])

    def with_rail(self, name: str, controllers: Sequence[str] = ()) -> Rails:
        """Rails with one more, `name`, that nobody uses yet (see `entering`)."""
        if name in self.rails:
            raise LabelError(
                f"There is a rail '{name}' already. Give the new one another name, or change the "
                "cost or access of the one that exists."
            )
        check_unique((*self.rails, name), "rail")
        check_known(list(controllers), self.economies, "economy", "these rails")
        share = np.concatenate([self.share, np.zeros((*self.shape[:-1], 1))], axis=-1)
        return replace(
            self, rails=(*self.rails, name), share=share,
            controllers={**self.controllers, name: tuple(controllers)},
        )  # fmt: skip

    def without(
        self,
        names: Iterable[str],
        who: Iterable[str] | None = None,
        partners: Iterable[str] | None = None,
        lost: float = 1.0,
    ) -> np.ndarray:
        """(origin, dest, sector, rail) access when `who` lose the rails `names`.

        Parameters
        ----------
        names : rails
        who : economies whose trade, in either direction, is shut out; everybody if left out
        partners : only their trade with these; with everybody if left out
        lost : share of the access that is lost, 0 to 1

        """
        _check_share(lost, "lost", upper=1.0)
        pairs = self._pairs(who, partners)
        return self._spread(np.where(pairs[:, :, None] & self.rail_at(names), 1.0 - lost, 1.0))

    def entering(self, name: str, share: float, who: Iterable[str] | None = None,
                 partners: Iterable[str] | None = None) -> np.ndarray:  # fmt: skip
        """(origin, dest, sector, rail) share that rail `name` would win among some pairs.

        `share` (from 0, below 1) is what it would win of a flow whose old rails stay as they are,
        without network effects: the *latent share*.  A rail with no benchmark use needs it, because
        a share of zero grows to nothing; it is given, not derived.
        """
        _check_share(share, "share", upper=np.nextafter(1.0, 0.0))
        pairs = self._pairs(who, partners)
        return self._spread(np.where(pairs[:, :, None] & self.rail_at([name]), share, 0.0))

    def _spread(self, pairs: np.ndarray) -> np.ndarray:
        """(origin, dest, rail) for every sector alike."""
        return np.array(np.broadcast_to(pairs[:, :, None, :], self.shape))

    def _pairs(self, who: Iterable[str] | None, partners: Iterable[str] | None) -> np.ndarray:
        everybody = np.ones(len(self.economies), dtype=bool)
        a = everybody if who is None else self.economy_at(who)
        b = everybody if partners is None else self.economy_at(partners)
        pairs = (a[:, None] & b[None, :]) | (b[:, None] & a[None, :])
        np.fill_diagonal(pairs, False)
        return pairs


def _check_share(value: float, name: str, upper: float) -> None:
    if not 0.0 <= value <= upper:
        bound = "at most 1" if upper == 1.0 else "below 1"
        raise ValueRangeError(f"'{name}' must be at least 0 and {bound}; found {value!r}.")


def _check_numbers(
    share: np.ndarray, value: np.ndarray, labels: Mapping[str, Sequence[str]]
) -> None:
    """Refuse negative shares or values and rows that do not add to 1, all at once."""
    problems = []
    abroad = ~np.eye(len(labels["origin"]), dtype=bool)[:, :, None]
    for array, name, dims in ((share, "share", DIMS), (value, "value", DIMS[:-1])):
        if (array < 0).any():
            at = place(array < 0, dims, labels)
            problems.append(f"'{name}' is negative, first at {at}. It must be at least 0.")
    total = share.sum(axis=-1)
    off = abroad & (np.abs(total - 1.0) > ROUNDING)
    if off.any():
        first = float(total[tuple(np.argwhere(off)[0])])
        problems.append(
            f"shares of rails add to {first:.6g} in {place(off, DIMS[:-1], labels)} and miss 1 in "
            f"{int(off.sum())} rows. Divide each row by its sum, or add the rail that is missing."
        )
    if not problems and not (value * abroad).any():
        problems.append("'value' is zero between all economies. Give some trade.")
    if problems:
        raise ValueRangeError.collect("Rails", problems)
