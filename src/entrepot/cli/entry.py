"""Entry point of the command: an interruption while the program still loads is no traceback."""

from __future__ import annotations

import sys


def main() -> None:
    """Load and run the command line."""
    try:
        from entrepot.cli.main import app

        app()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)
