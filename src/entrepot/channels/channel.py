"""What a channel is: kinds of measure that work together, and what they do to a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from entrepot.channels.draft import Draft
from entrepot.scenario.book import Entry


@dataclass(frozen=True, slots=True)
class Channel:
    """A room that turns measures of some kinds into changes of one draft, all of them together.

    Attributes
    ----------
    name : of the room
    finish : called once in a compilation with the draft and the measures in force (there is at
        least one), after the measures of trade and after the channels before it

    """

    name: str
    finish: Callable[[Draft, tuple[Entry, ...]], None]
