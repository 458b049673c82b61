"""The same cut with the same marks asks for the same frames as FCP 7 XML and as .otio, at every rate."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts import Cut, open_cut
from otio_retake.rates import NTSC
from tests import cutting
from tests.cuts import xmeml as x
from tests.cutting import Shelf, facts, picture, plan_of, requests_of

FILM, VIDEO, FAST = 24 * NTSC, 30 * NTSC, 60 * NTSC
SAMPLES = Path(__file__).resolve().parents[2] / "sample_timelines"

RATES = [
    # rate of the cut, its first frame, whether that is labelled drop-frame
    (FILM, 86_400, False),
    (Fraction(24), 86_400, False),
    (Fraction(25), 90_000, False),
    (VIDEO, 107_892, True),
    (VIDEO, 108_000, False),
    (FAST, 215_784, True),
]


@dataclass(frozen=True)
class Shot:
    """A clip: ``first`` frames into its media, for ``count`` record frames; marks as text, first frame and length.

    Positions count frames of the media, from its first.
    """

    name: str
    rate: Fraction
    label: int
    first: int
    count: int
    scalar: Fraction = Fraction(1)
    marks: tuple[tuple[str, int, int], ...] = ()


def shots(rate: Fraction) -> list[Shot]:
    """Straight, at twice and half the speed, and of media at other rates; each with marks of several kinds."""
    text = "RETAKE: {}"

    def marks(first: int, length: int) -> tuple[tuple[str, int, int], ...]:
        return (text.format("a range"), first, length), ("RETAKE both 1f: a frame", first + length + 2, 0)

    found = [
        Shot("A", rate, 1000, 40, 48, marks=marks(50, 12)),
        Shot("B", rate, 5000, 60, 40, Fraction(2), marks(80, 20)),
        Shot("C", rate, 0, 30, 60, Fraction(1, 2), marks(36, 10)),
        Shot("D", rate, 777, 10, 30, marks=(("RETAKE: all of it", 20, 0),)),
    ]
    others = [other for other in (FILM, Fraction(24), Fraction(25), VIDEO, FAST) if other != rate]
    for number, other in enumerate(others):
        name = "EFGHI"[number]
        found.append(Shot(name, other, 2000 * number, 48, 100, marks=marks(60, 8)))
    return found


def as_otio(folder: Path, rate: Fraction, start: int, listed: list[Shot], timeline: list[tuple[str, int, int]]) -> Cut:
    clips = []
    for shot in listed:
        own = float(shot.rate)
        media = cutting.span(shot.label, 1000, own)
        found = [cutting.marker(text, shot.label + first, length, own) for text, first, length in shot.marks]
        made: dict[str, Any] = cutting.clip(shot.name, shot.label + shot.first, 1, *found, available=media, rate=own)
        made["source_range"]["duration"] = cutting.time(shot.count, float(rate))
        made["effects"] = [cutting.warp(float(shot.scalar))] if shot.scalar != 1 else []
        clips.append(made)
    marks = tuple(cutting.marker(text, first, length, float(rate)) for text, first, length in timeline)
    return cutting.write(folder, cutting.track(*clips), markers=marks, start=start, rate=float(rate))


def as_xmeml(
    folder: Path, rate: Fraction, start: int, listed: list[Shot], timeline: list[tuple[str, int, int]], drop: bool
) -> Cut:
    """Each clip counts at its media's rate, as it plays."""
    clips, at = [], 0
    for shot in listed:
        factor = 1 / shot.scalar
        assert (shot.first * factor).denominator == 1
        first = shot.first * factor
        last = first + round(shot.count * shot.rate / rate)
        found = [
            x.marker(text, int(begin * factor), int((begin + length) * factor) if length else -1)
            for text, begin, length in shot.marks
        ]
        speeds = [x.speed(float(shot.scalar * 100))] if shot.scalar != 1 else []
        media = x.file(shot.name, shot.label, 1000, shot.rate)
        clips.append(x.clip(shot.name, at, at + shot.count, first, last, *speeds, *found, media=media, unit=shot.rate))
        at += shot.count
    marks = "".join(x.marker(text, first, first + length if length else -1) for text, first, length in timeline)
    return x.write(folder, x.sequence(x.track(*clips), markers=marks, value=rate, start=start, drop=drop))


def asked(cut: Cut) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for request in requests_of(cut).requests:
        rate = request.clip.media.start.exact_rate if request.clip.media.start else Fraction(0)
        region, mark = request.region.at(rate), request.mark
        found.append(
            (request.clip.name, region, request.record, request.timecode, mark.mode, mark.prompt, request.whole_clip)
        )
    return found


@pytest.mark.parametrize(("rate", "start", "drop"), RATES)
def test_the_same_marks_ask_for_the_same_frames(tmp_path: Path, rate: Fraction, start: int, drop: bool) -> None:
    listed = shots(rate)
    timeline = [("RETAKE: across a cut", 40, 20), ("RETAKE audio: a point", 95, 0)]
    other = as_otio(tmp_path, rate, start, listed, timeline)
    cut = as_xmeml(tmp_path, rate, start, listed, timeline, drop)
    assert cut.view.remarks == ()
    found = asked(cut)
    assert found == asked(other)
    # Two for each shot but one, and three for those of the timeline, one of which lies over a cut.
    assert len(found) == 2 * len(listed) - 1 + 3
    assert found[0][3] == cut.view.timecode(10)
    # Files of other rates than the cut's are planned to the same frames, too.
    shelf = Shelf(*(facts(s.name, picture(1000, s.rate)) for s in listed))
    planned = [
        [(item.clip, item.region, item.shown, item.needed, item.prompt) for item in plan_of(each, shelf).items]
        for each in (cut, other)
    ]
    assert planned[0] == planned[1]
    assert planned[0]


@pytest.mark.parametrize(("rate", "start", "drop"), RATES)
def test_premieres_ticks_give_the_same_frames_where_it_counts_at_the_cuts_rate(
    tmp_path: Path, rate: Fraction, start: int, drop: bool
) -> None:
    """In and out are rounded to frames of the cut; the ticks beside them are exact."""
    listed = [Shot("A", other, 2000, 47, 50) for other in (FILM, Fraction(24), Fraction(25), VIDEO, FAST)]
    timeline = [("RETAKE: the middle", 50 * k + 20, 8) for k in range(len(listed))]
    clips = []
    for number, shot in enumerate(listed):
        into = shot.first / shot.rate
        first, ticks = round(into * rate), round(into * x.TICKS)
        media = x.file(f"A{number}", shot.label, 1000, shot.rate)
        place = 50 * number, 50 * number + 50, first, first + 50
        clips.append(x.clip(f"A{number}", *place, media=media, unit=rate, ticks=ticks))
    marks = "".join(x.marker(text, first, first + length) for text, first, length in timeline)
    cut = x.write(tmp_path, x.sequence(x.track(*clips), markers=marks, value=rate, start=start, drop=drop))
    named = [Shot(f"A{k}", s.rate, s.label, s.first, s.count) for k, s in enumerate(listed)]
    assert asked(cut) == asked(as_otio(tmp_path, rate, start, named, timeline))


def test_the_sample_asks_for_what_its_otio_asks_for() -> None:
    one, other = (requests_of(open_cut(SAMPLES / f"premiere_2997df.{form}")) for form in ("xml", "otio"))
    rows = [
        [(r.timecode, r.record, r.region.at(VIDEO), r.mark.mode, r.mark.prompt, r.mark.keys) for r in found.requests]
        for found in (one, other)
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 4
    # The title above is what Premiere's .otio sample does not have.
    assert [r.through for r in one.requests] == [(), ("Graphic (a generator or title)",), (), ()]
