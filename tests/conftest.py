"""Fixtures for every test: one small world with all features."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

# Code compiled for one test is used again by the others, by other workers and by later runs.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", f"{tempfile.gettempdir()}/entrepot-tests")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
sys.path.insert(0, str(Path(__file__).parent))

import worlds

from entrepot.world.world import World


@pytest.fixture(scope="session")
def tiny_world() -> World:
    """Five economies of very different size, four sectors, zeros, taxes and deficits."""
    return worlds.world(6)


@pytest.fixture(scope="session")
def goldens() -> Path:
    """Folder of published inputs, beside the checkout."""
    root = Path(__file__).resolve().parents[2] / "shared" / "goldens"
    if not root.is_dir():
        pytest.skip("input absent")
    return root
