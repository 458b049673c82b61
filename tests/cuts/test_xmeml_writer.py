"""Takes in FCP 7 XML are additions: clips on tracks of their own, with the frames and the look of what is below."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from otio_retake.cuts import Cut, Patched, open_cut
from otio_retake.cuts.model import Clip
from tests.cuts import xmeml as x
from tests.cuts.placements import above, reference, sound, take


def pictures(cut: Cut) -> list[Clip]:
    return [clip for clip in cut.view.clips() if clip.kind == "Video" and clip.media.kind == "file"]


def ours(cut: Cut) -> list[Clip]:
    return [clip for clip in cut.view.clips() if clip.placed is not None]


def element(patched: Patched, ident: str) -> ET.Element:
    found = [e for e in ET.fromstring(patched.content).iter("clipitem") if e.get("id", "").startswith(ident)]
    assert len(found) == 1
    return found[0]


def said(item: ET.Element, name: str) -> str:
    return item.findtext(name) or ""


def shown(clip: Clip) -> Iterator[Fraction]:
    """The frames of the clip's file, from 0, one for each record frame that it lies over."""
    assert clip.media.start is not None
    rate = clip.media.start.exact_rate
    for at in range(int(clip.record[0]), int(clip.record[1])):
        yield clip.source_of(at, at).at(rate)[0] - clip.media.start.at(rate)


def only_additions(before: bytes, after: bytes) -> None:
    """Every line of the one is in the other, in order; and taking out what is new leaves the one, byte for byte."""
    old, new = before.splitlines(keepends=True), iter(after.splitlines(keepends=True))
    assert all(any(line == wanted for line in new) for wanted in old)


# --- documents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["sample", "premiere_example.xml", "premiere_enable_property.xml", "hiero_xml_export.xml"]
)
def test_only_additions_and_all_of_them_come_out_again(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = x.SAMPLE if name == "sample" else request.getfixturevalue("shared_timelines") / "xmeml" / name
    cut = open_cut(path)
    clips = pictures(cut)
    # The same take may stand over several uses of its media, so each clip has its own here.
    placements = [above(clip, k) for k, clip in enumerate(clips, 1)] + [
        above(clip, k) for k, clip in enumerate(clips, 101)
    ]
    placements.append(sound(clips[0], 201))
    patched = cut.apply(placements, tmp_path)
    assert len(patched.added) == len(placements)
    only_additions(cut.original, patched.content)
    out = tmp_path / "out.xml"
    cut.save(patched, out)
    assert path.read_bytes() == cut.original, "the cut that was read is never written to"
    reread = open_cut(out)
    assert len(ours(reread)) == len(placements)
    assert not any(clip.enabled for clip in ours(reread))
    before = [(c.name, c.record, c.source, c.enabled) for c in cut.view.clips()]
    assert [(c.name, c.record, c.source, c.enabled) for c in reread.view.clips() if c.placed is None] == before
    # Placing again adds nothing; dropping what was placed gives the bytes of the beginning.
    assert reread.apply(placements, tmp_path).content == patched.content
    dropped = reread.drop({p.take.ident for p in placements})
    assert dropped.content == cut.original
    assert len(dropped.added) == len(placements)
    assert reread.drop({placements[0].take.ident}).content != patched.content


def test_ids_are_unique_and_files_are_given_once(tmp_path: Path) -> None:
    cut = x.sample(tmp_path)
    clips = pictures(cut)
    # One take over two uses of the same media.
    patched = cut.apply([above(clip, 1) for clip in clips], tmp_path)
    root = ET.fromstring(patched.content)
    for name in ("clipitem", "sequence"):
        idents = [e.get("id") for e in root.iter(name)]
        assert len(idents) == len(set(idents))
    given = [e.get("id") for e in root.iter("file") if len(e)]
    assert len(given) == len(set(given))
    assert {e.get("id") for e in root.iter("file")} == set(given)


def test_opentimelineio_sees_the_new_track(tmp_path: Path) -> None:
    if "fcp_xml" not in otio.adapters.available_adapter_names():
        pytest.skip("otio-fcp-adapter is not installed")
    cut = x.sample(tmp_path)
    patched = cut.apply([above(clip, k) for k, clip in enumerate(pictures(cut), 1)], tmp_path)
    before, after = (otio.adapters.read_from_string(text, "fcp_xml") for text in (cut.original.decode(), patched.text))
    assert len(after.video_tracks()) == len(before.video_tracks()) + 1
    names = [clip.name for clip in after.video_tracks()[-1].find_clips()]
    assert names == [take(k).name for k in (1, 2, 3)]


def test_an_empty_document_around_the_tracks_stays_as_it_is(tmp_path: Path) -> None:
    """Windows line ends, a byte order mark, odd white space, a comment, everything on one line."""
    text = x.document(x.sequence(x.track(x.clip("A", 0, 48, 0, 48, media=x.file("A")))))
    odd = text.replace("<media>", "<media ><!-- a > b --><![CDATA[ ]]>").replace("\n", "\r\n")
    for content in (odd.encode("utf-8-sig"), text.replace("\n", "").encode()):
        path = tmp_path / "odd.xml"
        path.write_bytes(content)
        cut = open_cut(path)
        patched = cut.apply([above(pictures(cut)[0], 1)], tmp_path)
        again = x.again(cut, patched.content)
        assert len(ours(again)) == 1
        assert again.drop({"region001"}).content == content


# --- what a take is written as ----------------------------------------------------------------------------------------


def test_a_take_is_off_unless_asked_and_says_what_it_is(tmp_path: Path) -> None:
    cut = x.sample(tmp_path)
    clip = pictures(cut)[0]
    for activate, enabled in ((False, "FALSE"), (True, "TRUE")):
        patched = cut.apply([above(clip, 7, activate=activate)], tmp_path)
        item = element(patched, "retake-")
        made = take(7, kind="region")
        assert (said(item, "enabled"), said(item, "name")) == (enabled, made.name)
        line = f"otio-retake v007 take {made.ident} of order kkkkkkk"
        places = ("logginginfo/lognote", "comments/mastercomment1", "marker/comment")
        assert [said(item, place) for place in places] == [line] * 3
        assert said(item, "labels/label2") not in ("", "Iris")
        assert said(item, "file/pathurl") == "file://localhost/takes/A001_rtkabcdefg_v007.mov"
        (found,) = ours(x.again(cut, patched.content, f"{enabled}.xml"))
        assert (found.placed or {})["take"] == made.ident
        assert found.media.key == made.key


def test_any_one_of_the_three_lines_is_enough(tmp_path: Path) -> None:
    cut = x.sample(tmp_path)
    patched = cut.apply([above(pictures(cut)[0], 1)], tmp_path)
    line = b"otio-retake v001 take region001 of order kkkkkkk"
    assert patched.content.count(line) == 3
    parts = patched.content.split(line)
    for kept in range(3):
        content = b"".join(part + (line if k == kept else b"") for k, part in enumerate(parts))
        assert len(ours(x.again(cut, content))) == 1


def test_a_take_that_an_editor_stripped_is_known_by_its_file(tmp_path: Path) -> None:
    cut = x.sample(tmp_path)
    placement = above(pictures(cut)[0], 1)
    content = cut.apply([placement], tmp_path).content.replace(b"otio-retake v001 take", b"")
    stripped = x.again(cut, content)
    assert ours(stripped) == []
    assert stripped.apply([placement], tmp_path).added == ()


def test_its_file_has_the_takes_rate_timecode_and_the_pictures_shape(tmp_path: Path) -> None:
    cut = x.sample(tmp_path)
    video = Fraction(30000, 1001)
    placement = above(pictures(cut)[0], 1)
    spec = replace(placement.take.spec, timecode="00:58:57;20", rate=video)
    patched = cut.apply([replace(placement, take=replace(placement.take, spec=spec))], tmp_path)
    file = element(patched, "retake-").find("file")
    assert file is not None
    assert (said(file, "rate/timebase"), said(file, "rate/ntsc")) == ("30", "TRUE")
    # 00:58:57;00 is frame 106004 in drop-frame counting.
    where = [said(file, f"timecode/{n}") for n in ("string", "frame", "displayformat")]
    assert where == ["00:58:57;20", "106024", "DF"]
    shape = file.find("media/video/samplecharacteristics")
    assert shape is not None
    assert (said(shape, "width"), said(shape, "height")) == ("480", "270")
    assert said(file, "duration") == str(placement.available[1])


def test_a_take_of_its_services_size_is_warned_of(tmp_path: Path) -> None:
    cut = x.sample(tmp_path)
    placement = above(pictures(cut)[0], 1)
    spec = replace(placement.take.spec, made_as=("changed", "auto", "native", "match"))
    patched = cut.apply([replace(placement, take=replace(placement.take, spec=spec))], tmp_path)
    assert any("size" in warning for warning in patched.losses.warnings)
    assert (
        b"<width>480</width>" not in patched.content.partition(b'MZ.TrackName="Retakes"')[2].partition(b"</track>")[0]
    )


# --- the same frames --------------------------------------------------------------------------------------------------


def test_every_frame_of_a_take_lies_over_the_frame_that_it_replaces(tmp_path: Path) -> None:
    """A take whose file begins at frame k of the media shows frame n - k where the clip below shows frame n."""
    cut = x.sample(tmp_path)
    for number, lower in enumerate(pictures(cut)):
        placement = above(lower, number + 1)
        again = x.again(cut, cut.apply([placement], tmp_path).content, f"{number}.xml")
        (found,) = ours(again)
        assert found.record == placement.record
        assert lower.media.start is not None
        begins = placement.available[0] - Fraction(lower.media.start.value)
        wanted = [
            lower.source_of(at, at).first - Fraction(lower.media.start.value) - begins
            for at in range(int(found.record[0]), int(found.record[1]))
        ]
        assert list(shown(found)) == wanted


@pytest.mark.parametrize("percent", [200, 300, 50, 80])
@pytest.mark.parametrize("odd", [0, 1])
@pytest.mark.parametrize("graph", [False, True])
def test_a_retimed_take_begins_on_its_frame_even_between_two_of_the_clip(
    tmp_path: Path, percent: int, odd: int, graph: bool
) -> None:
    """At 200 % the take's file may begin an odd number of frames before the frame that is wanted first."""
    first = 60
    curve = x.parameter("graphdict", 0, x.key(first, first * percent // 100, "speedkfin"))
    filters = x.speed(percent, *([curve] if graph else []))
    cut = x.write(tmp_path, x.sequence(x.track(x.clip("A", 0, 40, first, 100, filters, media=x.file("A", 1000, 2400)))))
    (lower,) = pictures(cut)
    placement = above(lower, 1, first=5, length=20)
    start, length = placement.available
    placement = replace(placement, available=(start - odd, length + 1))
    patched = cut.apply([placement], tmp_path)
    (found,) = ours(x.again(cut, patched.content))
    assert found.speed.scalar == Fraction(percent, 100)
    assert next(shown(found)) == placement.source - placement.available[0]
    between = (placement.source - placement.available[0]) / found.speed.scalar % 1 != 0
    assert bool(patched.losses.warnings) == bool(between)


def test_a_take_between_two_frames_of_the_cut_is_said(tmp_path: Path) -> None:
    """Media at 24 in 25: the file of the take begins on no frame of the sequence."""
    said_ = x.clip("A", 0, 100, 0, 96, media=x.file("A", 1000, 2400, 24), unit=24)
    cut = x.write(tmp_path, x.sequence(x.track(said_), value=25))
    placement = above(pictures(cut)[0], 1)
    placement = replace(placement, available=(Fraction(math.floor(placement.available[0])), Fraction(60)))
    patched = cut.apply([placement], tmp_path)
    (found,) = ours(x.again(cut, patched.content))
    assert abs(next(shown(found)) - (placement.source - placement.available[0])) <= Fraction(1, 2)
    assert len(patched.losses.warnings) == 1
    assert "00:00:00:02" in patched.losses.warnings[0]


# --- the same look ----------------------------------------------------------------------------------------------------


def keys(item: ET.Element, ident: str) -> list[tuple[str, str]]:
    for found in item.iter("parameter"):
        if found.findtext("parameterid") == ident:
            return [(said(key, "when"), said(key, "value")) for key in found.iter("keyframe")]
    return []


def test_filters_come_from_the_clip_below_with_keyframes_on_the_same_record_frames(tmp_path: Path) -> None:
    cut = x.sample(tmp_path)
    punched, doubled, cropped = pictures(cut)
    items = [element(cut.apply([above(clip, 1, first=2)], tmp_path), "retake-") for clip in (punched, doubled, cropped)]
    names = [[e.text for e in item.iterfind("filter/effect/name")] for item in items]
    assert names == [["Basic Motion"], ["Time Remap"], ["Crop", "Opacity"]]
    # The push goes from frame 20, the clip's first, to 80. The take's frame 24 lies over the clip's third, so they are
    # 22 and 82; its file has 60 frames, and 38 of 60 frames into the push is 139.
    assert int(said(items[0], "in")) == 24
    assert keys(items[0], "scale") == [("22", "120"), ("60", "139")]
    assert keys(items[2], "opacity") == [("22", "0"), ("34", "100")]
    # At 200 % two frames into the clip are four of the media; 24 frames of handles are 12 of the clip.
    assert said(items[1], "in") == "12"
    assert keys(items[1], "graphdict")[1] == ("12", "24")
    assert [said(p, "value") for p in items[2].iterfind("filter/effect/parameter")][:2] == ["10", "5"]


def test_keyframes_before_the_takes_file_begins_are_put_on_its_first_frame(tmp_path: Path) -> None:
    """From 100 % at frame 0 to 200 at 100, straight: at frame 60, where the file begins, it is 160."""
    push = x.effect("basic", x.parameter("scale", 100, x.key(0, 100) + x.key(100, 200)))
    spot = x.effect("other", x.parameter("x", 0, x.key(0, 5) + x.key(10, 6)))
    cut = x.write(tmp_path, x.sequence(x.track(x.clip("A", 0, 200, 0, 200, push, spot, media=x.file("A")))))
    item = element(cut.apply([above(pictures(cut)[0], 1, first=84)], tmp_path), "retake-")
    assert keys(item, "scale") == [("0", "160"), ("40", "200")]
    assert keys(item, "x") == [("0", "6")]


def test_what_cannot_be_copied_is_named_with_its_place(tmp_path: Path) -> None:
    own = "<parameter><IsTimeVarying>true</IsTimeVarying></parameter>"
    own = f"<filter><effect><name>Lumetri</name>{own}</effect></filter>"
    strange = "<pproextra>1</pproextra>"
    cut = x.write(tmp_path, x.sequence(x.track(x.clip("A", 0, 99, 0, 99, own, strange, media=x.file("A")))))
    losses = cut.apply([above(pictures(cut)[0], 1)], tmp_path).losses
    assert [("Lumetri" in w, "00:00:00:02" in w) for w in losses.warnings] == [(True, True)]
    assert ["pproextra" in what for what in losses.left_out] == [True]


def test_filters_that_last_as_long_as_the_clip_do_so_on_the_take(tmp_path: Path) -> None:
    heads = ("<start>0</start><end>240</end>", "<start>-1</start><end>-1</end>", "<start>30</start><end>40</end>")
    filters = [x.effect(f"e{k}", x.parameter("x", 1), head=head) for k, head in enumerate(heads)]
    cut = x.write(tmp_path, x.sequence(x.track(x.clip("A", 0, 99, 0, 99, *filters, media=x.file("A")))))
    # The clip's frame 26 is the take's frame 24: everything lies 2 frames earlier.
    item = element(cut.apply([above(pictures(cut)[0], 1, first=26)], tmp_path), "retake-")
    length = said(item, "duration")
    assert [(said(f, "start"), said(f, "end")) for f in item.iterfind("filter")] == [
        ("0", length), ("-1", "-1"), ("28", "38"),
    ]  # fmt: skip


# --- tracks -----------------------------------------------------------------------------------------------------------


def test_takes_share_a_track_where_they_do_not_overlap(tmp_path: Path) -> None:
    clips = (x.clip("A", 0, 48, 0, 48, media=x.file("A")), x.clip("B", 48, 96, 0, 48, media=x.file("B")))
    cut = x.write(tmp_path, x.sequence(x.track(*clips)))
    one, other = pictures(cut)
    patched = cut.apply([above(one, 1), above(one, 2), above(other, 3)], tmp_path)
    again = x.again(cut, patched.content)
    laid = {(c.track_name, c.name[-4:]) for c in ours(again)}
    assert laid == {("Retakes", "v001"), ("Retakes 2", "v002"), ("Retakes", "v003")}
    assert [track for _, track, _ in patched.added] == ["Retakes", "Retakes", "Retakes 2"]
    more = x.again(cut, again.apply([above(one, 4)], tmp_path).content, "more.xml")
    assert {c.track_name for c in ours(more)} == {"Retakes", "Retakes 2", "Retakes 3"}


def test_hieros_tracks_are_named_as_its_others_are(tmp_path: Path) -> None:
    said_ = x.sequence(x.track("<name>Video 1</name>", x.clip("A", 0, 48, 0, 48, media=x.file("A"))))
    cut = x.write(tmp_path, said_)
    assert b"<name>Retakes</name>" in cut.apply([above(pictures(cut)[0], 1)], tmp_path).content


@pytest.mark.parametrize("audio", ["<audio>\n</audio>", "<audio/>", "", "<audio>\n\t<format></format>\n</audio>"])
def test_sound_gets_a_track_where_there_is_none(tmp_path: Path, audio: str) -> None:
    text = x.sequence(x.track(x.clip("A", 0, 48, 0, 48, media=x.file("A")))).replace("<audio>\n</audio>", audio)
    cut = x.write(tmp_path, text)
    patched = cut.apply([sound(pictures(cut)[0])], tmp_path)
    (found,) = ours(x.again(cut, patched.content))
    assert (found.kind, found.enabled, found.record) == ("Audio", False, (2, 14))
    # The wave begins ten frames before what is heard first.
    assert next(shown(found)) == 10


def test_sound_has_a_clip_for_each_channel_that_are_one_take(tmp_path: Path) -> None:
    wave = tmp_path / "A001_rtkabcdefg_v001.wav"
    head = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x80\xbb\0\0\0\0\0\0\x06\0\x18\0data\0\0\0\0"
    wave.write_bytes(head)
    cut = x.sample(tmp_path)
    placement = sound(pictures(cut)[0])
    placement = replace(placement, take=replace(placement.take, path=wave))
    again = x.again(cut, cut.apply([placement], tmp_path).content)
    left, right = ours(again)
    assert (left.channels, right.channels, left.link == right.link != "") == ((0,), (1,), True)
    both = again.activate(left.address, left.media.key)
    assert [c.enabled for c in ours(x.again(cut, both.content, "both.xml"))] == [True, True]
    assert again.drop({placement.take.ident}).content == cut.original


def test_what_has_no_place_is_left_out_and_named(tmp_path: Path) -> None:
    cut = x.sample(tmp_path)
    patched = cut.apply([reference(pictures(cut)[0])], tmp_path)
    assert patched.content == cut.original
    assert len(patched.losses.left_out) == 1


def test_a_moved_cut_names_media_that_it_would_not_find(tmp_path: Path) -> None:
    cut = x.write(tmp_path, x.sequence(x.track(x.clip("A", 0, 9, 0, 9, media=x.file("A", url="A.mov")))))
    assert cut.apply([], tmp_path).losses.warnings == []
    assert cut.apply([], tmp_path / "elsewhere").losses.warnings
