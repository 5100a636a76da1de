"""What a user's arrays must satisfy before they become a `World`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from entrepot.core.errors import IdentityError, ValueRangeError
from entrepot.core.labels import place
from entrepot.world.benchmark import Shares, accounts, identity_gaps
from entrepot.world.expenditure import solve_expenditure
from entrepot.world.pooling import pooled_share, use_of_sector

SHARE_TOLERANCE = 1e-6
"""Sums of shares this close to 1 are the rounding of a printed table: they are normalised and the
largest move is noted; anything further off is refused."""
IDENTITY_TOLERANCE = 1e-8
OWN_TOLERANCE = 1e-5
"""Largest gap in units of a region's own value added; printed tables carry six digits."""
PERCENT_SUSPECT = 5.0
PERCENT_CERTAIN = 10.0
NEGATIVE_INPUT = -0.01
"""Published tables hold slightly negative input shares (Caliendo and Parro 2015 has one of
-0.0008, from negative stock changes); down to this they are used as they are and noted."""

SHARES = ("trade_share", "input_share", "value_added_share", "final_share", "tariff", "export_tax")
"""Fields of a world in the order of `Shares`."""

Arrays = dict[str, np.ndarray]
Labels = Mapping[str, tuple[str, ...]]


def _not_below(arrays: Arrays, name: str, dims: tuple[str, ...], labels: Labels, low: float,
               why: str) -> list[str]:  # fmt: skip
    bad = arrays[name] < low
    if not bad.any():
        return []
    value = float(arrays[name][bad][0])
    where = place(bad, dims, labels)
    return [f"{name} is {value:g} at {where}, {int(bad.sum())} such cells; {why}."]


def _sums(total: np.ndarray, needed: np.ndarray, name: str, dims: tuple[str, ...],
          labels: Labels, remedy: str) -> list[str]:  # fmt: skip
    bad = needed & (np.abs(total - 1) > SHARE_TOLERANCE)
    if not bad.any():
        return []
    worst = bad & (np.abs(total - 1) >= np.max(np.abs(total - 1)[bad]))
    return [
        f"{name} add up to {float(total[worst][0]):.10g} instead of 1 at "
        f"{place(worst, dims, labels)}, {int(bad.sum())} such sums; {remedy}."
    ]


def percent_problem(rates: np.ndarray, name: str, labels: Labels) -> list[str]:
    """Refuse rates that look like per cent: some above 5 (500 %), and half of them above 1.

    Single tariffs above 500 % exist (Ossa 2014 has one of 513 %), tables of them do not.  A user
    who changes a few rates passes those alone.
    """
    dims = ("origin", "dest", "sector")
    bad = rates > PERCENT_SUSPECT
    if not bad.any() or (np.median(rates[rates > 0]) <= 1 and rates.max() <= PERCENT_CERTAIN):
        return []
    return [
        f"{name} is {float(rates[bad][0]):g} at {place(bad, dims, labels)}, {int(bad.sum())} "
        f"cells above {PERCENT_SUSPECT:g}: is it in per cent? A rate is meant (0.2 = 20 %); "
        "divide by 100. To forbid a trade, use a ban."
    ]


def _needed(arrays: Arrays, labels: Labels) -> np.ndarray:
    """Where somebody wants the good: (dest, sector), and use if there are uses."""
    final, inputs = arrays["final_share"] > 0, arrays["input_share"]
    if "use" not in labels:
        needed: np.ndarray = final | (inputs.sum(axis=2) > 0)
        return needed
    users = use_of_sector(labels["use"], labels["sector"])
    wants = [(inputs[:, :, users == u] != 0).any(axis=2) for u in range(len(labels["use"]) - 1)]
    return np.stack([*wants, final], axis=2)


def check_primitives(arrays: Arrays, labels: Labels) -> None:
    """Signs, ranges and sums of shares; all problems are raised together."""
    trade, two, three = ("origin", "dest", "sector"), ("region", "sector"), (
        "region", "input", "sector")  # fmt: skip
    uses = ("use",) if "use" in labels else ()
    problems = []
    lows = {"input_share": NEGATIVE_INPUT}
    for name, dims in (("trade_share", trade + uses), ("input_share", three),
                       ("value_added_share", two), ("final_share", two)):  # fmt: skip
        low = lows.get(name, 0.0)
        problems += _not_below(arrays, name, dims, labels, low, "shares cannot be negative")
    for name in ("tariff", "export_tax"):
        why = "a subsidy cannot reach 100 %"
        problems += _not_below(arrays, name, trade, labels, -0.999999, why)
        problems += percent_problem(arrays[name], name, labels)
    if (arrays["value_added"] <= 0).any():
        bad = arrays["value_added"] <= 0
        problems.append(
            f"value_added is {float(arrays['value_added'][bad][0]):g} at "
            f"{place(bad, ('region',), labels)}: an economy without value added cannot be "
            "modelled; give its factor income or leave the economy out (merge it into ROW)."
        )
    if "theta" in arrays and (arrays["theta"] <= 0).any():
        where = place(arrays["theta"] <= 0, ("sector",), labels)
        problems.append(f"theta must be positive (the exponent on trade costs); see {where}.")
    spent = arrays["trade_share"].sum(axis=0)
    problems += _sums(spent, _needed(arrays, labels) | (spent > 0), "Trade shares over origin",
                      ("dest", "sector", *uses), labels,
                      "divide by the sum, or leave an unused sector all zero")  # fmt: skip
    sells = (arrays["trade_share"] > 0).any(axis=(1, 3) if uses else 1)
    cost = arrays["value_added_share"] + np.einsum("irs->is", arrays["input_share"])
    problems += _sums(cost, sells | (cost > 0), "Input shares and value-added share", two, labels,
                      "make the cost shares of each producing sector add to 1")  # fmt: skip
    problems += _sums(np.einsum("js->j", arrays["final_share"]), np.ones(len(labels["region"]),
                      dtype=bool), "Final shares", ("region",), labels,
                      "divide by the sum over sectors")  # fmt: skip
    idle = sells & (arrays["value_added_share"] <= 0)
    if idle.any():
        problems.append(
            f"value_added_share is zero at {place(idle, two, labels)} although the sector "
            "sells: production needs some value added; give it a positive share."
        )
    world = float(arrays["value_added"].sum())
    gap = float(arrays["trade_balance"].sum())
    if abs(gap) > IDENTITY_TOLERANCE * abs(world):
        problems.append(
            f"trade_balance sums to {gap:.6g} mn USD over regions; it must sum to 0. Spread the "
            "rest, for example on ROW."
        )
    if problems:
        raise ValueRangeError.collect("The arrays do not make a world", problems)


def normalise(arrays: Arrays) -> tuple[Arrays, float]:
    """Make sums of shares exactly 1; return the arrays and the largest move of a sum."""
    spent = arrays["trade_share"].sum(axis=0)
    cost = arrays["value_added_share"] + np.einsum("irs->is", arrays["input_share"])
    final = np.einsum("js->j", arrays["final_share"])
    move = max(float(np.max(np.abs(np.where(t > 0, t, 1) - 1))) for t in (spent, cost, final))
    spent, cost = np.where(spent > 0, spent, 1), np.where(cost > 0, cost, 1)
    exact = {
        **arrays,
        "trade_share": arrays["trade_share"] / spent[None],
        "input_share": arrays["input_share"] / cost[:, None, :],
        "value_added_share": arrays["value_added_share"] / cost,
        "final_share": arrays["final_share"] / final[:, None],
    }
    return exact, move


def check_balances(
    arrays: Arrays, labels: Labels, balance: str
) -> tuple[Arrays, dict[str, Any] | None]:
    """Solve expenditure; check that value added follows from the shares, or make it follow.

    With uses, the trade shares returned are the pooled ones, and expenditure and shares by use
    stand beside them.
    """
    if balance not in ("check", "adjust"):
        raise ValueRangeError(f"balance must be 'check' or 'adjust'; found {balance!r}.")
    try:
        arrays = _solved(arrays, labels, given=balance == "check")
    except np.linalg.LinAlgError as error:
        raise IdentityError(
            "The accounting of these shares has no unique solution (a closed loop of sectors "
            "that sell only to each other, or blocs without any trade between them). Check the "
            "value-added shares and the trade shares, or split the world."
        ) from error
    shares, expenditure = Shares(*(arrays[k] for k in SHARES)), arrays["expenditure"]
    if balance == "adjust":
        return _adjusted(arrays, shares, labels)
    given, deficits = arrays["value_added"], arrays["trade_balance"]
    world = float(given.sum())
    book = accounts(shares, expenditure, deficits)
    gap = (book.value_added - given) / world
    worst = int(np.argmax(np.abs(gap)))
    if abs(gap[worst]) > IDENTITY_TOLERANCE:
        raise IdentityError(
            f"The accounting identities do not hold: sales and value-added shares imply a value "
            f"added of {book.value_added[worst]:.8g} for region {labels['region'][worst]}, but "
            f"{given[worst]:.8g} is given ({gap[worst]:+.2e} of world income; allowed "
            f"{IDENTITY_TOLERANCE:g}). Mend the arrays, or pass balance='adjust' to re-solve "
            "value added for the given shares, balances and tariffs."
        )
    own = book.value_added / given - 1
    worst = int(np.argmax(np.abs(own)))
    if abs(own[worst]) > OWN_TOLERANCE:
        raise IdentityError(
            f"The accounting identities do not hold for region {labels['region'][worst]}: sales "
            f"and value-added shares imply a value added of {book.value_added[worst]:.8g}, but "
            f"{given[worst]:.8g} is given ({100 * own[worst]:+.2g} % of its own; allowed "
            f"{100 * OWN_TOLERANCE:g} %). Mend the arrays, or pass balance='adjust' to re-solve "
            "value added for the given shares, balances and tariffs."
        )
    _check_income(book.income, labels)
    _check_pooled(arrays, labels)
    return arrays, None


def _solved(arrays: Arrays, labels: Labels, *, given: bool) -> Arrays:
    """Add expenditure for `given` factor incomes, or for those that follow from the shares."""
    share, uses = arrays["trade_share"], labels.get("use", ())
    by_use = share if uses else share[..., None]
    users = use_of_sector(uses, labels["sector"])
    spent = solve_expenditure(arrays, by_use, users, given=given)
    solved = {**arrays, "expenditure": spent.sum(axis=2)}
    if not uses:
        return solved
    pooled = pooled_share(share, spent)
    return {**solved, "trade_share": pooled, "use_share": share, "use_expenditure": spent}


def _check_pooled(arrays: Arrays, labels: Labels) -> None:
    bad = arrays["trade_share"] < 0
    if bad.any():
        where = place(bad, ("origin", "dest", "sector"), labels)
        raise IdentityError(
            f"The purchases of all uses add up to less than nothing at {where}, "
            f"{int(bad.sum())} such cells: negative input shares outweigh the rest there. Set "
            "them to zero and give what is missing to another input."
        )


def _check_income(income: np.ndarray, labels: Labels) -> None:
    if (income <= 0).any():
        where = place(income <= 0, ("region",), labels)
        raise IdentityError(
            f"Final expenditure is not positive at {where}: the trade surplus exceeds income. "
            "Check the sign of trade_balance (net transfer received = imports - exports)."
        )


def _adjusted(
    arrays: Arrays, shares: Shares, labels: Labels
) -> tuple[Arrays, dict[str, Any] | None]:
    given, deficits = arrays["value_added"], arrays["trade_balance"]
    expenditure = arrays["expenditure"]
    book = accounts(shares, expenditure, deficits)
    if (book.value_added <= 0).any() or (expenditure < 0).any():
        bad = (book.value_added <= 0) | (expenditure < 0).any(axis=1)
        raise IdentityError(
            f"No positive value added fits these shares and balances at "
            f"{place(bad, ('region',), labels)}: its deficit is larger than what the shares let "
            "it buy abroad, or it buys abroad and nobody buys from it. Reduce trade_balance "
            "there, or look at its column and row of trade shares."
        )
    gaps = identity_gaps(shares, expenditure, book.value_added, deficits)
    worst = max(float(np.max(np.abs(g))) for g in gaps.values())
    if worst > IDENTITY_TOLERANCE:
        raise IdentityError(
            f"The identities hold only to {worst:.2e} of world income after the adjustment "
            f"(allowed {IDENTITY_TOLERANCE:g}). The shares are badly conditioned: look for blocs "
            "without trade between them, or for shares that do not add up to 1 exactly."
        )
    _check_income(book.income, labels)
    move = book.value_added / given - 1
    note = {
        "what": "value added re-solved for the given shares, balances and taxes",
        "largest_move": float(np.max(np.abs(move))),
        "largest_move_region": labels["region"][int(np.argmax(np.abs(move)))],
        "moves": dict(zip(labels["region"], np.round(move, 10).tolist(), strict=True)),
    }
    _check_pooled(arrays, labels)
    return {**arrays, "value_added": book.value_added}, note
