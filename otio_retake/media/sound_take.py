"""Makes the sound of a take: the source's own channels as a broadcast wave, with those of a result where asked."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from ..durable import sha256_of, written_beside
from ..errors import RetakeError
from ..spans import PullSpans, Span
from .facts import read_facts
from .sound import PULL_RATE, SoundSource, as_int32, own_sound, read_channels, resampled
from .writing import SoundTrack, writing

Sound = NDArray[np.float32]

FADE_MS = 5
"""Length of the crossfade inside each end of what is replaced: long enough not to click."""


@dataclass(frozen=True, slots=True)
class SoundPart:
    """Sound of frames ``replaced`` comes from ``result``: ``offset`` frames and ``lag`` samples at 48 kHz later."""

    replaced: Span
    result: Path
    spans: PullSpans
    offset: int
    lag: int


@dataclass(frozen=True, slots=True)
class SoundTake:
    """A finished wave: ``count`` samples of the sound file from ``first`` on."""

    path: Path
    first: int
    count: int
    rate: int
    sha256: str


def conform_sound(source: SoundSource, rate: Fraction, span: Span, part: SoundPart, path: Path) -> SoundTake:
    """Writes the sound under frames ``span`` of a picture at ``rate`` to ``path``, with ``part`` in its place.

    It has the source's sample rate and channels, and begins at that file's own time.
    """
    sample_rate = source.sound.rate
    first = source.sample_at(span.first, rate)
    count = source.sample_at(span.end, rate) - first
    samples = np.concatenate(list(read_channels(source, first, count)), axis=1)
    replaced = part.replaced.cut(span)
    begin, end = (source.sample_at(frame, rate) - first for frame in (replaced.first, replaced.end))
    new = _from_result(part, replaced.first, end - begin, Fraction(sample_rate) * part.spans.base / rate)
    _mix(samples, begin, new if samples.shape[0] == 2 else new.mean(axis=0, keepdims=True), sample_rate)
    clock = source.facts.picture.start if source.facts.picture else Fraction(0)
    since_midnight = round((source.facts.start_seconds - clock) * sample_rate) + first
    with written_beside(path) as written:
        _write(written, samples, sample_rate, max(since_midnight, 0))
        _check(written, count)
    return SoundTake(path, first, count, sample_rate, sha256_of(path))


def _from_result(part: SoundPart, frame: int, count: int, clock: Fraction) -> Sound:
    """``count`` samples of the result, stereo, from source frame ``frame`` on, on the source's clock."""
    facts = read_facts(part.result)
    sound = own_sound(facts, facts.video)
    if sound is None:
        raise RetakeError("the result has no sound", where=str(part.result), fix="ask again with --again")
    came = sound.sound.rate
    at = Fraction(part.spans.in_pull(frame) + part.offset, part.spans.base) + Fraction(part.lag, PULL_RATE)
    first = round(at * came) + round(sound.offset * came)
    wanted = int(count * came / clock) + came // 20
    chunks = read_channels(sound, first, wanted)
    new = np.concatenate(list(resampled(chunks, Fraction(came), clock, count)), axis=1)
    return new if new.shape[0] == 2 else np.repeat(new, 2, axis=0)


def _mix(samples: Sound, begin: int, new: Sound, rate: int) -> None:
    """Puts ``new`` into ``samples`` at ``begin``, faded over inside both its ends."""
    count = new.shape[1]
    fade = min(rate * FADE_MS // 1000, count // 2)
    weight = np.ones(count, np.float32)
    if fade:
        ramp = np.linspace(0, 1, fade, endpoint=False, dtype=np.float32)
        if begin > 0:
            weight[:fade] = ramp
        if begin + count < samples.shape[1]:
            weight[count - fade :] = ramp[::-1]
    kept = samples[:, begin : begin + count]
    samples[:, begin : begin + count] = kept * (1 - weight) + new * weight


def _write(path: Path, samples: Sound, rate: int, since_midnight: int) -> None:
    with writing(path), av.open(str(path), "w", format="wav", options={"write_bext": "1"}) as container:
        container.metadata["time_reference"] = str(since_midnight)
        container.metadata["originator"] = "otio-retake"
        stream = container.add_stream("pcm_s24le", rate=rate, layout="mono" if samples.shape[0] == 1 else "stereo")
        assert isinstance(stream, AudioStream)
        track = SoundTrack(container, stream, "s32", rate)
        track.add(as_int32(samples))
        track.end()


def _check(path: Path, count: int) -> None:
    facts = read_facts(path)
    if facts.sounds[0].samples != count:
        raise RetakeError(
            f"the written wave has {facts.sounds[0].samples} samples, not {count}",
            where=str(path),
            fix="run the command again",
        )
