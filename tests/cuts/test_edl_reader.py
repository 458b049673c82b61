"""Edit lists are read as their editors mean them: real ones against tables counted by hand, odd ones line by line."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from otio_retake.cuts import open_cut
from otio_retake.errors import CutError
from tests.cuts.edit_lists import HEAD, clips, edl, said

TWO = """\
001  A001     V     C        01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00
* FROM CLIP NAME: one.mov
002  A002     V     C        02:00:00:00 02:00:01:00 01:00:02:00 01:00:03:00
* FROM CLIP NAME: two.mov
"""


# --- real lists -------------------------------------------------------------------------------------------------------


def test_a_list_with_locators(shared_timelines: Path) -> None:
    """Lengths: record out less record in of each line, by hand; their sum is 43:17 from 00:59:53:11 to 01:00:37:04."""
    cut = open_cut(shared_timelines / "edl" / "otio_screening_example.edl")
    found = clips(cut)
    lengths = [31, 50, 28, 115, 101, 161, 170, 136, 257]
    assert [clip.record[1] - clip.record[0] for clip in found] == lengths
    assert sum(lengths) == 43 * 24 + 17
    assert cut.view.timecode(0) == "00:59:53:11"
    # The third line that is no event below event 4, and the second below event 7.
    marks = [(cut.view.timecode(int(m.start.value)), m.colour, m.name) for m in cut.view.markers]
    assert marks == [
        ("01:00:01:14", "RED", "ANIM FIX NEEDED"),
        ("01:00:02:14", "PINK", "ANIM FIX NEEDED"),
        ("01:00:15:13", "GREEN", ""),
    ]
    # 01:00:04:05 at 24 is 3604 * 24 + 5.
    assert found[0].source.value == 3604 * 24 + 5
    assert found[0].media.url == "ZZ100_501.LAY3.01"
    assert found[0].media.names == ("ZZ100_50", "ZZ100_501 (LAY3)")
    assert not said(cut)


def test_a_list_with_a_dissolve(shared_timelines: Path) -> None:
    cut = open_cut(shared_timelines / "edl" / "otio_dissolve_test.edl")
    one, two, three = clips(cut)
    assert [clip.name for clip in (one, two, three)] == ["clip_A", "clip_B", "clip_B"]
    assert (one.record, two.record, three.record) == ((0, 9), (9, 19), (19, 20))
    assert one.lead == (0, 10)
    assert two.overlap == (10, 0)
    # 01:00:08:08 is 3608 * 24 + 8: the clip that comes in begins there, within the transition.
    assert two.source.value == 3608 * 24 + 8


def test_a_list_of_speeds(shared_timelines: Path) -> None:
    """548 lines begin with six figures; of 17 lines that begin with M2 seven say 000.0."""
    cut = open_cut(shared_timelines / "edl" / "otio_speed_effects.edl")
    found = clips(cut)
    assert len(found) == 548
    assert Counter(clip.speed.refused for clip in found) == {"": 541, "the clip is a freeze frame": 7}
    speeds = {clip.name: float(clip.speed.scalar * 24) for clip in found if clip.speed.scalar != 1}
    assert len(speeds) == 10
    # Avid writes the speed into the names too, with two decimals; the list has one.
    for name, speed in speeds.items():
        if "FPS" in name:
            assert speed == pytest.approx(float(name.rpartition("(")[2].split()[0]), abs=0.06)
    # The last line: 01:20:54:06 to 01:21:03:18 is 9:12, from 01:00:00:01.
    assert found[-1].record[1] - found[-1].record[0] == 9 * 24 + 12
    assert found[-1].source.value == 3600 * 24 + 1
    assert not said(cut)


def test_a_turnover_with_gaps_and_double_speeds(shared_timelines: Path) -> None:
    """32 lines of events, 16 of M2, all 048.0. Event 4: 53 record frames show 105 of the source, the last at 52 * 2."""
    cut = open_cut(shared_timelines / "edl" / "sgotio_20200121_BB_R1_FF3_v2_TEST.edl")
    found = clips(cut)
    assert len(found) == 32
    assert Counter(clip.speed.scalar for clip in found) == {Fraction(1): 16, Fraction(2): 16}
    fourth = found[3]
    assert fourth.record[1] - fourth.record[0] == 53
    assert fourth.source.value == 43 * 24 + 9
    assert not any(clip.speed.refused or clip.speed.warning for clip in found)
    assert found[-1].name == "TAIL_LEADER.MOV", "a reel that begins like black is a reel"


def test_a_list_with_old_line_ends_and_padding(shared_timelines: Path) -> None:
    """Its lines end in a carriage return alone; its last block is filled up with end-of-file characters."""
    cut = open_cut(shared_timelines / "edl" / "sgotio_ER_00119_with_comments.edl")
    found = clips(cut)
    assert [clip.name for clip in found][:2] == ["VYD31C-3", "VYD31D-3"]
    assert [clip.media.url for clip in found][-1] == "A508_C023_0328UE"
    assert Counter(m.colour for m in cut.view.markers) == {"YELLOW": 4, "BLUE": 2}
    assert cut.view.timecode(int(cut.view.markers[0].start.value)) == "01:01:03:00"
    assert not said(cut)


def test_a_list_of_image_sequences(shared_timelines: Path) -> None:
    cut = open_cut(shared_timelines / "edl" / "otio_avid_example.edl")
    one, two = clips(cut)
    assert (one.record, two.record) == ((0, 31), (31, 81))
    assert one.media.kind == "sequence"
    assert one.media.url == "S:\\path\\to\\ZZ100_501.take_1.0001.exr"


def test_every_real_list_is_the_same_bytes_when_nothing_is_changed(shared_timelines: Path) -> None:
    found = sorted((shared_timelines / "edl").glob("*.edl"))
    assert len(found) >= 7
    for path in found:
        cut = open_cut(path)
        document = cut.document  # type: ignore[attr-defined]
        assert document.content(list(document.lines)) == path.read_bytes()


# --- the rate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "label", "rate", "drop"),
    [
        (HEAD, "01:00:03:23", Fraction(24), False),
        (HEAD, "01:00:03:24", Fraction(25), False),
        (HEAD, "01:00:03:29", Fraction(30_000, 1001), False),
        (HEAD, "01:00:03:49", Fraction(50), False),
        (HEAD, "01:00:03:59", Fraction(60_000, 1001), False),
        ("FCM: DROP FRAME\n", "01:00:03:20", Fraction(30_000, 1001), True),
        ("FCM: DROP FRAME\n", "01:00:03:59", Fraction(60_000, 1001), True),
        ("TITLE: X\n", "01:00:03;20", Fraction(30_000, 1001), True),
    ],
)
def test_the_rate_is_what_frame_numbers_and_the_code_mode_leave(
    tmp_path: Path, head: str, label: str, rate: Fraction, drop: bool
) -> None:
    cut = edl(tmp_path, TWO.replace("01:00:03:00", label), head=head)
    assert (cut.view.rate, cut.view.drop) == (rate, drop)
    (note,) = [p for p in cut.view.remarks if p.level == "note"]
    assert "rate" in note.what


def test_a_rate_that_is_said_counts_and_one_that_cannot_be_is_refused(tmp_path: Path) -> None:
    assert edl(tmp_path, TWO, rate="23.976").view.rate == Fraction(24_000, 1001)
    assert edl(tmp_path, TWO, rate="50").view.rate == 50
    with pytest.raises(CutError) as error:
        edl(tmp_path, TWO.replace("01:00:03:00", "01:00:03:24"), rate="24")
    assert "24" in error.value.what
    assert "line" in error.value.where
    assert "--rate 25" in error.value.fix


def test_drop_frame_where_the_rate_has_none_is_said(tmp_path: Path) -> None:
    cut = edl(tmp_path, TWO, head="FCM: DROP FRAME\n", rate="25")
    assert not cut.view.drop
    assert any("drop-frame" in what for what in said(cut))


def test_record_labels_count_drop_frame_whatever_they_are_written_with(tmp_path: Path) -> None:
    """From 01:00:59;28 to 01:01:00;04 are four frames at drop-frame: 28, 29, 02, 03."""
    text = "001  A001     V     C        01:00:00:00 01:00:00:04 01:00:59:28 01:01:00:04\n* FROM CLIP NAME: a.mov\n"
    (clip,) = clips(edl(tmp_path, text, head="TITLE: X\nFCM: DROP FRAME\n"))
    assert clip.record == (0, 4)
    assert clip.source.value == 107892, "the source counts as the mode in force says"


# --- events -----------------------------------------------------------------------------------------------------------


def test_black_is_a_gap_and_generators_are_looked_through(tmp_path: Path) -> None:
    text = """\
001  BL       V     C        00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00
002  AX       V     C        00:00:10:00 00:00:11:00 01:00:01:00 01:00:02:00
* FROM CLIP NAME: phone.mov
003  BARS     V     C        00:00:00:00 00:00:01:00 01:00:02:00 01:00:03:00
004  GEN      V     C        00:00:00:00 00:00:01:00 01:00:03:00 01:00:04:00
* FROM CLIP NAME: Title 1
005  AX       V     C        00:00:00:00 00:00:01:00 01:00:04:00 01:00:05:00
"""
    phone, bars, title, nameless = clips(edl(tmp_path, text))
    assert phone.record == (24, 48)
    assert (phone.media.kind, phone.media.url, phone.media.names) == ("file", "phone.mov", ())
    assert bars.see_through
    assert title.see_through
    assert nameless.media.kind == "missing"


def test_sound_has_tracks_of_its_own(tmp_path: Path) -> None:
    text = """\
001  A001     B     C        01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00
002  A002     AA/V  C        01:00:00:00 01:00:01:00 01:00:01:00 01:00:02:00
003  A003     V     C        01:00:00:00 01:00:02:00 01:00:02:00 01:00:04:00
004  A003     A2    C        01:00:00:00 01:00:02:00 01:00:02:00 01:00:04:00
005  A004     A2/V  C        01:00:00:00 01:00:01:00 01:00:04:00 01:00:05:00
006  A005     NONE  C        01:00:00:00 01:00:01:00 01:00:05:00 01:00:06:00
AUD   3    4
007  A006     V+A   C        01:00:00:00 01:00:01:00 01:00:06:00 01:00:07:00
"""
    cut = edl(tmp_path, text)
    assert [clip.media.url for clip in clips(cut)] == ["A001", "A002", "A003", "A004", "A006"]
    sounds = {(clip.media.url, clip.channels) for clip in clips(cut, "Audio")}
    assert sounds == {
        ("A001", (0, 1)), ("A002", (0, 1)), ("A003", (1,)), ("A004", (1,)), ("A005", (2, 3)), ("A006", (0,)),
    }  # fmt: skip
    assert {track.name for track in cut.view.tracks} == {"V1", "A1", "A2", "A1+A2"}


def test_fades_and_dissolves_and_wipes(tmp_path: Path) -> None:
    text = """\
001  BL       V     C        00:00:00:00 00:00:00:00 01:00:00:00 01:00:00:00
001  A001     V     D    012 01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00
* FROM CLIP NAME: one.mov
002  A001     V     C        01:00:02:00 01:00:02:00 01:00:02:00 01:00:02:00
002  A002     V     W001 024 02:00:00:00 02:00:02:00 01:00:02:00 01:00:04:00
* FROM CLIP NAME: one.mov
* TO CLIP NAME: two.mov
003  A002     V     C        02:00:02:00 02:00:02:00 01:00:04:00 01:00:04:00
003  BL       V     D    006 00:00:00:00 00:00:01:00 01:00:04:00 01:00:05:00
004  A009     V     C        09:00:00:00 09:00:00:00 01:00:05:00 01:00:05:00
004  A003     V     D    012 03:00:00:00 03:00:01:00 01:00:05:00 01:00:06:00
* TO CLIP NAME: three.mov
"""
    cut = edl(tmp_path, text)
    one, two, three = clips(cut)
    assert [clip.name for clip in (one, two, three)] == ["one.mov", "two.mov", "three.mov"]
    assert (one.overlap, one.lead) == ((12, 0), (0, 24))
    assert (two.overlap, two.lead) == ((24, 0), (0, 6)), "it fades out below the black"
    assert (three.overlap, three.lead) == ((12, 0), (0, 0))
    assert any("seen in the transition alone" in what for what in said(cut))


def test_a_key_lies_above_what_it_is_keyed_over(tmp_path: Path) -> None:
    text = """\
001  A001     V     K B      01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00
001  A002     V     K    000 02:00:00:00 02:00:02:00 01:00:00:00 01:00:02:00
"""
    below, above = clips(edl(tmp_path, text))
    assert (below.media.url, above.media.url) == ("A001", "A002")
    assert (below.address.track, above.address.track) == (0, 1)


@pytest.mark.parametrize(
    ("speed", "source", "record", "scalar", "refused"),
    [
        ("048.0", "01:00:04:00", "01:00:02:00", Fraction(2), ""),
        ("012.0", "01:00:01:00", "01:00:02:00", Fraction(1, 2), ""),
        # 47.6 is what is left of 47.56: seventy frames in thirty-six, the last at 35 * 1.9817.
        ("047.6", "01:00:02:22", "01:00:01:12", Fraction(119, 60), ""),
        # 47.95 is twice 23.976 with two decimals.
        ("047.95", "01:00:04:00", "01:00:02:00", Fraction(2), ""),
        ("000.0", "01:00:00:01", "01:00:02:00", Fraction(1), "freeze"),
        ("-024.0", "01:00:02:00", "01:00:02:00", Fraction(1), "backwards"),
        # No speed can be 24 where four seconds are shown in two.
        ("", "01:00:04:00", "01:00:02:00", Fraction(1), "no speed"),
    ],
)
def test_a_speed_is_what_its_line_and_the_lengths_say(
    tmp_path: Path, speed: str, source: str, record: str, scalar: Fraction, refused: str
) -> None:
    text = f"001  A001     V     C        01:00:00:00 {source} 01:00:00:00 {record}\n"
    text += f"M2   A001           {speed}                01:00:00:00\n" if speed else ""
    (clip,) = clips(edl(tmp_path, text, rate="23.976" if speed == "047.95" else ""))
    assert clip.speed.scalar == scalar
    assert refused in clip.speed.refused
    assert bool(refused) == bool(clip.speed.refused)


def test_a_speed_that_does_not_fit_the_lengths_is_said(tmp_path: Path) -> None:
    text = (
        "001  A001     V     C        01:00:00:00 01:00:09:00 01:00:00:00 01:00:02:00\nM2   A001   048.0  01:00:00:00\n"
    )
    (clip,) = clips(edl(tmp_path, text))
    assert clip.speed.scalar == 2
    assert "216 source frames for 48" in clip.speed.warning


@pytest.mark.parametrize(
    ("lines", "out", "into"),
    [
        ("M2   A001   048.0  01:00:00:00\n", 2, 1),
        ("M2   A002   048.0  02:00:00:00\n", 1, 2),
        ("M2   A001   048.0  01:00:00:00\nM2   A002   012.0   02:00:00:00\n", 2, Fraction(1, 2)),
    ],
)
def test_a_speed_in_a_transition_belongs_to_the_clip_that_it_names(
    tmp_path: Path, lines: str, out: Fraction, into: Fraction
) -> None:
    ends = {1: "02:00:02:00", 2: "02:00:04:00", Fraction(1, 2): "02:00:01:00"}
    text = f"""\
001  A001     V     C        01:00:00:00 {"01:00:04:00" if out == 2 else "01:00:02:00"} 01:00:00:00 01:00:02:00
001  A002     V     D    012 02:00:00:00 {ends[into]} 01:00:02:00 01:00:04:00
{lines}"""
    one, two = clips(edl(tmp_path, text))
    assert (one.speed.scalar, two.speed.scalar) == (out, into)
    assert not one.speed.refused
    assert not two.speed.refused


def test_source_timecode_counts_at_another_rate_where_the_lengths_say_so(tmp_path: Path) -> None:
    """Fifty frames at 25 are two seconds, forty-eight frames of a cut at 24."""
    text = "001  A001     V     C        01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00\n"
    (clip,) = clips(edl(tmp_path, text.replace("01:00:02:00 01:00:00:00", "01:00:02:24 01:00:00:00")))
    assert clip.speed.refused or clip.source.rate == 25
    text = "001  A001     V     C        01:00:00:24 01:00:02:24 01:00:00:00 01:00:02:00\n"
    (clip,) = clips(edl(tmp_path, text))
    assert (clip.source.value, clip.source.rate, clip.speed.scalar) == (3600 * 25 + 24, 25, 1)
    assert clip.needed.end - clip.needed.first == 50


def test_grades_and_effects_are_left_alone(tmp_path: Path) -> None:
    text = TWO + "* ASC_SOP (1 1 1)(0 0 0)(1 1 1)\n* ASC_SAT 1.0\n* COMMENT: nice\n* FROM CLIP IS A STILL\n"
    assert not said(edl(tmp_path, text))


def test_a_locator_with_source_timecode_is_read_as_opentimelineio_writes_it(tmp_path: Path) -> None:
    text = TWO + "* LOC: 02:00:00:12 RED     RETAKE: rain\n* LOC: 01:00:02:12 RETAKE: no colour\n"
    cut = edl(tmp_path, text)
    assert [(m.start.value, m.colour, m.name) for m in cut.view.markers] == [
        (60, "RED", "RETAKE: rain"),
        (60, "", "RETAKE: no colour"),
    ]
    assert any("source timecode" in what for what in said(cut))


def test_events_out_of_order_and_over_each_other_and_over_midnight(tmp_path: Path) -> None:
    text = """\
005  A003     V     C        01:00:00:00 01:00:01:00 23:59:59:00 00:00:00:00
002  A001     V     C        01:00:00:00 01:00:02:00 23:59:57:00 23:59:59:00
003  A002     V     C        01:00:00:00 01:00:02:00 23:59:58:00 00:00:00:00
004  A004     V     C        01:00:00:00 01:00:01:00 00:00:00:00 00:00:01:00
"""
    cut = edl(tmp_path, text)
    assert cut.view.timecode(0) == "23:59:57:00"
    rows = [[(clip.media.url, clip.record) for clip in track.clips] for track in cut.view.tracks]
    assert rows == [[("A001", (0, 48)), ("A003", (48, 72)), ("A004", (72, 96))], [("A002", (24, 72))]]
    assert any("not in order" in what for what in said(cut))
    assert any("overlaps" in what for what in said(cut))


def test_tabs_missing_reels_long_reels_and_frame_numbers(tmp_path: Path) -> None:
    text = """\
001\tA001C003_220101_R1AB\tV\tC\t\t01:00:00:00\t01:00:01:00\t01:00:00:00\t01:00:01:00
002           V     C        01:00:00:00 01:00:01:00 01:00:01:00 01:00:02:00
FROM CLIP NAME: nameless.mov
003  A B C    V     C        01:00:00:00 01:00:01:00 01:00:02:00 01:00:03:00
"""
    found = clips(edl(tmp_path, text))
    assert [clip.media.url for clip in found] == ["A001C003_220101_R1AB", "nameless.mov", "A B C"]
    numbers = "001  A001     V     C        100 124 0 24\n002  A001     V     C        200 224 24 48\n"
    found = clips(edl(tmp_path, numbers))
    assert [(clip.source.value, clip.record) for clip in found] == [(100, (0, 24)), (200, (24, 48))]


def test_bytes_that_are_no_utf8_are_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "old.edl"
    path.write_bytes(
        (HEAD + TWO.replace("one.mov", "Ame\u0301lie caf\u00e9.mov".replace("e\u0301", "\u00e9"))).encode("latin-1")
    )
    cut = open_cut(path)
    assert next(iter(cut.view.clips())).name == "Amélie café.mov"
    assert any("UTF-8" in problem.what for problem in cut.view.remarks)


def test_reels_that_final_cut_renamed_have_their_own_names(tmp_path: Path) -> None:
    text = "001  001      V     C        01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\n"
    text += "FINAL CUT PRO REEL: A001_C003_0101AB REPLACED BY: 001\n"
    (clip,) = clips(edl(tmp_path, text))
    assert clip.media.url == "A001_C003_0101AB"


def test_a_take_is_known_by_its_line_or_by_its_name(tmp_path: Path) -> None:
    text = """\
001  A001C003 V     C        01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00
* FROM CLIP NAME: A001C003_rtk0a1b2c3_v002
002  X        V     C        01:00:00:00 01:00:01:00 01:00:01:00 01:00:02:00
* FROM CLIP NAME: whatever
* COMMENT: otio-retake v003 take 0123abcd of order 0a1b2c3
"""
    one, two = clips(edl(tmp_path, text))
    assert (one.media.url, one.media.key) == ("A001C003_rtk0a1b2c3_v002.mov", "retake.v002")
    assert two.media.ours is not None
    assert (two.media.ours["take"], two.media.key) == ("0123abcd", "retake.v003")


def test_a_view_is_a_timeline_too(tmp_path: Path) -> None:
    timeline = edl(tmp_path, TWO + "* LOC: 01:00:02:12 RED     RETAKE: rain\n").timeline
    assert [clip.name for clip in timeline.find_clips()] == ["one.mov", "two.mov"]
    assert timeline.tracks.markers[0].name == "RETAKE: rain"
    assert timeline.global_start_time.value == 86400


def test_a_drop_frame_list_goes_on_over_midnight(tmp_path: Path) -> None:
    """A day of drop-frame has 2592 labels fewer than one that is counted straight."""
    text = """\
001  A001     V     C        01:00:00;00 01:00:01;00 23:59:59;00 00:00:00;00
002  A002     V     C        01:00:00;00 01:00:01;00 00:00:00;00 00:00:01;00
"""
    cut = edl(tmp_path, text, head="TITLE: X\nFCM: DROP FRAME\n")
    assert [clip.record for clip in clips(cut)] == [(0, 30), (30, 60)]
    assert cut.view.timecode(30) == "00:00:00;00"
