"""Revert takes back all that is ours, nothing else, and says what it leaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fake_resolve import ClientKilled
from tests.resolve_plugin.scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.begin()
    return scene


def razor(scene: Scene, item: Any, at: int, track: int = 1) -> Any:
    """The editor cuts a clip in two; the second half, which is a new item."""
    right = replace(item.copied(scene.fake.world.uid()), start=item.start + at, duration=item.duration - at)
    right.source += at
    right.takes = [replace(take, start=take.start + at, source=take.source + at) for take in item.takes]
    item.duration = at
    item.takes = [replace(take, end=take.start + at) for take in item.takes]
    scene.stage.track(track).items.append(right)
    return right


def test_both_halves_of_a_clip_that_was_cut_in_two(scene: Scene) -> None:
    take = scene.take(scene.tail, "b1")
    scene.apply(scene.plan(take, pick={take["item"]: "b1"}))
    right = razor(scene, scene.tail, 20)
    scene.revert()
    assert scene.tail.takes == right.takes == []
    assert (scene.tail.media, scene.tail.source) == (scene.other, 0)
    assert (right.media, right.source) == (scene.other, 20)


def test_a_half_that_cannot_be_reached_keeps_the_session_open(scene: Scene) -> None:
    take = scene.take(scene.tail, "b1")
    scene.apply(scene.plan(take))
    right = razor(scene, scene.tail, 20, track=2)
    scene.stage.lock(2)
    scene.revert()
    assert any("locked track" in line for line in scene.said)
    assert right.takes
    scene.project.locks[scene.stage.track(2).lock] = False
    scene.revert()
    assert right.takes == []


def test_a_twin_of_the_clip_keeps_its_take_while_one_is_undone(scene: Scene) -> None:
    twin = scene.stage.clip(scene.shot, 300, 96, 200)
    scene.begin()
    first, second = scene.take(scene.long, "w"), scene.take(twin, "w")
    scene.apply(scene.plan(first))
    added = scene.hand(scene.plan(first, second, revision=2))

    def killed_once_it_is_added(thing: Any, name: str, *told: Any) -> None:
        if name == "AddTake":
            raise ClientKilled

    scene.record = killed_once_it_is_added
    with pytest.raises(ClientKilled):
        scene.collect()
    scene.record = None
    assert len(twin.takes) == 2
    scene.apply(added | {"takes": [first], "revision": 3})
    assert (len(scene.long.takes), twin.takes) == (2, [])
    scene.revert()
    assert scene.long.takes == twin.takes == []


def test_both_halves_of_a_take_above_that_was_cut_in_two(scene: Scene) -> None:
    scene.apply(scene.plan(scene.take(scene.long, "c1", "above", region=(12, 30))))
    razor(scene, scene.stage.track(3).items[0], 10, track=3)
    scene.revert()
    assert len(scene.stage.state.tracks["video"]) == 2


def test_a_copy_that_the_editor_made_stays_and_is_told(scene: Scene) -> None:
    scene.apply(scene.plan(scene.take(scene.long, "c1", "above", region=(12, 30))))
    own = replace(scene.stage.track(3).items[0], uid="own")
    scene.stage.track(2).items.append(own)
    scene.revert()
    assert own in scene.stage.track(2).items
    assert len(scene.stage.state.tracks["video"]) == 2
    assert any("V2" in line and "left" in line for line in scene.said)


def test_a_take_that_was_moved_to_another_track_is_known_by_its_id(scene: Scene) -> None:
    scene.apply(scene.plan(scene.take(scene.long, "c1", "above", region=(12, 30))))
    ours = scene.stage.track(3).items.pop()
    ours.start += 200
    scene.stage.track(2).items.append(ours)
    scene.revert()
    assert ours not in scene.stage.state.items()


def test_our_track_is_found_by_its_name(scene: Scene) -> None:
    scene.apply(scene.plan(scene.take(scene.long, "c1", "above", region=(12, 30))))
    added = scene.fake.setup.track(scene.project, "video", 3)
    scene.stage.state.tracks["video"].insert(2, added)
    scene.revert()
    assert scene.stage.state.tracks["video"][2:] == [added]


def test_a_track_that_is_left_is_told(scene: Scene) -> None:
    scene.apply(scene.plan(scene.take(scene.long, "c1", "above", region=(12, 30))))
    scene.stage.clip(scene.other, 0, 20, 5, track=3)
    scene.revert()
    assert any("not empty" in line for line in scene.said)


def test_a_take_that_was_finalised_is_told(scene: Scene) -> None:
    take = scene.take(scene.tail, "b1")
    scene.apply(scene.plan(take, pick={take["item"]: "b1"}))
    scene.stage.item(scene.tail).FinalizeTake()
    report = scene.revert()[0]
    assert report["results"][0]["outcome"] == "left"
    assert any("for good" in line for line in scene.said)


def test_a_take_that_the_editor_put_into_another_clip_stays_and_is_told(scene: Scene) -> None:
    scene.apply(scene.plan(scene.take(scene.tail, "b1")))
    mine = scene.tail.takes[1]
    scene.taken.takes.append(replace(mine))
    scene.revert()
    assert scene.tail.takes == []
    assert len(scene.taken.takes) == 3
    assert any("did not put it there" in line for line in scene.said)
