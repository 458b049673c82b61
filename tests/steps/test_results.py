"""Results that were paid for: what keeps one from being used for good, and what only keeps it waiting."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from otio_retake.errors import ResultExpired, ServiceTrouble
from otio_retake.orders import State
from otio_retake.providers.base import Report
from otio_retake.steps import fetch, patience
from otio_retake.steps.run import Outcome, carry_out
from tests.steps.bench import Bench

A = "a" * 32
MOVIE = b"\0\0\0\x18ftypmp42 and more"
GONE = ResultExpired("ltx no longer has the result (404)", fix="ask the service")


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(patience, "MOST_WAIT", 0.002)


@pytest.fixture(autouse=True)
def _ready(bench: Bench) -> None:
    bench.order(upto=State.READY)
    bench.service.polls = [Report("ready")]
    bench.service.fetches = [MOVIE]


def run(bench: Bench) -> Outcome:
    return carry_out(bench.shop, [A], steps=("fetch", "verify"), conforming=False)


def fetched(bench: Bench) -> Path:
    """Fetches the result alone; returns where it lies."""
    fetch.run(bench.ledger.order(A), bench.shop)
    assert bench.state() is State.FETCHED
    return bench.project.result(A, 1)


def test_a_machine_without_room_leaves_the_order_fetched(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched(bench)
    monkeypatch.setattr(tempfile, "tempdir", str(bench.folder / "away"))
    outcome = run(bench)
    assert "could not be looked at" in outcome.failed[A].what
    assert bench.state() is State.FETCHED
    assert bench.ledger.order(A).results[0].state == "fetched"
    monkeypatch.undo()
    run(bench)
    assert bench.state() is State.REJECTED, "what its reader says of the bytes does reject it: these are no movie"


@pytest.mark.parametrize("left", [None, b"another", b""])
def test_a_file_that_is_not_here_as_it_came_is_fetched_again(bench: Bench, left: bytes | None) -> None:
    path = fetched(bench)
    path.unlink() if left is None else path.write_bytes(left)
    run(bench)
    assert path.read_bytes() == MOVIE
    assert bench.service.asked.count("fetch") == 2


@pytest.mark.parametrize("answer", [GONE, Report("expired")])
def test_one_that_is_gone_everywhere_is_waited_for(bench: Bench, answer: object) -> None:
    path = fetched(bench)
    kept = path.rename(path.with_suffix(".elsewhere"))
    if isinstance(answer, Report):
        bench.service.polls = [answer]
    else:
        bench.service.fetches = [answer]
    error = run(bench).failed[A]
    assert "not here" in error.what
    assert "bring the file back" in error.fix
    assert bench.state() is State.FETCHED
    kept.rename(path)
    run(bench)
    assert bench.state() is State.REJECTED, "it was looked at: these bytes are no movie"


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><p>sign in", b'\xef\xbb\xbf\n <?xml version="1.0"?>', b'{"error": 1}']
)
def test_a_page_in_place_of_a_movie_is_no_result(bench: Bench, page: bytes) -> None:
    bench.service.fetches = [page]
    error = run(bench).failed[A]
    assert isinstance(error, ServiceTrouble)
    assert "in place of the movie" in error.what
    assert bench.state() is State.READY
    assert bench.ledger.order(A).results == ()
    assert list(bench.project.result(A, 1).parent.iterdir()) == []
    bench.service.fetches = [MOVIE]
    run(bench)
    assert bench.ledger.order(A).results
