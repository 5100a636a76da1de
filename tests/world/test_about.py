"""What is said about a world is checked and copied, and what decides results is in its hash."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.world.world import FIELD_DIMS


@pytest.fixture
def given() -> dict[str, Any]:
    return dict(worlds.arrays(6, missing=False, deficits=0.0))


def _made(given: dict[str, Any], **about: Any) -> ep.World:
    return ep.World.from_arrays(**{**given, **about})


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"nmae": "x"}, ["'nmae'", "Did you mean 'name'"]),
        ({"tarif": 1}, ["Did you mean 'tariff'"]),
        ({"hash": "x"}, ["'hash' is no argument"]),
        ({"expenditure": np.ones((5, 4))}, ["'expenditure' cannot be given", "Leave it out"]),
    ],
)
def test_unknown_words_are_refused(
    given: dict[str, Any], about: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(ep.LabelError) as caught:
        _made(given, **about)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("about", "word"),
    [
        ({"name": ""}, "name is ''"),
        ({"year": "2017"}, "year is '2017'"),
        ({"year": True}, "year is True"),
        ({"region_titles": ("one",)}, "region_titles are 1, but there are 5"),
        ({"region_titles": ("a", "a", "b", "c", "d")}, "repeated: 'a'"),
        ({"sector_titles": "grain"}, "sector_titles must be texts"),
        ({"theta_range": np.zeros((2, 4))}, "theta_range must be positive"),
        ({"theta_range": np.array([[2.0] * 4, [1.0] * 4])}, "low above high"),
        ({"provenance": {"tarif": np.ones(1)}}, "Did you mean 'tariff'"),
        ({"provenance": {"value_added": np.ones(4)}}, "has shape (4,)"),
        ({"provenance": {"value_added": np.full(5, 5)}}, "other codes"),
        ({"provenance": 3}, "provenance must be a dict"),
        ({"meta": {"x": np.ones(2)}}, "meta must hold plain data"),
        ({"sources": ["a"]}, "sources must be a plain dict"),
    ],
)
def test_odd_forms_are_refused(given: dict[str, Any], about: dict[str, Any], word: str) -> None:
    with pytest.raises(ep.ValueRangeError) as caught:
        _made(given, **about)
    assert word in str(caught.value)


def test_all_problems_come_together(given: dict[str, Any]) -> None:
    with pytest.raises(ep.ValueRangeError, match="2 problems"):
        _made(given, name="", year="x")


def test_theta_range_has_a_low_and_a_high_row(given: dict[str, Any]) -> None:
    with pytest.raises(ep.InputError):
        _made(given, theta_range=np.ones((3, 4)))


def test_what_the_user_holds_stays_his(given: dict[str, Any]) -> None:
    flags = np.ones(5, np.uint8)
    bounds = np.array([[1.0] * 4, [9.0] * 4])
    meta = {"a": {"b": 1}}
    made = _made(given, provenance={"value_added": flags}, theta_range=bounds, meta=meta)
    flags[0], bounds[0, 0], meta["a"]["b"] = 4, 2.0, 2
    assert made.provenance["value_added"][0] == 1
    assert made.theta_range is not None
    assert made.theta_range[0, 0] == 1.0
    assert made.meta["a"]["b"] == 1
    for name in FIELD_DIMS:
        array = given.get(name)
        if isinstance(array, np.ndarray):
            assert not np.shares_memory(array, getattr(made, name)), name
    assert not made.theta_range.flags.writeable
    assert not made.provenance["value_added"].flags.writeable


def test_ranges_and_provenance_are_in_the_hash(given: dict[str, Any]) -> None:
    bare = _made(given)
    ranged = _made(given, theta_range=np.array([[1.0] * 4, [9.0] * 4]))
    flagged = _made(given, provenance={"value_added": np.ones(5, np.uint8)})
    other = _made(given, provenance={"value_added": np.full(5, 2)})
    assert len({w.hash for w in (bare, ranged, flagged, other)}) == 4
    assert _made(given, name="other", meta={"x": 1}).hash == bare.hash
