"""Which takes go where in a cut: form-neutral, from the plan and what was made."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from .admission import Admitted
from .choices import Choices, chosen_take
from .cuts.laying import covered
from .cuts.model import View
from .ledger import Ledger
from .planned import PlanItem
from .takes import Placement, TakeFile, leaves_out, serves
from .takes_store import takes


def placements(
    view: View, admitted: Admitted, ledger: Ledger, *, activate: bool = False, choices: Choices | None = None
) -> list[Placement]:
    """Every take that serves a marked clip of ``view``, oldest first.

    With ``activate`` the newest is made active; with ``choices`` the one that holds what a person chose, if any. A take
    that was made on the way to a choice, of some of a clip's marks only, then stays out.
    """
    made = [take for take in takes(ledger) if take.state != "dropped" and take.path.is_file()]
    found: list[Placement] = []
    for target, items in admitted.targets:
        serving = sorted((take for take in made if serves(take, target)), key=lambda take: take.version)
        chosen = chosen_take(target, items, choices or {}, serving)
        if choices is not None:
            serving = [t for t in serving if t is chosen or t.state != "made" or not leaves_out(t, serving)]
        for number, take in enumerate(serving):
            newest = take is chosen or (activate and number == len(serving) - 1)
            if target.kind == "clip":
                found.append(_reference(items[0], take, newest))
            elif target.kind == "region":
                found.append(_above(view, items[0], take, newest))
            else:
                found.append(_sound(view, items[0], take, newest))
    return found


def held_back(admitted: Admitted, ledger: Ledger) -> list[str]:
    """The names of takes that would serve and were dropped; picture and sound of one retake have one."""
    dropped = [take for take in takes(ledger, "state = 'dropped'") if take.path.is_file()]
    serving = (take for take in dropped if any(serves(take, target) for target, _ in admitted.targets))
    return list(dict.fromkeys(take.name for take in serving))


def _reference(item: PlanItem, take: TakeFile, activate: bool) -> Placement:
    span = take.spec.span
    start = span.first / item.scale + item.zero
    return Placement(
        kind="reference",
        address=item.address,
        take=take,
        clock=item.clock,
        available=(start, len(span) / item.scale),
        activate=activate,
        written=item.written,
    )


def _above(view: View, item: PlanItem, take: TakeFile, activate: bool) -> Placement:
    """The replaced picture on whole record frames; its handles, which are the original's, stay in the file.

    The clip below says where in the source the first of them is: exactly, even where that is no whole frame.
    """
    clip = view.clip_at(item.address)
    unit = clip.source.exact_rate
    span, needed = take.spec.span, take.spec.needed

    def source(frame: int) -> Fraction:
        return (frame / item.scale + item.zero) * unit / item.clock

    first, end = covered(clip, source(needed.first), source(needed.end))
    reach = clip.source_of(first, end)
    return Placement(
        kind="above",
        address=item.address,
        take=take,
        clock=item.clock,
        available=(span.first / item.scale + item.zero, len(span) / item.scale),
        record=(Fraction(first), Fraction(end)),
        source=Fraction(reach.first) * item.clock / unit,
        speed=clip.speed.scalar,
        activate=activate,
        written=item.written,
    )


def _sound(view: View, item: PlanItem, take: TakeFile, activate: bool) -> Placement:
    """The replaced sound on whole record frames; its handles stay in the file."""
    clip = view.clip_at(item.address)
    needed, spec = take.spec.needed, take.spec
    unit = clip.source.exact_rate

    def record(frame: int) -> Fraction:
        return Fraction(clip.record_of((frame / item.scale + item.zero) * unit / item.clock))

    first = max(math.floor(record(needed.first)), math.ceil(clip.record[0]))
    end = min(math.ceil(record(needed.end)), math.floor(clip.record[1]))
    # Where the record frame lies in the wave: its own start, and how far into it the frame is.
    origin = record(spec.span.first)
    start = spec.since_midnight * view.rate
    return Placement(
        kind="sound",
        address=item.address,
        take=take,
        clock=view.rate,
        available=(start, Fraction(spec.samples, spec.sound_rate) * view.rate),
        record=(Fraction(first), Fraction(max(end, first))),
        source=start + (first - origin) * clip.speed.scalar,
        speed=clip.speed.scalar,
        activate=activate,
        written=item.written,
    )


def idents(found: Iterable[Placement]) -> set[str]:
    """The takes of placements."""
    return {placement.take.ident for placement in found}
