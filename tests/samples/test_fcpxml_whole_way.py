"""The Final Cut sample all the way through a rehearsal: every take shows the frames that its clip says."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from otio_retake.cli.working import whole_way
from otio_retake.cuts import open_cut
from otio_retake.cuts.model import Clip, Media
from otio_retake.cuts.paths import file_name, spellings
from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.session import Session
from otio_retake.spans import Span
from sample_timelines.clips import CLIPS
from sample_timelines.make_media import MEDIA, read_number

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("name", "count"), [("final_cut_24.fcpxml", 11), ("resolve_24.fcpxml", 2)])
def test_every_take_shows_the_frames_of_its_clip(
    name: str, count: int, media: dict[str, Path], bare_settings: None, tmp_path: Path
) -> None:
    cut, out = tmp_path / name, tmp_path / "out.fcpxml"
    shutil.copyfile(MEDIA.parent / name, cut)
    with Session(cut, {"media_root": (MEDIA,)}) as session:
        assert whole_way(session, out, yes=True, skip_problems=False, overwrite=False, json=True) == 0
    view = open_cut(out).view
    found = [(clip, take) for clip in view.clips() for take in clip.takes]
    found += [(clip, clip.media) for clip in view.clips() if clip.placed is not None]
    assert len(found) == count
    for clip, take in found:
        if clip.kind == "Video":
            _shows(clip, take)


def _shows(clip: Clip, take: Media) -> None:
    """What the file has at the clip's in point, and at its last frame, are the numbers that the original would show."""
    path = Path(next(spellings(take.url)))
    facts = read_facts(path)
    picture = facts.video
    assert take.start is not None
    assert take.duration is not None
    rate = take.start.exact_rate
    assert picture.rate == rate
    assert (take.start.value, take.duration.value) == (facts.start_frame, picture.frames)
    stem = file_name(take.url).partition("_rtk")[0]
    source = next(movie for movie in CLIPS if movie.file.startswith(stem))
    reach = clip.source_of(*clip.record)
    first, end = (Fraction(edge) for edge in (reach.first, reach.end))
    assert facts.start_frame <= first
    assert end <= facts.start_frame + picture.frames
    shown = [int(first), -(-end.numerator // end.denominator) - 1]
    for position in shown:
        frame = position - facts.start_frame
        (pixels,) = [f.to_ndarray(format="gray") for _, f in read_frames(facts, Span(frame, frame + 1))]
        assert read_number(np.rot90(pixels, source.rotation // 90)) == position - source.start
