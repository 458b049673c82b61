"""Charges stand in the project and in the user's journal; an order that was paid for is not paid for again."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from otio_retake.budget import Limits, Spent
from otio_retake.errors import AlreadyBought, OrderError
from otio_retake.orders import State
from otio_retake.steps import upload
from tests.steps.bench import Bench

A = "a" * 32


def send(bench: Bench, key: str = A) -> None:
    bench.ledger.begin_attempt(key, Limits(), Decimal(0))


def test_an_order_that_gave_its_money_back_may_be_sent_again(bench: Bench) -> None:
    bench.order(upto=State.SUBMITTING)
    bench.ledger.end_attempt(A, State.REFUSED, kind="rate")
    send(bench)
    bench.ledger.end_attempt(A, State.SUBMITTED, remote="one")
    bench.ledger.end_attempt(A, State.FAILED, charged=False, billed=Decimal(0))
    send(bench)
    assert bench.ledger.spent().project == bench.ledger.order(A).spec.cost


@pytest.mark.parametrize("state", [State.SUBMITTING, State.UNKNOWN, State.SUBMITTED, State.READY])
def test_what_the_journal_has_is_not_bought_again_in_the_same_folder(bench: Bench, state: State) -> None:
    """The ledger was deleted, or replaced by an older copy; what the service was paid stands in the user's journal."""
    bench.order(upto=state if state is not State.UNKNOWN else State.SUBMITTING)
    if state is State.UNKNOWN:
        bench.ledger.end_attempt(A, State.UNKNOWN)
    bench.close()
    bench.project.ledger.unlink()
    bench.open()
    bench.order()
    with pytest.raises(AlreadyBought) as raised:
        send(bench)
    assert raised.value.where == str(bench.project.folder)
    assert raised.value.fix
    assert bench.state() is State.UPLOADED
    bench.order("b" * 32)
    send(bench, "b" * 32)


def test_what_another_project_bought_is_not_bought_again(bench: Bench, tmp_path: Path) -> None:
    bench.order(upto=State.SUBMITTED)
    other = Bench(tmp_path / "other")
    other.order()
    with pytest.raises(AlreadyBought, match="another project"):
        send(other)
    other.close()


def test_what_was_bought_before_is_not_even_uploaded(bench: Bench, tmp_path: Path) -> None:
    bench.order(upto=State.SUBMITTED)
    other = Bench(tmp_path / "other")
    other.order(upload_expires=1.0)
    with pytest.raises(AlreadyBought, match="another project"):
        upload.run(other.ledger.order(A), other.shop)
    assert (other.state(), other.service.asked) == (State.UPLOADED, [])
    other.close()


@pytest.mark.parametrize("amount", ["-5", "NaN", "Infinity", "1e99"])
def test_what_is_no_amount_is_written_nowhere(bench: Bench, amount: str) -> None:
    bench.order(upto=State.SUBMITTED)
    with pytest.raises(OrderError):
        bench.ledger.end_attempt(A, State.READY, billed=Decimal(amount), charged=True)
    assert bench.ledger.read("SELECT state FROM journal.charges") == [("reserved",)]
    assert bench.state() is State.SUBMITTED


@pytest.mark.parametrize("amount", ["-5", "NaN", "Infinity", "abc"])
def test_a_journal_that_has_what_is_no_amount_can_be_read(bench: Bench, amount: str) -> None:
    """An earlier version let a plug-in's nonsense into the journal, which every project reads."""
    bench.order(upto=State.SUBMITTED)
    with bench.ledger.write("as it was") as db:
        for schema in ("main", "journal"):
            db.execute(f"UPDATE {schema}.charges SET amount = ?", (amount,))
        db.execute("UPDATE attempts SET billed = ?", (amount,))
    assert bench.ledger.spent() == Spent(Decimal(0), Decimal(0))
    assert bench.ledger.orders()[0].attempts[0].billed is None
    bench.order("b" * 32)
    bench.ledger.begin_attempt("b" * 32, Limits(day=Decimal(5)), Decimal(0))
