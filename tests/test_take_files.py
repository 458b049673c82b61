"""The files of takes: none is ever written over, and none is missing without a word."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from otio_retake.durable import sha256_of
from tests.forked import command_line

RATE = 24000 / 1001


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, footage: Path) -> Path:
    """A cut with one mark, run once: one take."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copy(footage, folder / footage.name)
    whole = TimeRange(RationalTime(86400, RATE), RationalTime(96, RATE))
    clip = otio.schema.Clip("A001", otio.schema.ExternalReference(footage.name, whole), whole)
    clip.markers.append(otio.schema.Marker("RETAKE: rain", TimeRange(RationalTime(86440, RATE), RationalTime(8, RATE))))
    track = otio.schema.Track("V1", kind="Video", children=[clip])
    timeline = otio.schema.Timeline("cut")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    do(folder, "run", "cut.otio", "-o", "out.otio", "--yes")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of that, for one test to change."""
    return Path(shutil.copytree(made, tmp_path / "cut"))


def do(folder: Path, *words: str) -> str:
    said = command_line(folder, *words)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout if "--json" in words else " ".join(said.stdout.split())


def files(folder: Path) -> dict[str, str]:
    """The takes that lie there, by the ends of their names, with their digests."""
    return {path.name[-8:]: sha256_of(path) for path in sorted((folder / "retakes" / "takes").glob("*.mov"))}


def test_a_ledger_that_was_brought_back_gives_no_take_a_name_that_lies_there(folder: Path) -> None:
    ledger = folder / "retakes" / "ledger.sqlite"
    shutil.copy(ledger, folder / "copy.sqlite")
    do(folder, "conform", "cut.otio", "--handles", "3", "--codec", "h264")
    before = files(folder)
    assert list(before) == ["v001.mov", "v002.mov"]
    shutil.copy(folder / "copy.sqlite", ledger)
    do(folder, "conform", "cut.otio", "--codec", "prores")
    after = files(folder)
    assert list(after) == ["v001.mov", "v002.mov", "v003.mov"]
    assert {name: after[name] for name in before} == before
    assert after["v003.mov"] != before["v002.mov"]


def take_away(folder: Path) -> Path:
    """Deletes the file of the only take."""
    (path,) = (folder / "retakes" / "takes").glob("*.mov")
    path.unlink()
    return path


@pytest.mark.parametrize(
    "words",
    [
        ("run", "cut.otio", "-o", "new.otio", "--yes"),
        ("conform", "cut.otio"),
        ("place", "cut.otio", "-o", "new.otio"),
        ("conform", "cut.otio", "--codec", "h264"),
    ],
)
def test_a_take_whose_file_is_gone_is_made_again_as_it_was(folder: Path, words: tuple[str, ...]) -> None:
    before = files(folder)
    take_away(folder)
    said = do(folder, *words)
    assert "its file is gone" not in said
    assert files(folder).items() >= before.items()
    if words[0] != "conform":
        assert "retake.v001" in (folder / "new.otio").read_text()
    assert "0 to send, 1 done" in do(folder, "plan", "cut.otio")


def test_a_take_that_somebody_dropped_is_not_made_again(folder: Path) -> None:
    do(folder, "takes", "drop", "out.otio", take_away(folder).stem, "-o", "without.otio")
    said = do(folder, "run", "cut.otio", "-o", "new.otio", "--yes")
    assert files(folder) == {}
    assert "its file is gone" not in said


def test_a_take_that_can_not_be_made_again_is_named(folder: Path) -> None:
    name = take_away(folder).name
    for result in (folder / "retakes" / "results").iterdir():
        result.unlink()
    for words in (("run", "cut.otio", "-o", "new.otio", "--yes"), ("conform", "cut.otio")):
        said = do(folder, *words)
        assert f"{name} is a take of this cut, and its file is gone; to do:" in said
        assert "certain" not in said, "it is not shown among those that are there"
    for words in (("run", "cut.otio", "-o", "more.otio", "--yes", "--json"), ("conform", "cut.otio", "--json")):
        told = json.loads(do(folder, *words))
        assert told["takes"] == []
        assert [name in warning for warning in told["warnings"]] == [True]
