"""Reports made up for tests of how they are written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from otio_retake.reports.model import Report, Row, Stretch

FILM, PAL, NTSC = Fraction(24), Fraction(25), Fraction(30000, 1001)


def row(
    name: str = "A001", first: int = 86400, length: int = 48, rate: Fraction = FILM, *, at: int | None = 86400,
    reel: str = "", speed: Fraction = Fraction(1), drop: bool = False, comment: str = "rain", sound: bool = False,
    record_rate: Fraction | None = None, record_length: int | None = None,
) -> Row:  # fmt: skip
    record = None
    if at is not None:
        record = Stretch(at, at + (length if record_length is None else record_length), record_rate or rate, drop)
    return Row(
        name=name, reel=reel or name, file=f"{name}.mov", source=Stretch(first, first + length, rate, drop),
        record=record, more=(("Status", "new"), ("Comments", comment)), speed=speed, sound=sound,
    )  # fmt: skip


def report(
    *rows: Row,
    rate: Fraction = FILM,
    drop: bool = False,
    strung: bool = False,
    start: int = 86400,
) -> Report:
    return Report("changes", "cut change list", Path("cut.otio"), rate, drop, start, rows, strung)
