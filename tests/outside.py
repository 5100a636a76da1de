"""Inputs that lie beside the checkout, and the count of the checks that use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared"
FIXTURES = ("goldens", "raw_root")


def folder_beside(name: str) -> Path:
    if not (BESIDE / name).is_dir():
        pytest.skip("input absent")
    return BESIDE / name


def summary(stats: Mapping[str, Sequence[object]]) -> str:
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
