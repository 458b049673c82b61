"""The command line. Commands are thin: each reads its options, calls the core, and shows what came of it.

Nothing heavy is imported before a command runs, so that ``--help`` and completion answer at once.
"""

from __future__ import annotations

import sys

import typer

from . import (
    desk,
    keys,
    ledger,
    marks,
    override,
    place,
    plan,
    project,
    providers,
    report,
    resolve,
    run,
    settings,
    simulate,
    stages,
    status,
    takes,
)  # fmt: skip
from .failing import open_streams, report_error

app = typer.Typer(
    name="otio-retake",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Marked regions of a cut go to a retake service and come back as alternate takes.\n\n"
        "Mark a clip in your editor, write [bold]RETAKE: what should happen[/bold] into the marker, export the timeline"
        " as .otio, then:\n\n"
        "  [bold]otio-retake plan cut.otio[/bold]  (what would be sent, and its cost)\n\n"
        "  [bold]otio-retake run cut.otio -o out.otio[/bold]  (do it, and write the takes)\n\n"
        "Without a service of your own a rehearsal is made: slates for takes, nothing sent, nothing paid."
    ),
    epilog="Exit codes: 0 done, 1 some takes failed, 2 bad input or problems, 3 not confirmed or over budget.",
)

for _commands in (
    marks,
    plan,
    run,
    desk,
    stages,
    place,
    takes,
    report,
    status,
    ledger,
    override,
    providers,
    keys,
    resolve,
    simulate,
    settings,
    project,
):
    _commands.register(app)


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", help="Print the version.", is_eager=True),
    debug: bool = typer.Option(False, "--debug", help="Show where in the program an error arose."),
) -> None:
    if version:
        from .._version import __version__

        typer.echo(f"otio-retake {__version__}")
        raise typer.Exit


def main() -> None:
    """Runs the command line; every error becomes a message and an exit code, never a traceback."""
    debug = "--debug" in sys.argv
    open_streams()
    try:
        app(prog_name="otio-retake")
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            raise
        sys.exit(report_error(error, json="--json" in sys.argv))
