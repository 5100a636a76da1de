"""A progress bar on standard error for anything that takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn


@contextmanager
def progress_bar(what: str, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function (what, done, total) that moves the bar; off a terminal nothing shows."""
    columns = (TextColumn("{task.description}"), BarColumn())
    console = Console(stderr=True)
    hidden = quiet or not console.is_terminal
    with Progress(*columns, transient=True, console=console, disable=hidden) as bar:
        task = bar.add_task(what, total=None)

        def move(text: str, done: int, total: int) -> None:
            bar.update(task, description=text, completed=done, total=total)

        yield move
