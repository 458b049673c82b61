"""The requests of a cut as plain values: what a list holds, and what the hook writes into metadata.

The words are those of `otio-retake plan --json`. No media is looked at: frames of a region are counted from where the
cut says that the media begins, ``zero``, at the rate that it says, ``clock``; frame f is at f + zero for the cut.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from ..cuts.model import Address, Clip, Media, Reach, View
from ..errors import Problem
from ..marks import Mark, Vocabulary, find_marks
from ..plan import cannot_serve
from ..readback import TakeInCut, over, takes_in
from ..requests import RetakeRequest, resolve
from ..settings import Settings

Entry = dict[str, Any]


@dataclass(frozen=True)
class Listing:
    """Every request of a cut whose frames are known, each with the place of its clip, and everything that is wrong."""

    items: tuple[Entry, ...]
    problems: tuple[Entry, ...]
    suspects: tuple[Entry, ...]
    marked: frozenset[Address]
    """The clips that something is asked of, whether their frames are known or not."""


def listing(view: View, words: Vocabulary, settings: Settings | None = None) -> Listing:
    """The requests of ``view``. What a mark leaves to the settings is None where there are no ``settings``."""
    marks = find_marks(view, words)
    requests = resolve(view, marks)
    problems = [*requests.problems, *_refused(requests.requests)]
    problems.sort(key=lambda row: row.timecode)
    there = takes_in(view, ())
    # Which frames a clip shows whose speed is refused is not known: an item would name others.
    told = [request for request in requests.requests if not request.clip.speed.refused]
    return Listing(
        tuple(_entry(request, there, settings) for request in told),
        tuple(_row(problem) for problem in problems),
        tuple(_row(problem) for problem in marks.suspects),
        frozenset(request.clip.address for request in requests.requests),
    )


def _row(problem: Problem) -> Entry:
    return asdict(problem)


def _refused(requests: Iterable[RetakeRequest]) -> Iterator[Problem]:
    for request in requests:
        reason = cannot_serve(request.clip, request.clip.media)
        if reason is not None:
            yield Problem(request.timecode, request.clip.name, *reason, mark_id=request.mark_id)


def _entry(request: RetakeRequest, there: list[TakeInCut], settings: Settings | None) -> Entry:
    clip, mark = request.clip, request.mark
    clock, zero = clock_of(clip)
    return {
        "mark_id": request.mark_id,
        "timecode": request.timecode,
        "record": [str(Fraction(edge)) for edge in request.record],
        "address": list(clip.address),
        "clip": clip.name,
        "written": clip.media.url,
        "clock": str(clock),
        "zero": str(zero),
        "available": _available(clip.media, clock),
        "region": _frames(request.region, clock, zero),
        "shown": _frames(clip.shown, clock, zero),
        "whole_clip": request.whole_clip,
        "speed": str(clip.speed.scalar),
        "mode": mark.mode or (settings.mode if settings else None),
        "takes": mark.takes or (settings.takes if settings else None),
        "service": mark.service or (settings.service if settings else None),
        "model": mark.key("model") or (settings.model if settings else None),
        "prompt": mark.prompt,
        "options": [list(pair) for pair in mark.keys],
        "again": mark.again,
        "through": list(request.through),
        "marker": _spelled(mark),
        "made": _made(request, there),
    }


def _spelled(mark: Mark) -> Entry:
    """Name and note of one marker that asks for the same of its range: IN and OUT are one, a colour is a word."""
    words = ["RETAKE", mark.mode or "", f"x{mark.takes}" if mark.takes else "", f"@{mark.service}" * bool(mark.service)]
    words += ["again"] * mark.again + ["1f"] * mark.one_frame
    lines = [*(f"{key}={value}" for key, value in mark.keys), mark.prompt]
    return {
        "name": " ".join(word for word in words if word),
        "note": "\n".join(line for line in lines if line),
        "color": mark.marker.colour,
    }


def clock_of(clip: Clip) -> tuple[Fraction, Fraction]:
    """The rate at which the cut counts a clip's media, and where it says that the media begins; 0 where it does not."""
    if clip.media.start is None:
        return clip.source.exact_rate, Fraction(0)
    clock = clip.media.start.exact_rate
    return clock, clip.media.start.at(clock)


def _frames(reach: Reach, clock: Fraction, zero: Fraction) -> Entry:
    first, end = reach.at(clock)
    return {"first": math.floor(first - zero), "end": math.ceil(end - zero)}


def _available(media: Media, clock: Fraction) -> Entry | None:
    if media.start is None or media.duration is None:
        return None
    return {"first": 0, "end": math.floor(media.duration.at(clock))}


# --- takes that are there -------------------------------------------------------------------------------------------


def _made(request: RetakeRequest, there: list[TakeInCut]) -> list[Entry]:
    """The takes of ours for a request: beside its clip's media, and on tracks above what is marked."""
    first, end = request.record
    return [
        _take(take)
        for take in over(there, request.clip)
        if take.clip.kind == "Video" and (not take.above or (take.clip.record[0] < end and first < take.clip.record[1]))
    ]


def _take(take: TakeInCut) -> Entry:
    media = next(m for m in (*take.clip.takes, take.clip.media) if m.key == take.key)
    ours, start, length = media.ours or {}, media.start, media.duration
    rate = start.exact_rate if start else None
    return {
        "key": take.key,
        "take": str(ours.get("take", "")),
        "name": take.name,
        "written": media.url,
        "clock": str(rate) if rate else None,
        "available": [str(start.at(rate)), str(length.at(rate))] if start and length and rate else None,
        "in_use": take.in_use,
        "short": take.short,
        "about": ours,
    }
