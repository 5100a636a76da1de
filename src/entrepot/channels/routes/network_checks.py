"""What may be wrong with the two tables of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from entrepot.core.errors import did_you_mean

SHOWN = 5


def _numbers(column: pd.Series[Any]) -> np.ndarray:
    return np.asarray(pd.to_numeric(column, errors="coerce"), dtype=float)


def _named(rows: pd.DataFrame, bad: np.ndarray) -> str:
    names = [str(x) for x in rows.loc[bad, "name"]]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def node_problems(nodes: pd.DataFrame) -> list[str]:
    """Sentences about repeated names and places that are not on the globe."""
    problems = []
    twice = nodes["name"].duplicated().to_numpy()
    if twice.any():
        problems.append(f"nodes: {_named(nodes, twice)} stands there twice. Name each place once.")
    for column, end in (("lon", 180.0), ("lat", 90.0)):
        value = _numbers(nodes[column])
        bad = ~(np.abs(value) <= end)
        if bad.any():
            problems.append(
                f"nodes: {column} of {_named(nodes, bad)} is {nodes.loc[bad, column].iloc[0]}; "
                f"allowed is -{end:g} to {end:g} degrees. Correct it."
            )
    return problems


def link_problems(links: pd.DataFrame, nodes: Sequence[str]) -> list[str]:
    """Sentences about unknown places, loops, and numbers that no way can have."""
    problems = []
    known = set(nodes)
    for name, tail, head in zip(links["name"], links["tail"], links["head"], strict=True):
        problems += [
            f"links: {name}: '{end}' is no place.{did_you_mean(str(end), nodes)} Add it to the "
            "nodes, or correct it."
            for end in (tail, head)
            if end not in known
        ]
        if tail == head:
            problems.append(f"links: {name}: starts and ends in {tail}. Give two places.")
    for column in ("km", "days", "border_days", "usd", "toll", "capacity"):
        value = _numbers(links[column])
        ends = np.inf if column == "capacity" else np.finfo(float).max
        bad = ~((value >= 0.0) & (value <= ends))
        if bad.any():
            problems.append(
                f"links: {column} of {_named(links, bad)} is {links.loc[bad, column].iloc[0]}; "
                "allowed are numbers from 0 upwards. Correct it."
            )
    for column in ("open", "two_way"):
        bad = ~links[column].isin([True, False]).to_numpy()
        if bad.any():
            problems.append(f"links: {column} of {_named(links, bad)} is neither true nor false.")
    return problems
