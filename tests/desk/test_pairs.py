"""A pair shows the asked frame of the original and of its take, on both sides, whatever the files are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from otio_retake.desk.pairs import BLOCK, GOP, SIDE, Layout, make_pair, pair_name
from otio_retake.errors import RetakeError
from otio_retake.media.conform import conform
from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.fit import Box
from otio_retake.media.frames import read_frames
from otio_retake.spans import Span
from tests.desk.numbered import Numbered, grey, make_numbered, number_in
from tests.media.footage import Kind, make
from tests.media.truth import shared_clip, shared_names, upright

THEIRS = 1000
"""What the numbers in a take begin above those of its original by, so that the sides cannot be mistaken."""

SPAN = Span(7, 27)


def plane(frame: VideoFrame, box: Box, number: int = 0) -> NDArray[np.uint8]:
    """One plane of one side of a pair's frame."""
    source, part = frame.planes[number], 2 if number else 1
    rows = np.frombuffer(source, np.uint8).reshape(source.height, source.line_size)
    x, y, width, height = (value // part for value in (box.x, box.y, box.width, box.height))
    return rows[y : y + height, x : x + width]


def pair_of(original: MediaFacts, take: MediaFacts | None, span: Span, folder: Path) -> tuple[MediaFacts, Layout]:
    make_pair(original, take, span, folder / "pair.mp4")
    return read_facts(folder / "pair.mp4"), Layout.of(original.video, both=take is not None)


def numbers_of(pair: MediaFacts, layout: Layout) -> list[tuple[int | None, ...]]:
    boxes = [box for box in (layout.a, layout.b) if box is not None]
    frames = read_frames(pair, Span(0, pair.video.frames))
    return [tuple(number_in(plane(frame, box)) for box in boxes) for _, frame in frames]


def differences(pair: MediaFacts, layout: Layout) -> list[float]:
    """Mean absolute difference of the sides, per frame, in codes: luma and chroma alike."""
    assert layout.b is not None
    found = []
    for _, frame in read_frames(pair, Span(0, pair.video.frames)):
        sides = [[plane(frame, box, n).astype(int).ravel() for n in range(3)] for box in (layout.a, layout.b)]
        a, b = (np.concatenate(side) for side in sides)
        found.append(float(np.abs(a - b).mean()))
    return found


# --- layout ---------------------------------------------------------------------------------------------------------


@given(st.integers(2, 9000), st.integers(2, 9000), st.booleans())
def test_sides_are_apart_whole_and_of_the_right_shape(width: int, height: int, both: bool) -> None:
    picture = type("P", (), {"upright": (width, height)})
    layout = Layout.of(picture, both=both)  # type: ignore[arg-type]
    assert layout.width % BLOCK == layout.height % BLOCK == 0
    a = layout.a
    most = SIDE[::-1] if height > width else SIDE
    scale = min(Fraction(most[0], width), Fraction(most[1], height), Fraction(1))
    for side, room, whole in ((a.width, most[0], width), (a.height, most[1], height)):
        assert side % 2 == 0
        assert 2 <= side <= room
        assert abs(side - max(whole * scale, 2)) <= 1, "even, and within a pixel of its exact length"
    if both:
        assert layout.b is not None
        assert layout.b.x % BLOCK == 0
        assert layout.b.x - (a.x + a.width) >= BLOCK
        assert (layout.b.width, layout.b.height, layout.b.y) == (a.width, a.height, a.y)
        assert layout.b.x + layout.b.width <= layout.width
    else:
        assert layout.b is None


@pytest.mark.parametrize(
    ("upright", "width", "height", "a"),
    [
        ((1920, 1080), 1936, 544, Box(0, 0, 960, 540)),
        ((1080, 1920), 1104, 960, Box(0, 0, 540, 960)),
        ((2048, 858), 1936, 416, Box(0, 0, 960, 402)),
        ((320, 180), 656, 192, Box(0, 0, 320, 180)),
        ((768, 576), 1456, 544, Box(0, 0, 720, 540)),
    ],
)
def test_layouts_of_usual_sources(upright: tuple[int, int], width: int, height: int, a: Box) -> None:
    layout = Layout.of(type("P", (), {"upright": upright}))  # type: ignore[arg-type]
    assert (layout.width, layout.height, layout.a) == (width, height, a)


# --- frames ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> MediaFacts:
    return read_facts(make_numbered(tmp_path_factory.mktemp("film") / "A001.mov", Numbered(timecode="10:00:00:00")))


@pytest.fixture(scope="module")
def its_take(tmp_path_factory: pytest.TempPathFactory) -> MediaFacts:
    kind = Numbered(frames=len(SPAN), first=SPAN.first + THEIRS, timecode="10:00:00:07")
    return read_facts(make_numbered(tmp_path_factory.mktemp("take") / "T001.mov", kind))


@pytest.fixture(scope="module")
def both(film: MediaFacts, its_take: MediaFacts, tmp_path_factory: pytest.TempPathFactory) -> tuple[MediaFacts, Layout]:
    return pair_of(film, its_take, SPAN, tmp_path_factory.mktemp("pair"))


def test_every_frame_shows_the_same_index_on_both_sides(both: tuple[MediaFacts, Layout]) -> None:
    assert numbers_of(*both) == [(k, k + THEIRS) for k in range(SPAN.first, SPAN.end)]


def test_a_pair_is_coded_so_that_any_browser_finds_any_frame(both: tuple[MediaFacts, Layout]) -> None:
    facts, layout = both
    picture = facts.video
    assert (picture.codec, picture.pixel_format, picture.rate) == ("h264", "yuv420p", Fraction(24000, 1001))
    assert (picture.width, picture.height, picture.frames) == (layout.width, layout.height, len(SPAN))
    assert (picture.colour.primaries, picture.colour.transfer, picture.colour.matrix) == (1, 1, 1)
    assert not picture.colour.full_range
    with av.open(str(facts.path)) as container:
        assert not container.streams.video[0].codec_context.has_b_frames
        packets = [packet for packet in container.demux(video=0) if packet.size]
    times = [packet.pts * packet.time_base for packet in packets]
    assert times == [k * Fraction(1001, 24000) for k in range(len(SPAN))], "the grid is exact, from 0 on"
    assert [packet.dts for packet in packets] == [packet.pts for packet in packets]
    keys = [k for k, packet in enumerate(packets) if packet.is_keyframe]
    assert max(b - a for a, b in zip(keys, [*keys[1:], len(packets)], strict=True)) <= GOP
    start = facts.path.read_bytes()
    assert start.index(b"moov") < start.index(b"mdat"), "the index stands first"


def test_without_a_picture_of_the_take_the_original_stands_alone(film: MediaFacts, tmp_path: Path) -> None:
    facts, layout = pair_of(film, None, Span(30, 36), tmp_path)
    assert layout.b is None
    assert numbers_of(facts, layout) == [(k,) for k in range(30, 36)]


def test_a_take_of_another_length_is_refused(film: MediaFacts, its_take: MediaFacts, tmp_path: Path) -> None:
    with pytest.raises(RetakeError) as caught:
        make_pair(film, its_take, Span(7, 26), tmp_path / "pair.mp4")
    assert caught.value.what
    assert "T001" in caught.value.where
    assert caught.value.fix


def test_what_is_in_a_pair_is_in_its_name(film: MediaFacts) -> None:
    uneven = replace(film, picture=replace(film.video, rate=Fraction(30)))
    names = [
        pair_name(facts, sha, span)
        for facts in (film, uneven, replace(film, fingerprint="other"))
        for sha in ("", "a" * 64)
        for span in (SPAN, Span(7, 26))
    ]
    assert len(set(names)) == len(names)
    assert pair_name(film, "", SPAN) == pair_name(replace(film, path=Path("elsewhere.mov")), "", SPAN)


def test_light_on_one_side_does_not_reach_the_other(tmp_path: Path) -> None:
    """One side is black and the other white: neither bleeds into the gutter, nor over it."""
    files = {}
    for name, level in (("black", 16), ("white", 235)):
        with av.open(str(tmp_path / f"{name}.mov"), "w") as out:
            video = out.add_stream("libx264", rate=24)
            video.width, video.height, video.pix_fmt = 330, 186, "yuv420p"
            for index in range(12):
                frame = grey(np.full((186, 330), level, np.uint8)).reformat(format="yuv420p")
                frame.pts = index
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
        files[name] = read_facts(tmp_path / f"{name}.mov")
    facts, layout = pair_of(files["black"], files["white"], Span(0, 12), tmp_path)
    assert layout.b is not None
    for _, frame in read_frames(facts, Span(0, 12)):
        assert np.abs(plane(frame, layout.a).astype(int) - 16).max() <= 1
        assert np.abs(plane(frame, layout.b).astype(int) - 235).max() <= 1
        gutter = Box(layout.b.x - BLOCK, 0, BLOCK, layout.height)
        assert np.abs(plane(frame, gutter).astype(int) - 16).max() <= 1


# --- every kind -----------------------------------------------------------------------------------------------------

TAKEN = {"mov": "mov", "mp4": "mp4", "mpegts": "mov", "matroska": "mov"}
"""Takes are movies, whatever their originals are."""

KINDS = {
    "24": Numbered(rate=Fraction(24)),
    "25": Numbered(rate=Fraction(25)),
    "29.97": Numbered(rate=Fraction(30000, 1001), timecode="00:59:59;20"),
    "59.94": Numbered(rate=Fraction(60000, 1001)),
    "15": Numbered(rate=Fraction(15)),
    "12.5": Numbered(rate=Fraction(25, 2)),
    "rotated": Numbered(rotation=90, size=(180, 320)),
    "turned": Numbered(rotation=270, size=(180, 320)),
    "upside down": Numbered(rotation=180),
    "portrait": Numbered(size=(360, 640)),
    "odd": Numbered(size=(451, 253), pixel_format="yuv444p"),
    "anamorphic": Numbered(size=(360, 288), pixel_aspect=Fraction(64, 45), rate=Fraction(25)),
    "scope": Numbered(size=(1024, 430)),
    "larger": Numbered(size=(2560, 1440), frames=28, options=(("preset", "ultrafast"),)),
    "open gop": Numbered(
        container="mp4", options=(("x264-params", "open-gop=1:keyint=24:min-keyint=24:bframes=3:scenecut=0"),)
    ),
    "one key": Numbered(container="mp4", options=(("g", "999"), ("sc_threshold", "0"))),
    "fragmented": Numbered(
        container="mp4", options=(("g", "24"), ("bf", "2")), muxer=(("movflags", "frag_keyframe+empty_moov"),)
    ),
    "late picture": Numbered(
        container="mp4", options=(("g", "24"), ("bf", "2")), muxer=(("movie_timescale", "48000"),), late=10
    ),
    "ts": Numbered(container="mpegts", options=(("g", "24"), ("bf", "3"))),
    "mkv": Numbered(container="matroska", options=(("g", "30"), ("bf", "2"))),
    "hevc 10 bit": Numbered(
        codec="libx265", pixel_format="yuv420p10le", container="mp4",
        options=(("preset", "ultrafast"), ("x265-params", "log-level=error:keyint=24")),
    ),
    "prores": Numbered(codec="prores_aw", pixel_format="yuv422p10le", options=(("profile", "2"),)),
    "prores 4444": Numbered(codec="prores_ks", pixel_format="yuva444p10le", options=(("profile", "4"),)),
    "dnxhr": Numbered(codec="dnxhd", pixel_format="yuv422p", options=(("profile", "dnxhr_sq"),)),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_whatever_the_source_is_the_frames_are_the_asked_ones(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    original = read_facts(make_numbered(tmp_path / "A001.bin", kind))
    for span in (Span(0, 3), SPAN, Span(kind.frames - 2, kind.frames)):
        other = replace(kind, frames=len(span), first=span.first + THEIRS, container=TAKEN[kind.container], late=0)
        take = read_facts(make_numbered(tmp_path / "T001.bin", other))
        facts, layout = pair_of(original, take, span, tmp_path)
        assert facts.video.rate == kind.rate
        assert numbers_of(facts, layout) == [(k, k + THEIRS) for k in range(span.first, span.end)]


@pytest.mark.slow
def test_uneven_frames_are_shown_as_their_editor_shows_them(tmp_path: Path) -> None:
    stamps = (0, 20, 41, 62, 82, 104, 123, 180, 200, 221, 300, 320, 341, 360, 381, 400)
    original = read_facts(make_numbered(tmp_path / "phone.mov", Numbered(stamps=stamps, rotation=90, size=(180, 320))))
    assert original.video.variable
    for rate in (Fraction(30), Fraction(24), Fraction(30000, 1001)):
        counted = original.at_rate(rate)
        shown = [
            max(i for i, stamp in enumerate(stamps) if Fraction(stamp, 600) * rate < k + Fraction(1, 2))
            for k in range(counted.video.frames)
        ]
        span = Span(2, counted.video.frames)
        take = conform(counted, span, [], tmp_path / f"A_rtk0000000_v00{int(rate)}.mov")
        facts, layout = pair_of(counted, read_facts(take.path), span, tmp_path)
        assert facts.video.rate == rate
        assert numbers_of(facts, layout) == [(n, n) for n in shown[2:]]


@pytest.mark.slow
def test_the_shared_clips(shared_media: Path, tmp_path: Path) -> None:
    """Every clip, each with a take that the program itself makes of its middle."""
    for name in shared_names(shared_media):
        clip = shared_clip(shared_media, name)
        frames = clip.facts.video.frames
        span = Span(frames // 3, min(frames // 3 + 12, frames))
        take = conform(clip.facts, span, [], tmp_path / f"{Path(name).stem}_rtk0000000_v001.mov")
        facts, layout = pair_of(clip.facts, read_facts(take.path), span, tmp_path)
        assert layout.b is not None
        for index, frame in read_frames(facts, Span(0, len(span))):
            for box in (layout.a, layout.b):
                seen = clip.read(upright(plane(frame, box), -clip.rotation))
                assert seen == clip.shows(span.first + index), (name, index, box)


# --- colour and sameness --------------------------------------------------------------------------------------------

FOOTAGE = {
    "h264": Kind(size=(640, 360), frames=20),
    "prores": Kind(size=(640, 360), frames=20, codec="prores_aw", pixel_format="yuv422p10le", options=()),
    "full range": Kind(size=(640, 360), frames=20, pixel_format="yuvj420p", full_range=True),
    "ten bit": Kind(
        size=(640, 360), frames=20, codec="libx265", pixel_format="yuv420p10le",
        options=(("crf", "8"), ("preset", "ultrafast"), ("x265-params", "log-level=error")),
    ),
    "alpha": Kind(
        size=(640, 360), frames=20, codec="prores_ks", pixel_format="yuva444p10le", options=(("profile", "4"),)
    ),
    "pal 601": Kind(size=(720, 576), frames=20, pixel_aspect=Fraction(16, 15), rate=Fraction(25), tags=(5, 6, 5)),
    "untagged sd": Kind(size=(720, 576), frames=20, pixel_aspect=Fraction(16, 15), tags=(2, 2, 2)),
    "rotated": Kind(size=(640, 360), frames=20, rotation=90),
    "hlg": Kind(
        size=(640, 360), frames=20, codec="libx265", pixel_format="yuv420p10le", tags=(9, 18, 9),
        options=(("crf", "8"), ("preset", "ultrafast"), ("x265-params", "log-level=error")),
    ),
    "rgb": Kind(size=(640, 360), frames=20, codec="libx264rgb", pixel_format="rgb24"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", FOOTAGE)
@pytest.mark.parametrize("codec", ["auto", "h264"])
def test_a_take_that_changes_nothing_shows_no_difference(tmp_path: Path, name: str, codec: str) -> None:
    original = read_facts(make(tmp_path / "A001.mov", FOOTAGE[name]))
    span = Span(2, 18)
    take = conform(original, span, [], tmp_path / "A001_rtk0000000_v001.mov", codec=codec)  # type: ignore[arg-type]
    facts, layout = pair_of(original, read_facts(take.path), span, tmp_path)
    assert max(differences(facts, layout)) < 1


@pytest.mark.slow
def test_a_take_that_changes_nothing_shows_no_difference_through_grain(tmp_path: Path) -> None:
    original = read_facts(make_numbered(tmp_path / "A001.mov", Numbered(size=(960, 540), grain=4)))
    take = conform(original, SPAN, [], tmp_path / "A001_rtk0000000_v001.mov")
    facts, layout = pair_of(original, read_facts(take.path), SPAN, tmp_path)
    # Half of the codes that a difference view begins to show.
    assert max(differences(facts, layout)) < 1.5
