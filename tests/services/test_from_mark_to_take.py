"""From a mark to a take at each service, in every mode, with what services do to pictures."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from otio_retake.cuts.paths import spellings
from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.slate import read_strip
from otio_retake.spans import Span
from sample_timelines.make_media import MEDIA, make_media, read_number
from tests.media.truth import luma
from tests.samples.conftest import alone
from tests.services.desk import SERVICES, SimulatedDesk, simulated

SAMPLES = MEDIA.parent


@pytest.fixture(scope="session")
def media() -> dict[str, Path]:
    """The samples' media."""
    with alone(MEDIA / ".lock"):
        return make_media(MEDIA)


def references(desk: SimulatedDesk) -> dict[str, Any]:
    (clip,) = desk.timeline()["tracks"]["children"][0]["children"]
    return {key: ref for key, ref in clip["media_references"].items() if key.startswith("retake.")}


def slated(path: Path) -> list[int]:
    facts = read_facts(path)
    return [k for k, frame in read_frames(facts, Span(0, facts.video.frames)) if read_strip(luma(frame)) is not None]


@pytest.mark.parametrize("service", [s if s == "ltx" else pytest.param(s, marks=pytest.mark.slow) for s in SERVICES])
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


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["video", "audio"])
@pytest.mark.parametrize("service", SERVICES)
def test_every_mode(simulated_desk: SimulatedDesk, footage: Path, service: str, mode: str) -> None:
    desk = simulated_desk
    desk.mark(footage, f"RETAKE {mode}: rain")
    said = desk.spend(service)
    assert said.returncode == 0, said.stdout + said.stderr
    (charged,) = desk.bill()
    assert charged["mode"] == mode, "the mode is always sent"
    made = sorted(path.suffix for path in (desk.folder / "retakes" / "takes").iterdir())
    assert made == ([".mov"] if mode == "video" else [".wav"])


HOW = ("exact", "int-fps", "padded", "odd", "section", "int-reading", "other-size", "colour-shifted", "no-audio")
"""What services are known, or feared, to do to a picture that they keep."""

REJECTED = {
    # The last mark reaches the end of its media: a frame that is lost there may be any of the generated ones.
    "odd": ("sh030", 1, "the count -1 f"),
    "no-audio": ("sh020", 2, "sound none came back"),
}
"""Results that cannot be used: of which clip, how many, and what is said with the numbers."""


@pytest.mark.slow
@pytest.mark.parametrize(("service", "how"), list(zip(itertools.cycle(SERVICES), HOW)))
def test_whatever_a_service_does_every_frame_is_in_its_place(
    tmp_path: Path, media: dict[str, Path], service: str, how: str
) -> None:
    """A sample at 23.976 with a clip at double speed; its pictures carry their numbers, under slates too."""
    with simulated(tmp_path, media=how) as desk:
        shutil.copy(SAMPLES / "hiero_23976.otio", desk.cut)
        said = desk.spend(service, "20", "--media-root", str(MEDIA))
        clip, lost, reason = REJECTED.get(how, ("", 0, ""))
        assert said.returncode == (1 if lost else 0), said.stdout + said.stderr
        assert len(desk.bill()) == 4, "four takes of three marks"
        told = " ".join(said.stdout.split())
        assert told.count(f"{clip} (order") == lost
        assert reason in told
        timeline = otio.adapters.read_from_file(str(desk.out))
        takes = 0
        for clip in timeline.find_clips():
            for key, reference in clip.media_references().items():
                if not key.startswith("retake.v"):
                    continue
                takes += 1
                about = reference.metadata["otio_retake"]
                facts = read_facts(desk.folder / next(spellings(reference.target_url)))
                first = about["span"][0]
                numbers, slates = [], set()
                for index, frame in read_frames(facts, Span(0, facts.video.frames)):
                    numbers.append(read_number(frame.to_ndarray(format="gray")))
                    if read_strip(luma(frame)) is not None:
                        slates.add(index + first)
                assert numbers == list(range(first, first + facts.video.frames))
                replaced = set().union(*(range(*order["replaced"]) for order in about["orders"]))
                assert slates <= replaced, "nothing generated outside of what the take says"
                assert set().union(*(range(*order["region"]) for order in about["orders"])) <= slates
        assert takes == 4 - lost
