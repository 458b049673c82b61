"""One cut with the same marks asks for the same frames of the same media, whatever form it is exported in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from otio_retake.cuts import Cut, open_cut
from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.slate import read_strip
from otio_retake.rates import NTSC, nominal, timecode
from otio_retake.spans import Span
from sample_timelines.editors.avid import Mark as AvidMark
from sample_timelines.editors.avid import Movie, Piece, write_aaf
from tests import cutting
from tests.cuts import fcpxml_documents as final_cut
from tests.cuts import xmeml
from tests.cuts.edit_lists import Shelf, edl, shelf
from tests.cuts.test_edl_truth import asked
from tests.forked import command_line
from tests.media.truth import luma

FILM, VIDEO, FAST = 24 * NTSC, 30 * NTSC, 60 * NTSC
FRAMES = final_cut.FRAMES
CONFORM = {FILM: "23.98", Fraction(24): "24", Fraction(25): "25", VIDEO: "29.97", FAST: "59.94"}


@dataclass(frozen=True)
class Shot:
    """A clip from frame ``first`` of its file on; its mark begins a beat later."""

    name: str
    rate: Fraction
    start: int
    first: int
    speed: Fraction = Fraction(1)
    mode: str = ""

    @property
    def text(self) -> str:
        return f"RETAKE{self.mode}: what {self.name} shows"

    def label(self, frame: int | Fraction) -> str:
        return timecode(self.start + int(frame), self.rate, drop=False)


@dataclass(frozen=True)
class Description:
    """A cut at ``rate`` from label ``start`` on, of clips of five beats each, marked from the second to the fourth.

    A beat is twice the frames of a nominal second, so that every edge falls on frames in each file.
    """

    rate: Fraction
    start: int
    drop: bool
    other: Fraction
    only: Shot | None = None

    @property
    def beat(self) -> int:
        return 16 if self.only else 2 * nominal(self.rate)

    @property
    def length(self) -> int:
        return 5 * self.beat

    @property
    def shots(self) -> list[Shot]:
        if self.only:
            return [self.only]
        one = nominal(self.rate)
        return [
            Shot("A", self.rate, 3600 * one, 2 * one),
            Shot("B", self.rate, 0, 10 * one, Fraction(2), " both x2"),
            Shot("C", self.rate, 7200 * one + 7, 4 * one, Fraction(1, 2)),
            Shot("D", self.other, 1000, 6 * nominal(self.other), mode=" x3"),
        ]

    def media_frames(self, shot: Shot, record: int) -> int:
        """How many frames of its file a clip shows in so many of the cut."""
        count = record * shot.speed * shot.rate / self.rate
        assert count.denominator == 1
        return int(count)

    def label(self, record: int) -> str:
        return timecode(self.start + record, self.rate, drop=self.drop)


CUTS = {
    "23.976": Description(FILM, 86_400, False, VIDEO),
    "24": Description(Fraction(24), 86_388, False, Fraction(25)),
    "25": Description(Fraction(25), 900_000, False, Fraction(24)),
    "29.97-df": Description(VIDEO, 107_892, True, FILM),
    "29.97": Description(VIDEO, 108_000, False, FAST),
    "59.94": Description(FAST, 216_000, False, VIDEO),
}


def as_otio(folder: Path, cut: Description) -> Cut:
    clips, marks = [], []
    for number, shot in enumerate(cut.shots):
        own = float(shot.rate)
        available = cutting.span(shot.start, FRAMES, own)
        made = cutting.clip(shot.name, shot.start + shot.first, 1, available=available, rate=own)
        made["source_range"]["duration"] = cutting.time(cut.length, float(cut.rate))
        made["effects"] = [cutting.warp(float(shot.speed))] if shot.speed != 1 else []
        clips.append(made)
        at = number * cut.length + cut.beat
        marks.append(cutting.marker(shot.text, at, 2 * cut.beat, float(cut.rate)))
    return cutting.write(
        folder, cutting.track(*clips), markers=tuple(marks), start=float(cut.start), rate=float(cut.rate)
    )


def as_fcpxml(folder: Path, cut: Description) -> Cut:
    shots = []
    for shot in cut.shots:
        first = shot.first + cut.media_frames(shot, cut.beat)
        mark = final_cut.Mark(shot.text, first, cut.media_frames(shot, 2 * cut.beat))
        conform = f'scaleEnabled="0" srcFrameRate="{CONFORM[shot.rate]}"' if shot.rate != cut.rate else ""
        shots.append(
            final_cut.Shot(shot.name, shot.first, cut.length, shot.rate, shot.start, shot.speed, conform, (mark,))
        )
    return open_cut(
        final_cut.written(folder, "cut.fcpxml", final_cut.fcpxml(shots, cut.rate, cut.start, cut.drop, "1.10"))
    )


def as_xmeml(folder: Path, cut: Description) -> Cut:
    clips, marks = [], ""
    for number, shot in enumerate(cut.shots):
        at = number * cut.length
        first = int(shot.first / shot.speed)
        last = first + int(cut.length * shot.rate / cut.rate)
        speeds = [xmeml.speed(float(shot.speed * 100))] if shot.speed != 1 else []
        media = xmeml.file(shot.name, shot.start, FRAMES, shot.rate)
        clips.append(xmeml.clip(shot.name, at, at + cut.length, first, last, *speeds, media=media, unit=shot.rate))
        marks += xmeml.marker(shot.text, at + cut.beat, at + 3 * cut.beat)
    made = xmeml.sequence(xmeml.track(*clips), markers=marks, value=cut.rate, start=cut.start, drop=cut.drop)
    return xmeml.write(folder, made)


def as_edl(folder: Path, cut: Description) -> Cut:
    lines = ["TITLE: CUT", f"FCM: {'DROP FRAME' if cut.drop else 'NON-DROP FRAME'}"]
    for number, shot in enumerate(cut.shots):
        at = number * cut.length
        source = shot.label(shot.first), shot.label(shot.first + cut.media_frames(shot, cut.length))
        lines.append(f"{number + 1:03}  AX V C {' '.join(source)} {cut.label(at)} {cut.label(at + cut.length)}")
        if shot.speed != 1:
            lines.append(f"M2   AX       {float(shot.speed * nominal(cut.rate)):05.1f}                {source[0]}")
        lines.append(f"* FROM CLIP NAME: {shot.name}.mov")
        head, _, rest = shot.text.partition(":")
        lines.append(f"* LOC: {cut.label(at + cut.beat)} RED     {head} IN:{rest}")
        lines.append(f"* LOC: {cut.label(at + 3 * cut.beat - 1)} RED     RETAKE OUT")
    return edl(folder, "\n".join(lines) + "\n", head="", rate=str(float(cut.rate)))


def as_aaf(folder: Path, cut: Description) -> Cut:
    pieces, marks = [], []
    for number, shot in enumerate(cut.shots):
        at = number * cut.length
        movie = Movie(f"{shot.name}.mov", f"file:///media/{shot.name}.mov", shot.rate, shot.start, FRAMES)
        pieces.append(Piece(cut.length, movie, int(shot.first * cut.rate / shot.rate), speed=shot.speed))
        head, _, rest = shot.text.partition(":")
        marks.append(AvidMark(at + cut.beat, f"{head} IN:{rest}"))
        marks.append(AvidMark(at + 3 * cut.beat - 1, "RETAKE OUT"))
    write_aaf(folder / "cut.aaf", "cut", cut.rate, cut.start, [pieces], marks=marks, drop=cut.drop)
    return open_cut(folder / "cut.aaf")


FORMS: dict[str, Callable[[Path, Description], Cut]] = {
    "fcpxml": as_fcpxml, "xml": as_xmeml, "edl": as_edl, "aaf": as_aaf,
}  # fmt: skip


def media_of(folder: Path, cut: Description) -> Shelf:
    return shelf(folder / "media", *((f"{s.name}.mov", s.rate, FRAMES, s.label(0)) for s in cut.shots))


@pytest.mark.parametrize("name", CUTS)
@pytest.mark.parametrize("form", FORMS)
def test_the_same_marks_ask_for_the_same_frames(tmp_path: Path, form: str, name: str) -> None:
    cut = CUTS[name]
    stock = media_of(tmp_path, cut)
    expected = []
    for number, shot in enumerate(cut.shots):
        first = shot.first + cut.media_frames(shot, cut.beat)
        region = first, first + cut.media_frames(shot, 2 * cut.beat)
        at = number * cut.length + cut.beat
        mode = "both" if "both" in shot.mode else None
        expected.append((f"{shot.name}.mov", region, (at, at + 2 * cut.beat), mode, f"what {shot.name} shows"))
    assert asked(as_otio(tmp_path, cut).view, stock) == expected
    made = FORMS[form](tmp_path, cut)
    assert asked(made.view, stock, counted=True) == expected
    assert made.view.timecode(0) == cut.label(0)


def program(folder: Path, *arguments: str) -> str:
    """What the program prints; it must not fail."""
    said = command_line(folder, *arguments, "--project", "retakes")
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


@pytest.mark.slow
def test_what_was_ordered_through_one_form_is_not_ordered_through_another(tmp_path: Path, footage: Path) -> None:
    """Five exports of one cut in one project: one order, and takes that show the same frames."""
    media = tmp_path / "media"
    media.mkdir()
    shutil.copy(footage, media / "A.mov")
    facts = read_facts(media / "A.mov")
    assert facts.video.rate == FILM
    short = Description(FILM, 86_400, False, VIDEO, Shot("A", FILM, facts.start_frame, 6))
    names, moved = [], ("--map", "/media=media", "--map", "/footage=media")
    for make in (as_otio, *FORMS.values()):
        made = make(tmp_path, short)
        names.append(made.path.name)
    for name in names:
        out = f"{Path(name).stem}-retakes{Path(name).suffix}"
        # The cuts say that the media is longer than what is made here.
        program(tmp_path, "run", name, "-o", out, "--yes", "--media-root", "media", *moved)
        (take,) = json.loads(program(tmp_path, "takes", "list", out, "--json"))
        assert take["standing"] == "ok", name
        # A list of takes is a list of its own: everything in it plays.
        assert take["in_use"] == name.endswith(".edl"), name
    (order,) = json.loads(program(tmp_path, "status", names[0], "--json"))["orders"]
    assert order["attempts"] == 1
    takes = sorted((tmp_path / "retakes" / "takes").glob("*.mov"))
    assert len(takes) == 2, "one for the clip, one for the region on a track above"
    shown = []
    for path in takes:
        found = read_facts(path)
        frames = read_frames(found, Span(0, found.video.frames))
        shown.append({found.start_frame + k for k, frame in frames if read_strip(luma(frame)) is not None})
    assert shown[0] == shown[1]
    assert set(range(facts.start_frame + 6 + 16, facts.start_frame + 6 + 48)) <= shown[0]
