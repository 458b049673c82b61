"""The user's own command that says where a pull may lie: asked with a name, it prints two addresses as JSON.

    {"put": "https://...", "get": "https://...", "headers": {"x-amz-acl": "private"}}

It runs without a shell and within a deadline. What it prints is signed, so it is logged nowhere and in no error.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import ServiceTrouble, SettingsError

COMMAND = "OTIO_RETAKE_UPLOADER"
"""The variable that holds it: a program and its arguments, ``{name}`` among them."""

SECONDS = 60
MOST_BYTES = 100_000

LEFT_TO_PRINT = 1.0
"""Seconds for what an ended program has printed to come: it is in the pipe already."""


class Addresses(BaseModel):
    """What the command prints."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    put: str = Field(max_length=10_000, repr=False)
    get: str = Field(max_length=10_000, repr=False)
    headers: dict[str, str] = Field(default_factory=dict, repr=False)


def ask(command: str, name: str, *, seconds: float = SECONDS) -> Addresses:
    """What the command prints for ``name``. Raises ``SettingsError``, ``ServiceTrouble`` where it may pass."""
    words = _words(command, name)
    printed = _run(words, seconds)
    try:
        return Addresses.model_validate(json.loads(printed))
    except (ValueError, RecursionError, ValidationError):
        # The reason would quote what was printed.
        raise _wrong(
            "the uploader did not print the addresses", 'print {"put": ..., "get": ...} and nothing else'
        ) from None


def _words(command: str, name: str) -> list[str]:
    try:
        words = shlex.split(command, posix=os.name != "nt")
    except ValueError:
        words = []
    if not words or not any("{name}" in word for word in words[1:]):
        raise _wrong("the uploader's command does not say where the object's name goes", "write {name} as an argument")
    return [words[0], *(word.replace("{name}", name) for word in words[1:])]


def _run(words: list[str], seconds: float) -> bytes:
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        what = f"the uploader's program cannot be started ({error.strerror or type(error).__name__})"
        raise _wrong(what, f"check the path of {Path(words[0]).name}") from None
    printed = bytearray()
    reading = threading.Thread(target=_read, args=(process, printed), daemon=True)
    reading.start()
    try:
        # Nothing waits for the end of what is printed: a program that it has started may hold that open for ever.
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        code = process.wait()
        if len(printed) <= MOST_BYTES:
            raise ServiceTrouble(
                f"the uploader's program did not end within {seconds:.0f} s",
                where=COMMAND,
                fix="nothing: it is asked again; run it by hand to see what it waits for",
            ) from None
    except BaseException:
        _kill(process)
        raise
    reading.join(LEFT_TO_PRINT)
    if len(printed) > MOST_BYTES:
        raise _wrong("the uploader's program prints without end", "print the addresses and nothing else")
    if code:
        raise _wrong(f"the uploader's program failed with {code}", "run it by hand to see why")
    return bytes(printed)


def _read(process: subprocess.Popen[bytes], printed: bytearray) -> None:
    """Takes what the program prints as it comes, up to a bound; then ends it."""
    assert process.stdout is not None
    with process.stdout as stream, suppress(OSError):
        while chunk := os.read(stream.fileno(), 1 << 16):
            printed += chunk
            if len(printed) > MOST_BYTES:
                _kill(process)
                return


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the program with all that it has started."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _wrong(what: str, fix: str) -> SettingsError:
    return SettingsError(what, where=COMMAND, fix=fix)
