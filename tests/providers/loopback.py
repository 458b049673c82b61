"""Servers on loopback that answer as they are told, down to the byte, and remember what they were asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

KEY = "kEy-5ecret-" * 2

Answer = bytes | Iterable[bytes] | Callable[[socket.socket], None]
"""Bytes to send, pieces to send, or something to do with the connection; then it is closed."""


@dataclass(frozen=True)
class Asked:
    """One request."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """Answers each request with the next of ``answers``, and with the last one from then on."""

    answers: list[Answer]
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    sent: int = 0

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        # A thread that waits in accept is woken by this, and by close alone it is not.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in (self._accepting, *self._threads):
            thread.join(5)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._listening.getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            try:
                head, _, body = self._head(connection).partition(b"\r\n\r\n")
                lines = head.decode("latin-1").split("\r\n")
                headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
                wanted = int(headers.get("content-length", "0"))
                while len(body) < wanted:
                    more = connection.recv(1 << 16)
                    if not more:
                        return
                    body += more
                if not lines[0]:
                    return
                number = len(self.asked)
                self.asked.append(Asked(lines[0], headers, body))
                self._answer(connection, self.answers[min(number, len(self.answers) - 1)])
            except OSError:
                return

    @staticmethod
    def _head(connection: socket.socket) -> bytes:
        found = b""
        while b"\r\n\r\n" not in found:
            more = connection.recv(1 << 16)
            if not more:
                break
            found += more
        return found

    def _answer(self, connection: socket.socket, answer: Answer) -> None:
        if callable(answer):
            answer(connection)
            return
        for piece in [answer] if isinstance(answer, bytes) else answer:
            connection.sendall(piece)
            self.sent += len(piece)


def http(status: str, body: bytes = b"", *, length: int | None = -1, **headers: str) -> bytes:
    """A whole answer. ``length`` is what it says of its length: by default the truth, None for nothing."""
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def drop(_connection: socket.socket) -> None:
    """The request was read; no answer comes."""


def nobody() -> str:
    """An address on this machine at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def proof() -> Mapping[str, str]:
    """What a wire proves itself with."""
    return {"Authorization": f"Bearer {KEY}"}


def quiet(done: int, total: int | None) -> None:
    """Hears of progress, and does nothing."""
