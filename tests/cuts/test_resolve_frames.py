"""Whatever asks for frames of a Resolve timeline, the frames that are sent are those: read from their pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts.resolve_asked import ask
from otio_retake.cuts.resolve_cut import ResolveCut
from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.frames import read_frames
from otio_retake.planned import PlanItem
from otio_retake.rates import timecode
from otio_retake.spans import Span
from tests.cutting import Shelf, facts, picture, plan_of, requests_of
from tests.desk.numbered import Numbered, make_numbered, number_in
from tests.media.truth import luma
from tests.resolve.timelines import RATES, STARTS, Timeline, hour, marker

FRAMES = 150
CASES = [(rate, start) for rate in RATES for start in STARTS]


@pytest.fixture(scope="module")
def movies(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], MediaFacts]:
    """Two movies for each rate, A from 01:00:00:00 on and B from 00:00:00:00; each picture says its number."""
    folder = tmp_path_factory.mktemp("movies")
    made = {}
    for rate, exact in RATES.items():
        for name, label in (("A", "01:00:00:00"), ("B", "00:00:00:00")):
            label = label[:-3] + ";00" if "DF" in rate else label
            first = 0 if name == "A" else 1000
            kind = Numbered((160, 90), exact, FRAMES, first, options=(("preset", "ultrafast"),), timecode=label)
            path = make_numbered(folder / f"{name}_{rate.replace(' ', '')}.mov", kind)
            made[rate, name] = read_facts(path)
    return made


def timeline(movies: dict[tuple[str, str], MediaFacts], rate: str, start: str) -> Timeline:
    """V1: A from its frame 20 for 60 frames, then B from 40 for 50. V2: B from 7 over record frames 30 to 45."""
    made = Timeline(rate, start)
    label = hour(rate) - (108 if "DF" in rate else 0)
    made.file("A", str(movies[rate, "A"].path), FRAMES, start=label)
    made.file("B", str(movies[rate, "B"].path), FRAMES)
    made.track(made.item("a1", 0, 60, 20, "A"), made.item("b1", 60, 50, 40, "B"))
    made.track(made.item("b2", 30, 15, 7, "B"))
    return made


def shown(movies: dict[tuple[str, str], MediaFacts], rate: str, cut: ResolveCut) -> list[tuple[str, int, int]]:
    """Each request's clip, and the numbers in its first and its last picture."""
    plan = plan_of(cut, Shelf(movies[rate, "A"], movies[rate, "B"]))
    assert [row.what for row in plan.blocking] == []
    return sorted((item.clip, *_ends(item)) for item in plan.items)


def _ends(item: PlanItem) -> tuple[int, int]:
    region = item.region
    pictures = dict(read_frames(item.media, Span(region.first, region.end)))
    first, last = (number_in(luma(pictures[k])) for k in (region.first, region.end - 1))
    assert first is not None
    assert last is not None
    return first, last


@pytest.mark.parametrize(("rate", "start"), CASES)
def test_markers_of_clips_and_of_the_timeline(
    tmp_path: Path, movies: dict[tuple[str, str], MediaFacts], rate: str, start: str
) -> None:
    made = timeline(movies, rate, start)
    a1, b1 = made.tracks[0]["items"]
    # In a clip's own count 33 is frame 33 of its file, whatever is trimmed away before it.
    a1["markers"] = [marker(33, "RETAKE: rain", 9)]
    # From the timeline's start: 25 to 30 and 45 to 60 of A, 30 to 45 of the clip above it, 60 to 70 of B.
    made.markers = [marker(50, "RETAKE: sun", 25)]
    b1["markers"] = [marker(70, "RETAKE: a point asks for all that is seen", 1)]
    cut = made.write(tmp_path)
    assert cut.view.timecode(0) == timecode(made.first, RATES[rate], drop="DF" in rate)
    found = requests_of(cut).requests
    assert sorted((int(r.record[0]), int(r.record[1])) for r in found) == [(13, 22), (50, 60), (60, 75), (60, 110)]
    made.markers = []
    assert shown(movies, rate, made.write(tmp_path)) == [("a1", 33, 41), ("b1", 1040, 1089)]
    a1["markers"], b1["markers"] = [], []
    made.markers = [marker(25, "RETAKE: over three clips", 45)]
    assert shown(movies, rate, made.write(tmp_path)) == [
        ("a1", 45, 49), ("a1", 65, 79), ("b1", 1040, 1049), ("b2", 1007, 1021),
    ]  # fmt: skip


@pytest.mark.parametrize(("rate", "start"), CASES)
def test_what_was_selected_in_resolve(
    tmp_path: Path, movies: dict[tuple[str, str], MediaFacts], rate: str, start: str
) -> None:
    made = timeline(movies, rate, start)
    made.more = {
        "selection": ["b1", "b2"],
        "mark_in_out": {"in": 40, "out": 64},
        "playhead": timecode(made.first + 62, RATES[rate], drop="DF" in rate),
    }
    expected: dict[str, list[tuple[str, int, int]]] = {
        "selection": [("b1", 1040, 1089), ("b2", 1007, 1021)],
        # The out point is part of it: 40 to 45 lie under the clip above, 45 to 60 in A, 60 to 65 in B.
        "in-out": [("a1", 65, 79), ("b1", 1040, 1044), ("b2", 1017, 1021)],
        "playhead": [("b1", 1040, 1089)],
    }
    for name, frames in expected.items():
        folder = tmp_path / name
        folder.mkdir()
        cut = made.write(folder)
        assert [offer.name for offer in cut.offers] == list(expected)
        offer = next(offer for offer in cut.offers if offer.name == name)
        assert {clip for clip, *_ in frames} == set(offer.clips)
        ask(cut.path, offer, "rain", "")
        again = made.write(folder)
        assert shown(movies, rate, again) == frames
        assert {request.mark.prompt for request in requests_of(again).requests} == {"rain"}


def _asked(made: Timeline, folder: Path) -> list[tuple[int, int]]:
    return [(int(r.region.first), int(r.region.end)) for r in requests_of(made.write(folder)).requests]


def test_the_clock_of_clip_markers_has_one_switch(tmp_path: Path) -> None:
    made = Timeline()
    made.file("m", "/media/A.mov", start=86_400)
    made.track(made.item("i", 0, 60, 20, "m", markers=[marker(33, duration=5)]))
    assert _asked(made, tmp_path) == [(86_433, 86_438)]
    made.program = {"clip_markers": "offset"}
    assert _asked(made, tmp_path) == [(86_453, 86_458)]


def test_markers_of_the_media_pool_count_for_what_shows_them(tmp_path: Path) -> None:
    made = Timeline()
    made.file("m", "/media/A.mov", start=86_400, markers=[marker(30, duration=4)])
    made.track(made.item("i", 0, 20, 20, "m"), made.item("j", 20, 20, 100, "m"))
    assert _asked(made, tmp_path) == [(86_430, 86_434)]
    made.tracks[0]["items"][0]["markers"] = [marker(30, duration=4)]
    assert _asked(made, tmp_path) == [(86_430, 86_434)], "the same marker, seen twice, is one"


def test_a_marker_on_what_is_trimmed_away_asks_for_nothing(tmp_path: Path) -> None:
    made = Timeline()
    made.file("m", "/media/A.mov")
    made.track(made.item("i", 0, 60, 20, "m", markers=[marker(5), marker(70, duration=40)]))
    found = requests_of(made.write(tmp_path))
    assert [(r.region.first, r.region.end) for r in found.requests] == [(70, 80)], "cut to what is seen"
    assert ["outside what the clip shows" in row.what for row in found.problems] == [True]


def test_where_a_take_is_selected_the_original_is_asked_for(tmp_path: Path) -> None:
    """The take's file begins 24 frames before the clip does, and has its source's timecode."""
    made = Timeline()
    made.file("m", "/media/A.mov", start=86_400)
    made.file("t", "/takes/A_rtk0123456_v002.mov", 108, start=86_396)
    takes: dict[str, Any] = {
        "count": 2, "selected": 2,
        "list": [{"media": "m", "start": 20, "end": 80}, {"media": "t", "start": 24, "end": 84}],
    }  # fmt: skip
    made.track(made.item("i", 0, 60, 24, "t", takes=takes, markers=[marker(33, duration=5)]))
    cut = made.write(tmp_path)
    (clip,) = cut.view.clips()
    assert (clip.media.url, clip.source.value, clip.active) == ("/media/A.mov", 86_420, "retake.v002")
    assert [take.url for take in clip.takes] == ["/takes/A_rtk0123456_v002.mov"]
    assert _asked(made, tmp_path) == [(86_433, 86_438)]
    # The editor has trimmed three frames off while the take was selected: it knows better than the list.
    item = made.tracks[0]["items"][0]
    item |= {"left_offset": 27, "duration": 57, "source_start": 27, "source_end": 84}
    assert next(made.write(tmp_path).view.clips()).source.value == 86_423


@pytest.mark.parametrize(
    ("frame", "length", "asked"),
    [
        (33, 5, None),  # Within the original (20 to 80), and within the take (24 to 84).
        (12, 15, None),
        (20, 4, (86_420, 86_424)),  # Only the original can be meant; then only the take.
        (80, 3, (86_476, 86_479)),
        (33, 1, (86_420, 86_480)),  # A point asks for all that is seen, wherever it is.
    ],
)
def test_a_marker_that_may_count_the_original_or_the_take_orders_nothing(
    tmp_path: Path, frame: int, length: int, asked: tuple[int, int] | None
) -> None:
    made = Timeline()
    made.file("m", "/media/A.mov", start=86_400)
    made.file("t", "/takes/A_rtk0123456_v002.mov", 108, start=86_396)
    takes: dict[str, Any] = {
        "count": 2, "selected": 2,
        "list": [{"media": "m", "start": 20, "end": 80}, {"media": "t", "start": 24, "end": 84}],
    }  # fmt: skip
    made.track(made.item("i", 0, 60, 24, "t", takes=takes, markers=[marker(frame, duration=length)]))
    cut = made.write(tmp_path)
    plan = plan_of(cut, Shelf(facts("A", picture(240, RATES["24"]), "01:00:00:00")))
    if asked is None:
        (row,) = plan.blocking
        assert "the original then, or the take" in row.what
        assert "on the timeline" in row.fix
        assert plan.items == ()
    else:
        assert list(plan.blocking) == []
        (item,) = plan.items
        assert (item.region.first + 86_400, item.region.end + 86_400) == asked
    # A marker of the timeline says it; and another marker on the clip is not in the way.
    made.tracks[0]["items"][0]["markers"] = [marker(30, "a note", 5)]
    made.markers = [marker(9, "RETAKE: rain", 5)]
    plan = plan_of(made.write(tmp_path), Shelf(facts("A", picture(240, RATES["24"]), "01:00:00:00")))
    assert [(item.region.first, item.region.end) for item in plan.items] == [(29, 34)]
    assert list(plan.blocking) == []


def test_linked_sound_is_what_is_sent(tmp_path: Path) -> None:
    made = Timeline("25")
    made.file("m", "/media/A.mov", start=90_000)
    made.media["w"] = {
        **made.media["m"],
        "path": "/media/sound.wav",
        "type": "Audio",
        "frames": "",
        "name": "sound.wav",
    }
    made.track(made.item("i", 0, 60, 20, "m", markers=[marker(30, duration=8)], linked=["s"]))
    made.track(made.item("s", 0, 60, 22, "w", linked=["i"]), kind="audio")
    (request,) = requests_of(made.write(tmp_path)).requests
    (sound,) = request.sounds
    assert (sound.clip.media.url, sound.same_file) == ("/media/sound.wav", False)
    assert sound.clip.source.value == 90_022


def test_what_is_off_is_not_retaken(tmp_path: Path) -> None:
    made = Timeline()
    made.file("m", "/media/A.mov")
    made.track(made.item("i", 0, 60, 20, "m"))
    made.track(made.item("j", 0, 60, 80, "m", enabled=False))
    made.track(made.item("k", 0, 60, 120, "m"), enabled=False)
    made.markers = [marker(10, duration=5)]
    assert _asked(made, tmp_path) == [(30, 35)]
