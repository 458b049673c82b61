"""`otio-retake report`: every command of its page, and nobody's files are lost."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from otio_retake.cuts import open_cut
from otio_retake.ledger import Ledger
from otio_retake.project import find_project
from tests.cuts.placements import reference
from tests.forked import command_line

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reports.md").read_text()
LINES = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


def run(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    return command_line(folder, *shlex.split(line)[1:])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo's cut, its media, and a cut with a take made up for each of its clips."""
    from sample_timelines.make_media import make_media

    make_media(ROOT / "sample_timelines" / "media")
    shutil.copytree(ROOT / "sample_timelines" / "media", tmp_path / "media")
    shutil.copy(ROOT / "sample_timelines" / "demo.otio", tmp_path / "cut.otio")
    cut = open_cut(tmp_path / "cut.otio")
    clips = [clip for clip in cut.view.clips() if clip.kind == "Video" and clip.media.kind == "file"]
    cut.save(cut.apply([reference(clip) for clip in clips], tmp_path), tmp_path / "cut-retakes.otio")
    return tmp_path


@pytest.mark.slow
def test_every_command_of_the_page_works(folder: Path) -> None:
    assert len(LINES) >= 7
    before = (folder / "cut.otio").read_bytes()
    for line in LINES:
        said = run(folder, line)
        assert said.returncode == 0, f"{line}\n{said.stdout}{said.stderr}"
        assert "Traceback" not in said.stderr
        if "--json" not in line:
            assert not [row for row in said.stdout.splitlines() if len(row) > 80 and str(folder) not in row]
    assert (folder / "cut.otio").read_bytes() == before
    assert not (folder / "retakes").exists()  # a report of a cut makes no project
    for name in ("pulls.edl", "pulls.ale", "counts.csv", "changes.ale"):
        assert (folder / name).stat().st_size > 100


def test_both_lists_of_losses_are_always_there(folder: Path) -> None:
    for kind in ("pulls", "counts", "changes"):
        said = json.loads(run(folder, f"otio-retake report {kind} cut.otio --json").stdout)
        assert isinstance(said["warnings"], list)
        assert isinstance(said["left_out"], list)
        assert said["written"] is None


def test_nobodys_file_is_replaced_unasked(folder: Path) -> None:
    (folder / "list.csv").write_text("a shopping list")
    line = "otio-retake report changes cut-retakes.otio --since cut.otio -o list.csv"
    said = run(folder, line)
    assert said.returncode == 2
    assert all(part in said.stderr for part in ("where:", "list.csv", "to do:", "--overwrite"))
    assert (folder / "list.csv").read_text() == "a shopping list"
    assert run(folder, f"{line} --overwrite").returncode == 0
    assert run(folder, line).returncode == 0  # just the same again
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_our_own_earlier_report_is_replaced_where_the_ledger_knows_it(folder: Path) -> None:
    Ledger.open(find_project(folder / "cut.otio")).close()
    assert run(folder, "otio-retake report changes cut-retakes.otio -o list.csv").returncode == 0
    assert run(folder, "otio-retake report changes cut-retakes.otio --since cut.otio -o list.csv").returncode == 0
    with (folder / "list.csv").open("a") as file:
        file.write("and mine\n")
    assert run(folder, "otio-retake report changes cut-retakes.otio -o list.csv").returncode == 2


@pytest.mark.parametrize(
    "line",
    [
        "report shots cut.otio",
        "report counts cut.otio -o counts.edl",
        "report pulls cut.otio -o pulls.txt",
        "report pulls cut.otio --since cut.otio",
        "report changes cut-retakes.otio --since nothing.otio",
        "report changes nothing.otio",
    ],
)
def test_what_cannot_be_is_said_with_what_to_do(line: str, folder: Path) -> None:
    said = run(folder, f"otio-retake {line}")
    assert said.returncode == 2
    assert all(part in said.stderr for part in ("error:", "where:", "to do:"))
    assert not list(folder.glob("pulls*"))


def test_the_cuts_that_are_read_are_never_written_to(folder: Path) -> None:
    for name in ("cut.otio", "cut-retakes.otio"):
        before = (folder / name).read_bytes()
        (folder / "link.csv").unlink(missing_ok=True)
        os.link(folder / name, folder / "link.csv")
        said = run(folder, "otio-retake report changes cut-retakes.otio --since cut.otio -o link.csv --overwrite")
        assert said.returncode == 2
        assert (folder / name).read_bytes() == before


def test_picking_a_take_says_its_losses(folder: Path) -> None:
    view = open_cut(folder / "cut-retakes.otio").view
    clip = next(clip for clip in view.clips() if clip.takes)
    line = f"otio-retake takes pick cut-retakes.otio v001 --at {view.timecode(clip.record[0])}"
    said = run(folder, f"{line} -o out.otio --json")
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)
    assert (told["written"], told["warnings"], told["left_out"]) == ("out.otio", [], [])
    assert "nothing left out" in run(folder, f"{line} -o out2.otio").stdout
