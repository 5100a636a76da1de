"""Measures become shocks."""
