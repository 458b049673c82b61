"""Segmind's list of requests: when a request that is not in it was never received."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from otio_retake.providers.segmind_history import LOCAL_LATE, NOWHERE, History
from tests.providers.loopback import http
from tests.providers.submissions import submission

UPLOAD = "https://assets.example/mine.mp4"


def row(ident: str, upload: str) -> dict[str, str]:
    return {"request_id": ident, "model_status": "COMPLETED", "request_body": json.dumps({"video_uri": upload})}


def listed(*rows: dict[str, str]) -> bytes:
    return http("200 OK", json.dumps({"data": rows}).encode())


def test_the_looks_of_several_runs_add_up(wired, tmp_path: Path) -> None:
    """What counts is how long ago the ledger has it that the submit began, not how long this run has looked."""
    pull = tmp_path / "pull.mp4"
    pull.write_bytes(b"pull")
    _, wire = wired(listed(row("other", "https://assets.example/other.mp4")))
    now = 1000.0
    sent = replace(submission("segmind", UPLOAD, pull), began_at=now)
    first_run = History(lambda: wire, lambda: now)
    assert first_run.find(sent) is None
    now += LOCAL_LATE - 1
    assert first_run.find(sent) is None
    now += 2
    second_run = History(lambda: wire, lambda: now)
    assert second_run.find(sent) is None, "one look alone is not believed"
    assert second_run.find(sent) is NOWHERE


def test_a_submit_of_which_nobody_knows_when_it_began_is_looked_for_all_the_longer(wired, tmp_path: Path) -> None:
    pull = tmp_path / "pull.mp4"
    pull.write_bytes(b"pull")
    _, wire = wired(listed(row("other", "https://assets.example/other.mp4")))
    now = 1000.0
    sent = submission("segmind", UPLOAD, pull)
    history = History(lambda: wire, lambda: now)
    assert history.find(sent) is None
    now += LOCAL_LATE - 1
    assert history.find(sent) is None
    now += 2
    assert history.find(sent) is NOWHERE


def test_an_attempt_that_follows_is_looked_for_anew(wired, tmp_path: Path) -> None:
    pull = tmp_path / "pull.mp4"
    pull.write_bytes(b"pull")
    _, wire = wired(listed(row("other", "https://assets.example/other.mp4")))
    now = 1000.0
    sent = submission("segmind", UPLOAD, pull)
    history = History(lambda: wire, lambda: now)
    history.find(sent)
    now += LOCAL_LATE
    assert history.find(sent) is NOWHERE
    assert history.find(sent) is None
    now += LOCAL_LATE
    assert history.find(sent) is NOWHERE


def test_a_request_that_is_listed_is_found_at_once(wired, tmp_path: Path) -> None:
    _, wire = wired(listed(row("r-1", UPLOAD)))
    found = History(lambda: wire).find(submission("segmind", UPLOAD, tmp_path / "pull.mp4"))
    assert found is not None
    assert found.ident == "r-1"
