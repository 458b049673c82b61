"""The board: everything that the page shows of a moment, as plain values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from ..accepted import check_budget, question, sendings
from ..budget import Spent
from ..cuts.cut import Editor
from ..cuts.otio_cut import OtioCut
from ..errors import BudgetExceeded, Problem, RetakeError
from ..lease import Holder
from ..planned import REHEARSAL, Override, PlanItem
from ..processes import here, process_started
from ..providers.base import Providers
from ..rates import nominal
from ..requests import RetakeRequest
from ..session import Session
from ..settings import Settings
from ..spans import Span
from ..turnover import check_services
from .in_cut import in_cut
from .in_resolve import applies, applying_row, asked_of, offers_rows
from .order_rows import order_row
from .sight import Sight
from .take_rows import take_row
from .timing import ended_at

MOST_CONTEXT = 240
"""Frames to which the page offers to raise the context: more evidence than any check uses."""

LEAVES = "picture and sound of the frames; no names, no timecode"


def board_of(
    sight: Sight,
    *,
    output: Path,
    holder: Holder | None,
    spent: Spent,
    again: Mapping[str, bool],
    confirmed: Decimal,
    total: Decimal,
) -> dict[str, Any]:
    """The board of a sight. ``again`` are the requests of which one more take is planned.

    ``confirmed`` is what was said yes to beside the plan, ``total`` what a yes to the plan would add to it.
    """
    session, plan = sight.session, sight.plan
    view = session.view
    overrides = session.overrides
    return {
        "cut": {
            "name": session.cut_path.name,
            "title": (view.name or session.cut_path.stem) if applies(session) else session.cut_path.name,
            "form": session.cut.endings[0].removeprefix("."),
            "rate": f"{view.rate.numerator}/{view.rate.denominator}",
            "timecode_fps": nominal(view.rate),
            "drop": view.drop,
            "editors": editors_of(session),
            "editor": session.settings.editor,
            "output": output.name,
            "applies": applies(session),
        },
        "offers": offers_rows(session),
        "applying": applying_row(session),
        "offline": False,
        "money": _money(session.settings, spent, plan.currency, total, confirmed),
        "confirm": _confirm(sight, confirmed),
        "problems": [_problem(row) for row in (*plan.problems, *plan.suspects)],
        "services": _services(session),
        "requests": _requests(sight, overrides, again),
        "working": working(holder),
    }


def editors_of(session: Session) -> list[str]:
    """The editors whose own shape a cut of this form can be written in."""
    return [name for name in get_args(Editor) if name] if isinstance(session.cut, OtioCut) else []


def working(holder: Holder | None) -> dict[str, Any] | None:
    """Who carries orders out."""
    if holder is None:
        return None
    mine = holder.pid == os.getpid() and holder.started == f"{here()}/{process_started(holder.pid)}"
    return {"mine": mine, "host": holder.host, "pid": holder.pid}


def _money(settings: Settings, spent: Spent, currency: str, total: Decimal, confirmed: Decimal) -> dict[str, Any]:
    def limit(amount: Decimal | None) -> str | None:
        return None if amount is None else str(amount)

    return {
        "currency": currency,
        "total": str(total),
        "run_limit": limit(settings.budget),
        "run_spent": str(confirmed),
        "project": {"spent": str(spent.project), "limit": limit(settings.budget_project)},
        "today": {"spent": str(spent.day), "limit": limit(settings.budget_day)},
    }


def _confirm(sight: Sight, confirmed: Decimal) -> dict[str, Any]:
    plan, session = sight.plan, sight.session
    blocked = "" if plan.sent else "nothing is left to be sent"
    if not blocked:
        try:
            budget = session.settings.budget
            check_budget(plan, None if budget is None else max(budget - confirmed, Decimal(0)))
            check_services(session, plan)
        except BudgetExceeded as error:
            blocked = error.what
        except RetakeError as error:
            blocked = f"{error.what}: {error.fix}" if error.fix else error.what
    return {
        "digest": plan.digest,
        "question": question(plan) if plan.sent else "",
        "sends": [
            {
                "service": each.service, "requests": each.requests, "takes": each.takes, "frames": each.frames,
                "cost": str(each.cost), "leaves": "nothing: it is made here" if each.service == REHEARSAL else LEAVES,
            }
            for each in (sendings(plan) if plan.sent else [])
        ],
        "cost": str(plan.cost),
        "blocked": blocked,
        "problems": len(plan.blocking),
    }  # fmt: skip


def _problem(row: Problem) -> dict[str, Any]:
    return {
        "level": row.level, "timecode": row.timecode, "clip": row.clip, "what": row.what, "fix": row.fix,
        "request": row.mark_id,
    }  # fmt: skip


def _services(session: Session) -> list[dict[str, Any]]:
    rows = []
    for name in Providers.names():
        can = session.capabilities(name, "")
        rows.append({"name": name, "modes": list(can.modes), "paid": can.paid})
    return rows


def _requests(sight: Sight, overrides: Mapping[str, Override], again: Mapping[str, bool]) -> list[dict[str, Any]]:
    ended = ended_at(sight.session.ledger)
    on_clip: dict[Any, int] = {}
    for planned in sight.plan.items:
        on_clip[planned.address] = on_clip.get(planned.address, 0) + 1
    by_mark: dict[str, list[str]] = {}
    for order in sight.orders.values():
        by_mark.setdefault(order.spec.mark_id, []).append(order.key)
    cancels: dict[str, bool] = {}
    rows = []
    for request in sight.session.requests.requests:
        item = sight.items.get(request.mark_id)
        said = overrides.get(request.mark_id)
        row = _request(request, item, said, sight)
        keys = [o.key for o in (*item.earlier, *item.known)] if item is not None else by_mark.get(request.mark_id, [])
        for key in keys:
            service = sight.orders[key].spec.service
            if service not in cancels:
                cancels[service] = service in Providers.names() and sight.session.providers.get(service).can_cancel
        row["orders"] = [
            order_row(
                sight.orders[key], sight.session.ledger, ended, sight.typical, cancels[sight.orders[key].spec.service]
            )
            for key in keys
        ]
        made = sight.made.get(request.mark_id, ())
        row["made"] = [take_row(one, sight) for one in made]
        picked = sight.picked(request.mark_id)
        row["picked"] = picked.main.ident if picked is not None else None
        row["original_chosen"] = request.mark_id in sight.choices and sight.choices[request.mark_id] is None
        row["marks_on_clip"] = on_clip.get(item.address, 1) if item is not None else 1
        row["again"] = bool(again.get(request.mark_id)) and not (item is not None and item.held)
        rows.append(row)
    return rows


def _request(request: RetakeRequest, item: PlanItem | None, said: Override | None, sight: Sight) -> dict[str, Any]:
    settings, mark = sight.session.settings, request.mark
    common = {
        "id": request.mark_id,
        "timecode": request.timecode,
        "until": sight.session.view.timecode(request.record[1]),
        "clip": request.clip.name,
        "prompt_in_cut": mark.prompt,
        "overridden": said not in (None, Override()),
        "asked": asked_of(request),
    }
    if item is None:
        said = said or Override()
        context = said.context if said.context is not None else settings.context or 0
        return common | {
            "mode": said.mode or mark.mode or settings.mode,
            "service": said.service or mark.service or settings.service,
            "model": "", "takes": said.takes or mark.takes or settings.takes,
            "prompt": mark.prompt if said.prompt is None else said.prompt,
            "status": "skipped" if said.skip else "problem",
            "region_frames": 0, "replaced_frames": 0, "pull_frames": 0,
            "context": context, "context_most": MOST_CONTEXT, "context_in_cut": context,
            "cost_each": "0", "cost": "0", "remarks": [], "stills": False,
        }  # fmt: skip
    return common | {
        "mode": item.mode,
        "service": item.service,
        "model": item.model,
        "takes": item.takes,
        "prompt": item.prompt,
        "status": item.status,
        "region_frames": len(item.region),
        "replaced_frames": len(item.replaced),
        "pull_frames": item.spans.count,
        "context": item.context,
        "context_most": _context_most(item, sight),
        "context_in_cut": in_cut(sight.session, request, item.service).context or 0,
        "cost_each": str(item.cost_each),
        "cost": str(item.cost),
        "remarks": list(item.remarks),
        "stills": True,
    }


def _context_most(item: PlanItem, sight: Sight) -> int:
    """How far the context can be raised: to what the media and the service have room for on both sides together."""
    service = sight.session.capabilities(item.service, item.model)
    most = service.most_pull(nominal(item.media.video.rate))
    room = item.media.video.frames if most is None else min(most, item.media.video.frames)
    return max(min((room - item.spans.body) // 2, MOST_CONTEXT), item.context)


def still_frames(item: PlanItem) -> tuple[int | None, int, int, int, int | None]:
    """The frame before the region, its first, middle and last, and the one after; None where the media has none."""
    region, media = item.region, Span(0, item.media.video.frames)
    before, after = region.first - 1, region.end
    return (
        before if before in media else None,
        region.first,
        region.first + len(region) // 2,
        region.end - 1,
        after if after in media else None,
    )
