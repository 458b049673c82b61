"""The movies for the self-check say on every frame which it is; rates and timecode are as they are listed."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.slate import read_strip
from otio_retake.resolve.media_for_check import make_check_media
from otio_retake.spans import Span
from tests.media.truth import luma


@pytest.mark.slow
def test_every_frame_says_its_number(tmp_path: Path) -> None:
    make_check_media(tmp_path / "check")
    listed = json.loads((tmp_path / "check" / "media.json").read_text())["files"]
    assert {row["name"] for row in listed} == {
        f"check_{rate}_{part}.mov" for rate in ("24", "23976", "2997") for part in "ab"
    }
    for row in listed:
        facts = read_facts(tmp_path / "check" / row["name"])
        assert (facts.video.rate, facts.video.frames) == (Fraction(row["rate"]), row["frames"])
        assert facts.timecode == row["timecode"]
        assert facts.drop == ("2997" in row["name"])
        assert bool(facts.sounds) == ("_a" in row["name"])
        frames = read_frames(facts, Span(0, row["frames"]))
        assert [read_strip(luma(frame)) for _, frame in frames] == [
            row["first_number"] + k for k in range(row["frames"])
        ]  # fmt: skip
    stills = sorted((tmp_path / "check" / "check_sequence").iterdir())
    assert [path.name for path in stills][::47] == ["check.1001.png", "check.1048.png"]
    assert read_strip(np.asarray(Image.open(stills[3]).convert("L"))) == 1004
