"""A run: what it waits for, for how long, and what it leaves to the next one."""

from __future__ import annotations

import os
import signal
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest

from otio_retake.budget import Limits
from otio_retake.errors import BudgetExceeded, RetakeError, ServiceError, ServiceRefused, ServiceTrouble
from otio_retake.orders import State
from otio_retake.providers.base import Found, Report
from otio_retake.steps import patience
from otio_retake.steps.run import Outcome, carry_out
from tests.steps.bench import Bench

A = "a" * 32
OUT_OF_REACH = ServiceTrouble("ltx has trouble (503)")
NONSENSE = ServiceTrouble("ltx says 'perhaps' of a job", passing=False)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(patience, "MOST_WAIT", 0.002)


def run(bench: Bench) -> Outcome:
    return carry_out(bench.shop, [], steps=("poll",), conforming=False)


def test_a_job_is_asked_after_for_as_long_as_its_service_is_out_of_reach(bench: Bench) -> None:
    bench.order(upto=State.SUBMITTED)
    bench.service.polls = [OUT_OF_REACH] * (3 * patience.MOST_TRIES) + [Report("ready")]
    outcome = run(bench)
    assert outcome.failed == {}
    assert bench.state() is State.READY
    (said,) = bench.heard.said
    assert "Ctrl-C" in said


def test_what_is_answered_wrongly_time_and_again_is_left_to_the_next_run(bench: Bench) -> None:
    bench.order(upto=State.SUBMITTED)
    bench.service.polls = [NONSENSE]
    outcome = run(bench)
    assert outcome.failed[A] is NONSENSE
    assert bench.service.asked == ["poll"] * patience.MOST_TRIES
    assert bench.state() is State.SUBMITTED


def test_waits_grow_and_are_bounded(monkeypatch: pytest.MonkeyPatch, bench: Bench) -> None:
    monkeypatch.undo()
    now = 1000.0
    patient = patience.Patience(bench.heard.say, lambda: now)
    order = bench.order(upto=State.SUBMITTED)
    waits = []
    for _ in range(40):
        assert patient.again(A, order, "poll", OUT_OF_REACH)
        waits.append(patient.not_before(A) - now)
        now += 60
    assert waits[0] <= 2
    assert 45 <= min(waits[6:]) <= max(waits) <= 60
    assert len(bench.heard.said) == 4, "every ten minutes, from the sixth time on"


def test_somebody_who_stops_it_is_heeded_and_the_job_stays(bench: Bench) -> None:
    bench.order(upto=State.SUBMITTED)

    def stopping() -> Report:
        bench.shop.stop.set()
        raise OUT_OF_REACH

    bench.service.polls = [stopping]
    outcome = run(bench)
    assert outcome.stopped
    assert bench.state() is State.SUBMITTED


@pytest.mark.parametrize("answer", [Report("running", look_again=0.01), OUT_OF_REACH])
def test_a_job_without_end_is_said_and_kept(bench: Bench, answer: object) -> None:
    bench.order(upto=State.SUBMITTED)
    later = bench.service.capabilities.job_most_seconds + 3600
    bench.shop.clock = lambda: time.time() + later
    bench.service.polls = [answer]
    for _ in range(2):
        outcome = run(bench)
        assert "13 h" in outcome.failed[A].what
        assert outcome.failed[A].fix
    assert bench.state() in (State.SUBMITTED, State.RUNNING)
    assert bench.service.asked == ["poll", "poll"], "each run asks after it once"
    bench.service.polls = [Report("ready")]
    assert run(bench).failed == {}
    assert bench.state() is State.READY


class TestCancelling:
    @pytest.fixture(autouse=True)
    def _asked_for(self, bench: Bench) -> None:
        bench.order(upto=State.SUBMITTED)
        with bench.ledger.write("cancel asked") as db:
            db.execute("INSERT INTO intents (kind, order_key) VALUES ('cancel', ?)", (A,))

    def asked_for(self, bench: Bench) -> bool:
        return bool(bench.ledger.read("SELECT 1 FROM intents"))

    def test_it_is_asked_for_until_the_service_has_heard(self, bench: Bench) -> None:
        where: list[object] = []

        def heard() -> str:
            where.append(threading.current_thread())
            return '{"id":"job","x":true}'

        bench.service.cancels = [OUT_OF_REACH, OUT_OF_REACH, heard]
        bench.service.polls = [
            lambda: Report("cancelled" if bench.state() is State.CANCELLING else "running", look_again=0.01)
        ]
        run(bench)
        assert bench.state() is State.CANCELLED
        assert bench.ledger.order(A).attempts[0].remote == '{"id":"job","x":true}'
        assert where != [threading.main_thread()]
        assert not self.asked_for(bench)

    def test_a_passing_error_does_not_make_it_forgotten(self, bench: Bench) -> None:
        bench.service.cancels = [NONSENSE]
        bench.service.polls = [
            lambda: Report("running" if bench.service.asked.count("cancel") < 6 else "ready", look_again=0.01)
        ]
        run(bench)
        assert bench.service.asked.count("cancel") == patience.MOST_TRIES
        assert any("not cancelled yet" in said for said in bench.heard.said)
        assert self.asked_for(bench)

    def test_a_service_that_says_no_is_not_asked_again(self, bench: Bench) -> None:
        bench.service.cancels = [ServiceError("ltx has no way to stop a job")]
        bench.service.polls = [
            lambda: Report("running" if "cancel" not in bench.service.asked else "ready", look_again=0.01)
        ]
        run(bench)
        assert bench.service.asked.count("cancel") == 1
        assert bench.state() is State.READY
        assert not self.asked_for(bench)
        assert any("no way" in said for said in bench.heard.said)

    def test_what_is_over_is_said_to_be(self, bench: Bench) -> None:
        bench.ledger.end_attempt(A, State.READY)
        run(bench)
        assert bench.service.asked == []
        assert not self.asked_for(bench)
        assert "no longer" in bench.heard.said[0]


def test_a_result_that_finds_no_room_waits_at_the_service(bench: Bench) -> None:
    bench.order(upto=State.READY)
    bench.service.polls = [Report("ready")]
    bench.service.fetches = [RetakeError("the disk has too little room", fix="make room")]
    outcome = carry_out(bench.shop, [], steps=("fetch",), conforming=False)
    assert "room" in outcome.failed[A].what
    assert bench.state() is State.READY
    assert list(bench.project.result(A, 1).parent.iterdir()) == []


def test_only_what_was_accepted_here_is_sent_and_what_is_at_a_service_comes_home(bench: Bench) -> None:
    """Another cut's orders, or of marks since deleted: accepted once, but not for this run's price and budget."""
    bench.order(A)
    bench.order("b" * 32)
    bench.order("c" * 32, upto=State.SUBMITTED)
    bench.order("d" * 32, upto=State.READY)
    bench.order("e" * 32)
    bench.ledger.move("e" * 32, State.PULLED, upload="")
    bench.service.polls = [Report("ready")]
    outcome = carry_out(bench.shop, [A], steps=("pull", "upload", "submit", "poll", "fetch"), conforming=False)
    assert outcome.failed == {}
    states = [bench.state(key * 32) for key in "abcde"]
    assert states == [State.FETCHED, State.UPLOADED, State.FETCHED, State.FETCHED, State.PULLED]
    assert (bench.service.asked.count("submit"), bench.service.asked.count("upload")) == (1, 0)


def test_an_order_that_another_run_left_unknown_is_looked_up_but_not_sent_again(bench: Bench) -> None:
    bench.order(A, upto=State.SUBMITTING)
    bench.service.can_find = True
    bench.service.founds = [Found(None)]
    carry_out(bench.shop, [], steps=("upload", "submit", "find", "poll"), conforming=False)
    assert bench.state() is State.REFUSED
    assert "submit" not in bench.service.asked


def test_a_runs_budget_counts_what_was_billed_as_soon_as_that_is_known(bench: Bench) -> None:
    """0.40 each is estimated, and 2 billed: after the first, nothing of 1.50 is left."""
    bench.shop.limits = Limits(run=Decimal("1.50"))
    bench.shop.concurrency = 1
    keys = [letter * 32 for letter in "abc"]
    for key in keys:
        bench.order(key)
    bench.service.submits = ["one", "two", "three"]
    bench.service.polls = [Report("ready", billed=Decimal(2))]
    outcome = carry_out(bench.shop, keys, steps=("submit", "poll", "fetch"), conforming=False)
    assert bench.service.asked.count("submit") == 1
    assert any(isinstance(error, BudgetExceeded) for error in outcome.failed.values())
    assert bench.shop.spent() == 2


def test_a_runs_budget_is_given_back_what_was_not_charged(bench: Bench) -> None:
    bench.shop.limits = Limits(run=Decimal("0.50"))
    bench.shop.concurrency = 1
    bench.order(A)
    bench.order("b" * 32)
    bench.service.submits = ["one", "two"]
    bench.service.polls = [Report("failed", charged=False, kind="filtered"), Report("ready")]
    carry_out(bench.shop, [A, "b" * 32], steps=("submit", "poll", "fetch"), conforming=False)
    assert sorted([bench.state(), bench.state("b" * 32)]) == [State.FAILED, State.FETCHED]
    assert bench.shop.spent() == Decimal("0.40")


def test_nothing_is_sent_where_results_cannot_be_written(bench: Bench) -> None:
    bench.order(A)
    (bench.project.folder / "results").write_text("no folder")
    with pytest.raises(RetakeError) as raised:
        carry_out(bench.shop, [A], steps=("upload", "submit", "poll", "fetch"), conforming=False)
    assert "results" in raised.value.where
    assert bench.service.asked == []


def test_one_that_was_bought_elsewhere_holds_up_no_other(bench: Bench, tmp_path: Path) -> None:
    bench.order(A, upto=State.SUBMITTED)
    other = Bench(tmp_path / "other")
    other.order(A)
    other.order("b" * 32)
    outcome = carry_out(other.shop, [A, "b" * 32], steps=("submit",), conforming=False)
    assert list(outcome.failed) == [A]
    assert outcome.failed[A].where == str(bench.project.folder)
    assert other.state("b" * 32) is State.SUBMITTED
    other.close()


class TestServicesThatAskToWait:
    HOUR = ServiceTrouble("ltx has trouble (429)", retry_after=3600)
    NOT_NOW = ServiceRefused("ltx refused (rate): slow down", kind="rate", retry_after=3600)

    def test_a_run_does_not_wait_an_hour_for_a_job(self, bench: Bench) -> None:
        bench.order(upto=State.SUBMITTED)
        bench.service.polls = [self.HOUR]
        error = run(bench).failed[A]
        assert "60 min" in error.what
        assert "60 min" in error.fix
        assert bench.service.asked == ["poll"]
        assert bench.state() is State.SUBMITTED

    def test_nor_for_an_order_to_be_taken_nor_for_the_others_of_the_service(self, bench: Bench) -> None:
        bench.order()
        bench.order("b" * 32)
        bench.shop.concurrency = 1
        bench.service.submits = [self.NOT_NOW]
        for _ in range(2):
            failed = carry_out(bench.shop, [A, "b" * 32], steps=("submit", "poll"), conforming=False).failed
            assert A in failed
            assert "asks to wait" in failed[A].what
            assert "slow down" in failed[A].what, "and why"
        assert bench.service.asked.count("submit") <= 2, "not again before the time, in the next run neither"
        assert bench.state() is State.REFUSED

    def test_a_wait_that_can_be_waited_for_is_said(self, bench: Bench) -> None:
        bench.order(upto=State.SUBMITTED)
        now = time.time()
        bench.shop.clock = lambda: now if not bench.heard.said else now + 90

        def limited() -> Report:
            if bench.service.asked.count("poll") == 1:
                raise ServiceTrouble("ltx has trouble (429)", retry_after=90)
            return Report("ready")

        bench.service.polls = [limited]
        assert run(bench).failed == {}
        (said,) = bench.heard.said
        assert "90 s" in said
        assert "429" in said
        assert "Ctrl-C" in said

    def test_one_who_always_says_later_is_left_after_a_while_with_growing_pauses(self, bench: Bench) -> None:
        bench.order()
        now = [time.time()]
        waits: list[float] = []
        bench.service.submits = [ServiceRefused("ltx refused (rate)", kind="rate", retry_after=1)]

        def clock() -> float:
            last = bench.ledger.order(A).attempt
            if last is not None and last.retry_at > now[0]:
                waits.append(last.retry_at - now[0])
                now[0] = last.retry_at
            return now[0]

        bench.shop.clock = clock
        error = carry_out(bench.shop, [A], steps=("submit", "poll"), conforming=False).failed[A]
        assert "put the order off" in error.what
        assert bench.service.asked.count("submit") == patience.MOST_REFUSED
        assert waits[0] <= 1.1
        assert 30 < max(waits) <= 61
        assert bench.state() is State.REFUSED


@pytest.mark.skipif(os.name != "posix", reason="signals")
class TestStoppingDuringASubmit:
    """Whoever presses Ctrl-C is told what another would cost."""

    @staticmethod
    def stopped(bench: Bench, times: int) -> None:
        def slow() -> str:
            for _ in range(times):
                time.sleep(0.3)
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            time.sleep(0.3)
            return "job-1"

        bench.order()
        bench.service.submits = [slow]
        carry_out(bench.shop, [A], steps=("submit",), conforming=False)

    def test_its_answer_is_waited_for_and_that_is_said(self, bench: Bench) -> None:
        self.stopped(bench, 1)
        (said,) = bench.heard.said
        assert A[:7] in said
        assert "once more" in said
        assert bench.state() is State.SUBMITTED

    def test_who_does_not_wait_is_told_what_is_not_known(self, bench: Bench) -> None:
        with pytest.raises(KeyboardInterrupt):
            self.stopped(bench, 2)
        assert A[:7] in bench.heard.said[-1]
        assert "nobody knows" in bench.heard.said[-1]
        time.sleep(0.5)
