"""From money accounts to the primitives of a world, and their provenance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.world.build.balance import Book

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Primitives:
    """Primitives of a world; shapes and units as in `World`."""

    trade_share: Array
    input_share: Array
    value_added_share: Array
    final_share: Array
    value_added: Array
    trade_balance: Array


def primitives(books: list[Book], flows: Array, tariff: Array) -> Primitives:
    """Shares and balances of balanced accounts; `flows` (origin, dest, sector) off diagonal."""
    domestic = np.stack([b.domestic for b in books])
    spent = flows * (1 + tariff)
    n = len(books)
    spent[np.arange(n), np.arange(n)] = domestic
    output = np.stack([b.output for b in books])
    inputs = np.stack([b.inputs for b in books])
    value_added = np.stack([b.value_added for b in books])
    final = np.stack([b.final for b in books])
    trade = rounded(_ratio(spent, spent.sum(axis=0)[None]), axis=0)
    costs = np.concatenate([inputs, value_added[:, None, :]], axis=1)
    costs = rounded(_ratio(costs, output[:, None, :]), axis=1)
    balance = (flows.sum(axis=(0, 2)) - flows.sum(axis=(1, 2))).round(6)
    balance[-1] -= balance.sum()
    return Primitives(
        trade,
        costs[:, :-1],
        costs[:, -1],
        rounded(_ratio(final, final.sum(axis=1, keepdims=True)), axis=1),
        value_added.sum(axis=1),
        balance,
    )


def _ratio(part: Array, whole: Array) -> Array:
    out = np.zeros_like(part)
    np.divide(part, whole, out=out, where=np.broadcast_to(whole > 0, part.shape))
    return out


def rounded(shares: Array, axis: int) -> Array:
    """Round shares to 32-bit numbers, which compress; the largest takes up the difference to 1.

    All-zero slices stay zero.
    """
    out = shares.astype(np.float32).astype(np.float64)
    out[out < 1e-12] = 0.0
    largest = np.expand_dims(out.argmax(axis=axis), axis)
    used = out.sum(axis=axis, keepdims=True) > 0
    np.put_along_axis(out, largest, 0.0, axis=axis)
    rest = 1.0 - out.sum(axis=axis, keepdims=True)
    np.put_along_axis(out, largest, np.where(used, rest, 0.0), axis=axis)
    return out
