"""The reference page of parameters says what the code says."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import entrepot as ep
from entrepot.core.errors import ValueRangeError
from entrepot.model.closure import Closure
from entrepot.model.economy import DIMS, RANGES, Economy
from entrepot.model.presets import PRESET_NAMES, SYMBOLS, preset
from entrepot.model.shock import SHOCK_DIMS
from entrepot.solving.certificate import TOLERANCE
from entrepot.world.iot_arrays import table_arrays

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "entrepot" / "model" / "presets.yaml"
PAGE = (ROOT / "docs" / "reference" / "parameters.md").read_text("utf-8")


def rows(section: str) -> list[list[str]]:
    """Cells of the table below a heading, without its two first lines."""
    (body,) = re.findall(rf"^##+ {section}\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_has_every_preset_as_it_is() -> None:
    def cell(x: Any) -> str:
        return f"{x.value:g} ({x.low:g} to {x.high:g})"

    expected = [
        [f"`{p.name}`", f"{p.months:g}", *(cell(x) for x in p.parameters.values())]
        for p in map(preset, PRESET_NAMES)
    ]
    assert rows("Presets") == expected


def test_the_page_has_every_elasticity_as_it_is() -> None:
    found = {row[0]: row for row in rows("Elasticities of an economy")}
    assert list(found) == [f"`Economy.{f.name}`" for f in fields(Economy)]
    for f in fields(Economy):
        _, symbol, dims, unit, default, allowed, what, source = found[f"`Economy.{f.name}`"]
        low, high, _ = RANGES[f.name]
        assert allowed == f"{low:g} to {high:g}"
        assert default == ("of the world" if f.default is None else f"{f.default:g}")
        assert dims == ", ".join(DIMS[f.name])
        assert all((what, source))
        if f.name in SYMBOLS:
            assert symbol.startswith(SYMBOLS[f.name][0])
            assert unit == SYMBOLS[f.name][1]


def test_the_page_has_every_field_of_a_shock() -> None:
    found = rows("What a shock changes")
    assert [row[0] for row in found] == [f"`Shock.{f.name}`" for f in fields(ep.Shock)]
    for row, dims in zip(found, SHOCK_DIMS.values(), strict=True):
        assert row[2] == ", ".join(dims)


def test_the_page_has_every_closure_and_verdict() -> None:
    closures = rows("Closures")
    assert [row[0] for row in closures] == [f"`{c}`" for c in Closure]
    default = inspect.signature(ep.solve).parameters["closure"].default
    assert [row[0] for row in closures if row[2] == "yes"] == [f"`{default}`"]
    expected = [[f"`{v}`", "yes" if v == "certified" else "no", v.cause] for v in ep.Verdict]
    assert rows("Verdicts") == expected


def test_the_page_has_every_option_as_it_is() -> None:
    found = rows("Options of a solve")
    expected = [(f"`SolveOptions.{f.name}`", f"{f.default:g}") for f in fields(ep.SolveOptions)]
    assert [(row[0], row[2]) for row in found] == expected
    assert f"must hold to {TOLERANCE:g} of world income" in PAGE
    for row in found:
        name, allowed = row[0].strip("`").split(".")[1], row[3]
        whole = name == "max_evaluations"
        numbers = [int(x) if whole else float(x) for x in re.findall(r"\d\S*", allowed)]
        outside = [numbers[0] // 2 if whole else numbers[0] / 2, *(2 * x for x in numbers[1:])]
        inside = numbers if allowed != "above 0" else [1e-9]
        for number in inside:
            ep.SolveOptions(**{name: number})
        for number in outside:
            with pytest.raises(ValueRangeError, match=name):
                ep.SolveOptions(**{name: number})


FUNCTIONS = {
    "World.from_arrays": ep.World.from_arrays,
    **{f.__name__: f for f in (
        ep.from_iot, ep.aggregate, ep.with_latent_links, ep.solve, ep.solve_many, ep.run_scenario,
        ep.decompose, ep.by_instrument, ep.by_measure, ep.bounds, ep.compare_models,
        ep.sensitivity, ep.optimal_tariff,
    )},
}  # fmt: skip
"""Functions whose options have a row, and what is no option: data, names, parameters of the model,
options of a solve, and functions that are called back."""
GIVEN = {
    *("economy", "shock", "shocks", "options", "horizon", "ranges", "source", "date", "uses"),
    *("regions", "sectors", "name", "names", "text", "report", "solver", "output", "value_added"),
    *("trade_balance", "tariff", "export_tax", "theta"),
}
STILL = {("run_scenario", "ranges"), ("from_iot", "uses"), ("bounds", "theta")}
"""Options, although other functions have data of that name."""


def options_of(name: str) -> dict[str, Any]:
    """Option -> default of a function; `from_iot` passes its further ones on."""
    found = dict(inspect.signature(FUNCTIONS[name]).parameters)
    if name == "from_iot":
        found = {**inspect.signature(table_arrays).parameters, **found}
    return {
        key: p.default
        for key, p in found.items()
        if p.default is not p.empty and (key not in GIVEN or (name, key) in STILL)
    }


def test_the_page_has_every_option_of_a_function() -> None:
    expected = {
        f"`{name}({key})`": repr(value)
        for name in FUNCTIONS
        for key, value in options_of(name).items()
    }
    found = {row[0]: row for row in rows("Options of other functions")}
    assert {key: row[2] for key, row in found.items()} == expected
    assert all(row[4] for row in found.values())


def test_the_page_tells_of_every_study_that_a_source_names() -> None:
    """Every address in the data is on the page, and every study on the page is in the data."""
    address = r"https://[^\s,;)]+"
    used = set(re.findall(address, DATA.read_text("utf-8")))
    (table,) = re.findall(r"^### What was read\n(.*?)^###", PAGE, re.MULTILINE | re.DOTALL)
    assert set(re.findall(address, table)) == used
