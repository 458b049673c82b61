"""A list holds what a cut asks for, checked, and becomes a string-out that asks for just the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from otio_retake.cuts import open_cut
from otio_retake.plugin.listing import clock_of
from otio_retake.plugin.retake_list import read_from_string, write_to_file, write_to_string
from otio_retake.requests import RetakeRequest
from tests.cutting import requests_of
from tests.plugin.objects import SAMPLES, clip, mark, movie, span, timeline, with_takes


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of whoever runs the tests."""
    for home in ("HOME", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(home, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def sample(name: str) -> otio.schema.Timeline:
    return otio.adapters.read_from_file(str(SAMPLES / f"{name}.otio"))


def listed(cut: Any, **how: Any) -> dict[str, Any]:
    return dict(json.loads(write_to_string(cut, **how)))


def test_every_request_is_in_it_with_what_is_wrong_and_what_is_left_out() -> None:
    found = listed(sample("with_problems"))
    assert (found["format"], found["version"]) == ("otio-retake list", 1)
    known = requests_of(open_cut(SAMPLES / "with_problems.otio"))
    told = [r.mark_id for r in known.requests if not r.clip.speed.refused]
    assert [item["mark_id"] for item in found["items"]] == told
    assert len(told) < len(known.requests)
    assert {row["what"] for row in found["problems"]} > {problem.what for problem in known.problems if problem.blocks}
    assert any(row["what"] == "the clip runs backwards" for row in found["problems"])
    assert len(found["suspects"]) == 1
    assert found["warnings"]
    assert found["left_out"] == ["6 clips without a mark"]


@pytest.mark.parametrize("name", ["premiere_2997df.xml", "avid_24.aaf"])
def test_a_mark_whose_frames_an_adapter_lost_is_a_problem_and_no_request(name: str) -> None:
    pytest.importorskip("otio_fcp_adapter" if name.endswith("xml") else "otio_aaf_adapter")
    found = listed(otio.adapters.read_from_file(str(SAMPLES / name)))
    known = {
        request.mark.prompt: request for request in requests_of(open_cut(SAMPLES / name)).requests
    }  # fmt: skip
    (retimed,) = [prompt for prompt, request in known.items() if request.clip.speed.scalar != 1]
    (problem,) = found["problems"]
    assert "retimed" in problem["what"]
    assert problem["timecode"]
    assert f"the .{name[-3:]} itself" in problem["fix"]
    assert {item["prompt"] for item in found["items"]} == set(known) - {retimed}
    for item in found["items"]:
        clock, zero = clock_of(known[item["prompt"]].clip)
        first, end = known[item["prompt"]].region.at(clock)
        assert (item["region"]["first"], item["region"]["end"]) == (first - zero, end - zero)


def test_both_lists_of_losses_are_there_when_nothing_is_lost() -> None:
    shot = clip()
    mark(shot, "RETAKE: rain", 86420, 12)
    found = listed(timeline(shot))
    assert (found["warnings"], found["left_out"]) == ([], [])


def test_settings_beside_the_list_fill_in_what_marks_leave_open(tmp_path: Path) -> None:
    shot = clip()
    mark(shot, "RETAKE: rain", 86420, 12)
    (tmp_path / "retake.toml").write_text('takes = 3\nservice = "ltx"\n')
    write_to_file(timeline(shot), str(tmp_path / "cut.retakelist"))
    (item,) = json.loads((tmp_path / "cut.retakelist").read_text())["items"]
    assert (item["takes"], item["service"], item["mode"]) == (3, "ltx", "video")


def asked(request: RetakeRequest) -> tuple[Any, ...]:
    """What makes two requests the same order: media, frames, words."""
    clock, zero = clock_of(request.clip)
    first, end = request.region.at(clock)
    mark = request.mark
    words = (mark.prompt, mark.mode or "video", mark.service, mark.one_frame, mark.keys)
    return request.clip.media.url, clock, int(first - zero), -int(-(end - zero) // 1), words


@pytest.mark.parametrize("name", ["resolve_24", "premiere_2997df", "kdenlive_25", "hiero_23976", "plain_mixed"])
def test_the_string_out_of_a_list_asks_for_the_same_orders_as_the_cut(name: str, tmp_path: Path) -> None:
    made = read_from_string(write_to_string(sample(name)))
    otio.adapters.write_to_file(made, str(tmp_path / "out.otio"))
    before = requests_of(open_cut(SAMPLES / f"{name}.otio")).requests
    after = requests_of(open_cut(tmp_path / "out.otio"))
    assert [problem.what for problem in after.problems if problem.blocks] == []
    # A region that begins or ends within a frame of its media asks for the whole frame, here as there.
    assert [asked(r)[:3] for r in after.requests] == [asked(r)[:3] for r in before]
    assert [asked(r)[3:] for r in after.requests] == [asked(r)[3:] for r in before]


def test_every_take_of_a_region_is_beside_it_within_its_media() -> None:
    shot = with_takes(clip(), 1, 2)
    shot.active_media_reference_key = "retake.v002"
    mark(shot, "RETAKE: rain", 86420, 12)
    cut = timeline(shot)
    laid = otio.schema.Clip("A001_v3", movie("A001_rtk0000003_v003.mov", 86396, 60, take="id3", version=3))
    laid.source_range = span(86420, 12)
    laid.metadata["otio_retake"] = {"take": "id3", "version": 3}
    laid.enabled = False
    track = otio.schema.Track("Retakes", kind="Video")
    track.extend([otio.schema.Gap(source_range=span(0, 10)), laid])
    cut.tracks.append(track)
    (region,) = read_from_string(write_to_string(cut)).find_clips()
    assert region.source_range == span(86420, 12)
    references = region.media_references()
    assert list(references) == ["DEFAULT_MEDIA", "retake.v001", "retake.v002", "retake.v003"]
    assert region.active_media_reference_key == "retake.v002"
    assert references["DEFAULT_MEDIA"].available_range == span(86400, 240)
    assert references["retake.v003"].available_range == span(86396, 60)
    assert references["retake.v001"].metadata["otio_retake"]["take"] == "id1"


def test_what_a_string_out_cannot_show_is_named() -> None:
    made = read_from_string(write_to_string(sample("resolve_24")))
    said = made.metadata["otio_retake"]
    assert list(said["warnings"]) == []
    assert [row[:11] for row in said["left_out"]] == ["01:00:03:12", "01:00:06:22"]  # its sound, its speed


@pytest.mark.parametrize(
    "text",
    ["", "RETAKE", "[]", "{}", '{"format": "otio-retake list", "version": 1}', "[" * 100_000, '{"format": "other"}'],
)
def test_what_is_no_list_is_said_to_be_none(text: str) -> None:
    with pytest.raises(otio.exceptions.OTIOError) as caught:
        read_from_string(text)
    assert all(part in str(caught.value) for part in ("where:", "to do:"))


@pytest.mark.parametrize(
    ("key", "value"),
    [("version", 2), ("rate", "0"), ("rate", "1/0"), ("start", "25:00:00:00"), ("items", [{"clip": "A"}]),
     ("items", [{"clip": "A", "written": "a.mov", "clock": "24", "region": {"first": 0, "end": 10**30}}]),
     ("items", [{"clip": "A", "written": "a.mov", "clock": "1e999", "region": {"first": 0, "end": 1}}])],
)  # fmt: skip
def test_a_damaged_or_newer_list_is_refused_with_the_place(key: str, value: Any) -> None:
    good = {"format": "otio-retake list", "version": 1, "rate": "24", "start": "01:00:00:00", "items": []}
    assert len(read_from_string(json.dumps(good)).tracks) == 1
    with pytest.raises(otio.exceptions.OTIOError) as caught:
        read_from_string(json.dumps({**good, key: value}))
    assert all(part in str(caught.value) for part in ("where:", "to do:"))


def test_a_list_of_no_cut_or_of_several_is_refused(tmp_path: Path) -> None:
    two = otio.schema.SerializableCollection("bin")
    two.extend([timeline(clip()), timeline(clip())])
    for thing in (two, otio.schema.SerializableCollection("bin"), movie("a.mov", 0, 1)):
        with pytest.raises(otio.exceptions.OTIOError):
            write_to_file(thing, str(tmp_path / "cut.retakelist"))
    assert not (tmp_path / "cut.retakelist").exists()
