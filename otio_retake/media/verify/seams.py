"""How well a result meets the source where it is cut in: a jump, or a step in brightness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .thumbnails import Floats

NEIGHBOURS = 5
"""Steps on either side that a seam is compared with."""

FLOOR = 1.0
"""Added to the neighbours' difference: with less, still scenes read compression noise as a jump."""

HARD = 4.0
"""Every cut to another shot is above, the worst untouched footage at 1.5."""

WARN = 2.0

STEP = 1.0
"""Codes of mean luma that jump beyond the neighbours': finds 98 % of 2 % gain errors, 2 % false on moving footage."""

CUT = 8.0
"""Times the median step above which the source itself cuts there: then a seam says nothing."""


@dataclass(frozen=True, slots=True)
class Seam:
    """One seam: ``jump`` against the neighbours' movement, ``step`` in codes; ``cut`` where the source cuts there."""

    jump: float
    step: float
    cut: bool


def measure_seam(before: Floats, after: Floats, source: Floats) -> Seam:
    """The seam between kept and new frames, each (frames, 3, height, width), nearest at the seam.

    ``source`` is the original of the same frames, in the same order.
    """
    sequence = np.concatenate([before[-(NEIGHBOURS + 1) :], after[: NEIGHBOURS + 1]])
    at = min(len(before), NEIGHBOURS + 1) - 1
    steps, own = _steps(sequence), _steps(source)
    # Against the neighbours, or against what the source itself does there: the kinder of both.
    calm = max(float(np.median(np.delete(steps, at))), float(own[at]))
    jump = float(steps[at]) / (calm + FLOOR)
    means, own_means = (np.diff(frames[:, 0].mean(axis=(1, 2))) for frames in (sequence, source))
    expected = (float(np.median(np.delete(means, at))), float(own_means[at]))
    step = min(abs(float(means[at]) - value) for value in expected)
    cut = float(own[at]) > CUT * float(np.median(np.delete(own, at)) + 0.2)
    return Seam(jump, step, cut)


def _steps(frames: Floats) -> Floats:
    """D(a, b) = mean |dY| + (mean |dCb| + mean |dCr|) / 2 of neighbouring frames."""
    means = np.abs(np.diff(frames.astype(np.float32), axis=0)).mean(axis=(2, 3))
    return np.asarray(means[:, 0] + (means[:, 1] + means[:, 2]) / 2, dtype=np.float32)
