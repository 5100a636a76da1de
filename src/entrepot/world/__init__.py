"""The benchmark economy."""
