"""How the fake answers: handles, numbers, failures, editions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fake_resolve import PROFILES, FakeResolve
from tests.fake_resolve.knobs import Knobs

from .staged import a_cut, shows


@shows("unknown-attribute-none")
def test_a_name_that_resolve_does_not_know_is_none_and_there():
    item = a_cut().item()
    assert item.GetTakeCount is None
    assert hasattr(item, "GetTakeCount")
    with pytest.raises(TypeError, match="not callable"):
        item.GetTakeCount()
    assert "GetTakesCount" in dir(item)


@shows("failure-falsy", "wrong-arguments")
def test_failure_is_falsy_and_a_knob_makes_wrong_arguments_raise():
    cut = a_cut()
    assert cut.item().SetClipColor("Mauve") is False
    assert cut.timeline.GetItemListInTrack("video", 9) is None
    assert cut.item().AddTake("no clip") is False
    assert cut.item().AddMarker() is False
    raising = a_cut(raise_instead=True).item()
    with pytest.raises(TypeError):
        raising.AddMarker()
    assert raising.SetClipColor("Mauve") is False


@shows("numbers-as-float", "numbers-int-21-1")
def test_numbers_are_floats_before_21_1():
    old, new = a_cut("20.3 Studio"), a_cut("21.1 Studio")
    old.stage.mark(96, 24)
    new.stage.mark(96, 24)
    assert repr(old.timeline.GetMarkers()).startswith("{96.0: {'color': 'Fuchsia', 'duration': 24.0")
    assert repr(new.timeline.GetMarkers()).startswith("{96: {'color': 'Fuchsia', 'duration': 24,")
    assert isinstance(old.timeline.GetTrackCount("video"), float)
    assert isinstance(old.fake.resolve.EXPORT_OTIO, float)
    assert isinstance(new.fake.resolve.EXPORT_OTIO, int)
    assert isinstance(a_cut("21.1 Studio", numbers="float").item().GetStart(), float)


@shows("proxies-not-equal", "proxies-truthy")
def test_each_call_gives_a_new_handle_that_equals_no_other():
    cut = a_cut()
    one, other = cut.timeline.GetItemListInTrack("video", 1)[0], cut.timeline.GetItemListInTrack("video", 1)[0]
    assert one != other
    assert one.GetUniqueId() == other.GetUniqueId()
    assert cut.timeline.DeleteClips([one])
    assert one
    assert one.GetUniqueId() is None


@shows("item-ids-stable", "item-ids-doubted")
def test_items_keep_their_ids_unless_a_knob_says_otherwise():
    assert a_cut().item().GetUniqueId() == a_cut().item().GetUniqueId()
    cut = a_cut(item_ids="per_proxy")
    assert cut.item().GetUniqueId() != cut.item().GetUniqueId()


@shows("plain-arguments-only", "no-keyword-arguments")
def test_arguments_are_plain_and_have_no_names():
    cut = a_cut()
    with pytest.raises(TypeError, match="Path for Resolve"):
        cut.pool.ImportMedia([Path("/take/r1.mov")])
    with pytest.raises(TypeError, match="keyword"):
        cut.timeline.GetTrackCount(trackType="video")


@shows("deprecated-lists-as-dicts")
def test_deprecated_lists_are_dicts_from_one_on():
    cut = a_cut()
    assert list(cut.timeline.GetItemsInTrack("video", 1)) == [1.0, 2.0, 3.0]
    cut.fake.setup.folder("Dailies")
    assert {number: folder.GetName() for number, folder in cut.pool.GetRootFolder().GetSubFolders().items()} == {
        1.0: "Dailies"
    }
    assert list(cut.pool.GetRootFolder().GetClips()) == [1.0, 2.0, 3.0]


@shows("closed-project-dead-handles")
def test_handles_of_a_project_that_was_left_answer_none():
    cut = a_cut()
    manager, project, item, pool = cut.fake.resolve.GetProjectManager(), cut.project, cut.item(), cut.pool
    assert manager.CreateProject("Other").GetName() == "Other"
    assert (project.GetName(), item.GetStart(), pool.GetRootFolder()) == (None, None, None)
    again = manager.LoadProject("Show")
    assert again.GetName() == "Show"
    assert project.GetName() is None
    assert manager.CloseProject(again)
    assert manager.GetCurrentProject() is None
    assert manager.LoadProject("Show").GetTimelineCount() == 1


@shows("product-name", "free-21-1-no-python", "external-studio-only")
@pytest.mark.parametrize("name", PROFILES)
def test_editions_say_what_they_are(name: str):
    fake = FakeResolve(name)
    studio = "Studio" in name
    assert fake.resolve.GetProductName() == ("DaVinci Resolve Studio" if studio else "DaVinci Resolve")
    version = [int(part) for part in name.split()[0].split(".")]
    assert fake.resolve.GetVersion()[: len(version)] == version
    assert fake.resolve.GetVersionString().startswith(name.split()[0])
    assert (fake.external() is not None) == studio
    assert (fake.menu() is None) == (name == "21.1 free")
    if fake.menu():
        assert (
            fake.menu()["app"].GetResolve().GetProductName() == fake.menu()["bmd"].scriptapp("Resolve").GetProductName()
        )


@shows("uimanager-studio-only", "free-popup-blocks")
@pytest.mark.parametrize("name", PROFILES)
def test_the_ui_manager_is_none_on_newer_free_editions_and_asking_for_it_blocks(name: str):
    fake = FakeResolve(name, popup_blocks=2)
    there = "Studio" in name or name == "19.0 free"
    assert (fake.resolve.Fusion().UIManager is not None) == there
    answers = [fake.resolve.GetCurrentPage() for _ in range(3)]
    assert answers == (["edit"] * 3 if there else [None, None, "edit"])


@shows(
    "selected-clips-21-0-4", "source-getters-19-0-2", "mark-in-out-19-1", "item-getters-19-0", "item-set-name-20-2",
    "replace-preserve-subclip-20", "additions-21-1", "no-speed-getter-before-21-1",
)  # fmt: skip
@pytest.mark.parametrize("name", PROFILES)
def test_calls_are_there_from_their_version_on(name: str):
    cut = a_cut(name)
    version = PROFILES[name].version
    expected = {
        (cut.timeline, "GetSelectedClips"): (21, 0, 4),
        (cut.timeline, "GetMarkInOut"): (19, 1, 0),
        (cut.timeline, "GetMediaPoolItem"): (19, 1, 0),
        (cut.item(), "GetSourceStartFrame"): (19, 0, 2),
        (cut.item(), "GetLinkedItems"): (19, 0, 0),
        (cut.item(), "GetTrackTypeAndIndex"): (19, 0, 0),
        (cut.item(), "GetNodeGraph"): (19, 0, 0),
        (cut.item(), "SetName"): (20, 2, 0),
        (cut.item(), "GetSpeed"): (21, 1, 0),
        (cut.item(), "GetType"): (21, 1, 0),
        (cut.fake.resolve, "IsStudio"): (21, 1, 0),
        (cut.fake.proxy(cut.a), "ReplaceClipPreserveSubClip"): (20, 0, 0),
    }
    for (handle, call), since in expected.items():
        assert callable(getattr(handle, call)) == (version >= since), call
    assert callable(cut.item().AddTake)


@shows("selected-clips-21-0-4", "additions-21-1", "replace-preserve-subclip-20", "replace-clip-everywhere")
def test_newer_calls_answer():
    cut = a_cut("21.1 Studio")
    cut.stage.select(cut.items[1])
    assert [clip.GetName() for clip in cut.timeline.GetSelectedClips()] == ["b.mov"]
    entry = cut.timeline.GetMediaPoolItem()
    assert entry.GetTimeline().GetUniqueId() == cut.timeline.GetUniqueId()
    assert cut.fake.resolve.IsStudio() is True
    assert cut.fake.resolve.GetCurrentTimeline().GetName() == "Cut 1"
    assert cut.fake.resolve.GetCurrentProject().GetName() == "Show"
    assert cut.fake.resolve.GetMediaPool().GetRootFolder().GetName() == "Master"
    assert cut.item().GetType() == "video"
    assert cut.item().GetSpeed() == {"Percentage": 100.0}
    assert cut.timeline.GetSettings()["timelineFrameRate"] == "24"
    assert cut.fake.proxy(cut.a).ReplaceClipPreserveSubClip("/take/r1.mov")
    assert cut.item(2).GetMediaPoolItem().GetClipProperty("File Path") == "/take/r1.mov"


@shows("pool-selection-none")
def test_an_empty_selection_in_the_pool_is_none():
    cut = a_cut()
    assert cut.pool.GetSelectedClips() is None
    cut.fake.world.pool_selection.append(cut.a)
    assert [clip.GetName() for clip in cut.pool.GetSelectedClips()] == ["a.mov"]


def test_a_knob_that_is_none_is_refused():
    with pytest.raises(TypeError, match="unkindness"):
        FakeResolve(unkindness=11)
    assert FakeResolve("19.1 free").knobs.same_media_take is True
    assert Knobs().append_overlap == "ghost"
