"""Source timecode that stands alone: which frame it means depends on the rate of the media, and so does the speed.

An edit list says from which label to which a source plays, over which record frames, and perhaps a speed. The labels
count at the media's own rate. The two lengths and the speed must fit each other: that is how a rate, or a speed that
was written with one decimal, is known. Editors count the last source frame of a retimed clip in different ways, so a
length fits that holds at least the frames that are shown and at most those that the time takes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from ..rates import NTSC, BadTimecode, drops, frames_a_day, nominal, parse_timecode
from .model import Clip, Exact, Instant, Labels, Speed

FREEZE = "the clip is a freeze frame"
REVERSE = "the clip runs backwards"

_LABEL = re.compile(r"(\d{1,2})[:;.,](\d{1,2})[:;.,](\d{1,2})([:;.,])(\d{2,3})")
_STRAIGHT = Speed()
_USUAL = (24, 25, 30, 48, 50, 60)
_LONGEST_PLAY = 4 * 3600
"""Seconds: a source that ends before it begins crosses midnight if it then plays no longer than this."""


def frame_of(label: str, rate: Fraction, *, drop: bool = False) -> int:
    """The frame that a label names at ``rate``; a plain number is one. Raises ``BadTimecode``.

    ``drop`` is what the list says of it; a semicolon says so by itself. A label that drop-frame counting skips names
    the next one that there is.
    """
    found = _LABEL.fullmatch(label)
    if found is None:
        if label.isdigit():
            return int(label)
        raise BadTimecode(f"{label!r} is not a timecode")
    hours, minutes, seconds, mark, frames = found.groups()
    skip = drops(rate) if drop or mark in ";," else 0
    if skip and seconds in ("0", "00") and int(frames) < skip and int(minutes) % 10:
        frames = str(skip)
    return parse_timecode(f"{hours:>02}:{minutes:>02}:{seconds:>02}{';' if skip else ':'}{frames:>02}", rate)[0]


def speeds_of(written: str, rate: Fraction) -> tuple[Fraction, ...]:
    """What a speed in frames a second may mean in a cut at ``rate``, likeliest first; the last two bound it.

    Lists round it to one or two decimals, and count 100 % as 24 or as 23.976: a whole percentage near it is meant.
    """
    value = Fraction(written)
    if value <= 0:
        return (value,)
    half = Fraction(1, 2 * 10 ** len(written.partition(".")[2]))
    bases = (Fraction(nominal(rate)), rate)
    found = [value / bases[0]] if value.denominator == 1 else []
    for base in bases:
        percent = Fraction(round(100 * value / base), 100)
        if percent and abs(percent * base - value) <= half:
            found.append(percent)
    found += [value / base for base in bases]
    return (*dict.fromkeys(found), max(value - half, half) / bases[0], (value + half) / bases[1])


def reading(labels: Labels, length: Exact, cut_rate: Fraction, rate: Fraction) -> tuple[Instant, Speed]:
    """The first frame and the speed of a source that plays over ``length`` record frames, its media at ``rate``."""
    try:
        first, end = (frame_of(label, rate, drop=labels.drop) for label in (labels.first, labels.end))
    except BadTimecode as error:
        return Instant(0.0, float(rate)), Speed(refused=f"its source timecode cannot be read: {error}")
    start = Instant(float(first), float(rate))
    speeds = labels.speeds
    if speeds and speeds[0] <= 0:
        return start, Speed(refused=REVERSE if speeds[0] < 0 else FREEZE)
    count = end - first
    if count < 0:
        count += frames_a_day(rate, drop=labels.drop)
        if count > _LONGEST_PLAY * nominal(rate):
            return start, Speed(refused="its source ends before it begins")
    step = rate / cut_rate
    for scalar in _scalars(labels, step):
        if fits(count, length, step * scalar):
            return start, Speed(scalar)
    said = f"the list gives {count} source frames for {length} record frames"
    if not speeds:
        if count and abs(count - length * step) <= 1:
            return start, Speed(warning=f"{said}: counted from the first, one for one")
        return start, Speed(refused=f"{said}, and no speed")
    scalar = _measured(count, length, step, speeds)
    warning = "" if abs(count - length * step * scalar) <= 2 else f"{said}, which does not fit its speed"
    return start, Speed(scalar, warning=warning)


def _scalars(labels: Labels, step: Fraction) -> Iterator[Fraction]:
    """Speeds that may be meant. Media of nearly the cut's rate plays frame for frame, other media by time."""
    near = abs(step - 1) < Fraction(1, 100)
    for speed in labels.speeds[:-2] or (Fraction(1),):
        if not near:
            yield speed
        yield speed / step


def _measured(count: int, length: Exact, step: Fraction, speeds: tuple[Fraction, ...]) -> Fraction:
    """The speed that the lengths say, where the written one is only rounded from it; else the written one."""
    near = abs(step - 1) < Fraction(1, 100)
    said = Fraction(count) / length if length else Fraction(0)
    for scale in (Fraction(1),) if near else (step, Fraction(1)):
        if speeds[-2] <= said / scale <= speeds[-1]:
            return said / step
    return speeds[0] / step if near else speeds[0]


def fits(count: int, length: Exact, step: Fraction) -> bool:
    """Whether ``count`` source frames are what ``length`` record frames take, ``step`` source frames each."""
    if not length:
        return True
    return math.floor((length - 1) * step) + 1 <= count <= math.ceil(length * step)


def likely_rate(labels: Labels, length: Exact, cut_rate: Fraction) -> Fraction:
    """The rate of the media, as far as labels and lengths tell: the cut's own unless they speak against it."""
    known = [cut_rate, *(_sibling(base, cut_rate) for base in _USUAL if base != nominal(cut_rate))]
    possible = []
    for rate in known:
        try:
            count = [frame_of(label, rate, drop=labels.drop) for label in (labels.first, labels.end)]
        except BadTimecode:
            continue
        possible.append(rate)
        step = rate / cut_rate
        if not labels.speeds and fits(count[1] - count[0], length, step):
            return rate
    return possible[0] if possible else cut_rate


def _sibling(base: int, rate: Fraction) -> Fraction:
    """The rate of whole number ``base`` of the same family: NTSC where ``rate`` is."""
    return base * NTSC if rate.denominator == 1001 and base % 25 else Fraction(base)


def likeliest(labels: Labels, length: Exact, cut_rate: Fraction) -> tuple[Instant, Speed]:
    """The same at the rate that the media is likely to have, where nothing is known of it."""
    if not labels.speeds:
        try:
            first, end = (frame_of(label, cut_rate, drop=labels.drop) for label in (labels.first, labels.end))
        except BadTimecode:
            pass
        else:
            if end - first == length:
                return Instant(float(first), float(cut_rate)), _STRAIGHT
    return reading(labels, length, cut_rate, likely_rate(labels, length, cut_rate))


def at_rate(clip: Clip, rate: Fraction, *, drop: bool) -> Clip:
    """``clip`` with its source counted at the rate of its media, and drop-frame where that is."""
    if clip.labels is None:
        return clip
    labels = replace(clip.labels, drop=drop)
    source, speed = reading(labels, clip.record[1] - clip.record[0], clip.rate, rate)
    return replace(clip, source=source, speed=speed, labels=labels)
