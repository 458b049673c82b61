"""The cuts that were written, and the takes in each: which output a cut comes from, and which one it stands in for."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from .cuts.model import View
from .ledger import Ledger
from .readback import TakeInCut, idents_in
from .takes_store import takes


@dataclass(frozen=True, slots=True)
class Output:
    """A cut that was written. ``holds`` are the ids of its takes, ``held`` of those that it had when written before."""

    path: Path
    cut: str
    at: float
    holds: frozenset[str]
    held: frozenset[str]


def cut_name(view: View) -> str:
    """What a cut is known by in whatever file: its form, and the name that its editor gave the timeline."""
    return f"{view.form} {view.name}"


def note_output(ledger: Ledger, path: Path, view: View, holds: Collection[str]) -> None:
    """Writes which takes, by their ids, the cut that was just written to ``path`` holds."""
    kept, cut, now = ledger.project.store(path), cut_name(view), time.time()
    with ledger.write("takes in a cut") as db:
        db.execute("UPDATE placings SET here = 0 WHERE path = ?", (kept,))
        rows = [(kept, take, cut, now) for take in sorted(holds)]
        db.executemany("INSERT OR REPLACE INTO placings (path, take, cut, at, here) VALUES (?, ?, ?, ?, 1)", rows)


def outputs(ledger: Ledger) -> list[Output]:
    """Every cut that takes were written into, the one that was written last at the end."""
    rows = ledger.read("SELECT path, take, cut, at, here FROM placings ORDER BY at")
    found: dict[str, Output] = {}
    for path, take, cut, at, here in rows:
        known = found.pop(path, None)
        holds, held = (known.holds, known.held) if known else (frozenset[str](), frozenset[str]())
        holds, held = (holds | {take}, held) if here else (holds, held | {take})
        found[path] = Output(ledger.project.load(path), cut, at, holds, held)
    return list(found.values())


def stands_in_for(ledger: Ledger, path: Path, view: View) -> Output | None:
    """What a new output at ``path`` takes the place of: the one there, else the last one of the same cut."""
    written = outputs(ledger)
    there = [one for one in written if one.path == path.absolute()]
    return next(reversed(there or [one for one in written if one.cut == cut_name(view)]), None)


def comes_from(ledger: Ledger, path: Path, view: View, found: Iterable[TakeInCut]) -> list[Output]:
    """The outputs that the cut at ``path`` may come from, the last at the end: one where its takes tell.

    An editor exports under another name: then the cut is known by its timeline's name, else by its takes.
    """
    written = outputs(ledger)
    there = [one for one in written if one.path == path.absolute()]
    if there:
        return there
    likely = [one for one in written if one.cut == cut_name(view)]
    if not likely and len({one.cut for one in written}) == 1:
        likely = written
    here = idents_in(found)
    if not here:
        return likely
    most = max(likely or written, key=lambda one: (len(here & one.holds), one.at), default=None)
    return [most] if most is not None and (likely or here & most.holds) else []


def in_other_cuts(ledger: Ledger, path: Path, view: View, found: Iterable[TakeInCut]) -> set[str]:
    """The ids of takes that were not written into the cut that the one at ``path`` comes from.

    None in a project that has noted of no cut what it holds.
    """
    if not outputs(ledger):
        return set()
    own = {ident for one in comes_from(ledger, path, view, found) for ident in one.holds}
    return {take.ident for take in takes(ledger)} - own
