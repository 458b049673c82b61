"""Reads an .fcpxml file: storylines and what is connected to them become tracks, each clip with its place in the file.

https://developer.apple.com/documentation/professional-video-applications/fcpxml-reference
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ..errors import CutError, Level, Problem
from ..legible import one_line
from ..rates import drops, timecode
from .fcpxml_clips import Clips, Item
from .fcpxml_marks import Noted, noted
from .fcpxml_resources import Resources
from .fcpxml_story import ITEMS, Story, Window, anchored, in_use, time_of
from .fcpxml_times import Axis, BadTime, seconds
from .fcpxml_tracks import NO_EDGES, Draft, Edges, Spot, laid
from .model import Address, Exact, Instant, Marker, Track, View
from .xml_document import Element, XmlDocument

AGAIN = "export it from Final Cut again: File > Export XML"

KNOWN = tuple(f"1.{minor}" for minor in range(8, 15))
"""Versions whose document types were read."""


@dataclass(frozen=True)
class Reading:
    """A document that was read."""

    document: XmlDocument
    view: View
    sequence: Element
    resources: Resources
    spots: Mapping[Address, Spot] = field(repr=False)
    """What each clip with a picture is in the document."""
    elements: Mapping[Address, Element] = field(repr=False)
    """What is shown or heard as each clip."""
    start: Fraction
    """The second at which the sequence begins."""
    lanes: tuple[int, int]
    """The lowest and the highest lane that anything stands on."""

    def second(self, record: Exact) -> Fraction:
        """The second of the sequence at which a record frame begins."""
        return self.start + record / self.view.rate


def read_fcpxml(document: XmlDocument) -> Reading:
    """The first project of ``document``. Raises ``CutError`` where there is none, or its times make no sense."""
    return _Reader(document).reading()


class _Reader:
    def __init__(self, document: XmlDocument) -> None:
        self._document = document
        self._remarks: list[Problem] = []
        if document.root.name != "fcpxml":
            raise CutError(
                f"this is no Final Cut Pro XML: it begins with <{document.root.name}>",
                where=str(document.path),
                fix=AGAIN,
            )
        self._resources = Resources(document.root)
        self._story = Story(self._resources)
        self._drafts: list[Draft] = []
        self._markers: list[Marker] = []
        self._lanes = {0}

    # --- the whole --------------------------------------------------------------------------------------------------

    def reading(self) -> Reading:
        document = self._document
        projects = list(_projects(document.root))
        if not projects:
            raise CutError("the file holds no project, only clips", where=str(document.path), fix=AGAIN)
        project, self._sequence = projects[0]
        self._name = one_line(project.get("name")) or "untitled project"
        self._begin()
        self._clips = Clips(
            self._resources, self._story, self._rate, self._start, self._writer != "resolve", self._remark
        )
        self._say_version()
        if len(projects) > 1:
            others = ", ".join(one_line(other.get("name")) or "untitled" for other, _ in projects[1:])
            what = f"the file holds {len(projects)} projects; this is the first, and left alone are: {others}"
            self._remark(self._start, self._name, what, "export another one by itself to work on it", "note")
        spine = self._sequence.first("spine")
        if spine is not None:
            try:
                self._spine(spine, Axis(self._start, self._start, Fraction(1)), (0,), None)
            except BadTime as error:
                raise self._absurd(str(error), spine) from None
        tracks, spots, elements = laid(self._drafts, self._rate)
        lanes = min(self._lanes), max(self._lanes)
        view = self._view(tracks)
        return Reading(document, view, self._sequence, self._resources, spots, elements, self._start, lanes)

    def _begin(self) -> None:
        """The rate, the start and the way of counting."""
        sequence = self._sequence
        try:
            rate = self._resources.rate(sequence.get("format"))
            self._start = time_of(sequence, "tcStart")
        except BadTime as error:
            raise self._absurd(str(error), sequence) from None
        if rate is None or not 1 <= rate <= 1000:
            raise self._absurd("the project's format does not say its frame rate", sequence)
        self._rate = rate
        self._one = 1 / rate
        said = sequence.get("tcFormat")
        self._drop = {"DF": True, "NDF": False}.get(said)

    def _say_version(self) -> None:
        version = self._document.root.get("version")
        if version not in KNOWN:
            what = f"its version is {version or 'not said'}; known are {KNOWN[0]} to {KNOWN[-1]}"
            self._remark(
                self._start, self._name, what, "look at the plan, and at what is written, with care", "warning"
            )

    def _absurd(self, what: str, element: Element) -> CutError:
        name = one_line(element.get("name"))
        where = f"{self._document.path}, line {self._document.line_of(element)}" + (f" ({name})" if name else "")
        return CutError(what, where=where, fix=f"mend it in the editor, then {AGAIN}")

    def _remark(
        self,
        second: Fraction,
        place: str,
        what: str,
        fix: str,
        level: Level = "warning",
    ) -> None:
        frame = int(second * self._rate)
        drop = self._drop if self._drop is not None else bool(drops(self._rate))
        self._remarks.append(Problem(timecode(frame, self._rate, drop=drop), place, what, fix, level))

    def _record(self, second: Fraction) -> Exact:
        frame = (second - self._start) * self._rate
        return frame.numerator if frame.denominator == 1 else frame

    # --- storylines -------------------------------------------------------------------------------------------------

    def _spine(self, spine: Element, axis: Axis, lanes: tuple[int, ...], host: tuple[Element, Axis] | None) -> None:
        """A storyline: ``host`` is what it is connected to; None for the primary one."""
        row: list[tuple[Element, Fraction, Fraction]] = []
        cursor = axis.start
        for child in spine.children:
            transition = child.name == "transition"
            if not transition and child.name not in ITEMS and child.name != "audition":
                continue
            length = time_of(child, "duration") if transition else self._story.length(child)
            if length < 0:
                raise self._absurd("a clip is shorter than nothing", child)
            said = child.attributes.get("offset")
            at = seconds(said) if said else cursor - length if transition else cursor
            cursor = at if transition and not said else cursor if transition else at + length
            row.append((child, axis.when(at), axis.when(at + length)))
        for number, (child, begin, end) in enumerate(row):
            if child.name == "transition":
                self._transition_marks(child, begin, end)
                continue
            edges = NO_EDGES
            before, after = row[number - 1] if number else None, row[number + 1] if number + 1 < len(row) else None
            if (before and before[0].name == "transition") or (after and after[0].name == "transition"):
                edges = self._edges(begin, end, before, after)
            self._place(child, begin, lanes, host, edges)

    def _edges(
        self,
        begin: Fraction,
        end: Fraction,
        before: tuple[Element, Fraction, Fraction] | None,
        after: tuple[Element, Fraction, Fraction] | None,
    ) -> Edges:
        """How much of a clip is in the transitions around it, and how much more of its media they need."""
        zero = Fraction(0)
        overlap, lead = [zero, zero], [zero, zero]
        if before is not None and before[0].name == "transition":
            overlap[0], lead[0] = max(before[2] - begin, zero), max(begin - before[1], zero)
        if after is not None and after[0].name == "transition":
            overlap[1], lead[1] = max(end - after[1], zero), max(after[2] - end, zero)
        first, second = (tuple(_whole(length * self._rate) for length in pair) for pair in (overlap, lead))
        return (first[0], first[1]), (second[0], second[1])

    def _transition_marks(self, transition: Element, begin: Fraction, end: Fraction) -> None:
        """Marks on a transition count from an hour, as generated items do, or from the start of the project."""
        name = one_line(transition.get("name")) or "transition"
        for mark in noted(transition, lambda what, fix: self._remark(begin, name, what, fix)):
            local = mark.start if mark.start is not None else Fraction(0)
            inside = [zero for zero in (self._start, Fraction(3600), Fraction(0)) if 0 <= local - zero < end - begin]
            at = begin + local - inside[0] if inside else begin
            self._record_mark(mark, at, mark.length, name)

    def _record_mark(self, mark: Noted, second: Fraction, length: Fraction, place: str) -> None:
        rate = self._rate
        start, frames = self._record(second), length * rate
        if mark.rounded:
            start, frames = round(start), Fraction(max(round(frames), 1))
        self._markers.append(
            Marker(
                owner="record",
                name=mark.name,
                note=mark.note,
                colour="",
                start=Instant(Fraction(start), rate),
                duration=Instant(frames, rate),
                address=None,
                place=place,
                at=mark.element.start,
            )
        )

    # --- items ------------------------------------------------------------------------------------------------------

    def _place(
        self,
        element: Element,
        at: Fraction,
        lanes: tuple[int, ...],
        host: tuple[Element, Axis] | None,
        edges: Edges = NO_EDGES,
    ) -> None:
        """An item, or a storyline, that begins at second ``at``, and all that is connected to it."""
        self._lanes.add(sum(lanes))
        if element.name == "spine":
            self._spine(element, Axis(at, Fraction(0), Fraction(1)), lanes, host)
            return
        used = in_use(element)
        if used is None:
            return
        story, rate = self._story, self._rate
        try:
            axis, timing = story.axis(used, at, rate, Fraction(1))
            length = story.length(used)
            if length < 0:
                raise self._absurd("a clip is shorter than nothing", used)
            window = Window(at, at + length)
            if used.name == "gap":
                self._gap(used, axis)
            elif length > 0:
                item = Item(element, used, axis, timing, window, lanes, host or (used, axis), edges)
                self._drafts += self._clips.of(item)
            below = host or (used, axis)
            for child, lane in anchored(used):
                self._place(child, axis.when(time_of(child, "offset")), (*lanes, lane), below)
        except BadTime as error:
            raise self._absurd(str(error), used) from None

    def _gap(self, gap: Element, axis: Axis) -> None:
        for mark in noted(gap, lambda what, fix: self._remark(axis.at, "gap", what, fix)):
            local = mark.start if mark.start is not None else axis.start
            self._record_mark(mark, axis.when(local), mark.length, "gap")

    # --- tracks -----------------------------------------------------------------------------------------------------

    @property
    def _writer(self) -> str:
        event = self._sequence.parent.parent if self._sequence.parent is not None else None
        names = (self._name, event.get("name") if event is not None else "")
        return "resolve" if any(name.endswith("(Resolve)") for name in names) else "fcp"

    def _view(self, tracks: tuple[Track, ...]) -> View:
        return View(
            path=self._document.path,
            form="fcpxml",
            writer=self._writer,
            name=self._name,
            rate=self._rate,
            written_rate=float(self._rate),
            start=self._start * self._rate,
            tracks=tracks,
            markers=tuple(self._markers),
            remarks=tuple(self._remarks),
            counts_drop=self._drop,
        )


def _whole(value: Fraction) -> Exact:
    return value.numerator if value.denominator == 1 else value


def _projects(root: Element) -> Iterator[tuple[Element, Element]]:
    """Every project with its sequence, in the order of the document."""
    for child in root.children:
        if child.name in ("library", "event"):
            yield from _projects(child)
        elif child.name == "project" and (sequence := child.first("sequence")) is not None:
            yield child, sequence
