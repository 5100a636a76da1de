"""What every verb shares: errors to exit status, and the compilation cache."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from entrepot.core.errors import BundleError, EntrepotError, InputError

CERTIFIED, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors raised on purpose, and Ctrl-C, into a message and an exit status."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except (InputError, BundleError) as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(BAD_INPUT) from None
        except EntrepotError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(FAILED) from None
        except KeyboardInterrupt:
            typer.echo("Interrupted; nothing was written.", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _drop_output()
            raise typer.Exit(CERTIFIED) from None

    return run


def _drop_output() -> None:
    """Nobody reads on (``| head``): send the rest nowhere, so that Python ends in silence."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
    if not os.access(folder, os.W_OK):
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
