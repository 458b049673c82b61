"""The sound of either side begins with the pair's first frame, to the sample, and is as long as its frames."""

from __future__ import annotations

import wave
from dataclasses import replace
from fractions import Fraction
from math import ceil
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from otio_retake.capabilities import SERVICES
from otio_retake.desk.sounds import SOUND_RATE, make_sound, make_take_sound, samples_of, sound_name, take_sound_name
from otio_retake.errors import MediaUnsupported
from otio_retake.media.conform import conform
from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.slate import Slate, answer
from otio_retake.media.sound import SoundSource, own_sound
from otio_retake.media.sound_take import SoundPart, conform_sound
from otio_retake.spans import Span
from tests.media.footage import Kind, make
from tests.media.truth import Clip, pull_of, shared_clip, shared_names, spans_of

NTSC = Fraction(24000, 1001)
RATES = [Fraction(24), NTSC, Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001), Fraction(25, 2), Fraction(15)]


def noise(seed: int, count: int) -> NDArray[np.int16]:
    return (np.random.default_rng(seed).normal(size=count) * 3000).clip(-32768, 32767).astype(np.int16)


def recording(path: Path, channels: list[NDArray[np.int16]], rate: int = 48000, layout: str = "") -> MediaFacts:
    """A wave of 16-bit channels; with a ``layout`` its header says their places."""
    array = np.ascontiguousarray(np.stack(channels).T.reshape(1, -1))
    with av.open(str(path), "w", format="wav") as out:
        stream = out.add_stream("pcm_s16le", rate=rate, layout=layout or {1: "mono", 2: "stereo"}[len(channels)])
        frame = av.AudioFrame.from_ndarray(array, format="s16", layout=stream.layout.name)
        frame.sample_rate, frame.pts = rate, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return read_facts(path)


def source(facts: MediaFacts, offset: Fraction = Fraction(0), channels: int = 0) -> SoundSource:
    sound = facts.sounds[0]
    return SoundSource(facts, tuple((sound.index, c) for c in range(channels or sound.channels)), offset, "A")


def heard(path: Path) -> NDArray[np.int16]:
    """A made sound as (2, samples); it is what the page expects, or this fails."""
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SOUND_RATE, 2, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T


# --- counts ---------------------------------------------------------------------------------------------------------


@given(st.sampled_from(RATES), st.integers(0, 10_000), st.integers(0, 10_000))
def test_frames_begin_at_whole_samples_and_lengths_add_up(rate: Fraction, first: int, more: int) -> None:
    begin, end = samples_of(first, rate), samples_of(first + more, rate)
    assert begin == ceil(first * SOUND_RATE / rate)
    assert 0 <= begin - first * SOUND_RATE / rate < 1
    assert abs(end - begin - samples_of(more, rate)) <= 1


@pytest.mark.parametrize("rate", RATES)
def test_the_sound_is_that_of_its_frames_to_the_sample(rate: Fraction, tmp_path: Path) -> None:
    channels = [noise(1, 200_000), noise(2, 200_000)]
    cut = source(recording(tmp_path / "A.wav", channels), Fraction(1, 2))
    for first, count in ((0, 1), (3, 17), (20, 24)):
        make_sound(cut, first, count, rate, tmp_path / "a.wav")
        at = ceil(first * 48000 / rate) + 24_000
        want = np.stack(channels)[:, at : at + ceil(count * 48000 / rate)]
        np.testing.assert_array_equal(heard(tmp_path / "a.wav"), want)


def test_where_the_file_has_none_there_is_silence(tmp_path: Path) -> None:
    tone = noise(1, 48_000)
    cut = source(recording(tmp_path / "A.wav", [tone]), Fraction(-1, 2))
    make_sound(cut, 0, 48, Fraction(24), tmp_path / "a.wav")
    left, right = heard(tmp_path / "a.wav")
    assert left.shape == (96_000,)
    assert not left[:24_000].any()
    np.testing.assert_array_equal(left[24_000:72_000], tone)
    assert not left[72_000:].any()
    np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("rate", [44_100, 96_000, 32_000, 48_048])
def test_other_sample_rates_stay_in_step(rate: int, tmp_path: Path) -> None:
    """A chirp that names its own time: its phase tells of any lag."""
    seconds = np.arange(3 * rate) / rate
    chirp = np.round(8000 * np.sin(2 * np.pi * (300 * seconds + 400 * seconds**2))).astype(np.int16)
    cut = source(recording(tmp_path / "A.wav", [chirp], rate))
    make_sound(cut, 12, 40, NTSC, tmp_path / "a.wav")
    got = heard(tmp_path / "a.wav")[0].astype(float)
    assert len(got) == ceil(40 * 48000 / NTSC)
    start = ceil(12 * rate / NTSC) / rate
    times = start + np.arange(len(got)) / 48000
    want = 8000 * np.sin(2 * np.pi * (300 * times + 400 * times**2))
    inner = slice(200, -200)
    assert np.abs(got[inner] - want[inner]).max() < 80, "1 % of the tone: a hundredth of a sample at its highest"


# --- channels -------------------------------------------------------------------------------------------------------


def test_five_channels_and_a_low_one_are_mixed_to_two(tmp_path: Path) -> None:
    channels = [noise(k, 20_000) // 2 for k in range(6)]
    cut = source(recording(tmp_path / "A.wav", channels, layout="5.1"))
    make_sound(cut, 0, 8, Fraction(24), tmp_path / "a.wav")
    fl, fr, fc, _, bl, br = (channel[:16_000].astype(float) for channel in channels)
    half = 0.5**0.5
    for got, want in zip(heard(tmp_path / "a.wav"), (fl + half * (fc + bl), fr + half * (fc + br)), strict=True):
        assert np.abs(got - want / (1 + 2 * half)).max() <= 1


def test_many_microphones_are_heard_in_the_middle_and_never_too_loud(tmp_path: Path) -> None:
    loud = np.full(20_000, 32_767, np.int16)
    with av.open(str(tmp_path / "A.mov"), "w") as out:
        streams = [out.add_stream("pcm_s16le", rate=48000, layout="mono") for _ in range(4)]
        for stream in streams:
            frame = av.AudioFrame.from_ndarray(loud.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts = 48000, 0
            out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
    facts = read_facts(tmp_path / "A.mov")
    cut = SoundSource(facts, tuple((sound.index, 0) for sound in facts.sounds), Fraction(0), "A")
    make_sound(cut, 0, 8, Fraction(24), tmp_path / "a.wav")
    left, right = heard(tmp_path / "a.wav")
    np.testing.assert_array_equal(left, right)
    assert np.abs(left.astype(int) - 32_767).max() <= 1


def test_a_cut_that_plays_one_channel_is_heard_on_both_sides(tmp_path: Path) -> None:
    channels = [noise(1, 20_000), noise(2, 20_000)]
    facts = recording(tmp_path / "A.wav", channels)
    cut = SoundSource(facts, ((facts.sounds[0].index, 1),), Fraction(0), "A, channel 2")
    make_sound(cut, 0, 8, Fraction(24), tmp_path / "a.wav")
    for side in heard(tmp_path / "a.wav"):
        np.testing.assert_array_equal(side, channels[1][:16_000])


# --- takes ----------------------------------------------------------------------------------------------------------


def test_what_is_in_a_sound_is_in_its_name(tmp_path: Path) -> None:
    cut = source(recording(tmp_path / "A.wav", [noise(1, 1000), noise(2, 1000)]))
    others = [cut, replace(cut, offset=Fraction(1, 24)), replace(cut, channels=cut.channels[:1])]
    names = [sound_name(s, *span, rate) for s in others for span in ((0, 9), (1, 9), (0, 8)) for rate in RATES[:2]]
    names += [take_sound_name("a" * 64, Span(0, 20), None, *span, RATES[0]) for span in ((0, 9), (1, 9), (0, 8))]
    names += [take_sound_name("b" * 64, Span(0, 20), around, 0, 9, RATES[0]) for around in (None, *others)]
    assert len(set(names)) == len(names)


def test_a_take_without_sound_is_said(tmp_path: Path) -> None:
    facts = read_facts(make(tmp_path / "A001.mov", Kind(frames=4, sounds=())))
    with pytest.raises(MediaUnsupported) as caught:
        make_take_sound(facts, Span(0, 4), None, 0, 4, Fraction(24), tmp_path / "b.wav")
    assert all((caught.value.what, caught.value.where, caught.value.fix))


@pytest.mark.parametrize("rate", RATES[:5])
@pytest.mark.parametrize("span", [Span(20, 30), Span(0, 12), Span(30, 60), Span(60, 70), Span(-9, 0), Span(12, 40)])
def test_around_a_shorter_take_the_original_is_heard(rate: Fraction, span: Span, tmp_path: Path) -> None:
    cut = source(recording(tmp_path / "A.wav", [noise(1, 200_000), noise(2, 200_000)]))
    samples = ceil(len(span) * 48000 / rate) + 2
    take = recording(tmp_path / "T.wav", [noise(3, samples), noise(4, samples)])
    first, count = 12, 28
    make_sound(cut, first, count, rate, tmp_path / "a.wav")
    make_take_sound(take, span, None, first, count, rate, tmp_path / "alone.wav")
    make_take_sound(take, span, cut, first, count, rate, tmp_path / "b.wav")
    a, alone, b = (heard(tmp_path / name) for name in ("a.wav", "alone.wav", "b.wav"))
    begin, end = (ceil(min(max(frame - first, 0), count) * 48000 / rate) for frame in (span.first, span.end))
    wanted = a.copy()
    wanted[:, begin:end] = alone[:, begin:end]
    np.testing.assert_array_equal(b, wanted)
    assert [path.name for path in tmp_path.glob("*.around")] == []


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES[:5])
@pytest.mark.parametrize("sample_rate", [48_000, 44_100])
def test_a_movie_take_sounds_as_its_original(rate: Fraction, sample_rate: int, tmp_path: Path) -> None:
    kind = Kind(rate=rate, frames=60, sounds=(("pcm_s24le", sample_rate, "stereo"),))
    original = read_facts(make(tmp_path / "A001.mov", kind))
    cut = own_sound(original, original.video)
    assert cut is not None
    span = Span(7, 53)
    take = read_facts(conform(original, span, [], tmp_path / "A001_rtk0000000_v001.mov").path)
    for first, count in ((7, 46), (8, 3), (30, 23)):
        make_sound(cut, first, count, rate, tmp_path / "a.wav")
        make_take_sound(take, span, None, first, count, rate, tmp_path / "b.wav")
        a, b = heard(tmp_path / "a.wav").astype(int), heard(tmp_path / "b.wav").astype(int)
        assert a.shape == b.shape == (2, ceil(count * 48000 / rate))
        # A take may end within its last frame's last sample; resampled, that end is heard a little before it comes.
        inner = slice(None, -1 if sample_rate == 48_000 else -100)
        assert np.abs(a[:, inner] - b[:, inner]).max() <= 1


def wave_take(clip: Clip, cut: SoundSource, span: Span, region: Span, folder: Path) -> tuple[MediaFacts, Span]:
    """A take of sound, made as the program makes it, and the frames in it that are new."""
    spans = spans_of(clip, region, SERVICES["rehearsal"])
    pulled = pull_of(clip, spans, folder)
    answer(pulled.path, Slate(spans.span_in_pull(spans.changed), "audio", "a slate", 1), folder / "result.mp4")
    part = SoundPart(spans.changed, folder / "result.mp4", spans, 0, 0)
    made = conform_sound(cut, clip.facts.video.rate, span, part, folder / "A001_rtk0000000_v001.wav")
    return read_facts(made.path), spans.changed


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "offset"), [(Fraction(24), Fraction(0)), (Fraction(30000, 1001), Fraction(5, 7))])
def test_only_what_is_new_in_a_take_of_sound_is_heard(rate: Fraction, offset: Fraction, tmp_path: Path) -> None:
    original = read_facts(make(tmp_path / "A001.mov", Kind(rate=rate, frames=96, timecode="01:00:00:00")))
    cut = source(recording(tmp_path / "S.wav", [noise(1, 300_000), noise(2, 300_000)]), offset)
    clip = Clip(original, lambda _: None, lambda k: k)
    span = Span(5, 90)
    take, new = wave_take(clip, cut, span, Span(40, 48), tmp_path)
    first, count = 8, 75
    make_sound(cut, first, count, rate, tmp_path / "a.wav")
    make_take_sound(take, span, None, first, count, rate, tmp_path / "b.wav")
    a, b = heard(tmp_path / "a.wav").astype(int), heard(tmp_path / "b.wav").astype(int)
    assert a.shape == b.shape == (2, ceil(count * 48000 / rate))
    begin, end = (ceil((frame - first) * 48000 / rate) for frame in (new.first, new.end))
    assert np.abs(a[:, : begin - 1] - b[:, : begin - 1]).max() <= 1
    assert np.abs(a[:, end + 1 :] - b[:, end + 1 :]).max() <= 1
    assert np.abs(a[:, begin + 500 : end - 500] - b[:, begin + 500 : end - 500]).mean() > 100


@pytest.mark.slow
def test_the_shared_clips(shared_media: Path, tmp_path: Path) -> None:
    """Their own sound and that of a take of them, wherever in the file they begin."""
    for name in shared_names(shared_media):
        clip = shared_clip(shared_media, name)
        rate, frames = clip.facts.video.rate, clip.facts.video.frames
        cut = own_sound(clip.facts, clip.facts.video)
        if cut is None:
            continue
        span = Span(frames // 4, frames // 4 + min(20, frames // 2))
        take = read_facts(conform(clip.facts, span, [], tmp_path / f"{Path(name).stem}_rtk0000000_v001.mov").path)
        make_sound(cut, span.first, len(span), rate, tmp_path / "a.wav")
        make_take_sound(take, span, None, span.first, len(span), rate, tmp_path / "b.wav")
        a, b = heard(tmp_path / "a.wav").astype(int), heard(tmp_path / "b.wav").astype(int)
        assert a.shape == b.shape == (2, ceil(len(span) * 48000 / rate))
        assert a.any()
        assert np.abs(a[:, :-100] - b[:, :-100]).max() <= 1, name
