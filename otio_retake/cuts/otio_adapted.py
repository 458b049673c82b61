"""Clips whose speed a published adapter did not bring into OpenTimelineIO: which of their frames are seen is lost.

otio-fcp-adapter keeps the Time Remap filter of a clip as text in its metadata and counts its source as if the clip ran
straight. otio-aaf-adapter gives a speed, but lays the markers of such a clip as if it ran straight (both read in their
sources, versions 1.0.0 and 2.0.0, and tried).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .model import Speed
from .otio_editors import Raw, list_of, section_of
from .xmeml_counting import SPEED_EFFECTS, number

_XML = Speed(
    refused="the clip is retimed, and the XML adapter does not keep which of its frames are seen",
    fix="plan the .xml itself with otio-retake",
)
_AAF = Speed(
    refused="the clip is retimed, and the AAF adapter does not keep which of its frames are marked",
    fix="plan the .aaf itself with otio-retake",
)


def lost_speed(raw: Raw, metadata: Raw) -> Speed | None:
    """The refusal of a clip that an adapter left without its true speed; None for every other."""
    about = section_of(metadata, "fcp_xml")
    if about and (_true(about.get("stillframe")) or any(map(_retimes, _filters(about)))):
        return _XML
    operations = (section_of(effect, "metadata", "AAF", "Operation") for effect in list_of(raw.get("effects")))
    return _AAF if any(operation.get("IsTimeWarp") is True for operation in operations) else None


def _filters(about: Raw) -> Iterator[Raw]:
    """The effects of a clip that are on: one stands alone in the metadata, several in a list."""
    for holder in _every(about.get("filter")):
        effect = section_of(holder, "effect")
        off = str(section_of(holder).get("enabled", "")).upper() == "FALSE" or effect.get("pproBypass") == "true"
        if effect and not off:
            yield effect


def _retimes(effect: Raw) -> bool:
    """Whether an effect gives its clip another speed, or other frames at the same speed."""
    names = (str(effect.get("effectid")).lower(), str(effect.get("name")).lower())
    if not any(name in SPEED_EFFECTS for name in names):
        return False
    said = {str(section_of(one).get("parameterid")).lower(): section_of(one) for one in _every(effect.get("parameter"))}
    percent = number(str(said.get("speed", {}).get("value")))
    turned = any(_true(said.get(name, {}).get("value")) for name in ("variablespeed", "reverse"))
    keys = [section_of(key) for key in _every(said.get("graphdict", {}).get("keyframe"))]
    return percent != 100 or turned or any(key.get("when") != key.get("value") for key in keys)


def _every(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _true(value: Any) -> bool:
    return str(value).upper() in ("1", "TRUE")
