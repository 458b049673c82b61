"""Rates, timecode and seconds."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otio_retake.rates import (
    BadTimecode,
    drops,
    exact_rate,
    least_body,
    nominal,
    parse_timecode,
    sample_at,
    settle,
    timecode,
    to_frames,
    whole_seconds,
    window_seconds,
)

NTSC_24 = Fraction(24000, 1001)
LABELLED = [
    Fraction(24),
    NTSC_24,
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
]


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        (23.976, NTSC_24),
        (23.98, NTSC_24),
        (23.976024627685547, NTSC_24),
        (23.976023976023978, NTSC_24),
        (29.97, Fraction(30000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (24.0, Fraction(24)),
        (25, Fraction(25)),
        (47.952, Fraction(48000, 1001)),
        (119.88, Fraction(120000, 1001)),
        (12.5, Fraction(25, 2)),
        (48000, Fraction(48000)),
        (44100.0, Fraction(44100)),
    ],
)
def test_a_written_rate_is_the_exact_one_that_it_stands_for(written: float, exact: Fraction) -> None:
    assert exact_rate(written) == exact


@pytest.mark.parametrize("bad", [0.0, -24.0, float("nan"), float("inf"), 1e7])
def test_what_is_no_rate_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="not a frame rate"):
        exact_rate(bad)


@given(st.sampled_from(LABELLED), st.integers(0, 24 * 3600 * 60 - 1), st.booleans())
def test_timecode_goes_there_and_back(rate: Fraction, frame: int, drop: bool) -> None:
    frame %= 24 * 3600 * nominal(rate) - 3000
    drop = drop and drops(rate) > 0
    text = timecode(frame, rate, drop=drop)
    assert parse_timecode(text, rate) == (frame, drop)


@given(st.sampled_from([(30000, 1001), (60000, 1001), (24000, 1001), (25, 1)]), st.integers(0, 2_000_000))
def test_timecode_agrees_with_opentimelineio(pair: tuple[int, int], frame: int) -> None:
    rate = Fraction(*pair)
    written = otio.opentime.RationalTime(frame, pair[0] / pair[1])
    for drop in {False, drops(rate) > 0}:
        if timecode(frame, rate) < "24":
            theirs = written.to_timecode(pair[0] / pair[1], drop_frame=drop)
            assert timecode(frame, rate, drop=drop) == theirs


@pytest.mark.parametrize("text", ["01:00:00", "garbage", "01:00:00:30", "25:61:00:00", "00:01:00;00", ""])
def test_a_bad_label_is_refused(text: str) -> None:
    with pytest.raises(BadTimecode):
        parse_timecode(text, Fraction(24) if ";" not in text else Fraction(30000, 1001))


def test_positions_between_rates() -> None:
    # Resolve writes 24 fps media in a 25 timeline with a fraction; Hiero computes with a rate in single precision.
    assert to_frames(91046.625, 25.0, Fraction(24)) == Fraction(91046625, 1000) / 25 * 24
    assert to_frames(909986.0387191772, 23.976024627685547, Fraction(25)) == 948850
    assert to_frames(86400.0, 23.98, NTSC_24) == 86400
    assert settle(Fraction(999_999, 1_000_000)) == 1


@given(st.sampled_from(LABELLED), st.integers(0, 10**6), st.integers(0, 10**4), st.sampled_from([44100, 48000]))
def test_samples_never_drift(rate: Fraction, first: int, count: int, sample_rate: int) -> None:
    length = sample_at(first + count, rate, sample_rate) - sample_at(first, rate, sample_rate)
    assert abs(length - count * sample_rate / rate) < 1


@given(st.integers(0, 400), st.integers(1, 400), st.integers(24, 60))
def test_window_seconds_stay_inside_their_frames(head: int, body: int, base: int) -> None:
    least = least_body(0, base)
    if body < max(least, 2):
        return
    seconds = window_seconds(head, body, base)
    start, end = Fraction(seconds.start) * base, (Fraction(seconds.start) + Fraction(seconds.duration)) * base
    assert head <= start < head + 1
    assert head + body - 1 < end < head + body


@given(st.integers(1, 5000), st.integers(24, 60), st.integers(0, 300))
def test_the_least_body_lasts_long_enough(milliseconds: int, base: int, head: int) -> None:
    assert window_seconds(head, least_body(milliseconds, base), base).duration_ms >= milliseconds


def test_whole_seconds_must_be_whole() -> None:
    assert whole_seconds(24, 48, 24).start == "1.0"
    with pytest.raises(ValueError, match="whole seconds"):
        whole_seconds(25, 48, 24)
