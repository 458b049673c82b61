"""`place`: write the cut with the takes that are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from .options import (
    Activate,
    For,
    Json,
    Maps,
    Markers,
    MediaRoot,
    OutPath,
    Overwrite,
    Picked,
    ProjectFolder,
    Rate,
    SourcePath,
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Do one stage")(place)


def place(
    source: SourcePath,
    output: OutPath = None,
    activate: Activate = False,
    picked: Picked = False,
    for_: For = None,
    overwrite: Overwrite = False,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    json: Json = False,
) -> None:
    """Write the cut with its takes as alternates beside the originals. Nothing is sent; nothing else is changed.

    With --for, and in forms that hold no alternates, takes stand on tracks above the clips: they are as long as what
    was replaced, and are made of the results that are there where they are not made yet. That costs nothing.

        otio-retake place cut.otio -o cut-retakes.otio
        otio-retake place cut.otio -o cut-retakes.otio --for resolve
    """
    from ..errors import CutError
    from ..turnover import check_output, known, write_cut
    from .session import Session
    from .working import Done, last_words, make_missing

    flags: dict[str, Any] = {
        "media_root": tuple(media_root or ()), "map": tuple(map_ or ()), "project": project,
        "activate": activate or None, "editor": for_, "markers": markers, "edl_rate": rate,
    }  # fmt: skip
    with Session(Path(source), flags) as session:
        if output is None:
            raise CutError(
                "nobody said where to write the cut", where=str(source), fix=f"add -o PATH{session.cut.endings[0]}"
            )
        check_output(session, output, overwrite=overwrite)
        plan, admitted = known(session)
        done = Done(plan, admitted, make_missing(session, admitted, quiet=json))
        activate = session.settings.activate
        done.written = write_cut(session, admitted, output, activate=activate, picked=picked, overwrite=overwrite)
        code = last_words(session, done, json=json)
    if code:
        raise typer.Exit(code)
