"""Which frames of a file an editor lays as a clip of a wanted length, where it makes lengths by time and rounds down.

A file of another rate than the cut's then has lengths that it cannot make: twelve frames at 29.97 are 24 of a cut at
59.94, eleven are 22, and none are 23. A clip that covers a frame more, of original picture, is laid in their place.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .model import Clip


@dataclass(frozen=True, slots=True)
class Lay:
    """Whole record frames ``[first, end)``, and the half-open frames of the file that are laid there."""

    record: tuple[int, int]
    bounds: tuple[int, int]
    off: Fraction
    """How far the file is past the head of its first frame where the record begins, at most half a frame either way."""


def count_for(length: int, step: Fraction) -> int | None:
    """How many frames of a file are laid as ``length`` of the cut, of which one lasts ``step`` of the file's."""
    count = math.ceil(length * step)
    return count if math.floor(count / step) == length else None


def lay(
    record: tuple[int, int], within: tuple[int, int], at: Callable[[int], Fraction], frames: int, step: Fraction
) -> Lay | None:
    """How to cover ``record`` with a file of ``frames`` frames, as little beyond it as need be; None where nothing can.

    ``within`` are the record frames that may be covered, ``at`` gives the position in the file that belongs to one.
    """
    most = math.ceil(1 / step)
    ways = [(before, total - before) for total in range(most + 1) for before in range(total + 1)]
    found = []
    for before, after in ways:
        first, end = record[0] - before, record[1] + after
        count, start = count_for(end - first, step), math.floor(at(first) + Fraction(1, 2))
        if count is None or first < within[0] or end > within[1] or start < 0 or start + count > frames:
            continue
        found.append(Lay((first, end), (start, start + count), at(first) - start))
    return min(found, key=lambda each: (each.record[1] - each.record[0], abs(each.off)), default=None)


def covered(clip: Clip, first: Fraction, end: Fraction) -> tuple[int, int]:
    """The whole record frames that hold the source positions ``[first, end)`` of a clip, as far as it is seen."""
    visible = clip.visible
    begin = max(math.floor(clip.record_of(first)), math.ceil(visible[0]))
    return begin, max(min(math.ceil(clip.record_of(end)), math.floor(visible[1])), begin)
