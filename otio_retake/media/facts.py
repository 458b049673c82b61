"""What a media file is, learned without decoding more than a few frames of it."""

from __future__ import annotations

import hashlib
import itertools
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from ..errors import MediaUnreadable, MediaUnsupported
from ..rates import NTSC, BadTimecode, exact_rate, nominal, parse_timecode
from . import opening
from .opening import MOST_PIXELS, fraction, opened, video_stream

ColourKind = Literal["709", "601", "2020", "PQ", "HLG", "log", "unknown", "other"]

_EDGE = 1 << 16

_SAMPLED_PACKETS = 240
"""Packets looked at where a file has no index: enough to see that a phone's frames are uneven."""

_LONG = 5_000
"""Frames of an index that are always looked at."""

_USUAL_RATES = (24, 25, 30, 48, 50, 60, 120)

_FIELDS = (2, 3, 4, 5)
"""FFmpeg's field orders that mean fields: TT, BB, TB, BT (0 unknown, 1 progressive)."""


@dataclass(frozen=True, slots=True)
class Colour:
    """The four colour tags as FFmpeg numbers (ITU-T H.273; 2 is unspecified), and what they mean to us."""

    primaries: int
    transfer: int
    matrix: int
    full_range: bool
    range_known: bool

    @property
    def kind(self) -> ColourKind:
        """The class that decides whether a pull may be made as it is."""
        named: dict[int, ColourKind] = {16: "PQ", 18: "HLG", 9: "log", 10: "log"}
        if self.transfer in named:
            return named[self.transfer]
        tags = {self.primaries, self.transfer, self.matrix}
        if tags <= {2}:
            return "unknown"
        if tags <= {1, 2}:
            return "709"
        if tags <= {1, 2, 4, 5, 6}:
            return "601"
        if self.primaries == 9:
            return "2020"
        return "other"

    def __str__(self) -> str:
        return f"{self.kind} {'full' if self.full_range else 'legal'}"


@dataclass(frozen=True, slots=True)
class Picture:
    """The video stream. ``rotation`` is what a player turns it by, in degrees counter-clockwise."""

    codec: str
    profile: str
    pixel_format: str
    bits: int
    width: int
    height: int
    pixel_aspect: Fraction
    rotation: int
    rate: Fraction
    frames: int
    start_pts: int
    time_base: Fraction
    variable: bool
    fields: bool
    colour: Colour
    alpha: bool
    chroma: str
    """Chroma sampling as 420, 422, 444, or rgb."""

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height in square pixels, as an editor sees them."""
        width, height = round(self.width * self.pixel_aspect), self.height
        return (height, width) if self.rotation % 180 else (width, height)

    @property
    def start(self) -> Fraction:
        """When the first frame is shown, in seconds of the container's clock."""
        return self.start_pts * self.time_base


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound stream. ``samples`` is what the container declares, 0 where it does not."""

    index: int
    codec: str
    rate: int
    channels: int
    layout: str
    sample_format: str
    samples: int


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What is known of one file. ``timecode`` is the label of its first frame, empty where it has none.

    ``fingerprint`` is what the file is known by wherever it lies.
    """

    path: Path
    container: str
    size: int
    modified: int
    picture: Picture | None
    sounds: tuple[Sound, ...]
    timecode: str
    reel: str
    fingerprint: str
    time_reference: int = 0
    """The first sample of a broadcast wave since midnight; 0 where the file is none."""

    @property
    def video(self) -> Picture:
        """The picture; ``MediaUnsupported`` where there is none."""
        if self.picture is None:
            raise MediaUnsupported("the file has no picture", where=str(self.path), fix="mark a clip with picture")
        return self.picture

    @property
    def start_frame(self) -> int:
        """The frame that the timecode counts as the file's first; 0 where it has none."""
        return self.label[0]

    @property
    def start_seconds(self) -> Fraction:
        """When the file begins by its own label, in seconds since midnight; 0 where it has none."""
        if self.picture is not None:
            return self.start_frame / self.picture.rate
        return Fraction(self.time_reference, self.sounds[0].rate) if self.sounds else Fraction(0)

    @property
    def drop(self) -> bool:
        """Whether the file's timecode is drop-frame."""
        return self.label[1]

    @property
    def label(self) -> tuple[int, bool]:
        """First frame by timecode, and whether that is drop-frame."""
        if not self.timecode or self.picture is None:
            return 0, False
        try:
            return parse_timecode(self.timecode, self.picture.rate)
        except BadTimecode:
            return 0, False

    def at_rate(self, rate: Fraction) -> MediaFacts:
        """The same file counted at the rate its editor shows it at. Only a variable-rate file has a choice."""
        picture = self.picture
        if picture is None or not picture.variable or picture.rate == rate:
            return self
        frames = round(picture.frames / picture.rate * rate)
        return replace(self, picture=replace(picture, rate=rate, frames=max(frames, 1)))


def read_facts(path: Path) -> MediaFacts:
    """The facts of the file at ``path``. Raises a ``MediaError`` that names it."""
    demuxer = opening.container_of(path)
    status = path.stat()
    with opened(path, demuxer) as container:
        stream = video_stream(container)
        picture = _picture(container, stream, path) if stream is not None else None
        sounds = tuple(_sound(s) for s in container.streams.audio if s.rate)
        if picture is None and not sounds:
            raise MediaUnreadable("the file has neither picture nor sound", where=str(path), fix="relink the clip")
        label, reel, reference = _labels(container)
    return MediaFacts(
        path=path,
        container=demuxer,
        size=status.st_size,
        modified=status.st_mtime_ns,
        picture=picture,
        sounds=sounds,
        timecode=label,
        reel=reel,
        fingerprint=fingerprint(path),
        time_reference=reference,
    )


def fingerprint(path: Path) -> str:
    """What a file is known by wherever it lies: its size, its first and its last 64 KiB."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        digest.update(file.read(_EDGE))
        file.seek(max(size - _EDGE, 0))
        digest.update(file.read(_EDGE))
    return digest.hexdigest()[:24]


def _picture(container: InputContainer, stream: VideoStream, path: Path) -> Picture:
    context = stream.codec_context
    if not context.width or not context.height or context.pix_fmt is None or stream.time_base is None:
        raise MediaUnreadable("the picture's format cannot be told", where=str(path), fix="copy or render it again")
    if context.width * context.height > MOST_PIXELS:
        raise MediaUnsupported(
            f"a picture of {context.width}x{context.height} is larger than can be handled",
            where=str(path),
            fix="make a smaller copy",
        )
    pixels = av.VideoFormat(context.pix_fmt)
    # Read before anything is decoded: a ProRes frame without tags would wipe out those of the container.
    colour = _colour(context.pix_fmt, context)
    time_base = fraction(stream.time_base) or Fraction(1, 90_000)
    start = stream.start_time or 0
    rate, variable = _rate(stream, _stamps(container, stream), time_base, path)
    picture = Picture(
        codec=context.name,
        profile=str(context.profile or ""),
        pixel_format=context.pix_fmt,
        bits=max(component.bits for component in pixels.components),
        width=context.width,
        height=context.height,
        pixel_aspect=fraction(stream.sample_aspect_ratio) or Fraction(1),
        rotation=_rotation(container, stream),
        rate=rate,
        frames=0,
        start_pts=start,
        time_base=time_base,
        variable=variable,
        fields=context.field_order in _FIELDS,
        colour=colour,
        alpha=len(pixels.components) in (2, 4),
        chroma=_chroma(pixels),
    )
    return replace(picture, frames=_count(container, stream, picture, path))


def _chroma(pixels: av.VideoFormat) -> str:
    if pixels.is_rgb:
        return "rgb"
    if len(pixels.components) < 3:
        return "420"
    wide = pixels.chroma_width(64) < 64
    return ("420" if pixels.chroma_height(64) < 64 else "422") if wide else "444"


def _colour(pixel_format: str, context: av.VideoCodecContext) -> Colour:
    full = pixel_format.startswith("yuvj") or int(context.color_range) == 2
    known = pixel_format.startswith("yuvj") or int(context.color_range) in (1, 2)
    return Colour(
        int(context.color_primaries),
        int(context.color_trc),
        int(context.colorspace),
        full_range=full,
        range_known=known,
    )


def _stamps(container: InputContainer, stream: VideoStream) -> list[int]:
    """Decoding times to judge evenness by: the whole index where there is one, else those of the first packets."""
    try:
        entries = stream.index_entries
        if len(entries) > 2 and container.format.name.startswith("mov"):
            first = sorted(entry.timestamp for entry in entries[:_LONG])
            # In a long file whose whole length is so many equal frames none is missing: the rest need not be read.
            step = first[1] - first[0]
            even = entries[-1].timestamp - first[0] == step * (len(entries) - 1)
            even = even and all(b - a == step for a, b in itertools.pairwise(first))
            rest = () if even else itertools.islice(entries, len(first), 200_000)
            return sorted((*first, *(entry.timestamp for entry in rest)))
    except (AttributeError, *opening.AV_ERRORS):
        pass
    stamps = []
    for packet in itertools.islice(container.demux(stream), _SAMPLED_PACKETS):
        if packet.pts is not None:
            stamps.append(packet.pts)
    return sorted(stamps)


def _rate(stream: VideoStream, stamps: list[int], time_base: Fraction, path: Path) -> tuple[Fraction, bool]:
    """The rate, and whether frames are uneven. An uneven file's rate is that of its most usual frame length."""
    declared = [fraction(r) for r in (stream.average_rate, stream.guessed_rate, stream.base_rate)]
    known = [r for r in declared if r and 1 <= r <= 240]
    steps = [b - a for a, b in itertools.pairwise(stamps) if b > a]
    if not known and not steps:
        raise MediaUnreadable("the frame rate cannot be told", where=str(path), fix="render it at a constant rate")
    if not known:
        return exact_rate(1 / (statistics.median(steps) * time_base)), True
    rate = exact_rate(known[0])
    if not steps:
        return rate, False
    step = 1 / rate / time_base
    # A tick of rounding each way is what coarse clocks (Matroska's millisecond) do to even frames.
    if all(abs(s - step) <= max(Fraction(3, 2), step / 50) for s in steps):
        return rate, False
    usual = _usual(steps, time_base, known)
    return (usual if usual <= 240 else exact_rate(nominal(rate))), True


def _usual(steps: list[int], time_base: Fraction, known: list[Fraction]) -> Fraction:
    """The rate of frames of ordinary length, holes aside: the one that the file names near it, else a usual one."""
    middle = statistics.median_low(steps)
    ordinary = [s for s in steps if abs(s - middle) <= middle / 3]
    found = Fraction(len(ordinary), sum(ordinary)) / time_base
    for names in (known, [r * part for r in _USUAL_RATES for part in (1, NTSC)]):
        nearest = min(names, key=lambda name: abs(name - found))
        if abs(nearest - found) <= found / 50:
            return exact_rate(nearest)
    return exact_rate(found)


def _rotation(container: InputContainer, stream: VideoStream) -> int:
    """The display rotation; it is only known from a decoded frame."""
    try:
        container.seek(stream.start_time or 0, stream=stream)
        frames = container.decode(stream)
        frame = next(frames, None)
        del frames
        return int(frame.rotation) % 360 if frame is not None else 0
    except opening.AV_ERRORS:
        return 0


def _count(container: InputContainer, stream: VideoStream, picture: Picture, path: Path) -> int:
    """How many frames an editor sees. Trusts the tables where they agree, else looks at the last frames."""
    step = 1 / picture.rate / picture.time_base
    if picture.variable:
        if stream.duration:
            return max(round(stream.duration / step), 1)
    elif stream.duration and stream.frames and round(stream.duration / step) == stream.frames:
        return int(stream.frames)
    last = _last_stamp(container, stream, picture)
    if last is None:
        raise MediaUnreadable("no frame of it can be decoded", where=str(path), fix="copy it again from its source")
    return round((last - picture.start_pts) / step) + 1


def _last_stamp(container: InputContainer, stream: VideoStream, picture: Picture) -> int | None:
    """The time of the last frame, from the last seconds of the file or, failing that, from all of it."""
    end = stream.duration
    if end is None and container.duration:
        end = int(Fraction(container.duration, 1_000_000) / picture.time_base)
    for back in (2, 15, None):
        target = picture.start_pts
        if back is not None and end is not None:
            target = max(picture.start_pts + end - int(back / picture.time_base), picture.start_pts)
        container.seek(target, stream=stream)
        last = max(_stamps_of_frames(container.decode(stream)), default=None)
        if last is not None:
            return last
    return None


def _stamps_of_frames(frames: Iterable[av.VideoFrame]) -> Iterable[int]:
    for frame in frames:
        if frame.pts is not None:
            yield frame.pts


def _sound(stream: AudioStream) -> Sound:
    time_base = fraction(stream.time_base)
    declared = stream.duration * time_base * stream.rate if stream.duration and time_base else Fraction(0)
    return Sound(
        index=stream.index,
        codec=stream.codec_context.name,
        rate=stream.rate,
        channels=stream.channels,
        layout=stream.layout.name,
        sample_format=stream.format.name,
        samples=round(declared),
    )


def _labels(container: InputContainer) -> tuple[str, str, int]:
    """Start timecode, reel, and a broadcast wave's time reference, wherever the container keeps them."""
    holders = [dict(stream.metadata) for stream in container.streams] + [dict(container.metadata)]
    found = {key.lower(): value for holder in reversed(holders) for key, value in holder.items()}
    reference = found.get("time_reference", "")
    return found.get("timecode", ""), found.get("reel_name", ""), int(reference) if reference.isdigit() else 0
