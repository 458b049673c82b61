"""`settings show`: every value, and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Json


def register(app: typer.Typer) -> None:
    """Adds the command."""
    group = typer.Typer(help="What is set, and where.", no_args_is_help=True)
    group.command()(show)
    group.callback()(_group)
    app.add_typer(group, name="settings", rich_help_panel="Look")


def _group() -> None:
    """What is set, and where."""


def show(
    where: Annotated[Path, typer.Argument(help="A cut, or the folder of one.", show_default=False)] = Path(),
    json: Json = False,
) -> None:
    """Show every setting: its value, where it comes from (flag, environment, retake.toml, user file), what it does.

    A setting stands in retake.toml beside the cut or above it as `name = value`, in the environment as
    OTIO_RETAKE_NAME; a flag goes before both.
    """
    from ..settings import PREFIX, Settings, load, nearest_file, user_file
    from .machine import print_json
    from .showing import console
    from .tables import table, worded

    folder = where if where.is_dir() else where.absolute().parent
    resolved = load(folder, {})
    values = resolved.settings.model_dump(mode="json")
    if json:
        print_json({name: {"value": value, "from": resolved.origins[name]} for name, value in values.items()})
        return
    made = table("setting", worded("value"), worded("from"), worded("what it does"))
    for name, value in values.items():
        text = (
            "" if value in (None, "", [], ()) else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        )
        made.add_row(name, text, resolved.origins[name], Settings.model_fields[name].description or "")
    console().print(made)
    nearest = nearest_file(folder.absolute())
    console().print(f"project file: {nearest or 'none (retake.toml beside the cut or above it)'}", soft_wrap=True)
    console().print(f"user file: {user_file()}{'' if user_file().is_file() else ' (not there)'}", soft_wrap=True)
    console().print(f"environment: {PREFIX}SERVICE and so on")
