"""Keys of services: from the environment, or from the system's keyring; nowhere else, and shown never."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .errors import SettingsError

KEYRING = "otio-retake"
"""The name under which keys are kept in the system's keyring."""

VARIABLES: Mapping[str, tuple[str, ...]] = {
    "ltx": ("LTXV_API_KEY", "LTX_API_KEY"),
    "fal": ("FAL_KEY",),
    "segmind": ("SEGMIND_API_KEY",),
    "gmi": ("GMI_API_KEY", "GMI_CLOUD_API_KEY"),
    "runware": ("RUNWARE_API_KEY",),
}
"""Where each service's own documentation keeps its key, the usual name first."""

PAIRS: Mapping[str, tuple[str, str]] = {
    "fal": ("FAL_KEY_ID", "FAL_KEY_SECRET"),
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
}
"""Where a key may be kept in two halves; the whole is both with a colon between them."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, which no print, log or error shows; ``reveal`` is for the header that it goes into."""

    _text: str = field(repr=False)
    origin: str
    """The environment variable's name, or ``keyring``."""

    def reveal(self) -> str:
        """The key itself."""
        return self._text

    def __str__(self) -> str:
        return "(hidden)"

    def __format__(self, spec: str) -> str:
        return "(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("a key is not written anywhere")


def find_key(service: str) -> Key | None:
    """The key for ``service``; None where there is none."""
    for name in _variables(service):
        if text := os.environ.get(name, "").strip():
            return Key(_sound(text, service, name), name)
    if halves := PAIRS.get(service):
        ident, secret = (os.environ.get(name, "").strip() for name in halves)
        if ident and secret:
            return Key(_sound(f"{ident}:{secret}", service, halves[0]), halves[0])
    kept = _keyring("get", service)
    return Key(_sound(kept, service, "the keyring"), "keyring") if kept else None


def need_key(service: str) -> Key:
    """The key for ``service``. Raises ``SettingsError`` where there is none."""
    key = find_key(service)
    if key is None:
        names = VARIABLES.get(service, ())[:1] or PAIRS.get(service) or _variables(service)
        raise SettingsError(
            f"there is no key for {service}",
            where=f"service {service}",
            fix=f"set {' and '.join(names)} in the environment, or keep it with `otio-retake keys set {service}`",
        )
    return key


def _variables(service: str) -> tuple[str, ...]:
    """The variables that may hold a whole key: the service's own, and for any service one made of its name."""
    own = f"{re.sub(r'[^A-Z0-9]', '_', service.upper())}_API_KEY"
    return tuple(dict.fromkeys((*VARIABLES.get(service, ()), own)))


def keep_key(service: str, text: str) -> None:
    """Puts a key into the system's keyring. Raises ``SettingsError`` where there is no keyring to be had."""
    key = _sound(text.strip(), service, "what was typed")
    _keyring("set", service, key)
    if _keyring("get", service) != key:
        raise SettingsError(
            "the keyring took the key and does not have it",
            where="the system's keyring",
            fix="set the key in the environment instead, or have a keyring installed that keeps what it is given",
        )


def forget_key(service: str) -> bool:
    """Takes a key out of the keyring; False where there was none."""
    if not _keyring("get", service):
        return False
    _keyring("delete", service)
    return True


def _sound(text: str, service: str, origin: str) -> str:
    """A key that can stand in a header. What it is stays out of the message."""
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise SettingsError(
            "the key is empty, or has characters that no key has",
            where=f"service {service}, {origin}",
            fix="copy it again from the service's own page",
        )
    return text


def _keyring(what: Literal["get", "set", "delete"], service: str, text: str = "") -> str:
    import keyring
    from keyring.errors import NoKeyringError

    try:
        if what == "get":
            return keyring.get_password(KEYRING, service) or ""
        if what == "set":
            keyring.set_password(KEYRING, service, text)
        else:
            keyring.delete_password(KEYRING, service)
    except NoKeyringError:
        if what == "get":
            return ""
        raise SettingsError(
            "this system has no keyring", where="the system's keyring", fix="set the key in the environment instead"
        ) from None
    except Exception as error:
        # Keyrings talk to other programs, and let through whatever those come to.
        if what == "get":
            return ""
        raise SettingsError(
            f"the keyring refused ({type(error).__name__})", where="the system's keyring", fix="unlock it, try again"
        ) from None
    return ""
