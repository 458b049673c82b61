"""A report as a value: rows with a source, a place in the cut, and further columns. Writers only spell it.

Columns are called what assistants know from bins and turnover sheets: Name, Tape, Start, End, Mark IN, Mark OUT.
Ends are exclusive, as in EDL and ALE: End is the label of the frame after the last.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from ..rates import nominal, settle, timecode

Kind = Literal["pulls", "changes", "counts"]
Cell = str | int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames ``[first, end)``, counted from 00:00:00:00 at ``rate``."""

    first: int
    end: int
    rate: Fraction
    drop: bool = False

    @staticmethod
    def of(first: Fraction | int, length: Fraction | int, rate: Fraction, *, drop: bool = False) -> Stretch:
        """Whole frames for a position that may be fractional: its own frame, and as many as it is long."""
        start = math.floor(settle(Fraction(first)))
        return Stretch(start, start + max(round(length), 0), rate, drop)

    def __len__(self) -> int:
        return self.end - self.first

    @property
    def starts(self) -> str:
        """The label of the first frame."""
        return timecode(self.first, self.rate, drop=self.drop)

    @property
    def ends(self) -> str:
        """The label of the frame after the last."""
        return timecode(self.end, self.rate, drop=self.drop)

    @property
    def duration(self) -> str:
        """The length as a label."""
        return timecode(len(self), self.rate, drop=self.drop)


@dataclass(frozen=True, slots=True)
class Row:
    """One line. ``name`` is the clip's own name, ``reel`` its tape; ``more`` are columns of this kind of report.

    ``record`` is where it is in the cut; ``speed`` is source frames a record frame, at equal rates.
    """

    name: str
    reel: str
    file: str
    source: Stretch | None
    record: Stretch | None
    more: tuple[tuple[str, Cell], ...]
    speed: Fraction = Fraction(1)
    sound: bool = False

    @property
    def cells(self) -> dict[str, Cell]:
        """Every column of the row but its number, in their order."""
        source, record = self.source, self.record
        return {
            "Name": self.name,
            "Tracks": "A1" if self.sound else "V",
            "Start": source.starts if source else "",
            "End": source.ends if source else "",
            "Duration": source.duration if source else "",
            "Frames": len(source) if source else "",
            "Tape": self.reel,
            "Source File": self.file,
            "FPS": rate_text(source.rate) if source else "",
            "Record In": record.starts if record else "",
            "Record Out": record.ends if record else "",
            **dict(self.more),
        }


@dataclass(frozen=True)
class Report:
    """A whole report. ``strung`` is whether an EDL of it lays its events one after the other, not as in the cut.

    ``warnings`` should be known, ``left_out`` is not in it; both are always said.
    """

    kind: Kind
    title: str
    cut: Path
    rate: Fraction
    drop: bool
    start: int
    rows: tuple[Row, ...]
    strung: bool = False
    totals: tuple[str, ...] = ()
    """Columns whose sums are worth a last line."""
    warnings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, in their order."""
        first = self.rows[0].cells if self.rows else {}
        return ("Event", *first)

    @property
    def lines(self) -> list[dict[str, Cell]]:
        """Every row with its number, by its columns."""
        return [{"Event": number, **row.cells} for number, row in enumerate(self.rows, 1)]

    @property
    def sums(self) -> dict[str, Cell]:
        """The last line; empty where the report has none."""
        if not self.totals or not self.rows:
            return {}
        found: Counter[str] = Counter()
        for row in self.rows:
            for column in self.totals:
                value = row.cells.get(column, 0)
                found[column] += value if isinstance(value, int) else 0
        return {"Name": "TOTAL", **found}


def rate_text(rate: Fraction) -> str:
    """A rate as editors write it: 23.976, 24, 29.97."""
    return str(nominal(rate)) if rate == nominal(rate) else f"{float(rate):.3f}".rstrip("0")
