"""What services bring by themselves: fal's and Runware's webhooks, Runware's results."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from otio_retake.simulator import Simulator

from .talk import Talk

Talks = Callable[[str], Talk]


class Ear:
    """Takes what is posted; the first time it is answered with 503."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                ear.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(503 if len(ear.heard) == 1 else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def wait(self, count: int) -> list[Any]:
        deadline = time.monotonic() + 10
        while len(self.heard) < count:
            assert time.monotonic() < deadline, self.heard
            time.sleep(0.02)
        return self.heard

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.close()


def test_runware_tells_a_webhook_of_each_result_and_tries_again(talks: Talks, clip: Path, ear: Ear) -> None:
    runware = talks("runware")
    ident = runware.ordered(clip, webhookURL=ear.url, numberResults=2)
    first, again, second = ear.wait(3)
    assert first == again
    assert [item["taskUUID"] for item in (first, second)] == [ident, ident]
    assert {first["videoURL"], second["videoURL"]} == {i["videoURL"] for i in runware.look(ident).json()["data"]}


@pytest.mark.parametrize(("prompt", "status"), [("rain", "OK"), ("rain [job-filtered]", "ERROR")])
def test_fal_tells_a_webhook_how_it_ended(prompt: str, status: str, talks: Talks, clip: Path, ear: Ear) -> None:
    fal = talks("fal")
    body = {"video_url": fal.upload(clip), "prompt": prompt}
    answer = fal.http.post(f"{fal.base}/fal-ai/ltx-2.3/retake-video", json=body, params={"fal_webhook": ear.url})
    _, told = ear.wait(2)
    assert (told["request_id"], told["status"]) == (answer.json()["request_id"], status)
    assert ("video" in told["payload"]) is (status == "OK")


def test_runware_puts_a_result_where_it_is_asked_to(talks: Talks, sim: Simulator, clip: Path, canned: Path) -> None:
    runware = talks("runware")
    url = f"{sim.url}/bucket/result.mp4?X-Amz-Signature=s"
    runware.ended(runware.ordered(clip, uploadEndpoint=url))
    deadline = time.monotonic() + 5
    while (answer := runware.bare.get(url)).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert answer.content == canned.read_bytes()


def test_nothing_is_brought_to_another_machine(talks: Talks, sim: Simulator, clip: Path) -> None:
    runware = talks("runware")
    for name in ("webhookURL", "uploadEndpoint"):
        answer = runware.submit(runware.upload(clip), **{name: "https://192.0.2.1/hook"})
        assert answer.status_code == 400
        assert "this machine" in runware.error(answer)
    assert sim.bill() == []
