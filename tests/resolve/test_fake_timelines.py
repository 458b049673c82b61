"""Timelines: the current one, duplicates, tracks, deleting, settings."""

from __future__ import annotations

import pytest

from tests.fake_resolve import frozen

from .staged import a_cut, shows


@shows("duplicate-becomes-current", "duplicate-copies-markers", "duplicate-new-ids", "duplicate-name-taken")
def test_a_duplicate_becomes_current_and_has_everything_under_new_ids():
    cut = a_cut()
    cut.stage.mark(10, 5, custom="retake:1")
    cut.item().AddTake(cut.imported(), 0, 48)
    copy = cut.timeline.DuplicateTimeline("Safe")
    assert cut.project.GetCurrentTimeline().GetUniqueId() == copy.GetUniqueId() != cut.timeline.GetUniqueId()
    assert copy.GetMarkers() == cut.timeline.GetMarkers()
    items = copy.GetItemListInTrack("video", 1)
    assert items[0].GetUniqueId() != cut.item().GetUniqueId()
    assert items[0].GetTakesCount() == 2
    assert frozen(copy) == frozen(cut.timeline) | {"name": "Safe"}
    assert cut.timeline.DuplicateTimeline("Safe") is None
    assert copy.UpdateMarkerCustomData(10, "other")
    assert cut.timeline.GetMarkerCustomData(10) == "retake:1"
    items[1].SetClipEnabled(False)
    items[1].AddMarker(110, "Blue", "", "", 1)
    assert cut.item(1).GetClipEnabled() is True
    assert cut.item(1).GetMarkers() == {}


@shows("duplicate-copies-takes")
def test_a_duplicate_may_lack_the_takes():
    cut = a_cut(takes_copied=False)
    cut.item().AddTake(cut.imported(), 0, 48)
    assert cut.timeline.DuplicateTimeline("Safe").GetItemListInTrack("video", 1)[0].GetTakesCount() == 0


@shows("lock-shared-with-duplicate")
@pytest.mark.parametrize(("shared", "locked"), [(True, False), (False, True)])
def test_a_lock_may_be_one_with_the_duplicates(shared: bool, locked: bool):
    cut = a_cut(lock_shared=shared)
    cut.stage.lock()
    copy = cut.timeline.DuplicateTimeline("Safe")
    assert copy.GetIsTrackLocked("video", 1) is True
    assert copy.SetTrackLock("video", 1, False)
    assert cut.project.SetCurrentTimeline(cut.timeline)
    assert cut.timeline.GetIsTrackLocked("video", 1) is locked


@shows("set-current-nudges-playhead", "bool-is-no-proof")
def test_making_a_timeline_current_moves_its_playhead():
    for knobs, timecode in [({}, "00:59:59:23"), ({"playhead_nudge": False}, "01:00:00:00")]:
        cut = a_cut(**knobs)
        other = cut.fake.setup.timeline("Other").proxy
        assert cut.project.SetCurrentTimeline(cut.timeline)
        assert cut.timeline.GetCurrentTimecode() == timecode
        assert cut.timeline.SetCurrentTimecode("01:00:02:05")
        assert cut.timeline.GetCurrentVideoItem().GetName() == "b.mov"
        assert other.GetCurrentTimecode() == "01:00:00:00"
    stuck = a_cut(current_lands=False)
    stuck.fake.setup.timeline("Other")
    assert stuck.project.SetCurrentTimeline(stuck.timeline) is True
    assert stuck.project.GetCurrentTimeline().GetName() == "Other"


@shows("delete-needs-edit-page", "delete-leaves-linked", "delete-answers-unproven")
def test_deleting_needs_the_edit_page_and_leaves_linked_sound():
    cut = a_cut()
    item = cut.stage.item(cut.stage.clip(cut.a, at=200, duration=24, sound=True))
    cut.fake.resolve.OpenPage("color")
    assert cut.timeline.DeleteClips([item]) is False
    cut.fake.resolve.OpenPage("edit")
    heard = item.GetLinkedItems()
    assert cut.timeline.DeleteClips([item], False) is True
    assert item.GetStart() is None
    assert [each.GetStart() for each in heard] == [86600, 86600]
    lying = a_cut(deletes_land=False)
    assert lying.timeline.DeleteClips([lying.item()]) is True
    assert lying.item().GetStart() == 86400


def test_deleting_with_ripple_moves_what_follows_and_locked_tracks_keep_theirs():
    cut = a_cut()
    assert cut.timeline.DeleteClips([cut.item(1)], True)
    assert [item.GetStart() for item in cut.timeline.GetItemListInTrack("video", 1)] == [86400, 86448]
    cut.stage.lock()
    assert cut.timeline.DeleteClips([cut.item()]) is False


@shows("add-track-renumbers", "item-getters-19-0")
def test_tracks_are_added_on_top_or_below():
    cut = a_cut()
    assert cut.timeline.AddTrack("video")
    assert cut.timeline.SetTrackName("video", 2, "Retakes")
    assert cut.item().GetTrackTypeAndIndex() == ["video", 1]
    assert cut.timeline.AddTrack("video", {"index": 1})
    assert cut.item().GetTrackTypeAndIndex() == ["video", 2]
    assert cut.timeline.GetTrackName("video", 3) == "Retakes"
    assert cut.timeline.SetTrackEnable("video", 3, False)
    assert cut.timeline.GetIsTrackEnabled("video", 3) is False
    assert cut.timeline.DeleteTrack("video", 3)
    assert cut.timeline.GetTrackCount("video") == 2
    assert cut.timeline.GetTrackName("video", 3) is None
    assert cut.timeline.AddTrack("audio", "stereo")
    assert cut.timeline.GetTrackSubType("audio", 2) == "stereo"
    older = a_cut("18.6 Studio")
    assert older.timeline.AddTrack("video", {"index": 1})
    assert older.timeline.GetItemListInTrack("video", 2) == []


@shows("delete-timelines-not-current")
def test_the_current_timeline_stays():
    cut = a_cut()
    copy = cut.timeline.DuplicateTimeline("Safe")
    assert cut.pool.DeleteTimelines([copy]) is False
    assert cut.project.SetCurrentTimeline(cut.timeline)
    assert cut.pool.DeleteTimelines([copy]) is True
    assert copy.GetName() is None
    assert cut.project.GetTimelineCount() == 1
    assert [clip.GetName() for clip in cut.pool.GetRootFolder().GetClipList()] == ["a.mov", "b.mov", "Cut 1"]


@shows("setting-true-not-stuck", "rate-fixed-with-timeline")
def test_settings():
    cut = a_cut()
    assert cut.project.SetSetting("timelineFrameRate", "25") is False
    assert cut.timeline.SetSetting("timelineFrameRate", "25") is False
    for thing in (cut.project, cut.timeline):
        assert thing.SetSetting("timelineResolutionWidth", "3840")
        assert thing.GetSetting("timelineResolutionWidth") == "3840"
    loose = a_cut(settings_stick=False)
    assert loose.timeline.SetSetting("timelineResolutionWidth", "3840") is True
    assert loose.timeline.GetSetting("timelineResolutionWidth") == "1920"


@shows("copy-grades-wholesale", "properties-no-speed")
def test_looks():
    cut = a_cut()
    cut.items[0].grade, cut.items[1].grade = ["Primary", "Look"], ["Own"]
    assert cut.item().CopyGrades([cut.item(1)])
    graph = cut.item(1).GetNodeGraph()
    assert [graph.GetNodeLabel(number) for number in (1, 2)] == ["Primary", "Look"]
    assert cut.item().SetProperty("ZoomX", 2.0)
    assert cut.item().GetProperty()["ZoomX"] == 2.0
    assert cut.item().SetProperty("Speed", 50.0) is False


def test_the_start_timecode_moves_everything_along():
    cut = a_cut()
    assert cut.timeline.SetStartTimecode("10:00:00:00")
    assert cut.item().GetStart() == cut.timeline.GetStartFrame() == 864000
    assert cut.timeline.SetStartTimecode("noon") is False
