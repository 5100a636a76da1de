"""Equations and parameters."""
