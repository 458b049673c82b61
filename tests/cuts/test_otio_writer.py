"""What is written equals what was read, but for what was added."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from otio_retake.cuts import Cut, open_cut
from otio_retake.cuts.model import NAMESPACE, Clip
from otio_retake.errors import CutError
from otio_retake.takes import Placement, TakeFile
from tests.cuts.placements import reference, sound, take
from tests.forked import command_line

SAMPLES = Path(__file__).resolve().parents[2] / "sample_timelines"
CUTS = sorted(path.name for path in SAMPLES.glob("*.otio"))


def pictures(cut: Cut) -> list[Clip]:
    return [clip for clip in cut.view.clips() if clip.kind == "Video" and clip.media.kind != "unknown"]


def stripped(value: Any) -> Any:
    """A document without anything of ours."""
    if isinstance(value, dict):
        value = dict(value)
        references = value.get("media_references")
        if isinstance(references, dict):
            value["media_references"] = {k: v for k, v in references.items() if not ours(v)}
        return {k: stripped(v) for k, v in value.items()}
    if isinstance(value, list):
        return [stripped(v) for v in value if not ours(v)]
    return value


def ours(value: Any) -> bool:
    return isinstance(value, dict) and NAMESPACE in (value.get("metadata") or {})


def as_second_version(value: Any) -> Any:
    """A document with every Clip.1 as a Clip.2, as OpenTimelineIO itself would read it."""
    if isinstance(value, list):
        return [as_second_version(v) for v in value]
    if not isinstance(value, dict):
        return value
    value = {k: as_second_version(v) for k, v in value.items()}
    if value.get("OTIO_SCHEMA") == "Clip.1":
        value["OTIO_SCHEMA"] = "Clip.2"
        value["media_references"] = {"DEFAULT_MEDIA": value.pop("media_reference")}
        value["active_media_reference_key"] = "DEFAULT_MEDIA"
    return value


@pytest.mark.parametrize("name", CUTS)
def test_only_additions(tmp_path: Path, name: str) -> None:
    cut = open_cut(SAMPLES / name)
    before = cut.path.read_bytes()
    clips = pictures(cut)
    placements = [reference(clip, k) for clip in clips for k in (1, 2)] + [sound(clips[0])]
    patched = cut.apply(placements, tmp_path)
    cut.save(patched, tmp_path / "out.otio")
    written = (tmp_path / "out.otio").read_bytes()
    assert cut.path.read_bytes() == before
    assert stripped(json.loads(written)) == json.loads(before)
    # What is not ours stands there byte for byte: taking our lines out again leaves the input.
    old, new = before.decode().splitlines(), iter(written.decode().splitlines())
    assert all(any(line.rstrip(",") == wanted.rstrip(",") for line in new) for wanted in old)
    timeline = otio.adapters.read_from_file(str(tmp_path / "out.otio"))
    placed = [c for c in timeline.find_clips() if {"retake.v001", "retake.v002"} <= set(c.media_references())]
    assert len(placed) == len(clips)


@pytest.mark.parametrize("name", CUTS)
def test_nothing_to_place_is_the_input_byte_for_byte(tmp_path: Path, name: str) -> None:
    cut = open_cut(SAMPLES / name)
    cut.save(cut.apply([], tmp_path), tmp_path / "out.otio")
    assert (tmp_path / "out.otio").read_bytes() == cut.path.read_bytes()


def test_real_timelines_go_through_without_loss(tmp_path: Path, shared_timelines: Path) -> None:
    found = sorted((shared_timelines / "otio").glob("*.otio"))
    assert len(found) >= 7
    for path in found:
        cut = open_cut(path)
        assert cut.apply([], tmp_path).text == path.read_text()
        clips = pictures(cut)
        patched = cut.apply([reference(clip) for clip in clips], tmp_path)
        assert stripped(json.loads(patched.text)) == as_second_version_of_patched(path, clips, patched.text)
        if '"Marker.3"' not in patched.text:
            otio.adapters.read_from_string(patched.text, "otio_json")


def as_second_version_of_patched(path: Path, clips: list[Clip], text: str) -> Any:
    before = json.loads(path.read_text())
    return as_second_version(before) if '"Clip.1"' in path.read_text() and clips else before


@pytest.mark.slow
def test_real_timelines_go_through_marks_and_plan(shared_timelines: Path, tmp_path: Path) -> None:
    for path in sorted((shared_timelines / "otio").glob("*.otio")):
        for command in ("marks", "plan"):
            said = command_line(tmp_path, command, str(path))
            assert said.returncode == 0, (path.name, said.stdout, said.stderr)
            assert "Traceback" not in said.stderr


def test_a_first_version_clip_becomes_a_second_and_it_is_said(tmp_path: Path) -> None:
    clip = {
        "OTIO_SCHEMA": "Clip.1", "name": "A001",
        "media_reference": {"OTIO_SCHEMA": "ExternalReference.1", "target_url": "a.mov", "strange": [1, 2.50],
                            "available_range": otio_range(0, 100)},
        "source_range": otio_range(10, 20), "unknown_field": {"kept": True},
    }  # fmt: skip
    document = timeline_of(clip, copy.deepcopy(clip))
    path = tmp_path / "old.otio"
    path.write_text(json.dumps(document, indent=4))
    cut = open_cut(path)
    patched = cut.apply([reference(pictures(cut)[0])], tmp_path)
    assert any("Clip.2" in warning and "A001" in warning for warning in patched.losses.warnings)
    written = json.loads(patched.text)
    one, other = written["tracks"]["children"][0]["children"]
    assert other == clip, "a clip that got no take keeps its schema"
    assert one["OTIO_SCHEMA"] == "Clip.2"
    assert one["unknown_field"] == {"kept": True}
    assert one["media_references"]["DEFAULT_MEDIA"] == clip["media_reference"]
    assert one["active_media_reference_key"] == "DEFAULT_MEDIA"
    read = otio.adapters.read_from_string(patched.text, "otio_json")
    assert list(next(iter(read.find_clips())).media_references()) == ["DEFAULT_MEDIA", "retake.v001"]


def otio_range(start: float, duration: float, rate: float = 24.0) -> dict[str, Any]:
    def time(value: float) -> dict[str, Any]:
        return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": value}

    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": time(start), "duration": time(duration)}


def timeline_of(*clips: dict[str, Any]) -> dict[str, Any]:
    track = {"OTIO_SCHEMA": "Track.1", "kind": "Video", "name": "V1", "children": list(clips)}
    return {
        "OTIO_SCHEMA": "Timeline.1", "name": "cut", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": [track]}
    }  # fmt: skip


@pytest.fixture
def cut(tmp_path: Path) -> Iterator[Cut]:
    clip = {
        "OTIO_SCHEMA": "Clip.2", "name": "A001", "source_range": otio_range(10, 20),
        "media_references": {
            "DEFAULT_MEDIA": {"OTIO_SCHEMA": "ExternalReference.1", "target_url": "a.mov", "metadata": {},
                              "available_range": otio_range(0, 100)}
        },
        "active_media_reference_key": "DEFAULT_MEDIA",
    }  # fmt: skip
    path = tmp_path / "cut.otio"
    path.write_text(json.dumps(timeline_of(clip), indent=2))
    return open_cut(path)


def reopened(cut: Cut, text: str, name: str = "next.otio") -> Cut:
    path = cut.path.with_name(name)
    path.write_text(text)
    return open_cut(path)


def test_placing_twice_adds_once(cut: Cut) -> None:
    (clip,) = pictures(cut)
    once = reopened(cut, cut.apply([reference(clip)], cut.path.parent).text)
    (again,) = pictures(once)
    assert again.media.key == "DEFAULT_MEDIA", "marks and takes go by the original"
    assert [m.key for m in again.takes] == ["retake.v001"]
    patched = once.apply([reference(again)], cut.path.parent)
    assert patched.text == once.document.text
    assert patched.added == ()


def test_a_number_that_is_taken_is_not_used_again(cut: Cut) -> None:
    (clip,) = pictures(cut)
    once = reopened(cut, cut.apply([reference(clip)], cut.path.parent).text)
    other = reference(pictures(once)[0])
    other = Placement(**{**{f: getattr(other, f) for f in other.__slots__}, "take": take(1)})
    changed = TakeFile("another", *[getattr(other.take, f) for f in ("target", "version", "path", "state", "spec")])
    other = Placement(**{**{f: getattr(other, f) for f in other.__slots__}, "take": changed})
    patched = once.apply([other], cut.path.parent)
    assert [key for _, key, _ in patched.added] == ["retake.v002"]


def test_originals_stay_active_unless_asked(cut: Cut) -> None:
    (clip,) = pictures(cut)
    for activate, key in ((False, "DEFAULT_MEDIA"), (True, "retake.v001")):
        written = json.loads(cut.apply([reference(clip, activate=activate)], cut.path.parent).text)
        assert written["tracks"]["children"][0]["children"][0]["active_media_reference_key"] == key


def test_dropping_leaves_what_was_there_before(cut: Cut) -> None:
    (clip,) = pictures(cut)
    placed = reopened(cut, cut.apply([reference(clip, 1), reference(clip, 2, activate=True)], cut.path.parent).text)
    one = placed.drop({"clip001"})
    assert list(json.loads(one.text)["tracks"]["children"][0]["children"][0]["media_references"]) == [
        "DEFAULT_MEDIA", "retake.v002",
    ]  # fmt: skip
    both = placed.drop({"clip001", "clip002"})
    assert both.text == cut.document.text


def test_sound_that_is_dropped_leaves_no_track(cut: Cut) -> None:
    (clip,) = pictures(cut)
    placed = reopened(cut, cut.apply([reference(clip), sound(clip, 1)], cut.path.parent).text)
    one = placed.drop({"sound001", "clip001"})
    assert one.text == cut.document.text
    assert len(one.added) == 2


def test_sound_that_is_dropped_among_others_leaves_a_gap(tmp_path: Path, cut: Cut) -> None:
    (clip,) = pictures(cut)
    later = sound(clip, 2)
    later = Placement(**{**{f: getattr(later, f) for f in later.__slots__}, "record": (Fraction(15), Fraction(20))})
    placed = reopened(cut, cut.apply([sound(clip, 1), later], cut.path.parent).text)
    kept = json.loads(placed.drop({"sound001"}).text)["tracks"]["children"][-1]["children"]
    assert [c["OTIO_SCHEMA"] for c in kept] == ["Gap.1", "Gap.1", "Gap.1", "Clip.2"]
    timeline = otio.adapters.read_from_string(placed.drop({"sound001"}).text, "otio_json")
    assert timeline.tracks[-1].range_of_child_at_index(3).start_time.value == 15


def test_a_file_of_one_clip_gives_its_take_back(tmp_path: Path, cut: Cut) -> None:
    lone = tmp_path / "lone.otio"
    lone.write_text(json.dumps(json.loads(cut.document.text)["tracks"]["children"][0]["children"][0], indent=2))
    alone = open_cut(lone)
    placed = reopened(alone, alone.apply([reference(pictures(alone)[0], activate=True)], tmp_path).text)
    back = placed.drop({"clip001"})
    assert [key for _, key, _ in back.added] == ["retake.v001"]
    assert json.loads(back.text) == json.loads(alone.document.text)


def test_the_original_that_was_in_use_comes_back(tmp_path: Path) -> None:
    """A clip with camera file and proxy, the proxy active: with takes active in between, the proxy is the original."""
    references = {
        key: {"OTIO_SCHEMA": "ExternalReference.1", "target_url": f"{key}.mov", "metadata": {},
              "available_range": otio_range(0, 100)} for key in ("cam", "proxy")
    }  # fmt: skip
    clip = {
        "OTIO_SCHEMA": "Clip.2", "name": "A", "source_range": otio_range(10, 20), "media_references": references,
        "active_media_reference_key": "proxy",
    }  # fmt: skip
    path = tmp_path / "two.otio"
    path.write_text(json.dumps(timeline_of(clip), indent=2))
    cut = open_cut(path)
    placed = reopened(cut, cut.apply([reference(pictures(cut)[0], activate=True)], tmp_path).text)
    (now,) = pictures(placed)
    assert (now.active, now.media.key) == ("retake.v001", "proxy")
    assert placed.drop({"clip001"}).text == cut.document.text


def test_sound_lies_at_its_place_in_a_trimmed_stack(tmp_path: Path, cut: Cut) -> None:
    document = json.loads(cut.document.text)
    document["tracks"]["source_range"] = otio_range(5, 10)
    path = tmp_path / "trimmed.otio"
    path.write_text(json.dumps(document, indent=2))
    trimmed = open_cut(path)
    (clip,) = pictures(trimmed)
    placed = sound(clip)
    text = trimmed.apply([placed], tmp_path).text
    track = otio.adapters.read_from_string(text, "otio_json").tracks[-1]
    # What is at record frame r of the cut is at r + 5 in its tracks.
    assert track.range_of_child_at_index(1).start_time.value == placed.record[0] + 5


def test_activating_by_hand(cut: Cut) -> None:
    (clip,) = pictures(cut)
    placed = reopened(cut, cut.apply([reference(clip)], cut.path.parent).text)
    text = placed.activate(clip.address, "retake.v001").text
    assert json.loads(text)["tracks"]["children"][0]["children"][0]["active_media_reference_key"] == "retake.v001"
    with pytest.raises(CutError, match=r"retake\.v009"):
        placed.activate(clip.address, "retake.v009")


def test_what_is_written_is_stock_schemas_only(cut: Cut) -> None:
    (clip,) = pictures(cut)
    patched = cut.apply([reference(clip), sound(clip)], cut.path.parent)
    schemas = {line.split('"')[3] for line in patched.text.splitlines() if '"OTIO_SCHEMA"' in line}
    assert schemas <= {
        "Timeline.1", "Stack.1", "Track.1", "Clip.2", "Gap.1", "ExternalReference.1", "TimeRange.1", "RationalTime.1",
    }  # fmt: skip
    track = json.loads(patched.text)["tracks"]["children"][-1]
    assert track["kind"] == "Audio"
    assert [c["OTIO_SCHEMA"] for c in track["children"]] == ["Gap.1", "Clip.2"]
    assert track["children"][1]["enabled"] is False


def test_sounds_that_overlap_go_on_tracks_of_their_own(cut: Cut) -> None:
    (clip,) = pictures(cut)
    patched = cut.apply([sound(clip, 1), sound(clip, 2)], cut.path.parent)
    names = [t["name"] for t in json.loads(patched.text)["tracks"]["children"]]
    assert names == ["V1", "Retakes", "Retakes 2"]


@pytest.mark.parametrize("indent", [None, 1, 4, "\t"])
def test_additions_are_in_the_style_of_the_document(tmp_path: Path, cut: Cut, indent: Any) -> None:
    path = tmp_path / "styled.otio"
    path.write_text("\ufeff" + json.dumps(json.loads(cut.document.text), indent=indent), encoding="utf-8")
    styled = open_cut(path)
    patched = styled.apply([reference(pictures(styled)[0])], tmp_path)
    assert patched.text == json.dumps(json.loads(patched.text), indent=indent, ensure_ascii=False) or indent is None
    styled.save(patched, tmp_path / "out.otio")
    assert (tmp_path / "out.otio").read_bytes().startswith(b"\xef\xbb\xbf"), "its byte order mark is kept"


def test_paths_are_spelled_as_the_cut_spells_them(tmp_path: Path, cut: Cut) -> None:
    (clip,) = pictures(cut)
    inside = Placement(
        "reference", clip.address, TakeFile("x", "t", 1, tmp_path / "retakes" / "a b.mov", "made", take(1).spec),
        Fraction(24), (Fraction(0), Fraction(100)), written="a.mov",
    )  # fmt: skip
    url = '"target_url": "{}"'
    assert url.format("retakes/a b.mov") in cut.apply([inside], tmp_path).text, "relative media has relative takes"
    for written, spelled in (
        ("/Users/x.mov", str(tmp_path / "retakes" / "a b.mov")),
        ("file:///Users/x.mov", (tmp_path / "retakes" / "a b.mov").as_uri()),
    ):
        other = Placement(**{**{f: getattr(inside, f) for f in inside.__slots__}, "written": written})
        assert url.format(spelled) in cut.apply([other], tmp_path).text
