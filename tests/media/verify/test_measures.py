"""What changed, how the seams are, how colour and sound have shifted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otio_retake.media.verify.change import difference, measure_change
from otio_retake.media.verify.colour import fit_colour
from otio_retake.media.verify.lag import measure_lag
from otio_retake.media.verify.seams import HARD, WARN, measure_seam
from otio_retake.spans import Span
from tests.media.verify.test_alignment import WINDOW, answered, footage


def values(sent: np.ndarray, came: np.ndarray) -> list[float | None]:
    return [difference(a, b.astype(np.float32)) for a, b in zip(sent, came, strict=True)]


@settings(max_examples=5, deadline=None)
@given(st.integers(20, 40), st.integers(3, 40))
def test_what_changed_is_found_to_the_frame(first: int, length: int) -> None:
    sent = footage("moving")
    came = answered(sent, list(range(len(sent))))
    noise = np.random.default_rng(2).normal(size=sent.shape) * 2
    kept = (sent + noise).clip(0, 255).astype(np.uint8)
    span = Span(first, first + length)
    other = footage("other", len(sent), 9)
    came = kept.copy()
    came[span.first : span.end] = other[span.first : span.end]
    assert measure_change(values(sent, came), span, 0).span == span


def test_nothing_changed_is_said_so() -> None:
    sent = footage("moving")
    noise = np.random.default_rng(2).normal(size=sent.shape) * 2
    came = (sent + noise).clip(0, 255).astype(np.uint8)
    assert measure_change(values(sent, came), WINDOW, 0).span is None


def test_a_single_frame_counts_where_a_single_one_was_asked_for() -> None:
    sent = footage("moving")
    came = sent.copy()
    came[50] = footage("other")[50]
    assert measure_change(values(sent, came), Span(50, 51), 0).span == Span(50, 51)


def test_a_change_of_a_part_of_the_picture_is_seen() -> None:
    sent = footage("moving")
    noise = np.random.default_rng(2).normal(size=sent.shape) * 2
    came = (sent + noise).clip(0, 255).astype(np.uint8)
    other = footage("other", len(sent), 9)
    # 15 % of the picture.
    came[WINDOW.first : WINDOW.end, :, 20:60, 30:84] = other[WINDOW.first : WINDOW.end, :, 20:60, 30:84]
    assert measure_change(values(sent, came), WINDOW, 0).span == WINDOW


@settings(max_examples=8, deadline=None)
@given(st.floats(0.92, 1.08), st.floats(-8, 8))
def test_a_shift_of_colour_is_found_and_undone(gain: float, offset: float) -> None:
    sent = footage("moving", 24)
    shifted = (sent.astype(np.float32) - offset) / gain
    noise = np.random.default_rng(4).normal(size=sent.shape)
    came = (shifted + noise).clip(0, 255).round().astype(np.uint8)
    fit = fit_colour(sent, came)
    for level in (60, 110, 180):
        assert abs(fit.gains[0] * level + fit.offsets[0] - (gain * level + offset)) < 1.0
    if abs(gain * 110 + offset - 110) > 1.5:
        assert fit.usable
        assert abs(float(fit.apply(came).mean() - sent.mean())) < 0.7


def test_what_is_not_shifted_is_left_alone_and_flat_pictures_are_not_judged() -> None:
    sent = footage("moving", 24)
    assert not fit_colour(sent, sent).usable
    flat = np.full_like(sent, 120)
    assert "flat" in fit_colour(flat, flat + 4).why
    assert not fit_colour(sent[:0], sent[:0]).usable


def test_seams_of_right_and_of_other_pictures() -> None:
    sent = footage("moving").astype(np.float32)
    noise = np.random.default_rng(5).normal(size=sent.shape)
    good = measure_seam(sent[30:36], (sent + noise)[36:42], sent[30:42])
    assert good.jump < WARN
    assert good.step < 1.0
    strange = 235 - footage("slow", seed=5).astype(np.float32)
    bad = measure_seam(sent[30:36], strange[36:42], sent[30:42])
    assert bad.jump > HARD
    brighter = measure_seam(sent[30:36], sent[36:42] + 4, sent[30:42])
    assert brighter.step > 3.0


def test_a_cut_in_the_source_is_no_bad_seam() -> None:
    cut = np.concatenate([footage("slow")[:6], 235 - footage("slow", seed=5)[6:12]]).astype(np.float32)
    assert measure_seam(cut[:6], cut[6:], cut).cut


SOUNDS = {
    "noise": lambda n, rng: rng.normal(size=n) * 0.1,
    "speech": lambda n, rng: (
        np.convolve(rng.normal(size=n), np.hanning(64), "same") * (np.sin(np.arange(n) / 4000) ** 2)
    ),
    "room": lambda n, rng: rng.normal(size=n) * 4e-4,
}


@pytest.mark.parametrize("kind", SOUNDS)
@pytest.mark.parametrize("lag", [-9600, -2002, -1, 0, 1, 48, 5000])
def test_a_lag_is_found_to_the_sample(kind: str, lag: int) -> None:
    rng = np.random.default_rng(8)
    whole = SOUNDS[kind](160_000, rng).astype(np.float32)
    sent = whole[20_000:116_000]
    came = whole[20_000 - lag : 116_000 - lag] + (rng.normal(size=96_000) * np.abs(whole).std() * 0.1).astype(
        np.float32
    )
    found = measure_lag(sent, came)
    assert (found.says, found.samples) == ("sure", lag)


def test_silence_tones_and_strangers_are_no_evidence() -> None:
    rng = np.random.default_rng(9)
    quiet = np.zeros(96_000, np.float32)
    assert measure_lag(quiet, quiet).says == "silent"
    tone = np.sin(np.arange(96_000) * 2 * np.pi * 440 / 48_000).astype(np.float32)
    assert measure_lag(tone, tone).says == "ambiguous"
    one, other = (rng.normal(size=96_000).astype(np.float32) for _ in range(2))
    assert measure_lag(one, other).says == "ambiguous"
    assert measure_lag(one[:100], other[:100]).says == "none"
