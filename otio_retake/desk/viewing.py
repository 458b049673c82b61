"""How a source's picture is shown to a person: upright, with square pixels, in the right colours, not too large.

Log, HLG and PQ are shown as they are: what is put right is only the way in which Y'CbCr stands for R'G'B'.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray

from ..media.facts import Picture
from ..media.filters import Chain, to_canvas
from ..media.fit import Box, Fit

Matrix = Literal["bt709", "bt601", "bt2020", "fcc", "smpte240m"]
"""A Y'CbCr matrix as FFmpeg's scaler names it."""

_TAGGED: dict[int, Matrix] = {
    1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020", 10: "bt2020",
}  # fmt: skip

_SPACES = {
    "bt709": Colorspace.ITU709, "bt601": Colorspace.ITU601, "bt2020": Colorspace.BT2020, "fcc": Colorspace.FCC,
    "smpte240m": Colorspace.SMPTE240M,
}  # fmt: skip

_SD_CODED = (1024, 576)
"""The largest coded picture that players take for BT.601 where it says nothing, if it also has SD's line counts."""

_SD_LINES = (480, 486, 576)

_UNSAID = 2
"""What H.273 writes for a tag that says nothing."""

_FINE = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def matrix_of(picture: Picture) -> Matrix:
    """The matrix of a picture: as tagged; what says nothing is BT.601 in standard definition, else BT.709."""
    if picture.chroma == "rgb":
        return "bt709"
    tagged = _TAGGED.get(picture.colour.matrix)
    if tagged:
        return tagged
    return "bt601" if picture.width <= _SD_CODED[0] and picture.height in _SD_LINES else "bt709"


def within(upright: tuple[int, int], most: tuple[int, int], *, enlarge: bool = False) -> tuple[int, int]:
    """The size, even in both directions, at which a picture of ``upright`` pixels fits in ``most``, which is even."""
    scale = min(Fraction(most[0], upright[0]), Fraction(most[1], upright[1]))
    if not enlarge:
        scale = min(scale, Fraction(1))
    width, height = (max(round(side * scale / 2) * 2, 2) for side in upright)
    return min(width, most[0]), min(height, most[1])


def to_view(picture: Picture, size: tuple[int, int], matrix: Matrix) -> Callable[[VideoFrame], VideoFrame]:
    """From decoded frames of ``picture`` to upright 8-bit 4:2:0 of ``size``, legal range, BT.709."""
    canvas = to_canvas(picture, Fit(picture.upright, *size, Box(0, 0, *size)))
    to_709 = (
        f"scale={size[0]}:{size[1]}:flags=bicubic+accurate_rnd+full_chroma_int"
        f":in_color_matrix={matrix}:out_color_matrix=bt709:in_range=limited:out_range=limited"
    )
    colours = Chain([] if matrix == "bt709" else [to_709, "format=yuv420p"])
    return lambda frame: colours(canvas(_untagged(frame, picture)))


def to_rgb(frame: VideoFrame, picture: Picture, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A decoded frame of ``picture`` as upright (height, width, 3) full-range R'G'B' of ``size``."""
    turned = picture.rotation % 180 != 0
    coded = size[::-1] if turned else size
    rgb = _untagged(frame, picture).reformat(
        *coded,
        format="rgb24",
        interpolation=int(_FINE),
        src_colorspace=_SPACES[matrix_of(picture)],
        src_color_range=2 if picture.colour.full_range else 1,
    )
    array = np.asarray(rgb.to_ndarray(), dtype=np.uint8)
    return np.ascontiguousarray(np.rot90(array, picture.rotation // 90))


def _untagged(frame: VideoFrame, picture: Picture) -> VideoFrame:
    """The frame without the tags in its own header: those of the file count, and the scaler refuses wrong ones.

    ProRes has them, and writers put 0 there, which is RGB, for what its table does not hold.
    """
    frame.colorspace = 0 if picture.chroma == "rgb" else _UNSAID
    frame.color_primaries = frame.color_trc = _UNSAID
    return frame
