"""Draws the frames of the clips: a small scene each, with its number and timecode burned in.

Scenes are drawn on a grid of 9 units along the shorter side, from the top left, twice as large as they are needed,
and reduced, so that edges are smooth. The top twelfth is left to the strip, the rest of the upper third to the
burned-in numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from otio_retake.rates import timecode
from sample_timelines.clips import Clip
from sample_timelines.strip import draw_number

Colour = tuple[int, int, int]
Point = tuple[float, float]

_FINER = 2


class Canvas:
    """A picture under way, in units; ``width`` and ``height`` are its edges in them."""

    def __init__(self, size: tuple[int, int], sky: Sequence[Colour]) -> None:
        fine = (size[0] * _FINER, size[1] * _FINER)
        self._unit = min(fine) / 9
        self.width, self.height = fine[0] / self._unit, fine[1] / self._unit
        self.image = _gradient(fine, tuple(sky)).copy()
        self._draw = ImageDraw.Draw(self.image)

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled outline."""
        self._draw.polygon([(x * self._unit, y * self._unit) for x, y in points], fill=colour)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        u = self._unit
        self._draw.rectangle((x * u, y * u, (x + width) * u, (y + height) * u), fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, tall: float = 1) -> None:
        """A filled circle, or an ellipse ``tall`` times as high as wide."""
        u, high = self._unit, radius * tall
        self._draw.ellipse(((x - radius) * u, (y - high) * u, (x + radius) * u, (y + high) * u), fill=colour)

    def line(self, points: Sequence[Point], thick: float, colour: Colour) -> None:
        """A line of many points."""
        u = self._unit
        self._draw.line([(x * u, y * u) for x, y in points], fill=colour, width=max(round(thick * u), 1), joint="curve")

    def land(self, top: Callable[[float], float], colour: Colour) -> None:
        """Everything below the line ``top(x)``."""
        steps = [self.width * k / 60 for k in range(61)]
        self.shape([(0, self.height), *((x, top(x)) for x in steps), (self.width, self.height)], colour)


def _wave(y: float, high: float, dense: float, shift: float) -> Callable[[float], float]:
    """A sine about ``y``, for `Canvas.land`."""
    return lambda x: y + high * sin(x * dense + shift)


@lru_cache(maxsize=16)
def _gradient(size: tuple[int, int], colours: tuple[Colour, ...]) -> Image.Image:
    places = np.linspace(0, 1, len(colours))
    rows = np.linspace(0, 1, size[1])
    column = np.stack([np.interp(rows, places, [colour[k] for colour in colours]) for k in range(3)], axis=-1)
    return Image.fromarray(np.repeat(column[:, None].round().astype(np.uint8), size[0], axis=1))


# --- the scenes, at a time in seconds -------------------------------------------------------------------------------


def _harbour(size: tuple[int, int], t: float) -> Canvas:
    c = Canvas(size, ((28, 36, 84), (150, 82, 104), (247, 164, 92), (252, 200, 120), (60, 70, 110)))
    c.disc(11.6, 4.2, 1.0, (255, 226, 150))
    c.land(lambda x: 4.9 - 0.5 * sin(x * 0.7) - 0.25 * sin(x * 1.9 + 1), (92, 62, 92))
    sea = [(86, 84, 128), (66, 74, 122), (50, 62, 110), (38, 50, 94), (28, 38, 76)]
    for k, colour in enumerate(sea):
        c.land(_wave(5.4 + k * 0.62, 0.1 * (k + 1) ** 0.7, 3 - k * 0.4, t * (2 + k * 0.5)), colour)
        if k == 1:
            _boat(c, 1.2 + 1.45 * t, 6.05 + 0.1 * sin(t * 2.4), 0.05 * sin(t * 1.7))
    for k in range(3):
        x, y, beat = 9.5 - 0.8 * t + k * 1.6, 3.6 + 0.5 * k + 0.2 * sin(t + k), 0.16 * sin(t * 7 + k * 2)
        c.line([(x - 0.34, y - beat), (x, y), (x + 0.34, y - beat)], 0.06, (245, 236, 230))
    return c


def _boat(c: Canvas, x: float, y: float, lean: float) -> None:
    def at(dx: float, dy: float) -> Point:
        return x + dx * cos(lean) - dy * sin(lean), y + dx * sin(lean) + dy * cos(lean)

    c.shape([at(-1.15, -0.25), at(1.3, -0.25), at(0.85, 0.4), at(-0.8, 0.4)], (120, 40, 44))
    c.line([at(0.1, -0.25), at(0.1, -3.1)], 0.08, (70, 44, 40))
    c.shape([at(0.18, -3.0), at(0.18, -0.5), at(1.35, -0.5)], (250, 244, 230))
    c.shape([at(0.02, -2.7), at(0.02, -0.5), at(-0.95, -0.5)], (230, 214, 196))


def _lighthouse(size: tuple[int, int], t: float) -> Canvas:
    c = Canvas(size, ((8, 12, 38), (18, 28, 70), (44, 62, 112), (30, 40, 74)))
    for k in range(40):
        bright = 120 + int(90 * sin(t * 3 + k * 1.7))
        c.disc(k * 3.7 % 16, 0.9 + k * 1.31 % 4.4, 0.03 + 0.02 * (k % 3 == 0), (bright, bright, min(bright + 30, 255)))
    c.disc(13.6, 2.2, 0.7, (240, 236, 214))
    c.disc(13.3, 2.05, 0.62, (20, 29, 70))
    turn = 2 * pi * t / 5
    x = 9.4
    for side in (0, pi):
        reach, spread = 12 * cos(turn + side), 0.3 + 0.55 * abs(cos(turn + side))
        lit = 70 + int(60 * max(sin(turn + side), 0))
        c.shape([(x, 3.42), (x + reach, 3.4 - spread), (x + reach, 3.4 + spread)], (lit + 40, lit + 44, lit + 20))
    for k, colour in enumerate([(34, 52, 98), (26, 42, 84), (18, 32, 68)]):
        c.land(_wave(6.9 + k * 0.6, 0.12, 2.2 - k * 0.3, -t * (1.6 + k * 0.5)), colour)
    c.shape([(x - 2.8, 9), (x - 2.1, 7.4), (x - 1.1, 6.7), (x + 1.2, 6.6), (x + 2, 7.3), (x + 3, 9)], (24, 22, 34))
    bands = [(232, 228, 220), (186, 52, 48)] * 3
    for k, colour in enumerate(bands):
        top, half = 3.9 + k * 0.47, 0.45 + k * 0.06
        c.shape(
            [(x - half, top), (x + half, top), (x + half + 0.06, top + 0.47), (x - half - 0.06, top + 0.47)], colour
        )
    glow = 150 + int(105 * abs(sin(turn)) ** 2)
    c.box(x - 0.34, 3.1, 0.68, 0.78, (glow, glow - 10, 120))
    c.box(x - 0.6, 3.8, 1.2, 0.14, (40, 36, 44))
    c.shape([(x - 0.5, 3.1), (x, 2.6), (x + 0.5, 3.1)], (150, 44, 42))
    return c


def _train(size: tuple[int, int], t: float) -> Canvas:
    c = Canvas(size, ((120, 186, 232), (190, 222, 242), (234, 240, 232)))
    c.land(lambda x: 4.3 - 0.7 * sin(x * 0.5 + t * 0.15 + 2) - 0.3 * sin(x * 1.3 + t * 0.2), (150, 184, 168))
    c.land(lambda x: 5.4 - 0.5 * sin(x * 0.8 + t * 0.5), (110, 164, 104))
    for k in range(-1, 7):
        x = k * 2.6 + (t * 1.3) % 2.6
        c.box(x - 0.28, 6.5, 0.56, 2.6, (168, 148, 128))
        c.disc(x + 1.3, 7.75, 1.02, (110, 164, 104), 0.95)
        c.box(x + 0.28, 7.7, 2.04, 1.4, (88, 146, 90))
    c.land(lambda x: 8.5 - 0.15 * sin(x * 2 + t * 2.6), (70, 126, 74))
    c.box(0, 6.25, c.width, 0.42, (186, 166, 144))
    head = 13.4 - 0.9 * t
    for k in range(6):
        age = (t * 1.2 + k / 6) % 1
        shade = 244 - int(30 * age)
        c.disc(head - 0.4 + age * 3.4, 4.3 - age * 1.0, 0.2 + age * 0.5, (shade, shade, shade))
    c.shape([(head - 0.9, 6.0), (head - 0.9, 5.2), (head + 0.6, 5.2), (head + 0.6, 4.5), (head + 1.6, 4.5),
             (head + 1.6, 6.0)], (44, 48, 58))  # fmt: skip
    c.box(head - 0.55, 4.6, 0.3, 0.62, (44, 48, 58))
    c.box(head + 0.8, 4.7, 0.5, 0.45, (244, 214, 130))
    for car in range(3):
        left = head + 1.9 + car * 3.1
        c.box(left, 4.55, 2.8, 1.45, (184, 44, 46))
        c.box(left, 5.35, 2.8, 0.16, (240, 220, 190))
        for window in range(4):
            c.box(left + 0.22 + window * 0.64, 4.75, 0.42, 0.45, (250, 232, 170))
    for k in range(15):
        x = head - 0.6 + k * 0.78
        c.disc(x, 6.08, 0.22, (30, 30, 34))
        c.line([(x, 6.08), (x + 0.2 * cos(-t * 7), 6.08 + 0.2 * sin(-t * 7))], 0.05, (170, 170, 176))
    return c


def _balloon(size: tuple[int, int], t: float) -> Canvas:
    c = Canvas(size, ((92, 160, 226), (160, 208, 242), (232, 242, 248)))
    for k in range(4):
        x, y = (k * 5.1 - t * (0.5 + 0.15 * k)) % 20 - 2, 2.6 + 1.1 * (k * 0.7 % 2)
        for dx, r in ((-0.9, 0.42), (-0.3, 0.6), (0.4, 0.55), (1.0, 0.38)):
            c.disc(x + dx, y, r, (250, 252, 254), 0.75)
    for shift, colour in ((0.0, (150, 160, 196)), (1.3, (108, 122, 168))):
        c.land(_wave(6.6 + shift * 0.5, 0.45, 0.9, shift * 2 + t * 0.1 * (1 + shift)), colour)
    c.land(lambda x: 8.2 - 0.2 * sin(x * 0.9 + t * 0.3), (96, 150, 92))
    x, y = 6.2 + 0.75 * t + 0.25 * sin(t * 1.1), 5.4 - 0.26 * t
    c.disc(x, y, 1.75, (226, 62, 60), 1.08)
    for part, colour in ((0.72, (250, 200, 70)), (0.42, (240, 244, 240)), (0.16, (52, 92, 172))):
        c.disc(x, y, 1.75 * part, colour, 1.08 / part)
    c.shape([(x - 1.2, y + 1.32), (x + 1.2, y + 1.32), (x + 0.34, y + 2.25), (x - 0.34, y + 2.25)], (196, 50, 50))
    c.line([(x - 0.32, y + 2.25), (x - 0.26, y + 2.75)], 0.04, (70, 56, 48))
    c.line([(x + 0.32, y + 2.25), (x + 0.26, y + 2.75)], 0.04, (70, 56, 48))
    c.box(x - 0.3, y + 2.7, 0.6, 0.42, (130, 88, 50))
    if int(t * 2) % 3 == 0:
        c.shape([(x - 0.12, y + 2.4), (x + 0.12, y + 2.4), (x, y + 1.8 + 0.1 * sin(t * 20))], (255, 210, 90))
    return c


def _fish(size: tuple[int, int], t: float) -> Canvas:
    c = Canvas(size, ((60, 172, 176), (22, 112, 132), (8, 58, 84)))
    for k in range(4):
        x = 1.5 + k * 4.2 + 0.6 * sin(t * 0.8 + k)
        c.shape([(x, 0), (x + 0.9, 0), (x - 0.6, 9), (x - 2.4, 9)], (40 + k * 4, 134 + k * 3, 148))
    for k in range(9):
        x, sway = 0.6 + k * 1.9, 0.35 * sin(t * 1.5 + k)
        c.line([(x, 9), (x + sway * 0.4, 8), (x + sway, 6.9 + 0.5 * (k % 3))], 0.22, (30, 104 + k * 5, 74))
    for k in range(12):
        age = (t * 0.35 + k / 12) % 1
        c.disc(k * 5.3 % 16 + 0.15 * sin(t * 4 + k), 9 - age * 9.5, 0.1 + 0.08 * (k % 3), (150, 214, 214))
    c.land(lambda x: 8.55 - 0.12 * sin(x * 1.6), (170, 150, 108))
    for x, y, big, colour in (
        (15.5 - 2.9 * t, 5.2 + 0.4 * sin(t * 1.8), 1.3, (248, 138, 40)),
        (1.0 + 2.2 * t, 7.2 + 0.2 * sin(t * 2.6), -0.8, (244, 212, 70)),
    ):
        tail = 0.35 * sin(t * 9)
        c.shape([(x + big * 0.9, y), (x + big * 1.75, y - 0.62 + tail), (x + big * 1.75, y + 0.62 + tail)], colour)
        c.disc(x, y, abs(big) * 1.05, colour, 0.55)
        c.box(x + big * 0.05 - 0.1, y - 0.52 * abs(big), 0.24, 1.04 * abs(big), (252, 240, 226))
        c.disc(x - big * 0.6, y - 0.1, 0.13, (20, 20, 26))
    return c


def _clock(size: tuple[int, int], t: float) -> Canvas:
    c = Canvas(size, ((150, 108, 66), (172, 128, 80), (128, 88, 54)))
    for k in range(16):
        c.box(k * 1.05, 0, 0.45, 7.6, (164, 120, 74))
    c.box(0, 7.6, c.width, 1.4, (86, 56, 36))
    c.box(0.9, 3.0, 4.4, 3.9, (226, 214, 190))
    c.box(1.1, 3.2, 4.0, 3.5, (86, 116, 140))
    for k in range(26):
        x, y = 1.2 + k * 0.61 % 3.8, 3.2 + (k * 0.83 + t * 4.4) % 3.2
        c.line([(x, y), (x - 0.06, y + 0.28)], 0.04, (176, 200, 214))
    c.box(3.0, 3.2, 0.14, 3.5, (226, 214, 190))
    c.shape([(9.2, 3.0), (10.9, 2.2), (12.6, 3.0), (12.6, 8.6), (9.2, 8.6)], (74, 42, 26))
    c.box(9.7, 5.3, 2.4, 3.0, (46, 26, 18))
    swing = 0.42 * sin(2 * pi * t / 2)
    bob = (10.9 + 2.4 * sin(swing), 5.2 + 2.4 * cos(swing))
    c.line([(10.9, 5.2), bob], 0.07, (214, 178, 90))
    c.disc(*bob, 0.36, (238, 200, 96))
    c.disc(10.9, 4.1, 1.05, (244, 236, 214))
    for k in range(12):
        c.disc(10.9 + 0.88 * sin(k * pi / 6), 4.1 - 0.88 * cos(k * pi / 6), 0.05, (50, 40, 34))
    hands = ((0.5, 0.1, t / 40 + 1.9), (0.75, 0.07, t / 4), (0.85, 0.03, 2 * pi * t / 6))
    for (long, thick, angle), colour in zip(hands, ((40, 30, 26), (40, 30, 26), (190, 40, 36)), strict=True):
        c.line([(10.9, 4.1), (10.9 + long * sin(angle), 4.1 - long * cos(angle))], thick, colour)
    breath = 0.03 * sin(t * 3)
    c.disc(7.0, 7.35, 0.62 + breath, (62, 58, 62), 0.55)
    c.disc(6.4, 7.2 - breath, 0.27, (62, 58, 62))
    for ear in (6.2, 6.42):
        c.shape([(ear, 7.02), (ear + 0.1, 6.76), (ear + 0.2, 7.02)], (62, 58, 62))
    c.line([(7.5, 7.55), (7.95, 7.5), (8.1 + 0.12 * sin(t * 2.2), 7.2)], 0.13, (62, 58, 62))
    return c


def _kite(size: tuple[int, int], t: float) -> Canvas:
    c = Canvas(size, ((84, 166, 226), (178, 222, 242), (240, 244, 238)))
    for k in range(3):
        x, y = (k * 3.7 + t * 0.5) % 12 - 1.5, 5.6 + 0.9 * k
        for dx, r in ((-0.6, 0.4), (0, 0.55), (0.6, 0.4)):
            c.disc(x + dx, y, r, (252, 253, 254), 0.7)
    c.land(lambda x: 10.9, (64, 136, 170))
    c.land(lambda x: 11.6 + 0.08 * sin(x * 3 + t * 3), (88, 164, 186))
    c.land(lambda x: 12.3 + 0.18 * sin(x * 1.1 + 0.4 * sin(t)), (234, 212, 164))
    x, y, lean = 5.2 + 1.8 * sin(t * 1.3), 7.3 + 0.7 * sin(t * 2.6 + 1), 0.5 * cos(t * 1.3)

    def at(dx: float, dy: float) -> Point:
        return x + dx * cos(lean) - dy * sin(lean), y + dx * sin(lean) + dy * cos(lean)

    c.line([(3.05, 12.9), (3.4 + (x - 3.4) * 0.5, 10.8 + 0.2 * sin(t * 2)), at(0, 0.2)], 0.04, (250, 250, 250))
    tail = [at(0, 1.1 + k * 0.24) for k in range(9)]
    c.line([(px + 0.22 * sin(t * 6 - k), py) for k, (px, py) in enumerate(tail)], 0.09, (250, 190, 60))
    c.shape([at(0, -1.1), at(0.8, -0.1), at(0, 1.1), at(-0.8, -0.1)], (222, 56, 92))
    c.shape([at(0, -1.1), at(0.8, -0.1), at(0, -0.1)], (250, 196, 64))
    c.shape([at(0, 1.1), at(-0.8, -0.1), at(0, -0.1)], (250, 196, 64))
    step = 0.12 * sin(t * 4)
    c.disc(2.6, 12.62 + step, 0.36, (86, 54, 40))
    c.disc(2.66, 12.74 + step, 0.3, (226, 178, 144))
    c.shape([(2.2, 13.05 + step), (3.0, 13.05 + step), (3.2, 14.3), (2.0, 14.3)], (60, 96, 170))
    c.line([(2.85, 13.3 + step), (3.05, 12.9)], 0.14, (240, 200, 168))
    c.line([(2.4, 14.3), (2.3, 15.0)], 0.18, (52, 52, 70))
    c.line([(2.8, 14.3), (2.95, 15.0)], 0.18, (52, 52, 70))
    return c


_SCENES: dict[str, Callable[[tuple[int, int], float], Canvas]] = {
    "harbour": _harbour, "lighthouse": _lighthouse, "train": _train, "balloon": _balloon, "fish": _fish,
    "clock": _clock, "kite": _kite,
}  # fmt: skip


# --- a frame ---------------------------------------------------------------------------------------------------------


def picture(clip: Clip, index: int) -> NDArray[np.uint8]:
    """Frame ``index`` of ``clip``, upright, as (height, width, 3) RGB of Rec. 709."""
    scene = _SCENES[clip.scene](clip.size, float(index / clip.rate))
    image = scene.image.reduce(_FINER)
    _burn(image, clip, index)
    array = np.array(image)
    draw_number(array, index)
    return array


def _burn(image: Image.Image, clip: Clip, index: int) -> None:
    """The clip's name, the frame's number and its timecode, for people."""
    unit = min(clip.size)
    left, top = unit // 24, round(image.height * 0.125)
    label = timecode(clip.start + index, clip.rate, drop=clip.drop)
    draw = ImageDraw.Draw(image)
    draw.rectangle((left, top, left + unit * 0.75, top + unit * 0.20), fill=(16, 16, 18))
    draw.text((left * 1.5, top + unit * 0.015), clip.scene.upper(), fill=(170, 170, 170), font=_font(unit // 20))
    draw.text((left * 1.5, top + unit * 0.07), f"{index:04}", fill=(255, 214, 90), font=_font(unit // 9))
    draw.text((left * 1.5 + unit * 0.29, top + unit * 0.095), label, fill=(240, 240, 240), font=_font(unit // 13))


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
