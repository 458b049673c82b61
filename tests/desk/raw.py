"""Requests as no well-behaved client would send them."""

from __future__ import annotations

import socket
from dataclasses import dataclass

import httpx

from otio_retake.desk.serving import Serving


@dataclass(frozen=True)
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(port: int, *lines: str, body: bytes = b"") -> RawAnswer:
    """Sends lines as they are, and gives what comes back until the server closes, or has said all."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        return heard(connection)


def heard(connection: socket.socket) -> RawAnswer:
    """One answer."""
    came = b""
    while b"\r\n\r\n" not in came:
        piece = connection.recv(65536)
        assert piece, f"closed after {came!r}"
        came += piece
    head, _, rest = came.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", -1))
    while len(rest) < length or length < 0:
        piece = connection.recv(65536)
        if not piece:
            break
        rest += piece
    return RawAnswer(int(first.split()[1]), headers, rest)


def cookie_of(page: httpx.Client) -> str:
    """The cookie that a page was let in with."""
    return page.cookies["desk"]


def lines_of(page: httpx.Client, serving: Serving, what: str = "GET", part: str = "board", **headers: str) -> list[str]:
    """A good request of a page, line by line; ``headers`` change it, and an empty one leaves one out."""
    said = {
        "Host": f"127.0.0.1:{serving.port}",
        "Origin": serving.url.rstrip("/"),
        "Sec-Fetch-Site": "same-origin",
        "Cookie": f"desk={cookie_of(page)}",
        "Connection": "close",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return [
        f"{what} {page.base_url.path}{part} HTTP/1.1",
        *(f"{name}: {value}" for name, value in said.items() if value),
    ]
