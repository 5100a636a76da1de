"""Fixtures for every test: one small world with all features, and the inputs beside the checkout.

A check against outside inputs takes the fixture `goldens` or `raw_root`.  Where the folder is
absent the check is skipped; where the folder is there and a file in it is not, the check fails.
The last lines of a test run say how many of these checks ran.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# Code compiled for one test is used again by the others, by other workers and by later runs.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", f"{tempfile.gettempdir()}/entrepot-tests")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
# Small systems of equations: threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

import outside
import worlds

from entrepot.world.world import World

# The same worlds every time, so that a failure is about the change under test.  New ones:
# pytest --hypothesis-profile=explore
settings.register_profile("steady", derandomize=True)
settings.register_profile("explore", derandomize=False, print_blob=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def tiny_world() -> World:
    """Five economies of very different size, four sectors, zeros, taxes and deficits."""
    return worlds.world(6)


@pytest.fixture(scope="session")
def goldens() -> Path:
    """Folder of published inputs, beside the checkout."""
    return outside.folder_beside("goldens")


@pytest.fixture(scope="session")
def raw_root() -> Path:
    """Folder of raw data, beside the checkout."""
    return outside.folder_beside("data")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the checks against outside inputs, for the count at the end."""
    for item in items:
        if set(outside.FIXTURES) & set(getattr(item, "fixturenames", ())):
            item.user_properties.append(("outside", True))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many outside checks ran, so that a run without inputs cannot pass for a full one."""
    if line := outside.summary(terminalreporter.stats):
        terminalreporter.write_line(line)
