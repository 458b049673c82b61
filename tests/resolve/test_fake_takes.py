"""The take selector: what was measured of it, and each of the things it may do that were not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_resolve import frozen, render

from .staged import Cut, a_cut, shows


def spans(cut: Cut) -> list[tuple[float, float]]:
    return [(item.GetStart(), item.GetDuration()) for item in cut.timeline.GetItemListInTrack("video", 1)]


def looks(cut: Cut) -> dict[str, Any]:
    """What does not belong to a take."""
    item = frozen(cut.timeline)["tracks"]["video"][0]["items"][0]
    return {key: item[key] for key in ("properties", "grade", "corrections", "compositions", "enabled")}


@shows("take-original-first", "take-bounds-end-exclusive", "take-select-in-place", "take-selection-after-add")
@pytest.mark.parametrize(("after", "selected"), [("new", 2), ("original", 1)])
def test_the_first_take_makes_a_selector_of_two(after: str, selected: int):
    cut = a_cut(selection_after_add=after)
    before, item = spans(cut), cut.item()
    assert (item.GetTakesCount(), item.GetSelectedTakeIndex()) == (0, 0)
    assert item.AddTake(cut.fake.proxy(cut.b), 108, 156) is True
    assert (item.GetTakesCount(), item.GetSelectedTakeIndex()) == (2, selected)
    takes = [item.GetTakeByIndex(number) for number in (1, 2)]
    assert [(take["startFrame"], take["endFrame"]) for take in takes] == [(12, 60), (108, 156)]
    assert [take["mediaPoolItem"].GetName() for take in takes] == ["a.mov", "b.mov"]
    assert item.SelectTakeByIndex(2)
    assert (item.GetMediaPoolItem().GetName(), item.GetLeftOffset()) == ("b.mov", 108)
    assert [render(cut.timeline, frame).frame for frame in (86400, 86447)] == [108, 155]
    assert item.SelectTakeByIndex(1)
    assert (item.GetMediaPoolItem().GetName(), item.GetLeftOffset()) == ("a.mov", 12)
    assert spans(cut) == before


@shows("take-full-clip-default", "takes-anonymous")
def test_a_take_without_bounds_is_the_whole_clip_and_known_by_its_media():
    cut = a_cut()
    item = cut.item()
    assert item.AddTake(cut.imported())
    take = item.GetTakeByIndex(2)
    assert set(take) == {"startFrame", "endFrame", "mediaPoolItem"}
    assert (take["startFrame"], take["endFrame"]) == (0, 48)
    assert item.GetTakeByIndex(3) is None


@shows("take-same-media-no-bounds", "failed-add-may-leave-selector")
def test_a_refused_take_may_leave_a_selector():
    for profile, count, answer in [("19.1 free", 1, False), ("21.0.4 free", 2, True)]:
        cut = a_cut(profile)
        whole = cut.stage.item(cut.stage.clip(cut.b, at=200))
        assert whole.AddTake(cut.fake.proxy(cut.b)) is answer
        assert whole.GetTakesCount() == count
        assert whole.SelectTakeByIndex(1)
        assert whole.FinalizeTake()
    same = a_cut(same_media_take=True)
    part = same.item()
    assert part.AddTake(same.fake.proxy(same.a), 24, 72) is True
    plain, leaving = a_cut().item(), a_cut(failed_add_leaves_selector=True)
    assert plain.AddTake(leaving.fake.proxy(leaving.b), 0, 10) is False
    assert plain.GetTakesCount() == 0
    assert leaving.item().AddTake(leaving.fake.proxy(leaving.b), 0, 10) is False
    assert leaving.item().GetTakesCount() == leaving.item().GetSelectedTakeIndex() == 1


@shows("take-other-length")
def test_a_take_of_another_length():
    for knob, expected in [
        ("refuse", (0, [(86400, 48), (86448, 48), (86496, 48)])),
        ("keep_item_length", (2, [(86400, 48), (86448, 48), (86496, 48)])),
        ("change_item_length", (2, [(86400, 40), (86440, 48), (86488, 48)])),
    ]:
        cut = a_cut(take_other_length=knob)
        assert cut.item().AddTake(cut.fake.proxy(cut.b), 0, 40) is (knob != "refuse")
        assert (cut.item().GetTakesCount(), spans(cut)) == expected
        if knob == "change_item_length":
            assert cut.item().SelectTakeByIndex(1)
            assert spans(cut) == [(86400, 48), (86448, 48), (86496, 48)]


@shows("take-mixed-rate")
def test_the_length_of_a_take_of_another_rate_is_in_frames_of_the_timeline():
    cut = a_cut()
    other = cut.fake.proxy(cut.fake.setup.media("/rushes/c.mov", 250, "25"))
    assert cut.item().AddTake(other, 0, 48) is False
    assert cut.item().AddTake(other, 0, 50) is True
    assert cut.fake.log[-2].why == "46 frames for 48"


def test_bounds_outside_of_the_media_are_refused():
    cut = a_cut()
    for first, last in [(-1, 47), (470, 518), (60, 12)]:
        assert cut.item().AddTake(cut.fake.proxy(cut.b), first, last) is False


@shows("take-answers-unproven")
def test_takes_that_say_true_and_change_nothing():
    cut = a_cut(takes_land=False)
    assert cut.item().AddTake(cut.imported(), 0, 48) is True
    assert cut.item().GetTakesCount() == 0
    cut = a_cut(select_lands=False)
    assert cut.item().AddTake(cut.imported(), 0, 48) is True
    assert cut.item().SelectTakeByIndex(1) is True
    assert cut.item().GetSelectedTakeIndex() == 2


@shows("getters-need-current", "take-writes-need-current")
def test_off_the_current_timeline_takes_and_tracks_are_not_told():
    for knobs, told in [({}, False), ({"getters_need_current": False, "take_writes_need_current": False}, True)]:
        cut = a_cut(**knobs)
        cut.stage.lock()
        assert cut.item().AddTake(cut.imported(), 0, 48)
        retake = cut.item().GetMediaPoolItem()
        cut.fake.setup.timeline("Other")
        item = cut.item()
        assert (item.GetTakesCount(), item.GetSelectedTakeIndex()) == ((2, 2) if told else (0, 0))
        assert (item.GetTakeByIndex(1) is not None) is told
        assert cut.timeline.GetIsTrackLocked("video", 1) is told
        assert cut.timeline.GetIsTrackEnabled("video", 1) is told
        assert item.AddTake(retake, 0, 48) is told
        assert item.SelectTakeByIndex(1) is told
        assert item.GetClipEnabled() is True
        assert cut.project.SetCurrentTimeline(cut.timeline)
        assert item.GetTakesCount() == (3 if told else 2)


@shows("takes-need-media", "take-audio")
def test_what_has_no_media_of_its_own_or_is_heard_takes_no_takes():
    cut = a_cut()
    retake = cut.imported()
    for item in (
        cut.stage.generator(at=200, duration=48),
        cut.stage.transition(at=90, duration=12),
        cut.stage.state.tracks["audio"][0].items[0],
    ):
        assert cut.stage.item(item).AddTake(retake, 0, 48) is False


@shows("take-finalize-collapses", "take-delete-range", "take-delete-selected", "take-lone-selector")
def test_finalizing_and_deleting():
    cut = a_cut()
    item = cut.item()
    assert item.FinalizeTake() is False
    item.AddTake(cut.imported(), 0, 48)
    item.AddTake(cut.imported("/take/r2.mov"), 0, 48)
    assert [item.DeleteTakeByIndex(number) for number in (0, 4)] == [False, False]
    assert item.DeleteTakeByIndex(3) is False
    assert item.SelectTakeByIndex(1)
    assert item.DeleteTakeByIndex(2) is True
    assert item.GetTakeByIndex(2)["mediaPoolItem"].GetName() == "r2.mov"
    assert item.DeleteTakeByIndex(2) is True
    assert (item.GetTakesCount(), item.GetSelectedTakeIndex()) == (1, 1)
    assert item.DeleteTakeByIndex(1) is False
    assert item.FinalizeTake() is True
    assert item.GetTakesCount() == 0
    assert item.GetMediaPoolItem().GetName() == "a.mov"

    other = a_cut(delete_selected_take="fall_back", lone_take_keeps_selector=False)
    other.item().AddTake(other.imported(), 0, 48)
    assert other.item().DeleteTakeByIndex(2) is True
    assert other.item().GetMediaPoolItem().GetName() == "a.mov"
    assert other.item().GetTakesCount() == 0


def test_deleting_a_take_before_the_one_that_is_seen_keeps_it_seen():
    cut = a_cut()
    item = cut.item()
    item.AddTake(cut.imported(), 0, 48)
    item.AddTake(cut.imported("/take/r2.mov"), 0, 48)
    assert item.DeleteTakeByIndex(2)
    assert (item.GetSelectedTakeIndex(), item.GetMediaPoolItem().GetName()) == (2, "r2.mov")


@shows("take-settings-of-clip")
def test_looks_belong_to_the_item():
    cut = a_cut()
    item = cut.item()
    item.SetProperty("ZoomX", 1.5)
    cut.items[0].grade = ["Primary", "Look"]
    cdl = {"NodeIndex": "2", "Slope": "0.5 0.4 0.2", "Offset": "0 0 0", "Power": "1 1 1", "Saturation": "0.5"}
    assert item.SetCDL(cdl) is True
    assert item.AddFusionComp() is not None
    before = looks(cut)
    assert item.AddTake(cut.imported(), 0, 48)
    assert item.SelectTakeByIndex(2)
    assert item.GetProperty("ZoomX") == 1.5
    assert item.GetNodeGraph().GetNumNodes() == item.GetNumNodes() == 2
    assert item.GetFusionCompNameList() == ["Composition 1"]
    assert looks(cut) == before
    assert before["corrections"][2]["Slope"] == "0.5 0.4 0.2"


def test_a_grade_is_set_on_a_node_that_is_there():
    item = a_cut().item()
    cdl = {"NodeIndex": "2", "Slope": "1 1 1", "Offset": "0 0 0", "Power": "1 1 1", "Saturation": "1"}
    assert item.SetCDL(cdl) is False
    assert item.SetCDL({"Slope": "1 1 1"}) is False
    assert item.SetCDL(cdl | {"NodeIndex": 1}) is True
