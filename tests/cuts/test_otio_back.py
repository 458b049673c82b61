"""The way back of takes above: switched on and off, taken out, and known after an editor has worked on the cut."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts import Cut, open_cut
from otio_retake.cuts.model import NAMESPACE, Clip
from otio_retake.marks import find_marks
from otio_retake.readback import TakeInCut, over, takes_in
from otio_retake.takes import TakeFile
from tests.cuts.placements import above, sound, take
from tests.cutting import clip, gap, marker, span, time, track, write

Raw = dict[str, Any]


@pytest.fixture
def cut(tmp_path: Path) -> Cut:
    mark = marker("RETAKE: rain", 20, 8)
    items = (clip("A", 10, 40, mark), clip("B", 100, 40), clip("A", 60, 30))
    about = {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}}
    return write(tmp_path, track(*items, name="Video 1"), metadata=about)


@pytest.fixture
def placed(cut: Cut) -> Cut:
    """Two takes over the first clip, one over the second."""
    first, second, _ = pictures(cut)
    placements = [above(first, 1), above(first, 2), above(second, 3)]
    return reopened(cut, cut.apply(placements, cut.path.parent, "resolve").content)


def reopened(cut: Cut, content: bytes, name: str = "next.otio") -> Cut:
    path = cut.path.with_name(name)
    path.write_bytes(content)
    return open_cut(path)


def pictures(cut: Cut) -> list[Clip]:
    return [c for c in cut.view.clips() if c.kind == "Video" and c.placed is None]


def known(tmp_path: Path, *versions: int) -> list[TakeFile]:
    """Takes whose files are there."""
    (tmp_path / "takes").mkdir(exist_ok=True)
    found = []
    for version in versions:
        made = replace(take(version, kind="region"), path=tmp_path / "takes" / f"A001_rtkabcdef0_v{version:03}.mov")
        made.path.touch()
        found.append(made)
    return found


def states(cut: Cut) -> dict[int, bool]:
    return {c.placed["version"]: c.enabled for c in cut.view.clips() if c.placed is not None}


def address_of(cut: Cut, version: int) -> Any:
    return next(c for c in cut.view.clips() if c.placed is not None and c.placed["version"] == version).address


# --- switched -----------------------------------------------------------------------------------------------------


def test_one_is_switched_on_and_its_siblings_off(placed: Cut) -> None:
    once = reopened(placed, placed.activate(address_of(placed, 1), "DEFAULT_MEDIA").content)
    assert states(once) == {1: True, 2: False, 3: False}
    twice = reopened(once, once.activate(address_of(once, 2), "DEFAULT_MEDIA").content)
    assert states(twice) == {1: False, 2: True, 3: False}, "the take of the other clip is let be"
    lower = pictures(twice)[0]
    back = reopened(twice, twice.activate(lower.address, lower.media.key).content)
    assert back.original == placed.original, "the original again, to the byte"


def test_a_track_that_is_off_goes_on_with_its_take(placed: Cut) -> None:
    document = json.loads(placed.original)
    for one in document["tracks"]["children"]:
        if NAMESPACE in (one.get("metadata") or {}):
            one["enabled"] = False
    off = reopened(placed, json.dumps(document, indent=1).encode())
    on = reopened(off, off.activate(address_of(off, 2), "DEFAULT_MEDIA").content)
    assert states(on) == {1: False, 2: True, 3: False}


def test_taken_out_one_by_one_and_all(cut: Cut, placed: Cut) -> None:
    one = reopened(placed, placed.drop({"region002"}).content)
    assert states(one) == {1: False, 3: False}
    assert [t.name for t in one.view.tracks] == ["Video 1", "Retakes"], "an empty track of ours goes"
    two = reopened(one, one.drop({"region001"}).content)
    assert states(two) == {3: False}
    (left,) = (c for c in two.view.clips() if c.placed is not None)
    assert left.record == (42, 54), "a gap stands where the other was"
    assert placed.drop({"region001", "region002", "region003"}).content == cut.original


def test_sound_goes_off_with_the_original_and_on_by_hand(cut: Cut) -> None:
    first = pictures(cut)[0]
    both = reopened(cut, cut.apply([above(first, 1), sound(first, 2)], cut.path.parent, "resolve").content)
    document = json.loads(both.original)
    for one in document["tracks"]["children"][1:]:
        one["children"][-1]["enabled"] = True
    heard = reopened(both, json.dumps(document, indent=1).encode())
    assert states(heard) == {1: True, 2: True}
    lower = pictures(heard)[0]
    assert states(reopened(heard, heard.activate(lower.address, lower.media.key).content)) == {1: False, 2: False}


# --- after an editor ----------------------------------------------------------------------------------------------


def edited(placed: Cut, change: Callable[[list[Raw]], None], *, forget: bool = False) -> Cut:
    """The cut with its tracks changed, as an editor would; with all our metadata gone, where it forgets that."""
    document = json.loads(placed.original)
    change(document["tracks"]["children"])
    if forget:
        document = without(document)
    return reopened(placed, json.dumps(document, indent=4).encode(), "edited.otio")


def without(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without(v) for k, v in value.items() if k != NAMESPACE}
    return [without(v) for v in value] if isinstance(value, list) else value


def the(found: list[TakeInCut], version: int) -> TakeInCut:
    (one,) = [t for t in found if t.label == f"v{version:03}"]
    return one


def takes_of(track_: Raw) -> list[Raw]:
    return [c for c in track_["children"] if c["OTIO_SCHEMA"] == "Clip.2"]


@pytest.mark.parametrize("forget", [False, True])
def test_picked_trimmed_slipped_deleted_and_copied(placed: Cut, tmp_path: Path, forget: bool) -> None:
    """An editor that keeps no metadata of ours keeps the note of the marker; the note says who a clip is."""
    listed = known(tmp_path, 1, 2, 3)

    def change(tracks: list[Raw]) -> None:
        first = takes_of(tracks[1])[0]
        (second,) = takes_of(tracks[2])
        # v001 is switched on and trimmed by 5 frames at its head: 7 frames from where it was.
        first["enabled"] = True
        first["source_range"] = span(first["source_range"]["start_time"]["value"] + 5, 7)
        # v002 slips 30 frames later: 24 handles, so 6 frames are beyond the file.
        second["source_range"]["start_time"]["value"] += 30
        # v003 is deleted, and v001 is copied to another place.
        tracks[1]["children"] = [gap(7), first, gap(60), copy.deepcopy(first)]

    found = takes_in(edited(placed, change, forget=forget).view, listed)
    assert [t.label for t in found] == ["v001", "v001", "v002"]
    assert [t.in_use for t in found] == [True, True, False]
    assert [t.standing for t in found] == ["ok", "out of step", "stale"]
    assert [t.short for t in found] == [0, 0, 6]
    assert all(t.above and t.take is not None for t in found)


def test_in_another_timeline_it_is_still_known(placed: Cut, tmp_path: Path) -> None:
    document = without(json.loads(placed.original))
    taken = takes_of(document["tracks"]["children"][1])[0]
    other = write(tmp_path, track(gap(100), taken, name="V1"), name="other.otio")
    (found,) = takes_in(other.view, known(tmp_path, 1, 2, 3))
    assert (found.label, found.above) == ("v001", True)


def test_where_even_the_note_is_gone_its_file_tells(placed: Cut, tmp_path: Path) -> None:
    listed = known(tmp_path, 1)

    def change(tracks: list[Raw]) -> None:
        del tracks[2]
        (first, _) = takes_of(tracks[1])
        first["markers"] = []
        first["enabled"] = True
        first["media_references"]["DEFAULT_MEDIA"]["target_url"] = str(listed[0].path)
        tracks[1]["children"] = tracks[1]["children"][:2]

    bare = edited(placed, change, forget=True)
    (found,) = takes_in(bare.view, listed)
    assert (found.label, found.in_use, found.above) == ("v001", True, True)
    assert bare.drop({"region001"}).added == ()
    gone = bare.drop({"region001", listed[0].name})
    assert [ident for *_, ident in gone.added] == [listed[0].name]
    assert [t.name for t in reopened(bare, gone.content, "gone.otio").view.tracks] == ["Video 1", "Retakes"], (
        "the track is not known to be ours any more: a gap is left on it"
    )
    lower = next(c for c in bare.view.clips() if c.address.track == 0)
    off = reopened(bare, bare.activate(lower.address, lower.media.key).content, "off.otio")
    assert [t.in_use for t in takes_in(off.view, listed)] == [False]


def test_a_take_without_a_range_is_measured_by_its_own_timecode(placed: Cut, tmp_path: Path) -> None:
    """Some editors write no available range: the take of 100 frames from 01:00:00:00 covers 86400 to 86500."""
    listed = known(tmp_path, 1)

    def change(tracks: list[Raw]) -> None:
        del tracks[2]
        (first, _) = takes_of(tracks[1])
        first["media_references"]["DEFAULT_MEDIA"]["available_range"] = None
        first["source_range"] = {**span(86495, 12), "start_time": time(86495)}
        tracks[1]["children"] = [first]

    (found,) = takes_in(edited(placed, change).view, listed)
    assert (found.standing, found.short) == ("stale", 7)


def test_takes_over_a_clip_are_found_from_it(placed: Cut, tmp_path: Path) -> None:
    found = takes_in(placed.view, known(tmp_path, 1, 2, 3))
    first, second, third = pictures(placed)
    assert [[t.label for t in over(found, c)] for c in (first, second, third)] == [["v001", "v002"], ["v003"], []]
    assert the(found, 3).clip.track_name == "Retakes"


def test_our_own_markers_are_no_marks(placed: Cut) -> None:
    marks = find_marks(placed.view)
    assert [mark.prompt for mark in marks.marks] == ["rain"]
    assert marks.suspects == ()


def test_the_only_media_of_a_clip_is_never_taken_out_or_switched_off(cut: Cut, tmp_path: Path) -> None:
    """An editor has kept the take in use, and nothing else: dropping it would leave a hole in the picture."""
    (listed,) = known(tmp_path, 1)
    document = json.loads(cut.original)
    first = document["tracks"]["children"][0]["children"][0]
    first["media_references"]["DEFAULT_MEDIA"]["target_url"] = str(listed.path)
    over_it = track(clip("C", 10, 40), name="Video 2")
    document["tracks"]["children"].append(over_it)
    flat = reopened(cut, json.dumps(document).encode())
    assert flat.drop({listed.ident, listed.name}).content == flat.original
    top = next(c for c in flat.view.clips() if c.name == "C")
    assert flat.activate(top.address, top.media.key).content == flat.original


def test_a_marker_of_ours_on_another_clip_makes_it_no_take(placed: Cut) -> None:
    """Pasted by an editor: the clip is still the picture, and nothing takes it out."""
    document = json.loads(placed.original)
    tracks = document["tracks"]["children"]
    pasted = takes_of(tracks[1])[0]["markers"][0]
    tracks[0]["children"][0]["markers"].append(pasted)
    cut = reopened(placed, json.dumps(document, indent=4).encode(), "pasted.otio")
    assert [c.name for c in pictures(cut)] == ["A", "B", "A"]
    assert [m.prompt for m in find_marks(cut.view).marks] == ["rain"]
    left = json.loads(cut.drop({"region001", "region002", "region003"}).content)
    assert [len(t["children"]) for t in left["tracks"]["children"]] == [3]
