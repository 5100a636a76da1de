"""Presets: their values, the path between them, users' own values, and the reference page."""

from __future__ import annotations

import inspect
import itertools
import math
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
import yaml

import entrepot as ep
from entrepot.core.errors import InputError, ValueRangeError
from entrepot.model.closure import Closure
from entrepot.model.economy import DIMS, RANGES, Economy
from entrepot.model.preset_file import FORMAT, PresetFile
from entrepot.model.presets import (
    PRESET_NAMES,
    SYMBOLS,
    Preset,
    at,
    economy_arguments,
    preset,
)
from entrepot.model.shock import SHOCK_DIMS
from entrepot.solving.certificate import TOLERANCE

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "entrepot" / "model" / "presets.yaml"
ALL = [preset(name) for name in PRESET_NAMES]
MONTHS = [p.months for p in ALL]
OWN: dict[str, Any] = {"value": 0.3, "low": 0.1, "high": 0.4, "source": "assumed"}


def values(p: Preset, end: str = "value") -> np.ndarray:
    return np.array([getattr(x, end) for x in p.parameters.values()])


def bounded(p: Preset, end: str = "value") -> np.ndarray:
    """Values on a scale on which all are finite."""
    found = values(p, end)
    return np.where(np.isinf(found), 1.0, found / (1 + np.where(np.isinf(found), 0, found)))


# --- the bundled values -------------------------------------------------------------------------


@pytest.mark.parametrize("p", ALL, ids=PRESET_NAMES)
def test_every_value_has_a_range_and_a_source(p: Preset) -> None:
    assert list(p.parameters) == list(SYMBOLS)
    for name, x in p.parameters.items():
        assert 0 <= x.low <= x.value <= x.high
        assert x.low < x.high, f"{p.name}: {name} has no range"
        assert "assumed" in x.source or "https://" in x.source
        assert (x.symbol, x.unit) == SYMBOLS[name]


@pytest.mark.parametrize("p", ALL, ids=PRESET_NAMES)
def test_the_family_takes_every_value(p: Preset) -> None:
    for name, x in p.parameters.items():
        if name in RANGES:
            low, high, _ = RANGES[name]
            assert low <= x.low <= x.high <= high


@pytest.mark.parametrize("end", ["low", "value", "high"])
def test_substitution_grows_with_time(end: str) -> None:
    for early, late in itertools.pairwise(ALL):
        assert (bounded(early, end) <= bounded(late, end)).all()


def test_the_long_run_is_that_of_caliendo_and_parro() -> None:
    world = ep.load_world("2017")
    given = economy_arguments(preset("long_run"), world.theta)
    assert given["theta"] is world.theta
    assert Economy(**given).hash(world) == Economy.long_run().hash(world)
    assert Economy(**economy_arguments(preset("long_run"))).hash(world) == (
        Economy.long_run().hash(world)
    )


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("name", PRESET_NAMES)
def test_bundled_worlds_take_both_ends_of_every_range(name: str, end: str) -> None:
    world = ep.load_world("2017")
    assert world.theta_range is not None
    theta = world.theta_range[0 if end == "low" else 1]
    moved = getattr(preset(name), end)()
    Economy(**economy_arguments(moved, theta)).elasticities_for(world)


# --- the path between them ----------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESET_NAMES)
def test_the_path_goes_through_the_presets(name: str) -> None:
    assert at(preset(name).months) == preset(name)


def test_the_path_rises_without_jumps() -> None:
    grid = np.geomspace(0.5, 200, 400)
    for end in ("low", "value", "high"):
        path = np.array([bounded(at(m), end) for m in grid])
        steps = np.diff(path, axis=0)
        assert (steps >= 0).all()
        assert steps.max() < 0.02


@pytest.mark.parametrize("months", MONTHS)
def test_close_to_a_preset_the_path_is_close_to_it(months: float) -> None:
    for near in (months * (1 - 1e-9), months * (1 + 1e-9)):
        np.testing.assert_allclose(bounded(at(near)), bounded(at(months)), atol=1e-8)


def test_halfway_in_log_time_is_halfway() -> None:
    early, late = preset("short_run"), preset("medium_run")
    mid = at(math.sqrt(early.months * late.months))
    np.testing.assert_allclose(
        values(mid)[:-1], (values(early) + values(late))[:-1] / 2, rtol=1e-12
    )
    assert bounded(mid)[-1] == pytest.approx((bounded(early) + bounded(late))[-1] / 2)
    assert mid.parameters["mu"].source.startswith("interpolated in log time, 50% of the way")
    assert mid.notes == ()


@pytest.mark.parametrize(
    ("months", "name", "word"),
    [(0, "very_short_run", "before the first"), (240, "long_run", "after the last"),
     (math.inf, "long_run", "after the last")],
)  # fmt: skip
def test_outside_the_presets_values_are_constant_and_said_so(
    months: float, name: str, word: str
) -> None:
    found = at(months)
    assert found.parameters == preset(name).parameters
    assert found.months == months
    (note,) = found.notes
    assert word in note
    assert name in note


@pytest.mark.parametrize("months", [-1, -0.001, math.nan, "3", None, True, 1 + 2j, [12]])
def test_no_time_no_preset(months: Any) -> None:
    with pytest.raises(ValueRangeError, match=re.escape(f"months is {months!r}; allowed")):
        at(months)


def test_numpy_numbers_are_times() -> None:
    assert at(np.int64(12)) == at(np.float32(12)) == preset("short_run")


# --- trade elasticities -------------------------------------------------------------------------


def test_theta_keeps_the_pattern_of_the_sectors() -> None:
    theta = np.array([4.0, 8.0, 2.0])
    short = preset("short_run")
    given = economy_arguments(short, theta)
    ratio = short.parameters["theta_ratio"].value
    np.testing.assert_array_equal(given["theta"], ratio * theta)
    assert given.keys() == {"theta", "epsilon", "mu", "sigma", "kappa"}
    assert given["mu"] == short.parameters["mu"].value


def test_labels_of_theta_are_kept() -> None:
    theta = xr.DataArray([4.0, 8.0], dims="sector", coords={"sector": ["a", "b"]})
    found = economy_arguments(at(6), theta)["theta"]
    assert list(found.coords["sector"].values) == ["a", "b"]
    assert list(economy_arguments(at(6), theta.to_series())["theta"].index) == ["a", "b"]


def test_a_list_of_theta_is_scaled_not_repeated() -> None:
    assert economy_arguments(at(6), [4.0, 8.0])["theta"].shape == (2,)


def test_nothing_to_scale_is_an_error() -> None:
    with pytest.raises(ValueRangeError, match=r"'short_run' has 0\.36 .* Pass theta"):
        economy_arguments(preset("short_run"))


# --- ranges and tables --------------------------------------------------------------------------


def test_low_and_high_move_all_or_the_named_ones() -> None:
    p = preset("medium_run")
    np.testing.assert_array_equal(values(p.low()), values(p, "low"))
    np.testing.assert_array_equal(values(p.high()), values(p, "high"))
    one = p.low("mu")
    assert one.parameters["mu"].value == p.parameters["mu"].low
    assert {k: v for k, v in one.parameters.items() if k != "mu"} == {
        k: v for k, v in p.parameters.items() if k != "mu"
    }
    assert one.name == "medium_run, mu low"
    assert p == preset("medium_run")


def test_unknown_parameters_are_named_all_at_once() -> None:
    with pytest.raises(ValueRangeError) as caught:
        preset("short_run").high("sigm", "xyz")
    assert len(caught.value.problems) == 2
    assert "Did you mean 'sigma'?" in str(caught.value)


def test_the_table_holds_everything() -> None:
    table = preset("short_run").table()
    assert list(table.index) == list(SYMBOLS)
    assert list(table.columns) == ["symbol", "value", "low", "high", "unit", "source"]
    assert table.loc["mu", "value"] == preset("short_run").parameters["mu"].value


@pytest.mark.parametrize("name", ["shortrun", "Short_run", "short run"])
def test_unknown_preset_gets_the_nearest_name(name: str) -> None:
    with pytest.raises(ValueRangeError, match="Did you mean 'short_run'"):
        preset(name)


# --- users' own values --------------------------------------------------------------------------


def test_a_user_replaces_one_parameter_with_its_source() -> None:
    mine = preset("short_run", {"short_run": {"mu": OWN}})
    assert mine.parameters["mu"].value == 0.3
    assert mine.parameters["mu"].source == "assumed"
    rest = {k: v for k, v in mine.parameters.items() if k != "mu"}
    assert rest == {k: v for k, v in preset("short_run").parameters.items() if k != "mu"}
    assert preset("short_run").parameters["mu"].value != 0.3


def test_a_file_says_the_same_as_a_mapping(tmp_path: Path) -> None:
    given = {"format": FORMAT, "medium_run": {"kappa": {**OWN, "high": math.inf}, "months": 24}}
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(given))
    for source in (path, str(path)):
        assert at(24, source) == at(24, given) == preset("medium_run", given)
    assert at(24, given).parameters["kappa"].high == math.inf


def test_the_bundled_file_is_a_users_file() -> None:
    assert [preset(n, DATA) for n in PRESET_NAMES] == ALL
    assert set(PresetFile.model_fields) == {"format", *PRESET_NAMES}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"shrt_run": {}}, "shrt_run: unknown key. Did you mean 'short_run'?"),
        ({"short_run": {"muu": OWN}}, "short_run.muu: unknown key. Did you mean 'mu'?"),
        ({"short_run": {"mu": {**OWN, "hi": 1.0}}}, "short_run.mu.hi: unknown key."),
        ({"short_run": {"mu": {"value": 0.3}}}, "short_run.mu.source: this key is missing."),
        ({"short_run": {"mu": {**OWN, "low": 0.5}}}, "0 <= low <= value <= high"),
        ({"short_run": {"mu": {**OWN, "low": -0.1}}}, "0 <= low <= value <= high"),
        ({"short_run": {"mu": {**OWN, "value": math.nan}}}, "0 <= low <= value <= high"),
        ({"short_run": {"mu": {**OWN, "high": math.inf}}}, "mu is infinite; only kappa may be"),
        ({"short_run": {"theta_ratio": {**OWN, "low": 0.0}}}, "theta_ratio is 0"),
        ({"short_run": {"mu": {**OWN, "value": "0.3"}}}, "found '0.3'; allowed is a number"),
        ({"short_run": {"mu": {**OWN, "value": True}}}, "found True; allowed is a number"),
        ({"short_run": {"mu": {**OWN, "source": " "}}}, "Name the study and its address"),
        ({"short_run": {"mu": {**OWN, "source": 3}}}, "found 3; allowed is text"),
        ({"short_run": {"mu": 0.3}}, "found 0.3; allowed is a mapping"),
        ({"short_run": None}, "found None; allowed is a mapping"),
        ({"short_run": {"months": -1.0}}, "found -1.0; allowed is a positive, finite number"),
        ({"short_run": {"months": math.inf}}, "allowed is a positive, finite number"),
        ({"short_run": {"months": 60}}, "months must rise from preset to preset"),
        ({"format": "entrepot/1"}, f"allowed is '{FORMAT}'"),
        ({3: {}}, "3: "),
    ],
    ids=lambda x: str(x)[:40],
)
def test_what_is_wrong_is_said_where_it_is(given: dict[Any, Any], said: str) -> None:
    with pytest.raises(InputError, match="cannot be used as presets") as caught:
        preset("short_run", given)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")


def test_all_problems_are_said_at_once() -> None:
    given = {"short_run": {"mu": {"value": 0.3}, "sgma": OWN}, "long_run": {"months": 0}}
    with pytest.raises(InputError) as caught:
        at(3, given)
    assert len(caught.value.problems) == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("short_run: [", "is not YAML"),
        ("a: 1\na: 2\n", "the key 'a' is given twice"),
        ("- 1", "holds list, not a mapping"),
        ("", "holds NoneType, not a mapping"),
    ],
)
def test_a_file_that_is_no_file_of_presets(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=re.escape(said)):
        preset("short_run", path)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        preset("short_run", tmp_path / "none.yaml")
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(InputError, match="is not YAML"):
        preset("short_run", path)


# --- the reference page -------------------------------------------------------------------------

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
        [f"`{p.name}`", f"{p.months:g}", *(cell(x) for x in p.parameters.values())] for p in ALL
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
        numbers = [float(x) for x in re.findall(r"\d\S*", allowed)]
        outside = [numbers[0] / 2, *(2 * x for x in numbers[1:])]
        inside = numbers if allowed != "above 0" else [1e-9]
        for number in inside:
            ep.SolveOptions(**{name: number})
        for number in outside:
            with pytest.raises(ValueRangeError, match=name):
                ep.SolveOptions(**{name: number})


def test_the_page_tells_of_every_study_that_a_source_names() -> None:
    """Every address in the data is on the page, and every study on the page is in the data."""
    address = r"https://[^\s,;)]+"
    used = set(re.findall(address, DATA.read_text("utf-8")))
    (table,) = re.findall(r"^### What was read\n(.*?)^###", PAGE, re.MULTILINE | re.DOTALL)
    assert set(re.findall(address, table)) == used


def test_the_examples_of_the_page_run(capsys: pytest.CaptureFixture[str]) -> None:
    code = "".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
    scope: dict[str, Any] = {}
    exec(compile(code, "parameters.md", "exec"), scope)
    assert "theta_ratio" in capsys.readouterr().out
    assert scope["economy"].mu == at(6).parameters["mu"].value
    assert scope["mine"].parameters["mu"].value == 0.05
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert at(48, yaml.safe_load(text)).name == "medium_run"
