"""Marks in an .fcpxml file: markers, to-dos and chapters are points, keywords are ranges; and the state of each.

https://developer.apple.com/documentation/professional-video-applications/annotation-and-note-elements
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..legible import legible
from .cut import Losses, MarkState
from .fcpxml_times import Axis, BadTime, seconds
from .model import Address, Instant, Marker
from .xml_document import Element, Splice, XmlDocument, set_attribute

MARKS = frozenset(("marker", "chapter-marker", "keyword", "note"))

OURS = re.compile(r"\s*RETAKE(?![\w-])", re.IGNORECASE)
"""How a text begins that may be an order."""

SHORTEST = Fraction(1001, 24000)
"""Seconds: no longer than a frame of the slowest rate is a point, whatever rate it is written at, or one sample."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A mark in its element's own time. ``start`` is None where it means all of the clip, ``length`` 0 for a point."""

    element: Element
    name: str
    note: str
    start: Fraction | None
    length: Fraction
    rounded: bool = False


def noted(holder: Element, warn: Callable[[str, str], None]) -> Iterator[Noted]:
    """The marks that stand in ``holder``. ``warn`` is told what cannot be read, and what to do."""
    for child in holder.children:
        if child.name not in MARKS:
            continue
        try:
            if child.name == "keyword":
                yield from _keywords(child, warn)
            elif child.name == "note":
                if OURS.match(child.text):
                    yield Noted(child, "", legible(child.text.strip()), None, Fraction(0))
            else:
                length = seconds(child.get("duration") or "0s")
                said = child.get("start")
                yield Noted(
                    child,
                    legible(child.get("value")),
                    legible(child.get("note")),
                    seconds(said) if said else None,
                    length if length > SHORTEST else Fraction(0),
                )
        except BadTime as error:
            warn(f"a {child.name} was left out: {error}", "delete it and set it again")


def _keywords(keyword: Element, warn: Callable[[str, str], None]) -> Iterator[Noted]:
    """Each word of a keyword range that may be an order; the editor keeps words apart by commas, so none is in one."""
    value = keyword.get("value")
    if "RETAKE" not in value.upper():
        return
    words = [word.strip() for word in value.split(",")]
    found = [word for word in words if OURS.match(word)]
    if found and len(found) < len(words):
        others = ", ".join(repr(legible(word)) for word in words if word not in found)
        warn(
            f"beside the keyword {legible(found[0])!r} stands {others}: a keyword of its own, not part of the order",
            "if it was meant to be, write what has commas into the keyword's note, or into a marker",
        )
    start, duration = keyword.get("start"), keyword.get("duration")
    for word in found:
        whole = not start or not duration
        yield Noted(
            keyword,
            legible(word),
            legible(keyword.get("note")),
            None if whole else seconds(start),
            Fraction(0) if whole else seconds(duration),
            rounded=True,
        )


def orders_within(holder: Element, most: int) -> list[Element]:
    """Marks anywhere below an element that may be orders; no more than ``most``."""
    found = []
    for element in holder.every("marker", "chapter-marker", "keyword"):
        if any(OURS.match(part) for part in (element.get("value"), element.get("note"))):
            found.append(element)
            if len(found) == most:
                break
    return found


@dataclass(frozen=True, slots=True)
class Clock:
    """How marks of one clip are counted: ``media`` time in frames at ``rate``; the clip begins at second ``begin``.

    ``frame`` is a frame of the sequence in seconds; ``straight`` whether a frame of the media takes its own time.
    """

    media: Axis
    rate: Fraction
    begin: Fraction
    frame: Fraction
    straight: bool


def as_marker(mark: Noted, axis: Axis, clock: Clock, address: Address, place: str) -> Marker:
    """A mark on a clip, in an element whose own time is ``axis``."""
    rate = clock.rate
    first, length, whole = Fraction(0), Fraction(0), mark.start is None
    if mark.start is not None:
        begin = axis.when(mark.start)
        end = axis.when(mark.start + mark.length)
        if mark.rounded and not clock.straight:
            # Under a time map the frames of the project are what the editor saw when the range was drawn.
            begin, end = (clock.begin + round((t - clock.begin) / clock.frame) * clock.frame for t in (begin, end))
        first = clock.media.local(begin) * rate
        last = clock.media.local(end) * rate
        if mark.rounded and clock.straight:
            first, last = Fraction(round(first)), Fraction(round(last))
        length = max(last - first, Fraction(1)) if mark.rounded else last - first
    return Marker(
        owner="clip",
        name=mark.name,
        note=mark.note,
        colour="",
        start=Instant(first, rate),
        duration=Instant(length, rate),
        address=address,
        place=place,
        whole=whole,
        at=mark.element.start,
    )


# --- the state of marks -----------------------------------------------------------------------------------------------


def marked(document: XmlDocument, states: Mapping[Marker, MarkState]) -> tuple[list[Splice], Losses]:
    """The changes that give marks their state, and what could not be given one.

    A to-do is completed when its take is there, and open again when none came. A plain marker becomes a completed to-do
    when its take is there, and stays what it is before that. Nothing else has a state in the format.
    """
    losses = Losses()
    wanted: dict[int, tuple[Marker, MarkState]] = {m.at: (m, state) for m, state in states.items() if m.at >= 0}
    splices = []
    became = 0
    for element in document.root.every("marker", "chapter-marker", "keyword", "note"):
        if element.start not in wanted:
            continue
        marker, state = wanted[element.start]
        if element.name != "marker":
            kind = {"chapter-marker": "a chapter marker", "keyword": "a keyword", "note": "a note"}[element.name]
            losses.left_out.append(f"{marker.place}: {kind} has no state; its mark is {state}")
            continue
        todo = "completed" in element.attributes
        value = {"done": "1", "failed": "0", "unknown": "0"}.get(state, "")
        if not value or (not todo and value == "0") or element.get("completed") == value:
            continue
        became += not todo
        splices.append(set_attribute(document, element, "completed", value))
    if became:
        what = "1 marker became a completed to-do" if became == 1 else f"{became} markers became completed to-dos"
        losses.warnings.append(f"{what}: that is how Final Cut shows that a take is there")
    return splices, losses
