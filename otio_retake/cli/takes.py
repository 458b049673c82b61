"""`takes list | pick | drop | restore | compose | sync`: the takes of a cut, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from .options import CutPath, Json, Markers, OutPath, Overwrite, ProjectFolder, Rate
from .syncing import sync
from .there import takes_there

if TYPE_CHECKING:
    from ..cuts import Losses, Patched
    from ..cuts.model import Clip
    from ..readback import TakeInCut
    from ..takes import TakeFile
    from .session import Session

At = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--at", metavar="CLIP|TIMECODE", help="Which clip: its name, or a timecode that it lies under."),
]
TakeName = Annotated[
    str, typer.Argument(metavar="TAKE", help="v002, a take's name or file, or `original`.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The takes of a cut: list them, make one active, take one back.", no_args_is_help=True)
    for command in (list_, pick, drop, restore, compose, sync):
        group.command(command.__name__.rstrip("_"))(command)
    app.add_typer(group, name="takes", rich_help_panel="Look")


def list_(
    cut: CutPath, project: ProjectFolder = None, markers: Markers = None, rate: Rate = None, json: Json = False
) -> None:
    """List the takes in a cut: which is in use, which lack frames that the cut now needs, which are gone."""
    from .session import Session

    with Session(Path(cut), {"project": project, "markers": markers, "edl_rate": rate}) as session:
        found = _found(session)
        if json:
            from .machine import print_json

            rows = [_row(session, take) for take in found]
            print_json(rows + [_missed_row(take) for take in _missed(session, found)])
            return
        _show(session, found)


def _found(session: Session) -> list[TakeInCut]:
    from ..readback import takes_in
    from ..takes_store import takes

    known = takes(session.ledger) if session.project.exists else []
    return takes_in(session.cut.view, known)


def _row(session: Session, take: TakeInCut) -> dict[str, Any]:
    return {
        "timecode": session.cut.view.timecode(take.clip.record[0]),
        "clip": take.clip.name,
        "key": take.key,
        "take": take.name,
        "version": take.label,
        "kind": "sound" if take.clip.kind == "Audio" else "picture",
        "above": take.above,
        "track": take.clip.track_name,
        "in_use": take.in_use,
        "standing": take.standing,
        "short": take.short,
        "off": take.off,
        "file": take.take.path if take.take else None,
        "prompt": [order["prompt"] for order in take.take.spec.about.get("orders", [])] if take.take else [],
    }


def _missed_row(take: TakeFile) -> dict[str, Any]:
    orders = take.spec.about.get("orders", [])
    return {
        "timecode": None, "clip": None, "key": take.key, "take": take.name, "version": f"v{take.version:03}",
        "kind": "sound" if take.spec.kind == "sound" else "picture", "above": take.spec.kind != "clip", "track": None,
        "in_use": False, "standing": "missing", "short": 0, "off": 0, "file": take.path,
        "prompt": [order["prompt"] for order in orders],
    }  # fmt: skip


def _show(session: Session, found: list[TakeInCut]) -> None:
    from ..no_longer import held_before
    from ..outputs import comes_from
    from .showing import console
    from .tables import named, spared, table, worded

    made = table("timecode", named("on"), spared("version", 1), "take", worded(""))
    for take in found:
        row = _row(session, take)
        numbers = {"stale": f"lacks {take.short} f", "out of step": f"{take.off:+d} f out of step"}
        standing = numbers.get(take.standing, take.standing)
        off = "switched off" if take.above else "beside"
        # Picture and sound of one retake have one name.
        heard = "sound, " if row["kind"] == "sound" else ""
        state = f"{heard}{'in use' if take.in_use else off}, {standing}"
        made.add_row(row["timecode"], row["track"] if take.above else row["clip"], take.label, take.name, state)
    console().print(made)
    console().print(f"[bold]{len(found)} takes[/bold], {sum(take.in_use for take in found)} in use")
    missed = _missed(session, found)
    if missed:
        names = ", ".join(dict.fromkeys(take.name for take in missed))
        files = ", ".join(
            one.path.name for one in comes_from(session.ledger, session.cut_path, session.cut.view, found)
        )
        of = f", though in {files}" if files else ""
        console().print(f"no longer in the cut{of}: {names}; `otio-retake takes sync` tells the ledger")
    lost = held_before(session, found) if session.project.exists else []
    if lost:
        names = ", ".join(dict.fromkeys(take.name for take in lost))
        console().print(f"in this file before, and not since no mark asked for it: {names}")


def _missed(session: Session, found: list[TakeInCut]) -> list[TakeFile]:
    """Takes that were placed in this cut and that it could hold; none where it holds no take at all."""
    from ..outputs import in_other_cuts
    from ..sync import missing
    from ..takes_store import takes, target

    if not found or not session.project.exists:
        return []
    ledger = session.ledger
    marks = {request.mark_id for request in session.requests.requests}
    away = in_other_cuts(ledger, session.cut_path, session.cut.view, found)
    return list(missing(session.view, takes(ledger), found, marks, lambda ident: target(ledger, ident), elsewhere=away))


def pick(
    cut: CutPath,
    take: TakeName,
    output: OutPath = None,
    at: At = None,
    overwrite: Overwrite = False,
    project: ProjectFolder = None,
    rate: Rate = None,
    json: Json = False,
) -> None:
    """Make a take active on its clip, or the original again, and write the cut.

    A take on a track above is switched on, and the others over the same clip off; `original` switches all of them off.
    Sound stays off, as the original would play with it, unless it is named by its file.

        otio-retake takes pick cut-retakes.otio v002 --at A001C003 -o cut-picked.otio
        otio-retake takes pick cut-retakes.otio original --at 01:00:04:00 -o cut-picked.otio
    """
    from ..choices import choose_originals, choose_takes
    from ..errors import CutError
    from ..originals import plays_take
    from ..readback import over
    from ..takes_store import mark_take
    from .heard import said_of_sound
    from .session import Session

    with Session(Path(cut), {"project": project, "edl_rate": rate}) as session:
        if take == "original":
            clip = _clip(session, at)
            if plays_take(clip):
                raise CutError(
                    "the clip plays a take, and the cut names no other media for it",
                    where=clip.name,
                    fix="drop the take, or relink the clip to its original by hand",
                )
            patched = session.cut.activate(clip.address, clip.media.key)
            chosen = None
        else:
            chosen = _one(session, take, at)
            patched = session.cut.activate(chosen.clip.address, chosen.key)
        losses = _save(session, patched, output, overwrite)
        there = over(_found(session), chosen.clip if chosen else clip)
        losses.warnings.extend(said_of_sound(chosen, there))
        others = [other.take for other in there if other.take is not None]
        if chosen is None:
            choose_originals(session.ledger, others)
        elif chosen.take is not None:
            choose_takes(session.ledger, [chosen.take])
        for other in others:
            if other.state == "picked":
                mark_take(session.ledger, other.ident, "placed")
        if chosen is not None and chosen.take is not None:
            mark_take(session.ledger, chosen.take.ident, "picked")
        _say(output, losses, {"picked": chosen.name if chosen else take}, json=json)


def drop(
    cut: CutPath,
    take: TakeName,
    output: OutPath = None,
    at: At = None,
    overwrite: Overwrite = False,
    project: ProjectFolder = None,
    rate: Rate = None,
    json: Json = False,
) -> None:
    """Take a take out of the cut again, and write it. Its file stays until `project purge`; its order is kept."""
    from ..errors import CutError
    from ..readback import idents_in
    from ..takes_store import mark_take
    from .session import Session

    with Session(Path(cut), {"project": project, "edl_rate": rate}) as session:
        chosen = _one(session, take, at)
        if chosen.take is None:
            raise CutError("this take is not in the ledger", where=chosen.name, fix="name the project with --project")
        # An editor may have dropped the id: then the take is known by the name of its file.
        patched = session.cut.drop({chosen.take.ident, chosen.take.name})
        if not patched.added:
            raise CutError(
                "the take is all that the clip has", where=chosen.name, fix="relink the clip to its original by hand"
            )
        stays = idents_in(_found(session)) - {chosen.take.ident}
        losses = _save(session, patched, output, overwrite, holds=stays)
        mark_take(session.ledger, chosen.take.ident, "dropped")
        _say(output, losses, {"dropped": chosen.name}, json=json)


def restore(cut: CutPath, take: TakeName, project: ProjectFolder = None, json: Json = False) -> None:
    """Let a take that was dropped be placed again: `otio-retake place` then puts it back.

    otio-retake takes restore cut.otio A001C003_rtk0a1b2c3_v001
    """
    from ..errors import CutError
    from ..takes_store import restore_take, takes
    from .session import Session
    from .showing import console

    with Session(Path(cut), {"project": project}) as session:
        wanted = Path(take).stem if take.endswith((".mov", ".wav")) else take
        dropped = takes(session.ledger, "state = 'dropped'") if session.project.exists else []
        found = [t for t in dropped if wanted in (t.name, t.key.removeprefix("retake."))]
        found = [t for t in found if t.path.name == take] or found
        if len({t.name for t in found}) != 1:
            names = ", ".join(t.name for t in dropped) or "none"
            what = f"no dropped take {take!r}" if not found else f"{len(found)} dropped takes {take!r}"
            raise CutError(what, where=str(session.project.folder), fix=f"dropped are: {names}")
        # Picture and sound of one retake have one name.
        for one in found:
            restore_take(session.ledger, one.ident)
        if json:
            from .machine import print_json

            print_json({"restored": found[0].name, "file": found[0].path})
            return
        console().print(f"[bold]{found[0].name}[/bold] can be placed again: otio-retake place {cut} -o PATH")


def compose(
    cut: CutPath,
    picks: Annotated[
        list[int], typer.Argument(help="One number for each mark on the clip, in order: 2 1. 0 is the original.")
    ],
    at: At = None,
    output: OutPath = None,
    overwrite: Overwrite = False,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
) -> None:
    """Make one take of a clip with several marks: for each mark the result of that number, or the
    original for 0. Costs nothing.

    otio-retake takes compose cut.otio 2 1 --at A001C003 -o cut-retakes.otio
    """
    from ..steps.compose import compose as make
    from ..steps.run import Outcome
    from ..turnover import check_output, known, write_cut
    from .session import Session
    from .watching import watching
    from .working import Done, last_words

    # Only a take of a whole clip is composed; one on a track above holds one mark.
    flags = {"project": project, "editor": "", "markers": markers, "edl_rate": rate}
    with Session(Path(cut), flags) as session:
        check_output(session, output, overwrite=overwrite)
        clip = _clip(session, at)
        plan, admitted = known(session)
        with watching(1) as reporter:
            shop = session.workshop(reporter, None)
            make(admitted, clip.address, picks, shop)
        done = Done(plan, admitted, Outcome())
        if output is not None:
            done.written = write_cut(session, admitted, output, activate=False, overwrite=overwrite)
        last_words(session, done, json=False)


def _clip(session: Session, at: str | None) -> Clip:
    """The one clip with a picture of its own that ``at`` names: what lies below takes and titles."""
    from ..errors import CutError
    from ..originals import plays_take
    from ..rates import BadTimecode

    view = session.cut.view
    clips = [clip for clip in view.clips() if clip.kind == "Video" and clip.placed is None]
    if at is not None:
        try:
            frame = view.frame_at(at)
            clips = [clip for clip in clips if clip.record[0] <= frame < clip.record[1]]
        except BadTimecode:
            clips = [clip for clip in clips if clip.name == at]
    own = [clip for clip in clips if clip.placed is None and not clip.see_through]
    bare = [c for c in own if not plays_take(c)]
    # In a list of takes there is nothing below them.
    for narrower in (own, bare, [c for c in bare or own if c.enabled]):
        clips = narrower if narrower and len(clips) != 1 else clips
    if len(clips) != 1:
        what = "no clip" if not clips else f"{len(clips)} clips"
        here = f"name {'another' if at else 'one'} with --at; {takes_there(view, _found(session))}"
        raise CutError(f"{what} {'there' if at else 'in the cut'}", where=at or str(session.cut_path), fix=here)
    return clips[0]


def _under(session: Session, at: str, found: list[TakeInCut]) -> list[TakeInCut]:
    """Those of ``found`` that lie at a timecode themselves; none where ``at`` is the name of a clip."""
    from ..rates import BadTimecode

    try:
        frame = session.cut.view.frame_at(at)
    except BadTimecode:
        return []
    return [take for take in found if take.clip.record[0] <= frame < take.clip.record[1]]


def _one(session: Session, take: str, at: str | None) -> TakeInCut:
    """The one take that is meant; a picture rather than the sound of the same version."""
    from ..errors import CutError
    from ..readback import over
    from .heard import meant

    wanted = Path(take).stem if take.endswith((".mov", ".wav")) else take
    every = _found(session)
    found = [t for t in every if wanted in (t.name, t.key, t.label)]
    if wanted != take:
        found = [t for t in found if t.take is None or t.take.path.name == Path(take).name]
    if at is not None:
        named = [t for t in found if t.above and t.clip.name == at]
        found = named or over(found, _clip(session, at))
        if len(found) > 1:
            found = _under(session, at, found) or found
    found = meant(found, take, every)
    if len(found) != 1:
        what = f"no take {take!r}" if not found else f"{len(found)} takes {take!r}"
        every = _found(session)
        on_clip = over(every, _clip(session, at)) if at is not None and not found else []
        near = takes_there(session.cut.view, found or on_clip or every)
        fix = f"name the clip with --at: {near}" if found and at is None else near
        raise CutError(f"{what} {'in the cut' if at is None else 'there'}", where=at or str(session.cut_path), fix=fix)
    return found[0]


def _save(
    session: Session, patched: Patched, output: Path | None, overwrite: bool, holds: set[str] | None = None
) -> Losses:
    """Writes the cut; returns what was lost on the way, and what should be known of its media where it now lies."""
    from ..cuts import Losses
    from ..errors import CutError
    from ..turnover import check_output, save

    if output is None:
        raise CutError("nobody said where to write the cut", where=str(session.cut_path), fix="add -o PATH")
    check_output(session, output, overwrite=overwrite)
    save(session, patched, output, overwrite=overwrite, holds=holds)
    behind = session.cut.left_behind(output.absolute().parent)
    return Losses([*patched.losses.warnings, *behind], patched.losses.left_out)


def _say(output: Path | None, losses: Losses, what: dict[str, Any], *, json: bool) -> None:
    """Says what was written, and what was lost by it."""
    from .machine import print_json
    from .showing import console
    from .working import show_losses

    if json:
        print_json({**what, "written": output, "warnings": losses.warnings, "left_out": losses.left_out})
        return
    show_losses(losses)
    console().print(f"written: {output}", style="bold", markup=False)
