"""Reads an .fcpxml file: storylines and what is connected to them become tracks, each clip with its place in the file.

https://developer.apple.com/documentation/professional-video-applications/fcpxml-reference
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from ..errors import CutError, Problem
from ..legible import one_line
from ..rates import drops, timecode
from .fcpxml_marks import Noted, noted, orders_within
from .fcpxml_resources import Asset, Resources
from .fcpxml_story import ITEMS, Heard, Part, Picture, Story, Window, anchored, in_use, time_of
from .fcpxml_times import Axis, BadTime, Retime, seconds
from .fcpxml_tracks import NO_EDGES, ORIGINAL, Draft, Edges, Own, Spot, laid
from .model import NAMESPACE, TAKE_KEY, Address, Exact, Instant, Marker, Media, Speed, Track, View
from .paths import file_name
from .signature import TAKE_FILE, signed
from .xml_document import Element, XmlDocument

AGAIN = "export it from Final Cut again: File > Export XML"

KNOWN = tuple(f"1.{minor}" for minor in range(8, 15))
"""Versions whose document types were read."""

_MOST = 500
"""Marks inside one compound clip that are listed."""


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


def sign_of(element: Element) -> Mapping[str, Any] | None:
    """What the note of a clip says of the take of ours that it is; None for any other clip."""
    note = element.first("note")
    return signed(note.text) if note is not None else None


def take_media(element: Element, asset: Asset | None) -> bool:
    """Whether a clip plays a take of ours: by its note, or by its file where an editor has dropped that."""
    return sign_of(element) is not None or (asset is not None and TAKE_FILE.search(file_name(asset.src)) is not None)


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
        self._compounds: set[str] = set()

    # --- the whole --------------------------------------------------------------------------------------------------

    def reading(self) -> Reading:
        document = self._document
        projects = list(_projects(document.root))
        if not projects:
            raise CutError("the file holds no project, only clips", where=str(document.path), fix=AGAIN)
        project, self._sequence = projects[0]
        self._name = one_line(project.get("name")) or "untitled project"
        self._begin()
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
        level: Literal["problem", "warning", "note"] = "warning",
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
                root = host or (used, axis)
                self._item(element, used, axis, timing, window, lanes, root, edges)
            below = host or (used, axis)
            for child, lane in anchored(used):
                self._place(child, axis.when(time_of(child, "offset")), (*lanes, lane), below)
        except BadTime as error:
            raise self._absurd(str(error), used) from None

    def _gap(self, gap: Element, axis: Axis) -> None:
        for mark in noted(gap, lambda what, fix: self._remark(axis.at, "gap", what, fix)):
            local = mark.start if mark.start is not None else axis.start
            self._record_mark(mark, axis.when(local), mark.length, "gap")

    def _item(
        self,
        element: Element,
        used: Element,
        axis: Axis,
        timing: Retime,
        window: Window,
        lanes: tuple[int, ...],
        host: tuple[Element, Axis],
        edges: Edges,
    ) -> None:
        story, rate = self._story, self._rate
        audition = element if element is not used else None
        shown = story.picture(used, axis, timing, window, rate)
        original, own, own_axis = used, shown, axis
        takes: tuple[Media, ...] = ()
        active = ORIGINAL
        if audition is not None:
            original, takes, active = self._alternatives(audition, used)
            if original is not used:
                own_axis, own_timing = story.axis(original, window.begin, rate, Fraction(1))
                own_window = Window(window.begin, window.begin + story.length(original))
                own = story.picture(original, own_axis, own_timing, own_window, rate) or shown
        name = one_line(original.get("name"))
        sign = sign_of(used) if audition is None else None
        placed = sign if sign is not None and lanes != (0,) else None
        heard = list(story.sounds(used, axis, timing, self._sound_window(used, axis, window), rate))
        if shown is not None and self._ours(used):
            # The sound of a take is the file's own: what is heard is the original, or known by the picture alone.
            asset = own.asset if own is not None and original is not used else None
            heard = [replace(sound, asset=asset) for sound in heard if asset is not None]
        link = str(element.start) if shown is not None and heard else ""
        if shown is not None and own is not None:
            self._drafts.append(
                self._picture(
                    element, used, original, shown, own, own_axis, axis, window, lanes, host, edges,
                    takes, active, placed, link, name,
                )
            )  # fmt: skip
        for number, sound in enumerate(heard):
            marks = self._noted((Part(used, axis),), name) if shown is None and number == 0 else []
            self._drafts.append(self._sound(used, sound, lanes, marks, link, placed, name))
        if shown is None and not heard and used.name not in ("audio", "caption"):
            self._lost(used, axis, name)

    def _sound_window(self, used: Element, axis: Axis, window: Window) -> Window:
        """Seconds in which a clip is heard: its own, or those of a split edit."""
        if "audioStart" not in used.attributes and "audioDuration" not in used.attributes:
            return window
        begin = axis.when(time_of(used, "audioStart", axis.start))
        return Window(begin, begin + time_of(used, "audioDuration", window.end - window.begin))

    def _lost(self, used: Element, axis: Axis, name: str) -> None:
        """Something without picture and sound that can be read: its marks are not passed over in silence."""
        for mark in noted(used, lambda what, fix: None):
            if mark.name.upper().startswith("RETAKE") or mark.note.upper().startswith("RETAKE"):
                what = f"the mark is on a {used.name} whose media is not in the file"
                self._remark(axis.at, name or used.name, what, f"relink it, then {AGAIN}", "problem")

    def _alternatives(self, audition: Element, used: Element) -> tuple[Element, tuple[Media, ...], str]:
        """The original in an audition, the takes of ours, and the key of what is picked."""
        takes: list[Media] = []
        active = ORIGINAL
        originals = []
        for child in audition.children:
            if child.name not in ITEMS:
                continue
            asset = self._resources.asset(child.get("ref"))
            if not take_media(child, asset):
                originals.append(child)
                continue
            key = free_key(sign_of(child), {take.key for take in takes})
            takes.append(self._media(asset, key, child))
            if child is used:
                active = key
        if not originals:
            return used, (), ORIGINAL
        for other in originals[1:]:
            self._unpicked(other)
        return (used if active == ORIGINAL else originals[0]), tuple(takes), active

    def _unpicked(self, element: Element) -> None:
        for mark in orders_within(element, 1):
            what = (
                f"the mark {one_line(mark.get('value'))!r} is on an alternative that is not picked; it is not ordered"
            )
            self._remark(self._start, one_line(element.get("name")), what, "pick it, or delete the mark", "note")

    def _media(self, asset: Asset | None, key: str, element: Element) -> Media:
        sign = sign_of(element)
        about = {NAMESPACE: dict(sign)} if sign is not None else {}
        if asset is None:
            return Media(key, "missing", one_line(element.get("name")), "", None, None, about)
        return asset.media(key, asset.rate or self._rate, about)

    def _picture(
        self,
        element: Element,
        used: Element,
        original: Element,
        shown: Picture,
        own: Picture,
        own_axis: Axis,
        axis: Axis,
        window: Window,
        lanes: tuple[int, ...],
        host: tuple[Element, Axis],
        edges: Edges,
        takes: tuple[Media, ...],
        active: str,
        placed: Mapping[str, Any] | None,
        link: str,
        name: str,
    ) -> Draft:
        asset = own.asset
        media = self._media(asset, ORIGINAL, original)
        if own.refused and asset is None:
            media = Media(ORIGINAL, "unknown", name, "", None, None, {})
        elif own.see_through:
            media = Media(ORIGINAL, "generator", name, "", None, None, {})
        if placed is not None:
            media = replace(media, key=free_key(placed, set()))
        refused, warning = shown.refused or own.refused, shown.warning or own.warning
        media_axis = axis if shown.refused else shown.media
        if media_axis.pace <= 0:
            refused, media_axis = refused or "the clip's speed varies", axis
        media_axis = _from(media_axis, window.begin)
        spot = Spot(
            element=original, used=used, audition=element if element is not used else None, host=host[0],
            host_axis=host[1], axis=axis, picture=own, lanes=lanes,
        )  # fmt: skip
        return Draft(
            kind="Video",
            lanes=lanes,
            record=(self._record(window.begin), self._record(window.end)),
            name=name or media.name or "unnamed",
            enabled=used.get("enabled", "1") != "0",
            media_axis=media_axis,
            media_rate=(asset.rate if asset is not None else None) or self._rate,
            speed=Speed(1 / media_axis.pace if not refused else Fraction(1), refused, warning),
            media=media,
            marks=self._noted(self._marked_parts(own, original, own_axis), name),
            edges=edges,
            takes=takes,
            active=active if active != ORIGINAL else media.key,
            link=link,
            see_through=own.see_through,
            placed=placed,
            beside=self._takes_beside(original, own),
            spot=spot,
            element=used,
            inner_marks=self._marks_inside(original) if original.name == "ref-clip" else (),
        )

    def _takes_beside(self, original: Element, own: Picture) -> bool:
        """Whether an audition can hold this clip and a take of it without anything else changing with the pick.

        What is connected to a clip, and the sound of a synchronized one, would go when a take is picked. DaVinci
        Resolve knows no auditions.
        """
        if original.name not in ("asset-clip", "clip", "video") or own.asset is None or self._writer == "resolve":
            return False
        return not any(not self._ours(child) for child, _ in anchored(original))

    def _ours(self, element: Element) -> bool:
        return take_media(element, self._resources.asset(element.get("ref")))

    def _sound(
        self,
        used: Element,
        heard: Heard,
        lanes: tuple[int, ...],
        marks: list[Own],
        link: str,
        placed: Mapping[str, Any] | None,
        name: str,
    ) -> Draft:
        rate = (heard.asset.rate if heard.asset.has_video else None) or self._rate
        key = free_key(placed, set()) if placed is not None else ORIGINAL
        about = {NAMESPACE: dict(placed)} if placed is not None else {}
        return Draft(
            kind="Audio",
            lanes=lanes,
            record=(self._record(heard.begin), self._record(heard.end)),
            name=name or heard.asset.name or "unnamed",
            enabled=used.get("enabled", "1") != "0",
            media_axis=_from(heard.media, heard.begin),
            media_rate=rate,
            speed=Speed(1 / heard.media.pace),
            media=heard.asset.media(key, rate, about),
            marks=marks,
            active=key,
            link=link,
            channels=heard.channels,
            placed=placed,
            element=used,
        )

    # --- marks ------------------------------------------------------------------------------------------------------

    def _noted(self, chain: Iterable[Part], name: str) -> list[Own]:
        found: list[Own] = []
        for element, axis in chain:
            if element.children:
                second = axis.at
                found += [
                    (mark, axis)
                    for mark in noted(element, lambda what, fix, at=second: self._remark(at, name, what, fix))  # type: ignore[misc]
                ]
        return found

    def _marked_parts(self, own: Picture, original: Element, axis: Axis) -> list[Part]:
        """Elements whose marks are a clip's: itself and what it holds, sound too; a multicam's are everybody's."""
        if original.name in ("mc-clip", "ref-clip") or not own.chain:
            return [Part(original, axis)]
        parts = list(own.chain)
        for part in own.chain[1:]:
            for child, _ in anchored(part.element):
                at = part.axis.when(time_of(child, "offset"))
                parts.append(Part(child, Axis(at, self._story.start(child), part.axis.pace)))
        return parts

    def _marks_inside(self, element: Element) -> tuple[Element, ...]:
        """Orders in a compound clip, said once, of its first use: they lie where none can be carried out."""
        ref = element.get("ref")
        media = self._resources.get(ref, "media")
        if media is None or ref in self._compounds:
            return ()
        self._compounds.add(ref)
        found = orders_within(media, _MOST + 1)
        if len(found) > _MOST:
            what = f"the compound clip holds more than {_MOST} marks; no others are listed"
            self._remark(self._start, one_line(element.get("name")), what, "open it and mark what is in it")
        return tuple(found[:_MOST])

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


def _from(axis: Axis, second: Fraction) -> Axis:
    """The same time, told from another second on."""
    return Axis(second, axis.local(second), axis.pace)


def _whole(value: Fraction) -> Exact:
    return value.numerator if value.denominator == 1 else value


def free_key(sign: Mapping[str, Any] | None, taken: set[str]) -> str:
    """The key of a take: by its version, or by the next number that is free."""
    number = int(sign["version"]) if sign is not None else 1
    while f"{TAKE_KEY}{number:03}" in taken:
        number += 1
    return f"{TAKE_KEY}{number:03}"


def _projects(root: Element) -> Iterator[tuple[Element, Element]]:
    """Every project with its sequence, in the order of the document."""
    for child in root.children:
        if child.name in ("library", "event"):
            yield from _projects(child)
        elif child.name == "project" and (sequence := child.first("sequence")) is not None:
            yield child, sequence
