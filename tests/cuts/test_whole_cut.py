"""From a marked cut to a cut with takes and back again, with real media."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from otio_retake.cuts import open_cut
from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.slate import read_strip
from otio_retake.spans import Span
from tests.forked import command_line
from tests.media.truth import luma

RATE = 24000 / 1001


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command_line(folder, *arguments)


def at(value: float) -> RationalTime:
    return RationalTime(value, RATE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, footage: Path) -> Path:
    """A cut of two uses of one file with a dissolve between them; the first has two marks. Run, with takes placed."""
    folder = tmp_path_factory.mktemp("cut")
    media = shutil.copy(footage, folder / footage.name)
    timeline = otio.schema.Timeline("cut")
    timeline.global_start_time = at(86400)
    track = otio.schema.Track("V1", kind="Video")
    clips = []
    for name, start, length in (("first", 86404, 40), ("second", 86460, 30)):
        reference = otio.schema.ExternalReference(str(media), TimeRange(at(86400), at(96)))
        clips.append(otio.schema.Clip(name, reference, TimeRange(at(start), at(length))))
    clips[0].markers.append(otio.schema.Marker("RETAKE x2: rain", TimeRange(at(86408), at(6))))
    clips[0].markers.append(otio.schema.Marker("RETAKE x2: snow", TimeRange(at(86424), at(6))))
    clips[1].markers.append(otio.schema.Marker("RETAKE: hail", TimeRange(at(86470), at(1))))
    dissolve = otio.schema.Transition("dissolve", "SMPTE_Dissolve", at(6), at(4))
    track.extend([clips[0], dissolve, clips[1]])
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    said = run(folder, "run", "cut.otio", "-o", "out.otio", "--yes")
    assert said.returncode == 0, said.stdout + said.stderr
    return folder


def references(path: Path) -> list[dict[str, Any]]:
    track = json.loads(path.read_text())["tracks"]["children"][0]
    return [c["media_references"] for c in track["children"] if c["OTIO_SCHEMA"] == "Clip.2"]


def slated(path: Path) -> list[int]:
    """The frames of a take that carry a slate."""
    facts = read_facts(path)
    return [k for k, frame in read_frames(facts, Span(0, facts.video.frames)) if read_strip(luma(frame)) is not None]


@pytest.fixture
def placed(made: Path, tmp_path: Path) -> Path:
    """A copy of the cut with takes, for one test to change."""
    return Path(shutil.copytree(made, tmp_path / "cut"))


def test_two_marks_on_a_clip_are_composed_into_one_take(placed: Path) -> None:
    first, second = references(placed / "out.otio")
    assert list(first) == ["DEFAULT_MEDIA", "retake.v001", "retake.v002"]
    assert list(second) == ["DEFAULT_MEDIA", "retake.v001"]
    for key in ("retake.v001", "retake.v002"):
        take = first[key]
        orders = take["metadata"]["otio_retake"]["orders"]
        assert [o["prompt"] for o in orders] == ["rain", "snow"]
        facts = read_facts(Path(take["target_url"]))
        # Source 4-44, 4 more for the dissolve's outgoing half, 24 handles: from the first frame to 72.
        assert (facts.video.frames, facts.timecode) == (72, "01:00:00:00")
        assert slated(facts.path) == [*range(8, 14), *range(24, 30)]


def test_a_point_asks_for_what_is_visible_of_the_clip(placed: Path) -> None:
    second = references(placed / "out.otio")[1]["retake.v001"]
    facts = read_facts(Path(second["target_url"]))
    # Source 60-90, 6 more before it for the dissolve, 24 handles: 30 to 96. Visible is 64-90: 4 frames are in it.
    assert (facts.video.frames, facts.timecode) == (66, "01:00:01:06")
    assert slated(facts.path) == list(range(64 - 30, 90 - 30))


def test_every_take_in_turn_is_in_bounds(placed: Path) -> None:
    text = json.loads((placed / "out.otio").read_text())
    for key in ("DEFAULT_MEDIA", "retake.v001", "retake.v002"):
        for child in text["tracks"]["children"][0]["children"]:
            if key in child.get("media_references", {}):
                child["active_media_reference_key"] = key
        path = placed / f"active-{key}.otio"
        path.write_text(json.dumps(text))
        tool = Path(sys.executable).with_name("otiotool")
        said = subprocess.run(
            [str(tool), "-i", str(path), "--verify-ranges"], capture_output=True, text=True, check=True
        )
        assert "OUT OF BOUNDS" not in said.stdout
        assert said.stdout.count("IN BOUNDS") == 2
        # A dissolve shows media beyond the clips: that has to be there too.
        timeline = otio.adapters.read_from_file(str(path))
        for clip in timeline.find_clips():
            shown = clip.trimmed_range_in_parent()
            assert shown is not None
            available = clip.available_range()
            lead = otio.algorithms.track_with_expanded_transitions(timeline.tracks[0])
            del lead
            needed = TimeRange(clip.source_range.start_time - at(6), clip.source_range.duration + at(10))
            assert available.start_time <= needed.start_time or clip.name == "first"
            assert needed.end_time_exclusive() <= available.end_time_exclusive() or clip.name == "second"


def test_the_cut_with_takes_orders_nothing_new(placed: Path) -> None:
    said = run(placed, "plan", "out.otio")
    assert "0 to send, 3 done" in said.stdout, said.stdout
    again = run(placed, "run", "out.otio", "-o", "again.otio", "--yes")
    assert again.returncode == 0
    assert (placed / "again.otio").read_bytes() == (placed / "out.otio").read_bytes()


def test_a_trimmed_and_rewritten_cut_orders_nothing_new_and_finds_its_takes(placed: Path) -> None:
    """As an editor would: read, trimmed by three frames at each end, written anew through OpenTimelineIO."""
    timeline = otio.adapters.read_from_file(str(placed / "out.otio"))
    for clip in timeline.find_clips():
        inner = clip.source_range
        clip.source_range = TimeRange(inner.start_time + at(3), inner.duration - at(6))
    otio.adapters.write_to_file(timeline, str(placed / "trimmed.otio"))
    said = run(placed, "run", "trimmed.otio", "-o", "trimmed-out.otio", "--yes")
    assert "0 to send, 3 done" in said.stdout, said.stdout
    takes = json.loads(run(placed, "takes", "list", "trimmed-out.otio", "--json").stdout)
    assert len(takes) == 3
    assert {take["standing"] for take in takes} == {"ok"}


@pytest.mark.slow
def test_a_clip_that_needs_more_than_its_take_has_is_stale(placed: Path) -> None:
    timeline = otio.adapters.read_from_file(str(placed / "out.otio"))
    first = next(iter(timeline.find_clips()))
    first.source_range = TimeRange(at(86404), at(80))
    otio.adapters.write_to_file(timeline, str(placed / "longer.otio"))
    takes = json.loads(run(placed, "takes", "list", "longer.otio", "--json").stdout)
    # The take ends with frame 72; the cut now needs 84, and 4 more for the dissolve.
    assert [(t["key"], t["standing"], t["short"]) for t in takes[:2]] == [
        ("retake.v001", "stale", 16), ("retake.v002", "stale", 16),
    ]  # fmt: skip
    said = run(placed, "run", "longer.otio", "-o", "longer-out.otio", "--yes")
    assert "0 to send, 3 done" in said.stdout, said.stdout
    newer = json.loads(run(placed, "takes", "list", "longer-out.otio", "--json").stdout)
    assert [t["standing"] for t in newer if t["timecode"] == "01:00:00:00"] == ["stale", "stale", "ok", "ok"]


def test_pick_and_back_to_the_original(placed: Path) -> None:
    said = run(placed, "takes", "pick", "out.otio", "v002", "--at", "first", "-o", "picked.otio")
    assert said.returncode == 0, said.stderr
    takes = json.loads(run(placed, "takes", "list", "picked.otio", "--json").stdout)
    assert [t["in_use"] for t in takes] == [False, True, False]
    assert run(placed, "takes", "pick", "picked.otio", "original", "--at", "first", "-o", "back.otio").returncode == 0
    assert (placed / "back.otio").read_bytes() == (placed / "out.otio").read_bytes()
    ambiguous = run(placed, "takes", "pick", "out.otio", "v001", "-o", "x.otio")
    assert ambiguous.returncode == 2
    assert "2 takes" in ambiguous.stderr


@pytest.mark.slow
def test_drop_takes_a_take_out_again(placed: Path) -> None:
    said = run(placed, "takes", "drop", "out.otio", "v001", "--at", "second", "-o", "dropped.otio")
    assert said.returncode == 0, said.stderr
    assert list(references(placed / "dropped.otio")[1]) == ["DEFAULT_MEDIA"]
    said = run(placed, "place", "cut.otio", "-o", "placed-again.otio")
    assert said.returncode == 0
    assert list(references(placed / "placed-again.otio")[1]) == ["DEFAULT_MEDIA"], "what was dropped stays away"
    takes = json.loads(run(placed, "takes", "list", "out.otio", "--json").stdout)
    assert [t["standing"] for t in takes] == ["ok", "ok", "dropped"]
    files = [Path(t["file"]) for t in takes]
    run(placed, "project", "purge", "dropped.otio", "--takes", "--yes")
    assert all(file.exists() for file in files), "a take that some cut here names is never deleted"
    (placed / "out.otio").unlink()
    gone = run(placed, "project", "purge", "dropped.otio", "--takes", "--yes")
    assert files[2].name in gone.stdout
    assert [file.exists() for file in files] == [True, True, False]


@pytest.mark.slow
def test_a_dropped_take_can_be_brought_back(placed: Path) -> None:
    run(placed, "takes", "drop", "out.otio", "v001", "--at", "second", "-o", "dropped.otio")
    assert run(placed, "takes", "restore", "cut.otio", "v009").returncode == 2
    without = json.loads(run(placed, "place", "cut.otio", "-o", "without.otio", "--json").stdout)
    listed = json.loads(run(placed, "takes", "list", "out.otio", "--json").stdout)
    (dropped,) = [take["take"] for take in listed if take["standing"] == "dropped"]
    assert len([row for row in without["warnings"] if dropped in row and "takes restore" in row]) == 1
    said = run(placed, "takes", "restore", "cut.otio", "v001")
    assert said.returncode == 0, said.stderr
    back = json.loads(run(placed, "place", "cut.otio", "-o", "back.otio", "--json").stdout)
    assert not any(dropped in row for row in back["warnings"])
    assert [list(r) for r in references(placed / "back.otio")] == [list(r) for r in references(placed / "out.otio")]


def test_activate(placed: Path) -> None:
    said = run(placed, "place", "cut.otio", "-o", "active.otio", "--activate")
    assert said.returncode == 0, said.stderr
    takes = json.loads(run(placed, "takes", "list", "active.otio", "--json").stdout)
    assert [t["in_use"] for t in takes] == [False, True, True], "the newest of each clip"


@pytest.mark.slow
def test_compose_makes_another_combination(placed: Path) -> None:
    run(placed, "place", "cut.otio", "-o", "before.otio")
    before = references(placed / "before.otio")[0]
    said = run(placed, "takes", "compose", "cut.otio", "2", "1", "--at", "first", "-o", "composed.otio")
    assert said.returncode == 0, said.stdout + said.stderr
    first = references(placed / "composed.otio")[0]
    # The run made 1 with 1 and 2 with 2; 2 with 1 is new, and gets a version of its own.
    assert list(first)[:-1] == list(before)
    made = next(reversed(first.values()))["metadata"]["otio_retake"]["orders"]
    numbers = {o["order"]: o["prompt"] for o in before["retake.v002"]["metadata"]["otio_retake"]["orders"]}
    assert [o["order"] in numbers for o in made] == [True, False]
    same = run(placed, "takes", "compose", "cut.otio", "2", "2", "--at", "first", "-o", "composed.otio")
    assert same.returncode == 0
    assert "holds just that already" in same.stderr
    assert list(references(placed / "composed.otio")[0]) == list(first)
    wrong = run(placed, "takes", "compose", "cut.otio", "3", "1", "--at", "first", "-o", "composed.otio")
    assert wrong.returncode == 2
    assert "there is no number 3" in wrong.stderr


@pytest.mark.slow
def test_another_seam_costs_nothing(placed: Path) -> None:
    before = set((placed / "retakes" / "takes").glob("*.mov"))
    said = run(placed, "conform", "cut.otio", "--seam", "mark")
    assert said.returncode == 0, said.stderr
    assert len(set((placed / "retakes" / "takes").glob("*.mov")) - before) == 3
    assert run(placed, "status", "cut.otio").stdout.count("placed") == 5
    run(placed, "place", "cut.otio", "-o", "seams.otio")
    assert [len(r) for r in references(placed / "seams.otio")] == [5, 3], "both are alternates"


@pytest.mark.slow
def test_an_editor_who_keeps_the_active_reference_alone_gets_the_original_retaken(placed: Path) -> None:
    """Flattened, with our metadata and without: nothing is ordered again, and --again retakes the original."""
    run(placed, "place", "cut.otio", "-o", "active.otio", "--activate")
    for name, keep in (("with.otio", True), ("without.otio", False)):
        timeline = otio.adapters.read_from_file(str(placed / "active.otio"))
        for clip in timeline.find_clips():
            active = clip.media_reference.clone()
            if not keep:
                active.metadata.clear()
            clip.set_media_references({"DEFAULT_MEDIA": active}, "DEFAULT_MEDIA")
        otio.adapters.write_to_file(timeline, str(placed / name))
        plan = json.loads(run(placed, "plan", name, "--json").stdout)
        assert plan["to_send"] == 0
        assert [item["media"]["path"].rpartition("/")[2] for item in plan["items"]] == ["A001C003.mov"] * 3
        again = json.loads(run(placed, "plan", name, "--json", "--again").stdout)
        assert [item["generation"] for item in again["items"]] == [1, 1, 1]
    # Another project does not know the takes: that is said, and nothing is ordered from them.
    said = run(placed, "plan", "without.otio", "--project", "elsewhere/retakes")
    assert said.returncode == 2
    assert "original is not known here" in " ".join(said.stdout.split())


@pytest.mark.slow
def test_a_list_is_for_the_cut_that_it_was_made_from(placed: Path) -> None:
    assert run(placed, "plan", "cut.otio", "--save", "list.json").returncode == 0
    assert run(placed, "place", "list.json", "-o", "listed.otio").returncode == 0
    (placed / "below").mkdir()
    assert run(placed / "below", "place", "../list.json", "-o", "listed.otio").returncode == 0, "from any folder"
    timeline = otio.adapters.read_from_file(str(placed / "cut.otio"))
    timeline.tracks[0].insert(0, otio.schema.Clip("new", source_range=TimeRange(at(0), at(10))))
    otio.adapters.write_to_file(timeline, str(placed / "cut.otio"))
    said = run(placed, "place", "list.json", "-o", "listed.otio")
    assert said.returncode == 2
    assert "changed since the list was written" in said.stderr


@pytest.mark.slow
def test_overrides_change_what_a_mark_asks_for(placed: Path) -> None:
    marks = json.loads(run(placed, "marks", "cut.otio", "--json").stdout)["marks"]
    rain = marks[0]["mark"]
    assert run(placed, "override", "cut.otio", rain, "--prompt", "a storm").returncode == 0
    plan = json.loads(run(placed, "plan", "cut.otio", "--json").stdout)
    assert plan["items"][0]["prompt"] == "a storm"
    assert plan["to_send"] == 1, "another prompt is another order"
    assert run(placed, "override", "cut.otio", rain, "--skip").returncode == 0
    assert json.loads(run(placed, "plan", "cut.otio", "--json").stdout)["to_send"] == 0
    assert run(placed, "override", "cut.otio", rain, "--clear").returncode == 0
    assert json.loads(run(placed, "plan", "cut.otio", "--json").stdout)["items"][0]["prompt"] == "rain"


@pytest.mark.slow
def test_the_archive_is_whole(placed: Path, tmp_path: Path) -> None:
    said = run(placed, "project", "archive", str(tmp_path / "kept"), "--in", "cut.otio")
    assert said.returncode == 0, said.stderr
    assert (tmp_path / "kept" / "ledger.sqlite").is_file()
    takes = sorted(p.name for p in (placed / "retakes" / "takes").iterdir())
    assert sorted(p.name for p in (tmp_path / "kept" / "takes").iterdir()) == takes
    assert run(placed, "project", "archive", str(tmp_path / "kept"), "--in", "cut.otio").returncode == 2


@pytest.mark.slow
def test_every_take_is_traced_to_its_order(placed: Path) -> None:
    cut = open_cut(placed / "out.otio")
    for clip in cut.view.clips():
        for take in clip.takes:
            assert take.ours is not None
            for order in take.ours["orders"]:
                said = run(placed, "ledger", "show", order["order"][:8], "--in", "cut.otio")
                assert said.returncode == 0
                assert order["prompt"] in said.stdout
