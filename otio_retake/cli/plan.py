"""`plan`: what would be sent, what comes of it, what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from .options import (
    Again,
    AgainAt,
    Color,
    Context,
    CutPath,
    For,
    Handles,
    Json,
    Maps,
    Markers,
    MediaRoot,
    ProjectFolder,
    Rate,
    Rehearse,
    Seam,
    Service,
    Strict,
)

Save = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--save", help="Write the list for later stages and farms, as JSON.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Look")(plan)


def plan(
    cut: CutPath,
    service: Service = None,
    rehearse: Rehearse = None,
    context: Context = None,
    handles: Handles = None,
    seam: Seam = None,
    color: Color = None,
    for_: For = None,
    again: Again = False,
    at: AgainAt = None,
    strict: Strict = False,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    save: Save = None,
    json: Json = False,
) -> None:
    """Show what would be sent for each mark, which frames would be replaced, and what it costs.

    Nothing is sent and nothing is written but --save. All problems of the cut are listed at once, with what to do.
    Exit code 2 says that there are some.
    """
    from dataclasses import replace

    from rich.markup import escape

    from ..asked_again import asked_again
    from ..plan_list import as_json, check_list, write_plan
    from ..turnover import lacking
    from .session import Session
    from .showing import console, show_plan

    flags: dict[str, Any] = {
        "service": service, "context": context, "handles": handles, "seam": seam, "color": color,
        "editor": for_,
        "strict": strict or None, "media_root": tuple(media_root or ()), "map": tuple(map_ or ()), "project": project,
        "markers": markers, "edl_rate": rate,
    }  # fmt: skip
    if save is not None:
        check_list(save)
    with Session(Path(cut), flags, again=again, rehearse=rehearse or "") as session:
        session.again = asked_again(session, again, at or ())
        made = session.plan()
        if json:
            from json import loads

            from .machine import print_json

            listed = loads(as_json(replace(made, items=tuple(item.as_sent for item in made.items))))
            todo = [{"what": error.what, "fix": error.fix} for error in lacking(session, made)]
            sums = {
                "cost": made.cost,
                "would_cost": sum(item.would_cost for item in made.items),
                "digest": made.digest,
                "to_send": len(made.sent),
                "rest": made.rest,
                "lacking": todo,
            }
            for row, item in zip(listed["items"], made.items, strict=True):
                row["status"] = item.status
            print_json({**listed, **sums})
        else:
            show_plan(made)
            for error in lacking(session, made):
                console().print(
                    f"[yellow]before it can be sent[/yellow] {escape(error.what)}; to do: {escape(error.fix)}"
                )
        if save is not None:
            write_plan(made, save, session.cut_path, session.cut.sha256)
            if not json:
                console().print(f"written: {save}")
        if made.blocking:
            raise typer.Exit(2)
