"""fal: what a cancelled request is known to have cost, by another process too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from otio_retake.errors import ServiceRefused
from otio_retake.orders import job_of
from otio_retake.providers.absences import SAME_MACHINE
from otio_retake.providers.fal import Fal, Job
from tests.providers.loopback import Answer, Server, http
from tests.providers.submissions import submission

ROOT = "/fal-ai/ltx-2.3/requests/r-1"
JOB = Job("r-1", f"{ROOT}/status", ROOT, f"{ROOT}/cancel")
GONE = http("404 Not Found", b'{"detail":"Request not found"}')


def said(line: str, **body: Any) -> bytes:
    return http(line, json.dumps(body).encode())


@pytest.fixture
def fal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Server, Fal]]]:
    """A provider whose service gives certain answers."""
    monkeypatch.setenv("FAL_KEY", "sesame:of-fal")
    opened: list[tuple[Server, Fal]] = []

    def make(*answers: Answer) -> tuple[Server, Fal]:
        server = Server(list(answers)).__enter__()
        monkeypatch.setenv("OTIO_RETAKE_FAL_URL", server.url)
        opened.append((server, Fal()))
        return opened[-1]

    yield make
    for server, provider in opened:
        provider.close()
        server.__exit__()


def test_options_of_the_queue_are_headers(fal, tmp_path: Path) -> None:
    server, provider = fal(said("422 No", detail="no"))
    options = (("runner_hint", "session-1"), ("priority", "low"), ("start_timeout", "30"))
    with pytest.raises(ServiceRefused):
        provider.submit(submission("fal", "https://u.example/p.mp4", tmp_path / "p", options=options))
    headers = server.asked[0].headers
    assert headers["x-fal-runner-hint"] == "session-1"
    assert headers["x-fal-queue-priority"] == "low"
    assert headers["x-fal-request-timeout"] == "30"


def test_a_request_that_left_the_queue_in_time_cost_nothing_and_every_process_knows(fal, tmp_path: Path) -> None:
    _, first = fal(said("200 OK", status="OK"))
    kept = first.cancel(JOB.pack())
    assert job_of(kept) == "r-1"
    _, other = fal(GONE)
    report = other.poll(kept, submission("fal", "", tmp_path / "pull.mp4"))
    assert (report.state, report.charged) == ("cancelled", False)


@pytest.mark.parametrize("answer", [said("202 Accepted", status="CANCELLATION_REQUESTED"), GONE])
def test_of_one_that_may_have_begun_the_cost_is_not_known(fal, tmp_path: Path, answer: bytes) -> None:
    import time

    _, first = fal(answer)
    kept = first.cancel(JOB.pack())
    _, other = fal(GONE)
    asking = submission("fal", "", tmp_path / "pull.mp4")
    with pytest.raises(Exception, match="does not know"):
        other.poll(kept, asking)
    time.sleep(SAME_MACHINE)
    report = other.poll(kept, asking)
    assert (report.state, report.charged) == ("cancelled", None)


def test_one_that_was_done_already_is_as_it_was(fal) -> None:
    _, provider = fal(said("400 Bad Request", status="ALREADY_COMPLETED"))
    assert provider.cancel(JOB.pack()) is None
