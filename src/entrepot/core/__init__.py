"""Foundations: dimensions, units, exact labels, errors, hashing, safe files."""
