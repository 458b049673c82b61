"""The cut goes back to its editor: where it may be written, with which takes, and what became of its marks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .admission import Admitted, look_up
from .choices import choices_of, chosen_take, wanted
from .cuts import Losses, Patched
from .durable import check_writable
from .errors import CutError, RetakeError
from .keys import VARIABLES, need_key
from .ledger import Ledger
from .mark_states import marker_states, state_of
from .no_longer import no_longer_placed
from .orders import State
from .outputs import note_output
from .placing import held_back, idents, placements
from .planned import Plan
from .providers.base import Readies
from .readback import idents_in, out_of_step, takes_in
from .session import Session
from .steps import conform
from .takes import TakeFile, Target, serves
from .takes_store import add_target, mark_take, takes


@dataclass(frozen=True)
class Written:
    """A cut that was written: where, how many takes were added to it, and what the form could not carry.

    ``dropped`` are the names of takes that would have been placed, had nobody dropped them.
    """

    path: Path
    added: int = 0
    losses: Losses = field(default_factory=Losses)
    dropped: tuple[str, ...] = ()


def check_services(session: Session, plan: Plan) -> None:
    """Refuses services that nothing could be sent to, before anything is ordered from them."""
    for error in lacking(session, plan):
        raise error


def lacking(session: Session, plan: Plan) -> Iterator[RetakeError]:
    """What is missing before the services of a plan can be sent anything: a key, an uploader."""
    for service in dict.fromkeys(item.service for item in plan.sent):
        provider = session.providers.get(service)
        try:
            if service in VARIABLES:
                need_key(service)
            if isinstance(provider, Readies):
                provider.check_ready()
        except RetakeError as error:
            yield error


def check_output(session: Session, output: Path | None, *, overwrite: bool) -> None:
    """Refuses an output that could never be written, before anything is done for it."""
    if output is None:
        return
    for ending in (output.suffix, ".markers.edl", ".markers.txt"):
        check_not_read(session, output.with_name(output.stem + ending))
    if output.exists() and output.samefile(session.cut_path):
        raise CutError("the cut that was read is never written to", where=str(output), fix="give another path with -o")
    session.cut.check_output(output)
    ours = session.ledger.written(output) if session.project.exists else set()
    session.cut.check_place(output, ours, replace=overwrite)
    check_writable(output)


def check_not_read(session: Session, path: Path) -> None:
    """Refuses to write over the list of markers that was read. Raises ``CutError``."""
    markers = session.settings.markers
    if markers is not None and path.exists() and markers.exists() and path.samefile(markers):
        what = "the list of markers that was read is never written to"
        raise CutError(what, where=str(path), fix="give another path with -o")


def write_cut(
    session: Session, admitted: Admitted, output: Path, *, activate: bool, overwrite: bool, picked: bool = False
) -> Written:
    """Writes the cut with every take that serves it; with ``picked`` those that hold what was chosen are active."""
    ledger, cut = session.ledger, session.cut
    chosen = choices_of([item for _, items in admitted.targets for item in items], ledger) if picked else None
    found = placements(session.view, admitted, ledger, activate=activate, choices=chosen)
    patched = cut.apply(found, output.absolute().parent, session.settings.editor)
    patched.losses.warnings.extend(gone(admitted, ledger))
    there = takes_in(cut.view, takes(ledger))
    patched.losses.warnings.extend(
        f"{cut.view.timecode(take.clip.record[0])} {out_of_step(take)}"
        for take in there
        if take.standing == "out of step"
    )
    patched.losses.warnings.extend(not_placed(session, admitted) if picked else ())
    patched.losses.left_out.extend(no_longer_placed(session, admitted, output, [each.take for each in found]))
    if cut.marks_apart:
        patched = _with_marks(session, patched, admitted)
    save(session, patched, output, overwrite=overwrite, holds=idents_in(there) | {ident for *_, ident in patched.added})
    if not cut.placed_elsewhere:
        mark_placed(ledger, idents(found))
    return Written(output, len(patched.added), patched.losses, tuple(held_back(admitted, ledger)))


def not_placed(session: Session, admitted: Admitted) -> list[str]:
    """What was chosen and cannot be placed: the request is not in the plan, or no take holds just that."""
    ledger = session.ledger
    made = [take for take in takes(ledger) if take.state != "dropped" and take.path.is_file()]
    planned = {item.mark_id: item for _, items in admitted.targets for item in items}
    chosen = choices_of(planned.values(), ledger)
    words = []
    for target, items in admitted.targets:
        if wanted(target, items, chosen) and chosen_take(target, items, chosen, made) is None:
            kind = "sound" if target.kind == "sound" else "take"
            words.append(f"{items[0].timecode} {items[0].clip}: no {kind} is here that holds what was picked")
    away = {row.mark_id: row for row in session.plan().problems if row.blocks or row.what == "skipped by hand"}
    marks = {mark for mark, said in ledger.read("SELECT mark_id, said FROM choices") if said != "null"}
    for mark in sorted((marks & set(away)) - set(planned)):
        row = away[mark]
        words.append(f"{row.timecode} {row.clip}: what was picked cannot be placed: {row.what}")
    return words


def mark_placed(ledger: Ledger, placed: Collection[str]) -> None:
    """Writes that takes are in a cut, and their orders with them."""
    with ledger.write("takes placed"):
        for take in (t for t in takes(ledger) if t.ident in placed):
            if take.state == "made":
                mark_take(ledger, take.ident, "placed")
            for key, _ in take.spec.picks:
                if ledger.state_of(key) is State.CONFORMED:
                    ledger.move(key, State.PLACED)


def _with_marks(session: Session, patched: Patched, admitted: Admitted) -> Patched:
    """``patched`` with what became of each mark, where there are any."""
    requests = session.requests.requests
    if not requests:
        return patched
    ledger = session.ledger
    keys = {ident: ordered.keys for ident, ordered in admitted.ordered.items()}
    states = {r.mark_id: state_of(ledger.order(key) for key in keys.get(r.mark_id, ())) for r in requests}
    return session.cut.with_marks(patched, marker_states(requests, states))


def save(
    session: Session, patched: Patched, output: Path, *, overwrite: bool, holds: Collection[str] | None = None
) -> None:
    """Writes a cut that may replace an earlier one of ours, but nobody else's.

    ``holds`` are the ids of the takes in it: by default those of the cut that was read.
    """
    ledger = session.ledger
    ours = ledger.written(output)
    for ending, _ in patched.also:
        check_not_read(session, output.with_name(output.stem + ending))
        ours |= ledger.written(output.with_name(output.stem + ending))
    session.cut.save(patched, output, may_replace=ours, replace=overwrite, tell=ledger.will_write)
    if not session.cut.placed_elsewhere:
        view = session.cut.view
        note_output(ledger, output, view, idents_in(takes_in(view, takes(ledger))) if holds is None else holds)


def known(session: Session) -> tuple[Plan, Admitted]:
    """The plan and the orders that exist for it; nothing is ordered."""
    plan = session.plan()
    return plan, look_up(plan, session.ledger, session.settings)


def open_missing(session: Session, admitted: Admitted) -> int:
    """Opens the targets that lack a take though all their orders have ended; how many there are.

    None stands in for them yet, or the file of one that does is gone.
    """
    ledger = session.ledger
    made = takes(ledger)
    missing = [target for target, _ in admitted.targets if _lacks(target, made) and conform.ready(target, ledger)]
    for target in missing:
        add_target(ledger, target)
    return len(missing)


def _lacks(target: Target, made: list[TakeFile]) -> bool:
    serving = [take for take in made if serves(take, target)]
    return not serving or any(take.is_gone for take in serving)


def gone(admitted: Admitted, ledger: Ledger) -> list[str]:
    """The takes that would serve, had somebody not taken their files away, and what to do."""
    away = [take for take in takes(ledger) if take.is_gone]
    serving = (take for take in away if any(serves(take, target) for target, _ in admitted.targets))
    return [
        f"{take.path.name} is a take of this cut, and its file is gone; to do: bring it back from a copy, or its result"
        " and `otio-retake conform`, or say that it is not wanted with `takes drop`"
        for take in serving
    ]
