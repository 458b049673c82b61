"""Takes on tracks above: in the shape of each editor, where they belong, looking like the clip below."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from otio_retake.cuts import Cut, Editor, open_cut
from otio_retake.cuts.model import NAMESPACE, Clip
from otio_retake.takes import Placement
from tests.cuts.otio_rules import broken_rules, new_tracks
from tests.cuts.placements import above, sound
from tests.cutting import clip, span, track, warp, write

SAMPLES = Path(__file__).resolve().parents[2] / "sample_timelines"
EDITORS: tuple[Editor, ...] = ("resolve", "premiere", "kdenlive", "hiero", "flame")
CUTS = ("resolve_24", "phone_30", "premiere_2997df", "kdenlive_25", "hiero_23976", "plain_mixed")
OWN = {"resolve_24": "resolve", "phone_30": "resolve", "premiere_2997df": "premiere", "kdenlive_25": "kdenlive",
       "hiero_23976": "hiero"}  # fmt: skip


def served(cut: Cut) -> list[Clip]:
    """Clips of the picture that takes are made for."""
    return [c for c in cut.view.clips() if c.kind == "Video" and c.media.kind == "file" and c.enabled]


def laid(cut: Cut) -> list[Placement]:
    """Two takes over each of them, as the whole way would place them."""
    return [placed_as_made(above(c, version)) for c in served(cut) for version in (1, 2)]


def placed_as_made(placement: Placement) -> Placement:
    """With a file whose timecode is that of its range, as every take has it."""
    from otio_retake.rates import timecode
    from otio_retake.spans import Span

    begins, length = math.floor(placement.available[0]), math.ceil(placement.available[1])
    spec = replace(
        placement.take.spec, span=Span(0, length), rate=placement.clock, timecode=timecode(begins, placement.clock)
    )
    available = (Fraction(begins), Fraction(length))
    return replace(placement, take=replace(placement.take, spec=spec), available=available)


def reopened(cut: Cut, content: bytes, name: str = "next.otio") -> Cut:
    path = cut.path.with_name(name) if cut.path.parent != SAMPLES else Path(name)
    path.write_bytes(content)
    return open_cut(path)


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("name", CUTS)
def test_every_shape_keeps_the_rules_of_its_editor(tmp_path: Path, name: str, editor: Editor) -> None:
    cut = open_cut(SAMPLES / f"{name}.otio")
    placements = laid(cut)
    document = json.loads(cut.apply(placements, tmp_path, editor).text)
    assert list(broken_rules(document, editor, cut.view.written_rate)) == []
    count = sum(c["OTIO_SCHEMA"] == "Clip.2" for _, t in new_tracks(document) for c in t["children"])
    assert count == len(placements)
    otio.adapters.read_from_string(json.dumps(document), "otio_json")


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("name", CUTS)
def test_only_additions_and_all_of_them_out_again(tmp_path: Path, name: str, editor: Editor) -> None:
    cut = open_cut(SAMPLES / f"{name}.otio")
    patched = cut.apply(laid(cut), tmp_path, editor)
    document = json.loads(patched.text)
    for place, _ in reversed(new_tracks(document)):
        del document["tracks"]["children"][place]
    assert document == json.loads(cut.original)
    again = reopened(cut, patched.content, str(tmp_path / "out.otio"))
    assert again.apply(laid(again), tmp_path, editor).added == (), "what is there is not added twice"
    assert again.drop({p.take.ident for p in laid(cut)}).content == cut.original


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("name", CUTS)
def test_a_take_shows_the_frames_of_the_clip_below(tmp_path: Path, name: str, editor: Editor) -> None:
    """Read again, each take lies at its record frames and plays what the clip below plays there, to the frame."""
    cut = open_cut(SAMPLES / f"{name}.otio")
    placements = laid(cut)
    again = reopened(cut, cut.apply(placements, tmp_path, editor).content, str(tmp_path / "out.otio"))
    assert again.view.writer == cut.view.writer, "a take in another's shape does not make the cut another's"
    found = [c for c in again.view.clips() if c.placed is not None]
    assert sorted(c.record for c in found) == sorted(p.record for p in placements)
    by_place = {(p.record, p.take.version): p for p in placements}
    for taken in found:
        assert taken.placed is not None
        placement = by_place[taken.record, taken.placed["version"]]
        assert taken.media.start is not None
        # How far into the file the clip begins and ends, in frames of the file, however the editor counts.
        rate = placement.clock
        begins, ends = (Fraction(edge) for edge in taken.source_of(*taken.record).at(rate))
        begins, ends = (edge - taken.media.start.at(rate) for edge in (begins, ends))
        assert abs(begins - (placement.source - placement.available[0])) < Fraction(1, 100)
        wanted = (placement.record[1] - placement.record[0]) * placement.speed * rate / cut.view.rate
        if editor != "kdenlive":
            assert abs(ends - begins - wanted) < Fraction(1, 100)


def test_takes_are_off_unless_they_are_activated(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "resolve_24.otio")
    first = served(cut)[0]
    for wanted in (False, True):
        patched = cut.apply([above(first, 1), above(first, 2, activate=wanted)], tmp_path)
        again = reopened(cut, patched.content, str(tmp_path / "out.otio"))
        states = {c.placed["version"]: c.enabled for c in again.view.clips() if c.placed is not None}
        assert states == {1: False, 2: wanted}
    # The other way round, in the cut that has them: one on, its sibling off.
    other = again.apply([above(first, 1, activate=True), above(first, 2)], tmp_path)
    assert other.added == ()
    states = {c.name[-4:]: c.enabled for c in reopened(cut, other.content, str(tmp_path / "b.otio")).view.clips()
              if c.placed is not None}  # fmt: skip
    assert states == {"v001": True, "v002": False}


def test_without_an_editor_takes_have_the_shape_of_the_one_that_wrote_the_cut(tmp_path: Path) -> None:
    for name, editor in OWN.items():
        cut = open_cut(SAMPLES / f"{name}.otio")
        document = json.loads(cut.apply(laid(cut), tmp_path).text)
        assert list(broken_rules(document, editor, cut.view.written_rate)) == []


# --- looks --------------------------------------------------------------------------------------------------------


def effects_of(patched: Any, name: str = "Retakes") -> list[dict[str, Any]]:
    tracks = {t["name"]: t for t in json.loads(patched.text)["tracks"]["children"]}
    return next(c["effects"] for c in tracks[name]["children"] if c["OTIO_SCHEMA"] == "Clip.2")


def resolve_effect(kind: str, *parameters: dict[str, Any], enabled: bool = True) -> dict[str, Any]:
    about = {"Effect Name": kind, "Enabled": enabled, "Name": kind, "Parameters": list(parameters), "Type": 1}
    return {
        "OTIO_SCHEMA": "Effect.1", "metadata": {"Resolve_OTIO": about}, "name": "", "effect_name": "Resolve Effect",
    }  # fmt: skip


def parameter(name: str, value: float, keys: tuple[int, ...] = (), usual: float = 1.0) -> dict[str, Any]:
    frames = {str(k): {"Value": value, "Variant Type": "Double"} for k in keys}
    return {"Default Parameter Value": usual, "Key Frames": frames, "Parameter ID": name, "Parameter Value": value}


@pytest.fixture
def resolve_cut(tmp_path: Path) -> Cut:
    effects = [
        warp(2.0),
        resolve_effect("Transform", parameter("transformationZoomX", 1.25), parameter("transformationPan", 2, (0, 30))),
        resolve_effect("Cropping", parameter("cropLeft", 0.1, usual=0.0)),
        resolve_effect("Composite", parameter("opacity", 50.0, (5, 35), usual=100.0)),
        resolve_effect("Dynamic Zoom", parameter("dynamicZoomScale", 1.0, (0, 39)), enabled=True),
        resolve_effect("Video Faders", parameter("fadeIn", 12.0, usual=0.0)),
    ]
    item = clip("A", 10, 40, effects=effects)
    about = {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}}
    return write(tmp_path, track(item, name="Video 1"), metadata=about)


def test_resolve_effects_are_copied_and_key_frames_move(resolve_cut: Cut, tmp_path: Path) -> None:
    patched = resolve_cut.apply([above(served(resolve_cut)[0], first=8)], tmp_path, "resolve")
    found = effects_of(patched)
    assert found[0] == warp(2.0)
    by_name = {e["metadata"]["Resolve_OTIO"]["Effect Name"]: e["metadata"]["Resolve_OTIO"] for e in found[1:]}
    zoom, pan = by_name["Transform"]["Parameters"]
    assert zoom["Parameter Value"] == 1.25
    # The take begins 8 record frames into the clip: what happened at its frame 30 happens at 22 of the take.
    assert list(pan["Key Frames"]) == ["-8", "22"]
    assert list(by_name["Composite"]["Parameters"][0]["Key Frames"]) == ["-3", "27"]
    assert by_name["Cropping"]["Parameters"][0]["Parameter Value"] == 0.1
    assert by_name["Dynamic Zoom"]["Enabled"] is False
    assert by_name["Video Faders"]["Parameters"] == []
    (lost,) = patched.losses.left_out
    assert "Dynamic Zoom" in lost
    assert "Video Faders" in lost
    assert "00:00:00:08 A" in lost


def test_what_spans_a_clip_is_copied_to_a_take_that_spans_it_too(resolve_cut: Cut, tmp_path: Path) -> None:
    patched = resolve_cut.apply([above(served(resolve_cut)[0], first=0, length=40)], tmp_path, "resolve")
    assert patched.losses.left_out == []
    assert effects_of(patched) == json.loads(resolve_cut.original)["tracks"]["children"][0]["children"][0]["effects"]


@pytest.mark.parametrize("editor", ["premiere", "kdenlive", "flame"])
def test_what_another_editor_does_not_read_is_named(resolve_cut: Cut, tmp_path: Path, editor: Editor) -> None:
    patched = resolve_cut.apply([above(served(resolve_cut)[0])], tmp_path, editor)
    (lost,) = patched.losses.left_out
    for name in ("Transform", "Cropping", "Composite", "Dynamic Zoom", "Video Faders"):
        assert name in lost
    assert ("speed of 200 %" in lost) is (editor == "kdenlive")
    assert [e["OTIO_SCHEMA"] for e in effects_of(patched)] == [] if editor == "kdenlive" else ["LinearTimeWarp.1"]


def test_effects_that_nobody_has_touched_are_no_loss(tmp_path: Path) -> None:
    for name in ("resolve_24", "premiere_2997df"):
        cut = open_cut(SAMPLES / f"{name}.otio")
        plain = [c for c in served(cut) if c.speed.scalar == 1][1]
        for editor in EDITORS:
            assert cut.apply([above(plain)], tmp_path, editor).losses.left_out == [], (name, editor)


def test_premiere_key_frames_stay_in_the_time_of_the_source(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "premiere_2997df.otio")
    document = json.loads(cut.original)
    first = document["tracks"]["children"][0]["children"][0]
    scale = first["effects"][1]["metadata"]["PremierePro_OTIO"]["Parameters"][1]
    scale.pop("StartValue")
    begins = first["source_range"]["start_time"]["value"]
    position = {"OTIO_SCHEMA": "RationalTime.1", "rate": cut.view.written_rate, "value": begins + 10}
    scale["Keyframes"] = [{"Position": position, "Value": 120.0}]
    keyed = reopened(cut, json.dumps(document, indent=4).encode(), str(tmp_path / "keyed.otio"))
    assert effects_of(keyed.apply([above(served(keyed)[0])], tmp_path, "premiere")) == first["effects"]


def test_what_lies_over_the_clip_is_named(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "resolve_24.otio")
    fish = next(c for c in served(cut) if c.record[0] == 196)
    said = cut.apply([above(fish)], tmp_path, "resolve").losses.warnings
    assert any("Text+" in line for line in said)


def test_a_take_of_a_retimed_clip_counts_as_its_editor_does(tmp_path: Path) -> None:
    """12 record frames of a clip at 200 % are 24 of its source: Premiere writes 24, the others 12."""
    cut = write(tmp_path, track(clip("A", 10, 40, effects=[warp(2.0)]), name="V1"))
    (lower,) = served(cut)
    for editor, length in (("resolve", 12), ("hiero", 12), ("flame", 12), ("premiere", 24)):
        patched = cut.apply([above(lower)], tmp_path, editor)  # type: ignore[arg-type]
        ((_, laid_track),) = new_tracks(json.loads(patched.text))
        taken = laid_track["children"][-1]
        assert taken["source_range"]["duration"]["value"] == length
        assert [e["time_scalar"] for e in taken["effects"]] == [2.0]
        again = reopened(cut, patched.content, f"{editor}.otio")
        assert [c.record for c in again.view.clips() if c.placed is not None] == [(2, 14)]
        assert next(c for c in again.view.clips() if c.placed is None).record == (0, 40)
        assert any("retimed" in line for line in patched.losses.warnings) is (editor == "premiere")


# --- where --------------------------------------------------------------------------------------------------------


def test_kdenlive_gets_its_tracks_first_and_is_told_what_it_plays(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "kdenlive_25.otio")
    patched = cut.apply([*laid(cut), sound(served(cut)[0])], tmp_path)
    names = [t["name"] for t in json.loads(patched.text)["tracks"]["children"]]
    assert names == ["Retakes 2", "Retakes", "", "Dialogue"]
    assert any("hide" in line for line in patched.losses.warnings)
    assert any("sound" in line for line in patched.losses.left_out)


def test_kdenlive_takes_the_label_of_the_first_frame_off(tmp_path: Path) -> None:
    """Its import reads the file's timecode at the project's rate and subtracts it from where the clip begins."""
    cut = open_cut(SAMPLES / "kdenlive_25.otio")
    one = above(served(cut)[0])
    one = replace(one, take=replace(one.take, spec=replace(one.take.spec, timecode="00:00:10:05")))
    ((_, laid_track),) = new_tracks(json.loads(cut.apply([one], tmp_path).text))
    start = laid_track["children"][-1]["source_range"]["start_time"]
    into = one.source - one.available[0]
    assert (start["rate"], start["value"]) == (25.0, 255 + into)


def test_another_editor_goes_by_the_timecode_of_the_take(tmp_path: Path) -> None:
    """The cut counts its media from 0, the file has a timecode: Resolve imports what counts from that."""
    cut = write(tmp_path, track(clip("A", 10, 40), name="V1"))
    one = above(served(cut)[0])
    one = replace(one, take=replace(one.take, spec=replace(one.take.spec, timecode="01:00:00:00")))
    ((_, laid_track),) = new_tracks(json.loads(cut.apply([one], tmp_path, "resolve").text))
    taken = laid_track["children"][-1]
    assert taken["media_references"]["DEFAULT_MEDIA"]["available_range"]["start_time"]["value"] == 86400
    # The made-up file holds 100 frames where the cut counts 60: 24 of 60 into it are 40 of 100.
    assert taken["source_range"]["start_time"]["value"] == 86400 + 40


def test_a_second_round_gets_a_track_of_its_own(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "resolve_24.otio")
    one, other = served(cut)[:2]
    again = reopened(cut, cut.apply([above(one, 1)], tmp_path).content, str(tmp_path / "out.otio"))
    patched = again.apply([above(one, 1), above(other, 2)], tmp_path)
    assert [name for _, name, _ in patched.added] == ["Retakes 2"]


def test_takes_in_a_trimmed_stack_lie_where_they_are_seen(tmp_path: Path) -> None:
    document = json.loads(write(tmp_path, track(clip("A", 10, 40), name="V1")).original)
    document["tracks"]["source_range"] = span(5, 30)
    path = tmp_path / "trimmed.otio"
    path.write_text(json.dumps(document, indent=1))
    cut = open_cut(path)
    one = above(served(cut)[0], first=7)
    ((_, laid_track),) = new_tracks(json.loads(cut.apply([one], tmp_path).text))
    assert laid_track["children"][0]["source_range"]["duration"]["value"] == one.record[0] + 5


def test_files_without_a_timeline_say_that_they_have_no_tracks(tmp_path: Path) -> None:
    path = tmp_path / "lone.otio"
    path.write_text(json.dumps(clip("A", 10, 40)))
    cut = open_cut(path)
    patched = cut.apply([above(served(cut)[0])], tmp_path, "resolve")
    assert patched.content == cut.original
    assert len(patched.losses.left_out) == 1


def test_real_timelines_take_takes_above(tmp_path: Path, shared_timelines: Path) -> None:
    """The Resolve export with 37 clips and 170 effects: only additions, and the key frames of its clips move."""
    cut = open_cut(shared_timelines / "otio" / "resolve_picchu_effects.otio")
    clips = [c for c in cut.view.clips() if c.kind == "Video" and c.record[1] - c.record[0] > 20 and c.enabled]
    patched = cut.apply([above(c) for c in clips], tmp_path, "resolve")
    document = json.loads(patched.text)
    assert list(broken_rules(document, "resolve", 24.0)) == [] or all(
        "of a file that has" in rule for rule in broken_rules(document, "resolve", 24.0)
    ), "stills play longer than their one frame"
    for place, _ in reversed(new_tracks(document)):
        del document["tracks"]["children"][place]
    assert document == json.loads(cut.original)
    assert NAMESPACE in patched.text


@pytest.mark.parametrize("name", ["resolve_24", "premiere_2997df"])
def test_punched_in_cropped_and_retimed_clips_keep_their_looks(tmp_path: Path, name: str) -> None:
    """Each take has the effects of its clip, but for what lasts as long as that: there is none in the samples."""
    cut = open_cut(SAMPLES / f"{name}.otio")
    editor: Any = OWN[name]
    for number, lower in enumerate(served(cut)):
        patched = cut.apply([above(lower, first=0, length=int(lower.record[1] - lower.record[0]))], tmp_path, editor)
        raw = json.loads(cut.original)["tracks"]["children"][lower.address.track]["children"][lower.address.item]
        assert effects_of(patched) == raw["effects"], number
        assert patched.losses.left_out == []
        elsewhere = cut.apply([above(lower)], tmp_path, "kdenlive").losses.left_out
        looks = {"resolve_24": ["Transform", "", "speed", "Cropping"], "premiere_2997df": ["Motion", "speed", ""]}[name]
        assert [bool(elsewhere), looks[number] in " ".join(elsewhere)] == [bool(looks[number]), True]
