"""What a person accepts: a plan without problems, within the budget, said in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .capabilities import money
from .errors import BudgetExceeded, PlanRefused
from .planned import REHEARSAL, Plan, PlanItem


@dataclass(frozen=True, slots=True)
class Sending:
    """What would go to one service: requests, takes, frames of picture and sound, and the price of it all."""

    service: str
    requests: int
    takes: int
    frames: int
    cost: Decimal


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


def check_budget(plan: Plan, budget: Decimal | None) -> None:
    """Raises ``BudgetExceeded`` where the plan costs more than a run may."""
    if budget is not None and plan.cost > budget:
        raise BudgetExceeded(
            f"the plan costs {money(plan.cost, plan.currency)}; the budget is {money(budget, plan.currency)}",
            where=str(plan.cut),
            fix="raise --budget, take fewer marks, or set a smaller context=",
        )


def sendings(plan: Plan) -> list[Sending]:
    """What would go to each service."""
    found = []
    for service in dict.fromkeys(item.service for item in plan.sent):
        items = [item for item in plan.sent if item.service == service]
        found.append(
            Sending(
                service,
                len(items),
                sum(map(_orders, items)),
                sum(item.spans.count * _orders(item) for item in items),
                sum((item.cost for item in items), Decimal(0)),
            )
        )
    return found


def question(plan: Plan) -> str:
    """What leaves the machine, to whom, for how much."""
    parts = []
    for sending in sendings(plan):
        if sending.service == REHEARSAL:
            parts.append(f"make {sending.takes} slates on this machine; nothing is sent")
        else:
            cost = money(sending.cost, plan.currency)
            parts.append(f"send {sending.frames} frames of picture and sound to {sending.service} for {cost}")
    return f"{' and '.join(parts)}?".capitalize()


def _orders(item: PlanItem) -> int:
    return len(item.new) + sum(order.unsent for order in item.known)
