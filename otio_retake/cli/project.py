"""`project archive | purge`: keep a project, or make room in it; a take in use is never deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Json, ProjectFolder

Where = Annotated[Path, typer.Argument(help="The cut, or a folder with or below the project.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Keep a project, or make room in it.", no_args_is_help=True)
    group.command()(archive)
    group.command()(purge)
    app.add_typer(group, name="project", rich_help_panel="Look")


def purge(
    where: Where = Path(),
    takes: Annotated[bool, typer.Option("--takes", help="Also delete takes that were dropped.")] = False,
    results: Annotated[bool, typer.Option("--results", help="Also delete results whose takes are made.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete; without it the list is only shown.")] = False,
    project: ProjectFolder = None,
    json: Json = False,
) -> None:
    """Delete pulls of orders that are over: they can be made again. Without --yes it only shows what would go.

    A take that is placed or picked is never deleted, nor is anything that an order still needs.
    """
    from ..keeping import purgeable
    from .session import Session
    from .showing import console

    with Session(where / "cut.otio" if where.is_dir() else where, {"project": project}) as session:
        files = purgeable(session.existing, results=results, takes=takes)
        size = sum(path.stat().st_size for path in files)
        for path in files if yes else ():
            path.unlink(missing_ok=True)
        if json:
            from .machine import print_json

            print_json({"files": files, "bytes": size, "deleted": yes})
            return
        for path in files:
            console().print(str(path.relative_to(session.project.folder)), soft_wrap=True, markup=False)
        done = "deleted" if yes else "would be deleted: add --yes"
        console().print(f"[bold]{len(files)} files, {size / 1e6:.1f} MB {done}[/bold]")


def archive(
    into: Annotated[Path, typer.Argument(help="The folder to copy the project to.", show_default=False)],
    where: Annotated[Path, typer.Option("--in", help="The cut, or a folder with or below the project.")] = Path(),
    project: ProjectFolder = None,
    json: Json = False,
) -> None:
    """Copy ledger, takes and reports to another folder, whole, and leave everything where it is."""
    from ..keeping import archive_to
    from .session import Session

    with Session(where / "cut.otio" if where.is_dir() else where, {"project": project}) as session:
        count = archive_to(session.existing, into)
        if json:
            from .machine import print_json

            print_json({"files": count, "into": into.absolute()})
            return
        typer.echo(f"archived: {count} files to {into}")
