"""The count sheet: for each request how many frames are marked, sent, replaced and delivered, and the sums."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..cuts.model import View
from ..planned import Plan, PlanItem
from ..settings import Settings
from ..spans import Span
from ..takes import TakeFile, Target, serves
from ..targets import Ordered, targets_for
from .model import Report, Row
from .sources import left_out_of, record_of, reel_of, stretch_of, warnings_of

SUMMED = ("Mark", "Sent", "Replaced", "Cut", "Delivered", "Takes Asked", "Takes Made")


def count_sheet(plan: Plan, view: View, settings: Settings, made: Iterable[TakeFile] = ()) -> Report:
    """A row for each request; ``made`` are the takes that the ledger has. A clip's marks share what is delivered.

    What was sent already is listed as it was.
    """
    sent = [item.as_sent for item in plan.items]
    ordered = {item.mark_id: Ordered(tuple(order.key for order in item.known), item.spans.changed) for item in sent}
    target_of: dict[str, Target] = {}
    for target, items in targets_for(sent, ordered, settings):
        for item in items:
            target_of.setdefault(item.mark_id, target)
    takes = [take for take in made if take.state != "dropped"]
    return Report(
        kind="counts",
        title=f"{view.name or plan.cut.stem} count sheet",
        cut=plan.cut,
        rate=view.rate,
        drop=view.drop,
        start=math.floor(view.start),
        rows=tuple(_row(view, item, target_of[item.mark_id], takes) for item in sent),
        totals=SUMMED,
        warnings=warnings_of(plan),
        left_out=left_out_of(plan),
    )


def _row(view: View, item: PlanItem, target: Target, takes: list[TakeFile]) -> Row:
    span, needed = target.span, target.needed
    used = needed.cut(span)
    return Row(
        name=item.clip,
        reel=reel_of(item),
        file=item.media.path.name,
        source=stretch_of(item, span),
        record=record_of(view, item),
        more=(
            ("Mark", len(item.region)),
            ("Sent", item.spans.count),
            ("Replaced", len(item.replaced)),
            ("Head", used.first - span.first),
            ("Cut", len(used)),
            ("Tail", span.end - used.end),
            ("Delivered", len(span)),
            ("First", span.first),
            ("Last", _last(span)),
            ("Takes Asked", item.takes),
            ("Takes Made", sum(serves(take, target) for take in takes)),
        ),
        sound=target.kind == "sound",
    )


def _last(span: Span) -> int:
    """The last frame itself, as sheets have it."""
    return max(span.end - 1, span.first)
