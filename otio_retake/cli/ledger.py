"""`ledger show | resolve | cancel`: one order, and what only a person can decide about it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Optional

import typer

from .options import Json, ProjectFolder

OrderName = Annotated[str, typer.Argument(metavar="ORDER", help="The order's first letters, as `status` shows them.")]
Where = Annotated[Path, typer.Option("--in", help="The cut, or a folder with or below the project.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="One order: look at it, say what became of it, cancel it.", no_args_is_help=True)
    for command in (show, resolve, cancel):
        group.command()(command)
    app.add_typer(group, name="ledger", rich_help_panel="Look")


def show(order: OrderName, where: Where = Path(), project: ProjectFolder = None, json: Json = False) -> None:
    """Show everything about an order: what was asked, its attempts, its results and their verdicts."""
    from .machine import print_json
    from .session import Session
    from .showing import console, table
    from .verdicts import show_verdicts

    with Session(_source(where), {"project": project}) as session:
        found = session.existing.order(order)
        events = session.existing.read("SELECT at, what FROM events WHERE order_key = ? ORDER BY id", found.key)
        if json:
            print_json({"order": found, "events": [{"at": at, "what": what} for at, what in events]})
            return
        spec = found.spec
        made = table(("", {"width": 12}), ("", {"ratio": 1}))
        made.show_header, made.expand = False, True
        for name, value in (
            ("order", found.key), ("state", str(found.state)), ("clip", f"{spec.timecode} {spec.clip}"),
            ("asked of", f"{spec.service} {spec.model}, {spec.mode}, take {spec.ordinal}"), ("prompt", spec.prompt),
            ("frames", f"mark {spec.region}, window {spec.spans.window}, changed {spec.spans.changed}"),
            ("sent", f"{spec.spans.count} frames {spec.spans.pull}, window from {spec.spans.seconds.start} s"
                     f" for {spec.spans.seconds.duration} s"),
        ):  # fmt: skip
            made.add_row(name, value)
        for attempt in found.attempts:
            says = f"{attempt.state} {attempt.remote} {attempt.kind} {attempt.message}".strip()
            made.add_row(f"attempt {attempt.number}", says)
        for at, what in events:
            from datetime import datetime

            made.add_row(datetime.fromtimestamp(at).strftime("%d.%m. %H:%M:%S"), what)
        console().print(made)
        show_verdicts([found])


def resolve(
    order: OrderName,
    accepted: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--accepted", metavar="ID", help="The service has it, under this id."),
    ] = None,
    refused: Annotated[
        bool, typer.Option("--refused", help="The service never accepted it; it may be sent again.")
    ] = False,
    written_off: Annotated[
        bool, typer.Option("--written-off", help="It is lost, or cannot be fetched; it counts as spent.")
    ] = False,
    charged: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--charged", metavar="AMOUNT", help="It failed, and this was charged for it."),
    ] = None,
    not_charged: Annotated[bool, typer.Option("--not-charged", help="It failed, and nothing was charged.")] = False,
    there: Annotated[
        bool, typer.Option("--there", help="It was said to have expired, but the service has its result yet.")
    ] = False,
    where: Where = Path(),
    project: ProjectFolder = None,
) -> None:
    """Say what became of an order whose outcome nobody knows, or what a failed one was charged, after looking it up.

    An unknown order is never sent again by itself: it may have been accepted, and paid. Where a service does not say
    whether a failed job was charged, its price stays reserved until you say so.
    """
    from .. import by_hand
    from ..errors import OrderError
    from ..orders import State
    from .session import Session, amount

    if (accepted is not None) + refused + written_off + (charged is not None) + not_charged + there != 1:
        raise OrderError(
            "say exactly one thing about it",
            where=f"order {order}",
            fix="--accepted ID, --refused or --written-off; of one that failed --charged AMOUNT or --not-charged;"
            " of one that expired --there",
        )
    billed = amount(charged, "--charged")
    with Session(_source(where), {"project": project}) as session:
        ledger = session.existing
        found = ledger.order(order)
        if charged is not None or not_charged:
            ledger.settle(found.key, billed)
            typer.echo(f"order {found.short}: {'nothing was charged' if not_charged else 'charged'}")
            return
        if there and found.state is State.EXPIRED:
            ledger.end_attempt(found.key, State.READY, "said to be there", kind="", message="")
            typer.echo(f"order {found.short} is ready: the next `run` fetches it")
            return
        if accepted is not None:
            by_hand.accept(ledger, found, accepted)
            typer.echo(f"order {found.short} is {ledger.order(found.key).state}")
            return
        if written_off and found.state is State.READY:
            # Its charge is known and stays: what is given up is the result.
            ledger.end_attempt(found.key, State.WRITTEN_OFF, by_hand.SAID)
            typer.echo(f"order {found.short} is written_off: its result is not fetched any more")
            return
        if there or found.state is not State.UNKNOWN:
            raise OrderError(
                f"the order is {found.state}: what became of it is known, or not to be said yet",
                where=f"order {found.short}",
                fix="`otio-retake status` shows what each order waits for",
            )
        if refused:
            ledger.end_attempt(found.key, State.REFUSED, by_hand.SAID, kind="by_hand", message="not accepted")
        else:
            cost: Decimal = found.spec.cost
            ledger.end_attempt(found.key, State.WRITTEN_OFF, by_hand.SAID, billed=cost, charged=True)
        typer.echo(f"order {found.short} is {ledger.order(found.key).state}")


def cancel(order: OrderName, where: Where = Path(), project: ProjectFolder = None) -> None:
    """Cancel an order: at once where nothing was sent, else at its service, by the process that carries orders out."""
    from ..errors import OrderError
    from ..lease import holder_of
    from ..orders import UNSENT, State
    from ..steps.cancel import CAN_BE
    from .session import Session

    with Session(_source(where), {"project": project}) as session:
        ledger = session.existing
        found = ledger.order(order)
        if found.state in UNSENT:
            ledger.move(found.key, State.CANCELLED)
            typer.echo(f"order {found.short} is cancelled; nothing was sent")
        elif found.state is State.CANCELLING:
            typer.echo(f"order {found.short} is being cancelled: `otio-retake status` shows what comes of it")
        elif found.state is State.READY:
            raise OrderError(
                "the order is ready: its job has ended and was charged, so there is nothing to cancel",
                where=f"order {found.short}",
                fix="`otio-retake fetch` brings its result;"
                f" `otio-retake ledger resolve {found.short} --written-off` gives it up",
            )
        elif found.state in CAN_BE:
            if not session.providers.get(found.spec.service).can_cancel:
                raise OrderError(
                    f"{found.spec.service} has no way to cancel",
                    where=f"order {found.short}",
                    fix="wait for its result",
                )
            with ledger.write("cancel asked") as db:
                db.execute("INSERT INTO intents (kind, order_key) VALUES ('cancel', ?)", (found.key,))
            who = "the running process does it" if holder_of(ledger) else "the next `run` does it"
            typer.echo(f"order {found.short} is to be cancelled, unless it has ended by then: {who}")
        else:
            raise OrderError(
                f"an order that is {found.state} cannot be cancelled", where=f"order {found.short}", fix="see `status`"
            )


def _source(where: Path) -> Path:
    return where / "cut.otio" if where.is_dir() else where
