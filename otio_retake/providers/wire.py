"""HTTP to a service, for every provider alike: what may be tried again is, what may never be is sent once.

`once` is for what may cost money: one request on a connection of its own, which no layer below repeats. `read`, `put`
and `embed` cost nothing and are tried a few times with growing pauses. `download` trusts nobody: size, time, length
and address are bounded. No error, no log and no repr says a key, a query or a path: those of signed links are secrets.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential, wait_random

from .._version import __version__
from ..errors import OutcomeUnknown, ServiceRefused, ServiceTrouble, SettingsError
from ..orders import UNREACHABLE
from .addresses import Guard, check_link, is_local, is_secure, proxied, same_host
from .base import Progress
from .bodies import Enclosed, Endless, Unpacker, file_chunks
from .downloads import FILE_TIMEOUT, Bounds, Download
from .hush import QuietClient
from .troubles import Passing, host_of, retry_after, trouble, unsent

__all__ = ["FILE_TIMEOUT", "Bounds", "Enclosed", "Wire", "base_url", "body_of", "retry_after", "unsent"]

READ_TIMEOUT = httpx.Timeout(60, connect=15)
SUBMIT_TIMEOUT = httpx.Timeout(120, connect=15)

MOST_ANSWER_BYTES = 4_000_000
"""An answer in JSON above this is none."""

READ_SECONDS, SUBMIT_SECONDS = 180, 900
"""The longest that a whole exchange may take, from its connection on; a submit that is served at once may hold for
minutes."""

PUT_SECONDS = 3600
"""The longest that an upload may take, with its answer."""

_TRIES = 3

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
"""Answers to a read or an upload after which it may be tried again."""

_NOT_TO_BE_SET = {"host", "content-length", "transfer-encoding", "connection"}

BOUNDS = Bounds()

_OF_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding", "connection"}


class TooSlow(httpx.ReadTimeout):
    """An exchange was ended by us, for it had taken all of its time."""


class Wire:
    """The connections to one service. Safe for many threads."""

    def __init__(
        self,
        service: str,
        base: str,
        headers: Callable[[], Mapping[str, str]],
        *,
        tries: int = _TRIES,
        bounds: Bounds = BOUNDS,
    ) -> None:
        """``headers`` gives what proves who asks; it is called for each request and goes to ``base``'s host alone."""
        self.service = service
        self.base = base.rstrip("/")
        self._headers = headers
        self._tries = tries
        self.local = is_local(base)
        # Plain answers: what is packed may be a thousand times what it seems.
        usual = {"User-Agent": f"otio-retake/{__version__}", "Accept-Encoding": "identity"}
        common: dict[str, Any] = {"follow_redirects": False, "trust_env": not self.local, "headers": usual}
        # A connection that was kept may have been closed at the other end: then nobody knows what it carried. And only
        # one that is made for a request can be ended with it, whatever the other end does.
        alone = httpx.Limits(max_connections=64, max_keepalive_connections=0)
        self._alone = QuietClient(timeout=SUBMIT_TIMEOUT, limits=alone, **common)
        self._download = Download(self._alone, service, self.base, bounds)

    def close(self) -> None:
        """Lets go of all connections."""
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
        """Posts ``json``, once. Raises ``ServiceRefused`` where it could not be made, or no connection came about.

        Whatever else it raises means that nobody knows what became of the request.
        """
        with unsent(self.service):
            request = self._alone.build_request(
                "POST", self._url(path), json=json, params=params, headers={**self._headers(), **(headers or {})},
                timeout=timeout,
            )  # fmt: skip
        lost = why = ""
        try:
            return self._whole(request, SUBMIT_SECONDS)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            why = type(error).__name__
        except httpx.HTTPError as error:
            lost = type(error).__name__
        if lost:
            # Raised out here, so that nothing holds on to the request, in which the key stands.
            raise OutcomeUnknown(f"{self.service} did not answer ({lost})", where=self._host())
        raise ServiceRefused(
            f"{self.service} cannot be reached ({why})",
            kind=UNREACHABLE,
            where=self._host(),
            fix="check the network; the order is sent when it is run again",
        )

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
        url = self._url(path)
        return self._often(
            lambda: self._request(
                method,
                url,
                READ_SECONDS,
                json=json,
                params=params,
                headers={**self._headers(), **(headers or {})},
                timeout=timeout,
            )
        )

    def embed(self, path: str, make: Callable[[], Enclosed], *, progress: Progress | None = None) -> httpx.Response:
        """Posts a file inside JSON to the service itself; ``make`` makes the body anew for each try."""
        url = self._url(path)

        def send() -> httpx.Response:
            body = make()
            sent = {"Content-Type": "application/json", "Content-Length": str(body.size), **self._headers()}
            return self._request(
                "POST", url, PUT_SECONDS, content=body.chunks(progress), headers=sent, timeout=FILE_TIMEOUT
            )

        return self._often(send)

    def put(
        self,
        url: str,
        file: Path,
        *,
        headers: Mapping[str, str] | None = None,
        progress: Progress | None = None,
        method: Literal["PUT", "POST"] = "PUT",
        authorised: bool = False,
        chosen: bool = False,
    ) -> httpx.Response:
        """Sends a file to where a service said that it should lie. The key goes along only where ``authorised``.

        ``chosen`` is for an address that is the user's own choice, not a service's: it may be in their own network.
        """
        if authorised:
            self._url(url)
        if not chosen:
            check_link(url, local=self.local, service=self.service, base=self.base)
        elif not is_secure(url):
            where = host_of(self.service, url)
            raise SettingsError("footage goes over TLS only", where=where, fix="use an https:// address")
        size = file.stat().st_size
        # As for downloads: a name can mean another address when it is connected to than when it was looked at.
        guarded = not (self.local or chosen or same_host(url, self.base) or proxied(url))

        def send() -> httpx.Response:
            own = self._headers() if authorised else {}
            sent = {"Content-Type": "video/mp4", **own}
            for name, value in (headers or {}).items():
                # What a service wants said goes before what we say; how it is sent is no matter of its own.
                sent = {k: v for k, v in sent.items() if k.lower() != name.lower()}
                sent |= {} if name.lower() in _NOT_TO_BE_SET else {name: value}
            sent["Content-Length"] = str(size)
            content = file_chunks(file, progress)
            return self._request(
                method, url, PUT_SECONDS, public=guarded, content=content, headers=sent, timeout=FILE_TIMEOUT
            )

        return self._often(send)

    def download(self, url: str, into: Path, progress: Progress, *, most: int | None = None) -> None:
        """Streams a result to ``into``, within bounds. No key is sent along.

        Raises ``ResultExpired`` for 401, 403, 404 and 410, ``ServiceTrouble`` for what may pass, ``ResultUnusable``.
        """
        self._download.run(url, into, progress, most)

    # --- one request ------------------------------------------------------------------------------------------------

    def _url(self, path: str) -> str:
        """A path at the service, or a whole address that the service gave, if that is at the service's own host."""
        if not path or path[0] in "/?":
            return self.base + path
        if not same_host(path, self.base):
            raise ServiceTrouble(
                f"{self.service} names another host for its job",
                where=host_of(self.service, path),
                fix="ask the service",
                passing=False,
            )
        return path

    def _request(
        self, method: str, url: str, most_seconds: float, *, public: bool = False, **more: Any
    ) -> httpx.Response:
        """One request and its whole answer. Raises ``ServiceTrouble`` where none came, or one that may pass."""
        why, answer, late = "", None, False
        try:
            answer = self._whole(self._alone.build_request(method, url, **more), most_seconds, public=public)
        except TooSlow:
            late = True
        except (httpx.InvalidURL, ValueError) as error:
            # An address or a header that a service gave, and that cannot be sent.
            why = type(error).__name__
        except httpx.HTTPError as error:
            why = type(error).__name__
        # Outside of the handlers: what was caught knows the request, and is not to go along.
        if late:
            # That took long enough not to be done over at once.
            raise ServiceTrouble(
                f"{self.service} has trouble (no end of an answer within {most_seconds:.0f} s)",
                where=host_of(self.service, url),
                fix="nothing: it is asked again; nothing was paid",
            )
        if answer is None:
            raise trouble(self.service, why, url)
        if answer.status_code in PASSING:
            raise trouble(self.service, str(answer.status_code), url, answer)
        return answer

    def _whole(self, request: httpx.Request, most_seconds: float, *, public: bool = False) -> httpx.Response:
        """An answer with all of its body, which is bounded in bytes; the whole exchange is in time.

        ``public`` is whether the connection may lead to the open net only.
        """
        with Guard(self.service, public, most_seconds) as guard:
            request.extensions = {**request.extensions, "trace": guard.trace}
            try:
                answer = self._alone.send(request, stream=True)
                try:
                    unpacker = Unpacker(answer.headers.get("Content-Encoding", ""), MOST_ANSWER_BYTES)
                    for chunk in answer.iter_raw():
                        unpacker.feed(chunk)
                except (Endless, ValueError):
                    raise httpx.DecodingError("an answer without end, or one that cannot be unpacked") from None
                finally:
                    answer.close()
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                if guard.late:
                    raise TooSlow("too slow to end") from None
                raise
            if guard.late:
                # A body without a length would otherwise seem to have ended well.
                raise TooSlow("too slow to end")
        kept = [(k, v) for k, v in answer.headers.multi_items() if k.lower() not in _OF_THE_WIRE]
        # The request is not kept with it: its headers hold the key.
        return httpx.Response(answer.status_code, headers=kept, content=bytes(unpacker.body))

    def _stream(self, answer: httpx.Response, into: Path, progress: Progress, most: int) -> None:
        """Writes the body of an answer to ``into``. Raises ``ServiceTrouble`` or ``ResultUnusable``."""
        if why := self._download.stream(answer, into, progress, most):
            raise trouble(self.service, why, self.base)

    def _host(self) -> str:
        return host_of(self.service, self.base)

    def _often(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        waits = wait_exponential(multiplier=0.3, max=5) + wait_random(0, 0.5)
        for attempt in Retrying(
            retry=retry_if_exception_type(Passing), stop=stop_after_attempt(self._tries), wait=waits, reraise=True
        ):
            with attempt:
                return ask()
        raise AssertionError("tenacity raises the last error itself")


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
    if not is_secure(said):
        raise SettingsError(
            "footage and keys go over TLS only", where=name, fix="write an https:// address, or one of this machine"
        )
    return said.rstrip("/")
