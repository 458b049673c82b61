"""A timeline as Kdenlive 25.04 and later exports it.

The timeline and its markers have no name: a guide's text, and that of a clip's marker, is the comment. A marker
belongs to the clip in the bin, so that it is written with every use of that, on picture and on sound, counted from
the in point of each use, which may be less than nothing. Every marker is one frame long. Paths are plain. Ranges of
clips are in the project's rate; available ranges begin at 0 and say the media's rate, but count frames of the
project. Tracks are written from the top down.
"""

from __future__ import annotations

from collections.abc import Iterable

from sample_timelines.clips import FISH, TRAIN, Clip
from sample_timelines.editors.nodes import Node, clip, file, gap, marker, span, text, timeline
from sample_timelines.editors.nodes import track as plain_track

RATE = 25

_IN_BIN = {
    TRAIN: [
        (30, "RETAKE IN x2: the driver leans out and waves", 0),
        (49, "RETAKE OUT", 0),
        (88, "good take from here", 3),
    ],
    FISH: [(40, "RETAKE: a third fish swims through", 0)],
}
"""Markers of the clips in the bin: frame of the project, text, category."""

_COLOURS = {0: "PURPLE", 3: "CYAN"}
"""The colour of OpenTimelineIO that is nearest to a category's own."""


def kdenlive_25() -> str:
    """A cut at 25 frames a second."""
    uses = [(TRAIN, 10, 60), (FISH, 25, 50), (None, 0, 20), (TRAIN, 90, 50)]
    children = [gap(count, RATE) if media is None else _use(media, first, count) for media, first, count in uses]
    length = sum(count for _, _, count in uses)
    return text(
        timeline(
            "",
            None,
            [_track("", "Video", children, length), _track("Dialogue", "Audio", children, length)],
            stack="tracks",
            markers=[
                _marker(0, "title over black", 3),
                _marker(150, "RETAKE handles=12: steam hides the carriages", 0),
            ],
        )
    )


def _track(name: str, kind: str, children: Iterable[Node], length: int) -> Node:
    return plain_track(name, kind, list(children), source=span(0, length, RATE))


def _use(media: Clip, first: int, count: int) -> Node:
    """Frames ``[first, first + count)`` of a clip, counted in the project's rate."""
    length = round(media.frames / media.rate * RATE)
    markers = [_marker(at - first, words, category) for at, words, category in _IN_BIN[media]]
    reference = file(f"media/{media.file}", span(0, length, float(media.rate)))
    return clip(media.file, span(first, count, RATE), reference, markers=markers)


def _marker(at: int, words: str, category: int) -> Node:
    about = {"kdenlive": {"type": category}}
    return marker("", _COLOURS[category], span(at, 1, RATE), comment=words, metadata=about)
