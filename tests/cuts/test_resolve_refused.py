"""What cannot become a take in Resolve is refused in an editor's words, with a way on; what is doubtful is said."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts import open_cut
from otio_retake.cuts.resolve_asked import ask
from otio_retake.errors import CutError, Problem
from otio_retake.media.facts import MediaFacts
from otio_retake.rates import timecode
from tests.cutting import Shelf, facts, picture, plan_of, requests_of
from tests.resolve.timelines import RATES, Timeline, marker


def media(rate: str = "24", name: str = "A") -> MediaFacts:
    return facts(name, picture(240, RATES[rate]), timecode(0, RATES[rate]))


def problems(made: Timeline, folder: Path, *known: MediaFacts) -> list[Problem]:
    plan = plan_of(made.write(folder), Shelf(*(known or (media(made.rate),))))
    return list(plan.problems)


def one(folder: Path, more: dict[str, Any], **file: Any) -> Problem:
    """The only problem of a timeline with one marked item, which plays frames 20 to 80 of its file."""
    made = Timeline()
    made.file("m", "/media/A.mov", **file)
    made.track(made.item("i", 0, 60, 20, "m", **{"markers": [marker(30, duration=5)], **more}))
    (row,) = problems(made, folder)
    return row


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"source_start": 40, "source_end": 160, "left_offset": 20}, "retimed (about 200 %)"),
        ({"source_start": 20, "source_end": 50}, "retimed (about 50 %)"),
        ({"source_start": 80, "source_end": 20}, "backwards"),
        ({"source_start": 20, "source_end": 20}, "freeze frame"),
        ({"speed": 2.0}, "retimed (about 200 %)"),
        ({"speed": 50.0}, "retimed (about 50 %)"),
        ({"uneven": True}, "between two frames"),
        ({"left_offset": 86_313, "markers": [marker(86_320)]}, "two first frames"),
        ({"left_offset": None}, "where in its media the clip begins"),
        ({"left_offset": None, "source_start": None, "source_end": None}, "where in its media the clip begins"),
    ],
)
def test_items_that_do_not_run_straight(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    row = one(tmp_path, more)
    assert says in row.what
    assert row.blocks
    assert row.clip == "i"
    assert "place" in row.fix or "trim" in row.fix


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("Compound", "compound clip"), ("Multicam", "multicam"), ("Fusion", "Fusion"), ("Timeline", "nested timeline"),
        ("Still", "still picture"),
    ],
)  # fmt: skip
def test_media_that_is_no_movie(tmp_path: Path, kind: str, says: str) -> None:
    row = one(tmp_path, {}, type=kind)
    assert says in row.what
    assert "mark" in row.fix


def test_an_image_sequence_is_told_as_one(tmp_path: Path) -> None:
    made = Timeline()
    made.file("m", "/media/shot.[1001-1240].exr", type="Video")
    made.track(made.item("i", 0, 60, 20, "m", markers=[marker(30, duration=5)]))
    (row,) = problems(made, tmp_path)
    assert "image sequence" in row.what


@pytest.mark.parametrize("slip", [(20, 80), (19, 80), (19, 79), (20, 79), (20, 81)])
def test_getters_that_slip_by_a_frame_are_no_retime(tmp_path: Path, slip: tuple[int, int]) -> None:
    made = Timeline()
    made.file("m", "/media/A.mov")
    item = made.item("i", 0, 60, 20, "m", markers=[marker(30, duration=5)])
    made.track({**item, "source_start": slip[0], "source_end": slip[1], "speed": 1.0})
    plan = plan_of(made.write(tmp_path), Shelf(media()))
    assert list(plan.problems) == []
    assert (plan.items[0].region.first, plan.items[0].region.end) == (30, 35), "the left offset counts"
    assert not plan.items[0].above


@pytest.mark.parametrize(
    ("more", "says"),
    [
        # 101 % from frame 20 on: the offset counts what the clip plays, the getters the media.
        ({"left_offset": 19, "source_start": 20, "source_end": 80, "right_offset": 158}, "two first frames"),
        ({"left_offset": 19, "source_start": 20, "source_end": 81, "right_offset": 158}, "may be retimed"),
        # 99 %: 59 frames of the media in 60, and what is left of it would last longer than it is.
        ({"source_end": 79, "right_offset": 162}, "plays 59 frames of its media in 60"),
        ({"source_end": 79, "right_offset": None}, "plays 59 frames of its media in 60"),
        ({"source_start": 22, "source_end": 82}, "two first frames"),
    ],
)
def test_slight_retimes_are_refused(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    row = one(tmp_path, more)
    assert says in row.what
    assert row.blocks
    assert "render it in place" in row.fix


@pytest.mark.parametrize(
    ("offset", "start", "end", "straight"),
    [
        (24, 25, 75, True),  # Exactly by time.
        (24, 24, 74, True),  # The getters slip by one, or name the last frame itself, or both.
        (24, 25, 74, True),
        (24, 25, 73, True),
        (24, 24, 75, True),
        (25, 27, 76, True),  # From frame 27 on, which is 25.92 frames of the timeline.
        (27, 27, 76, True),  # The offset may count the media's own frames.
        (24, 25, 72, False),
        (24, 25, 77, False),
        (24, 22, 72, False),
        (24, 27, 77, False),
    ],
)
def test_lengths_of_media_of_another_rate_are_rounded(
    tmp_path: Path, offset: int, start: int, end: int, straight: bool
) -> None:
    """25 frames a second in a timeline of 24: 48 frames of the timeline are 50 of the file."""
    made = Timeline("24")
    made.file("m", "/media/A.mov", rate="25", start=90_000)
    more = {"source_start": start, "source_end": end, "markers": [marker(offset, duration=12)]}
    made.track(made.item("i", 0, 48, offset, "m", **more))
    plan = plan_of(made.write(tmp_path), Shelf(facts("A", picture(240, RATES["25"]), "01:00:00:00")))
    assert len(plan.blocking) == (not straight)
    assert len(plan.items) == straight


BLIND = {"source_start": None, "source_end": None}


def test_an_older_resolve_cannot_say_whether_a_clip_is_retimed(tmp_path: Path) -> None:
    row = one(tmp_path, BLIND)
    assert "does not say whether a clip is retimed" in row.what
    assert row.blocks, "a clip that runs backwards looks like any other"
    assert "speed=normal" in row.fix
    made = Timeline()
    made.file("m", "/media/A.mov")
    said = marker(30, "RETAKE speed=normal: rain", 5)
    made.track(made.item("i", 0, 60, 20, "m", **{**BLIND, "markers": [said]}))
    plan = plan_of(made.write(tmp_path), Shelf(media()))
    assert list(plan.problems) == []
    assert [(item.region.first, item.options) for item in plan.items] == [(30, ())]
    # What was ordered with the word is not ordered again without it.
    said["name"] = "RETAKE: rain"
    made.tracks[0]["items"] = [made.item("i", 0, 60, 20, "m", markers=[said])]
    (item,) = plan_of(made.write(tmp_path), Shelf(media())).items
    assert item.digest == plan.items[0].digest


def test_the_word_can_be_said_on_the_desk_too(tmp_path: Path) -> None:
    made = Timeline()
    made.file("m", "/media/A.mov")
    made.track(made.item("i", 0, 60, 20, "m", **BLIND))
    made.more = {"mark_in_out": {"in": 10, "out": 14}}
    cut = made.write(tmp_path)
    ask(cut.path, cut.offers[0], "speed=normal\nfog", "")
    plan = plan_of(made.write(tmp_path), Shelf(media()))
    assert [(item.region.first, item.prompt) for item in plan.items] == [(30, "fog")]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        # 200 %: the rest of 240 frames would last half as long.
        ({"left_offset": 20, "right_offset": 40}, "about 200 %"),
        ({"left_offset": 40, "duration": 400, "right_offset": 40}, "about 50 %"),
        ({"left_offset": 200, "duration": 60, "right_offset": None}, "about 92 %"),
    ],
)
def test_extents_that_prove_a_retime_are_believed(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    said = marker(more["left_offset"] + 5, "RETAKE speed=normal: rain", 5)
    row = one(tmp_path, {**BLIND, "markers": [said], **more})
    assert says in row.what
    assert row.blocks


def test_titles_generators_and_adjustment_clips_are_looked_through(tmp_path: Path) -> None:
    made = Timeline()
    made.file("m", "/media/A.mov")
    made.track(made.item("i", 0, 60, 20, "m"))
    made.track(made.item("Text+", 0, 60, 0, "", source_start=None, source_end=None))
    made.track(made.item("Adjustment Clip", 0, 60, 0, "", markers=[marker(4, duration=5)]))
    made.markers = [marker(10, duration=5)]
    found = requests_of(made.write(tmp_path))
    (request,) = found.requests
    assert request.clip.name == "i"
    assert set(request.through) == {"Adjustment Clip (an adjustment layer)", "Text+ (a generator or title)"}
    assert [row.what == "the mark is on an adjustment layer" for row in found.problems] == [True]


def test_media_of_another_rate_goes_above_and_is_counted_by_its_own(tmp_path: Path) -> None:
    """25 frames a second in a timeline of 24: 48 frames of the timeline are 50 of the file."""
    made = Timeline("24")
    made.file("m", "/media/A.mov", rate="25", start=90_000)
    item = made.item("i", 0, 48, 24, "m", source_start=25, source_end=75, markers=[marker(36, duration=12)])
    made.track(item)
    known = facts("A", picture(240, RATES["25"]), "01:00:00:00")
    plan = plan_of(made.write(tmp_path), Shelf(known))
    (planned,) = plan.items
    assert planned.above
    # 24 of the timeline's frames in is one second in: 25 of the file; the mark begins half a second later.
    assert (planned.region.first, planned.region.end) == (37, 50)
    assert ["its media runs at 25 in a timeline at 24" in row.what for row in plan.problems] == [True]
    # Resolve may as well count the offset in the file's own frames: the witness says which.
    made.tracks[0]["items"] = [{**item, "left_offset": 25, "markers": [marker(37, duration=12)]}]
    (planned,) = plan_of(made.write(tmp_path), Shelf(known)).items
    assert (planned.region.first, planned.region.end) == (37, 50)
    made.tracks[0]["items"] = [{**item, "source_start": None, "source_end": None}]
    (row,) = problems(made, tmp_path, known)
    assert "of another rate begins" in row.what


@pytest.mark.parametrize(
    ("cut", "file", "left", "start", "first"),
    [
        ("23.976", "24", 39, 40, 40),  # 40 frames at 24 are 39.96 at 23.976.
        ("23.976", "24", 40, 40, 40),
        ("24", "25", 25, 27, 27),
        ("24", "25", 27, 26, 27),
        ("59.94", "29.97", 40, 20, 20),
        ("29.97", "59.94", 20, 41, 41),
    ],
)
def test_the_first_frame_of_media_of_another_rate(
    tmp_path: Path, cut: str, file: str, left: int, start: int, first: int
) -> None:
    made = Timeline(cut)
    made.file("m", "/media/A.mov", rate=file)
    length = start + math.floor(60 * RATES[file] / RATES[cut])
    made.track(made.item("i", 0, 60, left, "m", source_start=start, source_end=length))
    (clip,) = made.write(tmp_path).view.clips()
    assert (clip.source.value, clip.speed.refused) == (first, "")


def test_marks_in_a_transition_are_a_problem(tmp_path: Path) -> None:
    made = Timeline()
    made.file("m", "/media/A.mov")
    fade = made.item("Cross Dissolve", 54, 12, 0, "", type="transition", source_start=None, source_end=None)
    made.track(made.item("i", 0, 60, 20, "m", markers=[marker(76)]), fade, made.item("j", 60, 60, 100, "m"))
    cut = made.write(tmp_path)
    first, second = cut.view.clips()
    assert (first.overlap, first.lead, second.overlap, second.lead) == ((0, 6), (0, 6), (6, 0), (6, 0))
    found = requests_of(cut)
    assert [(r.region.first, r.region.end) for r in found.requests] == [(20, 74)], "all that is seen of it alone"
    # Before 21.1 nothing says what it is, but that it lies over others of its track.
    made.tracks[0]["items"][1] |= {"type": "", "properties": {}}
    assert len(list(made.write(tmp_path).view.clips())) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: "no json", "no snapshot"),
        (lambda d: {**d, "otio_retake_snapshot": 2}, "update otio-retake"),
        (lambda d: {**d, "timeline": {**d["timeline"], "rate": "fast"}}, "not a frame rate"),
        (lambda d: {**d, "timeline": {**d["timeline"], "rate": "0"}}, "not a frame rate"),
        (lambda d: {**d, "tracks": 7}, "no snapshot"),
        (lambda d: {**d, "timeline": {**d["timeline"], "start_frame": 1e300}}, "no snapshot"),
        (lambda d: {"otio_retake_snapshot": 1}, "no snapshot"),
        (lambda d: "[" * 100_000, "no snapshot"),
    ],
)
def test_what_is_no_snapshot_is_said(tmp_path: Path, change: Any, says: str) -> None:
    path = tmp_path / "snapshot.rtksnap"
    made = change(Timeline().document())
    path.write_text(made if isinstance(made, str) else json.dumps(made))
    with pytest.raises(CutError) as error:
        open_cut(path)
    assert says in error.value.what
    assert str(path) in error.value.where
    assert error.value.fix


def test_sound_that_begins_nobody_knows_where_is_not_sent(tmp_path: Path) -> None:
    made = Timeline()
    made.file("m", "/media/A.mov")
    made.track(made.item("i", 0, 60, 20, "m", markers=[marker(30, "RETAKE both: rain", 5)], linked=["s"]))
    made.track(made.item("s", 0, 60, 20, "m", linked=["i"], left_offset=None), kind="audio")
    (row,) = problems(made, tmp_path)
    assert "where in its media the sound begins" in row.what
    assert row.blocks
    assert "sound=own" in row.fix


def test_an_item_whose_media_is_not_listed_names_no_file(tmp_path: Path) -> None:
    made = Timeline()
    made.track(made.item("i", 0, 60, 20, "gone", markers=[marker(30, duration=5)]))
    (row,) = problems(made, tmp_path)
    assert "no media" in row.what
