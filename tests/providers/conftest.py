"""A wire to a server that answers as it is told, and one to a service that is never reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from otio_retake.providers.wire import Bounds, Wire
from tests.providers.loopback import Answer, Server, proof

USUAL = Bounds()


@pytest.fixture
def wired() -> Iterator[Callable[..., tuple[Server, Wire]]]:
    """Makes a server with its answers, and a wire to it."""
    opened: list[Server] = []
    wires: list[Wire] = []

    def make(*answers: Answer, tries: int = 2, bounds: Bounds = USUAL) -> tuple[Server, Wire]:
        server = Server(list(answers)).__enter__()
        opened.append(server)
        wires.append(Wire("acme", server.url, proof, tries=tries, bounds=bounds))
        return server, wires[-1]

    yield make
    for wire in wires:
        wire.close()
    for server in opened:
        server.__exit__()


@pytest.fixture
def remote() -> Iterator[Wire]:
    """A wire to a service on the open net, which is never reached here."""
    wire = Wire("acme", "https://acme.example", proof, tries=1)
    yield wire
    wire.close()
