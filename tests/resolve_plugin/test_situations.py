"""What editors do meanwhile, and what Resolve is in: nothing is guessed at, everything is said, no cut is harmed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from retake_in_resolve import exchange, menu, watching
from retake_in_resolve.asking import Away
from retake_in_resolve.collect import collect
from retake_in_resolve.exchange import Taken

from tests.fake_resolve import frozen
from tests.resolve_plugin.scene import Scene, outcomes


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.begin()
    return scene


def one(scene: Scene, item: Any, **more: Any) -> dict[str, Any]:
    """What came of one take of an item."""
    return scene.apply(scene.plan(scene.take(item, "x", **more)))["results"][0]


def untouched(scene: Scene, before: dict[str, Any]) -> bool:
    return scene.picture() == before and not scene.short.takes


# --- the cut changed meanwhile ----------------------------------------------------------------------------------------


def test_a_clip_that_was_moved_is_followed(scene: Scene) -> None:
    take, above = scene.take(scene.tail, "a"), scene.take(scene.tail, "b", "above", region=(10, 20))
    scene.tail.start += 40
    report = scene.apply(scene.plan(take, above))
    assert outcomes(report) == {"a": "done", "b": "done"}
    assert scene.items(track=3) == [(3, 204 + 40 + 10, 20, "shot_rtkb_v001.mov")]
    assert [entry.media.name for entry in scene.tail.takes] == ["other.mov", "shot_rtka_v001"]


@pytest.mark.parametrize("change", ["trimmed", "slipped", "replaced", "deleted"])
@pytest.mark.parametrize("kind", ["take", "above"])
def test_a_clip_that_was_changed_is_refused(scene: Scene, change: str, kind: str) -> None:
    take = scene.take(scene.tail, "x", kind)
    if change == "trimmed":
        scene.tail.duration -= 5
    elif change == "slipped":
        scene.tail.source += 5
    elif change == "replaced":
        scene.tail.media = scene.shot
    else:
        scene.stage.state.tracks["video"][0].items.remove(scene.tail)
    before = scene.picture()
    result = scene.apply(scene.plan(take))["results"][0]
    assert result["outcome"] == "refused"
    assert "run retake again" in result["why"].lower()
    assert untouched(scene, before)


def test_a_locked_track_is_never_unlocked(scene: Scene) -> None:
    take = scene.take(scene.short, "x")
    scene.stage.lock(1)
    result = scene.apply(scene.plan(take))["results"][0]
    assert result["outcome"] == "refused"
    assert "V1 is locked" in result["why"]
    assert scene.project.locks[scene.stage.track(1).lock]


def test_a_locked_track_of_ours_is_passed_over(scene: Scene) -> None:
    scene.stage.track(3).name = "Retakes"
    scene.stage.lock(3)
    assert one(scene, scene.long, kind="above")["where"]["track"] == ["video", 4]
    assert scene.stage.state.tracks["video"][3].name == "Retakes 2"


def test_an_occupied_range_is_passed_over(scene: Scene) -> None:
    scene.stage.track(3).name = "Retakes"
    there = scene.stage.clip(scene.other, 100, 10, track=3)
    assert one(scene, scene.long, kind="above")["where"]["track"] == ["video", 4]
    assert scene.stage.state.tracks["video"][2].items == [there]


def test_an_own_track_below_the_clip_is_not_used(scene: Scene) -> None:
    scene.stage.state.tracks["video"][0].name = "Retakes"
    assert one(scene, scene.over, kind="above")["where"]["track"] == ["video", 3]


def test_a_clip_whose_speed_was_changed_is_refused(scene: Scene) -> None:
    take = scene.take(scene.tail, "x")
    scene.tail.speed *= 2
    assert scene.apply(scene.plan(take))["results"][0]["outcome"] == "refused"
    assert scene.tail.takes == []


def test_a_title_is_refused(scene: Scene) -> None:
    assert one(scene, scene.title)["outcome"] == "refused"


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_movie_that_is_not_there_is_named(scene: Scene) -> None:
    take = scene.take(scene.short, "x")
    Path(take["path"]).unlink()
    result = scene.apply(scene.plan(take))["results"][0]
    assert result["outcome"] == "refused"
    assert take["path"] in result["why"]


@pytest.mark.parametrize("fact", [{"frames": 71}, {"rate": "25"}])
def test_a_movie_that_resolve_reads_otherwise_is_not_placed(scene: Scene, fact: dict[str, Any]) -> None:
    take = scene.take(scene.short, "x")
    scene.fake.setup.known(take["path"], **({"frames": take["frames"], "rate": "24", "kind": "Video"} | fact))
    before = scene.picture()
    assert scene.apply(scene.plan(take))["results"][0]["outcome"] == "refused"
    assert untouched(scene, before)


def test_a_take_of_another_length_is_refused(scene: Scene) -> None:
    assert one(scene, scene.short, bounds=[12, 50])["outcome"] == "refused"
    assert one(scene, scene.short, bounds=[30, 78])["outcome"] == "refused"


def test_a_clip_above_that_comes_out_too_short_is_taken_away(scene: Scene) -> None:
    result = one(scene, scene.long, kind="above", bounds=[12, 50])
    assert result["outcome"] == "failed"
    assert scene.items(track=3) == []


# --- names are taken --------------------------------------------------------------------------------------------------


def test_bins_of_that_name_are_used(scene: Scene) -> None:
    retakes = scene.fake.setup.folder("Retakes")
    inner = scene.fake.setup.folder("Cut 4", retakes)
    assert one(scene, scene.short)["outcome"] == "done"
    assert [clip.name for clip in inner.clips if clip.path] == ["shot_rtkx_v001"]


def test_a_copy_whose_name_is_taken_gets_another(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retake_in_resolve.duplicate.stamp", lambda: "now")
    scene.fake.setup.timeline("Cut 4 - before retake now")
    scene.project.current = scene.stage.state
    report = scene.apply(scene.plan(scene.take(scene.short, "x")))
    assert report["duplicate"]["name"] == "Cut 4 - before retake now (2)"


def test_a_movie_that_is_in_the_bin_is_not_imported_twice(scene: Scene) -> None:
    plan = scene.plan(scene.take(scene.short, "x"))
    scene.apply(plan)
    scene.revert()
    scene.apply(plan | {"revision": 2})
    assert len([call for call in scene.fake.log if call.name == "ImportMedia"]) == 1


# --- where Resolve is -------------------------------------------------------------------------------------------------


def test_another_timeline_is_left_and_come_back_to(scene: Scene) -> None:
    plan = scene.every_kind()
    other = scene.fake.setup.timeline("Other")
    other.playhead(17)
    scene.stage.playhead(40)
    report = scene.apply(plan)
    assert set(outcomes(report).values()) == {"done"}
    assert report["restored"]
    assert scene.project.current is other.state
    assert (other.state.playhead, scene.stage.state.playhead) == (other.frame(17), scene.stage.frame(40))


def test_another_project_stops_everything(scene: Scene) -> None:
    scene.hand(scene.every_kind())
    before, calls = scene.picture(), len(scene.fake.log)
    scene.fake.setup.project("Other feature")
    assert scene.collect() == []
    assert any("Feature" in line for line in scene.said)
    assert not [call for call in scene.fake.log[calls:] if not call.name.startswith(("Get", "Is"))]
    scene.fake.world.project = scene.project
    assert scene.picture() == before
    assert set(outcomes(scene.collect()[0]).values()) == {"done"}


def test_a_project_that_is_closed_half_way_is_taken_up_again(scene: Scene) -> None:
    scene.hand(scene.every_kind())
    asking = scene.asking

    def after_some_calls(*told: Any) -> None:
        if len(scene.fake.log) > 1000 and scene.fake.world.project is scene.project:
            scene.fake.setup.project("Other feature")

    asking.record = after_some_calls
    with pytest.raises(Away):
        collect(asking, str(scene.state), scene.saying)
    assert scene.session is not None
    assert "Retake - Collect" in scene.session.read(exchange.WAITING)["why"]
    scene.fake.world.project = scene.project
    scene.project.opened += 1
    assert set(outcomes(scene.collect()[0]).values()) <= {"done", "already there"}
    assert not scene.session.there(exchange.WAITING)
    assert scene.short.media is scene.shot


def test_a_timeline_that_was_deleted_stops_everything(scene: Scene) -> None:
    plan = scene.every_kind()
    scene.fake.setup.timeline("Other")
    scene.project.timelines.remove(scene.stage.state)
    with pytest.raises(Away, match="not in the project"):
        scene.apply(plan)


def test_a_plan_for_another_snapshot_is_not_applied(scene: Scene) -> None:
    with pytest.raises(Away, match="another reading"):
        scene.apply(scene.plan(scene.take(scene.short, "x"), snapshot="0" * 64))
    assert scene.short.takes == []


def test_a_rate_that_was_changed_refuses_all(scene: Scene) -> None:
    result = scene.apply(scene.plan(scene.take(scene.short, "x"), rate="25"))["results"][0]
    assert result["outcome"] == "refused"


def test_a_project_that_was_never_saved_works(tmp_path: Path) -> None:
    scene = Scene(tmp_path, named=False, untitled_save="hang")
    scene.begin()
    assert set(outcomes(scene.apply(scene.every_kind())).values()) == {"done"}


@pytest.mark.parametrize(
    "profile", ["18.6 Studio", "19.0 free", "19.1 free", "20.3 Studio", "21.0.4 free", "21.1 Studio"]
)
def test_every_version_gets_its_takes(tmp_path: Path, profile: str) -> None:
    scene = Scene(tmp_path, profile)
    scene.begin()
    first = scene.take_snapshot()
    assert (scene.snapshot["selection"] is None) == (profile < "21.0.4")
    assert (scene.snapshot["resolve"]["studio"]) == ("Studio" in profile)
    assert set(outcomes(scene.apply(scene.every_kind())).values()) == {"done"}
    scene.revert()
    assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}


@pytest.mark.parametrize("calls", [1, 3, 9])
@pytest.mark.parametrize("lands", [False, True])
def test_a_busy_resolve_is_waited_for(tmp_path: Path, calls: int, lands: bool) -> None:
    for after in range(0, 1000, 149):
        folder = tmp_path / str(after)
        folder.mkdir()
        scene = Scene(folder)
        scene.begin()
        first = scene.take_snapshot()
        plan = scene.every_kind()
        scene.fake.faults.busy(calls, after, lands)
        assert set(outcomes(scene.apply(plan)).values()) == {"done"}, after
        scene.revert()
        assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}, after


@pytest.mark.parametrize("attributes", [False, True])
@pytest.mark.parametrize("error", [None, ConnectionError])
def test_a_resolve_that_is_gone_is_said_and_comes_back(tmp_path: Path, attributes: bool, error: Any) -> None:
    for after in range(3, 800, 149):
        folder = tmp_path / str(after)
        folder.mkdir()
        scene = Scene(folder)
        scene.begin()
        scene.hand(scene.every_kind())
        scene.fake.faults.vanish_after(after, error, attributes)
        with pytest.raises(Away, match="Retake - Collect"):
            scene.collect()
        scene.fake.come_back()
        assert set(outcomes(scene.collect()[0]).values()) <= {"done", "already there"}
        assert scene.editors_place()[2] == "Cut 4"


def test_two_scripts_do_not_apply_at_once(scene: Scene) -> None:
    scene.hand(scene.every_kind())
    with exchange.alone(str(scene.state)), pytest.raises(Taken, match="Another"):
        scene.collect()
    assert scene.short.takes == []


# --- what the snapshot says -------------------------------------------------------------------------------------------


def test_the_snapshot_has_the_three_clocks(tmp_path: Path) -> None:
    scene = Scene(tmp_path, label="29.97 DF", start="01:00:00;00")
    scene.stage.in_out(20, 39)
    scene.stage.select(scene.long)
    scene.begin()
    told = scene.snapshot
    row, track = scene.row(scene.short)
    assert told["timeline"] | {"id": ""} == {
        "id": "",
        "name": "Cut 4",
        "rate": "29.97 DF",
        "drop": True,
        "start_frame": 107892,
        "start_timecode": "01:00:00;00",
        "width": 1920,
        "height": 1080,
    }
    assert track == ["video", 1]
    assert (row["start"], row["duration"], row["left_offset"]) == (107892, 48, 100)
    assert [marker["frame"] for marker in row["markers"]] == [105]
    assert [(marker["frame"], marker["duration"]) for marker in told["markers"]] == [(60, 12)]
    assert told["mark_in_out"] == {"in": 20, "out": 39}
    assert told["selection"] == [scene.long.uid]
    assert told["media"][row["media"]]["path"] == str(tmp_path / "shot.mov")
    taken, _ = scene.row(scene.taken)
    assert (taken["takes"]["count"], taken["takes"]["selected"]) == (2, 2)
    assert {entry["media"] for entry in taken["takes"]["list"]} <= set(told["media"])


def test_the_snapshot_changes_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    before, place, calls = scene.whole(), scene.editors_place(), len(scene.fake.log)
    scene.take_snapshot()
    assert (scene.whole(), scene.editors_place()) == (before, place)
    assert not [call for call in scene.fake.log[calls:] if not call.name.startswith(("Get", "Is"))]


def test_a_true_fraction_of_a_frame_is_told(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    told = scene.take_snapshot()
    assert not any(row["uneven"] for track in told["tracks"] for row in track["items"])


# --- the editor goes to another timeline, at any call -----------------------------------------------------------------


def switching(scene: Scene, call: int, kind: str = "every") -> tuple[Any, list[str]]:
    """Collect, while the editor opens another timeline right after a call of ours; that timeline, and the calls."""
    scene.hand(scene.every_kind() if kind == "every" else scene.plan(scene.take(scene.short, "a1")))
    other, calls = scene.goes_elsewhere(call)
    try:
        scene.collect()
    except Away as fault:
        scene.said.append(str(fault))
    scene.record = None
    return other, calls


def goes_on_after_a_switch(folder: Path, call: int, kind: str = "every") -> int:
    """What is said is true, both cuts stay, and Collect ends it. How many calls the undisturbed work makes."""
    folder.mkdir()
    scene = Scene(folder)
    session = scene.begin()
    first, before = scene.take_snapshot(), scene.picture()
    other, calls = switching(scene, call, kind)
    cut = frozen(other.state)
    assert len(other.state.tracks["video"]) <= 4
    assert [item.media.name for item in other.state.items()] == ["other.mov"], call
    if not session.there("applied-1.json"):
        assert "Retake - Collect" in scene.said[-1]
        assert scene.project.current is other.state, "the editor is left where they went"
    scene.project.current = scene.stage.state
    if not session.there("applied-1.json"):
        scene.collect()
    assert frozen(other.state) == cut
    assert scene.picture() == before, call
    report = session.read("applied-1.json")
    assert report is not None
    assert set(outcomes(report).values()) <= {"done", "already there"}, (call, report)
    scene.revert()
    assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}, call
    return len(calls)


def test_an_editor_who_opens_another_timeline_between_any_two_calls(tmp_path: Path) -> None:
    calls = goes_on_after_a_switch(tmp_path / "calm", 0)
    assert calls > 800, "the plan makes many calls: each of them may be the one"
    for call in range(3, calls, 83):
        goes_on_after_a_switch(tmp_path / str(call), call)


def test_an_editor_who_opens_another_timeline_while_a_take_is_added(tmp_path: Path) -> None:
    folder = tmp_path / "calm"
    folder.mkdir()
    scene = Scene(folder)
    scene.begin()
    _, calls = switching(scene, 0, "one")
    added = calls.index("AddTake")
    for call in range(added - 2, added + 30, 2):
        goes_on_after_a_switch(tmp_path / str(call), call, "one")


def test_what_lands_on_another_timeline_is_taken_away_again(tmp_path: Path) -> None:
    calm = tmp_path / "calm"
    calm.mkdir()
    scene = Scene(calm)
    scene.begin()
    _, calls = switching(scene, 0)
    for call in [place for place, name in enumerate(calls) if name == "AppendToTimeline"]:
        goes_on_after_a_switch(tmp_path / str(call), call)


def test_an_editor_who_opens_another_timeline_while_takes_are_taken_back(tmp_path: Path) -> None:
    call, calls = 0, ["none yet"]
    while call < len(calls):
        folder = tmp_path / str(call)
        folder.mkdir()
        scene = Scene(folder)
        scene.begin()
        first = scene.take_snapshot()
        scene.apply(scene.every_kind())
        other, calls = scene.goes_elsewhere(call)
        cut = frozen(other.state)
        with suppress(Away):
            scene.revert()
        scene.record = None
        assert frozen(other.state) == cut
        scene.project.current = scene.stage.state
        scene.revert()
        assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}, call
        call += 67


def test_an_editor_who_went_elsewhere_is_not_taken_back_unasked(scene: Scene) -> None:
    assert scene.session is not None
    scene.hand(scene.plan(scene.take(scene.short, "a1")))
    other, calls = scene.goes_elsewhere(150)
    turns = [0]

    def a_second(seconds: float) -> None:
        turns[0] += 1
        if turns[0] == 30:
            assert scene.project.current is other.state
            assert "SetCurrentTimeline" not in calls[160:]
            scene.project.current = scene.stage.state
        elif turns[0] == 50:
            scene.session.write(exchange.ENDED, {"why": "closed"})

    ended = watching.watch(scene.asking, scene.session, str(scene.state), scene.saying, a_second, lambda: turns[0])
    assert ended == "ended"
    assert scene.session.there("applied-1.json")
    assert len([line for line in scene.said if "opened meanwhile" in line]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_an_editor_who_opens_another_timeline_at_every_call(tmp_path: Path, part: int) -> None:
    calls = goes_on_after_a_switch(tmp_path / "calm", 0)
    for call in range(1 + part, calls, 12):
        goes_on_after_a_switch(tmp_path / str(call), call)


def test_a_snapshot_is_of_one_timeline(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.goes_elsewhere(60)
    with pytest.raises(Away, match="run Retake"):
        menu._retake(scene.asking, {"state": str(scene.state)}, scene.saying)
    assert not scene.state.exists()
