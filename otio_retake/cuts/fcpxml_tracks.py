"""Clips of an .fcpxml file on tracks: one for each lane, the primary storyline below what is connected above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from .fcpxml_marks import Clock, Noted, as_marker
from .fcpxml_story import Picture
from .fcpxml_times import Axis
from .model import Address, Clip, Exact, Instant, Marker, Media, Speed, Track
from .xml_document import Element

ORIGINAL = "original"
"""The key of what is not ours in an audition, and of the media of any other clip."""

Own = tuple[Noted, Axis]
"""A mark, and the time of the element that it stands in."""

Edges = tuple[tuple[Exact, Exact], tuple[Exact, Exact]]
"""How much of a clip is in transitions, before and after; and how much more of its media these need."""

NO_EDGES: Edges = ((0, 0), (0, 0))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a clip stands in the document. ``element`` is what it is, ``used`` what is shown: in an audition the pick.

    ``host`` is the item of the primary storyline that it is part of or connected to, ``host_axis`` that item's time.
    """

    element: Element
    used: Element
    audition: Element | None
    host: Element
    host_axis: Axis
    axis: Axis
    picture: Picture
    lanes: tuple[int, ...]


@dataclass(slots=True)
class Draft:
    """A clip before it is known on which track it lies."""

    kind: Literal["Video", "Audio"]
    lanes: tuple[int, ...]
    record: tuple[Exact, Exact]
    name: str
    enabled: bool
    media_axis: Axis
    media_rate: Fraction
    speed: Speed
    media: Media
    marks: list[Own]
    edges: Edges = NO_EDGES
    takes: tuple[Media, ...] = ()
    active: str = ORIGINAL
    link: str = ""
    channels: tuple[int, ...] = ()
    see_through: str = ""
    placed: Mapping[str, Any] | None = None
    beside: bool = False
    spot: Spot | None = None
    element: Element | None = None
    inner_marks: tuple[Element, ...] = ()


def laid(drafts: list[Draft], rate: Fraction) -> tuple[tuple[Track, ...], dict[Address, Spot], dict[Address, Element]]:
    """The tracks, and what each clip on them is in the document. On one lane what overlaps has tracks of its own."""
    depth = max((len(d.lanes) for d in drafts), default=1)
    tracks: list[Track] = []
    spots: dict[Address, Spot] = {}
    elements: dict[Address, Element] = {}
    for kind in ("Video", "Audio"):
        lanes: dict[tuple[int, ...], list[list[Draft]]] = {}
        for draft in sorted((d for d in drafts if d.kind == kind), key=lambda d: d.record[0]):
            rows = lanes.setdefault(draft.lanes + (0,) * (depth - len(draft.lanes)), [])
            row = next((r for r in rows if r[-1].record[1] <= draft.record[0]), None)
            if row is None:
                rows.append([draft])
            else:
                row.append(draft)
        for lane in sorted(lanes):
            for row in lanes[lane]:
                index = len(tracks)
                name = _name(kind, lane)
                clips = []
                for item, draft in enumerate(row):
                    address = Address(index, item)
                    clips.append(_clip(draft, address, name, rate))
                    if draft.spot is not None:
                        spots[address] = draft.spot
                    if draft.element is not None:
                        elements[address] = draft.element
                tracks.append(Track(index, kind, name, True, tuple(clips), len(clips), clips[-1].record[1]))
    return tuple(tracks), spots, elements


def _name(kind: str, lanes: tuple[int, ...]) -> str:
    lane = " > ".join(str(lane) for lane in lanes if lane)
    name = f"lane {lane}" if lane else "primary storyline"
    return f"{name}, sound" if kind == "Audio" else name


def _clip(draft: Draft, address: Address, track: str, sequence: Fraction) -> Clip:
    rate, axis = draft.media_rate, draft.media_axis
    markers: tuple[Marker, ...] = ()
    if draft.marks or draft.inner_marks:
        straight = axis.pace == 1 or draft.spot is None or not _mapped(draft.spot)
        clock = Clock(axis, rate, axis.at, 1 / sequence, straight)
        markers = tuple(as_marker(mark, own, clock, address, draft.name) for mark, own in draft.marks)
        markers += tuple(
            as_marker(Noted(e, e.get("value"), e.get("note"), None, Fraction(0)), axis, clock, address, draft.name)
            for e in draft.inner_marks
        )
    return Clip(
        address=address,
        kind=draft.kind,
        name=draft.name,
        enabled=draft.enabled,
        record=draft.record,
        source=Instant(axis.start * rate, rate),
        speed=draft.speed,
        rate=sequence,
        media=draft.media,
        takes=draft.takes,
        active=draft.active,
        markers=markers,
        overlap=draft.edges[0],
        lead=draft.edges[1],
        link=draft.link,
        channels=draft.channels,
        see_through=draft.see_through,
        placed=draft.placed,
        track_name=track,
        beside=draft.beside,
    )


def _mapped(spot: Spot) -> bool:
    return any(child.name == "timeMap" for part in spot.picture.chain for child in part.element.children)
