"""What the effects around a clip of an AAF sequence come to: how fast it runs, and what cannot be followed.

AAF object specification, "OperationGroup", and Avid's Motion Control as its files have it: the curve
PARAM_SPEED_OFFSET_MAP_U says which edit unit of the input each edit unit of the output shows. SpeedRatio is often
wrong in Avid's files (seen in real ones), and counts only where there is no curve.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Outline = dict[str, Any]
Step = tuple[str, int]
"""Where to go in a segment: which of its lists, and the number in it."""

_OFFSETS, _SPEEDS, _RATIO = "PARAM_SPEED_OFFSET_MAP_U", "PARAM_SPEED_MAP_U", "SpeedRatio"
_CONSTANT = ("Motion Control", "Video Speed Control", "Audio Speed Control")
_TITLE = re.compile(r"title|matte ?key|marquee|sub ?cap|blend_graphic", re.IGNORECASE)

FREEZE = "the clip is a freeze frame"
VARIES = "the clip's speed varies"
BACKWARDS = "the clip runs backwards"
NESTED = "this is a nested sequence"

_NOISE = Fraction(1, 100_000)
"""By how much the points of a straight curve may miss it: Avid writes them with nine digits."""


@dataclass(slots=True)
class Clear:
    """A clip without what is around it: ``leaf`` plays its media from ``into`` on, ``scalar`` units a unit."""

    path: tuple[Step, ...]
    leaf: Outline | None = None
    enabled: bool = True
    scalar: Fraction = Fraction(1)
    into: Fraction = Fraction(0)
    refused: str = ""
    warning: str = ""
    see_through: str = ""
    effects: tuple[str, ...] = ()
    warps: int = 0
    """How many of its effects change its time."""
    muted: tuple[Step, ...] | None = None
    """The way to what mutes it."""


class Refused(Exception):
    """A time effect that is not served; the text says why."""


def clear(segment: Outline) -> Clear:
    """What a component of a track is, under its effects."""
    made = Clear(())
    while True:
        inner = _enter(segment, made)
        if inner is None:
            return made
        segment, step = inner
        made.path = (*made.path, step)


def _enter(segment: Outline, made: Clear) -> tuple[Outline, Step] | None:
    kind = segment["is"]
    if kind == "clip":
        made.leaf = segment
    elif kind in ("below", "filler"):
        if made.effects:
            made.see_through = "an adjustment layer"
    elif kind == "selector":
        return _selected(segment, made)
    elif kind == "sequence":
        return _within(segment, made)
    elif kind == "choices" and segment["parts"]:
        return segment["parts"][0], ("parts", 0)
    elif kind == "effect":
        return _effect(segment, made)
    elif kind == "scope":
        made.refused = NESTED
    else:
        made.refused = f"the clip is of a kind that is not known ({segment.get('class') or kind})"
    return None


def _selected(segment: Outline, made: Clear) -> tuple[Outline, Step] | None:
    """Avid mutes a clip as a selector of nothing, with the clip as the alternate; one of a group is a selector too."""
    selected, parts = segment["selected"], segment["parts"]
    if selected is not None and selected["is"] not in ("filler", "below"):
        if parts:
            made.warning = "the clip is one angle of a group; the retake is made of the angle that plays"
        return selected, ("selected", 0)
    made.enabled, made.muted = False, made.path
    return (parts[0], ("parts", 0)) if parts else None


def _within(segment: Outline, made: Clear) -> tuple[Outline, Step] | None:
    parts = [(number, part) for number, part in enumerate(segment["parts"]) if part["length"] > 0]
    if len(parts) == 1:
        number, part = parts[0]
        return part, ("parts", number)
    if all(part["is"] in ("below", "filler") for _, part in parts):
        made.see_through = "an adjustment layer" if made.effects else ""
    else:
        made.refused = NESTED
    return None


def _effect(segment: Outline, made: Clear) -> tuple[Outline, Step] | None:
    name, inputs = segment["name"] or "an effect", segment["inputs"]
    if segment["warp"]:
        made.warps += 1
        try:
            into, scalar = _speed(segment)
        except Refused as reason:
            made.refused = made.refused or str(reason)
        else:
            made.into, made.scalar = into + scalar * made.into, scalar * made.scalar
    made.effects = (*made.effects, name)
    if not inputs:
        made.see_through = "a generator or title"
    elif len(inputs) == 1:
        return inputs[0], ("inputs", 0)
    elif _TITLE.search(name):
        made.see_through = "a generator or title"
    elif name == "Submaster":
        made.refused = NESTED
    else:
        made.refused = f"the clip is made of several ({name})"
    return None


def _speed(effect: Outline) -> tuple[Fraction, Fraction]:
    """Where a time effect begins in its input, and how fast it goes on, in edit units. Raises `Refused`."""
    name, parameters = effect["name"], effect["parameters"]
    if name not in _CONSTANT:
        what = "freeze" if re.search("freeze|repeat", name, re.IGNORECASE) else ""
        raise Refused(FREEZE if what else f"the clip has a time effect that is not served ({name or 'unnamed'})")
    if Fraction(effect["shift"] or 0) or Fraction(parameters.get("AvidMotionPulldown", {}).get("value") or 0):
        raise Refused("the clip's motion effect has a pulldown or a phase of its own")
    points = [(Fraction(t), Fraction(v)) for t, v in parameters.get(_OFFSETS, {}).get("points", ()) if t and v]
    speeds = {Fraction(v) for _, v in parameters.get(_SPEEDS, {}).get("points", ()) if v}
    if len(points) >= 2:
        into, scalar = _straight(points)
    elif len(speeds) == 1:
        into, scalar = Fraction(0), speeds.pop().limit_denominator(10_000)
    elif len(speeds) > 1 or points:
        raise Refused(VARIES)
    else:
        into, scalar = Fraction(0), _by_ratio(effect)
    if scalar == 0:
        raise Refused(FREEZE)
    if scalar < 0:
        raise Refused(BACKWARDS)
    return into, scalar


def _straight(points: list[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction]:
    (first, at), (last, end) = points[0], points[-1]
    if last <= first:
        raise Refused(VARIES)
    slope = (end - at) / (last - first)
    if any(abs(at + (time - first) * slope - value) > _NOISE * (1 + abs(value)) for time, value in points):
        raise Refused(VARIES)
    near = slope.limit_denominator(10_000)
    if abs(near - slope) * (last - first) < _NOISE:
        slope = near
    return at - first * slope, slope


def _by_ratio(effect: Outline) -> Fraction:
    said = effect["parameters"].get(_RATIO, {}).get("value")
    if not said:
        raise Refused("the clip has a time effect that does not say its speed")
    ratio = Fraction(said)
    # Avid's freeze frames are as much longer as the clip is long.
    if ratio == 0 or (ratio == effect["length"] and ratio > 1):
        raise Refused(FREEZE)
    return 1 / ratio
