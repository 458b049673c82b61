"""The change list names what an editor did to the takes of a cut, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts import Cut, Patched, open_cut
from otio_retake.reports.changes import change_list
from otio_retake.takes import TakeFile, TakeState
from tests.cuts.placements import above, reference, take
from tests.cutting import clip, span, track, write

Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def placed(tmp_path: Path) -> Cut:
    """Two clips of one file, far from each other; the first has two takes, whose first 100 frames are there."""
    cut = write(tmp_path, track(clip("A001", 10, 40), clip("B002", 10, 40)), start=86400)
    first = next(cut.view.clips())
    found = [replace(reference(first, k), available=(reference(first, k).available[0], 100)) for k in (1, 2)]
    cut.save(cut.apply(found, tmp_path), tmp_path / "placed.otio")
    return open_cut(tmp_path / "placed.otio")


def edited(cut: Cut, edit: Edit, name: str = "edited.otio") -> Cut:
    document = json.loads(cut.path.read_text())
    edit(document["tracks"]["children"][0])
    path = cut.path.with_name(name)
    path.write_text(json.dumps(document))
    return open_cut(path)


def use(key: str) -> Edit:
    return lambda track: track["children"][0].__setitem__("active_media_reference_key", key)


def told(now: Cut, before: Cut | None = None, known: tuple[TakeFile, ...] = ()) -> list[tuple[str, str, str]]:
    made = change_list(now.view, known, before.view if before else None)
    return [(str(c["Status"]), str(c["Now"])[-4:], str(c["Was"])[-8:]) for c in made.lines]


def known(*states: TakeState, folder: Path = Path("/takes")) -> tuple[TakeFile, ...]:
    return tuple(replace(take(k), state=state) for k, state in enumerate(states, 1))


def test_nothing_has_changed(placed: Cut) -> None:
    made = change_list(placed.view, (), placed.view)
    assert made.rows == ()
    assert made.left_out == ("2 takes that are as they were",)


def test_takes_that_were_not_there_are_new(placed: Cut, tmp_path: Path) -> None:
    before = open_cut(tmp_path / "cut.otio")
    assert told(placed, before) == [("new", "v001", ""), ("new", "v002", "")]


def test_a_take_that_was_picked_replaces_the_original_and_the_other_way_round(placed: Cut) -> None:
    picked = edited(placed, use("retake.v002"))
    assert told(picked, placed) == [("replaced", "v002", "original")]
    (line,) = change_list(picked.view, (), placed.view).lines
    assert (line["Record In"], line["Record Out"], line["In Use"]) == ("01:00:00:00", "01:00:01:16", "yes")
    assert (line["Start"], line["End"]) == ("00:00:00:10", "00:00:02:02")
    assert told(placed, picked) == [("replaced", "inal", "abcdefg_v002"[-8:])]


def test_another_take_replaces_the_one_before(placed: Cut) -> None:
    one, two = edited(placed, use("retake.v001"), "one.otio"), edited(placed, use("retake.v002"), "two.otio")
    assert told(two, one) == [("replaced", "v002", "efg_v001")]


def test_a_new_take_in_use_says_what_it_replaces(placed: Cut) -> None:
    def without_the_second(track: dict[str, Any]) -> None:
        del track["children"][0]["media_references"]["retake.v002"]
        use("retake.v001")(track)

    one, two = edited(placed, without_the_second, "one.otio"), edited(placed, use("retake.v002"), "two.otio")
    assert told(two, one) == [("replaced", "v002", "efg_v001")]


def test_takes_of_a_clip_that_is_gone_are_dropped_with_the_place_that_they_had(placed: Cut) -> None:
    without = edited(placed, lambda track: track["children"].pop(0))
    made = change_list(without.view, (), placed.view)
    assert [(c["Status"], c["Record In"]) for c in made.lines] == [("dropped", "01:00:00:00")] * 2


def test_a_clip_that_now_needs_more_than_a_take_has_is_stale_by_so_many_frames(placed: Cut) -> None:
    longer = edited(placed, lambda track: track["children"][0].__setitem__("source_range", span(10, 95)))
    made = change_list(longer.view, (), placed.view)
    assert [(c["Status"], c["Lacks"]) for c in made.lines] == [("stale", 5), ("stale", 5)]


def test_a_clip_that_is_moved_or_trimmed_within_its_takes_has_not_changed(placed: Cut) -> None:
    def move(track: dict[str, Any]) -> None:
        track["children"].reverse()
        track["children"][1]["source_range"] = span(15, 30)

    assert told(edited(placed, move), placed) == []


@pytest.mark.parametrize("editor", ["", "resolve", "premiere"])
def test_takes_on_tracks_above_are_told_in_the_same_way(editor: Any, tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A001", 10, 40)), start=86400)
    (below,) = cut.view.clips()
    off = open_patched(cut, cut.apply([above(below)], tmp_path, editor), tmp_path / "off.otio")
    on = open_patched(cut, cut.apply([above(below, activate=True)], tmp_path, editor), tmp_path / "on.otio")
    assert told(off, cut) == [("new", "v001", "")]
    assert told(on, off) == [("replaced", "v001", "original")]
    (line,) = change_list(off.view, (), on.view).lines
    assert (line["Status"], line["Now"], line["Clip"], line["Tape"]) == ("replaced", "original", "A001", "A001")
    assert (line["Record In"], line["Record Out"]) == ("01:00:00:02", "01:00:00:14")
    assert told(cut, on) == [("dropped", "", "efg_v001")]


def open_patched(cut: Cut, patched: Patched, path: Path) -> Cut:
    cut.save(patched, path)
    return open_cut(path)


# --- against the ledger ---------------------------------------------------------------------------------------------


def test_without_an_earlier_cut_the_ledger_is_what_it_was(placed: Cut) -> None:
    assert told(placed, known=known("placed", "placed")) == []
    assert told(placed, known=known("placed", "made")) == [("new", "v002", "")]
    assert told(edited(placed, use("retake.v002")), known=known("placed", "picked")) == []
    assert told(edited(placed, use("retake.v001")), known=known("placed", "picked")) == [
        ("replaced", "v001", "efg_v002")
    ]
    assert told(placed, known=known("placed", "picked")) == [("replaced", "inal", "efg_v002")]


def test_a_take_that_the_ledger_has_placed_and_the_cut_has_not_is_dropped(placed: Cut, tmp_path: Path) -> None:
    original = open_cut(tmp_path / "cut.otio")
    assert told(original, known=known("placed", "dropped")) == [("dropped", "", "efg_v001")]


def test_takes_of_other_cuts_in_the_same_project_are_not_dropped(tmp_path: Path) -> None:
    other = write(tmp_path, track(clip("Z009", 10, 40)), name="other.otio")
    assert told(other, known=known("placed")) == []


def test_without_either_it_is_said(placed: Cut) -> None:
    made = change_list(placed.view, ())
    assert [c["Status"] for c in made.lines] == ["new", "new"]
    assert len(made.warnings) == 1
