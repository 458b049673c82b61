"""A take is where it belongs only with the frames that are asked now; what the editor had chosen is known again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from retake_in_resolve import exchange

from tests.fake_resolve.state import Take
from tests.resolve_plugin.scene import Scene, outcomes


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    stamps = iter(f"20260101-0000{number:02}" for number in range(60))
    monkeypatch.setattr(exchange, "stamp", lambda: next(stamps))
    scene = Scene(tmp_path)
    scene.begin()
    return scene


def slip(item: Any, frames: int) -> None:
    """The editor slips a clip: its first take, and what is seen where that is it."""
    if item.takes:
        first = item.takes[0]
        moved = {"start": first.start + frames, "end": first.end + frames, "source": first.source + frames}
        item.takes[0] = replace(first, **moved)
    if item.selected in (0, 1):
        item.source += frames


def bounds(item: Any) -> list[tuple[str, int, int]]:
    return [(take.media.name, take.start, take.end) for take in item.takes]


# --- in the take list -------------------------------------------------------------------------------------------------


def test_other_frames_of_a_take_that_is_there_are_a_further_entry(scene: Scene) -> None:
    take = scene.take(scene.tail, "a1", name="other_rtka1_v001")
    scene.apply(scene.plan(take))
    slip(scene.tail, 4)
    scene.begin()
    again = scene.take(scene.tail, "a1", name="other_rtka1_v001", bounds=[16, 66])
    result = scene.apply(scene.plan(again, pick={again["item"]: "a1"}))
    assert outcomes(result) == {"a1": "done"}
    assert "other frames" in result["results"][0]["why"]
    assert bounds(scene.tail) == [
        ("other.mov", 4, 54), ("other_rtka1_v001", 12, 62), ("other_rtka1_v001", 16, 66),
    ]  # fmt: skip
    assert scene.tail.selected == 3, "the frames that are asked now are what is chosen"
    assert result["picks"] == {again["item"]: "a1"}
    scene.revert()
    assert scene.tail.takes == []
    assert (scene.tail.media, scene.tail.source) == (scene.other, 4)


def test_a_further_entry_that_goes_wrong_leaves_the_first(scene: Scene) -> None:
    take = scene.take(scene.tail, "a1")
    scene.apply(scene.plan(take))
    scene.fake.knobs = replace(scene.fake.knobs, select_lands=False, selection_after_add="new")
    scene.apply(scene.plan(take | {"bounds": [16, 66]}, revision=2))
    assert ("shot_rtka1_v001", 12, 62) in bounds(scene.tail)


def test_a_slip_of_the_original_is_noticed_though_a_take_of_ours_is_seen(scene: Scene) -> None:
    first, second = scene.take(scene.tail, "a1"), scene.take(scene.tail, "a2")
    scene.apply(scene.plan(first, pick={first["item"]: "a1"}))
    slip(scene.tail, 5)
    result = scene.apply(scene.plan(first, second, revision=2))["results"][1]
    assert result["outcome"] == "refused"
    assert "another part" in result["why"]


# --- above ------------------------------------------------------------------------------------------------------------


def test_a_take_above_that_lies_elsewhere_is_laid_where_it_belongs(scene: Scene) -> None:
    take = scene.take(scene.tail, "c1", "above", region=(5, 20))
    scene.apply(scene.plan(take))
    scene.tail.start += 200
    report = scene.apply(scene.plan(take, revision=2, pick={take["item"]: "c1"}))
    assert outcomes(report) == {"c1": "done"}
    assert "elsewhere" in report["results"][0]["why"]
    laid = {item.start - scene.stage.state.start: item.enabled for item in scene.stage.track(3).items}
    assert laid == {209: False, 409: True}
    assert report["picks"] == {take["item"]: "c1"}
    report = scene.apply(scene.plan(take, revision=3, pick={take["item"]: ""}))
    assert outcomes(report) == {"c1": "already there"}
    assert not any(item.enabled for item in scene.stage.track(3).items)
    scene.revert()
    assert len(scene.stage.state.tracks["video"]) == 2


@pytest.mark.parametrize("change", ["moved", "trimmed", "slipped"])
def test_a_take_above_that_was_changed_is_not_the_planned_one(scene: Scene, change: str) -> None:
    take = scene.take(scene.tail, "c1", "above", region=(5, 20))
    scene.apply(scene.plan(take))
    ours = scene.stage.track(3).items[0]
    if change == "moved":
        ours.start += 30
    elif change == "trimmed":
        ours.duration -= 3
    else:
        ours.source += 3
    report = scene.apply(scene.plan(take, revision=2, pick={take["item"]: "c1"}))
    assert outcomes(report) == {"c1": "done"}
    placed = [item for track in scene.stage.state.tracks["video"][2:] for item in track.items if item is not ours]
    assert [(item.start, item.duration, item.source, item.enabled) for item in placed] == [
        (scene.tail.start + 5, 20, 12, True)
    ]
    assert not ours.enabled


def test_a_copy_of_the_editors_own_is_not_switched(scene: Scene) -> None:
    take = scene.take(scene.tail, "c1", "above", region=(5, 20))
    scene.apply(scene.plan(take))
    own = replace(scene.stage.track(3).items[0], uid="own")
    scene.stage.track(2).items.append(own)
    scene.apply(scene.plan(take, revision=2, pick={take["item"]: "c1"}))
    assert not own.enabled
    assert scene.stage.track(3).items[0].enabled


# --- what was seen before ---------------------------------------------------------------------------------------------


def misled(scene: Scene, take: dict[str, Any]) -> dict[str, Any]:
    """The take as of a plan that holds the first entry of the list for the original."""
    return take | {"expects": take["expects"] | {"media": scene.shot.uid, "left_offset": 10}}


def test_the_original_is_what_was_seen_before_ours_in_an_earlier_session_too(scene: Scene) -> None:
    take = scene.take(scene.taken, "b1")
    scene.apply(scene.plan(take, pick={take["item"]: "b1"}))
    assert scene.taken.selected == 3
    scene.begin()
    again = misled(scene, take | {"item": scene.row(scene.taken)[0]["id"]})
    report = scene.apply(scene.plan(again, pick={take["item"]: ""}))
    assert report["picks"] == {take["item"]: ""}
    assert (scene.taken.selected, scene.taken.media) == (2, scene.other)


def test_what_the_editor_chose_since_then_is_what_comes_back(scene: Scene) -> None:
    take = scene.take(scene.taken, "b1")
    scene.apply(scene.plan(take))
    scene.stage.item(scene.taken).SelectTakeByIndex(1)
    scene.apply(scene.plan(take | {"expects": take["expects"]}, revision=2, pick={take["item"]: "b1"}))
    scene.apply(scene.plan(take, revision=3, pick={take["item"]: ""}))
    assert scene.taken.selected == 1


def test_another_take_of_the_editors_own_is_never_chosen(scene: Scene) -> None:
    take = scene.take(scene.taken, "b1")
    scene.apply(scene.plan(take, pick={take["item"]: "b1"}))
    del scene.taken.takes[1]
    scene.taken.takes.append(Take(scene.shot, 300, 360, 300, 60))
    scene.taken.selected = 2
    report = scene.apply(scene.plan(take, revision=2, pick={take["item"]: ""}))
    assert scene.taken.media.path == take["path"]
    line = report["picked"][0]
    assert (line["outcome"], line["shown"]) == ("failed", "b1")
    assert "take list" in line["why"]


# --- choices ----------------------------------------------------------------------------------------------------------


def test_a_choice_that_was_not_carried_out_is_said(scene: Scene) -> None:
    inside, above = scene.take(scene.tail, "b1"), scene.take(scene.long, "c1", "above", region=(12, 30))
    scene.apply(scene.plan(inside, above))
    scene.stage.lock(1)
    scene.stage.disable(3)
    wanted = {inside["item"]: "b1", above["item"]: "c1"}
    report = scene.apply(scene.plan(inside, above, revision=2, pick=wanted))
    lines = {line["ident"]: line for line in report["picked"]}
    assert {line["outcome"] for line in lines.values()} == {"failed"}
    assert "locked" in lines["b1"]["why"]
    assert "switched off" in lines["c1"]["why"]
    assert report["picks"] == {inside["item"]: "", above["item"]: ""}
    assert len([line for line in report["said"] if "not carried out" in line]) == 2


def test_a_choice_that_was_carried_out_is_told_so(scene: Scene) -> None:
    take = scene.take(scene.tail, "b1")
    report = scene.apply(scene.plan(take, pick={take["item"]: "b1"}))
    assert report["picked"] == [{"item": take["item"], "ident": "b1", "outcome": "done", "shown": "b1", "why": ""}]


def test_a_clip_of_which_no_frame_is_known_is_refused(scene: Scene) -> None:
    take = scene.take(scene.tail, "b1")
    take["expects"]["left_offset"] = None
    result = scene.apply(scene.plan(take))["results"][0]
    assert result["outcome"] == "refused"
    assert "which part" in result["why"]
