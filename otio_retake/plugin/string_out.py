"""From a `.retakelist` to a string-out: the marked regions one after the other, each with all of its takes.

What stands in a list is checked before it is used: it may come from anywhere.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..cuts.model import NAMESPACE, TAKE_KEY
from ..errors import CutError
from ..rates import BadTimecode, parse_timecode
from .writing import FORMAT, VERSION, log_losses, said_by_otio

MOST_FRAMES = 10_000_000
"""A region or a position beyond this is none: more than four days at 24 frames a second."""


class _Frames(BaseModel):
    model_config = ConfigDict(frozen=True)

    first: int = Field(ge=-MOST_FRAMES, le=MOST_FRAMES)
    end: int = Field(ge=-MOST_FRAMES, le=MOST_FRAMES)


class _Made(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: str = ""
    name: str = ""
    written: str
    clock: Fraction | None = Field(None, gt=0, le=1000)
    available: tuple[Fraction, Fraction] | None = None
    in_use: bool = False
    about: dict[str, Any] = Field(default_factory=dict)


class _Marker(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str = ""
    note: str = ""
    color: str = ""


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True)

    mark_id: str = ""
    timecode: str = ""
    clip: str
    written: str
    clock: Fraction = Field(gt=0, le=1000)
    zero: Fraction = Field(Fraction(0), ge=-MOST_FRAMES, le=MOST_FRAMES)
    available: _Frames | None = None
    region: _Frames
    speed: Fraction = Fraction(1)
    mode: str | None = None
    marker: _Marker = _Marker()
    made: tuple[_Made, ...] = ()


class _List(BaseModel):
    model_config = ConfigDict(frozen=True)

    format: str
    version: int
    cut: str = ""
    rate: Fraction = Field(gt=0, le=1000)
    start: str = "00:00:00:00"
    items: tuple[_Item, ...]


def string_out(text: str) -> Any:
    """The timeline of a list. Raises ``OTIOError`` for what is no list of ours."""
    with said_by_otio():
        listed = _read(text)
        try:
            start = parse_timecode(listed.start, listed.rate)[0]
        except BadTimecode as error:
            raise CutError(str(error), where="start, in the list", fix="write the list again") from None
    return _timeline(listed, start)


def _read(text: str) -> _List:
    fix = "write it again with `otioconvert -i CUT -o LIST.retakelist`"
    try:
        raw = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise CutError("this is no list of retakes: it is no JSON", where="the list", fix=fix) from None
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise CutError("this is no list of retakes", where="the list", fix=fix)
    if isinstance(raw.get("version"), int) and raw["version"] > VERSION:
        what = f"the list was written by a newer version (list version {raw['version']}, this program knows {VERSION})"
        raise CutError(what, where="the list", fix="update otio-retake")
    try:
        return _List.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CutError(f"the list is damaged: {first['msg'].lower()}", where=f"{where}, in the list", fix=fix) from None


def _timeline(listed: _List, start: int) -> Any:
    import opentimelineio as otio

    timeline = otio.schema.Timeline(f"{listed.cut} retakes".strip())
    timeline.global_start_time = otio.opentime.RationalTime(start, float(listed.rate))
    track = otio.schema.Track("Retakes of regions", kind=otio.schema.TrackKind.Video)
    left_out: list[str] = []
    for item in listed.items:
        if item.region.end <= item.region.first:
            left_out.append(f"{item.timecode} {item.clip}: its region is empty")
            continue
        track.append(_clip(item))
        if item.speed != 1:
            left_out.append(f"{item.timecode} {item.clip}: its speed, {item.speed} of the normal")
        if item.mode in ("audio", "both"):
            left_out.append(f"{item.timecode} {item.clip}: takes of its sound")
    timeline.tracks.append(track)
    log_losses([], left_out)
    timeline.metadata[NAMESPACE] = {"string_out": listed.cut, "warnings": [], "left_out": left_out}
    return timeline


def _clip(item: _Item) -> Any:
    import opentimelineio as otio

    region = _span(item.zero + item.region.first, item.region.end - item.region.first, item.clock)
    clip = otio.schema.Clip(item.clip, source_range=region)
    original = otio.schema.ExternalReference(item.written)
    if item.available is not None:
        original.available_range = _span(item.zero, item.available.end, item.clock)
    references, active = {"DEFAULT_MEDIA": original}, "DEFAULT_MEDIA"
    for made in item.made:
        key = _key(made, references)
        references[key] = _take(made)
        active = key if made.in_use else active
    clip.set_media_references(references, active)
    marker = otio.schema.Marker(item.marker.name, region)
    marker.comment = item.marker.note
    marker.color = item.marker.color or otio.schema.MarkerColor.PURPLE
    clip.markers.append(marker)
    clip.metadata[NAMESPACE] = {"mark_id": item.mark_id, "timecode": item.timecode}
    return clip


def _take(made: _Made) -> Any:
    import opentimelineio as otio

    take = otio.schema.ExternalReference(made.written)
    take.name = made.name
    if made.available is not None and made.clock is not None:
        take.available_range = _span(*made.available, made.clock)
    take.metadata[NAMESPACE] = made.about
    return take


def _key(made: _Made, taken: Any) -> str:
    """The key of a take: its own, or the next that is free; those from tracks above have none."""
    version = made.about.get("version")
    number = version if isinstance(version, int) and version > 0 else 1
    key = made.key if made.key.startswith(TAKE_KEY) else f"{TAKE_KEY}{number:03}"
    while key in taken:
        number += 1
        key = f"{TAKE_KEY}{number:03}"
    return key


def _span(first: Fraction, length: Fraction | int, clock: Fraction) -> Any:
    import opentimelineio as otio

    rate = float(clock)
    time = otio.opentime.RationalTime
    return otio.opentime.TimeRange(time(float(first), rate), time(float(length), rate))
