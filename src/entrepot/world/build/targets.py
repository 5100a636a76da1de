"""`TradeTargets`: what the trade side hands to the production side."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.world.build.arrays import Array, Flags


@dataclass(frozen=True, slots=True)
class TradeTargets:
    """Bilateral trade by sector that the balanced world aims at.

    Attributes
    ----------
    year : base year
    flows : (origin, dest, sector) mn USD at the exporter's border, zero diagonal
    flag : (origin, dest, sector) 1 observed, 2 mirrored, 3 proxied, 4 assumed
    hidden : (origin, dest) mn USD of crude in `flows` that no customs record shows; zero when the
        layer is off
    crude_kbd : (origin, dest) thousand barrels a day behind the crude in `flows`
    crude_price : (region,) USD a barrel of each exporter's crude
    gas_bcm : (origin, dest) billion cubic metres behind the gas in `flows`
    dropped : (region,) mn USD of exports to unspecified partners that were left out
    spread : (region,) mn USD of exports to unspecified partners given to known partners
    unknown_origin : (region,) mn USD of imports from unspecified partners that were left out
    notes : what was decided and how much it moved, one sentence each

    """

    year: int
    flows: Array
    flag: Flags
    hidden: Array
    crude_kbd: Array
    crude_price: Array
    gas_bcm: Array
    dropped: Array
    spread: Array
    unknown_origin: Array
    notes: tuple[str, ...]
