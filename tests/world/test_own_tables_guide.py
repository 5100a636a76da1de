"""The guide to users' own tables: its code runs from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "own_tables.md"


def test_the_code_of_the_guide_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.S)
    assert len(blocks) >= 5
    scope: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), scope)
    assert scope["mine"].meta["iot"]["stock_changes"]["taken_from_stocks"] < 0
    assert scope["result"].welfare.values[0] < 1
    assert scope["mrio"].regions[0] == "reg1"
