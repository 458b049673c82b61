"""A report as an edit decision list: CMX 3600, https://xmil.biz/EDL-X/CMX3600.pdf.

A reel has eight characters there. A longer one is shortened in a way of our own that cannot be taken for another's,
and stands in full in a comment, as clip name and source file do.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

from ..legible import one_line
from ..rates import drops
from .model import Report, Row, Stretch, rate_text

MOST_EVENTS = 999
"""More have no numbers in a CMX 3600 list."""

REEL = 8
"""Characters of a reel."""


def write_edl(report: Report) -> tuple[bytes, list[str], list[str]]:
    """The bytes of the list; what should be known of it, and what has no place in it."""
    drop = report.drop and drops(report.rate) > 0
    out = [f"TITLE: {plain(report.title)[:70]}", f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}", ""]
    warnings: list[str] = []
    left_out: list[str] = []
    reels = _Reels()
    at = report.start
    number = 0
    for row in report.rows:
        source, record = row.source, row.record
        if source is None or not len(source):
            left_out.append(f"{row.name}: it has no source timecode; the CSV has it")
            continue
        if report.strung:
            record = Stretch(at, at + len(source), report.rate, report.drop)
            at = record.end
        if record is None:
            left_out.append(f"{row.name}: it has no place in the cut any more; the CSV has it")
            continue
        number += 1
        if source.rate != report.rate:
            what = f"its source counts at {rate_text(source.rate)}, the list at {rate_text(report.rate)}"
            warnings.append(f"event {number:03} {row.name}: {what}")
        out += _event(number, row, source, record, reels.of(row.reel), strung=report.strung)
    if number > MOST_EVENTS:
        warnings.append(f"{number} events: some programs read no more than {MOST_EVENTS} of a list")
    text = "\r\n".join(out) + "\r\n"
    return text.encode("ascii"), warnings, left_out


def _event(number: int, row: Row, source: Stretch, record: Stretch, reel: str, *, strung: bool) -> Iterator[str]:
    kind = "A" if row.sound else "V"
    places = f"{source.starts} {source.ends} {record.starts} {record.ends}"
    yield f"{number:03}  {reel:<{REEL}} {kind:<5} C        {places}"
    if not strung and (row.speed != 1 or len(source) != len(record)):
        played = Fraction(source.rate) * row.speed
        yield f"M2   {reel:<{REEL}}       {float(played):05.1f}                {source.starts}"
    yield f"* FROM CLIP NAME: {plain(row.name)}"
    if reel != row.reel:
        yield f"* SOURCE REEL: {plain(row.reel)}"
    yield f"* SOURCE FILE: {plain(row.file)}"
    if strung and row.record is not None:
        yield f"* IN THE CUT: {row.record.starts} {row.record.ends}"
    said = dict(row.more)
    for column in ("Status", "Was", "Mark IN", "Mark OUT", "Lacks", "Comments"):
        if said.get(column):
            yield f"* {column.upper()}: {plain(str(said[column]))}"
    yield ""


class _Reels:
    """The short names of reels, each its own."""

    def __init__(self) -> None:
        self._short: dict[str, str] = {}

    def of(self, reel: str) -> str:
        if reel not in self._short:
            taken = set(self._short.values())
            self._short[reel] = next(name for name in short_reels(reel) if name not in taken)
        return self._short[reel]


def short_reels(reel: str) -> Iterator[str]:
    """Names of at most eight characters for a reel, best first; long ones end in a digest, so none hides another."""
    kept = "".join(c for c in plain(reel).upper() if c.isalnum() or c == "_")
    if 0 < len(kept) <= REEL:
        yield kept
    digest = hashlib.sha256(reel.encode()).hexdigest().upper()
    for at in range(len(digest) - 4):
        yield f"{kept[:4]:X<4}{digest[at : at + 4]}"


def plain(text: str) -> str:
    """``text`` in the ASCII of a CMX 3600 list, on one line."""
    folded = unicodedata.normalize("NFKD", one_line(text).replace("\n", " "))
    return "".join(c if " " <= c <= "~" else "" if unicodedata.combining(c) else "?" for c in folded)
