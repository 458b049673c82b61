"""Clips put on the timeline: what was asked, what is said, what is there."""

from __future__ import annotations

from typing import Any

from tests.fake_resolve import render

from .staged import Cut, a_cut, shows


def append(cut: Cut, path: str = "/take/r1.mov", **info: Any) -> Any:
    return cut.pool.AppendToTimeline([{"mediaPoolItem": cut.imported(path), **info}])


def placed(cut: Cut, track: int) -> list[tuple[float, float]]:
    return [(item.GetStart(), item.GetDuration()) for item in cut.timeline.GetItemListInTrack("video", track) or []]


@shows("append-end-exclusive", "append-current-timeline", "append-track-beyond-count")
def test_an_append_to_the_track_above_makes_it():
    cut = a_cut()
    made = append(cut, startFrame=6, endFrame=30, mediaType=1, trackIndex=2, recordFrame=86410)
    assert [(item.GetStart(), item.GetDuration(), item.GetLeftOffset()) for item in made] == [(86410, 24, 6)]
    assert made[0].GetTrackTypeAndIndex() == ["video", 2]
    assert render(cut.timeline, 86410) == render(cut.timeline, 86410, track=2)
    assert (render(cut.timeline, 86433).path, render(cut.timeline, 86433).frame) == ("/take/r1.mov", 29)
    assert render(cut.timeline, 86434).path == "/rushes/a.mov"
    other = cut.fake.setup.timeline("Other")
    assert append(cut, mediaType=1, trackIndex=1, recordFrame=86400)
    assert [item.start for item in other.state.items()] == [86400]


@shows("append-track-needs-media-type", "append-track-beyond-count")
def test_success_is_said_where_nothing_was_placed():
    cut = a_cut()
    for info in ({"trackIndex": 1}, {"trackIndex": 4, "mediaType": 1}):
        made = append(cut, recordFrame=90000, **info)
        assert len(made) == 1
        assert (made[0].GetName(), made[0].GetStart(), made[0].GetUniqueId()) == (None, None, None)
    assert placed(cut, 1) == [(86400, 48), (86448, 48), (86496, 48)]
    assert cut.timeline.GetTrackCount("video") == 1


@shows("append-overlap")
def test_an_append_onto_something_is_dropped_or_moved():
    ghost = a_cut()
    made = append(ghost, mediaType=1, trackIndex=1, recordFrame=86420)
    assert made[0].GetStart() is None
    assert len(placed(ghost, 1)) == 3
    slide = a_cut(append_overlap="slide")
    made = append(slide, mediaType=1, trackIndex=1, recordFrame=86420)
    assert made[0].GetStart() == 86544
    assert len(placed(slide, 1)) == 4


@shows("append-locked-track")
def test_an_append_to_a_locked_track_places_nothing():
    for knob, count in [("truthy", 1), ("empty", 0)]:
        cut = a_cut(append_locked=knob)
        cut.stage.track(2)
        cut.stage.lock(2)
        assert len(append(cut, mediaType=1, trackIndex=2, recordFrame=86400)) == count
        assert placed(cut, 2) == []


@shows("record-frame-not-clamped")
def test_a_clip_before_the_start_is_listed_and_never_seen():
    cut = a_cut()
    made = append(cut, mediaType=1, trackIndex=2, recordFrame=10)
    assert made[0].GetStart() == 10
    assert not render(cut.timeline, 20)


@shows("append-mixed-rate-floors", "append-still-ignores-end")
def test_durations_are_rounded_down_and_stills_have_their_own():
    cut = a_cut()
    cut.fake.setup.known("/take/pal.mov", 49, "25", kind="Video")
    cut.fake.setup.known("/take/card.png", 1, kind="Still")
    assert append(cut, "/take/pal.mov", mediaType=1, trackIndex=2, recordFrame=86400)[0].GetDuration() == 47
    still = append(cut, "/take/card.png", startFrame=0, endFrame=10, mediaType=1, trackIndex=2, recordFrame=87000)
    assert still[0].GetDuration() == 120


@shows("audio-item-per-channel")
def test_sound_of_several_channels_is_an_item_for_each():
    cut = a_cut()
    cut.fake.setup.known("/take/poly.mxf", 48, channels=8)
    made = append(cut, "/take/poly.mxf", recordFrame=90000)
    assert [item.GetTrackTypeAndIndex() for item in made] == [["video", 1], *(["audio", n] for n in range(1, 9))]
    assert len(made[0].GetLinkedItems()) == 8
    only = append(cut, "/take/poly.mxf", mediaType=2, trackIndex=1, recordFrame=91000)
    assert len(only) == 8
    linked = cut.stage.clip(cut.a, at=400, duration=24, sound=True)
    assert [item.GetTrackTypeAndIndex()[1] for item in cut.stage.item(linked).GetLinkedItems()] == [1, 2]


def test_without_a_place_a_clip_goes_to_the_end():
    cut = a_cut()
    made = cut.pool.AppendToTimeline(cut.imported())
    assert [(item.GetStart(), item.GetTrackTypeAndIndex()) for item in made] == [(86544, ["video", 1])]


@shows("append-batch-may-vanish")
def test_what_was_appended_last_may_be_gone_after_saving():
    cut = a_cut(lost_on_save=1)
    append(cut, mediaType=1, trackIndex=2, recordFrame=86400)
    append(cut, mediaType=1, trackIndex=2, recordFrame=86500)
    assert cut.fake.resolve.GetProjectManager().SaveProject()
    assert placed(cut, 2) == [(86400, 48)]
    assert len(placed(cut, 1)) == 3


@shows("items-without-media", "transitions-listed")
def test_generators_titles_and_transitions_are_listed_without_media():
    cut = a_cut("21.1 Studio")
    cut.stage.transition(at=42, duration=12)
    cut.stage.generator(at=200, duration=24)
    cut.stage.title(at=300, duration=24)
    listed = cut.timeline.GetItemListInTrack("video", 1)
    assert [item.GetType() for item in listed] == ["video", "transition", "video", "video", "generator", "generator"]
    assert [item.GetMediaPoolItem() is None for item in listed] == [False, True, False, False, True, True]
    assert listed[1].GetProperty() == {}
    assert listed[4].GetProperty("Opacity") == 100.0
    assert listed[5].GetFusionCompCount() == 1
    assert [render(cut.timeline, 86448).path, render(cut.timeline, 86600).path] == ["/rushes/b.mov", ""]
    older = a_cut(list_transitions=False)
    older.stage.transition(at=42, duration=12)
    assert len(older.timeline.GetItemListInTrack("video", 1)) == 3


def test_nested_clips_have_an_entry_and_no_file():
    cut = a_cut()
    for number, kind in enumerate(["Compound", "Fusion", "Multicam", "Timeline"]):
        entry = cut.stage.item(cut.stage.nested(kind, at=200 + 50 * number, duration=24)).GetMediaPoolItem()
        assert (entry.GetClipProperty("Type"), entry.GetClipProperty("File Path")) == (kind, "")
