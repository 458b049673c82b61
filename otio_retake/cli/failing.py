"""Errors, as people and scripts should meet them."""

from __future__ import annotations

import io
import os
import sys

from ..errors import RetakeError
from ..legible import legible


def open_streams() -> None:
    """Makes standard output and errors take any text: where they are closed, or speak less than Unicode."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def report_error(error: BaseException, *, json: bool = False) -> int:
    """Says what is wrong, where and what to do; returns the exit code. With ``json`` a machine is told as well."""
    if isinstance(error, KeyboardInterrupt):
        print("\nstopped; run the same command again to go on", file=sys.stderr)
        return 130
    if isinstance(error, BrokenPipeError):
        # Whoever read the output has gone; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(error, RetakeError):
        if json:
            from .machine import print_json

            said = {"what": error.what, "where": error.where, "fix": error.fix, "exit_code": error.exit_code}
            print_json({"error": said})
        print(f"error: {legible(str(error))}", file=sys.stderr)
        return error.exit_code
    if isinstance(error, OSError) and error.strerror:
        where = f"\n  where: {legible(str(error.filename))}" if error.filename else ""
        print(f"error: {error.strerror.lower()}{where}\n  to do: check the path and its permissions", file=sys.stderr)
        return 2
    print(
        f"error: otio-retake met something that it does not know ({type(error).__name__})\n"
        "  where: this is a fault of the program or of a plug-in, not of your cut; what was sent before it is kept, and"
        " `otio-retake status` shows it\n"
        "  to do: run the same command with --debug before its name and report what it prints",
        file=sys.stderr,
    )
    return 2
