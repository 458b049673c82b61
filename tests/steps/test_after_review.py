"""What a careful reader of the money path found, each as the thing that must not happen."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from otio_retake.capabilities import SERVICES
from otio_retake.orders import UNREACHABLE, Attempt, State, token_of
from tests.paid_service.desk import Desk
from tests.paid_service.media import make


def attempt(number: int, kind: str = "", state: State = State.REFUSED) -> Attempt:
    return Attempt(number, f"token {number}", state, kind=kind)


def test_what_never_arrived_is_sent_again_under_the_same_name() -> None:
    lost = [attempt(1, "busy"), attempt(2, UNREACHABLE), attempt(3, UNREACHABLE)]
    assert token_of(lost) == "token 2", "should the second have arrived after all, the third is a repetition of it"
    assert token_of([*lost, attempt(4, state=State.SUBMITTED)]) == "token 2"
    assert token_of([*lost, attempt(4, "rate"), attempt(5)]) == "token 5", "a refusal by the service ends the name"
    assert token_of([]) == ""


@pytest.mark.parametrize(("said", "results"), [("4", 4), ("+4", 4), ("4.0", 4), ("1", 1), ("lots", 1)])
def test_several_results_cost_several_times(said: str, results: int) -> None:
    runware = SERVICES["runware"]
    one = runware.cost(96, 48, 24)
    assert one == Decimal("0.4")
    assert runware.cost(96, 48, 24, (("number_results", said),)) == results * one


def test_only_what_nobody_knows_can_be_resolved(desk: Desk, footage: Path) -> None:
    import shutil

    media = desk.folder / footage.name
    shutil.copy(footage, media)
    desk.write_cut(media, [(20, 8, "RETAKE: rain")])
    assert desk.run("pull", str(desk.cut), "--service", "paid").returncode == 0
    ((key,),) = desk.rows("SELECT key FROM orders")
    said = desk.run("ledger", "resolve", key[:8], "--refused")
    assert said.returncode == 2
    assert "to do:" in said.stderr
    assert desk.states() == ["pulled"]


@pytest.mark.slow
def test_more_orders_than_places_end_the_submit_stage(desk: Desk, footage: Path) -> None:
    """The fake service takes three at a time; nobody asks after them in this stage."""
    import shutil

    media = desk.folder / footage.name
    shutil.copy(footage, media)
    desk.write_cut(media, [(20, 8, "RETAKE x5: rain [slow]")])
    said = desk.run("submit", str(desk.cut), "--service", "paid", "--yes", "--budget", "9", timeout=60)
    assert said.returncode == 1
    assert "no more jobs of ours" in " ".join(said.stdout.split())
    assert len(desk.bill()) == 3
    assert desk.spend().returncode == 0
    assert len(desk.bill()) == 5


def test_what_a_failed_job_was_charged_can_be_said_by_a_person(tmp_path: Path) -> None:
    """A service that does not say whether a failed job was charged keeps its price reserved, until somebody looks."""
    from tests.services.desk import simulated

    footage = make(tmp_path / "A001.mov")
    with simulated(tmp_path) as desk:
        desk.mark(footage, "RETAKE: rain [job-failed]")
        assert desk.spend("ltx").returncode == 1
        assert desk.states() == ["failed"]
        assert desk.rows("SELECT state FROM charges") == [("reserved",)]
        ((key,),) = desk.rows("SELECT key FROM orders")
        assert desk.run("ledger", "resolve", key[:8], "--not-charged").returncode == 0
        assert desk.rows("SELECT state FROM charges") == [("released",)]
        assert desk.run("ledger", "resolve", key[:8], "--charged", "0.30").returncode == 2
