"""The same cut with the same marks asks for the same frames as an .fcpxml and as an .otio file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts import open_cut
from otio_retake.cuts.paths import file_name
from otio_retake.marks import find_marks
from otio_retake.requests import resolve
from tests.cuts.fcpxml_documents import Mark, Shot, fcpxml, otio, written

FILM, VIDEO, HIGH = Fraction(24_000, 1001), Fraction(30_000, 1001), Fraction(60_000, 1001)
_KEPT = 'scaleEnabled="0" srcFrameRate="25"'
RATES = [
    (FILM, 86_400, False),
    (Fraction(24), 86_400, False),
    (Fraction(25), 90_000, False),
    (VIDEO, 107_892, True),
    (VIDEO, 108_000, False),
    (HIGH, 216_000, False),
    (Fraction(24), 0, False),
]


def asked(path: Path) -> list[tuple[Any, ...]]:
    """What a cut asks for: the file, its frames from 0, the record frames, mode and prompt."""
    view = open_cut(path).view
    found = resolve(view, find_marks(view))
    assert not [p for p in found.problems if p.blocks]
    rows = []
    for request in found.requests:
        start = request.clip.media.start
        assert start is not None
        rate = start.exact_rate
        first, end = (position - start.at(rate) for position in request.region.at(rate))
        rows.append(
            (
                file_name(request.clip.media.url), first, end, Fraction(request.record[0]), Fraction(request.record[1]),
                request.mode, request.mark.prompt, request.timecode,
            )
        )  # fmt: skip
    return rows


def both(folder: Path, shots: list[Shot], rate: Fraction, start: int, drop: bool) -> list[tuple[Any, ...]]:
    one = asked(written(folder, "cut.fcpxml", fcpxml(shots, rate, start, drop)))
    other = asked(written(folder, "cut.otio", otio(shots, rate, start)))
    assert len(one) == len(other) == sum(bool(shot.marks) for shot in shots)
    for mine, theirs in zip(one, other, strict=True):
        assert mine[0] == theirs[0]
        # OTIO holds fractions as floats: a retimed edge is the same to less than the noise that is settled anyway.
        assert all(abs(a - b) < Fraction(1, 10_000) for a, b in zip(mine[1:5], theirs[1:5], strict=True))
        assert mine[5:] == theirs[5:]
    return one


@pytest.mark.parametrize(("rate", "start", "drop"), RATES)
def test_the_same_frames_as_otio(tmp_path: Path, rate: Fraction, start: int, drop: bool) -> None:
    shots = [
        Shot("A", 100, 60, rate, 7200, marks=(Mark("RETAKE: she looks up", 112, 12),)),
        Shot("B", 300, 48, rate, 0, marks=(Mark("RETAKE both x2", 310, note="no boom"),)),
        Shot("C", 500, 40, rate, 86_400),
        Shot("D", 600, 50, rate, 100_000, speed=Fraction(2), marks=(Mark("RETAKE: faster", 620, 24),)),
        Shot("E", 700, 50, rate, 100_000, speed=Fraction(1, 2), marks=(Mark("RETAKE: slower", 702, 10),)),
    ]
    rows = both(tmp_path, shots, rate, start, drop)
    # Counted by hand: A begins at record 0 with frame 100, so frame 112 is record 12.
    assert rows[0][:5] == ("A.mov", 112, 124, 12, 24)
    assert rows[1][:5] == ("B.mov", 300, 348, 60, 108)
    # D begins at record 148 with frame 600, two frames of it a record frame: 20 frames in are record 158.
    assert rows[2][:5] == ("D.mov", 620, 644, 158, 170)
    assert rows[3][:5] == ("E.mov", 702, 712, 202, 222)


@pytest.mark.parametrize(("rate", "start", "drop"), RATES)
def test_media_of_other_rates(tmp_path: Path, rate: Fraction, start: int, drop: bool) -> None:
    """Media that keeps its time, as Final Cut writes it with scaling off."""
    other = Fraction(25) if rate != 25 else Fraction(24)
    shots = [
        Shot(
            "A", 100, 60, other, 7200, conform='scaleEnabled="0" srcFrameRate="25"', marks=(Mark("RETAKE: x", 110, 8),)
        ),
        Shot("B", 300, 48, FILM, 0, conform='scaleEnabled="0"', marks=(Mark("RETAKE: y", 310),)),
    ]
    both(tmp_path, shots, rate, start, drop)


@pytest.mark.parametrize(
    ("rate", "media", "label", "runs"),
    [
        # Apple's chart: media conformed to the project plays at the rate in the last column.
        (FILM, Fraction(25), "25", FILM),
        (FILM, Fraction(24), "24", FILM),
        (Fraction(24), FILM, "23.98", Fraction(24)),
        (Fraction(24), Fraction(25), "25", Fraction(24)),
        (Fraction(24), Fraction(50), "50", Fraction(48)),
        (FILM, Fraction(50), "50", FILM * 2),
        (Fraction(25), Fraction(24), "24", Fraction(25)),
        (Fraction(25), FILM, "23.98", Fraction(25)),
        (VIDEO, Fraction(30), "30", VIDEO),
        (Fraction(30), VIDEO, "29.97", Fraction(30)),
        (HIGH, Fraction(60), "60", HIGH),
        (Fraction(60), HIGH, "59.94", Fraction(60)),
    ],
)
def test_conforming_counts_as_speed(
    tmp_path: Path, rate: Fraction, media: Fraction, label: str, runs: Fraction
) -> None:
    shots = [
        Shot(
            "A", 100, 60, media, 7200, speed=runs / media, conform=f'srcFrameRate="{label}"',
            marks=(Mark("RETAKE: x", 110, 8),),
        )
    ]  # fmt: skip
    rows = both(tmp_path, shots, rate, 86_400, False)
    assert rows[0][1:3] == (110, 118)
    each = runs / rate
    assert rows[0][3:5] == (10 / each, 18 / each)


def test_a_conform_that_no_chart_knows_is_refused(tmp_path: Path) -> None:
    shot = Shot("A", 100, 60, VIDEO, conform='srcFrameRate="29.97"', marks=(Mark("RETAKE: x", 110),))
    clip = next(open_cut(written(tmp_path, "cut.fcpxml", fcpxml([shot], FILM))).view.clips())
    assert "29.97" in clip.speed.refused
    assert "23.98" in clip.speed.refused


def test_a_range_that_is_not_on_frames_is_rounded(tmp_path: Path) -> None:
    text = fcpxml([Shot("A", 100, 60, Fraction(25), 0, marks=(Mark("RETAKE: x", 110, 8),))], Fraction(25))
    # 8 frames less and more than a third of one; Final Cut writes ranges in the media's own ticks.
    for length in ("3999/12800s", "4200/12800s"):
        (row,) = asked(written(tmp_path, "cut.fcpxml", text.replace('duration="8/25s"', f'duration="{length}"')))
        assert row[1:3] == (110, 118)


@pytest.mark.parametrize("duration", ["1001/24000s", "100/2500s", "1/48000s", "1/44100s", "1001/30000s", "0s"])
def test_a_marker_of_a_frame_of_any_rate_is_a_point(tmp_path: Path, duration: str) -> None:
    text = fcpxml([Shot("A", 100, 60, HIGH, 0, marks=(Mark("RETAKE: x", 110),))], HIGH)
    (row,) = asked(
        written(tmp_path, "cut.fcpxml", text.replace(f'duration="{1001}/60000s" value', f'duration="{duration}" value'))
    )
    assert row[1:3] == (100, 160), "all that is visible"
