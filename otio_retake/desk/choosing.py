"""Choosing among takes, and writing the cut with what was chosen. Nothing here is sent or paid."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ..cuts import open_cut
from ..cuts.model import Exact
from ..errors import CutError, OrderError, RetakeError
from ..lease import holder_of
from ..ledger import Ledger
from ..legible import legible
from ..originals import plays_take
from ..picking import pick as pick_takes
from ..planned import PlanItem
from ..readback import takes_in
from ..session import Session
from ..steps.compose import compose
from ..steps.conform import picks_of
from ..takes import Target
from ..takes_store import choose_original, chosen_originals, reject_take, restore_take, takes
from ..turnover import check_output, known, open_missing, write_cut
from .sight import Made, Sight

if TYPE_CHECKING:
    from .desk import Desk


def pick(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Picks a take of a request, or the original again."""
    with desk.lock:
        _pick(desk, body["request"], body["take"])
        return desk.board()


def _pick(desk: Desk, mark: str, ident: str | None) -> None:
    sight = desk.sight()
    made = sight.made[mark] if sight.requests[mark] and mark in sight.made else ()
    chosen = None
    if ident is not None:
        chosen = next((one for one in made if ident in (take.ident for take in one.files)), None)
        if chosen is None:
            raise KeyError(ident)
        if chosen.main.state == "dropped":
            raise CutError("the take is rejected", where=chosen.main.name, fix="take the rejection back first")
    chosen = _with_other_marks(desk, sight, mark, chosen)
    alike = {take.ident: take for one in desk.sight().made.get(mark, ()) for take in one.files}
    pick_takes(desk.session.ledger, chosen.files if chosen else (), alike.values())
    choose_original(desk.session.ledger, mark, chosen=chosen is None)


def _with_other_marks(desk: Desk, sight: Sight, mark: str, chosen: Made | None) -> Made | None:
    """On a clip with several marks, the take that holds this mark's result of ``chosen`` and the others' own picks.

    Nothing chosen is the original, under this mark. Made where it is not there yet: that costs nothing.
    """
    target = next((t for t in sight.targets.get(mark, ()) if t.kind == "clip" and len(t.parts) > 1), None)
    there = next((one for one in sight.made.get(mark, ()) if one.main.state == "picked"), None)
    if target is None or there is None:
        return chosen
    if chosen is not None and (there.main.ident == chosen.main.ident or chosen.picture is None):
        return chosen
    numbers = _numbers(sight, target, there, chosen, mark)
    if numbers is None or not any(numbers):
        return chosen
    shop = desk.session.workshop(desk.worker.watch, None)
    take = compose(sight.admitted, sight.items[mark].address, numbers, shop)
    return Made(take, chosen.sound if chosen is not None else None, there.item)


def _numbers(sight: Sight, target: Target, there: Made, chosen: Made | None, mark: str) -> list[int] | None:
    """For each part of a target the number of its result: the chosen one for ``mark``, what is picked for the rest.

    0 is the original; None is returned where a result is not among those that can be composed.
    """
    numbers = []
    for part in target.parts:
        listed = picks_of(part, dict(sight.orders))
        mine = any(sight.orders[key].spec.mark_id == mark for key in part.orders)
        of = chosen if mine else there
        held = [one for one in of.main.spec.picks if one[0] in part.orders] if of is not None else []
        if held and held[0] not in listed:
            return None
        numbers.append(listed.index(held[0]) + 1 if held else 0)
    return numbers


def reject(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Rejects a take, with a reason."""
    with desk.lock:
        sight = desk.sight()
        chosen = sight.take(body["take"])
        rows = [one for made in sight.made.values() for one in made if one.main.ident != chosen.main.ident]
        # A sound that another take sounds with as well stays with that one.
        others = {take.ident for one in rows if one.main.state != "dropped" for take in one.files}
        for take in chosen.files:
            if take is chosen.main or take.ident not in others:
                reject_take(desk.session.ledger, take.ident, body["reason"])
        return desk.board()


def restore(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Takes a rejection back."""
    with desk.lock:
        for take in desk.sight().take(body["take"]).files:
            if take.state == "dropped":
                restore_take(desk.session.ledger, take.ident)
        return desk.board()


def picks(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Takes up a file of picks that was saved elsewhere."""
    unknown: list[str] = []
    applied = 0
    with desk.lock:
        for row in body["rejected"]:
            try:
                reject(desk, row)
                applied += 1
            except KeyError:
                unknown.append(row["name"])
        for row in body["picks"]:
            try:
                _pick(desk, row["mark"], row["take"])
                applied += 1
            except KeyError:
                unknown.append(f"{row['name']} ({row['mark'][:8]})")
            except RetakeError as error:
                unknown.append(f"{row['name']}: {error.what}")
        if unknown and not applied and body["cut"] != desk.session.cut_path.name:
            raise CutError(
                f"the picks were made for another cut, {legible(body['cut'])}",
                where=desk.session.cut_path.name,
                fix="load those of this cut; nothing was changed",
            )
        return {"applied": applied, "unknown": unknown, "board": desk.board()}


def write(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Writes the cut with its takes: those that were picked are active, originals stay so elsewhere."""
    with desk.lock:
        old = desk.sight().session
        editor = body["editor"]
        session: Session = old if editor == old.settings.editor else _for_editor(old, editor)
        check_output(session, desk.output, overwrite=False)
        _, admitted = known(session)
        if open_missing(session, admitted):
            if desk.worker.running or holder_of(session.ledger) is not None:
                raise OrderError(
                    "takes are still being made",
                    where=session.cut_path.name,
                    fix="wait until the run has come to its end, then write the cut",
                )
            desk.worker.make(admitted.keys)
            _, admitted = known(session)
        if session is not old:
            _pick_again(desk, session)
        written = write_cut(session, admitted, desk.output, activate=False, picked=True, overwrite=False)
        if not session.cut.placed_elsewhere:
            _put_back(desk, session)
        return {
            "written": written.path.name,
            "added": written.added,
            "warnings": written.losses.warnings,
            "left_out": written.losses.left_out,
        }


def _put_back(desk: Desk, session: Session) -> None:
    """The original again where the cut that was read plays a take, and a person chose the original."""
    ledger, sight = session.ledger, desk.sight()
    marks = chosen_originals(ledger)
    for mark, item in sight.items.items():
        if mark not in marks or any(one.main.state == "picked" for one in sight.made.get(mark, ())):
            continue
        _switch(desk, session, item, ledger)


def _switch(desk: Desk, session: Session, item: PlanItem, ledger: Ledger) -> None:
    """Puts the original to use under a request, in the cut that was just written."""
    with TemporaryDirectory(dir=desk.output.parent, prefix=".") as folder:
        # A cut is never written over itself: what is read is a copy beside it.
        copy = Path(folder, desk.output.name)
        shutil.copytree(desk.output, copy) if desk.output.is_dir() else shutil.copy2(desk.output, copy)
        cut = open_cut(copy, session.settings.maps, edl_rate=session.settings.edl_rate)
        lying = [clip for clip in cut.view.clips() if clip.kind == "Video" and _meet(clip.record, item.record)]
        used = (t for t in takes_in(cut.view, takes(ledger)) if t.in_use and t.clip in lying)
        below = next((c for c in lying if c.placed is None and not c.see_through and not plays_take(c)), None)
        if below is not None and next(used, None) is not None:
            patched = cut.activate(below.address, below.media.key)
            cut.save(patched, desk.output, may_replace=ledger.written(desk.output), tell=ledger.will_write)


def _meet(one: tuple[Exact, Exact], other: tuple[Exact, Exact]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _for_editor(session: Session, editor: str) -> Session:
    flags = {**session.flags, "editor": editor}
    fresh = replace(session, flags=flags, _ledger=session.ledger)
    fresh.again = False
    return fresh


def _pick_again(desk: Desk, session: Session) -> None:
    """Takes of another kind that hold what was picked are picked too: a choice is of a result, not of a file."""
    from .sight import look

    ledger = session.ledger
    before = desk.sight()
    for mark, made in look(session).made.items():
        chosen = next((one for one in before.made.get(mark, ()) if one.main.state == "picked"), None)
        picks = chosen.main.spec.picks if chosen is not None else ()
        keys = {pick for pick in picks if before.orders[pick[0]].spec.mark_id == mark}
        same = next((one for one in made if set(one.main.spec.picks) & keys), None)
        alike = {take.ident: take for one in made for take in one.files}
        pick_takes(ledger, same.files if same is not None else (), alike.values())
