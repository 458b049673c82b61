"""`place`: write the cut with the takes that are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from .options import Activate, Json, Maps, MediaRoot, OutPath, Overwrite, ProjectFolder, SourcePath


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Do one stage")(place)


def place(
    source: SourcePath,
    output: OutPath = None,
    activate: Activate = False,
    overwrite: Overwrite = False,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    json: Json = False,
) -> None:
    """Write the cut with its takes as alternates beside the originals. Nothing is sent; nothing else is changed."""
    from ..errors import CutError
    from ..steps.run import Outcome
    from .session import Session
    from .working import Done, check_output, known, last_words, write_cut

    flags: dict[str, Any] = {
        "media_root": tuple(media_root or ()), "map": tuple(map_ or ()), "project": project,
        "activate": activate or None,
    }  # fmt: skip
    with Session(Path(source), flags) as session:
        if output is None:
            raise CutError("nobody said where to write the cut", where=str(source), fix="add -o PATH.otio")
        check_output(session, output, overwrite=overwrite)
        plan, admitted = known(session)
        done = Done(plan, admitted, Outcome())
        write_cut(session, done, output, activate=session.settings.activate, overwrite=overwrite)
        code = last_words(session, done, json=json)
    if code:
        raise typer.Exit(code)
