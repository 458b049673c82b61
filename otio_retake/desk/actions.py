"""What the page may do, one function a call. Each answers with the board as it then is, or with what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .. import by_hand
from ..accepted import check_budget
from ..admission import admit
from ..budget import amount
from ..capabilities import Mode
from ..errors import NotConfirmed, OrderError, PlanRefused, SettingsError
from ..plan import make_plan
from ..planned import Override, PlanItem
from ..providers.base import Providers
from ..requests import Requests, RetakeRequest
from ..steps import cancel
from ..turnover import check_services
from .choosing import pick, picks, reject, restore, write
from .in_cut import in_cut
from .in_resolve import ask, unask

if TYPE_CHECKING:
    from .desk import Desk

Answer = dict[str, Any]


def override(desk: Desk, body: Mapping[str, Any]) -> Answer:
    """Changes something about a mark, outside of the cut."""
    with desk.lock:
        request = _request(desk, body["request"])
        said = None if body.get("clear") else _merged(desk, request, body)
        desk.session.ledger.override(request.mark_id, said)
        desk.reworded.pop(request.mark_id, None)
        return desk.board()


def price(desk: Desk, body: Mapping[str, Any]) -> Answer:
    """What a change would cost; nothing is kept."""
    with desk.lock:
        sight = desk.sight()
        session, plan = sight.session, sight.plan
        request = _request(desk, body["request"])
        said = Override() if body.get("clear") else _merged(desk, request, body) or Override()
        planner = session.planner
        planner = replace(planner, overrides={**planner.overrides, request.mark_id: said})
    tried = make_plan(session.view, Requests((request,), ()), planner)
    before = sight.items.get(request.mark_id)
    now: PlanItem | None = next(iter(tried.items), None)
    total = plan.cost - (before.cost if before else Decimal(0)) + (now.cost if now else Decimal(0))
    return {
        "cost_each": str(now.cost_each if now else 0),
        "cost": str(now.cost if now else 0),
        "total": str(total),
        "pull": now.spans.count if now else 0,
        "replaced": len(now.replaced) if now else 0,
        "window": now.spans.body if now else 0,
        "remarks": list(now.remarks) if now else [],
        "problems": [{"level": row.level, "what": row.what, "fix": row.fix} for row in tried.problems],
    }


def again(desk: Desk, body: Mapping[str, Any]) -> Answer:
    """Plans one more take of a request, perhaps in other words; it is ordered when the plan is confirmed.

    Raises ``OrderError`` while nobody knows whether an order of the request was accepted.
    """
    with desk.lock:
        request = _request(desk, body["request"])
        if not body["on"]:
            desk.again.pop(request.mark_id, None)
            desk.reworded.pop(request.mark_id, None)
            return desk.board()
        item = desk.sight().items.get(request.mark_id)
        if item is not None and item.undecided:
            short = item.undecided[0].key[:7]
            raise OrderError(
                f"nobody knows whether order {short} was accepted, so one more is not planned",
                where=f"{request.timecode} {request.clip.name}",
                fix="look it up at its service, say here what became of it, then ask again",
            )
        prompt = body.get("prompt")
        if prompt is not None and item is not None and prompt != item.prompt:
            # Other words make another order: one, however many the mark asked for.
            desk.reworded[request.mark_id] = _merged(desk, request, {"prompt": prompt, "takes": 1}) or Override()
        desk.again[request.mark_id] = True
        return desk.board()


def confirm(desk: Desk, body: Mapping[str, Any]) -> Answer:
    """Orders what the page showed, and nothing else. Raises ``NotConfirmed`` where that is no longer the plan."""
    with desk.lock:
        # Made anew: media and prices may have changed without a word of it in the ledger.
        session = desk.sight().session
        plan = session.plan()
        if plan.digest != body["digest"]:
            raise NotConfirmed(
                "the plan changed while you looked at it, so nothing was sent",
                where=session.cut_path.name,
                fix="look at what it is now, then confirm that",
            )
        if not plan.sent:
            raise NotConfirmed("nothing is left to be sent", where=session.cut_path.name, fix="ask for one more take")
        if plan.blocking and not body["skip_problems"]:
            raise PlanRefused(
                f"the plan has {len(plan.blocking)} problems, so nothing was sent: {plan.blocking[0].what}",
                where=f"{plan.blocking[0].timecode} {plan.blocking[0].clip}",
                fix="mend them, or say that they may be left out",
            )
        check_budget(plan, desk.left(plan))
        check_services(session, plan)
        for mark, said in desk.reworded.items():
            session.ledger.override(mark, None if said == Override() else said)
        admitted = admit(plan, session.ledger, session.settings, accepted=True, rehearses=session.rehearse)
        session.library.remember()
        desk.again.clear()
        desk.reworded.clear()
        desk.confirmed = desk.spent_before(plan) + plan.cost
        desk.accepted |= set(admitted.keys)
        desk.worker.start(admitted.keys)
        return desk.board()


def stop(desk: Desk, body: Mapping[str, Any]) -> Answer:
    """Sends nothing more."""
    desk.worker.stop()
    return desk.board()


def resume(desk: Desk, body: Mapping[str, Any]) -> Answer:
    """Brings home what is at a service."""
    desk.worker.start(())
    return desk.board()


def cancel_(desk: Desk, body: Mapping[str, Any]) -> Answer:
    """Cancels an order, at once or at its service."""
    ledger = desk.session.ledger
    order = ledger.order(_order(desk, body["order"]))

    def can() -> bool:
        return bool(desk.session.providers.get(order.spec.service).can_cancel)

    desk.worker.watch.say(f"order {order.short} {cancel.ask(order, ledger, can)}")
    if order.state in cancel.CAN_BE and not desk.worker.running:
        desk.worker.start(())
    return desk.board()


def resolve(desk: Desk, body: Mapping[str, Any]) -> Answer:
    """Writes what a person knows of an order."""
    ledger = desk.session.ledger
    order = ledger.order(_order(desk, body["order"]))
    billed = amount(body.get("amount"), "what was charged")
    words = by_hand.say(ledger, order, body["answer"], ident=body.get("id", ""), amount=billed)
    desk.worker.watch.say(f"order {order.short}: {words}")
    if body["answer"] in ("accepted", "there") and not desk.worker.running:
        desk.worker.start(())
    return desk.board()


# --- what they share ------------------------------------------------------------------------------------------------


def _request(desk: Desk, mark: str) -> RetakeRequest:
    """The request with a mark's id. Raises ``KeyError``."""
    return desk.sight().requests[mark]


def _order(desk: Desk, key: str) -> str:
    """The whole key of an order that the page may know. Raises ``KeyError``."""
    if key not in desk.sight().orders:
        raise KeyError(key)
    return key


def _merged(desk: Desk, request: RetakeRequest, body: Mapping[str, Any]) -> Override | None:
    """What was changed before, and now; None where that is nothing. Raises ``SettingsError``."""
    there = desk.session.ledger.overrides().get(request.mark_id, Override())
    changes = {name: body[name] for name in ("prompt", "takes", "service", "context", "skip") if name in body}
    if "mode" in body:
        mode: Mode = body["mode"]
        changes["mode"] = mode
    if changes.get("service") and changes["service"] not in Providers.names():
        names = ", ".join(Providers.names())
        raise SettingsError(f"{changes['service']!r} is no service", where="service", fix=f"choose from {names}")
    usual = asdict(in_cut(desk.session, request, changes.get("service", there.service) or ""))
    for name in ("prompt", "mode", "takes", "service", "context"):
        if name in changes and (changes[name] == usual[name] or (name == "service" and not changes[name])):
            changes[name] = None
    said = Override(**{**asdict(there), **changes})
    return None if said == Override() else said


ACTIONS: Mapping[str, Callable[[Desk, Mapping[str, Any]], Answer]] = {
    "override": override, "price": price, "again": again, "confirm": confirm, "stop": stop, "resume": resume,
    "cancel": cancel_, "resolve": resolve, "pick": pick, "reject": reject, "restore": restore, "write": write,
    "picks": picks, "ask": ask, "unask": unask,
}  # fmt: skip
