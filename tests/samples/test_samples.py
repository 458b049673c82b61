"""The sample timelines: written as their script says, good files, and asking for what was counted by hand here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest

from otio_retake.capabilities import Mode
from otio_retake.cuts import open_cut
from otio_retake.marks import Mark, find_marks
from otio_retake.media.sound import read_channels
from otio_retake.planned import Plan
from otio_retake.spans import Span
from sample_timelines.clips import CLOCK_SOUND, SAMPLE_RATE
from sample_timelines.make_media import MEDIA
from sample_timelines.make_timelines import TIMELINES
from sample_timelines.sounds import sound

SAMPLES = MEDIA.parent
GOOD = [name for name in TIMELINES if name != "with_problems"]
THROUGH_PYTHON = {"plain_mixed", "demo", "with_problems"}
"""Samples that OpenTimelineIO itself writes."""


# --- the files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TIMELINES)
def test_a_sample_is_what_its_script_writes(name: str) -> None:
    if name in THROUGH_PYTHON and otio.__version__.split(".")[:2] != ["0", "18"]:
        pytest.skip(f"OpenTimelineIO {otio.__version__} writes other fields than 0.18")
    assert (SAMPLES / f"{name}.otio").read_bytes() == TIMELINES[name]().encode()


def test_every_sample_has_its_script() -> None:
    assert {path.stem for path in SAMPLES.glob("*.otio")} == set(TIMELINES)


@pytest.mark.parametrize("name", TIMELINES)
def test_no_path_of_a_real_machine_is_in_a_sample(name: str) -> None:
    text = (SAMPLES / f"{name}.otio").read_text()
    urls = re.findall(r'"target_url": "(.*)"', text)
    made_up = ("/Volumes/Footage/", "file:///Volumes/Footage/", "D:\\\\Footage\\\\", "X:/shows/", "media/")
    assert urls
    assert all(url.startswith(made_up) for url in urls)
    assert not re.search(r"/(home|root|tmp|work|Users)/", text)


@pytest.mark.parametrize("name", TIMELINES)
def test_opentimelineio_reads_it_and_clips_with_media_are_in_bounds(name: str) -> None:
    """As `otiotool --verify-ranges` looks at it; a clip with a speed needs more, or less, than its range says."""
    timeline = otio.adapters.read_from_file(str(SAMPLES / f"{name}.otio"))
    checked = 0
    for clip in timeline.find_clips():
        if not isinstance(clip.media_reference, otio.schema.ExternalReference):
            continue
        source, available = clip.source_range, clip.available_range()
        scalar = max([abs(e.time_scalar) for e in clip.effects if isinstance(e, otio.schema.LinearTimeWarp)] or [1])
        # Only Premiere's ranges count frames of the source; elsewhere they count what plays.
        seconds = source.duration.to_seconds() * (1 if name.startswith("premiere") else max(scalar, 1))
        end = source.start_time.to_seconds() + seconds
        assert source.start_time >= available.start_time, clip.name
        assert end <= available.end_time_exclusive().to_seconds() + 1e-6, clip.name
        checked += 1
    assert checked


def test_marks_of_every_kind_occur() -> None:
    found: set[str] = set()
    for name in GOOD:
        view = open_cut(SAMPLES / f"{name}.otio").view
        found |= {f"written by {view.writer}"}
        for mark in find_marks(view).marks:
            found |= set(_kinds(mark))
    assert found >= {
        "written by resolve", "written by premiere", "written by kdenlive", "written by hiero", "written by otio",
        "on a clip", "on the timeline or a track", "point", "range", "from the in point", "as it plays", "whole clip",
        "in", "out", "1f", "video", "audio", "both", "takes", "service", "keys", "text in the name", "text in the note",
    }  # fmt: skip


def _kinds(mark: Mark) -> list[str]:
    marker = mark.marker
    said = {
        "on a clip": marker.owner == "clip",
        "on the timeline or a track": marker.owner == "record",
        "point": 0 < marker.duration.value <= 1,
        "range": marker.duration.value > 1,
        "from the in point": marker.relative,
        "as it plays": marker.retimed,
        "whole clip": marker.whole,
        "1f": mark.one_frame,
        "takes": mark.takes is not None,
        "service": bool(mark.service),
        "keys": bool(mark.keys),
        "text in the name": marker.name.upper().startswith("RETAKE"),
        "text in the note": marker.note.upper().startswith("RETAKE"),
    }
    return [mark.mode or "video", mark.edge, *(kind for kind, is_so in said.items() if is_so)]


# --- what they ask for ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One request: ``frames`` of ``file``, from 0, and what the plan says of it."""

    timecode: str
    file: str
    frames: Span
    prompt: str
    mode: Mode = "video"
    takes: int = 1
    handles: int = 24
    seam: str = "changed"


HARBOUR, LIGHTHOUSE, TRAIN = "A001_C003_harbour.mp4", "A002_C011_lighthouse.mov", "B003_C002_train.mp4"
BALLOON, FISH, CLOCK, KITE = "C004_C001_balloon.mov", "E006_C001_fish.mp4", "F007_C001_clock.mov", "IMG_0042.MOV"

EXPECTED: dict[str, list[Asked]] = {
    "resolve_24": [
        # Marker at 86448 for 24; the file begins at 01:00:00:00 = 86400. The clip begins at 86424: 24 frames into it.
        Asked("01:00:01:00", HARBOUR, Span(48, 72), "a gull lands on the mast"),
        # A point: all that is visible. The clip is 172836 for 84 (file from 172800: 36-119), less the dissolve's 12.
        # It lies at record 72, so that its visible part begins at record 84 = 3 s 12 f.
        Asked("01:00:03:12", CLOCK, Span(48, 120), "the clock strikes and the cat looks up", "both", 2, handles=12),
        # At 200 % from frame 96 for 40 played frames. The marker stands 10 played frames into it, for 12:
        # 96 + 2 * 10 = 116, 24 frames. Record 72 + 84 + 10 = 166 = 6 s 22 f.
        Asked("01:00:06:22", HARBOUR, Span(116, 140), "the boat turns into the wind"),
        # Timeline 204-233 under a title. The fish begin at record 196 with frame 12: 12 + 8 = 20. 204 = 8 s 12 f.
        Asked("01:00:08:12", FISH, Span(20, 50), "the big fish turns away from the camera"),
    ],
    "phone_30": [
        # Counted from 0, as the file has no timecode; the clip begins at 10, the marker at 40: record 30 = 1 s.
        Asked("00:00:01:00", KITE, Span(40, 70), "the kite loops once", takes=2, seam="mark"),
        # 24 in 30: the clip begins at 16.25/30 s = frame 13 and plays 45/30 s = 36 frames.
        Asked("00:00:03:00", FISH, Span(13, 49), "more bubbles, and brighter"),
    ],
    "premiere_2997df": [
        # Marker 40 into the file for 20; the clip begins at 20, so record 20.
        Asked("01:00:00;20", BALLOON, Span(40, 60), "the balloon drops a sandbag", "both"),
        # Sequence marker at record 46 for 10: 20 + 46 = 66.
        Asked("01:00:01;16", BALLOON, Span(66, 76), "the sky turns to dusk", seam="mark"),
        # At 200 %, counted in source frames: 110 for 24. The clip lies at record 60 with frame 90: 60 + 20/2 = 70.
        Asked("01:00:02;10", BALLOON, Span(110, 134), "the burner flares", handles=8),
        # A point: the whole clip, 150 for 50. Record 60 + 80/2 + 15 = 115 = 3 s 25 f.
        Asked("01:00:03;25", BALLOON, Span(150, 200), "distant thunder", "audio"),
    ],
    "kdenlive_25": [
        # IN at 20 and OUT at 39 from the in point, which is 10: frames 30 to 49, both included. Record 20.
        Asked("00:00:00:20", TRAIN, Span(30, 50), "the driver leans out and waves", takes=2),
        # A point: all of 25 for 50 frames of 25 a second, of media at 24: 1 s to 3 s = frames 24 to 71. Record 60.
        Asked("00:00:02:10", FISH, Span(24, 72), "a third fish swims through"),
        # A guide at record 150, over the second train, which begins at record 60 + 50 + 20 = 130 with frame 90.
        Asked("00:00:05:05", TRAIN, Span(90, 140), "steam hides the carriages", handles=12),
    ],
    "hiero_23976": [
        # A tag on the whole clip: from 910332 + 16 for 48; 10:32:10:12 = 910332.
        Asked("00:00:00:00", LIGHTHOUSE, Span(16, 64), "the beam goes out, then comes back"),
        # The same at 200 %: 32 played frames from frame 70 are 64.
        Asked("00:00:02:00", LIGHTHOUSE, Span(70, 134), "a gust bends the beam", "both", 2),
        # On the track, record 100 for 20; the clip lies at 48 + 32 + 10 = 90 with frame 100.
        Asked("00:00:04:04", LIGHTHOUSE, Span(110, 130), "fog rolls in"),
    ],
    "plain_mixed": [
        # Marker at 30 for 20, no timecode; the clip begins at frame 20: record 10.
        Asked("10:00:00:10", TRAIN, Span(30, 50), "the whistle blows, long", "both", 2),
        # One frame of 25 at 50/25 s = 2 s = frame 48 of 24; it ends in 48.96. The clip begins at 26.625, record 65:
        # record 65 + 23.375 = 88.4 = 3 s 13 f.
        Asked("10:00:03:13", HARBOUR, Span(48, 49), "take out the gull"),
        # Timeline 105-124. The harbour lies at 65-114: its last 10 frames of 25 begin at 26.625 + 40 = 66.625 of 25
        # = 63.96 of 24, and end at 76.625 of 25 = 73.56 of 24; whole frames outwards.
        Asked("10:00:04:05", HARBOUR, Span(63, 74), "one long flash of light across both shots"),
        # The lighthouse follows with frame 12: 10 frames of 25 are 9.59 of 23.976.
        Asked("10:00:04:15", LIGHTHOUSE, Span(12, 22), "one long flash of light across both shots"),
        # On the track, record 225 for 20. The fish lie at 215 (50 + 15 + 50 + 50 + 25 + 25) with frame 24 of 24:
        # 24 + 10/25 * 24 = 33.6, for 19.2: 33 to 52.8.
        Asked("10:00:09:00", FISH, Span(33, 53), "the small fish hides", handles=12),
    ],
    "demo": [
        # Marker at 48 for 24; the clip begins at frame 12: record 36 = 1 s 12 f.
        Asked("01:00:01:12", HARBOUR, Span(48, 72), "a whale rises behind the boat", takes=2),
        # Marker at 48 for 12; the clip begins at frame 30, record 96: record 114 = 4 s 18 f.
        Asked("01:00:04:18", FISH, Span(48, 60), "the fish blows a bubble, loudly", "both", handles=12),
        # Timeline 156-167; the clip lies at 144 with frame 140.
        Asked("01:00:06:12", HARBOUR, Span(152, 164), "the sun goes down"),
    ],
}


def test_every_good_sample_has_its_expectation() -> None:
    assert set(EXPECTED) == set(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_a_good_sample_plans_without_problems(name: str, plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(name)
    assert plan.blocking == []
    assert plan.suspects == ()
    # Whether Resolve's own name for a marker stands before the note is not decided here.
    made = [
        Asked(
            timecode=item.timecode,
            file=item.media.path.name,
            frames=item.region,
            prompt=item.prompt.removeprefix("Marker 2\n"),
            mode=item.mode,
            takes=item.takes,
            handles=item.handles,
            seam=item.seam,
        )
        for item in plan.items
    ]
    assert made == EXPECTED[name]


@pytest.mark.parametrize("name", [name for name in GOOD if name != "kdenlive_25"])
def test_a_good_sample_plans_without_warnings(name: str, plan_of: Callable[[str], Plan]) -> None:
    assert [row for row in plan_of(name).problems if row.level == "warning"] == []


def test_a_bin_clip_that_is_used_twice_says_which_use_a_marker_is_not_for(plan_of: Callable[[str], Plan]) -> None:
    """Kdenlive writes a bin clip's markers with each use. IN and OUT lie in the first use of the train only."""
    warnings = [row for row in plan_of("kdenlive_25").problems if row.level == "warning"]
    assert {(row.clip, "outside what the clip shows" in row.what) for row in warnings} == {(TRAIN, True)}


def test_a_title_is_looked_through_and_named(plan_of: Callable[[str], Plan]) -> None:
    notes = [row.what for row in plan_of("resolve_24").problems if row.level == "note"]
    assert len(notes) == 1
    assert "Text+" in notes[0]


def test_the_recorders_sound_is_sent_with_the_silent_picture(plan_of: Callable[[str], Plan]) -> None:
    """The recorder began a second before the camera: frame f of the picture is second f/24 + 1 of the wave."""
    clock = next(item for item in plan_of("resolve_24").items if item.media.path.name == CLOCK)
    heard = clock.sound
    assert heard is not None
    assert heard.facts.path.name == CLOCK_SOUND.file
    assert heard.offset == Fraction(1)
    first = heard.sample_at(clock.region.first, Fraction(24))
    assert first == 48 * 2000 + SAMPLE_RATE
    samples = np.concatenate(list(read_channels(heard, first, 4000)), axis=1)
    np.testing.assert_allclose(samples, sound(CLOCK_SOUND.file, CLOCK_SOUND.tone, first, 4000), atol=2**-23)


# --- what is wrong with the last one ----------------------------------------------------------------------------------


def test_every_problem_is_listed_with_its_place_and_what_to_do(plan_of: Callable[[str], Plan]) -> None:
    """Clips of 48 frames; marks stand 18 frames into theirs (12 in the first and sixth, 14 and 38 where said)."""
    plan = plan_of("with_problems")
    found = [(row.timecode, row.clip) for row in plan.blocking]
    assert found == [
        ("01:00:00:12", "lost"),
        ("01:00:02:18", "harbour 2"),
        ("01:00:04:14", "harbour 3"),
        ("01:00:06:18", "harbour 4"),
        ("01:00:08:18", "harbour 5"),
        ("01:00:10:12", "bars"),
        ("01:00:13:14", "harbour 7"),
        ("01:00:14:18", "harbour 8"),
    ]
    words = ["offline", "vidoe", "IN", "backwards", "freeze", "generator", "transition", "disabled"]
    assert [word for word, row in zip(words, plan.blocking, strict=True) if word not in row.what] == []
    assert all(row.fix for row in plan.blocking)
    assert plan.items == ()


def test_what_only_begins_like_an_order_is_a_suspect(plan_of: Callable[[str], Plan]) -> None:
    assert [(row.timecode, row.clip) for row in plan_of("with_problems").suspects] == [("01:00:16:08", "fish")]


def test_the_files_named_in_good_samples_are_all_made(media: dict[str, Path]) -> None:
    for name in GOOD:
        for clip in otio.adapters.read_from_file(str(SAMPLES / f"{name}.otio")).find_clips():
            url = getattr(clip.media_reference, "target_url", None)
            assert url is None or re.split(r"[/\\]", url)[-1] in media
