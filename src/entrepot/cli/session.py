"""What every verb shares: errors to exit status, and the compilation cache."""

from __future__ import annotations

import errno
import functools
import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from entrepot.core.errors import BundleError, EntrepotError, InputError

CERTIFIED, FAILED, BAD_INPUT, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors raised on purpose, and Ctrl-C, into a message and an exit status."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        _prepare_streams()
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
            raise _interrupted() from None
        except BrokenPipeError:
            _drop_output()
            raise typer.Exit(CERTIFIED) from None
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            _drop_output()
            typer.echo("Error: the output cannot be written: no space left.", err=True)
            raise typer.Exit(FAILED) from None
        except RuntimeError as error:
            if isinstance(error.__cause__, KeyboardInterrupt):  # Python wraps some of them
                raise _interrupted() from None
            raise

    return run


def _interrupted() -> typer.Exit:
    typer.echo("Interrupted; no half-written result is left.", err=True)
    return typer.Exit(INTERRUPTED)


def _prepare_streams() -> None:
    """Survive a closed output, a terminal that knows few letters, and a polite kill."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for the whole process
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))


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
