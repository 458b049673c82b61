"""Results that were paid for: what keeps one from being used for good, and what only keeps it waiting."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest

from otio_retake.errors import ResultExpired, ResultUnusable, ServiceTrouble
from otio_retake.orders import State
from otio_retake.providers.base import Report
from otio_retake.steps import fetch, gone, lacking, patience
from otio_retake.steps.run import Outcome, carry_out
from tests.steps.bench import Bench

A = "a" * 32
MOVIE = b"\0\0\0\x18ftypmp42 and more"
GONE_PID = 2**22 + 1
"""Above what Linux gives to a process."""

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
    "page", [b"<!DOCTYPE html><p>sign in", b'\xef\xbb\xbf\n <?xml version="1.0"?>', b'{"error": 1}', b""]
)
def test_a_page_or_nothing_in_place_of_a_movie_is_no_result(bench: Bench, page: bytes) -> None:
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


def test_a_download_has_a_name_of_its_own_process(bench: Bench) -> None:
    """A lease may be taken from a process that only slept: then both bring the same result home."""
    names: list[Path] = []

    def coming(remote: str, number: int, into: Path, *_: object) -> None:
        names.append(into)
        if len(names) == 1:
            for pid in (os.getppid(), GONE_PID):
                into.with_name(into.name.replace(str(os.getpid()), str(pid))).write_bytes(b"half of it")
        into.write_bytes(MOVIE)

    bench.service.fetch = coming  # type: ignore[method-assign]
    path = fetched(bench)
    fetch.again(bench.ledger.order(A), 1, bench.shop)
    assert path.read_bytes() == MOVIE
    left = [other for other in path.parent.iterdir() if other != path]
    assert [other.read_bytes() for other in left] == [b"half of it"], "only what a dead process left is swept away"
    assert str(os.getppid()) in left[0].name


def later(bench: Bench, seconds: float) -> None:
    """From now on it is so much later than it is."""
    bench.shop.clock = lambda: time.time() + seconds


class TestGone:
    """A host that says 403 or 404: the file may be gone, or the link not live yet, or a proxy in the way."""

    def test_it_is_not_believed_before_the_result_expires(self, bench: Bench) -> None:
        bench.ledger.note_attempt(A, expires_at=time.time() + 86_400)
        bench.service.fetches = [GONE]
        error = run(bench).failed[A]
        assert "should be there until" in error.what
        assert "run it again" in error.fix
        assert bench.state() is State.READY
        assert bench.service.asked.count("fetch") == patience.MOST_TRIES, "the run does not wait for it without end"
        bench.service.fetches = [MOVIE]
        run(bench)
        assert bench.ledger.order(A).results

    def test_what_the_service_said_first_counts(self, bench: Bench) -> None:
        """Some count anew from each time that they are asked."""
        bench.ledger.note_attempt(A, expires_at=time.time() - 1)
        bench.service.polls = [Report("ready", expires_at=time.time() + 86_400)]
        bench.service.fetches = [GONE]
        run(bench)
        assert bench.state() is State.EXPIRED
        assert bench.service.asked.count("fetch") == gone.TIMES

    @pytest.mark.parametrize(("looks", "state"), [(6, State.REJECTED), (8, State.EXPIRED)])
    def test_where_nobody_knows_when_it_expires_it_is_asked_for_a_while(
        self, bench: Bench, looks: int, state: State
    ) -> None:
        """Looks are ten seconds apart."""
        bench.shop.clock = lambda: time.time() + 10 * bench.service.asked.count("fetch")
        bench.service.fetches = [GONE] * looks + [MOVIE]
        run(bench)
        assert bench.state() is state
        assert bench.service.asked.count("fetch") == 7

    def test_another_answer_in_between_begins_it_anew(self, bench: Bench) -> None:
        bench.shop.clock = lambda: time.time() + 10 * bench.service.asked.count("fetch")
        bench.service.fetches = [*[GONE] * 5, ServiceTrouble("ltx has trouble (503)"), *[GONE] * 5, MOVIE]
        run(bench)
        assert bench.ledger.order(A).results

    def test_a_job_whose_record_is_gone_has_expired(self, bench: Bench) -> None:
        """Its provider has looked for as long as it takes before it says so."""
        bench.service.polls = [Report("expired")]
        run(bench)
        assert bench.state() is State.EXPIRED


class TestOneOfTwo:
    """Two results of one job, the second of which cannot be had."""

    BAD = ResultUnusable("the service names a link of the kind 'file'")
    OUT = ServiceTrouble("runware has trouble (503)")
    PAGE = b"<html>sign in"

    @pytest.fixture(autouse=True)
    def _two(self, bench: Bench) -> None:
        bench.service.polls = [Report("ready", results=2)]

    def second(self, bench: Bench, answer: object) -> None:
        """What the service sends as the second result from now on; the first is as it should be."""

        def fetch(remote: str, number: int, into: Path, *_: object) -> None:
            bench.service.asked.append("fetch")
            if number == 2 and isinstance(answer, Exception):
                raise answer
            into.write_bytes(answer if number == 2 and isinstance(answer, bytes) else MOVIE)

        bench.service.fetch = fetch  # type: ignore[method-assign]

    @pytest.mark.parametrize("answer", [BAD, OUT, PAGE])
    def test_the_good_one_goes_on_and_the_other_is_tried_by_later_runs(self, bench: Bench, answer: object) -> None:
        self.second(bench, answer)
        error = run(bench).failed[A]
        assert "result 2 of 2" in error.what
        assert "$" in error.what, "what was charged is said"
        assert "next run tries again" in error.fix
        order = bench.ledger.order(A)
        assert order.state is State.REJECTED, "it went on to be verified: these bytes are no movie"
        assert [result.number for result in order.results] == [1]
        assert "result 2 of 2" in run(bench).failed[A].what
        self.second(bench, MOVIE)
        assert run(bench).failed == {}
        assert [result.state for result in bench.ledger.order(A).results] == ["rejected", "rejected"]
        bench.service.asked.clear()
        assert run(bench).failed == {}
        assert bench.service.asked == []

    def test_one_that_is_gone_is_said_once(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gone, "STRETCH", 0)
        self.second(bench, GONE)
        error = run(bench).failed[A]
        assert "result 2 of 2" in error.what
        assert "$" in error.what
        assert "--again" in error.fix
        assert len(bench.ledger.order(A).results) == 1
        assert run(bench).failed == {}

    def test_one_that_goes_while_it_is_waited_for_is_said(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lacking, "PAUSE", 0.001)
        self.second(bench, self.BAD)
        run(bench)
        self.second(bench, GONE)
        assert "next run tries again" in run(bench).failed[A].fix
        later(bench, gone.STRETCH + 1)
        assert "--again" in run(bench).failed[A].fix
        assert run(bench).failed == {}

    @pytest.mark.parametrize("expires", [None, 86_400])
    def test_one_that_was_refused_for_a_while_is_waited_for(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch, expires: float | None
    ) -> None:
        monkeypatch.setattr(lacking, "PAUSE", 0.001)
        until = None if expires is None else time.time() + expires
        bench.ledger.note_attempt(A, expires_at=until)
        self.second(bench, GONE)
        assert "next run tries again" in run(bench).failed[A].fix
        later(bench, gone.STRETCH - 10 if expires is None else expires - 10)
        assert "next run tries again" in run(bench).failed[A].fix
        self.second(bench, self.OUT)
        run(bench)
        later(bench, gone.STRETCH + 10)
        self.second(bench, MOVIE)
        assert run(bench).failed == {}
        assert len(bench.ledger.order(A).results) == 2

    def test_one_that_was_in_trouble_in_between_is_gone_only_after_another_while(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lacking, "PAUSE", 0.001)
        self.second(bench, GONE)
        run(bench)
        self.second(bench, self.OUT)
        run(bench)
        later(bench, gone.STRETCH + 1)
        self.second(bench, GONE)
        assert "next run tries again" in run(bench).failed[A].fix

    def test_one_that_came_is_kept_where_a_run_is_stopped_at_the_next(self, bench: Bench) -> None:
        bench.service.polls = [Report("ready", results=3)]

        def fetch_as(answers: list[object]) -> None:
            def fetch(remote: str, number: int, into: Path, *_: object) -> None:
                if isinstance(answer := answers[number - 1], BaseException):
                    raise answer
                into.write_bytes(MOVIE)

            bench.service.fetch = fetch  # type: ignore[method-assign]

        fetch_as([MOVIE, self.BAD, self.BAD])
        run(bench)
        assert [result.state for result in bench.ledger.order(A).results] == ["rejected"]
        fetch_as([MOVIE, MOVIE, KeyboardInterrupt()])
        with pytest.raises(KeyboardInterrupt):
            run(bench)
        assert bench.state() is State.FETCHED, "the second is to be verified"
        fetch_as([GONE, GONE, MOVIE])
        assert run(bench).failed == {}
        assert [result.state for result in bench.ledger.order(A).results] == ["rejected"] * 3

    def test_one_that_came_to_a_run_that_was_killed_then_is_not_asked_for_again(self, bench: Bench) -> None:
        self.second(bench, self.BAD)
        run(bench)
        self.second(bench, MOVIE)
        fetch.again(bench.ledger.order(A), 2, bench.shop)
        self.second(bench, GONE)
        assert run(bench).failed == {}
        assert [result.state for result in bench.ledger.order(A).results] == ["rejected", "rejected"]

    def test_a_take_of_the_other_is_made_when_it_comes(self, bench: Bench) -> None:
        """An order that is done with is verified again, and what was judged before stays judged."""
        self.second(bench, self.BAD)
        run(bench)
        bench.ledger.judge_result(A, 1, "verified", "{}")
        for state in (State.VERIFIED, State.CONFORMED, State.PLACED):
            bench.ledger.move(A, state)
        self.second(bench, MOVIE)
        run(bench)
        order = bench.ledger.order(A)
        assert order.state is State.VERIFIED
        assert [result.state for result in order.results] == ["verified", "rejected"]
