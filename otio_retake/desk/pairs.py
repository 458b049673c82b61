"""One movie that holds original and take side by side, so that what is compared is always the same frame.

Frame k of it is source frame ``span.first + k``, the original's left and the take's right. Both go through the same
filters and the same encoder, and each begins on its own coding blocks behind a gutter: where they differ on the
screen, they differ.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from numpy.typing import NDArray

from ..errors import MediaUnsupported
from ..media.facts import MediaFacts, Picture
from ..media.fit import Box
from ..media.frames import read_frames
from ..media.pull import TAGS_709
from ..media.writing import add_h264, check_written, clean, writing
from ..rates import nominal
from ..spans import Span
from .kitchen import dish_name
from .viewing import Matrix, matrix_of, to_view, within

RECIPE = 1
"""Version of how pairs are made; part of their names."""

SIDE = (960, 540)
"""What each side fits in; portrait is turned."""

BLOCK = 16
"""H.264 codes blocks of so many pixels: each side begins on a new one, and the gutter is one wide."""

GOP = 8
"""Frames from one key frame to the next: few, as the page seeks to every one of them."""

_CRF, _PRESET = 20, "veryfast"
_ALIKE = {"tune": "psnr", "mbtree": "0", "rc-lookahead": "0"}
"""Every block is coded by itself, not by what the eye or later frames make of it: equal sides come out more nearly
equal (half the difference, measured with grain), and no frames are kept to look ahead at."""

_THREADS = 2

_BLACK, _GREY = 16, 128


@dataclass(frozen=True, slots=True)
class Layout:
    """Size of a pair in pixels, and where in it the original (``a``) and the take (``b``) are; None: it has no take."""

    width: int
    height: int
    a: Box
    b: Box | None

    @staticmethod
    def of(picture: Picture, *, both: bool = True) -> Layout:
        """The layout of pairs of a source: its picture upright, never enlarged."""
        portrait = picture.upright[1] > picture.upright[0]
        width, height = within(picture.upright, SIDE[::-1] if portrait else SIDE)
        cell = -(-width // BLOCK) * BLOCK
        right = Box(cell + BLOCK, 0, width, height) if both else None
        return Layout(
            width=2 * cell + BLOCK if both else cell,
            height=-(-height // BLOCK) * BLOCK,
            a=Box(0, 0, width, height),
            b=right,
        )


def pair_name(original: MediaFacts, take_sha256: str, span: Span) -> str:
    """The name of a pair; ``take_sha256`` is empty where there is only the original."""
    content = original.fingerprint, original.video.rate, take_sha256, span.first, span.end
    return dish_name("pair", ".mp4", RECIPE, *content)


def make_pair(original: MediaFacts, take: MediaFacts | None, span: Span, path: Path) -> None:
    """Writes frames ``span`` of ``original`` and all frames of ``take``, which are as many, to ``path``.

    Raises a ``MediaError`` where a frame cannot be read or ``take`` has another length, and ``RetakeError`` where the
    written file does not hold every frame.
    """
    picture = original.video
    if take is not None and take.video.frames != len(span):
        raise MediaUnsupported(
            f"the take has {take.video.frames} frames, not {len(span)}",
            where=str(take.path),
            fix="make it again with `otio-retake conform`",
        )
    layout = Layout.of(picture, both=take is not None)
    matrix = matrix_of(picture)
    sides = [(original, span, layout.a, matrix)]
    if take is not None and layout.b is not None:
        # A take says nothing of its colours where its source does not: then the same is meant.
        own = matrix_of(take.video) if take.video.colour.matrix != 2 else matrix
        sides.append((take, Span(0, len(span)), layout.b, own))
    _write(layout, sides, picture.rate, path)
    check_written(path, len(span))


_Side = tuple[MediaFacts, Span, Box, Matrix]


def _write(layout: Layout, sides: list[_Side], rate: Fraction, path: Path) -> None:
    # Whole ticks a frame, and enough of them for editors and browsers that dislike coarse clocks.
    scale = str(rate.numerator if rate.numerator >= 1000 else rate.numerator * 1000)
    options = {"movflags": "+faststart", "movie_timescale": scale, "video_track_timescale": scale}
    with writing(path), av.open(str(path), "w", format="mp4", options=options) as container:
        size = layout.width, layout.height
        stream = add_h264(container, nominal(rate), size, crf=_CRF, preset=_PRESET, tags=TAGS_709)
        context = stream.codec_context
        context.framerate, context.time_base = rate, 1 / rate
        context.gop_size, context.max_b_frames = GOP, 0
        context.options = {**context.options, **_ALIKE}
        context.thread_count = _THREADS
        readers = [_shown(*side) for side in sides]
        try:
            for index, pictures in enumerate(zip(*readers, strict=True)):
                frame = _blank(*size)
                for shown, (_, _, box, _) in zip(pictures, sides, strict=True):
                    _put(shown, frame, box)
                container.mux(stream.encode(clean(frame, index, 1 / rate)))
            container.mux(stream.encode(None))
        finally:
            for reader in readers:
                reader.close()


def _shown(facts: MediaFacts, span: Span, box: Box, matrix: Matrix) -> Generator[VideoFrame, None, None]:
    """The frames of one side as they are seen in the pair."""
    view = to_view(facts.video, (box.width, box.height), matrix)
    with closing(read_frames(facts, span)) as frames:
        for _, frame in frames:
            yield view(frame)


# --- planes ---------------------------------------------------------------------------------------------------------


def _blank(width: int, height: int) -> VideoFrame:
    frame = VideoFrame(width, height, "yuv420p")
    for plane, level in zip(frame.planes, (_BLACK, _GREY, _GREY), strict=True):
        _pixels(plane)[:] = level
    return frame


def _put(picture: VideoFrame, into: VideoFrame, box: Box) -> None:
    """Lays ``picture`` on ``into`` at ``box``. Its last row and column go on to the end of their coding block.

    So no edge is coded that is not in the picture.
    """
    for number, (source, target) in enumerate(zip(picture.planes, into.planes, strict=True)):
        part = 2 if number else 1
        block = BLOCK // part
        x, y, width, height = (value // part for value in (box.x, box.y, box.width, box.height))
        cell = _pixels(target)[y : -(-(y + height) // block) * block, x : -(-(x + width) // block) * block]
        cell[:height, :width] = _pixels(source)
        cell[height:, :width] = cell[height - 1, :width]
        cell[:, width:] = cell[:, width - 1 : width]


def _pixels(plane: VideoPlane) -> NDArray[np.uint8]:
    """The bytes of a plane of 8-bit samples, (height, width), to be read and written in place."""
    rows = np.asarray(memoryview(plane), dtype=np.uint8)
    return rows.reshape(plane.height, plane.line_size)[:, : plane.width]
