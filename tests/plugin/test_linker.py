"""The take that is asked for is the one that plays; what would run past its media stays as it was."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from otio_retake.cuts import open_cut
from otio_retake.plugin.linker import link_media_reference
from otio_retake.readback import takes_in
from tests.cuts.placements import above as placed
from tests.cutting import clip as laid
from tests.cutting import track, write
from tests.plugin.objects import clip, movie, span, timeline, with_takes


def active(shot: otio.schema.Clip, take: Any) -> str:
    reference = link_media_reference(shot, {"take": take})
    assert reference.is_equivalent_to(shot.media_reference)
    shot.media_reference = reference  # as OpenTimelineIO does
    return str(shot.active_media_reference_key)


@pytest.mark.parametrize(
    ("take", "key"),
    [("latest", "retake.v003"), ("1", "retake.v001"), (1, "retake.v001"), ("v003", "retake.v003"),
     ("retake.v001", "retake.v001"), ("original", "DEFAULT_MEDIA"), (2, "DEFAULT_MEDIA"), ("picked", "DEFAULT_MEDIA")],
)  # fmt: skip
def test_a_take_by_its_word_or_its_number(take: Any, key: str) -> None:
    shot = with_takes(clip(), 1, 3)
    assert active(shot, take) == key
    assert set(shot.media_references()) == {"DEFAULT_MEDIA", "retake.v001", "retake.v003"}


def test_the_original_comes_back(tmp_path: Path) -> None:
    shot = with_takes(clip(), 1)
    assert active(shot, "latest") == "retake.v001"
    assert active(shot, "original") == "DEFAULT_MEDIA"


def test_a_clip_without_takes_is_left_alone() -> None:
    shot = clip()
    before = shot.to_json_string()
    assert active(shot, "latest") == "DEFAULT_MEDIA"
    assert shot.to_json_string() == before


@pytest.mark.parametrize("take", ["newest", "0", "-1", "v", ""])
def test_what_names_no_take_is_said_with_what_does(take: str) -> None:
    if not take:
        assert active(with_takes(clip(), 1), take) == "DEFAULT_MEDIA"  # nothing said is `picked`
        return
    with pytest.raises(otio.exceptions.OTIOError) as caught:
        active(with_takes(clip(), 1), take)
    assert all(part in str(caught.value) for part in (take, "where:", "to do:", "take=latest"))


def test_a_take_that_lacks_frames_of_the_clip_stays_beside_it(caplog: pytest.LogCaptureFixture) -> None:
    shot = with_takes(clip(length=40), 1, start=86400, length=45)  # the clip shows up to 86450
    assert active(shot, "latest") == "DEFAULT_MEDIA"
    assert "lacks 5 frames" in caplog.text


def test_what_a_dissolve_needs_counts(caplog: pytest.LogCaptureFixture) -> None:
    kept = []  # a timeline that nobody holds lets go of its clips

    def cut(beyond: float) -> otio.schema.Clip:
        shot = with_takes(clip(length=40), 1, start=86400, length=50 + beyond)
        dissolve = otio.schema.Transition(
            "d", "SMPTE_Dissolve", otio.opentime.RationalTime(4, 24), otio.opentime.RationalTime(6, 24)
        )
        kept.append(timeline(shot, dissolve, clip("A002")))
        return shot

    assert active(cut(6), "latest") == "retake.v001"
    assert active(cut(5), "latest") == "DEFAULT_MEDIA"


def test_what_was_picked_is_read_from_the_ledger_of_the_project_that_the_take_lies_in(tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    db = sqlite3.connect(tmp_path / "ledger.sqlite")
    with db:
        db.execute("CREATE TABLE takes (id TEXT PRIMARY KEY, state TEXT NOT NULL)")
        db.executemany("INSERT INTO takes VALUES (?, ?)", [("id1", "picked"), ("id3", "placed")])
    db.close()
    shot = with_takes(clip(), 1, 3)
    for key, reference in shot.media_references().items():
        if key != "DEFAULT_MEDIA":
            reference.target_url = str(tmp_path / "takes" / Path(reference.target_url).name)
    assert active(shot, "picked") == "retake.v001"


# --- on tracks above ------------------------------------------------------------------------------------------------


def take_above(version: int, length: float = 12, *, enabled: bool = False) -> otio.schema.Clip:
    made = otio.schema.Clip(
        f"A001_v{version}", movie(f"A001_v{version}.mov", 86396, 60), span(86420, length),
        metadata={"otio_retake": {"take": f"id{version}", "version": version}},
    )  # fmt: skip
    made.enabled = enabled
    return made


def above(*rows: list[otio.core.Item], kind: str = "Video") -> otio.schema.Timeline:
    cut = timeline(clip())
    for number, row in enumerate(rows, 1):
        track = otio.schema.Track("Retakes" if number == 1 else f"Retakes {number}", kind=kind)
        track.extend(row)
        cut.tracks.append(track)
    return cut


def gap(length: float) -> otio.schema.Gap:
    return otio.schema.Gap(source_range=span(0, length))


def test_above_the_newest_over_the_same_frames_is_enabled_and_the_others_are_not() -> None:
    one, two, other = take_above(1, enabled=True), take_above(2), take_above(1)
    cut = above([gap(10), one, gap(4), other], [gap(12), two])
    for shot in cut.find_clips():
        link_media_reference(shot, {"take": "latest"})
    assert [c.enabled for c in (one, two, other)] == [False, True, True]
    for shot in cut.find_clips():
        link_media_reference(shot, {"take": 1})
    assert [c.enabled for c in (one, two, other)] == [True, False, True]
    for shot in cut.find_clips():
        link_media_reference(shot, {"take": "original"})
    assert [c.enabled for c in (one, two, other)] == [False, False, False]


def test_sound_is_never_switched_on_for_it_would_play_together_with_the_original() -> None:
    sound = take_above(1)
    cut = above([gap(10), sound], kind="Audio")
    for shot in cut.find_clips():
        link_media_reference(shot, {"take": "latest"})
    assert not sound.enabled


@pytest.mark.parametrize("editor", ["", "resolve", "premiere", "hiero", "flame"])
def test_takes_that_are_laid_in_an_editors_own_shape_are_switched(editor: Any, tmp_path: Path) -> None:
    cut = write(tmp_path, track(laid("A001", 10, 40)))
    (below,) = cut.view.clips()
    cut.save(cut.apply([placed(below, 1), placed(below, 2)], tmp_path, editor), tmp_path / "out.otio")
    read = otio.adapters.read_from_file(str(tmp_path / "out.otio"))
    for shot in read.find_clips():
        link_media_reference(shot, {"take": "latest"})
    otio.adapters.write_to_file(read, str(tmp_path / "latest.otio"))
    found = takes_in(open_cut(tmp_path / "latest.otio").view, ())
    assert sorted((take.name[-4:], take.in_use) for take in found) == [("v001", False), ("v002", True)]
