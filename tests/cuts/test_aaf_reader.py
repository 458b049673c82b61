"""AAF sequences as Media Composer writes them: real ones counted by hand, and our own at every rate."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts import open_cut
from otio_retake.cuts.model import Clip, View
from otio_retake.cuts.paths import file_name
from otio_retake.marks import find_marks
from otio_retake.requests import resolve
from sample_timelines.editors.avid import Dissolve, Effect, Mark, Movie, Piece, Track, write_aaf
from tests import cutting

FILM, VIDEO, FAST = Fraction(24_000, 1001), Fraction(30_000, 1001), Fraction(60_000, 1001)


def clips(view: View, kind: str = "Video") -> list[Clip]:
    return [clip for clip in view.clips() if clip.kind == kind]


# --- real files -------------------------------------------------------------------------------------------------------
# Counted by eye in a listing of each file's objects by pyaaf2's own `dump()`, not with the reader: tracks are the slots
# of kind Picture and Sound, or the tracks of their scope; clips are their components that are no Filler and no
# ScopeReference; markers are the DescriptiveMarker objects. A start is that of the first timecode slot's Timecode.


@pytest.mark.parametrize(
    ("name", "rate", "start", "drop", "picture", "sound", "markers"),
    [
        ("avid_2997fps-DFTC", VIDEO, "05:00:00;00", True, [1], [1] * 6, 0),
        ("avid_linear_speed_effects", Fraction(24), "01:00:00:00", False, [20], [], 0),
        ("avid_multiple_markers", Fraction(24), "01:00:00:00", False, [10, 0, 0, 12, 1], [], 10),
        ("avid_nested_stack", Fraction(24), "01:00:00:00", False, [4], [], 0),
        ("avid_simple", Fraction(24), "01:00:00:00", False, [5], [5, 5], 0),
        ("avid_test_muted_clip", Fraction(24), "01:00:00:00", False, [1], [], 0),
        ("pyaaf2_retime_bezier01", FILM, "01:00:00:00", False, [1], [0, 0], 0),
    ],
)
def test_real_sequences_have_the_clips_and_markers_that_were_counted(
    shared_timelines: Path, name: str, rate: Fraction, start: str, drop: bool, picture: list[int], sound: list[int],
    markers: int,
) -> None:  # fmt: skip
    view = open_cut(shared_timelines / "aaf" / f"{name}.aaf").view
    assert (view.rate, view.timecode(0), view.drop) == (rate, start, drop)
    assert [len(track.clips) for track in view.tracks if track.kind == "Video"] == picture
    assert [len(track.clips) for track in view.tracks if track.kind == "Audio"] == sound
    assert len(view.markers) + sum(len(clip.markers) for clip in view.clips()) == markers
    assert not view.remarks


def test_real_sources_count_the_timecode_of_the_chain(shared_timelines: Path) -> None:
    """avid_simple: five clips from 0 of movies whose import has timecode 86400, 720, 480, 722, 640, 720 frames long.

    avid_multiple_markers: ten clips begin 1000 frames into a file whose tape has timecode 1, so at 1001: its editor
    wrote the frames that were meant into the markers ("zts02_1010: f1104" stands 103 frames into the first clip).
    """
    simple = clips(open_cut(shared_timelines / "aaf" / "avid_simple.aaf").view)
    assert [clip.source.value for clip in simple] == [86400] * 5
    assert [clip.record[1] - clip.record[0] for clip in simple] == [720, 480, 722, 640, 720]
    assert [clip.media.duration.value for clip in simple if clip.media.duration] == [720, 480, 722, 640, 720]
    assert file_name(simple[0].media.url) == "tech.fux (loop)59BAB32D.2.mxf"
    marked = open_cut(shared_timelines / "aaf" / "avid_multiple_markers.aaf").view
    first = marked.tracks[0].clips[0]
    assert (first.name, first.source.value, first.record) == ("zts02_1010", 1001, (192, 385))
    (marker,) = first.markers
    assert (marker.name, marker.colour) == ("GREEN: V1: zts02_1010: f1104: seq.f1104", "GREEN")
    assert first.reach_of(marker).first == 1104
    assert first.media.metadata["tape"] == "zox03_0010_comp_review_base_v002"
    # On its timecode track: 1795 frames in, over the eighth clip of V1, from 1590 on.
    (timecode,) = [m for m in marked.markers if m.place == "the timeline"]
    assert timecode.name == "GREEN: TC1: zts02_1080: f1206: seq.f2604"
    assert marked.tracks[0].clips[7].source_of(1795, 1795).first == 1206
    over_filler = {(m.place, m.name.partition(":")[0]) for m in marked.markers}
    assert {("V1", "PUBLISH"), ("V2", "FX"), ("V3", "INSERT"), ("V5", "YELLOW")} <= over_filler


def test_real_speeds_are_those_of_the_curve(shared_timelines: Path) -> None:
    """avid_linear_speed_effects: clip ``n`` of each group of four lasts n frames of the group's source frames 1 to 5.

    Its SpeedRatio is wrong in 10 of 19 effects; the curve says 1/2, 1/3, 1/4, then 2/1, 2/2, 2/3, 2/4, and so on.
    """
    found = clips(open_cut(shared_timelines / "aaf" / "avid_linear_speed_effects.aaf").view)
    assert [clip.speed.scalar for clip in found] == [Fraction(s, n) for s in range(1, 6) for n in range(1, 5)]
    bezier = clips(open_cut(shared_timelines / "aaf" / "pyaaf2_retime_bezier01.aaf").view)
    assert "varies" in bezier[0].speed.refused


def test_real_nests_and_muted_clips_are_known(shared_timelines: Path) -> None:
    nested = clips(open_cut(shared_timelines / "aaf" / "avid_nested_stack.aaf").view)
    assert [(clip.record, bool(clip.speed.refused)) for clip in nested] == [
        ((0, 15), False), ((15, 48), True), ((48, 49), False), ((49, 65), False),
    ]  # fmt: skip
    assert "nested" in nested[1].speed.refused
    (muted,) = clips(open_cut(shared_timelines / "aaf" / "avid_test_muted_clip.aaf").view)
    assert (muted.enabled, muted.record, muted.media.kind) == (False, (0, 120), "file")


def test_media_of_another_rate_is_converted_by_time(shared_timelines: Path) -> None:
    """avid_2997fps-DFTC: 2989 frames at 29.97 play 2391 of a file at 23.976, which are as long."""
    view = open_cut(shared_timelines / "aaf" / "avid_2997fps-DFTC.aaf").view
    (picture,) = clips(view)
    assert picture.source.exact_rate == FILM
    assert picture.source_of(0, 2989).end == Fraction(2989 * 24, 30)
    assert [clip.channels for clip in clips(view, "Audio")] == [(0,), (1,), (2,), (3,), (4,), (5,)]
    assert {clip.link for clip in view.clips()} == {picture.link}


# --- our own ----------------------------------------------------------------------------------------------------------


def movie(name: str, rate: Fraction, start: int, **more: Any) -> Movie:
    return Movie(f"{name}.mov", f"file:///Volumes/Footage/{name}.mov", rate, start, 600, tape=name, **more)


def sequence(folder: Path, pictures: list[Track], marks: list[Mark] | None = None, **more: Any) -> View:
    path = folder / "cut.aaf"
    rate, start = more.pop("rate", Fraction(24)), more.pop("start", 86400)
    write_aaf(path, "cut", rate, start, pictures, more.pop("sounds", ()), marks or (), **more)
    return open_cut(path).view


def asked(view: View) -> list[tuple[Any, ...]]:
    """What the marks of a cut ask for, in frames of the media and of the cut."""
    found = []
    for request in resolve(view, find_marks(view)).requests:
        assert request.clip.media.start is not None
        rate = request.clip.media.start.exact_rate
        found.append(
            (file_name(request.clip.media.url), request.region.at(rate), request.record, request.mark.mode,
             request.mark.prompt, request.timecode)
        )  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("rate", "media", "start", "drop"),
    [
        (FILM, FILM, 86_400, False),
        (Fraction(24), Fraction(24), 86_400, False),
        (Fraction(25), Fraction(25), 900_000, False),
        (VIDEO, VIDEO, 107_892, True),
        (VIDEO, VIDEO, 108_000, False),
        (FAST, FAST, 215_784, True),
        (Fraction(24), Fraction(25), 86_400, False),
        (Fraction(30), Fraction(24), 108_000, False),
        (VIDEO, FILM, 107_892, True),
        (FAST, VIDEO, 215_784, True),
    ],
)
def test_the_same_cut_as_otio_asks_for_the_same_frames(
    tmp_path: Path, rate: Fraction, media: Fraction, start: int, drop: bool
) -> None:
    """One cut in both forms: a straight clip, one at 200 %, one at 50 %, each with a mark, at ``rate`` of ``media``."""
    begins = 90_000
    speeds = [Fraction(1), Fraction(2), Fraction(1, 2)]
    firsts, length = [20, 61, 120], 60
    source = movie("A", media, begins)
    pieces = [Piece(length, source, first, speed=speed) for first, speed in zip(firsts, speeds, strict=True)]
    marks = [
        Mark(number * length + 10, f"RETAKE both: mark {number}", length=12 if number != 1 else 1)
        for number in range(3)
    ]
    (tmp_path / "aaf").mkdir()
    avid = sequence(tmp_path / "aaf", [pieces], marks, rate=rate, start=start, drop=drop)
    assert avid.timecode(0).count(";") == drop

    # In OTIO as Resolve counts it: the source at the timeline's rate, in fractions where the media has another.
    written = float(rate)
    zero = begins / media * rate
    items = []
    for number, (first, speed) in enumerate(zip(firsts, speeds, strict=True)):
        at = float(zero + first)
        mark = cutting.marker(
            f"RETAKE both: mark {number}", float(zero + first + 10 * speed), float((12 if number != 1 else 1) * speed),
            written,
        )  # fmt: skip
        items.append(
            cutting.clip(
                "A", at, length, mark, rate=written, media="/Volumes/Footage/A.mov",
                available=cutting.span(begins, 600, float(media)), effects=[cutting.warp(float(speed))],
            )
        )  # fmt: skip
    plain = cutting.write(tmp_path, cutting.track(*items), start=start, rate=written).view
    mine, theirs = asked(avid), asked(plain)
    assert len(mine) == 3
    assert [row[:5] for row in mine] == [row[:5] for row in theirs]
    if drop == plain.drop:
        assert mine == theirs


def test_film_in_its_ntsc_sibling_counts_frame_for_frame(tmp_path: Path) -> None:
    view = sequence(tmp_path, [[Piece(48, movie("A", Fraction(24), 86_400), 24)]], rate=FILM)
    (clip,) = clips(view)
    assert clip.source_of(*clip.record).at(FILM) == (86_424, 86_472)


def test_a_dissolve_parts_its_frames_at_the_cut(tmp_path: Path) -> None:
    """40 frames from 24 on, 30 from 100 on, ten of each in the dissolve: 4 before the cut, 6 after it."""
    source = movie("A", Fraction(24), 86_400)
    view = sequence(tmp_path, [[Piece(40, source, 24), Dissolve(10, 4), Piece(30, source, 100)]])
    one, two = clips(view)
    assert (one.record, two.record) == ((0, 34), (34, 60))
    assert (one.overlap, two.overlap) == ((0, 4), (6, 0))
    assert (one.lead, two.lead) == ((0, 6), (4, 0))
    assert (one.source.value, two.source.value) == (86_424, 86_504)
    assert one.needed.end == 86_464
    assert two.needed.first == 86_500


def test_markers_stand_where_avid_puts_them(tmp_path: Path) -> None:
    source = movie("A", Fraction(24), 86_400)
    effect = Effect("Timecode Burn-In")
    marks = [
        Mark(5, "on the clip", "Cyan"),
        Mark(50, "over nothing", track="V2"),
        Mark(45, "over an adjustment", track="V2"),
        Mark(7, "on the timecode", track="TC1"),
        Mark(8, "on a track that is not there", track="V7"),
        Mark(30, "RETAKE", user="RETAKE: in the name", length=3),
    ]
    above = [Piece(40), Piece(10, effects=(effect,)), Piece(10)]
    view = sequence(tmp_path, [[Piece(60, source, 24)], above], marks)
    (clip, adjustment) = clips(view)
    assert adjustment.see_through == "an adjustment layer"
    assert [(m.name, m.colour) for m in clip.markers] == [("on the clip", "CYAN"), ("RETAKE: in the name", "GREEN")]
    assert [clip.record_of(clip.reach_of(m).first) for m in clip.markers] == [5, 30]
    assert [(m.place, m.name, m.start.value) for m in view.markers] == [
        ("V2", "over nothing", 50), ("V2", "over an adjustment", 45), ("the timeline", "on the timecode", 7),
        ("the timeline", "on a track that is not there", 8),
    ]  # fmt: skip
    assert len({m.at for m in (*clip.markers, *view.markers)}) == 6


def test_speeds_that_are_not_constant_are_refused(tmp_path: Path) -> None:
    source = movie("A", Fraction(24), 86_400)

    def curve(*values: int) -> tuple[tuple[int, Fraction], ...]:
        return tuple((number * 10, Fraction(value)) for number, value in enumerate(values))

    track = [
        Piece(20, source, 100, curve=curve(0, 0)),
        Piece(20, source, 100, curve=curve(0, -10)),
        Piece(20, source, 100, curve=curve(0, 10, 15)),
        Piece(20, source, 100, curve=curve(0, 5, 10)),
    ]
    found = clips(sequence(tmp_path, [track]))
    refused = [clip.speed.refused for clip in found]
    assert [word in said for word, said in zip(("freeze", "backwards", "varies"), refused, strict=False)] == [True] * 3
    assert (refused[3], found[3].speed.scalar) == ("", Fraction(1, 2))


def test_sound_belongs_to_the_picture_that_it_is_in_sync_with(tmp_path: Path) -> None:
    both = movie("A", Fraction(24), 86_400, sounds=2)
    wave = movie("B", Fraction(24), 86_400, sounds=1, picture=False)
    silent = movie("C", Fraction(24), 86_400)
    picture = [Piece(40, both, 24), Piece(40, both, 100), Piece(40, silent, 0)]
    sound = [Piece(40, both, 24, channel=1), Piece(40, both, 110), Piece(40, wave, 12)]
    view = sequence(tmp_path, [picture], sounds=[sound])
    one, two, three = clips(view)
    heard = clips(view, "Audio")
    assert heard[0].link == one.link
    assert heard[0].channels == (1,)
    assert heard[1].link != two.link, "slipped by ten frames"
    assert heard[2].link == three.link, "a recorder's, cut with a silent picture"
