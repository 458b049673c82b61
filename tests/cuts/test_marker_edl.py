"""Marker lists of Resolve, joined to a cut of any form by timecode, and written with what became of each mark."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from otio_retake.cuts import open_cut
from otio_retake.cuts.edl_lines import read_list
from otio_retake.cuts.marker_edl import listed, with_markers, write_list
from otio_retake.cuts.model import View
from otio_retake.errors import CutError
from otio_retake.marks import find_marks
from tests.cutting import clip, track, write


def marked(folder: Path, text: str, *, head: str = "TITLE: X\nFCM: NON-DROP FRAME\n\n") -> Path:
    path = folder / "marks.edl"
    path.write_text(head + text)
    return path


def row(number: int, at: str, body: str) -> str:
    return f"{number:03}  001      V     C        {at} {at[:-2]}{int(at[-2:]) + 1:02} {at} {at[:-2]}23  \n{body}\n\n"


def cut_of(folder: Path, frames: int = 240) -> View:
    return write(folder, track(clip("A", 0, frames)), start=86400).view


def test_a_real_list(shared_timelines: Path) -> None:
    """Five events, read off the file: two notes, then three empty ones; every length is 1."""
    document = read_list(shared_timelines / "edl" / "resolve_markers_markersextractor25_excerpt.edl")
    found = [(m.event.record[0], m.name, m.note, m.colour, m.length) for m in listed(document)]
    assert found == [
        ("00:00:02:03", "Marker 1", "Note 01", "PURPLE", 1),
        ("00:00:03:24", "Marker 2", "Note 02", "PURPLE", 1),
        ("00:00:08:05", "Marker 3", "", "RED", 1),
        ("00:00:12:23", "Marker 4", "", "RED", 1),
        ("00:00:18:07", "Marker 5", "", "RED", 1),
    ]
    cut = open_cut(document.path)
    assert [m.name for m in cut.view.markers] == [f"Marker {k}" for k in range(1, 6)]
    assert not list(cut.view.clips())
    assert any("no cut" in problem.what for problem in cut.view.remarks), "a list of markers by itself is no cut"


def test_notes_wrap_and_lengths_count(tmp_path: Path) -> None:
    text = (
        row(1, "01:00:01:00", "RETAKE: it rains |C:ResolveColorPink |M:Marker 1 |D:24")
        + row(2, "01:00:03:00", "RETAKE x2\ncontext=24\n3 people laugh\n |C:ResolveColorBlue |M:Marker 2 |D:1")
        + row(3, "01:00:00:12", " |C:ResolveColorMint |M:RETAKE: a bar / in the text |D:0")
        + row(4, "01:00:05:00", "@author, 2025-01-01\n |C:ResolveColorRed |M:note |D:0")
    )
    view = with_markers(cut_of(tmp_path), marked(tmp_path, text))
    found = [(m.start.value, m.duration.value, m.colour, m.name, m.note) for m in view.markers]
    assert found == [
        (24, 24, "PINK", "Marker 1", "RETAKE: it rains"),
        (72, 1, "BLUE", "Marker 2", "RETAKE x2\ncontext=24\n3 people laugh"),
        (12, 1, "MINT", "RETAKE: a bar / in the text", ""),
        (120, 1, "RED", "note", "@author, 2025-01-01"),
    ]
    prompts = [(m.prompt, m.takes, m.key("context")) for m in find_marks(view).marks]
    assert prompts == [("it rains", None, None), ("3 people laugh", 2, "24"), ("a bar / in the text", None, None)]


@pytest.mark.parametrize(("written", "read"), [("125512", 72), ("9999", 1), ("240", 1), ("100", 100), ("-5", 1)])
def test_a_length_beyond_the_cut_is_broken(tmp_path: Path, written: str, read: int) -> None:
    """125512 is 490 * 256 + 72; 9999 ends in 15, but 240 frames from frame 24 on is one beyond the end."""
    text = row(1, "01:00:01:00", f" |C:ResolveColorPink |M:RETAKE |D:{written}")
    view = with_markers(cut_of(tmp_path, 260 if written == "9999" else 240), marked(tmp_path, text))
    (found,) = view.markers
    assert found.duration.value == (15 if written == "9999" else read)
    assert bool(view.remarks) == (found.duration.value != int(written) and int(written) > 1)


def test_markers_outside_are_said_and_a_list_of_another_cut_is_refused(tmp_path: Path) -> None:
    inside, outside = (
        row(1, "01:00:01:00", " |C:ResolveColorPink |M:RETAKE |D:1"),
        row(2, "02:00:01:00", " |C:ResolveColorPink |M:RETAKE |D:1"),
    )
    view = with_markers(cut_of(tmp_path), marked(tmp_path, inside + outside))
    assert len(view.markers) == 1
    assert any("outside" in problem.what and problem.timecode == "02:00:01:00" for problem in view.remarks)
    with pytest.raises(CutError) as error:
        with_markers(cut_of(tmp_path), marked(tmp_path, outside))
    assert "01:00:00:00" in error.value.what
    assert error.value.where
    assert error.value.fix


@pytest.mark.parametrize("text", ["", "001  A V C 01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\n", "hello\n"])
def test_what_is_no_list_of_markers_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CutError) as error:
        with_markers(cut_of(tmp_path), marked(tmp_path, text))
    assert "marker" in error.value.what


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CutError) as error:
        with_markers(cut_of(tmp_path), tmp_path / "no.edl")
    assert "no.edl" in error.value.where


def test_states_are_written_by_colour_and_text_and_order_nothing(tmp_path: Path) -> None:
    text = row(1, "01:00:01:00", "a|b é\nsecond |C:ResolveColorPink |M:RETAKE: rain |D:24")
    text += row(2, "01:00:03:00", " |C:ResolveColorPink |M:RETAKE |D:1")
    view = with_markers(cut_of(tmp_path), marked(tmp_path, text))
    one, two = view.markers
    content, left = write_list("CUT", {one: "failed", two: "done"}.items(), view)
    assert left == 0
    assert content.isascii()
    (tmp_path / "states.edl").write_bytes(content)
    again = with_markers(cut_of(tmp_path), tmp_path / "states.edl")
    found = [(m.start.value, m.duration.value, m.colour, m.name) for m in again.markers]
    assert found == [(24, 24, "RED", "failed"), (72, 1, "GREEN", "done")]
    assert not find_marks(again).marks
    assert not find_marks(again).suspects


def test_a_list_holds_999_markers(tmp_path: Path) -> None:
    view = cut_of(tmp_path, 4000)
    text = "".join(
        row(k % 1000, f"01:00:{k // 24:02}:{k % 24:02}", f" |C:ResolveColorPink |M:{k} |D:1") for k in range(1010)
    )
    view = with_markers(view, marked(tmp_path, text))
    assert len(view.markers) == 1010
    content, left = write_list("CUT", [(m, "done") for m in view.markers], view)
    assert left == 11
    assert content.count(b"|C:") == 999


def test_the_list_that_was_read_is_never_written_to(tmp_path: Path) -> None:
    cut = tmp_path / "cut.edl"
    cut.write_text("TITLE: CUT\n\n001  AX V C 01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00\n")
    names = ("marks.edl", "out.markers.edl")
    for name in names:
        (tmp_path / name).write_text("TITLE: MARKS\n\n001  001 V C 01:00:00:00 01:00:00:01 01:00:00:00 01:00:00:01\n")
    before = [(tmp_path / name).read_bytes() for name in names]
    for name, out in (("marks.edl", "marks.edl"), ("out.markers.edl", "out.edl")):
        said = subprocess.run(
            [sys.executable, "-m", "otio_retake", "status", "cut.edl", "--write-marks", "-o", out, "--overwrite",
             "--markers", name, "--rate", "24"],
            cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert said.returncode == 2, said.stdout
        assert "never written to" in said.stderr
    assert [(tmp_path / name).read_bytes() for name in names] == before
