"""`ledger show | resolve | cancel`: one order, and what only a person can decide about it."""

from __future__ import annotations

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
    from .showing import console
    from .tables import table, worded
    from .verdicts import show_verdicts

    with Session(_source(where), {"project": project}) as session:
        found = session.existing.order(order)
        events = session.existing.read("SELECT at, what FROM events WHERE order_key = ? ORDER BY id", found.key)
        if json:
            print_json({"order": found, "events": [{"at": at, "what": what} for at, what in events]})
            return
        spec = found.spec
        made = table("", worded(""))
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
    from .session import Session, amount

    given: dict[by_hand.Answer, bool] = {
        "accepted": accepted is not None, "refused": refused, "written-off": written_off,
        "charged": charged is not None, "not-charged": not_charged, "there": there,
    }  # fmt: skip
    said = [answer for answer, was in given.items() if was]
    if len(said) != 1:
        raise OrderError(
            "say exactly one thing about it",
            where=f"order {order}",
            fix="--accepted ID, --refused or --written-off; of one that failed --charged AMOUNT or --not-charged;"
            " of one that expired --there",
        )
    billed = amount(charged, "--charged")
    with Session(_source(where), {"project": project}) as session:
        found = session.existing.order(order)
        words = by_hand.say(session.ledger, found, said[0], ident=accepted or "", amount=billed)
        typer.echo(f"order {found.short}: {words}")


def cancel(order: OrderName, where: Where = Path(), project: ProjectFolder = None) -> None:
    """Cancel an order: at once where nothing was sent, else at its service, by the process that carries orders out."""
    from ..steps.cancel import ask
    from .session import Session

    with Session(_source(where), {"project": project}) as session:
        found = session.existing.order(order)
        words = ask(found, session.ledger, lambda: bool(session.providers.get(found.spec.service).can_cancel))
        typer.echo(f"order {found.short} {words}")


def _source(where: Path) -> Path:
    return where / "cut.otio" if where.is_dir() else where
