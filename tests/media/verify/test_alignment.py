"""Which frame is which: over moving, slow and static footage, with frames lost, added and moved."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otio_retake.media.verify.alignment import align
from otio_retake.media.verify.thumbnails import Thumbs
from otio_retake.spans import Span

COUNT = 96
WINDOW = Span(36, 64)
RATE = Fraction(24)


def footage(kind: str, count: int = COUNT, seed: int = 1) -> Thumbs:
    """Thumbnails of moving, slow, static, or other footage."""
    return _footage(kind, count, seed).copy()


@lru_cache(maxsize=16)
def _footage(kind: str, count: int, seed: int) -> Thumbs:
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:90, 0:160]
    frames = np.zeros((count, 3, 90, 160), np.uint8)
    speed = {"moving": 2.0, "slow": 0.3, "static": 0.0, "other": 3.0}[kind]
    phase = 40.0 if kind == "other" else 0.0
    base = rng.normal(size=(90, 160)) * (30 if kind != "other" else 5)
    for k in range(count):
        x = columns + speed * k + phase
        luma = 110 + 40 * np.sin(x / 9) * np.cos((rows + phase) / 7) + 20 * np.sin((rows + 1.5 * speed * k) / 5)
        if kind == "other":
            luma = 110 + 50 * np.cos(rows / 3 + k) * np.sin(columns / 4)
        frames[k, 0] = (luma + base * (kind != "moving") * 0.3 + rng.normal(size=(90, 160)) * 3).clip(16, 235)
        frames[k, 1:] = 128
    return frames


def answered(sent: Thumbs, keep: list[int], seed: int = 7) -> Thumbs:
    """What a service sends back: frames ``keep`` of what was sent, the window made anew, softened by noise."""
    rng = np.random.default_rng(seed)
    new = footage("other", len(sent), seed)
    frames = sent.astype(np.int16)
    frames[WINDOW.first : WINDOW.end] = new[WINDOW.first : WINDOW.end]
    picked = frames[keep] + rng.normal(size=(len(keep), 3, 90, 160)) * 2
    return picked.clip(0, 255).astype(np.uint8)


def find(sent: Thumbs, came: Thumbs, came_rate: Fraction = RATE, real: Span | None = None):  # type: ignore[no-untyped-def]
    return align(sent, came, WINDOW, real or Span(0, len(sent)), sent_rate=RATE, came_rate=came_rate)


@pytest.mark.parametrize("kind", ["moving", "slow"])
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 6), st.integers(0, 6))
def test_frames_lost_at_the_ends_move_nothing_inside(kind: str, head: int, tail: int) -> None:
    sent = footage(kind)
    keep = list(range(head, COUNT - tail))
    found = find(sent, answered(sent, keep))
    assert found.certainty == "certain", found
    assert [keep[found.index(k)] for k in range(WINDOW.first, WINDOW.end)] == list(range(WINDOW.first, WINDOW.end))


@pytest.mark.parametrize("kind", ["moving", "slow"])
@settings(max_examples=4, deadline=None)
@given(st.integers(WINDOW.first, WINDOW.end - 1), st.sampled_from([-2, -1, 1, 2]))
def test_frames_lost_or_added_inside_the_window_are_refused(kind: str, where: int, change: int) -> None:
    sent = footage(kind)
    keep = list(range(COUNT))
    keep[where : where + max(-change, 0)] = [where] * change if change > 0 else []
    if change > 0:
        keep = [*range(where), *([where] * change), *range(where, COUNT)]
    found = find(sent, answered(sent, keep))
    assert found.certainty == "contradicted"
    assert f"{abs(change)} frame" in found.why
    assert ("lost" if change < 0 else "added") in found.why


def test_static_footage_proves_nothing_but_its_count() -> None:
    sent = footage("static")
    # A service gives back the still, not the grain that was on it.
    still = np.repeat(sent.mean(axis=0, keepdims=True).astype(np.uint8), COUNT, axis=0)
    right = find(sent, answered(still, list(range(COUNT))))
    assert (right.certainty, right.offset) == ("ambiguous", 0)
    short = find(sent, answered(still, list(range(COUNT - 1))))
    assert short.certainty == "contradicted"


def test_other_footage_is_refused() -> None:
    found = find(footage("moving"), footage("other"))
    assert found.certainty == "contradicted"
    assert "other footage" in found.why


@pytest.mark.parametrize("sampled_at", [0.0, 0.25, 0.5, 0.75])
def test_a_result_that_was_resampled_in_time_is_seen(sampled_at: float) -> None:
    sent = footage("moving")
    keep = [min(int(j * 24 / 25 + sampled_at), COUNT - 1) for j in range(COUNT * 25 // 24)]
    found = find(sent, answered(sent, keep), Fraction(25))
    assert found.rate == Fraction(25, 24)
    assert [keep[found.index(k)] for k in range(WINDOW.first, WINDOW.end)] == list(range(WINDOW.first, WINDOW.end))


def test_another_rate_in_the_file_alone_does_not_matter() -> None:
    sent = footage("moving")
    found = find(sent, answered(sent, list(range(COUNT))), Fraction(23))
    assert (found.certainty, found.offset, found.rate) == ("certain", 0, 1)


def test_a_section_is_placed_by_the_kept_frames_at_its_ends() -> None:
    sent = footage("moving")
    keep = list(range(WINDOW.first - 8, WINDOW.end + 8))
    found = find(sent, answered(sent, keep))
    assert found.section
    assert found.certainty == "certain"
    assert keep[found.index(WINDOW.first)] == WINDOW.first


def test_a_section_without_kept_frames_is_ambiguous_by_its_exact_length() -> None:
    sent = footage("moving")
    found = find(sent, answered(sent, list(range(WINDOW.first, WINDOW.end))))
    assert (found.certainty, found.index(WINDOW.first)) == ("ambiguous", 0)
    other = find(sent, answered(sent, list(range(WINDOW.first, WINDOW.end - 3))))
    assert other.certainty == "contradicted"


def test_held_frames_prove_nothing() -> None:
    sent = footage("moving")
    sent[WINDOW.end :] = sent[WINDOW.end - 1]
    sent[: WINDOW.first] = sent[WINDOW.first]
    found = find(sent, answered(sent, list(range(COUNT))), real=WINDOW)
    assert found.certainty == "ambiguous"
    assert "no kept frames" in found.why


def test_no_window_at_all_compares_everything() -> None:
    sent = footage("moving")
    middle = Span(COUNT // 2, COUNT // 2)
    rng = np.random.default_rng(3)
    came = (sent[2:].astype(np.int16) + rng.normal(size=sent[2:].shape) * 2).clip(0, 255).astype(np.uint8)
    found = align(sent, came, middle, Span(0, COUNT), sent_rate=RATE, came_rate=RATE)
    assert (found.certainty, found.offset) == ("certain", -2)


def test_an_empty_result_is_refused() -> None:
    sent = footage("moving")
    assert find(sent, sent[:0]).certainty == "contradicted"
