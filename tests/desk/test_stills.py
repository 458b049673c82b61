"""Stills show the asked frames, upright, in the right shape and colours, and read no more of a file than they need."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image

from otio_retake.desk.pairs import Layout, make_pair
from otio_retake.desk.stills import CELL, DARK, make_still, make_strip, still_name, strip_name
from otio_retake.errors import MediaUnreadable
from otio_retake.media.conform import conform
from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.frames import read_frames
from otio_retake.spans import Span
from tests.desk.numbered import Numbered, make_numbered, number_in
from tests.desk.test_pairs import KINDS
from tests.media.truth import shared_clip, shared_names, upright


def still(facts: MediaFacts, frame: int, folder: Path) -> NDArray[np.uint8]:
    make_still(facts, frame, folder / "still.jpg")
    return opened(folder / "still.jpg")


def opened(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        assert picture.format == "JPEG"
        return np.asarray(picture.convert("RGB"))


def cells(path: Path) -> list[NDArray[np.uint8]]:
    strip = opened(path)
    return [strip[:, x : x + CELL[0]] for x in range(0, strip.shape[1], CELL[0])]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> MediaFacts:
    path = tmp_path_factory.mktemp("film") / "A001.mov"
    return read_facts(make_numbered(path, Numbered(frames=80, timecode="10:00:00:00", options=(("g", "30"),))))


@pytest.mark.parametrize("frames", [(4, 5, 30, 55, 56), (9, 10, 10, 10, 11), (78, 79, 40, 2, 0), (0, 30, 79, 31, 1)])
def test_a_strip_shows_the_asked_frames_in_their_cells(
    film: MediaFacts, frames: tuple[int, ...], tmp_path: Path
) -> None:
    make_strip(film, frames, tmp_path / "strip.jpg")
    shown = cells(tmp_path / "strip.jpg")
    assert opened(tmp_path / "strip.jpg").shape == (90, 800, 3)
    assert [number_in(cell[..., 1]) for cell in shown] == list(frames)


def test_where_there_is_no_frame_a_strip_is_dark(film: MediaFacts, tmp_path: Path) -> None:
    make_strip(film, (None, 0, 40, 79, None), tmp_path / "strip.jpg")
    shown = cells(tmp_path / "strip.jpg")
    for cell in (shown[0], shown[4]):
        # JPEG blocks of 16 lie over the edge to no picture: 160 is ten of them.
        assert np.abs(cell.astype(int) - DARK).max() <= 2
    assert [number_in(cell[..., 1]) for cell in shown[1:4]] == [0, 40, 79]


def test_a_frame_that_is_not_there_is_an_error_that_names_it(film: MediaFacts, tmp_path: Path) -> None:
    with pytest.raises(MediaUnreadable, match="frame 80"):
        make_strip(film, (78, 79, 80, None, None), tmp_path / "strip.jpg")


def test_what_is_in_a_still_is_in_its_name(film: MediaFacts) -> None:
    uneven = replace(film, picture=replace(film.video, rate=Fraction(30)))
    other = replace(film, fingerprint="other")
    names = [still_name(facts, frame) for facts in (film, uneven, other) for frame in (0, 1)]
    names += [strip_name(facts, frames) for facts in (film, other) for frames in ((None, 0, 1), (0, 1, None))]
    assert len(set(names)) == len(names)
    assert still_name(film, 3) == still_name(replace(film, path=Path("elsewhere.mov")), 3)


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        (Numbered(size=(180, 320), rotation=90), (202, 360)),
        (Numbered(size=(320, 180), rotation=180), (640, 360)),
        (Numbered(size=(180, 320), rotation=270), (202, 360)),
        (Numbered(size=(360, 288), pixel_aspect=Fraction(64, 45)), (640, 360)),
        (Numbered(size=(512, 214)), (640, 268)),
    ],
)
def test_stills_are_upright_and_of_the_right_shape(kind: Numbered, size: tuple[int, int], tmp_path: Path) -> None:
    facts = read_facts(make_numbered(tmp_path / "A001.mov", replace(kind, frames=6)))
    for frame in (0, 5):
        picture = still(facts, frame, tmp_path)
        assert picture.shape[1::-1] == size
        assert number_in(picture[..., 1]) == frame
    make_strip(facts, (0, 1, 2, 3, 5), tmp_path / "strip.jpg")
    width, height = (round(side * min(CELL[0] / size[0], CELL[1] / size[1])) for side in size)
    for cell in cells(tmp_path / "strip.jpg"):
        bright = cell.max(axis=2) > 40
        assert abs(int(bright.any(axis=0).sum()) - width) <= 3
        assert abs(int(bright.any(axis=1).sum()) - height) <= 3


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_whatever_the_source_is_the_still_is_the_asked_frame(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    facts = read_facts(make_numbered(tmp_path / "A001.bin", kind))
    for frame in (0, 1, 13, kind.frames - 2, kind.frames - 1):
        assert number_in(still(facts, frame, tmp_path)[..., 1]) == frame


@pytest.mark.slow
def test_the_shared_clips(shared_media: Path, tmp_path: Path) -> None:
    for name in shared_names(shared_media):
        clip = shared_clip(shared_media, name)
        last = clip.facts.video.frames - 1
        for frame in (0, 1, last // 2, last - 1, last):
            picture = still(clip.facts, frame, tmp_path)[..., 1]
            assert clip.read(upright(picture, -clip.rotation)) == clip.shows(frame), (name, frame)


# --- colour ---------------------------------------------------------------------------------------------------------

WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""Kr and Kb of BT.709, BT.601 and BT.2020 (ITU-T H.273, table 4)."""

TAGS = {1: (1, 1, 1), 2: (2, 2, 2), 5: (5, 6, 5), 9: (9, 14, 9)}
"""Primaries, transfer and matrix that go together."""

COLOURS = {
    "709": ("yuv420p", 1, 1, 1, (320, 180)),
    "601": ("yuv420p", 5, 5, 1, (720, 576)),
    "601, full range": ("yuvj420p", 5, 5, 2, (720, 480)),
    "709, full range": ("yuvj420p", 1, 1, 2, (320, 180)),
    "2020": ("yuv420p10le", 9, 9, 1, (320, 180)),
    "untagged": ("yuv420p", 2, 1, 1, (640, 360)),
    "untagged, standard definition": ("yuv420p", 2, 5, 1, (720, 576)),
    "untagged, 4:2:2": ("yuv422p10le", 2, 1, 1, (640, 360)),
}
"""Pixel format, the tag of the matrix, the matrix that is meant, the range, and the size."""


def flat(path: Path, name: str, codes: tuple[int, int, int]) -> MediaFacts:
    """Four frames of one colour, given in eight-bit codes."""
    pixel_format, tag, _, range_, size = COLOURS[name]
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = *size, pixel_format
        context = video.codec_context
        context.options = {"crf": "4", "preset": "ultrafast"}
        context.color_primaries, context.color_trc, context.colorspace = TAGS[tag]
        context.color_range = range_
        for index in range(4):
            frame = VideoFrame(*size, pixel_format)
            for plane, code in zip(frame.planes, codes, strict=True):
                deep = frame.format.components[0].bits > 8
                wide = np.full(plane.buffer_size // (1 + deep), code << 2 * deep, np.uint16 if deep else np.uint8)
                plane.update(wide.tobytes())
            frame.pts = index
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return read_facts(path)


def meant(codes: tuple[int, int, int], matrix: int, range_: int) -> list[float]:
    """The full-range R'G'B' that Y'CbCr codes stand for (H.273, equations 26 to 40)."""
    y, cb, cr = codes
    kr, kb = WEIGHTS[matrix]
    light = y / 255 if range_ == 2 else (y - 16) / 219
    blue, red = ((c - 128) / (255 if range_ == 2 else 224) for c in (cb, cr))
    r, b = light + 2 * (1 - kr) * red, light + 2 * (1 - kb) * blue
    g = (light - kr * r - kb * b) / (1 - kr - kb)
    return [255 * value for value in (r, g, b)]


@pytest.mark.parametrize("name", COLOURS)
def test_stills_and_pairs_show_the_colour_that_is_meant(name: str, tmp_path: Path) -> None:
    codes = (120, 90, 180)
    facts = flat(tmp_path / "A001.mp4", name, codes)
    _, _, matrix, range_, _ = COLOURS[name]
    want = meant(codes, matrix, range_)
    picture = still(facts, 2, tmp_path)
    assert np.abs(picture[60, 60] - want).max() <= 4, "JPEG and two roundings"
    take = read_facts(conform(facts, Span(0, 4), [], tmp_path / "A001_rtk0000000_v001.mov").path)
    make_pair(facts, take, Span(0, 4), tmp_path / "pair.mp4")
    layout = Layout.of(facts.video)
    assert layout.b is not None
    for _, frame in read_frames(read_facts(tmp_path / "pair.mp4"), Span(0, 4)):
        yuv = [plane_value(frame, number, 40, 40) for number in range(3)]
        theirs = [plane_value(frame, number, layout.b.x + 40, 40) for number in range(3)]
        assert np.abs(np.array(meant((yuv[0], yuv[1], yuv[2]), 1, 1)) - want).max() <= 5, "eight bits of 709"
        assert np.abs(np.array(yuv) - theirs).max() <= 1


def plane_value(frame: VideoFrame, number: int, x: int, y: int) -> int:
    plane, part = frame.planes[number], 2 if number else 1
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return int(rows[y // part, x // part])


# --- speed ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_strip_from_far_into_a_file_has_the_asked_frames(tmp_path: Path) -> None:
    kind = Numbered(size=(128, 72), frames=3600, options=(("preset", "ultrafast"), ("g", "48")))
    facts = read_facts(make_numbered(tmp_path / "A001.mov", kind))
    make_strip(facts, (2000, 2001, 3000, 3499, 3500), tmp_path / "strip.jpg")
    assert [number_in(cell[..., 1]) for cell in cells(tmp_path / "strip.jpg")] == [2000, 2001, 3000, 3499, 3500]
