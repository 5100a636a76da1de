"""The file of presets: a closed schema, read from the package, a user's file or a mapping."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from entrepot.core.errors import InputError, did_you_mean
from entrepot.core.own_yaml import read_own

FORMAT = "entrepot-presets/1"
PRESET_NAMES = ("very_short_run", "short_run", "medium_run", "long_run")


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ParameterEntry(_Closed):
    """One parameter of one preset; `source` begins with "assumed" where no study gives it."""

    value: float
    low: float
    high: float
    source: str = Field(pattern=r"\S")

    @model_validator(mode="after")
    def _ordered(self) -> ParameterEntry:
        if not 0 <= self.low <= self.value <= self.high:
            raise ValueError(
                f"found low {self.low:g}, value {self.value:g}, high {self.high:g}; allowed is "
                "0 <= low <= value <= high. Put them in order."
            )
        return self


class PresetEntry(_Closed):
    """One preset: the months since the shock for which its values hold, and the values."""

    title: str
    months: float = Field(gt=0, allow_inf_nan=False)
    theta_ratio: ParameterEntry
    epsilon: ParameterEntry
    mu: ParameterEntry
    sigma: ParameterEntry
    kappa: ParameterEntry

    @model_validator(mode="after")
    def _finite(self) -> PresetEntry:
        for name in ("theta_ratio", "epsilon", "mu", "sigma"):
            if math.isinf(getattr(self, name).high):
                raise ValueError(f"{name} is infinite; only kappa may be. Give a finite number.")
        if self.theta_ratio.low == 0:
            raise ValueError("theta_ratio is 0; trade elasticities are positive. Raise low.")
        return self


class PresetFile(_Closed):
    """All presets, in the order of time."""

    format: Literal["entrepot-presets/1"]
    very_short_run: PresetEntry
    short_run: PresetEntry
    medium_run: PresetEntry
    long_run: PresetEntry

    @model_validator(mode="after")
    def _in_order(self) -> PresetFile:
        months = [getattr(self, name).months for name in PRESET_NAMES]
        if any(a >= b for a, b in pairwise(months)):
            said = ", ".join(f"{n} {m:g}" for n, m in zip(PRESET_NAMES, months, strict=True))
            raise ValueError(f"months must rise from preset to preset; found {said}. Correct them.")
        return self


class _OnceLoader(yaml.SafeLoader):
    """YAML in which a key that is given twice is an error, not silently the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key '{key}' is given twice", problem_mark=node.start_mark
                )
        return super().construct_mapping(node, deep)


@cache
def _bundled() -> Mapping[str, Any]:
    text = files("entrepot.model").joinpath("presets.yaml").read_text("utf-8")
    found: dict[str, Any] = read_own(text)
    return found


@cache
def bundled_presets() -> PresetFile:
    """Return the presets of the package."""
    return PresetFile.model_validate(_bundled())


def read_presets(source: str | Path | Mapping[str, Any] | None = None) -> PresetFile:
    """Read presets and check them.

    Parameters
    ----------
    source : None for those of the package; the path of a YAML file or a mapping with the same
        schema.  A preset or parameter that it leaves out keeps the package's entry; a parameter
        is replaced as a whole, with its range and source.

    Raises
    ------
    InputError : the file cannot be read or breaks the schema; every problem is listed

    """
    if source is None:
        return bundled_presets()
    if not isinstance(source, Mapping | str | Path):
        raise InputError(
            f"source is a {type(source).__name__}; allowed is the path of a YAML file of presets, "
            "or a mapping with the same keys."
        )
    name = "The mapping of presets" if isinstance(source, Mapping) else f"'{source}'"
    given = source if isinstance(source, Mapping) else _parsed(Path(source))
    try:
        return PresetFile.model_validate(_filled(given))
    except ValidationError as error:
        problems = [_sentence(e) for e in error.errors()]
        raise InputError.collect(f"{name} cannot be used as presets", problems) from error


def _parsed(path: Path) -> Mapping[str, Any]:
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=_OnceLoader)
    except OSError as error:
        raise InputError(
            f"'{path}' cannot be read: {error.strerror}. Give the path of a YAML file of presets."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"'{path}' is not YAML: {reason}. Correct it there.") from error
    if not isinstance(data, Mapping):
        raise InputError(
            f"'{path}' holds {type(data).__name__}, not a mapping. Write `format: {FORMAT}` and "
            f"below it any of {', '.join(PRESET_NAMES)}."
        )
    return data


def _filled(given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` over the entries of the package, preset by preset and parameter by parameter."""
    out = dict(_bundled())
    for name, body in given.items():
        known = out.get(name)
        both = isinstance(known, Mapping) and isinstance(body, Mapping)
        out[name] = {**known, **body} if both else body  # type: ignore[dict-item]  # both is a test
    return out


def _allowed(path: tuple[Any, ...]) -> list[str]:
    models: tuple[type[BaseModel], ...] = (PresetFile, PresetEntry, ParameterEntry)
    return list(models[min(len(path), len(models)) - 1].model_fields)


def _sentence(error: ErrorDetails) -> str:
    """What pydantic found wrong, where, and what to do."""
    path = error["loc"]
    where = ".".join(str(part) for part in path) or "presets"
    kind, found = error["type"], error["input"]
    if kind == "extra_forbidden":
        allowed = _allowed(path)
        hint = did_you_mean(str(path[-1]), allowed)
        return f"{where}: unknown key.{hint} Allowed are {', '.join(allowed)}."
    if kind == "missing":
        return f"{where}: this key is missing. Write it."
    if kind == "value_error":
        return f"{where}: {error['ctx']['error']}"
    if kind == "literal_error":
        return f"{where}: found {found!r}; allowed is {FORMAT!r}. Correct it."
    if kind == "string_pattern_mismatch":
        return f"{where}: it is empty. Name the study and its address, or write 'assumed'."
    wanted = "text" if kind == "string_type" else "a mapping" if "model" in kind else "a number"
    if path and path[-1] == "months":
        wanted = "a positive, finite number"
    remedy = (
        "In YAML infinity is .inf and 1e-3 is 1.0e-3." if wanted == "a number" else "Correct it."
    )
    return f"{where}: found {found!r}; allowed is {wanted}. {remedy}"
