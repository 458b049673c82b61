"""`takes sync`: the ledger learns what an editor did with the takes of a cut."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import CutPath, Json, Markers, ProjectFolder, Rate

if TYPE_CHECKING:
    from ..sync import Sync
    from .session import Session

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]
AllGone = Annotated[bool, typer.Option("--all-gone", help="The editor has taken out every take: drop them all.")]


def sync(
    cut: CutPath,
    dry_run: DryRun = False,
    all_gone: AllGone = False,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    json: Json = False,
) -> None:
    """Bring the ledger to what a newly exported cut says: which takes are in use, are there, or were taken out.

    A take that was taken out is not placed again; its file stays, and `takes restore` brings it back. A cut that holds
    no take at all changes nothing without --all-gone: it may be from before they were placed. Takes that were written
    into another cut alone are left as they are.

        otio-retake takes sync cut-v04.otio --dry-run
        otio-retake takes sync cut-v04.otio
    """
    from ..choices import learn
    from ..outputs import in_other_cuts
    from ..sync import compare
    from ..takes_store import takes, target
    from .session import Session

    with Session(Path(cut), {"project": project, "markers": markers, "edl_rate": rate}) as session:
        ledger = session.existing
        marks = {request.mark_id for request in session.requests.requests}
        said = compare(
            session.cut.view,
            session.view,
            takes(ledger),
            marks,
            lambda ident: target(ledger, ident),
            all_gone=all_gone,
            elsewhere_of=lambda found: in_other_cuts(ledger, session.cut_path, session.cut.view, found),
        )
        if not dry_run:
            learn(ledger, said.changes)
        if json:
            from .machine import print_json

            print_json(_for_machines(session, said, dry_run))
        else:
            _show(session, said, dry_run)


def _for_machines(session: Session, said: Sync, dry_run: bool) -> dict[str, Any]:
    timecode = session.cut.view.timecode
    return {
        "dry_run": dry_run,
        "changes": [
            {
                "take": change.take.name, "was": change.take.state, "now": change.now, "why": change.why,
                "file": change.take.path,
            }
            for change in said.changes
        ],
        "stale": [
            {"take": take.name, "timecode": timecode(take.clip.record[0]), "short": take.short} for take in said.stale
        ],
        "out_of_step": [
            {"take": t.name, "timecode": timecode(t.clip.record[0]), "off": t.off} for t in said.out_of_step
        ],
        "gone": [{"take": take.name, "timecode": timecode(take.clip.record[0])} for take in said.gone],
        "missing": [take.name for take in said.missed],
    }  # fmt: skip


def _show(session: Session, said: Sync, dry_run: bool) -> None:
    from ..readback import out_of_step
    from .showing import console

    out, timecode = console(), session.cut.view.timecode
    for change in said.changes:
        out.print(change.take.name, soft_wrap=True, markup=False)
        out.print(f"  {change.take.state} → [bold]{change.now}[/bold]: {change.why}")
    for take in said.stale:
        where = timecode(take.clip.record[0])
        out.print(
            f"[yellow]stale[/yellow] {where} {take.name}: the cut now needs {take.short} frames that it lacks;"
            " run the cut again for a longer one",
            soft_wrap=True,
        )
    for take in said.out_of_step:
        where = timecode(take.clip.record[0])
        out.print(f"[yellow]out of step[/yellow] {where} {out_of_step(take)}", soft_wrap=True)
    for take in said.gone:
        where = timecode(take.clip.record[0])
        out.print(f"[red]gone[/red] {where} {take.name}: its file is not there; bring it back", soft_wrap=True)
    if said.silent and said.missed and not any(change.now == "dropped" for change in said.changes):
        count = len(said.missed)
        out.print(
            f"the cut holds no take, though {count} could be in it; if the editor took them all out, add --all-gone",
            soft_wrap=True,
        )
    count = len(said.changes)
    done = "would change" if dry_run else "changed"
    out.print(f"[bold]{count} {done}[/bold]" if count else "[bold]the ledger says the same[/bold]")
