"""Verdicts, number by number."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from ..orders import Order
from ..steps.verify import VERDICT
from .showing import console
from .tables import table, worded

_STYLES = {"pass": "green", "warn": "yellow", "reject": "red", "none": "dim"}


def show_verdicts(orders: Iterable[Order]) -> None:
    """Each result's checks, with the reason of each threshold."""
    out = console()
    for order in orders:
        for result in order.results:
            out.print(
                Text(f"{order.spec.timecode} {order.spec.clip}, order {order.short}, result {result.number}", "bold")
            )
            try:
                verdict = VERDICT.validate_json(result.verdict)
            except ValueError:
                out.print("  it could not be read" if result.verdict else "  not verified yet")
                continue
            out.print(f"  {verdict.certainty}: {verdict.why}")
            made = table("", "", worded(""), worded(""))
            for check in verdict.checks:
                made.add_row(
                    Text(check.level, _STYLES[check.level]), check.name, check.value, Text(check.reason, "dim")
                )
            out.print(made)
