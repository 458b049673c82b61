"""Frames and samples are read exactly, by seeking, from every kind of file."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otio_retake.errors import MediaUnreadable
from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.packets import content_of
from otio_retake.media.slate import draw_strip, read_strip
from otio_retake.media.sound import as_float, own_sound, read_sound
from otio_retake.spans import Span
from tests.media.truth import luma

FRAMES = 72
NTSC = Fraction(24000, 1001)


def numbered(index: int, width: int = 320, height: int = 180) -> av.VideoFrame:
    rows, columns = np.mgrid[0:height, 0:width]
    picture = (110 + 60 * np.sin((columns + 4 * index) / 20) * np.cos(rows / 15)).astype(np.uint8)
    draw_strip(picture, index)
    planes = np.concatenate([picture.reshape(-1), np.full(width * height // 2, 128, np.uint8)])
    return av.VideoFrame.from_ndarray(planes.reshape(height * 3 // 2, width), format="yuv420p")


def noise(first: int, count: int, rate: int = 48000) -> np.ndarray:
    """Sample n is the same whoever asks for it."""
    blocks = [
        np.random.default_rng(block).normal(size=4096) * 0.1
        for block in range(first // 4096, (first + count) // 4096 + 1)
    ]
    return np.concatenate(blocks)[first % 4096 :][:count].astype(np.float32)


H264 = {"video": "libx264", "audio": "aac"}
KINDS: dict[str, dict] = {
    "ts": {**H264, "container": "mpegts", "options": {"g": "24", "bf": "3"}},
    "mxf mpeg2": {
        "container": "mxf", "video": "mpeg2video", "audio": "pcm_s16le", "rate": Fraction(25),
        "options": {"g": "12", "bf": "2", "b": "20M"},
    },
    "mxf dnxhd": {
        "container": "mxf", "video": "dnxhd", "audio": "pcm_s24le", "options": {"profile": "dnxhr_sq"},
        "pixels": "yuv422p", "rate": Fraction(25),
    },
    "mkv": {**H264, "container": "matroska", "options": {"bf": "2", "g": "30"}},
    "mkv pcm": {"container": "matroska", "video": "libx264", "audio": "pcm_s16le", "options": {"g": "30"}},
    "webm": {
        "container": "webm", "video": "libvpx-vp9", "audio": "libopus", "lossy": True,
        "options": {"g": "30", "deadline": "realtime", "cpu-used": "8", "b": "2M"},
    },
    "avi": {
        "container": "avi", "video": "mjpeg", "audio": "pcm_s16le", "options": {"q": "3"}, "pixels": "yuvj420p",
        "rate": Fraction(25),
    },
    "open gop": {
        **H264, "container": "mp4",
        "options": {"x264-params": "open-gop=1:keyint=24:min-keyint=24:bframes=3:scenecut=0"},
    },
    "hevc": {
        "container": "mp4", "video": "libx265", "audio": "aac",
        "options": {"x265-params": "log-level=error:keyint=24:open-gop=1"},
    },
    "one key": {**H264, "container": "mp4", "options": {"g": "999", "sc_threshold": "0"}},
    "fragmented": {
        **H264, "container": "mp4", "options": {"g": "24", "bf": "2"}, "muxer": {"movflags": "frag_keyframe+empty_moov"}
    },
    "late picture": {
        **H264, "container": "mp4", "options": {"g": "24", "bf": "2"}, "late": 10,
        "muxer": {"movie_timescale": "48000"},
    },
    "intra": {
        "container": "mov", "video": "prores_aw", "audio": "pcm_s24le", "options": {"profile": "1"},
        "pixels": "yuv422p10le",
    },
    "12.5": {**H264, "container": "mov", "options": {}, "rate": Fraction(25, 2)},
}  # fmt: skip


def make(path: Path, kind: dict) -> Path:
    """A clip whose frames say their number and whose samples say their place."""
    rate = kind.get("rate", NTSC)
    late = kind.get("late", 0)
    with av.open(str(path), "w", format=kind["container"], options=kind.get("muxer", {})) as out:
        video = out.add_stream(kind["video"], rate=rate)
        video.width, video.height, video.pix_fmt = 320, 180, kind.get("pixels", "yuv420p")
        video.codec_context.options = kind["options"]
        video.codec_context.time_base = 1 / rate
        audio = out.add_stream(kind["audio"], rate=48000, layout="mono")
        if kind["audio"] == "aac":
            # Without it the decoder fills bands with noise that is never the same twice.
            audio.codec_context.options = {"aac_pns": "0"}
        samples = -(-FRAMES * 48000 * rate.denominator // rate.numerator) + int(late / rate * 48000)
        block = audio.codec_context.frame_size or 1920
        at = 0
        for index in range(FRAMES):
            frame = numbered(index).reformat(format=video.pix_fmt)
            frame.pts, frame.time_base = index + late, 1 / rate
            out.mux(video.encode(frame))
            while at < min((index + 1 + late) / rate * 48000, samples):
                at = _sound(out, audio, at, min(block, samples - at))
        out.mux(video.encode(None))
        while at < samples:
            at = _sound(out, audio, at, min(block, samples - at))
        out.mux(audio.encode(None))
    return path


def _sound(out: av.container.OutputContainer, stream: av.audio.AudioStream, at: int, count: int) -> int:
    frame = av.AudioFrame.from_ndarray(noise(at, count).reshape(1, -1), format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 48000, at, Fraction(1, 48000)
    wanted = stream.codec_context.format.name
    parts = [frame]
    if wanted != "fltp":
        parts = av.AudioResampler(format=wanted, layout="mono", rate=48000).resample(frame)
        for part in parts:
            part.pts, part.time_base = at, Fraction(1, 48000)
    for part in parts:
        out.mux(stream.encode(part))
    return at + count


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, MediaFacts]:
    folder = tmp_path_factory.mktemp("kinds")
    return {name: read_facts(make(folder / f"{name}.bin", kind)) for name, kind in KINDS.items()}


@pytest.mark.parametrize("name", KINDS)
def test_facts(clips: dict[str, MediaFacts], name: str) -> None:
    picture = clips[name].video
    assert picture.frames == FRAMES
    assert picture.rate == KINDS[name].get("rate", NTSC)
    assert not picture.variable
    assert not picture.fields


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=12, deadline=None)
@given(st.data())
def test_any_range_is_exactly_that_range(clips: dict[str, MediaFacts], name: str, data: st.DataObject) -> None:
    facts = clips[name]
    first = data.draw(st.integers(0, FRAMES - 1))
    end = data.draw(st.integers(first + 1, min(first + 9, FRAMES)))
    seen = [(k, read_strip(luma(frame))) for k, frame in read_frames(facts, Span(first, end))]
    assert seen == [(k, k) for k in range(first, end)]


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_every_single_frame_by_seeking(clips: dict[str, MediaFacts], name: str) -> None:
    for k in range(FRAMES):
        ((index, frame),) = read_frames(clips[name], Span(k, k + 1))
        assert (index, read_strip(luma(frame))) == (k, k)


def best_shift(want: np.ndarray, have: np.ndarray) -> int:
    """By how many samples ``have`` is late."""
    size = 1 << (len(want) + len(have)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(have, size) * np.conj(np.fft.rfft(want, size)), size)
    shift = int(np.argmax(cross))
    return shift - size if shift > size // 2 else shift


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("frame", [0, 1, 23, 40, 60])
def test_the_sound_of_a_frame_begins_at_its_sample(clips: dict[str, MediaFacts], name: str, frame: int) -> None:
    facts = clips[name]
    source = own_sound(facts, facts.video)
    assert source is not None
    rate = facts.video.rate
    first = source.sample_at(frame, rate)
    count = 12_000
    have = np.concatenate([as_float(c)[0] for c in read_sound(facts, source.sound, first, count)])
    assert len(have) == count
    # Where the file's own clock puts this picture: late pictures have sound before them.
    late = KINDS[name].get("late", 0)
    truth = -(-frame * 48000 * rate.denominator // rate.numerator) + round(late / rate * 48000)
    want = noise(truth, count)
    assert abs(best_shift(want, have)) <= 1


@pytest.mark.parametrize("name", KINDS)
def test_reading_sound_in_parts_is_reading_it_whole(clips: dict[str, MediaFacts], name: str) -> None:
    facts = clips[name]
    sound = facts.sounds[0]
    whole = np.concatenate([as_float(c) for c in read_sound(facts, sound, 0, 100_000)], axis=1)
    for first in (1, 30_001, 70_777):
        part = np.concatenate([as_float(c) for c in read_sound(facts, sound, first, 20_000)], axis=1)
        error = np.abs(part - whole[:, first : first + 20_000]).max()
        # Opus has no end to its memory; everything else decodes the same from anywhere.
        assert error == 0 or (KINDS[name].get("lossy") and error < 0.1)


def test_before_and_after_a_file_there_is_silence(clips: dict[str, MediaFacts]) -> None:
    facts = clips["intra"]
    sound = facts.sounds[0]
    early = np.concatenate([as_float(c) for c in read_sound(facts, sound, -500, 1000)], axis=1)
    assert not early[:, :500].any()
    assert early[:, 500:].any()
    late = np.concatenate([as_float(c) for c in read_sound(facts, sound, sound.samples - 100, 300)], axis=1)
    assert late.shape == (1, 300)
    assert not late[:, 100:].any()


def test_uneven_frames_show_what_an_editor_shows(tmp_path: Path) -> None:
    """Frame k is the last picture that begins before (k + 1/2) / 30."""
    stamps = [0, 20, 41, 62, 82, 104, 123, 180, 200, 221, 300, 320, 341, 360, 381, 400]
    with av.open(str(tmp_path / "phone.mp4"), "w") as out:
        video = out.add_stream("libx264", rate=30)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        video.codec_context.time_base = Fraction(1, 600)
        for index, stamp in enumerate(stamps):
            frame = numbered(index)
            frame.pts, frame.time_base = stamp, Fraction(1, 600)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    facts = read_facts(tmp_path / "phone.mp4")
    assert facts.video.variable
    assert facts.video.rate == 30
    seen = [read_strip(luma(frame)) for _, frame in read_frames(facts, Span(0, facts.video.frames))]
    wanted = [max(i for i, stamp in enumerate(stamps) if stamp < (k + 0.5) * 20) for k in range(facts.video.frames)]
    assert seen == wanted
    for k in range(facts.video.frames):
        ((_, frame),) = read_frames(facts, Span(k, k + 1))
        assert read_strip(luma(frame)) == wanted[k]


def test_a_hole_in_the_frames_is_said(tmp_path: Path) -> None:
    """Even frames with one missing count as uneven: nothing is guessed, the one before is held."""
    with av.open(str(tmp_path / "hole.mp4"), "w") as out:
        video = out.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        for index in itertools.chain(range(20), range(21, 40)):
            frame = numbered(index)
            frame.pts, frame.time_base = index, Fraction(1, 24)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    facts = read_facts(tmp_path / "hole.mp4")
    assert facts.video.variable
    seen = [read_strip(luma(frame)) for _, frame in read_frames(facts, Span(18, 23))]
    assert seen == [18, 19, 19, 21, 22]


def test_reading_past_the_end_is_an_error_that_names_the_frame(clips: dict[str, MediaFacts]) -> None:
    with pytest.raises(MediaUnreadable, match=f"frame {FRAMES} is missing"):
        list(read_frames(clips["open gop"], Span(FRAMES - 2, FRAMES + 1)))


def test_content_is_known_wherever_it_lies_and_whatever_it_is_called(tmp_path: Path) -> None:
    first = read_facts(make(tmp_path / "A.mp4", KINDS["one key"] | {"options": {"g": "24"}}))
    other = tmp_path / "renamed.mkv"
    with av.open(str(first.path)) as source, av.open(str(other), "w", format="mov") as out:
        pairs = {s.index: out.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.size:
                packet.stream = pairs[packet.stream.index]
                out.mux(packet)
    remuxed = read_facts(other)
    sound, moved = own_sound(first, first.video), own_sound(remuxed, remuxed.video)
    for span in (Span(0, 10), Span(30, 50), Span(40, 72)):
        assert content_of(first, span, sound) == content_of(remuxed, span, moved)
    assert content_of(first, Span(30, 50), sound) != content_of(first, Span(30, 51), sound)
    assert content_of(first, Span(30, 50), sound) != content_of(first, Span(30, 50), None)


def test_the_same_packets_at_other_times_are_other_content(tmp_path: Path) -> None:
    """Of a variable rate: each frame is shown at another place, though nothing was encoded anew."""
    first = read_facts(make(tmp_path / "A.mp4", KINDS["one key"] | {"options": {"g": "24", "bf": "0"}}))
    other = tmp_path / "B.mp4"
    with av.open(str(first.path)) as source, av.open(str(other), "w") as out:
        video = source.streams.video[0]
        stream = out.add_stream_from_template(video)
        for packet in source.demux(video):
            if packet.size:
                late = packet.duration if packet.pts // packet.duration >= 36 else 0
                packet.pts, packet.dts, packet.stream = packet.pts + late, packet.dts + late, stream
                out.mux(packet)
    retimed = read_facts(other)
    assert content_of(first, Span(10, 20), None) == content_of(retimed, Span(10, 20), None)
    assert content_of(first, Span(30, 50), None) != content_of(retimed, Span(30, 50), None)
