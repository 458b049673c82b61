"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

# Typer reads these annotations when the program runs.
CutPath = Annotated[Path, typer.Argument(help="The exported timeline (.otio, .edl).", show_default=False)]
SourcePath = Annotated[
    Path, typer.Argument(help="The exported timeline, or a list written by `plan --save`.", show_default=False)
]
OutPath = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("-o", "--output", help="Where to write the cut with its takes.", show_default=False),
]
Service = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--service", help="The retake service. (default: rehearsal)", show_default=False),
]
Rehearse = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--rehearse", metavar="SERVICE", help="Plan as for this service, but send nothing to it."),
]
MediaRoot = Annotated[
    Optional[list[Path]],  # noqa: UP045
    typer.Option("--media-root", help="Search moved media here, by name. May be given more than once."),
]
Maps = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--map", metavar="FROM=TO", help="Media that was under FROM is under TO. May be given more than once."
    ),
]
Markers = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--markers", metavar="FILE", help="A Resolve marker EDL of this cut: its marks count too."),
]
Rate = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--rate", metavar="FPS", help="Frames a second of an EDL, which does not say: 23.976, 25, 29.97."),
]
ProjectFolder = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--project", help="The project folder. (default: `retakes` beside the cut or above it)"),
]
OnDesk = Annotated[
    bool, typer.Option("--desk", help="Confirm and watch it on the desk, a local page; it stays open until Ctrl-C.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Accept the plan; a paid service also needs --budget.")]
Budget = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--budget", metavar="AMOUNT", help="The most that this run may spend."),
]
SkipProblems = Annotated[bool, typer.Option("--skip-problems", help="Go on with the marks that have no problem.")]
Again = Annotated[bool, typer.Option("--again", help="Order one more take of marks that are done.")]
AgainAt = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--at",
        metavar="CLIP|TIMECODE",
        help="With --again: only of marks on this clip, or under this timecode. May be given more than once.",
        show_default=False,
    ),
]
Activate = Annotated[
    bool, typer.Option("--activate", help="Make the newest take active; the original stays beside it.")
]
Picked = Annotated[
    bool, typer.Option("--picked", help="Make the takes that were picked active, on the desk or before.")
]
For = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--for",
        metavar="EDITOR",
        help="Put takes on tracks above, as this editor reads them: resolve, premiere, kdenlive, hiero or flame.",
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the output even if somebody has changed it.")]
Strict = Annotated[bool, typer.Option("--strict", help="Hold ambiguous results and second generations.")]
Context = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--context", metavar="FRAMES", help="Frames sent and billed on each side of the window."),
]
Handles = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--handles", metavar="FRAMES", help="Frames of original picture delivered on each side. (default: 24)"
    ),
]
Seam = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--seam", metavar="changed|mark", help="Replace all that the service changed, or just the mark."),
]
Color = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--color", metavar="709|passthrough", help="What to do with media that is not tagged Rec.709."),
]
Codec = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--codec", metavar="auto|prores|h264", help="Codec of takes. (default: auto, which is ProRes)"),
]
