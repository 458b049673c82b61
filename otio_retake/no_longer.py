"""Takes that the last output of a cut held and a new one does not: each is said, with why and what to do.

An editor who has what was asked for deletes the mark. That says nothing of the take; but without a mark nobody knows
any more what of the cut it stands in for, so it is not placed, and was paid for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from .admission import Admitted
from .cuts.model import Clip, View
from .cuts.paths import file_name
from .orders import Order
from .originals import plays_take
from .outputs import outputs, stands_in_for
from .rates import exact_rate
from .readback import TakeInCut, takes_in
from .session import Session
from .sources import source_map
from .takes import TakeFile
from .takes_store import takes


def no_longer_placed(session: Session, admitted: Admitted, output: Path, placed: Iterable[TakeFile]) -> list[str]:
    """What ``output`` held until now, or the last output of this cut, and will not with the takes ``placed``."""
    ledger = session.ledger
    before = stands_in_for(ledger, output, session.cut.view)
    if before is None:
        return []
    known = takes(ledger)
    there = [take.take for take in takes_in(session.cut.view, known) if take.take is not None]
    lost: dict[str, list[TakeFile]] = {}
    for take, keys in _without(known, before.holds, [*there, *placed]):
        for key in keys:
            lost.setdefault(key, []).append(take)
    return sorted(_words(session, admitted, ledger.order(key), gone, before.path) for key, gone in lost.items())


def held_before(session: Session, found: Iterable[TakeInCut]) -> list[TakeFile]:
    """Takes that were written into this very file once, and that it lost as it was written again without them."""
    path = session.cut_path.absolute()
    before = next((one for one in outputs(session.ledger) if one.path == path), None)
    there = [take.take for take in found if take.take is not None]
    return [take for take, _ in _without(takes(session.ledger), before.held if before else (), there)]


def _without(
    known: Iterable[TakeFile], before: Collection[str], stays: Iterable[TakeFile]
) -> Iterator[tuple[TakeFile, list[str]]]:
    """Takes with ids of ``before`` and their orders that give what none of those that stay does."""
    given = {held for take in stays for held in _held(take)}
    for take in known:
        if take.ident in before and take.state != "dropped":
            keys = dict.fromkeys(held[1] for held in _held(take) if held not in given)
            if keys:
                yield take, list(keys)


def _held(take: TakeFile) -> list[tuple[bool, str, int]]:
    """What a take gives a cut: sound or picture of results."""
    return [(take.spec.kind == "sound", key, number) for key, number in take.spec.picks]


def _words(session: Session, admitted: Admitted, order: Order, gone: list[TakeFile], before: Path) -> str:
    # Picture and sound of one retake have one name.
    pictures = {take.name for take in gone if take.spec.kind != "sound"}
    names = ", ".join(sorted(pictures | {take.path.name for take in gone if take.name not in pictures}))
    clip = _playing(session.view, order)
    where = _where(session.view, clip, order) if clip is not None else f"{order.spec.timecode} {order.spec.clip}"
    why = _why(session, admitted, order, gone, clip)
    return f"{where}: {names} was placed in {before.name} and is not in this cut: {why}"


def _why(session: Session, admitted: Admitted, order: Order, gone: list[TakeFile], clip: Clip | None) -> str:
    of = f"(order {order.short})"
    if order.key in admitted.keys:
        missing = [take.path for take in gone if not take.path.is_file()]
        if missing:
            return f"{missing[0]} is not there {of}; bring the file back and place again"
        return f"it lacks frames that the cut now needs {of}; run the cut again: a longer take is made of what was paid"
    if clip is None and not any(clip.labels is not None for clip in session.view.clips()):
        return f"the cut no longer plays those frames of {file_name(order.spec.written)} {of}"
    plan = session.plan()
    problem = next((row for row in plan.problems if row.mark_id == order.spec.mark_id), None)
    if problem is not None:
        return f"{problem.what} {of}; {problem.fix}, then place again"
    asked = any(item.mark_id == order.spec.mark_id for item in plan.items)
    what = "its mark now asks for something else" if asked else "no mark asks for it"
    said = f", {order.spec.prompt!r}," if order.spec.prompt else ""
    return f"{what} {of}; its file stays: to have it back, put its mark{said} back as it was, and place again"


def _playing(view: View, order: Order) -> Clip | None:
    """The first clip that plays frames of an order's region."""
    spec, name = order.spec, file_name(order.spec.written)
    for clip in view.clips():
        own = clip.kind == "Video" and clip.placed is None and not plays_take(clip)
        if own and file_name(clip.media.url) == name:
            reach = source_map(clip, clip.media, spec.media).span(clip.source_of(*clip.record))
            if len(reach.cut(spec.region)):
                return clip
    return None


def _where(view: View, clip: Clip, order: Order) -> str:
    """Where an order's region begins in the cut, and the clip."""
    counted = source_map(clip, clip.media, order.spec.media)
    begins = counted.position(order.spec.region.first) * exact_rate(clip.source.rate) / counted.rate
    return f"{view.timecode(max(clip.record_of(begins), clip.record[0]))} {clip.name}"
