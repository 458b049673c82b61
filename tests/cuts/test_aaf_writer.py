"""Takes in an AAF: only additions, as Media Composer writes clips, muted until they are to be used, and out again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import aaf2
import opentimelineio as otio
import pytest

from otio_retake.cuts import Cut, open_cut
from otio_retake.cuts.aaf_writer import as_url
from otio_retake.cuts.model import Clip
from otio_retake.errors import CutError
from otio_retake.marks import find_marks
from otio_retake.readback import takes_in
from otio_retake.requests import resolve
from otio_retake.takes import Placement
from sample_timelines.editors.avid import Effect, Movie, Piece, write_aaf
from sample_timelines.make_aaf import NAME, make_aaf
from sample_timelines.make_media import MEDIA
from tests.cuts.aaf_documents import added, document
from tests.cuts.placements import above, sound

SAMPLE = MEDIA.parent / NAME


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Cut:
    return open_cut(make_aaf(tmp_path_factory.mktemp("sample")))


def served(cut: Cut) -> list[Clip]:
    """The clips of the picture that takes can be made for."""
    return [
        clip
        for clip in cut.view.clips()
        if clip.kind == "Video" and clip.enabled and not (clip.see_through or clip.speed.refused or clip.placed)
    ]


def written(cut: Cut, placements: list[Placement], folder: Path) -> Cut:
    path = folder / "placed.aaf"
    path.write_bytes(cut.apply(placements, folder).content)
    return open_cut(path)


def taken(cut: Cut, kind: str = "Video") -> list[Clip]:
    return [clip for clip in cut.view.clips() if clip.placed is not None and clip.kind == kind]


def test_the_sample_is_what_its_script_writes(sample: Cut) -> None:
    """The bytes differ between versions of pyaaf2; what is in them does not."""
    assert SAMPLE.read_bytes()[:8] == sample.original[:8]
    before, after = (document(content, sample.path.parent) for content in (SAMPLE.read_bytes(), sample.original))
    assert before["mobs"] == after["mobs"]


@pytest.mark.parametrize(
    "name", ["avid_2997fps-DFTC", "avid_linear_speed_effects", "avid_multiple_markers", "avid_nested_stack", "sample"]
)
def test_only_additions_and_out_again(name: str, sample: Cut, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    timelines = None if name == "sample" else request.getfixturevalue("shared_timelines")
    cut = sample if timelines is None else open_cut(timelines / "aaf" / f"{name}.aaf")
    long = [clip for clip in served(cut) if clip.record[1] - clip.record[0] >= 4]
    first, last = long[0], long[-1]
    placements = [above(first, 1, first=1, length=3), above(last, 2, first=1, length=3), sound(first, 3)]
    patched = cut.apply(placements, tmp_path)
    before, after = document(cut.original, tmp_path), document(patched.content, tmp_path)
    mobs, slots = added(before, after)
    assert len(mobs) == 2 * 3
    assert len(slots) == (3 if first is last else 2)
    assert len(patched.added) == 3
    assert patched.losses.left_out == []
    again = tmp_path / "again.aaf"
    again.write_bytes(patched.content)
    placed = open_cut(again)
    assert placed.apply(placements, tmp_path).content == patched.content, "takes that are there are not added twice"
    dropped = placed.drop({p.take.ident for p in placements})
    assert document(dropped.content, tmp_path)["mobs"] == before["mobs"]
    assert added(before, document(dropped.content, tmp_path)) == ([], [])
    assert len(dropped.added) == 3


@pytest.mark.parametrize(
    ("name", "schema", "count"),
    [("avid_linear_speed_effects", otio.schema.LinearTimeWarp, 19), ("avid_multiple_markers", otio.schema.Marker, 10)],
)
def test_opentimelineio_reads_what_was_there_and_what_was_added(
    name: str, schema: type, count: int, shared_timelines: Path, tmp_path: Path
) -> None:
    """The counts are those of ../shared/timelines/INDEX.md."""
    cut = open_cut(shared_timelines / "aaf" / f"{name}.aaf")
    placed = written(cut, [above(served(cut)[0], first=0, length=1)], tmp_path)
    before, after = (otio.adapters.read_from_file(str(one.path), "AAF") for one in (cut, placed))
    for timeline in (before, after):
        items = [timeline.tracks, *timeline.tracks.find_children(descended_from_type=otio.core.Item)]
        assert sum(isinstance(x, schema) for item in items for x in (*item.effects, *item.markers)) == count
    assert "Retakes" in [track.name for track in after.tracks]
    (take,) = [clip for clip in after.find_clips() if "_rtk" in clip.name]
    assert (take.enabled, take.media_reference.target_url) == (False, "file:///takes/A001_rtkabcdefg_v001.mov")


def test_a_take_lies_above_what_it_stands_in_for_and_shows_its_frames(sample: Cut, tmp_path: Path) -> None:
    placed = written(sample, [above(clip, n + 1) for n, clip in enumerate(served(sample))], tmp_path)
    for below, take in zip(served(sample), taken(placed), strict=True):
        assert not take.enabled
        assert take.source_of(*take.record) == below.source_of(*take.record)
        assert take.speed.scalar == below.speed.scalar
        assert (take.media.ours or {})["take"].startswith("region")
    (track,) = {take.track_name for take in taken(placed)}
    assert track == "Retakes"
    assert [t.name for t in placed.view.tracks if t.kind == "Video"] == ["V1", "V2", "Retakes"]


def test_takes_over_the_same_frames_get_tracks_of_their_own(sample: Cut, tmp_path: Path) -> None:
    clip = served(sample)[0]
    placed = written(sample, [above(clip, 1), above(clip, 2), above(clip, 3, first=20)], tmp_path)
    found = [(t.name, [c.media.key for c in t.clips]) for t in placed.view.tracks if t.name.startswith("Retakes")]
    assert found == [("Retakes", ["retake.v001", "retake.v003"]), ("Retakes 2", ["retake.v002"])]
    more = written(placed, [above(clip, 4)], tmp_path)
    assert "Retakes 3" in [track.name for track in more.view.tracks]


# --- as the clip below looks ------------------------------------------------------------------------------------------


def parameters(cut: Cut, take: Clip) -> dict[str, list[Any]]:
    """The effects around a take and their values; curves as pairs of time and value."""
    found: dict[str, list[Any]] = {}
    with aaf2.open(str(cut.path), "r") as file:
        (sequence,) = file.content.toplevel()
        for slot in sequence.slots:
            if slot.name != take.track_name:
                continue
            here = slot.segment.components[take.address.item]
            if "Alternates" in here:
                here = here["Alternates"][0]
            while "InputSegments" in here:
                assert "Rendering" not in here
                for one in here.parameters:
                    points = [(str(p["Time"].value), str(p["Value"].value)) for p in one.getvalue("PointList") or ()]
                    found.setdefault(f"{here.operation.name} {one.name}", points or [str(one["Value"].value)])
                here = here["InputSegments"][0]
    return found


def test_effects_are_copied_and_curves_are_moved(sample: Cut, tmp_path: Path) -> None:
    """The push in goes from 1 to 3/2 in 60 frames; frames 8 to 38 of it go from 1 + 8/120 to 1 + 38/120."""
    punched, cropped, doubled, pushed = served(sample)
    placements = [above(punched, 1), above(cropped, 2, first=20), above(doubled, 3, first=10)]
    placed = written(sample, [*placements, above(pushed, 4, first=8, length=30)], tmp_path)
    found = [parameters(placed, take) for take in taken(placed)]
    assert found[0] == {"Resize AFX_SCALE_X_U": ["5/4"], "Resize AFX_SCALE_Y_U": ["5/4"]}
    assert found[1] == {"MaskImage_2 AFX_SCALE_Y_U": ["74"]}
    assert found[2]["Motion Control PARAM_SPEED_OFFSET_MAP_U"] == [("0", "0"), ("12", "24")]
    assert found[2]["Motion Control PARAM_SPEED_MAP_U"] == [("0", "2")]
    assert found[3]["Resize AFX_SCALE_X_U"] == [("0", "16/15"), ("1", "79/60")]


def test_a_slow_clip_goes_on_between_its_frames(tmp_path: Path) -> None:
    """At 50 % the third record frame shows source frame 1 and a half: the take's curve begins there."""
    movie = Movie("A.mov", "file:///Volumes/Footage/A.mov", Fraction(24), 86_400, 240)
    write_aaf(tmp_path / "cut.aaf", "cut", Fraction(24), 0, [[Piece(48, movie, 24, speed=Fraction(1, 2))]])
    cut = open_cut(tmp_path / "cut.aaf")
    (clip,) = served(cut)
    placement = above(clip, first=3)
    placement = replace(placement, available=(Fraction(86_400), Fraction(48)))
    (take,) = taken(written(cut, [placement], tmp_path))
    assert take.source_of(*take.record).first == clip.source_of(*take.record).first == Fraction(172_851, 2)


def test_what_cannot_be_moved_is_named(tmp_path: Path) -> None:
    movie = Movie("A.mov", "file:///Volumes/Footage/A.mov", Fraction(24), 86_400, 240)
    moving = Effect("Resize", (), (("AFX_SCALE_X_U", ((Fraction(0), Fraction(1)), (Fraction(1), Fraction(2)))),))
    path = tmp_path / "cut.aaf"
    write_aaf(path, "cut", Fraction(24), 0, [[Piece(48, movie, 24, effects=(moving,))]])
    with aaf2.open(str(path), "rw") as file:
        bezier = file.create.InterpolationDef(aaf2.misc.BezierInterpolator, "AvidBezierInterpolator", "")
        file.dictionary.register_def(bezier)
        (sequence,) = file.content.toplevel()
        (slot,) = [slot for slot in sequence.slots if slot.media_kind == "Picture"]
        (curve,) = list(slot.segment.components[0].parameters)
        curve["Interpolation"].value = bezier
    cut = open_cut(path)
    patched = cut.apply([above(served(cut)[0])], tmp_path)
    assert "AFX_SCALE_X_U" in patched.losses.left_out[0]
    whole = cut.apply([above(served(cut)[0], first=0, length=48)], tmp_path)
    assert whole.losses.left_out == [], "a curve over the whole clip stays as it is"


def test_media_of_another_rate_begins_on_a_whole_frame_by_leaving_handles(tmp_path: Path) -> None:
    """24 in 30: the take's frames lie on every fifth of the sequence; handles are skipped until one does."""
    movie = Movie("A.mov", "file:///Volumes/Footage/A.mov", Fraction(24), 86_400, 240)
    write_aaf(tmp_path / "cut.aaf", "cut", Fraction(30), 0, [[Piece(48, movie, 24)]])
    cut = open_cut(tmp_path / "cut.aaf")
    (clip,) = served(cut)
    placement = replace(above(clip, first=3), available=(Fraction(86_403), Fraction(60)))
    placed = written(cut, [placement], tmp_path)
    (take,) = taken(placed)
    assert take.source_of(*take.record) == clip.source_of(*take.record)
    assert (take.media.start or take.source).value == 86_403


# --- sound ------------------------------------------------------------------------------------------------------------


def test_sound_is_placed_to_the_sample_and_stays_muted(sample: Cut, tmp_path: Path) -> None:
    clip = served(sample)[1]
    placement = sound(clip)
    # A third of a frame into the file, as where media and cut have other rates.
    placement = replace(placement, source=placement.available[0] + 10 + Fraction(1, 3), activate=True)
    patched = sample.apply([placement], tmp_path)
    assert any("muted" in warning for warning in patched.losses.warnings)
    (take,) = taken(written(sample, [placement], tmp_path), "Audio")
    assert not take.enabled
    assert take.record == placement.record
    first = take.source_of(*take.record).first - (take.media.start or take.source).value
    assert first == round((10 + Fraction(1, 3)) / 24 * 48_000)


# --- in use, and out of it --------------------------------------------------------------------------------------------


def test_activate_and_back(sample: Cut, tmp_path: Path) -> None:
    clip = served(sample)[0]
    placed = written(sample, [above(clip, 1), above(clip, 2), above(served(sample)[2], 3, activate=True)], tmp_path)
    assert [take.enabled for take in taken(placed)] == [False, True, False]
    one, _, two = taken(placed)
    path = tmp_path / "picked.aaf"

    def picked(cut: Cut, take: Clip, key: str) -> Cut:
        path.write_bytes(cut.activate(take.address, key).content)
        return open_cut(path)

    first = picked(placed, one, one.media.key)
    assert [take.enabled for take in taken(first)] == [True, True, False]
    second = picked(first, two, two.media.key)
    assert [take.enabled for take in taken(second)] == [False, True, True]
    again = picked(second, served(second)[0], served(second)[0].media.key)
    assert [take.enabled for take in taken(again)] == [False, True, False]
    assert document(again.original, tmp_path)["mobs"] == document(placed.original, tmp_path)["mobs"]
    with pytest.raises(CutError, match="no media"):
        placed.activate(one.address, "retake.v009")


def test_marks_stay_on_the_original_when_takes_lie_above(sample: Cut, tmp_path: Path) -> None:
    placed = written(sample, [above(clip, n + 1, activate=True) for n, clip in enumerate(served(sample))], tmp_path)
    for cut in (sample, placed):
        found = resolve(cut.view, find_marks(cut.view)).requests
        assert [(r.clip.media.key, r.record) for r in found] == [
            ("original", (24, 48)), ("original", (84, 156)), ("original", (166, 178)), ("original", (204, 234)),
        ]  # fmt: skip


def test_the_state_of_marks_is_a_colour_and_a_list_for_the_markers_window(sample: Cut, tmp_path: Path) -> None:
    marks = find_marks(sample.view).marks
    states = {mark.marker: state for mark, state in zip(marks, ("done", "failed", "waiting", "unknown"), strict=False)}
    patched = sample.write_marks(states)  # type: ignore[arg-type]
    path = tmp_path / "marked.aaf"
    path.write_bytes(patched.content)
    before, after = document(sample.original, tmp_path), document(path, tmp_path)
    changed = {ident for ident in before["mobs"] if before["mobs"][ident] != after["mobs"][ident]}
    assert len(changed) == 1, "the sequence alone"
    colours = {mark.marker.name: mark.marker.colour for mark in find_marks(open_cut(path).view).marks}
    assert list(colours.values()) == ["GREEN", "RED", "MAGENTA", "YELLOW", "YELLOW"], (
        "one waits, the last was not asked"
    )
    ((ending, content),) = patched.also
    assert ending == ".markers.txt"
    rows = [line.split("\t") for line in content.decode().splitlines()]
    assert [len(row) for row in rows] == [6] * len(states)
    assert rows[0][1:] == ["01:00:01:00", "V1", "green", "otio-retake done: RETAKE: a gull lands on the mast", "24"]
    texts = {row[4] for row in rows}
    assert not any(text.startswith("RETAKE") for text in texts), "reading the list in again orders nothing"


# --- the way back -----------------------------------------------------------------------------------------------------


def edited(cut: Cut, folder: Path, what: str) -> Cut:
    """The cut after an editor has worked on the take on its track, whose handles are 24 frames on each side."""
    path = folder / f"{what}.aaf"
    path.write_bytes(cut.original)
    with aaf2.open(str(path), "rw") as file:
        (sequence,) = file.content.toplevel()
        (index,) = [n for n, slot in enumerate(sequence.slots) if slot.name == "Retakes"]
        slot = sequence.slots[index]
        before, clip, after = slot.segment.components.value
        inner = clip["Alternates"][0]
        while "InputSegments" in inner:
            inner["InputSegments"][0].start += 0
            inner = inner["InputSegments"][0]
        if what == "trimmed":
            before.length += 5
            inner.start += 5
            for one in (clip, clip["Alternates"][0], inner):
                one.length -= 5
        elif what == "slipped":
            inner.start += 30
        elif what == "deleted":
            filler = file.create.Filler("picture", clip.length)
            slot.segment.components[1] = filler
        elif what == "duplicated":
            twin = clip.copy()
            after.length -= twin.length
            slot.segment.components.insert(2, twin)
        elif what == "moved":
            before.length += 40
            after.length -= 40
            sequence.name = "another sequence"
        elif what == "without its comment":
            del inner.mob["UserComments"]
    return open_cut(path)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("untouched", [((2, 14), "ok", 0)]),
        ("trimmed", [((7, 14), "ok", 0)]),
        ("slipped", [((2, 14), "stale", 6)]),
        ("deleted", []),
        ("duplicated", [((2, 14), "ok", 0), ((14, 26), "out of step", 0)]),
        ("moved", [((42, 54), "out of step", 0)]),
        ("without its comment", [((2, 14), "ok", 0)]),
    ],
)
def test_takes_are_known_after_an_editor_has_worked(
    what: str, expected: list[Any], sample: Cut, tmp_path: Path
) -> None:
    made = above(served(sample)[0])
    file = tmp_path / made.take.path.name
    file.touch()
    known = replace(made.take, path=file)
    cut = edited(written(sample, [replace(made, take=known)], tmp_path), tmp_path, what)
    found = takes_in(cut.view, [known])
    assert [(take.clip.record, take.standing, take.short) for take in found] == expected
    assert all(take.take == known and not take.in_use for take in found)


def test_a_take_that_has_taken_its_clips_place_means_it(tmp_path: Path) -> None:
    """Over its original it is looked through; on the lowest track, alone, it is what is left of the clip."""
    original = Movie("A.mov", "file:///Volumes/Footage/A.mov", Fraction(24), 86_400, 240)
    taken_ = Movie("A_rtk0a1b2c3_v002.mov", "file:///takes/A_rtk0a1b2c3_v002.mov", Fraction(24), 86_400, 240)
    path = tmp_path / "cut.aaf"
    write_aaf(path, "cut", Fraction(24), 0, [[Piece(48, original, 24), Piece(24, taken_, 0)], [Piece(24, taken_, 30)]])
    below, alone, above_ = open_cut(path).view.clips()
    assert [clip.media.key for clip in (below, alone, above_)] == ["original", "retake.v002", "retake.v002"]
    assert [clip.placed is not None for clip in (below, alone, above_)] == [False, False, True]


def test_paths_are_written_as_avid_does() -> None:
    assert as_url("file:///D:/Avid%20Media/A.mov") == "file:///D%3A/Avid%20Media/A.mov"
    assert as_url("D:\\Avid Media\\A.mov") == "file:///D%3A/Avid%20Media/A.mov"
    assert as_url("\\\\SERVER\\share\\A.mov") == "file://SERVER/share/A.mov"
    assert as_url("/Volumes/a b/A.mov") == "file:///Volumes/a%20b/A.mov"
    assert as_url("file:///Volumes/A.mov") == "file:///Volumes/A.mov"


def test_another_machines_paths_are_written_as_it_has_them(sample: Cut, tmp_path: Path) -> None:
    cut = open_cut(sample.path, maps=(("D:/Avid Media", Path("/takes")),))
    (take,) = taken(written(cut, [above(served(cut)[0])], tmp_path))
    assert take.media.url == "file:///D%3A/Avid%20Media/A001_rtkabcdefg_v001.mov"
