"""What a viewer shows at a frame of a timeline: which file, and which frame of that file.

No part of the API. Tests read the watermark of that frame from the real file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .state import Item, Timeline


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame. ``path`` is empty and ``frame`` is -1 where no file is seen: a generator, or black."""

    path: str
    frame: int
    item: Item | None

    def __bool__(self) -> bool:
        return bool(self.path)


def _item_at(timeline: Timeline, frame: int, kind: str, track: int | None) -> Item | None:
    """The topmost enabled item at a frame. A transition shows the clip under it."""
    for number in range(len(timeline.tracks[kind]), 0, -1):
        if track not in (None, number) or not timeline.tracks[kind][number - 1].enabled:
            continue
        for item in timeline.tracks[kind][number - 1].items:
            if item.enabled and item.kind != "transition" and item.start <= frame < item.end:
                return item
    return None


def top_item(timeline: Timeline, frame: int) -> Item | None:
    """The topmost enabled video item at an absolute frame."""
    return _item_at(timeline, frame, "video", None)


def render(timeline: Any, frame: int, kind: str = "video", track: int | None = None) -> Seen:
    """What is seen, or heard, at an absolute frame; on one track alone where ``track`` says so."""
    state: Timeline = getattr(timeline, "_it", timeline)
    if frame < state.start:
        return Seen("", -1, None)
    item = _item_at(state, frame, kind, track)
    if item is None or item.media is None or not item.media.path:
        return Seen("", -1, item)
    media = item.media
    into = (frame - item.start) * item.speed * media.rate / state.rate
    shown = item.source + (math.floor(into) if item.speed >= 0 else -math.floor(-into))
    if media.still:
        shown = 0
    if not 0 <= shown < media.frames:
        return Seen("", -1, item)
    return Seen(media.path, shown, item)
