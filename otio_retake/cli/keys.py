"""`keys set | list | forget`: the keys of services, in the system's keyring. No command ever shows one."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

ServiceName = Annotated[str, typer.Argument(metavar="SERVICE", help="ltx, fal, segmind, gmi, runware, or a plug-in's.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Keys of services: kept in the system's keyring, shown never.", no_args_is_help=True)
    for command in (set_, list_, forget):
        group.command(command.__name__.rstrip("_"))(command)
    app.add_typer(group, name="keys", rich_help_panel="Set up")


def set_(
    service: ServiceName,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the key from standard input.")] = False,
) -> None:
    """Keep a service's key in the system's keyring. It is typed unseen, or read from standard input.

    otio-retake keys set ltx
    """
    from ..keys import keep_key
    from .session import known_service

    known_service(service)
    text = sys.stdin.readline() if stdin else typer.prompt(f"key for {service}", hide_input=True, err=True)
    keep_key(service, text)
    typer.echo(f"the key for {service} is kept in the system's keyring")


def list_() -> None:
    """List for which services there is a key, and where it comes from."""
    from ..keys import PAIRS, VARIABLES
    from ..providers.base import Providers
    from .session import key_origin
    from .showing import console
    from .tables import table, worded

    made = table("service", worded("key"), worded("set it with"))
    for name in Providers.names():
        variables = " or ".join(VARIABLES.get(name, ())) or "its plug-in says"
        if name != "rehearsal":
            made.add_row(name, key_origin(name), variables)
    made.add_row("s3", f"{key_origin('s3')}, for an uploader's bucket", " and ".join(PAIRS["s3"]))
    console().print(made)


def forget(service: ServiceName) -> None:
    """Take a service's key out of the system's keyring."""
    from ..errors import SettingsError
    from ..keys import forget_key

    if not forget_key(service):
        raise SettingsError(
            f"there is no key for {service} in the keyring", where=f"service {service}", fix="`otio-retake keys list`"
        )
    typer.echo(f"the key for {service} is gone from the system's keyring")
