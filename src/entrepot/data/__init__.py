"""Outside tables: readers with assertions, terms and hashes."""
