"""Time in an .fcpxml file: rational seconds, frame rates, and what rate conforming and time maps make of a clip.

https://developer.apple.com/documentation/professional-video-applications/timing-attributes
https://developer.apple.com/documentation/professional-video-applications/conform-rate
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ..rates import NTSC, exact_rate, nominal
from .xml_document import Element

_TIME = re.compile(r"\s*([+-]?\d{1,20}(?:\.\d{1,12})?)(?:/(\d{1,20}))?\s*s?\s*")
_NAMED = re.compile(r"(?:[pi])(2398|2997|5994|23976|\d{2,3})(?:_|$)")

LONGEST = 400 * 24 * 3600
"""Seconds: a time beyond this is no time of a cut."""

LARGEST = 1 << 31
"""The format's times have a denominator of 32 bits."""

_LABELS = {"23.98": "24000/1001", "29.97": "30000/1001", "47.95": "48000/1001", "59.94": "60000/1001",
           "119.88": "120000/1001"}  # fmt: skip

_LINE = "linear", "smooth2", ""
"""How two points may be joined so that what is between them is a line: easing needs a third."""


class BadTime(ValueError):
    """A text is not a time of the format."""


@lru_cache(maxsize=65536)
def seconds(text: str) -> Fraction:
    """The seconds that ``text`` says: ``1001/24000s``, ``5s``. Raises ``BadTime`` for what says none."""
    found = _TIME.fullmatch(text)
    if found is None or (found[2] is not None and int(found[2]) == 0):
        raise BadTime(f"{text[:40]!r} is not a time")
    value = Fraction(found[1]) / int(found[2] or 1)
    if abs(value) > LONGEST:
        raise BadTime(f"{text[:40]!r} is beyond any cut")
    return value


def spelled(time: Fraction, scale: int) -> str:
    """``time`` as the format writes it, over ``scale`` where that holds it; exact in any case."""
    if time.denominator == 1:
        return f"{time.numerator}s"
    if scale % time.denominator == 0:
        return f"{time.numerator * (scale // time.denominator)}/{scale}s"
    return f"{time.numerator}/{time.denominator}s"


def rate_of_format(element: Element | None) -> Fraction | None:
    """The frame rate of a ``format``: by its frame duration, else by its name; None where neither says."""
    if element is None:
        return None
    said = element.get("frameDuration")
    if said:
        duration = seconds(said)
        if duration <= 0:
            raise BadTime(f"{said!r} is no frame duration")
        try:
            return exact_rate(1 / duration)
        except ValueError:
            raise BadTime(f"{said!r} is no frame duration") from None
    found = _NAMED.search(element.get("name"))
    if found is None:
        return None
    ntsc = {"2398": 24, "23976": 24, "2997": 30, "5994": 60}.get(found[1])
    return ntsc * NTSC if ntsc else Fraction(int(found[1]))


class Axis(NamedTuple):
    """A clip's own time on the sequence's: ``start`` of it is at second ``at``, one of its seconds takes ``pace``."""

    at: Fraction
    start: Fraction
    pace: Fraction

    def when(self, local: Fraction) -> Fraction:
        """The second of the sequence at which the clip's own time is ``local``."""
        if self.pace == 1:
            return self.at + local - self.start
        return self.at + (local - self.start) * self.pace

    def local(self, when: Fraction) -> Fraction:
        """The clip's own time at second ``when`` of the sequence."""
        if self.pace == 1:
            return self.start + when - self.at
        return self.start + (when - self.at) / self.pace


class Ramp(NamedTuple):
    """A constant speed: at the clip's own time ``time`` stands ``value``, and it runs at ``speed``."""

    time: Fraction
    value: Fraction
    speed: Fraction


@dataclass(frozen=True, slots=True)
class Retime:
    """What the timing of one element comes to. ``pace`` is how long a second of it takes, by rate conforming."""

    pace: Fraction = Fraction(1)
    ramp: Ramp | None = None
    refused: str = ""
    warning: str = ""

    def inside(self, axis: Axis) -> Axis:
        """The axis of what is in the element, given its own."""
        ramp = self.ramp
        if ramp is None:
            return axis
        return Axis(axis.at, ramp.value + (axis.start - ramp.time) * ramp.speed, axis.pace / ramp.speed)


PLAIN = Retime()


def retime(element: Element, rate: Fraction) -> Retime:
    """The timing of an element that stands in a timeline of ``rate``."""
    conform = time_map = None
    for child in element.children:
        if child.name == "conform-rate":
            conform = child
        elif child.name == "timeMap":
            time_map = child
    if conform is None and time_map is None:
        return PLAIN
    pace, refused, warning = _conform(conform, rate) if conform is not None else (Fraction(1), "", "")
    ramp: Ramp | None = None
    if time_map is not None:
        ramp, why = _ramp(time_map)
        refused = refused or why
        if ramp is not None and ramp.speed != 1 and pace != 1:
            refused = refused or "the clip is retimed and also conformed to the rate of the project"
    for timing in (conform, time_map):
        if timing is not None and timing.get("frameSampling", "floor") not in ("floor", "nearest-neighbor"):
            warning = warning or "the clip blends or interpolates frames; the retake is made of its source frames"
    return Retime(pace, ramp, refused, warning)


def _ramp(time_map: Element) -> tuple[Ramp | None, str]:
    points = [
        (seconds(point.get("time")), seconds(point.get("value")), point.get("interp"))
        for point in time_map.all("timept")
    ]
    if not points:
        return None, ""
    if len(points) == 1:
        return None, "the clip is on hold"
    (time, value, _), *rest = points
    speeds = set()
    before = time, value
    for there, shown, _ in rest:
        if there <= before[0]:
            return None, "the clip's speed varies"
        speeds.add((shown - before[1]) / (there - before[0]))
        before = there, shown
    if len(speeds) > 1 or any(interp not in _LINE for *_, interp in points):
        return None, "the clip's speed varies"
    speed = speeds.pop()
    if speed == 0:
        return None, "the clip is on hold"
    if speed < 0:
        return None, "the clip runs backwards"
    return Ramp(time, value, speed), ""


# --- rate conforming ------------------------------------------------------------------------------------------------

_CHART: dict[str, dict[str, str]] = {
    "23.98": {"24": "24", "25": "25", "50": "25"},
    "24": {"23.98": "23.98", "25": "25", "50": "25"},
    "25": {"23.98": "23.98", "24": "24"},
    "29.97": {"30": "30", "60": "30"},
    "30": {"29.97": "29.97", "59.94": "29.97"},
    "50": {"23.98": "47.95", "24": "48"},
    "59.94": {"30": "60", "60": "60"},
    "60": {"29.97": "59.94", "59.94": "59.94"},
}
"""Apple's chart: the rate that media (first key) runs at in a project (second key) where it is conformed."""

_SEEN: dict[str, dict[str, str]] = {
    "23.98": {"29.97": "24", "59.94": "24", "30": "24", "60": "24"},
    "29.97": {"24": "30"},
}
"""What the chart leaves out, but exports of Final Cut show: their in points lie on frames of the project only so."""


def _conform(element: Element, rate: Fraction) -> tuple[Fraction, str, str]:
    """How long a second of the clip takes, why it cannot be said, and what should be known."""
    if element.get("scaleEnabled", "1") == "0":
        return Fraction(1), "", ""
    source, project = _label(element.get("srcFrameRate")), _label_of(rate)
    if not source or source == project:
        return Fraction(1), "", ""
    runs = _CHART.get(source, {}).get(project)
    warning = ""
    if runs is None:
        runs = _SEEN.get(source, {}).get(project)
        warning = f"the clip is conformed from {source} to {project} in a way that Apple's chart does not list"
    if runs is None and source.isdigit() and project.isdigit():
        # Whole rates that the chart leaves out keep their time.
        return Fraction(1), "", warning
    if runs is None:
        return Fraction(1), f"the clip is conformed from {source} to {project}, and no chart says how", ""
    return _rate(source) / _rate(runs), "", warning


def _rate(label: str) -> Fraction:
    return Fraction(_LABELS.get(label, label))


def _label(text: str) -> str:
    """The rate as the format names it; empty where it names none."""
    try:
        return _label_of(exact_rate(text)) if text else ""
    except (ValueError, ZeroDivisionError):
        return ""


def _label_of(rate: Fraction) -> str:
    whole = nominal(rate)
    if rate == whole:
        return str(whole)
    return next((label for label in _LABELS if _rate(label) == rate), f"{float(rate):.2f}")
