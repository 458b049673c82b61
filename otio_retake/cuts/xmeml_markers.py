"""Markers in FCP 7 XML: their text, their colour and their place; and the line that says that a clip is a take.

https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/Elements/Elements.html
A marker on a clip counts from its media's first frame, as the clip's in point does; ``out`` is -1 for a point.
Premiere writes a colour as ``pproColor``, a number of alpha, blue, green and red, and none for its usual green.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from ..legible import legible
from .model import Address, Exact, Instant, Marker
from .signature import signed
from .xmeml_counting import Counting, frames, number
from .xml_document import Element

PPRO_COLOURS = {
    "RED": 4281740498,
    "ORANGE": 4280578025,
    "YELLOW": 4281049552,
    "CYAN": 4292277273,
    "BLUE": 4294741314,
    "PURPLE": 4289825711,
    "WHITE": 4294967295,
}
"""Premiere's marker colours but green, which is what a marker without one has."""

_GREEN = (113, 143, 0)


def markers_of(holder: Element) -> Iterator[Element]:
    """The markers that stand in an element itself."""
    return holder.all("marker")


def record_marker(raw: Element, rate: Fraction, place: str, *, premiere: bool) -> Marker:
    """A marker of the sequence."""
    start, length = _span(raw)
    return Marker(
        owner="record",
        name=legible(raw.said("name")),
        note=_note(raw),
        colour=_colour(raw, premiere=premiere),
        start=Instant(start, rate),
        duration=Instant(length, rate),
        address=None,
        place=place,
        at=raw.start,
    )


def clip_marker(
    raw: Element,
    counting: Counting,
    begins: Exact,
    window: tuple[Exact, Exact] | None,
    address: Address,
    place: str,
    *,
    premiere: bool,
) -> tuple[Marker, bool]:
    """A marker of a clip, in its source; and whether it was taken to count the source and not as the clip plays.

    ``begins`` is the label of the file's first frame, ``window`` the clip's in and out.
    """
    start, length = _span(raw)
    first, step = counting.source(start), counting.step
    straight = False
    if counting.scalar != 1 and counting.retimed and window is not None and not window[0] <= start < window[1]:
        own = Counting(counting.unit, counting.file, counting.scalar, retimed=False)
        if counting.source(window[0]) <= own.source(start) < counting.source(window[1]):
            first, step, straight = own.source(start), own.step, True
    marker = Marker(
        owner="clip",
        name=legible(raw.said("name")),
        note=_note(raw),
        colour=_colour(raw, premiere=premiere),
        start=Instant(begins + first, counting.file),
        duration=Instant(length * step, counting.file),
        address=address,
        place=place,
        whole=window is None,
        at=raw.start,
    )
    return marker, straight


def signed_clip(clip: Element) -> Mapping[str, Any] | None:
    """What the clip says of itself where it is a take of ours."""
    for text in _texts(clip):
        if "otio-retake" in text and (found := signed(text)) is not None:
            return found
    return None


def _texts(clip: Element) -> Iterator[str]:
    for holder in clip.all("comments", "logginginfo"):
        for child in holder.children:
            yield child.text
    for marker in clip.all("marker"):
        yield marker.said("comment")


def _note(raw: Element) -> str:
    return legible(raw.said("comment"))


def _span(raw: Element) -> tuple[Exact, Exact]:
    start = frames(raw, "in") or 0
    end = frames(raw, "out")
    return start, max(end - start, 0) if end is not None else 0


def _colour(raw: Element, *, premiere: bool) -> str:
    """The name of the nearest colour; empty where the editor has none for markers."""
    packed = number(raw.said("pproColor"))
    if packed is not None:
        whole = int(packed) & 0xFFFFFFFF
        return _nearest((whole & 0xFF, whole >> 8 & 0xFF, whole >> 16 & 0xFF))
    said = raw.first("color")
    if said is not None:
        parts = [number(said.said(name)) for name in ("red", "green", "blue")]
        if None not in parts:
            return _nearest(tuple(int(part or 0) for part in parts))
    return "GREEN" if premiere else ""


def _nearest(colour: tuple[int, ...]) -> str:
    known = {name: (p & 0xFF, p >> 8 & 0xFF, p >> 16 & 0xFF) for name, p in PPRO_COLOURS.items()}
    known["GREEN"] = _GREEN
    return min(known, key=lambda name: sum((a - b) ** 2 for a, b in zip(known[name], colour, strict=True)))
