"""The change list: takes that are new, replaced, dropped or stale, against an earlier export or the ledger.

*New* is a take where there was none of that name. *Replaced* is where something else plays now: the take in use is
another, or the original plays again. *Dropped* is a take that is not there any more. *Stale* is one that lacks frames
which the cut now needs. A take may be new and stale: then it has two rows.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ..cuts.model import Clip, View
from ..cuts.paths import file_name
from ..originals import plays_take
from ..rates import BadTimecode, parse_timecode
from ..readback import TakeInCut, takes_in
from ..takes import TakeFile
from .model import Report, Row, Stretch

Status = Literal["new", "replaced", "dropped", "stale"]

ORIGINAL = "original"
"""What plays where no take does."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``now`` and ``was`` are names of takes, `ORIGINAL`, or empty where there is nothing."""

    status: Status
    now: str
    was: str
    take: TakeFile | None
    use: TakeInCut | None

    @property
    def gone(self) -> bool:
        """Whether the take is in the earlier cut only."""
        return self.status == "dropped"


def change_list(
    view: View, known: Iterable[TakeFile], since: View | None = None, *, elsewhere: Collection[str] = ()
) -> Report:
    """What has changed in ``view`` since an earlier export, else against what the ledger has: ``known``.

    ``elsewhere`` are the ids of takes that were written into other cuts: they are missed here by nobody.
    """
    known = list(known)
    uses = takes_in(view, known)
    if since is not None:
        found = list(_since(uses, takes_in(since, known)))
    else:
        found = [each for each in _against(view, uses, known) if not (each.gone and _ident(each) in elsewhere)]
    found += [Change("stale", use.name, "", use.take, use) for use in uses if use.short]
    places = {
        id(use): since if since is not None and use not in uses else view for use in (c.use for c in found) if use
    }
    rows = tuple(_row(places[id(change.use)] if change.use else view, change) for change in found)
    changed = {id(change.use) for change in found} | {change.was for change in found}
    same = sum(id(use) not in changed and use.name not in changed for use in uses)
    return Report(
        kind="changes",
        title=f"{view.name or view.path.stem} change list",
        cut=view.path,
        rate=view.rate,
        drop=view.drop,
        start=math.floor(view.start),
        rows=rows,
        warnings=tuple(_warnings(uses, known, since)),
        left_out=(f"{same} takes that are as they were",) if same else (),
    )


def _warnings(uses: list[TakeInCut], known: list[TakeFile], since: View | None) -> Iterator[str]:
    if since is None and not known:
        yield "there is no ledger to compare with: every take counts as new; name an earlier export with --since"
    for use in uses:
        if use.standing == "gone":
            yield f"{use.name}: its file is gone"


# --- against an earlier export --------------------------------------------------------------------------------------


def _since(uses: list[TakeInCut], before: list[TakeInCut]) -> Iterator[Change]:
    for use in uses:
        then = _same(use, before)
        rival = next((other for other in before if other.in_use and _rivals(use, other)), None)
        if then is None:
            status: Status = "replaced" if use.in_use and rival is not None else "new"
            yield Change(status, use.name, rival.name if rival and use.in_use else "", use.take, use)
        elif use.in_use and not then.in_use:
            yield Change("replaced", use.name, rival.name if rival else ORIGINAL, use.take, use)
        elif then.in_use and not use.in_use and not any(u.in_use and _rivals(use, u) for u in uses):
            yield Change("replaced", ORIGINAL, use.name, use.take, use)
    for then in before:
        if _same(then, uses) is None:
            yield Change("dropped", "", then.name, then.take, then)


def _same(use: TakeInCut, others: list[TakeInCut]) -> TakeInCut | None:
    """The same take at the same stretch of its source."""
    return next((other for other in others if _alike(use, other) and _share(use.clip, other.clip)), None)


def _alike(one: TakeInCut, other: TakeInCut) -> bool:
    """Whether two are the same take; a picture and its sound share a name."""
    if one.take is not None and other.take is not None:
        return one.take.ident == other.take.ident
    return one.name == other.name and one.clip.kind == other.clip.kind


def _share(one: Clip, other: Clip) -> bool:
    mine, theirs = one.source_of(*one.record), other.source_of(*other.record)
    first, end = theirs.at(one.source.exact_rate)
    return mine.first < end and first < mine.end


def _rivals(one: TakeInCut, other: TakeInCut) -> bool:
    """Whether two takes that are not the same stand in for the same frames."""
    if _alike(one, other):
        return False
    if one.take is not None and other.take is not None:
        return _rival_takes(one.take, other.take)
    same = one.clip.kind == other.clip.kind and _stem(one.name) == _stem(other.name)
    return same and _share(one.clip, other.clip)


def _stem(name: str) -> str:
    """The name of the source that a take was made of, as it stands in the take's own."""
    return name.rpartition("_rtk")[0]


def _rival_takes(one: TakeFile, other: TakeFile) -> bool:
    mine, theirs = one.spec, other.spec
    sound = (mine.kind == "sound") == (theirs.kind == "sound")
    return sound and mine.fingerprint == theirs.fingerprint and len(mine.needed.cut(theirs.needed)) > 0


# --- against the ledger ---------------------------------------------------------------------------------------------


def _against(view: View, uses: list[TakeInCut], known: list[TakeFile]) -> Iterator[Change]:
    picked = [take for take in known if take.state == "picked"]
    for use in uses:
        state = use.take.state if use.take is not None else ""
        rival = next((t for t in picked if use.take is not None and t != use.take and _rival_takes(use.take, t)), None)
        if state not in ("placed", "picked"):
            yield Change("new", use.name, "", use.take, use)
        elif use.in_use and state != "picked":
            yield Change("replaced", use.name, rival.name if rival else ORIGINAL, use.take, use)
        elif state == "picked" and not use.in_use and not any(u.in_use and _rivals(use, u) for u in uses):
            yield Change("replaced", ORIGINAL, use.name, use.take, use)
    there = {use.take.ident for use in uses if use.take is not None}
    media = {file_name(clip.media.url).rpartition(".")[0] for clip in view.clips()}
    for take in known:
        if take.state in ("placed", "picked") and take.ident not in there and _is_of(take, media):
            yield Change("dropped", "", take.name, take, None)


def _ident(change: Change) -> str:
    return change.take.ident if change.take is not None else ""


def _is_of(take: TakeFile, media: set[str]) -> bool:
    """Whether a take is of one of the sources: the ledger may have those of other cuts too."""
    from ..orders import ascii_stem

    return any(ascii_stem(name) == _stem(take.name) for name in media)


# --- rows -----------------------------------------------------------------------------------------------------------


def _row(view: View, change: Change) -> Row:
    use, take = change.use, change.take
    name = change.was if change.now in ("", ORIGINAL) else change.now
    reel, file = name, take.path.name if take is not None else f"{name}.mov"
    source, record, speed, clip = None, None, Fraction(1), ""
    if use is not None:
        source, record, speed = _source(view, use), _record(view, use.clip), use.clip.speed.scalar
        original = _under(view, use)
        clip = original.name
        if change.now == ORIGINAL:
            file = file_name(original.media.url)
            name, reel = clip, file.rpartition(".")[0]
    elif take is not None:
        source = _of_file(take)
    return Row(
        name=name,
        reel=reel,
        file=file,
        source=source,
        record=record,
        more=(
            ("Status", change.status),
            ("Now", change.now),
            ("Was", change.was),
            ("Clip", clip),
            ("In Use", "yes" if use is not None and use.in_use and not change.gone else "no"),
            ("Lacks", use.short if use is not None and change.status == "stale" else ""),
            ("Comments", "; ".join(_prompts(take))),
        ),
        speed=speed,
        sound=use.clip.kind == "Audio" if use is not None else take is not None and take.spec.kind == "sound",
    )


def _under(view: View, use: TakeInCut) -> Clip:
    """The clip that a take stands in for: its own, or the topmost below it that is none of ours."""
    if not use.above:
        return use.clip
    first, end = use.clip.record
    tracks = [track for track in view.tracks if track.kind == use.clip.kind]
    for track in tracks if view.top_first else reversed(tracks):
        for clip in track.between(first, end):
            if clip.placed is None and not plays_take(clip) and not clip.see_through:
                return clip
    return use.clip


def _prompts(take: TakeFile | None) -> list[str]:
    about = take.spec.about if take is not None else {}
    return [str(order.get("prompt", "")) for order in about.get("orders", [])]


def _source(view: View, use: TakeInCut) -> Stretch:
    """What the cut uses of a take's source; drop-frame as the take says, which has its source's timecode."""
    clip = use.clip
    clock = clip.media.start.exact_rate if clip.media.start else clip.source.exact_rate
    first, end = clip.source_of(*clip.record).at(clock)
    said = use.take.spec.timecode if use.take is not None else ""
    drop = ";" in said if said else view.drop and clock == view.rate
    return Stretch.of(first, end - first, clock, drop=drop)


def _record(view: View, clip: Clip) -> Stretch:
    first, end = clip.record
    return Stretch.of(view.start + first, Fraction(end) - Fraction(first), view.rate, drop=view.drop)


def _of_file(take: TakeFile) -> Stretch | None:
    """All of a take that is nowhere in the cut."""
    spec = take.spec
    try:
        first, drop = parse_timecode(spec.timecode, spec.rate)
    except BadTimecode:
        return None
    return Stretch(first, first + len(spec.span), spec.rate, drop)
