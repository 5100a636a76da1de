"""Fixtures for every test: one small world with all features."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

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
