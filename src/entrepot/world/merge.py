"""Merging economies and sectors: sums of money first, shares and rates afterwards.

Everything here takes and gives plain arrays; `World.aggregate` is the door.  Money is added, so
every accounting identity of the fine world holds in the coarse one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.core.errors import LabelError, did_you_mean
from entrepot.core.labels import indefinite, listing
from entrepot.world.benchmark import Accounts, Shares

REST = "rest"
Groups = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Which old labels each new label holds, along one dimension.

    Attributes
    ----------
    labels : new labels
    members : old labels of each new one, in the order of the world
    matrix : (new, old) 1 where the old label belongs to the new one

    """

    labels: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]
    matrix: np.ndarray

    @property
    def is_identity(self) -> bool:
        """Whether nothing is merged, renamed or moved."""
        return self.members == tuple((label,) for label in self.labels)

    def titles(self, old: Sequence[str]) -> tuple[str, ...]:
        """Titles of the new labels: those of the world for single members, else the label."""
        pairs = zip(self.labels, self.matrix, strict=True)
        return tuple(old[int(np.argmax(row))] if row.sum() == 1 else label for label, row in pairs)

    def merged(self) -> dict[str, list[str]]:
        """Groups that change something: more than one member, or another name."""
        pairs = zip(self.labels, self.members, strict=True)
        return {new: list(old) for new, old in pairs if old != (new,)}


def _named(given: Groups, have: Sequence[str], dim: str) -> tuple[dict[str, tuple[str, ...]], str]:
    """Groups with listed members, and the name of the group that takes the rest (or "")."""
    problems: list[str] = []
    groups: dict[str, tuple[str, ...]] = {}
    owner: dict[str, str] = {}
    rest = [new for new, old in given.items() if isinstance(old, str) and old == REST]
    if len(rest) > 1:
        problems.append(f"Only one group can take the rest; {listing(rest)} do.")
    for new, old in given.items():
        if isinstance(old, str):
            if old != REST:
                problems.append(
                    f"Group '{new}' is the string '{old}'; give a list, ['{old}'], or 'rest' for "
                    f"every {dim} that no other group names."
                )
            continue
        groups[new] = tuple(old)
        if not groups[new]:
            problems.append(f"Group '{new}' is empty. Name its members or leave it out.")
        for label in groups[new]:
            if label not in have:
                hint = did_you_mean(str(label), have)
                problems.append(
                    f"'{label}' in group '{new}' is not {indefinite(dim)} of the world.{hint}"
                )
            elif label in owner:
                problems.append(
                    f"'{label}' is named twice, in '{owner[label]}' and in '{new}'. Keep one."
                )
            owner[label] = new
    if problems:
        raise LabelError.collect(f"Cannot merge along {dim}", problems)
    return groups, rest[0] if rest else ""


def grouping(
    given: Groups | None, have: tuple[str, ...], dim: str, *, keep_rest: bool = True
) -> Grouping:
    """Resolve `given` against the labels `have` of a world.

    A group takes the place of its first member; the group "rest" comes last.

    Raises
    ------
    LabelError : unknown, repeated or forgotten members, an empty group, a name that is taken

    """
    groups, rest = _named(given or {}, have, dim)
    owner = {old: new for new, members in groups.items() for old in members}
    free = [x for x in have if x not in owner]
    if rest and not free:
        raise LabelError(
            f"Group '{rest}' should take the rest, but every {dim} is named. Leave it out."
        )
    if free and given is not None and not rest and not keep_rest:
        raise LabelError(
            f"No group takes {listing(free)} of dimension '{dim}'. Name them, gather them with "
            "{'ROW': 'rest'}, or pass keep_rest=True to keep them by themselves."
        )
    taken = [x for x in free if not rest and x in groups]
    if taken:
        raise LabelError(
            f"The name {listing(taken)} is used for a group, but the {dim} of that name stays by "
            "itself. Add it to the group or choose another name."
        )
    for label in have:
        owner.setdefault(label, rest or label)
    labels = list(dict.fromkeys(owner[x] for x in have))
    if rest:
        labels = [x for x in labels if x != rest] + [rest]
    members = tuple(tuple(x for x in have if owner[x] == new) for new in labels)
    matrix = np.array([[float(x in group) for x in have] for group in members])
    return Grouping(tuple(labels), members, matrix)


def _sum(array: np.ndarray, *matrices: np.ndarray) -> np.ndarray:
    """Add up `array` along each dimension with one (new, old) matrix a dimension."""
    for axis, matrix in enumerate(matrices):
        array = np.moveaxis(np.tensordot(matrix, array, axes=(1, axis)), 0, axis)
    return array


def _ratio(
    money: np.ndarray, total: np.ndarray, spare: np.ndarray, spare_total: np.ndarray
) -> np.ndarray:
    """``money / total``, and ``spare / spare_total`` where the total is zero."""
    main = money / np.where(total > 0, total, 1.0)
    other = spare / np.where(spare_total > 0, spare_total, 1.0)
    ratio: np.ndarray = np.where(total > 0, main, other)
    return ratio


def _mean(
    values: np.ndarray, weight: np.ndarray, spare: np.ndarray, *matrices: np.ndarray
) -> np.ndarray:
    """Mean of `values` in each group by `weight`; by `spare` where all weights are zero."""
    sums = (_sum(x, *matrices) for x in (values * weight, weight, values * spare, spare))
    return _ratio(*sums)


def _rates(
    shares: Shares, expenditure: np.ndarray, spare: np.ndarray, big: np.ndarray, small: np.ndarray
) -> dict[str, np.ndarray]:
    """Tariffs and export taxes (origin, dest, sector) that keep the revenue of every cell.

    The export tax is revenue over trade at producer prices, the tariff revenue over trade at
    world prices.  Where nothing is traded the rate is the mean by `spare` (origin, dest, sector).
    """
    producer = shares.producer_share() * expenditure[None]
    world_price = producer * (1 + shares.export_tax)
    return {
        "tariff": _mean(shares.tariff, world_price, spare, big, big, small),
        "export_tax": _mean(shares.export_tax, producer, spare, big, big, small),
    }


def _origins(
    trade: np.ndarray, spent: np.ndarray, spare: np.ndarray, big: np.ndarray, small: np.ndarray
) -> np.ndarray:
    """(origin, dest, sector) shares of the merged origins in what merged economies spend."""
    money, other = (_sum(trade * x[None], big, big, small) for x in (spent, spare))
    total, backup = (_sum(x, big, small)[None] for x in (spent, spare))
    return _ratio(money, total, other, backup)


def _costs(
    inputs: np.ndarray, output: np.ndarray, spare: np.ndarray, big: np.ndarray, small: np.ndarray
) -> np.ndarray:
    """(region, input, sector) cost shares of the merged sectors, by output."""
    money, other = (_sum(inputs * x[:, None, :], big, small, small) for x in (output, spare))
    total, backup = (_sum(x, big, small)[:, None, :] for x in (output, spare))
    return _ratio(money, total, other, backup)


def merged_arrays(
    shares: Shares,
    book: Accounts,
    trade_balance: np.ndarray,
    regions: Grouping,
    sectors: Grouping,
) -> dict[str, np.ndarray]:
    """Primitives of the merged world, by the names of `World`'s fields.

    Flows at user prices, uses, value added and balances are added up; shares are quotients of
    sums.  Sales between members of one group become its domestic sales, and the tariff that was
    paid on them stays a tariff on its domestic sales, so that no revenue is lost.  Shares and
    rates of cells without any money are means by value added and the sector's world sales.
    """
    big, small = regions.matrix, sectors.matrix
    sales = np.sum(book.expenditure, axis=0)
    sales = np.where(small.T @ (small @ sales) > 0, sales, 1.0)
    spare = book.value_added[:, None] * sales[None]
    used = np.einsum("ijs->js", shares.trade) > 0
    made = shares.value_added + np.einsum("irs->is", shares.inputs) > 0
    final = _sum(shares.final * book.income[:, None], big, small)
    pairs = book.value_added[:, None, None] * spare[None]
    return {
        "trade_share": _origins(shares.trade, book.expenditure, spare * used, big, small),
        "input_share": _costs(shares.inputs, book.output, spare * made, big, small),
        "value_added_share": _mean(shares.value_added, book.output, spare * made, big, small),
        "final_share": final / (big @ book.income)[:, None],
        "value_added": big @ book.value_added,
        "trade_balance": big @ trade_balance,
        **_rates(shares, book.expenditure, pairs, big, small),
    }


def merged_theta(theta: np.ndarray, trade: np.ndarray, sectors: Grouping) -> np.ndarray:
    """Elasticities (..., sector) of the merged sectors: means by international trade (sector,)."""
    ones = np.ones_like(trade)
    rows = [_mean(row, trade, ones, sectors.matrix) for row in np.atleast_2d(theta)]
    return np.array(rows).reshape(*theta.shape[:-1], len(sectors.labels))


def merged_flags(
    flags: np.ndarray, dims: Sequence[str], regions: Grouping, sectors: Grouping
) -> np.ndarray:
    """Provenance of the merged cells: the least sure (highest code) of their members."""
    for axis, dim in enumerate(dims):
        groups = sectors if dim in ("sector", "input") else regions
        parts = [np.max(np.compress(row > 0, flags, axis=axis), axis=axis) for row in groups.matrix]
        flags = np.stack(parts, axis=axis)
    return flags


def international_trade(
    flows: np.ndarray, sectors: Sequence[str], meta: Mapping[str, Any]
) -> np.ndarray:
    """(sector,) trade between economies, mn USD, of the world before any merging.

    A merged world carries it in its `meta`; so merging in two steps weights as in one.
    """
    known = meta.get("aggregation", {}).get("international_trade")
    if known is not None:
        return np.array([known[s] for s in sectors])
    trade: np.ndarray = np.einsum("ijs->s", flows) - np.einsum("iis->s", flows)
    return trade


def merged_meta(
    of: Mapping[str, str],
    meta: Mapping[str, Any],
    revenue: np.ndarray,
    trade: np.ndarray,
    regions: Grouping,
    sectors: Grouping,
) -> dict[str, Any]:
    """What the merged world says about itself.

    Parameters
    ----------
    of : name and hash of the fine world
    meta : of the fine world; what it says about single economies is left out
    revenue : (origin, dest, sector) tariff revenue, mn USD
    trade : (sector,) as of `international_trade`

    """
    inside = regions.matrix.T @ regions.matrix - np.eye(regions.matrix.shape[1])
    kept = {k: meta[k] for k in ("unit", "notes", "hidden_oil") if k in meta}
    by_sector = zip(sectors.labels, (sectors.matrix @ trade).tolist(), strict=True)
    return kept | {
        "aggregation": {
            "of": dict(of),
            "regions": regions.merged(),
            "sectors": sectors.merged(),
            "international_trade": dict(by_sector),
            "tariff_revenue_inside_groups": float(np.einsum("ij,ijs->", inside, revenue)),
            "theta": "mean weighted with international trade",
        }
    }
