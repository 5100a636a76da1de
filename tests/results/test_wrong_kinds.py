"""Arguments of another kind are named, with how to come by the right one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import entrepot as ep


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ep.decompose("x"), "solution is a str; solve something first"),
        (lambda: ep.by_instrument(3), "solution is a int; solve something first"),
        (lambda: ep.with_latent_links("2017", 0.1), "world is a str; load one"),
    ],
)
def test_an_argument_of_another_kind_is_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ep.InputError, match=message):
        call()
