"""The sample AAF all the way through a rehearsal: each take shows the frames that its clip would have shown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from otio_retake.cli.working import whole_way
from otio_retake.cuts import open_cut
from otio_retake.cuts.paths import file_name, spellings
from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.session import Session
from otio_retake.spans import Span
from sample_timelines.clips import CLIPS
from sample_timelines.make_aaf import NAME
from sample_timelines.make_media import MEDIA, read_number

BY_STEM = {Path(clip.file).stem: clip for clip in CLIPS}


@pytest.mark.slow
def test_every_take_in_the_aaf_shows_its_sources_frames(
    media: dict[str, Path], bare_settings: None, tmp_path: Path
) -> None:
    cut, out = tmp_path / NAME, tmp_path / "out.aaf"
    shutil.copyfile(MEDIA.parent / NAME, cut)
    with Session(cut, {"media_root": (MEDIA,)}) as session:
        assert whole_way(session, out, yes=True, skip_problems=False, overwrite=False, json=True) == 0
    view = open_cut(out).view
    takes = [clip for clip in view.clips() if clip.placed is not None and clip.kind == "Video"]
    # Marks at 24 (24 frames), on the clip from 72 on (84 less the dissolve's 12, twice), 166-177 and 204 (30 frames).
    assert sorted(clip.record for clip in takes) == [(24, 48), (84, 156), (84, 156), (166, 178), (204, 234)]
    for take in takes:
        source = BY_STEM[file_name(take.media.url).partition("_rtk")[0]]
        facts = read_facts(Path(next(spellings(take.media.url))))
        numbers = [
            read_number(frame.to_ndarray(format="gray")) for _, frame in read_frames(facts, Span(0, facts.video.frames))
        ]
        assert take.media.start is not None
        begins = int(take.media.start.value)
        assert facts.start_frame == begins
        assert numbers == list(range(begins - source.start, begins - source.start + len(numbers)))
        (below,) = [
            clip for clip in view.tracks[0].clips if clip.enabled and clip.record[0] <= take.record[0] < clip.record[1]
        ]
        shown = take.source_of(*take.record)
        assert shown == below.source_of(*take.record)
        assert begins <= shown.first
        assert shown.end <= begins + len(numbers)
    lines = (tmp_path / "out.markers.txt").read_text().splitlines()
    assert len(lines) == len(takes) + 2, "and two takes of sound"
