"""Brings a pull to where a service can read it, for services that take an address and no file.

Two ways, both the user's own: an S3-compatible bucket (`OTIO_RETAKE_S3_BUCKET`, `_ENDPOINT`, `_PREFIX`, `_REGION`; the
key from the usual `AWS_` variables or the keyring), or a command (`OTIO_RETAKE_UPLOADER`) that prints addresses. There
is no third: no public host for passing files around is ever used. What the ledger keeps is an object's name; the
addresses themselves are signed when they are needed, and written nowhere.

Signature: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from ..errors import RetakeError, ServiceError, SettingsError
from ..keys import Key, need_key
from .addresses import is_local, is_public, is_secure, parted
from .base import Progress
from .hush import hushed
from .user_command import COMMAND, Addresses, ask
from .wire import Wire

BUCKET, ENDPOINT, PREFIX, REGION = (f"OTIO_RETAKE_S3_{part}" for part in ("BUCKET", "ENDPOINT", "PREFIX", "REGION"))

LINK_SECONDS = 2 * 3600
"""How long a service can read a pull by one address: its queue may be long."""

PUT_SECONDS = 3600

ATTEMPT = "x-attempt"
"""What carries an attempt's token in an address: S3 ignores, and signs, a query that begins with ``x-``."""

_NAME = re.compile(r"([0-9a-f]{8})[0-9a-f]{32}\.mp4")


class Uploader(Protocol):
    """A place for pulls that a service can read them from."""

    def put(self, pull: Path, progress: Progress) -> str:
        """Brings a pull there; returns its name there. It may be called again at no cost."""

    def link(self, name: str, token: str) -> str:
        """An address by which a service can read it for a while, with the attempt's token in it where that can be."""

    def forget(self, name: str) -> None:
        """Deletes it where that can be done; never raises."""


def uploader(service: str, *, local: bool) -> Uploader:
    """The uploader that the environment says. Raises ``SettingsError`` where there is none, or two.

    ``local`` is whether the service is on this machine, so that it can read what lies on it too.
    """
    command, bucket = _setting(COMMAND), _setting(BUCKET) or _setting(ENDPOINT)
    if command and bucket:
        raise SettingsError(
            "two uploaders are configured", where=f"{COMMAND}, {BUCKET}", fix="take one of them out of the environment"
        )
    if command:
        return Command(command, service, local)
    if bucket:
        return Bucket.configured(service, local)
    raise SettingsError(
        f"{service} reads pulls from an address, and there is no uploader to bring them to one",
        where=f"service {service}",
        fix=f"set {BUCKET} and the keys for it, or {COMMAND}: docs/providers.md says how",
    )


def configured() -> str:
    """Which uploader the environment says: ``s3``, ``command``, or nothing."""
    return "command" if _setting(COMMAND) else "s3" if _setting(BUCKET) or _setting(ENDPOINT) else ""


def check_uploader(service: str, *, local: bool) -> None:
    """Raises ``SettingsError`` where no pull could be brought anywhere, as far as that can be told here."""
    if isinstance(uploader(service, local=local), Bucket):
        _halves()


def uploader_said(service: str, *, local: bool) -> str:
    """How pulls are brought to where ``service`` reads them, or why they cannot be; for people."""
    try:
        check_uploader(service, local=local)
    except SettingsError as error:
        return f"{error.what}: {error.fix}"
    kind = configured()
    return f"the bucket of {BUCKET}" if kind == "s3" else f"the command of {COMMAND}"


def new_name() -> str:
    """A name for an object: when it was made, and 128 random bits. Nothing of a client's is in it."""
    return f"{int(time.time()):08x}{secrets.token_hex(16)}.mp4"


def made_at(name: str) -> int | None:
    """When an object of ours got its name, in seconds since 1970; None for a name that is not ours."""
    found = _NAME.fullmatch(name.rpartition("/")[2])
    return int(found[1], 16) if found else None


def attempt_in(query: str) -> str:
    """The token of the attempt that an address was made for; empty where it has none."""
    return parse_qs(query).get(ATTEMPT, [""])[0]


@dataclass(frozen=True, slots=True)
class Bucket:
    """An S3-compatible bucket. Addresses are ``endpoint/bucket/key``, which every such service takes."""

    service: str
    local: bool
    endpoint: str
    bucket: str
    prefix: str
    region: str

    @classmethod
    def configured(cls, service: str, local: bool) -> Bucket:
        """The bucket that the environment says. Raises ``SettingsError``."""
        _signer()
        region = _setting(REGION) or _setting("AWS_REGION") or _setting("AWS_DEFAULT_REGION") or "us-east-1"
        endpoint = (_setting(ENDPOINT) or f"https://s3.{region}.amazonaws.com").rstrip("/")
        if not is_secure(endpoint) or urlsplit(endpoint).query:
            raise SettingsError(
                "footage goes over TLS only", where=ENDPOINT, fix="write an https:// address without a query"
            )
        prefix = _setting(PREFIX).strip("/")
        return cls(service, local, endpoint, _setting(BUCKET).strip("/"), f"{prefix}/" if prefix else "", region)

    def put(self, pull: Path, progress: Progress) -> str:
        """A pre-signed PUT."""
        name = self.prefix + new_name()
        _send(self._signed("PUT", name, PUT_SECONDS), pull, {}, progress)
        return name

    def link(self, name: str, token: str) -> str:
        """A pre-signed GET."""
        return _readable(self._signed("GET", name, LINK_SECONDS, {ATTEMPT: token}), name, self.service, self.local)

    def forget(self, name: str) -> None:
        """A pre-signed DELETE. Keys that may not delete are common: a rule of the bucket's does it then."""
        with suppress(RetakeError):
            url = self._signed("DELETE", name, 60)
            wire = _wire(url)
            try:
                wire.read("DELETE", url)
            finally:
                wire.close()

    def _signed(self, method: str, name: str, seconds: int, more: Mapping[str, str] | None = None) -> str:
        key, ident, secret = _halves()
        return _signer()(
            method, self._address(name, more or {}), ident, secret, _session_token(key), self.region, seconds
        )

    def _address(self, name: str, more: Mapping[str, str]) -> str:
        path = "/".join(part for part in (self.bucket, name) if part)
        query = f"?{urlencode(more)}" if more else ""
        return f"{self.endpoint}/{quote(path, safe='/-_.~')}{query}"


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the user's that signs addresses. It is asked anew for each upload and each submit."""

    command: str
    service: str
    local: bool

    def put(self, pull: Path, progress: Progress) -> str:
        """The address for it, and the headers that it wants, come from the command."""
        name = new_name()
        said = self._ask(name)
        _send(said.put, pull, said.headers, progress)
        return name

    def link(self, name: str, token: str) -> str:
        """The command's other address for the same name."""
        return _readable(self._ask(name).get, name, self.service, self.local)

    def forget(self, name: str) -> None:
        """What the command brought there is the command's to delete."""

    def _ask(self, name: str) -> Addresses:
        return ask(self.command, name)


def _send(url: str, pull: Path, headers: Mapping[str, str], progress: Progress) -> None:
    """Puts a pull to an address of the user's own. Raises ``ServiceError`` where it is not taken."""
    wire = _wire(url)
    try:
        answer = wire.put(url, pull, headers=headers, progress=progress, chosen=True)
    finally:
        wire.close()
    if answer.status_code not in (200, 201, 204):
        refused = answer.status_code in (401, 403)
        raise ServiceError(
            f"the uploader's storage did not take the pull: it answers {answer.status_code}",
            where=f"the uploader, {urlsplit(url).hostname}",
            fix="check the storage's keys, region and clock" if refused else "check the bucket and the endpoint",
        )


def _wire(url: str) -> Wire:
    """A wire to the host of one address. There is no key: the address itself is signed."""
    if not is_secure(url):
        raise SettingsError("footage goes over TLS only", where="the uploader's address", fix="use an https:// address")
    parts = urlsplit(url)
    return Wire("the uploader", f"{parts.scheme}://{parts.netloc}", dict)


def _readable(url: str, name: str, service: str, local: bool) -> str:
    """``url``, if ``service`` can read it and an order be found again by it. Raises ``SettingsError``."""
    parts = parted(url)
    if parts is None or not is_secure(url) or (is_local(url) and not local) or _private(parts.hostname or "", local):
        raise SettingsError(
            f"{service} could not read the pull at the uploader's address",
            where="the uploader's address",
            fix="it has to be an https:// address on the open net",
        )
    if not parts.path.endswith("/" + quote(name, safe="/-_.~")):
        raise SettingsError(
            "the path of the uploader's address does not end with the object's name",
            where="the uploader's address",
            fix="make it do so: the name is how an order is found again at the service",
        )
    return url


def _private(host: str, local: bool) -> bool:
    """Whether a host is an address, not a name, that nobody outside can reach."""
    return not local and bool(re.fullmatch(r"[\d.]+|[0-9a-f:]*:[0-9a-f:.]*", host)) and not is_public(host)


def _halves() -> tuple[Key, str, str]:
    """The key for a bucket, and its two halves. Raises ``SettingsError``."""
    key = need_key("s3")
    ident, _, secret = key.reveal().partition(":")
    if not ident or not secret:
        raise SettingsError(
            "the key for s3 has to be two, with a colon between them",
            where=f"service s3, {key.origin}",
            fix="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or `otio-retake keys set s3` with ID:SECRET",
        )
    return key, ident, secret


def _session_token(key: Key) -> str | None:
    return _setting("AWS_SESSION_TOKEN") or None if key.origin.startswith("AWS_") else None


def _setting(name: str) -> str:
    return os.environ.get(name, "").strip()


class _Signer(Protocol):
    def __call__(
        self, method: str, url: str, ident: str, secret: str, session: str | None, region: str, seconds: int, /
    ) -> str: ...


def _signer() -> _Signer:
    """What signs an address. Raises ``SettingsError`` where botocore is not installed."""
    try:
        from botocore.auth import S3SigV4QueryAuth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
    except ImportError:
        raise SettingsError(
            "uploads to a bucket need botocore, which is not installed",
            where=BUCKET,
            fix="install otio-retake[s3]",
        ) from None

    def sign(method: str, url: str, ident: str, secret: str, session: str | None, region: str, seconds: int, /) -> str:
        request = AWSRequest(method=method, url=url)
        with hushed():
            S3SigV4QueryAuth(Credentials(ident, secret, session), "s3", region, expires=seconds).add_auth(request)
        return str(request.url)

    return sign
