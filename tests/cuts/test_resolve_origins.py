"""Where a take of ours is seen in a take list, the clip is read by what the editor saw before it, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts.resolve_cut import ResolveCut
from otio_retake.errors import CutError
from otio_retake.rates import timecode
from tests.cutting import Shelf, facts, picture, plan_of, requests_of
from tests.resolve.timelines import RATES, Timeline, marker

TAKE = "/takes/B_rtk0123456_v001.mov"


def timeline(*, label: int = 432_046) -> Timeline:
    """The editor's takes A from frame 20 and B from 70; our take of B, which begins 24 frames before that, is seen."""
    made = Timeline()
    made.file("a", "/media/A.mov", start=86_400)
    made.file("b", "/media/B.mov", start=432_000)
    made.file("t", TAKE, 88, start=label)
    takes = {
        "count": 3, "selected": 3,
        "list": [{"media": "a", "start": 20, "end": 60}, {"media": "b", "start": 70, "end": 110},
                 {"media": "t", "start": 24, "end": 64}],
    }  # fmt: skip
    made.track(made.item("i", 0, 40, 24, "t", takes=takes))
    made.markers = [marker(10, duration=8)]
    return made


def earlier(state: Path, item: str = "i", media: str = "b", project: str = "project-1") -> None:
    """A hand-over in which the take was placed, over frame 70 of B."""
    folder = state / "sessions" / "20260101-000000-0123abcd"
    folder.mkdir(parents=True)
    row = {"kind": "take", "path": TAKE, "item": item, "bounds": [24, 64], "ident": "x"}
    plan = {"revision": 1, "project": project, "takes": [7, row, {**row, "item": "?"}],
            "originals": {item: {"media": media, "left_offset": 70}}}  # fmt: skip
    (folder / "apply.rtkapply").write_text(json.dumps(plan))


def now(made: Timeline, state: Path) -> ResolveCut:
    folder = state / "sessions" / "20260102-000000-0123abcd"
    folder.mkdir(parents=True)
    return made.write(folder)


@pytest.mark.parametrize("item", ["i", "of the timeline that this is a copy of"])
def test_what_was_written_when_the_take_was_placed_counts(tmp_path: Path, item: str) -> None:
    earlier(tmp_path, item)
    cut = now(timeline(label=0), tmp_path)
    (clip,) = cut.view.clips()
    assert (clip.media.url, clip.source.value, clip.active) == ("/media/B.mov", 432_070, "retake.v001")
    plan = json.loads(cut.activate(clip.address, "original").content)
    assert plan["pick"] == {"i": ""}
    assert plan["originals"] == {"i": {"media": "b", "left_offset": 70}}
    expects = json.loads(cut.activate(clip.address, "retake.v001").content)["takes"][0]["expects"]
    assert (expects["media"], expects["left_offset"]) == ("b", 70)


def test_a_take_that_was_trimmed_names_the_originals_frame(tmp_path: Path) -> None:
    earlier(tmp_path)
    made = timeline()
    made.tracks[0]["items"][0] |= {"left_offset": 27, "duration": 37, "source_start": 27, "source_end": 64}
    assert next(now(made, tmp_path).view.clips()).source.value == 432_073


def _other_project(state: Path, made: Timeline) -> None:
    earlier(state, project="project-2")


def _gone(state: Path, made: Timeline) -> None:
    """The editor has taken the original out of the list; another take of theirs is left."""
    earlier(state)
    takes = made.tracks[0]["items"][0]["takes"]
    takes |= {"count": 2, "selected": 2, "list": [takes["list"][0], takes["list"][2]]}


def _one_other(state: Path, made: Timeline) -> None:
    """The same without a word of it, but for the take's timecode, which lies outside of what is left."""
    takes = made.tracks[0]["items"][0]["takes"]
    takes |= {"count": 2, "selected": 2, "list": [takes["list"][0], takes["list"][2]]}


@pytest.mark.parametrize("change", [lambda state, made: None, _other_project, _gone, _one_other])
@pytest.mark.parametrize("on_clip", [True, False])
def test_an_original_that_is_not_known_is_not_guessed(tmp_path: Path, change: Any, on_clip: bool) -> None:
    made = timeline()
    change(tmp_path, made)
    if on_clip:
        made.tracks[0]["items"][0]["markers"], made.markers = [marker(33, duration=5)], []
    below = made.item("below", 0, 40, 100, "a")
    made.tracks[0]["items"], upper = [below], made.tracks[0]["items"]
    made.track(*upper)
    cut = now(made, tmp_path)
    shelf = Shelf(*(facts(name, picture(240, RATES["24"]), timecode(0, RATES["24"])) for name in ("A", "B")))
    plan = plan_of(cut, shelf)
    assert plan.items == (), "neither another entry nor the clip below is ordered"
    (row,) = plan.blocking
    assert "which of its other takes" in row.what
    assert "choose your own take" in row.fix
    clip = cut.view.clip_at(cut.reading.addresses["i"])
    assert ([take.url for take in clip.takes], clip.active) == ([TAKE], "retake.v001"), "what is in use is known"
    for step in (lambda: cut.activate(clip.address, "original"), lambda: cut.drop({"B_rtk0123456_v001"})):
        with pytest.raises(CutError) as error:
            step()
        assert "choose your own take" in error.value.fix


def test_a_take_that_was_placed_while_another_was_seen_stands_in_for_the_original(tmp_path: Path) -> None:
    """The plan of the second says what the first stood in for; what was seen then is no original."""
    earlier(tmp_path)
    made = timeline()
    made.file("t2", "/takes/B_rtk7654321_v001.mov", 88, start=432_050)
    item = made.tracks[0]["items"][0]
    item["takes"]["count"] = 4
    item["takes"]["list"] += [{"media": "t2", "start": 20, "end": 60}]
    cut = now(made, tmp_path)
    (clip,) = cut.view.clips()
    plan = json.loads(cut.activate(clip.address, "retake.v001.2").content)
    assert plan["takes"][0]["expects"]["media"] == "t", "that is what is to be found"
    assert plan["originals"] == {"i": {"media": "b", "left_offset": 70}}
    (cut.path.parent / "apply.rtkapply").write_text(json.dumps(plan))
    item |= {"media": "t2", "left_offset": 20, "source_start": 20, "source_end": 60}
    item["takes"]["selected"] = 4
    later = tmp_path / "sessions" / "20260103-000000-0123abcd"
    later.mkdir()
    (clip,) = made.write(later).view.clips()
    assert (clip.media.url, clip.source.value, clip.active) == ("/media/B.mov", 432_070, "retake.v001.2")


def test_one_file_may_stand_in_a_list_twice(tmp_path: Path) -> None:
    made = timeline()
    takes = made.tracks[0]["items"][0]["takes"]
    takes["list"] = [takes["list"][1], {"media": "t", "start": 20, "end": 60}, takes["list"][2]]
    cut = now(made, tmp_path)
    (clip,) = cut.view.clips()
    assert (clip.active, [take.key for take in clip.takes]) == ("retake.v001.2", ["retake.v001", "retake.v001.2"])
    for key, bounds in (("retake.v001", [20, 60]), ("retake.v001.2", [24, 64])):
        assert json.loads(cut.activate(clip.address, key).content)["takes"][0]["bounds"] == bounds
    assert requests_of(cut).requests[0].region.first == 432_080
