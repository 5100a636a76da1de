"""``python -m entrepot``."""

from entrepot.cli.main import app

app()
