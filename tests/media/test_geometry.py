"""A service that changes nothing: what comes out of a take is what went into the pull, place for place."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from otio_retake.capabilities import SERVICES
from otio_retake.media.conform import Part, conform
from otio_retake.media.facts import read_facts
from otio_retake.media.fit import fit
from otio_retake.media.frames import read_frames
from otio_retake.media.pull import pull
from otio_retake.media.sound import own_sound
from otio_retake.media.writing import add_h264, clean
from otio_retake.rates import nominal
from otio_retake.spans import PullSpans, Span, solve
from tests.media.footage import Kind, make

KINDS = {
    "16:9": Kind(),
    "ten bit": Kind(
        codec="libx265",
        pixel_format="yuv420p10le",
        options=(("crf", "8"), ("preset", "ultrafast"), ("x265-params", "log-level=error")),
        container="mov",
    ),
    "full range": Kind(pixel_format="yuvj420p", full_range=True),
    "4:3": Kind(size=(320, 240)),
    "pal": Kind(size=(720, 576), pixel_aspect=Fraction(16, 15), rate=Fraction(25)),
    "scope": Kind(size=(640, 268)),
    "portrait": Kind(size=(180, 320)),
    "rotated": Kind(rotation=90),
    "turned": Kind(rotation=270),
    "upside down": Kind(rotation=180),
    "square": Kind(size=(240, 240)),
    "422": Kind(codec="prores_aw", pixel_format="yuv422p10le", options=(("profile", "2"),)),
    "4444": Kind(codec="prores_aw", pixel_format="yuv444p10le", options=(("profile", "4"),)),
    "alpha": Kind(codec="prores_ks", pixel_format="yuva444p10le", options=(("profile", "4"),)),
    "dnxhr": Kind(codec="dnxhd", pixel_format="yuv422p", options=(("profile", "dnxhr_sq"),)),
    "ntsc": Kind(rate=Fraction(24000, 1001)),
    "odd rate": Kind(rate=Fraction(15)),
    "hlg": Kind(
        codec="libx265",
        pixel_format="yuv420p10le",
        tags=(9, 18, 9),
        options=(("crf", "8"), ("preset", "ultrafast"), ("x265-params", "log-level=error")),
    ),
    "untagged": Kind(tags=(2, 2, 2)),
    "log": Kind(tags=(1, 9, 1)),
    "601 in its frames": Kind(
        codec="prores_aw", pixel_format="yuv422p10le", size=(720, 480), tags=(6, 6, 6), options=(("profile", "2"),)
    ),
    "larger": Kind(size=(2560, 1440), frames=30),
}
KEPT = 0.5
"""Mean codes of eight bits that a kept frame may differ by: one step of rounding where range or depth changes."""

REPLACED = 0.75
"""The same for a replaced one: scaled to 1080 lines and back, through two nearly lossless encodings (seen: 0.46)."""


def perfect(pulled: Path, path: Path, size: tuple[int, int]) -> None:
    """The answer of a service that changes nothing but the size: 1080 lines, nearly lossless."""
    facts = read_facts(pulled)
    base = int(facts.video.rate)
    with av.open(str(path), "w", format="mp4") as out:
        video = add_h264(out, base, size, crf=4, preset="ultrafast", tags=(1, 1, 1))
        for index, frame in read_frames(facts, Span(0, facts.video.frames)):
            scaled = frame.reformat(*size, format="yuv420p", interpolation="BICUBIC")
            out.mux(video.encode(clean(scaled, index, Fraction(1, base))))
        out.mux(video.encode(None))


@pytest.mark.parametrize("name", [pytest.param(k, marks=pytest.mark.slow) if k == "larger" else k for k in KINDS])
def test_every_picture_comes_back_to_its_place_and_colour(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    facts = read_facts(make(tmp_path / "A001.mov", kind))
    picture = facts.video
    spans = solve(Span(14, 20), picture.frames, nominal(picture.rate), SERVICES["rehearsal"])
    assert isinstance(spans, PullSpans)
    place = fit(picture)
    pulled = pull(facts, spans, place, own_sound(facts, picture), tmp_path / "pull.mp4")
    size = (1080, 1920) if place.height > place.width else (1920, 1080)
    perfect(pulled.path, tmp_path / "result.mp4", size)
    part = Part(spans.changed, tmp_path / "result.mp4", spans, place, 0, Fraction(1))
    take = conform(facts, Span(0, picture.frames), [part], tmp_path / "A001_rtk0000000_v001.mov")
    made = read_facts(take.path)
    assert made.video.pixel_aspect == kind.pixel_aspect
    assert made.video.rotation == picture.rotation
    assert made.video.upright == picture.upright
    assert made.video.alpha == picture.alpha
    frames = zip(read_frames(facts, Span(0, picture.frames)), read_frames(made, Span(0, picture.frames)), strict=True)
    worst = {"kept": 0.0, "replaced": 0.0}
    for (k, ours), (_, theirs) in frames:
        error = np.abs(legal(ours) - legal(theirs)).mean()
        where = "replaced" if k in spans.changed else "kept"
        worst[where] = max(worst[where], float(error))
    assert worst["kept"] < KEPT, worst
    assert worst["replaced"] < REPLACED, worst


def legal(frame: av.VideoFrame) -> np.ndarray:
    """A frame as eight-bit legal Y'CbCr 4:4:4 of its own matrix."""
    full = frame.format.name.startswith("yuvj") or int(frame.color_range) == 2
    out = frame.reformat(format="yuv444p", src_color_range=2 if full else 1, dst_color_range=1)
    return out.to_ndarray(format="yuv444p").astype(np.float32)


@pytest.mark.parametrize("name", KINDS)
def test_a_canvas_is_what_a_service_takes(name: str) -> None:
    kind = KINDS[name]
    width, height = kind.size
    picture = type("P", (), {"upright": (round(width * kind.pixel_aspect), height)})
    if kind.rotation % 180:
        picture.upright = picture.upright[::-1]
    place = fit(picture)  # type: ignore[arg-type]
    long, short = max(place.width, place.height), min(place.width, place.height)
    assert long * 9 == short * 16
    assert long <= 1920
    assert place.width % 2 == place.height % 2 == 0
    box = place.box
    assert box.x % 2 == box.y % 2 == box.width % 2 == box.height % 2 == 0
    assert 0 <= box.x <= box.x + box.width <= place.width
    assert 0 <= box.y <= box.y + box.height <= place.height
    result = (1080, 1920) if place.height > place.width else (1920, 1080)
    scaled = place.box_in(*result)
    if place.bars:
        assert result[0] % place.width == 0, "the picture's place is on whole pixels of the result"
        assert scaled.width * place.width == box.width * result[0]


@pytest.mark.slow
def test_native_size_keeps_what_the_service_sent(tmp_path: Path) -> None:
    facts = read_facts(make(tmp_path / "A001.mov", KINDS["larger"]))
    picture = facts.video
    spans = solve(Span(8, 14), picture.frames, 24, SERVICES["rehearsal"])
    assert isinstance(spans, PullSpans)
    place = fit(picture)
    pulled = pull(facts, spans, place, None, tmp_path / "pull.mp4")
    perfect(pulled.path, tmp_path / "result.mp4", (1920, 1080))
    part = Part(spans.changed, tmp_path / "result.mp4", spans, place, 0, Fraction(1))
    take = conform(facts, Span(0, 30), [part], tmp_path / "A001_rtk0000000_v001.mov", native=True)
    assert (take.width, take.height) == (1920, 1080)
    assert read_facts(take.path).video.frames == 30


def test_h264_takes_by_setting(tmp_path: Path) -> None:
    facts = read_facts(make(tmp_path / "A001.mov", KINDS["full range"]))
    take = conform(facts, Span(2, 20), [], tmp_path / "A001_rtk0000000_v001.mov", codec="h264")
    made = read_facts(take.path)
    assert made.video.codec == "h264"
    assert made.video.colour.full_range
    assert made.timecode == "10:00:00:02"


def test_every_sound_stream_is_carried_as_it_is(tmp_path: Path) -> None:
    sounds = (
        ("pcm_s16le", 48000, "mono"), ("pcm_s24le", 48000, "5.1"),
        ("pcm_f32le", 96000, "stereo"), ("aac", 44100, "stereo"),
    )  # fmt: skip
    kind = Kind(sounds=sounds, rate=Fraction(30000, 1001))
    facts = read_facts(make(tmp_path / "A001.mov", kind))
    take = conform(facts, Span(3, 40), [], tmp_path / "A001_rtk0000000_v001.mov")
    made = read_facts(take.path)
    assert [(s.rate, s.channels) for s in made.sounds] == [(s.rate, s.channels) for s in facts.sounds]
    assert [s.codec for s in made.sounds] == ["pcm_s16le", "pcm_s24le", "pcm_f32le", "pcm_s24le"]
    for mine in made.sounds:
        assert mine.samples == -(-40 * mine.rate * 1001 // 30000) - -(-3 * mine.rate * 1001 // 30000)


def test_an_intra_source_is_copied_where_nothing_is_replaced(tmp_path: Path) -> None:
    facts = read_facts(make(tmp_path / "A001.mov", KINDS["422"]))
    spans = solve(Span(14, 20), 48, 24, SERVICES["rehearsal"])
    assert isinstance(spans, PullSpans)
    pulled = pull(facts, spans, fit(facts.video), None, tmp_path / "pull.mp4")
    perfect(pulled.path, tmp_path / "result.mp4", (1920, 1080))
    parts = [Part(spans.changed, tmp_path / "result.mp4", spans, fit(facts.video), 0, Fraction(1))]
    take = conform(facts, Span(0, 48), parts, tmp_path / "A001_rtk0000000_v001.mov")
    assert take.copied == 48 - len(spans.changed)
    ours, theirs = (packets(path) for path in (facts.path, take.path))
    assert [k for k in range(48) if ours[k] == theirs[k]] == [k for k in range(48) if k not in spans.changed]


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_the_reel_of_the_source_stands_in_a_comment(tmp_path: Path) -> None:
    facts = read_facts(make(tmp_path / "A001.mov", Kind(reel="A001C003")))
    assert facts.reel == "A001C003"
    take = conform(facts, Span(0, 10), [], tmp_path / "A001_rtkabcdefg_v001.mov", comment="source reel A001C003")
    made = read_facts(take.path)
    assert made.reel == "A001_rtkabcdefg_v001", "an editor relinks by reel: a take is never mistaken for its original"
    with av.open(str(take.path)) as container:
        assert container.metadata["comment"] == "source reel A001C003"
