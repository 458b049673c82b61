"""Where things lie: the clocks of the fake, its rates, and how its getters mislead."""

from __future__ import annotations

from fractions import Fraction

import pytest

from otio_retake import rates
from tests.fake_resolve import frames

from .staged import a_cut, shows


@shows("start-frame-nominal", "timeline-absolute")
@pytest.mark.parametrize(
    ("label", "start", "frame"),
    [
        ("24", "01:00:00:00", 86400),
        ("23.976", "01:00:00:00", 86400),
        ("25", "10:00:00:00", 900000),
        ("29.97", "01:00:00:00", 108000),
        ("29.97 DF", "01:00:00;00", 107892),
        ("59.94", "01:00:00:00", 216000),
        ("59.94 DF", "01:00:00;00", 215784),
        ("24", "00:00:00:00", 0),
    ],
)
def test_frames_of_items_count_from_midnight(label: str, start: str, frame: int):
    cut = a_cut(label=label, start=start)
    assert cut.timeline.GetStartFrame() == frame
    assert cut.timeline.GetStartTimecode() == start
    assert [item.GetStart() for item in cut.timeline.GetItemListInTrack("video", 1)] == [frame, frame + 48, frame + 96]
    assert cut.timeline.GetEndFrame() == frame + 144


@pytest.mark.parametrize("label", ["23.976", "25", "29.97", "29.97 DF", "59.94", "59.94 DF", "119.88"])
def test_timecode_is_counted_as_the_core_counts_it_though_worked_out_apart(label: str):
    rate, drop = frames.rate_of(label), frames.drops(label)
    for frame in [0, 1, 1799, 1800, 1801, 17981, 17982, 35963, 35964, 107892, 108000, 215784, 863999]:
        written = frames.timecode_of(frame, rate, drop)
        assert written == rates.timecode(frame, rate, drop=drop)
        assert frames.frames_of(written, rate, drop) == frame


@shows("end-exclusive")
def test_the_end_is_one_past_the_last_frame_unless_a_knob_says_otherwise():
    assert a_cut().item().GetEnd() == 86448
    assert a_cut(end_inclusive=True).item().GetEnd() == 86447


@shows("subframe-precision")
def test_fractions_of_frames_where_they_are_asked_for():
    cut = a_cut()
    cut.items[0].subframe = 0.25
    assert (cut.item().GetStart(), cut.item().GetStart(True)) == (86400, 86400.25)
    assert a_cut("18.6 Studio").item().GetStart(True) is None


@shows("left-offset-exact", "source-start-slips", "source-end-exclusive")
def test_the_left_offset_is_exact_and_the_source_getters_slip_as_measured():
    cut = a_cut(label="23.976")
    read = []
    for source in range(100, 115):
        cut.items[0].source = source
        assert cut.item().GetLeftOffset() == source
        read.append(cut.item().GetSourceStartFrame())
    assert read == [100, 101, 102, 102, 103, 105, 106, 106, 107, 108, 110, 111, 111, 112, 114]
    for source, end in [(0, 48), (100, 148)]:
        cut.items[0].source = source
        assert cut.item().GetSourceStartFrame() == source
        assert cut.item().GetSourceEndFrame() == end
    straight = a_cut(source_slip=False)
    straight.items[0].source = 108
    assert straight.item().GetSourceStartFrame() == 108


@shows("speed-warps-left-offset", "speed-from-source-span")
def test_speed_warps_the_left_offset_and_shows_in_the_source_span():
    cut = a_cut(source_slip=False)
    fast = cut.stage.item(cut.stage.clip(cut.b, at=200, duration=24, source=100, speed=2))
    assert (fast.GetLeftOffset(), fast.GetSourceStartFrame(), fast.GetSourceEndFrame()) == (50, 100, 148)
    back = cut.stage.item(cut.stage.clip(cut.b, at=300, duration=24, source=99, speed=-1))
    assert (back.GetSourceStartFrame(), back.GetSourceEndFrame()) == (99, 75)
    frozen = cut.stage.item(cut.stage.clip(cut.b, at=400, duration=24, source=7, speed=0))
    assert frozen.GetSourceStartFrame() == frozen.GetSourceEndFrame() == 7
    assert fast.GetRightOffset() == (480 - 148) / 2


@shows("left-offset-mixed-rate", "source-end-mixed", "audio-left-offset-timeline-rate")
def test_media_of_another_rate():
    for mixed, offset in [("timeline", 48), ("media", 50)]:
        cut = a_cut(left_offset_mixed=mixed, source_slip=False)
        other = cut.fake.setup.media("/rushes/c.mov", 250, "25")
        picture = cut.stage.item(cut.stage.clip(other, at=200, duration=24, source=50))
        assert picture.GetLeftOffset() == offset
        assert (picture.GetSourceStartFrame(), picture.GetSourceEndFrame()) == (50, 74)
        heard = cut.stage.item(cut.stage.sound(other, at=200, duration=24, source=50))
        assert heard.GetLeftOffset() == 48
        assert heard.GetSourceStartFrame() == 50


@shows("still-left-offset")
def test_the_left_offset_of_a_still_is_on_the_timelines_clock():
    cut = a_cut()
    still = cut.fake.setup.media("/rushes/card.png", 1, kind="Still")
    item = cut.stage.item(cut.stage.clip(still, at=200, duration=24))
    assert item.GetLeftOffset() == 86600
    assert item.GetSourceStartFrame() == 0


@shows("source-times-with-start-timecode")
def test_source_times_include_the_medias_timecode():
    item = a_cut().item()
    assert item.GetSourceStartTime() == 36000.5
    assert item.GetSourceEndTime() == 36002.5


@shows("sequence-bounds", "sequence-start", "sequence-path-label")
def test_a_sequence_counts_from_the_number_of_its_first_file():
    for bounds, first in [("absolute", 1001), ("relative", 0)]:
        cut = a_cut(sequence_bounds=bounds, source_slip=False)
        plate = cut.fake.setup.media("/vfx/shot.[1001-1100].exr", 100, kind="Video", first=1001)
        assert cut.fake.proxy(plate).GetClipProperty("Start") == "1001"
        assert cut.fake.proxy(cut.a).GetClipProperty("Start") == "0"
        item = cut.stage.item(cut.stage.clip(plate, at=200, duration=48, source=10))
        assert item.GetLeftOffset() == 10
        assert item.GetSourceStartFrame() == first + 10
        assert item.AddTake(cut.fake.proxy(plate), first + 20, first + 68)
        assert item.GetTakeByIndex(1)["startFrame"] == first + 10
        assert item.GetLeftOffset() == 20


@shows("rate-labels", "timeline-rate-not-projects", "drop-frame-flag")
def test_rates_are_written_in_several_ways():
    assert a_cut(label="23.976").timeline.GetSetting("timelineFrameRate") == "23.976"
    drop = a_cut(label="29.97 DF", start="01:00:00;00").timeline
    assert drop.GetSetting("timelineFrameRate") == "29.97 DF"
    assert drop.GetSetting("timelineDropFrameTimecode") == "1"
    styles = {"text": "24", "text_float": "24.0", "float": 24.0, "int": 24}
    for style, written in styles.items():
        read = a_cut(rate_style=style).timeline.GetSetting("timelineFrameRate")
        assert (read, type(read)) == (written, type(written))
    assert a_cut(label="59.94", rate_style="int").timeline.GetSetting("timelineFrameRate") == 59.94
    cut = a_cut()
    assert cut.fake.setup.timeline("PAL", "25").proxy.GetSetting("timelineFrameRate") == "25"
    assert cut.project.GetSetting("timelineFrameRate") == "24"


@shows("clip-properties-strings", "wav-frames-empty", "offline-flag-untrusted", "clip-property-set")
def test_properties_are_strings_and_those_of_sound_are_not_its_own():
    cut = a_cut(label="23.976")
    entry = cut.fake.proxy(cut.a)
    values = entry.GetClipProperty()
    assert {type(value) for key, value in values.items() if key != "FPS"} == {str}
    assert values["FPS"] == 23.976
    assert (values["Frames"], values["Start TC"], values["End TC"]) == ("240", "10:00:00:00", "10:00:10:00")
    assert entry.GetClipProperty("Online Status") == "Online"
    assert entry.SetClipProperty("Input Color Space", "Rec.709")
    assert entry.GetClipProperty("Input Color Space") == "Rec.709"
    assert entry.SetClipProperty("FPS", "30") is False
    sound = cut.fake.proxy(cut.fake.setup.media("/rushes/wild.wav", 0, "24", kind="Audio", channels=1))
    assert (sound.GetClipProperty("FPS"), sound.GetClipProperty("Frames")) == (23.976, "")


@shows("marks-relative", "mark-out-inclusive")
def test_marks_count_from_the_start_of_the_timeline():
    cut = a_cut()
    assert cut.timeline.GetMarkInOut() == {}
    cut.stage.in_out(10, 33, ["video"])
    assert cut.timeline.GetMarkInOut() == {"video": {"in": 10, "out": 33}}
    assert cut.timeline.SetMarkInOut(5, 6)
    assert cut.timeline.GetMarkInOut() == {"video": {"in": 5, "out": 6}, "audio": {"in": 5, "out": 6}}
    assert cut.timeline.ClearMarkInOut("audio")
    assert list(cut.timeline.GetMarkInOut()) == ["video"]
    other = a_cut(mark_out="exclusive")
    other.stage.in_out(10, 33)
    assert other.timeline.GetMarkInOut()["video"]["out"] == 34


def test_speeds_are_exact():
    cut = a_cut()
    item = cut.stage.clip(cut.b, at=200, duration=30, source=0, speed=Fraction(1, 3))
    assert cut.stage.item(item).GetSourceEndFrame() == 10
