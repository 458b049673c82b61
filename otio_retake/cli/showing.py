"""What a terminal is, and a plan and its problems on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from rich.console import Console
from rich.text import Text

from ..capabilities import money
from ..errors import Problem
from ..legible import legible
from ..planned import Plan, PlanItem
from ..spans import Span
from .tables import named, table, worded

UNBOUNDED = 100_000

_STATUS = {"new": "green", "open": "yellow", "done": "dim", "at the service": "cyan"}
_LEVELS = {"problem": "red", "warning": "yellow", "note": "dim"}

MOST_PLACES = 8
"""Files of which all paths are shown."""


@lru_cache(maxsize=2)
def console(error: bool = False) -> Console:
    """Where things are shown: a terminal is as wide as it is, and a file as wide as its lines need."""
    file = sys.stderr if error else sys.stdout
    return Console(stderr=error, width=None if file.isatty() else _columns(), highlight=False, soft_wrap=False)


def _columns() -> int:
    """The width where there is no terminal: as the environment says, else more than any line has."""
    said = os.environ.get("COLUMNS", "")
    return int(said) if said.isdigit() and 40 <= int(said) <= 1000 else UNBOUNDED


def show_problems(problems: Iterable[Problem], title: str = "") -> None:
    """Timecode, clip, what, and what to do."""
    rows = list(problems)
    if not rows:
        return
    made = table("timecode", named("clip"), "", worded("what, and what to do"), title=title)
    for row in rows:
        style = _LEVELS[row.level]
        text = Text(row.what, style=style if row.level != "note" else "")
        if row.fix and row.fix != "nothing":
            text.append(f"\n→ {row.fix}", style="dim")
        made.add_row(row.timecode, row.clip, Text(row.level, style=style), text)
    console().print(made)
    places = list(dict.fromkeys(row.places for row in rows if row.places))
    for each in places[:MOST_PLACES]:
        # Paths are copied from here, so they are never broken.
        console().print(Text(legible(each)), soft_wrap=True)
    if len(places) > MOST_PLACES:
        console().print(f"and {len(places) - MOST_PLACES} more; --json lists all", style="dim")


def length(frames: int) -> str:
    """A number of frames."""
    return f"{frames} f"


def span_text(span: Span) -> str:
    """Frames as first and last, as an editor counts."""
    return f"{span.first}-{span.end - 1}" if len(span) > 1 else str(span.first)


def show_plan(plan: Plan) -> None:
    """Every request, its frames, its cost, its prompt; then every problem."""
    out = console()
    for item in plan.items:
        _show_item(item.as_sent)
    show_problems(plan.problems, "problems and remarks" if plan.problems else "")
    show_problems(plan.suspects, "not orders, but they begin like one")
    _show_total(plan)
    if plan.blocking:
        count = len(plan.blocking)
        many = f"{count} problem{'s' * (count > 1)}"
        out.print(f"[red]{many}[/red]: nothing is sent until they are mended, or with `run --skip-problems`")


def _show_item(item: PlanItem) -> None:
    out = console()
    takes = f"{item.takes} take{'s' * (item.takes > 1)}"
    head = Text.assemble(
        (item.timecode, "bold"), "  ", (item.clip, "bold"), "  ", (item.status, _STATUS.get(item.status, "red")), "  ",
        f"{item.mode}, {takes}, {item.service}{' ' + item.model if item.model else ''}",
    )  # fmt: skip
    out.print(head)
    made = table("", worded(""))
    spans = item.spans
    made.add_row(
        "frames",
        f"mark {length(len(item.region))} ({span_text(item.region)}), window {length(spans.body)},"
        f" replaced {length(len(item.replaced))} ({span_text(item.replaced)})",
    )
    made.add_row(
        "sent",
        f"{length(spans.count)} at {spans.base}: {spans.head} before, {spans.body} window, {spans.tail} after;"
        f" {item.fit.width}x{item.fit.height}; {_context_text(item)}",
    )
    made.add_row("colour", f"{item.media.video.colour}{', ' + item.color if item.color else ''}")
    made.add_row("cost", _cost_text(item))
    made.add_row("prompt", Text(item.prompt or "(none)", style="" if item.prompt else "dim"))
    for remark in item.remarks:
        made.add_row("", Text(remark, style="dim"))
    if more := item.beyond:
        said = (
            f"the mark now asks for {more} frames more than was ordered; `--again --at {item.timecode}` orders it anew"
        )
        made.add_row("", Text(said, style="yellow"))
    for order in item.known:
        made.add_row("", Text(f"order {order.key[:7]}: {order.state}", style="dim"))
    for order in item.superseded:
        said = f"order {order.key[:7]} of {order.service} ({order.state}) was not sent: this plan stands in its place"
        made.add_row("", Text(said, style="dim"))
    out.print(made)
    out.print()


def _context_text(item: PlanItem) -> str:
    spans, each = item.spans, item.would_each if item.rehearses else item.cost_each
    part = (each * (spans.count - spans.body) / spans.count).quantize(each) if spans.count else Decimal(0)
    cost = money(part, item.currency)
    return f"context would cost {cost} at {item.rehearses}" if item.rehearses else f"context costs {cost}"


def _cost_text(item: PlanItem) -> str:
    now = _cost_now(item)
    if not item.rehearses:
        return now
    return f"{now}; would cost {money(item.would_cost, item.currency)} at {item.rehearses}"


def _cost_now(item: PlanItem) -> str:
    if not item.to_send:
        return f"nothing: {_why_nothing(item)}"
    each = money(item.cost_each, item.currency)
    count = len(item.new) + sum(order.unsent for order in item.known)
    return f"{count} x {each} = {money(item.cost, item.currency)}" if count > 1 else money(item.cost, item.currency)


def _why_nothing(item: PlanItem) -> str:
    """What became of a request for which nothing is sent, and what to do."""
    if item.status == "unknown":
        order = next(order for order in item.undecided if order.state == "unknown")
        return f"nobody knows whether it was accepted; `otio-retake ledger resolve {order.key[:7]}`"
    if item.status in ("done", "at the service"):
        return f"it is {item.status}"
    said = "it failed" if item.status == "failed" else f"it is {item.status}"
    return f"{said}; `--again --at {item.timecode}` orders one more"


def _show_total(plan: Plan) -> None:
    rest = "".join(f", {count} {status}" for status, count in plan.rest.items())
    cost = money(plan.cost, plan.currency)
    console().print(f"[bold]{len(plan.sent)} to send{rest}; {cost}[/bold]  (plan {plan.digest})")
    for service in dict.fromkeys(item.rehearses for item in plan.items if item.rehearses):
        would = sum((item.would_cost for item in plan.items if item.rehearses == service), Decimal(0))
        console().print(f"would cost at {service}: {money(would, plan.currency)}; nothing is sent there now")
