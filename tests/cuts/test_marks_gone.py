"""A mark that an editor deleted takes no paid take out of the next output without a word."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from tests.forked import command_line

RATE = 24000 / 1001


def at(value: float) -> RationalTime:
    return RationalTime(value, RATE)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    said = command_line(folder, *arguments)
    assert said.returncode == 0, said.stdout + said.stderr
    return said


def left_out(folder: Path, *arguments: str) -> list[str]:
    found: list[str] = json.loads(run(folder, *arguments, "--json").stdout)["left_out"]
    return found


def without_marks(folder: Path, name: str, *words: str) -> None:
    """The cut as its editor exports it with some markers deleted."""
    timeline = otio.adapters.read_from_file(str(folder / "cut.otio"))
    for clip in timeline.find_clips():
        clip.markers[:] = [m for m in clip.markers if not any(word in m.name for word in words)]
    otio.adapters.write_to_file(timeline, str(folder / name))


def takes_of(folder: Path, cut: str) -> dict[str, str]:
    rows: list[dict[str, Any]] = json.loads(run(folder, "takes", "list", cut, "--json").stdout)
    return {row["take"]: "+".join(row["prompt"]) for row in rows if row["standing"] == "ok"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, footage: Path) -> Path:
    """A cut of one file used twice: two marks on the first clip, one for picture and sound on the second."""
    folder = tmp_path_factory.mktemp("marked")
    media = shutil.copy(footage, folder / footage.name)
    timeline = otio.schema.Timeline("cut", global_start_time=at(86400))
    picture, sound = otio.schema.Track("V1", kind="Video"), otio.schema.Track("A1", kind="Audio")
    for name, start, length in (("first", 86404, 40), ("second", 86460, 30)):
        for track in (picture, sound):
            reference = otio.schema.ExternalReference(str(media), TimeRange(at(86400), at(96)))
            track.append(otio.schema.Clip(name, reference, TimeRange(at(start), at(length))))
    picture[0].markers.append(otio.schema.Marker("RETAKE: rain", TimeRange(at(86408), at(6))))
    picture[0].markers.append(otio.schema.Marker("RETAKE: snow", TimeRange(at(86424), at(6))))
    picture[1].markers.append(otio.schema.Marker("RETAKE both: hail", TimeRange(at(86470), at(12))))
    timeline.tracks.extend([picture, sound])
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    run(folder, "run", "cut.otio", "-o", "out.otio", "--yes")
    return folder


@pytest.fixture
def placed(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "cut"))


def order_of(folder: Path, prompt: str) -> str:
    orders = json.loads(run(folder, "status", "cut.otio", "--json").stdout)["orders"]
    keys = [order["order"] for order in orders]
    said = {key: run(folder, "ledger", "show", key[:9], "--in", "cut.otio").stdout for key in keys}
    (found,) = [key for key, words in said.items() if prompt in words]
    return found[:7]


@pytest.mark.parametrize("output", ["out.otio", "out-v2.otio"], ids=["replaced", "under another name"])
def test_a_take_that_no_mark_asks_for_any_more_is_left_out_with_a_word(placed: Path, output: str) -> None:
    before = takes_of(placed, "out.otio")
    assert left_out(placed, "place", "cut.otio", "-o", "out.otio") == []
    without_marks(placed, "later.otio", "hail")
    (said,) = left_out(placed, "place", "later.otio", "-o", output)
    (hail,) = [name for name, prompt in before.items() if prompt == "hail"]
    assert hail not in takes_of(placed, output)
    # 86470 is frame 10 of the second clip, which begins at frame 40 of the cut.
    for what in ("01:00:02:02 second", hail, order_of(placed, "hail"), "out.otio", "no mark", "put its mark"):
        assert what in said, said
    assert hail in run(placed, "place", "cut.otio", "-o", output).stdout
    assert hail in takes_of(placed, output), "as the message says, its mark brings it back"


def test_the_list_of_a_file_names_what_it_lost(placed: Path) -> None:
    without_marks(placed, "later.otio", "hail")
    before = takes_of(placed, "out.otio")
    run(placed, "run", "later.otio", "-o", "out.otio", "--yes")
    (hail,) = [name for name, prompt in before.items() if prompt == "hail"]
    assert hail in "".join(run(placed, "takes", "list", "out.otio").stdout.split())
    run(placed, "place", "cut.otio", "-o", "out.otio")
    assert "before" not in run(placed, "takes", "list", "out.otio").stdout


@pytest.mark.slow
def test_of_a_take_with_several_orders_the_lost_one_is_named(placed: Path) -> None:
    without_marks(placed, "later.otio", "snow")
    (said,) = left_out(placed, "run", "later.otio", "-o", "out.otio", "--yes")
    assert f"(order {order_of(placed, 'snow')})" in said


@pytest.mark.slow
def test_what_stays_in_the_cut_or_went_with_its_frames_is_told_apart(placed: Path) -> None:
    """An editor who goes on in the cut with takes has them; a shot that was cut out has its own reason."""
    timeline = otio.adapters.read_from_file(str(placed / "out.otio"))
    for clip in timeline.find_clips():
        clip.markers.clear()
    otio.adapters.write_to_file(timeline, str(placed / "later.otio"))
    assert left_out(placed, "place", "later.otio", "-o", "later-out.otio") == []
    assert takes_of(placed, "later-out.otio") == takes_of(placed, "out.otio")
    shorter = otio.adapters.read_from_file(str(placed / "cut.otio"))
    for track in shorter.tracks:
        del track[1]
    otio.adapters.write_to_file(shorter, str(placed / "shorter.otio"))
    (said,) = left_out(placed, "place", "shorter.otio", "-o", "out.otio")
    assert "no longer plays" in said


@pytest.mark.slow
def test_a_take_that_was_dropped_is_not_missed_and_its_sound_is(placed: Path) -> None:
    (hail,) = [name for name, prompt in takes_of(placed, "out.otio").items() if prompt == "hail"]
    run(placed, "takes", "drop", "out.otio", "v001", "--at", "second", "-o", "dropped.otio")
    without_marks(placed, "later.otio", "hail")
    (said,) = left_out(placed, "place", "later.otio", "-o", "dropped.otio")
    assert f"{hail}.wav" in said
    run(placed, "takes", "drop", "out.otio", f"{hail}.wav", "-o", "silent.otio")
    assert left_out(placed, "place", "later.otio", "-o", "out.otio") == []
