"""Reads exactly the frames that are asked for, by seeking, from every kind of file.

A frame's index comes from its time stamp, never from a running count. A demuxer may land late (open GOPs, fragments,
transport streams), so the landing is looked at and the seek stepped back until it is early enough. In a file with
uneven frames, frame k is the picture that an editor shows at k / rate: the last one before (k + 1/2) / rate.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from fractions import Fraction

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ..errors import MediaUnreadable
from ..spans import Span
from .facts import MediaFacts, Picture
from .opening import AV_ERRORS, MOST_THREADS, opened, video_stream

SEEK_BACK = (0, 1, 3, 10, 60)
"""Seconds to step back by, one after the other, where a seek lands behind the frame; then the file is read whole."""


def read_frames(facts: MediaFacts, span: Span) -> Generator[tuple[int, VideoFrame], None, None]:
    """Yields ``(index, frame)`` for every frame of ``span``, in order, as decoded.

    A frame of a variable-rate file may be yielded several times. Raises ``MediaUnreadable`` where a frame is missing.
    Close the iterator, or exhaust it: it owns the open file.
    """
    picture = facts.video
    frames = _landed(facts, picture, span.first)
    try:
        yield from (_held if picture.variable else _counted)(frames, picture, span, facts)
    finally:
        frames.close()


def _landed(facts: MediaFacts, picture: Picture, first: int) -> Generator[tuple[Fraction, VideoFrame], None, None]:
    """Yields ``(position, frame)`` from a frame at or before ``first`` on; a position counts frames.

    Where no seek lands early enough the file is read from its beginning, opened anew: not every demuxer can seek there.
    """
    step = 1 / picture.rate / picture.time_base
    target = picture.start_pts + round(first * step)
    latest = first + Fraction(1, 2)
    for back in SEEK_BACK:
        stamp = target - int(back / picture.time_base)
        with opened(facts.path, facts.container) as container:
            stream = _prepared(container)
            try:
                container.seek(stamp, stream=stream, backward=True)
            except AV_ERRORS:
                break
            frames = container.decode(stream)
            try:
                landing = next(frames, None)
                if landing is not None and _position(landing, picture, step) < latest:
                    yield _position(landing, picture, step), landing
                    for frame in frames:
                        yield _position(frame, picture, step), frame
                    return
            finally:
                del frames
        if stamp < picture.start_pts:
            break
    with opened(facts.path, facts.container) as container:
        frames = container.decode(_prepared(container))
        try:
            for frame in frames:
                yield _position(frame, picture, step), frame
        finally:
            del frames


def _prepared(container: InputContainer) -> VideoStream:
    """The picture stream, set to decode on a few threads: the default is slices, which is half as fast."""
    stream = video_stream(container)
    assert stream is not None
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = min(os.cpu_count() or 1, MOST_THREADS)
    return stream


def _position(frame: VideoFrame, picture: Picture, step: Fraction) -> Fraction:
    stamp = frame.pts if frame.pts is not None else frame.dts
    return (Fraction(stamp or 0) - picture.start_pts) / step


def _counted(
    frames: Generator[tuple[Fraction, VideoFrame], None, None], picture: Picture, span: Span, facts: MediaFacts
) -> Generator[tuple[int, VideoFrame], None, None]:
    expected = span.first
    for position, frame in frames:
        index = round(position)
        if index < expected:
            continue
        if index > expected:
            raise _hole(expected, facts)
        yield index, frame
        expected += 1
        if expected == span.end:
            return
    if expected < span.end:
        raise _hole(expected, facts)


def _held(
    frames: Generator[tuple[Fraction, VideoFrame], None, None], picture: Picture, span: Span, facts: MediaFacts
) -> Generator[tuple[int, VideoFrame], None, None]:
    shown: VideoFrame | None = None
    expected = span.first
    for position, frame in frames:
        # `frame` is shown by index k where position < k + 1/2.
        while shown is not None and expected < span.end and position >= expected + Fraction(1, 2):
            yield expected, shown
            expected += 1
        if expected == span.end:
            return
        shown = frame
    if shown is None:
        raise _hole(expected, facts)
    while expected < span.end:
        yield expected, shown
        expected += 1


def _hole(index: int, facts: MediaFacts) -> MediaUnreadable:
    return MediaUnreadable(
        f"frame {index} is missing from the media",
        where=str(facts.path),
        fix="copy it again from its source, or render it at a constant rate and relink",
    )
