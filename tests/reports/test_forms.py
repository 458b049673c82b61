"""CSV, ALE and EDL as the programs that read them expect them."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otio_retake.reports.ale import write_ale
from otio_retake.reports.csv_sheet import harmless, write_csv
from otio_retake.reports.edl import short_reels, write_edl
from otio_retake.reports.model import Row, Stretch
from tests.reports.reported import FILM, NTSC, PAL, report, row


def sheet(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_csv_has_a_header_and_a_line_for_each_row() -> None:
    content = write_csv(report(row(), row("B002", comment='he says "no",\nthen leaves')))
    assert content.startswith("\ufeffEvent,Name,Tracks,Start,End".encode())
    one, two = sheet(content)
    assert (one["Event"], one["Start"], one["End"], one["Frames"]) == ("1", "01:00:00:00", "01:00:02:00", "48")
    assert two["Comments"] == 'he says "no",\nthen leaves'


@pytest.mark.parametrize("text", ['=cmd|" /C calc"!A0', "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    (line,) = sheet(write_csv(report(row("=A1", comment=text))))
    assert line["Name"] == "'=A1"
    assert line["Comments"].startswith("'")


@given(st.text())
def test_no_text_at_all_begins_as_a_formula_does(text: str) -> None:
    assert not str(harmless(text)).lstrip().startswith(("=", "+", "-", "@"))


def test_an_ale_is_read_by_the_published_adapter() -> None:
    adapter = pytest.importorskip("otio_ale_adapter.ale")
    content, left_out = write_ale(report(row(comment="one\ttwo\nthree"), row("B002", 90000, 24)))
    assert left_out == []
    clips = adapter.read_from_string(content.decode())
    assert [(c.name, c.source_range.start_time.value, c.source_range.duration.value) for c in clips] == [
        ("A001", 86400, 48), ("B002", 90000, 24),
    ]  # fmt: skip
    assert clips[0].metadata["ALE"]["Tape"] == "A001"
    assert clips[0].metadata["ALE"]["Comments"] == "one two three"


def test_an_ale_has_the_shape_of_the_real_ones() -> None:
    lines = write_ale(report(row()))[0].decode().split("\r\n")
    assert lines[:5] == ["Heading", "FIELD_DELIM\tTABS", "VIDEO_FORMAT\t1080", "AUDIO_FORMAT\t48khz", "FPS\t24"]
    assert (lines[5], lines[6], lines[8], lines[9], lines[-1]) == ("", "Column", "", "Data", "")
    assert lines[7].split("\t")[:6] == ["Name", "Tracks", "Start", "End", "Duration", "Tape"]
    assert len(lines[10].split("\t")) == len(lines[7].split("\t"))


def test_an_ale_has_one_rate_and_says_what_does_not_run_at_it() -> None:
    content, left_out = write_ale(report(row(), row("P001", 100, 10, PAL), row("B002"), rate=PAL))
    assert b"FPS\t24\r\n" in content
    assert b"P001" not in content
    assert len(left_out) == 1
    assert left_out[0].startswith("P001: it runs at 25")


@pytest.mark.parametrize(("rate", "said"), [(Fraction(24000, 1001), "23.976"), (NTSC, "29.97"), (PAL, "25"),
                                            (Fraction(60000, 1001), "59.94")])  # fmt: skip
def test_an_ale_names_its_rate_as_avid_does(rate: Fraction, said: str) -> None:
    assert f"FPS\t{said}\r\n".encode() in write_ale(report(row(rate=rate), rate=rate))[0]


# --- EDL ------------------------------------------------------------------------------------------------------------


def events(content: bytes) -> list[str]:
    return [line for line in content.decode("ascii").splitlines() if re.match(r"\d{3}  ", line)]


def test_an_edl_is_read_by_the_published_adapter() -> None:
    adapter = pytest.importorskip("otio_cmx3600_adapter.cmx_3600")
    rows = (row(reel="A001R1"), row("B002", 90000, 24, at=86448), row("C003", 0, 12, at=86500))
    content, warnings, left_out = write_edl(report(*rows))
    assert (warnings, left_out) == ([], [])
    timeline = adapter.read_from_string(content.decode("ascii"), rate=24)
    clips = list(timeline.find_clips())
    assert [(c.name, c.source_range.start_time.value, c.source_range.duration.value) for c in clips] == [
        ("A001", 86400, 48), ("B002", 90000, 24), ("C003", 0, 12),
    ]  # fmt: skip
    assert [c.metadata["cmx_3600"]["reel"] for c in clips] == ["A001R1", "B002", "C003"]


def test_an_edl_has_the_columns_of_cmx_3600() -> None:
    content = write_edl(report(row(), row("S1", at=86448, sound=True)))[0]
    assert content.decode().splitlines()[:3] == ["TITLE: cut change list", "FCM: NON-DROP FRAME", ""]
    assert events(content) == [
        "001  A001     V     C        01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00",
        "002  S1       A     C        01:00:00:00 01:00:02:00 01:00:02:00 01:00:04:00",
    ]


def test_a_pull_list_lays_its_events_one_after_the_other() -> None:
    content = write_edl(report(row(length=48), row("B002", 0, 24, at=86400), strung=True))[0]
    assert [line[-23:] for line in events(content)] == ["01:00:00:00 01:00:02:00", "01:00:02:00 01:00:03:00"]
    assert b"* IN THE CUT: 01:00:00:00 01:00:01:00" in content


def test_drop_frame_is_said_and_counted() -> None:
    # 01:00:59;28 at 29.97 is frame 109690; four frames later it is 01:01:00;04, for two labels are skipped.
    content = write_edl(report(row(first=109690, length=4, rate=NTSC, at=109690, drop=True), rate=NTSC, drop=True))[0]
    assert b"FCM: DROP FRAME" in content
    assert events(content)[0].endswith("01:00:59;28 01:01:00;04 01:00:59;28 01:01:00;04")


def test_speed_and_another_rate_have_a_line_of_their_own() -> None:
    double = row(length=48, speed=Fraction(2), record_length=24)
    other = row("B002", 86400, 48, FILM, at=90000, record_rate=PAL, record_length=50)
    content, warnings, _ = write_edl(report(double))
    assert "M2   A001           048.0                01:00:00:00" in content.decode().splitlines()
    assert warnings == []
    content, warnings, _ = write_edl(report(other, rate=PAL, start=90000))
    assert "M2   B002           024.0                01:00:00:00" in content.decode().splitlines()
    assert len(warnings) == 1


def test_reels_are_short_and_never_alike_and_stand_in_full_beside() -> None:
    names = ["A001_C003_harbour", "A001_C003_harbour_rtk0a1b2c3_v001", "A001_C003_harbour_rtk0a1b2c3_v002", "A001_C00"]
    content = write_edl(report(*(row(name, at=86400 + 48 * k) for k, name in enumerate(names))))[0]
    reels = [line[5:13].strip() for line in events(content)]
    assert len(set(reels)) == 4
    assert all(re.fullmatch(r"[A-Z0-9_]{1,8}", reel) for reel in reels)
    assert reels[3] == "A001_C00"
    assert all(f"* SOURCE REEL: {name}\r\n".encode() in content for name in names[:3])


@given(st.text(max_size=40))
def test_any_reel_has_a_short_name(reel: str) -> None:
    assert re.fullmatch(r"[A-Z0-9_]{1,8}", next(short_reels(reel)))


@given(st.text(), st.text())
def test_any_name_and_comment_stay_on_one_ascii_line(name: str, comment: str) -> None:
    content = write_edl(report(row(name or "x", comment=comment)))[0]
    assert len(events(content)) == 1
    assert all(not line or line[0] in "*TF0" for line in content.decode("ascii").split("\r\n"))


def test_what_has_no_place_is_named() -> None:
    nowhere = Row("C1", "C1", "C1.mov", None, Stretch(0, 1, FILM), ())
    _, _, left_out = write_edl(report(row(), row("B1", at=None), nowhere))
    assert [line[:2] for line in left_out] == ["B1", "C1"]


def test_more_events_than_the_form_has_numbers_for_are_warned_of() -> None:
    _, warnings, _ = write_edl(report(*(row(at=86400 + 48 * k) for k in range(1000))))
    assert len(warnings) == 1
