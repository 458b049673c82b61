"""The apply plan says which frames of which file belong to which item, and what is to be found there."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts import open_cut
from otio_retake.cuts.model import Clip
from otio_retake.cuts.resolve_cut import ResolveCut
from otio_retake.errors import CutError
from otio_retake.spans import Span
from otio_retake.takes import Placement
from tests.cuts import placements
from tests.cuts.placements import sound, take
from tests.cutting import requests_of
from tests.resolve.timelines import Timeline, marker

NAME = "A001_rtk0123456_v{:03}.mov"


def timeline(**more: Any) -> Timeline:
    """A clip from frame 60 of its file for 40 frames, and one from 10 for 30; each with a linked sound."""
    made = Timeline()
    made.file("m", "/media/A.mov", start=86_400, reel="A001", **more)
    made.track(made.item("i", 0, 40, 60, "m", linked=["s"]), made.item("j", 40, 30, 10, "m"))
    made.track(made.item("s", 0, 40, 60, "m", linked=["i"]), kind="audio")
    return made


LONG = Span(36, 124)


def above(clip: Clip, version: int = 1, *, first: int = 2, length: int = 12, activate: bool = False) -> Placement:
    """A take above, whose file is as long as it says."""
    made = placements.above(clip, version, first=first, length=length, activate=activate)
    begins = int(made.available[0]) - 86_400
    spec = replace(made.take.spec, span=Span(begins, begins + int(made.available[1])))
    return replace(made, take=replace(made.take, spec=spec))


def beside(clip: Clip, version: int = 1, *, span: Span = LONG, activate: bool = False) -> Placement:
    """A take of frames ``span`` of the source of ``clip``."""
    made = take(version)
    spec = replace(made.spec, span=span, needed=Span(60, 100))
    return Placement(
        "reference", clip.address, replace(made, path=made.path.with_name(NAME.format(version)), spec=spec),
        Fraction(24), (Fraction(86_400 + span.first), Fraction(len(span))), activate=activate, written=clip.media.url,
    )  # fmt: skip


def written(cut: ResolveCut, *placements: Placement) -> dict[str, Any]:
    """The plan for ``placements``, saved where it belongs."""
    path = cut.path.with_name("apply.rtkapply")
    cut.save(cut.apply(placements, path.parent), path, replace=True)
    plan: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return plan


def test_a_take_of_a_whole_item(tmp_path: Path) -> None:
    cut = timeline().write(tmp_path)
    first, _, _ = cut.view.clips()
    plan = written(cut, beside(first))
    (row,) = plan["takes"]
    # The file begins at frame 36 of the source, the item at 60: 24 frames in, for the 40 that it plays.
    assert (row["kind"], row["item"], row["bounds"], row["frames"]) == ("take", "i", [24, 64], 88)
    assert row["record"] == [86_400, 40]
    assert row["expects"] == {
        "track": ["video", 1], "start": 86_400, "duration": 40, "left_offset": 60, "media": "m", "takes": 0,
        "selected": 0,
    }  # fmt: skip
    assert row["name"] == row["reel"] == Path(row["path"]).stem
    assert "A001" in row["comment"], "the source's reel stands where no relink looks for it"
    assert (plan["project"], plan["timeline"], plan["rate"]) == ("project-1", "timeline-1", "24")
    assert (plan["snapshot"], plan["revision"], plan["pick"], plan["activate"]) == (cut.sha256, 1, {}, False)


@pytest.mark.parametrize("span", [Span(61, 124), Span(36, 99)])
def test_a_file_that_is_too_short_is_left_out(tmp_path: Path, span: Span) -> None:
    cut = timeline().write(tmp_path)
    patched = cut.apply([beside(next(cut.view.clips()), span=span)], tmp_path)
    assert json.loads(patched.content)["takes"] == []
    assert patched.added == ()
    (said,) = patched.losses.left_out
    assert said.startswith("01:00:00:00 A001_rtk0123456_v001: it has frames 0 to")
    assert "run the cut again" in said


def test_several_takes_and_what_was_picked(tmp_path: Path) -> None:
    cut = timeline().write(tmp_path)
    first, second, _ = cut.view.clips()
    plan = written(cut, beside(first, 1), beside(first, 2, activate=True), beside(second, 3, span=Span(0, 60)))
    assert [(t["item"], t["ident"], t["bounds"]) for t in plan["takes"]] == [
        ("i", "clip001", [24, 64]), ("i", "clip002", [24, 64]), ("j", "clip003", [10, 40]),
    ]  # fmt: skip
    assert plan["pick"] == {"i": "clip002"}
    # The choice is taken back: that is said once, as an earlier plan put the take in use.
    again = written(cut, beside(first, 1), beside(first, 2))
    assert (again["revision"], again["pick"]) == (2, {"i": ""})


def test_takes_above_look_like_the_clip_below_and_are_off(tmp_path: Path) -> None:
    made = timeline()
    made.tracks[0]["items"][0]["properties"] = {
        "Pan": 12.0, "ZoomX": 1.5, "CropLeft": 4.0, "Opacity": 80.0, "CompositeMode": 0, "RetimeProcess": 2,
        "DynamicZoomEase": 1,
    }  # fmt: skip
    cut = made.write(tmp_path)
    first, second, _ = cut.view.clips()
    plan = written(
        cut, above(first, 1, first=2, length=12), above(first, 2, first=8, length=12), above(second, 3, activate=True)
    )
    one, two, three = plan["takes"]
    assert one["properties"] == {"Pan": 12.0, "ZoomX": 1.5, "CropLeft": 4.0, "Opacity": 80.0, "CompositeMode": 0}
    assert [t["kind"] for t in plan["takes"]] == ["above"] * 3
    assert [t["copy_grade"] for t in plan["takes"]] == [True] * 3
    assert [t["enabled"] for t in plan["takes"]] == [False, False, True]
    # The file of a take has 24 frames of handles before what is replaced.
    assert [(t["record"], t["bounds"]) for t in plan["takes"]] == [
        ([86_402, 12], [24, 36]), ([86_408, 12], [24, 36]), ([86_442, 12], [24, 36]),
    ]  # fmt: skip
    assert [t["track_name"] for t in (one, two, three)] == ["Retakes", "Retakes 2", "Retakes"]
    assert plan["pick"] == {"j": "region003"}


def test_a_later_plan_leaves_takes_on_their_tracks(tmp_path: Path) -> None:
    cut = timeline().write(tmp_path)
    first = next(cut.view.clips())
    late, early = above(first, 2, first=10, length=12), above(first, 1, first=4, length=12)
    assert written(cut, late)["takes"][0]["track_name"] == "Retakes"
    names = {t["ident"]: t["track_name"] for t in written(cut, early, late)["takes"]}
    assert names["region002"] == "Retakes"
    assert written(cut, late)["revision"] == 3


def test_what_lies_on_the_track_is_not_in_the_way(tmp_path: Path) -> None:
    made = timeline()
    made.file("t", "/takes/B_rtk7654321_v001.mov", 60)
    made.track(made.item("old", 5, 20, 0, "t"), name="Retakes")
    cut = made.write(tmp_path)
    (old,) = [clip for clip in cut.view.clips() if clip.placed is not None]
    assert old.record == (5, 25)
    first = next(cut.view.clips())
    assert written(cut, above(first, 1, first=20, length=12))["takes"][0]["track_name"] == "Retakes 2"


def test_sound_lies_on_a_track_of_its_own(tmp_path: Path) -> None:
    cut = timeline().write(tmp_path)
    (row,) = written(cut, sound(next(cut.view.clips())))["takes"]
    assert (row["kind"], row["bounds"], row["record"]) == ("sound", [10, 22], [86_402, 12])
    assert (row["track_name"], row["enabled"], row["properties"], row["copy_grade"]) == ("Retakes", False, {}, False)


def test_a_take_that_is_there_is_named_again_but_is_nothing_new(tmp_path: Path) -> None:
    made = timeline()
    made.file("t", "/takes/" + NAME.format(1), 88, start=86_436)
    made.tracks[0]["items"][0]["takes"] = {
        "count": 2, "selected": 1,
        "list": [{"media": "m", "start": 60, "end": 100}, {"media": "t", "start": 24, "end": 64}],
    }  # fmt: skip
    cut = made.write(tmp_path)
    first = next(cut.view.clips())
    patched = cut.apply([beside(first, 1), beside(first, 2)], tmp_path)
    assert [row["ident"] for row in json.loads(patched.content)["takes"]] == ["clip001", "clip002"]
    assert [ident for *_, ident in patched.added] == ["clip002"]
    (tmp_path / "applied-1.json").write_text(json.dumps({
        "otio_retake_applied": 1, "revision": 1, "at": "now",
        "results": [{"ident": "clip002", "item": "i", "outcome": "done", "why": "", "where": {}}],
        "picks": {}, "duplicate": None, "restored": True, "said": [],
    }))  # fmt: skip
    assert cut.apply([beside(first, 2)], tmp_path).added == ()


def test_a_take_with_other_frames_is_not_there(tmp_path: Path) -> None:
    made = timeline()
    made.file("t", "/takes/" + NAME.format(1), 88, start=86_436)
    # The editor has slipped the original by four frames since the take was placed.
    made.tracks[0]["items"][0]["takes"] = {
        "count": 2, "selected": 1,
        "list": [{"media": "m", "start": 60, "end": 100}, {"media": "t", "start": 20, "end": 60}],
    }  # fmt: skip
    made.tracks[0]["locked"] = True
    cut = made.write(tmp_path)
    patched = cut.apply([beside(next(cut.view.clips()), 1)], tmp_path)
    assert [row["bounds"] for row in json.loads(patched.content)["takes"]] == [[24, 64]]
    assert [ident for *_, ident in patched.added] == ["clip001"]
    assert "unlock track" in patched.losses.warnings[0]


def test_a_locked_track_is_said_before(tmp_path: Path) -> None:
    made = timeline()
    made.tracks[0]["locked"] = True
    cut = made.write(tmp_path)
    (said,) = cut.apply([beside(next(cut.view.clips()))], tmp_path).losses.warnings
    assert "unlock track Video 1" in said


def test_a_choice_from_the_take_list_and_back(tmp_path: Path) -> None:
    made = timeline()
    made.file("t", "/takes/" + NAME.format(1), 88, start=86_436)
    made.tracks[0]["items"][0]["takes"] = {
        "count": 2, "selected": 1,
        "list": [{"media": "m", "start": 60, "end": 100}, {"media": "t", "start": 24, "end": 64}],
    }  # fmt: skip
    cut = made.write(tmp_path)
    first = next(cut.view.clips())
    plan = json.loads(cut.activate(first.address, "retake.v001").content)
    (row,) = plan["takes"]
    assert (row["path"], row["bounds"], row["item"]) == ("/takes/" + NAME.format(1), [24, 64], "i")
    assert plan["pick"] == {"i": row["ident"]}
    assert json.loads(cut.activate(first.address, "original").content)["pick"] == {"i": ""}
    dropped = cut.drop({NAME.format(1).removesuffix(".mov")})
    assert json.loads(dropped.content)["pick"] == {"i": ""}
    assert "stays in the take list" in dropped.losses.left_out[0]


def test_marks_keep_what_others_wrote_into_them(tmp_path: Path) -> None:
    made = timeline()
    made.tracks[0]["items"][0]["markers"] = [marker(70, duration=5), marker(90, "RETAKE: b", custom="v2v")]
    made.markers = [marker(50, "RETAKE: c", 4, color="Blue")]
    cut = made.write(tmp_path)
    marks = [request.mark.marker for request in requests_of(cut).requests]
    plan = json.loads(cut.write_marks(dict.fromkeys(marks, "done")).content)
    assert plan["takes"] == []
    assert plan["marks"] == [
        {"where": "item", "item": "i", "frame": 70, "duration": 5, "color": "Red", "name": "RETAKE: rain",
         "custom": "otio-retake:done"},
        {"where": "timeline", "item": "", "frame": 50, "duration": 4, "color": "Blue", "name": "RETAKE: c",
         "custom": "otio-retake:done"},
    ]  # fmt: skip


def test_the_snapshot_is_never_written_to(tmp_path: Path) -> None:
    cut = timeline().write(tmp_path)
    with pytest.raises(CutError, match="written as"):
        cut.check_output(cut.path)
    (tmp_path / "apply.rtkapply").write_text("mine")
    with pytest.raises(CutError, match="otio-retake wrote"):
        cut.save(cut.apply([], tmp_path), tmp_path / "apply.rtkapply")
    assert open_cut(cut.path).original == cut.original
