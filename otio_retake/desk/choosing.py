"""Choosing among takes, and writing the cut with what was chosen. Nothing here is sent or paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import CutError, OrderError, RetakeError
from ..picking import pick as pick_takes
from ..session import Session
from ..steps.compose import compose
from ..steps.conform import picks_of
from ..takes import Target
from ..takes_store import reject_take, restore_take
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


def _with_other_marks(desk: Desk, sight: Sight, mark: str, chosen: Made) -> Made:
    """On a clip with several marks, the take that holds this mark's result of ``chosen`` and the others' own picks.

    Made where it is not there yet: that costs nothing.
    """
    target = next((t for t in sight.targets.get(mark, ()) if t.kind == "clip" and len(t.parts) > 1), None)
    there = next((one for one in sight.made[mark] if one.main.state == "picked"), None)
    if target is None or there is None or there.main.ident == chosen.main.ident or chosen.picture is None:
        return chosen
    numbers = _numbers(sight, target, there, chosen, mark)
    if numbers is None:
        return chosen
    shop = desk.session.workshop(desk.worker.watch, None)
    take = compose(sight.admitted, sight.items[mark].address, numbers, shop)
    return Made(take, chosen.sound, chosen.item)


def _numbers(sight: Sight, target: Target, there: Made, chosen: Made, mark: str) -> list[int] | None:
    """For each part of a target the number of its result: the chosen one for ``mark``, what is picked for the rest."""
    numbers = []
    for part in target.parts:
        listed = picks_of(part, dict(sight.orders))
        mine = any(sight.orders[key].spec.mark_id == mark for key in part.orders)
        held = [one for one in (chosen if mine else there).main.spec.picks if one[0] in part.orders]
        if not held or held[0] not in listed:
            return None
        numbers.append(listed.index(held[0]) + 1)
    return numbers


def reject(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Rejects a take, with a reason."""
    with desk.lock:
        for take in desk.sight().take(body["take"]).files:
            reject_take(desk.session.ledger, take.ident, body["reason"])
        return desk.board()


def restore(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Takes a rejection back."""
    with desk.lock:
        for take in desk.sight().take(body["take"]).files:
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
            if desk.worker.running:
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
        return {
            "written": written.path.name,
            "added": written.added,
            "warnings": written.losses.warnings,
            "left_out": written.losses.left_out,
        }


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
