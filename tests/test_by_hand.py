"""What a person says of an order: looked at before it is believed, and mended where it was wrong."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import pytest

from otio_retake import by_hand
from otio_retake.errors import JobTaken, OrderError, ResultUnusable
from otio_retake.orders import Order, State
from otio_retake.providers.base import Report
from otio_retake.steps.run import Outcome, carry_out
from tests.steps.bench import Bench
from tests.test_orders import spec

A, B = "a" * 32, "b" * 32


def unknown(bench: Bench) -> Order:
    bench.order(upto=State.SUBMITTING)
    bench.ledger.end_attempt(A, State.UNKNOWN, kind="no_answer")
    return bench.ledger.order(A)


def run(bench: Bench) -> Outcome:
    return carry_out(bench.shop, [A], steps=("submit", "find", "poll", "fetch"), conforming=False)


@pytest.mark.parametrize(
    ("service", "typed"),
    [("ltx", ""), ("ltx", "  "), ("ltx", "not the id"), ("ltx", "x" * 300), ("fal", "job-1"), ("runware", "job-1")],
)
def test_what_cannot_be_an_id_is_not_believed(service: str, typed: str) -> None:
    order = Order(A, replace(spec(), service=service), State.UNKNOWN, True)
    with pytest.raises(OrderError) as raised:
        by_hand.checked(order, typed)
    assert service in raised.value.what
    assert raised.value.where
    assert raised.value.fix


@pytest.mark.parametrize(
    ("service", "typed"),
    [("ltx", " job-1 "), ("fal", "0f8fad5b-d9cb-469f-a165-70867728950e"), ("ltx", '{"id": "job-1"}')],
)
def test_ids_as_services_give_them_are(service: str, typed: str) -> None:
    assert by_hand.checked(Order(A, replace(spec(), service=service), State.UNKNOWN, True), typed) == typed.strip()


def test_an_id_that_the_service_does_not_know_leaves_the_order_unknown_and_its_price_reserved(bench: Bench) -> None:
    by_hand.accept(bench.ledger, unknown(bench), "typo")
    bench.service.polls = [Report("expired")]
    run(bench)
    order = bench.ledger.order(A)
    assert order.state is State.UNKNOWN
    assert order.attempt is not None
    assert "'typo'" in order.attempt.message
    assert bench.ledger.read("SELECT state FROM charges") == [("reserved",)]
    by_hand.accept(bench.ledger, order, "the-right-one")
    bench.service.polls = [Report("ready")]
    run(bench)
    assert bench.state() is State.FETCHED
    assert "submit" not in bench.service.asked


def test_an_id_that_the_service_gave_expires(bench: Bench) -> None:
    bench.order(upto=State.SUBMITTED)
    bench.service.polls = [Report("expired")]
    run(bench)
    assert bench.state() is State.EXPIRED


def test_an_id_can_be_said_anew_until_something_was_fetched(bench: Bench) -> None:
    by_hand.accept(bench.ledger, unknown(bench), "another-job")
    bench.service.polls = [Report("ready", billed=Decimal(3))]
    carry_out(bench.shop, [A], steps=("poll",), conforming=False)
    assert bench.ledger.spent().project == 3
    by_hand.accept(bench.ledger, bench.ledger.order(A), "the-right-one")
    order = bench.ledger.order(A)
    assert (order.state, order.attempt and order.attempt.remote) == (State.SUBMITTED, "the-right-one")
    assert bench.ledger.spent().project == order.spec.cost
    bench.service.polls = [Report("ready")]
    run(bench)
    with pytest.raises(OrderError):
        by_hand.accept(bench.ledger, bench.ledger.order(A), "a-third")


def test_what_the_service_said_itself_is_not_corrected(bench: Bench) -> None:
    order = bench.order(upto=State.READY)
    with pytest.raises(OrderError, match="known"):
        by_hand.accept(bench.ledger, order, "another")


def test_an_id_cannot_be_corrected_to_another_orders(bench: Bench) -> None:
    by_hand.accept(bench.ledger, unknown(bench), "typo")
    bench.order(B, upto=State.SUBMITTED)
    with pytest.raises(JobTaken):
        by_hand.accept(bench.ledger, bench.ledger.order(A), "job-of-bbbb")
    last = bench.ledger.order(A).attempt
    assert last is not None
    assert last.remote == "typo"


def test_results_that_cannot_be_fetched_keep_no_other_order_from_being_submitted(bench: Bench) -> None:
    bench.shop.concurrency = 1
    bench.order(upto=State.READY)
    bench.service.polls = [Report("ready")]
    bench.service.fetches = [ResultUnusable("the result lies at an address that is not fetched from")]
    run(bench)
    assert bench.state() is State.READY
    bench.order(B)
    outcome = carry_out(bench.shop, [B], steps=("pull", "upload", "submit"), conforming=False)
    assert outcome.failed == {}
    assert bench.state(B) is State.SUBMITTED


def test_a_result_that_cannot_be_fetched_can_be_given_up_and_stays_paid(bench: Bench) -> None:
    bench.order(upto=State.READY)
    bench.ledger.end_attempt(A, State.WRITTEN_OFF, by_hand.SAID)
    assert bench.ledger.spent().project == spec().cost
    assert run(bench).failed == {}
    assert bench.service.asked == []


@pytest.mark.parametrize(
    ("state", "code", "said"),
    [
        (State.UPLOADED, 0, "nothing was sent"),
        (State.SUBMITTED, 2, "no way to cancel"),
        (State.READY, 2, "nothing to cancel"),
    ],
)
def test_cancelling_promises_what_it_can_do(bench: Bench, state: State, code: int, said: str) -> None:
    bench.order(upto=state)
    bench.close()
    command = [sys.executable, "-m", "otio_retake", "ledger", "cancel", A[:8], "--in", str(bench.folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    bench.open()
    assert done.returncode == code, done.stderr
    assert said in " ".join((done.stdout + done.stderr).split())
    assert bench.ledger.read("SELECT count(*) FROM intents") == [(0,)]
