"""FCP 7 XML says where its clips are, what they play and what their marks ask for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from otio_retake.cuts import open_cut
from otio_retake.cuts.model import Clip, View
from otio_retake.errors import CutError
from otio_retake.marks import find_marks
from tests.cuts import xmeml as x
from tests.cutting import Shelf, facts, plan_of, requests_of

# --- real files -------------------------------------------------------------------------------------------------------

# Written by hand while reading the files in a text editor. Record: <start> and <end>; where one is -1, the clip reaches
# to the far end of the <transitionitem> beside it, and the cut lies <cutPointTicks> / 254016000000 seconds into that
# (101606400000 is 12 frames at 30, 160876800000 is 19). Source: <frame> of the file's <timecode>, and <in>.
# track, clip, record, source of its first frame, enabled
PREMIERE = [
    ("V1", "sc01_sh010_anim.mov", (536, 636), 0, True),
    ("V2", "sc01_sh010_anim.mov", (13, 113), 0, True),
    ("V2", "sc01_sh020_anim.mov", (165, 322), 0, True),
    ("V2", "sc01_sh030_anim.mov", (322, 557), 0, True),
    ("V2", "sc01_sh010_anim", (636, 956), 0, True),
    ("V3", "test_title", (15, 956), 108000, True),
    ("V4", "sc01_master_layerA_sh030_temp.mov", (956, 1164), 99 + 34, True),
    ("V4", "sc01_sh010_anim.mov", (1164, 1246), 6 + 12, True),
]
DISABLED = [
    ("base", "source.mp4", (0, 81), 353, True),
    ("base", "video_track_1_disabled_1", (81, 177), 434, False),
    ("base", "source3.mp4", (177, 220), 530, True),
    ("base", "video_track_1_disabled_2", (220, 256), 573, False),
    ("overlay_1", "source.mp4", (81, 177), 434, True),
    ("disabled_track", "video_track_3_disabled_1", (81, 177), 434, False),
]
# The second clip runs at 0.25 %: its <duration> of 400 is one frame of media. 0.0025 * 326400 is 816.
HIERO = [
    ("Video 1", "A160C005_171213_R0MN", (14, 1069), 1101071, True),
    ("Video 1", "/", (1085, 1324), 816, True),
]


@pytest.mark.parametrize(
    ("name", "pictures", "tracks", "sounds", "rate", "start", "writer"),
    [
        # grep -c '<clipitem' gives 26 in premiere_example.xml; 4 of them are inside its nested sequence.
        ("premiere_example.xml", PREMIERE, 12, 14, 30, 0, "premiere"),
        ("premiere_enable_property.xml", DISABLED, 9, 10, 25, 0, "premiere"),
        ("hiero_xml_export.xml", HIERO, 1, 0, 24, 86400, "hiero"),
    ],
)
def test_real_files_have_the_clips_that_were_counted_by_hand(
    name: str,
    pictures: list[tuple[str, str, tuple[int, int], int, bool]],
    tracks: int,
    sounds: int,
    rate: int,
    start: int,
    writer: str,
    shared_timelines: Path,
) -> None:
    view = open_cut(shared_timelines / "xmeml" / name).view
    found = [(c.track_name, c.name, c.record, c.source.value, c.enabled) for c in view.clips() if c.kind == "Video"]
    assert found == pictures
    assert len(view.tracks) == tracks
    assert sum(c.kind == "Audio" for c in view.clips()) == sounds
    assert (view.rate, view.start, view.writer) == (rate, start, writer)
    assert view.remarks == ()


def test_marks_links_and_what_cannot_be_served_in_a_real_file(shared_timelines: Path) -> None:
    view = open_cut(shared_timelines / "xmeml" / "premiere_example.xml").view
    # Three <marker> in the sequence, one in clipitem-4, one in the nested clipitem-7; each with <out>-1</out>.
    assert [(m.start.value, m.duration.value, m.name, m.note) for m in view.markers] == [
        (113, 0, "My MArker 1", "so, this happened"),
        (492, 0, "dsf", "fsfsfs"),
        (298, 0, "", ""),
    ]
    marked = {c.name: [m.start.value for m in c.markers] for c in view.clips() if c.markers}
    assert marked == {"sc01_sh030_anim.mov": [73], "sc01_sh010_anim": [73]}
    nested = [c for c in view.clips() if c.speed.refused]
    # clipitem-5, clipitem-18 and clipitem-20 hold the sequence.
    assert [(c.name, c.speed.refused) for c in nested] == [("sc01_sh010_anim", "this is a nested sequence")] * 3
    assert [c.name for c in view.clips() if c.see_through] == ["test_title"]
    # clipitem-12, -24 and -26 name each other.
    together = next(group for group in view.linked.values() if group[0].record == (1164, 1246))
    assert [(c.kind, c.channels) for c in together] == [("Video", ()), ("Audio", (0,)), ("Audio", (1,))]
    # The picture and the second channel of its sound begin on the same frame of the media.
    assert together[0].source_of(1164, 1165) == together[2].source_of(1164, 1165)


def test_what_is_no_cut_is_said(shared_timelines: Path) -> None:
    # This one holds nothing but a <filter>.
    with pytest.raises(CutError) as said:
        open_cut(shared_timelines / "xmeml" / "premiere_example_filter.xml")
    assert "<filter>" in said.value.what
    assert said.value.fix


# --- what lies where ------------------------------------------------------------------------------------------------


def pictures(view: View) -> list[Clip]:
    return [clip for clip in view.clips() if clip.kind == "Video"]


def test_clips_beside_a_dissolve_reach_to_its_far_end(tmp_path: Path) -> None:
    cut = x.write(
        tmp_path,
        x.sequence(
            x.track(
                x.clip("A", 0, -1, 10, 70, media=x.file("A", 1000)),
                x.dissolve(40, 60),
                x.clip("B", -1, 120, 5, 85, media=x.file("B", 2000)),
            )
        ),
    )
    one, other = pictures(cut.view)
    assert (one.record, one.overlap, one.lead, one.source.value) == ((0, 50), (0, 10), (0, 10), 1010)
    assert (other.record, other.overlap, other.lead) == ((50, 120), (10, 0), (10, 0))
    assert other.source.value == 2000 + 5 + 10
    assert (one.visible, other.visible) == ((0, 40), (60, 120))
    assert other.needed.first == 2005


@pytest.mark.parametrize(("alignment", "cut_at"), [("start-black", 40), ("end-black", 60), ("center", 50)])
def test_a_transition_lies_as_its_alignment_says(tmp_path: Path, alignment: str, cut_at: int) -> None:
    items = x.clip("A", 0, -1, 0, 60, media=x.file("A")), x.dissolve(40, 60, alignment)
    (clip,) = pictures(x.write(tmp_path, x.sequence(x.track(*items))).view)
    assert (clip.record, clip.overlap, clip.lead) == ((0, cut_at), (0, cut_at - 40), (0, 60 - cut_at))


def test_a_clip_that_says_too_little_is_left_alone_and_named(tmp_path: Path) -> None:
    lost = x.clip("B", -1, -1, 0, 10, media=x.file("B"))
    blind = x.clip("C", 50, 60, "", "", media=x.file("C"))
    view = x.write(tmp_path, x.sequence(x.track(x.clip("A", 0, 50, 0, 50, media=x.file("A")), lost, blind))).view
    assert [clip.name for clip in view.clips()] == ["A", "C"]
    assert [(r.clip, r.level) for r in view.remarks] == [("B", "warning")]
    assert "which frames" in pictures(view)[1].speed.refused


def test_the_first_sequence_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    one = x.sequence(x.track(x.clip("A", 0, 10, 0, 10, media=x.file("A"))), name="first")
    other = x.sequence(x.track(x.clip("B", 0, 10, 0, 10, media=x.file("B"))), name="second")
    project = f"<project><children><bin><children>{one}</children></bin>{other}</children></project>"
    view = x.write(tmp_path, project).view
    assert view.name == "first"
    assert [(r.clip, r.level) for r in view.remarks] == [("second", "note")]


def test_an_empty_sequence_gives_way_to_one_with_tracks(tmp_path: Path) -> None:
    empty = '<sequence id="e"><name>empty</name></sequence>'
    view = x.write(tmp_path, empty, x.sequence(x.track(x.clip("A", 0, 9, 0, 9, media=x.file("A"))), name="cut")).view
    assert view.name == "cut"


def test_a_file_may_be_given_after_its_first_use_or_elsewhere(tmp_path: Path) -> None:
    items = x.clip("A", 0, 10, 0, 10), x.clip("A", 10, 20, 3, 13, media=x.file("A", 500), ident="later")
    view = x.write(tmp_path, x.sequence(x.track(*items))).view
    assert [clip.source.value for clip in view.clips()] == [500, 503]
    master = f'<clip id="m">{x.file("B", 700)}</clip>'
    view = x.write(tmp_path, master, x.sequence(x.track(x.clip("B", 0, 10, 1, 11)))).view
    assert [clip.source.value for clip in view.clips()] == [701]


def test_disabled_is_said_of_clips_and_of_tracks(tmp_path: Path) -> None:
    off = x.clip("A", 0, 10, 0, 10, media=x.file("A"), enabled="FALSE")
    on = x.clip("B", 10, 20, 0, 10, media=x.file("B"))
    view = x.write(tmp_path, x.sequence(x.track(off, on), x.track(x.clip("C", 0, 9, 0, 9), enabled="FALSE"))).view
    assert [clip.enabled for clip in view.clips()] == [False, True, False]


def test_titles_generators_and_adjustment_layers_are_looked_through(tmp_path: Path) -> None:
    slug = '<file id="f-{0}"><name>{0}</name><mediaSource>{1}</mediaSource></file>'
    above = (
        x.clip("Graphic", 0, 10, 0, 10, media=slug.format("Graphic", "GraphicAndType")),
        x.clip("Adjustment Layer", 10, 20, 0, 10, media=slug.format("Slug", "Slug")),
        "<generatoritem><name>Text</name><start>20</start><end>30</end></generatoritem>",
        # Resolve's stand-in for media that is offline is no title: what lies below it is not what the editor marked.
        x.clip("A001.mov", 30, 40, 0, 10, media=slug.format("Slug", "Slug").replace("f-Slug", "f-Off")),
    )
    below = x.track(x.clip("A", 0, 100, 0, 100, media=x.file("A")))
    marks = "".join(x.marker("RETAKE: go", at) for at in (5, 15, 25, 35))
    cut = x.write(tmp_path, x.sequence(below, x.track(*above), markers=marks))
    assert [bool(c.see_through) for c in pictures(cut.view)] == [False, True, True, True, False]
    assert [r.clip.name for r in requests_of(cut).requests] == ["A", "A001.mov"]
    plan = plan_of(cut, Shelf(facts("A")))
    assert any("missing" in p.what for p in plan.blocking)


# --- rates and timecode -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "ntsc", "rate"),
    [
        ("24", "TRUE", Fraction(24000, 1001)),
        ("30", "TRUE", Fraction(30000, 1001)),
        ("60", "TRUE", Fraction(60000, 1001)),
        ("25", "FALSE", Fraction(25)),
        # Said of everything by some writers; there is no such rate.
        ("25", "TRUE", Fraction(25)),
        ("23.976", "FALSE", Fraction(24000, 1001)),
    ],
)
def test_rates_are_exact(tmp_path: Path, base: str, ntsc: str, rate: Fraction) -> None:
    said = x.sequence(x.track(x.clip("A", 0, 10, 0, 10, media=x.file("A"))))
    said = said.replace(x.rate(24), f"<rate><timebase>{base}</timebase><ntsc>{ntsc}</ntsc></rate>", 1)
    assert x.write(tmp_path, said).view.rate == rate


def test_drop_frame_is_as_the_file_says_even_from_zero(tmp_path: Path) -> None:
    video = Fraction(30000, 1001)
    for drop, label in ((True, "00:01:00;02"), (False, "00:01:00:00")):
        said = x.sequence(x.track(x.clip("A", 0, 9, 0, 9, media=x.file("A"))), value=video, drop=drop)
        assert x.write(tmp_path, said).view.timecode(1800) == label


def test_timecode_without_a_frame_number_is_read_as_resolve_writes_it(tmp_path: Path) -> None:
    """<string> only; "00:58:57;00" in drop-frame counting is frame 106004."""
    video = Fraction(30000, 1001)
    media = x.file("A", 106_004, value=video, drop=True).replace("<frame>106004</frame>", "")
    said = x.sequence(x.track(x.clip("A", 0, 10, 7, 17, media=media, unit=video)), value=video, more="<in>-1</in>")
    assert pictures(x.write(tmp_path, said).view)[0].source.value == 106_011
    media = media.replace("00:58:57;00", "00:58:57:00")
    said = x.sequence(x.track(x.clip("A", 0, 10, 7, 17, media=media, unit=video)), value=video)
    assert pictures(x.write(tmp_path, said).view)[0].source.value == 106_011


def test_a_clip_may_count_at_its_files_rate_or_at_the_sequences(tmp_path: Path) -> None:
    """100 frames of media at 24, from its frame 48, in a sequence at 25: 125 frames at 25 from 2 s on are the same."""
    media = x.file("A", 1000, 400, 24)
    own = x.clip("A", 0, 125, 48, 168, media=media, unit=24)
    sequences = x.clip("A", 0, 125, 50, 175, media=media, unit=25)
    for said in (own, sequences):
        (clip,) = pictures(x.write(tmp_path, x.sequence(x.track(said), value=25)).view)
        assert clip.source_of(0, 125).at(Fraction(24)) == (1048, 1168)
    # It says 24 and counts at 25: how long it lies in the cut tells.
    mistaken = x.clip("A", 0, 125, 50, 175, media=media, unit=24)
    (clip,) = pictures(x.write(tmp_path, x.sequence(x.track(mistaken), value=25)).view)
    assert clip.source_of(0, 125).at(Fraction(24)) == (1048, 1168)


def test_premieres_exact_place_counts_where_frames_of_the_sequence_cannot_say_it(tmp_path: Path) -> None:
    """Frame 49 at 24 is 51.04 at 25."""
    ticks = round(Fraction(49, 24) * x.TICKS)
    said = x.clip("A", 0, 50, 51, 101, media=x.file("A", 1000, 400, 24), unit=25, ticks=ticks)
    (clip,) = pictures(x.write(tmp_path, x.sequence(x.track(said), value=25)).view)
    assert clip.source.value == 1049


# --- speed ------------------------------------------------------------------------------------------------------------


def test_frames_of_a_retimed_clip_count_as_it_plays(tmp_path: Path) -> None:
    mark = x.marker("RETAKE: faster", 30, 36)
    said = x.clip("A", 0, 40, 25, 65, x.speed(200), mark, media=x.file("A", 1000))
    cut = x.write(tmp_path, x.sequence(x.track(said)))
    (clip,) = pictures(cut.view)
    assert (clip.speed.scalar, clip.source.value) == (2, 1050)
    (request,) = requests_of(cut).requests
    assert (request.region.first, request.region.end) == (1060, 1072)
    assert request.record == (5, 11)


def test_some_writers_count_the_source_of_a_retimed_clip(tmp_path: Path) -> None:
    mark = x.marker("RETAKE: faster", 60, 72)
    said = x.clip("A", 0, 40, 50, 130, x.speed(200), mark, media=x.file("A", 1000))
    cut = x.write(tmp_path, x.sequence(x.track(said)))
    assert pictures(cut.view)[0].source.value == 1050
    (request,) = requests_of(cut).requests
    assert (request.region.first, request.region.end) == (1060, 1072)


def test_the_speed_graph_says_which_frame_the_in_point_is(tmp_path: Path) -> None:
    """At 300 %, media frame 31 lies between frames 10 and 11 of the clip."""
    points = x.key(0, 1, "speedkfstart") + x.key(10, 31, "speedkfin") + x.key(30, -1815255671, "speedkfout")
    graph = x.parameter("graphdict", 0, points)
    said = x.clip("A", 0, 20, 10, 30, x.speed(300, graph), media=x.file("A", 1000))
    view = x.write(tmp_path, x.sequence(x.track(said))).view
    assert pictures(view)[0].source.value == 1031
    assert view.remarks == ()


@pytest.mark.parametrize(
    ("filters", "why"),
    [
        (x.speed(-100), "backwards"),
        (x.speed(100, x.parameter("reverse", "TRUE")), "backwards"),
        (x.speed(0), "freeze"),
        (x.speed(80, x.parameter("variablespeed", 1)), "varies"),
        ("<stillframe>TRUE</stillframe>", "freeze"),
        ("<multiclip><name>cam</name></multiclip>", "multicam"),
    ],
)
def test_what_cannot_be_served_is_refused_in_the_plan(tmp_path: Path, filters: str, why: str) -> None:
    said = x.clip("A", 0, 40, 20, 60, filters, x.marker("RETAKE: go", 30), media=x.file("A"))
    cut = x.write(tmp_path, x.sequence(x.track(said)))
    plan = plan_of(cut, Shelf(facts("A")))
    assert [why in p.what for p in plan.blocking] == [True]


def test_a_filter_that_is_off_changes_nothing(tmp_path: Path) -> None:
    off = x.effect("timeremap", x.parameter("speed", 200), head="<enabled>FALSE</enabled>")
    said = x.clip("A", 0, 40, 20, 60, off, media=x.file("A"))
    assert pictures(x.write(tmp_path, x.sequence(x.track(said))).view)[0].speed.scalar == 1


def test_a_length_that_fits_nothing_is_warned_of(tmp_path: Path) -> None:
    said = x.clip("A", 0, 40, 20, 90, media=x.file("A"))
    view = x.write(tmp_path, x.sequence(x.track(said), start=86400)).view
    assert [(r.timecode, r.clip, r.level) for r in view.remarks] == [("01:00:00:00", "A", "warning")]


def test_a_subclip_counts_from_its_own_start_and_it_is_said(tmp_path: Path) -> None:
    sub = "<subclipinfo><startoffset>200</startoffset><endoffset>0</endoffset></subclipinfo>"
    view = x.write(tmp_path, x.sequence(x.track(x.clip("A", 0, 9, 5, 14, sub, media=x.file("A", 1000))))).view
    assert pictures(view)[0].source.value == 1205
    assert "subclip" in view.remarks[0].what


# --- marks ------------------------------------------------------------------------------------------------------------


def test_one_mark_on_linked_picture_and_sound_is_one_request(tmp_path: Path) -> None:
    mark = x.marker("RETAKE: look up", 12, 24, note="slowly")
    ids = ("v1", "a1", "a2")
    channel = "<sourcetrack><mediatype>audio</mediatype><trackindex>{}</trackindex></sourcetrack>"
    picture = x.clip("A", 0, 48, 0, 48, mark, media=x.file("A", 86400), ident="v1", links=ids)
    sounds = tuple(
        x.track(x.clip("A", 0, 48, 0, 48, mark, channel.format(k), ident=f"a{k}", links=ids)) for k in (1, 2)
    )
    cut = x.write(tmp_path, x.sequence(x.track(picture), audio=sounds))
    (request,) = requests_of(cut).requests
    assert (request.region.first, request.region.end, request.mark.prompt) == (86412, 86424, "look up\nslowly")
    assert len(request.also) == 2
    assert [sound.clip.channels for sound in request.sounds] == [(0,), (1,)]


def test_marks_inside_a_nested_sequence_are_said_to_be_out_of_reach(tmp_path: Path) -> None:
    inner = x.sequence(x.track(x.clip("I", 0, 9, 0, 9, x.marker("RETAKE: inside", 3), media=x.file("I"))), name="inner")
    nested = "<clipitem id='n'><name>Nest</name><start>{}</start><end>{}</end><in>0</in><out>9</out>{}</clipitem>"
    items = nested.format(0, 9, inner), nested.format(9, 18, '<sequence id="s-inner"/>')
    cut = x.write(tmp_path, x.sequence(x.track(*items)))
    assert [p.what for p in plan_of(cut, Shelf()).blocking] == ["this is a nested sequence"]


@pytest.mark.parametrize(
    ("written", "name"),
    [(4281740498, "RED"), (4294741314, "BLUE"), (4289825711, "PURPLE"), (None, "")],
)
def test_premieres_colours_have_names(tmp_path: Path, written: int | None, name: str) -> None:
    mark = x.marker("", 3, colour=written)
    cut = x.write(tmp_path, x.sequence(x.track(x.clip("A", 0, 9, 0, 9, mark, media=x.file("A")))))
    assert pictures(cut.view)[0].markers[0].colour == name


def test_a_marker_without_a_colour_is_green_in_premiere(tmp_path: Path) -> None:
    said = x.sequence(x.track(x.clip("A", 0, 9, 0, 9, x.marker("", 3), media=x.file("A"))))
    said = said.replace("<sequence ", '<sequence MZ.EditLine="0" ')
    assert pictures(x.write(tmp_path, said).view)[0].markers[0].colour == "GREEN"


@pytest.mark.parametrize(
    "url",
    [
        "file://localhost/media/A.mov",
        "file:///media/A.mov",
        "file://localhost/D%3a/shots/A.mov",
        "file://localhost/C:/Users/x/[a] b+c/A.mov",
        "A.mov",
    ],
)
def test_paths_of_every_spelling_name_the_same_file(tmp_path: Path, url: str) -> None:
    said = x.clip("A", 0, 9, 0, 9, x.marker("RETAKE: go", 3), media=x.file("A", url=url))
    cut = x.write(tmp_path, x.sequence(x.track(said)))
    assert len(find_marks(cut.view).marks) == 1
    plan = plan_of(cut, Shelf(facts("A")))
    assert [item.written for item in plan.items] == [url]


def test_a_label_with_colons_is_read_as_the_cut_counts(tmp_path: Path) -> None:
    video = Fraction(30000, 1001)
    said = x.sequence(x.track(x.clip("A", 0, 9, 0, 9, media=x.file("A"))), value=video, start=107_892, drop=True)
    view = x.write(tmp_path, said).view
    assert view.frame_at("01:00:01:16") == view.frame_at("01:00:01;16") == 46
