"""What every verb shares: errors to exit status, the compilation cache, tables and JSON."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from entrepot.core.errors import EntrepotError, InputError

CERTIFIED, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors raised on purpose, and Ctrl-C, into a message and an exit status."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except InputError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(BAD_INPUT) from None
        except EntrepotError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(FAILED) from None
        except KeyboardInterrupt:
            typer.echo("Interrupted; nothing was written.", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(CERTIFIED) from None

    return run


def use_compilation_cache() -> None:
    """Keep compiled code in the user's cache folder, so that the next start is quick.

    Only the command line does this; the library leaves JAX's settings alone.
    """
    import jax
    import platformdirs

    if os.environ.get("JAX_COMPILATION_CACHE_DIR"):
        return
    folder = Path(platformdirs.user_cache_dir("entrepot")) / "compiled"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def print_json(content: Any) -> None:
    """Print plain data as JSON."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False, default=str))


def print_table(rows: list[dict[str, Any]], title: str) -> None:
    """Print rows with the same keys as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for key in rows[0] if rows else ():
        numeric = isinstance(rows[0][key], int | float)
        table.add_column(key, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell(v) for v in row.values()))
    Console().print(table)


def cell(value: Any) -> str:
    """Text of one table cell."""
    if isinstance(value, float):
        return "" if value != value else f"{value:,.4g}"
    return "" if value is None else str(value)
