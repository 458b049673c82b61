"""What was done in Resolve since, or taken back by Revert, is not undone and not done again by the next plan."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from otio_retake.resolve.history import reverted
from otio_retake.resolve.learned import learn_from_reverted
from tests.resolve.handover import Handover
from tests.resolve.test_whole import Show

pytestmark = pytest.mark.slow


def placed(show: Show, state: Path) -> dict[str, Any]:
    """One take of each clip is made, picked and put in; the plan that did it."""
    show.stage.mark_clip(show.first, 30, 10, name="RETAKE", note="rain")
    show.stage.mark_clip(show.second, 80, 10, name="RETAKE", note="snow")
    with Handover(show.fake, state) as desk:
        desk.order()
        for row in desk.desk.board()["requests"]:
            desk.say("pick", request=row["id"], take=row["made"][0]["id"])
        plan = desk.write()
        desk.apply()
        assert set(plan["pick"]) == {show.first.uid, show.second.uid}
    assert [shown(show, one) for one in (show.first, show.second)] == [(2, 2), (2, 2)]
    return plan


def shown(show: Show, item: Any) -> tuple[int, int]:
    """How many takes are in an item's list, and which is seen."""
    proxy = show.stage.item(item)
    return proxy.GetTakesCount(), proxy.GetSelectedTakeIndex()


def states(desk: Handover) -> list[tuple[str, bool]]:
    """Of each request's take: its state, and whether it is picked."""
    return [(row["made"][0]["state"], row["picked"] is not None) for row in desk.desk.board()["requests"]]


@pytest.mark.parametrize("first_alone", [False, True])
def test_a_take_that_an_editor_took_out_is_not_put_back(tmp_path: Path, first_alone: bool) -> None:
    show = Show(tmp_path, "24", "01:00:00:00")
    placed(show, tmp_path / "state")
    for item in (show.first,) if first_alone else (show.first, show.second):
        proxy = show.stage.item(item)
        assert proxy.SelectTakeByIndex(1)
        assert proxy.DeleteTakeByIndex(2)
    with Handover(show.fake, tmp_path / "state") as desk:
        assert any("taken out" in line for line in desk.learned)
        assert states(desk) == [("rejected", False), ("picked", True) if first_alone else ("rejected", False)]
        plan = desk.write()
        assert {take["item"] for take in plan["takes"]} == ({show.second.uid} if first_alone else set())
        desk.apply()
    assert shown(show, show.first)[0] < 2


@pytest.mark.parametrize("again", [False, True])
def test_what_revert_took_back_is_picked_no_more(tmp_path: Path, again: bool) -> None:
    """On the same desk, and on the next; the takes may be put in again, beside an original that stays in use."""
    show = Show(tmp_path, "24", "01:00:00:00")
    if again:
        placed(show, tmp_path / "state")
        with Handover(show.fake, tmp_path / "state") as desk:
            desk.revert()
        desk = Handover(show.fake, tmp_path / "state")
    else:
        show.stage.mark_clip(show.first, 30, 10, name="RETAKE", note="rain")
        desk = Handover(show.fake, tmp_path / "state")
        desk.order()
        row = desk.desk.board()["requests"][0]
        desk.say("pick", request=row["id"], take=row["made"][0]["id"])
        desk.write()
        desk.apply()
        desk.revert()
        (idents,) = reverted(desk.folder).values()
        assert learn_from_reverted(desk.session, idents)
    with desk:
        assert all(state == ("made", False) for state in states(desk))
        assert not any(desk.write()["pick"].values())
        desk.apply()
        assert shown(show, show.first) == (2, 1)


def test_what_an_editor_chose_since_stays_on_an_open_desk(tmp_path: Path) -> None:
    show = Show(tmp_path, "24", "01:00:00:00")
    show.stage.mark_clip(show.first, 30, 10, name="RETAKE", note="rain")
    show.stage.mark_clip(show.second, 80, 10, name="RETAKE", note="snow")
    with Handover(show.fake, tmp_path / "state") as desk:
        desk.order()
        rows = desk.desk.board()["requests"]
        desk.say("pick", request=rows[0]["id"], take=rows[0]["made"][0]["id"])
        assert set(desk.write()["pick"]) == {show.first.uid}
        desk.apply()
        assert show.stage.item(show.first).SelectTakeByIndex(1)
        desk.say("pick", request=rows[1]["id"], take=rows[1]["made"][0]["id"])
        assert set(desk.write()["pick"]) == {show.second.uid}
        desk.apply()
        assert [shown(show, one) for one in (show.first, show.second)] == [(2, 1), (2, 2)]


def test_a_damaged_report_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "reverted-1.json").write_text("{")
    (tmp_path / "reverted-2.json").write_text(json.dumps({"results": [{"ident": "a", "outcome": "taken back"}]}))
    os.mkdir(tmp_path / "reverted-3.json")
    assert reverted(tmp_path) == {
        "reverted-1.json": frozenset(), "reverted-2.json": frozenset({"a"}), "reverted-3.json": frozenset(),
    }  # fmt: skip
