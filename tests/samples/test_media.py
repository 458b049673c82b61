"""The samples' media: every frame says its number, every sample of sound is where it belongs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.sound import as_float, read_sound
from otio_retake.media.writing import add_h264, clean
from otio_retake.spans import Span
from sample_timelines.clips import CLIPS, CLOCK_SOUND, Clip
from sample_timelines.make_media import make_media, read_number
from sample_timelines.pictures import picture
from sample_timelines.sounds import sound
from sample_timelines.strip import draw_number

WITH_SOUND = [clip for clip in CLIPS if clip.tone]


def luma(frame: VideoFrame, rotation: int = 0) -> NDArray[np.uint8]:
    return np.rot90(frame.to_ndarray(format="gray"), rotation // 90)


def heard(facts: MediaFacts, first: int, count: int) -> NDArray[np.float32]:
    return np.concatenate([as_float(chunk) for chunk in read_sound(facts, facts.sounds[0], first, count)], axis=1)


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.scene)
def test_a_clip_is_what_its_row_says(clip: Clip, media: dict[str, Path]) -> None:
    facts = read_facts(media[clip.file])
    shown = facts.video
    assert (shown.rate, shown.frames, shown.upright, shown.rotation) == (
        clip.rate, clip.frames, clip.size, clip.rotation,
    )  # fmt: skip
    assert not shown.variable
    assert str(shown.colour) == "709 legal"
    assert (facts.timecode, facts.start_frame, facts.drop) == (clip.timecode, clip.start, clip.drop)
    assert [track.samples for track in facts.sounds] == ([clip.samples] if clip.tone else [])
    if clip.codec == "prores":
        assert facts.reel == clip.reel


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.scene)
def test_every_frame_says_its_number(clip: Clip, media: dict[str, Path]) -> None:
    facts = read_facts(media[clip.file])
    frames = read_frames(facts, Span(0, clip.frames))
    assert [read_number(luma(frame, clip.rotation)) for _, frame in frames] == list(range(clip.frames))


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.scene)
def test_a_run_from_the_middle_begins_with_its_first_frame(clip: Clip, media: dict[str, Path]) -> None:
    """49 and 97 are just behind the key frames of the H.264 clips, 47 and 95 just before."""
    facts = read_facts(media[clip.file])
    for first in (47, 49, 95, 97):
        frames = read_frames(facts, Span(first, first + 3))
        assert [read_number(luma(frame, clip.rotation)) for _, frame in frames] == [first, first + 1, first + 2]


@pytest.mark.parametrize("clip", WITH_SOUND, ids=lambda clip: clip.scene)
def test_sound_is_where_it_belongs(clip: Clip, media: dict[str, Path]) -> None:
    facts = read_facts(media[clip.file])
    count = 8192
    for first in (24_000, 100_003, clip.samples - 2 * count):
        found = heard(facts, first, count)
        if clip.codec != "h264":
            # 24 bits: at most half a step off.
            np.testing.assert_allclose(found, sound(clip.file, clip.tone, first, count), atol=2**-23)
            continue
        # AAC keeps some 85 % of noise; a sample beside its place it correlates with 0.2.
        near = [np.corrcoef(found[1], sound(clip.file, clip.tone, first + by, count)[1])[0, 1] for by in range(-3, 4)]
        assert int(np.argmax(near)) == 3
        assert near[3] > 0.7


def test_the_recorder_says_when_it_began(media: dict[str, Path]) -> None:
    """01:59:59, a second before the camera; 48000 samples a second since midnight."""
    facts = read_facts(media[CLOCK_SOUND.file])
    assert facts.time_reference == CLOCK_SOUND.since_midnight == 7199 * 48_000
    assert facts.sounds[0].samples == CLOCK_SOUND.samples
    whole = sound(CLOCK_SOUND.file, CLOCK_SOUND.tone, 0, CLOCK_SOUND.samples)
    np.testing.assert_allclose(heard(facts, 0, CLOCK_SOUND.samples), whole, atol=2**-23)


def test_drop_frame_labels_are_skipped_within_the_balloon() -> None:
    """From 00:58:57;00: 90 frames on is 00:59:00;02, as ;00 and ;01 of that minute are no labels."""
    balloon = next(clip for clip in CLIPS if clip.drop)
    assert balloon.timecode == "00:58:57;00"
    # 58 min 57 s at 30, less two labels for each of the 53 minutes that skip them.
    assert balloon.start == (58 * 60 + 57) * 30 - 2 * (58 - 5)
    assert balloon.frames > 90


def test_media_is_made_once(media: dict[str, Path]) -> None:
    before = {path: path.stat().st_mtime_ns for path in media.values()}
    told: list[str] = []
    make_media(next(iter(media.values())).parent, say=told.append)
    assert told == []
    assert {path: path.stat().st_mtime_ns for path in media.values()} == before


# --- the strip --------------------------------------------------------------------------------------------------------

NUMBERS = (0, 1, 2, 255, 256, 4095, 21_845, 43_690, 65_534, 65_535)


@pytest.fixture(scope="module")
def scenes() -> list[NDArray[np.uint8]]:
    """A frame of each clip, each with a number of its own."""
    made = []
    for number, clip in zip(NUMBERS, [*CLIPS, *CLIPS[:3]], strict=True):
        scene = picture(clip, 40)
        draw_number(scene, number)
        made.append(scene)
    return made


def test_the_number_survives_1080p_at_crf_20_and_scaling_down(scenes: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    path = tmp_path / "scaled.mp4"
    with av.open(str(path), "w") as container:
        stream = add_h264(container, 24, (1920, 1080), crf=20, preset="superfast", tags=(1, 1, 1))
        for index, scene in enumerate(scenes):
            frame = VideoFrame.from_ndarray(scene, format="rgb24").reformat(1920, 1080, "yuv420p")
            container.mux(stream.encode(clean(frame, index, Fraction(1, 24))))
        container.mux(stream.encode(None))
    with av.open(str(path)) as container:
        small = [frame.reformat(320, 180, "gray") for frame in container.decode(video=0)]
    assert [read_number(frame.to_ndarray()) for frame in small] == list(NUMBERS)


def test_ten_bits_and_a_dimmed_picture_are_read_too(scenes: list[NDArray[np.uint8]]) -> None:
    """A rehearsal's slate leaves 45 % of the luma above black."""
    for number, scene in zip(NUMBERS, scenes, strict=True):
        grey = scene.mean(axis=2)
        assert read_number(grey * 4) == number
        assert read_number(16 + (grey - 16).clip(0) * 0.45) == number


def test_a_picture_without_a_strip_has_no_number(scenes: list[NDArray[np.uint8]]) -> None:
    assert [read_number(scene[scene.shape[0] // 8 :].mean(axis=2)) for scene in scenes] == [None] * len(scenes)


def test_a_damaged_strip_has_no_number(scenes: list[NDArray[np.uint8]]) -> None:
    """Any one of the 32 cells turned over is seen."""
    grey = scenes[4].mean(axis=2)
    width = grey.shape[1] // 32
    for cell in range(32):
        damaged = grey.copy()
        cut = damaged[: grey.shape[0] // 10, cell * width : (cell + 1) * width]
        cut[:] = 257 - cut
        assert read_number(damaged) is None
