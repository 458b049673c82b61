"""The arithmetic that decides which frames are sent: properties over rates, media, regions and services."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from otio_retake.capabilities import SERVICES, Capabilities, Grid, Price
from otio_retake.rates import nominal
from otio_retake.spans import CannotSend, PullSpans, Span, longest_region, solve

RATES = [Fraction(n * 1000, d) for n in (24, 30, 60) for d in (1000, 1001)] + [
    Fraction(25),
    Fraction(50),
    Fraction(48),
    Fraction(48000, 1001),
    Fraction(59),
    Fraction(149, 5),
]
SERVICE_NAMES = sorted(SERVICES)


@st.composite
def capabilities(draw: st.DrawFn) -> Capabilities:
    """Any service: the known ones, and invented ones with other grids and limits."""
    known = SERVICES[draw(st.sampled_from(SERVICE_NAMES))]
    if draw(st.booleans()):
        return known
    step = draw(st.sampled_from([1, 2, 4, 8, 16]))
    return replace(
        known,
        grid=Grid(step, draw(st.integers(0, min(1, step - 1)))),
        padding=draw(st.integers(0, 12)),
        doubt=draw(st.integers(0, 20)),
        window_least_ms=draw(st.sampled_from([0, 500, 2000, 3000])),
        pull_least_frames=draw(st.integers(1, 121)),
        pull_least_ms=draw(st.sampled_from([0, 1000, 3000])),
        pull_most_frames=draw(st.one_of(st.none(), st.integers(400, 900))),
        pull_most_ms=draw(st.one_of(st.none(), st.integers(12_000, 30_000))),
        price=Price(Decimal("0.10")),
    )


@st.composite
def asks(draw: st.DrawFn) -> tuple[Span, int, int, Capabilities, int | None]:
    service = draw(capabilities())
    base = nominal(draw(st.sampled_from(RATES)))
    media = draw(st.one_of(st.integers(1, 200), st.integers(1, 5000)))
    first = draw(st.integers(0, media - 1))
    end = draw(st.integers(first + 1, min(media, first + 700)))
    context = draw(st.one_of(st.none(), st.integers(0, 60)))
    return Span(first, end), media, base, service, context


def _groups(seconds_start: Fraction, seconds_end: Fraction, base: int, grid: Grid, count: int) -> tuple[int, int]:
    """The frames that a service on ``grid`` touches for a window in seconds, by the documented formula."""
    s, e = seconds_start * base, seconds_end * base
    first = 0 if s < grid.lead else grid.step * math.floor((s - grid.lead) / grid.step) + grid.lead
    end = grid.step * math.ceil((e - grid.lead) / grid.step) + grid.lead
    return first, min(end, count)


@settings(max_examples=500, deadline=None)
@given(asks())
@example((Span(0, 1), 1, 24, SERVICES["ltx"], None))
@example((Span(3, 50), 60, 30, SERVICES["runware"], None))
def test_a_pull_is_within_every_limit_and_changes_the_region_or_a_problem_is_said(
    ask: tuple[Span, int, int, Capabilities, int | None],
) -> None:
    region, media, base, service, context = ask
    answer = solve(region, media, base, service, context=context)
    if isinstance(answer, CannotSend):
        longest = longest_region(service, base)
        assert longest is not None
        assert len(region) > longest
        edges = [region.first, *answer.split, region.end]
        for a, b in itertools.pairwise(edges):
            assert isinstance(solve(Span(a, b), media, base, service), PullSpans), "a split that does not help"
        return
    assert answer.changed.holds(region)
    assert answer.window.holds(region)
    assert Span(0, media).holds(answer.pull)
    assert answer.pull.holds(answer.changed)
    assert answer.count >= service.least_pull(base)
    most = service.most_pull(base)
    assert most is None or answer.count <= most
    assert answer.body * 1000 >= service.window_least_ms * base
    assert service.window_most_ms is None or answer.body * 1000 <= service.window_most_ms * base
    assert answer.seconds.duration_ms >= service.window_least_ms
    assert answer.seconds.start_ms >= 0
    assert answer.seconds.start_ms + answer.seconds.duration_ms <= answer.count * 1000 / base
    assert answer.count % service.grid.step == service.grid.lead % service.grid.step
    assert answer.head + answer.body + answer.tail == answer.count
    if answer.pad_head or answer.pad_tail:
        needed = max(service.least_pull(base), answer.body + answer.head) + 2 * service.grid.step
        assert answer.pull.first == 0 or answer.pull.end == media, "held frames where the media does not end"
        assert len(answer.pull) <= needed or service.whole_seconds


@settings(max_examples=300, deadline=None)
@given(asks())
def test_on_a_grid_the_window_is_what_changes(ask: tuple[Span, int, int, Capabilities, int | None]) -> None:
    region, media, base, service, context = ask
    service = replace(service, whole_seconds=False, padding=0)
    answer = solve(region, media, base, service, context=context)
    if isinstance(answer, CannotSend) or region.first == 0:
        return
    assert answer.changed == answer.window.cut(Span(0, media))
    if len(region) >= service.least_window(base) and region.end + service.grid.step <= media:
        assert len(answer.window) < len(region) + service.grid.step


@settings(max_examples=400, deadline=None)
@given(asks())
def test_every_reading_of_the_seconds_means_the_same_frames(
    ask: tuple[Span, int, int, Capabilities, int | None],
) -> None:
    region, media, base, service, context = ask
    if service.grid.step < 2:
        return
    answer = solve(region, media, base, service, context=context)
    if isinstance(answer, CannotSend):
        return
    start, duration = answer.seconds.start, answer.seconds.duration
    grid, count = service.grid, answer.count
    expected = grid.snap(answer.head, answer.head + answer.body, count)
    exact = (Fraction(start), Fraction(start) + Fraction(duration))
    single = tuple(Fraction(float(x)) for x in (np.float32(start), np.float32(start) + np.float32(duration)))
    double = (Fraction(float(start)), Fraction(float(start) + float(duration)))
    rounded = (Fraction(round(float(start), 3)), Fraction(round(float(start), 3) + round(float(duration), 3)))
    for reading in (exact, single, double, rounded):
        assert _groups(*reading, base, grid, count) == expected
    if not service.whole_seconds:
        whole = (Fraction(int(float(start) * base), base), Fraction(int((float(start) + float(duration)) * base), base))
        assert _groups(*whole, base, grid, count) == expected


@pytest.mark.parametrize("service", ["ltx", "fal", "segmind", "gmi"])
def test_the_documented_97_frame_pull(service: str) -> None:
    """A two second fix in a long shot at 24: 25 frames of head, a body of whole groups, 24 of tail."""
    answer = solve(Span(100, 148), 2000, 24, SERVICES[service])
    assert isinstance(answer, PullSpans)
    assert (answer.head, answer.body, answer.tail) == (25, 56, 24)
    assert answer.changed == answer.window == Span(96, 152)
    assert answer.seconds.start == "1.043"


def test_whole_seconds_at_25_can_hit_the_grid() -> None:
    """At 25 a head of one second is 1 modulo 8, so the window is what changes at its start."""
    answer = solve(Span(100, 150), 2000, 25, SERVICES["runware"])
    assert isinstance(answer, PullSpans)
    assert answer.head == 25
    assert (answer.seconds.start, answer.seconds.duration) == ("1.0", "2.0")
    assert answer.changed.first == answer.window.first == 100


def test_a_long_region_is_refused_with_the_frames_to_split_at() -> None:
    answer = solve(Span(0, 1000), 2000, 24, SERVICES["ltx"])
    assert isinstance(answer, CannotSend)
    assert answer.split == (333, 666)


def test_short_media_is_held_not_shortened() -> None:
    answer = solve(Span(10, 20), 32, 24, SERVICES["ltx"])
    assert isinstance(answer, PullSpans)
    assert answer.pull == Span(0, 32)
    assert answer.count == 73
    assert answer.pad_head == 0
    assert answer.pad_tail == 41


def test_a_span_is_half_open() -> None:
    span = Span(3, 7)
    assert len(span) == 4
    assert 3 in span
    assert 7 not in span
    assert span.cut(Span(5, 20)) == Span(5, 7)
    assert span.cut(Span(20, 30)) == Span(7, 7)
    with pytest.raises(ValueError, match="cannot end"):
        Span(4, 3)
