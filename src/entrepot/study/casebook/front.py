"""The first page of the casebook."""

from __future__ import annotations

from textwrap import fill
from typing import Final

from entrepot.study.casebook.load import list_cases

ABOUT: Final = (
    "Each case takes one claim about sanctions from a dated document and holds it against the "
    "model and against the record. The claims are contested, and some are partisan. The program "
    "takes no side: a page prints what the claim implies in numbers, what the model says over "
    "its ranges, what the record says and where it comes from, how far apart they are, and what "
    "would have to be true for the claim to hold. The verdict is computed by a stated rule."
)
OUT_OF_SCOPE: Final = (
    "Out of scope: battles, strikes, killings, exercises, troop numbers and bases, and who is "
    "right. Their economic side enters only through capacity, corridors and risk."
)


def first_page() -> str:
    """What the casebook is, what is out of scope, and its cases."""
    lines = ["Casebook", "", fill(ABOUT, 96), "", fill(OUT_OF_SCOPE, 96), "", "Cases"]
    for case in list_cases():
        claim = fill(f"{case.claim} ({case.document})", 90, initial_indent=" " * 6,
                     subsequent_indent=" " * 6)  # fmt: skip
        lines += [f"  {case.id}: {case.title}", claim]
    return "\n".join(lines)
