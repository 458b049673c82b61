"""Killed at any call, a script is taken up by Collect, and all of it is taken back by Revert."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from retake_in_resolve.asking import Away

from tests.fake_resolve import ClientKilled
from tests.resolve_plugin.scene import Scene, outcomes

CALLS_AT_LEAST = 400
"""The plan of these tests makes more calls than this: else they would not try what they say they try."""


def prepared(folder: Path, **knobs: Any) -> Scene:
    scene = Scene(folder, **knobs)
    scene.begin()
    plan = scene.every_kind()
    plan["takes"] = [take for take in plan["takes"] if take["ident"] in ("a1", "b1", "c1", "d1")]
    scene.hand(plan)
    return scene


def undisturbed(folder: Path) -> tuple[dict[str, Any], int, int]:
    """What the project is after an apply that nobody disturbs; the calls of it, and of taking it back."""
    folder.mkdir()
    scene = prepared(folder)
    begun = scene.fake.faults.calls
    assert set(outcomes(scene.collect()[0]).values()) == {"done"}
    applied, whole = scene.fake.faults.calls, scene.whole()
    scene.revert()
    return whole, applied - begun, scene.fake.faults.calls - applied


def paths_apart(whole: dict[str, Any], folder: Path) -> str:
    return repr(whole).replace(str(folder), "")


def killed(scene: Scene, call: int, before: bool, work: Any) -> None:
    scene.fake.faults.kill_after(call, before=before)
    with pytest.raises(ClientKilled):
        work()
    scene.fake.faults.clear()


def ends_well(folder: Path, call: int, before: bool, expected: str) -> None:
    folder.mkdir()
    scene = prepared(folder)
    first = scene.take_snapshot()
    killed(scene, call, before, scene.collect)
    reports = scene.collect()
    scene.as_told(scene.said)
    assert all(outcome in ("done", "already there") for outcome in outcomes(reports[0]).values()), (call, reports)
    assert paths_apart(scene.whole(), folder) == expected, call
    scene.revert()
    assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}, call


def taken_back_from_the_middle(folder: Path, call: int, before: bool) -> None:
    """Revert right after the kill: what was half done is taken back too."""
    folder.mkdir()
    scene = prepared(folder)
    first = scene.take_snapshot()
    killed(scene, call, before, scene.collect)
    scene.revert()
    scene.as_told(scene.said)
    assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}, call
    assert not scene.collect(), "what was taken back is not put there again"


def taken_back_twice(folder: Path, call: int, before: bool) -> None:
    """Revert itself is killed; a second one ends what it began."""
    folder.mkdir()
    scene = prepared(folder)
    first = scene.take_snapshot()
    scene.collect()
    killed(scene, call, before, scene.revert)
    scene.revert()
    assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}, call


@pytest.mark.parametrize("before", [False, True], ids=["done", "not done"])
def test_a_script_killed_here_and_there_is_taken_up(tmp_path: Path, before: bool) -> None:
    whole, applied, reverted = undisturbed(tmp_path / "calm")
    assert applied > CALLS_AT_LEAST
    expected = paths_apart(whole, tmp_path / "calm")
    for call in range(7, applied, 131):
        ends_well(tmp_path / f"up{call}", call, before, expected)
        taken_back_from_the_middle(tmp_path / f"mid{call}", call, before)
    for call in range(5, reverted, 101):
        taken_back_twice(tmp_path / f"back{call}", call, before)


@pytest.mark.slow
@pytest.mark.parametrize("before", [False, True], ids=["done", "not done"])
@pytest.mark.parametrize("part", range(4))
def test_a_script_killed_at_any_call_is_taken_up(tmp_path: Path, before: bool, part: int) -> None:
    whole, applied, reverted = undisturbed(tmp_path / "calm")
    expected = paths_apart(whole, tmp_path / "calm")
    # Killed before the work of a call is killed after the one before it: fewer of these tell the same.
    step = 20 if before else 4
    for call in range(1 + part, applied + 1, step):
        ends_well(tmp_path / f"up{call}", call, before, expected)
        taken_back_from_the_middle(tmp_path / f"mid{call}", call, before)
    for call in range(1 + part, reverted + 1, step):
        taken_back_twice(tmp_path / f"back{call}", call, before)


@pytest.mark.slow
def test_a_resolve_that_is_gone_after_any_call_is_taken_up(tmp_path: Path) -> None:
    """Started again, it has all that was done in it; what it had answered is no proof of anything."""
    whole, applied, _ = undisturbed(tmp_path / "calm")
    expected = paths_apart(whole, tmp_path / "calm")
    for call in range(1, applied):
        folder = tmp_path / f"gone{call}"
        folder.mkdir()
        scene = prepared(folder)
        first = scene.take_snapshot()
        scene.fake.faults.vanish_after(call, None, False)
        with pytest.raises(Away):
            scene.collect()
        scene.fake.come_back()
        reports = scene.collect()
        scene.as_told(scene.said)
        assert all(outcome in ("done", "already there") for outcome in outcomes(reports[0]).values()), (call, reports)
        assert paths_apart(scene.whole(), folder) == expected, call
        scene.revert()
        assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}, call
        shutil.rmtree(folder)


# --- the editor works on after a script died --------------------------------------------------------------------------


def cut_off(folder: Path, write: str, ident: str) -> Scene:
    """A scene whose Collect died just before it made a write."""
    calls: list[str] = []
    for turn in ("calm", "killed"):
        (folder / turn).mkdir()
        scene = Scene(folder / turn)
        scene.begin()
        plan = scene.every_kind()
        plan["takes"] = [take for take in plan["takes"] if take["ident"] == ident]
        scene.hand(plan | {"marks": []})
        first = len(scene.fake.log)
        if turn == "calm":
            scene.collect()
            calls = [call.name for call in scene.fake.log[first:]]
        else:
            killed(scene, calls.index(write) + 1, True, scene.collect)
    return scene


@pytest.mark.parametrize("work", ["collect", "revert"])
def test_what_the_editor_chose_after_the_script_died_stays(tmp_path: Path, work: str) -> None:
    scene = cut_off(tmp_path, "AddTake", "b1")
    scene.stage.item(scene.taken).SelectTakeByIndex(1)
    report = getattr(scene, work)()[0]
    assert (scene.taken.selected, len(scene.taken.takes)) == (1, 2)
    assert {line["outcome"] for line in report["results"]} <= {"refused", "was gone"}


@pytest.mark.parametrize("write", ["AddTrack", "AppendToTimeline"])
@pytest.mark.parametrize("work", ["collect", "revert"])
@pytest.mark.parametrize("name", ["My VFX", ""])
def test_a_track_that_the_editor_added_after_the_script_died_stays(
    tmp_path: Path, write: str, work: str, name: str
) -> None:
    scene = cut_off(tmp_path, write, "c1")
    count = len(scene.stage.state.tracks["video"])
    own = scene.stage.track(count + 1)
    own.name = name or own.name
    called = own.name
    getattr(scene, work)()
    assert own in scene.stage.state.tracks["video"]
    assert (own.name, own.items) == (called, [])
    doubted = any("delete it if it is not yours" in line for line in scene.said)
    assert doubted == (write == "AddTrack" and not name), "only a track that Resolve named itself may be ours"


def test_a_track_that_was_seen_to_come_is_ours(tmp_path: Path) -> None:
    scene = cut_off(tmp_path, "SetTrackName", "c1")
    assert len(scene.stage.state.tracks["video"]) == 3
    scene.revert()
    assert len(scene.stage.state.tracks["video"]) == 2
