"""Which form a report is written in, by how the name of its file ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..errors import RetakeError
from .ale import write_ale
from .csv_sheet import write_csv
from .edl import write_edl
from .model import Kind, Report

FORMS: Mapping[Kind, tuple[str, ...]] = {
    "pulls": (".csv", ".ale", ".edl"),
    "changes": (".csv", ".ale", ".edl"),
    "counts": (".csv",),
}


def check_form(kind: Kind, path: Path) -> None:
    """Refuses a name whose form a report does not have."""
    if path.suffix.lower() not in FORMS[kind]:
        known = ", ".join(FORMS[kind])
        raise RetakeError(f"this report is written as {known}", where=str(path), fix=f"end the path in one of: {known}")


def spelled(report: Report, path: Path) -> tuple[bytes, Report]:
    """The bytes of the file at ``path``, and the report with what that form could not carry."""
    ending = path.suffix.lower()
    if ending == ".csv":
        return write_csv(report), report
    if ending == ".ale":
        content, left_out = write_ale(report)
        return content, replace(report, left_out=(*report.left_out, *left_out))
    content, warnings, left_out = write_edl(report)
    more = replace(report, warnings=(*report.warnings, *warnings), left_out=(*report.left_out, *left_out))
    return content, more
