"""A pick switches no sound on unseen: it stays off unless it is named on purpose, and what is left to do is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from tests.forked import command_line

RATE = 24000 / 1001


def at(value: float) -> RationalTime:
    return RationalTime(value, RATE)


def told(folder: Path, *arguments: str) -> Any:
    said = command_line(folder, *arguments, "--json")
    assert said.returncode == 0, said.stdout + said.stderr
    return json.loads(said.stdout)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, footage: Path) -> Path:
    """A retake of picture and sound: placed beside, then above, where the picture has another number than the sound."""
    folder = tmp_path_factory.mktemp("heard")
    media = shutil.copy(footage, folder / footage.name)
    timeline = otio.schema.Timeline("cut", global_start_time=at(86400))
    for kind in ("Video", "Audio"):
        track = otio.schema.Track(kind, kind=kind)
        reference = otio.schema.ExternalReference(str(media), TimeRange(at(86400), at(96)))
        track.append(otio.schema.Clip("shot", reference, TimeRange(at(86410), at(60))))
        timeline.tracks.append(track)
    timeline.tracks[0][0].markers.append(otio.schema.Marker("RETAKE both: hail", TimeRange(at(86430), at(12))))
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    told(folder, "run", "cut.otio", "-o", "beside.otio", "--yes")
    told(folder, "place", "cut.otio", "-o", "above.otio", "--for", "resolve")
    return folder


@pytest.fixture
def placed(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "cut"))


def used(folder: Path, cut: str) -> list[tuple[str, str]]:
    return [(take["kind"], take["version"]) for take in told(folder, "takes", "list", cut) if take["in_use"]]


def test_a_picked_picture_leaves_its_sound_off_and_says_so(placed: Path) -> None:
    said = told(placed, "takes", "pick", "beside.otio", "v001", "--at", "shot", "-o", "picked.otio")
    assert used(placed, "picked.otio") == [("picture", "v001")]
    (warning,) = said["warnings"]
    assert "_v001.wav" in warning
    assert "stays off" in warning
    assert "by hand" in warning


def test_a_number_means_the_picture_and_one_that_only_the_sound_has_is_refused(placed: Path) -> None:
    above = told(placed, "takes", "list", "above.otio")
    assert {(take["kind"], take["version"]) for take in above} == {("picture", "v002"), ("sound", "v001")}
    order = next(take["take"] for take in above)[-12:-5]
    refused = command_line(placed, "takes", "pick", "above.otio", "v001", "--at", "01:00:01:00", "-o", "picked.otio")
    assert refused.returncode == 2
    for what in ("v001 is the sound", "picture is v002", order, "to do"):
        assert what in refused.stderr
    assert not (placed / "picked.otio").exists()
    said = told(placed, "takes", "pick", "above.otio", "v002", "--at", "01:00:01:00", "-o", "picked.otio")
    assert used(placed, "picked.otio") == [("picture", "v002")]
    assert "(v001), the sound of v002" in said["warnings"][0]


def test_a_sound_that_is_named_is_switched_on_and_both_play(placed: Path) -> None:
    (sound,) = [t for t in told(placed, "takes", "list", "above.otio") if t["kind"] == "sound"]
    said = told(placed, "takes", "pick", "above.otio", f"{sound['take']}.wav", "-o", "heard.otio")
    assert used(placed, "heard.otio") == [("sound", "v001")]
    assert "own sound plays with it" in said["warnings"][0]
    back = told(placed, "takes", "pick", "heard.otio", "original", "-o", "back.otio")
    assert "still on" in back["warnings"][0], "the original's picture does not switch it off"
    whole = told(placed, "takes", "pick", "heard.otio", "v002", "-o", "whole.otio")
    assert "it is on" in whole["warnings"][0]
    assert used(placed, "whole.otio") == [("picture", "v002"), ("sound", "v001")]


@pytest.mark.slow
def test_a_retake_of_sound_alone_goes_by_its_number(placed: Path) -> None:
    cut = placed / "cut.otio"
    cut.write_text(cut.read_text().replace("RETAKE both: hail", "RETAKE audio: thunder"))
    told(placed, "run", "cut.otio", "-o", "sound.otio", "--yes")
    (sound,) = [take for take in told(placed, "takes", "list", "sound.otio") if take["standing"] == "ok"]
    said = told(placed, "takes", "pick", "sound.otio", sound["version"], "-o", "heard.otio")
    assert used(placed, "heard.otio") == [("sound", sound["version"])]
    assert "own sound plays with it" in said["warnings"][0]
