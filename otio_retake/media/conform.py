"""Makes a take: the source's own frames, with those of results where they are to be replaced.

Frame for frame by index: nothing is resampled, dropped or repeated. What is not replaced is copied packet by packet
where source and take share an intra codec, else encoded once. Rate, timecode track, size, pixel aspect, rotation,
colour tags and sound are the source's; reel and clip name are the take's own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ..durable import sha256_of, written_beside
from ..errors import RetakeError
from ..rates import timecode
from ..spans import PullSpans, Span
from .codecs import CodecChoice, codec_for, sound_codec
from .facts import MediaFacts, Sound, read_facts
from .filters import to_source, to_take, undo_shift
from .fit import Fit
from .frames import read_frames
from .opening import MOST_THREADS, opened, video_stream
from .sound import Samples, as_float, as_int32, read_sound, sample_of_frame
from .writing import SoundTrack, check_written, clean, writing

_SOUND_BLOCK = 4800


@dataclass(frozen=True, slots=True)
class Part:
    """Frames ``replaced`` of the source come from ``result``.

    Frame i of the pull is its frame floor(i * rate + phase) + offset.
    """

    replaced: Span
    result: Path
    spans: PullSpans
    fit: Fit
    offset: int
    rate: Fraction
    gains: tuple[float, float, float] | None = None
    offsets: tuple[float, float, float] = (0.0, 0.0, 0.0)
    phase: Fraction = Fraction(1, 2)

    def index(self, frame: int) -> int:
        """The result's frame for a frame of the source."""
        return floor(self.spans.in_pull(frame) * self.rate + self.phase) + self.offset


@dataclass(frozen=True, slots=True)
class Take:
    """A finished take: frames ``span`` of the source. ``copied`` counts frames that were not encoded again."""

    path: Path
    span: Span
    sha256: str
    timecode: str
    copied: int
    codec: str
    width: int
    height: int


Progress = Callable[[int, int], None]

if TYPE_CHECKING:
    VideoPacket = Packet[VideoStream]


def conform(
    facts: MediaFacts,
    span: Span,
    parts: list[Part],
    path: Path,
    *,
    codec: CodecChoice = "auto",
    native: bool = False,
    comment: str = "",
    progress: Progress | None = None,
) -> Take:
    """Writes frames ``span`` of the file in ``facts`` to ``path``, with ``parts`` in their places.

    The file is whole or not there. Raises a ``MediaError`` where a source or a result lacks a frame.
    """
    maker = _Conform(facts, span, sorted(parts, key=lambda part: part.replaced), path, codec, native, comment, progress)
    return maker.run()


class _Conform:
    def __init__(
        self,
        facts: MediaFacts,
        span: Span,
        parts: list[Part],
        path: Path,
        codec: CodecChoice,
        native: bool,
        comment: str,
        progress: Progress | None,
    ) -> None:
        self._facts = facts
        self._picture = facts.video
        self._span = span
        self._parts = parts
        self._path = path
        self._comment = comment
        self._progress = progress
        self._size = self._native_size() if native and parts else (self._picture.width, self._picture.height)
        scaled = self._size != (self._picture.width, self._picture.height)
        self._codec = codec_for(facts, codec, scaled=scaled)
        self._label = timecode(facts.start_frame + span.first, self._picture.rate, drop=facts.drop)
        self._clock = 1 / self._picture.rate
        self._copied = 0
        self._done = 0

    def _native_size(self) -> tuple[int, int]:
        """The size of the picture in the first result, as the source is coded."""
        came = read_facts(self._parts[0].result).video
        box = self._parts[0].fit.box_in(came.width, came.height)
        return (box.height, box.width) if self._picture.rotation % 180 else (box.width, box.height)

    def run(self) -> Take:
        with written_beside(self._path) as part:
            self._write(part)
            check_written(part, len(self._span))
            self._read_back(part)
        return Take(
            path=self._path,
            span=self._span,
            sha256=sha256_of(self._path),
            timecode=self._label,
            copied=self._copied,
            codec=self._codec.name,
            width=self._size[0],
            height=self._size[1],
        )

    def _write(self, path: Path) -> None:
        options = {"movie_timescale": str(max((s.rate for s in self._facts.sounds), default=48_000)), "write_tmcd": "1"}
        colour = self._picture.colour
        if {colour.primaries, colour.transfer, colour.matrix} == {2}:
            # Without tags the muxer would write those of Rec.709; a source that says nothing has a take that does not.
            options["movflags"] = "-write_colr"
        with writing(path), av.open(str(path), "w", format="mov", options=options) as container:
            container.metadata["timecode"] = self._label
            container.metadata["comment"] = self._comment
            video = self._video(container)
            tracks = [
                _Track(container, self._facts, sound, self._span, self._path.stem) for sound in self._facts.sounds
            ]
            try:
                for packet in self._packets(container, video):
                    container.mux(packet)
                    for track in tracks:
                        track.up_to(self._done, self._picture.rate)
                for track in tracks:
                    track.end()
            finally:
                for track in tracks:
                    track.close()

    def _video(self, container: OutputContainer) -> VideoStream:
        stream = container.add_stream(self._codec.encoder, rate=self._picture.rate)
        assert isinstance(stream, VideoStream)
        self._set_up(stream.codec_context)
        stream.time_base = self._clock
        if self._picture.rotation:
            stream.set_display_rotation(self._picture.rotation)
        stream.metadata["reel_name"] = self._path.stem
        return stream

    def _set_up(self, context: VideoCodecContext) -> None:
        picture, codec = self._picture, self._codec
        context.width, context.height = self._size
        context.pix_fmt = codec.pixel_format
        context.framerate = picture.rate
        context.time_base = self._clock
        context.options = dict(codec.options)
        context.thread_type = "AUTO"
        context.thread_count = MOST_THREADS
        if picture.pixel_aspect != 1:
            context.sample_aspect_ratio = picture.pixel_aspect
        colour = picture.colour
        context.color_primaries, context.color_trc = colour.primaries, colour.transfer
        context.colorspace = colour.matrix if picture.chroma != "rgb" else 1
        context.color_range = 2 if codec.full_range else 1

    # --- picture ----------------------------------------------------------------------------------------------------

    def _packets(self, container: OutputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
        """The picture's packets in order; each advances ``_done`` by the frames that it completes."""
        if not self._codec.copies:
            yield from self._encoded(
                stream.codec_context, stream, (f for s in self._segments() for f in self._frames(*s))
            )
            return
        # The header is written from the stream's own encoder, so that is opened before packets of others come.
        stream.codec_context.open()
        for segment, part in self._segments():
            if part is None:
                yield from self._copies(stream, segment)
            else:
                context = VideoCodecContext.create(self._codec.encoder, "w")
                assert isinstance(context, VideoCodecContext)
                self._set_up(context)
                yield from self._encoded(context, stream, self._frames(segment, part))

    def _segments(self) -> Iterator[tuple[Span, Part | None]]:
        """Stretches of the take, each from one place."""
        at = self._span.first
        for part in self._parts:
            replaced = part.replaced.cut(self._span)
            if not len(replaced):
                continue
            if replaced.first < at:
                raise ValueError("two parts of a take overlap")
            if at < replaced.first:
                yield Span(at, replaced.first), None
            yield replaced, part
            at = replaced.end
        if at < self._span.end:
            yield Span(at, self._span.end), None

    def _frames(self, segment: Span, part: Part | None) -> Generator[tuple[int, VideoFrame], None, None]:
        """(frame of the source, picture as the take has it) for one stretch."""
        if part is None:
            chain = to_take(self._picture, self._size, self._codec.pixel_format, full=self._codec.full_range)
            for index, frame in read_frames(self._facts, segment):
                yield index, chain(frame)
            return
        yield from self._replaced(segment, part)

    def _replaced(self, segment: Span, part: Part) -> Generator[tuple[int, VideoFrame], None, None]:
        came = read_facts(part.result)
        size = (came.video.width, came.video.height)
        box = part.fit.box_in(*size)
        correct = undo_shift(part.gains, part.offsets) if part.gains else ""
        chain = to_source(
            self._picture, box, size, self._size, self._codec.pixel_format, full=self._codec.full_range, correct=correct
        )
        wanted = {part.index(frame): frame for frame in range(segment.first, segment.end)}
        if len(wanted) != len(segment):
            raise RetakeError(
                "the result has fewer frames than the take needs", where=str(part.result), fix="ask again with --again"
            )
        for index, frame in read_frames(came, Span(min(wanted), max(wanted) + 1)):
            if index in wanted:
                yield wanted[index], chain(frame)

    def _encoded(
        self, context: VideoCodecContext, stream: VideoStream, frames: Iterator[tuple[int, VideoFrame]]
    ) -> Iterator[VideoPacket]:
        for index, frame in frames:
            for packet in context.encode(clean(frame, index - self._span.first, self._clock)):
                yield self._ours(packet, stream)
        for packet in context.encode(None):
            yield self._ours(packet, stream)

    def _ours(self, packet: VideoPacket, stream: VideoStream) -> VideoPacket:
        packet.stream = stream
        self._advance()
        return packet

    def _copies(self, stream: VideoStream, segment: Span) -> Iterator[VideoPacket]:
        """The source's own packets for a stretch, with the take's clock."""
        picture = self._picture
        step = 1 / picture.rate / picture.time_base
        expected = segment.first
        with opened(self._facts.path, self._facts.container) as container:
            source = video_stream(container)
            assert source is not None
            container.seek(picture.start_pts + round(segment.first * step), stream=source, backward=True)
            for packet in container.demux(source):
                if packet.pts is None or not packet.size:
                    continue
                index = round((packet.pts - picture.start_pts) / step)
                if index < expected:
                    continue
                if index != expected:
                    break
                copy = cast("VideoPacket", Packet(bytes(packet)))
                copy.stream = stream
                copy.time_base = self._clock
                copy.pts = copy.dts = index - self._span.first
                copy.duration = 1
                copy.is_keyframe = True
                self._copied += 1
                self._advance()
                yield copy
                expected += 1
                if expected == segment.end:
                    return
        raise RetakeError(
            f"frame {expected} is missing from the media",
            where=str(self._facts.path),
            fix="copy it again from its source, or relink the clip",
        )

    def _advance(self) -> None:
        self._done += 1
        if self._progress:
            self._progress(self._done, len(self._span))

    # --- afterwards -------------------------------------------------------------------------------------------------

    def _read_back(self, path: Path) -> None:
        """Reads what was written as an editor would: a wrong timecode does not fail when it is written."""
        written = read_facts(path)
        wrong = []
        if written.timecode != self._label:
            wrong.append(f"timecode {written.timecode or 'none'} for {self._label}")
        if written.video.rate != self._picture.rate:
            wrong.append(f"rate {written.video.rate} for {self._picture.rate}")
        if (written.video.width, written.video.height) != self._size:
            wrong.append(f"size {written.video.width}x{written.video.height}")
        if wrong:
            raise RetakeError(
                f"the take was not written as it should be: {', '.join(wrong)}",
                where=str(path),
                fix="this is a fault of otio-retake; report it with this message",
            )


class _Track:
    """One sound stream of the source, carried over sample for sample."""

    def __init__(self, container: OutputContainer, facts: MediaFacts, sound: Sound, span: Span, reel: str) -> None:
        codec, format_ = sound_codec(sound.sample_format, sound.codec)
        stream = container.add_stream(codec, rate=sound.rate, layout=_layout(sound))
        assert isinstance(stream, AudioStream)
        self._sound = sound
        self._format = format_
        rate = facts.video.rate
        offset = facts.video.start
        self._first = sample_of_frame(span.first, rate, sound.rate, offset)
        self._count = sample_of_frame(span.end, rate, sound.rate, offset) - self._first
        self._chunks = read_sound(facts, sound, self._first, self._count)
        self._track = SoundTrack(container, stream, format_, _SOUND_BLOCK)
        self._given = 0

    def up_to(self, frames: int, rate: Fraction) -> None:
        """Writes the sound of the first ``frames`` frames."""
        due = min(int(frames * self._sound.rate / rate), self._count)
        while self._given < due:
            chunk = next(self._chunks, None)
            if chunk is None:
                return
            self._given += chunk.shape[1]
            self._track.add(_as(chunk, self._format))

    def end(self) -> None:
        """Writes what is left."""
        for chunk in self._chunks:
            self._track.add(_as(chunk, self._format))
        self._track.end()

    def close(self) -> None:
        """Lets go of the source."""
        self._chunks.close()


def _layout(sound: Sound) -> str:
    known = {1: "mono", 2: "stereo"}
    try:
        return av.AudioLayout(sound.layout).name
    except (ValueError, TypeError):
        return known.get(sound.channels, f"{sound.channels}c")


def _as(chunk: Samples, format_: str) -> Samples:
    if format_ == "s16":
        return chunk if chunk.dtype == np.int16 else (as_int32(chunk) >> 16).astype(np.int16)
    if format_ == "flt":
        return as_float(chunk)
    return as_int32(chunk)
