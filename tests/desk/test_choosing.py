"""Picks, rejections, the file of picks, and the cut that is written with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from otio_retake.desk.calls import CALLS, MOST_ROWS, read_call
from otio_retake.errors import CutError, OrderError, RetakeError
from otio_retake.takes_store import takes

from .driven import CutFolder, Driven

Cut = Callable[..., CutFolder]
Open = Callable[..., Driven]


def kept(desk: Driven) -> dict[str, str]:
    """The state of every take's file in the ledger."""
    return {take.path.name: take.state for take in takes(desk.session.ledger)}


def active(place: CutFolder) -> str:
    """What the clip with the marks plays in the written cut."""
    return str(place.clip()["active_media_reference_key"])


def above(place: CutFolder) -> dict[str, bool]:
    """The clips on other tracks of the written cut, by version and kind of track, and whether each is switched on."""
    timeline = json.loads(place.out.read_text())
    found = {}
    for track in timeline["tracks"]["children"][1:]:
        for clip in track["children"]:
            if clip["OTIO_SCHEMA"].startswith("Clip"):
                version = clip["name"].rpartition("_")[2].partition(".")[0]
                found[f"{track['kind']} {version}"] = bool(clip["enabled"])
    return found


# --- picks ----------------------------------------------------------------------------------------------------------


def test_a_pick_is_the_only_one_of_its_place_and_stays(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    mark = desk.request()["id"]
    first, second = (take["id"] for take in desk.request()["made"])
    assert desk.request()["picked"] is None
    for ident in (first, second, first):
        board = desk.say("pick", request=mark, take=ident)
        states = {take["id"]: take["state"] for take in board["requests"][0]["made"]}
        assert states == {one: "picked" if one == ident else "made" for one in (first, second)}
        assert open_desk(two_takes).request()["picked"] == ident
    assert desk.say("pick", request=mark, take=None)["requests"][0]["picked"] is None
    assert set(kept(desk).values()) == {"made"}


def test_picture_and_sound_of_one_retake_are_picked_together(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    second = desk.take("v002")
    desk.say("pick", request=desk.request()["id"], take=second["id"])
    assert second["kind"] == "both"
    picked = {name for name, state in kept(desk).items() if state == "picked"}
    assert picked == {f"{second['name']}.mov", f"{second['name']}.wav"}


@pytest.mark.slow
def test_a_take_stands_with_the_marks_that_it_holds_a_result_for(cut_of: Cut, open_desk: Open) -> None:
    """A mark that came later: what was made before it is none of its takes; each that is listed can be picked."""
    place = cut_of("RETAKE: rain")
    first = open_desk(place)
    first.confirm()
    first.wait()
    first.close()
    place.mark(next(place.folder.glob("*.mov")), "RETAKE: rain", "RETAKE: snow")
    desk = open_desk(place)
    desk.confirm()
    desk.wait()
    assert (desk.labels(0), desk.labels(1)) == (["v001", "v002"], ["v002"])
    for row in desk.board()["requests"]:
        for take in row["made"]:
            board = desk.say("pick", request=row["id"], take=take["id"])
            assert next(r for r in board["requests"] if r["id"] == row["id"])["picked"] is not None


def test_the_take_of_another_place_cannot_be_picked(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    with pytest.raises(KeyError):
        desk.say("pick", request=desk.request()["id"], take="no-such-take")
    assert set(kept(desk).values()) == {"made"}


def test_the_cut_is_written_with_what_was_picked(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    mark = desk.request()["id"]
    before = two_takes.cut.read_bytes()
    told = desk.say("write", editor="")
    assert (told["written"], told["added"], told["left_out"]) == ("cut-retakes.otio", 4, [])
    assert active(two_takes) == "DEFAULT_MEDIA"
    assert set(kept(desk).values()) == {"placed"}
    for label in ("v002", "v001"):
        desk.say("pick", request=mark, take=desk.take(label)["id"])
        told = desk.say("write", editor="")
        assert told["added"] == 4
        assert active(two_takes) == f"retake.{label}"
        assert above(two_takes) == {"Audio v001": False, "Audio v002": False}, "the original would sound with it"
        assert any(desk.take(label)["name"] in warning for warning in told["warnings"])
        assert {take["state"] for take in desk.request()["made"]} == {"picked", "placed"}
    desk.say("pick", request=mark, take=None)
    desk.say("write", editor="")
    assert active(two_takes) == "DEFAULT_MEDIA"
    assert two_takes.cut.read_bytes() == before, "what was read is never written to"


@pytest.mark.slow
@pytest.mark.parametrize("editor", ["resolve", "premiere", "hiero"])
def test_an_editor_gets_clips_above_of_which_the_picked_one_is_on(
    two_takes: CutFolder, open_desk: Open, editor: str
) -> None:
    desk = open_desk(two_takes)
    board = desk.board()
    mark = board["requests"][0]["id"]
    if editor not in board["cut"]["editors"]:
        pytest.skip(f"no {editor} here")
    first, second = (take["id"] for take in board["requests"][0]["made"])

    def on() -> list[str]:
        desk.say("write", editor=editor)
        return [name.split()[0] for name, enabled in above(two_takes).items() if enabled]

    assert on() == []
    assert len([name for name in above(two_takes) if name.startswith("Video")]) == 2
    for ident in (first, second):
        desk.say("pick", request=mark, take=ident)
        assert on() == ["Video"]
        (pictured,) = [n for n, enabled in above(two_takes).items() if enabled and n.startswith("Video")]
        key = {take["id"]: take["orders"][0] for take in desk.request()["made"]}[ident]
        names = {f"Video v{take.version:03}": take for take in takes(desk.session.ledger, "state = 'picked'")}
        assert names[pictured].spec.picks[0][0] == key
        assert desk.request()["picked"] == ident
    desk.say("pick", request=mark, take=None)
    assert on() == []
    assert desk.request()["picked"] is None
    assert "picked" not in kept(desk).values()
    assert [take["label"] for take in desk.request()["made"]] == ["v001", "v002"]


def test_a_take_whose_mark_was_deleted_leaves_the_cut_with_a_word(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    desk.say("write", editor="")
    names = {take["name"] for take in desk.request()["made"]}
    two_takes.cut.write_text(two_takes.cut.read_text().replace("RETAKE", "done"))
    told = desk.say("write", editor="")
    assert told["added"] == 0
    assert len(told["left_out"]) == len(names) == 2
    assert all(any(name in said for said in told["left_out"]) for name in names)


def test_what_an_editor_changed_is_never_written_over(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    desk.say("write", editor="")
    edited = two_takes.out.read_text().replace("A001", "A002", 1)
    two_takes.out.write_text(edited)
    with pytest.raises(CutError) as raised:
        desk.say("write", editor="")
    assert raised.value.fix
    assert two_takes.out.read_text() == edited


def test_a_cut_that_was_exported_meanwhile_is_the_one_that_is_written(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    desk.board()
    two_takes.cut.write_text(two_takes.cut.read_text().replace('"A001"', '"A001 again"'))
    assert desk.say("write", editor="")["added"] == 4
    assert two_takes.clip()["name"] == "A001 again"


def test_nothing_is_made_for_an_editor_while_somebody_else_is_at_work(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    somebody = two_takes.somebody()
    with pytest.raises(OrderError) as raised:
        desk.say("write", editor="resolve")
    assert raised.value.fix
    assert desk.say("write", editor="")["added"] == 4, "what is made already can be written all the same"
    somebody.go()


def test_an_editor_that_is_none_is_refused(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    with pytest.raises(RetakeError) as raised:
        desk.say("write", editor="notepad")
    assert raised.value.fix
    assert not two_takes.out.exists()


# --- rejections -----------------------------------------------------------------------------------------------------


def test_a_rejected_take_is_not_placed_and_its_reason_is_kept(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    mark, first = desk.request()["id"], desk.take("v001")
    desk.say("pick", request=mark, take=first["id"])
    board = desk.say("reject", take=first["id"], reason="the mouth is soft")
    assert board["requests"][0]["picked"] is None
    shown = open_desk(two_takes).take("v001")
    assert (shown["state"], shown["reason"]) == ("rejected", "the mouth is soft")
    with pytest.raises(CutError) as raised:
        desk.say("pick", request=mark, take=first["id"])
    assert raised.value.fix
    told = desk.say("write", editor="")
    assert told["added"] == 2
    assert any(first["name"] in warning for warning in told["warnings"])
    assert "retake.v001" not in two_takes.clip()["media_references"]
    desk.say("restore", take=first["id"])
    assert (desk.take("v001")["state"], desk.take("v001")["reason"]) == ("made", "")
    assert desk.say("write", editor="")["added"] == 4


def test_to_take_back_what_was_never_rejected_changes_nothing(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    mark, first = desk.request()["id"], desk.take("v001")["id"]
    desk.say("pick", request=mark, take=first)
    before = desk.board()["requests"]
    assert desk.say("restore", take=first)["requests"] == before


# --- the file of picks ----------------------------------------------------------------------------------------------


def test_picks_go_out_in_a_file_and_come_back(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    mark, first, second = desk.request()["id"], desk.take("v001"), desk.take("v002")
    desk.say("pick", request=mark, take=second["id"])
    desk.say("reject", take=first["id"], reason="soft")
    saved = desk.desk.picks()
    assert saved == {
        "otio_retake_picks": 1, "cut": "cut.otio",
        "picks": [{"mark": mark, "take": second["id"], "name": second["name"]}],
        "rejected": [{"take": first["id"], "name": first["name"], "reason": "soft"}],
    }  # fmt: skip
    desk.say("restore", take=first["id"])
    desk.say("pick", request=mark, take=None)
    assert desk.desk.picks()["picks"] == [{"mark": mark, "take": None, "name": "original"}]
    told = desk.say("picks", **saved)
    assert (told["applied"], told["unknown"]) == (2, [])
    row = told["board"]["requests"][0]
    assert row["picked"] == second["id"]
    assert [(take["state"], take["reason"]) for take in row["made"]] == [("rejected", "soft"), ("picked", "")]
    assert desk.desk.picks() == saved


def test_what_a_file_names_and_nobody_knows_is_listed_and_the_rest_taken_up(
    two_takes: CutFolder, open_desk: Open
) -> None:
    desk = open_desk(two_takes)
    mark, first, second = desk.request()["id"], desk.take("v001"), desk.take("v002")
    desk.say("reject", take=first["id"], reason="soft")
    told = desk.say(
        "picks", otio_retake_picks=1, cut="cut.otio",
        picks=[
            {"mark": "another-mark", "take": second["id"], "name": "elsewhere"},
            {"mark": mark, "take": "another-take", "name": "unheard of"},
            {"mark": mark, "take": first["id"], "name": "rejected here"},
            {"mark": mark, "take": second["id"], "name": second["name"]},
        ],
        rejected=[{"take": "a-third", "name": "gone", "reason": ""}],
    )  # fmt: skip
    assert told["applied"] == 1
    for name in ("elsewhere", "unheard of", "rejected here", "gone"):
        assert sum(name in line for line in told["unknown"]) == 1
    assert told["board"]["requests"][0]["picked"] == second["id"]


def test_the_picks_of_another_cut_are_refused(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    picks = [{"mark": "m", "take": "t", "name": "n"}]
    with pytest.raises(CutError) as raised:
        desk.say("picks", otio_retake_picks=1, cut="another.otio", picks=picks, rejected=[])
    assert "another.otio" in str(raised.value)
    assert raised.value.where
    assert raised.value.fix
    mark, second = desk.request()["id"], desk.take("v002")
    picks = [{"mark": mark, "take": second["id"], "name": second["name"]}]
    told = desk.say("picks", otio_retake_picks=1, cut="cut-v2.otio", picks=picks, rejected=[])
    assert told["applied"] == 1, "another version of the cut has the same marks"


GOOD: dict[str, Any] = {"otio_retake_picks": 1, "cut": "cut.otio", "picks": [], "rejected": []}
ROW = {"mark": "m", "take": "t", "name": "n"}
HOSTILE: dict[str, Any] = {
    "a list": [GOOD], "a number": 1, "nothing": None, "another version": GOOD | {"otio_retake_picks": 2},
    "no cut": {k: v for k, v in GOOD.items() if k != "cut"},
    "more than is known": GOOD | {"key": "x"}, "a pick of numbers": GOOD | {"picks": [{**ROW, "mark": 1}]},
    "a pick of nothing": GOOD | {"picks": [None]}, "picks by name": GOOD | {"picks": {"0": ROW}},
    "a list for a take": GOOD | {"picks": [{**ROW, "take": ["t"]}]}, "no mark": GOOD | {"picks": [{**ROW, "mark": ""}]},
    "a name without end": GOOD | {"picks": [{**ROW, "name": "n" * 1_000}]},
    "a reason without end": GOOD | {"rejected": [{"take": "t", "name": "n", "reason": "r" * 10_000}]},
    "picks without end": GOOD | {"picks": [ROW] * (MOST_ROWS + 1)},
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_is_none_is_refused_with_what_to_do(what: str) -> None:
    with pytest.raises(RetakeError) as raised:
        read_call(CALLS["picks"], json.dumps(HOSTILE[what]).encode())
    assert raised.value.what
    assert raised.value.where
    assert raised.value.fix
    assert len(str(raised.value)) < 1_000


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"otio_retake_picks":1e999}', b"[" * 100_000])
def test_bytes_that_are_no_json_are_refused(body: bytes) -> None:
    with pytest.raises(RetakeError):
        read_call(CALLS["picks"], body)
