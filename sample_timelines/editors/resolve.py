"""Timelines as DaVinci Resolve 18.5 and later exports them.

Paths are bare and absolute. Ranges count from the media's timecode, in the timeline's rate, in fractions where the
media has another one. Under a constant speed a clip's range is as long as it plays, and its markers are counted as
it plays. A marker's note is metadata.Resolve_OTIO.Note, its comment is empty. Every clip has its row of effects.
"""

from __future__ import annotations

from collections.abc import Sequence

from sample_timelines.clips import CLOCK, CLOCK_SOUND, FISH, HARBOUR, KITE, SAMPLE_RATE, Clip
from sample_timelines.editors.nodes import (
    Node,
    clip,
    effect,
    file,
    gap,
    marker,
    missing,
    span,
    speed,
    text,
    time,
    timeline,
    track,
    transition,
)

_FILM, _PHONE = 24, 30
_VOLUME = "/Volumes/Footage/Harbour Days/"


def resolve_24() -> str:
    """A cut at 24 frames a second from 01:00:00:00, exported on a Mac."""
    rate = _FILM
    first = HARBOUR.start + 24
    harbour = _media(HARBOUR, _VOLUME + "Day 01/A001/", rate)
    clock = _media(CLOCK, _VOLUME + "Day 02/F007/", rate)
    wave = file(
        _VOLUME + "Day 02/Sound/" + CLOCK_SOUND.file,
        span(CLOCK_SOUND.since_midnight // SAMPLE_RATE * rate, CLOCK_SOUND.samples // SAMPLE_RATE * rate, rate),
        name=CLOCK_SOUND.file,
    )
    fish = _media(FISH, _VOLUME + "Day 02/E006/", rate)
    dissolve = transition("Cross Dissolve", 12, 12, rate, _dissolve())
    # Resolve counts a retimed clip's markers as it plays: frame 96 of the media at twice the speed is frame 48.
    doubled = HARBOUR.start + 96 // 2
    picture = [
        clip(
            HARBOUR.file,
            span(first, 72, rate),
            harbour,
            metadata=_linked(1),
            effects=_row(72, zoom=1.25),
            markers=[_marker("RETAKE: a gull lands on the mast", "PINK", span(first + 24, 24, rate))],
        ),
        dissolve,
        clip(
            CLOCK.file,
            span(CLOCK.start + 36, 84, rate),
            clock,
            metadata=_linked(2),
            effects=_row(84),
            markers=[
                _marker(
                    "RETAKE both x2",
                    "MINT",
                    span(CLOCK.start + 60, 1, rate),
                    "handles=12\nthe clock strikes and the cat looks up",
                )
            ],
        ),
        clip(
            HARBOUR.file,
            span(HARBOUR.start + 96, 40, rate),
            harbour,
            metadata=_linked(None),
            effects=[speed(2), *_row(40)],
            markers=[_marker("RETAKE: the boat turns into the wind", "PINK", span(doubled + 10, 12, rate))],
        ),
        clip(FISH.file, span(FISH.start + 12, 60, rate), fish, metadata=_linked(3), effects=_row(60, crop=0.1)),
        clip(
            FISH.file,
            span(FISH.start + 80, 24, rate),
            fish,
            metadata=_linked(4),
            effects=_row(24),
            enabled=False,
        ),
    ]
    above = [gap(190, rate), clip("Text+", span(0, 50, rate), missing("Text+"), metadata=_linked(None))]
    sound = [
        _sound(HARBOUR.file, span(first, 72, rate), harbour, 1),
        _sound(CLOCK_SOUND.file, span(CLOCK.start + 36, 84, rate), wave, 2),
        gap(40, rate),
        _sound(FISH.file, span(FISH.start + 12, 60, rate), fish, 3),
        _sound(FISH.file, span(FISH.start + 80, 24, rate), fish, 4, enabled=False),
    ]
    return text(
        timeline(
            "Harbour Days v03",
            time(3600 * rate, rate),
            [_picture("Video 1", picture), _picture("Video 2", above), _audio("Audio 1", sound)],
            metadata=_VERSION,
            markers=[
                _marker("Marker 1", "BLUE", span(20, 1, rate), "music in"),
                _marker("Marker 2", "CREAM", span(204, 30, rate), "RETAKE: the big fish turns away from the camera"),
            ],
        )
    )


def phone_30() -> str:
    """A cut at 30 frames a second from 00:00:00:00, exported on Windows: a phone's portrait picture, and 24 in 30."""
    rate = _PHONE
    folder = "D:\\Footage\\Holiday\\"
    kite, fish = _media(KITE, folder, rate), _media(FISH, folder + "Aquarium\\", rate)
    # 13 frames into media at 24 are 16.25 frames of the timeline.
    into = FISH.start * rate / 24 + 16.25
    picture = [
        clip(
            KITE.file,
            span(10, 90, rate),
            kite,
            metadata=_linked(1),
            effects=_row(90),
            markers=[_marker("RETAKE x2: the kite loops once", "SKY", span(40, 30, rate), "seam=mark")],
        ),
        clip(
            FISH.file,
            span(into, 45, rate),
            fish,
            metadata=_linked(2),
            effects=_row(45),
            markers=[_marker("RETAKE", "SKY", span(into + 5, 1, rate), "more bubbles, and brighter")],
        ),
    ]
    sound = [
        _sound(KITE.file, span(10, 90, rate), kite, 1),
        _sound(FISH.file, span(into, 45, rate), fish, 2),
    ]
    return text(
        timeline(
            "Holiday portrait",
            time(0, rate),
            [_picture("Video 1", picture), _audio("Audio 1", sound)],
            metadata=_VERSION,
        )
    )


_VERSION: Node = {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}}


def _media(movie: Clip, folder: str, rate: int) -> Node:
    """Available ranges are in the media's own rate."""
    return file(folder + movie.file, span(movie.start, movie.frames, float(movie.rate)), name=movie.file)


def _linked(group: int | None) -> Node:
    return {"Resolve_OTIO": {} if group is None else {"Link Group ID": group}}


def _marker(name: str, colour: str, place: Node, note: str = "") -> Node:
    return marker(name, colour, place, metadata={"Resolve_OTIO": {"Keywords": [], "Note": note}})


def _picture(name: str, children: Sequence[Node]) -> Node:
    return track(name, "Video", children, metadata={"Resolve_OTIO": {"Locked": False}})


def _audio(name: str, children: Sequence[Node]) -> Node:
    about = {"Audio Type": "Stereo", "Locked": False, "SoloOn": False}
    return track(name, "Audio", children, metadata={"Resolve_OTIO": about})


def _sound(name: str, source: Node, media: Node, group: int, *, enabled: bool = True) -> Node:
    channels = [{"Source Channel ID": number, "Source Track ID": 0} for number in (0, 1)]
    about = {"Resolve_OTIO": {"Channels": channels, "Link Group ID": group}}
    volume = [_effect("Fairlight Clip Volume and Fades", "Volume", 62)]
    return clip(name, source, media, metadata=about, effects=volume, enabled=enabled)


def _dissolve() -> Node:
    about = {"Effect Name": "Cross Dissolve", "Enabled": True, "Name": "Cross Dissolve", "Parameters": [], "Type": 13}
    return {"Resolve_OTIO": {"Effects": about, "Transition Type": "Cross Dissolve"}}


# --- effects --------------------------------------------------------------------------------------------------------


def _effect(kind: str, name: str, number: int, parameters: Sequence[Node] = (), *, enabled: bool = True) -> Node:
    about = {"Effect Name": kind, "Enabled": enabled, "Name": name, "Parameters": list(parameters), "Type": number}
    return effect("", "Resolve Effect", {"Resolve_OTIO": about})


def _row(length: int, zoom: float = 1, crop: float = 0) -> list[Node]:
    """The effects that every picture has, used or not; ``zoom`` punches in, ``crop`` cuts off both sides."""
    punched = [_double(f"transformationZoom{axis}", 1.0, zoom, 100.0) for axis in "XY"] if zoom != 1 else []
    cropped = [_double(f"crop{side}", 0.0, crop, 1.0) for side in ("Left", "Right")] if crop else []
    return [
        _effect("Transform", "Transform", 2, punched),
        _effect("Cropping", "Cropping", 3, cropped),
        _effect("Dynamic Zoom", "Dynamic Zoom", 59, _dynamic_zoom(length), enabled=False),
        _effect("Composite", "Composite", 1),
        _effect("Lens Correction", "Lens Correction", 43),
        _effect("Retime and Scaling", "Retime and Scaling", 22),
        _effect("Video Faders", "Video Faders", 36),
    ]


def _double(name: str, usual: float, value: float, most: float) -> Node:
    return {
        "Default Parameter Value": usual, "Key Frames": {}, "Parameter ID": name, "Parameter Value": value,
        "Variant Type": "Double", "maxValue": most, "minValue": 0.0,
    }  # fmt: skip


def _dynamic_zoom(length: int) -> list[Node]:
    """A zoom that is switched off: its two key frames stand at the clip's ends all the same."""

    def keys(kind: str, first: object, last: object) -> Node:
        ends = {"0": first, str(length - 1): last}
        return {at: {"Value": value, "Variant Type": kind} for at, value in ends.items()}

    centre, scale = [0.0, 0.0], {"Default Parameter Value": 1.0, "Key Frames": keys("Double", 0.8, 1.0)}
    return [
        {
            "Default Parameter Value": centre, "Key Frames": keys("POINTF", centre, centre),
            "Parameter ID": "dynamicZoomCenter", "Parameter Value": centre, "Variant Type": "POINTF",
        },
        {
            **scale, "Parameter ID": "dynamicZoomScale", "Parameter Value": 1.0, "Variant Type": "Double",
            "maxValue": 100.0, "minValue": 0.01,
        },
    ]  # fmt: skip
