"""The pull list: which frames of which sources are sent, with how much before and after the mark."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..capabilities import money
from ..cuts.model import View
from ..planned import Plan, PlanItem
from .model import Report, Row
from .sources import left_out_of, record_of, reel_of, stretch_of, warnings_of


def pull_list(plan: Plan, view: View) -> Report:
    """A row for each request of ``plan``: Start to End is sent, Mark IN to Mark OUT is what the mark asks for.

    What was sent already is listed as it was.
    """
    return Report(
        kind="pulls",
        title=f"{view.name or plan.cut.stem} pull list",
        cut=plan.cut,
        rate=view.rate,
        drop=view.drop,
        start=math.floor(view.start),
        rows=tuple(_row(view, item.as_sent) for item in plan.items),
        strung=True,
        warnings=(*warnings_of(plan), *_held(plan)),
        left_out=left_out_of(plan),
    )


def _held(plan: Plan) -> Iterator[str]:
    for item in (item.as_sent for item in plan.items):
        held = item.spans.pad_head + item.spans.pad_tail
        if held:
            what = f"{held} more frames are sent that hold the media's first or last one"
            yield f"{item.timecode} {item.clip}: {what}"


def _row(view: View, item: PlanItem) -> Row:
    spans, region = item.spans, stretch_of(item, item.region)
    return Row(
        name=item.clip,
        reel=reel_of(item),
        file=item.media.path.name,
        source=stretch_of(item, spans.pull),
        record=record_of(view, item),
        more=(
            ("Mark IN", region.starts),
            ("Mark OUT", region.ends),
            ("IN-OUT", len(item.region)),
            ("Head", item.region.first - spans.pull.first),
            ("Tail", spans.pull.end - item.region.end),
            ("Replaced", len(item.replaced)),
            ("Status", item.status),
            ("Takes", item.takes),
            ("Mode", item.mode),
            ("Service", item.service),
            ("Cost", money(item.cost, item.currency)),
            ("Comments", item.prompt),
        ),
    )
