"""Brings a result home from wherever a service says that it lies, trusting nobody.

Size, time, length and address are bounded; no key goes along; each hop of a redirect is looked at as the first one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx

from ..durable import check_room
from ..errors import ResultExpired
from .addresses import Guard, check_link, is_local, proxied, same_host
from .base import MOST_RESULT_BYTES, Progress
from .troubles import host_of, is_number, trouble, unusable

FILE_TIMEOUT = httpx.Timeout(60, connect=15, write=120)

MOST_REDIRECTS = 3


LOOK_BYTES = 32_000_000
"""After so many bytes of a body without a length it is looked whether the disk has room for more."""


def announced(answer: httpx.Response) -> int | None:
    """How long an answer says that it is; None where it does not."""
    said = answer.headers.get("Content-Length", "")
    return int(said) if is_number(said) else None


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a result may be and how long it may take: what is beyond has no end, or is not one."""

    most_bytes: int = MOST_RESULT_BYTES
    seconds: float = 900
    least_pace: int = 10_000
    """Bytes a second below which a download is given up, once ``patience`` seconds have gone by."""

    patience: float = 60
    reserve_bytes: int = 256_000_000
    """What is left free on the disk, whatever a service sends: ledgers and takes have to be written too."""


@dataclass(frozen=True, slots=True)
class Download:
    """One service's way of bringing results home. ``http`` keeps no connections, so that each is looked at."""

    http: httpx.Client
    service: str
    base: str
    bounds: Bounds

    def run(self, url: str, into: Path, progress: Progress, most: int | None = None) -> None:
        """Streams a result to ``into``.

        Raises ``ResultExpired`` for 401, 403, 404 and 410, ``ServiceTrouble`` for what may pass, ``ResultUnusable``.
        """
        for _ in range(MOST_REDIRECTS + 1):
            onward = self._hop(url, into, progress, most or self.bounds.most_bytes)
            if onward is None:
                return
            try:
                url = urljoin(url, onward)
            except ValueError:
                raise unusable(self.service, "the result's link leads nowhere") from None
        raise unusable(self.service, "the result's link leads from one place to the next without end")

    def _hop(self, url: str, into: Path, progress: Progress, most: int) -> str | None:
        """Downloads, or returns where the server sends us on to."""
        check_link(url, local=is_local(self.base), service=self.service, base=self.base)
        # A proxy may well be in a private network; what lies behind it, it has to know itself.
        public = not (is_local(self.base) or same_host(url, self.base) or proxied(url))
        with Guard(self.service, public, self.bounds.seconds) as guard:
            answer = self._ask(url, guard)
            try:
                if answer.is_redirect:
                    return str(answer.headers.get("Location", ""))
                if answer.status_code in (401, 403, 404, 410):
                    raise ResultExpired(
                        f"{self.service} no longer has the result ({answer.status_code})",
                        where=host_of(self.service, url),
                        fix="ask the service; then order it again with --again",
                    )
                if answer.status_code != 200:
                    passing = answer.status_code in (408, 425, 429) or answer.status_code >= 500
                    raise trouble(self.service, str(answer.status_code), url, answer, passing=passing)
                check_room(into.parent, announced(answer) or 0, self.bounds.reserve_bytes)
                why = self.stream(answer, into, progress, most, reserve=self.bounds.reserve_bytes)
                if guard.late:
                    # A body without a length would otherwise seem to have ended well.
                    why = "too slow to end"
            finally:
                answer.close()
        if why:
            # The file was there, and did not come whole: it may be the file that is not.
            raise trouble(self.service, why, url, passing=False)
        return None

    def _ask(self, url: str, guard: Guard) -> httpx.Response:
        why = ""
        try:
            request = self.http.build_request("GET", url, timeout=FILE_TIMEOUT, extensions={"trace": guard.trace})
            return self.http.send(request, stream=True)
        except (httpx.InvalidURL, ValueError):
            pass
        except httpx.HTTPError as error:
            why = "too slow to begin" if guard.late else type(error).__name__
        # Outside of the handlers: what was caught knows the whole address, and is not to go along.
        raise trouble(self.service, why, url) if why else unusable(self.service, "the service names no proper link")

    def stream(
        self, answer: httpx.Response, into: Path, progress: Progress, most: int, *, reserve: int | None = None
    ) -> str:
        """Writes the body to ``into``; returns what went wrong on the way, if anything did.

        ``reserve`` is what must stay free on the disk, of a body that did not say how long it is; None for no matter.
        """
        if answer.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
            raise unusable(self.service, "the result is packed, though plain bytes were asked for")
        total = announced(answer)
        if total is not None and total > most:
            raise unusable(self.service, f"the result has {total / 1e6:.0f} MB; at most {most / 1e6:.0f} MB can be one")
        began, done, why = time.monotonic(), 0, ""
        try:
            with into.open("wb") as file:
                for chunk in answer.iter_raw():
                    done += len(chunk)
                    took = time.monotonic() - began
                    if done > most:
                        raise unusable(self.service, f"the result does not end within {most / 1e6:.0f} MB")
                    if took > self.bounds.patience and done < took * self.bounds.least_pace:
                        return "too slow to end"
                    if total is None and reserve is not None and done // LOOK_BYTES > (done - len(chunk)) // LOOK_BYTES:
                        check_room(into.parent, 0, reserve)
                    file.write(chunk)
                    progress(done, total)
        except httpx.HTTPError as error:
            why = type(error).__name__
        if not why and total is not None and done != total:
            return f"{done} of {total} bytes came"
        return why
