"""Reads sound to the sample, and carries it between the source's clock and that of a pull.

Sample n of a stream is the one at n / rate seconds of the container's clock. A decoder swallows a packet after a seek
(AAC's warm-up), so reading begins a little earlier; Matroska's millisecond stamps are snapped to whole packets.
What a file does not have is silence.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from .facts import MediaFacts, Picture, Sound
from .opening import AV_ERRORS, fraction, opened

Samples = NDArray[Any]
"""Sound as (channels, samples), in the type that the codec decodes to: int16, int32, float32, ..."""

PULL_RATE = 48_000
"""Sample rate of a pull."""

_WARM_UP = Fraction(1, 10)
_SEEK_BACK = (Fraction(0), Fraction(1), Fraction(5))
_MATROSKA_TICK = Fraction(1, 1000)
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class SoundSource:
    """Where the sound of a picture is: ``channels`` are (stream index, channel) pairs of ``facts``'s file.

    ``offset`` is the sound file's clock, in seconds, at the picture's frame 0. ``name`` is what the plan calls it.
    """

    facts: MediaFacts
    channels: tuple[tuple[int, int], ...]
    offset: Fraction
    name: str

    @property
    def sound(self) -> Sound:
        """The stream of the first channel; all channels of a source share its rate."""
        return next(s for s in self.facts.sounds if s.index == self.channels[0][0])

    def sample_at(self, frame: int, rate: Fraction) -> int:
        """The sample of the file at the start of picture frame ``frame`` of a source at ``rate``."""
        return sample_of_frame(frame, rate, self.sound.rate, self.offset)


def sample_of_frame(frame: int, rate: Fraction, sample_rate: int, offset: Fraction) -> int:
    """ceil(frame * sample_rate / rate), counted from ``offset`` seconds: lengths never depend on where they begin."""
    return -(-frame * sample_rate * rate.denominator // rate.numerator) + round(offset * sample_rate)


def own_sound(facts: MediaFacts, picture: Picture) -> SoundSource | None:
    """The first two channels of the picture's own file; None where it has no sound."""
    if not facts.sounds:
        return None
    first = facts.sounds[0]
    channels = [(s.index, c) for s in facts.sounds if s.rate == first.rate for c in range(s.channels)][:2]
    return SoundSource(facts, tuple(channels), picture.start, f"{facts.path.name}, channels 1-{len(channels)}")


def read_sound(facts: MediaFacts, sound: Sound, first: int, count: int) -> Generator[Samples, None, None]:
    """Yields ``count`` samples from ``first`` on, in chunks, silence where the stream has none.

    Close the iterator, or exhaust it: it owns the open file.
    """
    at, end = first, first + count
    empty: Samples | None = None
    frames = _landed(facts, sound, first)
    try:
        for position, chunk in frames:
            empty = chunk[:, :0]
            chunk, position = _after(chunk, position, at)
            if position >= end:
                break
            if not chunk.shape[1]:
                continue
            yield from _silence(chunk, position - at)
            chunk = chunk[:, : end - position]
            yield chunk
            at = position + chunk.shape[1]
            if at >= end:
                break
    finally:
        frames.close()
    yield from _silence(empty if empty is not None else np.zeros((sound.channels, 0), np.float32), end - at)


def _after(chunk: Samples, position: int, at: int) -> tuple[Samples, int]:
    """The part of ``chunk`` from sample ``at`` on."""
    late = max(at - position, 0)
    return chunk[:, late:], position + late


def _silence(like: Samples, count: int) -> Iterator[Samples]:
    # Unsigned eight-bit sound rests at 128.
    rest = 128 if like.dtype == np.uint8 else 0
    while count > 0:
        part = min(count, _CHUNK)
        yield np.full((like.shape[0], part), rest, like.dtype)
        count -= part


def _landed(facts: MediaFacts, sound: Sound, first: int) -> Generator[tuple[int, Samples], None, None]:
    """Yields ``(position, samples)`` from a packet at or before ``first`` on.

    Where no seek lands early enough the file is read from its beginning, opened anew: not every demuxer can seek there.
    """
    for back in _SEEK_BACK:
        with opened(facts.path, facts.container) as container:
            stream, time_base, begin = _prepared(container, sound)
            if time_base >= _MATROSKA_TICK and not stream.codec_context.frame_size:
                # Stamps of whole milliseconds, and no packet length to snap them to: counted from the beginning.
                break
            # Also before its beginning: a codec's priming packets lie there, and without them the head is lost.
            earliest = begin - 1
            target = max(Fraction(first, sound.rate) - _WARM_UP - back, earliest)
            try:
                container.seek(int(target / time_base), stream=stream, backward=True)
            except AV_ERRORS:
                break
            chunks = _counted(container, stream, sound)
            try:
                landing = next(chunks, None)
                if landing is not None and (landing[0] <= first or target == earliest):
                    yield landing
                    yield from chunks
                    return
            finally:
                chunks.close()
            if target == earliest:
                break
    with opened(facts.path, facts.container) as container:
        stream, _, _ = _prepared(container, sound)
        yield from _counted(container, stream, sound)


def _prepared(container: InputContainer, sound: Sound) -> tuple[AudioStream, Fraction, Fraction]:
    """The stream, its time base, and the second at which it says that it begins."""
    stream = container.streams[sound.index]
    assert isinstance(stream, AudioStream)
    time_base = fraction(stream.time_base) or Fraction(1, sound.rate)
    return stream, time_base, (stream.start_time or 0) * time_base


def _counted(
    container: InputContainer, stream: AudioStream, sound: Sound
) -> Generator[tuple[int, Samples], None, None]:
    """Yields ``(position, samples)``: the running count, and the stamps where those have a real gap."""
    time_base = fraction(stream.time_base) or Fraction(1, sound.rate)
    snap: int = stream.codec_context.frame_size or 0
    # A stream's declared end; before PyAV 19 the last AAC packet was not cut to it.
    end = round(((stream.start_time or 0) + stream.duration) * time_base * sound.rate) if stream.duration else None
    # Stamps are rounded to the clock's tick.
    slack = max(int(2 * time_base * sound.rate), 16)
    position: int | None = None
    for frame in container.decode(stream):
        found = round((frame.pts or 0) * time_base * sound.rate)
        if position is None:
            position = round(found / snap) * snap if time_base >= _MATROSKA_TICK and snap else found
        elif abs(found - position) > slack:
            position = found
        chunk = _samples(frame, sound.channels)
        yield position, chunk if end is None else chunk[:, : max(end - position, 0)]
        position += frame.samples


def _samples(frame: av.AudioFrame, channels: int) -> Samples:
    array = frame.to_ndarray()
    if not frame.format.is_planar:
        array = array.reshape(-1, channels).T
    return array


# --- between clocks -------------------------------------------------------------------------------------------------


def as_float(chunk: Samples) -> NDArray[np.float32]:
    """Samples of any type as float32 in [-1, 1]."""
    if chunk.dtype == np.uint8:
        chunk = (chunk.astype(np.int16) - 128) << 8
    scale = {"int16": 1 << 15, "int32": 1 << 31}.get(chunk.dtype.name)
    return np.asarray(chunk / scale if scale else chunk, dtype=np.float32)


def as_int32(chunk: Samples) -> NDArray[np.int32]:
    """Samples of any type as int32 at full scale; a float beyond it is clipped, as a cast would wrap around."""
    if chunk.dtype == np.int32:
        return chunk.astype(np.int32, copy=False)
    if chunk.dtype == np.int16:
        return chunk.astype(np.int32) << 16
    wide = as_float(chunk).astype(np.float64)
    return np.clip(np.round(wide * 2147483648.0), -2147483648, 2147483647).astype(np.int32)


def read_channels(source: SoundSource, first: int, count: int) -> Generator[NDArray[np.float32], None, None]:
    """The channels of ``source`` as float32 (channels, samples), in chunks: ``count`` samples from ``first`` on."""
    streams = sorted({index for index, _ in source.channels})
    readers = {
        index: _even(read_sound(source.facts, next(s for s in source.facts.sounds if s.index == index), first, count))
        for index in streams
    }
    try:
        left = count
        while left > 0:
            chunks = {index: next(reader) for index, reader in readers.items()}
            yield np.stack([chunks[index][channel] for index, channel in source.channels])
            left -= next(iter(chunks.values())).shape[1]
    finally:
        for reader in readers.values():
            reader.close()


def _even(chunks: Generator[Samples, None, None], size: int = _CHUNK) -> Generator[NDArray[np.float32], None, None]:
    """The same samples in chunks of ``size``."""
    kept: list[NDArray[np.float32]] = []
    have = 0
    try:
        for chunk in chunks:
            kept.append(as_float(chunk))
            have += chunk.shape[1]
            while have >= size:
                whole = np.concatenate(kept, axis=1)
                yield whole[:, :size]
                kept = [whole[:, size:]]
                have -= size
        if have:
            yield np.concatenate(kept, axis=1)
    finally:
        chunks.close()


def resampled(
    chunks: Iterator[NDArray[np.float32]], rate_in: Fraction, rate_out: Fraction, count: int
) -> Iterator[NDArray[np.float32]]:
    """Sound at ``rate_in`` as exactly ``count`` samples at ``rate_out``; both may be fractions (44144.1 is meant so).

    The first sample stays the first: FFmpeg's resampler takes off its own delay (measured: below 0.001 sample).
    """
    ratio = rate_in / rate_out
    left = count
    channels = 2
    if ratio == 1:
        for chunk in chunks:
            channels = chunk.shape[0]
            part = chunk[:, :left]
            left -= part.shape[1]
            yield part
    else:
        scale = gcd(ratio.numerator, ratio.denominator)
        label_in, label_out = ratio.numerator // scale, ratio.denominator // scale
        # FFmpeg wants rates of some size; only their ratio counts.
        factor = -(-8000 // min(label_in, label_out))
        resampler: AudioResampler | None = None
        for block in _with_end(chunks):
            if block is None:
                frames = resampler.resample(None) if resampler else []
            else:
                channels = block.shape[0]
                layout = _layout(channels)
                resampler = resampler or AudioResampler(format="fltp", layout=layout, rate=label_out * factor)
                frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout=layout)
                frame.sample_rate = label_in * factor
                frame.pts = None
                frames = resampler.resample(frame)
            for out in frames:
                piece: Samples = out.to_ndarray()[:, :left]
                left -= piece.shape[1]
                if piece.shape[1]:
                    yield piece
    if left > 0:
        yield np.zeros((channels, left), np.float32)


def _layout(channels: int) -> str:
    return {1: "mono", 2: "stereo"}.get(channels, f"{channels}c")


def _with_end(chunks: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32] | None]:
    yield from chunks
    yield None
