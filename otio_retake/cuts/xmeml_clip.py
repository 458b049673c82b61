"""A take as a clip of FCP 7 XML: written as the clip below it is, with its own file, its own frames and its signature.

https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/Elements/Elements.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ..rates import NTSC, BadTimecode, nominal, parse_timecode, settle, timecode
from .model import Clip, Exact
from .signature import signature
from .xmeml_counting import TICKS, number
from .xmeml_filters import Moved, copied_filter, written
from .xmeml_reader import Laid
from .xmeml_text import Style, style_at, text_of
from .xml_document import Element, Splice, XmlDocument, set_text

if TYPE_CHECKING:
    from ..takes import Placement, TakeFile

_AS_BELOW = {"rate", "alphatype", "alphareverse", "pixelaspectratio", "anamorphic", "fielddominance", "compositemode",
             "colorinfo", "gamma", "stillframe"}  # fmt: skip
"""What a take has as the clip below it does; its filters besides."""

_NOT_LOOK = {"uuid", "link", "marker", "subclipinfo", "sourcetrack", "syncoffset", "subframeoffset", "itemhistory",
             "masterclip", "ismasterclip", "mediadelay", "logginginfo", "comments", "labels"}  # fmt: skip
"""What belongs to the clip below alone, and has nothing to do with how it looks."""

_LABELS = ("Mango", "Rose")
"""Premiere's label colours for takes; the second where the clip below has the first."""


@dataclass(frozen=True, slots=True)
class Placing:
    """One take and where it goes: the clip below, how that stands in the document, and what the take is called there.

    ``defines`` is whether its file is given here, not earlier in the document.
    """

    placement: Placement
    lower: Clip
    laid: Laid
    rate: Fraction
    url: str
    ident: str
    defines: bool
    premiere: bool

    @property
    def take(self) -> TakeFile:
        """The take."""
        return self.placement.take

    @property
    def file_id(self) -> str:
        """The id of the take's file."""
        return file_id(self.take)


def file_id(take: TakeFile) -> str:
    """The id under which a take's file stands in a document."""
    return f"retake-file-{take.ident}"


def moved_of(placing: Placing) -> tuple[Moved, Fraction]:
    """Where the take's frames are, and its exact in point, which need not be a whole frame of the clip."""
    placement, counting = placing.placement, placing.laid.counting
    first, end = placement.record
    per = counting.file / counting.unit
    into = placement.source - placement.available[0]
    exact = settle(into / counting.step)
    # A graph says which frame the in point is, so nothing before it is shown; without one the nearest is best.
    begins = math.floor(exact) if counting.scalar != 1 else math.floor(exact + Fraction(1, 2))
    length = (end - first) * counting.unit / placing.rate * (1 if counting.retimed else counting.scalar)
    ends = begins + max(math.floor(length + Fraction(1, 2)), 1)
    most = max(math.floor(placement.available[1] / counting.step), ends)
    lower, zero = placing.lower, placing.lower.media.start
    below = lower.source_of(first, first).first - (Fraction(zero.value) if zero is not None else 0)
    there = settle((below - counting.shift) / counting.step)
    moved = Moved(
        shift=there - begins,
        span=(begins, ends),
        length=most,
        old=number(placing.laid.element.said("duration")),
        scalar=counting.scalar if counting.retimed else Fraction(1),
        anchor=settle(into / per) if counting.retimed else Fraction(begins),
        media=settle(placement.available[1] / per),
    )
    return moved, exact


def take_clip(document: XmlDocument, style: Style, placing: Placing) -> tuple[str, list[str], list[str]]:
    """The clip for a take above: its text, what should be known of it, what it has not of the clip below."""
    moved, exact = moved_of(placing)
    warnings: list[str] = []
    left_out: list[str] = []
    if exact != moved.span[0]:
        if moved.scalar != 1:
            what = "at the clip's speed its first frame lies between two; a speed graph says which frame it is"
        else:
            what = "its first frame lies between two frames of the cut, and is written as the nearest"
        warnings.append(f"{what}: compare it with the clip below")
    if "native" in placing.take.spec.made_as:
        warnings.append("it has its service's own size: scale it to fit the clip below")
    inner = style.inner
    values = _values(placing, moved)
    parts: list[str] = []
    seen: set[str] = set()
    below = placing.laid.element
    lead = style_at(document, below).inner.lead
    for child in below.children:
        if child.name == "filter":
            text, loss = copied_filter(document, child, moved)
            parts.append(inner.moved(text, lead))
            if loss:
                warnings.append(loss)
        elif child.name == "file":
            parts.append(_file(document, inner, placing))
        elif child.name in values:
            parts.append(inner.tag(child.name, values[child.name]))
        elif child.name in _AS_BELOW:
            parts.append(inner.moved(text_of(document, child), lead))
        elif child.name not in _NOT_LOOK and child.name not in ("pproTicksIn", "pproTicksOut", "masterclipid"):
            left_out.append(f"<{child.name}> of the clip below was not copied")
        seen.add(child.name)
    parts += [inner.tag(name, values[name]) for name in _NEEDED if name not in seen]
    parts += _identity(inner, placing, moved.span[0], below)
    attributes = {**below.attributes, "id": placing.ident}
    return style.block("clipitem", parts, attributes), warnings, left_out


_NEEDED = ("name", "enabled", "duration", "start", "end", "in", "out")


def _values(placing: Placing, moved: Moved) -> dict[str, str]:
    placement, take = placing.placement, placing.take
    values = {
        "masterclipid": f"retake-master-{take.ident}",
        "name": take.name,
        "enabled": "TRUE" if placement.activate else "FALSE",
        "duration": str(moved.length),
        "start": written(placement.record[0]),
        "end": written(placement.record[1]),
        "in": str(moved.span[0]),
        "out": str(moved.span[1]),
    }
    ticks = _ticks(placing)
    if ticks is not None:
        values["pproTicksIn"], values["pproTicksOut"] = str(ticks[0]), str(ticks[1])
    return values


def _ticks(placing: Placing) -> tuple[int, int] | None:
    """Premiere's exact in and out, where the clip below has them and they count as its frames do."""
    counting, placement = placing.laid.counting, placing.placement
    said = number(placing.laid.element.said("pproTicksIn"))
    if said is None or counting.scalar != 1:
        return None
    if abs(Fraction(said) / TICKS - Fraction(placing.laid.span[0]) / counting.unit) * counting.unit >= 1:
        return None
    first = (placement.source - placement.available[0]) / counting.file
    return round(first * TICKS), round((first + (placement.record[1] - placement.record[0]) / placing.rate) * TICKS)


def _identity(inner: Style, placing: Placing, begins: int, below: Element) -> list[str]:
    """What says that the clip is a take, in every place that an editor may keep."""
    line, deep = signature(placing.take), inner.inner
    label = _LABELS[below.said("labels", "label2") == _LABELS[0]]
    marker = [deep.tag("comment", line), deep.tag("name", f"otio-retake v{placing.take.version:03}")]
    marker += [deep.tag("in", begins), deep.tag("out", -1)]
    log = [deep.tag(name, "") for name in ("description", "scene", "shottake")]
    return [
        inner.block("marker", marker),
        inner.block("logginginfo", [*log, deep.tag("lognote", line)]),
        inner.block("labels", [deep.tag("label2", label)]),
        inner.block("comments", [deep.tag("mastercomment1", line)]),
    ]


# --- files ----------------------------------------------------------------------------------------------------------


def _file(document: XmlDocument, style: Style, placing: Placing) -> str:
    if not placing.defines:
        return f'<file id="{placing.file_id}"/>'
    take, counting, length = placing.take, placing.laid.counting, placing.placement.available[1]
    inner = style.inner
    below = placing.laid.file
    picture = below.first("media", "video") if below is not None else None
    shape = inner.inner.block("video", [])
    if picture is not None and "native" not in take.spec.made_as:
        said = picture.first("duration")
        splices: list[Splice] = [set_text(said, written(settle(length)))] if said is not None else []
        shape = inner.inner.moved(text_of(document, picture, splices), style_at(document, picture).lead)
    parts = [
        inner.tag("name", take.path.name),
        inner.tag("pathurl", placing.url),
        rate_text(inner, counting.file),
        inner.tag("duration", written(settle(length))),
        _label(inner, placing, counting.file, take.spec.timecode),
        inner.block("media", [shape]),
    ]
    return style.block("file", parts, {"id": placing.file_id})


def _label(style: Style, placing: Placing, rate: Fraction, label: str) -> str:
    try:
        frame, drop = parse_timecode(label, rate)
    except BadTimecode:
        frame, drop = 0, False
    inner = style.inner
    parts = [
        rate_text(inner, rate),
        inner.tag("string", label or timecode(0, rate)),
        inner.tag("frame", frame),
        inner.tag("displayformat", "DF" if drop else "NDF"),
        inner.block("reel", [inner.inner.tag("name", placing.take.name)]),
    ]
    return style.block("timecode", parts)


def rate_text(style: Style, rate: Fraction) -> str:
    """A rate as this form writes it."""
    base = nominal(rate)
    inner = style.inner
    ntsc = "TRUE" if rate == base * NTSC else "FALSE"
    return style.block("rate", [inner.tag("timebase", base), inner.tag("ntsc", ntsc)])


# --- sound ----------------------------------------------------------------------------------------------------------


def sound_clips(style: Style, placing: Placing) -> list[str]:
    """The clips for a take of sound: one for each channel, linked, each for a track of its own."""
    placement, rate = placing.placement, placing.rate
    speed = placement.speed
    begins = math.floor(settle((placement.source - placement.available[0]) / speed) + Fraction(1, 2))
    ends = begins + int(placement.record[1] - placement.record[0])
    length = max(math.floor(placement.available[1] / speed), ends)
    count = channels_in(placing.take.path)
    names = [placing.ident if k == 0 else f"{placing.ident}-{k + 1}" for k in range(count)]
    inner = style.inner
    values = _values(placing, Moved(Fraction(0), (begins, ends), length, None, speed, Fraction(0), Fraction(0)))
    values["enabled"] = "FALSE"
    clips = []
    for channel, name in enumerate(names):
        master = [inner.tag("masterclipid", values["masterclipid"])] if placing.premiere else []
        file = (
            _sound_file(inner, placing, count)
            if channel == 0 and placing.defines
            else f'<file id="{placing.file_id}"/>'
        )
        track = [inner.inner.tag("mediatype", "audio"), inner.inner.tag("trackindex", channel + 1)]
        parts = [
            *master,
            *(inner.tag(key, values[key]) for key in ("name", "enabled", "duration")),
            rate_text(inner, rate),
            *(inner.tag(key, values[key]) for key in ("start", "end", "in", "out")),
            file,
            inner.block("sourcetrack", track),
            *([_sound_speed(inner, speed)] if speed != 1 else []),
            *(_links(inner, names) if count > 1 else []),
            *_identity(inner, placing, begins, placing.laid.element),
        ]
        clips.append(style.block("clipitem", parts, {"id": name}))
    return clips


def _links(style: Style, names: list[str]) -> list[str]:
    inner = style.inner
    return [style.block("link", [inner.tag("linkclipref", name), inner.tag("mediatype", "audio")]) for name in names]


def _sound_file(style: Style, placing: Placing, count: int) -> str:
    inner, deep, rate = style.inner, style.inner.inner, placing.rate
    take, placement = placing.take, placing.placement
    shape = [deep.inner.inner.tag("samplerate", take.spec.sound_rate)] if take.spec.sound_rate else []
    audio = [deep.inner.block("samplecharacteristics", shape)]
    label = timecode(math.floor(placement.available[0]), rate)
    parts = [
        inner.tag("name", take.path.name),
        inner.tag("pathurl", placing.url),
        rate_text(inner, rate),
        inner.tag("duration", math.floor(placement.available[1])),
        _label(inner, placing, rate, label),
        inner.block("media", [deep.block("audio", [*audio, deep.inner.tag("channelcount", count)])]),
    ]
    return style.block("file", parts, {"id": placing.file_id})


def _sound_speed(style: Style, speed: Fraction) -> str:
    inner, deep = style.inner, style.inner.inner
    effect = [deep.tag("name", "Time Remap"), deep.tag("effectid", "timeremap"), deep.tag("effectcategory", "motion")]
    effect += [deep.tag("effecttype", "motion"), deep.tag("mediatype", "audio")]
    for name, value in (("variablespeed", "0"), ("speed", written(speed * 100)), ("reverse", "FALSE")):
        said = [deep.inner.tag("parameterid", name), deep.inner.tag("name", name), deep.inner.tag("value", value)]
        effect.append(deep.block("parameter", said))
    return style.block("filter", [inner.block("effect", effect)])


def channels_in(path: Path) -> int:
    """How many channels a wave file has; 1 where it cannot be told."""
    try:
        with path.open("rb") as wave:
            head = wave.read(1 << 16)
    except OSError:
        return 1
    at = 12
    while at + 24 <= len(head) and head[:4] in (b"RIFF", b"RF64"):
        if head[at : at + 4] == b"fmt ":
            return max(int.from_bytes(head[at + 10 : at + 12], "little"), 1)
        at += 8 + (size := int.from_bytes(head[at + 4 : at + 8], "little")) + size % 2
    return 1


def overlap(one: tuple[Exact, Exact], other: tuple[Exact, Exact]) -> bool:
    """Whether two record ranges share a frame."""
    return one[0] < other[1] and other[0] < one[1]
