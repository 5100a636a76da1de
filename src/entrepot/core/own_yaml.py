"""YAML files of the package itself."""

from __future__ import annotations

from typing import Any, Final

import yaml

OWN_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where it is there: ten times as fast, but it dies on lists that are nested very deeply,
so that a user's file goes through the loader in Python."""


def read_own(text: str) -> Any:
    """Content of `text`, YAML out of a file of the package."""
    return yaml.load(text, Loader=OWN_LOADER)
