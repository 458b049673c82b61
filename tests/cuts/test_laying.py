"""Takes above are laid by time, rounded down: what is asked for makes just the length that is wanted, or is refused."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otio_retake.cuts.laying import count_for, lay
from otio_retake.rates import timecode
from otio_retake.spans import Span
from tests.cuts.placements import above
from tests.cutting import Shelf, facts, picture, plan_of
from tests.resolve.timelines import RATES, Timeline, marker


@given(length=st.integers(1, 5000), file=st.sampled_from(sorted(RATES)), cut=st.sampled_from(sorted(RATES)))
def test_a_count_lasts_as_long_as_is_wanted(length: int, file: str, cut: str) -> None:
    step = RATES[file] / RATES[cut]
    every = {math.floor(n / step): n for n in range(math.ceil((length + 1) * step), -1, -1)}
    assert count_for(length, step) == every.get(length)


@given(st.integers(0, 60), st.integers(1, 60), st.sampled_from(sorted(RATES)), st.sampled_from(sorted(RATES)))
def test_a_lay_covers_what_it_must_and_no_more_than_it_may(first: int, length: int, file: str, cut: str) -> None:
    step, within = RATES[file] / RATES[cut], (0, 200)
    found = lay((first, first + length), within, lambda frame: 10 + frame * step, 600, step)
    assert found is not None
    begin, end = found.record
    assert within[0] <= begin <= first < first + length <= end <= within[1]
    assert math.floor((found.bounds[1] - found.bounds[0]) / step) == end - begin
    assert abs(10 + begin * step - found.bounds[0]) <= Fraction(1, 2)
    assert end - begin - length <= 1 / step


def test_what_no_count_of_frames_lasts_is_not_laid() -> None:
    half = RATES["29.97"] / RATES["59.94"]
    assert lay((0, 11), (0, 11), lambda frame: frame * half, 600, half) is None
    assert lay((0, 11), (0, 12), lambda frame: frame * half, 600, half) is not None
    # One frame more of the file is needed than there is.
    slow = RATES["24"] / RATES["23.976"]
    assert lay((0, 10), (0, 20), lambda frame: frame * slow, 10, slow) is None


def timeline(cut: str, file: str, length: int) -> Timeline:
    made = Timeline(cut)
    made.file("m", "/media/A.mov", 400, rate=file)
    step = RATES[file] / RATES[cut]
    left, first = 48, math.floor(48 * step)
    more = {"source_start": first, "source_end": first + math.floor(length * step), "speed": 1.0}
    made.track(made.item("i", 0, length, left, "m", **more))
    return made


@pytest.mark.parametrize(
    ("cut", "file"), [("23.976", "24"), ("24", "23.976"), ("24", "25"), ("29.97", "25"), ("59.94", "29.97")]
)
@pytest.mark.parametrize("length", range(5, 12))
def test_the_plan_asks_for_what_resolve_lays(tmp_path: Path, cut: str, file: str, length: int) -> None:
    made = timeline(cut, file, 40).write(tmp_path)
    clip = next(made.view.clips())
    placed = above(clip, 1, first=7, length=length)
    placed = replace(placed, clock=RATES[file], speed=clip.speed.scalar)
    origin = clip.source_of(7, 7).first
    span = Span(math.floor(origin) - 24, math.floor(origin) + 60)
    zero = Fraction(clip.media.start.value)
    spec = replace(placed.take.spec, span=Span(span.first - int(zero), span.end - int(zero)))
    placed = replace(placed, take=replace(placed.take, spec=spec), source=origin,
                     available=(Fraction(span.first), Fraction(len(span))))  # fmt: skip
    (row,) = json.loads(made.apply([placed], tmp_path).content)["takes"]
    first, lasts = row["record"][0] - made.snapshot.timeline.start_frame, row["record"][1]
    assert first <= 7 < 7 + length <= first + lasts
    begin, end = row["bounds"]
    assert math.floor((end - begin) * RATES[cut] / RATES[file]) == lasts


@pytest.mark.parametrize(("length", "asked"), [(12, True), (11, False)])
def test_what_can_never_be_laid_is_said_before_it_is_paid(tmp_path: Path, length: int, asked: bool) -> None:
    """A clip of eleven frames at 59.94 that plays five and a half of 29.97, all of which are marked."""
    made = timeline("59.94", "29.97", length)
    made.markers = [marker(0, duration=length)]
    known = facts("A", picture(400, RATES["29.97"]), timecode(0, RATES["29.97"]))
    plan = plan_of(made.write(tmp_path), Shelf(known))
    assert len(plan.items) == asked
    assert ["no whole number of its frames lasts 11" in row.what for row in plan.blocking] == [True] * (not asked)
