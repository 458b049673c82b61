"""What is true of a watermarked clip, and whether pulls and takes of it keep to that."""

from __future__ import annotations

import importlib.util
import json
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from otio_retake.capabilities import Capabilities, Mode
from otio_retake.media.conform import Part, Take, conform
from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.fit import fit
from otio_retake.media.frames import read_frames
from otio_retake.media.pull import Pulled, pull, seen_in_pull
from otio_retake.media.slate import Slate, answer, read_strip
from otio_retake.media.sound import (
    PULL_RATE,
    as_float,
    own_sound,
    read_channels,
    read_sound,
    resampled,
    sample_of_frame,
)
from otio_retake.media.verify.lag import measure_lag
from otio_retake.media.verify.verdict import Verdict, verify
from otio_retake.rates import nominal, timecode
from otio_retake.spans import CannotSend, PullSpans, Span, solve

Luma = NDArray[np.uint8]


@dataclass(frozen=True)
class Clip:
    """A clip with a number in each frame. ``shows`` gives the number that an editor's frame k shows."""

    facts: MediaFacts
    read: Callable[[Luma], int | None]
    shows: Callable[[int], int]
    rotation: int = 0

    @property
    def name(self) -> str:
        """The file's name."""
        return self.facts.path.name


def shared_clip(folder: Path, name: str) -> Clip:
    """One of the clips beside the project, with its manifest."""
    watermark = _module(folder / "watermark.py")
    manifest = json.loads((folder / "manifest.json").read_text())["clips"][name]
    facts = read_facts(folder / name)
    first = manifest["first_frame_number"]
    if "pts_600" in manifest:
        stamps, rate = manifest["pts_600"], facts.video.rate
        # The picture of frame k is the last one before (k + 1/2) / rate.
        return Clip(
            facts, watermark.read, lambda k: bisect_left(stamps, (k + Fraction(1, 2)) / rate * 600) - 1,
            manifest["rotate"] or 0,
        )  # fmt: skip
    return Clip(facts, watermark.read, lambda k: first + k, manifest["rotate"] or 0)


def shared_names(folder: Path) -> list[str]:
    """Every progressive source clip."""
    manifest = json.loads((folder / "manifest.json").read_text())["clips"]
    return sorted(name for name, clip in manifest.items() if "map" not in clip and "interlaced" not in name)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def luma(frame: VideoFrame) -> Luma:
    """The luma of a decoded frame, eight bit, as it is coded."""
    plane = frame.planes[0]
    if frame.format.components[0].bits > 8:
        wide = np.frombuffer(plane, np.uint16).reshape(frame.height, -1)[:, : frame.width]
        return (wide >> (frame.format.components[0].bits - 8)).astype(np.uint8)
    return np.frombuffer(plane, np.uint8).reshape(frame.height, plane.line_size)[:, : frame.width]


def upright(picture: Luma, rotation: int) -> Luma:
    """A coded picture as a player shows it."""
    return np.ascontiguousarray(np.rot90(picture, rotation // 90))


def coded(picture: Luma, rotation: int) -> Luma:
    """A shown picture as it is coded."""
    return np.ascontiguousarray(np.rot90(picture, -rotation // 90))


@dataclass(frozen=True)
class Made:
    """Everything between a region and its take."""

    spans: PullSpans
    pulled: Pulled
    verdict: Verdict
    take: Take


def spans_of(clip: Clip, region: Span, service: Capabilities) -> PullSpans:
    """The pull for a region, which these clips are long enough for."""
    picture = clip.facts.video
    spans = solve(region, picture.frames, nominal(picture.rate), service)
    assert not isinstance(spans, CannotSend), spans
    return spans


def pull_of(clip: Clip, spans: PullSpans, folder: Path) -> Pulled:
    """The pull, written."""
    picture = clip.facts.video
    return pull(clip.facts, spans, fit(picture), own_sound(clip.facts, picture), folder / "pull.mp4")


def wrong_in_pull(clip: Clip, spans: PullSpans, pulled: Pulled) -> list[Any]:
    """Frames of the pull that do not show what they should."""
    facts = read_facts(pulled.path)
    wrong: list[Any] = []
    if (facts.video.frames, facts.video.rate) != (spans.count, spans.base):
        wrong.append(("count or rate", facts.video.frames, facts.video.rate))
    expected = [clip.shows(k) for k in seen_in_pull(spans)]
    for index, frame in read_frames(facts, Span(0, spans.count)):
        seen = clip.read(coded(luma(frame), clip.rotation))
        if seen != expected[index]:
            wrong.append((index, seen, expected[index]))
    return wrong


def lag_in_pull(clip: Clip, spans: PullSpans, pulled: Pulled) -> int | None:
    """How many samples of the source the pull's sound is late; None where the clip has no sound there."""
    source = own_sound(clip.facts, clip.facts.video)
    if source is None:
        return None
    facts = read_facts(pulled.path)
    mine = own_sound(facts, facts.video)
    assert mine is not None
    rate = clip.facts.video.rate
    first = source.sample_at(spans.pull.first, rate)
    count = source.sample_at(spans.pull.end, rate) - first
    want = np.concatenate(list(read_channels(source, first, count)), axis=1)[-1]
    head = -(-spans.pad_head * PULL_RATE // spans.base)
    whole = -(-spans.count * PULL_RATE // spans.base) - head
    chunks = read_channels(mine, head, whole)
    clock = Fraction(source.sound.rate) * spans.base / rate
    came = np.concatenate(list(resampled(chunks, Fraction(PULL_RATE), clock, count)), axis=1)[-1]
    lag = measure_lag(want, came)
    return lag.samples if lag.says == "sure" else None


def rehearsed(clip: Clip, region: Span, service: Capabilities, folder: Path, mode: Mode = "both") -> Made:
    """The whole way of one region: pull, a slate for an answer, verdict, and a take of the whole clip."""
    spans = spans_of(clip, region, service)
    pulled = pull_of(clip, spans, folder)
    result = folder / "result.mp4"
    answer(pulled.path, Slate(spans.span_in_pull(spans.changed), mode, "a slate", 1), result, crf=26)
    verdict = verify(pulled.path, result, spans, mode, slate=True)
    part = Part(
        replaced=spans.changed,
        result=result,
        spans=spans,
        fit=fit(clip.facts.video),
        offset=verdict.offset,
        rate=verdict.rate,
        gains=verdict.gains if verdict.correct else None,
        offsets=verdict.offsets,
    )
    frames = clip.facts.video.frames
    span = Span(min(1, spans.changed.first), frames)
    take = conform(clip.facts, span, [part] if mode != "audio" else [], folder / "A001_rtk0000000_v001.mov")
    return Made(spans, pulled, verdict, take)


def wrong_in_take(clip: Clip, made: Made) -> list[Any]:
    """Frames of a take that are not the source's outside of what is replaced, and not slates inside."""
    source, take = clip.facts, read_facts(made.take.path)
    wrong: list[Any] = []
    picture, span = source.video, made.take.span
    label = timecode(source.start_frame + span.first, picture.rate, drop=source.drop)
    facts = {
        "frames": (take.video.frames, len(span)),
        "rate": (take.video.rate, picture.rate),
        "size": ((take.video.width, take.video.height), (picture.width, picture.height)),
        "rotation": (take.video.rotation, picture.rotation),
        "timecode": (take.timecode, label),
        "reel": (take.reel, made.take.path.stem),
        "tags": (_tags(take), _tags(source)),
        "pixel aspect": (take.video.pixel_aspect, picture.pixel_aspect),
    }
    wrong += [(name, *pair) for name, pair in facts.items() if pair[0] != pair[1]]
    for index, frame in read_frames(take, Span(0, len(span))):
        k = index + span.first
        picture_ = luma(frame)
        strip = read_strip(upright(picture_, clip.rotation))
        if k in made.spans.changed:
            if strip != made.spans.in_pull(k):
                wrong.append((k, "slate", strip, made.spans.in_pull(k)))
        elif strip is not None or clip.read(picture_) != clip.shows(k):
            wrong.append((k, strip, clip.read(picture_), clip.shows(k)))
    return wrong


def _tags(facts: MediaFacts) -> tuple[int, int, int]:
    colour = facts.video.colour
    return colour.primaries, colour.transfer, colour.matrix


def wrong_in_sound(clip: Clip, made: Made) -> list[Any]:
    """Whether a take's own sound is the source's, sample for sample, in rate, layout and count."""
    take = read_facts(made.take.path)
    if len(take.sounds) != len(clip.facts.sounds):
        return [("streams", len(take.sounds))]
    wrong: list[Any] = []
    picture, span = clip.facts.video, made.take.span
    for mine, theirs in zip(take.sounds, clip.facts.sounds, strict=True):
        first = sample_of_frame(span.first, picture.rate, theirs.rate, picture.start)
        count = sample_of_frame(span.end, picture.rate, theirs.rate, picture.start) - first
        if (mine.rate, mine.channels, mine.samples) != (theirs.rate, theirs.channels, count):
            wrong.append((mine, theirs, count))
            continue
        want = np.concatenate([as_float(c) for c in read_sound(clip.facts, theirs, first, count)], axis=1)
        have = np.concatenate([as_float(c) for c in read_sound(take, mine, 0, count)], axis=1)
        error = float(np.abs(np.clip(want, -1, 1) - have).max())
        # One step of 24 bits: what a decoder's float loses in PCM.
        if error > 2**-22:
            wrong.append(("samples differ by", error))
    return wrong
