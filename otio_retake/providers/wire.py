"""HTTP to a service, for every provider alike: what may be tried again is, what may never be is sent once.

`once` is for what may cost money: one request on a connection of its own, which no layer below repeats. `read` and
`put` cost nothing and are tried a few times with growing pauses. `download` trusts nobody: size, time, type, length
and address are bounded. No error says a key, a query or a path: those of signed links are secrets.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from .._version import __version__
from ..errors import ResultExpired, ResultUnusable, ServiceRefused, ServiceTrouble, SettingsError
from .base import MOST_RESULT_BYTES, Progress

READ_TIMEOUT = httpx.Timeout(60, connect=15)
SUBMIT_TIMEOUT = httpx.Timeout(120, connect=15)
FILE_TIMEOUT = httpx.Timeout(60, connect=15, write=120)

MOST_ANSWER_BYTES = 4_000_000
"""An answer in JSON above this is none."""

READ_SECONDS, SUBMIT_SECONDS = 180, 900
"""The longest that an answer may take to come in whole; a submit that is served at once may hold for minutes."""

_OF_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding", "connection"}

DOWNLOAD_SECONDS = 900
"""A result that takes longer than this does not end."""

LEAST_PACE = 10_000
"""Bytes a second below which, after a minute, a download is given up."""

MOST_REDIRECTS = 3
_TRIES = 3
_CHUNK = 1 << 16

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
"""Answers to a read or an upload after which it may be tried again."""


class Wire:
    """The connections to one service. Safe for many threads."""

    def __init__(self, service: str, base: str, headers: Callable[[], Mapping[str, str]], *, tries: int = _TRIES) -> None:
        """``headers`` gives what proves who asks; it is called for each request and goes to ``base``'s host alone."""
        self.service = service
        self.base = base.rstrip("/")
        self._headers = headers
        self._tries = tries
        self.local = _is_local(base)
        agent = {"User-Agent": f"otio-retake/{__version__}"}
        common: dict[str, Any] = {"follow_redirects": False, "trust_env": not self.local, "headers": agent}
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=16)
        self._http = httpx.Client(timeout=READ_TIMEOUT, limits=limits, **common)
        # A connection that was kept may have been closed at the other end: then nobody knows what it carried.
        alone = httpx.Limits(max_connections=64, max_keepalive_connections=0)
        self._alone = httpx.Client(timeout=SUBMIT_TIMEOUT, limits=alone, **common)

    def close(self) -> None:
        """Lets go of all connections."""
        self._http.close()
        self._alone.close()

    # --- what may cost money ----------------------------------------------------------------------------------------

    def once(
        self,
        path: str,
        *,
        json: Any,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        timeout: httpx.Timeout = SUBMIT_TIMEOUT,
    ) -> httpx.Response:
        """Posts ``json``, once. Raises ``ServiceRefused`` where no connection came about: nothing was sent.

        Whatever else it raises means that nobody knows what became of the request.
        """
        request = self._alone.build_request(
            "POST", self._url(path), json=json, params=params, headers={**self._headers(), **(headers or {})},
            timeout=timeout,
        )  # fmt: skip
        try:
            return self._whole(self._alone, request, most_seconds=SUBMIT_SECONDS)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ServiceRefused(
                f"{self.service} cannot be reached ({type(error).__name__})",
                kind="unreachable",
                where=self._host(),
                fix="check the network; the order is sent when it is run again",
            ) from None

    # --- what costs nothing -----------------------------------------------------------------------------------------

    def read(
        self,
        method: Literal["GET", "POST", "PUT", "DELETE"],
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: httpx.Timeout = READ_TIMEOUT,
    ) -> httpx.Response:
        """Asks for something that changes nothing that is paid for, a few times where the answer may pass.

        Raises ``ServiceTrouble``. Every other answer is returned, whatever its status.
        """

        def ask() -> httpx.Response:
            return self._safely(
                self._http.build_request(
                    method, self._url(path), json=json, params=params, timeout=timeout,
                    headers={**self._headers(), **(headers or {})},
                )
            )  # fmt: skip

        return self._often(ask)

    def put(
        self,
        url: str,
        file: Path,
        *,
        headers: Mapping[str, str] | None = None,
        progress: Progress | None = None,
        method: Literal["PUT", "POST"] = "PUT",
        authorised: bool = False,
    ) -> httpx.Response:
        """Sends a file to where a service said that it should lie. The key goes along only where ``authorised``."""
        self._may_ask(url)
        size = file.stat().st_size

        def send() -> httpx.Response:
            own = self._headers() if authorised else {}
            sent = {"Content-Type": "video/mp4", "Content-Length": str(size), **own, **(headers or {})}
            content = _chunks(file, size, progress)
            return self._safely(
                self._http.build_request(method, url, content=content, headers=sent, timeout=FILE_TIMEOUT)
            )

        return self._often(send)

    def download(self, url: str, into: Path, progress: Progress, *, most: int = MOST_RESULT_BYTES) -> None:
        """Streams a result to ``into``, within bounds. No key is sent along.

        Raises ``ResultExpired`` for 401, 403, 404 and 410, ``ServiceTrouble`` for what may pass, ``ResultUnusable``.
        """
        for _ in range(MOST_REDIRECTS + 1):
            onward = self._one_download(url, into, progress, most)
            if onward is None:
                return
            url = urljoin(url, onward)
        raise self._unusable("the result's link leads from one place to the next without end")

    def _one_download(self, url: str, into: Path, progress: Progress, most: int) -> str | None:
        """Downloads, or returns where the server sends us on to."""
        self._may_ask(url)
        request = self._http.build_request("GET", url, headers={"Accept-Encoding": "identity"}, timeout=FILE_TIMEOUT)
        try:
            answer = self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise self._trouble(type(error).__name__) from None
        try:
            self._may_hear(answer)
            if answer.is_redirect:
                return str(answer.headers.get("Location", ""))
            if answer.status_code in (401, 403, 404, 410):
                raise ResultExpired(
                    f"{self.service} no longer has the result ({answer.status_code})",
                    where=self._host(url),
                    fix="ask the service; then order it again with --again",
                )
            if answer.status_code != 200:
                raise self._trouble(str(answer.status_code), answer)
            self._stream(answer, into, progress, most)
        finally:
            answer.close()
        return None

    def _stream(self, answer: httpx.Response, into: Path, progress: Progress, most: int) -> None:
        if answer.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
            raise self._unusable("the result is packed, though plain bytes were asked for")
        said = answer.headers.get("Content-Length", "")
        total = int(said) if said.isdigit() else None
        if total is not None and total > most:
            raise self._unusable(f"the result has {total / 1e6:.0f} MB; at most {most / 1e6:.0f} MB can be one")
        began, done = time.monotonic(), 0
        try:
            with into.open("wb") as file:
                for chunk in answer.iter_raw(_CHUNK):
                    done += len(chunk)
                    took = time.monotonic() - began
                    if done > most:
                        raise self._unusable(f"the result does not end within {most / 1e6:.0f} MB")
                    if took > DOWNLOAD_SECONDS or (took > 60 and done < took * LEAST_PACE):
                        raise self._trouble("too slow to end")
                    file.write(chunk)
                    progress(done, total)
        except httpx.HTTPError as error:
            raise self._trouble(type(error).__name__) from None
        if total is not None and done != total:
            raise self._trouble(f"{done} of {total} bytes came")

    # --- guards -----------------------------------------------------------------------------------------------------

    def _url(self, path: str) -> str:
        """A path at the service, or a whole address that the service gave, if that is at the service's own host."""
        if "://" not in path:
            return self.base + path
        mine, theirs = urlsplit(self.base), urlsplit(path)
        if (mine.scheme, mine.netloc) != (theirs.scheme, theirs.netloc):
            raise ServiceTrouble(
                f"{self.service} names another host for its job", where=self._host(path), fix="ask the service"
            )
        return path

    def _may_ask(self, url: str) -> None:
        """Refuses addresses that no service has any business to send us to. Raises ``ResultUnusable``."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and self.local):
            raise self._unusable(f"the service names a link of the kind {parts.scheme or 'nothing'!r}")
        if not parts.hostname or parts.username or parts.password:
            raise self._unusable("the service names a link without a proper host")
        if self.local:
            if not _is_local(url):
                raise self._unusable("a service on this machine names a link elsewhere")
            return
        with suppress(OSError):
            found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
            if any(not _is_public(str(entry[4][0])) for entry in found):
                raise self._unusable("the service names a link into a private network")

    def _may_hear(self, answer: httpx.Response) -> None:
        """The same of the address that was really connected to: names can change between question and answer."""
        stream = answer.extensions.get("network_stream")
        address = stream.get_extra_info("server_addr") if stream is not None else None
        if address and not self.local and not _proxied() and not _is_public(str(address[0])):
            raise self._unusable("the service's link leads into a private network")

    # --- errors -----------------------------------------------------------------------------------------------------

    def _safely(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = self._whole(self._http, request)
        except httpx.HTTPError as error:
            raise self._trouble(type(error).__name__) from None
        if answer.status_code in PASSING:
            raise self._trouble(str(answer.status_code), answer)
        return answer

    def _whole(self, client: httpx.Client, request: httpx.Request, most_seconds: float = READ_SECONDS) -> httpx.Response:
        """An answer with all of its body, which is bounded in bytes and in time."""
        began, body = time.monotonic(), bytearray()
        answer = client.send(request, stream=True)
        try:
            for chunk in answer.iter_bytes(_CHUNK):
                body += chunk
                if len(body) > MOST_ANSWER_BYTES or time.monotonic() - began > most_seconds:
                    raise httpx.DecodingError("an answer without end", request=request)
        finally:
            answer.close()
        kept = [(k, v) for k, v in answer.headers.multi_items() if k.lower() not in _OF_THE_WIRE]
        return httpx.Response(answer.status_code, headers=kept, content=bytes(body), request=request)

    def _often(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        waits = wait_exponential_jitter(initial=0.3, max=5, jitter=0.5)
        for attempt in Retrying(
            retry=retry_if_exception_type(_Passing), stop=stop_after_attempt(self._tries), wait=waits, reraise=True
        ):
            with attempt:
                return ask()
        raise AssertionError("tenacity raises the last error itself")

    def _trouble(self, why: str, answer: httpx.Response | None = None) -> ServiceTrouble:
        wait = retry_after(answer) if answer is not None else None
        # A service that says when to come back is not asked before.
        kind = ServiceTrouble if wait else _Passing
        return kind(
            f"{self.service} has trouble ({why})",
            where=self._host(),
            fix="nothing: it is asked again; nothing was paid",
            retry_after=wait,
        )

    def _unusable(self, what: str) -> ResultUnusable:
        return ResultUnusable(what, where=self.service, fix="ask the service what it sent; nothing of it was kept")

    def _host(self, url: str = "") -> str:
        """The host alone: paths and queries of links may be secrets."""
        return f"{self.service}, {urlsplit(url or self.base).hostname}"


class _Passing(ServiceTrouble):
    """Trouble that is worth a second try at once."""


def retry_after(answer: httpx.Response) -> int | None:
    """The seconds of a ``Retry-After`` header; None where there is none. Dates are not used by these services."""
    said = answer.headers.get("Retry-After", "").strip()
    return min(max(int(said), 1), 3600) if said.isdigit() else None


def body_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty for anything else."""
    try:
        found = answer.json()
    except (ValueError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def base_url(service: str, usual: str) -> str:
    """Where a service is: at its own address, or where the settings' environment says. Raises ``SettingsError``."""
    name = f"OTIO_RETAKE_{service.upper().replace('-', '_')}_URL"
    said = os.environ.get(name, "").strip()
    if not said:
        return usual
    parts = urlsplit(said)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_local(said)):
        raise SettingsError(
            "footage and keys go over TLS only", where=name, fix="write an https:// address, or one of this machine"
        )
    return said.rstrip("/")


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global


def _proxied() -> bool:
    """Whether a proxy stands between: then the address that is connected to is the proxy's."""
    return any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"))


def _chunks(file: Path, size: int, progress: Progress | None) -> Iterator[bytes]:
    done = 0
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            yield chunk
            done += len(chunk)
            if progress:
                progress(done, size)
