"""A timeline as an editor cut it. No part of the API.

All frames here count from the start of the timeline, whatever its timecode.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .api.reach import left_offset
from .state import Item, Marker, Media, Take, Timeline, Track

if TYPE_CHECKING:
    from .fake import FakeResolve


class Stage:
    """``state`` is the timeline itself, ``proxy`` what a script holds of it."""

    def __init__(self, fake: FakeResolve, state: Timeline):
        self.fake = fake
        self.state = state

    @property
    def proxy(self) -> Any:
        return self.fake.proxy(self.state)

    def frame(self, at: int) -> int:
        """The absolute frame."""
        return self.state.start + at

    # --- tracks -------------------------------------------------------------------------------------------------------

    def track(self, number: int = 1, kind: str = "video") -> Track:
        """A track; those up to it are made."""
        tracks = self.state.tracks[kind]
        project = self.fake.world.project
        assert project is not None
        while len(tracks) < number:
            tracks.append(self.fake.setup.track(project, kind, len(tracks) + 1, "mono" if kind == "audio" else ""))
        return tracks[number - 1]

    def lock(self, number: int = 1, kind: str = "video") -> None:
        project = self.fake.world.project
        assert project is not None
        project.locks[self.track(number, kind).lock] = True

    def disable(self, number: int = 1, kind: str = "video") -> None:
        self.track(number, kind).enabled = False

    # --- items --------------------------------------------------------------------------------------------------------

    def _put(self, item: Item, number: int, kind: str = "video") -> Item:
        self.track(number, kind).items.append(item)
        return item

    def clip(
        self,
        media: Media,
        at: int = 0,
        duration: int | None = None,
        source: int = 0,
        track: int = 1,
        speed: Fraction | float = 1,
        sound: bool = False,
        takes: Iterable[tuple[Media, int]] = (),
        selected: int = 1,
        **more: Any,
    ) -> Item:
        """A clip that shows frame ``source`` of its media first; the rest of its media long where nothing is said.

        With ``sound`` there is a linked item for each channel. ``takes`` are further takes, by media and first frame;
        the clip itself is the first. ``more`` are fields of ``Item``.
        """
        pace = Fraction(speed) * media.rate / self.state.rate
        if duration is None:
            duration = math.floor((media.frames - source) / pace)
        uid, link = self.fake.world.uid, self.fake.world.uid() if sound else ""
        fields: dict[str, Any] = {"speed": Fraction(speed), "link": link, **more}
        item = self._put(Item(uid(), "video", self.frame(at), duration, media, source, **fields), track)
        for channel in range(media.channels if sound else 0):
            heard = Item(uid(), "audio", self.frame(at), duration, media, source, channel=channel, **fields)
            self._put(heard, track + channel, "audio")
        rest = [(media, source), *takes]
        if len(rest) > 1:
            length = math.floor(duration * pace)
            item.takes = [Take(m, m.first + s, m.first + s + length, s, duration) for m, s in rest]
            item.selected = selected
            item.media, item.source = rest[selected - 1]
        return item

    def sound(self, media: Media, at: int = 0, duration: int = 0, source: int = 0, track: int = 1, **more: Any) -> Item:
        """Sound alone."""
        item = Item(self.fake.world.uid(), "audio", self.frame(at), duration, media, source, **more)
        return self._put(item, track, "audio")

    def generator(self, at: int, duration: int, track: int = 1, name: str = "Solid Color", **more: Any) -> Item:
        """A generator, a title or an adjustment clip: nothing in the pool."""
        return self._put(Item(self.fake.world.uid(), "generator", self.frame(at), duration, name=name, **more), track)

    def title(self, at: int, duration: int, track: int = 1, name: str = "Text+") -> Item:
        return self.generator(at, duration, track, name, compositions=["Template"])

    def transition(self, at: int, duration: int, track: int = 1, name: str = "Cross Dissolve") -> Item:
        """A transition over ``duration`` frames from ``at``."""
        item = Item(self.fake.world.uid(), "transition", self.frame(at), duration, name=name)
        return self._put(item, track)

    def nested(self, kind: str, at: int, duration: int, track: int = 1, name: str = "") -> Item:
        """A clip of the pool without a file: ``Compound``, ``Fusion``, ``Multicam`` or ``Timeline``."""
        media = Media(self.fake.world.uid(), name or f"{kind} 1", "", duration, self.state.rate, kind)
        project = self.fake.world.project
        assert project is not None
        project.root.clips.append(media)
        return self._put(Item(self.fake.world.uid(), "video", self.frame(at), duration, media), track)

    # --- markers, marks, selection, playhead --------------------------------------------------------------------------

    def mark(self, at: int, duration: int = 1, **more: Any) -> Marker:
        """A marker of the timeline."""
        return self.state.markers.setdefault(at, _marker(duration, **more))

    def mark_clip(self, item: Item, at: int, duration: int = 1, **more: Any) -> int:
        """A marker of a clip, where the timeline is at ``at``; its frame. fact: clip-markers-source-space."""
        knobs = self.fake.knobs
        base = left_offset(item, self.state, knobs.left_offset_mixed) if knobs.clip_marker_space == "source" else 0
        frame = base + self.frame(at) - item.start
        item.markers[frame] = _marker(duration, **more)
        return frame

    def mark_media(self, media: Media, frame: int, duration: int = 1, **more: Any) -> Marker:
        """A marker of an entry of the pool, at a frame of its media."""
        return media.markers.setdefault(frame, _marker(duration, **more))

    def in_out(self, first: int, last: int, kinds: Iterable[str] = ("video", "audio")) -> None:
        """Marks around the frames from ``first`` to ``last``, both among them. fact: mark-out-inclusive."""
        out = last + (self.fake.knobs.mark_out == "exclusive")
        self.state.marks = dict.fromkeys(kinds, (first, out))

    def select(self, *items: Item) -> None:
        self.state.selection = list(items)

    def playhead(self, at: int) -> None:
        self.state.playhead = self.frame(at)

    def item(self, item: Item) -> Any:
        """What a script holds of an item."""
        return self.fake.proxy(item)


def _marker(
    duration: int,
    color: str = "Fuchsia",
    name: str = "",
    note: str = "",
    custom: str = "",
    keywords: tuple[str, ...] = (),
) -> Marker:
    return Marker(color, name, note, duration, custom, keywords)
