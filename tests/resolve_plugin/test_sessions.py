"""Several sessions: one that cannot go on keeps no other waiting, is named, and what is said of all is true."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from retake_in_resolve import collect, exchange, menu, revert

from tests.fake_resolve import ClientKilled
from tests.resolve_plugin.scene import Scene, outcomes


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    stamps = iter(f"20260101-0000{number:02}" for number in range(60))
    monkeypatch.setattr(exchange, "stamp", lambda: next(stamps))
    scene = Scene(tmp_path)
    scene.begin()
    return scene


def handed(scene: Scene) -> None:
    """Takes wait for the first session, and then for another."""
    scene.hand(scene.plan(scene.take(scene.tail, "b1")))
    scene.begin()
    scene.hand(scene.plan(scene.take(scene.short, "z1")))


def test_a_timeline_that_is_gone_keeps_no_other_waiting(scene: Scene) -> None:
    scene.hand(scene.plan(scene.take(scene.tail, "b1")))
    gone = scene.stage.state
    scene.stage = scene.fake.setup.timeline("Cut 5")
    clip = scene.stage.clip(scene.other, 0, 50)
    scene.begin()
    scene.hand(scene.plan(scene.take(clip, "z1")))
    scene.project.timelines.remove(gone)
    assert [outcomes(report) for report in scene.collect()] == [{"z1": "done"}]
    line = next(line for line in scene.said if "Cut 4" in line)
    assert "not in the project" in line
    assert "delete apply.rtkapply" in line
    assert scene.project.current is scene.stage.state


def test_a_snapshot_that_was_changed_keeps_no_other_waiting(scene: Scene) -> None:
    first = scene.session
    assert first is not None
    handed(scene)
    with open(first.path(exchange.SNAPSHOT), "a") as file:
        file.write("\n")
    assert [outcomes(report) for report in scene.collect()] == [{"z1": "done"}]
    assert any(first.folder in line for line in scene.said)


DAMAGE = {
    "plan of no number": (exchange.PLAN, '{"otio_retake_apply": 1, "revision": NaN}'),
    "plan without takes": (exchange.PLAN, '{"otio_retake_apply": 1, "revision": 3}'),
    "plan that is none": (exchange.PLAN, "[]"),
    "snapshot of no project": (exchange.SNAPSHOT, '{"project": null}'),
    "snapshot of lists": (exchange.SNAPSHOT, '{"project": {"id": "x"}, "timeline": []}'),
    "journal of texts": ("journal.jsonl", '{"n": "x", "what": "add take"}\n'),
    "journal without numbers": ("journal.jsonl", '{"came": "done"}\n'),
    "journal without a file": ("journal.jsonl", '{"n": 1, "at": "", "what": "add take", "expects": {}}\n'),
    "journal with a beginning of nothing": ("journal.jsonl", '{"n": 1, "at": "", "what": "begin", "was": {}}\n'),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_session_keeps_no_other_from_its_takes(scene: Scene, damage: str) -> None:
    session, (name, content) = scene.session, DAMAGE[damage]
    assert session is not None
    bad = scene.state / "sessions" / "20200101-000000-00000000"
    bad.mkdir()
    shutil.copy(session.path(exchange.SNAPSHOT), bad)
    (bad / exchange.PLAN).write_text(json.dumps(scene.plan(scene.take(scene.short, "q1"))))
    (bad / name).write_text(content)
    scene.hand(scene.plan(scene.take(scene.tail, "b1")))
    reports = [outcomes(report) for report in scene.collect()]
    assert {"b1": "done"} in reports
    assert len(reports) == 2 or any(str(bad) in line for line in scene.said)
    scene.revert()
    assert scene.tail.takes == scene.short.takes == []


def test_the_timeline_that_is_open_is_the_one_that_is_taken_back(scene: Scene) -> None:
    scene.hand(scene.plan(scene.take(scene.tail, "b1"), scene.take(scene.short, "b2")))
    scene.fake.faults.kill_after(300)
    with pytest.raises(ClientKilled):
        scene.collect()
    scene.fake.faults.clear()
    assert scene.tail.takes
    other = scene.fake.setup.timeline("Other")
    assert scene.revert() == []
    assert scene.tail.takes
    assert scene.project.current is other.state


def test_a_copy_that_was_deleted_is_made_again(scene: Scene) -> None:
    first = scene.apply(scene.plan(scene.take(scene.tail, "b1")))["duplicate"]
    scene.project.timelines[:] = [scene.stage.state]
    second = scene.apply(scene.plan(scene.take(scene.tail, "b1"), scene.take(scene.short, "b2"), revision=2))
    assert second["duplicate"]["id"] != first["id"]
    assert [timeline.uid for timeline in scene.project.timelines] == [scene.stage.state.uid, second["duplicate"]["id"]]


def test_a_marker_that_was_moved_loses_our_text(scene: Scene) -> None:
    scene.apply(scene.every_kind())
    markers = scene.stage.state.markers
    markers[70] = markers.pop(60)
    report = scene.revert()[0]
    assert markers[70].custom == ""
    assert [line["outcome"] for line in report["results"] if line["what"] == "mark"] == ["taken back"] * 2


def test_a_take_that_was_relinked_is_known(scene: Scene) -> None:
    take = scene.take(scene.tail, "b1")
    scene.apply(scene.plan(take))
    scene.tail.takes[1].media.path = "/elsewhere/shot_rtkb1_v001.mov"
    assert outcomes(scene.apply(scene.plan(take, revision=2))) == {"b1": "already there"}
    scene.revert()
    assert scene.tail.takes == []


# --- what the windows say ---------------------------------------------------------------------------------------------


def test_the_window_says_what_was_not_put_in(scene: Scene) -> None:
    scene.stage.lock(1)
    text, details = collect.told([scene.apply(scene.plan(scene.take(scene.tail, "b1")))], [])
    assert "0 takes were put into the project" in text
    assert "1 were not put in" in text
    assert "Save" not in text
    assert "locked" in details[0]


def test_the_window_says_what_is_left(scene: Scene) -> None:
    scene.apply(scene.plan(scene.take(scene.tail, "b1")))
    scene.stage.lock(1)
    text, details = revert.told(scene.revert(), ["a session is stuck"])
    assert text.startswith("0 things")
    assert "1 could not be" in text
    assert "locked" in details[0]
    assert details[-1] == "a session is stuck"


def run(scene: Scene, entry: Any) -> None:
    """Run an entry of the menu."""
    pointer = scene.folder / "otio-retake.json"
    told = {"otio_retake_pointer": 1, "python": "python", "package": "/x", "state": str(scene.state)}
    pointer.write_text(json.dumps(told))
    entry({"resolve": scene.fake.resolve}, str(pointer))


def test_a_folder_that_cannot_be_written_keeps_no_other_waiting(scene: Scene) -> None:
    first = scene.session
    assert first is not None
    handed(scene)
    os.mkdir(first.path(exchange.JOURNAL))
    assert [outcomes(report) for report in scene.collect()] == [{"z1": "done"}]
    assert any("cannot be used" in line and first.folder in line for line in scene.said)


def test_a_full_disk_is_said_without_a_name_of_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.hand(scene.plan(scene.take(scene.tail, "b1")))

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    run(scene, menu.collect)
    said = capsys.readouterr().out
    assert "No space left" in said
    assert "None" not in said


def test_a_timeline_whose_name_is_no_text_is_read(scene: Scene) -> None:
    scene.stage.state.name = "caf\udce9"
    scene.begin()
    assert scene.snapshot["timeline"]["name"] == "caf?"
    assert outcomes(scene.apply(scene.plan(scene.take(scene.tail, "b1")))) == {"b1": "done"}
