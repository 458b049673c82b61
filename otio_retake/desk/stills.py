"""Stills of a source as JPEG: five in a strip to know a shot by, and single ones."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from PIL import Image

from ..media.facts import MediaFacts
from ..media.frames import read_frames
from ..spans import Span
from .kitchen import dish_name
from .viewing import to_rgb, within

RECIPE = 1
"""Version of how stills are made; part of their names."""

CELL = (160, 90)
"""Width and height of one picture of a strip."""

STILL = (640, 360)
"""What a single still fits in."""

DARK = (0x0E, 0x0F, 0x11)
"""The page's ground: beside a picture that does not fill its cell, and where there is no frame."""

_NEAR = 24
"""Frames apart up to which reading on is quicker than another seek: half a usual GOP is decoded for each."""

_QUALITY = 84


def strip_name(facts: MediaFacts, frames: Sequence[int | None]) -> str:
    """The name of the strip of these frames."""
    return dish_name("strip", ".jpg", RECIPE, *_source(facts), list(frames))


def still_name(facts: MediaFacts, frame: int) -> str:
    """The name of the still of this frame."""
    return dish_name("still", ".jpg", RECIPE, *_source(facts), frame)


def make_strip(facts: MediaFacts, frames: Sequence[int | None], path: Path) -> None:
    """Writes ``frames`` of a source side by side to ``path``, each in its cell; a dark cell where there is none.

    Raises a ``MediaError`` where a frame cannot be read.
    """
    strip = Image.new("RGB", (CELL[0] * len(frames), CELL[1]), DARK)
    pictures = _pictures(facts, {frame for frame in frames if frame is not None}, CELL)
    for cell, frame in enumerate(frames):
        if frame is not None:
            picture = pictures[frame]
            left, top = ((room - side) // 2 for room, side in zip(CELL, picture.size, strict=True))
            strip.paste(picture, (cell * CELL[0] + left, top))
    _save(strip, path)


def make_still(facts: MediaFacts, frame: int, path: Path) -> None:
    """Writes one frame of a source to ``path``, as large as it fits in ``STILL``.

    Raises a ``MediaError`` where it cannot be read.
    """
    _save(_pictures(facts, {frame}, STILL)[frame], path)


def _source(facts: MediaFacts) -> tuple[object, ...]:
    """What the frames of a file are known by: an uneven one's depend on the rate that it is counted at."""
    return facts.fingerprint, facts.video.rate


def _pictures(facts: MediaFacts, wanted: set[int], most: tuple[int, int]) -> dict[int, Image.Image]:
    """The wanted frames as pictures that fit in ``most``; no more of the file is decoded than they need."""
    picture = facts.video
    size = within(picture.upright, most, enlarge=True)
    found = {}
    for span in _runs(wanted):
        with closing(read_frames(facts, span)) as frames:
            for index, frame in frames:
                if index in wanted:
                    found[index] = Image.fromarray(to_rgb(frame, picture, size))
    return found


def _runs(wanted: set[int]) -> list[Span]:
    """The spans to read so that every wanted frame is in one: neighbours share theirs."""
    runs: list[Span] = []
    for frame in sorted(wanted):
        if runs and frame - runs[-1].end < _NEAR:
            runs[-1] = Span(runs[-1].first, frame + 1)
        else:
            runs.append(Span(frame, frame + 1))
    return runs


def _save(picture: Image.Image, path: Path) -> None:
    picture.save(path, format="JPEG", quality=_QUALITY)
