"""What a plan shows on the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from otio_retake.cli.showing import show_plan
from tests.cutting import Shelf, clip, facts, marker, plan_of, track, write
from tests.forked import command_line


def test_a_rehearsal_shows_what_its_service_would_cost_apart_from_what_is_paid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = write(tmp_path, track(clip("A", 0, 240, marker("RETAKE x2: rain", 100, 12))))
    plan = plan_of(cut, Shelf(facts("A")), rehearse="ltx")
    # Two takes of 105 frames of pull at $0.10 a second (test_plan): $0.4375 each.
    assert (plan.cost, plan.items[0].would_cost) == (0, 2 * plan.items[0].would_each)
    show_plan(plan)
    said = capsys.readouterr().out
    assert "would cost at ltx: $0.875" in said
    assert "$0.00" in said
    assert "context costs $0.00" not in said


def test_a_plan_names_the_command_that_goes_on_without_problems(tmp_path: Path) -> None:
    write(tmp_path, track(clip("A", 0, 240, marker("RETAKE vidoe: rain", 100, 12))))
    said = command_line(tmp_path, "plan", "cut.otio").stdout
    assert "`run --skip-problems`" in said
