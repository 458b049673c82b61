"""What the current timeline is, as plain values: read once, changing nothing, so that the core needs no Resolve.

Three clocks: items lie on the timeline's own frames, start timecode included (A); timeline markers and the in/out range
count from the timeline's start (R); clip markers and offsets count from the head of the media (S). None is converted.
[timeline-absolute] [timeline-markers-relative] [marks-relative] [clip-markers-source-space]
"""

import platform
import sys
from typing import Any, Dict

from . import FORMAT, exchange, numbers, saying, takes, tracks
from .place import identity

MEDIA_KEYS = (
    ("type", "Type"),
    ("fps", "FPS"),
    ("frames", "Frames"),
    ("start", "Start"),
    ("start_timecode", "Start TC"),
    ("drop", "Drop frame"),
    ("resolution", "Resolution"),
    ("audio_channels", "Audio Ch"),
    ("reel", "Reel Name"),
)


def take(asking, here):
    """The snapshot of the timeline of `here`, which must be the current one."""
    media: Dict[str, Any] = {}
    rows = [
        _track(asking, here.timeline, kind, index + 1, media)
        for kind in tracks.KINDS
        for index in range(tracks.count(asking, here.timeline, kind))
    ]
    return {
        "otio_retake_snapshot": FORMAT,
        "made_at": exchange.now(),
        "resolve": resolve(asking),
        "project": {"id": here.project_id, "name": numbers.text(asking.ask(here.project, "GetName"))},
        "timeline": _timeline(asking, here),
        "tracks": rows,
        "media": media,
        "markers": markers(asking, here.timeline),
        "selection": _selection(asking, here.timeline),
        "mark_in_out": _in_out(asking, here.timeline),
        "playhead": numbers.text(asking.ask(here.timeline, "GetCurrentTimecode")),
        "current_item": identity(asking, asking.ask(here.timeline, "GetCurrentVideoItem")),
    }


def resolve(asking):
    """Which Resolve, on which machine, with which Python."""
    version = asking.ask(asking.resolve, "GetVersion")
    return {
        "product": numbers.text(asking.ask(asking.resolve, "GetProductName")),
        "version": numbers.listed(version),
        "version_text": numbers.text(asking.ask(asking.resolve, "GetVersionString")),
        "studio": saying.studio(asking),
        "platform": sys.platform,
        "python": platform.python_version(),
    }


def markers(asking, thing):
    """The markers of an object as a list, in its own clock, in their order."""
    found = asking.ask(thing, "GetMarkers")
    told = []
    for frame, marker in sorted(found.items()) if isinstance(found, dict) else ():
        if numbers.frame(frame)[0] is None or not isinstance(marker, dict):
            continue
        told.append(
            {
                "frame": numbers.frame(frame)[0],
                "duration": max(1, numbers.frame(marker.get("duration"))[0] or 1),
                "color": numbers.text(marker.get("color")),
                "name": numbers.text(marker.get("name")),
                "note": numbers.text(marker.get("note")),
                "custom": numbers.text(marker.get("customData")),
            }
        )
    return told


def _timeline(asking, here):
    timeline = here.timeline
    start_timecode = numbers.text(asking.ask(timeline, "GetStartTimecode"))
    drop = numbers.text(asking.ask(timeline, "GetSetting", "timelineDropFrameTimecode"))
    rate = numbers.text(asking.ask(timeline, "GetSetting", "timelineFrameRate"))
    return {
        "id": here.timeline_id,
        "name": numbers.text(asking.ask(timeline, "GetName")),
        "rate": rate,
        "drop": _drop(drop, rate, start_timecode),
        "start_frame": numbers.frame(asking.must(timeline, "GetStartFrame"))[0],
        "start_timecode": start_timecode,
        "width": numbers.whole(asking.ask(timeline, "GetSetting", "timelineResolutionWidth")),
        "height": numbers.whole(asking.ask(timeline, "GetSetting", "timelineResolutionHeight")),
    }


def _drop(setting, rate, timecode):
    """Whether timecode drops numbers: the setting, else how rate or start are written; None: unknown."""
    if ";" in timecode or "DF" in rate.upper().replace("NDF", ""):
        return True
    return {"1": True, "true": True, "0": False, "false": False}.get(setting.strip().lower())


def _track(asking, timeline, kind, index, media):
    return {
        "kind": kind,
        "index": index,
        "name": numbers.text(asking.ask(timeline, "GetTrackName", kind, index)),
        "enabled": bool(asking.ask(timeline, "GetIsTrackEnabled", kind, index)),
        "locked": bool(asking.ask(timeline, "GetIsTrackLocked", kind, index)),
        "items": [_item(asking, item, media) for item in tracks.items_of(asking, timeline, kind, index)],
    }


def _item(asking, item, media):
    thing = item.thing
    counts, uneven = {}, False
    for key, name in (
        ("start", "GetStart"),
        ("duration", "GetDuration"),
        ("left_offset", "GetLeftOffset"),
        ("right_offset", "GetRightOffset"),
        ("source_start", "GetSourceStartFrame"),
        ("source_end", "GetSourceEndFrame"),
    ):
        counts[key], broken = numbers.frame(_optional(asking, thing, name))
        uneven = uneven or broken
    shown = asking.ask(thing, "GetMediaPoolItem")
    told = {
        "id": item.ident,
        "name": numbers.text(asking.ask(thing, "GetName")),
        "enabled": asking.ask(thing, "GetClipEnabled") is not False,
        "type": numbers.text(_optional(asking, thing, "GetType")),
        "media": _media(asking, shown, media),
        "linked": [identity(asking, other) for other in numbers.listed(_optional(asking, thing, "GetLinkedItems"))],
        "markers": markers(asking, thing),
        "uneven": uneven,
        "takes": _takes(asking, thing, media),
        "properties": _properties(asking, thing),
        "speed": _speed(asking, thing),
        "color": numbers.text(asking.ask(thing, "GetClipColor")),
    }
    told.update(counts)
    return told


def _optional(asking, thing, name):
    """What a getter answers that not every version has."""
    return asking.ask(thing, name) if asking.has(thing, name) else None


def _takes(asking, thing, media):
    listed = takes.read(asking, thing)
    for index in range(1, listed.count + 1):
        told = asking.ask(thing, "GetTakeByIndex", index)
        if isinstance(told, dict):
            _media(asking, told.get("mediaPoolItem"), media)
    entries = [entry.content() for entry in listed.entries]
    return {"count": listed.count, "selected": listed.selected, "list": entries}


def _media(asking, thing, media):
    """The id of a media pool item, which is described in `media` the first time that it is met."""
    ident = identity(asking, thing)
    if not ident or ident in media:
        return ident
    every = asking.ask(thing, "GetClipProperty")
    every = every if isinstance(every, dict) else {}

    def told(key):
        return numbers.text(every[key] if key in every else asking.ask(thing, "GetClipProperty", key))

    media[ident] = {key: told(name) for key, name in MEDIA_KEYS}
    media[ident].update(
        name=numbers.text(asking.ask(thing, "GetName")), path=told("File Path"), markers=markers(asking, thing)
    )
    return ident


def _properties(asking, thing):
    """What the inspector says of an item, as far as it is plain."""
    every = asking.ask(thing, "GetProperty")
    every = every if isinstance(every, dict) else {}
    return {str(key): value for key, value in every.items() if isinstance(value, (bool, int, float, str))}


def _speed(asking, thing):
    """The item's speed where this Resolve tells it (1 is normal), else None."""
    if not asking.has(thing, "GetSpeed"):
        return None
    # [no-speed-getter-before-21-1]
    answer = asking.ask(thing, "GetSpeed")
    percent = answer.get("Percentage") if isinstance(answer, dict) else None
    if isinstance(percent, bool) or not isinstance(percent, (int, float)):
        return None
    return numbers.tidy(percent / 100.0)


def _selection(asking, timeline):
    """The ids of the selected items; None where this Resolve cannot tell."""
    answer = _optional(asking, timeline, "GetSelectedClips")
    if answer is None:
        return None
    return [ident for ident in (identity(asking, item) for item in numbers.listed(answer)) if ident]


def _in_out(asking, timeline):
    """The in/out range in frames from the timeline's start, the out frame belonging to it; None where none is set."""
    told = _optional(asking, timeline, "GetMarkInOut")
    for kind in ("video", "audio"):
        marks = told.get(kind) if isinstance(told, dict) else None
        if isinstance(marks, dict) and (marks.get("in") is not None or marks.get("out") is not None):
            return {"in": numbers.frame(marks.get("in"))[0], "out": numbers.frame(marks.get("out"))[0]}
    return None
