"""Timelines as OpenTimelineIO itself writes them, made through its Python interface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from opentimelineio import schema
from opentimelineio.opentime import RationalTime, TimeRange

from sample_timelines.clips import FISH, HARBOUR, LIGHTHOUSE, TRAIN, Clip

_VIDEO = 25
_FILM = 24


def span(first: float, count: float, rate: float, count_rate: float | None = None) -> TimeRange:
    """``count`` frames from ``first`` on; a range may begin at one rate and be counted in another."""
    return TimeRange(RationalTime(first, rate), RationalTime(count, count_rate or rate))


def media(movie: Clip) -> schema.ExternalReference:
    """The file of a movie, beside the cut, counted from its timecode in its own rate."""
    rate = float(movie.rate)
    return schema.ExternalReference(f"media/{movie.file}", span(movie.start, movie.frames, rate))


def mark(name: str, place: TimeRange, comment: str = "", colour: str = "PINK") -> schema.Marker:
    """A marker."""
    return schema.Marker(name=name, marked_range=place, color=colour, comment=comment)


def clip(name: str, source: TimeRange, reference: object, marks: Iterable[schema.Marker] = ()) -> schema.Clip:
    """A clip with its markers."""
    made = schema.Clip(name=name, media_reference=reference, source_range=source)
    made.markers.extend(marks)
    return made


def timeline(name: str, start: RationalTime, tracks: Sequence[schema.Track]) -> schema.Timeline:
    """A timeline of ``tracks``."""
    made = schema.Timeline(name=name, global_start_time=start)
    made.tracks.extend(tracks)
    return made


def track(name: str, kind: str, children: Sequence[object]) -> schema.Track:
    """A track of ``kind`` Video or Audio."""
    made = schema.Track(name=name, kind=kind)
    made.extend(children)
    return made


def gap(count: float, rate: float) -> schema.Gap:
    """Nothing, for ``count`` frames."""
    return schema.Gap(source_range=span(0, count, rate))


def bars(count: float, rate: float) -> schema.Clip:
    """A generator."""
    whole = span(0, count, rate)
    reference = schema.GeneratorReference(name="bars", generator_kind="SMPTEBars", available_range=whole)
    return schema.Clip(name="bars", media_reference=reference, source_range=whole)


def plain_mixed() -> str:
    """A cut at 25 frames a second from 10:00:00:00, of media at 25, 24 and 23.976."""
    rate = _VIDEO
    train = clip(
        "train",
        span(20, 50, rate),
        media(TRAIN),
        [mark("RETAKE both x2 @rehearsal: the whistle blows, long", span(30, 20, rate))],
    )
    # The harbour at 24, in frames of 25 from its timecode; 26.625 of them are 25.56 of its own.
    start = HARBOUR.start * rate / _FILM
    harbour = clip(
        "harbour",
        span(start + 26.625, 50, rate),
        media(HARBOUR),
        [mark("RETAKE 1f: take out the gull", span(start + 50, 1, rate), colour="CYAN")],
    )
    beacon = clip("lighthouse", span(LIGHTHOUSE.start + 12, 50, float(LIGHTHOUSE.rate), rate), media(LIGHTHOUSE))
    nested = schema.Stack(name="inset", source_range=span(0, 25, rate))
    nested.append(track("inside", "Video", [clip("fish", span(FISH.start, 24, _FILM), media(FISH))]))
    fish = clip("fish", span(FISH.start + 24, 48, _FILM), media(FISH))
    picture = [train, gap(15, rate), harbour, beacon, bars(25, rate), nested, fish]
    sound = [clip("train", span(20, 50, rate), media(TRAIN))]
    above = track("V1", "Video", picture)
    above.markers.append(mark("retake", span(225, 20, rate), "context=24\nhandles=12\nthe small fish hides"))
    cut = timeline("plain_mixed", RationalTime(10 * 3600 * rate, rate), [above, track("A1", "Audio", sound)])
    over = mark("RETAKE", span(105, 20, rate), "one long flash of light across both shots")
    cut.tracks.markers.extend([over, mark("colour from here", span(115, 1, rate), colour="GREEN")])
    return str(cut.to_json_string())


def demo() -> str:
    """A short cut at 24 frames a second, for `make demo`."""
    rate = _FILM
    start = HARBOUR.start
    harbour = clip(
        "harbour",
        span(start + 12, 96, rate),
        media(HARBOUR),
        [mark("RETAKE x2: a whale rises behind the boat", span(start + 48, 24, rate))],
    )
    fish = clip(
        "fish",
        span(FISH.start + 30, 48, rate),
        media(FISH),
        [mark("RETAKE both", span(FISH.start + 48, 12, rate), "handles=12\nthe fish blows a bubble, loudly")],
    )
    again = clip("harbour", span(start + 140, 48, rate), media(HARBOUR))
    picture = track("V1", "Video", [harbour, fish, again])
    sound = [
        clip(name, source, media(movie))
        for name, source, movie in (
            ("harbour", span(start + 12, 96, rate), HARBOUR),
            ("fish", span(FISH.start + 30, 48, rate), FISH),
            ("harbour", span(start + 140, 48, rate), HARBOUR),
        )
    ]
    cut = timeline("demo", RationalTime(3600 * rate, rate), [picture, track("A1", "Audio", sound)])
    cut.tracks.markers.append(mark("RETAKE: the sun goes down", span(156, 12, rate), colour="CYAN"))
    return str(cut.to_json_string())
