"""Sweeps and the casebook."""
