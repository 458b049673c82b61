"""Makes a pull: exactly the asked frames, as the one file that leaves this machine.

Frame for frame at the whole rate, upright, 16:9 or 9:16, 8-bit H.264 with AAC. Nothing of the source's metadata,
timecode or name is in it. The manifest beside it keeps what is needed to verify and conform what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from ..durable import sha256_of, written_beside
from ..errors import RetakeError
from ..spans import PullSpans, Span
from .facts import MediaFacts
from .filters import to_canvas
from .fit import Fit
from .frames import read_frames
from .sound import PULL_RATE, SoundSource, read_channels, resampled
from .writing import AAC_FRAME, SoundTrack, add_aac, add_h264, check_written, clean, writing

RECIPE = 1
"""Version of how a pull is made; part of an order's key, as another recipe sends another file."""

TAGS_709 = (1, 1, 1)

_QUALITY = ((16, "superfast"), (18, "veryfast"), (23, "veryfast"), (28, "veryfast"))
"""Rate factor and preset, tried in turn until the file is within a service's limit of bytes."""

Progress = Callable[[int, int], None]
"""Called with frames done and frames in all."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """A finished pull."""

    path: Path
    frames: int
    sha256: str
    size: int
    crf: int


def pull(
    facts: MediaFacts,
    spans: PullSpans,
    place: Fit,
    sound: SoundSource | None,
    path: Path,
    *,
    most_bytes: int | None = None,
    progress: Progress | None = None,
) -> Pulled:
    """Writes the pull for ``spans`` of the file in ``facts`` to ``path``, whole or not at all.

    Raises a ``MediaError`` where a frame cannot be read, and ``RetakeError`` where the pull stays above ``most_bytes``.
    """
    for crf, preset in _QUALITY:
        with written_beside(path) as part:
            _write(facts, spans, place, sound, part, crf, preset, progress)
            check_written(part, spans.count)
            size = part.stat().st_size
            if most_bytes is not None and size > most_bytes and crf != _QUALITY[-1][0]:
                continue
            if most_bytes is not None and size > most_bytes:
                raise RetakeError(
                    f"the pull has {size / 1e6:.0f} MB; the service takes {most_bytes / 1e6:.0f} MB",
                    where=str(facts.path),
                    fix="mark a shorter region, or set a smaller context=",
                )
        return Pulled(path, spans.count, sha256_of(path), size, crf)
    raise AssertionError("the last quality either fits or raises")


def pulled_frames(facts: MediaFacts, spans: PullSpans) -> Iterator[VideoFrame]:
    """The source's frames of a pull in order, the first and last held for its padding."""
    last: VideoFrame | None = None
    for _, frame in read_frames(facts, spans.pull):
        if last is None:
            yield from (frame for _ in range(spans.pad_head))
        yield frame
        last = frame
    assert last is not None
    yield from (last for _ in range(spans.pad_tail))


def pulled_sound(facts: MediaFacts, spans: PullSpans, sound: SoundSource | None) -> Iterator[NDArray[np.float32]]:
    """Stereo sound for the pull at its own rate; silence in the padding and where there is no sound."""
    count = -(-spans.count * PULL_RATE // spans.base)
    if sound is None:
        yield from _silence(count)
        return
    rate = facts.video.rate
    head = -(-spans.pad_head * PULL_RATE // spans.base)
    body = -(-(spans.pad_head + len(spans.pull)) * PULL_RATE // spans.base) - head
    first = sound.sample_at(spans.pull.first, rate)
    # A little more than is needed, so that the resampler does not meet silence at the end.
    wanted = sound.sample_at(spans.pull.end, rate) - first + sound.sound.rate // 50
    clock = Fraction(sound.sound.rate) * spans.base / rate
    yield from _silence(head)
    chunks = read_channels(sound, first, wanted)
    for chunk in resampled(chunks, clock, Fraction(PULL_RATE), body):
        yield np.repeat(chunk, 2, axis=0) if chunk.shape[0] == 1 else chunk
    yield from _silence(count - head - body)


def _silence(count: int) -> Iterator[NDArray[np.float32]]:
    for at in range(0, count, PULL_RATE):
        yield np.zeros((2, min(PULL_RATE, count - at)), np.float32)


def _write(
    facts: MediaFacts,
    spans: PullSpans,
    place: Fit,
    sound: SoundSource | None,
    path: Path,
    crf: int,
    preset: str,
    progress: Progress | None,
) -> None:
    canvas = to_canvas(facts.video, place)
    clock = Fraction(1, spans.base)
    with (
        writing(path),
        av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart", "movie_timescale": str(PULL_RATE)}
        ) as container,
    ):
        video = add_h264(container, spans.base, (place.width, place.height), crf=crf, preset=preset, tags=TAGS_709)
        audio = add_aac(container, PULL_RATE)
        track = SoundTrack(container, audio, "fltp", AAC_FRAME)
        chunks = pulled_sound(facts, spans, sound)
        for index, frame in enumerate(pulled_frames(facts, spans)):
            container.mux(video.encode(clean(canvas(frame), index, clock)))
            while track.written * spans.base < index * PULL_RATE and (chunk := next(chunks, None)) is not None:
                track.add(np.clip(chunk, -1, 1))
            if progress:
                progress(index + 1, spans.count)
        container.mux(video.encode(None))
        for chunk in chunks:
            track.add(np.clip(chunk, -1, 1))
        track.end()


def seen_in_pull(spans: PullSpans) -> list[int]:
    """The source frame that each frame of the pull shows."""
    return [
        *([spans.pull.first] * spans.pad_head),
        *range(spans.pull.first, spans.pull.end),
        *([spans.pull.end - 1] * spans.pad_tail),
    ]


def span_of_pull(spans: PullSpans) -> Span:
    """The pull in its own frames."""
    return Span(0, spans.count)
