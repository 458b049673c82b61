"""What the server needs of the desk behind it: blocking calls, made in threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Protocol

Kind = Literal["strip", "still", "pair", "sound"]


class Serves(Protocol):
    """A desk as the server sees it. Several calls may come at once, each in a thread of its own.

    A ``RetakeError`` is told to the page in its three parts. ``KeyError`` means that nothing goes by an id; any other
    exception is told as a fault of the program.
    """

    def board(self) -> dict[str, Any]:
        """Everything that the page shows."""

    def live(self) -> dict[str, Any]:
        """What changes while orders are at work. Asked for twice a second while a page listens, so it is cheap."""

    def do(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Does one of ``calls.CALLS``. ``body`` has been looked at, and holds only what was said."""

    def picks(self) -> dict[str, Any]:
        """The picks file; ``cut`` in it is the cut's name."""

    def file(self, kind: Kind, ident: str, part: str) -> Path:
        """A whole file to be sent, made first where it has to be: that may take a while.

        ``ident`` is a request's id for ``strip`` and ``still``, a take's for ``pair`` and ``sound``, as the page sent
        it; ``part`` is ``0`` to ``4`` for ``still``, ``a`` or ``b`` for ``sound``, and empty else. Raises ``KeyError``
        where there is no such thing.
        """

    def numbers(self, take: str) -> dict[str, Any]:
        """What was measured of a take. Raises ``KeyError`` for one that is not known."""

    def export(self) -> Iterator[bytes]:
        """The page as one HTML file that opens by itself, piece by piece."""

    def export_name(self) -> str:
        """What that file is called when it is saved."""
