"""What the page may do about orders: change what is asked, confirm just that, cancel, and say what is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from otio_retake.errors import BudgetExceeded, NotConfirmed, OrderError, PlanRefused, RetakeError, SettingsError
from otio_retake.orders import State
from otio_retake.session import Session
from otio_retake.simulator import Simulator

from .driven import CutFolder, Driven

Cut = Callable[..., CutFolder]
Open = Callable[..., Driven]


def refused(kind: type[RetakeError], act: Callable[[], Any]) -> RetakeError:
    """The error of an act that is refused, with all its parts."""
    with pytest.raises(kind) as raised:
        act()
    assert raised.value.what
    assert raised.value.where
    assert raised.value.fix
    return raised.value


# --- nothing is sent but what was confirmed ---------------------------------------------------------------------------


def _other_words(desk: Driven, footage: Path) -> None:
    desk.say("override", request=desk.request()["id"], prompt="hail")


def _more_takes(desk: Driven, footage: Path) -> None:
    desk.say("override", request=desk.request()["id"], takes=3)


def _other_words_elsewhere(desk: Driven, footage: Path) -> None:
    said = desk.place.run("override", str(desk.place.cut), desk.request()["id"], "--prompt", "hail")
    assert said.returncode == 0, said.stderr


def _exported_again(desk: Driven, footage: Path) -> None:
    desk.place.mark(footage, "RETAKE: hail", "RETAKE: snow")


def _other_price(desk: Driven, footage: Path) -> None:
    (desk.place.folder / "retake.toml").write_text("context = 30\n")


def _less_budget(desk: Driven, footage: Path) -> None:
    (desk.place.folder / "retake.toml").write_text("budget = 0.02\n")


@pytest.mark.parametrize(
    "change", [_other_words, _more_takes, _other_words_elsewhere, _exported_again, _other_price, _less_budget]
)
def test_what_changed_after_it_was_shown_is_not_confirmed(
    cut_of: Cut, open_desk: Open, sim: Simulator, footage: Path, change: Callable[[Driven, Path], None]
) -> None:
    desk = open_desk(cut_of("RETAKE: rain", "RETAKE: snow"), service="ltx")
    shown = desk.board()
    change(desk, footage)
    refused(BudgetExceeded if change is _less_budget else NotConfirmed, lambda: desk.confirm(shown))
    assert desk.wait()["money"]["project"]["spent"] == "0"
    assert sim.requests() == []
    assert desk.session.ledger.orders() == []


@pytest.mark.parametrize("digest", ["", "no", "0" * 16])
def test_a_digest_of_nothing_confirms_nothing(cut_of: Cut, open_desk: Open, sim: Simulator, digest: str) -> None:
    desk = open_desk(cut_of("RETAKE: rain"), service="ltx")
    with pytest.raises(RetakeError):
        desk.say("confirm", digest=digest, skip_problems=True)
    assert desk.states() == []
    assert sim.requests() == []


def test_where_nothing_is_left_nothing_is_confirmed(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    assert desk.board()["confirm"]["blocked"]
    refused(NotConfirmed, desk.confirm)


def test_problems_must_be_left_out_in_so_many_words(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    desk = open_desk(cut_of("RETAKE: rain", "RETAKE context=x: snow"), service="ltx")
    assert desk.board()["confirm"]["problems"]
    refused(PlanRefused, desk.confirm)
    assert sim.requests() == []


@pytest.mark.parametrize("why", ["no key", "no budget"])
def test_what_could_not_be_sent_is_not_ordered(
    cut_of: Cut, open_desk: Open, sim: Simulator, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "no key":
        monkeypatch.delenv("LTXV_API_KEY")
    desk = open_desk(cut_of("RETAKE: rain"), service="ltx", budget="0.01" if why == "no budget" else None)
    refused(SettingsError if why == "no key" else BudgetExceeded, desk.confirm)
    assert desk.states() == []
    assert sim.requests() == []


# --- what is changed outside of the cut -----------------------------------------------------------------------------


CHANGES: list[dict[str, Any]] = [
    {"prompt": "hail"}, {"mode": "both"}, {"takes": 4}, {"service": "runware"}, {"context": 30}, {"skip": True},
    {"prompt": "hail", "mode": "audio", "takes": 2, "service": "fal", "context": 24},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=["+".join(change) for change in CHANGES])
def test_a_change_costs_what_was_said_before_is_known_to_a_later_run_and_can_be_taken_back(
    cut_of: Cut, open_desk: Open, sim: Simulator, change: dict[str, Any]
) -> None:
    place = cut_of("RETAKE: rain", "RETAKE: snow")
    desk = open_desk(place, service="ltx")
    before = desk.board()
    mark = before["requests"][0]["id"]
    told = desk.say("price", request=mark, **change)
    assert desk.board() == before, "to ask for a price keeps nothing"
    after = desk.say("override", request=mark, **change)
    row = after["requests"][0]
    assert row["overridden"]
    assert (told["cost"], told["cost_each"], told["total"]) == (row["cost"], row["cost_each"], after["money"]["total"])
    assert (told["pull"], told["replaced"]) == (row["pull_frames"], row["replaced_frames"])
    assert after["requests"][1] | {"marks_on_clip": 2} == before["requests"][1]
    for name in change:
        assert name == "skip" or row[name] == change[name]
    with Session(place.cut, {"service": "ltx"}) as later:
        items = {item.mark_id: item for item in later.plan().items}
        assert (mark in items) is ("skip" not in change)
        if mark in items:
            item = items[mark]
            assert (item.prompt, item.mode, item.takes, item.service, item.context) == (
                row["prompt"], row["mode"], row["takes"], row["service"], row["context"],
            )  # fmt: skip
        assert str(later.plan().digest) == after["confirm"]["digest"]
    cleared = desk.say("override", request=mark, clear=True)
    assert cleared["requests"] == before["requests"]
    assert cleared["confirm"] == before["confirm"]
    assert desk.session.ledger.overrides() == {}


def test_a_price_that_cannot_be_is_told_with_what_to_do(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    desk = open_desk(cut_of("RETAKE: rain"), service="ltx")
    told = desk.say("price", request=desk.request()["id"], prompt="rain " * 2_000)
    (problem, *_) = told["problems"]
    assert problem["what"]
    assert problem["fix"]


def test_what_equals_the_mark_is_no_change(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    desk = open_desk(cut_of("RETAKE both x2: rain"), service="ltx")
    before = desk.board()
    row = before["requests"][0]
    same = {name: row[name] for name in ("prompt", "mode", "takes", "service", "context")}
    assert desk.say("override", request=row["id"], skip=False, **same)["requests"] == before["requests"]
    desk.say("override", request=row["id"], prompt="hail", mode="video", takes=1, service="fal", context=20)
    assert desk.say("override", request=row["id"], **same)["requests"] == before["requests"]
    assert desk.session.ledger.overrides() == {}


def test_the_contexts_way_back_is_shown(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    desk = open_desk(cut_of("RETAKE: rain", "RETAKE context=20: snow"), service="ltx")
    for number, usual in ((0, desk.request(0)["context"]), (1, 20)):
        row = desk.say("override", request=desk.request(number)["id"], context=usual + 4)["requests"][number]
        assert (row["context"], row["context_in_cut"]) == (usual + 4, usual)
        assert row["context_most"] >= row["context"]


def test_who_asks_for_nobody_is_told_who_there_is(cut_of: Cut, open_desk: Open) -> None:
    desk = open_desk(cut_of("RETAKE: rain"))
    error = refused(SettingsError, lambda: desk.say("override", request=desk.request()["id"], service="nobody"))
    assert "ltx" in error.fix
    assert not desk.request()["overridden"]


@pytest.mark.parametrize("call", ["override", "price", "again", "pick", "cancel", "resolve", "reject", "restore"])
def test_what_nobody_knows_is_no_such_thing(cut_of: Cut, open_desk: Open, call: str) -> None:
    desk = open_desk(cut_of("RETAKE: rain"))
    bodies: dict[str, dict[str, Any]] = {
        "again": {"request": "x", "on": True}, "pick": {"request": "x", "take": None}, "cancel": {"order": "x"},
        "resolve": {"order": "x", "answer": "there"}, "reject": {"take": "x", "reason": ""}, "restore": {"take": "x"},
    }  # fmt: skip
    with pytest.raises(KeyError):
        desk.say(call, **bodies.get(call, {"request": "x", "prompt": "y"}))


def test_an_order_is_known_by_its_whole_id_alone(cut_of: Cut, open_desk: Open) -> None:
    desk = open_desk(cut_of("RETAKE: rain"))
    (key,) = desk.ordered()
    with pytest.raises(KeyError):
        desk.say("cancel", order=key[:7])
    assert desk.states() == ["uploaded"]


# --- once more ------------------------------------------------------------------------------------------------------


def test_another_context_for_what_is_done_orders_nothing(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    row = desk.request()
    board = desk.say("override", request=row["id"], context=row["context"] + 8)
    assert board["requests"][0]["status"] == "done"
    assert [order["id"] for order in board["requests"][0]["orders"]] == [order["id"] for order in row["orders"]]
    refused(NotConfirmed, desk.confirm)


def test_one_more_is_planned_with_its_cost_and_taken_back(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    desk = open_desk(cut_of("RETAKE x2: rain"), service="ltx")
    desk.ordered(State.FAILED, charged=True)
    before = desk.request()
    assert before["cost"] in ("0", "0.0000")
    planned = desk.say("again", request=before["id"], on=True)
    row = planned["requests"][0]
    assert row["again"]
    assert row["cost"] == row["cost_each"] == planned["confirm"]["cost"] == planned["money"]["total"]
    assert planned["confirm"]["sends"][0]["takes"] == 1
    back = desk.say("again", request=before["id"], on=False)
    assert back["requests"][0] == before
    assert sim.requests() == []


@pytest.mark.parametrize("words", [{}, {"prompt": "hail"}])
def test_one_more_is_not_planned_while_nobody_knows_of_an_order(
    cut_of: Cut, open_desk: Open, words: dict[str, str]
) -> None:
    desk = open_desk(cut_of("RETAKE: rain"), service="ltx", again=True)
    (key,) = desk.ordered(State.UNKNOWN, kind="no_answer")
    row = desk.request()
    assert (row["again"], float(row["cost"]), len(row["orders"])) == (False, 0, 1)
    assert any(key[:7] in problem["what"] for problem in desk.board()["problems"])
    error = refused(OrderError, lambda: desk.say("again", request=row["id"], on=True, **words))
    assert key[:7] in error.what
    assert desk.board()["confirm"]["blocked"] == "nothing is left to be sent"


def test_one_more_in_other_words_is_one_however_many_were_asked_for(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    before = desk.request()
    planned = desk.say("again", request=before["id"], on=True, prompt="hail")
    row = planned["requests"][0]
    assert (row["prompt"], row["prompt_in_cut"], row["overridden"], row["again"]) == ("hail", "rain", True, True)
    assert planned["confirm"]["sends"][0]["takes"] == 1
    assert [take["label"] for take in row["made"]] == ["v001", "v002"]
    assert [order["id"] for order in row["orders"]] == [order["id"] for order in before["orders"]]


@pytest.mark.slow
def test_other_words_make_one_more_take_that_stands_beside_the_others(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    mark = desk.request()["id"]
    desk.say("again", request=mark, on=True, prompt="hail")
    desk.confirm()
    row = desk.wait()["requests"][0]
    assert [take["label"] for take in row["made"]] == ["v001", "v002", "v003"]
    assert [take["prompt"] for take in row["made"]] == ["rain", "rain", "hail"]
    assert (row["status"], row["again"], len(row["orders"])) == ("done", False, 3)
    for take in row["made"]:
        assert desk.say("pick", request=mark, take=take["id"])["requests"][0]["picked"] == take["id"]
    assert desk.say("write", editor="")["added"] == 6, "three pictures and three sounds"
    references = two_takes.clip()["media_references"]
    assert [key for key in references if key.startswith("retake.")] == ["retake.v001", "retake.v002", "retake.v003"]
    placed = two_takes.folder / "placed.otio"
    said = two_takes.run("place", str(two_takes.cut), "-o", str(placed))
    assert said.returncode == 0, said.stdout + said.stderr
    assert set(two_takes.clip(placed)["media_references"]) == set(references)
    again = two_takes.run("run", str(two_takes.cut), "-o", str(placed), "--yes")
    assert "0 to send" in again.stdout, again.stdout


# --- cancel, and what a person knows ---------------------------------------------------------------------------------


HONEST: dict[State, tuple[dict[str, Any], list[str], bool]] = {
    State.UPLOADED: ({}, [], True),
    State.REFUSED: ({"kind": "funds", "message": "no funds"}, [], False),
    State.UNKNOWN: ({"kind": "no_answer", "message": "the line broke"}, ["accepted", "refused", "written-off"], False),
    State.RUNNING: ({}, [], False),
    State.READY: ({"charged": True}, ["written-off"], False),
    State.EXPIRED: ({"charged": True}, ["there"], False),
    State.FAILED: ({"message": "out of memory"}, ["charged", "not-charged"], False),
}
"""For each state what was said of the attempt, what a person can say of it, and whether it can be cancelled at LTX."""


@pytest.mark.parametrize("state", HONEST)
def test_only_what_can_be_said_or_done_now_is_offered(
    cut_of: Cut, open_desk: Open, sim: Simulator, state: State
) -> None:
    desk = open_desk(cut_of("RETAKE: rain"), service="ltx")
    said, choices, can_cancel = HONEST[state]
    (key,) = desk.ordered(state, **said)
    (order,) = desk.request()["orders"]
    assert (order["id"], order["state"], order["choices"]) == (key, state, choices)
    assert order["can_cancel"] is can_cancel
    assert order["words"]
    assert order["why"] == ([said["message"]] if "message" in said else [])
    bodies: dict[str, dict[str, Any]] = {"accepted": {"id": "job-9"}, "charged": {"amount": "0.10"}}
    for answer in ("accepted", "refused", "written-off", "charged", "not-charged", "there"):
        if answer not in choices:
            refused(OrderError, lambda a=answer: desk.say("resolve", order=key, answer=a, **bodies.get(a, {})))
    if not can_cancel and state is not State.REFUSED:
        refused(OrderError, lambda: desk.say("cancel", order=key))
    assert desk.states() == [state]
    assert sim.requests() == []


SAID: list[tuple[State, str, dict[str, str], str, str]] = [
    (State.UNKNOWN, "accepted", {"id": "job-9"}, "submitted", "reserved"),
    (State.UNKNOWN, "refused", {}, "refused", "released"),
    (State.UNKNOWN, "written-off", {}, "written_off", "settled"),
    (State.READY, "written-off", {}, "written_off", "reserved"),
    (State.EXPIRED, "there", {}, "ready", "reserved"),
    (State.FAILED, "charged", {"amount": "0.10"}, "failed", "settled"),
    (State.FAILED, "not-charged", {}, "failed", "released"),
]
"""In a state, what a person says, and what becomes of the order and of its charge."""


@pytest.mark.parametrize(("state", "answer", "more", "then", "charge"), SAID)
def test_what_a_person_says_is_written(
    cut_of: Cut, open_desk: Open, sim: Simulator, state: State, answer: str, more: dict[str, str], then: str,
    charge: str,
) -> None:  # fmt: skip
    desk = open_desk(cut_of("RETAKE: rain"), service="ltx")
    (key,) = desk.ordered(state)
    assert answer in desk.request()["orders"][0]["choices"]
    board = desk.say("resolve", order=key, answer=answer, **more)
    (order,) = board["requests"][0]["orders"]
    assert order["state"] == then
    assert answer not in order["choices"] or answer == "accepted"
    assert key[:7] in board["said"][-1]
    assert desk.session.ledger.read("SELECT state FROM charges") == [(charge,)]
    assert sim.requests() == []


@pytest.mark.slow
@pytest.mark.parametrize(("state", "answer", "more", "then", "charge"), SAID)
def test_as_the_command_writes_it(
    cut_of: Cut, open_desk: Open, sim: Simulator, state: State, answer: str, more: dict[str, str], then: str,
    charge: str,
) -> None:  # fmt: skip
    place = cut_of("RETAKE: rain")
    desk = open_desk(place, service="ltx")
    (key,) = desk.ordered(state)
    said = place.run("ledger", "resolve", key[:7], f"--{answer}", *more.values(), "--project", "retakes")
    assert said.returncode == 0, said.stdout + said.stderr
    assert desk.states() == [then]
    assert desk.session.ledger.read("SELECT state FROM charges") == [(charge,)]


def test_what_was_not_sent_is_cancelled_at_once(cut_of: Cut, open_desk: Open, sim: Simulator) -> None:
    desk = open_desk(cut_of("RETAKE: rain", "RETAKE: snow"), service="ltx")
    first, _ = desk.ordered()
    board = desk.say("cancel", order=first)
    assert sorted(desk.states()) == ["cancelled", "uploaded"]
    assert "nothing was sent" in board["said"][-1]
    assert not desk.desk.worker.running
    assert sim.requests() == []


def test_an_amount_that_is_none_is_not_written(cut_of: Cut, open_desk: Open) -> None:
    desk = open_desk(cut_of("RETAKE: rain"), service="ltx")
    (key,) = desk.ordered(State.FAILED)
    for amount in ("-1", "lots", "1e9", "0x10", "NaN", ""):
        with pytest.raises(RetakeError):
            desk.say("resolve", order=key, answer="charged", amount=amount)
    assert desk.request()["orders"][0]["choices"] == ["charged", "not-charged"]


def test_the_answers_are_json_that_any_page_reads(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    text = json.dumps(desk.board(), allow_nan=False)
    assert json.loads(text) == desk.board()
