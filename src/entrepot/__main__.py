"""``python -m entrepot``."""

from entrepot.cli.entry import main

main()
