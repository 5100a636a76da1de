"""Checks against outside inputs: skipped only where the whole folder is absent, and counted."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from outside import BESIDE, FIXTURES, folder_beside, summary

TESTS = Path(__file__).parents[1]


def report(outside: bool) -> SimpleNamespace:
    return SimpleNamespace(user_properties=[("outside", True)] if outside else [])


def test_only_the_folder_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("outside.BESIDE", tmp_path)
    with pytest.raises(pytest.skip.Exception, match="input absent"):
        folder_beside("goldens")
    (tmp_path / "goldens").mkdir()
    assert folder_beside("goldens") == tmp_path / "goldens"


def test_no_other_test_skips_or_looks_beside_the_checkout() -> None:
    """A skip that looked at one file would hide that the file is missing."""
    found = [
        f"{path.relative_to(TESTS)}:{number}"
        for path in sorted(TESTS.rglob("*.py"))
        if path != TESTS / "outside.py" and path.parent.name != "house"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(r"pytest\.skip\(|skipif|importorskip|/ \"shared\"", line)
    ]
    assert not found


def test_the_count_is_of_outside_checks_alone() -> None:
    both = [report(True), report(False), report(True)]
    assert summary({"passed": both}) == "checks against outside inputs: 2 ran"
    line = summary({"passed": both, "failed": [report(True)], "skipped": both})
    assert line.endswith("3 ran, 1 of them failed; 2 skipped, input absent")
    assert summary({"passed": [report(False)]}) == ""


def test_the_fixtures_are_those_that_are_counted(request: pytest.FixtureRequest) -> None:
    assert FIXTURES == ("goldens", "raw_root")
    assert BESIDE.name == "shared"
    assert ("outside", True) not in request.node.user_properties
