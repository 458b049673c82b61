"""A cut at work for a command, which says on the terminal what should be known; and what is said of keys."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property

from .. import session as core
from ..budget import amount
from ..capabilities import capabilities_of
from ..errors import SettingsError
from ..keys import find_key
from ..legible import legible
from ..providers.base import Providers
from ..settings import Resolved, check_places, load

__all__ = ["Session", "amount", "key_origin", "known_service", "warn"]


def warn(what: str, fix: str) -> None:
    """Says on the terminal what stands in nobody's way."""
    print(f"warning: {legible(what)}\n  to do: {legible(fix)}", file=sys.stderr)


@dataclass
class Session(core.Session):
    """A cut at work for a command."""

    def __post_init__(self) -> None:
        self.heed = warn

    @cached_property
    def resolved(self) -> Resolved:
        """The settings, and where they come from; what was given on the line leads somewhere."""
        found = load(self.source.absolute().parent, self.flags)
        check_places(found)
        return found


def known_service(service: str) -> None:
    """Raises ``SettingsError`` where no provider of that name is installed, naming the nearest."""
    if service not in (*Providers.names(), "s3"):
        capabilities_of(service)


def key_origin(service: str) -> str:
    """Where the key of a service comes from; ``no key``, or ``needs none``."""
    if service == "rehearsal":
        return "needs no key"
    try:
        key = find_key(service)
    except SettingsError as error:
        return error.what
    return f"key from {key.origin}" if key else "no key"
