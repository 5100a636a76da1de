"""An open laboratory for economic sanctions.

``import entrepot as ep`` is light: the public names of `entrepot.api` are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entrepot.api import *  # noqa: F403 - the door says what it offers

__version__ = version("entrepot")


def __getattr__(name: str) -> Any:
    """Load a public name from `entrepot.api` (PEP 562)."""
    if name.startswith("__"):
        raise AttributeError(name)
    api = import_module("entrepot.api")
    if name not in api.__all__:
        raise AttributeError(f"module 'entrepot' has no attribute {name!r}")
    return getattr(api, name)


def __dir__() -> list[str]:
    """Public names, for completion."""
    return ["__version__", *import_module("entrepot.api").__all__]
