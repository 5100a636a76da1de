"""Entry point of the command: an interruption while the program still loads is no traceback."""

from __future__ import annotations

import gc
import os
import sys

THRESHOLDS = (10_000, 20, 10)
"""Objects between two searches for garbage among the young, and how often among the others.

Python's (700, 10, 10) costs a start 0.2 s more and saves no memory.
"""


def main() -> None:
    """Load and run the command line."""
    # Systems of equations are small here: on a busy machine threads only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Looking for plugins of pydantic reads the metadata of every installed package: 0.1 s of 100.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(*THRESHOLDS)
    try:
        from entrepot.cli.main import app

        app()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)
    finally:
        # All memory goes back at once: Python's last search for garbage would take 10 % of a run.
        gc.freeze()
