"""Whatever stands in an edit list ends in the best reading with a warning, or in a message; never in a traceback."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from otio_retake.cuts import open_cut
from otio_retake.cuts.marker_edl import with_markers
from otio_retake.errors import CutError
from tests.cuts.edit_lists import HEAD, clips, edl, said

SAMPLES = Path(__file__).resolve().parents[2] / "sample_timelines"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\x00\x01\x02RIFF", "no text"),
        (b"TITLE: X\nFCM: NON-DROP FRAME\n", "no event"),
        (b'{"OTIO_SCHEMA": "Timeline.1"}', "no event"),
        (b"001  A001  V  C  99:99:99:99 99:99:99:99 99:99:99:99 99:99:99:99\n", "no event"),
    ],
)
def test_what_is_no_list_is_refused_with_a_message(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "cut.edl"
    path.write_bytes(content)
    with pytest.raises(CutError) as error:
        open_cut(path)
    assert word in error.value.what
    assert "cut.edl" in error.value.where
    assert error.value.fix


def test_a_folder_and_nothing_at_all(tmp_path: Path) -> None:
    (tmp_path / "folder.edl").mkdir()
    for name in ("folder.edl", "nothing.edl"):
        with pytest.raises(CutError) as error:
            open_cut(tmp_path / name)
        assert error.value.fix


def test_wrapped_lines_are_read_as_one(tmp_path: Path) -> None:
    text = """\
001  A001     V     C        01:00:00:00 01:00:01:00
 01:00:00:00 01:00:01:00
* FROM CLIP NAME: a long name that a mail
program has broken.mov
002  A002_WITH_A_LONG_REEL
     V     C        02:00:00:00 02:00:01:00 01:00:01:00 01:00:02:00
* LOC: 01:00:01:12 RED     RETAKE: it rains and
 rains
"""
    cut = edl(tmp_path, text)
    one, two = clips(cut)
    assert one.name == "a long name that a mail program has broken.mov"
    assert (one.record, two.record) == ((0, 24), (24, 48))
    assert two.media.url == "A002_WITH_A_LONG_REEL"
    assert cut.view.markers[0].name == "RETAKE: it rains and rains"
    assert len(said(cut)) == 4
    assert all("line" in p.clip for p in cut.view.remarks if p.level == "warning")


def test_lines_that_cannot_be_read_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    text = """\
001  A001     V     C        01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00
002  A002     V     C        01:00:00:00 01:00:01:00 01:00:01:00
003  A003     V     X        01:00:00:00 01:00:01:00 01:00:01:00 01:00:02:00
004  A004     V     C        01:00:00:00 01:00:01:00 01:00:61:00 01:00:02:00
005  A005     V     C        01:00:00:99 01:00:01:00 01:00:02:00 01:00:03:00
006  A006     V     C        01:00:00:00 01:00:01:00 01:00:04:00 01:00:03:00
007  A007     V     C        01:00:00:00 01:00:01:00 01:00:03:00 01:00:04:00
* LOC: nowhere RED RETAKE: lost
* LOC: 01:00:99:00 RED RETAKE: lost too
"""
    cut = edl(tmp_path, text)
    assert [clip.media.url for clip in clips(cut)] == ["A001", "A005", "A007"]
    what = " ".join(said(cut))
    for word in ("002  A002", "003  A003", "event 004", "event 005", "event 006", "nowhere", "01:00:99:00"):
        assert word in what
    assert "cannot be read" in clips(cut)[1].speed.refused
    assert not cut.view.markers


def test_utf16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    text = HEAD + "001  A001     V     C        01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\n"
    path.write_bytes(text.encode("utf-16"))
    assert len(clips(open_cut(path))) == 1


def test_names_from_a_list_are_fit_for_a_terminal(tmp_path: Path) -> None:
    text = "001  A\x1b[31m V     C        01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\n"
    text += "* FROM CLIP NAME: \x1b[2Jgone\u202e.mov\n* LOC: 01:00:00:12 RED     RETAKE: \x07bell\n"
    cut = edl(tmp_path, text)
    (clip,) = clips(cut)
    texts = (clip.name, clip.media.url, *clip.media.names, cut.view.markers[0].name)
    assert not any(char in "".join(texts) for char in "\x1b\x07\u202e")


@pytest.mark.parametrize(
    "line",
    [
        "x" * 2_000_000,
        " " * 2_000_000 + "x",
        "001 " + "A " * 500_000,
        "001 " + "01:00:00:00 " * 100_000,
        "* LOC: " + "1" * 2_000_000,
        "M2 " + "A " * 500_000,
        "\n".join(["001 A V"] * 50_000),
        "\n".join(["* LOC: 01:00:00:00 RED RETAKE"] * 50_000),
        "\n".join([" " * 3000 + "x"] * 500),
        "\n".join(["001 A V C 01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00"] * 3000),
    ],
    ids=["long", "blank", "words", "labels", "digits", "speeds", "broken", "locators", "indented", "piled"],
)
def test_a_list_made_to_take_long_does_not(tmp_path: Path, line: str) -> None:
    """Ten seconds are far above what any of these takes and far below what a quadratic reading would."""
    text = "001  A001     V     C        01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\n" + line + "\n"
    began = time.process_time()
    cut = edl(tmp_path, text)
    assert time.process_time() - began < 60
    assert len(cut.view.remarks) < 10_000


def test_damaged_lists_never_crash(tmp_path: Path) -> None:
    chance = random.Random(7)
    view = edl(tmp_path, "001  A V C 01:00:00:00 01:00:09:00 01:00:00:00 01:00:09:00\n").view
    samples = [path.read_bytes() for path in sorted(SAMPLES.glob("*.edl"))]
    path = tmp_path / "damaged.edl"
    for _ in range(300):
        data = bytearray(chance.choice(samples))
        for _ in range(chance.randrange(1, 30)):
            at = chance.randrange(len(data))
            kind = chance.randrange(4)
            if kind == 0:
                data[at] = chance.randrange(1, 256)
            elif kind == 1:
                del data[at : at + chance.randrange(1, 60)]
            elif kind == 2:
                data[at:at] = data[chance.randrange(len(data)) :][: chance.randrange(1, 90)]
            else:
                data[at:at] = chance.choice([b"\n", b"\r", b" ", b"*", b":", b"|C:", b"9"])
        path.write_bytes(bytes(data))
        for read in (lambda: open_cut(path), lambda: with_markers(view, path)):
            with suppress(CutError):
                read()


def test_the_program_says_it_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "cut.edl").write_bytes(b"\0\0")
    said = subprocess.run(
        [sys.executable, "-m", "otio_retake", "marks", str(tmp_path / "cut.edl")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 2
    assert "to do" in said.stderr
    assert "Traceback" not in said.stderr
