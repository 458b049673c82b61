"""Makes cuts and facts of media for tests, without any media."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from otio_retake.capabilities import capabilities_of
from otio_retake.cuts import Cut, open_cut
from otio_retake.errors import MediaOffline
from otio_retake.marks import Vocabulary, find_marks
from otio_retake.media.facts import Colour, MediaFacts, Picture, Sound
from otio_retake.media.library import Found
from otio_retake.plan import Planner, make_plan
from otio_retake.planned import Plan, PlanItem
from otio_retake.requests import Requests, resolve
from otio_retake.settings import Settings

REC709 = Colour(1, 1, 1, False, True)


def time(value: float, rate: float = 24.0) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate), "value": float(value)}


def span(start: float, duration: float, rate: float = 24.0) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": time(start, rate), "duration": time(duration, rate)}


def marker(text: str, start: float, duration: float = 1, rate: float = 24.0, **more: Any) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Marker.2", "name": text, "marked_range": span(start, duration, rate), "metadata": {},
        "color": "RED", "comment": "", **more,
    }  # fmt: skip


def clip(
    name: str,
    start: float,
    duration: float,
    *marks: dict[str, Any],
    media: str = "",
    available: dict[str, Any] | None = None,
    rate: float = 24.0,
    reference: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    default = {
        "OTIO_SCHEMA": "ExternalReference.1", "target_url": media or f"/media/{name}.mov", "name": "", "metadata": {},
        "available_range": span(0, 240, rate) if available is None else available,
    }  # fmt: skip
    return {
        "OTIO_SCHEMA": "Clip.2", "name": name, "source_range": span(start, duration, rate), "metadata": {},
        "markers": list(marks), "effects": [], "enabled": True, "active_media_reference_key": "DEFAULT_MEDIA",
        "media_references": {"DEFAULT_MEDIA": reference or default}, **more,
    }  # fmt: skip


def gap(length: float, rate: float = 24.0) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "Gap.1", "source_range": span(0, length, rate), "markers": []}


def dissolve(before: float, after: float, rate: float = 24.0) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "Transition.1", "in_offset": time(before, rate), "out_offset": time(after, rate)}


def warp(scalar: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "LinearTimeWarp.1", "name": "", "effect_name": "LinearTimeWarp", "time_scalar": scalar}


def track(*items: dict[str, Any], kind: str = "Video", name: str = "", **more: Any) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "Track.1", "kind": kind, "name": name, "children": list(items), "markers": [], **more}


def write(
    folder: Path, *tracks: dict[str, Any], markers: tuple[dict[str, Any], ...] = (), start: float | None = 0,
    rate: float = 24.0, name: str = "cut.otio", **more: Any,
) -> Cut:  # fmt: skip
    document = {
        "OTIO_SCHEMA": "Timeline.1", "name": "cut", "metadata": {},
        "global_start_time": None if start is None else time(start, rate),
        "tracks": {"OTIO_SCHEMA": "Stack.1", "markers": list(markers), "children": list(tracks)}, **more,
    }  # fmt: skip
    path = folder / name
    path.write_text(json.dumps(document, indent=1))
    return open_cut(path)


def picture(frames: int = 240, rate: Fraction = Fraction(24), **more: Any) -> Picture:
    made = Picture(
        codec="h264", profile="High", pixel_format="yuv420p", bits=8, width=1920, height=1080, pixel_aspect=Fraction(1),
        rotation=0, rate=rate, frames=frames, start_pts=0, time_base=Fraction(1, 24000), variable=False, fields=False,
        colour=REC709, alpha=False, chroma="420",
    )  # fmt: skip
    return replace(made, **more)


def facts(name: str = "A", picture_: Picture | None = None, timecode: str = "", sounds: int = 1) -> MediaFacts:
    return MediaFacts(
        path=Path(f"/media/{name}.mov"), container="mov", size=1, modified=1,
        picture=picture() if picture_ is None else picture_,
        sounds=tuple(Sound(k + 1, "aac", 48000, 2, "stereo", "fltp", 480_000) for k in range(sounds)),
        timecode=timecode, reel="", fingerprint=name,
    )  # fmt: skip


class Shelf:
    """Facts by name; everything else is offline."""

    def __init__(self, *known: MediaFacts, whole: bool = True) -> None:
        self._known = {f.path.name: f for f in known}
        self._whole = whole

    def facts(self, written: str) -> MediaFacts:
        name = written.replace("\\", "/").rpartition("/")[2]
        if name not in self._known:
            raise MediaOffline("the media is offline", where=written, fix="find it with --media-root FOLDER")
        return self._known[name]

    def found(self, written: str, fits: Callable[[MediaFacts], bool]) -> Found:
        return Found(self.facts(written))

    def progressive(self, facts: MediaFacts) -> bool:
        return self._whole


def requests_of(cut: Cut) -> Requests:
    return resolve(cut.view, find_marks(cut.view, Vocabulary()))


def plan_of(cut: Cut, shelf: Shelf, **settings: Any) -> Plan:
    again = settings.pop("again", False)
    rehearse = settings.pop("rehearse", "")
    overrides = settings.pop("overrides", {})
    known = settings.pop("known", None)
    marks = find_marks(cut.view, Vocabulary())
    planner = Planner(
        media=shelf, settings=Settings(**settings), services=lambda name, _model: capabilities_of(name),
        overrides=overrides, again=again, rehearse=rehearse, **({"known": known} if known else {}),
    )  # fmt: skip
    return make_plan(cut.view, resolve(cut.view, marks), planner, marks.suspects)


def only(plan: Plan) -> PlanItem:
    assert [p.what for p in plan.blocking] == []
    (item,) = plan.items
    return item
