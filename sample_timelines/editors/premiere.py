"""A timeline as Adobe Premiere Pro 25.6 and later exports it.

Media are percent-encoded file URLs. Picture and sound of one clip share a LinkID that no other pair has. Under a
constant speed a clip's range counts frames of the source, and it plays shorter. No file with markers that Premiere
itself wrote was found; markers here are as its importers expect them, doubled on picture and sound as in its XML.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sample_timelines.clips import BALLOON, SAMPLE_RATE, VIDEO
from sample_timelines.editors.nodes import Node, clip, effect, file, gap, marker, span, speed, text, time, timeline
from sample_timelines.editors.nodes import track as plain_track

RATE = float(VIDEO)

START = 107_892
"""01:00:00;00 in drop-frame counting: 108000 less 2 labels for each of 54 minutes."""

_URL = "file:///Volumes/Footage/Day%2003%20%E2%80%93%20Meadow/C004/"

_LONG_AGO = -100 * 3600
"""Where Premiere puts the key of a value that never changes, in seconds."""


def premiere_2997df() -> str:
    """A cut at 29.97 drop-frame from 01:00:00;00."""
    drift = _marker("RETAKE both: the balloon drops a sandbag", 40, 20)
    faster = _marker("RETAKE", 110, 24, "context=12\nhandles=8\nthe burner flares")
    thunder = _marker("", 170, 1, "RETAKE audio: distant thunder")
    pairs = [(20, 60, 1.0, [drift]), (90, 80, 2.0, [faster]), (150, 50, 1.0, [thunder])]
    picture, sound = [], []
    looks = [_intrinsics(scale=125.0), _intrinsics(crop=10.0), _intrinsics()]
    for number, (first, count, scalar, markers) in enumerate(pairs, 1):
        source = span(BALLOON.start + first, count, RATE)
        warp = [speed(scalar, "Speed", "Speed", enabled=True)] if scalar != 1 else []
        picture.append(_clip(source, number, [*looks[number - 1], *warp], markers))
        sound.append(_clip(source, number, [*_volume(), *warp], markers, channels=2))
    # 15 frames of nothing before the last pair.
    picture.insert(2, gap(15, RATE))
    sound.insert(2, gap(15, RATE))
    stereo = {"AudioChannels": {"ChannelType": "Stereo", "NumberOfChannels": 2}}
    return text(
        timeline(
            "Meadow_v02",
            time(START, RATE),
            [
                plain_track("Video 1", "Video", picture),
                plain_track("Audio 1", "Audio", sound, metadata={"PremierePro_OTIO": stereo}, effects=_mixer()),
            ],
            metadata={"PremierePro_OTIO": {"MetadataVersion": "1.0"}},
            stack="Meadow_v02",
            stack_metadata={
                "PremierePro_OTIO": {
                    "AudioFrameRate": float(SAMPLE_RATE),
                    "PixelAspectRatio": {"denominator": 1.0, "numerator": 1.0},
                    "VideoFrameRate": RATE,
                    "VideoResolution": {"height": 1080, "width": 1920},
                }
            },
            markers=[
                marker("RETAKE", "GREEN", span(46, 10, RATE), comment="seam=mark\nthe sky turns to dusk"),
                marker("reel 1 ends", "RED", span(150, 1, RATE)),
            ],
        )
    )


def _clip(source: Node, link: int, effects: Sequence[Node], markers: Sequence[Node], channels: int = 0) -> Node:
    about: dict[str, Any] = {}
    if channels:
        assigned = [{"SecondaryChannelIndex": number} for number in range(channels)]
        about["AudioChannels"] = {"ChannelType": "Stereo", "SecondaryAssignments": assigned}
    about |= {"LinkID": str(link), "OriginalChannelGroupIndex": 0, "SourceClipIndex": 0}
    media = file(_URL + BALLOON.file, span(BALLOON.start, BALLOON.frames, RATE))
    name = BALLOON.file
    return clip(name, source, media, metadata={"PremierePro_OTIO": about}, effects=effects, markers=markers)


def _marker(name: str, first: int, count: int, comment: str = "") -> Node:
    return marker(name, "GREEN", span(BALLOON.start + first, count, RATE), comment=comment)


# --- effects --------------------------------------------------------------------------------------------------------


def _effect(match: str, kind: str, name: str, intrinsic: bool, parameters: Sequence[Node]) -> Node:
    about = {"IsIntrinsic": intrinsic, "MatchName": match, "Parameters": list(parameters)}
    return effect(name, kind, {"PremierePro_OTIO": about}, enabled=True)


def _fixed(name: str, number: int, value: object) -> Node:
    start = {"Position": time(round(_LONG_AGO * RATE), RATE), "Value": value}
    return {"DisplayName": name, "ID": number, "StartValue": start}


def _keyed(name: str, number: int) -> Node:
    return {"DisplayName": name, "ID": number, "Keyframes": []}


def _intrinsics(scale: float = 100.0, crop: float = 0.0) -> list[Node]:
    """Opacity and motion; ``scale`` punches in, ``crop`` takes so much of a hundred off the left side."""
    centre = {"X": 0.5, "Y": 0.5}
    opacity = [_fixed("Opacity", 1, 100.0), _fixed("Blend Mode", 2, 18), _fixed("Blend Mode", 3, 0)]
    names = ["Anti-flicker Filter", "Crop Left", "Crop Top", "Crop Right", "Crop Bottom"]
    motion = [
        _fixed("Position", 1, centre),
        _fixed("Scale", 2, scale),
        _fixed("Scale Width", 3, 100.0),
        _fixed(" ", 4, True),
        _fixed("Rotation", 5, 0.0),
        _fixed("Anchor Point", 6, centre),
        *(_fixed(name, number, crop if name == "Crop Left" else 0.0) for number, name in enumerate(names, 7)),
    ]
    return [
        _effect("AE.ADBE Opacity", "Opacity", "", True, opacity),
        _effect("AE.ADBE Motion", "Motion", "", True, motion),
    ]


def _volume() -> list[Node]:
    return [
        _effect("Internal Volume Stereo", "Volume", "", True, [_keyed("Mute", 0), _keyed("Level", 1)]),
        _effect("PanProcessor", "Panner", "Panner", False, [_fixed("Balance", 0, 0.5)]),
    ]


def _mixer() -> list[Node]:
    return [
        _effect("AudioFader", "Track", "", False, [_keyed("Volume", 0), _keyed("Mute", 1)]),
        _effect("PanProcessor", "Panner", "Panner", False, [_keyed("Balance", 0)]),
    ]
