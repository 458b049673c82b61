"""Timelines written to files and read from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import opentimelineio as otio

from .staged import a_cut, shows


@shows("export-constants-from-handle", "export-string-refused", "export-otio-18-5")
def test_a_form_is_named_by_the_handles_number_alone(tmp_path: Path):
    cut = a_cut()
    path = tmp_path / "cut.otio"
    assert cut.fake.resolve.EXPORT_AAF == 0
    assert cut.fake.resolve.EXPORT_NOTHING is None
    assert cut.timeline.Export(str(path), "EXPORT_OTIO") is False
    assert not path.exists()
    assert cut.timeline.Export(str(path), cut.fake.resolve.EXPORT_OTIO, cut.fake.resolve.EXPORT_NONE) is True
    assert path.stat().st_size
    assert cut.timeline.Export(str(tmp_path / "nowhere" / "cut.otio"), cut.fake.resolve.EXPORT_OTIO) is False


@shows("export-fcpxml-1-10-poisons")
def test_fcpxml_1_10_says_true_and_spoils_the_path(tmp_path: Path):
    cut = a_cut()
    path = tmp_path / "cut.fcpxml"
    assert cut.timeline.Export(str(path), cut.fake.resolve.EXPORT_FCPXML_1_10) is True
    assert path.stat().st_size == 0
    assert cut.timeline.Export(str(path), cut.fake.resolve.EXPORT_FCPXML_1_9) is False


@shows("export-otio-shape", "takes-not-exported", "clip-markers-source-space")
def test_otio_has_resolves_shape_and_the_selected_takes(tmp_path: Path):
    cut = a_cut(label="25", start="10:00:00:00")
    cut.stage.mark_clip(cut.items[0], at=20, duration=5, name="retake")
    cut.item(1).AddTake(cut.imported(), 0, 48)
    path = tmp_path / "cut.otio"
    assert cut.timeline.Export(str(path), cut.fake.resolve.EXPORT_OTIO)
    timeline: Any = otio.adapters.read_from_file(str(path))
    assert timeline.global_start_time == otio.opentime.RationalTime(900000, 25)
    clips = list(timeline.find_clips())
    assert clips[0].source_range.start_time.value == 900012
    assert clips[0].media_reference.target_url == "/rushes/a.mov"
    assert clips[0].media_reference.available_range.start_time.value == 900000
    assert clips[0].markers[0].marked_range.start_time.value == 900000 + 12 + 20
    assert [clip.media_reference.target_url for clip in clips[:3]] == ["/rushes/a.mov", "/take/r1.mov", "/rushes/a.mov"]


@shows("import-timeline-name-taken", "import-timeline-shape")
def test_otio_comes_back_in_where_it_looks_like_resolves(tmp_path: Path):
    cut = a_cut()
    path = tmp_path / "cut.otio"
    cut.timeline.Export(str(path), cut.fake.resolve.EXPORT_OTIO)
    assert cut.pool.ImportTimelineFromFile(str(path), {"timelineName": "Cut 1"}) is None
    back = cut.pool.ImportTimelineFromFile(str(path), {"timelineName": "Back"})
    items = back.GetItemListInTrack("video", 1)
    assert [(item.GetStart(), item.GetDuration(), item.GetLeftOffset()) for item in items] == [
        (86400, 48, 12),
        (86448, 48, 100),
        (86496, 48, 30),
    ]
    assert items[0].GetMediaPoolItem().GetClipProperty("File Path") == "/rushes/a.mov"
    bare = cut.pool.ImportTimelineFromFile(str(path), {"timelineName": "Bare", "importSourceClips": False})
    assert [item.GetMediaPoolItem() for item in bare.GetItemListInTrack("video", 1)] == [None] * 3

    foreign = json.loads(path.read_text())
    for clip in foreign["tracks"]["children"][0]["children"]:
        clip["media_references"]["DEFAULT_MEDIA"]["target_url"] = "file:///rushes/a.mov"
    path.write_text(json.dumps(foreign))
    offline = cut.pool.ImportTimelineFromFile(str(path), {"timelineName": "Foreign"})
    assert [item.GetMediaPoolItem() for item in offline.GetItemListInTrack("video", 1)] == [None] * 3
    assert cut.pool.ImportTimelineFromFile(str(tmp_path / "nowhere.otio")) is None
