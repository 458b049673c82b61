"""`report`: pull list, change list and count sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from .options import Json, Maps, Markers, MediaRoot, Overwrite, ProjectFolder, Rate, Rehearse, Service

if TYPE_CHECKING:
    from ..reports.model import Report
    from .session import Session

KINDS = ("pulls", "changes", "counts")

Kind = Annotated[str, typer.Argument(metavar="pulls|changes|counts", help="Which report.", show_default=False)]
Cut = Annotated[Path, typer.Argument(help="The exported timeline.", show_default=False)]
Out = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("-o", "--output", help="Where to write it: .csv, .ale or .edl says how.", show_default=False),
]
Since = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--since", metavar="CUT", help="An earlier export, to compare `changes` with.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Look")(report)


def report(
    kind: Kind,
    cut: Cut,
    output: Out = None,
    since: Since = None,
    service: Service = None,
    rehearse: Rehearse = None,
    overwrite: Overwrite = False,
    markers: Markers = None,
    rate: Rate = None,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    json: Json = False,
) -> None:
    """List what is pulled, what has changed, or how many frames it is; show it, or write it for a bin or a sheet.

    [bold]pulls[/bold]: which frames of which sources are sent, with reel, handles and mark.

    [bold]changes[/bold]: takes that are new, replaced, dropped or stale, since an earlier export or in the ledger.

    [bold]counts[/bold]: frames marked, sent, replaced and delivered for each mark, with sums.

        otio-retake report pulls cut.otio -o pulls.edl
        otio-retake report changes new.otio --since old.otio -o changes.ale
        otio-retake report counts cut.otio -o counts.csv

    Nothing is sent and the cut is not touched. A file that somebody else wrote is not replaced without --overwrite.
    """
    from ..errors import SettingsError
    from ..reports.files import check_form, spelled
    from .session import Session

    if kind not in KINDS:
        raise SettingsError(f"there is no report {kind!r}", where="report", fix=f"choose from {', '.join(KINDS)}")
    if since is not None and kind != "changes":
        raise SettingsError("--since is for `changes` only", where=f"report {kind}", fix="leave it out")
    flags: dict[str, Any] = {
        "service": service, "media_root": tuple(media_root or ()), "map": tuple(map_ or ()), "project": project,
        "markers": markers, "edl_rate": rate,
    }  # fmt: skip
    with Session(Path(cut), flags, rehearse=rehearse or "") as session:
        if output is not None:
            check_form(kind, output)  # type: ignore[arg-type]
        made = _made(session, kind, since)
        if output is not None:
            content, made = spelled(made, output)
            _write(session, content, output, since, overwrite=overwrite)
        _say(made, output, json=json)


def _made(session: Session, kind: str, since: Path | None) -> Report:
    from ..cuts import open_cut
    from ..outputs import in_other_cuts
    from ..readback import takes_in
    from ..reports.changes import change_list
    from ..reports.counts import count_sheet
    from ..reports.pulls import pull_list
    from ..takes_store import takes

    known = takes(session.ledger) if session.project.exists else []
    if kind == "changes":
        view = session.cut.view
        # An EDL does not say its rate: an earlier export of a cut runs as the cut does.
        rate = session.settings.edl_rate or str(view.rate)
        options = {"edl_rate": rate, "edl_rate_why": "as the newer cut runs"}
        earlier = open_cut(since, session.settings.maps, **options).view if since is not None else None
        there = takes_in(view, known)
        away = in_other_cuts(session.ledger, session.cut_path, view, there) if session.project.exists else set()
        return change_list(view, known, earlier, elsewhere=away)
    if kind == "counts":
        return count_sheet(session.plan(), session.view, session.settings, known)
    return pull_list(session.plan(), session.view)


def _write(session: Session, content: bytes, output: Path, since: Path | None, *, overwrite: bool) -> None:
    """Writes the report, whole or not at all; what is there stays unless it is ours or just the same."""
    import hashlib

    from ..cuts import NOT_OURS
    from ..durable import sha256_of, written_beside
    from ..errors import CutError

    digest = hashlib.sha256(content).hexdigest()
    if output.is_dir():
        raise CutError("this is a folder", where=str(output), fix="give the path of a file with -o")
    if output.exists():
        for read in (session.cut_path, since, session.settings.markers):
            if read is not None and read.exists() and output.samefile(read):
                raise CutError("a file that was read is never written to", where=str(output), fix="give another path")
        ours = {digest} | (session.ledger.written(output) if session.project.exists else set())
        if not overwrite and sha256_of(output) not in ours:
            raise CutError(NOT_OURS, where=str(output), fix="give another path with -o, or --overwrite")
    if session.project.exists:
        session.ledger.will_write(output, digest)
    with written_beside(output) as part:
        part.write_bytes(content)


def _say(made: Report, output: Path | None, *, json: bool) -> None:
    from ..cuts import Losses
    from .machine import print_json
    from .showing import console
    from .working import show_losses

    if json:
        print_json(
            {
                "report": made.kind,
                "cut": made.cut,
                "rows": made.lines,
                "totals": made.sums,
                "warnings": made.warnings,
                "left_out": made.left_out,
                "written": output,
            }
        )
        return
    if output is None:
        _show(made)
    show_losses(Losses(list(made.warnings), list(made.left_out)))
    many = f"{len(made.rows)} row{'s' * (len(made.rows) != 1)}"
    console().print(f"[bold]written: {output}[/bold] ({many})" if output else f"[bold]{many}[/bold]", soft_wrap=True)


_SHOWN = {
    "pulls": ("Event", "Name", "Tape", "Start", "End", "IN-OUT", "Head", "Tail", "Status"),
    "changes": ("Event", "Status", "Tracks", "Now", "Was", "Record In", "Record Out", "Lacks"),
    "counts": ("Event", "Name", "Mark", "Sent", "Replaced", "Head", "Cut", "Tail", "Delivered"),
}
"""What is shown; files and --json have all."""

_FITS: dict[str, Literal["name"]] = {"Name": "name", "Tape": "name"}
_SPARE = {"Head": 1, "Tail": 2, "Tape": 3, "Record Out": 4}


def _show(made: Report) -> None:
    from ..legible import one_line
    from .showing import console
    from .tables import Column, table

    rows = table(*(Column(name, _FITS.get(name, "whole"), _SPARE.get(name, 0)) for name in _SHOWN[made.kind]))
    for line in (*made.lines, *([made.sums] if made.sums else [])):
        rows.add_row(*(one_line(str(line.get(name, ""))) for name in _SHOWN[made.kind]))
    console().print(rows)
