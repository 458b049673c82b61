"""Nothing paid is sent before a plan with its cost was shown and accepted."""

from __future__ import annotations

import sys
from decimal import Decimal

import typer

from ..accepted import check_budget, question
from ..capabilities import money
from ..errors import NotConfirmed
from ..planned import Plan


def accept(plan: Plan, *, yes: bool, budget: Decimal | None) -> None:
    """Has somebody accept what ``plan`` sends. Raises ``NotConfirmed`` or ``BudgetExceeded``."""
    if not plan.sent:
        return
    cost, where = plan.cost, str(plan.cut)
    check_budget(plan, budget)
    if yes:
        if cost > 0 and budget is None:
            raise NotConfirmed(
                f"--yes accepts the plan, but not an unlimited bill ({money(cost, plan.currency)} by now)",
                where=where,
                fix="add --budget AMOUNT",
            )
        return
    if not sys.stdin.isatty():
        raise NotConfirmed(
            "nobody is here to accept the plan, so nothing was sent",
            where=where,
            fix="add --yes, and --budget AMOUNT if it costs",
        )
    try:
        accepted = typer.confirm(question(plan), default=False, err=True)
    except typer.Abort:
        accepted = False
    if not accepted:
        raise NotConfirmed("the plan was not accepted, so nothing was sent", where=where, fix="run the command again")
