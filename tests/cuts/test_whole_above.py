"""Takes above from a marked cut to the ledger's last word, with the real program and real media."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from otio_retake.cuts import open_cut
from otio_retake.cuts.model import NAMESPACE
from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.slate import read_strip
from otio_retake.spans import Span
from tests.cuts.otio_rules import broken_rules
from tests.forked import command_line
from tests.media.truth import luma

RATE = 24000 / 1001


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    said = command_line(folder, *arguments)
    assert "Traceback" not in said.stderr
    return said


def told(folder: Path, *arguments: str) -> Any:
    said = run(folder, *arguments, "--json")
    assert said.returncode == 0, said.stdout + said.stderr
    return json.loads(said.stdout)


def at(value: float) -> RationalTime:
    return RationalTime(value, RATE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, footage: Path) -> Path:
    """A cut with two marks on one clip and one on another at 200 %: run with takes beside, then placed above."""
    folder = tmp_path_factory.mktemp("above")
    media = shutil.copy(footage, folder / footage.name)
    timeline = otio.schema.Timeline("cut", global_start_time=at(86400))
    track = otio.schema.Track("V1", kind="Video")
    for name, start, length in (("first", 86404, 40), ("second", 86450, 20)):
        reference = otio.schema.ExternalReference(str(media), TimeRange(at(86400), at(96)))
        track.append(otio.schema.Clip(name, reference, TimeRange(at(start), at(length))))
    first, second = track
    first.markers.append(otio.schema.Marker("RETAKE x2: rain", TimeRange(at(86408), at(6))))
    first.markers.append(otio.schema.Marker("RETAKE: snow", TimeRange(at(86424), at(6))))
    second.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    second.markers.append(otio.schema.Marker("RETAKE: hail", TimeRange(at(86460), at(8))))
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    said = run(folder, "run", "cut.otio", "-o", "beside.otio", "--yes")
    assert said.returncode == 0, said.stdout + said.stderr
    said = run(folder, "place", "cut.otio", "-o", "above.otio", "--for", "resolve")
    assert said.returncode == 0, said.stdout + said.stderr
    return folder


@pytest.fixture
def placed(made: Path, tmp_path: Path) -> Path:
    """A copy for one test to change."""
    return Path(shutil.copytree(made, tmp_path / "cut"))


def above(folder: Path, name: str) -> list[Any]:
    return [c for c in open_cut(folder / name).view.clips() if c.placed is not None]


def test_placing_above_makes_what_is_missing_and_orders_nothing(placed: Path) -> None:
    document = json.loads((placed / "above.otio").read_text())
    assert list(broken_rules(document, "resolve", RATE)) == []
    orders = told(placed, "status", "cut.otio")["orders"]
    assert len(orders) == 4
    # The clip's takes and those of its regions lie side by side, each under a name of its own.
    files = [*(placed / "retakes" / "takes").glob("*.mov")]
    assert len(files) == 2 + 1 + 4
    beside = open_cut(placed / "beside.otio")
    for clip in beside.view.clips():
        for take in clip.takes:
            assert take.duration is not None
            assert read_facts(Path(take.url)).video.frames == take.duration.value


def test_the_take_above_shows_the_replaced_frames_where_the_clip_below_shows_its_own(placed: Path) -> None:
    """Slates are what the rehearsal gives back: they lie under the mark, and nowhere else in the clip above."""
    lower = {c.name: c for c in open_cut(placed / "above.otio").view.clips() if c.placed is None}
    found = {}
    for clip in above(placed, "above.otio"):
        facts = read_facts(Path(clip.media.url))
        slated = {k for k, frame in read_frames(facts, Span(0, facts.video.frames))
                  if read_strip(luma(frame)) is not None}  # fmt: skip
        begins = round(clip.source.value - clip.media.start.value)
        shown = {round(begins + k * clip.speed.scalar) for k in range(int(clip.record[1] - clip.record[0]))}
        assert shown <= slated, "every frame that it plays was made anew"
        found[clip.record] = clip
        below = next(c for c in lower.values() if c.record[0] <= clip.record[0] < c.record[1])
        ours, theirs = clip.source_of(*clip.record), below.source_of(*clip.record)
        assert (ours.first, ours.end) == (theirs.first, theirs.end)
    # first: 86408 is frame 4 of the clip, 86424 frame 20; second: 10 source frames in at 200 % is frame 5 of it.
    assert sorted(found) == [(4, 10), (20, 26), (45, 49)]


@pytest.mark.slow
def test_every_editor_gets_its_shape(placed: Path) -> None:
    for editor in ("premiere", "kdenlive", "hiero", "flame"):
        said = told(placed, "place", "cut.otio", "-o", f"{editor}.otio", "--for", editor)
        document = json.loads((placed / f"{editor}.otio").read_text())
        assert list(broken_rules(document, editor, RATE)) == []
        assert {"warnings", "left_out"} <= set(said)
    assert run(placed, "place", "cut.otio", "-o", "x.otio", "--for", "avid").returncode == 2
    plan = told(placed, "plan", "cut.otio", "--for", "resolve")
    assert [item["above"] for item in plan["items"]] == [True, True, True]


@pytest.mark.slow
def test_picked_by_version_and_place_and_back(placed: Path) -> None:
    takes = told(placed, "takes", "list", "above.otio")
    assert {t["standing"] for t in takes} == {"ok"}
    names = {t["version"]: t for t in takes if t["prompt"] == ["rain"]}
    newest = max(names)
    said = run(placed, "takes", "pick", "above.otio", newest, "--at", "01:00:00:05", "-o", "picked.otio")
    assert said.returncode == 0, said.stderr
    used = [t for t in told(placed, "takes", "list", "picked.otio") if t["in_use"]]
    assert [t["version"] for t in used] == [newest]
    said = run(placed, "takes", "pick", "picked.otio", "original", "--at", "first", "-o", "back.otio")
    assert said.returncode == 0, said.stderr
    assert (placed / "back.otio").read_bytes() == (placed / "above.otio").read_bytes()


@pytest.mark.slow
def test_sync_tells_the_ledger_what_the_editor_did(placed: Path) -> None:
    document = json.loads((placed / "above.otio").read_text())
    tracks = document["tracks"]["children"]
    (used, *_), gone = [c for c in tracks[1]["children"] if c["OTIO_SCHEMA"] == "Clip.2"], tracks[2]
    used["enabled"] = True
    longer = [c for c in tracks[1]["children"] if c["OTIO_SCHEMA"] == "Clip.2"][1]
    longer["source_range"]["duration"]["value"] += 60
    names = used["name"], gone["children"][-1]["name"], longer["name"]
    document["tracks"]["children"] = tracks[:2]
    for one in tracks:
        one["metadata"].pop(NAMESPACE, None)
    (placed / "v04.otio").write_text(json.dumps(document))
    dry = told(placed, "takes", "sync", "v04.otio", "--dry-run")
    assert {(c["take"], c["was"], c["now"]) for c in dry["changes"]} == {
        (names[0], "placed", "picked"), (names[1], "placed", "dropped"),
    }  # fmt: skip
    assert [t["take"] for t in dry["stale"]] == [names[2]]
    assert dry["stale"][0]["short"] > 0
    wet = told(placed, "takes", "sync", "v04.otio")
    assert {**wet, "dry_run": True} == dry
    assert told(placed, "takes", "sync", "v04.otio")["changes"] == []
    files = [Path(c["file"]) for c in dry["changes"]]
    assert all(file.exists() for file in files), "what was taken out of a cut is still there"
    run(placed, "place", "v04.otio", "-o", "again.otio", "--for", "resolve")
    assert names[1] not in {c.name for c in above(placed, "again.otio")}, "what was dropped stays away"
    # The cut that the takes were never in says nothing of them; the older export brings the dropped one back.
    silent = told(placed, "takes", "sync", "cut.otio")
    assert silent["changes"] == []
    assert len(silent["missing"]) > 0
    back = told(placed, "takes", "sync", "above.otio")
    assert (names[1], "dropped", "placed") in {(c["take"], c["was"], c["now"]) for c in back["changes"]}


def test_a_file_that_is_gone_is_said(placed: Path) -> None:
    one = told(placed, "takes", "list", "above.otio")[0]
    assert Path(one["file"]).is_relative_to(placed)
    Path(one["file"]).unlink()
    assert one["take"] in [t["take"] for t in told(placed, "takes", "sync", "above.otio")["gone"]]
    assert "gone" in {t["standing"] for t in told(placed, "takes", "list", "above.otio")}


def test_dropped_by_the_program(placed: Path) -> None:
    takes = told(placed, "takes", "list", "above.otio")
    snow = next(t for t in takes if t["prompt"] == ["snow"])
    said = run(placed, "takes", "drop", "above.otio", snow["take"], "-o", "dropped.otio")
    assert said.returncode == 0, said.stderr
    assert len(told(placed, "takes", "list", "dropped.otio")) == len(takes) - 1


def test_marks_say_what_became_of_them(placed: Path) -> None:
    said = told(placed, "status", "cut.otio", "--write-marks", "-o", "status.otio")
    assert [row["state"] for row in said["marks"]] == ["done", "done", "done"]
    document = json.loads((placed / "status.otio").read_text())
    colours = [m["color"] for c in document["tracks"]["children"][0]["children"] for m in c["markers"]]
    assert colours == ["GREEN"] * 3
    assert told(placed, "plan", "status.otio")["to_send"] == 0
    assert run(placed, "status", "cut.otio", "--write-marks").returncode == 2
