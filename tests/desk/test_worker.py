"""What is confirmed is sent once, by one run at a time; what a service has comes home whoever looks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from otio_retake.orders import State
from otio_retake.simulator import Simulator
from otio_retake.steps.run import Outcome

from .driven import CutFolder, Driven, until

Cut = Callable[..., CutFolder]
Open = Callable[..., Driven]


def submits(sim: Simulator) -> list[str]:
    """The prompt of every accepted submit."""
    return sorted(entry["prompt"] for entry in (*sim.bill(), *sim.free()))


def test_what_is_confirmed_is_sent_once_at_the_price_that_was_shown(
    cut_of: Cut, open_desk: Open, sim: Simulator
) -> None:
    desk = open_desk(cut_of("RETAKE: rain"), service="runware")
    shown = desk.board()
    assert sim.requests() == []
    desk.confirm(shown)
    board = desk.wait()
    (charged,) = sim.bill()
    assert (charged["service"], charged["prompt"], charged["mode"]) == ("runware", "rain", "video")
    assert float(charged["amount"]) == pytest.approx(float(shown["confirm"]["cost"]), abs=0.005)
    (order,) = board["requests"][0]["orders"]
    assert (order["state"], order["at_work"]) == ("rejected", False), "what came back is no retake"
    assert order["why"]
    assert order["ended"] >= order["since"]
    assert board["working"] is None
    assert Decimal(board["money"]["project"]["spent"]) > 0


def test_only_what_is_shown_is_sent(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    desk = open_desk(cut_of("RETAKE: rain", "RETAKE: snow"), service="runware")
    board = desk.say("override", request=desk.request(1)["id"], skip=True)
    desk.confirm(board)
    desk.wait()
    assert submits(sim) == ["rain"]
    assert len(desk.states()) == 1


def test_nothing_is_sent_while_somebody_else_is_at_work(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    place = cut_of("RETAKE: rain")
    desk = open_desk(place, service="runware")
    somebody = place.somebody()
    desk.confirm()
    until(lambda: any("waiting" in line for line in desk.board()["said"]))
    assert desk.board()["working"]["pid"] == somebody.pid
    assert sim.requests() == []
    desk.say("stop")
    desk.wait()
    assert sim.requests() == []
    assert desk.states() == ["planned"]
    somebody.go()


@pytest.mark.slow
def test_who_waited_goes_on_when_the_other_is_gone(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    place = cut_of("RETAKE: rain")
    one, other = open_desk(place, service="runware"), open_desk(place, service="runware")
    somebody = place.somebody()
    one.confirm()
    other.confirm()
    somebody.go()
    one.wait()
    other.wait()
    assert submits(sim) == ["rain"], "two desks said yes to one order"
    assert one.states() == ["rejected"]


def test_every_start_is_heard_however_close_they_come(cut_of: Cut, open_desk: Open) -> None:
    """A run that is just ending takes up what is said to it at that moment."""
    desk = open_desk(cut_of("RETAKE: rain"))
    heard: list[Outcome] = []
    for number in range(150):
        desk.desk.worker.start((), heard.append)
        threading.Event().wait(number % 13 / 1000)
    until(lambda: len(heard) == 150, 20)
    desk.wait()


def test_a_desk_that_is_stopped_as_soon_as_it_begins_waits_for_no_service(
    cut_of: Cut, open_desk: Open, sim: Simulator
) -> None:
    sim.change(latency=600)
    desk = open_desk(cut_of("RETAKE: rain"), service="runware")
    desk.confirm()
    until(lambda: sim.bill())
    for _ in range(40):
        desk.desk.worker.stop()
        desk.wait(10)
        desk.desk.begin()
    desk.desk.worker.stop()
    desk.wait(10)
    assert submits(sim) == ["rain"]


def test_what_cannot_be_sent_is_said(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    sim.fault("402")
    desk = open_desk(cut_of("RETAKE: rain"), service="runware")
    desk.confirm()
    board = desk.wait()
    (order,) = board["requests"][0]["orders"]
    assert (order["state"], order["at_work"]) == ("refused", False)
    assert order["why"]
    assert board["money"]["project"]["spent"] in ("0", "0.0000")
    assert sim.bill() == []


@pytest.mark.slow
def test_a_second_yes_while_the_first_is_at_work_joins_it_and_sends_nothing_twice(
    cut_of: Cut, open_desk: Open, rendering: Simulator
) -> None:
    desk = open_desk(cut_of("RETAKE: rain", "RETAKE: snow"), service="runware")
    snow = desk.request(1)["id"]
    desk.confirm(desk.say("override", request=snow, skip=True))
    joined = desk.say("override", request=snow, clear=True)
    assert desk.desk.worker.running
    desk.confirm(joined)
    desk.confirm() if desk.board()["confirm"]["blocked"] == "" else None
    board = desk.wait()
    assert submits(rendering) == ["rain", "snow"]
    assert [request["status"] for request in board["requests"]] == ["done", "done"]
    assert desk.states() == ["conformed", "conformed"]
    (whole,) = [take for take in board["requests"][1]["made"] if len(take["orders"]) == 2]
    assert whole["id"] in [take["id"] for take in board["requests"][0]["made"]]


@pytest.mark.slow
def test_what_is_at_a_service_comes_home_to_a_desk_that_is_opened_again(
    cut_of: Cut, open_desk: Open, rendering: Simulator
) -> None:
    rendering.change(latency=1.0)
    place = cut_of("RETAKE: rain", "RETAKE x2: snow")
    desk = open_desk(place, service="runware")
    desk.confirm()
    until(lambda: rendering.bill())
    desk.say("stop")
    desk.wait()
    sent = submits(rendering)
    assert "conformed" not in desk.states()
    desk.close()
    again = open_desk(place, service="runware")
    again.desk.begin()
    again.wait()
    assert submits(rendering) == sent, "only what was sent comes home: nothing new is sent without a yes"
    home = [state for state in again.states() if state in ("verified", "conformed")]
    assert len(home) == len(sent)
    assert set(again.states()) - set(home) <= {"planned", "pulled", "uploaded"}
    assert len(again.board()["confirm"]["sends"]) == (len(sent) < 3)


@pytest.mark.slow
def test_what_was_fetched_and_not_looked_at_becomes_a_take_when_the_desk_is_opened_again(
    cut_of: Cut, open_desk: Open, rendering: Simulator
) -> None:
    place = cut_of("RETAKE: rain")
    desk = open_desk(place, service="runware")
    desk.confirm()
    until(lambda: any(state in ("fetched", "verified") for state in desk.states()))
    desk.close()
    again = open_desk(place, service="runware")
    if "conformed" not in again.states():
        again.desk.begin()
    again.wait()
    assert again.states() == ["conformed"]
    assert again.labels() == ["v001"]
    assert submits(rendering) == ["rain"]


@pytest.mark.slow
def test_an_order_is_cancelled_at_a_service_that_can(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    sim.change(latency=600)
    desk = open_desk(cut_of("RETAKE: rain"), service="fal")
    desk.confirm()
    until(lambda: desk.states() in (["submitted"], ["running"]))
    (order,) = desk.request()["orders"]
    assert order["can_cancel"]
    desk.say("cancel", order=order["id"])
    until(lambda: desk.states() in (["cancelled"], ["cancelling"], ["failed"]))
    assert len(submits(sim)) == 1


@pytest.mark.slow
def test_a_run_beside_an_open_desk_is_followed_and_buys_nothing_that_is_bought(
    cut_of: Cut, open_desk: Open, rendering: Simulator
) -> None:
    place = cut_of("RETAKE: rain")
    desk = open_desk(place, service="runware")
    seen: list[dict[str, Any]] = []
    run = threading.Thread(target=lambda: seen.append({"code": place.spend("runware").returncode}))
    run.start()
    until(lambda: desk.board()["working"] is not None)
    assert desk.board()["working"]["mine"] is False
    run.join()
    assert seen == [{"code": 0}]
    row = desk.request()
    assert (row["status"], [take["state"] for take in row["made"]]) == ("done", ["placed"])
    assert desk.board()["confirm"]["blocked"]
    assert submits(rendering) == ["rain"]


def test_a_run_ends_when_it_is_stopped_and_its_orders_wait(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    sim.change(latency=600)
    desk = open_desk(cut_of("RETAKE: rain"), service="runware")
    desk.confirm()
    until(lambda: sim.bill())
    desk.say("stop")
    board = desk.wait(20)
    assert board["working"] is None
    assert desk.states()[0] in (State.SUBMITTED, State.RUNNING)
    assert len(submits(sim)) == 1


def test_a_second_yes_to_what_was_not_sent_counts_once_to_the_budget(
    cut_of: Cut, open_desk: Open, sim: Simulator
) -> None:
    sim.fault("402*2")
    place = cut_of("RETAKE: rain")
    price = Decimal(open_desk(place, service="runware").board()["confirm"]["cost"])
    assert price > 0
    desk = open_desk(place, service="runware", budget=price)
    for _ in range(2):
        desk.confirm()
        board = desk.wait()
        assert board["requests"][0]["orders"][0]["state"] == "refused"
        assert board["confirm"]["blocked"] == ""
        assert Decimal(board["money"]["run_spent"]) == 0


def test_what_waits_in_a_run_is_not_to_be_confirmed_again(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    sim.change(latency=600)
    desk = open_desk(cut_of("RETAKE x2: rain"), service="runware", concurrency=1)
    whole = Decimal(desk.board()["money"]["total"])
    desk.confirm()
    until(lambda: sim.bill())
    assert len(submits(sim)) == 1
    assert (Decimal(desk.board()["money"]["total"]), desk.board()["confirm"]["cost"]) == (0, str(whole / 2))
    desk.say("stop")
    desk.wait(20)
    assert Decimal(desk.board()["money"]["total"]) == whole / 2
