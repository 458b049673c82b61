"""A cut without a mark says so, with what makes one: nobody is left with nothing to send and no reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from otio_retake.errors import Problem
from otio_retake.session import Session
from tests.cuts.edit_lists import edl
from tests.cutting import clip, marker, track, write
from tests.forked import command_line


def said_of(path: Path, **flags: Any) -> list[Problem]:
    with Session(path, flags) as session:
        return list(session.plan().problems)


@pytest.mark.parametrize(("names", "words"), [((), "no markers"), (("note", "VFX 12"), "2 markers")])
def test_a_cut_without_marks_says_so_and_how_one_is_made(tmp_path: Path, names: tuple[str, ...], words: str) -> None:
    cut = write(tmp_path, track(clip("A", 0, 48, *(marker(name, 5 + k) for k, name in enumerate(names)))))
    (row,) = said_of(cut.path)
    assert (row.level, words in row.what, "RETAKE:" in row.fix) == ("warning", True, True)


def test_a_list_is_asked_for_its_list_of_markers(tmp_path: Path) -> None:
    cut = edl(tmp_path, "001  A001     V     C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n")
    (row,) = (row for row in said_of(cut.path, edl_rate="24") if row.level == "warning")
    assert "--markers" in row.fix


def test_one_mark_or_one_that_is_misspelt_is_not_none(tmp_path: Path) -> None:
    for text in ("RETAKE: rain", "RETAKE vidoe: rain"):
        cut = write(tmp_path, track(clip("A", 0, 48, marker(text, 5))))
        assert not [row for row in said_of(cut.path) if "no mark" in row.what]


def test_plan_run_and_marks_say_it_and_end_well(tmp_path: Path) -> None:
    write(tmp_path, track(clip("A", 0, 48, marker("note", 5))))
    for words in (("plan",), ("run", "-o", "out.otio", "--yes"), ("marks",)):
        said = command_line(tmp_path, words[0], "cut.otio", *words[1:], COLUMNS="200")
        assert said.returncode == 0, said.stderr
        assert "no mark found" in said.stdout, words
        assert "otio-retake marks --help" in said.stdout, words
    listed = json.loads(command_line(tmp_path, "plan", "cut.otio", "--json").stdout)
    assert "no mark found" in listed["problems"][0]["what"]
