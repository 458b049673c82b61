"""One cut as .otio and as an edit list, with the same marks, asks for the same frames of the same media."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts.labels import frame_of
from otio_retake.cuts.marker_edl import with_markers
from otio_retake.cuts.model import View
from otio_retake.linking import linked, marked_spans
from otio_retake.marks import find_marks
from otio_retake.rates import nominal, timecode
from otio_retake.requests import resolve
from otio_retake.sources import source_map
from tests.cuts.edit_lists import Shelf, edl, shelf
from tests.cutting import clip, marker, track, warp, write

NTSC = Fraction(1000, 1001)


@dataclass(frozen=True)
class Shot:
    """One clip: its medium, the first frame of that, and how many record frames it plays, at what speed."""

    medium: str
    first: int
    length: int
    speed: Fraction = Fraction(1)


@dataclass(frozen=True)
class Medium:
    rate: Fraction
    timecode: str
    frames: int = 4000

    @property
    def start(self) -> int:
        return frame_of(self.timecode, self.rate)

    def label(self, frame: int) -> str:
        return timecode(self.start + frame, self.rate, drop=";" in self.timecode)


MARKS = ((30, 20, "RETAKE: one"), (130, 30, "RETAKE both x2: two"), (190, 20, "RETAKE: over a cut"), (260, 1, "RETAKE"))


def shots() -> list[Shot]:
    """A hundred frames each: straight, of another rate, twice and half as fast."""
    return [
        Shot("same", 50, 100),
        Shot("other", 120, 100),
        Shot("same", 700, 100, Fraction(2)),
        Shot("same", 40, 100, Fraction(1, 2)),
    ]


@pytest.mark.parametrize("marks_as", ["markers", "locators"])
@pytest.mark.parametrize(
    ("rate", "other", "start"),
    [
        (24 * NTSC, Fraction(25), "01:00:00:00"),
        (Fraction(24), Fraction(25), "00:59:58:12"),
        (Fraction(25), Fraction(24), "10:00:00:00"),
        (30 * NTSC, 60 * NTSC, "01:00:00;00"),
        (30 * NTSC, 24 * NTSC, "01:00:00:00"),
        (60 * NTSC, 30 * NTSC, "01:00:58;52"),
    ],
)
def test_the_same_cut_asks_for_the_same_frames(
    tmp_path: Path, rate: Fraction, other: Fraction, start: str, marks_as: str
) -> None:
    drop = ";" in start
    media = {
        "same": Medium(rate, "01:07:59;20" if drop else "02:10:00:07"),
        "other": Medium(other, "00:00:00:00" if other == 25 else "10:32:10:12"),
    }
    stock = shelf(tmp_path / "media", *((f"{n}.mov", m.rate, m.frames, m.timecode) for n, m in media.items()))
    one = as_otio(tmp_path, media, rate, start)
    two = as_edl(tmp_path, media, rate, start, stock, marks_as)
    # IN and OUT ask for a range; where a marker is a point both ask for the whole clip.
    assert asked(one, stock) == asked(two, stock)
    assert len(asked(one, stock)) == 5


def test_media_of_nearly_the_same_rate_plays_frame_for_frame(tmp_path: Path) -> None:
    """An hour of 23.976 in a cut at 24: counted by time frame 86300 would be another one."""
    stock = shelf(tmp_path / "media", ("a.mov", 24 * NTSC, 90_000, "01:00:00:00"))
    text = "001  AX       V     C        01:00:00:00 01:50:00:00 01:00:00:00 01:50:00:00\n* FROM CLIP NAME: a.mov\n"
    text += "* LOC: 01:49:59:00 RED     RETAKE IN: near the end\n* LOC: 01:49:59:11 RED     RETAKE OUT\n"
    cut = edl(tmp_path, text, rate="24")
    ((_, region, _, _, _),) = asked(cut.view, stock, counted=True)
    assert region == ((49 * 60 + 59) * 24, (49 * 60 + 59) * 24 + 12)


def as_otio(folder: Path, media: dict[str, Medium], rate: Fraction, start: str) -> View:
    items = []
    for shot in shots():
        medium = media[shot.medium]
        written = float(medium.rate)
        available: dict[str, Any] = {
            "OTIO_SCHEMA": "TimeRange.1",
            "start_time": {"OTIO_SCHEMA": "RationalTime.1", "value": float(medium.start), "rate": written},
            "duration": {"OTIO_SCHEMA": "RationalTime.1", "value": float(medium.frames), "rate": written},
        }
        made = clip(shot.medium, 0, shot.length, media=f"/vol/{shot.medium}.mov", available=available, rate=float(rate))
        made["source_range"]["start_time"] = {
            "OTIO_SCHEMA": "RationalTime.1", "value": float(medium.start + shot.first), "rate": written,
        }  # fmt: skip
        made["effects"] = [warp(float(shot.speed))] if shot.speed != 1 else []
        items.append(made)
    marks = tuple(marker(text, at, length, float(rate)) for at, length, text in MARKS)
    cut = write(folder, track(*items), markers=marks, start=float(frame_of(start, rate)), rate=float(rate))
    return cut.view


def as_edl(folder: Path, media: dict[str, Medium], rate: Fraction, start: str, stock: Shelf, marks_as: str) -> View:
    zero, drop = frame_of(start, rate), ";" in start

    def label(frame: int) -> str:
        return timecode(zero + frame, rate, drop=drop)

    lines, at = ["TITLE: CUT", f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}"], 0
    for number, shot in enumerate(shots(), 1):
        medium = media[shot.medium]
        count = -(-shot.length * shot.speed * medium.rate // rate)
        source = (medium.label(shot.first), medium.label(shot.first + int(count)))
        lines.append(f"{number:03}  AX V C {source[0]} {source[1]} {label(at)} {label(at + shot.length)}")
        if shot.speed != 1:
            lines.append(f"M2 AX {float(shot.speed * nominal(rate)):05.1f} {source[0]}")
        lines.append(f"* FROM CLIP NAME: {shot.medium}.mov")
        if marks_as == "locators":
            lines += locators(at, at + shot.length, label)
        at += shot.length
    cut = edl(folder, "\n".join(lines) + "\n", head="", rate=str(float(rate)))
    view = cut.view
    if marks_as == "markers":
        path = folder / "marks.edl"
        path.write_text(marker_list(label, drop))
        view = with_markers(view, path)
    marks = find_marks(view)
    return linked(view, marked_spans(view, marks.marks), stock)


def locators(first: int, end: int, label: Any) -> list[str]:
    """The marks that begin in an event, as pairs of points."""
    found = []
    for at, length, text in MARKS:
        head, colon, rest = text.partition(":")
        if first <= at < end:
            found.append(f"* LOC: {label(at)} RED     {head}{' IN' if length > 1 else ''}{colon}{rest}")
        if length > 1 and first <= at + length - 1 < end:
            found.append(f"* LOC: {label(at + length - 1)} RED     RETAKE OUT")
    return found


def marker_list(label: Any, drop: bool) -> str:
    lines = ["TITLE: CUT", f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}", ""]
    for number, (at, length, text) in enumerate(MARKS, 1):
        lines.append(f"{number:03}  001 V C {label(at)} {label(at + 1)} {label(at)} {label(at + 1)}")
        lines += [f" |C:ResolveColorPink |M:{text} |D:{length}", ""]
    return "\n".join(lines)


def asked(view: View, stock: Shelf, *, counted: bool = False) -> list[tuple[Any, ...]]:
    """Each request: medium, frames of its file, record frames, mode, prompt."""
    marks = find_marks(view)
    view = linked(view, marked_spans(view, marks.marks), stock) if counted else view
    found = []
    for request in resolve(view, marks).requests:
        medium = Path(request.clip.media.url).name
        mapped = source_map(request.clip, request.clip.media, stock.facts(medium))
        region = mapped.span(request.region)
        assert not mapped.remarks
        record = tuple(Fraction(edge) for edge in request.record)
        found.append((medium, (region.first, region.end), record, request.mode, request.mark.prompt))
    return sorted(found, key=lambda row: row[2])
