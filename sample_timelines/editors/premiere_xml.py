"""A timeline as Adobe Premiere Pro exports it as Final Cut Pro XML.

A file is given once and named by its id afterwards. Picture and sound are linked, and carry the same markers; a stereo
clip lies on two tracks of sound. Frames of a clip count from its media's first, as the clip plays. Premiere's own
exact places are in ticks. Titles are files without a path.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from sample_timelines.clips import BALLOON, SAMPLE_RATE, VIDEO
from sample_timelines.editors.elements import (
    TICKS,
    Node,
    document,
    effect,
    keyframe,
    label,
    marker,
    node,
    parameter,
    rate,
)
from sample_timelines.editors.premiere import START

_URL = "file://localhost/Volumes/Footage/Day%2003%20%E2%80%93%20Meadow/C004/"
_RED = 4281740498
_CHANNELS = 2


@dataclass
class _Pair:
    """A clip of picture and the sound that belongs to it; ``first`` and ``count`` are frames of the source."""

    number: int
    start: int
    first: int
    count: int
    markers: list[Node]
    percent: int = 100
    filters: list[Node] = field(default_factory=list)

    @property
    def span(self) -> tuple[int, int]:
        """In and out, as it plays."""
        return self.first * 100 // self.percent, (self.first + self.count) * 100 // self.percent

    @property
    def ids(self) -> list[str]:
        """Picture, left, right."""
        return [f"clipitem-{self.number + 3 * row}" for row in range(1 + _CHANNELS)]


def premiere_2997df_xml() -> str:
    """The cut of ``premiere_2997df`` with a punched-in, a doubled and a cropped clip, and a title above."""
    drift = marker("RETAKE both: the balloon drops a sandbag", "", 40, 60)
    faster = marker("RETAKE", "context=12\nhandles=8\nthe burner flares", 55, 67)
    thunder = marker("", "RETAKE audio: distant thunder", 170)
    pairs = [
        _Pair(1, 0, 20, 60, [drift], filters=[_punched(20, 80)]),
        _Pair(2, 60, 90, 80, [faster], 200),
        _Pair(3, 115, 150, 50, [thunder], filters=[_cropped(), _faded(150, 162)]),
    ]
    picture = [_picture(pair) for pair in pairs]
    sound = [[_sound(pair, channel) for pair in pairs] for channel in range(_CHANNELS)]
    return document(
        node(
            "sequence",
            node("uuid", "6f0d2f0a-0000-4000-8000-000000000001"),
            node("duration", 165),
            rate(VIDEO),
            node("name", "Meadow_v02"),
            node(
                "media",
                node("video", _format(), _track(picture, ""), _track([_title()], "Titles")),
                node(
                    "audio",
                    node("numOutputChannels", _CHANNELS),
                    *(_track(clips, "", channel) for channel, clips in enumerate(sound)),
                ),
            ),
            label(START, VIDEO, drop=True),
            marker("RETAKE", "seam=mark\nthe sky turns to dusk", 46, 56),
            marker("reel 1 ends", "", 150, colour=_RED),
            node("labels", node("label2", "Forest")),
            id="sequence-1",
            TL_SQTimePerPixel="0.2",
            MZ_EditLine="0",
        )
    )


# --- clips ----------------------------------------------------------------------------------------------------------


def _picture(pair: _Pair) -> Node:
    speed = [_speed(pair)] if pair.percent != 100 else []
    return node(
        "clipitem",
        *_head(pair),
        node("alphatype", "none"),
        node("pixelaspectratio", "square"),
        node("anamorphic", "FALSE"),
        _file(whole=pair.number == 1),
        *pair.filters,
        *speed,
        *pair.markers,
        *_links(pair),
        *_tail(),
        id=pair.ids[0],
        frameBlend="FALSE",
    )


def _sound(pair: _Pair, channel: int) -> Node:
    speed = [_speed(pair, "audio")] if pair.percent != 100 else []
    return node(
        "clipitem",
        *_head(pair),
        _file(whole=False),
        node("sourcetrack", node("mediatype", "audio"), node("trackindex", channel + 1)),
        *speed,
        *pair.markers,
        *_links(pair),
        *_tail(),
        id=pair.ids[1 + channel],
        premiereChannelType="stereo",
    )


def _head(pair: _Pair) -> list[Node]:
    first, end = pair.span
    ticks = [round(Fraction(frame) / VIDEO * TICKS) for frame in pair.span]
    return [
        node("masterclipid", "masterclip-1"),
        node("name", BALLOON.file),
        node("enabled", "TRUE"),
        node("duration", BALLOON.frames * 100 // pair.percent),
        rate(VIDEO),
        node("start", pair.start),
        node("end", pair.start + end - first),
        node("in", first),
        node("out", end),
        node("pproTicksIn", ticks[0]),
        node("pproTicksOut", ticks[1]),
    ]


def _links(pair: _Pair) -> list[Node]:
    found = []
    for row, ident in enumerate(pair.ids):
        kind = "audio" if row else "video"
        group = node("groupindex", 1) if row else None
        place = node("trackindex", max(row, 1)), node("clipindex", pair.number)
        found.append(node("link", node("linkclipref", ident), node("mediatype", kind), *place, group))
    return found


def _tail() -> list[Node]:
    log = [node(name, "") for name in ("description", "scene", "shottake", "lognote")]
    return [node("logginginfo", *log), node("labels", node("label2", "Iris"))]


def _file(*, whole: bool) -> Node:
    if not whole:
        return node("file", id="file-1")
    width, height = BALLOON.size
    return node(
        "file",
        node("name", BALLOON.file),
        node("pathurl", _URL + BALLOON.file),
        rate(VIDEO),
        node("duration", BALLOON.frames),
        node(
            "timecode",
            *label(BALLOON.start, VIDEO, drop=True).children,
            node("reel", node("name", BALLOON.reel)),
        ),
        node(
            "media",
            node("video", _characteristics(width, height)),
            node(
                "audio",
                node("samplecharacteristics", node("depth", 16), node("samplerate", SAMPLE_RATE)),
                node("channelcount", _CHANNELS),
            ),
        ),
        id="file-1",
    )


def _title() -> Node:
    """A title over the end of the first clip, to be looked through."""
    hour = 108_000
    return node(
        "clipitem",
        node("masterclipid", "masterclip-2"),
        node("name", "Graphic"),
        node("enabled", "TRUE"),
        node("duration", 12 * hour),
        rate(VIDEO),
        node("start", 40),
        node("end", 60),
        node("in", hour),
        node("out", hour + 20),
        node("alphatype", "straight"),
        node(
            "file",
            node("name", "Graphic"),
            node("mediaSource", "GraphicAndType"),
            rate(VIDEO),
            label(0, VIDEO, drop=True),
            node("media", node("video", _characteristics(1920, 1080))),
            id="file-2",
        ),
        effect("Text", "GraphicAndType", "graphic", parameter("1", "Source Text", "0", "0", "MEADOW")),
        *_tail(),
        id="clipitem-10",
    )


# --- effects --------------------------------------------------------------------------------------------------------


def _speed(pair: _Pair, media: str = "video") -> Node:
    first, end = pair.span
    points = [
        (0, 0, "speedkfstart"),
        (first, pair.first, "speedkfin"),
        (end, pair.first + pair.count, "speedkfout"),
        (BALLOON.frames * 100 // pair.percent, BALLOON.frames, "speedkfend"),
    ]
    graph = [keyframe(when, str(value), "speedvirtualkf", flag) for when, value, flag in points]
    curve = node("interpolation", node("name", "FCPCurve"))
    return effect(
        "Time Remap",
        "timeremap",
        "motion",
        parameter("variablespeed", "variablespeed", "0", "1", "0"),
        parameter("speed", "speed", "-100000", "100000", str(pair.percent)),
        parameter("reverse", "reverse", "0", "1", "FALSE"),
        parameter("frameblending", "frameblending", "0", "1", "FALSE"),
        parameter("graphdict", "graphdict", "0", str(BALLOON.frames), "0", *graph, curve),
        media=media,
    )


def _punched(first: int, end: int) -> Node:
    """A picture that is slowly pushed in on, from 120 to 150 %."""
    push = [keyframe(first, "120"), keyframe(end, "150")]
    centre = node("value", node("horiz", "0.05"), node("vert", "-0.025"))
    return effect(
        "Basic Motion",
        "basic",
        "motion",
        parameter("scale", "Scale", "0", "1000", "120", *push),
        parameter("rotation", "Rotation", "-8640", "8640", "0"),
        parameter("center", "Center", "-1", "1", centre),
    )


def _cropped() -> Node:
    sides = [("left", "10"), ("right", "5"), ("top", "0"), ("bottom", "8")]
    return effect("Crop", "crop", "motion", *(parameter(name, name, "0", "100", value) for name, value in sides))


def _faded(first: int, end: int) -> Node:
    keys = [keyframe(first, "0"), keyframe(end, "100")]
    return effect("Opacity", "opacity", "motion", parameter("opacity", "opacity", "0", "100", "100", *keys))


# --- tracks ---------------------------------------------------------------------------------------------------------


def _track(clips: list[Node], name: str, channel: int | None = None) -> Node:
    said = {"TL_SQTrackShy": "0", "MZ_TrackTargeted": "1"}
    if name:
        said["MZ_TrackName"] = name
    if channel is not None:
        said |= {"currentExplodedTrackIndex": str(channel), "totalExplodedTrackCount": str(_CHANNELS)}
        said |= {"premiereTrackType": "Stereo"}
    output = node("outputchannelindex", channel + 1) if channel is not None else None
    return node("track", *clips, node("enabled", "TRUE"), node("locked", "FALSE"), output, **said)


def _format() -> Node:
    return node("format", _characteristics(1920, 1080))


def _characteristics(width: int, height: int) -> Node:
    return node(
        "samplecharacteristics",
        rate(VIDEO),
        node("width", width),
        node("height", height),
        node("anamorphic", "FALSE"),
        node("pixelaspectratio", "square"),
        node("fielddominance", "none"),
    )
