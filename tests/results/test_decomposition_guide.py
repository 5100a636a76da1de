"""The guide to the decomposition names every channel and instrument."""

from __future__ import annotations

from pathlib import Path

from entrepot.results.decomposition_channels import CHANNELS
from entrepot.study.attribution import CLOSURE, INSTRUMENTS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "decomposition.md"


def test_the_guide_names_every_channel_and_instrument() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert not [n for n in (*CHANNELS, *INSTRUMENTS, CLOSURE) if f"`{n}`" not in text]
