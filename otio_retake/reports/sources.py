"""What pull list and count sheet say of a request's source: its reel, its file, its frames by the cut's own count."""

from __future__ import annotations

import math
from fractions import Fraction

from ..cuts.model import View
from ..planned import Plan, PlanItem
from ..rates import settle
from ..spans import Span
from .model import Stretch


def reel_of(item: PlanItem) -> str:
    """The tape: what the file says, else its name without the ending."""
    return item.media.reel or item.media.path.stem


def stretch_of(item: PlanItem, span: Span) -> Stretch:
    """Frames of the file, as the cut labels them."""
    first = span.first / item.scale + item.zero
    return Stretch.of(first, len(span) / item.scale, item.clock, drop=item.media.drop)


def record_of(view: View, item: PlanItem) -> Stretch:
    """Where the marked frames are in the cut."""
    first = math.floor(settle(Fraction(item.record[0])))
    end = math.ceil(settle(Fraction(item.record[1])))
    start = math.floor(view.start)
    return Stretch(start + first, start + end, view.rate, view.drop)


def left_out_of(plan: Plan) -> tuple[str, ...]:
    """Requests that cannot be sent, with the reason: they are in no list."""
    return tuple(f"{row.timecode} {row.clip}: {row.what}" for row in plan.blocking)


def warnings_of(plan: Plan) -> tuple[str, ...]:
    """What else the plan has to say."""
    return tuple(f"{row.timecode} {row.clip}: {row.what}" for row in plan.problems if row.level == "warning")
