"""From a mark to a take at each service, in every mode, with what services do to pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.slate import read_strip
from otio_retake.spans import Span
from tests.media.truth import luma
from tests.services.desk import SERVICES, SimulatedDesk

MODES = ("video", "audio", "both")


def references(desk: SimulatedDesk) -> dict[str, Any]:
    (clip,) = desk.timeline()["tracks"]["children"][0]["children"]
    return {key: ref for key, ref in clip["media_references"].items() if key.startswith("retake.")}


def slated(path: Path) -> list[int]:
    facts = read_facts(path)
    return [k for k, frame in read_frames(facts, Span(0, facts.video.frames)) if read_strip(luma(frame)) is not None]


@pytest.mark.parametrize("service", SERVICES)
def test_a_mark_becomes_a_take(simulated_desk: SimulatedDesk, footage: Path, service: str) -> None:
    desk = simulated_desk
    desk.mark(footage, "RETAKE both: rain")
    said = desk.spend(service)
    assert said.returncode == 0, said.stdout + said.stderr
    (charged,) = desk.bill()
    assert charged["service"] == service
    assert desk.states() == ["placed"]
    (take,) = references(desk).values()
    about = take["metadata"]["otio_retake"]["orders"][0]
    assert (about["service"], about["verdict"]) == (service, "certain")
    path = next((desk.folder / "retakes" / "takes").glob("*.mov"))
    first, end = about["replaced"]
    span = take["metadata"]["otio_retake"]["span"]
    assert slated(path) == [k - span[0] for k in range(first, end)]
    assert len(list((desk.folder / "retakes" / "takes").glob("*.wav"))) == 1
