"""A take on a track above that shows other frames than the clip below it is told apart, with how many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from otio_retake.readback import TakeInCut, takes_in
from otio_retake.spans import Span
from tests import cutting
from tests.cuts.placements import take


def stood_over(folder: Path, below: int, above: int, gap: int = 10, factor: float = 1.0) -> TakeInCut:
    """A take over a clip: their first frames, and where the take begins in the cut."""
    path = folder / "A_rtk0a1b2c3_v001.mov"
    path.write_bytes(b"")
    made = take(1, path, "region")
    made = replace(made, path=path, spec=replace(made.spec, span=Span(0, 240), timecode="00:00:00:00"))
    effects = [cutting.warp(factor)] if factor != 1 else []
    lower = cutting.clip("A", below, 60)
    upper = cutting.clip(made.name, above, 20, media=str(path))
    lower["effects"], upper["effects"] = effects, effects
    cut = cutting.write(folder, cutting.track(lower), cutting.track(cutting.gap(gap), upper))
    (found,) = takes_in(cut.view, [made])
    return found


def test_a_take_where_it_was_placed_is_in_step(tmp_path: Path) -> None:
    assert stood_over(tmp_path, 40, 50).standing == "ok"
    assert stood_over(tmp_path, 40, 60, factor=2.0).standing == "ok"


@pytest.mark.parametrize(
    ("below", "above", "gap", "off"),
    [(40, 55, 10, 5), (47, 50, 10, -7), (40, 50, 12, -2)],
    ids=["the take was slipped", "the clip was slipped", "the take was moved"],
)
def test_what_an_editor_moved_is_out_of_step(tmp_path: Path, below: int, above: int, gap: int, off: int) -> None:
    found = stood_over(tmp_path, below, above, gap)
    assert (found.standing, found.off) == ("out of step", off)


def test_a_take_over_nothing_says_nothing(tmp_path: Path) -> None:
    assert stood_over(tmp_path, 40, 50, gap=100).off == 0
