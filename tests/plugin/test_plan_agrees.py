"""The frames that the plugin names are those that the plan would send for, file by file."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import opentimelineio as otio
import pytest

from otio_retake.planned import Plan
from otio_retake.plugin.hook import hook_function
from tests.plugin.objects import SAMPLES
from tests.plugin.test_hook import marks_of
from tests.samples.conftest import bare_settings, media, plan_of  # noqa: F401

EDITORS = ["resolve_24", "phone_30", "premiere_2997df", "kdenlive_25", "hiero_23976", "plain_mixed"]


@pytest.mark.parametrize("name", EDITORS)
def test_the_same_frames_as_the_plan(name: str, plan_of: Callable[[str], Plan]) -> None:  # noqa: F811
    plan = plan_of(name)
    found = marks_of(hook_function(otio.adapters.read_from_file(str(SAMPLES / f"{name}.otio"))))
    assert [
        (m["mark_id"], m["region"]["first"], m["region"]["end"], Fraction(m["clock"]), Fraction(m["zero"]))
        for m in found
    ] == [(i.mark_id, i.region.first, i.region.end, i.clock, i.zero) for i in plan.items]
    assert found
