"""`World`: a labelled benchmark economy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from entrepot.core.dims import INPUT_OUTPUT, REGION_SECTOR, TRADE
from entrepot.core.hashing import hash_arrays
from entrepot.core.labels import align, check_unique, is_single
from entrepot.world.about import checked_about
from entrepot.world.benchmark import Accounts, Shares, accounts
from entrepot.world.checks import SHARES, check_balances, check_primitives, normalise
from entrepot.world.iot_arrays import TableUses, table_arrays
from entrepot.world.merge import (
    Groups,
    grouping,
    international_trade,
    merged_arrays,
    merged_flags,  # fmt: skip
    merged_meta,
    merged_theta,
)
from entrepot.world.pooling import aligned_uses, merged_uses, use_labels

Balance = Literal["check", "adjust"]

FIELD_DIMS: dict[str, tuple[str, ...]] = {
    "trade_share": TRADE,
    "input_share": INPUT_OUTPUT,
    "value_added_share": REGION_SECTOR,
    "final_share": REGION_SECTOR,
    "value_added": ("region",),
    "trade_balance": ("region",),
    "tariff": TRADE,
    "export_tax": TRADE,
    "theta": ("sector",),
    "expenditure": REGION_SECTOR,
}

USE_DIMS: dict[str, tuple[str, ...]] = {
    "use_share": (*TRADE, "use"),
    "use_expenditure": (*REGION_SECTOR, "use"),
}
"""Fields of worlds with uses; None in pooled ones."""

PROVENANCE: dict[int, str] = {1: "observed", 2: "mirrored", 3: "proxied", 4: "assumed"}


def _labels(
    regions: tuple[str, ...], sectors: tuple[str, ...], uses: tuple[str, ...] = ()
) -> dict[str, tuple[str, ...]]:
    places = dict.fromkeys(("region", "origin", "dest"), regions)
    return places | dict.fromkeys(("sector", "input"), sectors) | ({"use": uses} if uses else {})


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A benchmark economy: shares, balances and taxes whose accounting holds.

    Build one with `World.from_arrays` or `load_world`; every array is read-only.

    Attributes
    ----------
    regions, sectors : labels
    trade_share : (origin, dest, sector) pi_ijs, share of origin i in what dest j spends on
        sector s at user prices (tariffs included); sums to 1 over origin where s is used
    input_share : (region, input, sector) gamma_jrs, cost share of input r in sector s
    value_added_share : (region, sector) beta_is; with the input shares it adds to 1
    final_share : (region, sector) alpha_js, share of sector s in final expenditure
    value_added : (region,) factor income, mn USD
    trade_balance : (region,) D_j, net transfer received = imports - exports, mn USD; sums to 0
    tariff, export_tax : (origin, dest, sector) rates t_ijs, e_ijs (0.2 = 20 %)
    expenditure : (region, sector) X_js, mn USD at user prices (follows from the rest)
    theta : (sector,) trade elasticity, positive, or None
    theta_range : (2, sector) low and high set of trade elasticities, or None
    uses : labels of the uses, ("intermediate", "final") or (*sectors, "final"); () in a pooled
        world, whose users all buy in the mix of `trade_share`
    use_share : (origin, dest, sector, use) pi_ijs by use, or None; `trade_share` is its mean
        weighted with `use_expenditure`
    use_expenditure : (region, sector, use) mn USD at user prices, or None
    name, year, region_titles, sector_titles : for people
    provenance : per field an array of codes (1 observed, 2 mirrored, 3 proxied, 4 assumed)
    sources, meta : plain data about where it came from
    hash : content hash of labels, arrays, range of elasticities and provenance

    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    trade_share: np.ndarray
    input_share: np.ndarray
    value_added_share: np.ndarray
    final_share: np.ndarray
    value_added: np.ndarray
    trade_balance: np.ndarray
    tariff: np.ndarray
    export_tax: np.ndarray
    expenditure: np.ndarray
    theta: np.ndarray | None = None
    theta_range: np.ndarray | None = None
    uses: tuple[str, ...] = ()
    use_share: np.ndarray | None = None
    use_expenditure: np.ndarray | None = None
    name: str = "custom"
    year: int | None = None
    region_titles: tuple[str, ...] = ()
    sector_titles: tuple[str, ...] = ()
    provenance: Mapping[str, np.ndarray] = field(default_factory=dict)
    sources: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    hash: str = ""

    def __post_init__(self) -> None:
        """Freeze the arrays, fill in titles and compute the hash."""
        named = (*FIELD_DIMS, *USE_DIMS, "theta_range")
        arrays = {name: getattr(self, name) for name in named}
        arrays |= {f"provenance.{name}": flags for name, flags in self.provenance.items()}
        for array in arrays.values():
            if array is not None:
                array.flags.writeable = False
        object.__setattr__(self, "region_titles", self.region_titles or self.regions)
        object.__setattr__(self, "sector_titles", self.sector_titles or self.sectors)
        labels = [self.regions, self.sectors, *([self.uses] if self.uses else [])]
        object.__setattr__(self, "hash", hash_arrays(arrays, labels))

    def __repr__(self) -> str:
        """Name, size and hash."""
        size = f"{len(self.regions)} regions x {len(self.sectors)} sectors"
        size += f" x {len(self.uses)} uses" if self.uses else ""
        return f"<World {self.name!r}: {size}, {self.hash}>"

    @classmethod
    def from_arrays(
        cls,
        *,
        regions: Sequence[str],
        sectors: Sequence[str],
        trade_share: Any,
        input_share: Any,
        value_added_share: Any,
        final_share: Any,
        value_added: Any,
        trade_balance: Any = None,
        tariff: Any = None,
        export_tax: Any = None,
        theta: Any = None,
        uses: Sequence[str] | None = None,
        balance: Balance = "check",
        **about: Any,
    ) -> World:
        """Make a world from shares.

        Parameters
        ----------
        regions, sectors : labels
        trade_share, input_share, value_added_share, final_share, value_added, trade_balance,
        tariff, export_tax, theta : arrays as in the attributes of `World`, bare (matched by
            shape) or xarray (matched by label); balances and taxes default to zero
        uses : labels of the fourth dimension of `trade_share`, if it has one: ("intermediate",
            "final") or (*sectors, "final") in any order; None takes these, by length or label
        balance : "check" refuses arrays whose identities do not hold; "adjust" keeps shares,
            balances and taxes, re-solves value added (world total kept) and reports the move in
            ``meta["adjustment"]``
        about : ``name``, ``year`` (int or None), ``region_titles``, ``sector_titles``,
            ``theta_range`` (2, sector), ``provenance`` (field -> codes 1 to 4 in its shape),
            ``sources`` and ``meta`` (plain dicts); arrays and dicts are copied

        Raises
        ------
        LabelError, ValueRangeError : an array does not fit or holds impossible numbers, a word
            of `about` is unknown or does not have its form
        IdentityError : the accounting does not hold (with ``balance="check"``), or cannot

        """
        labels = _labels(check_unique(regions, "region"), check_unique(sectors, "sector"))
        words = checked_about(about, labels, FIELD_DIMS, (*FIELD_DIMS, "uses"))
        n, s = len(labels["region"]), len(labels["sector"])
        given = {
            "trade_share": trade_share,
            "input_share": input_share,
            "value_added_share": value_added_share,
            "final_share": final_share,
            "value_added": value_added,
            "trade_balance": np.zeros(n) if trade_balance is None else trade_balance,
            "tariff": np.zeros((n, n, s)) if tariff is None else tariff,
            "export_tax": np.zeros((n, n, s)) if export_tax is None else export_tax,
        }
        if theta is not None:
            given["theta"] = np.full(s, theta) if is_single(theta, "theta") else theta
        if found_uses := use_labels(trade_share, uses, labels["sector"]):
            del given["trade_share"]
        arrays = {k: np.array(align(v, k, FIELD_DIMS[k], labels)) for k, v in given.items()}
        if found_uses:
            arrays["trade_share"], labels["use"] = aligned_uses(trade_share, found_uses, labels)
        check_primitives(arrays, labels)
        arrays, rounding = normalise(arrays)
        arrays, note = check_balances(arrays, labels, balance)
        notes = {"share_rounding": rounding} | ({"adjustment": note} if note else {})
        said = {f.name: getattr(words, f.name) for f in fields(words)}
        said["meta"] = {**words.meta, **notes}
        return cls(
            regions=labels["region"],
            sectors=labels["sector"],
            uses=labels.get("use", ()),
            **{**arrays, **said},
        )

    @classmethod
    def from_iot(cls, Z: Any, Y: Any, *, regions: Sequence[str], sectors: Sequence[str],
                 uses: TableUses = "each", **options: Any) -> World:  # fmt: skip
        """Make a world from an inter-country table; by default it is used as it is, not pooled.

        Arguments, defaults and errors are those of `entrepot.world.iot.from_iot`.
        """
        arrays = table_arrays(Z, Y, regions=regions, sectors=sectors, uses=uses, **options)
        return cls.from_arrays(**arrays)

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """Labels of every dimension; "use" only if the world has uses."""
        return _labels(self.regions, self.sectors, self.uses)

    @property
    def shares(self) -> Shares:
        """The primitives as plain arrays."""
        return Shares(*(getattr(self, name) for name in SHARES))

    def accounts(self) -> Accounts:
        """Benchmark money values: expenditure, output, revenue, income; read-only arrays."""
        return _accounts(self)

    def trade_flows(self) -> np.ndarray:
        """(origin, dest, sector) trade in mn USD, export tax included, import tariff not."""
        return self.trade_share / (1 + self.tariff) * self.expenditure[None]

    def pooled(self) -> World:
        """Return the world without uses: every user of an economy buys in the mix of all."""
        return replace(self, uses=(), use_share=None, use_expenditure=None)

    def aggregate(
        self,
        regions: Groups | None = None,
        sectors: Groups | None = None,
        *,
        keep_rest: bool = True,
        name: str | None = None,
    ) -> World:
        """Merge economies and sectors; every accounting identity holds in the result.

        Flows, uses, value added, balances and all tax revenue are added up.  A merged tariff is
        revenue over trade, so revenue is kept; tariffs that members charge each other stay as a
        small tariff on the group's domestic sales (the sum is in ``meta["aggregation"]``).
        Elasticities are means weighted with the international trade of the world before any
        merging.  A merged cell carries the least sure provenance of its members.

        Parameters
        ----------
        regions, sectors : new label -> list of old labels, or the word "rest" for every label
            that no other group names; None merges nothing along that dimension
        keep_rest : whether labels that no group names stay by themselves; False refuses them
        name : name of the result (default: the old one with the new size)

        Raises
        ------
        LabelError : a label is unknown, named twice or forgotten, or a group's name is taken

        """
        big = grouping(regions, self.regions, "region", keep_rest=keep_rest)
        small = grouping(sectors, self.sectors, "sector", keep_rest=keep_rest)
        if big.is_identity and small.is_identity:
            return replace(self, name=name or self.name)
        of = {"name": self.name, "hash": self.hash}
        flows = self.trade_flows()
        trade = international_trade(flows, self.sectors, self.meta)
        arrays: dict[str, Any] = merged_arrays(
            self.shares, self.accounts(), self.trade_balance, big, small
        )
        by_use = (self.use_share, self.use_expenditure, self.uses)
        arrays |= merged_uses(*by_use, self.value_added, big, small)
        for key in ("theta", "theta_range"):
            if (values := getattr(self, key)) is not None:
                arrays[key] = merged_theta(values, trade, small)
        flags = {k: merged_flags(v, FIELD_DIMS[k], big, small) for k, v in self.provenance.items()}
        return World.from_arrays(
            regions=big.labels,
            sectors=small.labels,
            **arrays,
            name=name or f"{self.name}-{len(big.labels)}x{len(small.labels)}",
            year=self.year,
            region_titles=big.titles(self.region_titles),
            sector_titles=small.titles(self.sector_titles),
            provenance=flags,
            sources=self.sources,
            meta=merged_meta(of, self.meta, flows * self.tariff, trade, big, small),
        )


@lru_cache(maxsize=8)
def _accounts(world: World) -> Accounts:
    """Accounts of `world`, worked out once: every solve asks for them several times."""
    book = accounts(world.shares, world.expenditure, world.trade_balance)
    for part in fields(book):
        getattr(book, part.name).flags.writeable = False
    return book
