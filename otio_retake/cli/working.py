"""What `run`, the stages and `place` share: accept a plan, carry orders out, write the cut."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..accepted import admit_problems
from ..admission import Admitted, admit
from ..cuts import Losses
from ..errors import RetakeError
from ..orders import DEAD, Order, State, StepName
from ..planned import Plan
from ..steps.run import STEPS, Outcome, carry_out
from ..steps.verify import VERDICT, rejections
from ..takes import TakeFile
from ..takes_store import takes
from ..turnover import Written, check_output, check_services, gone, open_missing, write_cut
from .accepting import accept
from .machine import print_json
from .session import Session
from .showing import console, show_plan
from .tables import table, worded
from .watching import watching

if TYPE_CHECKING:
    from ..desk.desk import Desk


@dataclass
class Done:
    """What a command did, for its last words."""

    plan: Plan
    admitted: Admitted
    outcome: Outcome
    written: Written | None = None


def whole_way(
    session: Session, output: Path | None, *, yes: bool, skip_problems: bool, overwrite: bool, json: bool
) -> int:
    """From marks to a written cut; returns the exit code."""
    check_output(session, output, overwrite=overwrite)
    plan = session.plan()
    if not json:
        show_plan(plan)
    admit_problems(plan, skip=skip_problems)
    check_services(session, plan)
    accept(plan, yes=yes, budget=session.settings.budget)
    admitted = admit(plan, session.ledger, session.settings, accepted=True, rehearses=session.rehearse)
    session.library.remember()
    outcome = work(session, admitted.keys, tuple(STEPS), conforming=True, quiet=json)
    done = Done(plan, admitted, outcome)
    if output is not None and not outcome.stopped:
        done.written = write_cut(session, admitted, output, activate=session.settings.activate, overwrite=overwrite)
    code = last_words(session, done, json=json)
    if output is None and not json:
        ending = session.cut.endings[0]
        console().print(f"no cut was written: otio-retake place {session.source} -o PATH{ending}", soft_wrap=True)
    return code


def on_desk(session: Session, output: Path | None, *, yes: bool, skip_problems: bool, overwrite: bool) -> None:
    """The same with the desk open: confirmed there, or by ``yes``; then the cut is written when the run has ended."""
    from .desk import served

    check_output(session, output, overwrite=overwrite)

    def begin(desk: Desk) -> None:
        if not yes:
            return
        plan = session.plan()
        show_plan(plan)
        admit_problems(plan, skip=skip_problems)
        check_services(session, plan)
        accept(plan, yes=True, budget=session.settings.budget)
        admitted = admit(plan, session.ledger, session.settings, accepted=True, rehearses=session.rehearse)
        session.library.remember()
        desk.again.clear()

        def ended(outcome: Outcome) -> None:
            done = Done(plan, admitted, outcome)
            if output is not None and not outcome.stopped:
                activate = session.settings.activate
                done.written = write_cut(session, admitted, output, activate=activate, overwrite=overwrite)
            last_words(session, done, json=False)

        desk.worker.start(admitted.keys, ended)

    served(session, output, begin=begin)


def work(
    session: Session, keys: Collection[str], steps: Collection[StepName], *, conforming: bool, quiet: bool
) -> Outcome:
    """Carries orders out, with progress."""
    with watching(len(keys), quiet=quiet) as reporter:
        shop = session.workshop(reporter, session.settings.budget)
        return carry_out(shop, keys, steps=steps, conforming=conforming)


def make_missing(session: Session, admitted: Admitted, *, quiet: bool) -> Outcome:
    """Makes takes of the results that are there, for what no take stands in for yet. Nothing is sent or paid."""
    if not open_missing(session, admitted):
        return Outcome()
    return work(session, admitted.keys, (), conforming=True, quiet=quiet)


_BAD = DEAD | {State.UNKNOWN, State.REFUSED}
"""States that nobody wanted."""


# --- last words -----------------------------------------------------------------------------------------------------


def last_words(session: Session, done: Done, *, json: bool) -> int:
    """Says what came of it; returns the exit code: 1 where something failed."""
    ledger = session.ledger
    orders = [ledger.order(key) for key in done.admitted.keys]
    made = [
        t
        for t in takes(ledger, "state != 'dropped'")
        if {key for key, _ in t.spec.picks} & set(done.admitted.keys) and not t.is_gone
    ]
    bad = [o for o in orders if o.state in _BAD or o.key in done.outcome.failed]
    if json:
        print_json(_for_machines(session, done, orders, made))
    else:
        show_made(session, made)
        from rich.markup import escape

        _show_bad(done, bad)
        for remark in done.admitted.remarks:
            console().print(f"[yellow]note[/yellow] {escape(remark)}")
        if done.written is None:
            for warning in gone(done.admitted, ledger):
                console().print(f"[yellow]warning[/yellow] {escape(warning)}")
        else:
            show_losses(_losses(session, done.written))
            console().print(f"[bold]written: {done.written.path}[/bold] ({done.written.added} takes added)")
        if done.outcome.stopped:
            console().print("stopped; run the same command again to go on")
    return exit_code(done, bad)


def exit_code(done: Done, bad: list[Order]) -> int:
    """3 where the budget stopped it, 1 where some takes failed, else 0."""
    codes = {error.exit_code for error in done.outcome.failed.values()}
    if 3 in codes:
        return 3
    return 1 if bad or codes or done.outcome.stopped else 0


def show_made(session: Session, made: list[TakeFile]) -> None:
    """The takes, with what verification said."""
    if not made:
        return
    rows = table("take", "verdict", worded("remarks"))
    for take in made:
        words = [_verdict_of(session, key, number) for key, number in take.spec.picks]
        rows.add_row(take.path.name, ", ".join(dict.fromkeys(words)), "; ".join(take.spec.notes[:3]))
    console().print(rows)
    console().print(f"takes are in {made[0].path.parent}", soft_wrap=True)


def _verdict_of(session: Session, key: str, number: int) -> str:
    result = next(r for r in session.ledger.order(key).results if r.number == number)
    return VERDICT.validate_json(result.verdict).certainty


def _show_bad(done: Done, bad: list[Order]) -> None:
    from rich.markup import escape

    for order in bad:
        error = done.outcome.failed.get(order.key)
        last = order.attempt
        console().print(
            f"[red]{order.state}[/red] {order.spec.timecode} {escape(order.spec.clip)} (order {order.short}): "
            + escape(
                _why(error, order) if error else _reason(order, last.message if last else "", _once_more(done, order))
            )
        )


MOST_WHERE = 120
"""Letters of a place that are shown: more is an address or a path that tells less than its end."""


def _why(error: RetakeError, order: Order) -> str:
    """What went wrong, where that is not the order itself, and what to do."""
    where = "" if error.where.startswith(f"order {order.short}") else error.where
    if len(where) > MOST_WHERE:
        where = f"{where[: MOST_WHERE // 3]}…{where[-(MOST_WHERE - MOST_WHERE // 3) :]}"
    fix = error.fix
    if order.state is State.READY:
        # It cannot be cancelled any more, and only a person can say that nothing will come of it.
        fix = "; ".join(part for part in (fix, f"or give it up: `ledger resolve {order.short} --written-off`") if part)
    return error.what + (f" ({where})" if where else "") + (f"; to do: {fix}" if fix else "")


def _once_more(done: Done, order: Order) -> str:
    """What asks for one more take of just the mark of an order."""
    items = (item for item in done.plan.items if any(known.key == order.key for known in item.known))
    return f"`--again --at {next((item.timecode for item in items), order.spec.timecode)}`"


def _reason(order: Order, message: str, once_more: str) -> str:
    if order.state is State.REJECTED:
        why = "; ".join(rejections(order))
        return f"the result was rejected: {why}; to do: `otio-retake ledger show {order.short}`, or {once_more}"
    if order.state is State.UNKNOWN:
        return f"nobody knows whether it was accepted ({message}); to do: `otio-retake ledger resolve {order.short}`"
    if order.state is State.EXPIRED:
        return (
            "its result expired before it was fetched; to do: where the service shows it yet,"
            f" `otio-retake ledger resolve {order.short} --there`; else ask for one more with {once_more}"
        )
    if order.state is State.FAILED:
        last = order.attempt
        free = last is not None and last.charged is False
        todo = (
            "run it again: it was not charged"
            if free
            else f"look at its charge in `otio-retake status`, then one more with {once_more}"
        )
        return f"{message or 'the service gave no reason'}; to do: {todo}"
    return message or "see `otio-retake status`"


def show_losses(losses: Losses) -> None:
    """What should be known of what was written, and what was left out; that there is nothing is said too."""
    from rich.markup import escape

    if not losses.warnings and not losses.left_out:
        console().print("[dim]no warnings, nothing left out[/dim]")
    for warning in losses.warnings:
        console().print(f"[yellow]warning[/yellow] {escape(warning)}")
    for loss in losses.left_out:
        console().print(f"[yellow]left out[/yellow] {escape(loss)}")


def _losses(session: Session, written: Written) -> Losses:
    """What is to be said of a written cut, with the takes that were dropped and how they come back."""
    words = [f"dropped: {n}; `otio-retake takes restore {session.source} {n}` brings it back" for n in written.dropped]
    return Losses([*written.losses.warnings, *words], written.losses.left_out)


def _for_machines(session: Session, done: Done, orders: list[Order], made: list[TakeFile]) -> dict[str, Any]:
    written = done.written or Written(Path())
    losses = _losses(session, written)
    warnings = losses.warnings if done.written is not None else gone(done.admitted, session.ledger)
    return {
        "digest": done.plan.digest,
        "problems": done.plan.problems,
        "orders": [
            {
                "order": order.key,
                "mark": order.spec.mark_id,
                "timecode": order.spec.timecode,
                "clip": order.spec.clip,
                "state": order.state,
                "error": done.outcome.failed[order.key].what if order.key in done.outcome.failed else None,
            }
            for order in orders
        ],
        "takes": [
            {"take": t.ident, "file": t.path, "state": t.state, "version": t.version, "remarks": t.spec.notes}
            for t in made
        ],
        "written": written.path if done.written else None,
        "added": written.added,
        "warnings": warnings,
        "left_out": losses.left_out,
        "stopped": done.outcome.stopped,
    }
