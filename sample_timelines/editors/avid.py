"""AAF files as Media Composer exports a sequence: linked media, tracks in one scope, markers on slots of their own.

Each movie is a master clip that plays a file, which was recorded from a tape or imported, where the timecode is. The
tracks of the picture are one slot, the lowest first; where one is empty it refers to the track below. A muted clip is
a selector of nothing. What stands here was read in files that Media Composer wrote. Needs pyaaf2.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import aaf2
from aaf2 import mobid
from aaf2.auid import AUID
from aaf2.rational import AAFRational

from otio_retake.rates import nominal

_NAMES = uuid.UUID("6f74696f-2d72-4574-a16b-652d61766964")
_THEN = datetime(2026, 1, 5, 9, 0, 0)

_MOTION = "9d2ea890-0968-11d3-8a38-0050040ef7d2"
_RESIZE, _MASK = "53a3f0c6-9a0e-4d0d-8a0a-8e3b2d0a77a1", "61875cf7-fdea-329f-8e71-152ef1599f39"
_BURN_IN, _DISSOLVE = "169317ab-acaa-416f-84ce-249bfe0b09ed", "0c3bea40-fc05-11d2-8a29-0050040ef7d2"
_PARAMETERS = {
    "SpeedRatio": "72559a80-24d7-11d3-8a50-0050040ef7d2",
    "PARAM_SPEED_MAP_U": "8d56827c-847e-11d5-935a-50f857c10000",
    "PARAM_SPEED_OFFSET_MAP_U": "8d56827d-847e-11d5-935a-50f857c10000",
    "AFX_SCALE_X_U": "8d568129-847e-11d5-935a-50f857c10000",
    "AFX_SCALE_Y_U": "8d56812a-847e-11d5-935a-50f857c10000",
    "Level": "e4962320-2267-11d3-8a4c-0050040ef7d2",
}
_LINEAR, _CONSTANT = "5b6c85a4-0ede-11d3-80a9-006008143e6f", "5b6c85a5-0ede-11d3-80a9-006008143e6f"


@dataclass(frozen=True)
class Movie:
    """One movie on disk. ``start`` is the frame of its timecode; ``tape`` its reel; ``sounds`` its channels."""

    file: str
    url: str
    rate: Fraction
    start: int
    frames: int
    drop: bool = False
    tape: str = ""
    sounds: int = 0
    size: tuple[int, int] = (640, 360)
    picture: bool = True


@dataclass(frozen=True)
class Effect:
    """An effect of a picture, with values that stay or go from one to another in straight lines."""

    name: Literal["Resize", "MaskImage_2", "Timecode Burn-In"]
    values: tuple[tuple[str, Fraction], ...] = ()
    curves: tuple[tuple[str, tuple[tuple[Fraction, Fraction], ...]], ...] = ()


@dataclass(frozen=True)
class Piece:
    """``length`` frames of the sequence: of a movie from ``first`` on, in frames of the sequence; or of nothing.

    ``curve`` are the points of a speed that is not constant.
    """

    length: int
    movie: Movie | None = None
    first: int = 0
    channel: int = 0
    speed: Fraction = Fraction(1)
    effects: tuple[Effect, ...] = ()
    muted: bool = False
    curve: tuple[tuple[int, Fraction], ...] = ()


@dataclass(frozen=True)
class Dissolve:
    """A dissolve that takes ``length`` frames of both its neighbours, with the cut after ``cut`` of them."""

    length: int
    cut: int


@dataclass(frozen=True)
class Mark:
    """A marker on a track: ``TC1``, ``V1``, ``A2``; or on one that is not there."""

    position: int
    text: str
    colour: str = "Green"
    track: str = "V1"
    length: int = 1
    user: str = "assistant"


Track = Sequence[Piece | Dissolve]


def write_aaf(
    path: Path,
    name: str,
    rate: Fraction,
    start: int,
    pictures: Sequence[Track],
    sounds: Sequence[Track] = (),
    marks: Sequence[Mark] = (),
    *,
    drop: bool = False,
) -> None:
    """Writes a sequence from timecode frame ``start`` on; the same bytes each time."""
    with _repeatable(), aaf2.open(str(path), "w", sector_size=512) as file:
        _Writer(file, rate).write(name, start, drop, pictures, sounds, marks)


@contextmanager
def _repeatable() -> Iterator[None]:
    """pyaaf2 shuffles the entries of a directory to balance them."""
    state = random.getstate()
    random.seed(0)
    try:
        yield
    finally:
        random.setstate(state)


class _Writer:
    def __init__(self, file: Any, rate: Fraction) -> None:
        self._file = file
        self._rate = rate
        self._masters: dict[Movie, Any] = {}
        self._define()

    def write(
        self, name: str, start: int, drop: bool, pictures: Sequence[Track], sounds: Sequence[Track],
        marks: Sequence[Mark],
    ) -> None:  # fmt: skip
        file, create = self._file, self._file.create
        identification = create.Identification()
        identification["CompanyName"].value = "otio-retake"
        identification["ProductName"].value = "Avid Media Composer shape"
        identification["ProductVersionString"].value = "1"
        identification["ProductID"].value = AUID(str(uuid.uuid5(_NAMES, "product")))
        identification["Date"].value = _THEN
        identification["GenerationAUID"].value = uuid.uuid5(_NAMES, "generation")
        file.header["IdentificationList"].value = [identification]
        file.header["LastModified"].value = _THEN
        sequence = self._mob(create.CompositionMob, name, "sequence")
        sequence.usage = "Usage_TopLevel"
        length = max(_length(track) for track in (*pictures, *sounds))
        timecode = create.Timecode(nominal(self._rate), drop, length)
        timecode.start = start
        self._slot(sequence, 1, 1, self._rate, timecode)
        tracks = [self._track(track, "picture", length) for track in pictures]
        if len(tracks) > 1:
            scope = create.NestedScope("picture", length)
            scope.slots.value = tracks
            self._slot(sequence, 9, 1, self._rate, scope)
        else:
            self._slot(sequence, 9, 1, self._rate, tracks[0])
        for number, track in enumerate(sounds, 1):
            self._slot(sequence, 9 + number, number, self._rate, self._track(track, "sound", length))
        self._marks(sequence, marks)

    # --- definitions ------------------------------------------------------------------------------------------------

    def _define(self) -> None:
        create, dictionary = self._file.create, self._file.dictionary
        for name, ident in _PARAMETERS.items():
            dictionary.register_def(create.ParameterDef(AUID(ident), name, "", dictionary.lookup_typedef("Rational")))
        for name, ident in (("LinearInterp", _LINEAR), ("ConstantInterp", _CONSTANT)):
            dictionary.register_def(create.InterpolationDef(AUID(ident), name, ""))
        effects = {
            "Motion Control": _MOTION, "Resize": _RESIZE, "MaskImage_2": _MASK, "Timecode Burn-In": _BURN_IN,
            "Video Dissolve": _DISSOLVE,
        }  # fmt: skip
        for name, ident in effects.items():
            made = create.OperationDef(AUID(ident), name, "")
            made.media_kind = "picture"
            made["IsTimeWarp"].value = name == "Motion Control"
            made["Bypass"].value = 0
            made["NumberInputs"].value = 2 if "Dissolve" in name else 1
            made["OperationCategory"].value = "OperationCategory_Effect"
            dictionary.register_def(made)

    def _mob(self, kind: Any, name: str, what: str) -> Any:
        mob = kind(name)
        ident = mobid.MobID.new()
        ident.material = uuid.uuid5(_NAMES, f"{what} {name}")
        mob.mob_id = ident
        mob["CreationTime"].value = mob["LastModified"].value = _THEN
        self._file.content.mobs.append(mob)
        return mob

    def _slot(self, mob: Any, ident: int, number: int, rate: Fraction, segment: Any, name: str = "") -> None:
        slot = self._file.create.TimelineMobSlot(ident, name, edit_rate=AAFRational(rate))
        slot["PhysicalTrackNumber"].value = number
        slot.segment = segment
        mob.slots.append(slot)

    # --- media ------------------------------------------------------------------------------------------------------

    def _master(self, movie: Movie) -> Any:
        """Slot 1 of each object is the picture; sound follows, channel by channel."""
        if movie in self._masters:
            return self._masters[movie]
        create = self._file.create
        kinds = ["picture"] * movie.picture + ["sound"] * movie.sounds
        tape = self._mob(create.SourceMob, movie.tape or movie.file, "tape")
        tape.descriptor = create.TapeDescriptor() if movie.tape else create.ImportDescriptor()
        timecode = create.Timecode(nominal(movie.rate), movie.drop, movie.frames)
        timecode.start = movie.start
        file = self._mob(create.SourceMob, f"{movie.file}.PHYS", "file")
        file.descriptor = self._descriptor(movie)
        master = self._mob(create.MasterMob, movie.file, "master")
        sound = 0
        for ident, kind in enumerate(kinds, 1):
            sound += kind == "sound"
            number = sound or 1
            end = create.SourceClip(media_kind=kind, length=movie.frames)
            self._slot(tape, ident, number, movie.rate, end)
            for mob, below in ((file, tape), (master, file)):
                clip = create.SourceClip(media_kind=kind, length=movie.frames)
                clip.mob_id, clip.slot_id = below.mob_id, ident
                self._slot(mob, ident, number, movie.rate, clip)
        if movie.start or movie.tape:
            self._slot(tape, len(kinds) + 1, 1, movie.rate, timecode)
        self._masters[movie] = master
        return master

    def _descriptor(self, movie: Movie) -> Any:
        create = self._file.create
        if movie.picture:
            made = create.CDCIDescriptor()
            width, height = movie.size
            made["StoredWidth"].value, made["StoredHeight"].value = width, height
            made["ImageAspectRatio"].value = f"{width}/{height}"
            made["FrameLayout"].value = "FullFrame"
            made["VideoLineMap"].value = [42, 0]
            made["ComponentWidth"].value, made["HorizontalSubsampling"].value = 8, 2
        else:
            made = create.PCMDescriptor()
            made["AudioSamplingRate"].value = 48_000
            made["Channels"].value, made["QuantizationBits"].value = movie.sounds, 24
            made["BlockAlign"].value, made["AverageBPS"].value = 3 * movie.sounds, 144_000 * movie.sounds
        made["SampleRate"].value = AAFRational(movie.rate)
        made["Length"].value = movie.frames
        locator = create.NetworkLocator()
        locator["URLString"].value = movie.url
        made["Locator"].append(locator)
        return made

    # --- tracks -----------------------------------------------------------------------------------------------------

    def _track(self, pieces: Track, kind: str, length: int) -> Any:
        create = self._file.create
        track = create.Sequence(kind, length)
        parts = [self._dissolve(p, kind) if isinstance(p, Dissolve) else self._piece(p, kind) for p in pieces]
        if _length(pieces) < length:
            parts.append(self._nothing(kind, length - _length(pieces)))
        track.components.value = parts
        return track

    def _nothing(self, kind: str, length: int) -> Any:
        if kind == "sound":
            return self._file.create.Filler(kind, length)
        nothing = self._file.create.ScopeReference(kind, length)
        nothing["RelativeScope"].value, nothing["RelativeSlot"].value = 0, 1
        return nothing

    def _dissolve(self, dissolve: Dissolve, kind: str) -> Any:
        transition = self._file.create.Transition(kind, dissolve.length)
        transition.cutpoint = dissolve.cut
        group = self._file.create.OperationGroup("Video Dissolve", dissolve.length, kind)
        group["Parameters"].append(self._curve("Level", ((Fraction(0), Fraction(0)), (Fraction(1), Fraction(1)))))
        transition["OperationGroup"].value = group
        return transition

    def _piece(self, piece: Piece, kind: str) -> Any:
        create = self._file.create
        if piece.movie is None:
            made = self._nothing(kind, piece.length)
        else:
            moving = piece.speed != 1 or bool(piece.curve)
            made = create.SourceClip(media_kind=kind, start=piece.first)
            made.length = -(-piece.length * piece.speed // 1) if moving else piece.length
            master = self._master(piece.movie)
            made.mob_id = master.mob_id
            made.slot_id = 1 if kind == "picture" else 1 + piece.movie.picture + piece.channel
            if moving:
                made = self._motion(made, piece)
        for effect in piece.effects:
            made = self._group(effect.name, piece.length, made)
            for name, value in effect.values:
                made["Parameters"].append(create.ConstantValue(name, AAFRational(value)))
            for name, points in effect.curves:
                made["Parameters"].append(self._curve(name, points))
        return self._muted(made) if piece.muted else made

    def _group(self, name: str, length: int, inner: Any) -> Any:
        made = self._file.create.OperationGroup(name, length, "picture")
        made["InputSegments"].value = [inner]
        return made

    def _motion(self, clip: Any, piece: Piece) -> Any:
        made = self._group("Motion Control", piece.length, clip)
        end = (Fraction(piece.length), piece.length * piece.speed)
        points = [(Fraction(time), value) for time, value in piece.curve] or [(Fraction(0), Fraction(0)), end]
        made["Parameters"].append(self._curve("PARAM_SPEED_MAP_U", ((Fraction(0), piece.speed),)))
        made["Parameters"].append(self._curve("PARAM_SPEED_OFFSET_MAP_U", points))
        # As in Avid's own files, where it is often not the speed.
        ratio = AAFRational(Fraction(piece.length, clip.length or 1))
        made["Parameters"].append(self._file.create.ConstantValue("SpeedRatio", ratio))
        return made

    def _curve(self, name: str, points: Sequence[tuple[Fraction, Fraction]]) -> Any:
        curve = self._file.create.VaryingValue(name, "LinearInterp")
        for time, value in points:
            curve.add_keyframe(AAFRational(time), AAFRational(value))
        return curve

    def _muted(self, clip: Any) -> Any:
        create = self._file.create
        made = create.Selector("picture", clip.length)
        flag = create.TaggedValue("_DISABLE_CLIP_FLAG", 1, "aafInt32")
        made["ComponentAttributeList"].value = [flag]
        made["Alternates"].value = [clip]
        made["Selected"].value = self._nothing("picture", clip.length)
        return made

    # --- markers ----------------------------------------------------------------------------------------------------

    def _marks(self, sequence: Any, marks: Sequence[Mark]) -> None:
        """One slot of events for each track that has markers, numbered from 1000 on."""
        create = self._file.create
        for count, track in enumerate(dict.fromkeys(mark.track for mark in marks)):
            number = int(track.lstrip("TCVA"))
            slot = {"T": 1, "V": 9, "A": 9 + number}[track[0]]
            events = create.Sequence("DescriptiveMetadata")
            events.components.value = [self._mark(mark, slot) for mark in marks if mark.track == track]
            holder = create.EventMobSlot()
            holder["SlotID"].value = 1000 + count
            holder["PhysicalTrackNumber"].value = 1 if track[0] == "A" else number
            holder["EditRate"].value = AAFRational(self._rate)
            holder.segment = events
            sequence.slots.append(holder)

    def _mark(self, mark: Mark, slot: int) -> Any:
        create = self._file.create
        made = create.DescriptiveMarker()
        made["Position"].value = mark.position
        made["Comment"].value = mark.text
        made["CommentMarkerUser"].value = mark.user
        made["DescribedSlots"].value = {slot}
        made["Length"].value = mark.length
        ident = uuid.uuid5(_NAMES, f"{mark.track} {mark.position} {mark.text}").hex
        said = {
            "_ATN_CRM_USER": mark.user, "_ATN_CRM_COLOR": mark.colour, "_ATN_CRM_COM": mark.text, "_ATN_CRM_ID": ident,
        }  # fmt: skip
        listed = [create.TaggedValue(name, value, "aafString") for name, value in said.items()]
        made["CommentMarkerAttributeList"].value = listed
        return made


def _length(track: Track) -> int:
    return sum(-piece.length if isinstance(piece, Dissolve) else piece.length for piece in track)
