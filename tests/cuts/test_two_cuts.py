"""Two cuts of one project: what an editor did with the takes of one says nothing of the takes of the other."""

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
    """Two cuts that share a marked shot, of which the second uses other frames of it and has one shot more."""
    folder = tmp_path_factory.mktemp("two")
    media = shutil.copy(footage, folder / footage.name)

    def write(name: str, *clips: tuple[int, int, str, int]) -> None:
        timeline = otio.schema.Timeline(name, global_start_time=at(86400))
        track = otio.schema.Track("V1", kind="Video")
        for start, length, words, where in clips:
            reference = otio.schema.ExternalReference(str(media), TimeRange(at(86400), at(96)))
            clip = otio.schema.Clip("shot", reference, TimeRange(at(86400 + start), at(length)))
            clip.markers.append(otio.schema.Marker(words, TimeRange(at(86400 + where), at(4))))
            track.append(clip)
        timeline.tracks.append(track)
        otio.adapters.write_to_file(timeline, str(folder / f"{name}.otio"))

    write("reel1", (0, 20, "RETAKE: rain", 8), (40, 20, "RETAKE: snow", 48))
    write("reel2", (4, 60, "RETAKE: rain", 8), (70, 20, "RETAKE: hail", 74))
    for reel in ("reel1", "reel2"):
        told(folder, "run", f"{reel}.otio", "-o", f"{reel}-out.otio", "--yes")
    return folder


@pytest.fixture
def placed(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "cuts"))


def exported(folder: Path, source: str, name: str, *without: str, called: str = "") -> None:
    """The cut with takes as its editor exports it, some of them deleted; ``called`` is its timeline's new name."""
    timeline = otio.adapters.read_from_file(str(folder / source))
    timeline.name = called or timeline.name
    for clip in timeline.find_clips():
        kept = {key: media for key, media in clip.media_references().items() if media.name not in without}
        clip.set_media_references(kept, "DEFAULT_MEDIA")
    otio.adapters.write_to_file(timeline, str(folder / name))


def test_neither_output_misses_the_takes_of_the_other(placed: Path) -> None:
    """They are of one shot and one mark: each cut needs other frames of it, so each has a take of its own."""
    for reel in ("reel1", "reel2"):
        assert {take["standing"] for take in told(placed, "takes", "list", f"{reel}-out.otio")} == {"ok"}
        assert told(placed, "takes", "sync", f"{reel}-out.otio")["changes"] == []


@pytest.mark.parametrize("called", ["", "reel one, version 4"], ids=["the same name", "another name"])
def test_what_was_taken_out_of_an_export_is_missed_there(placed: Path, called: str) -> None:
    takes = told(placed, "takes", "list", "reel1-out.otio")
    (snow,) = [take["take"] for take in takes if take["prompt"] == ["snow"]]
    exported(placed, "reel1-out.otio", "v04.otio", snow, called=called)
    listed = command_line(placed, "takes", "list", "v04.otio").stdout
    assert f"no longer in the cut, though in reel1-out.otio: {snow}" in " ".join(listed.split())
    (change,) = told(placed, "takes", "sync", "v04.otio")["changes"]
    assert (change["take"], change["now"]) == (snow, "dropped")


@pytest.mark.slow
def test_an_export_without_any_take_drops_those_of_its_own_cut_alone(placed: Path) -> None:
    timeline = otio.adapters.read_from_file(str(placed / "reel2.otio"))
    otio.adapters.write_to_file(timeline, str(placed / "v05.otio"))
    assert told(placed, "takes", "sync", "v05.otio")["changes"] == []
    gone = {change["take"] for change in told(placed, "takes", "sync", "v05.otio", "--all-gone")["changes"]}
    assert gone == {take["take"] for take in told(placed, "takes", "list", "reel2-out.otio")}
    assert {take["standing"] for take in told(placed, "takes", "list", "reel1-out.otio")} == {"ok"}


def test_a_change_list_misses_only_what_was_in_this_cut(placed: Path) -> None:
    def dropped(cut: str) -> int:
        return sum("dropped" in map(str, row.values()) for row in told(placed, "report", "changes", cut)["rows"])

    assert (dropped("reel1-out.otio"), dropped("reel2-out.otio")) == (0, 0)
    lost = told(placed, "takes", "list", "reel1-out.otio")[0]["take"]
    exported(placed, "reel1-out.otio", "reel1-again.otio", lost)
    assert dropped("reel1-again.otio") == 1
