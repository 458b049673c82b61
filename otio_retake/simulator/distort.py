"""Gives a finished answer the faults that a service may have: other counts, rates, sizes, colours, sound.

The answer is read frame by frame and encoded once more; what is kept of it stays as good as H.264 at a high quality.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ..media.facts import MediaFacts, read_facts
from ..media.frames import read_frames
from ..media.sound import PULL_RATE, own_sound, read_channels
from ..media.writing import AAC_FRAME, SoundTrack, add_aac, clean
from ..spans import Span

LATE = PULL_RATE // 10
"""Samples by which shifted sound is late: far more than any codec's delay."""

LONGER = PULL_RATE // 2

HUGE = (30_000, 20_000)
"""A picture that no memory should be asked for."""

_CONTAINERS = {"MP4": "mp4", "MOV": "mov", "WEBM": "webm"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written of an answer: which of its frames in which order, at what rate and size."""

    order: tuple[int, ...]
    rate: Fraction
    size: tuple[int, int]
    sound: tuple[int, int] | None
    """The samples that go along, None for no sound; before 0 and behind the end there is silence."""


def needed(faults: Collection[str], facts: MediaFacts, rate: Fraction, format: str) -> bool:
    """Whether an answer has to be written once more at all."""
    return bool(set(faults) - {"padded", "int-reading"}) or format != "MP4" or facts.video.rate != rate


def plan(facts: MediaFacts, changed: Span, rate: Fraction, faults: Collection[str]) -> Plan:
    """What to write for ``faults``; ``rate`` is that of what was uploaded."""
    picture = facts.video
    count = picture.frames
    order = list(range(count))
    if "section" in faults:
        order = order[changed.first : changed.end]
    if "odd" in faults:
        lost = (len(order) - 1) % 8 or 1
        order = order[: len(order) - lost]
    if "one-frame-more" in faults:
        order.append(order[-1])
    if "one-frame-less" in faults:
        order.pop()
    if "shifted-picture" in faults:
        order = [order[0], *order[:-1]]
    out = rate
    if "int-fps" in faults:
        out = Fraction(int(rate * Fraction(1000, 1001) if rate in (24, 30, 48, 60, 120) else rate))
    if "wrong-rate" in faults:
        out = Fraction(25) if out != 25 else Fraction(24)
    size = (picture.width, picture.height)
    if "other-size" in faults:
        size = (1280, 720) if size[0] >= size[1] else (720, 1280)
    span = Span(0, count) if "section" not in faults else changed
    first, end = (-(-frame * PULL_RATE // rate) for frame in (span.first, span.end))
    if "shifted-sound" in faults:
        first, end = first - LATE, end - LATE
    if "longer-sound" in faults:
        end += LONGER
    return Plan(tuple(order), out, size, None if "no-audio" in faults else (int(first), int(end)))


def distort(answer: Path, changed: Span, rate: Fraction, faults: Collection[str], path: Path, format: str) -> None:
    """Writes ``answer`` to ``path`` with ``faults``, in a container of ``format``."""
    if "huge-picture" in faults:
        write_huge(path)
        return
    facts = read_facts(answer)
    made = plan(facts, changed, rate, faults)
    with av.open(str(path), "w", format=_CONTAINERS[format]) as container:
        # A stream with B-frames needs no more than the rate to be right; WebM takes neither H.264 nor AAC.
        webm = format == "WEBM"
        video = container.add_stream("libvpx-vp9" if webm else "libx264", rate=made.rate)
        assert isinstance(video, VideoStream)
        video.width, video.height = made.size
        video.pix_fmt = "yuv420p"
        context = video.codec_context
        context.time_base = 1 / made.rate
        context.options = (
            {"crf": "30", "deadline": "realtime", "cpu-used": "8"} if webm else {"crf": "16", "preset": "ultrafast"}
        )
        context.thread_type = "AUTO"
        context.color_primaries = context.color_trc = context.colorspace = context.color_range = 1
        track = None
        if made.sound is not None:
            stream = container.add_stream("libopus", rate=PULL_RATE, layout="stereo") if webm else None
            track = SoundTrack(
                container,
                stream or add_aac(container, PULL_RATE),
                "flt" if webm else "fltp",
                960 if webm else AAC_FRAME,
            )
        sound = _sound(facts, *made.sound) if made.sound else iter(())
        for index, frame in enumerate(_pictures(facts, made, faults)):
            container.mux(video.encode(clean(frame, index, 1 / made.rate)))
            while track and track.written * made.rate < index * PULL_RATE and (chunk := next(sound, None)) is not None:
                track.add(chunk)
        container.mux(video.encode(None))
        if track:
            for chunk in sound:
                track.add(chunk)
            track.end()


def _pictures(facts: MediaFacts, made: Plan, faults: Collection[str]) -> Iterator[VideoFrame]:
    """The frames of the plan, whose order never goes back."""
    at = 0
    for index, frame in read_frames(facts, Span(0, facts.video.frames)):
        while at < len(made.order) and made.order[at] == index:
            at += 1
            yield _tinted(frame.reformat(*made.size, format="yuv420p", interpolation="BICUBIC"), index, faults)


def _tinted(frame: VideoFrame, index: int, faults: Collection[str]) -> VideoFrame:
    """A new frame: darker by a quarter and warmer, or with nothing of the old one in it, where that is asked for."""
    array = np.asarray(frame.to_ndarray(format="yuv420p"), dtype=np.uint8)
    luma, chroma = array[: frame.height], array[frame.height :]
    if "colour-shifted" in faults:
        luma[:] = (16 + (luma.astype(np.float32) - 16) * 0.75).clip(16, 235)
        half = chroma.shape[0] // 2
        chroma[:half] = (chroma[:half].astype(np.int16) - 8).clip(16, 240)
        chroma[half:] = (chroma[half:].astype(np.int16) + 8).clip(16, 240)
    if "unaligned" in faults:
        blocks = np.random.default_rng(index).integers(16, 235, (9, 16), dtype=np.uint8)
        rows, columns = (np.arange(n) * m // n for n, m in zip(luma.shape, blocks.shape, strict=True))
        luma[:] = blocks[np.ix_(rows, columns)]
    return VideoFrame.from_ndarray(array, format="yuv420p")


def _sound(facts: MediaFacts, first: int, end: int) -> Iterator[NDArray[np.float32]]:
    """The answer's samples from ``first`` to ``end``, in pieces; silence where it has none."""
    source = own_sound(facts, facts.video)
    if source is None:
        return
    have = int(-(-facts.video.frames * PULL_RATE // facts.video.rate))
    if first < 0:
        yield np.zeros((2, -first), np.float32)
    for chunk in read_channels(source, max(first, 0), min(end, have)):
        yield np.repeat(chunk, 2, axis=0) if chunk.shape[0] == 1 else chunk
    if end > have:
        yield np.zeros((2, end - have), np.float32)


def write_huge(path: Path) -> None:
    """Writes a movie of a few kilobytes whose header asks for gigabytes of picture."""
    small = (64, 48)
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("rawvideo", rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = small
        stream.pix_fmt = "rgb24"
        frame = VideoFrame.from_ndarray(np.full((small[1], small[0], 3), 90, np.uint8), format="rgb24")
        container.mux(stream.encode(clean(frame, 0, Fraction(1, 24))))
        container.mux(stream.encode(None))
    content = path.read_bytes()
    said = small[0].to_bytes(2, "big") + small[1].to_bytes(2, "big")
    at = content.index(said, content.index(b"stsd"))
    path.write_bytes(content[:at] + HUGE[0].to_bytes(2, "big") + HUGE[1].to_bytes(2, "big") + content[at + 4 :])
