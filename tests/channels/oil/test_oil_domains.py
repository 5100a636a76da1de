"""One table says which numbers parts and restrictions may hold; every number of theirs is in it."""

import math
from dataclasses import fields, replace
from typing import get_args

import numpy as np
import pytest

from entrepot.channels.oil import (
    Carrier,
    Refiner,
    Storing,
    Timed,
    load_market,
    run_path,
    solve_month,
)
from entrepot.channels.oil.domains import DOMAINS, Domain, outside
from entrepot.channels.oil.restrictions import Ban, CapacityGain, PriceCap, Restriction
from entrepot.core.errors import ValueRangeError


def test_every_number_of_a_part_has_a_domain():
    assert set(get_args(Restriction)) <= set(DOMAINS)
    for part, known in DOMAINS.items():
        assert {f.name for f in fields(part) if f.type == "float"} == set(known), part


@pytest.mark.parametrize(
    ("domain", "inside", "out"),
    [
        (Domain(), (0, 0.0, 5, np.float64(2.0), np.int64(3)), (-1e-9, math.inf, math.nan)),
        (Domain(above=True), (1e-9,), (0.0, math.inf)),
        (Domain(high=1.0), (0.0, 1.0), (1.0001,)),
        (Domain(high=1.0, below=True), (0.999,), (1.0,)),
        (Domain(endless=True), (math.inf,), (-math.inf, math.nan)),
        (Domain(), (), ("5", None, True, [1.0], np.array([1.0]))),
    ],
)
def test_domains(domain, inside, out):
    assert all(domain.holds(x) for x in inside)
    assert not any(domain.holds(x) for x in out)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -1.0, "1"])
def test_numbers_that_cannot_be_are_named_with_their_place(two, bad):
    one = two()
    given = [
        ({"streams": [replace(one.streams[0], fob=bad), one.streams[1]]}, "stream 'A': fob"),
        ({"streams": [replace(one.streams[0], wedge=bad), one.streams[1]]}, "stream 'A': wedge"),
        ({"refiners": [Refiner("X", bad), one.refiners[1]]}, "refiner 'X': elasticity"),
        ({"lanes": [replace(one.lanes[0], cost=bad), *one.lanes[1:]]},
         "lane A to X by mainstream: cost"),
        ({"storing": Storing(keep=bad)}, "storing: keep"),
    ]  # fmt: skip
    for parts, where in given:
        with pytest.raises(ValueRangeError, match=f"{where} is {bad!r}; it must be"):
            two(**parts)


def test_names_that_cannot_be(two, market):
    with pytest.raises(ValueRangeError, match=r"kind 'flet' is unknown.*Did you mean 'fleet'"):
        two(carriers=[Carrier("mainstream", "flet", 200.0), market.carriers[1]])
    with pytest.raises(ValueRangeError, match=r"'A' has the name of a producer of other streams"):
        two(streams=[market.streams[0], replace(market.streams[1], producer="A")])
    with pytest.raises(ValueRangeError, match=r"'2017' is no bundled base year"):
        load_market("2017")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"carriers": None}, "carriers is None; it must be a list of Carrier"),
        ({"streams": "RUS"}, "streams is 'RUS'; it must be a list of Stream"),
        ({"lanes": [3]}, r"lanes\[0\] is 3; it must be a Lane"),
        ({"standing": [None]}, r"standing\[0\] is None; it must be a Restriction"),
        ({"across": "x"}, "across is 'x'; it must be a number"),
        ({"habit": None}, "habit is None; it must be a number"),
        ({"latent": {}}, r"latent is \{\}; it must be a number"),
        ({"reference": 5}, "reference is 5; it must be the name of a stream"),
        ({"storing": True}, "storing is True; it must be a Storing"),
    ],
)
def test_arguments_of_the_wrong_type_are_said(two, given, said):
    with pytest.raises(ValueRangeError, match=said):
        two(**given)


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [("streams", "grade", None), ("streams", "producer", []), ("streams", "cost", 5.0),
     ("streams", "cost", ()), ("refiners", "slate_limit", (5, 1)), ("carriers", "kind", 3),
     ("lanes", "refiner", ())],
)  # fmt: skip
def test_fields_of_the_wrong_type_are_said(two, market, part, field, value):
    first, *rest = getattr(market, part)
    with pytest.raises(ValueRangeError) as caught:
        two(**{part: [replace(first, **{field: value}), *rest]})
    assert f"{part}[0]: {field} is {value!r}; it must " in str(caught.value)


def test_names_of_a_restriction_that_are_no_list_are_said(market):
    with pytest.raises(ValueRangeError, match=r"streams is None; it must be a list of names"):
        solve_month(market, [Ban(None, ("X",))])
    with pytest.raises(ValueRangeError, match=r"waivers is 5; it must give kb/d by refiner"):
        solve_month(market, [Ban(("A",), ("X",), waivers=5)])
    with pytest.raises(ValueRangeError, match=r"'None' is none of the streams"):
        solve_month(market, [Ban((None,), ("X",))])


def test_what_is_no_restriction_is_not_passed_over(market):
    with pytest.raises(ValueRangeError, match=r"Timed .* is no restriction"):
        solve_month(market, [Timed(Ban(("A",), ("X",)))])
    with pytest.raises(ValueRangeError) as caught:
        run_path(market, 201801, 2.5, [Ban(("A",), ("X",)), Timed(Ban(("A",), ("X",)), 201801)])
    for part in ("first is 201801", "months is 2.5", "has no months; put it into a Timed",
                 "201801 is no month"):  # fmt: skip
        assert part in str(caught.value)
    assert list(outside(CapacityGain((), 3.0))) == []
    assert list(outside(PriceCap((), (), 60.0, math.nan)))


def test_flat_costs_and_streams_without_output_have_a_market(two):
    """A price has to make up the mind of someone whose barrels all cost the same."""
    for cost in ((0.0, 0.0), (60.0, 60.0)):
        made = two()
        out = solve_month(made.with_streams([replace(made.streams[0], cost=cost), made.streams[1]]))
        np.testing.assert_allclose(out.pairs, made.flow, atol=0.05)
    made = two()
    none = solve_month(made.with_streams([replace(made.streams[0], capacity=0.0), made.streams[1]]))
    assert none.output[0] == 0.0
    assert none.pairs[0].sum() == pytest.approx(0.0, abs=1e-3)
