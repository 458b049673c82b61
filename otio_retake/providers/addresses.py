"""Which addresses may be asked: a service's own, and what it names on the open net; nothing inside anybody's network.

A link that a service names is not to be trusted. It is looked at before it is asked, and the address that a connection
really leads to is looked at before anything is sent over it: names can change between the one and the other.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from ..errors import ResultUnusable


def parted(url: str) -> SplitResult | None:
    """The parts of an address; None where it has no host, or is none at all."""
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if known else None


def is_local(url: str) -> bool:
    """Whether an address is on this machine."""
    parts = parted(url)
    host = parts.hostname or "" if parts else ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open net, also where it is wrapped in another one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None and not is_public(str(inner)):
            return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_secure(url: str) -> bool:
    """Whether footage may go to an address: over TLS, or on this machine."""
    parts = parted(url)
    return parts is not None and (parts.scheme == "https" or (parts.scheme == "http" and is_local(url)))


def same_host(url: str, other: str) -> bool:
    """Whether two addresses are at the same host and port, and reached in the same way."""
    one, two = parted(url), parted(other)
    return one is not None and two is not None and (one.scheme, one.netloc.lower()) == (two.scheme, two.netloc.lower())


def check_link(url: str, *, local: bool, service: str, base: str = "") -> None:
    """Raises ``ResultUnusable`` for a link that ``service`` has no business to name.

    ``local`` is whether the service is on this machine; then, and only then, its links are too. ``base`` is its own
    address, which the user chose: that host may be in their own network.
    """
    parts = parted(url)
    scheme = parts.scheme if parts else url.partition(":")[0][:10]
    if scheme != "https" and not (scheme == "http" and local):
        raise _unusable(f"the service names a link of the kind {scheme or 'nothing'!r}", service)
    if parts is None or parts.username is not None or parts.password is not None:
        raise _unusable("the service names a link without a proper host", service)
    if local:
        if not is_local(url):
            raise _unusable("a service on this machine names a link elsewhere", service)
        return
    if same_host(url, base):
        return
    host = parts.hostname or ""
    # A name that is not found here may be found by a proxy; UnicodeError is what names out of bounds raise.
    with suppress(OSError, UnicodeError):
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
        if any(not is_public(str(entry[4][0])) for entry in found):
            raise _unusable("the service names a link into a private network", service)


def proxied(url: str) -> bool:
    """Whether a proxy stands before ``url``: then the address that is connected to is the proxy's."""
    parts = parted(url)
    proxies = getproxies()
    return parts is not None and bool(
        (proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(parts.hostname or "")
    )


@dataclass
class Guard:
    """Watches one connection: where it leads to, before anything is sent, and that it ends in time.

    ``trace`` goes into httpx's extension of that name. ``late`` tells whether the time was up.
    """

    service: str
    public: bool
    seconds: float
    late: bool = False
    _stream: Any = field(default=None, repr=False)
    _timer: threading.Timer | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        self._timer = threading.Timer(self.seconds, self._end)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._stream = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Hears of each step of a request. Raises ``ResultUnusable`` where it leads into a private network."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info["return_value"]
            if self.late:
                self._end()
        if event.endswith("connect_tcp.complete") and self.public:
            address = self._stream.get_extra_info("server_addr")
            if address and not is_public(str(address[0])):
                self._stream.close()
                raise _unusable("the service's link leads into a private network", self.service)

    def _end(self) -> None:
        self.late = True
        stream = self._stream
        with suppress(OSError, AttributeError):
            # Whoever waits for more of it then hears that there is none.
            stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def _unusable(what: str, service: str) -> ResultUnusable:
    return ResultUnusable(what, where=service, fix="ask the service what it sent; nothing was asked there")
