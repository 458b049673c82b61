"""What a take is written as in an .fcpxml file: an asset, and a clip of it that looks like the clip it stands in for.

Order and names of elements and attributes are those of the document types:
https://developer.apple.com/documentation/professional-video-applications/fcpxml-reference
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from ..takes import Placement, TakeFile
from .fcpxml_resources import Asset
from .fcpxml_story import Part
from .fcpxml_times import LARGEST, Ramp, retime, seconds, spelled
from .fcpxml_tracks import Spot
from .signature import signature
from .xml_document import Element, Splice, XmlDocument, attributes_of

PICTURE = (
    "adjust-crop", "adjust-corners", "adjust-conform", "adjust-transform", "adjust-blend", "adjust-stabilization",
    "adjust-rollingShutter", "adjust-360-transform", "adjust-reorient", "adjust-orientation", "adjust-cinematic",
    "adjust-colorConform", "adjust-stereo-3D",
)  # fmt: skip
"""Adjustments of the picture, in the order in which they must stand."""

SOUND = ("adjust-loudness", "adjust-noiseReduction", "adjust-humReduction", "adjust-EQ", "adjust-matchEQ",
         "adjust-voiceIsolation", "adjust-volume", "adjust-panner")  # fmt: skip
"""Adjustments of the sound, likewise."""

_LIKE_THE_ORIGINAL = (
    "videoSources", "customLUTOverride", "colorSpaceOverride", "projectionOverride", "stereoscopicOverride",
    "heroEyeOverride",
)  # fmt: skip
_LIKE_ITS_SOUND = ("hasAudio", "audioSources", "audioChannels", "audioRate")


def tag(name: str, attributes: Iterable[tuple[str, str]], inside: str = "") -> str:
    """An element; attributes without a value are left out."""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes if value)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def note(take: TakeFile) -> str:
    """The line by which a clip says that it is a take of ours."""
    return f"<note>{escape(signature(take))}</note>"


def time(value: Fraction, scale: int) -> str:
    """A time as it is written: exact, or as near as the format's 32 bits come."""
    if value.denominator >= LARGEST:
        value = value.limit_denominator(LARGEST - 1)
    return spelled(value, scale)


def scale_of(rate: Fraction) -> int:
    """The denominator over which times at ``rate`` are written."""
    return rate.numerator if rate.denominator != 1 else rate.numerator * 100


def picture_asset(
    placement: Placement, ident: str, src: str, original: Asset | None, own_format: str, modern: bool
) -> str:
    """The asset of a picture take; ``modern`` are versions that keep the file in a ``media-rep``."""
    like = original.element if original is not None else None
    first, length = placement.available
    scale = scale_of(placement.clock)
    attributes = [
        ("id", ident),
        ("name", placement.take.name),
        ("src", "" if modern else src),
        ("start", time(first / placement.clock, scale)),
        ("duration", time(length / placement.clock, scale)),
        ("hasVideo", "1"),
        ("format", own_format),
    ]
    for name in (*_LIKE_ITS_SOUND, *_LIKE_THE_ORIGINAL):
        attributes.append((name, like.get(name) if like is not None else ""))
    return tag("asset", attributes, _file(src) if modern else "")


def sound_asset(placement: Placement, ident: str, src: str, original: Element | None, modern: bool) -> str:
    """The asset of a sound take."""
    spec = placement.take.spec
    first, length = placement.available
    attributes = [
        ("id", ident),
        ("name", placement.take.name),
        ("src", "" if modern else src),
        ("start", time(first / placement.clock, spec.sound_rate)),
        ("duration", time(length / placement.clock, spec.sound_rate)),
        ("hasAudio", "1"),
        ("audioSources", "1"),
        ("audioChannels", original.get("audioChannels") if original is not None else ""),
        ("audioRate", str(spec.sound_rate)),
    ]
    return tag("asset", attributes, _file(src) if modern else "")


def _file(src: str) -> str:
    return tag("media-rep", [("kind", "original-media"), ("src", src)])


# --- the look -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """What is copied into a take. ``start`` is the take's own time at its first frame, ``lost`` what has no copy."""

    start: Fraction
    timing: str
    picture: str
    sound: str
    channels: str
    filters: str
    lost: tuple[str, ...]


def look(document: XmlDocument, spot: Spot, second: Fraction, shown: Fraction, speed: Fraction, scale: int) -> Look:
    """The look of a clip, for a take whose frame at ``second`` of the sequence is the media's second ``shown``.

    The take plays its media directly, in the clip's own time where that is the media's; what is animated is moved where
    it is not. ``speed`` is how many seconds of the media one of the sequence takes.
    """
    chain = spot.picture.chain
    start, timing = _timing(document, chain, second, shown, speed, scale)
    inner = [(_dressed(part.element), start - part.axis.local(second)) for part in chain]
    found: dict[str, str] = {}
    lost: list[str] = []
    filters: list[str] = []
    for depth, (element, shift) in enumerate(inner):
        here = []
        for child in element.children:
            if child.name in PICTURE:
                text = moved(document, child, shift)
                if found.setdefault(child.name, text) != text:
                    lost.append(f"{child.name} of {element.get('name') or 'what is in it'}")
            elif child.name in ("filter-video", "filter-video-mask"):
                here.append(moved(document, child, shift))
            elif child.name == "object-tracker":
                lost.append("object-tracker")
        # What is inside is filtered before what holds it.
        filters = here + filters if depth else here
    own = chain[0].element
    shift = inner[0][1]

    def mine(*names: str) -> str:
        return "".join(moved(document, child, shift) for name in names for child in own.all(name))

    return Look(
        start=start,
        timing=timing,
        picture="".join(found[name] for name in PICTURE if name in found),
        sound=mine(*SOUND),
        channels=mine("audio-channel-source"),
        filters="".join(filters) + "\0" + mine("filter-audio"),
        lost=tuple(dict.fromkeys(lost)),
    )


def _dressed(element: Element) -> Element:
    """Where an element keeps the look of its picture: in a multicam clip that is the source which is seen."""
    if element.name != "mc-clip":
        return element
    seen = (s for s in element.all("mc-source") if s.get("srcEnable", "all") in ("all", "video"))
    return next(seen, element)


def _timing(
    document: XmlDocument, chain: tuple[Part, ...], second: Fraction, shown: Fraction, speed: Fraction, scale: int
) -> tuple[Fraction, str]:
    """The take's own time at ``second``, and the elements that make it run as the clip does."""
    conforms = [c for part in chain for c in part.element.children if c.name == "conform-rate"]
    maps = [c for part in chain for c in part.element.children if c.name == "timeMap"]
    conform = next((c for c in conforms if c.get("scaleEnabled", "1") != "0"), conforms[0] if conforms else None)
    text = source_of(document, conform) if conform is not None else ""
    if not maps:
        return shown, text
    if len(chain) == 1:
        ramp = retime(chain[0].element, Fraction(24)).ramp
        if ramp is None:
            return shown, text
        return _unramped(ramp, shown), text + source_of(document, maps[0])
    # The media lies deeper: a map of the take's own, on the same line.
    local = chain[0].axis.local(second)
    points = [(seconds(p.get("time")), p.get("interp")) for p in maps[0].all("timept")]
    ends = [t for t, _ in points[:1] + points[-1:]] if len(points) > 1 else [local, local + 1]
    return local, text + time_map([(t, shown + (t - local) * speed) for t in ends], scale)


def time_map(points: Iterable[tuple[Fraction, Fraction]], scale: int) -> str:
    """A map from a clip's own time to that of its media: a line through two points."""
    lines = (
        tag("timept", [("time", time(there, scale)), ("value", time(value, scale)), ("interp", "smooth2")])
        for there, value in points
    )
    return f"<timeMap>{''.join(lines)}</timeMap>"


def _unramped(ramp: Ramp, shown: Fraction) -> Fraction:
    return ramp.time + (shown - ramp.value) / ramp.speed


def source_of(document: XmlDocument, element: Element) -> str:
    """An element as it stands in the document."""
    return document.data[element.start : element.end].decode(document.encoding)


def moved(document: XmlDocument, element: Element, shift: Fraction) -> str:
    """The same with its keyframes ``shift`` seconds later."""
    if shift == 0:
        return source_of(document, element)
    splices = list(_later(document, element, shift))
    parts: list[str] = []
    at = element.start
    for splice in sorted(splices, key=lambda s: s.start):
        parts += [document.data[at : splice.start].decode(document.encoding), splice.text]
        at = splice.end
    return "".join([*parts, document.data[at : element.end].decode(document.encoding)])


def _later(document: XmlDocument, element: Element, shift: Fraction) -> Iterator[Splice]:
    for keyframe in element.every("keyframe"):
        said = keyframe.get("time")
        for there in attributes_of(document, keyframe):
            if there.name == "time" and said:
                value = seconds(said) + shift
                yield Splice(there.value, there.end, quoteattr(time(value, value.denominator)))
