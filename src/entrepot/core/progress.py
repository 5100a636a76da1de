"""News of a long piece of work: one kind of callback for everything that takes one."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[str, int, int], None]
"""Called with (what, done, total) as parts of the work finish."""


def report_nothing(what: str, done: int, total: int) -> None:
    """Take the news of a long piece of work and do nothing."""
