"""What the page is shown: everything of a moment, of whoever is at work, and nothing that is nobody's business."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from otio_retake.desk.answers import as_json
from otio_retake.errors import RetakeError
from otio_retake.orders import State
from otio_retake.simulator import Simulator

from .driven import CutFolder, Driven

Cut = Callable[..., CutFolder]
Open = Callable[..., Driven]

KEYS = {
    "LTXV_API_KEY": "ltxv-Sesame1", "FAL_KEY": "fal-Sesame2", "SEGMIND_API_KEY": "SG_Sesame3",
    "GMI_API_KEY": "gmi-Sesame4", "RUNWARE_API_KEY": "rw-Sesame5",
}  # fmt: skip


def test_a_mark_is_shown_with_what_it_asks_and_costs_and_nothing_is_sent(
    cut_of: Cut, open_desk: Open, sim: Simulator
) -> None:
    board = open_desk(cut_of("RETAKE both x2: rain", "RETAKE: snow"), service="ltx").board()
    first, second = board["requests"]
    assert (first["prompt"], first["mode"], first["takes"], first["service"]) == ("rain", "both", 2, "ltx")
    assert (first["timecode"], first["until"]) == ("01:00:00:20", "01:00:01:04")
    assert (first["status"], first["region_frames"], first["marks_on_clip"]) == ("new", 8, 2)
    assert first["pull_frames"] >= first["replaced_frames"] >= first["region_frames"]
    assert float(first["cost"]) == pytest.approx(2 * float(first["cost_each"]))
    total = float(first["cost"]) + float(second["cost"])
    assert float(board["money"]["total"]) == float(board["confirm"]["cost"]) == pytest.approx(total)
    (sending,) = board["confirm"]["sends"]
    assert (sending["service"], sending["requests"], sending["takes"]) == ("ltx", 2, 3)
    assert sending["frames"] == 2 * first["pull_frames"] + second["pull_frames"]
    for part in ("ltx", str(sending["frames"]), f"{total:.2f}"[:3]):
        assert part in board["confirm"]["question"]
    assert sim.requests() == []


def test_what_keeps_everything_from_being_sent_is_said(
    cut_of: Cut, open_desk: Open, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = cut_of("RETAKE: rain")
    assert open_desk(place, service="ltx").board()["confirm"]["blocked"] == ""
    assert "budget" in open_desk(place, service="ltx", budget="0.01").board()["confirm"]["blocked"]
    monkeypatch.delenv("LTXV_API_KEY")
    assert "key" in open_desk(place, service="ltx").board()["confirm"]["blocked"]


def test_problems_are_shown_with_what_to_do_and_where_they_belong(cut_of: Cut, open_desk: Open) -> None:
    place = cut_of("RETAKE: rain", "RETAKE: snow @ltxx", "RETAKES: no order")
    desk = open_desk(place)
    board = desk.board()
    assert board["confirm"]["problems"] == sum(row["level"] == "problem" for row in board["problems"])
    for row in board["problems"]:
        assert row["what"]
        assert row["fix"]
        assert row["timecode"]
    offline = desk.place.folder / "A001C003.mov"
    offline.rename(offline.with_suffix(".away"))
    (row,) = [row for row in open_desk(place).board()["problems"] if "offline" in row["what"]][:1]
    assert row["request"] in {request["id"] for request in board["requests"]}
    request = open_desk(place).request()
    assert (request["status"], request["stills"]) == ("problem", False)


def test_a_take_is_placed_on_the_clock_of_the_cut(two_takes: CutFolder, open_desk: Open) -> None:
    request = open_desk(two_takes).request()
    for take in request["made"]:
        pair = take["pair"]
        assert (pair["count"], pair["rate"], pair["first"]) == (96, "24000/1001", 0)
        assert pair["timecode"] == ["01:00:00:00", 86400]
        assert pair["region"] == [20, 28]
        assert pair["seams"] == sorted(edge for span in pair["replaced"] for edge in span if 0 < edge < 96)
        first, end = pair["replaced"][0]
        assert first <= 20
        assert end >= 28
        assert (take["kind"], take["there"], take["sound_a"], take["sound_b"]) == ("both", True, True, True)


def test_the_stamp_changes_with_whatever_is_shown_and_with_nothing_else(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    request = desk.request()["id"]
    first, second = (take["id"] for take in desk.request()["made"])
    stamps = [desk.board()["stamp"]]
    assert desk.board()["stamp"] == desk.live()["stamp"] == stamps[0]
    for call, body in (
        ("override", {"request": request, "prompt": "hail"}),
        ("override", {"request": request, "clear": True}),
        ("again", {"request": request, "on": True}),
        ("again", {"request": request, "on": False}),
        ("pick", {"request": request, "take": first}),
        ("pick", {"request": request, "take": second}),
        ("reject", {"take": first, "reason": "soft"}),
        ("reject", {"take": first, "reason": "very soft"}),
    ):
        assert desk.say(call, **body)["stamp"] == desk.live()["stamp"]
        assert desk.board()["stamp"] != stamps[-1], (call, body)
        stamps.append(desk.board()["stamp"])


# --- others at work -------------------------------------------------------------------------------------------------


def test_who_carries_orders_out_is_shown_and_what_they_do_is_followed(cut_of: Cut, open_desk: Open) -> None:
    place = cut_of("RETAKE: rain", "RETAKE: snow")
    desk, other = open_desk(place, service="ltx"), open_desk(place, service="ltx")
    (first, _) = desk.ordered(State.SUBMITTING)
    assert desk.board()["working"] is None
    somebody = place.somebody()
    for each in (desk, other):
        assert each.board()["working"]["pid"] == each.live()["working"]["pid"] == somebody.pid
        assert each.board()["working"]["mine"] is False
    before = desk.live()["stamp"]
    somebody.tell(f"submitted {first}")
    assert desk.live()["stamp"] != before
    assert desk.live()["orders"][first]["state"] == "submitted"
    shown = next(order for order in desk.request()["orders"] if order["id"] == first)
    assert (shown["state"], shown["at_work"]) == ("submitted", True)
    assert shown["since"]
    somebody.tell(f"skip {desk.request(1)['id']}")
    assert desk.request(1)["status"] == "skipped"
    somebody.go()
    assert desk.board()["working"] is None


def test_somebody_who_died_is_not_shown_as_at_work(cut_of: Cut, open_desk: Open) -> None:
    place = cut_of("RETAKE: rain")
    desk = open_desk(place)
    somebody = place.somebody()
    assert desk.board()["working"]["pid"] == somebody.pid
    before = desk.live()["stamp"]
    somebody.die()
    assert desk.live()["working"] is None
    assert desk.live()["stamp"] != before, "the page would not ask again"
    assert desk.board()["working"] is None


def test_what_one_desk_does_the_other_shows(two_takes: CutFolder, open_desk: Open) -> None:
    one, other = open_desk(two_takes), open_desk(two_takes)
    request, take = other.request()["id"], other.take("v002")["id"]
    one.say("pick", request=request, take=take)
    one.say("override", request=request, prompt="hail")
    assert (other.request()["picked"], other.request()["prompt"]) == (take, "hail")


# --- the cut and its settings ---------------------------------------------------------------------------------------


def test_a_cut_that_is_exported_again_is_followed(cut_of: Cut, open_desk: Open, footage: Path) -> None:
    place = cut_of("RETAKE: rain")
    desk = open_desk(place)
    before = desk.board()
    place.mark(footage, "RETAKE: hail", "RETAKE: snow")
    assert desk.live()["stamp"] != before["stamp"] or desk.board()["stamp"] != before["stamp"]
    assert [request["prompt"] for request in desk.board()["requests"]] == ["hail", "snow"]
    assert any("exported again" in line for line in desk.board()["said"])


def test_an_export_that_nobody_asks_for_is_noticed_by_who_only_listens(
    cut_of: Cut, open_desk: Open, footage: Path
) -> None:
    place = cut_of("RETAKE: rain")
    desk = open_desk(place)
    before = desk.board()["stamp"]
    place.mark(footage, "RETAKE: hail")
    assert desk.live()["stamp"] != before


def test_an_export_that_cannot_be_read_is_said_and_the_old_one_stays(
    cut_of: Cut, open_desk: Open, footage: Path
) -> None:
    place = cut_of("RETAKE: rain")
    desk = open_desk(place)
    desk.board()
    whole = place.cut.read_text()
    for broken in (whole[: len(whole) // 2], "", "[]"):
        place.cut.write_text(broken)
        board = desk.board()
        assert [request["prompt"] for request in board["requests"]] == ["rain"]
        assert "cannot be read" in board["said"][-1]
        said = len(board["said"])
        assert len(desk.board()["said"]) == said, "once is enough"
    place.cut.unlink()
    assert [request["prompt"] for request in desk.board()["requests"]] == ["rain"]
    place.mark(footage, "RETAKE: hail")
    assert [request["prompt"] for request in desk.board()["requests"]] == ["hail"]


# --- secrecy --------------------------------------------------------------------------------------------------------


def everything_told(desk: Driven) -> str:
    """All that a page could be told of a desk, errors included."""
    request = desk.request()
    order, take = request["orders"][0]["id"], request["made"][0]["id"]
    told = [desk.board(), desk.live(), desk.desk.picks(), desk.desk.numbers(take)]
    told.append(desk.say("price", request=request["id"], prompt="hail", service="ltx"))
    for call, body in (
        ("confirm", {"digest": "no", "skip_problems": False}),
        ("cancel", {"order": order}),
        ("resolve", {"order": order, "answer": "there"}),
        ("override", {"request": request["id"], "service": "nobody"}),
        ("write", {"editor": ""}),
        ("write", {"editor": ""}),
    ):
        try:
            told.append(desk.say(call, **body))
        except RetakeError as error:
            told.append({"what": error.what, "where": error.where, "fix": error.fix})
    return as_json(told).decode()


def test_the_page_is_told_no_key_and_no_path(
    two_takes: CutFolder, open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    told = everything_told(open_desk(two_takes))
    for key in KEYS.values():
        assert key not in told
    for path in (str(two_takes.folder), os.environ["OTIO_RETAKE_STATE"], str(Path.home()) + os.sep, "/tmp/"):
        assert json.dumps(path)[1:-1] not in told, told[max(told.find(path) - 200, 0) : told.find(path) + 200]


def test_nor_where_media_is_missing_or_no_movie(cut_of: Cut, open_desk: Open) -> None:
    place = cut_of("RETAKE: rain")
    movie = place.folder / "A001C003.mov"
    shutil.move(movie, place.folder / "away.mov")
    told = json.dumps(open_desk(place).board())
    assert "offline" in told
    assert "A001C003.mov" in told
    assert str(place.folder) not in told
    movie.write_bytes(b"no movie at all" * 100)
    told = json.dumps(open_desk(place).board())
    assert str(place.folder) not in told


def test_the_attempts_own_names_stay_here(cut_of: Cut, open_desk: Open) -> None:
    desk = open_desk(cut_of("RETAKE: rain"), service="ltx")
    desk.ordered(State.RUNNING)
    ((token,),) = desk.session.ledger.read("SELECT token FROM attempts")
    assert token not in json.dumps([desk.board(), desk.live()])
