"""Variants in few words: taken together where they differ in one thing alone."""

from __future__ import annotations

from itertools import product

import pytest

from entrepot.study.casebook.variant import Variant
from entrepot.study.casebook.where import where_met

ENDS = ("central", "low", "high")


def variants(thetas, behaviours, worlds=("2023",), horizon="long_run"):
    return [Variant(w, t, b, horizon) for w, b, t in product(worlds, behaviours, thetas)]


@pytest.mark.parametrize(
    ("met", "said"),
    [
        ([], []),
        (variants(["low"], ["high"]), ["world 2023, elasticities low, behaviour high"]),
        (variants(ENDS, ["central", "low"]),
         ["world 2023, elasticities central or low or high, behaviour central or low"]),
        (variants(["central"], ENDS, ["2017", "2023"]),
         ["world 2017 or 2023, elasticities central, behaviour central or low or high"]),
        (variants(["high"], ENDS) + variants(["low"], ["low"]),
         ["world 2023, elasticities high, behaviour central or low or high",
          "world 2023, elasticities low, behaviour low"]),
        (variants(["low"], ["low"], horizon="short_run"),
         ["world 2023, elasticities low, behaviour low, horizon short_run"]),
        ([*variants(["low"], ["low"]), Variant("2023", "draw 3", "draw 3"),
          Variant("2023", "draw 11", "draw 11")],
         ["world 2023, elasticities low, behaviour low", "draws 3, 11"]),
    ],
)  # fmt: skip
def test_words(met, said) -> None:
    assert where_met(met) == said


@pytest.mark.parametrize("bits", range(1, 2**9, 37))
def test_every_variant_is_named_once(bits: int) -> None:
    every = variants(ENDS, ENDS)
    met = [v for k, v in enumerate(every) if bits >> k & 1]
    named = []
    for text in where_met(met):
        world, theta, behaviour = (part.split(" ", 1)[1].split(" or ") for part in text.split(", "))
        named += [Variant(*values) for values in product(world, theta, behaviour)]
    assert len(named) == len(set(named))
    assert set(named) == set(met)
