"""``entrepot case``: list, show, run."""
