"""Statements on single pairs add up to what is published for whole economies and the world."""

from __future__ import annotations

import numpy as np
import pytest

from entrepot.channels.payments.algebra import use_of
from entrepot.channels.payments.baseline import baseline_rails
from entrepot.channels.payments.rails import Rails
from entrepot.world.bundle import load_world


@pytest.fixture(scope="module")
def rails() -> dict[str, Rails]:
    return {year: baseline_rails(load_world(year)) for year in ("2017", "2023")}


def share(rails: Rails, economy: str, names: tuple[str, ...], way: str) -> float:
    """Part of the exports, imports or both of `economy` that is settled over `names`."""
    i, over = rails.economies.index(economy), np.isin(np.array(rails.rails), names)
    value, settled = np.zeros(2), np.zeros(2)
    for k, cells in enumerate(((i,), (slice(None), i))):
        value[k] = rails.value[cells].sum()
        settled[k] = (rails.value[cells] * rails.share[cells][..., over].sum(axis=-1)).sum()
    at = {"exports": [0], "imports": [1], "both": [0, 1]}[way]
    return float(settled[at].sum() / value[at].sum())


@pytest.mark.parametrize(
    ("year", "economy", "names", "way", "low", "high"),
    [
        # HSBC: 10 to 15 % of goods trade in 2017-2021; People's Bank of China: 24.4 and 26 %
        ("2017", "CHN", ("renminbi",), "both", 0.10, 0.15),
        ("2023", "CHN", ("renminbi",), "both", 0.22, 0.27),
        # Federal Reserve: 96 % of invoices of exports of the Americas
        ("2017", "USA", ("dollar",), "exports", 0.94, 0.98),
        # Bank of Russia: 68.2 and 15.6 % in 2017; 30 and 32 % for both currencies in June 2023
        ("2017", "RUS", ("dollar",), "exports", 0.60, 0.72),
        ("2017", "RUS", ("euro",), "exports", 0.13, 0.20),
        ("2023", "RUS", ("dollar", "euro"), "exports", 0.20, 0.34),
        ("2023", "RUS", ("dollar", "euro"), "imports", 0.24, 0.36),
        # Bank of Korea: 84.5 and 80.2 % in 2018; Reserve Bank of India: 88 and 86 %
        ("2017", "KOR", ("dollar",), "exports", 0.80, 0.88),
        ("2017", "KOR", ("dollar",), "imports", 0.75, 0.84),
        ("2017", "IND", ("dollar",), "exports", 0.80, 0.90),
        # oil revenue in dollars; no dollars of Iran through the United States since 2008
        ("2017", "IRQ", ("dollar",), "exports", 0.95, 1.0),
        ("2017", "IRN", ("dollar",), "both", 0.0, 0.1),
    ],
)
def test_an_economy(rails: dict[str, Rails], year: str, economy: str, names: tuple[str, ...],
                    way: str, low: float, high: float) -> None:  # fmt: skip
    assert low <= share(rails[year], economy, names, way) <= high


def test_the_world(rails: dict[str, Rails]) -> None:
    """54 % of invoices in dollars and 30 % in euro is the usual estimate; renminbi rises."""
    use = {y: dict(zip(r.rails, use_of(r.value, r.share), strict=True)) for y, r in rails.items()}
    for now in use.values():
        assert 0.50 <= now["dollar"] <= 0.62
        assert 0.24 <= now["euro"] <= 0.34
    assert use["2023"]["renminbi"] > 1.5 * use["2017"]["renminbi"]
    assert use["2023"]["dollar"] < use["2017"]["dollar"]
