"""How far a service shifted colour: a straight line for each channel, fitted on frames that should have been kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .thumbnails import Floats, Thumbs

LEAST = 0.6
"""Codes at mid grey below which nothing is applied: re-encoding alone does as much."""

LEAST_GAIN = 0.005
"""The same for the gain: soft results shrink contrast by up to 0.3 %."""

REPORTED = 1.0
"""Codes from which a shift is said."""

FLAT = 5.0
"""Spread of values, in codes, below which a line cannot be fitted."""

_WORST = 0.10
_LEVELS = (16, 110, 235)


@dataclass(frozen=True, slots=True)
class ColourFit:
    """source = gain * result + offset, for Y, Cb and Cr in eight-bit codes. ``usable`` is whether to undo it."""

    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offsets: tuple[float, float, float] = (0.0, 0.0, 0.0)
    residual: float = 0.0
    usable: bool = False
    why: str = ""

    @property
    def shift(self) -> float:
        """The largest error of luma at black, mid grey and white, in codes."""
        return max(abs(self.gains[0] * level + self.offsets[0] - level) for level in _LEVELS)

    @property
    def middle(self) -> float:
        """The error at mid grey, over all channels."""
        levels = (110, 128, 128)
        errors = [abs(g * at + o - at) for g, o, at in zip(self.gains, self.offsets, levels, strict=True)]
        return max(errors)

    def apply(self, thumbs: Thumbs) -> Floats:
        """Thumbnails of the result as they would have been without the shift."""
        values = thumbs.astype(np.float32)
        if not self.usable:
            return values
        shape = (1, 3, 1, 1)
        gains, offsets = (np.array(part, np.float32).reshape(shape) for part in (self.gains, self.offsets))
        return np.asarray(values * gains + offsets, dtype=np.float32)


def fit_colour(sent: Thumbs, came: Thumbs) -> ColourFit:
    """The fit over kept frames, (frames, 3, height, width) each, aligned; the worst tenth is dropped three times."""
    if len(sent) == 0:
        return ColourFit(why="no kept frames to compare")
    gains, offsets, residual, flat = [], [], 0.0, False
    for channel in range(3):
        x = came[:, channel].astype(np.float64).ravel()
        y = sent[:, channel].astype(np.float64).ravel()
        if len(x) > 400_000:
            step = len(x) // 400_000 + 1
            x, y = x[::step], y[::step]
        inside = (x > 8) & (x < 247) & (y > 8) & (y < 247)
        x, y = x[inside], y[inside]
        if len(x) < 500 or float(x.std()) < (FLAT if channel == 0 else 1.0):
            gains.append(1.0)
            offsets.append(float(np.median(y - x)) if len(x) else 0.0)
            flat = flat or channel == 0
            continue
        gain, offset = _line(x, y)
        gains.append(gain)
        offsets.append(offset)
        if channel == 0:
            residual = float(np.mean(np.abs(gain * x + offset - y)))
    fit = ColourFit(tuple(gains), tuple(offsets), residual)  # type: ignore[arg-type]
    if flat:
        return ColourFit(fit.gains, fit.offsets, residual, why="the picture is too flat to measure by")
    if fit.middle < LEAST and abs(fit.gains[0] - 1) < LEAST_GAIN:
        return ColourFit(fit.gains, fit.offsets, residual, why="no shift worth undoing")
    return ColourFit(fit.gains, fit.offsets, residual, usable=True)


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    for _ in range(4):
        gain, offset = np.polyfit(x, y, 1)
        error = np.abs(gain * x + offset - y)
        keep = error <= np.quantile(error, 1 - _WORST)
        if keep.sum() < 500:
            break
        x, y = x[keep], y[keep]
    return float(gain), float(offset)
