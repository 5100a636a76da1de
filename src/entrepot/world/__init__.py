"""The benchmark economy."""

from entrepot.world.world import World

aggregate = World.aggregate
"""``aggregate(world, regions={...}, sectors={...})``: `World.aggregate` as a function."""

__all__ = ["World", "aggregate"]
