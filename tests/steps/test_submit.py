"""A submit: sent once, and what was accepted is never forgotten, whatever happens to the ledger just then."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from otio_retake.answers_kept import ROOM, Answer, Place, places
from otio_retake.errors import BudgetExceeded, OrderError, OutcomeUnknown, ProjectError, RetakeError
from otio_retake.orders import State
from otio_retake.providers.base import Found
from otio_retake.steps import find, recover, submit
from tests.steps.bench import Bench

A, B = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submit, "WRITE_AGAIN", (0.01, 0.01))


def accepted_while_unwritable(bench: Bench) -> RetakeError:
    """Submits an order; when the service has accepted it, another process has locked the ledger and does not end."""
    order = bench.order()
    bench.ledger._db.execute("PRAGMA busy_timeout = 20")
    other = sqlite3.connect(bench.project.ledger, isolation_level=None, check_same_thread=False)

    def answer() -> str:
        other.execute("BEGIN EXCLUSIVE")
        return "job-1"

    bench.service.submits = [answer]
    try:
        with pytest.raises(ProjectError) as raised:
            submit.run(order, bench.shop)
    finally:
        other.execute("ROLLBACK")
        other.close()
    return raised.value


def test_an_accepted_id_outlives_a_ledger_that_cannot_be_written(bench: Bench) -> None:
    error = accepted_while_unwritable(bench)
    assert "accepted" in error.what
    assert "next run" in error.fix
    assert bench.state() is State.SUBMITTING
    (place,) = places(bench.project)
    assert place.read() == Answer(A, 1, "job-1")
    recover.run(bench.shop)
    assert bench.state() is State.SUBMITTED
    assert bench.ledger.order(A).attempts[0].remote == "job-1"
    assert places(bench.project) == []
    assert bench.service.asked == ["submit"]


def test_a_ledger_that_can_be_written_again_soon_is(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    order = bench.order()
    bench.ledger._db.execute("PRAGMA busy_timeout = 5")
    other = sqlite3.connect(bench.project.ledger, isolation_level=None, check_same_thread=False)

    def answer() -> str:
        other.execute("BEGIN EXCLUSIVE")
        threading.Timer(0.02, other.execute, ("ROLLBACK",)).start()
        return "job-1"

    bench.service.submits = [answer]
    monkeypatch.setattr(submit, "WRITE_AGAIN", (0.1, 0.1))
    submit.run(order, bench.shop)
    assert bench.state() is State.SUBMITTED
    assert places(bench.project) == []
    other.close()


def test_nothing_is_sent_where_there_is_no_place_for_the_answer(bench: Bench) -> None:
    order = bench.order()
    Place(bench.project.folder / f"ledger.answer-{A}.json").path.mkdir()
    with pytest.raises(RetakeError):
        submit.run(order, bench.shop)
    assert bench.service.asked == []
    assert bench.state() is State.UPLOADED


def test_an_order_with_an_answer_that_nobody_took_up_is_not_sent_again(bench: Bench) -> None:
    """A person said that it was refused, and the file says otherwise."""
    accepted_while_unwritable(bench)
    bench.ledger.end_attempt(A, State.REFUSED, "resolved by hand", kind="rate")
    recover.run(bench.shop)
    assert "accepted" in bench.heard.said[-1]
    with pytest.raises(OrderError):
        submit.run(bench.ledger.order(A), bench.shop)
    assert bench.service.asked == ["submit"]
    assert len(places(bench.project)) == 1


def test_an_empty_place_is_a_submit_that_nobody_answered(bench: Bench) -> None:
    bench.order(upto=State.SUBMITTING)
    place = Place.make(bench.project, A)
    assert place.path.stat().st_size == ROOM
    recover.run(bench.shop)
    assert bench.state() is State.UNKNOWN
    assert places(bench.project) == []


def test_a_place_is_cleared_whatever_came_of_the_submit(bench: Bench) -> None:
    from decimal import Decimal

    from otio_retake.budget import Limits

    order = bench.order()
    bench.shop.limits = Limits(run=Decimal("0.01"))
    with pytest.raises(BudgetExceeded):
        submit.run(order, bench.shop)
    assert places(bench.project) == []
    bench.shop.limits = Limits()
    bench.service.submits = [ConnectionResetError()]
    with pytest.raises(OutcomeUnknown):
        submit.run(bench.ledger.order(A), bench.shop)
    assert bench.state() is State.UNKNOWN
    assert places(bench.project) == []


def test_one_job_belongs_to_one_order(bench: Bench) -> None:
    """A service that names a job which another order has is not believed: one of the two would lose its result."""
    submit.run(bench.order(A), bench.shop)
    with pytest.raises(OutcomeUnknown) as raised:
        submit.run(bench.order(B), bench.shop)
    assert "aaaaaaa" in raised.value.what
    assert raised.value.fix
    assert bench.state(B) is State.UNKNOWN
    assert bench.ledger.order(B).attempts[0].remote == ""
    bench.service.founds = [Found('{"id":"job-1","t":12.5}')]
    with pytest.raises(OutcomeUnknown):
        find.run(bench.ledger.order(B), bench.shop)
    assert bench.state(B) is State.UNKNOWN
    bench.service.founds = [Found("job-12")]
    find.run(bench.ledger.order(B), bench.shop)
    assert bench.state(B) is State.SUBMITTED


def test_results_that_came_with_the_answer_are_many_and_called_alike(bench: Bench) -> None:
    bench.service.submits = ["kept", "kept 0.30"]
    submit.run(bench.order(A), bench.shop)
    submit.run(bench.order(B), bench.shop)
    assert bench.state(A) is bench.state(B) is State.SUBMITTED
