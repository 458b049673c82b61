"""The markers of an .otio file: where each editor puts what, where they stand in the text, and their colour.

A marker's place in its document is the place of what holds it, and its number among the markers there: no two are the
same, since what holds markers is longer than it has markers.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

from ..legible import legible
from .cut import Losses, MarkState, Patched
from .model import Address, Exact, Instant, Marker
from .otio_document import Document, Node
from .otio_editors import Raw, colour_of, ident_of, list_of, note_of, schema_of, section_of, take_of
from .signature import signed
from .splice import Edit, apply_edits, elements, insert_member, place_of, read_value

Range = Callable[[Any, str], tuple[Instant, Instant] | None]
"""Reads a TimeRange; the text says where it is, for whoever has to mend it."""

COLOURS: Mapping[MarkState, str] = {"waiting": "YELLOW", "done": "GREEN", "failed": "RED", "unknown": "PURPLE"}
"""Colours that every editor has, by what they then say."""

_CATEGORIES: Mapping[MarkState, int] = {"waiting": 4, "done": 3, "failed": 8, "unknown": 0}
"""The categories of Kdenlive that are yellow, green, red and purple in a new project."""

_CALLED = re.compile(r"_rtk\w{7}_v\d{3,}", re.IGNORECASE)
"""What the name of a take has in it."""

_PARTS: Mapping[MarkState, tuple[float, float, float]] = {
    "waiting": (1.0, 1.0, 0.0), "done": (0.0, 1.0, 0.0), "failed": (1.0, 0.0, 0.0), "unknown": (0.5, 0.0, 0.5),
}  # fmt: skip
"""The same in red, green and blue, for files in which a colour is an object (Marker.3)."""


class MarkerReader:
    """Reads the markers of one document."""

    def __init__(self, writer: str, written_rate: float, rate: Fraction, range_: Range) -> None:
        self._writer = writer
        self._written_rate = written_rate
        self._rate = rate
        self._range = range_

    def on_clip(
        self, raws: Any, address: Address, clip: str, start: Instant, where: str, *, holder: int = -1
    ) -> list[Marker]:
        """Markers in the space of a clip's source, which begins at ``start``. ``holder`` is the clip's own place."""
        found = []
        for number, raw in enumerate(raws if isinstance(raws, (list, tuple)) else ()):
            marker = self._marker(raw, "clip", address, clip, start, where, holder, number)
            if marker:
                found.append(marker)
        return found

    def on_record(self, raws: Any, shift: Exact, where: str, *, holder: int = -1) -> list[Marker]:
        """Markers in record frames, ``shift`` later than they say."""
        found = []
        zero = Instant(0.0, self._written_rate)
        for number, raw in enumerate(raws if isinstance(raws, (list, tuple)) else ()):
            marker = self._marker(raw, "record", None, where, zero, where, holder, number)
            if marker:
                at = marker.start.at(self._rate) + shift
                length = marker.duration.at(self._rate)
                found.append(_moved(marker, at, length, self._written_rate))
        return found

    def on_node(self, node: Node, shift: Exact, where: str) -> list[Marker]:
        """The markers of a track or of the timeline."""
        listed = node.members.get("markers")
        return self.on_record(listed.value, shift, where, holder=listed.start) if listed else []

    def on_gap(self, raw: Raw, at: Exact, where: str, *, holder: int = -1) -> list[Marker]:
        """The markers of a gap that begins at record frame ``at``."""
        trim = self._range(raw.get("source_range"), where)
        zero = trim[0].at(self._rate) if trim else Fraction(0)
        return self.on_record(raw.get("markers", ()), at - zero, where, holder=holder)

    def _marker(
        self,
        raw: Any,
        owner: Literal["clip", "record"],
        address: Address | None,
        place: str,
        zero: Instant,
        where: str,
        holder: int,
        number: int,
    ) -> Marker | None:
        if schema_of(raw) != "Marker":
            return None
        metadata = section_of(raw, "metadata")
        place_in = self._range(raw.get("marked_range"), f"{where}, a marker")
        start, duration = place_in or (zero, Instant(0.0, zero.rate))
        hiero = "applieswhole" in metadata or "hiero_source_type" in metadata
        return Marker(
            owner=owner,
            name=legible(str(raw.get("name") or "")),
            note=note_of(raw, metadata),
            colour=colour_of(raw.get("color")),
            start=start,
            duration=duration,
            address=address,
            place=place,
            # Kdenlive writes positions from the clip's in point (otioexport.cpp: time - clip.in).
            relative="kdenlive" in metadata and owner == "clip",
            retimed=self._writer == "resolve",
            whole=hiero and str(metadata.get("applieswhole", "1")) == "1",
            ident=ident_of(metadata),
            at=-1 if holder < 0 else holder + number,
        )


def _moved(marker: Marker, at: Exact, length: Exact, rate: float) -> Marker:
    return replace(marker, start=Instant(float(at), rate), duration=Instant(float(length), rate))


# --- who a clip is --------------------------------------------------------------------------------------------------


def signature_in(raw: Raw) -> Mapping[str, Any] | None:
    """What the markers of a clip say of the take of ours that it is; None where they say nothing.

    A marker can be pasted onto any clip: it counts only on one that is called as takes are, or plays such a file.
    """
    references = section_of(raw, "media_references") or {"": raw.get("media_reference")}
    names = [raw.get("name"), *(section_of(reference).get("target_url") for reference in references.values())]
    if not any(_CALLED.search(str(name or "")) for name in names):
        return None
    for marker in list_of(raw.get("markers")):
        if isinstance(marker, dict):
            said = signed(f"{marker.get('name') or ''}\n{note_of(marker, section_of(marker, 'metadata'))}")
            if said is not None:
                return said
    return None


def item_take(raw: Raw) -> str:
    """The id of the take that a clip on a track of its own is, by our metadata or by its marker; empty for others."""
    return take_of(raw) or str((signature_in(raw) or {}).get("take", ""))


# --- what became of a mark ------------------------------------------------------------------------------------------


def write_states(document: Document, writer: str, states: Mapping[Marker, MarkState]) -> Patched:
    """The document with each marker in the colour, and in Kdenlive of the category, that says what became of it."""
    losses = Losses()
    holders = sorted(_holders(document))
    starts = [start for start, _ in holders]
    edits: list[Edit] = []
    for marker, state in states.items():
        if marker.at < 0:
            losses.left_out.append(f"{marker.place}: the marker is in a nested sequence; its colour is left as it is")
            continue
        holder, array = holders[bisect_right(starts, marker.at) - 1]
        at = array if array is not None else _array_of(document.text, holder)
        place = elements(document.text, at)[marker.at - holder][0]
        edits += _coloured(document.text, place, writer, state)
    return Patched(document.content(apply_edits(document.text, edits)), (), losses)


def _holders(document: Document) -> Iterator[tuple[int, int | None]]:
    """What markers count their places from, and the array that they stand in, where that is known."""
    nodes = [*document.tracks, *([document.stack] if document.stack else [])]
    for node in nodes:
        if listed := node.members.get("markers"):
            yield listed.start, listed.start
        for item in node.items:
            yield item.start, None
    if document.loose is not None:
        yield document.loose.start, None


def _array_of(text: str, holder: int) -> int:
    place = place_of(text, holder, "markers")
    assert place is not None, "a marker was read there"
    return place.start


def _coloured(text: str, at: int, writer: str, state: MarkState) -> Iterator[Edit]:
    raw = read_value(text, at).value
    name = COLOURS[state]
    old = raw.get("color")
    new: Any = name
    if isinstance(old, dict):
        red, green, blue = _PARTS[state]
        new = {**old, "r": red, "g": green, "b": blue, "a": 1.0, "name": name}
    place = place_of(text, at, "color")
    if place is None:
        yield insert_member(text, at, "color", new)
    elif old != new:
        yield Edit(place.start, place.end, json.dumps(new))
    if writer == "kdenlive" and "type" in section_of(raw, "metadata", "kdenlive"):
        category = place_of(text, at, "metadata", "kdenlive", "type")
        if category is not None and category.value != _CATEGORIES[state]:
            yield Edit(category.start, category.end, str(_CATEGORIES[state]))
