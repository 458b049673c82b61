"""Which frames a service changes for a window in seconds, restated here from its documents and not from our own code.

A latent frame holds frame 0 alone, or frames 8k-7 to 8k; it is made anew where the window touches it. For a window
from s to e seconds at f frames a second that is from 8*floor((s*f-1)/8)+1 (0 where s*f < 1) to 8*ceil((e*f-1)/8),
both included, and no further than the last frame.
"""

from __future__ import annotations

import math
from fractions import Fraction

from ..spans import Span

GROUP = 8
PADDING = 12
"""Half a second at 24 frames a second: what a hosted service may change on each side without saying so."""


def changed_frames(
    start: Fraction, duration: Fraction, rate: Fraction, count: int, *, whole: bool = False, padding: int = 0
) -> Span:
    """The frames that come back changed of a video of ``count``; ``whole`` reads ``int(seconds * fps)``."""
    first, end = start * rate, (start + duration) * rate
    if whole:
        first, end = Fraction(int(first)), Fraction(int(end))
    low = GROUP * math.floor((first - 1) / GROUP) + 1 if first >= 1 else 0
    high = GROUP * math.ceil((end - 1) / GROUP)
    low, high = max(low - padding, 0), min(high + padding, count - 1)
    return Span(min(low, count - 1), max(high + 1, min(low, count - 1)))
