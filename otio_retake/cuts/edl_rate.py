"""The rate of an edit list, which does not stand in it: what its frame code mode and its frame numbers leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..errors import CutError
from ..rates import NTSC, drops, exact_rate, nominal
from .edl_lines import Event

_LABELS = ":;.,"
_MOST = 120


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate that a list is counted at, and how that was known; ``guessed`` where other rates would do."""

    rate: Fraction
    drop: bool
    why: str
    guessed: bool = False
    warning: str = ""

    @property
    def text(self) -> str:
        """The rate as people write it."""
        return rate_text(self.rate)


def rate_text(rate: Fraction) -> str:
    """A rate as people write it: 23.976, 29.97, 25."""
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


def find_rate(
    events: Iterable[Event], code: bool | None, said: str, path: Path, why: str = "as --rate or edl_rate says"
) -> Rate:
    """The rate of a list. ``said`` is what somebody said of it; empty for nobody. Raises ``CutError`` where it cannot.

    Drop-frame is 29.97 or 59.94. Else the highest frame number of a record timecode rules rates out.
    """
    events = list(events)
    highest, line = _highest(events)
    drop = code if code is not None else _semicolons(events)
    if said:
        rate = exact_rate(said)
        if highest >= nominal(rate):
            raise CutError(
                f"the list has a frame {highest}, so it does not run at {rate_text(rate)}",
                where=f"{path}, line {line}",
                fix=f"say another rate with --rate {rate_text(_least(highest))}",
            )
        if drop and not drops(rate):
            what = f"the list says drop-frame, which {rate_text(rate)} does not have: counted straight"
            return Rate(rate, False, why, warning=what)
        return Rate(rate, drop, why)
    if drop:
        rate = 30 * NTSC if highest < 30 else 60 * NTSC
        return Rate(rate, True, "as it is drop-frame")
    found = _least(highest)
    beyond = f"as it has a frame {highest}" if highest >= 24 else "as no frame of it is above 23"
    return Rate(found, False, beyond, guessed=True)


def _least(highest: int) -> Fraction:
    """The rate that is likeliest where ``highest`` is the highest frame number."""
    for below, rate in ((24, Fraction(24)), (25, Fraction(25)), (30, 30 * NTSC), (50, Fraction(50)), (60, 60 * NTSC)):
        if highest < below:
            return rate
    return Fraction(_MOST)


def _highest(events: list[Event]) -> tuple[int, int]:
    """The highest frame number of any record timecode, and its line; what no rate could have is left out."""
    highest, line = 0, 0
    for event in events:
        for label in event.record:
            frames = label[-3:].lstrip(_LABELS) if not label.isdigit() else "0"
            number = int(frames[-3:]) if frames.isdigit() else int(label[-2:])
            if highest < number < _MOST:
                highest, line = number, event.line + 1
    return highest, line


def _semicolons(events: list[Event]) -> bool:
    """Whether a list that says no mode writes its record timecode as drop-frame."""
    return any(";" in label for event in events[:10] for label in event.record)
