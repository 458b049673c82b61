"""How FCP 7 XML counts: rates, frames, timecode, and what a clip's own frames are in its file.

https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/Topics/Topics.html
``in`` and ``out`` count from the media's first frame, at the clip's rate, and as the clip plays: 12 at 200 % is frame
24 of the media. Some writers count frames of the source, or the sequence's rate: how long the clip lies in the cut
tells which. A speed graph says at which media frame the in point is (seen in files of Premiere and Resolve).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..rates import NTSC, BadTimecode, exact_rate, nominal, parse_timecode
from .model import Exact, Speed
from .xml_document import Element

TICKS = 254_016_000_000
"""Premiere's ticks in a second."""

LONGEST = 10**9
"""Frames: a position beyond this is no position (a year at 30 frames a second)."""

_NORMAL = Speed()
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{0,18})?")
SPEED_EFFECTS = ("timeremap", "time remap")
"""What the effect that changes a clip's speed is called."""


class Absurd(ValueError):
    """A number in the file that can be no position."""


def number(text: str) -> Exact | None:
    """The number that ``text`` is: Hiero writes ``1055.0``. None where it is none."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def frames(holder: Element, name: str) -> Exact | None:
    """The frames that a child says; None where it says -1, or nothing that can be read. Raises ``Absurd``."""
    found = number(holder.said(name))
    if found is None or found == -1:
        return None
    if not -LONGEST <= found <= LONGEST:
        raise Absurd(f"{holder.said(name)} frames is not a position")
    return found


def rate_of(holder: Element | None) -> Fraction | None:
    """The exact rate in an element's ``rate``; None where it says none."""
    said = holder.first("rate") if holder is not None else None
    return _rate(said.said("timebase"), said.said("ntsc").upper() == "TRUE") if said is not None else None


@lru_cache(maxsize=256)
def _rate(timebase: str, ntsc: bool) -> Fraction | None:
    base = number(timebase)
    if base is None or base <= 0 or base > 1000:
        return None
    rate = exact_rate(base)
    # NTSC is said of 25 too, by writers that say it of everything.
    if ntsc and rate.denominator == 1 and (rate % 24 == 0 or rate % 30 == 0):
        return rate * NTSC
    return rate


def label_of(holder: Element, rate: Fraction) -> Exact:
    """The frame at ``rate`` that an element's ``timecode`` gives to its first frame; 0 where it has none."""
    said = holder.first("timecode")
    if said is None:
        return 0
    own = rate_of(said) or rate
    frame = frames(said, "frame")
    if frame is None:
        text = said.said("string")
        if said.said("displayformat").upper() == "DF" and len(text) > 3 and ";" not in text:
            text = f"{text[:-3]};{text[-2:]}"
        try:
            frame = parse_timecode(text, own)[0]
        except BadTimecode:
            return 0
    if own == rate:
        return frame
    # A label counts whole frames: 60 a second where the timecode says 30 are two for each.
    return Fraction(frame) * nominal(rate) / nominal(own)


def counts_drop(holder: Element) -> bool | None:
    """Whether an element's timecode is drop-frame; None where it does not say."""
    said = holder.first("timecode")
    if said is None:
        return None
    written = said.said("displayformat").upper()
    if written in ("DF", "NDF"):
        return written == "DF"
    return ";" in said.said("string") or None


@dataclass(frozen=True, slots=True)
class Counting:
    """What a clip's own frames are. ``unit`` of them are a second; ``file`` frames of the file are.

    ``retimed``: they count as the clip plays. ``shift``: frames of the file to be added.
    """

    unit: Fraction
    file: Fraction
    scalar: Fraction = Fraction(1)
    retimed: bool = True
    shift: Exact = 0

    @property
    def step(self) -> Exact:
        """Frames of the file for each of the clip's own."""
        step = 1 if self.file == self.unit else self.file / self.unit
        return step * self.scalar if self.retimed and self.scalar != 1 else step

    def source(self, frame: Exact) -> Exact:
        """The frame of the file, from 0, that a frame of the clip is."""
        return frame * self.step + self.shift


@dataclass(frozen=True, slots=True)
class Retime:
    """What the speed filters of a clip come to; ``anchor`` is a frame of the clip and the one of its media there."""

    speed: Speed = _NORMAL
    anchor: tuple[Exact, Exact] | None = None


def count_of(
    retime: Retime, unit: Fraction, file: Fraction, rate: Fraction, length: Exact | None, span: tuple[Exact, Exact]
) -> tuple[Counting, str]:
    """How the clip with ``in`` and ``out`` in ``span`` counts, and what is wrong with it.

    ``length`` is how long it lies in a sequence at ``rate``; None where that is not said.
    """
    scalar = retime.speed.scalar
    best = Counting(unit, file, scalar)
    said = span[1] - span[0]
    warning = ""
    if length is not None and span[0] < span[1]:
        tried = [
            Counting(base, file, scalar, retimed)
            for base in dict.fromkeys((unit, rate))
            for retimed in ((True,) if scalar == 1 else (True, False))
        ]
        fits = next((way for way in tried if _fits(way, said, length, rate)), None)
        best = fits or best
        if fits is None:
            warning = f"its in and out are {float(said):g} frames apart, and it plays for {float(length):g}"
    if retime.anchor is not None and best.retimed:
        best, doubt = _anchored(best, retime.anchor)
        warning = warning or doubt
    return best, warning


def _fits(way: Counting, said: Exact, length: Exact, rate: Fraction) -> bool:
    """Whether ``said`` frames last as long as the clip lies in the cut, but for one: Premiere leaves out the last."""
    if way.retimed and way.unit == rate and -1 <= said - length <= 1:
        return True
    wanted = length * way.unit / rate * (1 if way.retimed else way.scalar)
    slack = max(way.unit / rate, Fraction(1))
    return -slack <= said - wanted <= slack


def _anchored(way: Counting, anchor: tuple[Exact, Exact]) -> tuple[Counting, str]:
    """``way`` with the graph's word on where the in point is."""
    when, value = anchor
    beside = value - when * way.scalar
    shift = beside * way.file / way.unit
    doubt = ""
    if abs(beside) > way.scalar + 1:
        doubt = f"its speed graph begins {float(abs(beside)):g} frames beside its in point: counted by the graph"
    return Counting(way.unit, way.file, way.scalar, way.retimed, shift), doubt


# --- speed ----------------------------------------------------------------------------------------------------------


def retime_of(clip: Element, begins: Exact | None) -> Retime:
    """What the speed filters of a clip say; ``begins`` is its in point."""
    if clip.said("stillframe").upper() == "TRUE":
        return Retime(Speed(refused="the clip is a freeze frame"))
    found = next(speed_filters(clip), None)
    if found is None:
        return Retime()
    parameters = parameters_of(found)
    percent = number(parameters["speed"].said("value")) if "speed" in parameters else None
    graph = parameters.get("graphdict")
    refused = ""
    if _true(parameters.get("variablespeed")):
        refused = "the clip's speed varies"
    elif percent is None:
        refused = "the cut does not say the clip's speed"
    elif percent == 0:
        refused = "the clip is a freeze frame"
    elif percent < 0 or _true(parameters.get("reverse")):
        refused = "the clip runs backwards"
    if refused or percent is None:
        return Retime(Speed(refused=refused))
    warning = ""
    if _true(parameters.get("frameblending")) and percent != 100:
        warning = "the clip blends frames; the retake is made of its source frames"
    scalar = Fraction(percent, 100).limit_denominator(100_000)
    return Retime(Speed(scalar, warning=warning), _anchor(graph, begins))


def speed_filters(clip: Element) -> Iterator[Element]:
    """The effects of a clip that change its speed, those that are off left out."""
    for holder in clip.all("filter"):
        effect = holder.first("effect")
        if effect is None or holder.said("enabled").upper() == "FALSE" or effect.said("pproBypass") == "true":
            continue
        if is_speed(effect):
            yield effect


def is_speed(effect: Element) -> bool:
    """Whether an effect is the one that changes a clip's speed."""
    return effect.said("effectid").lower() in SPEED_EFFECTS or effect.said("name").lower() == SPEED_EFFECTS[1]


def parameters_of(effect: Element) -> dict[str, Element]:
    """An effect's parameters by their ids."""
    return {found.said("parameterid").lower(): found for found in effect.all("parameter")}


def _anchor(graph: Element | None, begins: Exact | None) -> tuple[Exact, Exact] | None:
    """The graph's point at the clip's in point, where its media frame makes sense.

    The other points are not looked at: Premiere has been seen to write nonsense into that of the out point.
    """
    if graph is None or begins is None:
        return None
    most = number(graph.said("valuemax"))
    for key in graph.all("keyframe"):
        if key.first("speedkfin") is None:
            continue
        when, value = number(key.said("when")), number(key.said("value"))
        if when is None or value is None or not -1 <= when - begins <= 1:
            return None
        return (when, value) if 0 <= value <= (LONGEST if most is None else most) + 1 else None
    return None


def _true(parameter: Element | None) -> bool:
    return parameter is not None and parameter.said("value").upper() in ("1", "TRUE")
