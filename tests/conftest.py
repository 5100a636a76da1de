"""Fixtures for every test: one small world with all features, and the inputs beside the checkout.

A check against outside inputs takes the fixture `goldens` or `raw_root`.  Where the folder is
absent the check is skipped; where the folder is there and a file in it is not, the check fails.
The last lines of a test run say how many of these checks ran.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
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


BESIDE = Path(__file__).resolve().parents[2] / "shared"
OUTSIDE = ("goldens", "raw_root")


def folder_beside(name: str) -> Path:
    if not (BESIDE / name).is_dir():
        pytest.skip("input absent")
    return BESIDE / name


@pytest.fixture(scope="session")
def goldens() -> Path:
    """Folder of published inputs, beside the checkout."""
    return folder_beside("goldens")


@pytest.fixture(scope="session")
def raw_root() -> Path:
    """Folder of raw data, beside the checkout."""
    return folder_beside("data")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the checks against outside inputs, for the count at the end."""
    for item in items:
        if set(OUTSIDE) & set(getattr(item, "fixturenames", ())):
            item.user_properties.append(("outside", True))


def outside_line(stats: Mapping[str, Sequence[object]]) -> str:
    """How many checks against outside inputs ran; empty if none was chosen."""
    found = {
        name: sum(
            ("outside", True) in getattr(r, "user_properties", ()) for r in stats.get(name, ())
        )
        for name in ("passed", "failed", "error", "skipped")
    }
    ran = found["passed"] + found["failed"] + found["error"]
    if not ran + found["skipped"]:
        return ""
    bad = f", {found['failed'] + found['error']} of them failed" if ran > found["passed"] else ""
    absent = f"; {found['skipped']} skipped, input absent" if found["skipped"] else ""
    return f"checks against outside inputs: {ran} ran{bad}{absent}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many outside checks ran, so that a run without inputs cannot pass for a full one."""
    if line := outside_line(terminalreporter.stats):
        terminalreporter.write_line(line)
