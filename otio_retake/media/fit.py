"""How a picture of any size lies in a service's frame, and how it comes out again.

The canvas is exactly 16:9 or 9:16, upright, with square pixels, even in both directions and no larger than the
service uses. Its side divides the service's own size, or the picture has no bars, so that the picture's place in a
result of that size is on whole pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .facts import Picture

UNIT = 120
"""1920x1080 is 120 units of 16x9."""

_DIVISORS = tuple(n for n in range(2, UNIT + 1, 2) if UNIT % n == 0)
"""Even numbers of units that divide 120: canvases whose pixels are whole in 1920x1080."""

STRETCH = Fraction(1, 200)
"""A picture this near to 16:9 fills the canvas: the stretch, a pixel in 200, is undone on the way back."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The upright picture of ``upright`` pixels fills ``box`` of a canvas of ``width`` x ``height``."""

    upright: tuple[int, int]
    width: int
    height: int
    box: Box

    @property
    def bars(self) -> bool:
        """Whether some of the canvas is not picture."""
        return (self.box.width, self.box.height) != (self.width, self.height)

    def box_in(self, width: int, height: int) -> Box:
        """Where the picture is in a result of ``width`` x ``height``; even pixels, so that chroma can be cut too."""

        def scaled(value: int, to: int, of: int) -> int:
            return round(Fraction(value * to, of) / 2) * 2

        left, top = scaled(self.box.x, width, self.width), scaled(self.box.y, height, self.height)
        right = scaled(self.box.x + self.box.width, width, self.width)
        bottom = scaled(self.box.y + self.box.height, height, self.height)
        return Box(left, top, right - left, bottom - top)


def fit(picture: Picture, most: tuple[int, int] = (1920, 1080)) -> Fit:
    """The fit of ``picture`` for a service that uses at most ``most`` pixels (landscape; portrait is turned)."""
    upright = picture.upright
    portrait = upright[1] > upright[0]
    across, down = (9, 16) if portrait else (16, 9)
    units_most = min(max(most) // 16, min(most) // 9)
    aspect = Fraction(upright[0], upright[1]) / Fraction(across, down)
    fills = abs(aspect - 1) <= STRETCH
    needed = max(-(-upright[0] // across), -(-upright[1] // down))
    choices = range(2, units_most + 1, 2) if fills else [n for n in _DIVISORS if n <= units_most] or [units_most]
    units = next((n for n in choices if n >= needed), max(choices))
    width, height = across * units, down * units
    if fills:
        return Fit(upright, width, height, Box(0, 0, width, height))
    if aspect > 1:
        inner = max(round(height / aspect / 2) * 2, 2)
        return Fit(upright, width, height, Box(0, (height - inner) // 4 * 2, width, inner))
    inner = max(round(width * aspect / 2) * 2, 2)
    return Fit(upright, width, height, Box((width - inner) // 4 * 2, 0, inner, height))
