"""The balance of one economy: constraints hold, agreeing targets stay, contradictions stop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.core.errors import IdentityError
from entrepot.world.build.balance import Book, balance


def _consistent(rng: np.random.Generator, s: int) -> tuple[Book, np.ndarray, np.ndarray]:
    """Accounts that balance, with their exports and imports."""
    inputs = rng.uniform(0.1, 2.0, (s, s))
    value_added = rng.uniform(1.0, 5.0, s)
    output = inputs.sum(axis=0) + value_added
    exports = rng.uniform(0.1, 0.6, s) * output
    domestic = output - exports
    use = inputs.sum(axis=1)
    final = rng.uniform(0.5, 3.0, s) + np.maximum(domestic - use, 0.0)
    imports = use + final - domestic
    return Book(inputs, value_added, final, domestic, output), exports, imports


def _even(s: int, tau: float = 1.0) -> Book:
    ones = np.full(s, tau)
    return Book(np.full((s, s), tau), ones, ones, ones, ones)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), s=st.integers(1, 6))
def test_the_balance_holds_exactly_and_keeps_positive_cells(seed: int, s: int) -> None:
    rng = np.random.default_rng(seed)
    book, exports, imports = _consistent(rng, s)
    noise = [np.exp(rng.normal(0, 0.3, a.shape)) for a in
             (book.inputs, book.value_added, book.final, book.domestic, book.output)]  # fmt: skip
    start = Book(book.inputs * noise[0], book.value_added * noise[1], book.final * noise[2],
                 book.domestic * noise[3], book.output * noise[4])  # fmt: skip
    total = float(book.value_added.sum())
    found = balance(start, _even(s), exports, imports, total, "XXX")
    scale = 1e-9 * total
    np.testing.assert_allclose(found.inputs.sum(1) + found.final - found.domestic, imports,
                               atol=scale)  # fmt: skip
    np.testing.assert_allclose(found.output - found.domestic, exports, atol=scale)
    np.testing.assert_allclose(found.inputs.sum(0) + found.value_added, found.output, atol=scale)
    assert found.value_added.sum() == pytest.approx(total, rel=1e-9)
    assert (found.stacked() > 0).all()


def test_accounts_that_agree_are_left_alone() -> None:
    book, exports, imports = _consistent(np.random.default_rng(1), 4)
    total = float(book.value_added.sum())
    found = balance(book, _even(4), exports, imports, total, "XXX")
    np.testing.assert_allclose(found.stacked(), book.stacked(), rtol=1e-9)


def test_a_firm_cell_moves_less_than_a_free_one() -> None:
    book, exports, imports = _consistent(np.random.default_rng(2), 4)
    start = Book(book.inputs, book.value_added, book.final, book.domestic, book.output * 1.3)
    moves = []
    for tau in (0.05, 5.0):
        freedom = Book(np.ones((4, 4)), *([np.ones(4)] * 3), np.full(4, tau))
        total = float(book.value_added.sum())
        found = balance(start, freedom, exports, imports, total, "XXX")
        moves.append(np.abs(found.output / start.output - 1).sum())
    assert moves[0] < moves[1]


def test_zeros_stay_zero() -> None:
    book, exports, imports = _consistent(np.random.default_rng(3), 4)
    inputs = book.inputs.copy()
    inputs[0, 1] = 0.0
    start = Book(inputs, book.value_added, book.final, book.domestic, book.output)
    found = balance(start, _even(4), exports, imports, float(book.value_added.sum()), "XXX")
    assert found.inputs[0, 1] == 0.0


def test_imports_of_what_nobody_uses_are_refused_by_name() -> None:
    book, exports, imports = _consistent(np.random.default_rng(4), 3)
    parts = [book.value_added.copy(), book.final.copy(), book.domestic.copy(), book.output.copy()]
    for part in parts:
        part[0] = 0.0
    inputs = book.inputs.copy()
    inputs[0], inputs[:, 0] = 0.0, 0.0
    start = Book(inputs, *parts)
    with pytest.raises(IdentityError, match="ARM: trade in sectors"):
        balance(start, _even(3), np.append(0.0, exports[1:]), imports, 10.0, "ARM")
