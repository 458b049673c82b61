"""Exact rates, timecode, frames and samples; the one place where seconds are made for a service.

A rate is a ``Fraction`` of frames a second: 24000/1001, never 23.98. The *nominal* rate is the whole number that
timecode counts to and that a pull is written at. Drop-frame counting follows SMPTE ST 12-1.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

NTSC = Fraction(1000, 1001)
"""What turns a nominal rate into its NTSC sibling: 24 * 1000/1001 = 24000/1001."""

SLOPPY = Fraction(1, 5000)
"""How far, as a part of the rate, a written rate may lie from the one it stands for (23.98 is 1.7e-4 off)."""

FLOAT32 = Fraction(1, 5_000_000)
"""A written rate nearer than this to the exact one is that rate in single precision, and was computed with."""

NOISE = Fraction(1, 1000)
"""A position this near to a frame border, in frames, is on it: editors write positions through floats."""


class BadTimecode(ValueError):
    """A text is not a timecode at the rate given."""


@lru_cache(maxsize=4096)
def exact_rate(written: float | int | str | Fraction) -> Fraction:
    """The exact rate that ``written`` stands for: 23.976, 23.98 and 23.976024627685547 are all 24000/1001.

    A rate above 1000 is one of sound samples, and is itself. Raises ``ValueError`` for what is no rate: zero, negative,
    infinite, NaN or above a million.
    """
    if isinstance(written, float) and not math.isfinite(written):
        raise ValueError(f"{written} is not a frame rate")
    rate = Fraction(written)
    if not 0 < rate <= 1_000_000:
        raise ValueError(f"{written} is not a frame rate")
    if rate > 1000:
        return rate.limit_denominator(1001)
    whole = Fraction(round(rate))
    if whole == 0:
        return rate.limit_denominator(1001)
    if abs(rate - whole) <= whole / 100_000:
        return whole
    above = Fraction(math.ceil(rate))
    for candidate in (whole * NTSC, above * NTSC):
        if abs(rate - candidate) <= candidate * SLOPPY:
            return candidate
    return rate.limit_denominator(1001)


@lru_cache(maxsize=256)
def nominal(rate: Fraction) -> int:
    """The whole rate that timecode counts to at ``rate``: 24000/1001 gives 24."""
    return max(math.floor(rate + Fraction(1, 2)), 1)


def to_frames(value: float | Fraction, written_rate: float | Fraction, rate: Fraction) -> Fraction:
    """A position of ``value`` frames at ``written_rate``, in frames at the exact ``rate``.

    Where both are the same rate the value itself counts. Otherwise the position is converted through seconds with
    the rate as written when that is the exact one in single precision (the writer computed with it), and with the
    exact one when it is a rounded label such as 23.98.
    """
    exact = exact_rate(written_rate)
    position = Fraction(value)
    if exact != rate:
        literal = Fraction(written_rate)
        base = literal if abs(literal - exact) <= exact * FLOAT32 else exact
        position = position / base * rate
    return settle(position)


def settle(position: Fraction) -> Fraction:
    """``position`` put on the frame border that it misses by float noise only."""
    near = round(position)
    return Fraction(near) if abs(position - near) <= NOISE else position


def sample_at(frame: int, rate: Fraction, sample_rate: int) -> int:
    """The first sound sample of picture frame ``frame``: ceil(frame * sample_rate / rate), never rounded per frame."""
    return math.ceil(Fraction(frame * sample_rate) / rate)


# --- timecode -------------------------------------------------------------------------------------------------------

_TIMECODE = re.compile(r"(\d{2,}):(\d{2}):(\d{2})([:;.,])(\d{2,3})")


@lru_cache(maxsize=256)
def drops(rate: Fraction) -> int:
    """How many labels drop-frame counting skips each minute at ``rate``; 0 where there is no such counting."""
    base = nominal(rate)
    return base // 15 if rate == base * NTSC and base % 30 == 0 else 0


def frames_a_day(rate: Fraction, *, drop: bool = False) -> int:
    """How many labels there are before they begin anew."""
    return 24 * 3600 * nominal(rate) - (drops(rate) * (24 * 60 - 24 * 6) if drop else 0)


def timecode(frame: int, rate: Fraction, *, drop: bool = False) -> str:
    """The label of ``frame``, counted from 00:00:00:00; ``;`` before the frames says drop-frame. Wraps at 24 hours."""
    base = nominal(rate)
    skip = drops(rate) if drop else 0
    frame %= frames_a_day(rate, drop=drop)
    if skip:
        per_minute = 60 * base - skip
        per_ten = 10 * 60 * base - 9 * skip
        tens, rest = divmod(frame, per_ten)
        minutes = 0 if rest < 60 * base else 1 + (rest - 60 * base) // per_minute
        frame += skip * (9 * tens + minutes)
    seconds, frames = divmod(frame, base)
    width = len(str(base - 1))
    mark = ";" if skip else ":"
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{frames:0{max(width, 2)}}"


def parse_timecode(text: str, rate: Fraction) -> tuple[int, bool]:
    """The frame that ``text`` labels at ``rate``, and whether it is drop-frame.

    Raises ``BadTimecode`` for anything that is no such label: "01:00:00", frame 30 at 24, a label that is skipped.
    """
    found = _TIMECODE.fullmatch(text.strip())
    if not found:
        raise BadTimecode(f"{text!r} is not a timecode")
    hours, minutes, seconds, frames = (int(found[i]) for i in (1, 2, 3, 5))
    base = nominal(rate)
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= base:
        raise BadTimecode(f"{text!r} is not a timecode at {base} frames a second")
    count = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    skip = drops(rate)
    drop = found[4] in ";," and skip > 0
    if drop:
        if minutes % 10 and seconds == 0 and frames < skip:
            raise BadTimecode(f"{text!r} is a label that drop-frame counting skips")
        total = hours * 60 + minutes
        count -= skip * (total - total // 10)
    return count, drop


# --- seconds for a service ------------------------------------------------------------------------------------------

MARGIN = Fraction(1, 100)
"""How far inside a frame border a time for a service stays, in frames: far above float32, far below one frame."""


@dataclass(frozen=True, slots=True)
class WindowSeconds:
    """A window in whole milliseconds, so that its decimal text is exact: ``start_ms`` from the pull's first frame."""

    start_ms: int
    duration_ms: int

    @property
    def start(self) -> str:
        """The start as a decimal number of seconds."""
        return _decimal(self.start_ms)

    @property
    def duration(self) -> str:
        """The duration as a decimal number of seconds."""
        return _decimal(self.duration_ms)


def _decimal(milliseconds: int) -> str:
    text = f"{milliseconds // 1000}.{milliseconds % 1000:03}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def window_seconds(head: int, body: int, base: int) -> WindowSeconds:
    """The window ``[head, head + body)`` of a pull at ``base`` whole frames a second, in seconds.

    Both ends lie just inside their frame borders and on whole milliseconds, so that a service means the same frames
    whether it reads the numbers exactly, in single precision, to three decimals, or as ``int(seconds * base)``.
    A window from the first frame starts at 0.
    """
    start = 0 if head == 0 else math.ceil((head + MARGIN) * 1000 / base)
    end = math.floor((head + body - MARGIN) * 1000 / base)
    return WindowSeconds(start, end - start)


def whole_seconds(head: int, body: int, base: int) -> WindowSeconds:
    """The same for a service that takes whole seconds; both numbers must be multiples of ``base``."""
    if head % base or body % base:
        raise ValueError(f"a window of {head} + {body} frames is not on whole seconds at {base} frames a second")
    return WindowSeconds(head // base * 1000, body // base * 1000)


def least_body(milliseconds: int, base: int) -> int:
    """The fewest frames whose ``window_seconds`` always last at least ``milliseconds``."""
    if milliseconds <= 0:
        return 1
    # Each end gives up at most the margin and one millisecond of rounding.
    return math.ceil(Fraction((milliseconds + 2) * base, 1000) + 2 * MARGIN)
