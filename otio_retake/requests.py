"""Marks on a cut become requests: which clip, which stretch of its source, what should happen there.

A clip's marker asks for its range of the clip, cut to what is visible, or for all of that where it is a point. A
marker of the timeline or of a track asks for the topmost enabled clip under each part of it. IN and OUT make a range.
Marks always mean the original media: our own takes, titles and adjustment layers above it are looked through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from .capabilities import Mode
from .cuts.model import Clip, Exact, Marker, Reach, Track, View
from .cuts.paths import file_name
from .errors import Problem
from .marks import Mark, Marks
from .originals import UNKNOWN, alone, plays_take
from .rates import exact_rate, nominal


@dataclass(frozen=True, slots=True)
class SoundClip:
    """A sound clip that the cut plays with a picture."""

    clip: Clip
    same_file: bool


@dataclass(frozen=True, slots=True)
class RetakeRequest:
    """One thing to be done to one clip. ``region`` is what the mark asks for, as the clip's source counts it.

    ``record`` is the same in record frames, ``also`` are other markers of the request: copies, and the OUT of an IN.
    """

    mark_id: str
    mark: Mark
    clip: Clip
    region: Reach
    record: tuple[Exact, Exact]
    timecode: str
    whole_clip: bool
    sounds: tuple[SoundClip, ...] = ()
    through: tuple[str, ...] = ()
    also: tuple[Marker, ...] = ()
    point: bool = False
    """Whether the mark is a point, and asks for all that is visible."""

    @property
    def doubtful(self) -> Marker | None:
        """The marker of it of which nobody knows what it covers, where that matters: a point may be anywhere."""
        markers = (self.mark.marker, *self.also)
        return None if self.point else next((marker for marker in markers if marker.doubt), None)

    @property
    def mode(self) -> Mode | None:
        """The mode that the mark says; None where it leaves it to the settings."""
        return self.mark.mode


@dataclass(frozen=True, slots=True)
class Requests:
    """Every request of a cut, and every problem, warning and note on the way to them."""

    requests: tuple[RetakeRequest, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Ask:
    """A mark with the place it asks for, before it is known which clips that means."""

    mark: Mark
    clip: Clip | None
    first: Fraction
    end: Fraction
    point: bool
    out: tuple[Marker, ...] = ()
    """The OUT that closes an IN."""


def resolve(view: View, marks: Marks) -> Requests:
    """The requests that ``marks`` make on the cut in ``view``."""
    return _Resolver(view, marks).run()


class _Resolver:
    def __init__(self, view: View, marks: Marks) -> None:
        self._view = view
        self._marks = marks
        self._problems: list[Problem] = [*view.remarks, *marks.problems]
        self._ordinals: dict[str, int] = {}

    def run(self) -> Requests:
        found: list[RetakeRequest] = []
        for ask in self._asks():
            found += self._requests(ask)
        # Picture and sound that carry the same marker would say the same twice.
        return Requests(tuple(self._identified(self._merged(found))), tuple(dict.fromkeys(self._problems)))

    def _problem(self, at: Exact, place: str, what: str, fix: str, level: str = "problem") -> None:
        label = self._view.timecode(at)
        self._problems.append(
            Problem(
                label,
                place,
                what,
                fix,
                "problem" if level == "problem" else "warning" if level == "warning" else "note",
            )
        )

    # --- from marks to places ---------------------------------------------------------------------------------------

    def _asks(self) -> Iterator[_Ask]:
        """Ranges and points as they are; IN and OUT joined within a clip, or within the timeline."""
        edges: dict[object, list[_Ask]] = {}
        for mark in self._marks.marks:
            ask = self._ask(mark)
            if mark.edge:
                owner = mark.marker.address or mark.marker.place
                edges.setdefault(owner, []).append(ask)
            else:
                yield ask
        for asks in edges.values():
            yield from self._pairs(asks)

    def _ask(self, mark: Mark) -> _Ask:
        marker, view = mark.marker, self._view
        if marker.address is not None:
            clip = view.clip_at(marker.address)
            reach = clip.reach_of(marker)
            unit = exact_rate(clip.source.rate)
            return _Ask(
                mark,
                clip,
                reach.first,
                reach.end,
                reach.end - reach.first <= 1 or self._is_point((reach.end - reach.first) / clip.speed.scalar / unit),
            )
        first = marker.start.at(view.rate)
        length = marker.duration.at(view.rate)
        return _Ask(mark, None, first, first + length, self._is_point(length / view.rate))

    def _is_point(self, seconds: Fraction) -> bool:
        """Whether a marker of the cut is no longer than one of its frames, or one sample of sound."""
        return seconds <= 1 / self._view.rate

    def _pairs(self, asks: list[_Ask]) -> Iterator[_Ask]:
        """IN … OUT, inclusive: ``[IN, OUT + 1)``; the text of IN counts. Anything unpaired or crossing is said."""
        opened: _Ask | None = None
        for ask in sorted(asks, key=lambda a: (a.first, a.mark.edge == "out")):
            at = self._record(ask)
            if ask.mark.edge == "in":
                if opened is not None:
                    self._problem(
                        self._record(opened),
                        self._place(opened),
                        "RETAKE IN is followed by another RETAKE IN",
                        "put a RETAKE OUT between them, or delete one",
                    )
                opened = ask
            elif opened is None:
                self._problem(
                    at, self._place(ask), "RETAKE OUT has no RETAKE IN before it", "add RETAKE IN, or delete it"
                )
            else:
                step = self._one_frame(ask)
                # One that is known by its colour alone keeps it.
                out = () if ask.mark.by_colour else (ask.mark.marker,)
                yield replace(opened, end=ask.first + step, point=False, out=out)
                opened = None
        if opened is not None:
            self._problem(
                self._record(opened),
                self._place(opened),
                "RETAKE IN has no RETAKE OUT after it",
                "add RETAKE OUT on the last frame",
            )

    def _one_frame(self, ask: _Ask) -> Fraction:
        """One frame of the cut, in the units of the place."""
        if ask.clip is None:
            return Fraction(1)
        return exact_rate(ask.clip.source.rate) / self._view.rate * ask.clip.speed.scalar

    def _record(self, ask: _Ask) -> Exact:
        return ask.first if ask.clip is None else ask.clip.record_of(ask.first)

    def _place(self, ask: _Ask) -> str:
        return ask.clip.name if ask.clip else ask.mark.marker.place

    # --- from places to clips ---------------------------------------------------------------------------------------

    def _requests(self, ask: _Ask) -> list[RetakeRequest]:
        if ask.clip is not None:
            return self._on_clip(ask, ask.clip)
        return self._on_timeline(ask)

    def _on_clip(self, ask: _Ask, clip: Clip) -> list[RetakeRequest]:
        at = self._record(ask)
        if clip.placed is not None:
            return []
        if alone(clip):
            self._problem(at, clip.name, UNKNOWN, "name the project that it was made in with --project")
            return []
        if clip.kind == "Audio":
            return self._on_sound(ask, clip, at)
        if clip.see_through:
            self._problem(at, clip.name, f"the mark is on {clip.see_through}", "put it on the clip with the picture")
            return []
        if not clip.enabled:
            self._problem(at, clip.name, "the marked clip is disabled", "enable it, or delete the mark")
            return []
        shown = clip.shown
        if ask.mark.one_frame:
            region = Reach(ask.first, ask.first + self._one_frame(ask), shown.rate).cut(shown)
        elif ask.point:
            # A point on a frame that is trimmed away belongs to another use of the same media.
            inside = ask.mark.marker.whole or shown.first <= ask.first < shown.end or self._in_overlap(ask, clip)
            region = shown if inside and shown.first < shown.end else None
        else:
            region = Reach(ask.first, ask.end, shown.rate).cut(shown)
        if region is None:
            if self._in_overlap(ask, clip):
                self._problem(at, clip.name, "the mark lies inside a transition", "move it to where the clip is alone")
            else:
                self._problem(
                    at,
                    clip.name,
                    "the mark lies outside what the clip shows; it is not ordered",
                    "move it, or leave it to another use of the media",
                    "warning",
                )
            return []
        return [self._made(ask, clip, region)]

    def _in_overlap(self, ask: _Ask, clip: Clip) -> bool:
        """Whether a place is within the clip's own range, in one of its transitions."""
        whole = clip.source_of(*clip.record)
        return whole.first <= ask.first < whole.end and (clip.overlap[0] > 0 or clip.overlap[1] > 0)

    def _on_sound(self, ask: _Ask, clip: Clip, at: Exact) -> list[RetakeRequest]:
        """A mark on sound asks for the picture that it belongs to, and must say what is to change."""
        if not clip.enabled:
            self._problem(at, clip.name, "the marked sound clip is disabled", "enable it, or delete the mark")
            return []
        pictures = [p for p in self._with(clip) if p.kind == "Video" and not _is_ours(p) and not p.see_through]
        if not pictures:
            self._problem(
                at,
                clip.name,
                "the marked sound has no picture that it belongs to",
                "put the mark on a clip with picture",
            )
            return []
        picture = pictures[0]
        twin = any(_says_the_same(m, ask.mark.marker) for m in picture.markers)
        if ask.mark.mode is None and not twin:
            self._problem(
                at,
                clip.name,
                "the mark is on sound, but does not say that sound is to change",
                "write RETAKE audio: or RETAKE both:, or put it on the picture",
            )
            return []
        first, end = clip.record_of(ask.first), clip.record_of(ask.end)
        moved = replace(
            ask, clip=picture, first=picture.source_of(first, first).first, end=picture.source_of(end, end).end
        )
        return self._on_clip(moved, picture)

    def _with(self, clip: Clip) -> list[Clip]:
        """The clips of the other kind that belong to ``clip``: linked by its editor, else same file, same place."""
        if clip.link:
            linked = [c for c in self._view.linked[clip.link] if c is not clip and c.kind != clip.kind]
            return [c for c in linked if c.record[0] < clip.record[1] and clip.record[0] < c.record[1]]
        name = file_name(clip.media.url)
        return [
            other
            for track in self._view.tracks
            if track.kind != clip.kind
            for other in track.between(*clip.record)
            if name
            and file_name(other.media.url) == name
            and other.source_of(*clip.record) == clip.source_of(*clip.record)
        ]

    def _on_timeline(self, ask: _Ask) -> list[RetakeRequest]:
        """The topmost enabled clip under each part; a point means all that is visible of the clip under it."""
        tracks = [track for track in self._view.tracks if track.kind == "Video" and track.enabled]
        first, end = ask.first, ask.end
        if ask.point:
            end = first + 1
        found: list[RetakeRequest] = []
        pieces: list[tuple[Exact, Exact]] = [(first, end)]
        through: list[str] = []
        for track in tracks if self._view.top_first else reversed(tracks):
            left: list[tuple[Exact, Exact]] = []
            for piece in pieces:
                left += self._under(ask, track, piece, found, through)
            pieces = left
        if pieces:
            where = self._view.timecode(pieces[0][0])
            if found:
                self._problem(
                    first,
                    ask.mark.marker.place,
                    f"from {where} on there is no clip under the mark",
                    "shorten the mark",
                    "warning",
                )
            else:
                self._problem(first, ask.mark.marker.place, "there is no clip under the mark", "move it over a clip")
        return [replace(request, through=tuple(through)) for request in sorted(found, key=lambda r: r.record[0])]

    def _under(
        self, ask: _Ask, track: Track, piece: tuple[Exact, Exact], found: list[RetakeRequest], through: list[str]
    ) -> list[tuple[Exact, Exact]]:
        """Takes what the clips of one track cover of ``piece``; returns what is left for the tracks below."""
        at, end = piece
        left: list[tuple[Exact, Exact]] = []
        for clip in track.between(at, end):
            if not clip.enabled or (clip.opening and clip.visible[0] >= clip.visible[1]):
                continue
            if _is_ours(clip) or clip.see_through:
                name = f"{clip.name} ({'a take of ours' if _is_ours(clip) else clip.see_through})"
                if name not in through:
                    through.append(name)
                continue
            if clip.record[0] > at:
                left.append((at, clip.record[0]))
            begin, stop = max(at, clip.record[0]), min(end, clip.record[1])
            found += self._part(ask, clip, begin, stop)
            at = stop
        if at < end:
            left.append((at, end))
        return left

    def _part(self, ask: _Ask, clip: Clip, begin: Exact, stop: Exact) -> list[RetakeRequest]:
        shown = clip.shown
        region = shown if ask.point and not ask.mark.one_frame else clip.source_of(begin, stop).cut(shown)
        if region is None or region.first >= region.end:
            self._problem(begin, clip.name, "the mark lies inside a transition", "move it to where the clip is alone")
            return []
        return [self._made(ask, clip, region)]

    def _made(self, ask: _Ask, clip: Clip, region: Reach) -> RetakeRequest:
        record = (clip.record_of(region.first), clip.record_of(region.end))
        sounds = tuple(
            SoundClip(other, file_name(other.media.url) == file_name(clip.media.url))
            for other in self._with(clip)
            if other.enabled and other.kind == "Audio" and not _is_ours(other)
        )
        return RetakeRequest(
            mark_id="",
            mark=ask.mark,
            clip=clip,
            region=region,
            record=record,
            timecode=self._view.timecode(record[0]),
            whole_clip=region == clip.shown,
            sounds=sounds,
            also=ask.out,
            point=ask.point and not ask.mark.one_frame,
        )

    # --- which are one ----------------------------------------------------------------------------------------------

    def _merged(self, requests: Iterable[RetakeRequest]) -> Iterator[RetakeRequest]:
        """Requests that say the same of the same frames of the same clip are one: picture and sound carry copies."""
        kept: dict[tuple[object, ...], RetakeRequest] = {}
        for request in requests:
            key = (request.clip.address, request.region, request.mark.digest)
            if key in kept:
                first = kept[key]
                kept[key] = replace(first, also=(*first.also, request.mark.marker, *request.also))
            else:
                kept[key] = request
        return iter(sorted(kept.values(), key=lambda r: (r.record[0], r.clip.address)))

    def _identified(self, requests: Iterable[RetakeRequest]) -> Iterator[RetakeRequest]:
        for request in requests:
            base = mark_identity(request)
            ordinal = self._ordinals[base] = self._ordinals.get(base, -1) + 1
            ident = hashlib.sha256(f"{base}\0{ordinal}".encode()).hexdigest()[:12]
            yield replace(request, mark_id=ident)


def mark_identity(request: RetakeRequest) -> str:
    """What a mark is known by in whatever export it comes.

    Its own id where its form gives one; else the media's name and what the marker covers of its source. A mark of the
    timeline is known by the stretch of source that it asks for.
    """
    marker = request.mark.marker
    name = file_name(request.clip.media.url) or request.clip.media.name
    if marker.ident:
        return f"{marker.ident}\0{name}"
    reach = request.clip.reach_of(marker) if marker.address == request.clip.address else request.region
    rate = nominal(exact_rate(reach.rate))
    return f"{name}\0{rate}\0{reach.first}\0{reach.end}\0{request.mark.edge}"


def _is_ours(clip: Clip) -> bool:
    return clip.placed is not None or plays_take(clip)


def _says_the_same(one: Marker, other: Marker) -> bool:
    return (one.name.strip(), one.note.strip()) == (other.name.strip(), other.note.strip())
