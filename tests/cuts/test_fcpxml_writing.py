"""What is written into an .fcpxml file is valid by its own document type, and is nothing but additions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from otio_retake.cuts import Cut, Patched, open_cut
from otio_retake.cuts.model import Clip
from otio_retake.errors import CutError
from otio_retake.takes import Placement
from tests.conftest import SHARED
from tests.cuts.fcpxml_documents import Mark, Shot, fcpxml, written
from tests.cuts.placements import above, reference, sound

SAMPLES = Path(__file__).resolve().parents[2] / "sample_timelines"
CUTS = sorted(SAMPLES.glob("*.fcpxml"))
FILM = Fraction(24)
DTDS = SHARED / "reference" / "fcpxml-dtd"
INVALID = {"splicekit_transitions"}
"""Real files that are not valid by their own document type before anything is added."""


def faults(data: bytes) -> list[str]:
    """What is wrong by the document type of the file's own version."""
    if not DTDS.is_dir():
        pytest.skip(f"no document types at {DTDS}")
    root = etree.fromstring(data)
    rules = etree.DTD(str(DTDS / f"fcpxml-{root.get('version')}.dtd"))
    rules.validate(root)
    return [str(error) for error in rules.error_log]


def pictures(cut: Cut) -> list[Clip]:
    return [c for c in cut.view.clips() if c.kind == "Video" and c.media.kind == "file" and c.placed is None]


def every_way(cut: Cut) -> dict[str, list[Placement]]:
    clips = pictures(cut)
    beside = [clip for clip in clips if clip.beside]
    return {
        "two alternatives": [reference(clip, version) for clip in beside for version in (1, 2)],
        "the newest picked": [reference(c, v, activate=v == 2) for c in beside for v in (1, 2)],
        "above": [above(clip, version) for clip in clips for version in (1, 2)],
        "above, in use": [above(clip, 1, activate=True) for clip in clips],
        "sound": [sound(clip, version) for clip in clips for version in (1, 2)],
        "all": [p for c in clips for p in (reference(c) if c.beside else above(c), sound(c))],
    }


def again(cut: Cut, folder: Path, patched: Patched) -> Cut:
    """What was written, opened."""
    path = folder / f"again{len(list(folder.glob('again*')))}.fcpxml"
    cut.save(patched, path)
    return open_cut(path)


def check(cut: Cut, folder: Path) -> None:
    """Every way to place takes: additions only, valid if it was, placed once, and gone to the byte when dropped."""
    valid = cut.path.stem not in INVALID and not faults(cut.original)
    assert cut.apply([], folder).content == cut.original
    for way, placements in every_way(cut).items():
        patched = cut.apply(placements, folder)
        if not placements:
            continue
        assert patched.added, way
        assert not valid or not faults(patched.content), way
        assert _without_ours(patched.content) == _plain(etree.fromstring(cut.original)), way
        placed = again(cut, folder, patched)
        assert placed.apply(placements, folder).content == patched.content, way
        back = placed.drop({p.take.ident for p in placements})
        assert back.content == cut.original, way
        assert {ident for *_, ident in back.added} == {p.take.ident for p in placements}


def _without_ours(data: bytes) -> Any:
    """The document as a tree without anything of ours, auditions of ours taken away again."""
    root = etree.fromstring(data)
    for note in list(root.iter("note")):
        if (note.text or "").startswith("otio-retake v") and (holder := note.getparent()) is not None:
            holder.getparent().remove(holder)
    for asset in list(root.iter("asset", "format")):
        if asset.get("id").startswith("rtk"):
            asset.getparent().remove(asset)
    for audition in list(root.iter("audition")):
        if audition.getchildren() and isinstance(audition[0], etree._Comment):
            (kept,) = [child for child in audition if isinstance(child.tag, str)]
            for name in ("offset", "lane"):
                if audition.get(name) is not None:
                    kept.set(name, audition.get(name))
            audition.getparent().replace(audition, kept)
    return _plain(root)


def _plain(element: Any) -> Any:
    return (
        element.tag, dict(element.attrib), (element.text or "").strip(),
        [_plain(child) for child in element if isinstance(child.tag, str)],
    )  # fmt: skip


@pytest.mark.parametrize("path", CUTS, ids=lambda p: p.name)
def test_samples_take_takes(tmp_path: Path, path: Path) -> None:
    check(open_cut(path), tmp_path)


def test_real_files_take_takes(tmp_path: Path, shared_timelines: Path) -> None:
    for path in sorted((shared_timelines / "fcpxml").glob("*.fcpxml")):
        folder = tmp_path / path.stem
        folder.mkdir()
        check(open_cut(path), folder)


@pytest.mark.parametrize("version", ["1.8", "1.9", "1.10", "1.11", "1.12", "1.13", "1.14"])
def test_every_version_takes_takes(tmp_path: Path, version: str) -> None:
    shots = [Shot("A", 100, 60, FILM), Shot("B", 300, 48, Fraction(25), speed=Fraction(2))]
    cut = open_cut(written(tmp_path, "cut.fcpxml", fcpxml(shots, FILM, version=version)))
    assert not faults(cut.original)
    check(cut, tmp_path)


# Written as nobody would; what is not touched is still there to the byte.
_ODD = [
    ("", "", ""),
    (' offset="0s" name="A"', "\n   name = 'A &gt; \"B\" offset=\"9s\"'\n\toffset = '0s' ", ""),
    ("></asset-clip>", " />", "empty elements"),
    ("\n", "\r\n", "Windows"),
    ("\n", "", "one line"),
]


@pytest.mark.parametrize(("old", "new", "what"), _ODD)
def test_odd_ways_to_write_are_kept(tmp_path: Path, old: str, new: str, what: str) -> None:
    text = fcpxml([Shot("A", 100, 60, FILM), Shot("B", 300, 48, FILM)], FILM).replace(old or "\0", new)
    path = tmp_path / "cut.fcpxml"
    path.write_bytes(("\ufeff" if what == "Windows" else "").encode() + text.encode())
    cut = open_cut(path)
    assert len(pictures(cut)) == 2
    check(cut, tmp_path)


# --- the shapes ------------------------------------------------------------------------------------------------------


def element_of(patched: Patched, path: str) -> Any:
    (found,) = etree.fromstring(patched.content).xpath(path)
    return found


def test_an_audition_holds_the_original_first(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    clip = pictures(cut)[0]
    audition = element_of(cut.apply([reference(clip)], tmp_path), "//spine/audition[@offset='3600s']")
    original, take = audition.findall("asset-clip")
    assert dict(audition.attrib) == {"offset": "3600s"}
    assert original.get("ref") == "r10"
    assert take.get("ref") == "rtk1"
    for name in ("start", "duration", "format", "tcFormat", "audioRole"):
        assert take.get(name) == original.get(name)
    assert not {"offset", "lane"} & {*take.attrib, *original.attrib}
    # It looks like the original, but the marks stay with that.
    assert [child.tag for child in take] == ["note", "adjust-transform", "filter-video"]
    assert take.find("adjust-transform").get("scale") == "1.4 1.4"
    assert take.find("note").text == "otio-retake v001 take clip001 of order kkkkkkk"
    picked = element_of(cut.apply([reference(clip, activate=True)], tmp_path), "//spine/audition[@offset='3600s']")
    assert [child.get("ref") for child in picked.findall("asset-clip")] == ["rtk1", "r10"]


def test_an_audition_of_the_editors_gets_one_more(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    clip = next(c for c in pictures(cut) if "fish" in c.name)
    for activate, order in ((False, ["r14", "r15", "rtk1"]), (True, ["rtk1", "r14", "r15"])):
        patched = cut.apply([reference(clip, activate=activate)], tmp_path)
        audition = element_of(patched, "//audition")
        assert [child.get("ref") for child in audition] == order
        assert again(cut, tmp_path, patched).drop({"clip001"}).content == cut.original


def test_a_retimed_clip_has_a_take_on_the_same_line(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    clip = pictures(cut)[2]
    audition = element_of(cut.apply([reference(clip)], tmp_path), "//spine/audition[@offset='8655600/2400s']")
    original, take = audition.findall("asset-clip")
    assert etree.tostring(take.find("timeMap")).split() == etree.tostring(original.find("timeMap")).split()
    assert take.get("start") == original.get("start")


def test_above_looks_like_below(tmp_path: Path) -> None:
    """On the synchronized clip, which no audition takes without its sound: cropped as it is, switched off, silent."""
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    clip = pictures(cut)[1]
    take = element_of(cut.apply([above(clip)], tmp_path), "//sync-clip/asset-clip[@lane='2']")
    # Record frame 74 of the clip that begins at 72 with frame 36 of media from 02:00:00:00.
    assert take.get("offset") == take.get("start") == f"{(172_800 + 38) * 100}/2400s"
    assert take.get("duration") == "1200/2400s"
    assert (take.get("enabled"), take.get("srcEnable")) == ("0", "video")
    assert take.find("adjust-crop/trim-rect").get("left") == "12.5"


def test_above_a_multicam_has_the_look_of_its_angle(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    clip = next(c for c in pictures(cut) if c.name == "Harbour and tank")
    take = element_of(cut.apply([above(clip)], tmp_path), "//mc-clip/asset-clip")
    # Frame 52 of the angle, which is frame 52 of the fish, from 03:00:00:00.
    assert (take.get("offset"), take.get("start")) == ("5200/2400s", f"{(259_200 + 52) * 100}/2400s")
    assert take.find("adjust-transform").get("scale") == "1.2 1.2"


def test_keyframes_move_with_the_time_of_what_holds_them(tmp_path: Path) -> None:
    """A clip whose own time is not its media's: what is animated in it stands where the picture is."""
    text = fcpxml([Shot("A", 0, 48, FILM, 86_400)], FILM)
    head, spine, story = text.partition("<spine>")
    inside = (
        '<clip offset="0s" name="A" start="10s" duration="2s"><adjust-transform><param name="position">'
        '<keyframeAnimation><keyframe time="11s" value="0 0"/></keyframeAnimation></param></adjust-transform>'
        '<video ref="r2" offset="10s" start="3601s" duration="2s"/></clip>'
    )
    path = written(tmp_path, "cut.fcpxml", head + spine + inside + "</spine>" + story.partition("</spine>")[2])
    cut = open_cut(path)
    (clip,) = pictures(cut)
    assert clip.source.value == 86_424
    patched = cut.apply([reference(clip), above(clip)], tmp_path)
    for take in etree.fromstring(patched.content).xpath("//asset-clip[starts-with(@ref, 'rtk')]"):
        # Half way through the clip, at second 3602 of the media.
        assert take.find(".//keyframe").get("time") == "3602s"
    assert not faults(patched.content)


def test_a_lane_above_all_others_and_one_for_each_that_overlaps(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    clip = pictures(cut)[1]
    patched = cut.apply([above(clip, 1), above(clip, 2), above(clip, 3, first=30)], tmp_path)
    takes = etree.fromstring(patched.content).xpath("//sync-clip/asset-clip[starts-with(@ref, 'rtk')]")
    assert [(t.get("lane"), t.find("note").text.split()[1]) for t in takes] == [
        ("2", "v001"), ("2", "v003"), ("3", "v002"),
    ]  # fmt: skip
    assert [track for _, track, _ in patched.added] == ["Retakes", "Retakes", "Retakes 2"]


def test_sound_is_connected_below_and_switched_off(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    clip = pictures(cut)[0]
    patched = cut.apply([sound(clip)], tmp_path)
    take = element_of(patched, "//asset-clip[@lane='-1'][starts-with(@ref, 'rtk')]")
    assert (take.get("enabled"), take.get("audioRole"), take.get("duration")) == ("0", "dialogue", "1200/2400s")
    # Two frames into a clip whose own time begins at 3601 s.
    assert take.get("offset") == "8642600/2400s"


def test_sound_stays_whichever_alternative_is_picked(tmp_path: Path) -> None:
    """What is connected to an alternative goes with it: a take of sound stands at each of them."""
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    clip = pictures(cut)[0]
    placements = [reference(clip), sound(clip)]
    placed = again(cut, tmp_path, cut.apply(placements, tmp_path))
    picked = again(cut, tmp_path, placed.activate(clip.address, "retake.v001"))
    for one in (placed, picked):
        (found,) = [c for c in one.view.clips() if c.kind == "Audio" and c.placed is not None]
        assert (found.record, found.enabled) == ((2, 14), False)
        assert one.drop({"clip001", "sound001"}).content == cut.original
    left = again(cut, tmp_path, picked.drop({"clip001"}))
    assert left.original == cut.apply([sound(clip)], tmp_path).content
    assert left.drop({"sound001"}).content == cut.original


def test_files_are_named_as_the_cut_names_its_own(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    placed = reference(pictures(cut)[0])
    path = tmp_path / "Tag 3" / "A001_rtk0a1b2c3_v001.mov"
    moved = replace(placed, take=replace(placed.take, path=path))
    source = element_of(cut.apply([moved], tmp_path), "//asset[@id='rtk1']/media-rep").get("src")
    assert source == path.as_uri()
    assert "%20" in source


def test_one_file_is_one_asset_and_ids_are_free(tmp_path: Path) -> None:
    text = fcpxml([Shot("A", 100, 60, FILM), Shot("A", 200, 60, FILM)], FILM, extra='<effect id="rtk1" uid="x"/>')
    cut = open_cut(written(tmp_path, "cut.fcpxml", text))
    patched = cut.apply([reference(clip) for clip in pictures(cut)], tmp_path)
    assert etree.fromstring(patched.content).xpath("//asset-clip/@ref[starts-with(., 'rtk')]") == ["rtk2", "rtk2"]


def test_a_picture_of_another_size_has_a_format_of_its_own(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    placed = reference(pictures(cut)[0])
    spec = replace(placed.take.spec, made_as=("changed", "auto", "native", "as it came"))
    patched = cut.apply([replace(placed, take=replace(placed.take, spec=spec))], tmp_path)
    take = element_of(patched, "//asset-clip[starts-with(@ref, 'rtk')]")
    asset = element_of(patched, f"//asset[@id='{take.get('ref')}']")
    assert take.get("format") == asset.get("format") != "r2"
    assert element_of(patched, f"//format[@id='{asset.get('format')}']").get("frameDuration") == "100/2400s"
    assert not faults(patched.content)
    assert again(cut, tmp_path, patched).drop({"clip001"}).content == cut.original


# --- the way back ----------------------------------------------------------------------------------------------------


def test_picking_and_the_original_again(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    address = pictures(cut)[0].address
    placed = again(cut, tmp_path, cut.apply([reference(pictures(cut)[0], v) for v in (1, 2)], tmp_path))
    picked = again(cut, tmp_path, placed.activate(address, "retake.v002"))
    clip = picked.view.clip_at(address)
    assert (clip.active, clip.media.url.rpartition("/")[2]) == ("retake.v002", "A001_C003_harbour.mp4")
    assert [take.key for take in clip.takes] == ["retake.v002", "retake.v001"]
    assert not faults(picked.original)
    back = again(cut, tmp_path, picked.activate(address, clip.media.key))
    assert back.view.clip_at(address).active == clip.media.key
    for one in (placed, picked, back):
        assert one.drop({"clip001", "clip002"}).content == cut.original
    with pytest.raises(CutError, match=r"retake\.v009"):
        placed.activate(address, "retake.v009")


def test_one_take_above_is_in_use_at_a_time(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    below = pictures(cut)[1]
    placed = again(cut, tmp_path, cut.apply([above(below, v) for v in (1, 2)], tmp_path))

    def used(cut: Cut) -> list[str]:
        return [c.media.key for c in cut.view.clips() if c.placed is not None and c.enabled]

    takes = {c.media.key: c.address for c in placed.view.clips() if c.placed is not None}
    first = again(cut, tmp_path, placed.activate(takes["retake.v001"], "retake.v001"))
    assert used(first) == ["retake.v001"]
    second = again(cut, tmp_path, first.activate(takes["retake.v002"], "retake.v002"))
    assert used(second) == ["retake.v002"]
    none = again(cut, tmp_path, second.activate(below.address, below.media.key))
    assert used(none) == []
    # A take that lies there is switched on where a newer run asks for it, not laid twice.
    asked = again(cut, tmp_path, placed.apply([above(below, 2, activate=True)], tmp_path))
    assert used(asked) == ["retake.v002"]


def test_dropping_one_of_two(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    clip = pictures(cut)[0]
    both = again(cut, tmp_path, cut.apply([reference(clip, 1), reference(clip, 2, activate=True)], tmp_path))
    assert both.drop({"clip002"}).content == cut.apply([reference(clip, 1)], tmp_path).content
    left = again(cut, tmp_path, both.drop({"clip001"}))
    assert [take.key for take in left.view.clip_at(clip.address).takes] == ["retake.v002"]


def test_what_an_editor_connected_to_a_take_is_not_taken_away(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    placed = again(cut, tmp_path, cut.apply([reference(pictures(cut)[0], activate=True)], tmp_path))
    title = '<title ref="r21" lane="1" offset="3601s" name="Basic Title" start="3600s" duration="1s"/>'
    text = placed.original.decode().replace(
        "</note><adjust-transform", f"</note><adjust-transform scale='2 2'/>{title}<x", 1
    )
    text = text.replace('<x position="4 -2" scale="1.4 1.4"/>', "")
    busy = open_cut(written(tmp_path, "busy.fcpxml", text))
    dropped = busy.drop({"clip001"})
    assert dropped.content == busy.original
    assert "connected" in dropped.losses.left_out[0]


def test_a_take_that_is_all_a_clip_has_stays(tmp_path: Path) -> None:
    """As after Finalize Audition."""
    cut = open_cut(SAMPLES / "final_cut_24.fcpxml")
    placed = cut.apply([reference(pictures(cut)[0], activate=True)], tmp_path)
    root = etree.fromstring(placed.content)
    audition = root.xpath("//spine/audition[@offset='3600s']")[0]
    take = audition.find("asset-clip")
    take.set("offset", audition.get("offset"))
    audition.getparent().replace(audition, take)
    alone = open_cut(written(tmp_path, "alone.fcpxml", etree.tostring(root).decode()))
    clip = next(alone.view.clips())
    assert clip.media.ours is not None
    assert clip.placed is None
    dropped = alone.drop({"clip001"})
    assert (dropped.added, dropped.content) == ((), alone.original)
    assert "all that the clip has" in dropped.losses.left_out[0]


# --- marks -----------------------------------------------------------------------------------------------------------


def test_marks_get_their_state(tmp_path: Path) -> None:
    shots = [
        Shot(
            "A",
            100,
            60,
            FILM,
            marks=(Mark("RETAKE: to do", 110), Mark("RETAKE: plain", 120), Mark("RETAKE: k", 130, 5)),
        ),
        Shot("B", 100, 60, FILM, marks=(Mark('RETAKE: a completed="0" b', 110),)),
    ]
    text = fcpxml(shots, FILM).replace('value="RETAKE: to do"', 'value="RETAKE: to do" completed="0"')
    cut = open_cut(written(tmp_path, "cut.fcpxml", text))
    marks = {m.name: m for c in cut.view.clips() for m in c.markers}
    states = dict.fromkeys(marks.values(), "done")
    patched = cut.write_marks(states)  # type: ignore[arg-type]
    assert not faults(patched.content)
    root = etree.fromstring(patched.content)
    assert [m.get("completed") for m in root.iter("marker")] == ["1", "1", "1"]
    assert "2 markers became" in patched.losses.warnings[0]
    assert "keyword" in patched.losses.left_out[0]
    # Back again, only what is a to-do already is touched.
    done = open_cut(written(tmp_path, "done.fcpxml", patched.content.decode()))
    marks = {m.name: m for c in done.view.clips() for m in c.markers}
    reopened = done.write_marks({marks["RETAKE: to do"]: "failed", marks["RETAKE: plain"]: "waiting"})
    assert [m.get("completed") for m in etree.fromstring(reopened.content).iter("marker")] == ["0", "1", "1"]
    assert cut.write_marks({next(iter(states)): "waiting"}).content == cut.original
