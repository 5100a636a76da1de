"""Binds world, model and shock; certifies."""
