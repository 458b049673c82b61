"""Takes on tracks of their own: which lie on one track, and what the tracks are called, whatever the form."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from .cut import TRACK_NAME

if TYPE_CHECKING:
    from ..takes import Placement


def rows(placements: Iterable[Placement]) -> list[list[Placement]]:
    """As few tracks as do not overlap, each in order; of takes over the same frames the newest is on top."""
    found: list[list[Placement]] = []
    for placement in sorted(placements, key=lambda p: (p.record, p.take.version)):
        row = next((row for row in found if row[-1].record[1] <= placement.record[0]), None)
        if row is None:
            found.append([placement])
        else:
            row.append(placement)
    return found


def track_name(number: int) -> str:
    """What the track of that number, from 1, is called."""
    return TRACK_NAME if number == 1 else f"{TRACK_NAME} {number}"


def free_name(taken: Collection[str]) -> str:
    """The first name of a track of takes that is not ``taken``."""
    number = 1
    while track_name(number) in taken:
        number += 1
    return track_name(number)
