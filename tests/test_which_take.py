"""Whoever names a take or a clip that is not there is told what is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cutting import clip, marker, span, track, write
from tests.forked import command_line


@pytest.fixture
def retaken(tmp_path: Path, footage: Path) -> Path:
    """A folder with a cut of two clips, the first of which has a take."""
    used = clip("A", 6, 36, marker("RETAKE: rain", 12, 12), media=str(footage), available=span(0, 96))
    other = clip("B", 40, 30, media=str(footage), available=span(0, 96))
    write(tmp_path, track(used, other))
    said = command_line(tmp_path, "run", "cut.otio", "-o", "out.otio", "--yes")
    assert said.returncode == 0, said.stdout + said.stderr
    return tmp_path


def test_a_take_or_a_clip_that_is_not_there_is_met_with_what_is(retaken: Path) -> None:
    for words, told in [
        (("v009", "--at", "00:00:00:10"), ("v009", "v001", "00:00:00:00 A")),
        (("v009",), ("v009", "v001", "00:00:00:00 A")),
        (("v001", "--at", "01:00:00:00"), ("no clip", "v001", "00:00:00:00 A")),
        (("v001", "--at", "nobody"), ("no clip", "nobody", "00:00:00:00 A")),
        (("v001", "--at", "B"), ("v001", "00:00:00:00 A")),
    ]:
        said = command_line(retaken, "takes", "pick", "out.otio", *words, "-o", "picked.otio")
        assert said.returncode == 2, words
        assert all(word in said.stderr for word in told), said.stderr
        if words[0] == "v009" and len(words) > 1:
            assert "--at" not in said.stderr, "it was given"
