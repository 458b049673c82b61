"""Sound under a span of frames as WAV for the page: 48 kHz, 16 bit, stereo, its first sample at the first frame.

Sample ceil(k * 48000 / rate) of it begins frame k of the span, for the original and for a take alike, so that either
goes with the picture and one can be heard in place of the other.
"""

from __future__ import annotations

import wave
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from ..errors import MediaUnsupported
from ..media.facts import MediaFacts, Sound
from ..media.sound import PULL_RATE, SoundSource, read_channels, resampled, sample_of_frame
from ..rates import sample_at
from ..spans import Span
from .kitchen import dish_name

RECIPE = 2
"""Version of how sounds are made; part of their names."""

SOUND_RATE = PULL_RATE

_HALF = 0.5**0.5

_TO_LEFT_AND_RIGHT = {
    "FL": (1.0, 0.0), "FR": (0.0, 1.0), "FC": (_HALF, _HALF), "LFE": (0.0, 0.0),
    "BL": (_HALF, 0.0), "BR": (0.0, _HALF), "SL": (_HALF, 0.0), "SR": (0.0, _HALF), "BC": (0.5, 0.5),
    "DL": (1.0, 0.0), "DR": (0.0, 1.0),
}  # fmt: skip
"""How much of a channel goes to each side, by FFmpeg's names of channels (ITU-R BS.775-4, annex 4)."""

_MIDDLE = (_HALF, _HALF)
"""The same for a channel without a place, such as one microphone of many."""


def sound_name(source: SoundSource, first_frame: int, count: int, rate: Fraction) -> str:
    """The name of the sound that the cut plays under these frames."""
    content = source.facts.fingerprint, source.channels, source.offset, first_frame, count, rate
    return dish_name("sound", ".wav", RECIPE, *content)


def take_sound_name(
    take_sha256: str, span: Span, around: SoundSource | None, first_frame: int, count: int, rate: Fraction
) -> str:
    """The name of a take's sound under these frames, with what is heard around it."""
    beside = None if around is None else (around.facts.fingerprint, around.channels, around.offset)
    content = take_sha256, span.first, span.end, beside, first_frame, count, rate
    return dish_name("takesound", ".wav", RECIPE, *content)


def samples_of(count: int, rate: Fraction) -> int:
    """How many samples at ``SOUND_RATE`` go with the first ``count`` frames of a span."""
    return sample_at(count, rate, SOUND_RATE)


def make_sound(source: SoundSource, first_frame: int, count: int, rate: Fraction, path: Path) -> None:
    """Writes the sound of ``source`` under ``count`` picture frames from ``first_frame`` on to ``path``.

    Silence where the file has none. Raises a ``MediaError`` where it cannot be read.
    """
    _write(source, source.sample_at(first_frame, rate), samples_of(count, rate), path)


def make_take_sound(
    take: MediaFacts,
    span: Span,
    around: SoundSource | None,
    first_frame: int,
    count: int,
    rate: Fraction,
    path: Path,
) -> None:
    """Writes the sound of a take of source frames ``span`` under ``count`` frames from source frame ``first_frame`` on.

    A take is a wave whose first sample is that of ``span.first``, or a movie that begins with that frame. Where it is
    shorter than what is asked for, ``around``, which the cut plays, is heard before and after it. Raises a
    ``MediaError`` where it has no sound or cannot be read.
    """
    if not take.sounds:
        raise MediaUnsupported("the take has no sound", where=str(take.path), fix="listen to the original")
    first = take.sounds[0]
    channels = [(s.index, c) for s in take.sounds if s.rate == first.rate for c in range(s.channels)][:2]
    start = take.picture.start if take.picture is not None else Fraction(0)
    source = SoundSource(take, tuple(channels), start, take.path.name)
    # Counted in the source's frames, as the take was cut out of it.
    skipped = sample_of_frame(first_frame, rate, first.rate, Fraction(0)) - sample_of_frame(
        span.first, rate, first.rate, Fraction(0)
    )
    _write(source, round(start * first.rate) + skipped, samples_of(count, rate), path)
    held = span.shift(-first_frame).cut(Span(0, count))
    if around is not None and len(held) < count:
        _lay_over(around, held, first_frame, count, rate, path)


def _lay_over(around: SoundSource, held: Span, first_frame: int, count: int, rate: Fraction, path: Path) -> None:
    """Puts ``around`` into the sound at ``path`` before and after its frames ``held``."""
    beside = path.with_name(f"{path.name}.around")
    try:
        make_sound(around, first_frame, count, rate, beside)
        heard = _samples(beside)
    finally:
        beside.unlink(missing_ok=True)
    first, end = (samples_of(frame, rate) for frame in (held.first, held.end))
    heard[first:end] = _samples(path)[first:end]
    with wave.open(str(path), "wb") as out:
        _describe(out)
        out.writeframes(heard.tobytes())


def _samples(path: Path) -> NDArray[np.int16]:
    """Every sample of a sound that was made here, (samples, 2)."""
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).copy()


def _describe(out: wave.Wave_write) -> None:
    out.setnchannels(2)
    out.setsampwidth(2)
    out.setframerate(SOUND_RATE)


def _write(source: SoundSource, first: int, count: int, path: Path) -> None:
    rate = source.sound.rate
    # A little more than is needed, so that the resampler does not meet silence at the end.
    wanted = -(-count * rate // SOUND_RATE) + rate // 50
    mix = _mix(source)
    with (
        wave.open(str(path), "wb") as out,
        closing(read_channels(source, first, wanted)) as chunks,
    ):
        _describe(out)
        for chunk in resampled((mix @ c for c in chunks), Fraction(rate), Fraction(SOUND_RATE), count):
            out.writeframes(_pcm(chunk))


def _pcm(chunk: NDArray[np.float32]) -> bytes:
    """Stereo (2, samples) as interleaved 16-bit little-endian samples."""
    return np.clip(np.round(chunk.T * 32768.0), -32768, 32767).astype("<i2").tobytes()


def _mix(source: SoundSource) -> NDArray[np.float32]:
    """The (2, channels) matrix to stereo. One channel goes to both sides, two are left and right.

    More are mixed by the places that their streams name, as quiet as it takes never to be too loud.
    """
    if len(source.channels) == 1:
        return np.ones((2, 1), np.float32)
    if len(source.channels) == 2:
        return np.eye(2, dtype=np.float32)
    streams = {sound.index: _places(sound) for sound in source.facts.sounds}
    weights = np.array([_TO_LEFT_AND_RIGHT.get(streams[s][c], _MIDDLE) for s, c in source.channels], np.float32).T
    return np.asarray(weights / max(float(weights.sum(axis=1).max()), 1.0), np.float32)


def _places(sound: Sound) -> list[str]:
    """The names of a stream's channels; empty ones where they have no place."""
    try:
        names = [channel.name for channel in av.AudioLayout(sound.layout).channels]
    except ValueError:
        names = []
    return names if len(names) == sound.channels else [""] * sound.channels
