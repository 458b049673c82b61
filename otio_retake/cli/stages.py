"""`pull`, `submit`, `fetch`, `verify`, `conform`: one stage at a time, to look at what it made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .options import (
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

if TYPE_CHECKING:
    from ..orders import StepName

_PANEL = "Do one stage"
PULL: tuple[StepName, ...] = ("pull",)
SUBMIT: tuple[StepName, ...] = ("pull", "upload", "submit", "find")
FETCH: tuple[StepName, ...] = ("find", "poll", "fetch")
VERIFY: tuple[StepName, ...] = ("verify",)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    for command in (pull, submit, fetch, verify, conform):
        app.command(rich_help_panel=_PANEL)(command)


def _flags(
    media_root: list[Path] | None,
    map_: list[str] | None,
    project: Path | None,
    markers: Path | None,
    rate: str | None,
    **more: Any,
) -> dict[str, Any]:
    """What says which cut is meant, and where its media is."""
    media = {"media_root": tuple(media_root or ()), "map": tuple(map_ or ()), "project": project}
    return {**media, "markers": markers, "edl_rate": rate, **more}


def pull(
    source: SourcePath,
    service: Service = None,
    rehearse: Rehearse = None,
    skip_problems: SkipProblems = False,
    context: Context = None,
    color: Color = None,
    for_: For = None,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    json: Json = False,
) -> None:
    """Write the frames that would be sent into the project folder. Costs nothing; nothing leaves this machine."""
    from ..accepted import admit_problems
    from ..admission import admit
    from .session import Session
    from .working import Done, last_words, work

    flags = _flags(media_root, map_, project, markers, rate, service=service, context=context, color=color, editor=for_)
    with Session(Path(source), flags, rehearse=rehearse or "") as session:
        plan = session.plan()
        admit_problems(plan, skip=skip_problems)
        admitted = admit(plan, session.ledger, session.settings, accepted=False, rehearses=rehearse or "")
        outcome = work(session, admitted.keys, PULL, conforming=False, quiet=json)
        code = last_words(session, Done(plan, admitted, outcome), json=json)
        if not json:
            _show_files(session, "pulls")
    if code:
        raise typer.Exit(code)


def submit(
    source: SourcePath,
    yes: Yes = False,
    budget: Budget = None,
    service: Service = None,
    rehearse: Rehearse = None,
    skip_problems: SkipProblems = False,
    context: Context = None,
    color: Color = None,
    for_: For = None,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    json: Json = False,
) -> None:
    """Pull what is not pulled yet, upload and send it. The plan is shown and must be accepted, as with `run`."""
    from ..accepted import admit_problems
    from ..admission import admit
    from ..turnover import check_services
    from .accepting import accept
    from .session import Session, amount
    from .showing import show_plan
    from .working import Done, last_words, work

    flags = _flags(media_root, map_, project, markers, rate, service=service, context=context, color=color, editor=for_)
    flags["budget"] = amount(budget)
    with Session(Path(source), flags, rehearse=rehearse or "") as session:
        plan = session.plan()
        if not json:
            show_plan(plan)
        admit_problems(plan, skip=skip_problems)
        check_services(session, plan)
        accept(plan, yes=yes, budget=session.settings.budget)
        admitted = admit(plan, session.ledger, session.settings, accepted=True, rehearses=rehearse or "")
        outcome = work(session, admitted.keys, SUBMIT, conforming=False, quiet=json)
        code = last_words(session, Done(plan, admitted, outcome), json=json)
    if code:
        raise typer.Exit(code)


def fetch(
    source: SourcePath,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    json: Json = False,
) -> None:
    """Wait for what was sent, and bring its results into the project folder."""
    _later(source, FETCH, False, _flags(media_root, map_, project, markers, rate), json)


def verify(
    source: SourcePath,
    strict: Strict = False,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    json: Json = False,
) -> None:
    """Compare what came back with what was sent: count, alignment, what changed, seams, colour, sound."""
    flags = _flags(media_root, map_, project, markers, rate, strict=strict or None)
    _later(source, VERIFY, False, flags, json, verdicts=True)


def conform(
    source: SourcePath,
    handles: Handles = None,
    seam: Seam = None,
    codec: Codec = None,
    for_: For = None,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    json: Json = False,
) -> None:
    """Make takes of verified results: the source's frames, rate, timecode, size and colour. Costs nothing, ever.

    With another --seam, --codec or --handles takes are made anew beside the old ones.
    """
    flags = _flags(media_root, map_, project, markers, rate, handles=handles, seam=seam, codec=codec, editor=for_)
    _later(source, (), True, flags, json)


def _later(
    source: Path,
    steps: tuple[StepName, ...],
    conforming: bool,
    flags: dict[str, Any],
    json: bool,
    *,
    verdicts: bool = False,
) -> None:
    """A stage that goes on with orders that exist."""
    from ..takes_store import add_target
    from ..turnover import known
    from .session import Session
    from .working import Done, last_words, work

    with Session(Path(source), flags) as session:
        ledger = session.existing
        plan, admitted = known(session)
        if conforming:
            for target, _ in admitted.targets:
                add_target(ledger, target)
        outcome = work(session, admitted.keys, steps, conforming=conforming, quiet=json)
        code = last_words(session, Done(plan, admitted, outcome), json=json)
        if verdicts and not json:
            from .verdicts import show_verdicts

            show_verdicts([session.ledger.order(key) for key in admitted.keys])
    if code:
        raise typer.Exit(code)


def _show_files(session: Any, folder: str) -> None:
    from .showing import console

    console().print(f"{folder} are in {session.project.folder / folder}", soft_wrap=True)
