"""The last few things made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The last few things made, by key: a solution of a large world takes some 10 MB."""

    def __init__(self, most: int) -> None:
        """Keep at most `most`."""
        self.most = most
        self.kept: dict[str, T] = {}

    def get(self, key: str, make: Callable[[], T]) -> T:
        """What is kept under `key`, else what `make` gives; the oldest one goes."""
        found = self.kept.pop(key) if key in self.kept else make()
        self.kept[key] = found
        if len(self.kept) > self.most:
            del self.kept[next(iter(self.kept))]
        return found
