"""Who may use the desk: a token that is good once, and the rooms that it opened.

A cookie is sent to every port of its host, so it alone proves little. Each session therefore has a *room*, a random
part of all its paths: the cookie is bound to it, and a page on another port cannot know it.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

COOKIE = "desk"
"""The cookie's name."""


@dataclass(frozen=True, slots=True)
class Session:
    """A page that was let in."""

    room: str
    cookie: str

    @property
    def set_cookie(self) -> str:
        """The header that gives the cookie to the browser, for this room and out of reach of scripts."""
        return f"{COOKIE}={self.cookie}; Path=/d/{self.room}/; HttpOnly; SameSite=Strict"


class Sessions:
    """The sessions of one server; they end with it."""

    def __init__(self, minted: Callable[[str], None]) -> None:
        """``minted`` is told each new token, one after the other, and may take its time."""
        self._minted = minted
        self._lock = threading.Lock()
        self._token = ""
        self._open: tuple[Session, ...] = ()

    def begin(self) -> None:
        """Makes the first token."""
        with self._lock:
            self._mint()

    def enter(self, token: str) -> Session | None:
        """Takes a token for a session, and makes the next one; None where it is not the one that is good now.

        Wrong ones are not counted: 256 bits are not guessed, and a count would let anybody on this machine shut the
        door for its owner.
        """
        with self._lock:
            if not self._token or not _same(token, self._token):
                return None
            session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
            self._open = (*self._open, session)
            self._mint()
            return session

    def knows(self, room: str, cookies: Iterable[str]) -> bool:
        """Whether one of the cookies opens the room."""
        shown = tuple(cookies)
        return any(
            [_same(room, session.room) and _same(cookie, session.cookie) for session in self._open for cookie in shown]
        )

    def _mint(self) -> None:
        self._token = secrets.token_urlsafe(32)
        self._minted(self._token)


def _same(said: str, known: str) -> bool:
    """Compares in a time that does not tell how much was right."""
    return hmac.compare_digest(said.encode("utf-8", "replace"), known.encode())
