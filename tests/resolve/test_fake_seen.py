"""What is seen at a frame, on real media; and the picture of what is not ours."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import av
import pytest

from tests.fake_resolve import FakeResolve, frozen, render

from .staged import a_cut


def test_the_topmost_enabled_track_and_clip_are_seen():
    cut = a_cut()
    above = cut.stage.clip(cut.b, at=10, duration=20, source=300, track=2)
    at = cut.stage.frame
    assert [render(cut.timeline, at(f)).frame for f in (9, 10, 29, 30)] == [21, 300, 319, 42]
    above.enabled = False
    assert render(cut.timeline, at(10)).frame == 22
    above.enabled = True
    cut.stage.disable(2)
    assert render(cut.timeline, at(10)).frame == 22
    assert render(cut.timeline, at(10), track=2).path == ""
    assert render(cut.timeline, at(10), kind="audio").path == "/rushes/a.mov"
    assert not render(cut.timeline, at(500))


def test_speed_and_rate_choose_the_frame():
    cut = a_cut()
    fast = cut.stage.clip(cut.b, at=200, duration=24, source=100, speed=2)
    back = cut.stage.clip(cut.b, at=224, duration=24, source=99, speed=-1)
    pal = cut.fake.setup.media("/rushes/c.mov", 250, "25")
    cut.stage.clip(pal, at=248, duration=24)
    at = cut.stage.frame
    seen = [render(cut.timeline, at(f)).frame for f in (200, 201, 223, 224, 247, 248, 271)]
    assert seen == [100, 102, 146, 99, 76, 0, 23]
    assert render(cut.timeline, at(200)).item is fast
    assert render(cut.timeline, at(224)).item is back


def test_the_watermark_of_the_frame_that_is_seen(shared_media: Path):
    spec = importlib.util.spec_from_file_location("watermark", shared_media / "watermark.py")
    assert spec is not None
    assert spec.loader is not None
    watermark: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(watermark)
    fake = FakeResolve()
    fake.setup.project("Show", "23.976")
    media = fake.setup.media_file(shared_media / "prores_hq_2398_tc.mov")
    stage = fake.setup.timeline("Cut", "23.976", "10:00:00:00")
    stage.clip(media, at=5, duration=20, source=7)
    seen = render(stage.proxy, stage.frame(11))
    with av.open(seen.path) as container:
        frames = container.decode(video=0)
        for _ in range(seen.frame):
            next(frames)
        picture = next(frames)
    assert seen.frame == 13
    assert watermark.read(picture.to_ndarray(format="gray")) == 13


OURS = ["/take/"]


def test_a_take_of_ours_is_no_change_while_the_original_is_seen():
    cut = a_cut()
    before = frozen(cut.timeline, OURS)
    cut.item().AddTake(cut.imported(), 0, 48)
    assert frozen(cut.timeline, OURS) != before
    assert frozen(cut.timeline, OURS, selection=False) == frozen(a_cut().timeline, OURS, selection=False)
    cut.item().SelectTakeByIndex(1)
    assert frozen(cut.timeline, OURS) == before
    assert frozen(cut.timeline) != before


def test_a_selector_of_the_editors_stays_one():
    cut = a_cut()
    cut.stage.clip(cut.a, at=200, duration=24, takes=[(cut.b, 50)], selected=2)
    before = frozen(cut.timeline, OURS)
    item = cut.timeline.GetItemListInTrack("video", 1)[3]
    assert (item.GetTakesCount(), item.GetSelectedTakeIndex(), item.GetLeftOffset()) == (2, 2, 50)
    item.AddTake(cut.imported(), 0, 24)
    item.SelectTakeByIndex(2)
    assert frozen(cut.timeline, OURS) == before
    item.SelectTakeByIndex(1)
    item.DeleteTakeByIndex(2)
    assert frozen(cut.timeline, OURS) != before


def test_a_clip_on_a_track_of_ours_is_no_change_and_all_else_is():
    cut = a_cut()
    before = frozen(cut.timeline, OURS, ["Retakes"])
    cut.timeline.AddTrack("video")
    cut.timeline.SetTrackName("video", 2, "Retakes")
    cut.pool.AppendToTimeline(
        [{"mediaPoolItem": cut.imported(), "mediaType": 1, "trackIndex": 2, "recordFrame": 86400}]
    )
    assert frozen(cut.timeline, OURS, ["Retakes"]) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda cut: cut.item().SetClipEnabled(False),
        lambda cut: cut.item().SetProperty("ZoomX", 2.0),
        lambda cut: cut.item().SetClipColor("Teal"),
        lambda cut: cut.item().AddMarker(20, "Blue", "", "", 1),
        lambda cut: cut.timeline.AddMarker(20, "Blue", "", "", 1),
        lambda cut: cut.timeline.DeleteClips([cut.item()]),
        lambda cut: cut.timeline.SetTrackName("video", 1, "V"),
        lambda cut: cut.timeline.SetTrackEnable("video", 1, False),
        lambda cut: cut.timeline.SetTrackLock("video", 1, True),
        lambda cut: cut.timeline.SetMarkInOut(1, 2),
        lambda cut: (
            cut.fake.proxy(cut.stage.clip(cut.b, at=300)).CopyGrades([cut.item()]) and cut.items[0].grade.append("Look")
        ),
        lambda cut: setattr(cut.items[0], "start", 86401),
        lambda cut: setattr(cut.items[0], "source", 13),
    ],
)
def test_each_change_shows(change: Any):
    cut = a_cut()
    before = frozen(cut.timeline, OURS, ["Retakes"])
    change(cut)
    assert frozen(cut.timeline, OURS, ["Retakes"]) != before


def test_custom_data_of_ours_is_left_out():
    cut = a_cut()
    cut.stage.mark(10)
    before = frozen(cut.timeline, our_custom="retake:")
    cut.timeline.UpdateMarkerCustomData(10, "retake:7")
    assert frozen(cut.timeline, our_custom="retake:") == before
    assert frozen(cut.timeline) != before
