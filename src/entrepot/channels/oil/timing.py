"""Months as text, ``2022-03``, and restrictions with a first and a last month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from entrepot.channels.oil.restrictions import Restriction

MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
EARLIEST, LATEST, MOST = "1900-01", "2199-12", 1200
"""First and last month that a path may begin with, and most months in one."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A restriction in force from its first month through its last.

    Attributes
    ----------
    restriction : what
    first : month, ``2022-12``; "" from the beginning
    last : month, itself included; "" to the end

    """

    restriction: Restriction
    first: str = ""
    last: str = ""

    def holds(self, month: str) -> bool:
        """Whether it is in force."""
        return (not self.first or self.first <= month) and (not self.last or month <= self.last)


def is_month(text: object) -> bool:
    """Whether it is a month written like 2022-03."""
    return isinstance(text, str) and MONTH.fullmatch(text) is not None


def months_from(first: str, count: int) -> tuple[str, ...]:
    """`count` months in a row, beginning with `first` (which must be a month)."""
    year, month = (int(x) for x in first.split("-"))
    total = [12 * year + month - 1 + k for k in range(count)]
    return tuple(f"{t // 12:04d}-{t % 12 + 1:02d}" for t in total)


def calendar_problems(first: str, count: int, timed: Sequence[Timed]) -> list[str]:
    """One sentence for each month that is none, or out of order."""
    out = []
    if not is_month(first):
        out.append(f"first is {first!r}; a month is written like 2022-03.")
    elif not EARLIEST <= first <= LATEST:
        out.append(f"first is {first}; it must be from {EARLIEST} to {LATEST}. Give another.")
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        out.append(f"months is {count!r}; it must be a whole number, 1 or more.")
    elif count > MOST:
        out.append(f"months is {count}; one path has at most {MOST}. Solve fewer.")
    for k, t in enumerate(timed):
        at = f"({k + 1} of {len(timed)})"
        if not isinstance(t, Timed):
            out.append(f"{at}: {t!r} has no months; put it into a Timed.")
            continue
        at = f"{type(t.restriction).__name__} {at}"
        wrong = [m for m in (t.first, t.last) if m != "" and not is_month(m)]
        out += [f"{at}: {m!r} is no month; write it like 2022-03." for m in wrong]
        if not wrong and t.first and t.last and t.last < t.first:
            out.append(
                f"{at}: months out of order, it ends in {t.last} before it begins in {t.first}."
            )
    return out
