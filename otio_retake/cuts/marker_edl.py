"""Marker lists as DaVinci Resolve exports them ("Timeline Markers to EDL"), joined to a cut of any form by timecode.

Read in real lists; nobody documents them. Each marker is an event of one frame, its text below it::

    007  001      V     C        01:04:55:22 01:04:55:23 01:04:55:22 01:04:55:23
    the note |C:ResolveColorYellow |M:the name |D:601

The note may be empty, take several lines, and end on a line of its own. ``|D:`` is the length in frames: 0 in lists of
frame.io, and now and then a number that only its low byte makes sense of. A list holds 999 markers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import CutError, Problem
from ..legible import legible
from ..rates import BadTimecode, nominal, timecode
from .cut import MarkState
from .edl_lines import EditList, Event, read_list
from .edl_rate import rate_text
from .labels import frame_of
from .model import Exact, Instant, Marker, View

MOST = 999
"""Markers in one list."""

COLOURS: dict[MarkState, str] = {"waiting": "Yellow", "done": "Green", "failed": "Red", "unknown": "Purple"}
"""Resolve's colour for what became of a mark."""

_LENGTH = re.compile(r"\s*(-?\d{1,12})\s*(.*)", re.DOTALL)
_LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True)
class Listed:
    """One marker of a list, its length as written."""

    event: Event
    name: str
    note: str
    colour: str
    length: int


def is_marker_list(document: EditList) -> bool:
    """Whether a list holds markers and no cut: every event has a marker's fields below it."""
    return bool(document.events) and all(any("|C:" in text for text in event.texts) for event in document.events)


def listed(document: EditList) -> Iterator[Listed]:
    """The markers of a list, in its order; what has none of their fields is no marker."""
    for event in document.events:
        text = legible("\n".join(line.rstrip() for line in event.texts))
        note, fields, rest = text.partition("|C:")
        if not fields:
            continue
        colour, _, rest = rest.partition("|M:")
        name, _, rest = rest.partition("|D:")
        length = _LENGTH.fullmatch(rest)
        note = "\n".join(part for part in (note.strip(), length[2].strip() if length else "") if part)
        word = colour.strip().removeprefix("ResolveColor").upper()
        yield Listed(event, name.strip(), note, word, int(length[1]) if length else 1)


def with_markers(view: View, path: Path) -> View:
    """``view`` with the markers of the list at ``path`` too, each at the record frame that its timecode names.

    Raises ``CutError`` where there is no list, or not one of its markers lies in the cut.
    """
    document = read_list(path)
    if not any("|C:" in text for event in document.events for text in event.texts):
        fix = "export the markers with DaVinci Resolve's Timeline Markers to EDL"
        raise CutError("there is no marker in the list", where=str(path), fix=fix)
    markers, remarks = _join(view, document)
    return replace(view, markers=(*view.markers, *markers), remarks=(*view.remarks, *remarks))


def _join(view: View, document: EditList) -> tuple[list[Marker], list[Problem]]:
    name = document.path.name
    end = max((track.end for track in view.tracks), default=0)
    remarks = [
        Problem("", f"{name}, line {line}" if line else name, what, fix, "warning")
        for line, what, fix in document.remarks
    ]
    drop = view.drop
    if document.code is not None and document.code != drop and nominal(view.rate) % 30 == 0:
        said, counted = ("drop-frame", "straight") if document.code else ("non-drop", "drop-frame")
        what = f"the marker list is {said}, the cut counts {counted}: its timecode is read as the list says"
        remarks.append(Problem("", name, what, "export both from the same timeline", "warning"))
        drop = document.code
    found: list[Marker] = []
    outside: list[str] = []
    for one in listed(document):
        label = one.event.record[0]
        try:
            at = frame_of(label, view.rate, drop=drop) - view.start
        except BadTimecode:
            what = f"no timecode at {rate_text(view.rate)} frames a second, which is the cut's rate"
            remarks.append(Problem(label, name, what, "is it the list of another cut?", "warning"))
            continue
        if not 0 <= at < end:
            outside.append(label)
            continue
        length = _length(one, at, end, name, remarks)
        found.append(marker_of(one, at, length, view, name))
    if outside:
        if not found:
            raise CutError(
                f"none of the {len(outside)} markers of the list lies in the cut, which begins at {view.timecode(0)}",
                where=f"{document.path}, first at {outside[0]}",
                fix="give the list of this cut with --markers, or export both again",
            )
        what = f"{len(outside)} markers of the list lie outside of the cut, the first at {outside[0]}"
        remarks.append(Problem(outside[0], name, what, "is it the list of this version of the cut?", "warning"))
    return found, remarks


def marker_of(one: Listed, at: Exact, length: int, view: View, place: str) -> Marker:
    """A listed marker as one of the cut."""
    rate = float(view.rate)
    return Marker(
        owner="record",
        name=one.name,
        note=one.note,
        colour=one.colour,
        start=Instant(float(at), rate),
        duration=Instant(float(length), rate),
        address=None,
        place=place,
    )


def _length(one: Listed, at: Exact, end: Exact, place: str, remarks: list[Problem]) -> int:
    """How long a marker is, in frames. One that goes on beyond the cut is broken: its low byte may be right."""
    if one.length <= 1:
        return 1
    if at + one.length <= end:
        return one.length
    low = one.length & 0xFF
    length = low if one.length > 0xFF and low > 0 and at + low <= end else 1
    what = f"the marker is {one.length} frames long, beyond the end of the cut: read as {length}"
    remarks.append(Problem(one.event.record[0], place, what, "check its length", "warning"))
    return length


def own_view(view: View, document: EditList) -> View:
    """``view`` of a list that is one of markers: no clips, and each marker at its own place."""
    found = []
    for one in listed(document):
        try:
            at = frame_of(one.event.record[0], view.rate, drop=view.drop) - view.start
        except BadTimecode:
            continue
        found.append(marker_of(one, at, max(one.length, 1), view, "the timeline"))
    what = "this is a list of markers and no cut"
    remark = Problem("", document.path.name, what, "name the cut, and this list with --markers", "problem")
    return replace(view, tracks=(), markers=tuple(found), remarks=(*view.remarks, remark))


# --- writing --------------------------------------------------------------------------------------------------------


def write_list(
    title: str, rows: Iterable[tuple[Marker, MarkState]], view: View, newline: str = "\n"
) -> tuple[bytes, int]:
    """A list with what became of each mark, by colour and text, and how many are left out because it is full."""
    lines = [f"TITLE: {plain(title)}", f"FCM: {'DROP FRAME' if view.drop else 'NON-DROP FRAME'}", ""]
    ordered = sorted(rows, key=lambda row: row[0].start.at(view.rate))
    for number, (marker, state) in enumerate(ordered[:MOST], 1):
        at = marker.start.at(view.rate)
        first = timecode(int(view.start + at), view.rate, drop=view.drop)
        end = timecode(int(view.start + at) + 1, view.rate, drop=view.drop)
        length = max(round(marker.duration.at(view.rate)), 1)
        lines.append(f"{number:03}  {'001':<8} V     C        {first} {end} {first} {end}  ")
        lines.append(f"{_note(marker, state)} |C:ResolveColor{COLOURS[state]} |M:{state} |D:{length}")
        lines.append("")
    return (newline.join(lines) + newline).encode(), max(len(ordered) - MOST, 0)


def _note(marker: Marker, state: MarkState) -> str:
    """The state first: a marker whose text began with the order's word would be an order again."""
    text = " ".join(part for part in (marker.name, marker.note) if part.strip())
    return plain(f"{state} - {text}" if text else state)


def plain(text: str) -> str:
    """Text as every program reads it: ASCII, on one line, without the bars that part its fields."""
    text = text.replace("|", "/").encode("ascii", "replace").decode()
    return " ".join(text.split())[:_LONGEST_TEXT]
