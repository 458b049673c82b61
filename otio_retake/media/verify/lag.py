"""By how many samples the sound of a result is off, where it should have been kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .thumbnails import Floats

REACH = 12_000
"""Samples looked at on either side: a quarter of a second at 48 kHz."""

SILENT = 10 ** (-80 / 20)
"""RMS over 50 ms below which there is nothing to compare: room tone lies at -68 dBFS and above."""

_NEAR = 48
_WINDOW = 2400


@dataclass(frozen=True, slots=True)
class Lag:
    """How late the result's sound is, in samples; ``says`` how sure that is."""

    samples: int
    peak: float
    second: float
    says: Literal["sure", "ambiguous", "silent", "none"]


def measure_lag(sent: Floats, came: Floats) -> Lag:
    """The lag of ``came`` behind ``sent``: mono, at one rate, cut at the same places.

    Sure where the peak of the normalised correlation is at least 0.8 and stands out, or lower but alone: noise whose
    bands were made anew still reaches 0.35 with nothing near it; unrelated speech reaches 0.65 with many near it.
    """
    count = min(len(sent), len(came))
    if count < _WINDOW:
        return Lag(0, 0.0, 0.0, "none")
    sent, came = sent[:count], came[:count]
    if _loudest(sent) < SILENT or _loudest(came) < SILENT:
        return Lag(0, 0.0, 0.0, "silent")
    reach = min(REACH, count // 2)
    size = 1 << (2 * count - 1).bit_length()
    cross = np.fft.irfft(np.fft.rfft(came, size) * np.conj(np.fft.rfft(sent, size)), size)
    lags = np.arange(-reach, reach + 1)
    values = cross[lags % size]
    energy_sent = np.concatenate([[0.0], np.cumsum(sent.astype(np.float64) ** 2)])
    energy_came = np.concatenate([[0.0], np.cumsum(came.astype(np.float64) ** 2)])
    # Sample i of `sent` meets sample i + lag of `came`: the energy of what overlaps.
    first = np.maximum(-lags, 0)
    end = np.minimum(count, count - lags)
    overlap = (energy_sent[end] - energy_sent[first]) * (energy_came[end + lags] - energy_came[first + lags])
    scores = values / np.sqrt(np.maximum(overlap, 1e-12))
    best = int(np.argmax(scores))
    peak = float(scores[best])
    far = np.abs(lags - lags[best]) > _NEAR
    second = float(np.max(scores[far])) / max(peak, 1e-9) if far.any() else 0.0
    sure = (peak >= 0.8 and second <= 0.95) or (peak >= 0.35 and second <= 0.2)
    return Lag(int(lags[best]), peak, second, "sure" if sure else "ambiguous")


def _loudest(sound: Floats) -> float:
    """The largest RMS over 50 ms."""
    blocks = sound[: len(sound) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
    return float(np.sqrt((blocks.astype(np.float64) ** 2).mean(axis=1)).max())
