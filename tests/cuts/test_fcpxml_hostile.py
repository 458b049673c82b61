"""Hostile and broken .fcpxml files end in a message, or in the best reading with a warning; in bounded time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

from otio_retake.cuts import open_cut
from otio_retake.errors import CutError
from otio_retake.marks import find_marks
from otio_retake.requests import resolve
from tests.cuts.fcpxml_documents import Mark, Shot, fcpxml, written

FILM = Fraction(24)
GOOD = fcpxml([Shot("A", 100, 60, FILM, marks=(Mark("RETAKE: x", 110),)), Shot("B", 100, 60, FILM)], FILM)
RATE = 'id="r1" frameDuration="1/24s"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
BOMB = (
    HEAD
    + '<!DOCTYPE fcpxml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{"&" + a + ";" * 1}{("&" + a + ";") * 9}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + ']><fcpxml version="1.11"><resources>&i;</resources></fcpxml>'
)
OUTSIDE = (
    HEAD + '<!DOCTYPE fcpxml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<fcpxml version="1.11"><resources>&x;</resources></fcpxml>'
)
DEEP = '<fcpxml version="1.11">' + "<clip>" * 100_000 + "</clip>" * 100_000 + "</fcpxml>"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\0" * 100, "no Final Cut Pro XML"),
        (GOOD[: len(GOOD) // 2].encode(), "no Final Cut Pro XML"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.replace("UTF-8", "ISO-8859-1").encode(), "iso-8859-1"),
        (GOOD.replace('name="A"', 'name="\udce9"').encode("utf-8", "surrogateescape"), "no Final Cut Pro XML"),
        (b"<xmeml version='5'><sequence/></xmeml>", "xmeml"),
        (b"<fcpxml version='1.11'><resources/><library/></fcpxml>", "no project"),
        (BOMB.encode(), "entities"),
        (OUTSIDE.encode(), "entities"),
        (DEEP.encode(), "deep"),
        (GOOD.replace('duration="5/2s"', 'duration="5/0s"', 1).encode(), "not a time"),
        (GOOD.replace('offset="0s"', f'offset="{"9" * 40}s"').encode(), "not a time"),
        (GOOD.replace('offset="0s"', 'offset="99999999999s"').encode(), "beyond"),
        (GOOD.replace('duration="5/2s"', 'duration="-5/2s"').encode(), "shorter than nothing"),
        (GOOD.replace('tcStart="0s"', 'tcStart="nan"').encode(), "not a time"),
        (GOOD.replace('id="r1" frameDuration="1/24s"', 'id="r1" frameDuration="0s"').encode(), "frame duration"),
        (GOOD.replace('id="r1" frameDuration="1/24s"', 'id="r1"').encode(), "frame rate"),
        (
            GOOD.replace('id="r1" frameDuration="1/24s"', 'id="r1" frameDuration="1/99999999s"').encode(),
            "frame duration",
        ),
    ],
)
def test_it_ends_in_a_message(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "cut.fcpxml"
    path.write_bytes(data)
    began = time.monotonic()
    with pytest.raises(CutError) as caught:
        open_cut(path)
    assert time.monotonic() - began < 60
    assert words in caught.value.what
    assert str(path) in caught.value.where
    assert caught.value.fix


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('ref="r2"', 'ref="nowhere"'),
        ('ref="r2"', ""),
        ('<marker start="55/12s"', '<marker start="soon"'),
        ('<marker start="55/12s"', "<marker"),
        ('name="A"', 'name=""'),
        ('lane="1"', 'lane="top"'),
        ('format="f2"', 'format="r999"'),
        ('src="file:///footage/A.mov"', 'src=""'),
        ("<spine>", "<spine><gap/><audition/><spine/><strange><marker/></strange>"),
        ("<spine>", '<spine><mc-clip ref="r2" duration="1s"/><ref-clip ref="r9" duration="1s"/><clip duration="1s"/>'),
        ("<spine>", '<spine><transition duration="1s"/><transition duration="1s"/>'),
        ("<spine>", '<spine><asset-clip ref="r2"><timeMap/><conform-rate srcFrameRate="x"/></asset-clip>'),
        ("<marker ", '<asset-clip ref="r2" lane="999999999999" offset="0s" duration="1s"/><marker '),
        ('id="r2"', 'id="r1"'),
        ('tcFormat="NDF"', 'tcFormat="?"'),
    ],
)  # fmt: skip
def test_the_best_reading_of_what_is_broken(tmp_path: Path, old: str, new: str) -> None:
    cut = open_cut(written(tmp_path, "cut.fcpxml", GOOD.replace(old, new)))
    found = resolve(cut.view, find_marks(cut.view))
    assert [c for c in cut.view.clips() if c.media.url.endswith("B.mov")]
    assert cut.timeline is not None
    assert found is not None
    if "marker" in old:
        assert any("not a time" in r.what or "asset-clip" in new for r in cut.view.remarks) or "soon" not in new


def test_a_mark_on_missing_media_is_said(tmp_path: Path) -> None:
    cut = open_cut(written(tmp_path, "cut.fcpxml", GOOD.replace('ref="r2"', 'ref="nowhere"')))
    (request,) = resolve(cut.view, find_marks(cut.view)).requests
    assert request.clip.media.kind == "missing"


def test_clips_in_each_other_without_end(tmp_path: Path) -> None:
    """Containers as deep as a document may be."""
    inner = "<clip name='x' duration='1s'>" * 150 + "</clip>" * 150
    nested = '<asset-clip ref="r2" lane="1" offset="0s" duration="1s">' * 150 + "</asset-clip>" * 150
    text = GOOD.replace("<spine>", f"<spine>{inner}<gap duration='1s'>{nested}</gap>")
    view = open_cut(written(tmp_path, "cut.fcpxml", text)).view
    assert len(view.tracks) > 150


def test_a_compound_in_itself_and_many_uses_of_many_marks(tmp_path: Path) -> None:
    """A thousand uses of a compound with ten thousand marks: what is listed is bounded."""
    marks = '<marker start="0s" duration="1s" value="RETAKE: x"/>' * 10_000
    inside = f'<ref-clip ref="r9" offset="0s" duration="1s">{marks}</ref-clip>'
    media = f'<media id="r9"><sequence format="r1"><spine>{inside}</spine></sequence></media>'
    uses = '<ref-clip ref="r9" duration="1s"/>' * 1000
    text = GOOD.replace("</resources>", media + "</resources>").replace("<spine>\n", f"<spine>{uses}", 1)
    began = time.monotonic()
    view = open_cut(written(tmp_path, "cut.fcpxml", text)).view
    assert time.monotonic() - began < 120
    # Those of the first use, and the one on a clip beside them.
    assert sum(len(c.markers) for c in view.clips()) == 501
    assert "more than 500 marks" in view.remarks[0].what


@pytest.mark.parametrize("data", [BOMB.encode(), DEEP.encode(), GOOD[:300].encode(), b"<fcpxml/>"])
def test_the_command_says_it(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "cut.fcpxml").write_bytes(data)
    said = subprocess.run(
        [sys.executable, "-m", "otio_retake", "plan", "cut.fcpxml"], cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False, env={**os.environ, "OTIO_RETAKE_STATE": str(tmp_path / "state")},
    )  # fmt: skip
    assert said.returncode == 2
    assert "Traceback" not in said.stderr
    assert "where:" in said.stderr
    assert "to do:" in said.stderr
