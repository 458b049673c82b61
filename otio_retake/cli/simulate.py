"""`simulate`: the five services on this machine, to try a setup and every failure without money."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Optional

import typer

Files = Optional[Path]  # noqa: UP045  Typer reads these annotations when the program runs.


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Services")(simulate)


def simulate(
    port: Annotated[int, typer.Option("--port", help="The port to listen on; 0 takes a free one.")] = 0,
    latency: Annotated[float, typer.Option("--latency", metavar="SECONDS", help="How long a job takes.", min=0)] = 1.0,
    concurrency: Annotated[
        int, typer.Option("--concurrency", metavar="N", min=0, help="Jobs at once at each service; 0 is as documented.")
    ] = 0,
    fault: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--fault", metavar="NAME[@SERVICE][*COUNT]", help="Let this go wrong. May be given several times."
        ),
    ] = None,
    script: Annotated[Files, typer.Option("--script", metavar="FILE", help="Faults, one line for each submit.")] = None,
    canned: Annotated[Files, typer.Option("--canned", metavar="FILE", help="Answer every job with this movie.")] = None,
    media: Annotated[
        str, typer.Option("--media", metavar="exact|int-fps|odd|section|…", help="How results come back.")
    ] = "exact",
    port_file: Annotated[
        Files, typer.Option("--port-file", metavar="PATH", help="Write the port here once it listens.")
    ] = None,
    faults: Annotated[bool, typer.Option("--faults", help="List what can be made to go wrong, and stop.")] = False,
) -> None:
    r"""Serve LTX, fal, Segmind, GMI Cloud and Runware on this machine: real media, no money, faults by name.

    Set what it prints, then work as with the services. A fault can stand in brackets in a prompt too:
    "rain \[drop-after-accept]". Ctrl-C stops it and shows the bill: what the services would have charged.
    """
    if faults:
        _list_faults()
        return
    from ..simulator import Simulator

    simulator = Simulator(
        port=port,
        latency=latency,
        concurrency=concurrency or None,
        faults=tuple(fault or ()),
        script=script,
        canned=canned,
        media=media,
    )
    with simulator as running:
        if port_file is not None:
            from ..durable import write_text

            write_text(port_file, str(running.port))
        _greet(running.url, running.environment())
        # Whoever ends it politely gets the bill too, and no folder is left behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            while running.running:
                time.sleep(0.2)
        except KeyboardInterrupt:
            _show_bill(running.bill(), running.total())


def _greet(url: str, environment: dict[str, str]) -> None:
    from .showing import console

    out = console()
    out.print(f"The services are at [bold]{url}[/bold]; Ctrl-C stops them.\nPaste this where you work:\n")
    for name, value in environment.items():
        out.print(f"export {name}={value}", soft_wrap=True)
    out.print(f"\nThe bill is at {url}/_simulator/bill", soft_wrap=True)
    sys.stdout.flush()


def _show_bill(bill: list[dict[str, object]], total: str) -> None:
    from rich.text import Text

    from .showing import console
    from .tables import table, worded

    out = console()
    if bill:
        made = table("service", "job", "state", "seconds", "amount", worded("prompt"))
        for entry in bill:
            short = {**entry, "id": str(entry["id"])[:8]}
            texts = (str(short[name])[:60] for name in ("service", "id", "state", "seconds", "amount", "prompt"))
            made.add_row(*(Text(text) for text in texts))
        out.print(made)
    out.print(f"\n[bold]{len(bill)} charged, ${total}[/bold] that nobody paid")


def _list_faults() -> None:
    from ..simulator.faults import FAULTS
    from .showing import console
    from .tables import table, worded

    made = table("fault", "strikes", worded("what happens"))
    for fault in FAULTS.values():
        often = "always" if fault.times is None else "once"
        made.add_row(fault.name, f"{fault.stage}, {often}", fault.says)
    console().print(made)
