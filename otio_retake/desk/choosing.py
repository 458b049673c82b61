"""Choosing among takes, and writing the cut with what was chosen. Nothing here is sent or paid."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ..admission import Admitted
from ..choices import Choices, choices_of, choose, chosen_take, settle, undecide, wanted
from ..cuts import open_cut
from ..cuts.model import Exact
from ..errors import CutError, OrderError, RetakeError
from ..lease import holder_of
from ..ledger import Ledger
from ..legible import legible
from ..originals import plays_take
from ..planned import PlanItem
from ..readback import takes_in
from ..session import Session
from ..steps.compose import compose
from ..steps.conform import orders_of, picks_of
from ..takes_store import reject_take, restore_take, takes
from ..turnover import check_output, known, not_placed, open_missing, write_cut

if TYPE_CHECKING:
    from .desk import Desk


def pick(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Picks a take of a request, or the original again."""
    with desk.lock:
        _pick(desk, body["request"], body["take"])
        return desk.board()


def _pick(desk: Desk, mark: str, ident: str | None) -> None:
    sight = desk.sight()
    item = sight.items.get(mark)
    if item is None:
        _ = sight.requests[mark]
        raise CutError("there is nothing to pick from", where=mark, fix="mend the request's problem first")
    pick = None
    if ident is not None:
        chosen = next((one for one in sight.made.get(mark, ()) if ident in (t.ident for t in one.files)), None)
        mine = {order.key for order in (*item.earlier, *item.known)}
        pick = next((p for p in chosen.main.spec.picks if p[0] in mine), None) if chosen is not None else None
        if chosen is None or pick is None:
            raise KeyError(ident)
        if chosen.main.state == "dropped":
            raise CutError("the take is rejected", where=chosen.main.name, fix="take the rejection back first")
    choices = {**sight.choices, mark: pick}
    _compose(desk, sight.admitted, choices)
    ledger = desk.session.ledger
    choose(ledger, mark, pick)
    settle(sight.admitted.targets, choices, takes(ledger), ledger)


def _compose(desk: Desk, admitted: Admitted, choices: Choices) -> None:
    """Makes the takes of clips with several marks that hold just what was chosen for each. That costs nothing."""
    ledger = desk.session.ledger
    made = [take for take in takes(ledger) if take.state != "dropped" and take.path.is_file()]
    for target, items in admitted.targets:
        picks = wanted(target, items, choices)
        if target.kind != "clip" or len(target.parts) < 2 or not picks:
            continue
        if chosen_take(target, items, choices, made) is None:
            orders = orders_of(target, ledger)
            listed = [picks_of(part, orders) for part in target.parts]
            numbers = [next((n for n, p in enumerate(each, 1) if p in picks), 0) for each in listed]
            compose(admitted, items[0].address, numbers, desk.session.workshop(desk.worker.watch, None))


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
        for mark in sight.made:
            if (picked := sight.picked(mark)) is not None and picked.main.ident == chosen.main.ident:
                undecide(desk.session.ledger, mark)
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
        chosen = choices_of([item for _, items in admitted.targets for item in items], session.ledger)
        _compose(desk, admitted, chosen)
        settle(admitted.targets, chosen, takes(session.ledger), session.ledger)
        if lost := not_placed(session, admitted):
            raise CutError(
                f"the cut was not written: {lost[0]}",
                where=session.cut_path.name,
                fix="mend that, or pick another take or the original for it",
            )
        written = write_cut(session, admitted, desk.output, activate=False, picked=True, overwrite=False)
        if not session.cut.placed_elsewhere:
            _put_back(desk, session)
        return {
            "written": written.path.name,
            "added": written.added,
            "warnings": [
                *written.losses.warnings,
                *(f"{name} was rejected: it is not in the cut" for name in written.dropped),
            ],
            "left_out": written.losses.left_out,
        }


def _put_back(desk: Desk, session: Session) -> None:
    """The original again where the cut that was read plays a take, and a person chose the original."""
    sight = desk.sight()
    for target, items in sight.admitted.targets:
        if target.kind == "sound" or wanted(target, items, sight.choices):
            continue
        if any(item.mark_id in sight.choices for item in items):
            _switch(desk, session, items[0], session.ledger)


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
    fresh.again, fresh.reworded = False, {}
    return fresh
