"""Media that has moved is found by its name, and another film of the same name is never sent in its place."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from wave import open as wave_file

import pytest

from otio_retake.planned import Plan
from otio_retake.rates import NTSC
from otio_retake.session import Session
from tests.cutting import Shelf, clip, facts, marker, only, picture, plan_of, span, track, write
from tests.forked import command_line
from tests.media.footage import Kind, make

HOUR = 24 * 3600
"""Frames in an hour at 24."""

RIGHT = Kind(frames=48, size=(160, 90), timecode="01:00:00:00", sounds=())
"""What the cut says of its media."""


def cut_of(
    folder: Path, first: int = HOUR, frames: int = 48, url: str = "/Volumes/Card/day1/C0001.mov", rate: float = 24
) -> Path:
    """A cut with one clip of media that starts at frame ``first`` and has ``frames``, marked on twelve of them."""
    available = span(first, frames, rate)
    used = clip(
        "C0001", first + 6, 36, marker("RETAKE: rain", first + 12, 12, rate), media=url, available=available, rate=rate
    )
    return write(folder, track(used), rate=rate).path


def movie(path: Path, **other: Any) -> Path:
    """The right movie at ``path``, or one that is other in something."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return make(path, replace(RIGHT, **other))


def planned(cut: Path, *roots: Path, maps: tuple[str, ...] = ()) -> Plan:
    """The plan with the media searched by name under ``roots``."""
    with Session(cut, {"media_root": roots, "map": maps}) as session:
        return session.plan()


OTHERS = {
    "another timecode": ({"timecode": "09:00:00:00"}, ("09:00:00:00", "01:00:00:00")),
    "another length": ({"frames": 40}, ("40 f", "48 f")),
    "another rate": ({"rate": Fraction(25), "timecode": ""}, ("25", "24")),
    "another in everything": (
        {"rate": Fraction(30), "frames": 60, "timecode": "00:00:00:00"}, ("30", "24", "00:00:00:00", "01:00:00:00"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("other", OTHERS)
def test_another_film_of_the_same_name_is_a_problem_that_names_both_values(tmp_path: Path, other: str) -> None:
    made, words = OTHERS[other]
    movie(tmp_path / "found" / "C0001.mov", **made)
    plan = planned(cut_of(tmp_path), tmp_path / "found")
    (problem,) = plan.blocking
    assert plan.items == ()
    assert all(word in problem.what for word in words), problem.what
    assert "--map" in problem.fix
    assert str(tmp_path / "found" / "C0001.mov") in problem.places


def test_a_map_that_names_the_file_is_the_way_through(tmp_path: Path) -> None:
    found = movie(tmp_path / "found" / "C0001.mov", timecode="09:00:00:00")
    cut = cut_of(tmp_path)
    (problem,) = planned(cut, found.parent).blocking
    _, _, shown = problem.places.partition("--map ")
    plan = planned(cut, found.parent, maps=(shown.strip('"'),))
    item = only(plan)
    assert item.media.path == found
    assert item.region.first == 12, "the cut counts from its media's first frame"
    assert any("09:00:00:00" in row.what for row in plan.problems), "it is said all the same"


MOVED = {
    "the same timecode": ({}, HOUR, 48),
    "counted from zero": ({"timecode": "09:00:00:00"}, 0, 48),
    "without timecode": ({"timecode": ""}, HOUR, 48),
    "a frame longer": ({"frames": 49}, HOUR, 48),
    "a part of it, by timecode": ({"frames": 72}, HOUR, 48),
}


@pytest.mark.parametrize("moved", MOVED)
def test_media_that_has_moved_is_found(tmp_path: Path, moved: str) -> None:
    made, first, frames = MOVED[moved]
    found = movie(tmp_path / "found" / "C0001.mov", **made)
    item = only(planned(cut_of(tmp_path, first, frames), tmp_path / "found"))
    assert (item.media.path, item.region.first) == (found, 12)


def test_an_editor_that_counts_lengths_at_the_rate_of_the_cut_is_understood(tmp_path: Path) -> None:
    """Kdenlive: media at 24 that lasts 2 s in a cut at 25 has 50 frames, from zero, whatever its timecode."""
    found = movie(tmp_path / "found" / "C0001.mov", timecode="03:00:00:00")
    used = clip("C0001", 5, 40, marker("RETAKE: rain", 10, 10, 25), media="C0001.mov", rate=25)
    used["media_references"]["DEFAULT_MEDIA"]["available_range"] = span(0, 50, 24)
    cut = write(tmp_path, track(used), rate=25).path
    assert only(planned(cut, tmp_path / "found")).media.path == found


def test_drop_frame_and_straight_labels_are_the_same_timecode(tmp_path: Path) -> None:
    video = 30 * NTSC
    movie(tmp_path / "found" / "C0001.mov", rate=video, timecode="01:00:00;00")
    # 01:00:00;00 is frame 107892 where labels are dropped, and 108000 where an editor counts straight.
    for first in (107_892, 108_000):
        cut = cut_of(tmp_path, first, 48, rate=float(video))
        assert only(planned(cut, tmp_path / "found")).region.first == 12


def test_among_files_of_one_name_the_one_that_fits_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    root = tmp_path / "found"
    # Its folder agrees with the cut, but it is the card of another day.
    other = movie(root / "day1" / "C0001.mov", timecode="09:00:00:00")
    right = movie(root / "day7" / "C0001.mov")
    plan = planned(cut_of(tmp_path), root)
    assert only(plan).media.path == right
    (note,) = [row for row in plan.problems if str(other) in row.places]
    assert note.level == "note"


def test_files_that_fit_alike_are_told_apart_by_their_folders_or_not_at_all(tmp_path: Path) -> None:
    root = tmp_path / "found"
    right = movie(root / "day1" / "C0001.mov")
    movie(root / "day2" / "C0001.mov")
    assert only(planned(cut_of(tmp_path), root)).media.path == right
    (problem,) = planned(cut_of(tmp_path, url="/Volumes/Card/day3/C0001.mov"), root).blocking
    assert "2 files" in problem.what


def test_a_file_at_the_path_of_the_cut_is_warned_of_and_not_refused(tmp_path: Path) -> None:
    found = movie(tmp_path / "C0001.mov", timecode="09:00:00:00")
    plan = planned(cut_of(tmp_path, url=str(found)), tmp_path)
    assert only(plan).region.first == 12
    (warning,) = plan.problems
    assert (warning.level, "09:00:00:00" in warning.what) == ("warning", True)


def test_an_export_from_zero_of_a_file_with_timecode_is_nothing_to_say(tmp_path: Path) -> None:
    used = clip("A", 6, 36, marker("RETAKE: rain", 12, 12), available=span(0, 240))
    plan = plan_of(write(tmp_path, track(used)), Shelf(facts("A", picture(240), "09:00:00:00")))
    assert (only(plan).region.first, plan.problems) == (12, ())


def wave(path: Path, seconds: int) -> Path:
    """Silence."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(wave_file(str(path), "wb")) as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(bytes(2 * 48_000 * seconds))
    return path


@pytest.mark.parametrize(("seconds", "sent"), [(2, True), (3, False)])
def test_another_recording_of_the_same_name_is_not_sent(tmp_path: Path, seconds: int, sent: bool) -> None:
    movie(tmp_path / "found" / "C0001.mov")
    wave(tmp_path / "found" / "T01.wav", seconds)
    linked = {"metadata": {"Resolve_OTIO": {"Link Group ID": 1}}}
    for mode in ("video", "both"):
        seen = clip(
            "C0001", HOUR + 6, 36, marker(f"RETAKE {mode}: rain", HOUR + 12, 12), media="/card/C0001.mov",
            available=span(HOUR, 48), **linked,
        )  # fmt: skip
        heard = clip("T01", HOUR + 6, 36, media="/recorder/T01.wav", available=span(HOUR, 48), **linked)
        plan = planned(write(tmp_path, track(seen), track(heard, kind="Audio")).path, tmp_path / "found")
        if sent:
            sound = only(plan).sound
            assert sound is not None
            assert sound.facts.path.name == "T01.wav"
        elif mode == "video":
            assert only(plan).sound is None
            assert any("3.00 s" in remark and "2.00 s" in remark for remark in only(plan).remarks)
        else:
            (problem,) = plan.blocking
            assert ("3.00 s" in problem.what, "2.00 s" in problem.what, "--map" in problem.fix) == (True, True, True)


# --- what is not found ----------------------------------------------------------------------------------------------


def test_offline_media_is_shown_as_the_cut_names_it_with_every_place_looked_at(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    (tmp_path / "cards").mkdir()
    cut = cut_of(tmp_path, url="file:///Volumes/Card/day%201/C0001.mov")
    (problem,) = planned(cut, tmp_path / "cards", maps=(f"/Volumes/Card={tmp_path / 'volume'}",)).blocking
    assert "C0001.mov" in problem.what
    for place in (
        "file:///Volumes/Card/day%201/C0001.mov",
        tmp_path / "volume" / "day 1" / "C0001.mov",
        tmp_path / "cards",
    ):
        assert str(place) in problem.places


def test_a_folder_of_the_settings_that_is_not_there_is_said_with_the_media(tmp_path: Path) -> None:
    (problem,) = planned(cut_of(tmp_path), tmp_path / "unmounted").blocking
    assert "unmounted, which is not there" in problem.places


def test_files_of_one_name_are_listed(tmp_path: Path) -> None:
    root = tmp_path / "found"
    found = [movie(root / folder / "C0001.mov") for folder in ("a", "b")]
    (problem,) = planned(cut_of(tmp_path), root).blocking
    assert all(str(path) in problem.places for path in found)


@pytest.mark.parametrize(
    ("flag", "value"), [("--media-root", "nope"), ("--media-root", "cut.otio"), ("--map", "/Volumes/Card=nope")]
)
def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, flag: str, value: str) -> None:
    cut_of(tmp_path)
    said = command_line(tmp_path, "plan", "cut.otio", flag, value)
    assert said.returncode == 2
    what, where, todo = said.stderr.splitlines()
    assert flag in what
    assert str(tmp_path / value.rpartition("=")[2]) in where
    assert todo.strip().startswith("to do: ")


def test_paths_are_shown_unbroken(tmp_path: Path) -> None:
    long = "/Volumes/Card/" + "a folder with a name/" * 6 + "C0001.mov"
    said = command_line(tmp_path, "plan", cut_of(tmp_path, url=long).name)
    assert f"the cut names {long}" in said.stdout.splitlines()
