"""The sample edit lists: written as their script says, asking for what was counted by hand here, and the whole way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from otio_retake.planned import Plan
from otio_retake.session import Session
from sample_timelines.make_media import MEDIA
from tests.forked import command_line

SAMPLES = MEDIA.parent


@pytest.fixture
def planned(media: dict[str, Path], bare_settings: None, tmp_path: Path) -> Callable[..., Plan]:
    """The plan of a sample by its name."""

    def plan(name: str, **flags: Any) -> Plan:
        with Session(SAMPLES / name, {"project": tmp_path / "retakes", **flags}) as session:
            return session.plan()

    return plan


def rows(plan: Plan) -> list[tuple[str, str, int, int, str, int]]:
    return [
        (item.timecode, item.media.path.name, item.region.first, item.region.end, item.mode, item.takes)
        for item in plan.items
    ]


def test_avids_list_asks_for_these_frames(planned: Callable[..., Plan]) -> None:
    """Record less the event's record in, plus the source in less the file's timecode; twice that at 48 a second."""
    plan = planned("avid_24.edl")
    assert rows(plan) == [
        # LOC at 01:00:02:00 and at 02:23: 24 frames from frame 24 + 24 on.
        ("01:00:02:00", "A001_C003_harbour.mp4", 48, 72, "video", 1),
        # A point: all of the event up to the dissolve.
        ("01:00:04:00", "F007_C001_clock.mov", 0, 48, "video", 2),
        # A point behind a dissolve of twelve frames: from frame 12 + 12 on.
        ("01:00:06:12", "E006_C001_fish.mp4", 24, 72, "both", 1),
        # 24 record frames at twice the speed.
        ("01:00:08:12", "A001_C003_harbour.mp4", 96, 144, "video", 1),
        # 28 frames into an event that begins at frame 12; a file of 23.976 in a cut at 24.
        ("01:00:10:16", "A002_C011_lighthouse.mov", 40, 41, "video", 1),
    ]
    assert plan.blocking == []
    assert any("24 frames a second" in problem.what for problem in plan.problems), "the plan says the rate"
    assert all(item.above for item in plan.items)


def test_resolves_list_and_its_markers_ask_for_these_frames(planned: Callable[..., Plan]) -> None:
    plan = planned("resolve_2997df.edl", markers=SAMPLES / "resolve_2997df.markers.edl")
    assert rows(plan) == [
        # 20 frames into an event from frame 60 on, 24 long.
        ("01:00:00;20", "C004_C001_balloon.mov", 80, 104, "video", 1),
        # 20 frames into an event at half speed from frame 130 on: 20 record frames are 10.
        ("01:00:02;20", "C004_C001_balloon.mov", 140, 150, "video", 1),
        # 5 frames into an event from frame 10 on, 30 long.
        ("01:00:04;05", "C004_C001_balloon.mov", 15, 45, "video", 2),
    ]
    assert plan.blocking == []
    assert planned("resolve_2997df.edl").items == (), "the list itself has no mark"


def test_a_marker_list_goes_with_a_cut_of_any_form(planned: Callable[..., Plan], tmp_path: Path) -> None:
    path = tmp_path / "marks.edl"
    line = "001  001      V     C        01:00:05:12 01:00:05:13 01:00:05:12 01:00:05:13"
    path.write_text(f"TITLE: X\nFCM: NON-DROP FRAME\n\n{line}\n |C:ResolveColorPink |M:RETAKE: it dives |D:12\n")
    before, after = planned("demo.otio"), planned("demo.otio", markers=path)
    (new,) = [item for item in after.items if item.prompt == "it dives"]
    # The fish begins at 01:00:04:00 with its frame 30.
    assert (new.media.path.name, new.region.first, new.region.end) == ("E006_C001_fish.mp4", 66, 78)
    assert len(after.items) == len(before.items) + 1


# --- the whole way ----------------------------------------------------------------------------------------------------


def program(folder: Path, *words: str, code: int = 0) -> Any:
    done = command_line(folder, *words)
    assert done.returncode == code, (words, done.stdout[-2000:], done.stderr[-2000:])
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout) if "--json" in words else done.stdout


@pytest.mark.slow
def test_from_marks_to_takes_and_back(media: dict[str, Path], bare_settings: None, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "resolve_2997df.edl", tmp_path / "cut.edl")
    shutil.copy(SAMPLES / "resolve_2997df.markers.edl", tmp_path / "marks.edl")
    before = (tmp_path / "cut.edl").read_bytes()
    where = ("--media-root", str(MEDIA), "--markers", "marks.edl")
    said = program(tmp_path, "run", "cut.edl", *where, "-o", "out.edl", "--yes", "--json")
    assert said["added"] == 4
    assert said["left_out"]
    assert (tmp_path / "cut.edl").read_bytes() == before
    states = (tmp_path / "out.markers.edl").read_text()
    assert states.count("|C:ResolveColorGreen |M:done") == 3
    listed = program(tmp_path, "takes", "list", "out.edl", "--json")
    assert [(row["timecode"], row["version"], row["in_use"], row["standing"]) for row in listed] == [
        ("01:00:00;20", "v001", True, "ok"),
        ("01:00:02;20", "v001", True, "ok"),
        ("01:00:04;05", "v002", True, "ok"),
        ("01:00:04;05", "v001", False, "ok"),
    ]
    program(tmp_path, "takes", "pick", "out.edl", "v001", "--at", "01:00:04;05", "-o", "picked.edl")
    listed = program(tmp_path, "takes", "list", "picked.edl", "--json")
    assert [row["version"] for row in listed if row["in_use"]] == ["v001", "v001", "v001"]
    program(tmp_path, "takes", "drop", "out.edl", "v002", "-o", "dropped.edl")
    assert len(program(tmp_path, "takes", "list", "dropped.edl", "--json")) == 3
    program(tmp_path, "takes", "pick", "out.edl", "original", "--at", "01:00:00;20", "-o", "none.edl", code=2)
    # The editor lays the first take into the cut, five frames later, and exports it.
    event = next(line for line in (tmp_path / "out.edl").read_text().splitlines() if line.startswith("001"))
    reel = event.split()[1]
    used = before.decode().replace(
        "001  C004_C001 V     C        00:58:59;00 00:59:01;02 01:00:00;00 01:00:02;00",
        f"001  {reel} V     C        00:58:59;20 00:59:00;16 01:00:00;05 01:00:00;29",
    )
    name = f"C004_C001_balloon_{reel.lower().partition('_')[0]}_v001.mov"
    used = used.replace("* FROM CLIP NAME: C004_C001_balloon.mov", f"* FROM CLIP NAME: {name}", 1)
    (tmp_path / "used.edl").write_text(used)
    (row,) = [row for row in program(tmp_path, "takes", "list", "used.edl", "--json") if row["timecode"]]
    assert (row["in_use"], row["standing"], row["take"]) == (True, "ok", name.removesuffix(".mov"))
    # Marks are still on the original: nothing is ordered again.
    again = program(tmp_path, "plan", "cut.edl", *where, "--json")
    assert again["to_send"] == 0
