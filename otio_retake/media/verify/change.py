"""Which frames a service really changed, measured against the noise of those that it kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...spans import Span
from .thumbnails import Floats, Thumbs

BLOCKS = (9, 16)
"""Rows and columns of blocks: a change of 15 % of the picture still fills a tenth of them."""

QUANTILE = 0.9

SPREAD = 6 * 1.4826
"""Median deviations above the kept frames' median that count as changed: 4 gave false ends, 8 loses ramps."""

TIMES = 1.5
"""And at least this many times their median."""

_GAP = 2
_RUN = 3


@dataclass(frozen=True, slots=True)
class Change:
    """``span`` are the frames of the pull that changed, None where none did; ``times`` how much more than kept ones."""

    span: Span | None
    times: float
    part: float
    values: tuple[float, ...]
    threshold: float


def difference(sent: Thumbs, came: Floats) -> float:
    """How different one frame is: the 90th percentile over blocks of the mean absolute difference, in codes."""
    error = np.abs(sent.astype(np.float32) - came).mean(axis=0)
    rows, columns = BLOCKS if error.shape[1] >= error.shape[0] else BLOCKS[::-1]
    height, width = error.shape
    blocks = error.reshape(rows, height // rows, columns, width // columns).mean(axis=(1, 3))
    return float(np.quantile(blocks, QUANTILE))


def measure_change(values: list[float | None], expected: Span, margin: int) -> Change:
    """What changed, from the difference of each frame of the pull; None where the result has no frame for it.

    Frames further than ``margin`` from ``expected`` count as kept; where there are too few, those outside of it.
    """
    kept = [v for i, v in enumerate(values) if v is not None and i not in expected.widen(margin)]
    if len(kept) < 6:
        kept = [v for i, v in enumerate(values) if v is not None and i not in expected]
    known = tuple(0.0 if v is None else v for v in values)
    inside = [v for i, v in enumerate(values) if v is not None and i in expected]
    if not kept or not inside:
        return Change(None, 0.0, 0.0, known, 0.0)
    median = float(np.median(kept))
    deviation = float(np.median([abs(v - median) for v in kept]))
    threshold = max(median + SPREAD * deviation, TIMES * median, 0.25)
    over = [v is not None and v > threshold for v in values]
    least = min(_RUN, len(expected))
    runs = [run for run in _runs(over) if len(run) >= least and len(run.widen(4).cut(expected))]
    times = float(np.median(inside)) / max(median, 0.1)
    part = sum(v > threshold for v in inside) / len(inside)
    if not runs:
        return Change(None, times, part, known, threshold)
    return Change(Span(runs[0].first, runs[-1].end), times, part, known, threshold)


def _runs(over: list[bool]) -> list[Span]:
    """Runs of changed frames, gaps of up to two closed."""
    runs: list[Span] = []
    for index, changed in enumerate(over):
        if not changed:
            continue
        if runs and index - runs[-1].end <= _GAP:
            runs[-1] = Span(runs[-1].first, index + 1)
        else:
            runs.append(Span(index, index + 1))
    return runs
