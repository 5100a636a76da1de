"""The guide to the decomposition: its code runs, and it names every channel and instrument."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from entrepot.results.decomposition_channels import CHANNELS
from entrepot.study.attribution import CLOSURE, INSTRUMENTS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "decomposition.md"


def test_the_code_of_the_guide_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.S)
    assert blocks
    scope: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), scope)
    total = 100 * np.log(scope["run"].results.welfare.values)
    for name, dim in (("channels", "channel"), ("measures", "measure"),
                      ("instruments", "instrument")):  # fmt: skip
        assert np.max(np.abs(scope[name].log_points.sum(dim).values - total)) < 1e-10


def test_the_guide_names_every_channel_and_instrument() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert not [n for n in (*CHANNELS, *INSTRUMENTS, CLOSURE) if f"`{n}`" not in text]
