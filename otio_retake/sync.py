"""What a newly exported cut says of the takes that the ledger has: in use, there, or taken out by the editor.

A take is missed where the cut still has its mark and plays the frames that it stands for, and holds others of its kind:
those beside clips and those on tracks above go into cuts of their own. One that was written into another cut alone is
that cut's business. Taking one out of a cut deletes no file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from .cuts.model import Clip, View
from .cuts.paths import file_name
from .originals import plays_take
from .readback import TakeInCut, takes_in
from .sources import source_map
from .takes import TakeFile, TakeState, Target


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one take in the ledger, and why."""

    take: TakeFile
    now: TakeState
    why: str


@dataclass(frozen=True)
class Sync:
    """What differs between a cut and the ledger. ``missed`` are takes that the cut could hold, and does not."""

    found: tuple[TakeInCut, ...]
    missed: tuple[TakeFile, ...]
    changes: tuple[Change, ...]

    @property
    def stale(self) -> list[TakeInCut]:
        """Takes that lack frames which the cut now needs."""
        return [take for take in self.found if take.standing == "stale"]

    @property
    def out_of_step(self) -> list[TakeInCut]:
        """Takes on tracks above that show other frames than the clips below them."""
        return [take for take in self.found if take.standing == "out of step"]

    @property
    def gone(self) -> list[TakeInCut]:
        """Takes in the cut whose files are gone."""
        return [take for take in self.found if take.standing == "gone"]

    @property
    def silent(self) -> bool:
        """Whether the cut holds no take at all: it may have been exported before any was placed."""
        return not self.found


TargetOf = Callable[[str], Target | None]

ElsewhereOf = Callable[[Collection[TakeInCut]], Collection[str]]
"""From the takes in a cut to the ids of those that were written into other cuts only."""


def compare(
    cut: View,
    view: View,
    known: Iterable[TakeFile],
    marks: Collection[str],
    target_of: TargetOf,
    *,
    all_gone: bool = False,
    elsewhere_of: ElsewhereOf = lambda _found: (),
) -> Sync:
    """What ``cut`` says of the takes in ``known``; ``view`` is the same cut with the originals of its takes.

    ``marks`` are the ids of the marks in it: other cuts of the project have takes of the same media, and other marks.
    A cut without any take of a kind says nothing of those that it lacks, unless ``all_gone``.
    """
    known = list(known)
    found = takes_in(cut, known)
    here: dict[str, list[TakeInCut]] = {}
    for take in found:
        if take.take is not None:
            here.setdefault(take.take.ident, []).append(take)
    elsewhere = elsewhere_of(found)
    missed = tuple(missing(view, known, found, marks, target_of, every=all_gone or not found, elsewhere=elsewhere))
    changes = [change for take in known if take.ident in here and (change := _seen(cut, take, here[take.ident]))]
    if found or all_gone:
        changes += [Change(take, "dropped", "it is no longer in the cut") for take in missed]
    return Sync(tuple(found), missed, tuple(changes))


def missing(
    view: View,
    known: Iterable[TakeFile],
    found: Iterable[TakeInCut],
    marks: Collection[str],
    target_of: TargetOf,
    *,
    every: bool = False,
    elsewhere: Collection[str] = (),
) -> Iterable[TakeFile]:
    """Takes that were placed, are not among those ``found`` in the cut, and stand for frames that it plays.

    They are of the kinds that it holds, or of ``every`` kind, and of its ``marks``, unless it has lost those; and not
    among those that lie ``elsewhere``, by their ids.
    """
    there = [take.take for take in found if take.take is not None]
    here, kinds = {take.ident for take in there}, {take.spec.kind for take in there}
    by_name: dict[str, list[Clip]] = {}
    for clip in view.clips():
        if clip.kind == "Video" and clip.placed is None and not plays_take(clip):
            by_name.setdefault(file_name(clip.media.url), []).append(clip)
    for take in known:
        if take.state not in ("placed", "picked") or take.ident in here or take.ident in elsewhere:
            continue
        if not every and take.spec.kind not in kinds:
            continue
        asked = {order.get("mark") for order in take.spec.about.get("orders", ())}
        target = target_of(take.target)
        if target is None or (marks and not asked & set(marks)):
            continue
        clips = by_name.get(file_name(target.written), ())
        if any(len(source_map(c, c.media, target.media).span(c.needed).cut(take.spec.needed)) for c in clips):
            yield take


def _seen(cut: View, take: TakeFile, places: list[TakeInCut]) -> Change | None:
    """What a take that is in the cut becomes."""
    used = next((place for place in places if place.in_use), None)
    where = cut.timecode((used or places[0]).clip.record[0])
    if cut.writer == "kdenlive" and places[0].above:
        # Kdenlive says nothing of what it hides.
        return Change(take, "placed", f"it is in the cut at {where}") if take.state in ("made", "dropped") else None
    now: TakeState = "picked" if used else "placed"
    if take.state == now:
        return None
    if used:
        return Change(take, now, f"it is in use at {where}")
    return Change(take, now, f"it is in the cut at {where}, out of use")
