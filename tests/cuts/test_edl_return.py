"""What editors do with takes in an edit list is seen when the list comes back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from otio_retake.readback import TakeInCut, takes_in
from otio_retake.spans import Span
from otio_retake.takes import TakeFile
from tests.cuts.edit_lists import edl
from tests.cuts.placements import take

NAME = "A001_rtk0a1b2c3_v001"
LINE = "* COMMENT: otio-retake v001 take region001 of order 0a1b2c3\n"
OTHER = "002  A002     V     C        01:00:00:00 01:00:04:00 01:00:04:00 01:00:08:00\n* FROM CLIP NAME: two.mov\n"


@pytest.fixture
def known(tmp_path: Path) -> TakeFile:
    """A take of frames 100 to 196 of a source that begins at 01:00:00:00: its own first label is 01:00:04:04."""
    made = take(1, tmp_path / f"{NAME}.mov", "region")
    (tmp_path / f"{NAME}.mov").write_bytes(b"")
    spec = replace(made.spec, span=Span(100, 196), timecode="01:00:04:04", rate=Fraction(24))
    return replace(made, path=tmp_path / f"{NAME}.mov", spec=spec)


def event(source: str, record: str, name: str = f"{NAME}.mov", number: int = 1) -> str:
    return f"{number:03}  0A1B2CV1 V     C        {source} {record}\n* FROM CLIP NAME: {name}\n"


def found(folder: Path, text: str, known: TakeFile, **more: str) -> list[TakeInCut]:
    return takes_in(edl(folder, text + OTHER, **more).view, [known])


WHOLE = event("01:00:05:00 01:00:07:00", "01:00:00:00 01:00:02:00")


def test_used_as_it_was_laid(tmp_path: Path, known: TakeFile) -> None:
    (one,) = found(tmp_path, WHOLE, known)
    assert (one.take, one.in_use, one.standing, one.short, one.key) == (known, True, "ok", 0, "retake.v001")


def test_trimmed_by_five_frames(tmp_path: Path, known: TakeFile) -> None:
    (one,) = found(tmp_path, event("01:00:05:05 01:00:06:19", "01:00:00:05 01:00:01:19"), known)
    assert (one.standing, one.short) == ("ok", 0)


@pytest.mark.parametrize(
    ("source", "short"),
    [
        # Its labels are 01:00:04:04 to 01:00:08:04.
        ("01:00:03:23 01:00:05:23", 5),
        ("01:00:06:05 01:00:08:05", 1),
        ("01:00:06:04 01:00:08:04", 0),
        ("01:00:04:04 01:00:06:04", 0),
        ("02:00:00:00 02:00:02:00", 48),
    ],
)
def test_slipped_beyond_its_handles(tmp_path: Path, known: TakeFile, source: str, short: int) -> None:
    (one,) = found(tmp_path, event(source, "01:00:00:00 01:00:02:00"), known)
    if source.startswith("02"):
        assert one.standing == "stale"
        assert one.short > short
    else:
        assert (one.short, one.standing) == (short, "stale" if short else "ok")


def test_deleted(tmp_path: Path, known: TakeFile) -> None:
    assert found(tmp_path, "", known) == []


def test_used_twice_and_moved_in_another_timeline(tmp_path: Path, known: TakeFile) -> None:
    twice = WHOLE + event("01:00:05:00 01:00:07:00", "01:00:02:00 01:00:04:00", number=2)
    assert [t.clip.record for t in found(tmp_path, twice, known)] == [(0, 48), (48, 96)]
    (moved,) = found(tmp_path, event("01:00:05:00 01:00:07:00", "05:00:00:00 05:00:02:00"), known)
    assert (moved.take, moved.standing) == (known, "ok")


@pytest.mark.parametrize("name", [f"{NAME}.mov", NAME, f"{NAME}.MOV"])
def test_known_by_its_name_or_by_its_line(tmp_path: Path, known: TakeFile, name: str) -> None:
    (by_name,) = found(tmp_path, event("01:00:05:00 01:00:07:00", "01:00:00:00 01:00:02:00", name), known)
    assert by_name.take == known
    (by_line,) = found(tmp_path, WHOLE.replace(f"{NAME}.mov", "renamed") + LINE, known)
    assert by_line.take == known


def test_switched_off_as_we_write_it(tmp_path: Path, known: TakeFile) -> None:
    off = "".join(f"* otio-retake off: {line}\n" for line in (WHOLE + LINE).splitlines())
    (one,) = found(tmp_path, off, known)
    assert (one.in_use, one.standing) == (False, "ok")


def test_its_file_is_gone(tmp_path: Path, known: TakeFile) -> None:
    known.path.unlink()
    (one,) = found(tmp_path, WHOLE, known)
    assert one.standing == "gone"


def test_a_take_at_another_rate_counts_its_own_labels(tmp_path: Path, known: TakeFile) -> None:
    """Frames 0 to 50 of a take at 25 are two seconds, 48 frames of a cut at 24."""
    spec = replace(known.spec, rate=Fraction(25), timecode="01:00:00:00", span=Span(0, 50))
    exact = event("01:00:00:00 01:00:02:00", "01:00:00:00 01:00:02:00")
    (one,) = found(tmp_path, exact, replace(known, spec=spec), rate="24")
    assert (one.short, one.standing) == (0, "ok")
    late = event("01:00:00:10 01:00:02:10", "01:00:00:00 01:00:02:00")
    (one,) = found(tmp_path, late, replace(known, spec=spec), rate="24")
    assert (one.short, one.standing) == (10, "stale")
