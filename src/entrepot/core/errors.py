"""Every error that Entrepot raises, as one tree.

::

    EntrepotError
    ├── InputError            what a user handed over cannot be used
    │   ├── LabelError        labels are missing, extra, misspelt or in the wrong case
    │   ├── ValueRangeError   a number is NaN, negative, not a rate, does not add up ...
    │   ├── IdentityError     the accounting of a benchmark does not hold
    │   ├── ScenarioError     a scenario file breaks the schema or contradicts itself
    │   ├── CaseError         a case file breaks the schema, or there is no such case
    │   └── SourceError       an outside source changed shape, lost rows or is not there
    ├── BundleError           a bundled or saved file is corrupt, or of another version
    ├── OutputError           a result cannot be written where it was asked for
    └── NotSolvedError        a solve gave no certified result

A message says what, where, what was found, what is allowed and what to do, and ends with a
full stop.  `problems` lists every single problem when there are several: everything is
checked before anything is raised.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class EntrepotError(Exception):
    """Base class: catching it catches everything Entrepot raises on purpose."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        """Keep the message, and the single problems behind it."""
        super().__init__(message)
        self.problems: tuple[str, ...] = tuple(problems) or (message,)

    @classmethod
    def collect(cls, heading: str, problems: Sequence[str]) -> EntrepotError:
        """One error of this class out of several problems, one a line."""
        if len(problems) == 1:
            return cls(f"{heading}: {problems[0]}", problems)
        lines = "\n".join(f"  - {p}" for p in problems)
        return cls(f"{heading}: {len(problems)} problems.\n{lines}", problems)


class InputError(EntrepotError, ValueError):
    """What a user handed over cannot be used."""


class LabelError(InputError):
    """Labels are missing, extra, repeated, misspelt or in the wrong case."""


class ValueRangeError(InputError):
    """A number lies outside what its parameter allows."""


class IdentityError(InputError):
    """The accounting identities of a benchmark economy do not hold."""


class ScenarioError(InputError):
    """A scenario file breaks the schema, or two of its measures contradict each other."""


class CaseError(InputError):
    """A case file breaks the schema, or names what does not exist."""


class SourceError(InputError):
    """An outside source is missing, changed shape, or fails an assertion on its content."""


class BundleError(EntrepotError):
    """A bundled or saved file is corrupt, truncated, or written by another version."""


class OutputError(EntrepotError, OSError):
    """A result cannot be written where it was asked for."""


class NotSolvedError(EntrepotError):
    """A solve ended without a certified result; the message carries cause and remedy."""


def did_you_mean(word: object, allowed: Iterable[str]) -> str:
    """Return ` Did you mean 'X'?` for the nearest allowed word, or nothing."""
    if not isinstance(word, str):
        return ""
    pool = list(allowed)
    for candidate in pool:
        if candidate.lower() == word.lower():
            return f" Did you mean '{candidate}'?"
    close = difflib.get_close_matches(word, pool, n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""
