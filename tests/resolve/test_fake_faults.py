"""Faults at any call: busy, gone, killed; and a Resolve that outlives a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fake_resolve import ClientKilled, FakeResolve, frozen

from .staged import Cut, a_cut, shows


def a_script(cut: Cut) -> None:
    """Imports a retake, adds it as a take, keeps the original seen."""
    item = cut.timeline.GetItemListInTrack("video", 1)[0]
    item.AddTake(cut.pool.ImportMedia(["/take/r1.mov"])[0], 0, 48)
    item.SelectTakeByIndex(1)


@shows("busy-answers-none", "any-call-may-answer-none")
def test_a_busy_resolve_answers_none_or_false():
    cut = a_cut()
    item = cut.item()
    cut.fake.faults.busy(2, after=1)
    answers = [item.GetName(), item.GetName(), item.SetClipEnabled(False), item.GetClipEnabled()]
    assert answers == ["a.mov", None, False, True]
    cut.fake.faults.busy(1, lands=True)
    assert [item.SetClipEnabled(False), item.GetClipEnabled()] == [False, False]


@shows("vanished-resolve")
def test_a_resolve_that_is_gone_stays_gone_for_old_handles():
    cut = a_cut()
    item = cut.item()
    cut.fake.faults.vanish_after(1)
    assert [item.GetName(), item.GetName(), cut.fake.resolve.GetVersion()] == ["a.mov", None, None]
    assert cut.fake.external() is None
    cut.fake.come_back()
    assert item.GetName() is None
    assert cut.item().GetName() == "a.mov"
    cut.fake.faults.vanish_after(0, ConnectionResetError("gone"))
    with pytest.raises(ConnectionResetError):
        cut.item().GetName()
    cut.fake.come_back()
    cut.fake.faults.vanish_after(0, attributes=True)
    assert cut.item().GetName is None


def test_what_was_not_saved_may_be_lost():
    cut = a_cut()
    manager = cut.fake.resolve.GetProjectManager()
    assert manager.SaveProject()
    a_script(cut)
    cut.fake.come_back(lose_unsaved=True)
    project = cut.fake.resolve.GetProjectManager().GetCurrentProject()
    item = project.GetCurrentTimeline().GetItemListInTrack("video", 1)[0]
    assert (item.GetTakesCount(), item.GetMediaPoolItem().GetName()) == (0, "a.mov")


def test_quitting_is_being_gone():
    cut = a_cut()
    cut.fake.resolve.Quit()
    assert cut.fake.resolve.GetVersion() is None


def test_a_script_can_be_killed_after_each_of_its_calls():
    whole = a_cut()
    calls = whole.fake.faults.calls
    a_script(whole)
    count = whole.fake.faults.calls - calls
    names = [call.full_name for call in whole.fake.log]
    assert names[-3:] == ["MediaPool.ImportMedia", "TimelineItem.AddTake", "TimelineItem.SelectTakeByIndex"]
    for number in range(1, count + 1):
        cut = a_cut()
        cut.fake.faults.kill_after(number)
        with pytest.raises(ClientKilled):
            a_script(cut)
        assert [call.full_name for call in cut.fake.log] == names[:number]
        assert cut.fake.log[-1].fault == "killed after"
        assert (len(cut.items[0].takes) == 2) == (number >= count - 1)
        assert cut.item().GetStart() == 86400
    before = a_cut()
    before.fake.faults.kill_after(count - 1, KeyboardInterrupt, before=True)
    with pytest.raises(KeyboardInterrupt):
        a_script(before)
    assert before.items[0].takes == []


def test_the_log_has_names_arguments_answers_and_reasons():
    cut = a_cut()
    cut.item().AddTake(cut.fake.proxy(cut.b), 0, 10)
    call = cut.fake.log[-1]
    assert (call.full_name, call.args) == ("TimelineItem.AddTake", ("<MediaPoolItem b.mov>", 0, 10))
    assert (call.answer, call.why) == (False, "10 frames for 48")
    assert str(call).endswith("-> False  (10 frames for 48)")


def test_a_resolve_is_saved_and_loaded(tmp_path: Path):
    cut = a_cut("19.1 free", append_overlap="slide")
    a_script(cut)
    cut.fake.save(tmp_path / "resolve")
    again = FakeResolve.load(tmp_path / "resolve")
    timeline = again.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline()
    assert timeline.GetUniqueId() == cut.timeline.GetUniqueId()
    assert frozen(timeline) == frozen(cut.timeline)
    assert timeline.GetItemListInTrack("video", 1)[0].GetTakesCount() == 2
    assert (again.knobs, again.profile) == (cut.fake.knobs, cut.fake.profile)
    assert again.resolve.GetProjectManager().GetCurrentProject().GetMediaPool().ImportMedia(["/take/r2.mov"])
