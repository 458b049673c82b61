"""Takes that cannot go into a take list lie on a track of our own, off, on the frames that they stand for."""

from __future__ import annotations

from pathlib import Path

import pytest

from otio_retake.cuts import open_cut
from otio_retake.media.facts import read_facts
from tests.desk.numbered import Numbered, make_numbered
from tests.fake_resolve import FakeResolve, render
from tests.resolve.handover import Handover, seen
from tests.resolve.timelines import RATES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("counted", ["timeline", "media"])
def test_media_of_another_rate(tmp_path: Path, counted: str) -> None:
    """25 frames a second in a timeline of 24, whichever rate Resolve counts left offsets at.

    The plan's numbers are given to Resolve's own call, and lie where they should.
    """
    fake = FakeResolve("21.0.4 Studio", left_offset_mixed=counted)
    fake.setup.project("Show", "24")
    movie = make_numbered(tmp_path / "A001.mov", Numbered(rate=RATES["25"], frames=220, timecode="01:00:00:00"))
    stage = fake.setup.timeline("Reel 1", "24", "01:00:00:00")
    stage.clip(fake.setup.media_file(movie), at=12, duration=96, source=50, properties={"ZoomX": 1.5})
    # From half a second to one and a half second into the clip.
    stage.mark(24, 24, name="RETAKE: rain")
    record = range(stage.frame(12), stage.frame(108))
    whole = seen(stage.proxy, record)
    with Handover(fake, tmp_path / "state") as desk:
        desk.order()
        (take,) = desk.write()["takes"]
        assert (take["kind"], take["enabled"], take["properties"]) == ("above", False, {"ZoomX": 1.5})
    pool = fake.resolve.GetProjectManager().GetCurrentProject().GetMediaPool()
    first, length = take["record"]
    (placed,) = pool.AppendToTimeline([{
        "mediaPoolItem": pool.ImportMedia([take["path"]])[0], "startFrame": take["bounds"][0],
        "endFrame": take["bounds"][1], "mediaType": 1, "trackIndex": 2, "recordFrame": first,
    }])  # fmt: skip
    stage.proxy.SetTrackName("video", 2, take["track_name"])
    assert (placed.GetStart(), placed.GetDuration()) == (first, length)
    shown = seen(stage.proxy, record)
    slated = [frame for frame, (_, slate) in zip(record, shown, strict=True) if slate]
    assert set(range(stage.frame(24), stage.frame(48))) <= set(slated) <= set(range(first, first + length))
    # A frame of 25 lies under one of 24 or the next: the take is rounded at its own first frame.
    assert all(abs((one or 0) - (other or 0)) <= 1 for (one, _), (other, _) in zip(shown, whole, strict=True))
    with Handover(fake, tmp_path / "state") as again:
        clips = open_cut(again.folder / "snapshot.rtksnap").view.clips()
        assert [clip.enabled for clip in clips if clip.placed is not None] == [True]
        (request,) = again.desk.board()["requests"]
        assert (request["status"], request["made"][0]["state"]) == ("done", "picked")


def test_sound_goes_below_and_stays_off(tmp_path: Path, footage: Path) -> None:
    fake = FakeResolve("21.0.4 Studio")
    fake.setup.project("Show", "23.976")
    stage = fake.setup.timeline("Reel 1", "23.976", "01:00:00:00")
    stage.clip(fake.setup.media_file(footage), at=0, duration=60, source=20, sound=True)
    stage.mark(20, 16, name="RETAKE both: rain on a roof")
    heard = [render(stage.proxy, stage.frame(k), "audio", track=1) for k in range(60)]
    with Handover(fake, tmp_path / "state") as desk:
        desk.order()
        plan = desk.write()
        assert [take["kind"] for take in plan["takes"]] == ["take", "sound"]
        fake.setup.known(plan["takes"][1]["path"], plan["takes"][1]["frames"], "23.976", kind="Audio", channels=2)
        assert [(row["outcome"], row["why"]) for row in desk.apply()["results"]] == [("done", ""), ("done", "")]
        sound = plan["takes"][1]
        first, length = sound["record"]
        assert first <= stage.frame(20)
        assert stage.frame(36) <= first + length
        assert [render(stage.proxy, stage.frame(k), "audio", track=1) for k in range(60)] == heard
        facts = read_facts(Path(sound["path"]))
        # Samples of the bounds lie within the wave: 2002 to a frame.
        assert sound["bounds"][1] * 2002 <= facts.sounds[0].samples
    cut = open_cut(desk.folder / "snapshot.rtksnap")
    (picture, *_) = cut.view.clips()
    assert picture.link


def test_a_take_that_the_editor_deletes_is_dropped_and_stays_away(tmp_path: Path) -> None:
    fake = FakeResolve("21.0.4 Studio")
    fake.setup.project("Show", "24")
    movie = make_numbered(tmp_path / "A001.mov", Numbered(rate=RATES["24"], frames=160, timecode="01:00:00:00"))
    stage = fake.setup.timeline("Reel 1", "24", "01:00:00:00")
    item = stage.clip(fake.setup.media_file(movie), at=0, duration=60, source=40)
    stage.mark_clip(item, 10, 10, name="RETAKE x2: rain")
    with Handover(fake, tmp_path / "state") as desk:
        desk.order()
        desk.write()
        assert {take.state for take in _takes(desk)} == {"made"}, "a plan is not yet a take in the timeline"
        desk.apply()
        assert {take.state for take in _takes(desk)} == {"placed"}
    assert stage.item(item).DeleteTakeByIndex(2)
    with Handover(fake, tmp_path / "state") as desk:
        assert sorted(take.state for take in _takes(desk)) == ["dropped", "placed"]
        assert len(desk.write()["takes"]) == 1


def _takes(desk: Handover) -> list:  # type: ignore[type-arg]
    from otio_retake.takes_store import takes

    return takes(desk.session.ledger)
