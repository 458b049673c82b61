"""`resolve install | uninstall | doctor | session | self-check-media`: retakes inside DaVinci Resolve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import (
    Budget,
    Codec,
    Color,
    Context,
    Handles,
    Json,
    Maps,
    MediaRoot,
    ProjectFolder,
    Rehearse,
    Seam,
    Strict,
)
from .options import Service as ServiceName

if TYPE_CHECKING:
    from ..resolve.install import Installed

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Retakes inside DaVinci Resolve.", no_args_is_help=True)
    for command in (install, uninstall, doctor, session, self_check_media):
        group.command(command.__name__.replace("_", "-"))(command)
    app.add_typer(group, name="resolve", rich_help_panel="Set up")


def install(dry_run: DryRun = False) -> None:
    """Put the scripts into Resolve's menu, for you alone: Workspace > Scripts > Retake. Run it again after an update.

    otio-retake resolve install
    """
    from ..resolve.folders import Machine, resolve_state
    from ..resolve.install import install as put

    done = put(Machine(), resolve_state(), dry_run=dry_run)
    _say("would write" if dry_run else "written", done.written)
    _say("would remove" if dry_run else "removed", done.removed)
    _where(done, dry_run)


def _where(done: Installed, dry_run: bool) -> None:
    if dry_run:
        typer.echo(f"{len(done.written)} files would be written, {len(done.same)} are as they should be")
        return
    typer.echo(f"the scripts are in Resolve's menu: Workspace > Scripts > Retake ({done.menu})")
    typer.echo("if they are not listed there: otio-retake resolve doctor")


def uninstall(dry_run: DryRun = False) -> None:
    """Take the scripts out of Resolve's menu. Takes, orders and timelines stay as they are."""
    from ..resolve.folders import Machine, resolve_state
    from ..resolve.install import uninstall as take_out

    done = take_out(Machine(), resolve_state(), dry_run=dry_run)
    _say("would remove" if dry_run else "removed", done.removed)
    _say("left, as somebody has changed it", done.kept)
    if not done.removed and not done.kept:
        typer.echo("nothing of otio-retake is in Resolve's menu")


def doctor(json: Json = False) -> None:
    """Say what this machine has for retakes in Resolve, what is missing, and what to do about it."""
    from ..resolve.doctor import diagnose
    from ..resolve.folders import Machine, resolve_state

    said = diagnose(Machine(), resolve_state())
    if json:
        from .machine import print_json

        rows = [{"standing": row.standing, "what": row.what, "todo": row.todo} for row in said.findings]
        print_json({"good": said.good, "scripts": said.scripts, "findings": rows})
    else:
        signs = {"good": "ok     ", "note": "note   ", "missing": "missing"}
        for row in said.findings:
            typer.echo(f"{signs[row.standing]} {row.what}")
            for part in filter(None, row.todo.split("; then: ")):
                typer.echo(f"        to do: {part}")
    if not said.good:
        raise typer.Exit(2)


def session(
    folder: Annotated[Path, typer.Argument(help="The folder of a hand-over, with a snapshot.", show_default=False)],
    budget: Budget = None,
    service: ServiceName = None,
    rehearse: Rehearse = None,
    context: Context = None,
    handles: Handles = None,
    seam: Seam = None,
    color: Color = None,
    codec: Codec = None,
    strict: Strict = False,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the browser.")] = False,
) -> None:
    """Open the desk for a timeline that Resolve has handed over. The script Retake in Resolve starts this by itself.

    otio-retake resolve session FOLDER
    """
    from ..resolve.session import serve_session
    from .session import amount

    flags: dict[str, Any] = {
        "service": service, "context": context, "handles": handles, "seam": seam, "color": color, "codec": codec,
        "strict": strict or None, "media_root": tuple(media_root or ()), "map": tuple(map_ or ()), "project": project,
        "budget": amount(budget),
    }  # fmt: skip

    def say(text: str) -> None:
        typer.echo(text, err=True)

    serve_session(folder, flags, rehearse=rehearse or "", browser=not no_browser, say=say)


def self_check_media(
    folder: Annotated[Path, typer.Argument(help="Where to make them.", show_default=False)],
) -> None:
    """Make the movies that the self-check in Resolve measures with: frames that say their numbers, at three rates."""
    from ..resolve.media_for_check import make_check_media

    made = make_check_media(folder, typer.echo)
    typer.echo(f"{len(made)} files in {folder}")


def _say(what: str, paths: tuple[Path, ...]) -> None:
    for path in paths:
        typer.echo(f"{what}: {path}")
