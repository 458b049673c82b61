"""The list of the takes: right frames, readable by others, and the cut's own list untouched."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from otio_retake.cuts import Cut, open_cut
from otio_retake.cuts.edl_cut import EdlCut
from otio_retake.cuts.model import Clip
from otio_retake.errors import CutError
from otio_retake.takes import Placement
from tests.cuts.edit_lists import HEAD, clips, edl
from tests.cuts.placements import above, sound

SAMPLES = Path(__file__).resolve().parents[2] / "sample_timelines"
LISTS = ("avid_24.edl", "resolve_2997df.edl")

PLAIN = """\
001  A001     V     C        01:00:00:00 01:00:04:00 01:00:00:00 01:00:04:00
* FROM CLIP NAME: one.mov
002  A002     V     C        02:00:00:00 02:00:02:00 01:00:04:00 01:00:08:00
M2   A002           012.0                02:00:00:00
* FROM CLIP NAME: two.mov
* EFFECT NAME: CROP
* ASC_SAT 0.5
"""


def named(placement: Placement, name: str) -> Placement:
    """A placement whose take has that name."""
    take = replace(placement.take, path=placement.take.path.with_stem(name), ident=name.replace("_", "").lower())
    return replace(placement, take=take)


def placed(clip: Clip, number: int, version: int = 1, **more: Any) -> Placement:
    return named(above(clip, version, **more), f"A001_rtk{number:07x}_v{version:03}")


def reread(folder: Path, cut: Cut, placements: list[Placement], name: str = "out.edl") -> EdlCut:
    cut.save(cut.apply(placements, folder), folder / name)
    made = open_cut(folder / name, edl_rate=str(float(cut.view.rate)))
    assert isinstance(made, EdlCut)
    return made


def lines_of(cut: EdlCut) -> list[str]:
    return cut.original.decode().splitlines()


def as_otio(path: Path, rate: Fraction) -> Any:
    return otio.adapters.read_from_file(
        str(path), "cmx_3600", rate=otio.opentime.RationalTime.nearest_valid_timecode_rate(float(rate))
    )


@pytest.mark.parametrize("name", LISTS)
def test_takes_of_every_clip_read_back_here_and_with_opentimelineio(tmp_path: Path, name: str) -> None:
    cut = open_cut(SAMPLES / name)
    before = cut.path.read_bytes()
    asked = [placed(clip, k) for k, clip in enumerate(clips(cut))]
    label = "00:58:57;00" if cut.view.drop else "01:00:00:00"
    asked = [replace(p, take=replace(p.take, spec=replace(p.take.spec, timecode=label))) for p in asked]
    made = reread(tmp_path, cut, asked)
    assert cut.path.read_bytes() == before
    assert made.view.drop == cut.view.drop
    found = clips(made)
    assert len(found) == len(asked)
    for placement, clip in zip(asked, found, strict=True):
        assert clip.media.ours is not None
        assert clip.media.ours["take"] == placement.take.ident
        label = cut.view.timecode(placement.record[0])
        assert label == made.view.timecode(clip.record[0])
        assert clip.record[1] - clip.record[0] == placement.record[1] - placement.record[0]
        assert clip.speed.scalar == pytest.approx(placement.speed)
        assert not clip.speed.refused
        # The label counts at the take's own rate, which the list cannot say.
        assert clip.source.value == placement.source or placement.clock != cut.view.rate
    timeline = as_otio(tmp_path / "out.edl", cut.view.rate)
    assert [clip.name for clip in timeline.find_clips()] == [p.take.path.name for p in asked]


@pytest.mark.parametrize("name", LISTS)
def test_nothing_to_place_is_a_list_without_events(tmp_path: Path, name: str) -> None:
    cut = open_cut(SAMPLES / name)
    patched = cut.apply([], tmp_path)
    assert patched.added == ()
    assert not any(line[:1].isdigit() for line in patched.text.splitlines())


def test_an_event_says_all_that_it_can(tmp_path: Path) -> None:
    cut = edl(tmp_path, PLAIN)
    one, two = clips(cut)
    made = reread(tmp_path, cut, [placed(one, 1, first=12, length=24), placed(two, 2, first=10, length=20)])
    assert lines_of(made)[:3] == ["TITLE: CUT Retakes", "FCM: NON-DROP FRAME", ""]
    # Ten record frames at half speed are five of the source.
    assert lines_of(made)[3:] == [
        "001  000000V1 V     C        01:00:00:12 01:00:01:12 01:00:00:12 01:00:01:12",
        "* FROM CLIP NAME: A001_rtk0000001_v001.mov",
        "* SOURCE FILE: /takes/A001_rtk0000001_v001.mov",
        "* COMMENT: otio-retake v001 take a001rtk0000001v001 of order kkkkkkk",
        "* COMMENT: over event 001, reel A001, one.mov",
        "002  R0000001 V     C        02:00:00:05 02:00:00:15 01:00:04:10 01:00:05:06",
        "M2   R0000001       012.0                02:00:00:05",
        "* FROM CLIP NAME: A001_rtk0000002_v001.mov",
        "* SOURCE FILE: /takes/A001_rtk0000002_v001.mov",
        "* COMMENT: otio-retake v001 take a001rtk0000002v001 of order kkkkkkk",
        "* COMMENT: over event 002, reel A002, two.mov",
        "* ASC_SAT 0.5",
    ]
    losses = cut.apply([placed(two, 2)], tmp_path).losses
    assert any("CROP" in loss and "A001_rtk0000002_v001" in loss for loss in losses.left_out)
    assert any("switched off" in loss for loss in losses.left_out)


def test_a_take_begins_on_a_whole_frame_of_a_slowed_source(tmp_path: Path) -> None:
    """Record frame 11 shows source frame 5.5: from frame 10 on each is shown twice, as below."""
    cut = edl(tmp_path, PLAIN)
    _, two = clips(cut)
    (clip,) = clips(reread(tmp_path, cut, [placed(two, 2, first=11, length=20)]))
    assert cut.view.timecode(two.record[0] + 10) == "01:00:04:10"
    assert lines_of(open_cut(tmp_path / "out.edl"))[3].endswith("02:00:00:05 02:00:00:16 01:00:04:10 01:00:05:07")  # type: ignore[arg-type]
    for frame in range(20):
        below = two.source_of(*(two.record[0] + 11 + frame,) * 2).first
        here = clip.source_of(*(clip.record[0] + 1 + frame,) * 2).first
        assert here == below


def test_a_part_of_a_frame_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    cut = edl(tmp_path, PLAIN)
    one, _ = clips(cut)
    moved = replace(placed(one, 1), source=Fraction(86412) + Fraction(5, 8))
    assert any("0.625" in warning for warning in cut.apply([moved], tmp_path).losses.warnings)


def test_reels_are_short_where_the_cut_has_short_ones_and_never_an_originals(tmp_path: Path) -> None:
    cut = edl(tmp_path, PLAIN.replace("A001 ", "000000V1 ").replace("002  A002 ", "002  R0000001 "))
    placements = [placed(clips(cut)[0], 1, first=k * 8, length=8) for k in range(4)]
    placements = [replace(p, take=replace(p.take, ident=f"x{k}")) for k, p in enumerate(placements)]
    placements = [named(p, f"A001_rtk000000{k}_v001") for k, p in enumerate(placements)]
    made = reread(tmp_path, cut, placements)
    reels = [event.reel for event in made.document.events]
    assert len(set(reels)) == len(reels)
    assert all(len(reel) <= 8 for reel in reels)
    assert not {"000000V1", "R0000001", "A002"} & set(reels)


def test_reels_are_whole_names_where_the_cut_has_long_ones(tmp_path: Path) -> None:
    cut = edl(tmp_path, PLAIN.replace("001  A001 ", "001  A001_C003_0101AB "))
    made = reread(tmp_path, cut, [placed(clips(cut)[0], 1)])
    assert made.document.events[0].reel == "A001_RTK0000001_V001"


def test_takes_over_the_same_frames_are_one_event_and_comments_and_lists_beside(tmp_path: Path) -> None:
    cut = edl(tmp_path, PLAIN)
    one, two = clips(cut)
    asked = [placed(one, 1, 1), placed(one, 2, 2), placed(one, 3, 3), placed(two, 4, 1)]
    patched = cut.apply(asked, tmp_path)
    assert [ending for ending, _ in patched.also] == [".2.edl", ".3.edl"]
    assert len(patched.added) == 4
    made = reread(tmp_path, cut, asked)
    played = [clip.media.key for clip in clips(made) if clip.enabled]
    off = sorted(clip.media.key for clip in clips(made) if not clip.enabled)
    assert played == ["retake.v003", "retake.v001"], "the newest, where nothing else was said"
    assert off == ["retake.v001", "retake.v002"]
    assert len(list(as_otio(tmp_path / "out.edl", cut.view.rate).find_clips())) == 2
    (second,) = clips(open_cut(tmp_path / "out.2.edl"))
    assert second.media.key == "retake.v002"
    wanted = [replace(p, activate=p.take.version == 1) for p in asked]
    assert clips(reread(tmp_path, cut, wanted, "active.edl"))[0].media.key == "retake.v001"
    picked = [replace(p, take=replace(p.take, state="picked")) if p.take.version == 2 else p for p in asked]
    assert clips(reread(tmp_path, cut, picked, "picked.edl"))[0].media.key == "retake.v002"


def test_sound_is_an_event_of_both_channels_with_a_reel_of_its_own(tmp_path: Path) -> None:
    cut = edl(tmp_path, PLAIN)
    one, _ = clips(cut)
    wave = named(sound(one), "A001_rtk0000001_v001")
    made = reread(tmp_path, cut, [placed(one, 1), wave])
    (heard,) = clips(made, "Audio")
    assert heard.media.url.endswith("A001_rtk0000001_v001.wav")
    assert heard.channels == (0, 1)
    assert heard.source.value == wave.source
    assert len({event.reel for event in made.document.events}) == 2


def test_a_take_that_the_cut_plays_is_not_laid_over_itself(tmp_path: Path) -> None:
    text = PLAIN.replace("one.mov", "A001_rtk0000001_v001.mov")
    cut = edl(tmp_path, text)
    assert cut.apply([placed(clips(cut)[1], 1)], tmp_path).added == ()
    assert len(cut.apply([placed(clips(cut)[1], 2)], tmp_path).added) == 1


# --- the way back -----------------------------------------------------------------------------------------------------


def test_a_take_that_is_dropped_takes_its_lines_with_it_and_nothing_else(tmp_path: Path) -> None:
    cut = edl(tmp_path, PLAIN)
    one, two = clips(cut)
    both = [placed(one, 1), placed(two, 2)]
    made = reread(tmp_path, cut, both)
    dropped = made.drop({both[0].take.ident})
    assert [ident for _, _, ident in dropped.added] == [both[0].take.ident]
    kept = dropped.text.splitlines()
    assert all(line in lines_of(made) for line in kept)
    assert not any("rtk0000001" in line for line in kept)
    gone = made.drop({p.take.ident for p in both})
    assert gone.content == cut.apply([], tmp_path).content, "as before anything was placed"


def test_a_take_is_picked_and_the_other_put_off_and_back_again(tmp_path: Path) -> None:
    cut = edl(tmp_path, PLAIN.replace("\n", "\r\n"), head=HEAD.replace("\n", "\r\n"))
    one, two = clips(cut)
    made = reread(tmp_path, cut, [placed(one, 1, 1), placed(one, 2, 2), placed(two, 3)])
    older = next(clip for clip in clips(made) if not clip.enabled)
    picked = made.activate(older.address, older.media.key)
    (tmp_path / "picked.edl").write_bytes(picked.content)
    again = open_cut(tmp_path / "picked.edl")
    assert [clip.media.key for clip in clips(again) if clip.enabled] == ["retake.v001", "retake.v001"]
    newer = next(clip for clip in clips(again) if not clip.enabled)
    assert again.activate(newer.address, newer.media.key).content == made.original


def test_a_cut_has_nothing_to_pick_from(tmp_path: Path) -> None:
    cut = edl(tmp_path, PLAIN)
    clip = clips(cut)[0]
    with pytest.raises(CutError) as error:
        cut.activate(clip.address, clip.media.key)
    assert error.value.fix
    assert cut.drop({"anything"}).content == cut.original


def test_the_original_is_never_written_to(tmp_path: Path) -> None:
    cut = edl(tmp_path, PLAIN)
    with pytest.raises(CutError, match="never written to"):
        cut.save(cut.apply([], tmp_path), cut.path)
    with pytest.raises(CutError, match=r"\.edl"):
        cut.check_output(tmp_path / "out.otio")
