"""Several marks on one clip, takes in several words, and the way back to the original."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from otio_retake.simulator import Simulator
from otio_retake.takes_store import takes

from .conftest import rehearsed
from .driven import CutFolder, Driven

Open = Callable[..., Driven]


def states(desk: Driven) -> dict[str, str]:
    """The state of every take's file in the ledger."""
    return {take.path.name: take.state for take in takes(desk.session.ledger)}


@pytest.mark.slow
def test_a_pick_for_one_mark_of_a_clip_keeps_the_others(two_marks: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_marks)
    rain, snow = (request["id"] for request in desk.board()["requests"])
    first, second = desk.take("v001"), desk.take("v002")
    orders = len(desk.states())
    desk.say("pick", request=rain, take=first["id"])
    alone = desk.take("v003")
    assert desk.request()["picked"] == alone["id"], "what nobody decided stays the original"
    assert desk.request(1)["picked"] is None
    by_mark = {request["id"]: [order["id"] for order in request["orders"]] for request in desk.board()["requests"]}
    assert set(alone["orders"]) <= set(by_mark[rain])
    desk.say("pick", request=snow, take=second["id"])
    composed = desk.take("v004")
    held = dict(zip(composed["orders"], composed["results"], strict=True))
    assert [key for key in held if key in by_mark[rain]] == [key for key in first["orders"] if key in by_mark[rain]]
    assert [key for key in held if key in by_mark[snow]] == [key for key in second["orders"] if key in by_mark[snow]]
    for number in (0, 1):
        assert desk.request(number)["picked"] == composed["id"]
    assert len(desk.states()) == orders, "to compose orders nothing"
    desk.say("pick", request=rain, take=second["id"])
    assert desk.request()["picked"] == second["id"], "both second results are v002: nothing has to be made"
    desk.say("pick", request=snow, take=second["id"])
    assert "v005" not in desk.labels()
    desk.say("pick", request=snow, take=first["id"])
    assert desk.labels()[-1] == "v005"
    desk.say("write", editor="")
    assert two_marks.clip()["active_media_reference_key"] == "retake.v005"


@pytest.mark.slow
def test_a_pick_for_each_mark_of_a_clip_is_written_for_an_editor_too(two_marks: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_marks)
    rain, snow = (request["id"] for request in desk.board()["requests"])
    desk.say("pick", request=rain, take=desk.take("v001")["id"])
    desk.say("pick", request=snow, take=desk.take("v002")["id"])
    composed = desk.request()["picked"]
    desk.say("write", editor="resolve")
    timeline = json.loads(two_marks.out.read_text())
    clips = [clip for track in timeline["tracks"]["children"][1:] for clip in track["children"]]
    takes_above = [clip for clip in clips if clip["OTIO_SCHEMA"].startswith("Clip")]
    assert [len(takes_above), sum(clip["enabled"] for clip in takes_above)] == [4, 2]
    region = [take for take in takes(desk.session.ledger, "state = 'picked'") if take.spec.kind == "region"]
    whole = next(take for take in takes(desk.session.ledger) if take.ident == composed)
    assert {take.spec.picks[0] for take in region} == set(whole.spec.picks)


@pytest.fixture
def two_sounds(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, footage: Path) -> CutFolder:
    """Two marks on one clip that ask for picture and sound."""
    return rehearsed(tmp_path_factory, footage, "RETAKE both x2: rain", "RETAKE both: snow").copy(tmp_path / "cut")


@pytest.mark.slow
def test_each_mark_of_a_clip_has_its_own_sound(two_sounds: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_sounds)
    rain, snow = desk.board()["requests"]
    for row in (rain, snow):
        assert {take["kind"] for take in row["made"]} == {"both"}
    names = {take.path.name: take for take in takes(desk.session.ledger)}
    desk.say("pick", request=snow["id"], take=desk.take("v001", 1)["id"])
    heard = {name for name, state in states(desk).items() if state == "picked" and name.endswith(".wav")}
    snows = {order["id"] for order in snow["orders"]}
    assert [names[name].spec.picks[0][0] in snows for name in heard] == [True]
    desk.say("reject", take=desk.take("v001")["id"], reason="soft")
    assert {name for name, state in states(desk).items() if state == "dropped"} >= {f"{desk.take('v001')['name']}.mov"}
    for take in (desk.take("v002"), desk.take("v002", 1)):
        assert (take["kind"], take["state"]) == ("both", "made"), "what it shares with a rejected one stays"


@pytest.mark.slow
def test_the_original_under_one_mark_keeps_what_is_picked_for_the_other(two_marks: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_marks)
    rain, snow = (request["id"] for request in desk.board()["requests"])
    first = desk.take("v001")
    desk.say("pick", request=rain, take=first["id"])
    desk.say("pick", request=snow, take=None)
    picked = next(take for take in desk.request()["made"] if take["id"] == desk.request()["picked"])
    mine = {order["id"] for order in desk.request()["orders"]}
    assert set(picked["orders"]) == set(first["orders"]) & mine
    desk.say("pick", request=rain, take=None)
    assert desk.request()["picked"] is None
    desk.say("write", editor="")
    assert two_marks.clip()["active_media_reference_key"] == "DEFAULT_MEDIA"


@pytest.mark.slow
def test_two_yeses_for_one_clip_leave_the_newest_take_with_both_marks(
    cut_of: Callable[..., CutFolder], open_desk: Open, rendering: Simulator
) -> None:
    desk = open_desk(cut_of("RETAKE: rain", "RETAKE: snow"), service="runware")
    snow = desk.request(1)["id"]
    desk.confirm(desk.say("override", request=snow, skip=True))
    desk.confirm(desk.say("override", request=snow, clear=True))
    board = desk.wait()
    assert len(board["requests"][0]["made"][-1]["orders"]) == 2


@pytest.mark.slow
def test_takes_in_other_words_stay_when_the_words_are_taken_back(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    mark = desk.request()["id"]
    desk.say("again", request=mark, on=True, prompt="hail")
    desk.confirm()
    desk.wait()
    desk.say("pick", request=mark, take=desk.take("v003")["id"])
    desk.say("override", request=mark, clear=True)
    assert desk.labels() == ["v001", "v002", "v003"]
    assert desk.request()["picked"]
    assert not desk.request()["overridden"]


def test_other_words_that_nobody_confirmed_order_nothing_later(two_takes: CutFolder, open_desk: Open) -> None:
    """Neither a desk that is closed nor one that crashes leaves them to whoever runs the cut next."""
    desk = open_desk(two_takes)
    mark = desk.request()["id"]
    board = desk.say("again", request=mark, on=True, prompt="hail")
    assert board["requests"][0]["prompt"] == "hail"
    assert len(board["confirm"]["sends"]) == 1
    later = open_desk(two_takes)
    assert later.request()["prompt"] != "hail"
    assert not later.board()["confirm"]["sends"]
    board = desk.say("again", request=mark, on=False)
    assert board["requests"][0]["prompt"] == later.request()["prompt"]


def test_the_original_is_put_back_in_a_cut_that_plays_a_take(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    desk.say("pick", request=desk.request()["id"], take=desk.take("v002")["id"])
    desk.say("write", editor="")
    # As an editor exports it again, with the take still in use.
    Path(two_takes.cut).write_text(two_takes.out.read_text())
    desk.say("write", editor="")
    assert two_takes.clip()["active_media_reference_key"] == "retake.v002"
    desk.say("pick", request=desk.request()["id"], take=None)
    desk.say("write", editor="")
    assert two_takes.clip()["active_media_reference_key"] == "DEFAULT_MEDIA"
