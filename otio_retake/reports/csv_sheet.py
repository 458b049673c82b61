"""A report as CSV, https://www.rfc-editor.org/rfc/rfc4180, with a header, for spreadsheets.

A spreadsheet takes a cell that begins with one of ``= + - @`` for a formula, and runs it: what came out of somebody's
marker must not. Such a cell gets an apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io

from ..legible import legible
from .model import Cell, Report

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(report: Report) -> bytes:
    """The bytes of the sheet, in UTF-8 with the mark by which spreadsheets know it."""
    text = io.StringIO()
    made = csv.DictWriter(text, report.columns, lineterminator="\r\n", restval="")
    made.writeheader()
    for line in (*report.lines, *([report.sums] if report.sums else [])):
        made.writerow({column: harmless(cell) for column, cell in line.items()})
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: Cell) -> Cell:
    """``cell`` as text that no spreadsheet runs."""
    if isinstance(cell, int):
        return cell
    text = legible(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
