"""What is live comes to every page that listens, at once and when it changes, and costs one look for all."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from otio_retake.desk.events import EVERY, Events
from otio_retake.desk.serving import Serving
from otio_retake.errors import ProjectBusy

from .conftest import served
from .raw import lines_of
from .stand_in import StandIn

Enter = Callable[[], httpx.Client]


@pytest.fixture
def _own(tmp_path: Path) -> Iterator[tuple[StandIn, Serving]]:
    with served(tmp_path) as made:
        yield made


@pytest.fixture
def stand_in(_own: tuple[StandIn, Serving]) -> StandIn:
    return _own[0]


@pytest.fixture
def serving(_own: tuple[StandIn, Serving]) -> Serving:
    return _own[1]


class Listener:
    """A page that listens; ``heard`` are the states that it was told."""

    def __init__(self, page: httpx.Client) -> None:
        self.heard: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.ended = threading.Event()
        self.media_type = ""
        self._page = page
        self.broke: Exception | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            with self._page.stream("GET", "events", timeout=30) as answer:
                self.media_type = answer.headers["content-type"]
                for line in answer.iter_lines():
                    self.lines.append(line)
                    if line.startswith("data: "):
                        self.heard.append(json.loads(line.removeprefix("data: ")))
        except (httpx.HTTPError, httpx.StreamError) as error:
            self.broke = error
        finally:
            self.ended.set()

    def told(self, number: int) -> list[dict[str, Any]]:
        """What it was told, once that are so many states."""
        until(lambda: len(self.heard) >= number)
        return list(self.heard)


Listen = Callable[[], Listener]


@pytest.fixture
def listen(enter: Enter, serving: Serving) -> Iterator[Callable[[], Listener]]:
    """Lets another page in, which listens until the server stops."""
    made: list[Listener] = []

    def listening() -> Listener:
        made.append(Listener(enter()))
        return made[-1]

    yield listening
    serving.stop()
    assert all(listener.ended.wait(10) for listener in made)
    assert [listener.broke for listener in made if listener.broke] == []


@contextmanager
def asleep(page: httpx.Client, serving: Serving) -> Iterator[None]:
    """A page that listens and reads nothing."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", serving.port))
        connection.sendall("\r\n".join([*lines_of(page, serving, part="events"), "", ""]).encode())
        yield


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


def test_a_page_is_told_at_once_and_when_something_changes(listen: Listen, stand_in: StandIn) -> None:
    began = time.monotonic()
    listener = listen()
    assert listener.told(1) == [{"stamp": "1", "said": []}]
    assert time.monotonic() - began < EVERY + 20
    assert listener.media_type.startswith("text/event-stream")
    assert listener.lines[0] == "event: live"
    stand_in.state = {"stamp": "2", "said": ["line\nbreak"]}
    assert listener.told(2)[-1] == {"stamp": "2", "said": ["line\nbreak"]}


@pytest.mark.slow
def test_what_does_not_change_is_told_once(listen: Listen, stand_in: StandIn) -> None:
    listener = listen()
    listener.told(1)
    looks = stand_in.looks
    until(lambda: stand_in.looks >= looks + 2)
    assert len(listener.heard) == 1


@pytest.mark.slow
def test_all_pages_are_told_by_one_look(listen: Listen, stand_in: StandIn) -> None:
    listeners = [listen() for _ in range(4)]
    for listener in listeners:
        listener.told(1)
    looks, began = stand_in.looks, time.monotonic()
    until(lambda: stand_in.looks >= looks + 3)
    assert time.monotonic() - began > 2 * EVERY * 0.9
    stand_in.state = {"stamp": "2"}
    assert [listener.told(2)[-1] for listener in listeners] == [{"stamp": "2"}] * 4


@pytest.mark.slow
def test_nobody_looks_while_nobody_listens(
    listen: Listen, page: httpx.Client, serving: Serving, stand_in: StandIn
) -> None:
    assert stand_in.looks == 0
    with asleep(page, serving):
        until(lambda: stand_in.looks > 0)
    # Its going away is noticed although nothing is to be told.
    time.sleep(EVERY * 1.2)
    looks = stand_in.looks
    time.sleep(EVERY * 2.2)
    assert stand_in.looks == looks
    assert listen().told(1) == [stand_in.state]


@pytest.mark.slow
def test_a_page_that_reads_nothing_holds_nobody_up(
    page: httpx.Client, listen: Listen, serving: Serving, stand_in: StandIn
) -> None:
    stand_in.state = {"stamp": "0", "said": ["x" * 3_000_000]}
    with asleep(page, serving):
        until(lambda: stand_in.looks > 1)
        listener = listen()
        listener.told(1)
        for number in (2, 3):
            stand_in.state = {"stamp": str(number), "said": ["x" * 3_000_000]}
            assert listener.told(number)[-1]["stamp"] == str(number)


def test_silence_is_broken_by_a_comment() -> None:
    said: list[bytes] = []
    left = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        said.append(message.get("body", b""))
        if said.count(b": still here\n\n") == 2:
            left.set()

    events = Events(lambda: {"stamp": "1"}, every=0.005, still_here=0.05)
    asyncio.run(asyncio.wait_for(events({"type": "http", "method": "GET"}, receive, send), 10))
    assert said[1:] == [b'event: live\ndata: {"stamp":"1"}\n\n', *[b": still here\n\n"] * 2]
    assert events.pages == 0


@pytest.mark.slow
def test_a_look_that_fails_is_followed_by_another(listen: Listen, stand_in: StandIn) -> None:
    stand_in.failing = ProjectBusy("another process holds it")
    listener = listen()
    until(lambda: stand_in.looks >= 2)
    stand_in.failing = ValueError("unforeseen")
    until(lambda: stand_in.looks >= 4)
    assert listener.heard == []
    stand_in.failing = None
    assert listener.told(1) == [stand_in.state]


def test_streams_end_at_once_when_the_server_stops(listen: Listen, serving: Serving) -> None:
    listeners = [listen() for _ in range(3)]
    for listener in listeners:
        listener.told(1)
    began = time.monotonic()
    serving.stop()
    assert time.monotonic() - began < 15, "it waits for pages that listen"
    assert all(listener.ended.wait(1) for listener in listeners)
    assert [listener.broke for listener in listeners] == [None] * 3


@pytest.mark.slow
def test_a_page_that_reads_nothing_does_not_keep_the_server(
    page: httpx.Client, serving: Serving, stand_in: StandIn
) -> None:
    stand_in.state = {"stamp": "0", "said": ["x" * 8_000_000]}
    with asleep(page, serving):
        until(lambda: stand_in.looks > 1)
        began = time.monotonic()
        serving.stop()
        assert time.monotonic() - began < 20, "it waits for a page that reads nothing"
        assert not serving.running
