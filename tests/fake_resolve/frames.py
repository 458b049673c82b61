"""Rates and timecode as Resolve writes them, worked out here and nowhere borrowed.

Drop-frame counting follows SMPTE ST 12-1.
"""

from __future__ import annotations

from fractions import Fraction

RATES = {
    "16": Fraction(16),
    "18": Fraction(18),
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "47.952": Fraction(48000, 1001),
    "48": Fraction(48),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
    "119.88": Fraction(120000, 1001),
    "120": Fraction(120),
}


def drops(label: str) -> bool:
    """Whether the label says drop-frame."""
    return label.endswith(" DF")


def plain(label: str) -> str:
    """The label without its drop-frame words."""
    return label.removesuffix(" DF")


def rate_of(label: str) -> Fraction:
    """The exact rate that a label stands for."""
    return RATES[plain(label)]


def label_of(rate: Fraction) -> str:
    """The label of an exact rate."""
    return next(label for label, exact in RATES.items() if exact == rate)


def nominal(rate: Fraction) -> int:
    """The whole number that timecode counts to."""
    return round(rate)


def frames_of(timecode: str, rate: Fraction, drop: bool) -> int:
    """The frame that a label names, counted from 00:00:00:00. fact: start-frame-nominal."""
    hours, minutes, seconds, frames = (int(part) for part in timecode.replace(";", ":").split(":"))
    base = nominal(rate)
    total = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if drop:
        all_minutes = hours * 60 + minutes
        total -= base // 15 * (all_minutes - all_minutes // 10)
    return total


def timecode_of(frame: int, rate: Fraction, drop: bool) -> str:
    """The label of a frame; a frame before zero belongs to the day before."""
    base = nominal(rate)
    skipped = base // 15
    if drop:
        day = 24 * 6 * (600 * base - 9 * skipped)
        tens, rest = divmod(frame % day, 600 * base - 9 * skipped)
        minutes = 0 if rest < 60 * base else 1 + (rest - 60 * base) // (60 * base - skipped)
        frame = tens * 600 * base + rest + skipped * minutes
    else:
        frame %= 24 * 3600 * base
    seconds, frames = divmod(frame, base)
    width = 3 if base > 100 else 2
    mark = ";" if drop else ":"
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{frames:0{width}}"
