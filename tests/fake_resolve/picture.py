"""A timeline as a value that can be compared: nothing of the editor's was changed, or it was.

Ids are no part of it, so that a duplicate has the same picture. Playhead and selection are not either. Locks are where
the timeline is given as a handle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .state import Item, Marker, Media, Take, Timeline, Track

Ours = Callable[[Media], bool]


def frozen(
    timeline: Any,
    ours: Ours | Iterable[str] = (),
    our_tracks: Iterable[str] = (),
    our_custom: str = "",
    selection: bool = True,
) -> dict[str, Any]:
    """The picture, without what is ours.

    Ours is the media that ``ours`` says, a test of it or beginnings of paths: takes and items of it, and a selector
    that was made for them. Empty tracks named in ``our_tracks`` are ours, and custom data that begins with
    ``our_custom``. Without ``selection`` it does not matter which of the takes is seen.
    """
    state: Timeline = getattr(timeline, "_it", timeline)
    beginnings = () if callable(ours) else tuple(ours)
    is_ours: Ours = ours if callable(ours) else lambda m: bool(m.path) and m.path.startswith(beginnings)
    fake = getattr(timeline, "_fake", None)
    locks = fake.world.project.locks if fake is not None and fake.world.project is not None else {}
    view = _View(locks, is_ours, set(our_tracks), our_custom, selection, bool(beginnings) or callable(ours))
    return {
        "name": state.name,
        "rate": state.label,
        "start": state.start,
        "settings": dict(state.settings),
        "marks": dict(state.marks),
        "markers": view.markers(state.markers),
        "tracks": {kind: view.tracks(tracks) for kind, tracks in state.tracks.items()},
    }


class _View:
    def __init__(
        self, locks: dict[str, bool], ours: Ours, tracks: set[str], custom: str, selection: bool, leave_out: bool
    ):
        self.locks = locks
        self.ours = ours
        self.our_tracks = tracks
        self.our_custom = custom
        self.selection = selection
        self.leave_out = leave_out

    def tracks(self, tracks: list[Track]) -> list[dict[str, Any]]:
        seen = [self._track(track) for track in tracks]
        return [track for track in seen if track["items"] or track["name"] not in self.our_tracks]

    def _track(self, track: Track) -> dict[str, Any]:
        items = [item for item in track.items if not self._all_ours(item)]
        return {
            "name": track.name,
            "enabled": track.enabled,
            "locked": self.locks.get(track.lock),
            "subtype": track.subtype,
            "items": [self._item(item) for item in sorted(items, key=lambda item: (item.start, item.kind))],
        }

    def _all_ours(self, item: Item) -> bool:
        media = [take.media for take in item.takes] or ([item.media] if item.media else [])
        return bool(media) and all(self.ours(each) for each in media)

    def _item(self, item: Item) -> dict[str, Any]:
        takes, seen = self._takes(item)
        return {
            "kind": item.kind,
            "name": item.name,
            "start": item.start,
            "duration": item.duration,
            "speed": item.speed,
            "takes": takes,
            "seen": seen if self.selection else None,
            "enabled": item.enabled,
            "properties": dict(item.properties),
            "grade": list(item.grade),
            "corrections": dict(item.corrections),
            "compositions": list(item.compositions),
            "fades": item.fades,
            "color": item.color,
            "flags": list(item.flags),
            "markers": self.markers(item.markers),
            "channel": item.channel,
        }

    def _takes(self, item: Item) -> tuple[Any, Any]:
        """The takes that are not ours, and the source that is seen. A lone original is no selector of the editor's."""
        kept = [take for take in item.takes if not self.ours(take.media)]
        seen = (_path(item.media), item.source)
        if self.leave_out and len(kept) == 1 and len(item.takes) > 0:
            if not self.selection:
                seen = (_path(kept[0].media), kept[0].source)
            kept = []
        return [_take(take) for take in kept], seen

    def markers(self, markers: dict[int, Marker]) -> dict[int, tuple[Any, ...]]:
        return {
            frame: (m.color, m.name, m.note, m.duration, self._custom(m.custom), m.keywords)
            for frame, m in sorted(markers.items())
        }

    def _custom(self, custom: str) -> str:
        return "" if self.our_custom and custom.startswith(self.our_custom) else custom


def _path(media: Media | None) -> str:
    return "" if media is None else media.path or media.name


def _take(take: Take) -> tuple[Any, ...]:
    return _path(take.media), take.start, take.end, take.source
