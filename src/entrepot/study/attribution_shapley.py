"""Shapley values: who contributed what to a change that all made together.

The worth v(S) of a set S of players is given; the share of a player is the mean of what joining
adds over all orders in which all could join (Shapley 1953), here for a whole array of outcomes at
once.  Shares add up to v(all) - v(none), however the players interact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from math import factorial
from typing import NamedTuple

import numpy as np

Array = np.ndarray
Team = frozenset[int]
Worths = Callable[[Sequence[Team]], Mapping[Team, Array]]
"""Worth of each of several sets of players, as arrays of one shape."""


class Shapley(NamedTuple):
    """Shares of the players.

    Attributes
    ----------
    share : (players, ...) in the shape of a worth
    error : (players, ...) standard error; 0 where every order was counted
    teams : how many sets were valued
    orders : how many orders were drawn, 0 if all were counted

    """

    share: Array
    error: Array
    teams: int
    orders: int


def all_orders(players: int, worths: Worths) -> Shapley:
    """Count every order; values all 2^players sets."""
    everybody = range(players)
    teams = [frozenset(t) for size in range(players + 1) for t in combinations(everybody, size)]
    worth = worths(teams)
    shares = []
    for player in everybody:
        without = [t for t in teams if player not in t]
        weight = {t: factorial(len(t)) * factorial(players - len(t) - 1) for t in without}
        added = sum(weight[t] * (worth[t | {player}] - worth[t]) for t in without)
        shares.append(added / factorial(players))
    share = np.array(shares).reshape(players, *worth[frozenset()].shape)
    return Shapley(share, np.zeros_like(share), len(teams), 0)


def drawn_orders(players: int, worths: Worths, orders: int, seed: int) -> Shapley:
    """Draw `orders` orders, each followed by its reverse; the shares of each order add up too.

    An order and its reverse make one draw for the standard error: their errors partly cancel.
    """
    generator = np.random.default_rng(seed)
    firsts = [generator.permutation(players) for _ in range(orders // 2)]
    drawn = [order for first in firsts for order in (first, first[::-1])]
    chains = [[frozenset(map(int, order[:k])) for k in range(players + 1)] for order in drawn]
    worth = worths(list(dict.fromkeys(team for chain in chains for team in chain)))
    added = []
    for order, chain in zip(drawn, chains, strict=True):
        steps = np.diff(np.stack([worth[team] for team in chain]), axis=0)
        added.append(steps[np.argsort(order)])
    pairs = np.stack(added).reshape(len(firsts), 2, players, -1).mean(axis=1)
    shape = (players, *worth[frozenset()].shape)
    error = pairs.std(axis=0, ddof=1) / np.sqrt(len(firsts))
    teams = len({team for chain in chains for team in chain})
    return Shapley(pairs.mean(axis=0).reshape(shape), error.reshape(shape), teams, len(drawn))
