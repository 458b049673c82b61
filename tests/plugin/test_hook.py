"""What OpenTimelineIO reads, by whichever adapter, has its marks in its metadata, and is otherwise untouched."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from otio_retake.cuts import open_cut
from otio_retake.plugin.hook import hook_function
from tests.cutting import requests_of
from tests.plugin.objects import SAMPLES, clip, mark, movie, span, timeline


def read(path: Path, **how: Any) -> Any:
    """A file as its adapter reads it, with marks, whether the plugin is installed here or not."""
    return hook_function(otio.adapters.read_from_file(str(path), **how))


def marks_of(item: Any) -> list[dict[str, Any]]:
    said = json.loads(item.to_json_string())["metadata"].get("otio_retake", {})
    return list(said.get("marks", []))


def without_ours(item: Any) -> Any:
    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if key != "otio_retake"}
        return [strip(inner) for inner in value] if isinstance(value, list) else value

    return strip(json.loads(item.to_json_string()))


def test_a_marked_clip_says_what_is_asked_of_which_frames() -> None:
    shot = clip()
    mark(shot, "RETAKE both x2 @fal: rain", 86420, 12, "seam=mark\nharder")
    cut = hook_function(timeline(shot))
    (entry,) = marks_of(shot)
    assert (entry["mode"], entry["takes"], entry["service"], entry["prompt"]) == ("both", 2, "fal", "rain\nharder")
    assert entry["options"] == [["seam", "mark"]]
    # The media begins at 86400: the mark's 86420 to 86432 are its frames 20 to 32; the clip shows 10 to 50.
    assert (entry["region"], entry["shown"]) == ({"first": 20, "end": 32}, {"first": 10, "end": 50})
    assert (entry["clock"], entry["zero"], entry["timecode"]) == ("24", "86400", "01:00:00:10")
    assert marks_of(cut) == [entry]


def test_what_a_mark_leaves_to_the_settings_is_left_open() -> None:
    shot = clip()
    mark(shot, "RETAKE: rain", 86420, 12)
    hook_function(timeline(shot))
    (entry,) = marks_of(shot)
    assert (entry["mode"], entry["takes"], entry["service"]) == (None, None, None)


def test_slips_and_suspects_are_said_where_the_timeline_is() -> None:
    shot = clip()
    mark(shot, "RETAKE vidoe: rain", 86420, 12)
    mark(shot, "Retake that we did on Tuesday", 86430, 1)
    cut = hook_function(timeline(shot))
    said = json.loads(cut.to_json_string())["metadata"]["otio_retake"]
    assert [row["what"] for row in said["problems"]] == ['"vidoe" is no option']
    assert len(said["suspects"]) == 1
    assert marks_of(shot) == []


@pytest.mark.parametrize("name", ["resolve_24", "premiere_2997df", "kdenlive_25", "hiero_23976", "plain_mixed"])
def test_the_same_marks_as_the_program_itself_finds_in_every_editors_file(name: str) -> None:
    path = SAMPLES / f"{name}.otio"
    known = requests_of(open_cut(path)).requests
    found = marks_of(read(path))
    assert [(m["mark_id"], m["timecode"], m["prompt"]) for m in found] == [
        (r.mark_id, r.timecode, r.mark.prompt) for r in known
    ]
    assert len(found) >= 3


def test_reading_twice_changes_nothing_more_and_forgets_what_is_gone(tmp_path: Path) -> None:
    once = read(SAMPLES / "resolve_24.otio")
    text = once.to_json_string()
    assert hook_function(once).to_json_string() == text
    for shot in once.find_clips():
        del shot.markers[:]
    del once.tracks.markers[:]
    assert "otio_retake" not in hook_function(once).to_json_string()


def test_a_cut_with_marks_in_its_metadata_asks_for_the_same_as_before(tmp_path: Path) -> None:
    for path in sorted(SAMPLES.glob("*.otio")):
        out = tmp_path / path.name
        otio.adapters.write_to_file(read(path), str(out))
        before, after = requests_of(open_cut(path)), requests_of(open_cut(out))
        assert [(r.mark_id, r.region, r.record) for r in after.requests] == [
            (r.mark_id, r.region, r.record) for r in before.requests
        ]


def test_nothing_else_is_changed(shared_timelines: Path) -> None:
    """Every real timeline that a published adapter reads is the same with the hook and without."""
    seen = 0
    for path in sorted(shared_timelines.rglob("*")):
        if path.suffix not in (".otio", ".edl", ".xml", ".aaf"):
            continue
        how = {"ignore_timecode_mismatch": True} if path.suffix == ".edl" else {}
        try:
            plain = otio.adapters.read_from_file(str(path), **how)
        except Exception:  # the adapter's own limits are not ours
            continue
        before = without_ours(plain)
        assert without_ours(hook_function(plain)) == before
        seen += 1
    assert seen >= 20


# --- adapters -------------------------------------------------------------------------------------------------------

XMEML = """<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="5"><sequence id="s"><name>cut</name>
<duration>100</duration><rate><timebase>24</timebase><ntsc>FALSE</ntsc></rate><media><video><track>
<clipitem id="c"><name>A001.mov</name><duration>240</duration><rate><timebase>24</timebase><ntsc>FALSE</ntsc></rate>
<start>0</start><end>48</end><in>60</in><out>108</out>
<file id="f"><name>A001.mov</name><pathurl>file://localhost/footage/A001.mov</pathurl><duration>240</duration>
<rate><timebase>24</timebase><ntsc>FALSE</ntsc></rate>
<timecode><string>01:00:00:00</string><frame>86400</frame><displayformat>NDF</displayformat>
<rate><timebase>24</timebase><ntsc>FALSE</ntsc></rate></timecode></file>
<marker><name>RETAKE</name><comment>rain</comment><in>73</in><out>85</out></marker>
</clipitem></track></video></media></sequence></xmeml>"""


def test_a_marker_of_xmeml_counts_from_the_files_first_frame(tmp_path: Path) -> None:
    """As Premiere writes them: in=73 is frame 73 of the file, whatever the file's timecode is."""
    pytest.importorskip("otio_fcp_adapter")
    (tmp_path / "cut.xml").write_text(XMEML)
    (entry,) = marks_of(read(tmp_path / "cut.xml"))
    assert (entry["region"], entry["prompt"]) == ({"first": 73, "end": 85}, "rain")
    assert entry["timecode"] == "00:00:00:13"


EDL = """TITLE: CUT
FCM: NON-DROP FRAME

001  A001     V     C        10:00:00:00 10:00:02:00 01:00:00:00 01:00:02:00
* FROM CLIP NAME: A001
* LOC: 01:00:00:12 RED     RETAKE: RAIN
002  A002     V     C        01:00:01:00 01:00:03:00 01:00:02:00 01:00:04:00
* FROM CLIP NAME: A002
* LOC: 01:00:02:12 RED     RETAKE 1F: A FLASH
"""


def test_a_locator_means_its_event_and_one_that_means_a_frame_of_it_is_said_to_be_lost(tmp_path: Path) -> None:
    pytest.importorskip("otio_cmx3600_adapter")
    (tmp_path / "cut.edl").write_text(EDL)
    cut = read(tmp_path / "cut.edl")
    (entry,) = marks_of(cut)
    assert (entry["clip"], entry["whole_clip"], entry["prompt"]) == ("A001", True, "RAIN")
    # Nothing says where the media begins: frames are counted as the list counts them, by source timecode.
    assert entry["region"] == {"first": 864000, "end": 864048}
    problems = json.loads(cut.to_json_string())["metadata"]["otio_retake"]["problems"]
    lost, offline = sorted(problems, key=lambda row: row["clip"], reverse=True)
    assert (lost["clip"], offline["clip"]) == ("A002", "A001")  # an EDL names no file to send
    assert all(row["what"] and row["fix"] for row in problems)
    assert "1f" in lost["what"]


# --- never in the way -----------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_a_line_in_the_log_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    shot = clip()
    mark(shot, "RETAKE: rain", 86420, 12)
    cut = timeline(shot)
    shot.source_range = span(float("nan"), 40)
    before = cut.to_json_string()
    with caplog.at_level(logging.WARNING, "otio_retake"):
        assert hook_function(cut) is cut
    assert cut.to_json_string() == before
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("thing", [None, "RETAKE", 5, [], otio.opentime.RationalTime(1, 24), object()])
def test_what_is_no_cut_goes_through(thing: Any) -> None:
    assert hook_function(thing) is thing
    assert hook_function(thing, {}) is thing


def test_single_clips_tracks_stacks_and_collections_are_marked_too() -> None:
    def shot(name: str) -> otio.schema.Clip:
        made = clip(name)
        mark(made, "RETAKE: rain", 86420, 12)
        return made

    alone, inside, deep = shot("one"), shot("two"), shot("three")
    track = otio.schema.Track("V", kind="Video")
    track.append(inside)
    collection = otio.schema.SerializableCollection("bin")
    collection.extend([alone, track, timeline(deep), movie("still.mov", 0, 10)])
    hook_function(collection)
    assert [len(marks_of(item)) for item in (alone, inside, deep)] == [1, 1, 1]


def test_it_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTIO_RETAKE_HOOK", "off")
    shot = clip()
    mark(shot, "RETAKE: rain", 86420, 12)
    assert marks_of(hook_function(timeline(shot))) == []


def test_a_colour_makes_a_mark_where_it_is_said() -> None:
    shot = clip()
    mark(shot, "less wind", 86420, 12)
    shot.markers[0].color = "PURPLE"
    cut = timeline(shot)
    assert marks_of(hook_function(cut)) == []
    assert [m["prompt"] for m in marks_of(hook_function(cut, {"mark_color": "PURPLE"}))] == ["less wind"]


def test_a_timeline_without_marks_costs_next_to_nothing() -> None:
    """The order language, its settings and its services are not even loaded."""
    code = (
        "import sys, opentimelineio as otio\n"
        "from otio_retake.plugin.hook import hook_function\n"
        "hook_function(otio.schema.Timeline('cut'))\n"
        "print([m for m in ('pydantic', 'av', 'numpy', 'httpx', 'otio_retake.marks') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
