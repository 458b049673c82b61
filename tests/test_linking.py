"""Clips that a cut names by reel and timecode find their files, and no others."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from otio_retake.cuts.model import Clip
from otio_retake.linking import linked, rate_of_media
from tests.cuts.edit_lists import Shelf, clips, edl, shelf

FILM = Fraction(24_000, 1001)
HOUR = ("01:00:00:00", "01:00:10:00")


def one(folder: Path, reel: str, below: str, stock: Shelf, labels: tuple[str, str] = HOUR) -> Clip:
    """The one clip of a list, linked."""
    text = f"001  {reel:<8} V     C        {labels[0]} {labels[1]} 01:00:00:00 01:00:10:00\n{below}"
    cut = edl(folder, text)
    (clip,) = [clip for track in linked(cut.view, [(0, 1)], stock).tracks for clip in track.clips]
    return clip


@pytest.mark.parametrize(
    ("reel", "below"),
    [
        ("AX", "* FROM CLIP NAME: A001_C003_x.mov\n"),
        ("AX", "* FROM CLIP NAME: A001_C003_x\n"),
        ("AX", "* FROM CLIP NAME: scene 12\n* SOURCE FILE: A001_C003_X\n"),
        ("A001_C003_x", "* FROM CLIP NAME: scene 12\n"),
        ("A001_C00", "* FROM CLIP NAME: scene 12\n"),
        ("A001_C00", "* FROM CLIP NAME: scene 12.mov\n"),
        ("AX", "* FROM FILE: C:\\footage\\A001_C003_x.mov\n"),
    ],
)
def test_a_file_is_found_by_any_name_that_the_list_gives_it(tmp_path: Path, reel: str, below: str) -> None:
    stock = shelf(tmp_path / "media", ("A001_C003_x.mov", Fraction(24), 400, "01:00:00:00"), ("B.mov", FILM, 9, ""))
    clip = one(tmp_path, reel, below, stock)
    assert stock.facts(clip.media.url).path.name == "A001_C003_x.mov"


def test_of_many_files_of_one_reel_the_one_with_the_timecode_counts(tmp_path: Path) -> None:
    stock = shelf(
        tmp_path / "media",
        ("A001C001_0101.mov", Fraction(24), 240, "00:59:50:00"),
        ("A001C002_0101.mov", Fraction(24), 240, "01:00:00:00"),
        ("A001C003_0101.mov", Fraction(24), 240, "01:00:10:00"),
        ("A001C004_0101.mov", Fraction(24), 240, ""),
    )
    assert Path(one(tmp_path, "A001", "", stock).media.url).name == "A001C002_0101.mov"
    none = one(tmp_path, "A001", "", stock, ("01:00:05:00", "01:00:15:00"))
    assert none.media.url == "A001", "it lies across two files, so neither is it"


def test_the_beginning_of_a_name_is_not_enough_without_timecode(tmp_path: Path) -> None:
    stock = shelf(tmp_path / "media", ("A001_C003.mov", Fraction(24), 400, ""))
    assert one(tmp_path, "A001", "", stock).media.url == "A001"
    assert Path(one(tmp_path, "A001_C003", "", stock).media.url).name == "A001_C003.mov"


def test_source_timecode_counts_at_the_rate_of_the_file(tmp_path: Path) -> None:
    """Ten seconds at 25 are 250 frames, and 240 of the cut; the label alone does not tell."""
    stock = shelf(tmp_path / "media", ("a.mov", Fraction(25), 1000, "01:00:00:00"))
    clip = one(tmp_path, "AX", "* FROM CLIP NAME: a.mov\n", stock, ("01:00:02:00", "01:00:12:00"))
    assert (clip.source.value, clip.source.rate, clip.speed.scalar) == (3602 * 25, 25, 1)
    assert clip.needed.end - clip.needed.first == 250


def test_drop_frame_is_what_the_file_says(tmp_path: Path) -> None:
    """01:02:03:04 is frame 111694 straight, and 111694 - 2 * (62 - 6) at drop-frame."""
    text = "001  AX       V     C        01:02:03:04 01:02:04:04 01:00:00:00 01:00:01:00\n* FROM CLIP NAME: a.mov\n"
    for label, frame in (("01:00:00:00", 111_694), ("01:00:00;00", 111_694 - 112)):
        stock = shelf(tmp_path / "media", ("a.mov", Fraction(30_000, 1001), 9000, label))
        view = linked(edl(tmp_path, text, rate="29.97").view, [(0, 1)], stock)
        assert view.tracks[0].clips[0].source.value == frame


def test_only_what_is_marked_is_looked_for(tmp_path: Path) -> None:
    stock = shelf(tmp_path / "media", ("a.mov", FILM, 1000, "01:00:00:00"))
    lines = "".join(
        f"{k + 1:03}  AX       V     C        01:00:00:00 01:00:01:00 01:00:0{k}:00 01:00:0{k + 1}:00\n"
        "* FROM CLIP NAME: a.mov\n"
        for k in range(4)
    )
    cut = edl(tmp_path, lines)
    rates = [clip.source.exact_rate for clip in linked(cut.view, [(30, 40)], stock).tracks[0].clips]
    assert rates == [24, FILM, 24, 24]


def test_the_media_says_the_rate_that_a_list_does_not(tmp_path: Path) -> None:
    stock = shelf(tmp_path / "media", ("a.mov", FILM, 1000, ""), ("b.mov", Fraction(25), 1000, ""))
    text = "001  AX       V     C        01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\n* FROM CLIP NAME: {}.mov\n"
    assert rate_of_media(edl(tmp_path, text.format("a")).view, stock) == FILM
    assert rate_of_media(edl(tmp_path, text.format("b")).view, stock) is None
    assert rate_of_media(edl(tmp_path, text.format("no")).view, stock) is None
    assert len(clips(edl(tmp_path, text))) == 1
