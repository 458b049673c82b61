r"""Avid's list of markers as text: name, timecode, track, colour, comment and length on each line, between tabs.

As Media Composer exports it from its Markers window and reads it there: ``user\t01:00:05:00\tV1\tred\tcomment\t1``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..legible import one_line
from .cut import MarkState

ENDING = ".markers.txt"
"""How the name of the list beside an AAF ends, after the AAF's own."""

COLOURS: dict[MarkState, str] = {"done": "Green", "failed": "Red", "unknown": "Yellow"}
"""The colour of a mark by what became of it; one that waits keeps its own."""


class Line(NamedTuple):
    """One marker of the list."""

    user: str
    timecode: str
    track: str
    colour: str
    comment: str
    length: int


def marker_list(lines: Iterable[Line]) -> bytes:
    """The text of a list, in the order of its timecode."""
    rows = [
        "\t".join((_cell(line.user), line.timecode, line.track, line.colour, _cell(line.comment), str(line.length)))
        for line in sorted(lines, key=lambda line: (line.timecode, line.track))
    ]
    return "".join(f"{row}\n" for row in rows).encode()


def _cell(text: str) -> str:
    return one_line(text).strip() or "otio-retake"
