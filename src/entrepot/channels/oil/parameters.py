"""Numbers of the oil room that no statistic gives: each with range, unit and source."""

from __future__ import annotations

from collections.abc import Mapping

from entrepot.channels.numbers import Number, numbers_of
from entrepot.channels.oil.data_files import yaml_of
from entrepot.core.errors import ValueRangeError, did_you_mean


def numbers() -> Mapping[str, Number]:
    """Parameters of ``data/parameters.yaml`` by name."""
    return numbers_of(yaml_of("parameters.yaml"))


def chosen(given: Mapping[str, float]) -> dict[str, float]:
    """Central values, but for those that are given; a value outside its range is an error."""
    known = numbers()
    bad = [
        f"'{name}' is no parameter." + did_you_mean(name, known)
        for name in given
        if name not in known
    ]
    bad += [
        f"{name} is {value}; its range is {known[name].low} to {known[name].high} "
        f"{known[name].unit} ({known[name].source})."
        for name, value in given.items()
        if name in known and not known[name].low <= value <= known[name].high
    ]
    if bad:
        raise ValueRangeError.collect("oil market, parameters", bad)
    return {name: float(given.get(name, number.central)) for name, number in known.items()}
