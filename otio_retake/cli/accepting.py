"""Nothing paid is sent before a plan with its cost was shown and accepted."""

from __future__ import annotations

import sys
from decimal import Decimal

import typer

from ..capabilities import money
from ..errors import BudgetExceeded, NotConfirmed, PlanRefused
from ..planned import Plan, PlanItem


def admit_problems(plan: Plan, *, skip: bool) -> None:
    """Raises ``PlanRefused`` where the plan has problems and nobody said to skip them."""
    if plan.blocking and not skip:
        first = plan.blocking[0]
        count = len(plan.blocking)
        raise PlanRefused(
            f"the plan has {count} problem{'s' * (count > 1)}, so nothing was sent: {first.what}",
            where=f"{plan.cut}, {first.timecode} {first.clip}",
            fix=f"{first.fix}; `otio-retake plan` lists all, --skip-problems goes on without them",
        )


def accept(plan: Plan, *, yes: bool, budget: Decimal | None) -> None:
    """Has somebody accept what ``plan`` sends. Raises ``NotConfirmed`` or ``BudgetExceeded``."""
    if not plan.sent:
        return
    cost, where = plan.cost, str(plan.cut)
    if budget is not None and cost > budget:
        raise BudgetExceeded(
            f"the plan costs {money(cost, plan.currency)}; the budget is {money(budget, plan.currency)}",
            where=where,
            fix="raise --budget, take fewer marks, or set a smaller context=",
        )
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


def question(plan: Plan) -> str:
    """What leaves the machine, to whom, for how much."""
    parts = []
    for service in dict.fromkeys(item.service for item in plan.sent):
        items = [item for item in plan.sent if item.service == service]
        frames = sum(item.spans.count * _orders(item) for item in items)
        cost = sum((item.cost for item in items), Decimal(0))
        if service == "rehearsal":
            parts.append(f"make {sum(map(_orders, items))} slates on this machine; nothing is sent")
        else:
            parts.append(f"send {frames} frames of picture and sound to {service} for {money(cost, plan.currency)}")
    return f"{' and '.join(parts)}?".capitalize()


def _orders(item: PlanItem) -> int:
    return len(item.new) + sum(order.unsent for order in item.known)
