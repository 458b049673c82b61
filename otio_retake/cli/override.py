"""`override`: what is changed about a mark outside of the cut."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from .options import CutPath, Json, ProjectFolder


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Do")(override)


def override(
    cut: CutPath,
    mark: Annotated[str, typer.Argument(metavar="MARK", help="The mark's id (`marks --json`), or its timecode.")],
    prompt: Annotated[Optional[str], typer.Option("--prompt", help="Another prompt.")] = None,  # noqa: UP045
    mode: Annotated[Optional[str], typer.Option("--mode", metavar="video|audio|both")] = None,  # noqa: UP045
    takes: Annotated[Optional[int], typer.Option("--takes", min=1, max=20)] = None,  # noqa: UP045
    skip: Annotated[bool, typer.Option("--skip", help="Do not order it.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Take back what was changed.")] = False,
    project: ProjectFolder = None,
    json: Json = False,
) -> None:
    """Change prompt, mode or number of takes of a mark without touching the cut; kept in the project's ledger."""
    from ..capabilities import MODES
    from ..errors import SettingsError
    from ..planned import Override
    from .session import Session

    if mode is not None and mode not in MODES:
        raise SettingsError(f"{mode!r} is no mode", where="--mode", fix=f"choose from {', '.join(MODES)}")
    with Session(Path(cut), {"project": project}) as session:
        found = [r for r in session.requests.requests if mark in (r.mark_id, r.timecode)]
        if len(found) != 1:
            what = "no mark" if not found else f"{len(found)} marks"
            raise SettingsError(
                f"{what} {mark!r} in the cut", where=str(cut), fix="`otio-retake marks --json` gives their ids"
            )
        chosen = next((m for m in MODES if m == mode), None)
        said = None if clear else Override(prompt, chosen, takes, skip)
        session.ledger.override(found[0].mark_id, said)
        if json:
            from .machine import print_json

            print_json({"mark": found[0].mark_id, "timecode": found[0].timecode, "override": said})
            return
        typer.echo(f"mark {found[0].mark_id} at {found[0].timecode}: {'as it is in the cut' if clear else 'changed'}")
