"""Whatever writes a cut says what should be known and what was left out: in words, and in two lists for machines."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cutting import clip, marker, span, track, write
from tests.forked import command_line


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    said = command_line(folder, *arguments)
    assert said.returncode == 0, said.stdout + said.stderr
    return said


@pytest.mark.slow
def test_both_lists_are_there_from_the_run_to_the_drop(tmp_path: Path, footage: Path) -> None:
    shutil.copy(footage, tmp_path / footage.name)
    rate = 24000 / 1001
    shot = clip(
        "A001", 86410, 40, marker("RETAKE: rain", 86420, 6, rate), media=footage.name,
        available=span(86400, 96, rate), rate=rate,
    )  # fmt: skip
    write(tmp_path, track(shot), rate=rate, start=86400)
    (tmp_path / "other").mkdir()
    lines = [
        ("run", "cut.otio", "-o", "one.otio", "--yes"),
        ("place", "cut.otio", "-o", "two.otio"),
        ("takes", "pick", "two.otio", "v001", "-o", "three.otio"),
        ("takes", "pick", "three.otio", "original", "-o", "four.otio"),
        ("takes", "drop", "two.otio", "v001", "-o", "five.otio"),
    ]
    for line in lines:
        told = json.loads(run(tmp_path, *line, "--json").stdout)
        assert (told["written"], told["warnings"], told["left_out"]) == (line[line.index("-o") + 1], [], []), line
    moved = json.loads(run(tmp_path, "takes", "pick", "two.otio", "v001", "-o", "other/six.otio", "--json").stdout)
    assert len(moved["warnings"]) == 1  # the media is named from the folder of the cut
    assert "nothing left out" in run(tmp_path, "takes", "pick", "two.otio", "v001", "-o", "seven.otio").stdout
    assert "warning" in run(tmp_path, "takes", "pick", "two.otio", "v001", "-o", "other/eight.otio").stdout
