"""Which frame of a result is which frame of the pull, and how sure that is.

Context frames, which a service should keep, are compared by the correlation of their luma at 80x45; head and tail
each for itself. The ratio of the second best offset to the best is the evidence. All thresholds were measured on 171
sides with known truth (moving, grainy, near-static, static footage; softened, shifted in colour, x264 CRF 18-28).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Literal

import numpy as np

from ...spans import Span
from .thumbnails import Floats, Thumbs, halved

Certainty = Literal["certain", "probable", "ambiguous", "contradicted"]

REACH = 12
"""Offsets looked at on either side: services were seen to lose or add a few frames."""

LEAST_CONTEXT = 6
"""Fewer context frames than this on a side are no evidence."""

NEAREST = 36
"""Context frames used on a side: those nearest to the window, as a loss far away does not move it."""

CERTAIN = 1.3
"""Ratio from which a side is certain: 151 of 155 right sides reach it, no static one does."""

PROBABLE = 1.15
"""Ratio from which a side is probable: it counts when the other side or the frame count agrees."""

STRANGE = 0.3
"""Best score above which it is other footage: right results were below 0.0013, unrelated ones above 0.79."""

REFRAMED = 0.02
"""Best score above which the picture was reframed: then movement alone is compared (1.1 % of crop gives 0.045)."""

RETIMED_BY = 3.0
"""A result is resampled in time where that explains it this many times better (right ones: 6 and more)."""

SPILL = 12
"""Frames by which a service was seen to change more than it says: half a second at 24."""

SECTION = Fraction(9, 10)
"""A result shorter than this part of the pull may be the section alone."""

PHASES = (Fraction(1, 2), Fraction(1, 4), Fraction(3, 4), Fraction(99, 100))
"""Where within a frame a service may have sampled when it resampled in time."""

HALF = Fraction(1, 2)

_TINY = 1e-7


@dataclass(frozen=True, slots=True)
class Side:
    """What head or tail says: the offset of the result against the pull, the score there, and the ratio."""

    frames: int
    offset: int = 0
    score: float = 0.0
    ratio: float = 0.0

    @property
    def says(self) -> Certainty | None:
        """How much this side proves; None where it has no frames to look at."""
        if self.frames < LEAST_CONTEXT:
            return None
        if self.score > STRANGE and self.ratio < PROBABLE:
            return "contradicted"
        if self.ratio >= CERTAIN:
            return "certain"
        return "probable" if self.ratio >= PROBABLE else "ambiguous"


@dataclass(frozen=True, slots=True)
class Alignment:
    """Frame i of the pull is frame floor(i * rate + phase) + offset of the result."""

    certainty: Certainty
    offset: int
    rate: Fraction
    head: Side
    tail: Side
    why: str
    reframed: bool = False
    section: bool = False
    phase: Fraction = HALF

    def index(self, frame: int) -> int:
        """The result's frame for a frame of the pull."""
        return floor(frame * self.rate + self.phase) + self.offset


def align(
    sent: Thumbs, came: Thumbs, changed: Span, real: Span, *, sent_rate: Fraction, came_rate: Fraction
) -> Alignment:
    """Aligns the result ``came`` with the pull ``sent``, whose frames outside ``changed`` should have been kept.

    ``real`` are the frames that were not merely held: a held frame is like its neighbours and proves nothing.
    """
    head, tail = _context(changed, real)
    if len(came) == 0:
        return Alignment("contradicted", 0, Fraction(1), Side(0), Side(0), "the result has no frames")
    ours, theirs = _Features(sent), _Features(came)
    section = len(came) < SECTION * len(sent)
    if section:
        found = _as_section(ours, theirs, changed, real)
        if found is not None:
            return found
    plain = best = _both(ours, theirs, head, tail, Fraction(1), HALF)
    if came_rate != sent_rate and min(len(head), len(tail)) >= LEAST_CONTEXT:
        others = [
            _both(ours, theirs, head, tail, rate, phase)
            for rate in (came_rate / sent_rate, sent_rate / came_rate)
            for phase in PHASES
        ]
        agreeing = [found for found in others if found.sides[0].offset == found.sides[1].offset]
        other = min(agreeing, key=lambda found: found.worst, default=plain)
        best = other if RETIMED_BY * max(other.worst, 1e-6) < plain.worst else plain
    if best is plain and plain.reframed:
        best = _away(ours, theirs, changed, real) or plain
    return _judge(best, len(sent), len(came))


def _context(changed: Span, real: Span, spill: int = 0) -> tuple[range, range]:
    """The kept frames on either side of what changed and ``spill`` frames more."""
    first, end = changed.first - spill, changed.end + spill
    head = range(max(first - NEAREST, real.first), max(first, real.first))
    return head, range(min(end, real.end), min(end + NEAREST, real.end))


def _away(ours: _Features, theirs: _Features, changed: Span, real: Span) -> _Found | None:
    """What the frames further away say where the service changed some near the window; None if they say no better."""
    head, tail = _context(changed, real, SPILL)
    found = _both(ours, theirs, head, tail, Fraction(1), HALF)
    sides = [side for side in found.sides if side.says is not None]
    sure = any(side.says == "certain" for side in sides)
    return found if sure and all(side.score <= REFRAMED for side in sides) else None


class _Features:
    """Luma of the frames that are asked for, at 80x45; each is worked out once."""

    def __init__(self, thumbs: Thumbs) -> None:
        self._thumbs = thumbs
        self._luma: dict[int, Floats] = {}
        self._plain: dict[int, Floats] = {}
        self.count = len(thumbs)

    def _know(self, frames: Sequence[int]) -> None:
        new = [k for k in dict.fromkeys(frames) if k not in self._luma]
        if new:
            values = halved(self._thumbs[new])
            level = values - values.mean(axis=1, keepdims=True)
            plain = level / np.maximum(np.linalg.norm(level, axis=1, keepdims=True), _TINY)
            self._luma.update(zip(new, values, strict=True))
            self._plain.update(zip(new, plain.astype(np.float32), strict=True))

    def plain(self, frames: Sequence[int]) -> Floats:
        """Each frame for itself: without its mean, of length one."""
        self._know(frames)
        return np.stack([self._plain[k] for k in frames])

    def moving(self, frames: Sequence[int]) -> Floats:
        """The same frames as one block without their mean picture: what moves, whatever the framing."""
        self._know(frames)
        values = np.stack([self._luma[k] for k in frames])
        return np.asarray(values - values.mean(axis=0, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Found:
    """What head and tail say under one hypothesis of rate and phase."""

    sides: tuple[Side, Side]
    rate: Fraction
    phase: Fraction
    reframed: bool

    @property
    def worst(self) -> float:
        return max(side.score for side in self.sides)


def _both(ours: _Features, theirs: _Features, head: range, tail: range, rate: Fraction, phase: Fraction) -> _Found:
    sides = [_side(ours, theirs, side, rate, phase) for side in (head, tail)]
    reframed = any(s.says and s.score > REFRAMED for s in sides)
    if reframed:
        moved = [_side(ours, theirs, side, rate, phase, moving=True) for side in (head, tail)]
        sides = [_better(plain, other) for plain, other in zip(sides, moved, strict=True)]
    return _Found((sides[0], sides[1]), rate, phase, reframed)


def _better(plain: Side, moving: Side) -> Side:
    """Movement decides on a reframed picture where it decides at all (ratio above 1.10 and score below 0.5)."""
    return moving if moving.ratio > 1.10 and moving.score < 0.5 and moving.ratio > plain.ratio else plain


def _side(
    ours: _Features, theirs: _Features, frames: range, rate: Fraction, phase: Fraction, *, moving: bool = False
) -> Side:
    if len(frames) < LEAST_CONTEXT:
        return Side(len(frames))
    reach = REACH + min(abs(theirs.count - round(ours.count * rate)), 4 * REACH)
    scores: dict[int, float] = {}
    mine = None if moving else ours.plain(frames)
    for offset in range(-reach, reach + 1):
        pairs = [(k, floor(i * rate + phase) + offset) for k, i in enumerate(frames)]
        pairs = [(k, j) for k, j in pairs if 0 <= j < theirs.count]
        if 2 * len(pairs) < len(frames):
            continue
        rows, columns = [k for k, _ in pairs], [j for _, j in pairs]
        if mine is None:
            scores[offset] = _block(ours.moving([frames[k] for k in rows]), theirs.moving(columns))
        else:
            scores[offset] = float(np.mean(1 - np.sum(mine[rows] * theirs.plain(columns), axis=1)))
    if not scores:
        return Side(len(frames), 0, 1.0, 1.0)
    offset = min(scores, key=lambda d: (scores[d], abs(d)))
    others = [score for d, score in scores.items() if d != offset]
    best = max(scores[offset], _TINY)
    return Side(len(frames), offset, scores[offset], max(min(others), _TINY) / best if others else 1.0)


def _block(mine: Floats, other: Floats) -> float:
    norm = float(np.linalg.norm(mine) * np.linalg.norm(other))
    return 1 - float(np.sum(mine * other)) / norm if norm > _TINY else 1.0


def _judge(found: _Found, sent: int, came: int) -> Alignment:
    """What both sides and the count come to."""
    (head, tail), rate = found.sides, found.rate

    def verdict(certainty: Certainty, offset: int, why: str) -> Alignment:
        return Alignment(certainty, offset, rate, head, tail, why, found.reframed, phase=found.phase)

    expected = round(sent * rate)
    extra = came - expected
    sides = [side for side in (head, tail) if side.says is not None]
    sure = [side for side in sides if side.says in ("certain", "probable")]
    if sides and all(side.says == "contradicted" for side in sides):
        return verdict("contradicted", 0, f"it is other footage (score {min(s.score for s in sides):.2f})")
    if any(side.says == "contradicted" for side in sides) and not any(s.says == "certain" for s in sides):
        return verdict("contradicted", 0, "one side of the window is other footage")
    if len(sure) == 2 and head.offset != tail.offset:
        change = tail.offset - head.offset
        what = f"{abs(change)} frame{'s' if abs(change) > 1 else ''} {'added' if change > 0 else 'lost'}"
        return verdict("contradicted", head.offset, f"{what} inside the window")
    if len(sure) == 2:
        best: Certainty = "certain" if any(s.says == "certain" for s in sure) else "probable"
        return verdict(best, head.offset, _agree(head.offset, extra))
    if len(sure) == 1:
        return verdict(*_one_side(sure[0], sure[0] is head, extra))
    if extra == 0:
        why = "the footage hardly moves" if sides else "there are no kept frames to compare"
        return verdict("ambiguous", 0, f"{why}; the count is right")
    return verdict("contradicted", 0, f"{came} frames came for {sent}, and nothing tells which")


def _agree(offset: int, extra: int) -> str:
    if offset == 0 and extra == 0:
        return "head and tail agree"
    return (
        f"head and tail agree; the result begins {abs(offset)} f {'late' if offset < 0 else 'early'}"
        if offset
        else (f"head and tail agree; {abs(extra)} f {'more' if extra > 0 else 'fewer'} at the end")
    )


def _one_side(side: Side, is_head: bool, extra: int) -> tuple[Certainty, int, str]:
    """One side alone is sure. The window is held from it; the count says whether anything was lost inside."""
    which = "head" if is_head else "tail"
    # What is missing before the head moves all that follows; before the tail alone it may be missing from the window.
    explained = extra == side.offset and (is_head or side.offset == 0)
    if explained:
        certainty: Certainty = "certain" if side.says == "certain" else "probable"
        return certainty, side.offset, f"the {which} and the count agree"
    return (
        "contradicted",
        side.offset,
        f"the {which} is {side.offset:+d} f off, the count {extra:+d} f: something is lost inside",
    )


def _as_section(ours: _Features, theirs: _Features, changed: Span, real: Span) -> Alignment | None:
    """A result that holds the section alone: placed by the kept frames at its ends, else by its exact length.

    What changes at an end of the pull holds the frames that were held there too, unless the service left them out.
    """
    edge = 8
    if theirs.count >= 2 * edge:
        ends = [*range(edge), *range(theirs.count - edge, theirs.count)]
        other = theirs.plain(ends)
        mine = ours.plain(range(ours.count))
        scores = {}
        for at in range(ours.count - theirs.count + 1):
            scores[at] = float(np.mean(1 - np.sum(mine[[at + k for k in ends]] * other, axis=1)))
        at = min(scores, key=lambda k: scores[k])
        rest = [score for k, score in scores.items() if k != at]
        ratio = max(min(rest), _TINY) / max(scores[at], _TINY) if rest else 1.0
        side = Side(2 * edge, -at, scores[at], ratio)
        if side.says in ("certain", "probable") and scores[at] < REFRAMED:
            holds = at <= changed.first and at + theirs.count >= changed.end
            certainty: Certainty = ("certain" if side.says == "certain" else "probable") if holds else "contradicted"
            why = f"the result is the section alone, from frame {at} of the pull"
            return Alignment(certainty, -at, Fraction(1), side, side, why, section=True)
    first = 0 if changed.first == real.first else changed.first
    end = ours.count if changed.end == real.end else changed.end
    for span in (changed, Span(first, end)):
        if theirs.count == len(span):
            none = Side(0)
            why = "the result has just the frames that change; nothing in it can be compared"
            return Alignment("ambiguous", -span.first, Fraction(1), none, none, why, section=True)
    return None
