"""`Results`: labelled numbers from a certified solution."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from entrepot.core.dims import REGION_SECTOR, TRADE
from entrepot.results.decomposition import decompose
from entrepot.results.labelled import HAT, compared, labelled
from entrepot.results.save import save_results
from entrepot.results.welfare import first_order_welfare, leisure_welfare, terms_of_trade
from entrepot.solving.hats import HATS
from entrepot.solving.solution import Solution

REGION = ("region",)
PER_REGION = ("welfare", "real_income", "real_wage", "price_index", "factor_price",
              "terms_of_trade")  # fmt: skip


class Results:
    """What a certified solution means, as labelled arrays.

    One-index results are hats (1 = no change) over ``region``; `trade_flows`, `output`, `income`,
    `exports`, `imports` and `tariff_revenue` are datasets with ``baseline``, ``counterfactual``,
    ``hat`` and ``percent``.  Money is mn USD of the base year with world factor income as
    numeraire.

    Attributes
    ----------
    solution : the certified solution

    """

    def __init__(self, solution: Solution) -> None:
        """Keep a certified solution; raises `NotSolvedError` for any other."""
        self._state = solution.certified()
        self.solution = solution
        self._flows = solution.world.trade_flows(), self._state.trade

    def __repr__(self) -> str:
        """Name the world and the certificate."""
        world, solution = self.solution.world.name, self.solution
        assert solution.certificate is not None
        return f"<Results on world {world!r}, largest gap {solution.certificate.worst[1]:.1e}>"

    def _hat(self, values: np.ndarray, name: str, title: str) -> xr.DataArray:
        return labelled(self.solution.world, values, REGION, name, title, HAT)

    @property
    def welfare(self) -> xr.DataArray:
        """Real final expenditure per baseline household, I'/P' over I/P (equivalent variation)."""
        return self._hat(
            HATS["welfare"](self.solution), "welfare", "Welfare (real gross national expenditure)"
        )

    @property
    def real_income(self) -> xr.DataArray:
        """Factor income and tax revenue, without transfers, over the price of final goods."""
        return self._hat(
            HATS["real_income"](self.solution), "real_income", "Real income before transfers"
        )

    @property
    def real_wage(self) -> xr.DataArray:
        """Factor price over the price of final goods."""
        return self._hat(
            HATS["real_wage"](self.solution), "real_wage", "Real factor price (real wage)"
        )

    @property
    def price_index(self) -> xr.DataArray:
        """Price of the final bundle, tariffs included."""
        return self._hat(
            HATS["price_index"](self.solution), "price_index", "Price of final expenditure"
        )

    @property
    def factor_price(self) -> xr.DataArray:
        """Price of the factor bundle; world factor income is the numeraire."""
        return self._hat(HATS["factor_price"](self.solution), "factor_price", "Factor price")

    @property
    def employment(self) -> xr.DataArray:
        """Quantity of factors in use; 1 unless their supply is elastic."""
        return self._hat(self._state.employment, "employment", "Employment")

    def welfare_with_leisure(self, *, published: bool = False) -> xr.DataArray:
        """Welfare less the cost of effort, where the supply of factors is elastic (hat).

        `published` is the formula that Ignatenko and others (2025) print (see
        `entrepot.results.welfare.leisure_welfare`).
        """
        value = leisure_welfare(self.solution.problem, self._state, published=published)
        return self._hat(value, "welfare_with_leisure", "Welfare less the cost of effort")

    @property
    def terms_of_trade(self) -> xr.DataArray:
        """Export prices over import prices, benchmark trade weights."""
        value = terms_of_trade(self.solution.world, self._state, self.solution.shock)
        return self._hat(value, "terms_of_trade", "Terms of trade")

    @property
    def sector_price(self) -> xr.DataArray:
        """Price index of each sector in each region, tariffs included (hat)."""
        world = self.solution.world
        title = "Price index by sector"
        return labelled(world, self._state.price, REGION_SECTOR, "sector_price", title, HAT)

    @property
    def trade_flows(self) -> xr.Dataset:
        """Trade by origin, dest and sector at world prices (import tariffs not included)."""
        before, after = self._flows
        return compared(self.solution.world, before, after, TRADE, "Trade at world prices")

    @property
    def output(self) -> xr.Dataset:
        """Output by region and sector at producer prices, net of entry costs if there are any."""
        world, before = self.solution.world, self.solution.problem.kept_sales
        return compared(world, before, self._state.output, REGION_SECTOR, "Gross output")

    @property
    def income(self) -> xr.Dataset:
        """Nominal final expenditure: factor income, tax revenue and net transfer."""
        world = self.solution.world
        before = world.accounts().income
        return compared(world, before, self._state.income, REGION, "Final expenditure")

    @property
    def tariff_revenue(self) -> xr.Dataset:
        """Import tariff revenue."""
        world = self.solution.world
        before = world.accounts().tariff_revenue
        return compared(world, before, self._state.tariff_revenue, REGION, "Tariff revenue")

    @property
    def profits(self) -> xr.Dataset:
        """Profits by region; zero unless the economy has a profit share."""
        world, before = self.solution.world, self.solution.problem.profits.sum(axis=1)
        return compared(world, before, self._state.profits, REGION, "Profits")

    @property
    def exports(self) -> xr.Dataset:
        """Exports by region and sector, at world prices, without sales at home."""
        return self._across_border(axis=1, title="Exports")

    @property
    def imports(self) -> xr.Dataset:
        """Imports by region and sector, at world prices, without purchases at home."""
        return self._across_border(axis=0, title="Imports")

    def _across_border(self, axis: int, title: str) -> xr.Dataset:
        world = self.solution.world
        abroad = ~np.eye(len(world.regions), dtype=bool)[:, :, None]
        before, after = ((flow * abroad).sum(axis=axis) for flow in self._flows)
        return compared(world, before, after, REGION_SECTOR, title)

    def first_order_welfare(self) -> xr.DataArray:
        """Welfare by the first-order formula of Caliendo and Parro (2015), as a hat.

        Its two parts stand beside it as coordinates ``terms_of_trade`` and ``volume_of_trade``
        (hats too; their changes add up to the total).  The exact change is `welfare`.
        """
        terms, volume = first_order_welfare(self.solution.world, self._state, self.solution.shock)
        title = "First-order welfare (Caliendo and Parro 2015, Table 2)"
        total = self._hat(1 + terms + volume, "first_order_welfare", title)
        return total.assign_coords(
            terms_of_trade=("region", 1 + terms), volume_of_trade=("region", 1 + volume)
        )

    def decomposition(self, **options: Any) -> xr.Dataset:
        """Exact change of welfare by channel (see `entrepot.results.decomposition.decompose`)."""
        return decompose(self.solution, **options)

    def regions(self) -> xr.Dataset:
        """All one-index results together."""
        return xr.Dataset({name: getattr(self, name) for name in PER_REGION})

    def to_frame(self) -> pd.DataFrame:
        """One row per region, one column per one-index result (hats)."""
        frame: pd.DataFrame = self.regions().to_dataframe()
        return frame

    def save(self, folder: str | Path, **about: Any) -> Path:
        """Write netCDF, Parquet and a manifest into `folder` (see `save_results`)."""
        return save_results(self, folder, about)
