"""Entry point of the command: an interruption while the program still loads is no traceback."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Load and run the command line."""
    # Systems of equations are small here: on a busy machine threads only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from entrepot.cli.main import app

        app()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)
