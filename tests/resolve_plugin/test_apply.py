"""Takes lie on the frames that were asked, beside originals that stay as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fake_resolve import ClientKilled, render
from tests.resolve_plugin.scene import Scene, outcomes

LABELS = ["23.976", "24", "25", "29.97", "29.97 DF", "59.94"]
STARTS = ["00:00:00:00", "01:00:00:00", "10:00:00:00"]


def shown(scene: Scene, at: int, track: int | None = None, kind: str = "video") -> tuple[str, int]:
    """File and frame that are seen at a frame of the timeline."""
    seen = render(scene.stage.proxy, scene.stage.frame(at), kind, track)
    return Path(seen.path).name, seen.frame


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.begin()
    return scene


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("label", LABELS)
def test_takes_and_clips_above_lie_on_the_asked_frames(tmp_path: Path, label: str, start: str) -> None:
    scene = Scene(tmp_path, label=label, start=start.replace(":00:00:00", ":00:00;00") if "DF" in label else start)
    scene.begin()
    before = [shown(scene, at) for at in range(254)]
    report = scene.apply(scene.every_kind())
    assert set(outcomes(report).values()) == {"done"}, report
    assert [shown(scene, at) for at in range(254)] == before, "the originals are what is seen"
    assert report["restored"]
    scene.short.selected, (scene.short.media, scene.short.source) = 3, _media(scene.short.takes[2])
    assert [shown(scene, at, 1) for at in range(48)] == [("shot_rtka2_v001.mov", 12 + at) for at in range(48)]
    for item in [item for track in scene.stage.state.tracks["video"][2:] for item in track.items]:
        item.enabled = True
    assert [shown(scene, 48 + 12 + k, 3) for k in range(30)] == [("shot_rtkc1_v001.mov", 12 + k) for k in range(30)]
    assert [shown(scene, 48 + 20 + k, 4) for k in range(30)] == [("shot_rtkc2_v001.mov", 12 + k) for k in range(30)]
    for item in scene.stage.state.tracks["audio"][2].items:
        item.enabled = True
    heard = [shown(scene, 4 + k, 3, "audio") for k in range(20)]
    assert heard == [("shot_rtkd1_v001.wav", k) for k in range(20)]


def _media(take: Any) -> tuple[Any, int]:
    return take.media, take.source


def test_everything_around_is_as_the_editor_had_it(scene: Scene) -> None:
    before, place = scene.picture(), scene.editors_place()
    report = scene.apply(scene.every_kind())
    assert scene.picture() == before
    assert scene.editors_place() == place
    assert report["duplicate"]["name"] == next(t.name for t in scene.project.timelines if t is not scene.stage.state)


def test_clips_above_are_off_and_look_like_the_clip_below(scene: Scene) -> None:
    scene.long.properties.update(ZoomX=1.5, Opacity=80.0)
    scene.long.grade[:] = ["night"]
    scene.begin()
    report = scene.apply(scene.plan(scene.take(scene.long, "c1", "above", region=(12, 30))))
    item = scene.stage.state.tracks["video"][2].items[0]
    assert not item.enabled
    assert (item.properties["ZoomX"], item.properties["Opacity"], item.grade) == (1.5, 80.0, ["night"])
    assert report["results"][0]["why"] == ""


def test_what_could_not_be_copied_is_named(scene: Scene) -> None:
    take = scene.take(scene.long, "c1", "above", region=(12, 30), properties={"Speed": 200.0, "ZoomX": 2.0})
    report = scene.apply(scene.plan(take))
    assert outcomes(report) == {"c1": "done"}
    assert "Speed" in report["results"][0]["why"]


def test_the_same_plan_again_does_nothing(scene: Scene) -> None:
    scene.apply(scene.every_kind())
    whole, writes = scene.whole(), len(scene.fake.log)
    report = scene.apply(scene.every_kind(revision=2))
    assert set(outcomes(report).values()) == {"already there"}
    assert scene.whole() == whole
    wrote = [call.name for call in scene.fake.log[writes:] if call.name.startswith(("Add", "Append", "Import", "Dupl"))]
    assert wrote == []


def test_a_take_is_active_only_when_asked(scene: Scene) -> None:
    plan = scene.plan(scene.take(scene.short, "a1"), scene.take(scene.short, "a2"), activate=True)
    scene.apply(plan)
    assert scene.short.media.path.endswith("shot_rtka2_v001.mov")
    assert len(scene.short.takes) == 3
    scene.revert()
    assert scene.short.media is scene.shot
    assert scene.short.takes == []


def test_the_editors_own_choice_of_takes_stays(scene: Scene) -> None:
    scene.apply(scene.plan(scene.take(scene.taken, "b1")))
    assert (scene.taken.selected, scene.taken.media) == (2, scene.other)
    assert [take.media for take in scene.taken.takes[:2]] == [scene.shot, scene.other]


def test_picks_of_the_desk_are_chosen_and_given_back(scene: Scene) -> None:
    take, above = scene.take(scene.short, "a1"), scene.take(scene.long, "c1", "above", region=(0, 20))
    short, long = take["item"], above["item"]
    report = scene.apply(scene.plan(take, above, pick={short: "a1", long: "c1"}))
    assert report["picks"] == {short: "a1", long: "c1"}
    assert scene.short.media.path.endswith("shot_rtka1_v001.mov")
    assert scene.stage.state.tracks["video"][2].items[0].enabled
    report = scene.apply(scene.plan(take, above, pick={short: "", long: ""}, revision=2))
    assert report["picks"] == {short: "", long: ""}
    assert scene.short.media is scene.shot
    assert not scene.stage.state.tracks["video"][2].items[0].enabled


def test_a_mark_gets_its_id_only_where_nothing_stood(scene: Scene) -> None:
    scene.mark.custom = "another program"
    report = scene.apply(scene.every_kind())
    assert scene.mark.custom == "another program"
    assert scene.short.markers[scene.clip_mark].custom == "otio-retake:m2"
    assert any("another program" in line for line in report["said"])
    scene.revert()
    assert scene.short.markers[scene.clip_mark].custom == ""
    assert len(scene.stage.state.markers) == 1


def test_revert_gives_the_first_snapshot_again(scene: Scene) -> None:
    first = scene.take_snapshot()
    scene.apply(scene.every_kind())
    assert scene.take_snapshot() | {"made_at": 0} != first | {"made_at": 0}
    scene.revert()
    assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}
    assert scene.revert() == [], "there is nothing more to take back"


def test_revert_leaves_what_the_editor_made_of_it(scene: Scene) -> None:
    scene.apply(scene.every_kind())
    own = scene.stage.clip(scene.other, 0, 20, 5, track=3)
    scene.stage.state.tracks["video"][3].items[0].start += 7
    scene.revert()
    assert scene.stage.state.tracks["video"][2].items == [own], "a track with a clip of the editor's stays"
    assert not scene.stage.state.tracks["video"][3:], "a take that was moved on our track is found"


def test_a_new_plan_adds_to_the_old(scene: Scene) -> None:
    first = scene.take(scene.short, "a1")
    scene.apply(scene.plan(first))
    report = scene.apply(scene.plan(first, scene.take(scene.short, "a2"), revision=2))
    assert outcomes(report) == {"a1": "already there", "a2": "done"}
    assert len(scene.project.timelines) == 2, "the cut is copied once"
    assert scene.short.media is scene.shot


def test_what_an_older_plan_had_begun_and_the_new_one_drops_is_taken_back(tmp_path: Path) -> None:
    def begun(name: str) -> Scene:
        (tmp_path / name).mkdir()
        scene = Scene(tmp_path / name)
        scene.begin()
        scene.hand(scene.plan(scene.take(scene.short, "a1")))
        return scene

    calm = begun("calm")
    first = calm.fake.faults.calls
    calm.collect()
    added = next(call.number for call in calm.fake.log if call.name == "AddTake")
    scene = begun("killed")
    scene.fake.faults.kill_after(added - first)
    with pytest.raises(ClientKilled):
        scene.collect()
    assert scene.short.media is not scene.shot
    report = scene.apply(scene.plan(scene.take(scene.long, "c1", "above", region=(0, 20)), revision=2))
    assert outcomes(report) == {"c1": "done"}
    assert scene.short.takes == []
    assert scene.short.media is scene.shot


def test_one_file_serves_two_clips_that_play_the_same(scene: Scene) -> None:
    twin = scene.stage.clip(scene.shot, 300, 96, 200)
    scene.begin()
    first = scene.take(scene.long, "c", "above", region=(12, 30))
    second = scene.take(twin, "c", "above", region=(12, 30))
    whole, other = scene.take(scene.long, "w"), scene.take(twin, "w")
    plan = scene.plan(first, second, whole, other)
    report = scene.apply(plan)
    assert [line["outcome"] for line in report["results"]] == ["done"] * 4
    assert [line["item"] for line in report["results"]] == [scene.long.uid, twin.uid] * 2
    assert [(at, length) for _, at, length, _ in scene.items(track=3)] == [(60, 30), (312, 30)]
    assert [len(item.takes) for item in (scene.long, twin)] == [2, 2]
    report = scene.apply(plan | {"revision": 2})
    assert [line["outcome"] for line in report["results"]] == ["already there"] * 4
    scene.revert()
    assert scene.items(track=3) == []
    assert scene.long.takes == twin.takes == []


def test_a_clip_above_may_run_at_another_rate(scene: Scene) -> None:
    take = scene.take(scene.long, "c", "above", region=(12, 30))
    frames = 32  # 30 frames at 24 are 31.25 at 25: Resolve rounds the length of 32 down to 30
    scene.fake.setup.known(take["path"], 60, "25", kind="Video")
    report = scene.apply(scene.plan(take | {"frames": 60, "bounds": [10, 10 + frames]}))
    assert outcomes(report) == {"c": "done"}
    assert scene.items(track=3) == [(3, 60, 30, "shot_rtkc_v001.mov")]


def test_the_track_that_the_plan_names_is_used(scene: Scene) -> None:
    first = scene.take(scene.long, "c1", "above", region=(0, 20))
    second = scene.take(scene.long, "c2", "above", region=(40, 20), track_name="Retakes 2")
    third = scene.take(scene.long, "c3", "above", region=(60, 20), track_name="Retakes 2")
    scene.apply(scene.plan(first, second, third))
    names = [track.name for track in scene.stage.state.tracks["video"][2:]]
    assert "Retakes" in names
    assert {name.split()[0] for name in names} == {"Retakes"}
    assert sorted(at for _, at, _, _ in scene.items()[6:]) == [48, 88, 108]


def test_the_original_is_chosen_in_a_session_that_never_heard_of_the_take(scene: Scene) -> None:
    take = scene.take(scene.short, "a1")
    scene.apply(scene.plan(take, pick={take["item"]: "a1"}))
    assert scene.short.media is not scene.shot
    scene.begin()
    report = scene.apply(scene.plan(pick={take["item"]: ""}))
    assert report["picks"] == {take["item"]: ""}
    assert scene.short.media is scene.shot


def test_a_choice_of_one_kind_leaves_the_other_alone(scene: Scene) -> None:
    take, above = scene.take(scene.long, "a"), scene.take(scene.long, "b", "above", region=(0, 20))
    scene.apply(scene.plan(take, above, pick={take["item"]: "a"}))
    scene.apply(scene.plan(take, above, pick={take["item"]: "b"}, revision=2))
    assert scene.long.media.path == take["path"]
    assert scene.stage.state.tracks["video"][2].items[0].enabled
    scene.apply(scene.plan(take, above, pick={take["item"]: ""}, revision=3))
    assert scene.long.media is scene.shot
    assert not scene.stage.state.tracks["video"][2].items[0].enabled


def test_a_mark_of_ours_changes_its_state(scene: Scene) -> None:
    mark = {"where": "timeline", "item": "", "frame": 60, "duration": 12, "color": "Fuchsia", "name": "RETAKE"}
    scene.apply(scene.plan(marks=[mark | {"custom": "otio-retake:waiting"}]))
    scene.apply(scene.plan(marks=[mark | {"custom": "otio-retake:done"}], revision=2))
    assert scene.mark.custom == "otio-retake:done"
    scene.revert()
    assert scene.mark.custom == ""
