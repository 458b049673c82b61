"""A report as an Avid Log Exchange file: heading, column names, data, all separated by tabs.

Avid, "Avid Log Specifications" (appendix of the Media Composer guides): global headings, then ``Column`` and the names
in one line, then ``Data``; Start, End and Duration are timecode at the one rate of the file; End is exclusive.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from ..legible import one_line
from .model import Cell, Report, Row, rate_text

ORDER = ("Name", "Tracks", "Start", "End", "Duration", "Tape", "Source File", "FPS")
"""What Avid's own files begin with."""

_DROPPED = ("Event", "Frames")


def write_ale(report: Report) -> tuple[bytes, list[str]]:
    """The bytes of the file, and what has no place in it: an ALE has one rate."""
    rate = _rate(report)
    left_out = []
    lines = []
    for row, line in zip(report.rows, report.lines, strict=True):
        if row.source is None or row.source.rate != rate:
            why = (
                f"runs at {rate_text(row.source.rate)}, the ALE at {rate_text(rate)}" if row.source else "has no source"
            )
            left_out.append(f"{row.name}: it {why}; the CSV has it")
        else:
            lines.append(line)
    columns = [*ORDER, *(name for name in report.columns if name not in (*ORDER, *_DROPPED))]
    out = ["Heading", "FIELD_DELIM\tTABS", "VIDEO_FORMAT\t1080", "AUDIO_FORMAT\t48khz", f"FPS\t{rate_text(rate)}", ""]
    out += ["Column", "\t".join(columns), "", "Data"]
    out += ["\t".join(_cell(line.get(column, "")) for column in columns) for line in lines]
    return ("\r\n".join(out) + "\r\n").encode(), left_out


def _why(row: Row, rate: Fraction) -> str:
    if row.source is None:
        return "it has no source timecode"
    return f"it runs at {rate_text(row.source.rate)}, the ALE at {rate_text(rate)}"


def _rate(report: Report) -> Fraction:
    """The rate of most sources; the cut's own where there are none."""
    votes = Counter(row.source.rate for row in report.rows if row.source is not None)
    return max(votes, key=lambda rate: (votes[rate], rate == report.rate, rate)) if votes else report.rate


def _cell(cell: Cell) -> str:
    return one_line(str(cell)).replace("\t", " ").replace("\r", " ").replace("\n", " ")
