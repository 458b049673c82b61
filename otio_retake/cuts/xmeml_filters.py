"""The filters of the clip below, for a take above it: the same look, with keyframes where the take's own frames are.

Keyframes count as a clip's in point does: from the first frame of its media.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .model import Exact
from .xmeml_counting import is_speed, number, parameters_of
from .xmeml_text import Style, style_at, text_of, without
from .xml_document import Element, Splice, XmlDocument, set_text


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a take's frames are, in the frames of its clip.

    ``shift`` is how many of the lower clip's lie before its first, ``span`` its in and out, ``length`` all of it;
    ``old`` the length of the lower clip's. ``anchor`` is the media frame at its in point, ``media`` their number.
    """

    shift: Fraction
    span: tuple[int, int]
    length: int
    old: Exact | None
    scalar: Fraction
    anchor: Fraction
    media: Fraction


def copied_filter(document: XmlDocument, holder: Element, moved: Moved) -> tuple[str, str]:
    """A filter as the take has it, and what is not as below."""
    effect = holder.first("effect")
    if effect is not None and is_speed(effect):
        return _speed(document, holder, effect, moved), ""
    splices = _range(holder, moved)
    name = (effect.said("name") if effect is not None else "") or "a filter"
    losses: list[str] = []
    if any(flag.text.strip().lower() == "true" for flag in holder.every("IsTimeVarying")):
        losses.append("its keyframes are in a time of its own and were copied as they are")
    for owner in holder.every("parameter", "effect"):
        keys = [key for key in owner.all("keyframe") if number(key.said("when")) is not None]
        if keys:
            more, loss = _moved_keys(document, keys, moved)
            splices += more
            losses += [loss] if loss else []
    return text_of(document, holder, splices), f"{name}: {losses[0]}" if losses else ""


def _moved_keys(document: XmlDocument, keys: list[Element], moved: Moved) -> tuple[list[Splice], str]:
    """Keyframes where the take's frames are. Of those before its file begins, or after it ends, the nearest is kept.

    That one is put on the border, with the value that is passed through there.
    """
    exact = [(number(key.said("when")) or Fraction(0)) - moved.shift for key in keys]
    at = [round(place) for place in exact]
    loss = ""
    if at != exact:
        loss = "its keyframes lie between frames of the take and were moved to the nearest"
    before = [k for k, place in enumerate(at) if place < 0]
    behind = [k for k, place in enumerate(at) if place > moved.length]
    splices: list[Splice] = []
    for k, key in enumerate(keys):
        if k in before[:-1] or k in behind[1:]:
            splices.append(without(document, key))
            continue
        border = 0 if k in before else moved.length if k in behind else at[k]
        splices.append(set_text(_when(key), str(border)))
        beside = k + 1 if k in before else k - 1
        if border != at[k] and 0 <= beside < len(keys):
            part = Fraction(border - at[k], at[beside] - at[k])
            splices += _between(key, keys[beside], part)
            if any(child.name not in ("when", "value") for child in key.children):
                loss = loss or "what it does between keyframes is drawn straight where the take's file begins or ends"
    return splices, loss


def _when(key: Element) -> Element:
    found = key.first("when")
    assert found is not None
    return found


def _between(key: Element, other: Element, part: Fraction) -> list[Splice]:
    """The changes that give ``key`` the value that lies ``part`` of the way to ``other``'s."""
    mine, theirs = key.first("value"), other.first("value")
    if mine is None or theirs is None:
        return []
    pairs = list(zip(mine.children, theirs.children, strict=False)) or [(mine, theirs)]
    splices = []
    for one, two in pairs:
        first, second = number(one.text), number(two.text)
        if first is not None and second is not None and first != second:
            splices.append(set_text(one, written(first + (second - first) * part)))
    return splices


def _range(holder: Element, moved: Moved) -> list[Splice]:
    """Where a filter begins and ends; -1 is all of the clip, and so is the clip's own length."""
    splices = []
    for name in ("start", "end"):
        said = holder.first(name)
        at = number(said.text) if said is not None else None
        if said is None or at is None or at < 0 or (name == "start" and at == 0):
            continue
        new = moved.length if at == moved.old else min(max(round(at - moved.shift), 0), moved.length)
        splices.append(set_text(said, str(new)))
    return splices


def _speed(document: XmlDocument, holder: Element, effect: Element, moved: Moved) -> str:
    """The same speed, with a graph that says which media frame is at the in point where it was one, or is needed."""
    splices = _range(holder, moved)
    graph = parameters_of(effect).get("graphdict")
    beside = moved.anchor - moved.span[0] * moved.scalar
    if graph is not None:
        most = graph.first("valuemax")
        if most is not None:
            splices.append(set_text(most, written(moved.media)))
        for key in graph.all("keyframe"):
            when, value = key.first("when"), key.first("value")
            if when is None or value is None:
                continue
            at, there = _point(key, moved, number(when.text) or 0, beside)
            splices += [set_text(when, written(at)), set_text(value, written(there))]
    elif beside:
        last = effect.children[-1]
        splices.append(Splice(last.end, last.end, _graph(style_at(document, last), moved, beside)))
    return text_of(document, holder, splices)


def _point(key: Element, moved: Moved, when: Exact, beside: Fraction) -> tuple[Fraction, Fraction]:
    names = {child.name for child in key.children}
    if "speedkfstart" in names:
        return Fraction(0), max(beside, Fraction(0))
    if "speedkfend" in names:
        return Fraction(moved.length), moved.media
    at = Fraction(moved.span[1]) if "speedkfout" in names else when - moved.shift
    at = Fraction(moved.span[0]) if "speedkfin" in names else at
    return at, at * moved.scalar + beside


def _graph(style: Style, moved: Moved, beside: Fraction) -> str:
    inner = style.inner
    points = [
        ("speedkfstart", Fraction(0), max(beside, Fraction(0))),
        ("speedkfin", Fraction(moved.span[0]), moved.anchor),
        ("speedkfout", Fraction(moved.span[1]), moved.span[1] * moved.scalar + beside),
        ("speedkfend", Fraction(moved.length), moved.media),
    ]
    keys = [
        inner.block(
            "keyframe",
            [
                inner.tag("when", written(when)),
                inner.tag("value", written(value)),
                inner.tag("speedvirtualkf", "TRUE"),
                inner.tag(flag, "TRUE"),
            ],
        )
        for flag, when, value in points
    ]
    head = [
        inner.tag("parameterid", "graphdict"),
        inner.tag("name", "graphdict"),
        inner.tag("valuemin", 0),
        inner.tag("valuemax", written(moved.media)),
    ]
    curve = inner.block("interpolation", [inner.tag("name", "FCPCurve")])
    return style.lead + style.block("parameter", [*head, *keys, curve])


def written(value: Fraction | int) -> str:
    """A number as such files have it."""
    value = Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.6f}".rstrip("0").rstrip(".")
