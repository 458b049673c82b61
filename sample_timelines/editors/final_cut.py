"""Timelines as Final Cut Pro exports them, and one as DaVinci Resolve exports Final Cut's form.

Times are rational seconds. What is connected to a clip stands inside it, in that clip's own time. A marker is a point,
one frame long; only a keyword has a range. Media whose rate is near the project's is conformed to it, frame for frame.
Resolve writes ids from ``r0``, whole seconds as ``3600/1s``, and says in the name of the event that it wrote it.
"""

from __future__ import annotations

from fractions import Fraction

from sample_timelines.clips import (
    BALLOON,
    CLOCK,
    CLOCK_SOUND,
    FISH,
    HARBOUR,
    LIGHTHOUSE,
    SAMPLE_RATE,
    TRAIN,
    Clip,
)

_START = 3600
_FOOTAGE = "file:///Volumes/Footage/Harbour%20Days/"
_STEP = "    "


def final_cut_24() -> str:
    """A cut at 24 frames a second from 01:00:00:00: storylines, an audition, a synchronized clip and a multicam."""
    formats = {
        "r1": _format("r1", "FFVideoFormat1080p24", Fraction(24), 1920, 1080),
        "r2": _format("r2", "", Fraction(24), 640, 360),
        "r3": _format("r3", "", Fraction(24), 480, 270),
        "r4": _format("r4", "", LIGHTHOUSE.rate, 480, 270),
        "r5": _format("r5", "", Fraction(25), 640, 360),
        "r6": _format("r6", "", Fraction(24), 320, 180),
        "r7": _format("r7", "", BALLOON.rate, 480, 270),
        "r8": '<format id="r8" name="FFVideoFormatRateUndefined"/>',
    }
    assets = [
        _asset("r10", HARBOUR, "r2"),
        _asset("r11", CLOCK, "r3"),
        _asset("r12", LIGHTHOUSE, "r4"),
        _asset("r13", TRAIN, "r5"),
        _asset("r14", FISH, "r6"),
        _asset("r15", BALLOON, "r7"),
        *_sound_asset("r16"),
    ]
    effects = [
        '<effect id="r20" name="Cross Dissolve" uid="FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"/>',
        '<effect id="r21" name="Basic Title" uid=".../Titles.localized/Bumper:Opener.localized/Basic Title.localized/'
        'Basic Title.moti"/>',
        '<effect id="r22" name="Color Correction" uid="FFColorCorrectionEffect"/>',
    ]
    spine = [*_opening(), *_synchronized(), *_faster(), *_connected(), *_lamp(), *_audition(), *_multicam_clip()]
    return _document(
        "1.11",
        [*formats.values(), *(line for asset in assets for line in _lines(asset)), *effects, *_multicam()],
        "Harbour Days",
        "Harbour Days v03",
        _sequence("r1", 412, spine),
    )


def resolve_fcpxml_24() -> str:
    """A cut at 24 frames a second from 01:00:00:00, exported by DaVinci Resolve."""

    def second(frames: int) -> str:
        value = Fraction(frames, 24)
        return f"{value.numerator}/{value.denominator}s"

    def clip(number: int, name: str, at: int, first: int, count: int, inside: str = "") -> list[str]:
        head = (
            f'<asset-clip name="{name}" tcFormat="NDF" offset="{second(_START * 24 + at)}" enabled="1" '
            f'duration="{second(count)}" format="r{number}" start="{second(first)}" ref="r{number + 2}">'
        )
        return [head, *([_STEP + inside] if inside else []), "</asset-clip>"]

    def asset(number: int, movie: Clip) -> list[str]:
        sound = ' audioSources="1" hasAudio="1" audioChannels="1"' if movie.tone else ""
        return [
            f'<asset name="{movie.file}"{sound} duration="{second(movie.frames)}" start="{second(movie.start)}" '
            f'hasVideo="1" format="r{number}" id="r{number + 2}">',
            f'{_STEP}<media-rep kind="original-media" src="{_FOOTAGE}{movie.file}"/>',
            "</asset>",
        ]

    note = "<note>RETAKE: a gull lands on the mast</note>"
    mark = f'<marker value="RETAKE: more bubbles" start="{second(FISH.start + 30)}" duration="1/24s"/>'
    zoom = '<adjust-transform scale="1.5 1.5" anchor="0 0" position="0 0"/>'
    spine = [
        *clip(1, HARBOUR.file, 0, HARBOUR.start + 24, 72, note),
        *clip(2, FISH.file, 72, FISH.start + 12, 60, zoom + "\n" + mark),
    ]
    return _document(
        "1.10",
        [
            '<format name="FFVideoFormat1080p24" width="1920" height="1080" id="r0" frameDuration="1/24s"/>',
            '<format width="640" height="360" id="r1" frameDuration="1/24s"/>',
            '<format width="320" height="180" id="r2" frameDuration="1/24s"/>',
            *asset(1, HARBOUR),
            *asset(2, FISH),
        ],
        "Harbour Days v03 (Resolve)",
        "Harbour Days v03 (Resolve)",
        [
            f'<sequence tcFormat="NDF" tcStart="{_START}/1s" duration="{second(132)}" format="r0">',
            *_in(["<spine>", *_in([part for line in spine for part in line.split("\n")]), "</spine>"]),
            "</sequence>",
        ],
    )


# --- the storyline ----------------------------------------------------------------------------------------------------


def _opening() -> list[str]:
    """Punched in, with a keyword's range; a dissolve leads out of it."""
    inside = [
        '<adjust-transform position="4 -2" scale="1.4 1.4"/>',
        f'<keyword start="{_since(HARBOUR, 40)}" duration="2/3s" value="gulls, wide"/>',
        f'<keyword start="{_since(HARBOUR, 48)}" duration="959/960s" value="RETAKE: a gull lands on the mast"/>',
        '<filter-video ref="r22" name="Color Correction"/>',
    ]
    dissolve = ['<filter-video ref="r20" name="Cross Dissolve"/>']
    return [
        *_clip("r10", HARBOUR, 0, 24, 72, inside, ' audioRole="dialogue"'),
        f'<transition name="Cross Dissolve" offset="{_time(_START * 24 + 60)}" duration="1s">',
        *_in(dissolve),
        "</transition>",
    ]


def _synchronized() -> list[str]:
    """Picture and a recorder's sound, synchronized, cropped; a to-do asks for both."""
    sound = [f'<asset-clip ref="r16" lane="-1" offset="{_since(CLOCK, -24)}" name="F007_sound" '
             f'start="{CLOCK_SOUND.since_midnight // SAMPLE_RATE}s" duration="8s" format="r8" '
             'audioRole="dialogue"/>']  # fmt: skip
    picture = [
        f'<asset-clip ref="r11" offset="{_since(CLOCK, 0)}" name="{_name(CLOCK)}" start="{_since(CLOCK, 0)}" '
        f'duration="6s" format="r3" tcFormat="NDF">',
        *_in(sound),
        "</asset-clip>",
    ]
    return [
        f'<sync-clip offset="{_time(_START * 24 + 72)}" name="F007 - Synchronized Clip" '
        f'start="{_since(CLOCK, 36)}" duration="{_time(84)}" tcFormat="NDF">',
        *_in(
            [
                '<adjust-crop mode="trim">',
                f'{_STEP}<trim-rect left="12.5" right="12.5"/>',
                "</adjust-crop>",
                *picture,
                f'<marker start="{_since(CLOCK, 60)}" duration="100/2400s" value="RETAKE both x2" completed="0" '
                'note="handles=12&#10;the clock strikes and the cat looks up"/>',
            ]
        ),
        "</sync-clip>",
    ]


def _faster() -> list[str]:
    """At 200 %: frames 96 to 175 in 40. Its own time runs at the same 200 %: frame 96 is at half its time."""
    begin = Fraction(HARBOUR.start + 96, 24) / 2
    first, last = Fraction(HARBOUR.start, 24), Fraction(HARBOUR.start + HARBOUR.frames, 24)
    inside = [
        "<timeMap>",
        f'{_STEP}<timept time="{_second(first / 2)}" value="{_second(first)}" interp="smooth2"/>',
        f'{_STEP}<timept time="{_second(last / 2)}" value="{_second(last)}" interp="smooth2"/>',
        "</timeMap>",
        f'<marker start="{_second(begin + Fraction(10, 24))}" duration="100/2400s" value="RETAKE IN" '
        'note="the boat turns into the wind"/>',
        f'<marker start="{_second(begin + Fraction(21, 24))}" duration="100/2400s" value="RETAKE OUT"/>',
    ]
    return [
        f'<asset-clip ref="r10" offset="{_time(_START * 24 + 156)}" name="{_name(HARBOUR)}" '
        f'start="{_second(begin)}" duration="{_time(40)}" format="r2" tcFormat="NDF" audioRole="dialogue">',
        *_in(inside),
        "</asset-clip>",
    ]


def _connected() -> list[str]:
    """A gap, and over it a storyline of its own: 25 frames a second in 24, conformed frame for frame."""
    train = [
        f'<asset-clip ref="r13" offset="0s" name="{_name(TRAIN)}" start="{_second(Fraction(20, 25))}" '
        f'duration="{_time(40)}" format="r5" tcFormat="NDF" audioRole="dialogue">',
        *_in(
            [
                '<conform-rate srcFrameRate="25"/>',
                f'<marker start="{_since(TRAIN, 30)}" duration="100/2500s" value="RETAKE 1f: the signal is red"/>',
            ]
        ),
        "</asset-clip>",
    ]
    return [
        f'<gap name="Gap" offset="{_time(_START * 24 + 196)}" start="3600s" duration="2s">',
        *_in(['<spine lane="1" offset="86404/24s">', *_in(train), "</spine>"]),
        "</gap>",
    ]


def _lamp() -> list[str]:
    """23.98 in 24, conformed; a title is connected to it, and a chapter begins there."""
    title = [
        f'<title ref="r21" lane="1" offset="{_since(LIGHTHOUSE, 30)}" name="Basic Title" start="3600s" duration="1s">',
        *_in(
            [
                '<text><text-style ref="ts1">The lighthouse</text-style></text>',
                '<text-style-def id="ts1"><text-style font="Helvetica" fontSize="63"/></text-style-def>',
            ]
        ),
        "</title>",
    ]
    return [
        f'<asset-clip ref="r12" offset="{_time(_START * 24 + 244)}" name="{_name(LIGHTHOUSE)}" '
        f'start="{_since(LIGHTHOUSE, 20)}" duration="2s" format="r4" tcFormat="NDF" audioRole="dialogue">',
        *_in(
            [
                '<conform-rate srcFrameRate="23.98"/>',
                *title,
                f'<chapter-marker start="{_since(LIGHTHOUSE, 40)}" duration="1001/24000s" value="RETAKE" '
                'note="the lamp goes out" posterOffset="11/24s"/>',
            ]
        ),
        "</asset-clip>",
    ]


def _audition() -> list[str]:
    """The editor's own audition: fish are picked, the balloon is the alternative."""
    picked = [f'<marker start="{_since(FISH, 40)}" duration="1/48000s" value="RETAKE x2: the big fish turns away"/>']
    other = ['<conform-rate scaleEnabled="0" srcFrameRate="29.97"/>']
    return [
        f'<audition offset="{_time(_START * 24 + 292)}">',
        *_in(
            [
                f'<asset-clip ref="r14" name="{_name(FISH)}" start="{_since(FISH, 12)}" duration="{_time(60)}" '
                'format="r6" tcFormat="NDF" audioRole="dialogue">',
                *_in(picked),
                "</asset-clip>",
                f'<asset-clip ref="r15" name="{_name(BALLOON)}" start="{_since(BALLOON, 30)}" duration="{_time(60)}" '
                'format="r7" tcFormat="DF" audioRole="dialogue">',
                *_in(other),
                "</asset-clip>",
            ]
        ),
        "</audition>",
    ]


def _multicam() -> list[str]:
    angles = [
        '<mc-angle name="Mast" angleID="angle-1">',
        f'{_STEP}<asset-clip ref="r10" offset="0s" name="{_name(HARBOUR)}" start="{_since(HARBOUR, 0)}" '
        f'duration="{_time(HARBOUR.frames)}" format="r2" tcFormat="NDF" audioRole="dialogue"/>',
        "</mc-angle>",
        '<mc-angle name="Tank" angleID="angle-2">',
        f'{_STEP}<asset-clip ref="r14" offset="0s" name="{_name(FISH)}" start="{_since(FISH, 0)}" '
        f'duration="{_time(FISH.frames)}" format="r6" tcFormat="NDF" audioRole="dialogue"/>',
        "</mc-angle>",
    ]
    multicam = ['<multicam format="r1" tcStart="0s" tcFormat="NDF">', *_in(angles), "</multicam>"]
    return ['<media id="r30" name="Harbour and tank">', *_in(multicam), "</media>"]


def _multicam_clip() -> list[str]:
    """The picture of one angle of a multicam, the sound of the other."""
    return [
        f'<mc-clip ref="r30" offset="{_time(_START * 24 + 352)}" name="Harbour and tank" start="{_time(50)}" '
        f'duration="{_time(60)}">',
        *_in(
            [
                '<mc-source angleID="angle-2" srcEnable="video">',
                f'{_STEP}<adjust-transform scale="1.2 1.2"/>',
                "</mc-source>",
                '<mc-source angleID="angle-1" srcEnable="audio"/>',
                f'<marker start="{_time(70)}" duration="100/2400s" value="RETAKE: more bubbles, and brighter"/>',
            ]
        ),
        "</mc-clip>",
    ]


# --- parts ------------------------------------------------------------------------------------------------------------


def _clip(ref: str, movie: Clip, at: int, first: int, count: int, inside: list[str], more: str = "") -> list[str]:
    head = (
        f'<asset-clip ref="{ref}" offset="{_time(_START * 24 + at)}" name="{_name(movie)}" '
        f'start="{_since(movie, first)}" duration="{_time(count)}" format="r2" tcFormat="NDF"{more}>'
    )
    return [head, *_in(inside), "</asset-clip>"]


def _format(ident: str, name: str, rate: Fraction, width: int, height: int) -> str:
    scale = rate.numerator if rate.denominator != 1 else rate.numerator * 100
    named = f' name="{name}"' if name else ""
    frame = f"{rate.denominator * scale // rate.numerator}/{scale}s"
    return (
        f'<format id="{ident}"{named} frameDuration="{frame}" width="{width}" height="{height}" '
        'colorSpace="1-1-1 (Rec. 709)"/>'
    )


def _asset(ident: str, movie: Clip, form: str) -> str:
    sound = ' hasAudio="1" videoSources="1" audioSources="1" audioChannels="2" audioRate="48000"' if movie.tone else ""
    return (
        f'<asset id="{ident}" name="{_name(movie)}" start="{_since(movie, 0)}" '
        f'duration="{_second(movie.frames / movie.rate)}" hasVideo="1" format="{form}"{sound}>\n'
        f'{_STEP}<media-rep kind="original-media" src="{_FOOTAGE}{movie.file}"/>\n'
        "</asset>"
    )


def _sound_asset(ident: str) -> list[str]:
    wave = CLOCK_SOUND
    return [
        f'<asset id="{ident}" name="F007_sound" start="{wave.since_midnight // SAMPLE_RATE}s" '
        f'duration="{wave.samples // SAMPLE_RATE}s" hasAudio="1" audioSources="1" audioChannels="2" '
        f'audioRate="{SAMPLE_RATE}">\n{_STEP}<media-rep kind="original-media" src="{_FOOTAGE}{wave.file}"/>\n</asset>'
    ]


def _sequence(form: str, frames: int, spine: list[str]) -> list[str]:
    return [
        f'<sequence format="{form}" duration="{_time(frames)}" tcStart="{_START}s" tcFormat="NDF" '
        'audioLayout="stereo" audioRate="48k">',
        *_in(["<spine>", *_in(spine), "</spine>"]),
        "</sequence>",
    ]


def _document(version: str, resources: list[str], event: str, project: str, sequence: list[str]) -> str:
    body = [
        "<resources>",
        *_in(resources),
        "</resources>",
        '<library location="file:///Volumes/Footage/Harbour%20Days.fcpbundle/">',
        *_in(
            [
                f'<event name="{event}">',
                *_in([f'<project name="{project}">', *_in(sequence), "</project>"]),
                "</event>",
            ]
        ),
        "</library>",
    ]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<!DOCTYPE fcpxml>", "", f'<fcpxml version="{version}">']
    return "\n".join([*lines, *_in(body), "</fcpxml>"]) + "\n"


def _in(lines: list[str]) -> list[str]:
    return [_STEP + line for line in lines]


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _name(movie: Clip) -> str:
    return movie.file.rpartition(".")[0]


def _second(value: Fraction) -> str:
    return f"{value.numerator}s" if value.denominator == 1 else f"{value.numerator}/{value.denominator}s"


def _time(frames: int) -> str:
    """Frames of the project."""
    return f"{frames // 24}s" if frames % 24 == 0 else f"{frames * 100}/2400s"


def _since(movie: Clip, frame: int) -> str:
    """A frame of a movie in its own time, its timecode included."""
    return _second((movie.start + frame) / movie.rate)
