"""`marks`: what the editor wrote, as this program reads it."""

from __future__ import annotations

from pathlib import Path

import typer

from .options import CutPath, Json, Markers, MediaRoot, Rate


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Look")(marks)


def marks(
    cut: CutPath, markers: Markers = None, rate: Rate = None, media_root: MediaRoot = None, json: Json = False
) -> None:
    """List the marks of a cut: where each is, what it asks for, and what looks like one but is none.

    A marker is a mark when its name or note begins with RETAKE:

        RETAKE                             the prompt is in the note
        RETAKE: she looks up and smiles    the prompt is in the name
        RETAKE both x3 @fal: no boom mic   options before the colon
        RETAKE IN  …  RETAKE OUT           an inclusive range

    Options: video, audio or both; xN takes; @service; again; 1f, this one frame; key=value for model, context, handles,
    seam, from, color, size and sound.
    """
    from ..markless import without_marks
    from .session import Session
    from .showing import console, show_problems
    from .tables import named, spared, table, worded

    flags = {"markers": markers, "edl_rate": rate, "media_root": tuple(media_root or ())}
    with Session(Path(cut), flags) as session:
        requests = session.requests
        rows = [
            {
                "timecode": request.timecode,
                "clip": request.clip.name,
                "mark": request.mark_id,
                "mode": request.mark.mode or session.settings.mode,
                "takes": request.mark.takes or session.settings.takes,
                "service": request.mark.service or session.settings.service,
                "options": dict(request.mark.keys),
                "region": "whole clip" if request.whole_clip else f"{float(request.record[1] - request.record[0]):g} f",
                "prompt": request.mark.prompt,
            }
            for request in requests.requests
        ]
        problems = (*without_marks(session.view, session.marks), *requests.problems)
        if json:
            from .machine import print_json

            print_json({"marks": rows, "problems": problems, "suspects": session.marks.suspects})
        else:
            made = table("timecode", named("clip"), spared("region", 1), "asks for", worded("prompt"))
            for row in rows:
                asks = f"{row['mode']} x{row['takes']} @{row['service']}"
                made.add_row(*(str(v) for v in (row["timecode"], row["clip"], row["region"], asks, row["prompt"])))
            console().print(made)
            show_problems(problems, "problems and remarks")
            show_problems(session.marks.suspects, "not orders, but they begin like one")
            console().print(f"[bold]{len(rows)} marks[/bold]")
        if any(problem.blocks for problem in problems):
            raise typer.Exit(2)
