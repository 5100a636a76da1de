"""Periods that expressions of a case give to functions of oil: years, months, the base month."""

from __future__ import annotations

import re
from typing import Final

BASE: Final = "base"
YEAR: Final = re.compile(r"\d{4}")
MONTH: Final = re.compile(r"(\d{4})(0[1-9]|1[0-2])")


def period_problem(label: str) -> str:
    """What is wrong with a period, or nothing."""
    if label == BASE or YEAR.fullmatch(label) or MONTH.fullmatch(label):
        return ""
    return (
        f"'{label}' is no period. Write a year as in 2019, a month as in 201911, or {BASE} for the "
        "month of the base year."
    )


def months_of(label: str, months: tuple[str, ...]) -> tuple[int, ...]:
    """Positions in `months` (as ``2019-11``) of a year or month; `ValueError` if one is missing."""
    if found := MONTH.fullmatch(label):
        wanted = [f"{found[1]}-{found[2]}"]
    else:
        wanted = [f"{label}-{k:02d}" for k in range(1, 13)]
    absent = [m for m in wanted if m not in months]
    if absent:
        raise ValueError(
            f"period {label}: {', '.join(absent[:3])}{' ...' if len(absent) > 3 else ''} lies "
            f"outside of the run, {months[0]} to {months[-1]}. Choose a period inside, or give the "
            "run more months."
        )
    return tuple(months.index(m) for m in wanted)
