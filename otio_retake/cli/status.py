"""`status`: orders, what they cost, what the budgets leave."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from .options import Json, Markers, MediaRoot, Overwrite, ProjectFolder, Rate

if TYPE_CHECKING:
    from ..orders import Order
    from .session import Session

Where = Annotated[Path, typer.Argument(help="The cut, or a folder with or below a project.", show_default=False)]

WriteMarks = Annotated[
    bool, typer.Option("--write-marks", help="Write the cut with the state of each mark, in its editor's own way.")
]
Marked = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("-o", "--output", help="Where --write-marks writes the cut.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Look")(status)


def status(
    where: Where = Path(),
    write_marks: WriteMarks = False,
    output: Marked = None,
    overwrite: Overwrite = False,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    media_root: MediaRoot = None,
    json: Json = False,
) -> None:
    """Show every order of the project: its state, what it was expected to cost and what was billed, and the budgets.

    With --write-marks the marks of the cut say in their editor what became of them: waiting, done, failed or unknown,
    as a colour (yellow, green, red, purple), a category, or a to-do. Edit lists, and markers that came with --markers,
    get a list of markers for DaVinci Resolve.

        otio-retake status cut.otio --write-marks -o cut-status.otio
    """
    from ..lease import holder_of
    from .machine import print_json
    from .session import Session

    if write_marks:
        from .marking import write_states

        flags = {"project": project, "markers": markers, "edl_rate": rate, "media_root": tuple(media_root or ())}
        write_states(where, output, flags, overwrite=overwrite, json=json)
        return
    from ..cuts import FORMS

    source = where / "cut.otio" if where.is_dir() and where.suffix.lower() not in FORMS else where
    with Session(source, {"project": project}) as session:
        if not session.project.exists:
            if json:
                print_json({"orders": [], "project": None})
            else:
                typer.echo(f"no orders yet: there is no project at {session.project.folder}")
            return
        ledger = session.ledger
        orders = ledger.orders()
        spent = ledger.spent()
        holder = holder_of(ledger)
        if json:
            print_json(
                {
                    "project": session.project.folder,
                    "orders": [_row(order) for order in orders],
                    "spent": {"project": spent.project, "today": spent.day},
                    "working": {"host": holder.host, "pid": holder.pid} if holder else None,
                }
            )
            return
        _show(session, orders, spent)
        if holder is not None:
            typer.echo(f"process {holder.pid} on {holder.host} is carrying orders out")


def _row(order: Order) -> dict[str, Any]:
    last = order.attempt
    return {
        "order": order.key,
        "timecode": order.spec.timecode,
        "clip": order.spec.clip,
        "take": order.spec.ordinal,
        "service": order.spec.service,
        "state": order.state,
        "estimated": order.spec.cost,
        "billed": last.billed if last else None,
        "remote": last.remote if last else None,
        "message": last.message if last else "",
        "expires_at": last.expires_at if last else None,
        "attempts": len(order.attempts),
        "results": len(order.results),
    }


def _show(session: Session, orders: list[Order], spent: Any) -> None:
    from ..capabilities import money
    from .showing import console
    from .tables import named, spared, table, worded

    out = console()
    made = table(
        "order", "timecode", named("clip"), spared("take", 2), spared("service", 1), "state", "estimated", "billed",
        worded(""),
    )  # fmt: skip
    for order in orders:
        last = order.attempt
        billed = "" if last is None or last.billed is None else money(last.billed, order.spec.currency)
        made.add_row(
            order.short,
            order.spec.timecode,
            order.spec.clip,
            str(order.spec.ordinal),
            order.spec.service,
            str(order.state),
            money(order.spec.cost, order.spec.currency),
            billed,
            _clock(order),
        )
    out.print(made)
    settings = session.settings
    estimated = sum((order.spec.cost for order in orders), Decimal(0))
    billed_all = sum((o.attempt.billed for o in orders if o.attempt and o.attempt.billed is not None), Decimal(0))
    out.print(f"estimated {money(estimated)}, billed {money(billed_all)}")
    for name, used, limit in (
        ("this project", spent.project, settings.budget_project),
        ("today, all projects", spent.day, settings.budget_day),
    ):
        of = f" of {money(limit)}" if limit is not None else ", no budget set"
        out.print(f"spent or reserved {name}: {money(used)}{of}")


def _clock(order: Order) -> str:
    """How long a result is still to be had."""
    last = order.attempt
    if last is None or last.expires_at is None or order.settled:
        return ""
    left = int(last.expires_at - time.time())
    return f"expires in {left // 3600} h {left % 3600 // 60} min" if left > 0 else "expired"
