"""The hosts of one service: a connection to each, made when it is first needed.

A service spreads over several hosts. `OTIO_RETAKE_<SERVICE>_URL` puts another in the place of all: the first host is
then that address itself, every other one a folder of it by its name here.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from .addresses import parted
from .wire import Wire, base_url

_PATH = re.compile(r"(/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~%@:+-]+)+")
"""A path of a job: plain steps, none of which leads back up."""

W = TypeVar("W", bound=Wire)


class Hosts(Generic[W]):
    """Connections by the names of the hosts. Safe for many threads."""

    def __init__(
        self, wire: type[W], service: str, headers: Callable[[], Mapping[str, str]], usual: Mapping[str, str]
    ) -> None:
        """``usual`` are the addresses by name, the service's own first."""
        self._wire, self._service, self._headers, self._usual = wire, service, headers, dict(usual)
        self._made: dict[str, W] = {}
        self._lock = threading.Lock()

    def address(self, name: str) -> str:
        """Where a host is. Raises ``SettingsError`` for another address that is neither TLS nor on this machine."""
        instead = base_url(self._service, "")
        if not instead:
            return self._usual[name]
        return instead if name == next(iter(self._usual)) else f"{instead}/{name}"

    def __getitem__(self, name: str) -> W:
        with self._lock:
            if name not in self._made:
                self._made[name] = self._wire(self._service, self.address(name), self._headers)
            return self._made[name]

    def path_of(self, name: str, url: object) -> str:
        """The path, below a host's own address, of an address that it gave for a job; empty where it is elsewhere.

        Paths, and not addresses, are kept: they name no host to follow but the configured one, and hold no query.
        """
        theirs = parted(url) if isinstance(url, str) else None
        mine = urlsplit(self.address(name))
        if theirs is None or (theirs.scheme, theirs.netloc.lower()) != (mine.scheme, mine.netloc.lower()):
            return ""
        path = theirs.path.removeprefix(mine.path)
        return path if theirs.path.startswith(mine.path) and _PATH.fullmatch(path) and not theirs.query else ""

    def close(self) -> None:
        """Lets go of all connections."""
        with self._lock:
            for wire in self._made.values():
                wire.close()
            self._made.clear()
