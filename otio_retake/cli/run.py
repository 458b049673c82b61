"""`run`: the whole way, from the marks of a cut to a cut with takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from .options import (
    Activate,
    Again,
    AgainAt,
    Budget,
    Codec,
    Color,
    Context,
    For,
    Handles,
    Json,
    Maps,
    Markers,
    MediaRoot,
    OnDesk,
    OutPath,
    Overwrite,
    ProjectFolder,
    Rate,
    Rehearse,
    Seam,
    Service,
    SkipProblems,
    SourcePath,
    Strict,
    Yes,
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Do")(run)


def run(
    source: SourcePath,
    output: OutPath = None,
    yes: Yes = False,
    budget: Budget = None,
    service: Service = None,
    rehearse: Rehearse = None,
    skip_problems: SkipProblems = False,
    again: Again = False,
    at: AgainAt = None,
    activate: Activate = False,
    context: Context = None,
    handles: Handles = None,
    seam: Seam = None,
    color: Color = None,
    codec: Codec = None,
    for_: For = None,
    strict: Strict = False,
    overwrite: Overwrite = False,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    desk: OnDesk = False,
    json: Json = False,
) -> None:
    """Send the marked regions, fetch, verify and conform what comes back, and write the cut with its takes.

    The plan is shown and must be accepted. Run it again to go on where it stopped: what is done is not done again,
    and nothing is bought twice. The cut that is read is never written to; originals stay active without --activate.

        otio-retake run cut.otio -o out.otio --yes
        otio-retake run cut.otio -o out.otio --service ltx --budget 5 --yes
        otio-retake run cut.otio -o out.otio --for resolve --yes
        otio-retake run cut.otio -o out.otio --again --at 01:00:04:00
        otio-retake run cut.otio -o out.otio --desk
    """
    from ..asked_again import asked_again
    from .session import Session, amount
    from .working import on_desk, whole_way

    flags: dict[str, Any] = {
        "service": service, "context": context, "handles": handles, "seam": seam, "color": color, "codec": codec,
        "editor": for_,
        "strict": strict or None, "activate": activate or None, "media_root": tuple(media_root or ()),
        "map": tuple(map_ or ()), "project": project, "budget": amount(budget),
        "markers": markers, "edl_rate": rate,
    }  # fmt: skip
    with Session(Path(source), flags, again=again, rehearse=rehearse or "") as session:
        session.again = asked_again(session, again, at or ())
        if desk:
            on_desk(session, output, yes=yes, skip_problems=skip_problems, overwrite=overwrite)
            return
        code = whole_way(session, output, yes=yes, skip_problems=skip_problems, overwrite=overwrite, json=json)
    if code:
        raise typer.Exit(code)
