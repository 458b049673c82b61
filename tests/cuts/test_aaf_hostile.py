"""AAF files that are broken or made to harm: a message with its three parts, or the best reading with a warning."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import aaf2
import pytest

from otio_retake.cuts import open_cut
from otio_retake.cuts.model import View
from otio_retake.errors import CutError
from sample_timelines.editors.avid import Movie, Piece, write_aaf

MOVIE = Movie("A.mov", "file:///Volumes/Footage/A.mov", Fraction(24), 86_400, 240, tape="A")
OTHER = Movie("B.mov", "file:///Volumes/Footage/B.mov", Fraction(24), 86_400, 240, tape="B")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "cut.aaf"
    write_aaf(made, "cut", Fraction(24), 86_400, [[Piece(48, MOVIE, 24), Piece(48, OTHER, 24)]])
    return made


def refused(path: Path) -> CutError:
    with pytest.raises(CutError) as caught:
        open_cut(path)
    assert str(path) in caught.value.where
    assert caught.value.fix
    return caught.value


def changed(path: Path, change: Callable[[Any, Any, Any], None]) -> Path:
    """The file after ``change`` of it, its sequence and its track of picture."""
    with aaf2.open(str(path), "rw") as file:
        (sequence,) = file.content.toplevel()
        (slot,) = [slot for slot in sequence.slots if slot.media_kind == "Picture"]
        change(file, sequence, slot)
    return path


def test_what_is_no_aaf_is_said(tmp_path: Path) -> None:
    text, empty, folder = tmp_path / "text.aaf", tmp_path / "empty.aaf", tmp_path / "folder.aaf"
    text.write_text("TITLE: an EDL")
    empty.touch()
    folder.mkdir()
    assert "structured storage" in refused(text).what
    assert "empty" in refused(empty).what
    assert "folder" in refused(folder).what
    assert "not there" in refused(tmp_path / "nothing.aaf").what


def test_a_file_that_was_cut_short_is_said(path: Path) -> None:
    content = path.read_bytes()
    for length in (8, 512, 4096, len(content) // 2, len(content) - 9000):
        path.write_bytes(content[:length])
        assert "damaged" in refused(path).what


def test_without_pyaaf2_the_extra_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aaf2", None)
    assert "otio-retake[aaf]" in refused(path).fix


def test_a_file_needs_one_sequence(path: Path) -> None:
    def twice(file: Any, sequence: Any, slot: Any) -> None:
        other = file.create.CompositionMob("another")
        other.usage = "Usage_TopLevel"
        file.content.mobs.append(other)

    assert "2 sequences ('another', 'cut')" in refused(changed(path, twice)).what.replace(
        "'cut', 'another'", "'another', 'cut'"
    )
    with aaf2.open(str(path), "rw") as file:
        for sequence in list(file.content.toplevel()):
            file.content.mobs.pop(sequence.mob_id)
    assert "no sequence" in refused(path).what


def survivor(view: View) -> None:
    """One clip is lost, the other is as it was."""
    assert [clip.media.kind for clip in view.clips()] == ["missing", "file"]
    assert [clip.record for clip in view.clips()] == [(0, 48), (48, 96)]
    assert list(view.clips())[1].source.value == 86_424
    (remark,) = view.remarks
    assert (remark.timecode, remark.level) == ("01:00:00:00", "warning")
    assert remark.fix


def test_media_that_is_not_in_the_file_is_warned_of(path: Path) -> None:
    def without(file: Any, sequence: Any, slot: Any) -> None:
        file.content.mobs.pop(slot.segment.components[0].mob_id)

    survivor(open_cut(changed(path, without)).view)


def test_media_objects_that_lead_to_themselves_are_warned_of(path: Path) -> None:
    def round_about(file: Any, sequence: Any, slot: Any) -> None:
        master = slot.segment.components[0].mob
        below = master.slots[0].segment.mob
        below.slots[0].segment.mob_id = master.mob_id

    survivor(open_cut(changed(path, round_about)).view)


def test_a_sequence_that_plays_itself_is_no_endless_one(path: Path) -> None:
    def itself(file: Any, sequence: Any, slot: Any) -> None:
        clip = slot.segment.components[0]
        clip.mob_id, clip.slot_id = sequence.mob_id, slot.slot_id

    view = open_cut(changed(path, itself)).view
    assert [clip.media.kind for clip in view.clips()] == ["missing", "file"]
    assert view.remarks


def test_media_without_a_rate_is_warned_of(path: Path) -> None:
    def still(file: Any, sequence: Any, slot: Any) -> None:
        for one in slot.segment.components[0].mob.slots:
            one.edit_rate = "0/1"

    survivor(open_cut(changed(path, still)).view)


@pytest.mark.parametrize("length", [-48, 1 << 40])
def test_lengths_that_make_no_sense_are_said(path: Path, length: int) -> None:
    def absurd(file: Any, sequence: Any, slot: Any) -> None:
        slot.segment.components[0].length = length

    error = refused(changed(path, absurd))
    assert str(length) in error.what
    assert "item 1" in error.where


def test_deep_nests_are_refused(path: Path) -> None:
    def deep(file: Any, sequence: Any, slot: Any) -> None:
        made = slot.segment.components[0].copy()
        for _ in range(100):
            nest = file.create.Sequence("picture", 48)
            nest.components.value = [made]
            made = nest
        slot.segment.components[0] = made

    began = time.monotonic()
    assert "nested too deep" in refused(changed(path, deep)).what
    assert time.monotonic() - began < 240


@pytest.mark.slow
def test_no_damage_whatever_ends_in_anything_but_a_message(path: Path) -> None:
    """Bytes, blocks and ends of the file, broken at random: the child falls, the program does not."""
    content = path.read_bytes()
    dice = random.Random(4)
    for number in range(60):
        damaged = bytearray(content)
        if number % 3 == 0:
            damaged = damaged[: dice.randrange(len(damaged))]
        elif number % 3 == 1:
            for _ in range(dice.choice([1, 10, 200])):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        else:
            one, two = (dice.randrange(len(damaged) - 4096) for _ in range(2))
            damaged[one : one + 4096] = damaged[two : two + 4096]
        path.write_bytes(damaged)
        with suppress(CutError):
            list(open_cut(path).view.clips())
