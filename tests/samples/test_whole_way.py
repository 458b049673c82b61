"""The samples all the way through a rehearsal: every frame of every take is the source's own, by its number."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from PIL import Image

from otio_retake.cli.working import whole_way
from otio_retake.cuts.paths import file_name, spellings
from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.sound import as_float, read_sound, sample_of_frame
from otio_retake.session import Session
from otio_retake.spans import Span
from sample_timelines.clips import CLIPS, SAMPLE_RATE, Clip
from sample_timelines.demo import CUT, OUT, SHEET
from sample_timelines.demo import main as demo
from sample_timelines.make_media import MEDIA, read_number
from sample_timelines.make_timelines import TIMELINES
from sample_timelines.sounds import sound

pytestmark = pytest.mark.slow

SAMPLES = MEDIA.parent
BY_FILE = {clip.file: clip for clip in CLIPS}
AAC_WARM_UP = 2048
"""Samples at the head of a take that are not compared."""


@pytest.mark.parametrize("name", [name for name in TIMELINES if name not in ("demo", "with_problems")])
def test_every_take_has_its_sources_frames_and_sound(
    name: str, media: dict[str, Path], bare_settings: None, tmp_path: Path
) -> None:
    cut, out = tmp_path / f"{name}.otio", tmp_path / "out.otio"
    shutil.copyfile(SAMPLES / cut.name, cut)
    with Session(cut, {"media_root": (MEDIA,)}) as session:
        done = whole_way(session, out, yes=True, skip_problems=False, overwrite=False, json=True)
    assert done == 0
    takes = list(_takes(out))
    assert takes
    for clip, reference, source in takes:
        facts = read_facts(_path(reference.target_url, tmp_path))
        shown = facts.video
        assert (shown.rate, shown.upright, shown.rotation) == (source.rate, source.size, source.rotation)
        grey = [frame.to_ndarray(format="gray") for _, frame in read_frames(facts, Span(0, shown.frames))]
        numbers = [read_number(np.rot90(picture, source.rotation // 90)) for picture in grey]
        first = reference.metadata["otio_retake"]["span"][0]
        assert numbers == list(range(first, first + shown.frames))
        assert facts.start_frame == source.start + first
        _in_bounds(clip, reference)
        if source.tone:
            _same_sound(facts.path, source, first, shown.frames)


def _takes(cut: Path) -> Iterator[tuple[otio.schema.Clip, otio.schema.ExternalReference, Clip]]:
    timeline = otio.adapters.read_from_file(str(cut))
    for clip in timeline.find_clips():
        source = BY_FILE.get(file_name(getattr(clip.media_reference, "target_url", "")))
        for key, reference in clip.media_references().items():
            if key.startswith("retake.v"):
                assert source is not None
                yield clip, reference, source


def _path(written: str, folder: Path) -> Path:
    return folder / next(spellings(written))


def _in_bounds(clip: otio.schema.Clip, reference: otio.schema.ExternalReference) -> None:
    """The clip's range is in the take's: what makes other programs show it."""
    source, available = clip.source_range, reference.available_range
    assert available.start_time <= source.start_time
    assert source.end_time_inclusive() <= available.end_time_inclusive()


def _same_sound(take: Path, source: Clip, first: int, frames: int) -> None:
    """A take carries the source's own sound, sample for sample, whatever was done to the picture."""
    facts = read_facts(take)
    track = facts.sounds[0]
    begin = sample_of_frame(first, source.rate, SAMPLE_RATE, facts.video.start)
    assert track.samples == sample_of_frame(first + frames, source.rate, SAMPLE_RATE, facts.video.start) - begin
    found = np.concatenate([as_float(chunk) for chunk in read_sound(facts, track, 0, track.samples)], axis=1)
    noise = sound(source.file, source.tone, begin, track.samples)[1]
    count = track.samples - AAC_WARM_UP - 4
    # AAC keeps some 85 % of noise; a sample beside its place it correlates with 0.2.
    near = [
        np.corrcoef(found[1][AAC_WARM_UP : AAC_WARM_UP + count], noise[AAC_WARM_UP + by : AAC_WARM_UP + by + count])[
            0, 1
        ]
        for by in range(-3, 4)
    ]
    assert int(np.argmax(near)) == 3
    assert near[3] > 0.7


def test_the_demo_runs_and_orders_nothing_when_it_runs_again(
    media: dict[str, Path], bare_settings: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "demo"
    assert demo(folder, MEDIA) == 0
    said = capfd.readouterr().out
    assert "3 marks were ordered" in said
    assert max(len(line) for line in said.splitlines() if str(tmp_path) not in line) <= 80
    assert len(list(_takes(folder / OUT))) == 4
    with Image.open(folder / SHEET) as sheet:
        assert sheet.width > 5 * 320
    before = {path: path.read_bytes() for path in (folder / CUT, *sorted((folder / "retakes" / "takes").iterdir()))}
    assert demo(folder, MEDIA) == 0
    assert "nothing new was ordered" in capfd.readouterr().out
    assert {path: path.read_bytes() for path in before} == before
    assert set((folder / "retakes" / "takes").iterdir()) == set(before) - {folder / CUT}
