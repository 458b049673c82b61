"""Broken and hostile FCP 7 XML ends in a message or in the best reading with a warning, soon and in little memory."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otio_retake.cuts import Cut, open_cut
from otio_retake.errors import CutError
from otio_retake.marks import find_marks
from otio_retake.requests import resolve
from tests.cuts import xmeml as x
from tests.cuts.placements import above

GOOD = x.document(x.sequence(x.track(x.clip("A", 0, 48, 0, 48, x.marker("RETAKE: go", 5, 9), media=x.file("A")))))
SOON = 60
"""Seconds: what is refused is refused in milliseconds; this only catches what would never end on a busy machine."""


def opened(folder: Path, content: bytes) -> Cut:
    path = folder / "cut.xml"
    path.write_bytes(content)
    return open_cut(path)


def bombs() -> dict[str, bytes]:
    lol = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">' for k in range(1, 12))
    deep = "<project>" * 100_000 + "</project>" * 100_000
    return {
        "entities in entities": f'<!DOCTYPE xmeml [<!ENTITY l0 "ha">{lol}]><xmeml>&l11;</xmeml>'.encode(),
        "a file from outside": b'<!DOCTYPE xmeml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xmeml>&x;</xmeml>',
        "a parameter entity": b'<!DOCTYPE xmeml [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]><xmeml/>',
        "too deep": f"<xmeml>{deep}</xmeml>".encode(),
        "cut off": GOOD[:400].encode(),
        "not XML": b"\x00\x01\x02",
        "nothing": b"",
        "UTF-16": GOOD.replace("UTF-8", "UTF-16").encode("utf-16"),
        "another encoding": GOOD.replace("UTF-8", "windows-1252").encode(),
        "wrong bytes": GOOD.replace("RETAKE", "RET\xc4KE").encode("latin-1"),
        "another kind of XML": b"<svg/>",
        "no sequence": b"<xmeml version='4'/>",
        "no rate": GOOD.replace("timebase", "tempo").encode(),
        "endless": GOOD.replace("<end>48</end>", "<end>99999999999999</end>").encode(),
    }


@pytest.mark.parametrize("name", bombs())
def test_it_ends_in_a_message(tmp_path: Path, name: str) -> None:
    began = time.monotonic()
    tracemalloc.start()
    try:
        with pytest.raises(CutError) as error:
            opened(tmp_path, bombs()[name])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < SOON
    # The longest of them has 1.7 MB; none may grow to what it unfolds to.
    assert peak < 60_000_000
    assert error.value.what
    assert "cut.xml" in error.value.where
    assert error.value.fix


def test_fcpxml_under_this_name_is_opened_as_what_it_is_or_named(tmp_path: Path) -> None:
    text = b'<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.9"><resources/></fcpxml>'
    with pytest.raises(CutError) as error:
        opened(tmp_path, text)
    assert "xmeml" not in error.value.what


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<start>0</start>", "<start>soon</start>"),
        ("<in>0</in>", "<in></in>"),
        ("<in>0</in>", "<in>nan</in>"),
        ("<out>48</out>", "<out>-1</out>"),
        ("<end>48</end>", "<end>0</end>"),
        ("<duration>240</duration>", "<duration>many</duration>"),
        ('<file id="file-A">', '<file id="file-A"><file id="file-A"/>'),
        ("<in>5</in>", "<in>five</in>"),
        ("<out>9</out>", "<out>2</out>"),
        ("<frame>0</frame>", "<frame>1e99</frame>"),
        ("<string>00:00:00:00</string>", "<string>yesterday</string>"),
        ("</clipitem>", "<filter/><filter><effect/></filter></clipitem>"),
        ("</clipitem>", x.speed("fast") + "</clipitem>"),
        ("</clipitem>", x.speed(100, x.parameter("graphdict", "", x.key("x", "y", "speedkfin"))) + "</clipitem>"),
        ("</clipitem>", "<link><linkclipref>A</linkclipref></link><link/></clipitem>"),
        ("<track>", "<track><transitionitem/><transitionitem><start>9</start><end>2</end></transitionitem>"),
    ],
)
def test_what_is_odd_in_one_place_does_not_spoil_the_rest(tmp_path: Path, old: str, new: str) -> None:
    second = x.track(x.clip("B", 0, 48, 7, 55, x.marker("RETAKE: still", 9, 12), media=x.file("B", 500)))
    assert old in GOOD
    cut = opened(
        tmp_path, GOOD.replace(old, new, 1).replace("</video>\n<audio>", f"{second}</video>\n<audio>").encode()
    )
    assert any(clip.name == "B" and clip.source.value == 507 for clip in cut.view.clips())
    requests = resolve(cut.view, find_marks(cut.view))
    assert any(request.mark.prompt == "still" for request in requests.requests)
    lower = next(clip for clip in cut.view.clips() if clip.name == "B")
    again = opened(tmp_path, cut.apply([above(lower, 1)], tmp_path).content)
    assert again.drop({"region001"}).content == cut.original


DAMAGE = st.sampled_from(["", "<", ">", "</in>", "-1", "&", "\0"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(GOOD) - 1), cut=st.integers(0, 40), put=DAMAGE)
def test_damage_anywhere_is_a_reading_or_a_message(tmp_path: Path, at: int, cut: int, put: str) -> None:
    said = ("read", "read")
    try:
        read = opened(tmp_path, (GOOD[:at] + put + GOOD[at + cut :]).encode())
        resolve(read.view, find_marks(read.view))
    except CutError as error:
        said = (error.what, error.fix)
    assert all(said)


def test_many_sequences_inside_each_other_are_read_once(tmp_path: Path) -> None:
    """Each nested sequence is used a hundred times by the next: looked into each time, there would be 100^8."""
    inner = x.sequence(x.track(x.clip("I", 0, 9, 0, 9, x.marker("RETAKE: in", 1), media=x.file("I"))), name="0")
    for level in range(1, 9):
        place = "<name>N</name><start>0</start><end>9</end><in>0</in><out>9</out>"
        first = f"<clipitem id='n{level}'>{place}{inner}</clipitem>"
        rest = "".join(
            f"<clipitem><name>N</name><start>{k * 9}</start><end>{k * 9 + 9}</end><in>0</in><out>9</out>"
            f'<sequence id="s-{level - 1}"/></clipitem>'
            for k in range(1, 100)
        )
        inner = x.sequence(x.track(first, rest), name=str(level))
    began = time.monotonic()
    view = x.write(tmp_path, inner).view
    assert len(list(view.clips())) == 100
    assert sum(len(clip.markers) for clip in view.clips()) == 1
    assert time.monotonic() - began < SOON
