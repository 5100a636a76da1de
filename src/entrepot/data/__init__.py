"""Outside tables: readers with assertions, terms and hashes.

`manifest` says how to add a source; every reader returns a `Table`.
"""
