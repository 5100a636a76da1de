"""The time since the shock that a verb is asked about: a preset by name, or a number of months."""

from __future__ import annotations

from entrepot.core.errors import InputError, did_you_mean
from entrepot.model.presets import Preset, at, preset

LONG_RUN = "long_run"
MODELS = ("one", "all")


def preset_from(horizon: str | None, months: float | None) -> Preset:
    """Return the preset called `horizon`, or that of `months`; the long run if neither is given.

    Raises
    ------
    InputError : both are given
    ValueRangeError : there is no such preset, or `months` is negative

    """
    if horizon is not None and months is not None:
        raise InputError(
            f"--horizon {horizon} and --months {months:g} both say how much time has passed. Give "
            "one of them."
        )
    return preset(horizon or LONG_RUN) if months is None else at(months)


def find_models(text: str) -> bool:
    """Whether `text` asks for every model beside the chosen one.

    Raises
    ------
    InputError : it is neither "one" nor "all"

    """
    if text not in MODELS:
        raise InputError(
            f"--models is '{text}'; allowed is {' or '.join(MODELS)}.{did_you_mean(text, MODELS)} "
            "For a single time since the shock use --horizon or --months."
        )
    return text == "all"
