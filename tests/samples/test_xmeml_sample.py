"""The sample in FCP 7 XML: written as its script says, and every take lies over the frames that it was made of."""

from __future__ import annotations

import re
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from otio_retake.cli.working import whole_way
from otio_retake.cuts import open_cut
from otio_retake.cuts.model import Clip
from otio_retake.cuts.paths import spellings
from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.readback import takes_in
from otio_retake.session import Session
from otio_retake.spans import Span
from otio_retake.takes_store import takes
from sample_timelines.clips import BALLOON
from sample_timelines.make_media import MEDIA, read_number
from sample_timelines.make_timelines import OTHER_FORMS

SAMPLE = MEDIA.parent / "premiere_2997df.xml"


def test_the_sample_is_what_its_script_writes() -> None:
    assert SAMPLE.read_bytes() == OTHER_FORMS[SAMPLE.name]().encode()
    assert not re.search(r"/(home|root|tmp|work|Users)/", SAMPLE.read_text())


@pytest.mark.slow
def test_every_take_shows_the_frames_of_the_clip_below_it(
    media: dict[str, Path], bare_settings: None, tmp_path: Path
) -> None:
    """Read from the pictures themselves: each frame of the footage, and of each take, says its number."""
    cut, out = tmp_path / SAMPLE.name, tmp_path / "out.xml"
    shutil.copyfile(SAMPLE, cut)
    with Session(cut, {"media_root": (MEDIA,)}) as session:
        assert whole_way(session, out, yes=True, skip_problems=False, overwrite=False, json=True) == 0
        known = takes(session.ledger)
    view = open_cut(out).view
    below = [clip for clip in view.clips() if clip.kind == "Video" and clip.placed is None and not clip.see_through]
    laid = [clip for clip in view.clips() if clip.kind == "Video" and clip.placed is not None]
    assert len(laid) == 3
    for clip in laid:
        (lower,) = [c for c in below if c.record[0] <= clip.record[0] and clip.record[1] <= c.record[1]]
        facts = read_facts(Path(next(spellings(clip.media.url))))
        numbers = [read_number(f.to_ndarray(format="gray")) for _, f in read_frames(facts, Span(0, facts.video.frames))]
        for at in range(int(clip.record[0]), int(clip.record[1])):
            assert numbers[frame(clip, at)] == frame(lower, at)
        assert clip.media.start is not None
        assert facts.start_frame == clip.media.start.value == BALLOON.start + (numbers[0] or 0)
    found = takes_in(view, known)
    # Three of picture and two of sound, whatever the number of its channels.
    assert [(take.standing, take.in_use, take.clip.kind) for take in found] == [("ok", False, "Video")] * 3 + [
        ("ok", False, "Audio")
    ] * 2


def frame(clip: Clip, at: int) -> int:
    """The frame of its file, from 0, that a clip shows at a record frame."""
    assert clip.media.start is not None
    position = Fraction(clip.source_of(at, at).first - Fraction(clip.media.start.value))
    assert position.denominator == 1
    return int(position)
