"""Markers of timelines, items and pool entries; flags and colours."""

from __future__ import annotations

from typing import Any

from .staged import a_cut, shows


@shows("timeline-markers-relative", "clip-markers-source-space", "pool-markers-media")
def test_each_kind_of_marker_has_its_own_clock():
    cut = a_cut()
    assert cut.timeline.AddMarker(50, "Fuchsia", "retake", "rain", 10)
    assert list(cut.timeline.GetMarkers()) == [50]
    assert cut.stage.mark_clip(cut.items[1], at=50) == 102
    assert cut.item(1).GetMarkers()[102]["color"] == "Fuchsia"
    cut.stage.mark_media(cut.b, 102)
    assert list(cut.fake.proxy(cut.b).GetMarkers()) == [102]
    fast = cut.stage.clip(cut.b, at=200, duration=24, source=100, speed=2)
    assert cut.stage.mark_clip(fast, at=206) == 56
    assert a_cut(clip_marker_space="item").stage.mark_clip(cut.items[1], at=50) == 2


@shows("one-marker-per-frame", "marker-colours", "marker-out-of-range")
def test_one_marker_a_frame_in_a_colour_that_there_is_anywhere():
    cut = a_cut()
    for thing in (cut.timeline, cut.item(), cut.fake.proxy(cut.a)):
        assert thing.AddMarker(5, "Blue", "", "", 1) is True
        assert thing.AddMarker(5.0, "Red", "", "", 1) is False
        assert thing.AddMarker(6, "Orange", "", "", 1) is False
        assert thing.AddMarker(6, "Blue", "", "", 0) is False
        assert thing.AddMarker(99999, "Sky", "", "", 1, "far") is True
        assert list(thing.GetMarkers()) == [5, 99999]


@shows("marker-custom-data-in-place", "marker-delete-nothing-false")
def test_custom_data_is_found_changed_and_deleted_by():
    cut = a_cut()
    for thing in (cut.timeline, cut.item(), cut.fake.proxy(cut.a)):
        change(thing)


def change(timeline: Any) -> None:
    timeline.AddMarker(5, "Blue", "name", "note", 3, "one")
    assert timeline.GetMarkerByCustomData("one") == {
        5: {"color": "Blue", "duration": 3, "note": "note", "name": "name", "customData": "one"}
    }
    assert timeline.GetMarkerByCustomData("two") == {}
    assert timeline.UpdateMarkerCustomData(5, "two")
    assert timeline.UpdateMarkerCustomData(6, "two") is False
    assert timeline.GetMarkerCustomData(5) == "two"
    assert timeline.DeleteMarkerByCustomData("one") is False
    assert timeline.DeleteMarkersByColor("Red") is False
    assert timeline.DeleteMarkerAtFrame(6) is False
    assert timeline.DeleteMarkerByCustomData("two") is True
    timeline.AddMarker(7, "Blue", "", "", 1)
    assert timeline.DeleteMarkersByColor("All") is True
    assert timeline.DeleteMarkersByColor("All") is False


@shows("marker-keywords-lost")
def test_a_marker_put_back_has_lost_its_keywords():
    cut = a_cut()
    cut.stage.mark(5, name="pick", keywords=("hero",))
    kept = cut.timeline.GetMarkers()[5]
    assert "keywords" not in kept
    cut.timeline.DeleteMarkerAtFrame(5)
    cut.timeline.AddMarker(5, kept["color"], kept["name"], kept["note"], kept["duration"], kept["customData"])
    assert cut.stage.state.markers[5].keywords == ()


@shows("flags-marker-colours", "clip-colours")
def test_flags_and_colours():
    cut = a_cut()
    item = cut.item()
    assert item.AddFlag("Fuchsia")
    assert item.AddFlag("Teal") is False
    assert item.GetFlagList() == ["Fuchsia"]
    assert item.GetFlags() == {1.0: "Fuchsia"}
    assert item.ClearFlags("All")
    assert item.ClearFlags("Blue") is False
    assert item.SetClipColor("Teal")
    assert item.SetClipColor("Fuchsia") is False
    assert item.GetClipColor() == "Teal"
    assert item.ClearClipColor()
    assert item.GetClipColor() == ""
    plain = cut.stage.item(cut.stage.generator(at=200, duration=24))
    assert plain.SetClipColor("Teal") is True
    assert plain.GetClipColor() == ""
