"""`providers`: which services there are, whether they can be used, what they can do and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from .options import Json

if TYPE_CHECKING:
    from ..capabilities import Capabilities


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Set up")(providers)


def providers(json: Json = False) -> None:
    """List the services: whether there is a key, what it takes, what a second costs and when that was read.

    Nothing is asked of any service.
    """
    from ..providers.base import Providers, Readies
    from ..vocabulary import unfit
    from .machine import print_json
    from .session import key_origin, warn

    installed = Providers()
    broken = unfit(installed)
    names = [name for name in installed.names() if name not in broken]
    rows = [(name, installed.get(name).capabilities, key_origin(name)) for name in names]
    for error in broken.values():
        warn(error.what, error.fix)
    uploads = {name: made.uploads for name in names if isinstance(made := installed.get(name), Readies)}
    if json:
        print_json(
            [
                {**_row(capabilities), "service": name, "key": key, "uploads": uploads.get(name)}
                for name, capabilities, key in rows
            ]
        )
        return
    for name, capabilities, key in rows:
        _show(name, capabilities, key, uploads.get(name, ""))
    installed.close()


def _row(can: Capabilities) -> dict[str, Any]:
    return {
        "model": can.model,
        "modes": can.modes,
        "window_ms": [can.window_least_ms, can.window_most_ms],
        "pull_frames": [can.pull_least_frames, can.pull_most_frames],
        "pull_ms": [can.pull_least_ms, can.pull_most_ms],
        "grid": can.grid.step,
        "whole_seconds": can.whole_seconds,
        "most_bytes": can.most_bytes,
        "canvas": can.canvas,
        "price": can.price,
        "concurrency": can.concurrency,
        "result_life": can.result_life,
        "options": sorted(can.options),
    }


def _show(name: str, can: Capabilities, key: str, uploads: str) -> None:
    from rich.text import Text

    from .showing import console
    from .tables import table, worded

    out = console()
    out.print(Text.assemble((name, "bold"), f"  {can.model}  ", (key, "green" if key != "no key" else "yellow")))
    made = table("", worded(""))
    made.add_row("replaces", f"{', '.join(can.modes)}{'; a prompt is needed' if can.prompt_required else ''}")
    made.add_row("takes", _limits(can))
    made.add_row("costs", _price(can))
    if uploads:
        made.add_row("pulls by", uploads)
    if can.result_life:
        made.add_row("results", f"are kept {can.result_life}")
    if can.options:
        made.add_row("options", f"{', '.join(sorted(can.options))}  (key=value in a mark)")
    out.print(made)
    out.print()


def _limits(can: Capabilities) -> str:
    parts = []
    if can.window_least_ms:
        parts.append(f"windows of {can.window_least_ms / 1000:g} s or more")
    if can.whole_seconds:
        parts.append("in whole seconds")
    if can.grid.step > 1:
        parts.append(f"in groups of {can.grid.step} frames")
    if can.pull_most_frames is not None:
        parts.append(f"{can.pull_least_frames} to {can.pull_most_frames} frames")
    if can.pull_most_ms is not None:
        parts.append(f"at most {can.pull_most_ms / 1000:g} s")
    if can.most_bytes is not None:
        parts.append(f"{can.most_bytes // 1_000_000} MB")
    parts.append(f"{can.canvas[0]}x{can.canvas[1]}")
    return ", ".join(parts)


def _price(can: Capabilities) -> str:
    from ..capabilities import money

    price = can.price
    if not can.paid:
        return f"nothing: {price.note}" if price.note else "nothing"
    of = "sent" if price.basis == "pull" else "replaced"
    read = f" (read {price.read_on})" if price.read_on else ""
    return f"{money(price.per_second, price.currency)} a second {of}{read}{'; ' + price.note if price.note else ''}"
