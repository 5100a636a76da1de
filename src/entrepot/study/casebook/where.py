"""In which variants a target is met, in as few words as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from entrepot.study.casebook.variant import Variant
from entrepot.study.variants import LONG_RUN

Group = tuple[frozenset[str], ...]
KEYS: Final = ("world", "theta", "behaviour", "horizon")
WORDS: Final = ("world", "elasticities", "behaviour", "horizon")


def where_met(variants: Sequence[Variant]) -> list[str]:
    """`variants` as words; those that differ in one thing alone are taken together."""
    ends = [v for v in variants if v.draw is None]
    order = {k: list(dict.fromkeys(getattr(v, k) for v in variants)) for k in KEYS}
    groups = _merged([tuple(frozenset([getattr(v, k)]) for k in KEYS) for v in ends])
    words = [_words(group, order) for group in groups]
    draws = ", ".join(str(v.draw) for v in variants if v.draw is not None)
    return [*words, f"draws {draws}"] if draws else words


def _merged(groups: list[Group]) -> list[Group]:
    """Join two groups that are alike but for one place, until there are none."""
    for a, one in enumerate(groups):
        for b, two in enumerate(groups[:a]):
            apart = [k for k in range(len(KEYS)) if one[k] != two[k]]
            if len(apart) == 1:
                (k,) = apart
                both = (*one[:k], one[k] | two[k], *one[k + 1 :])
                rest = [g for n, g in enumerate(groups) if n not in (a, b)]
                return _merged([*rest[:b], both, *rest[b:]])
    return groups


def _words(group: Group, order: dict[str, list[str]]) -> str:
    parts = []
    for word, key, values in zip(WORDS, KEYS, group, strict=True):
        if key == "horizon" and values == {LONG_RUN}:
            continue
        parts.append(f"{word} {' or '.join(v for v in order[key] if v in values)}")
    return ", ".join(parts)
