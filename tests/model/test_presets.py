"""Presets: their values, the path between them, ranges, and users' own values."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small
import yaml

import entrepot as ep
from entrepot.core.errors import InputError, ValueRangeError
from entrepot.model.economy import RANGES, Economy
from entrepot.model.preset_file import FORMAT, PresetFile
from entrepot.model.presets import (
    PRESET_NAMES,
    SYMBOLS,
    Preset,
    at,
    preset,
)

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
    for economy in (
        Economy.from_preset(preset("long_run")),
        Economy.from_preset(preset("long_run"), world.theta),
        Economy.at(120),
        Economy.long_run(source={}),
    ):
        assert economy.hash(world) == Economy.long_run().hash(world)


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("name", PRESET_NAMES)
def test_bundled_worlds_take_both_ends_of_every_range(name: str, end: str) -> None:
    world = ep.load_world("2017")
    assert world.theta_range is not None
    theta = world.theta_range[0 if end == "low" else 1]
    moved = getattr(preset(name), end)()
    Economy.from_preset(moved, theta).elasticities_for(world)


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


def test_close_to_infinity_kappa_is_infinite() -> None:
    """What a finite kappa of an economy may be is never passed on the way to infinity."""
    assert math.isinf(at(120 * (1 - 1e-9)).parameters["kappa"].value)
    assert 1e4 < at(119.999).parameters["kappa"].value <= 1e6


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
    world = small.make_world()
    ratio = preset("short_run").parameters["theta_ratio"].value
    theta = Economy.short_run().elasticities_for(world).theta
    np.testing.assert_allclose(theta, ratio * Economy.long_run().theta_for(world))
    assert Economy.short_run(theta=3.0).theta_for(world) == pytest.approx(3.0 * ratio)


@pytest.mark.parametrize("name", PRESET_NAMES)
def test_every_preset_is_a_door_of_economy(name: str) -> None:
    world = small.make_world()
    months = preset(name).months
    assert getattr(Economy, name)().hash(world) == Economy.at(months).hash(world)
    source = {name: {"sigma": {"value": 1.1, "low": 1, "high": 1.2, "source": "assumed"}}}
    assert getattr(Economy, name)(source=source).sigma == 1.1


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


@pytest.mark.parametrize("p", ALL, ids=PRESET_NAMES)
def test_draws_fill_the_ranges_around_the_values(p: Preset) -> None:
    drawn = p.draws(1001, np.random.default_rng(1))
    found = np.array([values(d) for d in drawn])
    low, high = values(p, "low"), values(p, "high")
    assert ((low <= found) & (found <= high)).all()
    for k, (name, x) in enumerate(p.parameters.items()):
        at_most, at_least = found[:, k] <= x.value, found[:, k] >= x.value
        assert at_most.mean() == pytest.approx(0.5, abs=0.05) or x.value == x.high, name
        assert at_least.mean() == pytest.approx(0.5, abs=0.05) or x.value == x.low, name
        assert len(np.unique(found[:, k])) > 400
    assert drawn[0].parameters["mu"].source == p.parameters["mu"].source
    assert drawn[7].name == f"{p.name}, draw 7"
    assert drawn == p.draws(1001, np.random.default_rng(1))


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "3"])
def test_no_draws_are_an_error(count: Any) -> None:
    with pytest.raises(ValueRangeError, match="whole number of 1 or more"):
        preset("short_run").draws(count, np.random.default_rng(1))


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


# --- solved -------------------------------------------------------------------------------------


def test_a_ban_hurts_its_target_less_as_time_passes() -> None:
    """Crude of one country banned everywhere: the target loses less from preset to preset."""
    world = small.make_world()
    ban = np.zeros(world.trade_share.shape, dtype=bool)
    target, crude = world.regions.index("IRN"), world.sectors.index("crude")
    ban[target, :, crude] = True
    ban[target, target, crude] = False
    lost = []
    for p in ALL:
        economy = Economy.from_preset(p)
        solution = ep.solve(world, economy, ep.Shock(ban=ban))
        lost.append(1 - float(solution.results().welfare.sel(region="IRN")))
    assert all(early > late > 0 for early, late in itertools.pairwise(lost))
    long_run = ep.solve(world, Economy.long_run(), ep.Shock(ban=ban)).results()
    assert lost[-1] == 1 - float(long_run.welfare.sel(region="IRN"))
