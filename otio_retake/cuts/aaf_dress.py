"""Puts the effects of one clip around another: a take on a track above looks and runs like the clip below it.

AAF object specification, "OperationGroup", "VaryingValue". The values of an effect's curves lie between 0 and 1 of the
effect's length; those of Avid's Motion Control count edit units. Where a take covers part of its clip, curves are
moved by as much; what cannot be moved exactly is left out, and named.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from aaf2 import components, misc
from aaf2.rational import AAFRational

Edit = dict[str, Any]

_INNER = {
    components.Sequence: "Components",
    components.OperationGroup: "InputSegments",
    components.Selector: "Alternates",
    components.EssenceGroup: "Choices",
}
_OFFSETS = "PARAM_SPEED_OFFSET_MAP_U"


def dressed(file: Any, like: Any, edit: Edit, media: str, mob_id: Any, slot: int, lost: list[str]) -> Any:
    """A clip of ``edit["length"]`` edit units that plays ``mob_id``, as ``like`` would; what it lacks goes to ``lost``.

    ``edit["into"]`` is how far into ``like`` it begins, ``edit["start"]`` where in the take, exactly.
    """
    way = _way(like, edit["like"]["inner"]) if like is not None else []
    begins = Fraction(edit["start"])
    speed = Fraction(edit["speed"])
    length = edit["length"]
    leaf = way[-1].copy() if way and isinstance(way[-1], components.SourceClip) else None
    if leaf is None:
        leaf = file.create.SourceClip(media_kind=media)
    whole = math.floor(begins)
    leaf.mob_id, leaf.slot_id, leaf.start = mob_id, slot, whole
    leaf.length = length if speed == 1 else math.ceil(begins - whole + speed * length)
    made, into = leaf, Fraction(edit["into"])
    # From the outside in, where each effect begins; then from the inside out, putting them on.
    begun: list[tuple[Any, Fraction, int]] = []
    outer = length
    for segment in way[:-1]:
        begun.append((segment, into, outer))
        if _warps(segment):
            into, outer = Fraction(0), leaf.length
    for segment, since, lasts in reversed(begun):
        if isinstance(segment, components.Sequence):
            wrapped = file.create.Sequence(length=made.length)
            wrapped.datadef = made.datadef
            wrapped.components.value = [made]
            made = wrapped
        elif isinstance(segment, components.OperationGroup):
            made = _effect(segment, made, since, lasts, begins - whole, speed, edit["name"], lost)
    return made


def _way(like: Any, steps: list[tuple[str, int]]) -> list[Any]:
    """A clip's effects and what they hold, from the outside, and at the end what they play."""
    way = [like]
    for name, number in steps:
        here = way[-1]
        if name == "selected":
            way.append(here["Selected"].value)
        else:
            way.append(here[next(key for cls, key in _INNER.items() if isinstance(here, cls))][number])
    return way


def _warps(segment: Any) -> bool:
    return isinstance(segment, components.OperationGroup) and bool(segment.operation.getvalue("IsTimeWarp"))


def _effect(
    like: Any, inner: Any, into: Fraction, length: int, begins: Fraction, speed: Fraction, take: str, lost: list[str]
) -> Any:
    made = like.copy()
    whole = like.length
    # What was rendered is the original's picture.
    if "Rendering" in made:
        del made["Rendering"]
    made["InputSegments"].value = [inner]
    made.length = length
    name = str(like.operation.name)
    for parameter in list(made.getvalue("Parameters") or ()):
        if not isinstance(parameter, misc.VaryingValue):
            continue
        if _warps(like):
            if parameter.name == _OFFSETS:
                _points(parameter, [(Fraction(0), begins), (Fraction(length), begins + speed * length)])
            continue
        if into == 0 and length == whole:
            continue
        moved = _moved(parameter, into / whole, Fraction(length, whole)) if whole else None
        if moved is None:
            made["Parameters"].pop(parameter.unique_key)
            lost.append(f"{take}: the curve {parameter.name} of {name}, which cannot be moved exactly; set it by hand")
        elif moved:
            _points(parameter, moved)
    return made


def _moved(curve: Any, first: Fraction, part: Fraction) -> list[tuple[Fraction, Fraction]] | None:
    """The points of a curve over ``part`` of its length from ``first`` on; empty if it is flat, None if unknown."""
    try:
        points = [(Fraction(p["Time"].value), Fraction(p["Value"].value)) for p in curve["PointList"]]
    except (TypeError, ValueError):
        return None
    if len({value for _, value in points}) <= 1:
        return []
    if str(curve["Interpolation"].value.auid) not in (str(misc.LinearInterp), str(misc.ConstantInterp)):
        return None
    holds = str(curve["Interpolation"].value.auid) == str(misc.ConstantInterp)
    end = first + part
    inside = [(time, value) for time, value in points if first < time < end]
    ends = [(edge, _at(points, edge, holds)) for edge in (first, end)]
    return [((time - first) / part, value) for time, value in (ends[0], *inside, ends[1])]


def _at(points: list[tuple[Fraction, Fraction]], time: Fraction, holds: bool) -> Fraction:
    before = [point for point in points if point[0] <= time]
    after = [point for point in points if point[0] > time]
    if not before:
        return after[0][1]
    if not after or holds:
        return before[-1][1]
    (t0, v0), (t1, v1) = before[-1], after[0]
    return v0 + (v1 - v0) * (time - t0) / (t1 - t0)


def _points(curve: Any, points: list[tuple[Fraction, Fraction]]) -> None:
    curve["PointList"].value = []
    for time, value in points:
        curve.add_keyframe(AAFRational(time), AAFRational(value.limit_denominator(1 << 30)))
