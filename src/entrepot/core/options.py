"""Numbers that a user may choose: of the right kind and inside their range, or an error by name."""

from __future__ import annotations

from numbers import Integral, Real

from entrepot.core.errors import InputError, ValueRangeError


def check_whole(given: object, name: str, least: int) -> None:
    """Refuse what is no whole number of `least` or more."""
    whole = isinstance(given, Integral) and not isinstance(given, bool)
    if not whole or given < least:  # type: ignore[operator]  # whole says that it is a number
        raise ValueRangeError(f"{name} is {given!r}; allowed is a whole number of {least} or more.")


def check_share(given: object, name: str, *, below: float = 1.0, remedy: str = "") -> None:
    """Refuse what is no number from 0 to less than `below`; `remedy` says what to write."""
    number = isinstance(given, Real) and not isinstance(given, bool)
    if not number or not 0 <= given < below:  # type: ignore[operator]  # number says that it is
        raise ValueRangeError(
            f"{name} is {given!r}; allowed is a number from 0 to less than {below:g}.{remedy}"
        )


def check_kind(given: object, name: str, kind: type, remedy: str) -> None:
    """Refuse what is no `kind`; `remedy` says how to come by one."""
    if not isinstance(given, kind):
        raise InputError(f"{name} is a {type(given).__name__}; {remedy}")
