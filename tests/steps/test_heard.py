"""A plug-in that errs: its order waits, what it says is not believed, and nothing else stops."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from otio_retake.errors import OutcomeUnknown
from otio_retake.orders import State
from otio_retake.providers.base import Report, Upload
from otio_retake.steps import patience
from otio_retake.steps.run import Outcome, carry_out
from tests.steps.bench import Bench

A, B = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(patience, "MOST_WAIT", 0.002)


def run(bench: Bench, *steps: Any) -> Outcome:
    return carry_out(bench.shop, [A], steps=steps or ("poll",), conforming=False)


def erring() -> Report:
    return Report("ready", billed=Decimal(json.loads('{"cost": null}')["cost"]))


def test_an_error_of_one_job_stops_no_other(bench: Bench) -> None:
    bench.order(A, upto=State.SUBMITTED)
    bench.order(B, upto=State.SUBMITTED)
    bench.service.poll = lambda remote, _: erring() if remote == "job-of-aaaa" else Report("ready")  # type: ignore[method-assign]
    error = run(bench).failed[A]
    assert "ltx" in error.what
    assert "TypeError" in error.what
    assert "test_heard.py" in error.what, "where it happened is said"
    assert A[:7] in error.where
    assert error.fix
    assert bench.state(A) is State.SUBMITTED
    assert bench.state(B) is State.READY


def test_an_error_in_a_submit_leaves_it_unknown(bench: Bench) -> None:
    bench.order()
    bench.service.submits = [ValueError("with a secret in it")]
    error = run(bench, "submit").failed[A]
    assert isinstance(error, OutcomeUnknown)
    assert "ValueError" in error.what
    assert "secret" not in str(error)
    assert bench.state() is State.UNKNOWN


@pytest.mark.parametrize("answer", [None, "", 7])
def test_a_submit_without_an_id_is_unknown(bench: Bench, answer: object) -> None:
    bench.order()
    bench.service.submits = [answer]
    assert isinstance(run(bench, "submit").failed[A], OutcomeUnknown)
    assert bench.state() is State.UNKNOWN


def test_an_error_in_cancelling_is_said_and_not_repeated_without_end(bench: Bench) -> None:
    bench.order(upto=State.SUBMITTED)
    with bench.ledger.write("cancel asked") as db:
        db.execute("INSERT INTO intents (kind, order_key) VALUES ('cancel', ?)", (A,))
    bench.service.cancels = [KeyError("x")]
    assert "KeyError" in run(bench).failed[A].what
    assert bench.service.asked.count("cancel") == 1


READY = Report("ready")


@pytest.mark.parametrize(
    "said",
    [
        replace(READY, state=["done"]), replace(READY, state="done"), replace(READY, expires_at="soon"),
        replace(READY, expires_at=float("nan")), replace(READY, results="2"), replace(READY, results=-1),
        replace(READY, look_again=None), replace(READY, message=b"x"), replace(READY, remote=3), None, {},
    ],
)  # fmt: skip
def test_nonsense_about_a_job_is_said_and_goes_nowhere(bench: Bench, said: Any) -> None:
    bench.order(upto=State.SUBMITTED)
    before = bench.ledger.order(A)
    bench.service.polls = [said]
    error = run(bench).failed[A]
    assert "makes no sense" in error.what
    assert error.fix
    assert bench.ledger.order(A) == before


@pytest.mark.parametrize("bill", [Decimal(-5), Decimal("NaN"), Decimal("Infinity"), Decimal(10**9), "abc", [1], True])
def test_a_bill_that_cannot_be_one_is_not_told(bench: Bench, bill: Any) -> None:
    bench.order(upto=State.SUBMITTED)
    bench.service.polls = [Report("ready", billed=bill)]
    assert run(bench).failed == {}
    order = bench.ledger.order(A)
    assert order.state is State.READY
    assert order.attempt is not None
    assert order.attempt.billed == order.spec.cost, "the plan's price is counted"
    assert bench.ledger.spent().day == order.spec.cost
    (said,) = bench.heard.said
    assert "bill" in said


def test_an_upload_that_lies_nowhere_is_said(bench: Bench) -> None:
    order = bench.order()
    bench.ledger.move(A, State.PULLED, upload="", upload_expires=None)
    for answer in (None, Upload(""), Upload("x", expires_at="soon")):  # type: ignore[arg-type]
        bench.service.uploads = [answer]
        assert "where the pull lies" in run(bench, "upload").failed[order.key].what
    assert bench.state() is State.PULLED
