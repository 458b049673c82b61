"""Reads an .otio file as each editor means it: where its marks are, how its speed counts, what its clips play.

Where each editor writes what stands in `otio_editors`. Schema:
https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-serialized-schema.html
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from ..errors import CutError, Problem
from ..legible import one_line
from ..rates import exact_rate, settle
from .model import NAMESPACE, TAKE_KEY, Address, Clip, Exact, Instant, Marker, Media, MediaKind, Speed, Track, View
from .otio_adapted import lost_speed
from .otio_document import Document, Node
from .otio_editors import (
    Raw,
    blends,
    channels_of,
    link_of,
    original_key,
    schema_of,
    section_of,
    see_through,
    writer_of,
)
from .otio_markers import MarkerReader, signature_in
from .splice import Value

_LONGEST = 1e9
"""Frames: a position beyond this is no position (a year at 30 frames a second)."""

_KINDS: dict[str, MediaKind] = {
    "ExternalReference": "file",
    "ImageSequenceReference": "sequence",
    "GeneratorReference": "generator",
    "MissingReference": "missing",
}
_KNOWN = {"Clip", "Gap", "Transition", "Stack", "Track", "Timeline"}
_NORMAL = Speed()
_FREEZE = "the clip is a freeze frame"


def read_view(document: Document) -> View:
    """The whole cut in ``document``. Raises ``CutError`` for positions that make no sense."""
    return _Reader(document).view()


def _whole(position: Fraction) -> Exact:
    """An integer where the position is one: much faster to count on with."""
    return position.numerator if position.denominator == 1 else position


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._remarks: list[Problem] = []
        metadata = section_of(document.root.get("metadata"))
        self._writer = writer_of(document, metadata)
        self._written_rate = self._find_rate()
        self._rate = self._exact(self._written_rate, "the timeline")
        self._markers = MarkerReader(self._writer, self._written_rate, self._rate, self._range)

    # --- the whole --------------------------------------------------------------------------------------------------

    def view(self) -> View:
        document = self._document
        start = self._instant(document.root.get("global_start_time"), "the timeline's start")
        stack = document.stack
        shift = self._shift(stack.get("source_range"), "the timeline") if stack else 0
        tracks: list[Track] = []
        markers: list[Marker] = []
        nodes = document.tracks
        if document.loose is not None:
            tracks.append(self._loose(document.loose))
        for index, node in enumerate(nodes):
            tracks.append(self._track(node, index, shift, markers))
        if stack is not None:
            markers += self._markers.on_node(stack, shift, "the timeline")
            strays = [schema_of(item.value) for item in stack.items]
            for kind in strays + [node.schema for node in stack.nodes if node.schema != "Track"]:
                self._remark("", kind, f"a {kind} stands where a track was expected; what is in it is left alone")
        return View(
            path=document.path,
            form="otio",
            writer=self._writer,
            name=one_line(str(document.root.get("name", ""))),
            rate=self._rate,
            written_rate=self._written_rate,
            start=start.at(self._rate) if start else Fraction(0),
            tracks=tuple(tracks),
            markers=tuple(markers),
            remarks=tuple(self._remarks),
            origin=-shift,
            # otioexport.cpp goes from the highest track to the lowest, and its import goes back the same way.
            top_first=self._writer == "kdenlive",
        )

    def _find_rate(self) -> float:
        """The timeline's rate: what its editor says, else its start's, else that of most of its picture."""
        document = self._document
        premiere = section_of(document.stack.get("metadata", {}) if document.stack else {}, "PremierePro_OTIO")
        said = premiere.get("VideoFrameRate")
        if isinstance(said, (int, float)) and said > 0:
            return float(said)
        for raw in (document.root.get("global_start_time"), *(t.get("source_range") for t in document.tracks)):
            rate = section_of(raw, "duration").get("rate") or section_of(raw).get("rate")
            if isinstance(rate, (int, float)) and rate > 0 and math.isfinite(rate):
                return float(rate)
        votes: Counter[float] = Counter()
        items = [(t.get("kind"), i.value) for t in document.tracks for i in t.items]
        if document.loose is not None:
            items.append(("Video", document.loose.value))
        for kind, item in items:
            rate = section_of(item, "source_range", "duration").get("rate")
            if isinstance(rate, (int, float)) and 0 < rate < 1000:
                votes[float(rate)] += 1000 if kind == "Video" else 1
        return votes.most_common(1)[0][0] if votes else 24.0

    def _exact(self, rate: float, where: str) -> Fraction:
        try:
            return exact_rate(rate)
        except (ValueError, OverflowError):
            raise self._absurd(f"{rate} is not a frame rate", where) from None

    def _absurd(self, what: str, where: str) -> CutError:
        return CutError(what, where=f"{self._document.path}, {where}", fix="mend it in the editor and export it again")

    def _remark(self, timecode: str, clip: str, what: str, fix: str = "") -> None:
        self._remarks.append(Problem(timecode, clip, what, fix, "warning"))

    # --- positions --------------------------------------------------------------------------------------------------

    def _instant(self, raw: Any, where: str) -> Instant | None:
        """A RationalTime. Raises ``CutError`` for NaN, infinity and what is beyond any timeline."""
        if not isinstance(raw, dict):
            return None
        value, rate = raw.get("value"), raw.get("rate")
        if type(value) is float and type(rate) is float and -_LONGEST <= value <= _LONGEST and 0 < rate <= 1_000_000:
            return Instant(value, rate)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not isinstance(rate, (int, float)):
            raise self._absurd("a position is not a number of frames and a rate", where)
        if not math.isfinite(value) or abs(value) > _LONGEST or not math.isfinite(rate) or not 0 < rate <= 1_000_000:
            raise self._absurd(f"{value} frames at {rate} is not a position", where)
        return Instant(float(value), float(rate))

    def _range(self, raw: Any, where: str) -> tuple[Instant, Instant] | None:
        if not isinstance(raw, dict):
            return None
        start, duration = self._instant(raw.get("start_time"), where), self._instant(raw.get("duration"), where)
        if start is None or duration is None:
            return None
        if duration.value < 0:
            raise self._absurd(f"a length of {duration.value:g} frames is less than nothing", where)
        return start, duration

    def _shift(self, raw: Any, where: str) -> Exact:
        """How far a trim of a stack or a track moves what is in it, in record frames."""
        trim = self._range(raw, where)
        return _whole(-trim[0].at(self._rate)) if trim else 0

    # --- tracks -----------------------------------------------------------------------------------------------------

    def _track(self, node: Node, index: int, shift: Exact, markers: list[Marker]) -> Track:
        name = one_line(str(node.get("name", ""))) or f"track {index + 1}"
        kind = str(node.get("kind", "Video"))
        enabled = node.get("enabled", True) is not False
        trim = self._range(node.get("source_range"), name)
        # EDL readers write a range that begins nowhere in the track: then record time is the track's own.
        opening = self._opening(node, trim, shift, name) if trim else None
        at: Exact = _whole(shift - trim[0].at(self._rate)) if trim and opening else shift
        zero = at
        clips: list[Clip] = []
        pending: tuple[Exact, Exact] = (0, 0)
        for item, value in enumerate(node.items):
            raw = value.value
            schema = schema_of(raw)
            address = Address(index, item)
            where = f"{name}, item {item + 1}"
            if schema == "Transition":
                pending = self._transition(raw, where)
                if clips and clips[-1].address.item == item - 1:
                    last = clips[-1]
                    clips[-1] = _replace(last, tail=pending[0], lead=pending[1])
                continue
            if schema not in _KNOWN:
                raise self._absurd(f"an item of the kind {schema or 'nothing'!r} is not known", where)
            if schema == "Clip":
                length, clip = self._clip(value, address, kind, enabled, at, pending, name, where)
                clips.append(clip)
            else:
                length = self._length(raw, where)
                if schema == "Gap":
                    markers += self._markers.on_gap(raw, at, where, holder=value.start)
                else:
                    nested = self._nested(value, address, kind, enabled, at, length, name)
                    clips.append(nested)
            pending = (0, 0)
            at += length
        markers += self._markers.on_node(node, zero, name)
        if opening:
            clips = [replace(clip, opening=opening) for clip in clips]
        return Track(index, kind, name, enabled, tuple(clips), len(node.items), at)

    def _opening(
        self, node: Node, trim: tuple[Instant, Instant], shift: Exact, where: str
    ) -> tuple[Exact, Exact] | None:
        """The record frames that a track's own range lets through; None where that begins nowhere in the track."""
        length = sum(self._length(item.value, where) for item in node.items if isinstance(item.value, dict))
        begins, lasts = trim[0].at(self._rate), self._frames(trim[1])
        return (shift, shift + lasts) if 0 <= begins < length and lasts > 0 else None

    def _loose(self, value: Value) -> Track:
        _, clip = self._clip(value, Address(0, 0), "Video", True, 0, (0, 0), "the clip", "the clip")
        return Track(0, "Video", "the clip", True, (clip,), 1, clip.record[1])

    def _transition(self, raw: Raw, where: str) -> tuple[Exact, Exact]:
        """How much of the clip before, and of the clip after, is in the transition."""
        before, after = (self._instant(raw.get(key), where) for key in ("in_offset", "out_offset"))
        offsets = tuple(_whole(offset.at(self._rate)) if offset else 0 for offset in (before, after))
        if min(offsets) < 0:
            raise self._absurd("a transition is shorter than nothing", where)
        return offsets[0], offsets[1]

    def _length(self, raw: Raw, where: str) -> Exact:
        trim = self._range(raw.get("source_range"), where)
        if trim:
            return self._frames(trim[1])
        lengths = [self._length(child, where) for child in raw.get("children", ()) if isinstance(child, dict)]
        inner = section_of(raw, "tracks")
        if inner:
            return self._length(inner, where)
        if not lengths:
            return 0
        return max(lengths) if schema_of(raw) == "Stack" else sum(lengths)

    def _frames(self, length: Instant) -> Exact:
        if length.rate == self._written_rate and length.value % 1 == 0:
            return int(length.value)
        return _whole(settle(length.at(self._rate)))

    # --- items ------------------------------------------------------------------------------------------------------

    def _clip(
        self,
        value: Value,
        address: Address,
        kind: str,
        enabled: bool,
        at: Exact,
        before: tuple[Exact, Exact],
        track: str,
        where: str,
    ) -> tuple[Exact, Clip]:
        raw: Raw = value.value
        name = one_line(str(raw.get("name") or ""))
        where = f"{where} ({name})" if name else where
        references = section_of(raw, "media_references")
        active = str(raw.get("active_media_reference_key") or "DEFAULT_MEDIA")
        if not references:
            references = {"DEFAULT_MEDIA": raw.get("media_reference")}
            active = "DEFAULT_MEDIA"
        media = [self._media(key, ref, where) for key, ref in references.items()]
        takes = tuple(m for m in media if m.ours is not None or m.key.startswith(TAKE_KEY))
        others = [m for m in media if m not in takes]
        kept = original_key(references, active)
        original = next((m for m in others if m.key == kept), others[0] if others else media[0])
        trim = self._range(raw.get("source_range"), where)
        if trim is None:
            trim = (original.start, original.duration) if original.start and original.duration else None
        if trim is None:
            raise self._absurd("a clip has neither a source range nor an available range", where)
        start, duration = trim
        metadata = section_of(raw, "metadata")
        speed = lost_speed(raw, metadata) or self._speed(raw.get("effects", ()), where)
        length = self._frames(duration)
        placed = self._placed(raw, metadata)
        if self._counts_source(placed) and speed.scalar > 0 and not speed.refused:
            length = _whole(settle(Fraction(length) / speed.scalar))
        if placed is not None and original.ours is None:
            original = replace(original, metadata={**original.metadata, NAMESPACE: placed})
        clip = Clip(
            address=address,
            kind="Audio" if kind == "Audio" else "Video",
            name=name or original.name or "unnamed",
            enabled=enabled and raw.get("enabled", True) is not False,
            record=(at, at + length),
            source=start,
            speed=speed,
            rate=self._rate,
            media=original,
            takes=takes,
            active=active,
            markers=tuple(
                self._markers.on_clip(
                    raw.get("markers", ()), address, name or original.name, start, where, holder=value.start
                )
            ),
            overlap=(before[1], 0),
            lead=(before[0], 0),
            link=link_of(metadata),
            channels=channels_of(metadata),
            see_through=see_through(name, original, metadata),
            placed=placed,
            track_name=track,
        )
        return length, clip

    @staticmethod
    def _placed(raw: Raw, metadata: Raw) -> Mapping[str, Any] | None:
        """What a take of ours on a track of its own says of itself, in our metadata or in its marker."""
        said = metadata.get(NAMESPACE)
        # The plugin writes marks under the same name; only a take of ours has an id there.
        if isinstance(said, dict) and "take" in said:
            return said
        return signature_in(raw) if raw.get("markers") else None

    def _counts_source(self, placed: Mapping[str, Any] | None) -> bool:
        """Whether a retimed clip's range counts frames of the source, as Premiere does, not frames that it plays.

        A take may be laid in the shape of another editor than the one that wrote the cut.
        """
        if placed is not None and placed.get("for") and placed.get("of") == self._writer:
            return bool(placed["for"] == "premiere")
        return self._writer == "premiere"

    def _nested(
        self, value: Value, address: Address, kind: str, enabled: bool, at: Exact, length: Exact, track: str
    ) -> Clip:
        """A nested sequence, as a clip that cannot be served."""
        raw: Raw = value.value
        name = one_line(str(raw.get("name") or "nested sequence"))
        trim = self._range(raw.get("source_range"), track)
        start = trim[0] if trim else Instant(0.0, self._written_rate)
        media = Media("", "unknown", name, "", None, None, {})
        return Clip(
            address=address,
            kind="Audio" if kind == "Audio" else "Video",
            name=name,
            enabled=enabled and raw.get("enabled", True) is not False,
            record=(at, at + length),
            source=start,
            speed=Speed(refused="this is a nested sequence"),
            rate=self._rate,
            media=media,
            takes=(),
            active="",
            markers=tuple(
                replace(marker, whole=True)
                for holder in _within(raw)
                for marker in self._markers.on_clip(
                    holder.get("markers", ()), address, name, start, track, holder=value.start if holder is raw else -1
                )
            ),
            track_name=track,
        )

    def _media(self, key: str, raw: Any, where: str) -> Media:
        if not isinstance(raw, dict):
            return Media(key, "missing", "", "", None, None, {})
        available = self._range(raw.get("available_range"), where)
        start, duration = available if available else (None, None)
        url = str(raw.get("target_url") or raw.get("target_url_base") or "")
        kind: MediaKind = _KINDS.get(schema_of(raw), "unknown")
        if kind == "file" and not url:
            kind = "missing"
        name = one_line(str(raw.get("name") or ""))
        return Media(key, kind, name, url, start, duration, section_of(raw, "metadata"))

    def _speed(self, effects: Any, where: str) -> Speed:
        """What the time effects of a clip come to; everything else among the effects is left alone."""
        if not effects:
            return _NORMAL
        scalar, refused, warning = Fraction(1), "", ""
        for effect in effects if isinstance(effects, (list, tuple)) else ():
            schema = schema_of(effect)
            if schema == "LinearTimeWarp":
                value = effect.get("time_scalar", 1.0)
                if not isinstance(value, (int, float)) or not math.isfinite(value):
                    raise self._absurd(f"{value} is not a speed", where)
                scalar *= Fraction(value).limit_denominator(100_000)
            elif schema == "FreezeFrame":
                refused = _FREEZE
            elif schema in ("TimeEffect", "TimeWarp"):
                refused = "the clip's speed varies"
            if blends(effect):
                warning = (
                    "the clip blends or interpolates frames (retime process); the retake is made of its source frames"
                )
        if not refused and scalar == 0:
            refused = _FREEZE
        if not refused and scalar < 0:
            refused = "the clip runs backwards"
        return Speed(scalar if scalar > 0 else Fraction(1), refused, warning)


def _within(raw: Raw) -> Iterator[Raw]:
    """A nested sequence and all that is in it, however deep."""
    open_ = [raw]
    while open_:
        here = open_.pop()
        yield here
        inside = [section_of(here, "tracks"), *(here.get("children") or ())]
        open_ += [child for child in reversed(inside) if isinstance(child, dict) and child]


def _replace(clip: Clip, *, tail: Exact, lead: Exact) -> Clip:
    return replace(clip, overlap=(clip.overlap[0], tail), lead=(clip.lead[0], lead))
