"""A timeline as Hiero and Nuke Studio 13.2 and later export it.

Rates are in single precision. Tags become markers of no length at the clip's first frame, red, with their note in
the metadata; ``applieswhole`` says that one is meant for all of its clip. Everything that is known of the media
stands, as text, with its reference. Under a constant speed a clip's range is as long as it plays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sample_timelines.clips import LIGHTHOUSE
from sample_timelines.editors.nodes import Node, clip, file, gap, marker, span, speed, text, time, timeline, track

RATE = 23.976024627685547
"""24000/1001 in single precision, written in double."""

_FOLDER = "X:/shows/beacon/plates/day_04/"


def hiero_23976() -> str:
    """A cut at 23.976 frames a second from 00:00:00:00."""
    start = LIGHTHOUSE.start
    picture = [
        _shot("sh010", start + 16, 48, [_tag("RETAKE", "the beam goes out, then comes back")]),
        _shot("sh020", start + 70, 32, [_tag("RETAKE both x2", "a gust bends the beam")], [_speed(2)]),
        gap(10, RATE),
        _shot("sh030", start + 100, 40, [_tag("Approved", "client, day 2")]),
    ]
    sound = [_shot("sh010", start + 16, 48), gap(42, RATE), _shot("sh030", start + 100, 40)]
    fog = _tag("RETAKE: fog rolls in", "", item="VideoTrack", place=span(100, 20, RATE), whole=False)
    return text(
        timeline(
            "beacon_reel_2_v014",
            time(0, RATE),
            [track("Video 1", "Video", picture, markers=[fog]), track("Audio 1", "Audio", sound)],
            metadata={
                "foundry.timeline.colorSpace": "Output - Rec.709",
                "foundry.timeline.duration": "130",
                "foundry.timeline.framerate": "23.976",
                "foundry.timeline.outputformat": "1920,1080,1,HD_1080",
                "foundry.timeline.samplerate": "48000",
            },
            stack="tracks",
        )
    )


def _shot(name: str, first: int, count: int, tags: Sequence[Node] = (), effects: Sequence[Node] = ()) -> Node:
    media = file(_FOLDER + LIGHTHOUSE.file, span(LIGHTHOUSE.start, LIGHTHOUSE.frames, RATE), metadata=_known())
    return clip(name, span(first, count, RATE), media, effects=effects, markers=tags)


def _speed(scalar: float) -> Node:
    return speed(scalar, "Speed", "LinearTimeWarp")


def _tag(name: str, note: str, *, item: str = "TrackItem", place: Node | None = None, whole: bool = True) -> Node:
    about: dict[str, Any] = {"applieswhole": str(int(whole)), "hiero_source_type": item, "label": name, "note": note}
    return marker(name, "RED", place or span(0, 0, RATE), comment=None, metadata=about)


def _known() -> Node:
    width, height = LIGHTHOUSE.size
    return {
        "clip.properties.blendfunc": "0",
        "clip.properties.colourspacename": "default",
        "clip.properties.enabled": "1",
        "clip.properties.expanded": "1",
        "clip.properties.opacity": "1",
        "foundry.source.bitsperchannel": "10",
        "foundry.source.channelformat": "integer",
        "foundry.source.colourtransform": "Output - Rec.709",
        "foundry.source.duration": str(LIGHTHOUSE.frames),
        "foundry.source.filename": LIGHTHOUSE.file,
        "foundry.source.framerate": "23.976",
        "foundry.source.height": str(height),
        "foundry.source.path": _FOLDER + LIGHTHOUSE.file,
        "foundry.source.pixelAspect": "1",
        "foundry.source.reelID": LIGHTHOUSE.reel,
        "foundry.source.samplerate": "48000",
        "foundry.source.shortfilename": LIGHTHOUSE.file,
        "foundry.source.startTC": LIGHTHOUSE.timecode,
        "foundry.source.starttime": str(LIGHTHOUSE.start),
        "foundry.source.timecode": str(LIGHTHOUSE.start),
        "foundry.source.width": str(width),
        "foundry.timeline.colorSpace": "Output - Rec.709",
        "foundry.timeline.duration": str(LIGHTHOUSE.frames),
        "foundry.timeline.framerate": "23.976",
        "media.input.filereader": "mov64",
        "media.input.frame_rate": "23.976",
        "media.input.height": str(height),
        "media.input.timecode": LIGHTHOUSE.timecode,
        "media.input.width": str(width),
        "media.quicktime.codec_id": "apcn",
    }
