"""Which clip a mark means, and which of its frames. Every expected number is worked out beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from otio_retake.requests import Requests
from otio_retake.spans import Span
from tests.cutting import (
    Shelf,
    clip,
    dissolve,
    facts,
    gap,
    marker,
    only,
    picture,
    plan_of,
    requests_of,
    span,
    time,
    track,
    warp,
    write,
)


def regions(requests: Requests) -> list[tuple[str, int, int]]:
    """Clip, first source frame and end, as the cut counts them."""
    return [(r.clip.name, int(r.region.first), int(r.region.end)) for r in requests.requests]


def whats(requests: Requests, level: str = "problem") -> list[str]:
    return [p.what for p in requests.problems if p.level == level]


# --- markers on clips -----------------------------------------------------------------------------------------------


def test_a_range_asks_for_its_frames_and_a_point_for_the_clip(tmp_path: Path) -> None:
    cut = write(tmp_path, track(
        clip("A", 10, 60, marker("RETAKE: x", 30, 12)), clip("B", 20, 40, marker("RETAKE: y", 25, 1)),
    ))  # fmt: skip
    assert regions(requests_of(cut)) == [("A", 30, 42), ("B", 20, 60)]


def test_a_range_is_cut_to_what_is_visible(tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A", 10, 60, marker("RETAKE: x", 0, 30), marker("RETAKE: y", 60, 100))))
    assert regions(requests_of(cut)) == [("A", 10, 30), ("A", 60, 70)]


def test_one_frame_is_asked_for_by_1f(tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A", 10, 60, marker("RETAKE 1f: x", 33, 1))))
    assert regions(requests_of(cut)) == [("A", 33, 34)]


def test_one_sound_sample_is_a_point(tmp_path: Path) -> None:
    sample = marker("RETAKE: x", 33, 1)
    sample["marked_range"]["duration"] = time(1, 48000)
    cut = write(tmp_path, track(clip("A", 10, 60, sample)))
    assert regions(requests_of(cut)) == [("A", 10, 70)]


def test_a_mark_outside_what_the_clip_shows_is_said_and_not_ordered(tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A", 10, 60, marker("RETAKE: x", 100, 12), marker("RETAKE: y", 90, 1))))
    requests = requests_of(cut)
    assert regions(requests) == []
    assert len(whats(requests, "warning")) == 2
    assert whats(requests) == []


def test_in_and_out_make_an_inclusive_range_and_in_says_what(tmp_path: Path) -> None:
    cut = write(tmp_path, track(
        clip("A", 10, 60, marker("RETAKE OUT", 41), marker("RETAKE IN both: x", 30), marker("RETAKE IN: y", 50),
             marker("RETAKE OUT: ignored", 50)),
    ))  # fmt: skip
    requests = requests_of(cut)
    assert regions(requests) == [("A", 30, 42), ("A", 50, 51)]
    assert [(r.mark.prompt, r.mark.mode) for r in requests.requests] == [("x", "both"), ("y", None)]


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        (["IN"], "no RETAKE OUT after it"),
        (["OUT"], "no RETAKE IN before it"),
        (["IN", "IN", "OUT"], "followed by another RETAKE IN"),
        (["IN", "OUT", "OUT"], "no RETAKE IN before it"),
    ],
)
def test_edges_without_their_other_are_errors(tmp_path: Path, edges: list[str], words: str) -> None:
    marks = [marker(f"RETAKE {edge}", 20 + 5 * k) for k, edge in enumerate(edges)]
    cut = write(tmp_path, track(clip("A", 10, 60, *marks)))
    assert any(words in what for what in whats(requests_of(cut)))


def test_edges_pair_on_the_timeline_too(tmp_path: Path) -> None:
    cut = write(
        tmp_path, track(clip("A", 10, 30), clip("B", 50, 30)),
        markers=(marker("RETAKE IN: x", 20), marker("RETAKE OUT", 39)),
    )  # fmt: skip
    # Record 20-30 is A's source 30-40, record 30-40 is B's source 50-60.
    assert regions(requests_of(cut)) == [("A", 30, 40), ("B", 50, 60)]


def test_a_mark_on_a_disabled_clip_a_generator_or_a_nested_cut(tmp_path: Path) -> None:
    generator = {"OTIO_SCHEMA": "GeneratorReference.1", "generator_kind": "SolidColor", "available_range": span(0, 99)}
    nested = {"OTIO_SCHEMA": "Stack.1", "name": "N", "source_range": span(0, 20), "children": [],
              "markers": [marker("RETAKE: z", 0)]}  # fmt: skip
    cut = write(tmp_path, track(
        clip("A", 0, 20, marker("RETAKE: x", 0), enabled=False),
        clip("G", 0, 20, marker("RETAKE: y", 0), reference=generator), nested,
    ))  # fmt: skip
    plan = plan_of(cut, Shelf(facts("A")))
    assert [p.what for p in plan.blocking] == [
        "the marked clip is disabled", "the mark is on a generator or title", "this is a nested sequence",
    ]  # fmt: skip


# --- markers of tracks and of the timeline --------------------------------------------------------------------------


def test_a_timeline_marker_asks_for_the_topmost_under_each_part(tmp_path: Path) -> None:
    cut = write(
        tmp_path, track(clip("A", 0, 100)), track(gap(30), clip("B", 50, 20), gap(50)), track(gap(100), enabled=True),
        markers=(marker("RETAKE: x", 20, 50),),
    )  # fmt: skip
    # Record 20-30 and 50-70 show A (its source is the record), 30-50 shows B from 50 on.
    assert regions(requests_of(cut)) == [("A", 20, 30), ("B", 50, 70), ("A", 50, 70)]


def test_disabled_clips_and_tracks_and_our_own_takes_are_looked_through(tmp_path: Path) -> None:
    mine = clip("A_rtk", 0, 40)
    mine["metadata"] = {"otio_retake": {"take": "1"}}
    title = clip("Text+", 0, 40, reference={"OTIO_SCHEMA": "MissingReference.1"})
    adjusting = clip("Adjustment Clip", 0, 40, reference={"OTIO_SCHEMA": "MissingReference.1"})
    cut = write(
        tmp_path, track(clip("A", 0, 40)), track(clip("B", 0, 40, enabled=False)),
        track(clip("C", 0, 40), enabled=False), track(mine), track(title), track(adjusting),
        markers=(marker("RETAKE: x", 5, 1),),
    )  # fmt: skip
    (request,) = requests_of(cut).requests
    assert request.clip.name == "A"
    assert request.through == (
        "Adjustment Clip (an adjustment layer)", "Text+ (a generator or title)", "A_rtk (a take of ours)",
    )  # fmt: skip


def test_a_track_marker_counts_from_its_track(tmp_path: Path) -> None:
    cut = write(tmp_path, track(gap(10), clip("A", 50, 40), markers=[marker("RETAKE: x", 20, 5)]))
    assert regions(requests_of(cut)) == [("A", 60, 65)]


def test_a_marker_over_nothing_is_a_problem_and_one_that_ends_there_a_warning(tmp_path: Path) -> None:
    cut = write(
        tmp_path, track(clip("A", 0, 20), gap(20)),
        markers=(marker("RETAKE: x", 25, 5), marker("RETAKE: y", 10, 20)),
    )  # fmt: skip
    requests = requests_of(cut)
    assert regions(requests) == [("A", 10, 20)]
    assert whats(requests) == ["there is no clip under the mark"]
    assert "from 00:00:00:20 on there is no clip under the mark" in whats(requests, "warning")


def test_a_marker_on_a_gap_is_one_of_the_timeline(tmp_path: Path) -> None:
    hole = gap(20)
    hole["markers"] = [marker("RETAKE: x", 5, 5)]
    cut = write(tmp_path, track(clip("A", 0, 60)), track(gap(10), hole, gap(30)))
    assert regions(requests_of(cut)) == [("A", 15, 20)]


def test_kdenlive_has_its_topmost_track_first(tmp_path: Path) -> None:
    guide = marker("", 5, 1, metadata={"kdenlive": {"type": 0}}, comment="RETAKE: x")
    cut = write(tmp_path, track(clip("V2", 0, 40)), track(clip("V1", 0, 40)), markers=(guide,))
    assert regions(requests_of(cut)) == [("V2", 0, 40)]


def test_kdenlive_counts_a_clips_markers_from_its_in_point(tmp_path: Path) -> None:
    edges = [marker("", at, 1, metadata={"kdenlive": {"type": 0}}, comment=text)
             for at, text in ((5, "RETAKE IN: x"), (14, "RETAKE OUT"))]  # fmt: skip
    cut = write(tmp_path, track(clip("A", 50, 40, *edges)))
    assert regions(requests_of(cut)) == [("A", 55, 65)]


def test_hieros_tags_without_length_mean_the_clip(tmp_path: Path) -> None:
    tag = marker("RETAKE", 0, 0, metadata={"applieswhole": "1", "hiero_source_type": "TrackItem", "note": "rain"})
    cut = write(tmp_path, track(clip("A", 86450, 40, tag, available=span(86400, 240))))
    (request,) = requests_of(cut).requests
    assert (int(request.region.first), int(request.region.end), request.mark.prompt) == (86450, 86490, "rain")


def test_resolves_note_is_the_prompt(tmp_path: Path) -> None:
    note = marker("Marker 1", 30, 12, metadata={"Resolve_OTIO": {"Keywords": [], "Note": "RETAKE both: rain"}})
    cut = write(tmp_path, track(clip("A", 10, 60, note)), metadata={"Resolve_OTIO": {}})
    (request,) = requests_of(cut).requests
    assert (request.mark.prompt, request.mark.mode) == ("rain", "both")


# --- picture and sound ----------------------------------------------------------------------------------------------


def linked(name: str, link: int, *marks: dict[str, Any], start: float = 10, length: float = 60) -> dict[str, Any]:
    return clip(name, start, length, *marks, media="/media/A.mov", metadata={"Resolve_OTIO": {"Link Group ID": link}})


def test_linked_picture_and_sound_with_the_same_marker_are_one(tmp_path: Path) -> None:
    mark = marker("RETAKE: x", 30, 12)
    cut = write(tmp_path, track(linked("A", 1, mark)), track(linked("A", 1, mark), kind="Audio"))
    requests = requests_of(cut)
    assert regions(requests) == [("A", 30, 42)]
    assert len(requests.requests[0].also) == 1


def test_a_mark_on_sound_alone_must_say_so(tmp_path: Path) -> None:
    for text, found in (("RETAKE audio: x", [("A", 30, 42)]), ("RETAKE: x", [])):
        cut = write(tmp_path, track(linked("A", 1)), track(linked("A", 1, marker(text, 30, 12)), kind="Audio"))
        requests = requests_of(cut)
        assert regions(requests) == found
        assert bool(whats(requests)) == (not found)


def test_sound_of_the_same_file_belongs_to_it_without_a_link(tmp_path: Path) -> None:
    cut = write(
        tmp_path, track(clip("A", 10, 60, marker("RETAKE both: x", 30, 12))),
        track(clip("A", 10, 60), kind="Audio", name="A1"),
    )  # fmt: skip
    item = only(plan_of(cut, Shelf(facts("A"))))
    assert item.sound is not None
    assert "track A1" in item.sound.name


def test_the_sound_that_is_sent_is_the_linked_file_at_its_place(tmp_path: Path) -> None:
    """Picture source 100 lies over sound source 10: the sound file runs 90 frames behind the picture's."""
    wave = clip("rec", 10, 60, media="/media/rec.wav", metadata={"Resolve_OTIO": {"Link Group ID": 1}},
                available=span(0, 240))  # fmt: skip
    cut = write(
        tmp_path,
        track(linked("A", 1, marker("RETAKE both: x", 120, 12), start=100)),
        track(wave, kind="Audio", name="A1"),
    )
    sound_only = facts("rec")
    sound_only = type(sound_only)(**{**{f: getattr(sound_only, f) for f in sound_only.__slots__}, "picture": None,
                                     "path": Path("/media/rec.wav")})  # fmt: skip
    item = only(plan_of(cut, Shelf(facts("A"), sound_only)))
    assert item.sound is not None
    # Sound second of picture frame 120: (120 - 90) / 24 = 1.25 s, that is sample 60,000.
    assert item.sound.sample_at(120, item.media.video.rate) == 60_000


def test_two_files_of_sound_are_a_problem_where_sound_is_replaced(tmp_path: Path) -> None:
    boom = clip("boom", 10, 60, media="/media/B.wav", metadata={"Resolve_OTIO": {"Link Group ID": 1}})
    cut = write(
        tmp_path, track(linked("A", 1, marker("RETAKE audio: x", 30, 12))), track(linked("A", 1), kind="Audio"),
        track(boom, kind="Audio"),
    )  # fmt: skip
    plan = plan_of(cut, Shelf(facts("A"), facts("B")))
    assert "2 sound files" in plan.blocking[0].what


def test_media_without_sound_cannot_have_it_replaced(tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A", 10, 60, marker("RETAKE audio: x", 30, 12))))
    plan = plan_of(cut, Shelf(facts("A", sounds=0)))
    assert "no sound to replace" in plan.blocking[0].what


# --- speed, rates, starts, transitions ------------------------------------------------------------------------------


def test_a_retimed_clip_counts_as_its_editor_counts(tmp_path: Path) -> None:
    """200 %: Resolve's and plain ranges have the length on the timeline, Premiere's that of the source."""
    for metadata, length in (({}, 30), ({"PremierePro_OTIO": {}}, 60)):
        cut = write(
            tmp_path, track(clip("A", 100, length, marker("RETAKE: x", 100), effects=[warp(2)]), clip("B", 0, 10)),
            metadata=metadata,
        )  # fmt: skip
        assert regions(requests_of(cut)) == [("A", 100, 160)]
        second = list(cut.view.clips())[1]
        assert second.record == (30, 40)


def test_resolve_counts_a_retimed_clips_markers_as_it_plays_them(tmp_path: Path) -> None:
    """In a real file a clip from source 39 at 200 % has its marker in the middle, 4.5 of 11 frames in, at 24."""
    cut = write(
        tmp_path, track(clip("A", 39, 11, marker("RETAKE 1f: x", 24, 1), effects=[warp(2)])),
        metadata={"Resolve_OTIO": {}},
    )  # fmt: skip
    (request,) = requests_of(cut).requests
    # 39/2 = 19.5 is its first frame; 24 is 4.5 frames later, 9 source frames: 48.
    assert (int(request.region.first), int(request.region.end)) == (48, 50)


@pytest.mark.parametrize(
    ("effects", "words"),
    [
        ([warp(-1)], "backwards"),
        ([warp(0)], "freeze"),
        ([{"OTIO_SCHEMA": "FreezeFrame.1", "time_scalar": 0}], "freeze"),
        ([{"OTIO_SCHEMA": "TimeEffect.1", "metadata": {}}], "varies"),
    ],
)
def test_speeds_that_are_refused_name_their_reason(tmp_path: Path, effects: list[Any], words: str) -> None:
    cut = write(tmp_path, track(clip("A", 10, 60, marker("RETAKE: x", 30, 12), effects=effects)))
    plan = plan_of(cut, Shelf(facts("A")))
    assert words in plan.blocking[0].what


def test_media_at_another_rate_than_the_timeline(tmp_path: Path) -> None:
    """24 fps media in a 25 timeline as Resolve writes it: source 91046.625 at 25 is 87404.76 at 24."""
    from fractions import Fraction

    # 3 timeline frames are 2.88 source frames: 1004.76 to 1007.64 touches 1004 to 1007.
    cut = write(
        tmp_path, track(clip("A", 91046.625, 50, marker("RETAKE: x", 91046.625, 3, 25), rate=25.0,
                             available=span(86400, 2400, 24))), rate=25.0,
    )  # fmt: skip
    item = only(plan_of(cut, Shelf(facts("A", picture(2400, Fraction(24)), "01:00:00:00"))))
    assert item.region == Span(1004, 1008)


def test_where_media_begins(tmp_path: Path) -> None:
    """Timecode, from 0, a part of the file, and not said at all: the same frames of the same file."""
    stamped = facts("A", picture(240), "01:00:00:00")
    for start, available in (
        (86500, span(86400, 240)), (100, span(0, 240)), (86500, span(86450, 100)), (86500, {}), (100, {}),
    ):  # fmt: skip
        made = clip("A", start, 40, marker("RETAKE: x", start + 10, 12), available=available or None)
        if not available:
            made["media_references"]["DEFAULT_MEDIA"]["available_range"] = None
        item = only(plan_of(write(tmp_path, track(made)), Shelf(stamped)))
        assert item.region == Span(110, 122), (start, available)


def test_a_rate_that_only_sounds_different_counts_frame_for_frame(tmp_path: Path) -> None:
    from fractions import Fraction

    cut = write(
        tmp_path, track(clip("A", 100, 40, marker("RETAKE: x", 110, 12), rate=24.0, available=span(0, 240, 24)))
    )
    plan = plan_of(cut, Shelf(facts("A", picture(240, Fraction(24000, 1001)))))
    assert plan.items[0].region == Span(110, 122)
    assert any("frame for frame" in p.what for p in plan.problems)


def test_a_clip_past_the_end_of_its_media_is_a_problem_by_more_than_a_frame(tmp_path: Path) -> None:
    for end, blocked in ((240, False), (241, False), (242, True)):
        cut = write(tmp_path, track(clip("A", end - 40, 40, marker("RETAKE: x", end - 40))))
        plan = plan_of(cut, Shelf(facts("A")))
        assert bool(plan.blocking) == blocked, end
        assert blocked or plan.items[0].region.end == 240


def test_a_dissolve_is_left_out_of_what_is_visible_and_put_into_what_is_needed(tmp_path: Path) -> None:
    cut = write(tmp_path, track(
        clip("A", 10, 40, marker("RETAKE: x", 20)), dissolve(6, 4), clip("B", 100, 40, marker("RETAKE: y", 110)),
    ))  # fmt: skip
    plan = plan_of(cut, Shelf(facts("A"), facts("B")))
    one, other = plan.items
    # A is alone until 6 frames before the cut, and its media plays 4 beyond it; B the other way round.
    assert (one.region, one.needed) == (Span(10, 44), Span(10, 54))
    assert (other.region, other.needed) == (Span(104, 140), Span(94, 140))


def test_a_mark_inside_a_transition_is_a_problem(tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A", 10, 40, marker("RETAKE: x", 46, 3)), dissolve(6, 4), clip("B", 100, 40)))
    assert whats(requests_of(cut)) == ["the mark lies inside a transition"]


def test_start_timecodes_and_drop_frame_labels(tmp_path: Path) -> None:
    cut = write(
        tmp_path, track(clip("A", 0, 4000, marker("RETAKE: x", 1800, 12, 29.97), rate=29.97,
                             available=span(0, 9000, 29.97))), start=107892, rate=29.97,
    )  # fmt: skip
    # 107892 is 01:00:00;00; 1800 frames on, two labels are skipped: 01:01:00;02.
    assert requests_of(cut).requests[0].timecode == "01:01:00;02"


def test_mark_ids_do_not_depend_on_the_trim_or_the_path(tmp_path: Path) -> None:
    def ident(start: float, length: float, media: str) -> str:
        cut = write(tmp_path, track(clip("A", start, length, marker("RETAKE: x", 30, 1), media=media)))
        return requests_of(cut).requests[0].mark_id

    first = ident(10, 60, "/Volumes/one/A.mov")
    assert ident(13, 54, "D:\\two\\A.mov") == first
    assert ident(10, 60, "/Volumes/one/B.mov") != first


# --- what else lies in a cut ----------------------------------------------------------------------------------------


def test_a_mark_inside_a_nested_cut_is_a_problem_and_not_lost(tmp_path: Path) -> None:
    inner = track(clip("B", 0, 20, marker("RETAKE: deep", 3)))
    nested = {"OTIO_SCHEMA": "Stack.1", "name": "N", "source_range": span(0, 20), "children": [inner], "markers": []}
    plan = plan_of(write(tmp_path, track(clip("A", 0, 20), nested)), Shelf(facts("A")))
    assert [p.what for p in plan.blocking] == ["this is a nested sequence"]


def test_what_a_tracks_own_range_hides_is_not_ordered(tmp_path: Path) -> None:
    # The track shows its frames 20 to 69: at 0 of the cut lies frame 20 of A.
    marks = [marker(f"RETAKE: {k}", k, 4) for k in (5, 18, 40, 68, 90)]
    cut = write(tmp_path, track(clip("A", 0, 100, *marks), source_range=span(20, 50)))
    found = requests_of(cut)
    assert regions(found) == [("A", 20, 22), ("A", 40, 44), ("A", 68, 70)]
    assert [r.record[0] for r in found.requests] == [0, 20, 48]
    assert len(whats(found, "warning")) == 2


def test_a_range_that_begins_nowhere_in_the_track_is_a_label(tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A", 0, 100, marker("RETAKE: x", 5, 4)), source_range=span(86400, 100)))
    assert regions(requests_of(cut)) == [("A", 5, 9)]
    assert requests_of(cut).requests[0].record == (5, 9)


def test_a_second_is_no_point_and_one_source_frame_of_a_slow_clip_is(tmp_path: Path) -> None:
    second = marker("RETAKE: x", 0)
    second["marked_range"] = {**span(30, 1), "duration": time(1, 1)}
    assert regions(requests_of(write(tmp_path, track(clip("A", 0, 100, second))))) == [("A", 30, 54)]
    slow = clip("A", 0, 100, marker("RETAKE: x", 30, 1), effects=[warp(0.5)])
    assert regions(requests_of(write(tmp_path, track(slow)))) == [("A", 0, 50)]


def test_a_word_of_another_editor_in_a_text_changes_nothing(tmp_path: Path) -> None:
    tracks = (track(clip("LOW", 0, 50)), track(clip("TOP", 0, 50, metadata={"source": "kdenlive"})))
    cut = write(tmp_path, *tracks, markers=(marker("RETAKE: x", 10, 5),))
    assert regions(requests_of(cut)) == [("TOP", 10, 15)]


def test_control_characters_of_a_marker_reach_nobodys_terminal(tmp_path: Path) -> None:
    text = "RETAKE: \x1b[31mred\x07 \ud800 \u202eback\r\nsecond line"
    found = requests_of(write(tmp_path, track(clip("A\x1b[2J\n", 0, 50, marker(text, 10, 5)))))
    (request,) = found.requests
    assert request.mark.prompt == "\ufffd[31mred\ufffd \ufffd \ufffdback\nsecond line"
    assert request.clip.name == "A\ufffd[2J "


# --- takes of ours that an editor has put in the place of their originals -------------------------------------------


def test_a_clip_that_plays_a_take_alone_is_a_problem_where_its_original_is_not_known(tmp_path: Path) -> None:
    lone = clip("A", 0, 50, marker("RETAKE: x", 10, 5), media="/elsewhere/A_rtk0a1b2c3_v001.mov")
    assert whats(requests_of(write(tmp_path, track(lone)))) == [
        "the clip plays a take whose original is not known here"
    ]
