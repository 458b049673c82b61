"""Takes as the page shows them: where a pair begins in the cut, what of it is new, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ..cuts.model import View
from ..media.fit import Box
from ..media.sound import SoundSource, own_sound
from ..media.verify import seams
from ..media.verify.verdict import Verdict
from ..orders import Order
from ..planned import PlanItem
from ..rates import nominal, parse_timecode, timecode
from ..spans import Span
from ..steps.verify import VERDICT
from ..takes import TakeFile
from .pairs import Layout
from .sight import Made, Sight


def take_row(made: Made, sight: Sight) -> dict[str, Any]:
    """One take for the page."""
    main, item = made.main, made.item
    picks = main.spec.picks
    words = [verdict.certainty for order, number in _picked(made, sight) if (verdict := verdict_of(order, number))]
    specs = [sight.order_in(main, key).spec for key, _ in picks]
    prompts = [spec.prompt for spec in specs if spec.mark_id == item.mark_id]
    states = {"dropped": "rejected"}
    return {
        "id": main.ident,
        "name": main.name,
        "label": f"v{main.version:03}",
        "kind": "both" if len(made.files) == 2 else "sound" if made.picture is None else "picture",
        "state": states.get(main.state, main.state),
        "reason": sight.reasons.get(main.ident, ""),
        "verdict": ", ".join(dict.fromkeys(words)),
        "notes": list(dict.fromkeys(note for take in made.files for note in take.spec.notes)),
        "orders": [key for key, _ in picks],
        "results": [number for _, number in picks],
        "prompt": (prompts or [specs[0].prompt])[0],
        "there": all(take.path.is_file() for take in made.files),
        "pair": pair_row(main, item, sight.session.view),
        "sound_a": original_sound(item) is not None,
        "sound_b": made.sound is not None or original_sound(item) is not None,
    }


def original_sound(item: PlanItem) -> SoundSource | None:
    """The sound that the cut plays under a request, else its picture file's own."""
    return item.sound or own_sound(item.media, item.media.video)


def pair_row(take: TakeFile, item: PlanItem, view: View) -> dict[str, Any]:
    """Size, clock and marked places of a take's pair. Places count its frames."""
    span, rate = take.spec.span, take.spec.rate
    layout = Layout.of(item.media.video, both=take.spec.kind != "sound")
    region = item.region.cut(span).shift(-span.first)
    replaced = [_list(part.cut(span).shift(-span.first)) for part in take.spec.replaced if len(part.cut(span))]
    edges = sorted({edge for first, end in replaced for edge in (first, end) if 0 < edge < len(span)})
    label, clock = _clock(take, item, view)
    return {
        "count": len(span),
        "rate": f"{rate.numerator}/{rate.denominator}",
        "first": span.first,
        "timecode": label,
        "clock": clock,
        "a": _sides(layout.a),
        "b": None if layout.b is None else _sides(layout.b),
        "width": layout.width,
        "height": layout.height,
        "region": _list(region),
        "replaced": replaced,
        "seams": edges,
    }


def _clock(take: TakeFile, item: PlanItem, view: View) -> tuple[list[Any], dict[str, Any]]:
    """The label and number of a pair's first frame, and how it is counted on.

    In record timecode where the clip plays frame for frame, else in the source's own.
    """
    clip, first = view.clip_at(item.address), take.spec.span.first
    unit = clip.source.exact_rate

    def record(frame: int) -> Fraction:
        return Fraction(clip.record_of((frame / item.scale + item.zero) * unit / item.clock))

    at = record(first)
    if take.spec.rate == view.rate and view.start + at >= 0 and record(first + 1) - at == 1:
        fps, drop, kind = nominal(view.rate), view.drop, "record"
        return [view.timecode(at), int(view.start + at)], {"fps": fps, "drop": drop, "kind": kind}
    rate = take.spec.rate
    number, drop = parse_timecode(take.spec.timecode, rate)
    return [timecode(number, rate, drop=drop), number], {"fps": nominal(rate), "drop": drop, "kind": "source"}


def verdict_of(order: Order, number: int) -> Verdict | None:
    """What was found of one result; None where it could not even be read."""
    result = next((r for r in order.results if r.number == number), None)
    if result is None or not result.verdict:
        return None
    try:
        return VERDICT.validate_json(result.verdict)
    except ValueError:
        return None


def _picked(made: Made, sight: Sight) -> Iterator[tuple[Order, int]]:
    for key, number in dict.fromkeys(pick for take in made.files for pick in take.spec.picks):
        yield sight.order_in(made.main, key), number


def numbers_of(made: Made, sight: Sight) -> dict[str, Any]:
    """What was measured of a take's results, by frames of its pair; each result where it stands."""
    span = made.main.spec.span
    differences: list[float | None] = [None] * len(span)
    found: dict[str, Any] = {
        "checks": [], "differences": differences, "threshold": None, "changed": None, "seams": [],
        "jump_limit": seams.WARN, "step_limit": seams.STEP, "colour": None,
    }  # fmt: skip
    changed: list[Span] = []
    for order, number in _picked(made, sight):
        verdict = verdict_of(order, number)
        if verdict is None:
            continue
        spans = order.spec.spans
        shift = spans.pull.first - spans.pad_head - span.first
        for index, value in enumerate(verdict.differences):
            at = index + shift
            if 0 <= at < len(span) and spans.pad_head <= index < spans.count - spans.pad_tail:
                differences[at] = max(value, differences[at] or 0.0)
        found["checks"] += [
            {"name": c.name, "value": c.value, "level": c.level, "reason": c.reason} for c in verdict.checks
        ]
        found["threshold"] = max(verdict.threshold, found["threshold"] or 0.0) or None
        found["seams"] += [
            {"frame": at + shift, "jump": jump, "step": step, "cut": cut}
            for at, jump, step, cut in verdict.seams
            if 0 <= at + shift <= len(span)
        ]
        if verdict.changed is not None:
            changed.append(verdict.changed.shift(shift).cut(Span(0, len(span))))
        found["colour"] = {
            "gains": list(verdict.gains), "offsets": list(verdict.offsets), "corrected": verdict.correct,
        }  # fmt: skip
    if changed:
        found["changed"] = [min(c.first for c in changed), max(c.end for c in changed)]
    return found


def _sides(box: Box) -> list[int]:
    return [box.x, box.y, box.width, box.height]


def _list(span: Span) -> list[int]:
    return [span.first, span.end]
